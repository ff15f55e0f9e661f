"""Points instead of images: the graph of a function, and a GAN that finds it."""

import numpy as np
import pytest
import tensorflow as tf

from ganzoo import FunctionGAN, PointGAN, losses
from ganzoo.data import FunctionGraph, PointDataset
from ganzoo.errors import InputError


def test_expressions_and_callables():
    x = np.linspace(-1, 1, 9)[:, None]
    for function in ("x**3", "x^3", lambda x: x**3):
        np.testing.assert_allclose(FunctionGraph(function).height(x), x[:, 0] ** 3)
    surface = FunctionGraph("x * y")
    assert surface.variables == 2
    points = surface.points(50, seed=1).points
    np.testing.assert_allclose(points[:, 2], points[:, 0] * points[:, 1], rtol=1e-5)
    assert FunctionGraph("2.5").height(x).tolist() == [2.5] * 9


@pytest.mark.parametrize(
    ("function", "message"),
    [
        ("x +", "cannot be read"),
        ("z", "must have x and y as its variables, not 'z'"),
        (5, "must be an expression or a callable"),
        ("sqrt(x)", "must be finite everywhere"),
        ("1/x", "must be finite everywhere"),
        ("log(abs(x))", "must be finite everywhere"),
        ("1 / 0", "must be finite"),
        ("__import__('os')", "must not hold the character"),
        (lambda x: 1 / 0, "cannot be computed: division by zero"),
    ],
)
def test_bad_functions(function, message):
    with pytest.raises(InputError, match=message):
        FunctionGraph(function)


def test_distances():
    line = FunctionGraph("0 * x")
    np.testing.assert_allclose(line.distances([[0.3, 0.5], [-1.0, -0.25], [2.0, 0.0]]), [0.5, 0.25, 1.0], atol=1e-3)


@pytest.mark.parametrize("points", [np.zeros((0, 2)), np.zeros(3), np.array([[0.0, np.nan]]), np.array([["a", "b"]])])
def test_bad_points(points):
    with pytest.raises(InputError, match="points must be"):
        PointDataset(points)


@pytest.mark.slow
def test_point_gan_samples_and_exports_points(tmp_path):
    gan = PointGAN(dimensions=3, latent=2)
    points = gan.sample(5, seed=3)
    assert points.dtype == np.float32
    assert points.shape == (5, 3)
    assert gan.preview().shape == (480, 480, 3)
    served = tf.saved_model.load(gan.export(tmp_path / "generator")).signatures
    seeded = served["from_seed"](seeds=tf.constant([3], tf.int32))["points"]
    np.testing.assert_allclose(seeded, points[:1], rtol=1e-5)


@pytest.mark.slow
def test_steps_per_execution_changes_nothing():
    runs = [FunctionGAN("x^3") for _ in range(2)]
    for gan, together in zip(runs, (1, 10), strict=True):
        gan.train(steps=20, steps_per_execution=together, log_every=10, verbose=False)
    for a, b in zip(runs[0].weights, runs[1].weights, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6, err_msg=a.path)


@pytest.mark.slow
def test_lecture_baseline():
    gan = FunctionGAN.lecture_baseline("x^3")
    assert isinstance(gan.objective.loss, losses.Minimax)
    assert (gan.objective.regularizers, gan.players["generator"].averages, gan.latent.size) == ((), {}, 5)
    assert [w.shape for w in gan.generator.weights] == [(5, 32), (32,), (32, 2), (2,)]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_default_settings_find_the_curve(seed):
    gan = FunctionGAN("x^3", seed=seed)
    gan.train(verbose=False)
    quality = gan.quality()
    assert 0 < quality["mean_distance"] < 0.03
    assert 0 < quality["ks_distance"] < 0.15
