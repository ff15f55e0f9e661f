"""The game: who is trained in whose step, how often, and that playing it moves samples toward the data."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from conftest import ZOO, labels_for, make_gan, make_tiny
from keras import layers, ops

import ganzoo
from ganzoo import backend, regularizers
from ganzoo.errors import InputError
from ganzoo.latents import Normal, Uniform


def values(variables):
    return [np.asarray(variable) for variable in variables]


def changed(before, variables):
    return [v.path for old, v in zip(before, variables, strict=True) if not np.array_equal(old, np.asarray(v))]


def reals(n=6):
    return tf.constant(np.random.default_rng(0).uniform(-1, 1, (n, 8, 8, 1)).astype("float32"))


@pytest.mark.parametrize("name", ZOO)
def test_a_discriminator_step_changes_only_the_discriminator(name):
    gan = make_gan(name)
    d, g = gan.discriminator.trainable_variables, gan.generator.weights
    d_before, g_before = values(d), values(g)
    gan.discriminator_step(reals(), *labels_for(gan, 6))
    # In a loss of differences D(x) - D(G(z)) the last bias cancels: it alone may stay, and the one before it where
    # nothing bends between the two.
    cancelled = d[-1:] if name.endswith(("WGAN", "WGANGP", "RelativisticGAN")) else []
    cancelled += d[-3:-2] if name.startswith("Digit") else []
    assert changed(d_before, d) == [v.path for v in d if all(v is not each for each in cancelled)]
    statistics = [v.path for v in g if v.name.startswith("moving_")]  # batch norm's own record of what it saw
    assert changed(g_before, g) == statistics


@pytest.mark.parametrize("name", ZOO)
def test_a_generator_step_changes_only_the_generator(name):
    gan = make_gan(name)
    d, g = gan.discriminator.weights, gan.generator.trainable_variables
    d_before, g_before = values(d), values(g)
    gan.generator_step(reals(), *labels_for(gan, 6))
    assert changed(g_before, g) == [v.path for v in g]
    assert changed(d_before, d) == [v.path for v in d if v.name.startswith("moving_")]


@pytest.mark.parametrize("name", ZOO)
def test_every_trainable_variable_gets_a_finite_gradient_that_is_not_zero(name):
    gan = make_gan(name, regularizers=()) if name == "WGAN" else make_gan(name)
    seen = {}
    for optimizer in (gan.discriminator_optimizer, gan.generator_optimizer):
        optimizer.apply = lambda gradients, variables: seen.update(zip([v.path for v in variables], gradients, strict=True))
    gan.discriminator_step(reals(16), *labels_for(gan, 16))
    gan.generator_step(reals(16), *labels_for(gan, 16))
    assert seen.keys() == {v.path for net in (gan.discriminator, gan.generator) for v in net.trainable_variables}
    # A bias that batch norm subtracts again, or that a Wasserstein difference cancels, has gradient zero by theory.
    cancelled = {path for path in seen if path.endswith("bias")}
    for path, gradient in seen.items():
        assert np.isfinite(gradient).all(), path
        assert path in cancelled or np.abs(gradient).max() > 0, path


@pytest.mark.parametrize("name", ZOO)
def test_combined_is_the_discriminator_on_the_generator(name):
    gan = make_gan(name)
    latents, labels = gan.latent.draw(3, (0, 1)), list(labels_for(gan, 3))
    assert isinstance(gan.combined, keras.Model)
    labels = [tf.constant(each) for each in labels]
    fake = gan.generator([latents, *labels] if labels else latents)
    expected = gan.discriminator([fake, *labels] if labels else fake)
    combined = gan.combined([latents, *labels])
    for ours, theirs in zip(keras.tree.flatten(combined), keras.tree.flatten(expected), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)
    assert {id(v) for v in gan.combined.weights} == {id(v) for net in (gan.generator, gan.discriminator) for v in net.weights}


@pytest.mark.parametrize("name", ["GAN", pytest.param("WGAN", marks=pytest.mark.slow)])
def test_after_k_steps_the_optimizers_have_counted_and_a_ragged_batch_changes_nothing_of_it(name, stripes):
    gan = make_gan(name)
    for batch in (stripes[:8], stripes[8:16], stripes[16:19]):
        logs = gan.train_on_batch(batch)
    assert gan.step == int(gan.generator_optimizer.iterations) == 3
    assert int(gan.discriminator_optimizer.iterations) == 3 * gan.n_critic
    assert {"discriminator_loss", "generator_loss"} < logs.keys()
    assert all(isinstance(value, float) and np.isfinite(value) for value in logs.values())


def test_each_discriminator_update_sees_its_own_batch_and_new_noise():
    gan = make_gan("WGAN", regularizers=(), n_critic=3)
    seen = []
    gan.discriminator_step = lambda real, labels, fakes=None: seen.append(np.asarray(real)) or {"x": tf.constant(0.0)}
    batches = np.arange(3, dtype="float32")[:, None, None, None, None] * np.ones((3, 2, 8, 8, 1), "float32")
    gan.one_step(batches)
    assert [batch.max() for batch in seen] == [0, 1, 2]
    draws = [np.asarray(gan.latent.draw(2, gan._seed(stream, count))) for stream in (0, 1) for count in (0, 1)]
    assert len({draw.tobytes() for draw in draws}) == 4


def test_the_graph_loop_does_what_single_updates_do(stripes):
    images = stripes[:40].reshape(5, 8, 8, 8, 1)
    compiled, by_hand = make_gan("WGAN"), make_gan("WGAN")
    compiled.train_on_batch(images)
    *earlier, last = (by_hand.to_value_range(tf.constant(batch)) for batch in images)
    for batch in earlier:
        by_hand.discriminator_step(batch)
    by_hand.generator_step(last, meanwhile=lambda fakes: by_hand.discriminator_step(last, fakes=fakes))
    for a, b in zip(compiled.weights, by_hand.weights, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=2e-5, err_msg=a.path)


def test_equal_seeds_make_equal_runs_and_the_callers_randomness_is_left_alone(stripes):
    import random

    random.seed(5)
    expected = random.random()
    random.seed(5)
    a, b, other = make_gan("GAN"), make_gan("GAN"), make_gan("GAN", seed=1)
    assert random.random() == expected
    for gan in (a, b, other):
        gan.train_on_batch(stripes[:8])
    np.testing.assert_array_equal(a.sample(3), b.sample(3))
    assert not np.array_equal(a.sample(3), other.sample(3))


class Line(ganzoo.GAN):
    """G(z) = a z + b against a discriminator that knows x and x^2: two parameters, one Gaussian."""

    def build_generator(self):
        return keras.Sequential([keras.Input((1,)), layers.Dense(1, kernel_initializer="ones"), layers.Reshape((1, 1, 1))])

    def build_discriminator(self):
        x = keras.Input((1, 1, 1))
        flat = layers.Flatten()(x)
        return keras.Model(x, layers.Dense(1)(layers.Concatenate()([flat, flat * flat])))


def test_a_two_parameter_gan_finds_a_gaussian(tmp_path):
    numbers = np.random.default_rng(0).normal(1.5, 0.5, (4000, 1, 1, 1)).astype("float32")
    data = tf.data.Dataset.from_tensor_slices(numbers).batch(256)
    gan = Line(image_shape=(1, 1, 1), latent=1, regularizers=[regularizers.R1(0.1)], value_range=(-9, 9))
    gan.compile(keras.optimizers.Adam(2e-2, beta_1=0.0), keras.optimizers.Adam(5e-3, beta_1=0.0))
    gan.train(data, steps=1500, batch_size=256, steps_per_execution=50, log_every=50, checkpoint_every=50, sample_every=50,
              verbose=False)  # fmt: skip
    spread, centre = (float(np.squeeze(w)) for w in gan.generator.get_weights())
    assert abs(centre - 1.5) < 0.1
    assert abs(abs(spread) - 0.5) < 0.1


# (steps, options) of those that need longer than 300 steps.
LONGER = {
    "CGAN": (600, {"learning_rate": 1e-3}),
    "DigitWGAN": (900, {}),
    "InfoGAN": (900, {}),
    "WGANGP": (900, {}),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", ZOO)
def test_training_moves_samples_toward_the_data(name, stripes):
    steps, options = LONGER.get(name, (300, {}))
    gan = make_gan(name, **options)

    def distance():
        """How far the mean picture and the brightness spread of the samples are from the data's."""
        samples, data = gan.sample(60) / 255.0, stripes / 255.0
        return np.abs(samples.mean(0) - data.mean(0)).mean() + abs(samples.std(0).mean() - data.std(0).mean())

    before = distance()
    gan.train((stripes, np.arange(60) % 10) if gan.needs_labels else stripes, steps=steps, batch_size=16, verbose=False)
    assert distance() < 0.5 * before


def test_samples_depend_on_seed_and_index_alone():
    gan = make_gan("WGAN")
    ten = gan.sample(10, seed=3)
    assert ten.shape == (10, 8, 8, 1)
    assert ten.dtype == np.uint8
    assert np.abs(gan.sample(4, seed=3).astype(int) - ten[:4]).max() <= 1
    assert np.abs(gan.sample(70, seed=3)[:10].astype(int) - ten).max() <= 1
    assert not np.array_equal(gan.sample(10, seed=4), ten)


@pytest.mark.parametrize("spherical", [True, False])
def test_interpolation_goes_from_one_sample_to_another(spherical):
    gan = make_gan("WGAN")
    path = gan.interpolate(5, seed=1, end_seed=2, spherical=spherical)
    assert path.shape == (5, 8, 8, 1)
    assert np.abs(path[0].astype(int) - gan.sample(1, 1)[0]).max() <= 1
    assert np.abs(path[-1].astype(int) - gan.sample(1, 2)[0]).max() <= 1


def test_latents_have_the_law_they_are_named_after():
    normal, uniform = Normal(50).draw(2000, (1, 2)), Uniform(50).draw(2000, (1, 2))
    assert abs(float(ops.mean(normal))) < 0.02
    assert abs(float(ops.std(normal)) - 1) < 0.02
    assert -1 <= float(ops.min(uniform)) < -0.99 < 0.99 < float(ops.max(uniform)) < 1
    each = Normal(5).draw_each(tf.constant([[7, 0], [8, 0]]))
    np.testing.assert_array_equal(each[1], Normal(5).draw(1, (8, 0))[0])


def test_the_averaged_generator_has_the_stated_half_life(stripes):
    gan = make_gan("GAN", ema_half_life_images=16.0)
    first = gan.generator.get_weights()
    gan.train_on_batch(stripes[:16])
    for old, new, average in zip(first, gan.generator.get_weights(), gan.ema_generator.get_weights(), strict=True):
        np.testing.assert_allclose(average, (old + new) / 2, rtol=1e-5, atol=1e-6)
    assert gan.sampling_generator is gan.ema_generator


def test_uint8_is_scaled_once_and_floats_are_taken_as_they_are():
    gan = make_gan("GAN", value_range=(0.0, 1.0))
    np.testing.assert_allclose(gan.to_value_range(tf.constant([0, 51, 255], tf.uint8)), [0.0, 0.2, 1.0], rtol=1e-6)
    np.testing.assert_allclose(gan.to_value_range(tf.constant([-0.5, 3.0])), [-0.5, 3.0])


def test_the_loops_mean_and_the_unrolled_mean_agree():
    def body(index):
        return {"square": tf.cast(index, tf.float32) ** 2}

    looped = tf.function(lambda: backend.mean_over_repeats(body, 4))()
    assert float(looped["square"]) == float(backend.mean_over_repeats(body, 4)["square"]) == 3.5


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_critic": 0}, "n_critic must be a positive integer. Received: n_critic=0"),
        ({"n_critic": True}, "n_critic must be a positive integer"),
        ({"image_shape": (8, 8)}, "image_shape must be"),
        ({"image_shape": (8, 0, 1)}, "image_shape entries must be a positive integer"),
        ({"latent": 0}, "latent size must be a positive integer"),
        ({"seed": -1}, "seed must be an integer in"),
        ({"ema_half_life_images": 0.0}, "ema_half_life_images must be a positive number"),
        ({"ema_half_life_images": float("nan")}, "ema_half_life_images must be a positive number"),
    ],
)
def test_bad_arguments_are_refused(options, message):
    with pytest.raises(InputError, match=message):
        ganzoo.GAN(**options)


@pytest.mark.parametrize("name", ["WGAN", "WGANGP", "RelativisticGAN"])
@pytest.mark.parametrize(("size", "nearest"), [((30, 32), "32x32"), ((4, 8), "8x8"), ((33, 49), "32x48")])
def test_sizes_that_the_architecture_cannot_make_are_refused_with_the_nearest(name, size, nearest):
    with pytest.raises(InputError, match=f"nearest is {nearest}"):
        getattr(ganzoo, name)(image_shape=(*size, 3))


LARGER = [pytest.param(size, marks=pytest.mark.slow) for size in ((28, 28, 1), (48, 32, 4))]


@pytest.mark.parametrize("size", [(8, 12, 3), (12, 8, 1), *LARGER])
def test_any_size_that_it_can_make(size):
    gan = ganzoo.WGAN(image_shape=size)
    assert gan.sample(2).shape == (2, *size)
    assert gan.discriminator(np.zeros((2, *size), "float32")).shape == (2, 1)


def test_networks_of_the_wrong_shape_are_refused():
    class Wrong(ganzoo.GAN):
        def build_discriminator(self):
            return keras.Sequential([keras.Input(self.image_shape), layers.Flatten()])

    with pytest.raises(InputError, match="build_discriminator must return logits"):
        Wrong(image_shape=(4, 4, 1))
    optimizer = keras.optimizers.Adam()
    with pytest.raises(InputError, match="must be two objects"):
        make_gan("GAN", discriminator_optimizer=optimizer, generator_optimizer=optimizer)


@pytest.mark.parametrize(
    ("last", "begin", "message"),
    [
        ([layers.Dense(1, activation="sigmoid")], True, "the sigmoid is in the loss"),
        ([layers.Dense(1), layers.Activation("sigmoid")], True, "the sigmoid is in the loss"),
        ([layers.Dense(1)], False, "build_discriminator must return .* that begins with keras.Input"),
    ],
)
def test_what_a_textbooks_discriminator_has_too_much_or_too_little_is_said(last, begin, message):
    class Textbook(ganzoo.GAN):
        def build_discriminator(self):
            return keras.Sequential([*([keras.Input(self.image_shape)] if begin else []), layers.Flatten(), *last])

    with pytest.raises(InputError, match=message):
        Textbook(image_shape=(4, 4, 1))


def test_compiling_again_changes_the_optimizers_of_the_next_batch(stripes):
    gan = make_tiny()
    gan.train_on_batch(stripes[:8])
    gan.compile(keras.optimizers.SGD(0.0), keras.optimizers.SGD(0.0))
    before = [*gan.generator.get_weights()[:2], *gan.discriminator.get_weights()[:2]]
    gan.train_on_batch(stripes[:8])
    after = [*gan.generator.get_weights()[:2], *gan.discriminator.get_weights()[:2]]
    assert all(np.array_equal(*pair) for pair in zip(before, after, strict=True))
    assert gan.step == 1


def test_images_and_labels_of_another_range_are_refused(stripes):
    gan, conditional = make_tiny(), make_gan("CGAN")
    floats = stripes.astype("float32")
    for images in (floats, stripes.astype("int64"), floats / 200 - 1.3, np.full_like(floats, np.nan)):
        with pytest.raises(InputError, match="images must be uint8 from 0 to 255, or floats from -1 to 1"):
            gan.train_on_batch(images[:8])
    with pytest.raises(InputError, match="Received: float32 from 0 to 239"):
        gan.train(tf.data.Dataset.from_tensor_slices(floats).batch(20), steps=1, batch_size=8)
    assert np.isfinite(gan.train_on_batch(floats[:8] / 127.5 - 1)["discriminator_loss"])
    for labels in (np.arange(8) + 3, np.arange(8) - 1, np.arange(8) / 1.0):
        with pytest.raises(InputError, match="labels must be integers from 0 to 9"):
            conditional.train_on_batch(stripes[:8], labels)
    stream = tf.data.Dataset.from_tensor_slices((stripes, np.full(60, 12))).batch(20)
    with pytest.raises(InputError, match="labels must be integers from 0 to 9. Received: int64 from 12 to 12"):
        conditional.train(stream, steps=1, batch_size=8)


def test_numpys_integers_are_integers():
    gan = make_gan("GAN", seed=np.int64(3), n_critic=np.int32(2))
    assert ganzoo.GAN((8, 8, 1), latent=np.int64(5)).latent.size == 5
    assert gan.sample(np.int64(2)).shape == (2, 8, 8, 1)


def test_wrong_images_and_latents_are_refused(stripes):
    gan = make_gan("WGAN")
    with pytest.raises(InputError, match="images must be"):
        gan.train_on_batch(stripes[:, :4])
    with pytest.raises(InputError, match="expected n_critic=5 batches"):
        gan.train_on_batch(stripes[:8].reshape(2, 4, 8, 8, 1))
    with pytest.raises(InputError, match="latents must be"):
        gan.generate(np.zeros((2, 3)))
    with pytest.raises(InputError, match="n must be"):
        gan.sample(0)
