"""The recipe: the same in Python and by flags, whatever the model is, and said to the runs that it makes."""

import re

import numpy as np
import pytest
from conftest import slow

from ganzoo import data, recipes
from ganzoo.commands import compose, runner, sources
from ganzoo.commands.flags import parse
from ganzoo.errors import InputError
from ganzoo.registry import RECIPES
from ganzoo.testing import check_gan


def game(name, *flags):
    recipe = RECIPES[name]
    options = parse([flag for found in runner.flag_groups(recipe).values() for flag in found], ["ganzoo", *flags])
    return recipe, options, compose.game_of(recipe, runner.game_values(recipe, options))


def settings(gan):
    config = gan.get_config()
    without_numbers = re.compile(r"adam_\d+")  # Keras counts optimizers
    return {
        name: without_numbers.sub("adam", repr(config[name]))
        for name in ("networks", "objective", "ema_half_life_images", "ema_warmup")
    }


@pytest.mark.slow
def test_flags_and_function_are_the_same_recipe():
    expected = settings(recipes.modern((8, 8, 1)))
    ways = {
        "modern": "--steps=1",
        "dcgan": "--recipe=modern",
        "wgan-textures": "--recipe=modern",
        "stacked-digits": "--variant=modern",
    }
    for name, flags in ways.items():
        assert settings(compose.build(game(name, flags)[2], (8, 8, 1))) == expected
    assert settings(compose.build(game("dcgan")[2], (8, 8, 1))) != expected


@pytest.mark.parametrize(
    ("name", "flags", "expected"),
    [
        ("modern", (), 3),
        ("modern", ("--noconditional",), None),
        slow("mlp-gan", (), None),
        slow("mlp-gan", ("--conditional",), 3),
        ("stacked-digits", ("--variant=modern",), None),
        slow("stacked-digits", (), None),
    ],
)
def test_labels_are_told_to_the_recipe_and_on_request(name, flags, expected):
    assert compose.build(game(name, *flags)[2], (8, 8, 1), classes=3).classes == expected


def test_labels_and_clusters_are_not_told_to_a_model_without_them():
    with pytest.raises(InputError, match="--conditional is about labels, and DCGAN is told none"):
        game("stacked-digits", "--conditional")
    _, options, found = game("stacked-digits", "--clusters=2")
    with pytest.raises(InputError, match="told as labels, and DCGAN is told none. Received: --clusters=2"):
        sources.clustered(options, found.model, kept(5, 3))


def test_a_flag_beside_the_recipe_is_heard():
    gan = compose.build(game("cgan", "--recipe=modern", "--width=8", "--gamma=3")[2], (8, 8, 1), classes=10)
    assert gan.classes == 10 and gan.networks.width == 8
    assert gan.objective.regularizers[0].regularizer.weight == 3


@pytest.mark.parametrize(("flags", "labels", "expected"), [((), [3] * 5, None), ((), [3, 3, 3, 3, 1], 4),
                                                           (("--conditional",), [3] * 5, 4)])  # fmt: skip
def test_labels_that_are_all_the_same_are_not_told(flags, labels, expected):
    images = data.ImageDataset(np.zeros((5, 8, 8, 1), "uint8"), np.array(labels, "int32"), name="few")
    found = compose.build(game("modern", *flags)[2], images.image_shape, images.classes, data=images)
    assert found.classes == expected


@pytest.mark.parametrize(("labels", "expected"), [([3, 3, 3, 3, 1], (0, 0.2, 0, 0.8)), ([0, 1, 2, 0, 1], None)])
def test_samples_are_of_classes_that_the_data_has(labels, expected):
    images = data.ImageDataset(np.zeros((5, 8, 8, 1), "uint8"), np.array(labels, "int32"), name="few")
    found = compose.build(game("cgan")[2], images.image_shape, images.classes, data=images)
    assert found.class_shares == (None if expected is None else pytest.approx(expected))


def kept(n, channels):
    return data.ImageDataset(np.zeros((n, 8, 8, channels), "uint8"), name="few")


@pytest.mark.parametrize(
    ("name", "flags", "data_set", "expected"),
    [
        ("modern", (), kept(5, 3), ["RandomTranslation", "RandomCutout"]),
        slow("dcgan", ("--recipe=modern",), kept(5, 3), ["RandomTranslation", "RandomCutout"]),
        slow("modern", ("--augmentation=flip",), kept(5, 3), ["RandomFlip"]),
        slow("modern", ("--augmentation=none",), kept(5, 3), []),
        ("modern", (), kept(5, 1), []),
        slow("modern", (), kept(10_001, 3), []),
        slow("dcgan", (), kept(5, 3), []),
    ],
)
def test_few_color_images_are_augmented(name, flags, data_set, expected):
    found = compose.build(game(name, *flags)[2], data_set.image_shape, data=data_set).augmentation
    parts = [] if found is None else getattr(found, "augmentations", [found])
    assert [type(each).__name__ for each in parts] == expected
    if name == "modern" and not flags:
        assert repr(recipes.modern(data_set.image_shape, images=len(data_set)).augmentation) == repr(found)


def test_none_goes_with_no_other_augmentation():
    with pytest.raises(InputError, match="--augmentation=none goes with no other"):
        game("modern", "--augmentation=none,flip")


def test_models_of_another_game_have_no_recipe():
    assert not any(compose.takes_modern(RECIPES[name]) for name in ("modern", "infogan", "cyclegan", "stylegan2", "point-gan"))


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((28, 28, 1), [(14, 14, 1), (7, 7, 2)]),
        slow((8, 8, 3), [(4, 4, 1)]),
        slow((32, 32, 3), [(16, 16, 1), (8, 8, 2), (4, 4, 4)]),
    ],
)
def test_sizes_of_maps(shape, expected):
    gan = recipes.modern(shape, width=8)
    assert gan.networks.sizes(shape) == expected
    assert gan.sample(2).shape == (2, *shape)


@pytest.mark.slow
@pytest.mark.parametrize("classes", [None, 3])
def test_recipe_passes_every_check(classes):
    gan = recipes.modern((8, 8, 1), classes, latent=4, width=8)
    assert check_gan(gan, verbose=False).passed


@pytest.mark.slow
def test_recipe_draws_the_digits_that_are_asked_for():
    """After 400 steps the nearest real digit of nearly every sample is of the class asked for, and the samples differ."""
    digits = data.load("digits")
    gan = recipes.modern(digits.image_shape, digits.classes, width=16)
    asked = np.arange(200) % 10

    def read():
        samples = gan.sample(200, labels=asked).reshape(200, -1).astype("float32")
        known = digits.images.reshape(len(digits), -1).astype("float32")
        distances = (samples**2).sum(1)[:, None] - 2 * samples @ known.T + (known**2).sum(1)
        return (digits.labels[distances.argmin(1)] == asked).mean(), len(np.unique(distances.argmin(1)))

    before, _ = read()
    gan.train(digits, steps=400, batch_size=64, verbose=False)
    after, different = read()
    assert before < 0.3
    assert after > 0.85
    assert different > 60
