import numpy as np
import pytest
from PIL import Image

from ganzoo.core.inputs import Spec
from ganzoo.data import ImageDataset, PairedImages, digit_pairs, load_pair, load_test_pair
from ganzoo.errors import InputError


def numbered(count):
    """Return a set whose image i is the single pixel i."""
    return ImageDataset(np.arange(count, dtype=np.uint8).reshape(count, 1, 1, 1), np.arange(count), name="numbered")


def order(dataset, steps, **arguments):
    batches = list(dataset.batches(**arguments).take(steps))
    return {name: np.stack([batch[name].numpy() for batch in batches]).ravel() for name in batches[0]}


def test_paired_sets_are_read_by_the_same_indexes():
    pair = PairedImages(numbered(10), numbered(10), paired=True)
    read = order(pair, 5, batch_size=6, batches_per_step=2)
    assert np.array_equal(read["a"], read["b"])
    assert pair.specs == {"a": Spec((1, 1, 1), "uint8"), "b": Spec((1, 1, 1), "uint8")}


@pytest.mark.slow
def test_unpaired_sets_are_read_in_two_orders():
    pair = PairedImages(numbered(10), numbered(25))
    assert len(pair) == 25
    read = order(pair, 10, batch_size=5, seed=3)
    assert sorted(read["a"][:10]) == list(range(10))
    assert sorted(read["b"][:25]) == list(range(25))
    same = order(PairedImages(numbered(10), numbered(10)), 10, batch_size=5, seed=3)
    assert not np.array_equal(same["a"], same["b"])
    assert np.array_equal(order(pair, 10, batch_size=5, seed=3, names=["b"])["b"], read["b"])
    later = order(pair, 6, batch_size=5, seed=3, start_step=4)
    assert all(np.array_equal(later[name], read[name][20:]) for name in "ab")


def test_paired_sets_must_be_equally_long():
    with pytest.raises(InputError, match="paired sets must be equally long.*Received: 3 and 4 images"):
        PairedImages(numbered(3), numbered(4), paired=True)
    with pytest.raises(InputError, match="b must be an object such as ImageDataset.*Received: b=array"):
        PairedImages(numbered(3), numbered(3).images)
    with pytest.raises(InputError, match="fewer than one batch"):
        PairedImages(numbered(3), numbered(30)).batches(4)


def test_fingerprints_tell_pairs_apart():
    pairs = [(numbered(3), numbered(4)), (numbered(4), numbered(3)), (numbered(4), numbered(4))]
    prints = {PairedImages(*pair).fingerprint for pair in pairs} | {PairedImages(*pairs[2], paired=True).fingerprint}
    assert len(prints) == 4


@pytest.mark.parametrize("kind", ["inverted", "outlined", "sheared"])
def test_digit_pairs_have_known_truth(kind):
    train, test = digit_pairs(kind)
    assert train.a.image_shape == train.b.image_shape == (16, 16, 1)
    assert (train.paired, test.paired) == (False, True)
    assert len(train.a) + len(train.b) + len(test) == 1797
    assert np.array_equal(test.a.labels, test.b.labels)
    difference = np.abs(test.a.images.astype(int) - test.b.images).mean()
    assert difference > 10
    if kind == "inverted":
        assert np.array_equal(test.b.images, 255 - test.a.images)


def test_the_halves_of_a_digit_pair_share_no_digit():
    images = ImageDataset(np.random.default_rng(0).integers(256, size=(60, 8, 8), dtype=np.uint8), np.arange(60) % 10)
    train, test = digit_pairs("inverted", images=images)
    sets = [{image.tobytes() for image in part} for part in (train.a.images, 255 - train.b.images, test.a.images)]
    assert [len(each) for each in sets] == [25, 25, 10]
    assert len(set.union(*sets)) == 60
    paired, _ = digit_pairs("inverted", images=images, paired=True)
    assert np.array_equal(paired.a.images, 255 - paired.b.images)
    assert digit_pairs("inverted", (4, 4), images)[0].a.image_shape == (4, 4, 1)


def test_sheared_digits_lean_to_the_right():
    line = np.zeros((4, 9, 9), np.uint8)
    line[:, :, 4] = 255
    (sheared, *_) = digit_pairs("sheared", images=ImageDataset(line, range(4)))[1].b.images[..., 0]
    assert sheared[0].argmax() > sheared[4].argmax() == 4 > sheared[8].argmax()


def test_outlines_are_empty_inside():
    square = np.zeros((4, 9, 9), np.uint8)
    square[:, 2:7, 2:7] = 255
    outlined = digit_pairs("outlined", images=ImageDataset(square, range(4)))[1].b.images[0, :, :, 0]
    assert (outlined[4, 4], outlined[0, 0], outlined[2, 4], outlined[4, 6]) == (0, 0, 255, 255)


def test_digit_pairs_check_their_arguments():
    with pytest.raises(InputError, match="kind must be one of inverted.* Did you mean 'inverted'"):
        digit_pairs("inverse")
    with pytest.raises(InputError, match="dots has none"):
        digit_pairs(images=ImageDataset(np.zeros((9, 8, 8), np.uint8), name="dots"))


def test_pairs_are_loaded_by_name_or_from_two_places(tmp_path):
    for side, count in (("a", 3), ("b", 2)):
        (tmp_path / side).mkdir()
        for index in range(count):
            Image.new("L", (8, 8), index).save(tmp_path / side / f"{index}.png")
    pair = load_pair(tmp_path / "a", tmp_path / "b", image_size=(8, 8))
    assert (len(pair.a), len(pair.b), pair.name) == (3, 2, "a and b")
    with pytest.raises(InputError, match="equally long"):
        load_pair(tmp_path / "a", tmp_path / "b", image_size=(8, 8), paired=True)
    (tmp_path / "a" / "1.png").write_text("text")
    with pytest.raises(InputError, match="strict"):
        load_pair(tmp_path / "a", tmp_path / "b", image_size=(8, 8), paired=True)
    assert load_test_pair(tmp_path / "a", tmp_path / "b") is None
    assert load_pair(dataset="outlined_digits").fingerprint == digit_pairs("outlined")[0].fingerprint
    assert load_test_pair(dataset="outlined_digits").fingerprint == digit_pairs("outlined")[1].fingerprint
    with pytest.raises(InputError, match="needs both data_a and data_b"):
        load_pair(tmp_path / "a")
    with pytest.raises(InputError, match=r"dataset must be one of inverted_digits.*Did you mean 'outlined_digits'"):
        load_pair(dataset="outlined")
