"""Unrolled GAN: the generator's gradient is that of the loss after K updates of the discriminator, which itself stays."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import ganzoo
from ganzoo import losses, networks, objectives, optimizers, regularizers
from ganzoo.errors import InputError
from ganzoo.models.unrolled_gan import objective


def tiny(unrolled_steps, **options):
    return ganzoo.UnrolledGAN(latent=3, hidden=(8,), unrolled_steps=unrolled_steps, seed=1, **options)


def batch(gan, n=16):
    points = np.random.default_rng(0).normal(size=(n, 2)).astype("float32")
    seed = gan._seed(1, 0)
    given = {"points": tf.constant(points)}
    return given, gan.inputs_for(given, seed), seed


def mean_cross_entropy(gan, real, fake):
    """The mean of -log D(x) - log(1 - D(y)), minus the value f of the game."""
    real, fake = (gan.discriminate(examples).logits for examples in (real, fake))
    return float(tf.reduce_mean(tf.math.softplus(-real) + tf.math.softplus(fake)))


@pytest.mark.parametrize("steps", [0, 1, 3])
def test_the_loss_is_that_of_the_discriminator_some_updates_later(steps):
    """Against a copy whose discriminator really makes these updates, on the same fakes."""
    gan, copy = tiny(steps), tiny(0)
    given, inputs, seed = batch(gan)
    for each in (gan, copy):  # moments that are not zero
        each.update_discriminator(given, inputs, each.generate_batch(inputs), seed)
    before = [weight.numpy() for weight in gan.discriminator.weights]
    fake = copy.generate_batch(inputs)
    for _ in range(steps):
        copy.update_discriminator(given, inputs, fake, seed)
    expected = -mean_cross_entropy(copy, given["points"], fake)
    logs = gan.update_generator(given, inputs, gan.forward("generator", lambda: gan.generate_batch(inputs)), seed)
    assert float(logs["generator_loss"]) == pytest.approx(expected, rel=1e-5)
    for kept, weight in zip(before, gan.discriminator.weights, strict=True):
        np.testing.assert_array_equal(kept, weight.numpy())


@pytest.mark.parametrize("steps", [0, 2])
def test_the_gradient_goes_through_the_steps_ahead(steps):
    """The length of the gradient for the fakes is the slope along it, by central differences."""
    gan = tiny(steps, objective=objective(0.1))
    given, inputs, seed = batch(gan)
    gan.update_discriminator(given, inputs, gan.generate_batch(inputs), seed)
    for weight in gan.discriminator.weights:
        weight.assign(3 * weight)  # a slope that float32 can tell
    fake, found = gan.generate_batch(inputs), []

    def loss_at(examples):
        forward = ganzoo.core.model.Forward(examples, lambda gradients: found.append(gradients) or _zeros(gan))
        return float(gan.update_generator(given, inputs, forward, seed)["generator_loss"])

    loss_at(fake)
    length = float(tf.norm(found[0]))
    up, down = (loss_at(fake + sign * 0.02 * found[0] / length) for sign in (1, -1))
    assert 0.01 < length == pytest.approx((up - down) / 0.04, rel=0.02)


def _zeros(gan):
    return [tf.zeros(variable.shape) for variable in gan.players["generator"].variables]


@pytest.mark.slow
def test_another_optimizer_is_refused():
    gan = tiny(1, objective=objectives.wasserstein())
    with pytest.raises(InputError, match=r"those of ganzoo\.optimizers\.Adam"):
        gan.train_on_batch(np.zeros((4, 2), "float32"))
    with pytest.raises(InputError, match="unrolled_steps must be"):
        tiny(-1)
    points = np.zeros((4, 2), "float32")
    clipped = objectives.Objective("non_saturating", (), 1, optimizers.Adam(1e-3, clipnorm=0.1), optimizers.Adam(1e-3))
    with pytest.raises(InputError, match="plain Adam.*with clipnorm"):
        tiny(1, objective=clipped).train_on_batch(points)
    bounded = objective().replace(regularizers=[regularizers.Lazy(regularizers.WeightClip(0.01))])
    with pytest.raises(InputError, match="cannot follow.*WeightClip"):
        tiny(1, objective=bounded).train_on_batch(points)
    assert np.isfinite(tiny(0, objective=objectives.wasserstein()).train_on_batch(points)["generator_loss"])


@pytest.mark.slow
@pytest.mark.parametrize(
    "parts",
    [
        {"loss": losses.Relativistic()},
        {"regularizers": [regularizers.R1(2.0)]},
        {"generator_regularizers": [regularizers.HistoricalAveraging(5.0)]},
        {"feature_matching": losses.FeatureMatching(3.0)},
    ],
    ids=lambda parts: next(iter(parts)),
)
def test_every_part_of_the_objective_counts(parts):
    """Against the plain game of the same networks, whose generator would learn the same without the part."""
    plain, gan = tiny(2), tiny(2, objective=objective().replace(**parts))
    points = np.random.default_rng(0).normal(size=(16, 2)).astype("float32")
    before = np.concatenate([np.ravel(weight) for weight in gan.generator.get_weights()])
    for _ in range(3):
        for each in (plain, gan):
            each.train_on_batch(points)
    moved, others = (np.concatenate([np.ravel(w) for w in each.generator.get_weights()]) for each in (gan, plain))
    assert np.abs(moved - before).max() > 1e-3
    assert np.abs(moved - others).max() > 1e-6


def test_penalties_are_looked_ahead():
    """R1 is part of the discriminator's updates, so the loss ahead is that of a copy which makes them."""
    settings = {"objective": objective().replace(regularizers=[regularizers.R1(2.0)])}
    gan, copy = tiny(2, **settings), tiny(0, **settings)
    given, inputs, seed = batch(gan)
    fake = copy.generate_batch(inputs)
    for _ in range(2):
        copy.update_discriminator(given, inputs, fake, seed)
    expected = -mean_cross_entropy(copy, given["points"], fake)
    logs = gan.update_generator(given, inputs, gan.forward("generator", lambda: gan.generate_batch(inputs)), seed)
    assert float(logs["generator_loss"]) == pytest.approx(expected, rel=1e-5)


def test_biases_of_spectrally_normalized_layers_are_looked_ahead():
    """A scope hides one around it: a layer that opens one for its kernel must hand its bias on."""
    networks_ = networks.Changed(networks.PointDense((8,), "tanh"), spectral_norm=True)
    gan = ganzoo.UnrolledGAN(latent=4, hidden=8, networks=networks_)
    variables = gan.discriminator.trainable_variables
    x = keras.ops.ones((3, 2))
    before = np.asarray(gan.discriminator(x))
    for moved in (each for each in variables if each.name == "bias"):
        values = [each.value + (0.5 if each is moved else 0.0) for each in variables]
        with gan._discriminator_of(values):
            ahead = np.asarray(gan.discriminator(x))
        assert np.abs(ahead - before).min() > 1e-3
