import numpy as np
import pytest
import tensorflow as tf

from ganzoo.core.inputs import Spec
from ganzoo.data import ImageDataset, PairedImages, PointDataset, StreamDataset, as_dataset
from ganzoo.errors import InputError

IMAGES = np.arange(10, dtype=np.uint8).reshape(10, 1, 1, 1)


def slices(*arrays):
    return tf.data.Dataset.from_tensor_slices(arrays if len(arrays) > 1 else arrays[0])


def first(dataset, steps):
    return np.stack([element["images"].numpy() for element in dataset.take(steps)])


@pytest.mark.parametrize("source", [slices(IMAGES), slices(IMAGES).batch(4), slices(IMAGES).batch(4).repeat()])
def test_batches_have_the_size_asked_for(source):
    batches = StreamDataset(source).batches(3, batches_per_step=2)
    assert batches.element_spec == {"images": tf.TensorSpec((2, 3, 1, 1, 1), tf.uint8)}
    assert first(batches, 5).ravel().tolist() == [*range(10)] * 3


def test_start_step_equals_skipping():
    stream = StreamDataset(slices(IMAGES).batch(4))
    assert np.array_equal(first(stream.batches(3, start_step=5), 4), first(stream.batches(3).skip(5), 4))


def test_floats_pass_unchanged():
    floats = np.linspace(-1, 1, 10, dtype=np.float32).reshape(IMAGES.shape)
    read = first(StreamDataset(slices(floats).batch(5)).batches(10), 1)
    assert read.dtype == np.float32
    assert np.array_equal(read.ravel(), floats.ravel())


@pytest.mark.parametrize("batch", [None, 4])
def test_labels_are_dropped_or_kept(batch):
    source = slices(IMAGES, np.arange(10) + 50)
    stream = StreamDataset(source.batch(batch) if batch else source)
    assert stream.specs == {"images": Spec((1, 1, 1), "uint8"), "labels": Spec((), "int64")}
    assert stream.batches(3, names=["images"]).element_spec == {"images": tf.TensorSpec((1, 3, 1, 1, 1), tf.uint8)}
    assert stream.batches(3).element_spec["labels"] == tf.TensorSpec((1, 3), tf.int64)
    for each in stream.batches(3).take(5):
        assert np.array_equal(each["images"].numpy().ravel() + 50, each["labels"].numpy().ravel())


def test_labels_that_are_not_there_are_refused():
    with pytest.raises(InputError, match="mine has no labels"):
        StreamDataset(slices(IMAGES), name="mine").batches(2, names=["labels"])


def test_open_shapes_need_image_shape():
    def open_stream():
        spec = tf.TensorSpec((None, None, None, 1), tf.uint8)
        return tf.data.Dataset.from_generator(lambda: iter([IMAGES]), output_signature=spec)

    with pytest.raises(InputError, match=r"pass image_shape=\(H, W, C\)"):
        StreamDataset(open_stream())
    batches = StreamDataset(open_stream(), image_shape=(1, 1, 1)).batches(4)
    assert batches.element_spec["images"].shape == (1, 4, 1, 1, 1)
    assert first(batches, 2).ravel().tolist() == list(range(8))


@pytest.mark.parametrize("image_shape", [(1, 1, 3), (1, 1), (2, 1, 1)])
def test_contradicting_image_shape_is_refused(image_shape):
    with pytest.raises(InputError, match=r"images of shape \(1, 1, 1\)\. Received: image_shape="):
        StreamDataset(slices(IMAGES), image_shape=image_shape)


@pytest.mark.parametrize(
    "source",
    [
        slices(IMAGES[:, 0, 0, 0]),
        slices(IMAGES[:, 0, 0].astype("int32")),
        slices(IMAGES).batch(2).batch(2),
        slices(IMAGES.astype(np.int32)),
        tf.data.Dataset.from_tensors({"image": IMAGES}),
        slices(IMAGES, IMAGES, IMAGES),
        tf.data.Dataset.from_generator(lambda: iter([IMAGES]), output_signature=tf.TensorSpec(None, tf.uint8)),
    ],
)
def test_unfit_elements_are_refused(source):
    with pytest.raises(InputError, match="must yield uint8 or float32 images"):
        StreamDataset(source)


def test_missing_channel_axis_is_refused():
    with pytest.raises(InputError, match="channels as their last axis"):
        StreamDataset(slices(np.zeros((3, 8, 8), np.uint8)).batch(2))


@pytest.mark.parametrize(
    "source",
    [slices(IMAGES).take(0), slices(IMAGES).batch(4).take(0), tf.data.Dataset.from_tensors(IMAGES[:0])],
)
def test_empty_streams_are_refused_at_once(source):
    with pytest.raises(InputError, match="stream is empty"):
        StreamDataset(source)


@pytest.mark.parametrize(("name", "value"), [("batch_size", 0), ("batches_per_step", 1.0), ("start_step", -1), ("seed", -1)])
def test_batch_arguments_are_checked(name, value):
    with pytest.raises(InputError, match=f"{name} must be"):
        StreamDataset(slices(IMAGES)).batches(**{"batch_size": 2, name: value})


def test_fingerprint_tells_specs_apart():
    one, other = StreamDataset(slices(IMAGES)), StreamDataset(slices(IMAGES).batch(2))
    assert one.fingerprint == StreamDataset(slices(IMAGES + 1)).fingerprint
    assert one.fingerprint != other.fingerprint
    assert len(one.fingerprint) == 64
    assert repr(one) == "StreamDataset(name='stream', images=(1, 1, 1) uint8)"
    assert one.skipped == ()


def test_rows_are_points():
    rows = np.random.default_rng(0).normal(size=(10, 3))
    for source in (slices(rows), slices(rows).batch(4), slices({"points": rows.astype("float16")})):
        stream = StreamDataset(source)
        assert stream.specs == {"points": Spec((3,), "float32")}
        (batch,) = stream.batches(10).take(1)
        np.testing.assert_allclose(batch["points"][0], rows, atol=1e-2)
    open_rows = tf.data.Dataset.from_generator(lambda: iter(rows), output_signature=tf.TensorSpec((None,), tf.float32))
    with pytest.raises(InputError, match="points are floats, of known dimension"):
        StreamDataset(open_rows)


def test_named_elements_are_read_by_name():
    stream = StreamDataset(slices({"labels": np.arange(10, dtype="uint8"), "images": IMAGES}).batch(3))
    assert list(stream.specs) == ["images", "labels"]
    (batch,) = stream.batches(10).take(1)
    assert batch["images"].numpy().ravel().tolist() == batch["labels"].numpy().ravel().tolist() == list(range(10))
    pair = StreamDataset(slices({"b": IMAGES, "a": np.zeros((10, 2, 2, 3), "uint8")}))
    assert pair.specs == {"a": Spec((2, 2, 3), "uint8"), "b": Spec((1, 1, 1), "uint8")}
    with pytest.raises(InputError, match="some parts come in batches"):
        StreamDataset(tf.data.Dataset.from_tensors({"images": IMAGES, "labels": 3}))


@pytest.mark.parametrize("labels", [np.eye(10), np.arange(10.0), np.array(["a"] * 10)])
def test_labels_that_are_no_integers_are_refused(labels):
    with pytest.raises(InputError, match=r"labels must be one integer for each image\. Convert one-hot rows with .*argmax"):
        StreamDataset(slices(IMAGES, labels))


def test_as_dataset_takes_all_kinds():
    points = np.random.default_rng(0).normal(size=(10, 3))
    assert as_dataset(points).points.shape == (10, 3)
    assert isinstance(as_dataset({"points": points}), PointDataset)
    assert as_dataset({"images": IMAGES, "labels": np.arange(10)}).has_labels
    pair = as_dataset({"a": IMAGES, "b": IMAGES[:4]})
    assert isinstance(pair, PairedImages)
    assert as_dataset(pair) is pair
    with pytest.raises(
        InputError,
        match="a dict of data has the names images; or images and labels; or images and texts; or points; or a and b",
    ):
        as_dataset({"x": IMAGES})
    dataset, stream = ImageDataset(IMAGES), StreamDataset(slices(IMAGES))
    assert as_dataset(dataset) is dataset
    assert as_dataset(stream) is stream
    assert as_dataset(IMAGES).fingerprint == dataset.fingerprint
    assert as_dataset((IMAGES, np.arange(10))).labels.tolist() == list(range(10))
    assert isinstance(as_dataset(slices(IMAGES)), StreamDataset)


@pytest.mark.parametrize("data", ["photos", None, [1, 2], (IMAGES,)])
def test_as_dataset_names_what_it_takes(data):
    with pytest.raises(InputError, match=f"(?s)data must be a dataset of ganzoo.data.*of type {type(data).__name__}"):
        as_dataset(data)


def test_as_dataset_refuses_floats():
    with pytest.raises(InputError, match="must be uint8"):
        as_dataset(IMAGES / 255)
