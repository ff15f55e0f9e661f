"""Random moves of what the discriminator sees: shapes, limits, seeds, and a gradient that reaches the generator."""

import numpy as np
import pytest
import tensorflow as tf
from conftest import make_gan
from keras import ops
from scipy import ndimage

import ganzoo
from ganzoo import backend
from ganzoo.augmentation import RandomAffine, bilinear_sample
from ganzoo.errors import InputError

STILL = {"rotation": 0.0, "shear": 0.0, "scale": 0.0, "shift": 0.0}


def blob(n=64, size=24):
    """Return n images of one round spot in the middle, float32 `(n, size, size, 1)`."""
    y, x = np.mgrid[:size, :size] - (size - 1) / 2
    spot = np.exp(-(x**2 + y**2) / 8).astype("float32")
    return np.repeat(spot[None, :, :, None], n, axis=0)


def centers(images):
    """Return each image's centre of mass from the middle, in pixels, `(N, 2)` as (x, y)."""
    size = images.shape[1]
    place = np.arange(size) - (size - 1) / 2
    mass = images[..., 0].sum(axis=(1, 2))
    return np.stack([(images[..., 0].sum(axis=1) * place).sum(1) / mass, (images[..., 0].sum(axis=2) * place).sum(1) / mass], 1)


def test_zero_limits_change_nothing():
    images = np.random.default_rng(0).normal(size=(5, 8, 12, 3)).astype("float32")
    np.testing.assert_allclose(RandomAffine(**STILL)(images, (1, 2)), images, atol=1e-6)


def test_shifts_fill_their_limits():
    shifted = centers(RandomAffine(**STILL | {"shift": 0.25})(blob(), (1, 2)).numpy())
    assert 4.5 < np.abs(shifted).max() <= 6.05
    assert shifted.std(axis=0).min() > 2
    turned = centers(RandomAffine(**STILL | {"rotation": 1.0, "shear": 0.3, "scale": 0.3})(blob(), (1, 2)).numpy())
    np.testing.assert_allclose(turned, 0, atol=0.05)


def test_rotation_limit():
    line = np.zeros((64, 25, 25, 1), "float32")
    line[:, 12, 3:22] = 1
    angles = []
    for image in RandomAffine(**STILL | {"rotation": 0.5})(line, (3, 4)).numpy()[..., 0]:
        y, x = np.nonzero(image > 0.3)
        angles.append(np.arctan(np.polyfit(x - 12, y - 12, 1)[0]))
    assert 0.4 < np.abs(angles).max() < 0.55
    assert min(angles) < -0.2 < 0.2 < max(angles)


def test_moves_depend_on_seed_and_image():
    moves = RandomAffine()
    first, again, other = (moves(blob(4), seed).numpy() for seed in ((1, 2), (1, 2), (1, 3)))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0.05
    assert np.abs(first[0] - first[1]).max() > 0.05


def test_gradient_is_the_transposed_move():
    """For a linear map A: the gradient of <v, A x> for x is A^T v, so it gives <A^T v, u> = <v, A u> for every u."""
    rng = np.random.default_rng(0)
    x, u, v = (rng.normal(size=(6, 12, 16, 2)).astype("float32") for _ in range(3))

    def moved(images):
        return RandomAffine(rotation=0.6, shear=0.5, scale=0.4, shift=0.2)(images, (1, 2))

    gradient = backend.input_gradient(lambda images: ops.sum(v * moved(images), axis=(1, 2, 3)), tf.constant(x)).numpy()
    left, right = ((a * b).sum(axis=(1, 2, 3)) for a, b in ((gradient, u), (v, moved(u).numpy())))
    np.testing.assert_allclose(left, right, atol=1e-3)
    assert np.abs(right).max() > 5


def test_bilinear_sample_equals_scipy():
    rng = np.random.default_rng(0)
    images = rng.normal(size=(2, 9, 11, 1)).astype("float32")
    x, y = rng.uniform(-3, 13, (2, 9, 11)).astype("float32"), rng.uniform(-3, 11, (2, 9, 11)).astype("float32")
    expected = [ndimage.map_coordinates(images[n, ..., 0], (y[n], x[n]), order=1, mode="nearest") for n in (0, 1)]
    np.testing.assert_allclose(bilinear_sample(images, x, y)[..., 0], expected, atol=1e-5)


def test_augmentation_is_for_training_alone(stripes):
    plain, moved = make_gan("GAN"), make_gan("GAN", augmentation=RandomAffine())
    np.testing.assert_array_equal(plain.sample(3), moved.sample(3))
    assert {name for name, value in plain.settings().items() if value != moved.settings()[name]} == {"augmentation"}
    logs = [gan.play_step({"images": stripes[:16]}) for gan in (plain, moved)]
    assert all(np.isfinite([float(value) for value in log.values()]).all() for log in logs)
    assert float(logs[0]["discriminator_loss"]) != float(logs[1]["discriminator_loss"])


@pytest.mark.parametrize(("options", "message"), [({"scale": 1.0}, "scale must be a number of at least 0 and below 1"),
                                                  ({"shift": -0.1}, "shift must be a number of at least 0"),
                                                  ({"rotation": float("nan")}, "rotation must be")])  # fmt: skip
def test_bad_limits(options, message):
    with pytest.raises(InputError, match=message):
        RandomAffine(**options)


def test_points_are_not_augmented():
    with pytest.raises(InputError, match="augmentation is for images"):
        ganzoo.PointGAN(augmentation=RandomAffine())
