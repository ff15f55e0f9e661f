import numpy as np
import pytest
import skimage.data
from PIL import Image

from ganzoo.data import photograph_crops
from ganzoo.errors import InputError


@pytest.mark.parametrize("name", ["brick", "grass", "gravel"])
def test_crops_are_textures(name):
    dataset = photograph_crops(name, crops=50)
    assert dataset.images.shape == (50, 32, 32, 1)
    assert dataset.images.std() > 5
    assert (dataset.name, dataset.labels) == (name, None)


def test_crops_are_a_function_of_the_seed():
    same, again, other = (photograph_crops("grass", crops=50, seed=seed).fingerprint for seed in (0, 0, 1))
    assert same == again
    assert same != other


def test_crops_come_from_the_photograph_and_some_are_mirrored():
    photograph = skimage.data.brick()
    windows = np.lib.stride_tricks.sliding_window_view(photograph, (500, 510))
    plain = mirrored = 0
    for image in photograph_crops("brick", image_size=(500, 510), crops=40, scale=1, stretch=False).images[..., 0]:
        plain += bool((windows == image).all(axis=(2, 3)).any())
        mirrored += bool((windows == image[:, ::-1]).all(axis=(2, 3)).any())
    assert plain + mirrored == 40
    assert 8 <= mirrored <= 32


def test_scale_averages_before_cropping():
    (image,) = photograph_crops("gravel", image_size=(128, 128), crops=1, scale=4, stretch=False).images[..., 0]
    reduced = np.asarray(Image.fromarray(skimage.data.gravel()).reduce(4))
    assert np.array_equal(image, reduced) or np.array_equal(image[:, ::-1], reduced)


@pytest.mark.parametrize("name", ["brick", "grass", "gravel"])
def test_the_whole_range_of_grays_is_used(name):
    plain, stretched = (photograph_crops(name, crops=2000, stretch=stretch).images for stretch in (False, True))
    assert stretched.std() > 1.2 * plain.std()
    assert (stretched.min(), stretched.max()) == (0, 255)
    assert ((stretched == 0) | (stretched == 255)).mean() < 0.05


def test_image_size_is_height_by_width():
    assert photograph_crops("grass", image_size=(20, 12), crops=2).image_shape == (20, 12, 1)


def test_oversized_crops_are_refused_with_the_largest():
    with pytest.raises(InputError, match=r"at scale 2 .* at most 256x256 .*image_size=\(257, 32\)"):
        photograph_crops("brick", image_size=(257, 32))
    assert photograph_crops("brick", image_size=(256, 256), crops=1).image_shape == (256, 256, 1)


def test_unknown_names_get_a_suggestion():
    with pytest.raises(InputError, match=r"one of brick, grass, gravel. Did you mean 'gravel'.*name='gravl'"):
        photograph_crops("gravl")


@pytest.mark.parametrize(
    ("name", "value"),
    [("crops", 0), ("seed", -1), ("scale", 0), ("scale", 513), ("image_size", (0, 32)), ("image_size", 32)],
)
def test_arguments_are_checked(name, value):
    with pytest.raises(InputError, match=f"{name} must be"):
        photograph_crops("grass", **{name: value})
