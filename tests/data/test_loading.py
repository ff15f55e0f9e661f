import pkgutil

import numpy as np
import pytest
from PIL import Image

from ganzoo import data
from ganzoo.data import ImageDataset, load, load_test, parse_image_size, photograph_crops
from ganzoo.data.loading import DATASETS
from ganzoo.errors import InputError


def test_no_function_hides_its_own_module():
    modules = {module.name for module in pkgutil.iter_modules(data.__path__)}
    assert not modules & set(data.__all__)


def test_names_are_the_documented_ones():
    names = {"grass", "brick", "gravel", "forest", "outdoor", "mnist", "fashion_mnist", "cifar10", "digits"}
    assert set(DATASETS) == names


def test_photographs_take_size_and_seed():
    assert load().fingerprint == photograph_crops("grass").fingerprint
    small = load("brick", image_size=(16, 8), seed=3)
    assert small.fingerprint == photograph_crops("brick", image_size=(16, 8), seed=3).fingerprint


def test_fixed_sets_keep_their_size_or_are_resized():
    natural = load("digits")
    assert natural.image_shape == (8, 8, 1)
    assert load("digits", image_size=(8, 8)).fingerprint == natural.fingerprint
    dataset = load("digits", image_size=(16, 12))
    assert dataset.image_shape == (16, 12, 1)
    assert len(dataset.labels) == 1797


def test_downloaded_sets_go_through_the_same_door(monkeypatch):
    import keras

    part = (np.zeros((3, 28, 28), np.uint8), np.arange(3))
    monkeypatch.setattr(keras.datasets.mnist, "load_data", lambda: (part, part))
    assert load("mnist", image_size=(32, 32)).image_shape == (32, 32, 1)


def test_data_wins_over_dataset(tmp_path):
    np.savez(tmp_path / "mine.npz", x_train=np.zeros((3, 6, 6), np.uint8))
    assert load("no such name", data=str(tmp_path / "mine.npz")).image_shape == (6, 6, 1)
    assert load(data=tmp_path / "mine.npz", image_size=(3, 3)).image_shape == (3, 3, 1)


def test_folders_go_through_the_same_door(tmp_path):
    Image.new("RGB", (40, 40)).save(tmp_path / "a.png")
    (tmp_path / "b.png").write_text("text")
    dataset = load(data=tmp_path)
    assert isinstance(dataset, ImageDataset)
    assert dataset.images.shape == (1, 32, 32, 3)
    assert load(data=tmp_path, image_size=(20, 30)).image_shape == (20, 30, 3)
    with pytest.raises(InputError, match="strict"):
        load(data=tmp_path, strict=True)


def test_unknown_names_get_a_suggestion_and_the_list():
    with pytest.raises(InputError, match=r"one of brick, .*forest.* Did you mean 'grass'.*dataset='gras'"):
        load("gras")


def test_missing_paths_are_refused(tmp_path):
    (tmp_path / "photos").mkdir()
    with pytest.raises(InputError, match=r"does not exist. Did you mean 'photos'\?"):
        load(data=tmp_path / "photo")
    for name, message in (
        ("a\0b", r"a\?b does not exist"),
        ("a\x1b[2J", r"a\?\[2J does not exist"),
        ("a" * 999, "too long"),
    ):
        with pytest.raises(InputError, match=message) as raised:
            load(data=tmp_path / name)
        assert str(raised.value).isprintable()
    with pytest.raises(InputError, match=r"does not exist\.$"):
        load(data=tmp_path / "nowhere" / "photo")


@pytest.mark.parametrize("image_size", [32, (32,), (0, 32), (32.0, 32), "32"])
def test_image_size_is_checked(image_size):
    with pytest.raises(InputError, match="image_size must be"):
        load("digits", image_size=image_size)


@pytest.mark.parametrize(
    ("text", "size"), [("32", (32, 32)), ("48x32", (48, 32)), ("48X32", (48, 32)), (" 8 ", (8, 8)), (64, (64, 64))]
)
def test_image_sizes_are_read(text, size):
    assert parse_image_size(text) == size


@pytest.mark.parametrize("text", ["", "x", "32x", "x32", "-32", "0", "32x0", "3.5", "32x32x3", "big", "9" * 9, "٣٢"])
def test_unreadable_image_sizes_are_refused(text):
    with pytest.raises(InputError, match=r"32 or 48x32 \(height x width\)"):
        parse_image_size(text)


def test_an_archive_may_hold_its_own_test_half(tmp_path):
    images = np.zeros((7, 8, 8), np.uint8)
    np.savez(tmp_path / "both.npz", x_train=images, x_test=images[:3], y_test=np.arange(3))
    np.savez(tmp_path / "one.npz", x_train=images)
    held_out = load_test(data=tmp_path / "both.npz", image_size=(4, 4))
    assert held_out.images.shape == (3, 4, 4, 1)
    assert held_out.labels.tolist() == [0, 1, 2]
    assert load_test(data=tmp_path / "one.npz") is None
    assert load_test(data=tmp_path) is None


@pytest.mark.parametrize(("depth", "dtype"), [(8, "uint8"), (16, "uint16")])
def test_terrain_is_read_in_crops_of_its_depth(depth, dtype, monkeypatch):
    monkeypatch.setattr("ganzoo.data.loading._LANDSCAPE_SIZE", 64)
    crops = load("terrain", image_size=(32, 32), depth=depth)
    assert (crops.dtype, crops.image_shape) == (dtype, (32, 32, 1))
    assert 0.5 < np.ptp(crops.images(20)) / np.iinfo(dtype).max <= 1
    assert load_test("terrain") is None


def test_built_in_photographs_and_archives_have_16_bits_on_request(tmp_path):
    shallow, deep = (load("grass", image_size=(16, 16), crops=True, depth=depth).images(3) for depth in (8, 16))
    assert deep.dtype == np.uint16 and np.array_equal(deep, shallow.astype("uint16") * 257)
    np.savez(tmp_path / "small.npz", images=np.arange(2 * 64, dtype="uint8").reshape(2, 8, 8))
    assert load(data=tmp_path / "small.npz", depth=16).images.max() == 127 * 257
