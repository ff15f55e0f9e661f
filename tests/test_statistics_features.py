"""Statistics of images as features: what they see that raw pixels do not, and what filters alone do not."""

from types import SimpleNamespace

import numpy as np
import pytest

from ganzoo.commands.evaluate import choose_features
from ganzoo.data import ImageDataset
from ganzoo.errors import InputError
from ganzoo.evaluation import features, metrics
from ganzoo.training.callbacks import SampleQuality


def landscapes(n, seed, shape=(32, 48)):
    """Return images of a bright, smooth sky over a dark, rough ground, uint8 `(n, H, W, 3)`."""
    rng = np.random.default_rng(seed)
    images = rng.normal(60, 30, (n, *shape, 3))
    images[:, : shape[0] // 2] = 180 + 2 * rng.normal(size=(n, 1, 1, 3)) + rng.normal(0, 5, (n, shape[0] // 2, shape[1], 3))
    return images.clip(0, 255).astype("uint8")


def test_smears_and_wrong_places_are_far_and_other_real_images_near():
    train, apart = landscapes(60, 0), landscapes(60, 1)
    measured = features.Statistics(train, verbose=False)
    real = measured.features(train)
    assert real.shape == (60, 331 + 66 * 3) and abs(real.mean()) < 0.02 and np.abs(real).max() <= 4

    def distance(images):
        return metrics.kernel_distance(real, measured.features(images), blocks=2).value

    smeared = apart.reshape(60, 8, 4, 12, 4, 3).mean((2, 4)).repeat(4, 1).repeat(4, 2).astype("uint8")
    floor, smears, fallen = distance(apart), distance(smeared), distance(apart[:, ::-1])
    assert abs(floor) < 0.5 and smears > 10 and fallen > 10


def test_cells_are_mean_colors_whatever_the_size():
    images = np.zeros((1, 36, 33, 1), "uint16")
    images[:, :4] = 65535  # the first row of cells, 4 or 5 pixels high
    cells = features.statistics._layout(images).reshape(8, 8)
    np.testing.assert_allclose(cells, np.repeat([[1.0]] + [[0.0]] * 7, 8, axis=1))


@pytest.mark.parametrize(("size", "label", "expected"), [(32, None, "statistics"), (28, None, "pixels"), (32, 0, "statistics")])
def test_auto_takes_what_the_data_allow(size, label, expected):
    images = np.random.default_rng(0).integers(0, 256, (40, size, size, 1)).astype("uint8")
    train = ImageDataset(images, None if label is None else np.full(40, label))
    extract, name, classifier = choose_features("auto", train, None)
    assert name == expected and classifier is None and len(extract(images)) == 40
    assert choose_features("pixels", train, None)[1] == "pixels"
    if size < 32:
        with pytest.raises(InputError, match=r"at least 32 pixels a side. Received: images of shape \(28, 28, 1\)"):
            choose_features("statistics", train, None)


def test_quality_during_training_sees_smears_that_pixels_do_not():
    train, apart = landscapes(60, 0), landscapes(60, 1)
    smeared = apart.reshape(60, 8, 4, 12, 4, 3).mean((2, 4)).repeat(4, 1).repeat(4, 2).astype("uint8")
    quality = SampleQuality(train, n=60)
    distances = {}
    for name, images in {"real": apart, "smeared": smeared}.items():
        quality.set_model(SimpleNamespace(sample=lambda n, seed, images=images: images[:n]))
        distances[name] = quality.measure()["kernel_distance"]
    assert abs(distances["real"]) < 0.5 and distances["smeared"] > 10
    assert SampleQuality(train[:, :16], n=60).features is features.pixel_features
