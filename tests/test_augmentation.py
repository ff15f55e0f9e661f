"""Random moves of what the discriminator sees: shapes, limits, seeds, and a gradient that reaches the generator."""

import numpy as np
import pytest
import tensorflow as tf
from conftest import make_gan
from keras import ops
from scipy import ndimage

import ganzoo
from ganzoo import augmentation, backend
from ganzoo.augmentation import (
    Compose,
    InstanceNoise,
    RandomAffine,
    RandomColor,
    RandomCutout,
    RandomFlip,
    RandomTranslation,
    bilinear_sample,
)
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


IMAGES = np.random.default_rng(5).uniform(-1, 1, (200, 12, 16, 3)).astype("float32")


@pytest.mark.parametrize("name", augmentation.BY_NAME)
def test_every_augmentation_is_a_function_of_the_seed_and_lets_gradients_through(name):
    change = augmentation.get([name])
    x = tf.constant(IMAGES[:20])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = change(x, (1, 2))
        total = tf.reduce_sum(y**2)
    gradient = tape.gradient(total, x)
    assert y.shape == x.shape
    np.testing.assert_array_equal(y, change(x, (1, 2)))
    assert np.abs(y - change(x, (1, 3))).max() > 0.01
    assert np.isfinite(gradient).all()
    direction = np.random.default_rng(0).normal(size=x.shape).astype("float32")
    up, down = (np.sum(np.asarray(change(x + sign * 1e-2 * direction, (1, 2)), "float64") ** 2) for sign in (1, -1))
    assert float(np.sum(gradient * direction)) == pytest.approx((up - down) / 2e-2, rel=1e-2, abs=0.5)
    assert type(change).from_config(change.get_config()) == change


def test_half_of_the_images_are_mirrored():
    flipped = np.asarray(RandomFlip()(IMAGES, (1, 2)))
    same, mirrored = ((flipped == each).all(axis=(1, 2, 3)) for each in (IMAGES, IMAGES[:, :, ::-1]))
    assert (same ^ mirrored).all()
    assert 0.35 < mirrored.mean() < 0.65


def test_translations_are_whole_pixels_and_bring_zeros_in():
    ones = np.ones((500, 12, 16, 1), "float32")
    moved = np.asarray(RandomTranslation(0.25)(ones, (1, 2)))[..., 0]
    assert set(np.unique(moved)) == {0.0, 1.0}
    rows, columns = (moved.max(axis=axis).sum(axis=1) for axis in (2, 1))
    assert (rows.min(), rows.max()) == (12 - 3, 12)
    assert (columns.min(), columns.max()) == (16 - 4, 16)
    for image, copy in zip(IMAGES, np.asarray(RandomTranslation(0.25)(IMAGES, (1, 2))), strict=True):
        shifts = [(a, b) for a in range(-3, 4) for b in range(-4, 5) if np.array_equal(copy, shifted(image, a, b))]
        assert len(shifts) == 1


def shifted(image, down, right):
    """Return an image moved by whole pixels, zeros come in."""
    padded = np.pad(image, ((4, 4), (4, 4), (0, 0)))
    return padded[4 - down : 16 - down, 4 - right : 20 - right]


def test_cutouts_are_squares_anywhere():
    cut = np.asarray(RandomCutout(0.5)(np.ones((500, 12, 16, 1), "float32"), (1, 2)))[..., 0] == 0
    area = cut.sum(axis=(1, 2))
    assert 9 <= area.min() < area.max() == 36  # at a corner a quarter of 6 x 6
    assert cut.any(axis=0).all()
    assert 0.1 < cut.mean() < 36 / (12 * 16)


def test_colors_move_within_their_limits():
    color = np.asarray(RandomColor(brightness=0.6, saturation=0.0, contrast=0.0)(IMAGES, (1, 2))) - IMAGES
    assert np.ptp(color, axis=(1, 2, 3)).max() < 1e-5
    assert -0.3 <= color.min() < -0.27 < 0.27 < color.max() <= 0.3
    gray = np.asarray(RandomColor(0.0, 1.0, 0.0)(IMAGES, (1, 2)))
    np.testing.assert_allclose(gray.mean(axis=3), IMAGES.mean(axis=3), atol=1e-5)
    share = gray.std(axis=3).sum((1, 2)) / IMAGES.std(axis=3).sum((1, 2))
    assert 0 <= share.min() < 0.1 < 1.9 < share.max() <= 2
    flat = np.asarray(RandomColor(0.0, 0.0, 1.0)(IMAGES, (1, 2)))
    np.testing.assert_allclose(flat.mean(axis=(1, 2, 3)), IMAGES.mean(axis=(1, 2, 3)), atol=1e-5)
    share = flat.std(axis=(1, 2, 3)) / IMAGES.std(axis=(1, 2, 3))
    assert 0.5 <= share.min() < 0.55 < 1.45 < share.max() <= 1.5


def test_noise_has_its_deviation():
    noise = np.asarray(InstanceNoise(0.2)(IMAGES, (1, 2))) - IMAGES
    assert noise.std() == pytest.approx(0.2, rel=0.02)
    assert abs(noise.mean()) < 0.01


def test_several_follow_one_another_with_numbers_of_their_own():
    both = Compose([RandomFlip(), InstanceNoise(0.2), InstanceNoise(0.2)])
    changed = np.asarray(both(IMAGES, (1, 2)))
    flipped = np.asarray(RandomFlip()(IMAGES, backend.fold_in((1, 2), 0)))
    assert (changed - flipped).std() == pytest.approx(0.2 * np.sqrt(2), rel=0.03)  # twice the same noise would be 0.4
    assert Compose.from_config(both.get_config()) == both
    for given, message in (([RandomFlip], "an object such as RandomFlip"), (RandomFlip(), "a list"), ("flip", "a list")):
        with pytest.raises(InputError, match=f"augmentations must be {message}"):
            Compose(given)
    with pytest.raises(InputError, match="goes around the others"):
        Compose([augmentation.Adaptive(RandomFlip())])
    with pytest.raises(InputError, match="augmentation must be one of"):
        augmentation.get(["flop"])


def test_images_of_another_range_are_changed_as_in_the_usual_one():
    gan, x = make_gan("DCGAN", augmentation=RandomColor()), IMAGES[:4, :8, :8, :1]
    assert gan.value_range == (0.0, 1.0)
    expected = (np.asarray(RandomColor()(x, (1, 2))) + 1) / 2
    np.testing.assert_allclose(gan.augment((x + 1) / 2, (1, 2)), expected, atol=1e-5)


def test_adaptive_augmentation_changes_as_many_as_it_says():
    images = np.random.default_rng(0).uniform(-1, 1, (4000, 4, 4, 1)).astype("float32")
    for probability in (0.0, 0.3, 1.0):
        found = np.asarray(augmentation.Adaptive(InstanceNoise(0.5))(images, (1, 2), probability))
        assert np.mean((found != images).any(axis=(1, 2, 3))) == pytest.approx(probability, abs=0.03)


@pytest.mark.slow
def test_adaptive_augmentation_follows_how_sure_the_discriminator_is_of_the_data(stripes):
    adaptive = augmentation.Adaptive(RandomFlip(), target=0.6, images=80.0)
    assert float(adaptive.next(0.5, 0.7, 8)) == pytest.approx(0.6)
    assert float(adaptive.next(0.05, 0.5, 8)) == 0.0
    gan = make_gan("DCGAN", augmentation=adaptive)
    bias = gan.discriminator.trainable_variables[-1]
    found = []
    for value in (100.0, 100.0, -100.0):
        bias.assign(value + 0 * bias)
        found.append(float(gan.train_on_batch(stripes[:8])["augmentation_probability"]))
    np.testing.assert_allclose(found, [0.1, 0.2, 0.1], atol=1e-6)
    with pytest.raises(InputError, match="says nothing under Wasserstein"):
        make_gan("WGAN", augmentation=adaptive)
    with pytest.raises(InputError, match="another one, not adaptive itself"):
        augmentation.Adaptive(adaptive)


def test_real_and_generated_are_changed_alike_for_both_players(stripes):
    """The discriminator sees both changed, and the generator's gradient goes through the change of its own."""
    gan, seen = make_gan("GAN", augmentation=RandomFlip()), []
    seed, batch = gan._seed(1, 0), gan.prepare({"images": stripes[:8]})
    inputs = gan.inputs_for(batch, seed)
    fake = gan.generate_batch(inputs)
    flipped = [np.asarray(gan.augment(x, backend.fold_in(seed, 2, i))) for i, x in enumerate((batch["images"], fake))]
    plain = gan.discriminate
    gan.discriminate = lambda examples, *rest, **how: seen.append(np.asarray(examples)) or plain(examples, *rest, **how)
    gan.generator_objective(batch, inputs, fake, seed)
    np.testing.assert_array_equal(seen.pop(), flipped[1])
    gan.update_discriminator(batch, inputs, fake, seed)
    for found, expected, untouched in zip(seen, flipped, (batch["images"], fake), strict=True):
        np.testing.assert_array_equal(found, expected)
        assert np.abs(found - np.asarray(untouched)).max() > 0


def test_an_adaptive_augmentation_begins_with_none(stripes):
    plain = make_gan("GAN")
    adaptive = make_gan("GAN", augmentation=augmentation.Adaptive(InstanceNoise(0.5)))
    logs = [gan.train_on_batch(stripes[:16]) for gan in (plain, adaptive)]
    assert logs[1]["discriminator_loss"] == pytest.approx(logs[0]["discriminator_loss"], rel=1e-6)
    assert logs[1]["generator_loss"] == pytest.approx(logs[0]["generator_loss"], rel=1e-5)
    adaptive.augmentation_probability.assign(1.0)
    assert (
        abs(
            adaptive.train_on_batch(stripes[:16])["discriminator_loss"]
            / plain.train_on_batch(stripes[:16])["discriminator_loss"]
            - 1
        )
        > 1e-4
    )
