import numpy as np
import pytest
import tensorflow as tf
from conftest import slow

from ganzoo.core.inputs import Spec
from ganzoo.data import ImageDataset, from_npy, load, load_test
from ganzoo.data.batching import shuffled_indexes
from ganzoo.data.checks import is_memory_mapped
from ganzoo.errors import InputError


def numbered(count, labels=None):
    """Return a set whose image i is the single pixel i."""
    return ImageDataset(np.arange(count, dtype=np.uint8).reshape(count, 1, 1, 1), labels, name="numbered")


def first(dataset, steps):
    return np.stack([element["images"].numpy() for element in dataset.take(steps)])


def order(dataset, steps, **arguments):
    return first(dataset.batches(**arguments), steps).ravel()


def test_channel_axis_is_added_and_facts_are_told():
    images = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)
    dataset = ImageDataset(images, labels=[7, 8], name="two", skipped=["a.png: bad"])
    assert dataset.images.shape == (2, 3, 4, 1)
    assert dataset.image_shape == (3, 4, 1)
    assert len(dataset) == 2
    assert dataset.labels.tolist() == [7, 8]
    assert dataset.skipped == ("a.png: bad",)
    assert repr(dataset) == "ImageDataset(name='two', images=2, image_shape=(3, 4, 1), labels=True)"


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (np.zeros((2, 4, 4, 1), np.float32), r"np\.round\(x \* 255\).*dtype=float32"),
        (np.zeros((2, 4, 4, 1), np.int64), r"x\.astype\('uint8'\)\. Received: dtype=int64"),
        (np.zeros((2, 4, 4, 1), bool), r"\* 255\. Received: dtype=bool"),
        (np.array([np.zeros((2, 2)), None], dtype=object), "one size.*dtype=object"),
        ([np.zeros((2, 2), np.uint8), np.zeros((3, 3), np.uint8)], "one size"),
        (np.zeros((4, 4), np.uint8), r"shape=\(4, 4\)"),
        (np.zeros((2, 3, 8, 8), np.uint8), r"channels last.*shape=\(2, 3, 8, 8\)"),
        (np.zeros((2, 8, 8, 2), np.uint8), r"C 1, 3 or 4"),
        (np.zeros((0, 8, 8, 1), np.uint8), r"no images.*shape=\(0, 8, 8, 1\)"),
        (np.zeros((2, 0, 8, 1), np.uint8), "no images"),
    ],
)
def test_unfit_images_are_refused(images, message):
    with pytest.raises(InputError, match=message):
        ImageDataset(images)


@pytest.mark.parametrize("shape", [(16, 16, 3), (9, 40, 4), (8, 8, 1)])
def test_one_picture_is_not_taken_for_many(shape):
    with pytest.raises(InputError, match=r"One picture is array\[np.newaxis\]. Received: shape="):
        ImageDataset(np.zeros(shape, np.uint8))
    assert ImageDataset(np.zeros(shape, np.uint8)[np.newaxis]).image_shape == shape
    assert ImageDataset(np.zeros((16, 4, 4), np.uint8)).image_shape == (4, 4, 1)


def memory_map(path, array):
    """Return an array that lies in a file."""
    mapped = np.memmap(path, array.dtype, "w+", shape=array.shape)
    mapped[:] = array
    mapped.flush()
    return np.memmap(path, array.dtype, "r", shape=array.shape)


@pytest.mark.slow
@pytest.mark.parametrize("step", [1, 2])
def test_arrays_on_the_disk_are_read_and_not_copied(tmp_path, monkeypatch, step):
    array = np.random.default_rng(0).integers(256, size=(40, 8, 8, 3), dtype=np.uint8)
    dataset = ImageDataset(memory_map(tmp_path / "a", array)[::step], np.arange(40)[::step] % 4)
    in_memory = ImageDataset(array[::step], np.arange(40)[::step] % 4)
    assert np.shares_memory(dataset.images, dataset.tensors["images"])
    made = []
    for name in ("constant", "convert_to_tensor"):
        real = getattr(tf, name)
        monkeypatch.setattr(
            tf, name, lambda value, *rest, real=real, **more: made.append(np.shape(value)) or real(value, *rest, **more)
        )
    batches = dataset.batches(8, seed=3, batches_per_step=2)
    assert dataset.images.shape not in made
    assert batches.element_spec == in_memory.batches(8, seed=3, batches_per_step=2).element_spec
    for ours, theirs in zip(batches.take(4), in_memory.batches(8, seed=3, batches_per_step=2), strict=False):
        assert all(np.array_equal(ours[name], theirs[name]) for name in ("images", "labels"))
    assert dataset.fingerprint == in_memory.fingerprint


def test_npy_files_are_read_from_the_disk(tmp_path):
    array = np.random.default_rng(0).integers(256, size=(20, 8, 8), dtype=np.uint8)
    np.save(tmp_path / "mine.npy", array)
    dataset = load(data=tmp_path / "mine.npy")
    assert is_memory_mapped(dataset.images)
    assert dataset.fingerprint == ImageDataset(array).fingerprint
    assert load(data=tmp_path / "mine.npy", image_size=(4, 4)).image_shape == (4, 4, 1)
    assert load_test(data=tmp_path / "mine.npy") is None
    np.save(tmp_path / "mine.npy", array / 255)
    with pytest.raises(InputError, match="images must be uint8"):
        from_npy(tmp_path / "mine.npy")
    np.save(tmp_path / "mine.npy", np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(InputError, match="cannot be read as an .npy file"):
        from_npy(tmp_path / "mine.npy")
    (tmp_path / "mine.npy").write_bytes(b"\x93NUMPY\x02\x00\xff\xff\xff\xff")
    with pytest.raises(InputError, match="cannot be read as an .npy file"):
        from_npy(tmp_path / "mine.npy")


def test_images_cannot_be_changed_under_the_fingerprint():
    source = np.zeros((2, 4, 4), np.uint8)
    with pytest.raises(ValueError, match="read-only"):
        ImageDataset(source).images[0] = 1
    source[0] = 1  # The caller's own array stays writable.


def test_fingerprint_tells_data_apart():
    images = np.arange(16, dtype=np.uint8).reshape(2, 2, 4)
    same = ImageDataset(images, name="a").fingerprint
    assert same == ImageDataset(images.copy(), name="b").fingerprint
    assert len(same) == 64
    others = [
        ImageDataset(images[::-1]),
        ImageDataset(images.reshape(2, 4, 2)),
        ImageDataset(images, [0, 1]),
        ImageDataset(images, [1, 0]),
    ]
    assert len({same, *(other.fingerprint for other in others)}) == 5


def test_split_is_disjoint_and_complete():
    dataset = numbered(20, labels=np.arange(20))
    train, held_out = dataset.split(6, seed=3)
    assert (len(train), len(held_out)) == (14, 6)
    assert sorted([*train.labels, *held_out.labels]) == list(range(20))
    assert np.array_equal(train.images.ravel(), train.labels)
    assert np.array_equal(held_out.labels, dataset.split(6, seed=3)[1].labels)
    assert not np.array_equal(held_out.labels, dataset.split(6, seed=4)[1].labels)


@pytest.mark.parametrize("held_out", [0, 20, 0.5, True])
def test_split_leaves_images_on_both_sides(held_out):
    with pytest.raises(InputError, match="held_out"):
        numbered(20).split(held_out)


@pytest.mark.parametrize(("size", "batch_size"), [slow(1, 1), slow(2, 1), slow(5, 2), (10, 7), slow(200, 64)])
def test_every_epoch_is_another_permutation(size, batch_size):
    epochs = 12
    read = order(numbered(size), epochs * size // batch_size + 1, batch_size=batch_size)[: epochs * size]
    epochs = read.reshape(epochs, size)
    assert np.array_equal(np.sort(epochs), np.tile(np.arange(size), (len(epochs), 1)))
    if size >= 10:
        assert len({tuple(epoch) for epoch in epochs}) == len(epochs)


@pytest.mark.parametrize("size", [2**8 + 1, 2**16, 2**16 + 1, 2**16 + 2, 2**18 + 1])
def test_large_sets_are_permuted_too(size):
    indexes = shuffled_indexes(tf.range(size, 2 * size, dtype=tf.int64), size, seed=1).numpy()
    assert np.array_equal(np.sort(indexes), np.arange(size))
    assert np.mean(indexes == np.arange(size)) < 0.01


def test_places_are_shared_out_evenly():
    size, epochs = 5, 2000
    indexes = shuffled_indexes(tf.range(size * epochs, dtype=tf.int64), size, seed=0).numpy().reshape(epochs, size)
    for place in indexes.T:
        # Five standard deviations either way.
        assert np.all(np.abs(np.bincount(place, minlength=size) - epochs / size) < 5 * np.sqrt(epochs * 0.2 * 0.8))
    assert len({tuple(epoch) for epoch in indexes}) == 120


def test_epochs_do_not_repeat_after_256():
    indexes = shuffled_indexes(tf.range(50 * 512, dtype=tf.int64), 50, seed=0).numpy().reshape(512, 50)
    assert len({tuple(epoch) for epoch in indexes}) == 512


def test_order_is_a_function_of_the_seed():
    dataset = numbered(100)
    seeds = [0, 1, 256, 2**63 - 1]
    orders = [tuple(order(dataset, 4, batch_size=10, seed=seed)) for seed in seeds]
    assert len(set(orders)) == len(seeds)
    assert orders[1] == tuple(order(numbered(100), 4, batch_size=10, seed=1))


def test_nobody_waits_for_the_thread_that_tunes_a_pipeline():
    assert numbered(10).batches(4).options().autotune.enabled is False


@pytest.mark.slow
@pytest.mark.parametrize(("start", "batches_per_step"), [(1, 1), (5, 3), (40, 1)])
def test_start_step_equals_skipping(start, batches_per_step):
    arguments = {"batch_size": 7, "seed": 2, "batches_per_step": batches_per_step}
    dataset = numbered(10)
    skipped = first(dataset.batches(**arguments).skip(start), 6)
    started = first(dataset.batches(start_step=start, **arguments), 6)
    assert np.array_equal(started, skipped)
    assert not np.array_equal(started, first(dataset.batches(**arguments), 6))


def test_shapes_are_static_and_the_dataset_is_infinite():
    dataset = ImageDataset(np.zeros((10, 6, 4, 3), np.uint8), labels=np.arange(10))
    batches = dataset.batches(4, batches_per_step=5)
    images, labels = tf.TensorSpec((5, 4, 6, 4, 3), tf.uint8), tf.TensorSpec((5, 4), tf.int64)
    assert batches.element_spec == {"images": images, "labels": labels}
    assert batches.cardinality() == tf.data.INFINITE_CARDINALITY
    assert dataset.batches(4, batches_per_step=5, names=("images",)).element_spec == {"images": images}
    assert dataset.specs == {"images": Spec((6, 4, 3), "uint8"), "labels": Spec((), "int64")}
    assert set(dataset.arrays) == {"images", "labels"}


def test_which_parts_are_read_changes_no_order():
    dataset = numbered(30, labels=np.arange(30))
    both, alone = dataset.batches(8, seed=5), dataset.batches(8, seed=5, names=["images"])
    assert np.array_equal(first(both, 6), first(alone, 6))


def test_grouping_does_not_change_the_order():
    dataset = numbered(10)
    assert np.array_equal(order(dataset, 6, batch_size=4), order(dataset, 2, batch_size=4, batches_per_step=3))


def test_labels_stay_with_their_images():
    for each in numbered(30, labels=np.arange(30) + 100).batches(8).take(10):
        assert np.array_equal(each["images"].numpy().reshape(1, 8) + 100, each["labels"].numpy())


def test_labels_that_are_not_there_are_refused():
    with pytest.raises(InputError, match=r"numbered has no labels; its examples have images\. Received: names="):
        numbered(10).batches(2, names=["images", "labels"])
    with pytest.raises(InputError, match="at least one of images"):
        numbered(10).batches(2, names=[])


def test_fewer_images_than_a_batch_are_refused():
    with pytest.raises(InputError, match=r"numbered has 20 examples, fewer than one batch of 64; .* at most 20"):
        numbered(20).batches(64)
    assert first(numbered(20).batches(20), 1).size == 20


@pytest.mark.parametrize("value", [0, -1, 2.0, "4", True, None])
@pytest.mark.parametrize("name", ["batch_size", "batches_per_step"])
def test_batch_arguments_must_be_positive_integers(name, value):
    with pytest.raises(InputError, match=f"{name} must be a positive integer. Received: {name}={value!r}"):
        numbered(10).batches(**{"batch_size": 2, name: value})


@pytest.mark.parametrize("value", [-1, 1.5, False, 2**63])
def test_seed_must_be_in_range(value):
    with pytest.raises(InputError, match="seed must be"):
        numbered(10).batches(2, seed=value)


def test_start_step_must_not_be_negative():
    with pytest.raises(InputError, match="start_step must be an integer of at least 0"):
        numbered(10).batches(2, start_step=-1)


def test_labels_that_count_no_classes_are_refused():
    few = ImageDataset(np.zeros((3, 8, 8), "uint8"), np.array([0, 1, 10**6]))
    with pytest.raises(InputError, match="labels up to 1000000 of 3 images"):
        _ = few.classes


def test_numpy_integers_are_integers():
    assert order(numbered(10), 1, batch_size=np.int64(10), seed=np.int32(3)).size == 10


def test_the_images_of_one_label_can_be_taken_alone():
    dataset = ImageDataset(
        np.arange(6, dtype=np.uint8).reshape(6, 1, 1) * np.ones((6, 2, 2), np.uint8), np.array([0, 3, 0, 1, 3, 3])
    )
    assert dataset.classes == 4
    assert dataset.has_labels
    assert dataset.with_label(3).images[:, 0, 0, 0].tolist() == [1, 4, 5]
    with pytest.raises(InputError, match="no images with label 2: it has labels from 0 to 3"):
        dataset.with_label(2)
    without = ImageDataset(dataset.images)
    assert without.classes is None
    assert not without.has_labels
    with pytest.raises(InputError, match="it has no labels"):
        without.with_label(0)


def test_classes_are_chosen_by_name_and_numbered_anew():
    images = np.arange(6, dtype="uint8").reshape(6, 1, 1, 1) * np.ones((6, 8, 8, 1), "uint8")
    dataset = ImageDataset(images, [0, 1, 2, 0, 1, 2], "places", class_names=("forest", "sea", "plain"))
    chosen = dataset.with_classes(["plain", "forest"])
    assert chosen.images[:, 0, 0, 0].tolist() == [0, 2, 3, 5]
    assert chosen.labels.tolist() == [1, 0, 1, 0]
    assert (chosen.class_names, chosen.classes) == (("plain", "forest"), 2)
    assert chosen.name == "places (plain, forest)"
    numbered = ImageDataset(images, [0, 1, 2, 0, 1, 2]).with_classes(["2"])
    assert (numbered.labels.tolist(), numbered.class_names) == ([0, 0], ("2",))


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["forrest"], "has no class 'forrest'; the nearest is 'forest'. Its classes: forest, sea, plain"),
        (["xyz"], "has no class 'xyz'; the nearest is '(forest|sea|plain)'"),
        (["sea", "sea"], "classes must be different ones"),
        ([], "at least one"),
    ],
)
def test_classes_that_are_not_there(names, message):
    dataset = ImageDataset(np.zeros((3, 8, 8), "uint8"), [0, 1, 2], "places", class_names=("forest", "sea", "plain"))
    with pytest.raises(InputError, match=message):
        dataset.with_classes(names)
    with pytest.raises(InputError, match="has no labels"):
        ImageDataset(np.zeros((3, 8, 8), "uint8")).with_classes(["forest"])


def test_few_images_of_a_late_class_are_no_mistake():
    people = ImageDataset(np.zeros((400, 8, 8, 1), "uint8"), np.repeat(np.arange(40), 10))
    one = people.with_label(20)
    assert (len(one), one.classes) == (10, 40)
    assert people.with_label(3).classes == 4
    years = ImageDataset(np.zeros((60, 8, 8, 1), "uint8"), 1990 + np.arange(60) % 30)
    assert len(years.with_label(1995)) == 2
