"""The lecture's theory, checked against closed forms and against a discriminator that was trained."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import PointGAN
from ganzoo.errors import InputError
from ganzoo.evaluation import theory


def normal(mean, sigma):
    return lambda x: np.exp(-((x - mean) ** 2) / (2 * sigma**2)) / sigma


def test_kl_divergence_closed_form():
    _, p = theory.density_on_grid(normal(0, 1), -12, 12, 20001)
    _, q = theory.density_on_grid(normal(1, 2), -12, 12, 20001)
    expected = np.log(2) + (1 + 1) / (2 * 4) - 0.5
    assert theory.kl_divergence(p, q) == pytest.approx(expected, abs=1e-5)
    assert theory.kl_divergence(q, p) != pytest.approx(expected, abs=0.1)
    assert theory.kl_divergence(p, q, "bits") == pytest.approx(expected / np.log(2), abs=1e-5)


def test_js_divergence_symmetry_and_bounds():
    p, q = np.array([0.5, 0.5, 0.0]), np.array([0.1, 0.2, 0.7])
    assert theory.js_divergence(p, q) == pytest.approx(theory.js_divergence(q, p))
    assert theory.js_divergence(p, p) == 0
    apart = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    assert theory.js_divergence(*apart) == pytest.approx(np.log(2))
    assert theory.js_divergence(*apart, "bits") == pytest.approx(1)
    assert theory.kl_divergence(*apart) == float("inf")


def test_game_value_at_optimal_discriminator():
    rng = np.random.default_rng(0)
    p, q = rng.dirichlet(np.ones(30)), rng.dirichlet(np.ones(30))
    best = theory.optimal_discriminator(p, q)
    value = theory.game_value(p, q, best)
    assert value == pytest.approx(2 * theory.js_divergence(p, q) - np.log(4))
    assert all(theory.game_value(p, q, np.clip(best + rng.normal(0, 0.1, 30), 0.01, 0.99)) < value for _ in range(20))
    assert theory.game_value(p, p, theory.optimal_discriminator(p, p)) == pytest.approx(-2 * np.log(2))


@pytest.mark.slow
def test_trained_discriminator_is_optimal():
    rng = np.random.default_rng(0)
    gan = PointGAN(1, latent=1, hidden=(64, 64))
    gan.compile(discriminator_optimizer=keras.optimizers.Adam(2e-3))
    none = {"latents": tf.zeros((2000, 1))}
    step = tf.function(lambda real, fake: gan.update_discriminator({"points": real}, none, fake, (0, 0)))
    for _ in range(1500):
        real, fake = rng.normal(0, 1, (2000, 1)), rng.normal(1.5, 1.5, (2000, 1))
        step(tf.constant(real, tf.float32), tf.constant(fake, tf.float32))
    grid, p = theory.density_on_grid(normal(0, 1), -6, 8)
    _, q = theory.density_on_grid(normal(1.5, 1.5), -6, 8)
    logits = gan.discriminate(grid[:, None].astype("float32")).logits
    trained = 1 / (1 + np.exp(-np.asarray(logits, "float64")[:, 0]))
    likely = (p + q) > 1e-4
    assert np.abs(trained - theory.optimal_discriminator(p, q))[likely].max() < 0.08
    assert theory.game_value(p, q, trained) == pytest.approx(2 * theory.js_divergence(p, q) - np.log(4), abs=0.01)


@pytest.mark.parametrize("bad", [[0.5, 0.6], [-0.5, 1.5], [np.nan, 1.0], [[1.0]], []])
def test_distribution_validation(bad):
    with pytest.raises(InputError, match="p must be probabilities"):
        theory.js_divergence(bad, [0.5, 0.5])
    with pytest.raises(InputError, match="same points"):
        theory.js_divergence([0.5, 0.5], [1.0])
    with pytest.raises(InputError, match="nats or bits"):
        theory.kl_divergence([1.0], [1.0], "digits")
    with pytest.raises(InputError, match="d must be"):
        theory.game_value([1.0], [1.0], [2.0])
    with pytest.raises(InputError, match="a density must"):
        theory.density_on_grid(lambda x: -x, 0, 1)
