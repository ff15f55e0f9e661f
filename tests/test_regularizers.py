"""Penalties on critics whose gradient is known, and clipping."""

import types

import keras
import numpy as np
import pytest
import tensorflow as tf
from conftest import make_gan, make_tiny
from keras import ops

from ganzoo import objectives, regularizers
from ganzoo.core import state
from ganzoo.core.player import Player
from ganzoo.errors import InputError

SLOPE = np.random.default_rng(0).normal(size=(2, 3, 1)).astype("float32")
NORM = float(np.linalg.norm(SLOPE))
REAL, FAKE = np.random.default_rng(1).normal(size=(2, 5, 2, 3, 1)).astype("float32")
BATCH = {"real": ops.convert_to_tensor(REAL), "fake": ops.convert_to_tensor(FAKE)}


def linear(images):
    return ops.sum(images * SLOPE, axis=(1, 2, 3))[:, None]


def quadratic(images):
    return 0.5 * ops.sum(images * images, axis=(1, 2, 3))[:, None]


def penalty(regularizer, critic, seed=(1, 2)):
    return np.asarray(regularizer.penalty(critic, BATCH, seed, 0))


def test_two_of_a_kind(stripes):
    gan = make_tiny(objective=objectives.Objective(regularizers=[regularizers.R1(1e3), regularizers.R1(1e-3)]))
    logs = {name: float(value) for name, value in gan.play_step({"images": stripes[:16]}).items()}
    assert 0.5 < logs["r1"] / (1e6 * logs["r1_1"]) < 2  # each is taken under dropout of its own


def test_penalties_of_a_linear_critic():
    np.testing.assert_allclose(penalty(regularizers.GradientPenalty(10.0), linear), [10 * (NORM - 1) ** 2] * 5, rtol=1e-5)
    np.testing.assert_allclose(penalty(regularizers.R1(2.0), linear), [NORM**2] * 5, rtol=1e-5)
    np.testing.assert_allclose(penalty(regularizers.R2(2.0), linear), [NORM**2] * 5, rtol=1e-5)


def test_r1_is_about_real_and_r2_about_generated():
    np.testing.assert_allclose(penalty(regularizers.R1(2.0), quadratic), (REAL**2).sum((1, 2, 3)), rtol=1e-5)
    np.testing.assert_allclose(penalty(regularizers.R2(2.0), quadratic), (FAKE**2).sum((1, 2, 3)), rtol=1e-5)


def test_gradient_penalty_is_uniform_on_segments():
    ones = np.ones((4000, 1, 1, 1), "float32")
    seen = []
    batch = {"real": 0 * ones, "fake": ones}
    regularizers.GradientPenalty().penalty(lambda x: seen.append(x) or x[:, :, 0, 0], batch, (3, 4), 0)
    places = np.sort(np.ravel(seen[0]))
    assert 0 <= places[0] < places[-1] < 1
    assert np.abs(places - np.linspace(0, 1, 4000)).max() < 0.03  # Kolmogorov-Smirnov: 1.36 / sqrt(4000) = 0.022 at 5 %


def test_zero_gradient_stays_finite():
    np.testing.assert_allclose(penalty(regularizers.GradientPenalty(10.0), lambda x: linear(0 * x)), [10.0] * 5, rtol=1e-4)


@pytest.mark.parametrize("graph", [False, True])
def test_lazy_penalties_come_every_so_many_steps_and_weigh_as_much(graph):
    lazy = regularizers.Lazy(regularizers.R1(2.0), every=4)
    call = (
        tf.function(lambda step: lazy.penalty(linear, BATCH, (1, 2), step))
        if graph
        else (lambda step: lazy.penalty(linear, BATCH, (1, 2), step))
    )
    found = np.stack([np.asarray(call(tf.constant(step, tf.int64))) for step in range(8)])
    np.testing.assert_allclose(found[[0, 4]], np.full((2, 5), 4 * NORM**2), rtol=1e-5)
    np.testing.assert_array_equal(found[[1, 2, 3, 5, 6, 7]], 0)
    np.testing.assert_allclose(found.mean(0), [NORM**2] * 5, rtol=1e-5)
    assert lazy.name == "r1"
    assert regularizers.Lazy.from_config(lazy.get_config()) == lazy


def test_lazy_takes_a_scheduled_penalty_of_weights():
    constant = keras.optimizers.schedules.PiecewiseConstantDecay([9], [1.0, 1.0])
    lazy = regularizers.Lazy(regularizers.Scheduled(regularizers.Orthogonal(), constant), 2)
    assert lazy.penalty(linear, BATCH, (1, 2), tf.constant(0, tf.int64)) is None
    lazy = regularizers.Lazy(regularizers.Scheduled(regularizers.R1(2.0), constant), 2)
    np.testing.assert_allclose(lazy.penalty(linear, BATCH, (1, 2), tf.constant(0, tf.int64)), [2 * NORM**2] * 5, rtol=1e-5)


def test_one_sided_penalty_leaves_gentle_slopes_alone():
    for factor, expected in ((0.5 / NORM, 0.0), (3.0 / NORM, 10 * 2.0**2)):
        found = penalty(regularizers.GradientPenalty(10.0, one_sided=True), lambda x, factor=factor: factor * linear(x))
        np.testing.assert_allclose(found, [expected] * 5, rtol=1e-4, atol=1e-6)


def test_dragan_is_about_the_surroundings_of_real_samples():
    np.testing.assert_allclose(penalty(regularizers.DRAGAN(10.0), linear), [10 * (NORM - 1) ** 2] * 5, rtol=1e-5)
    seen = []
    real = np.random.default_rng(2).normal(1.0, 3.0, (2000, 4, 1, 1)).astype("float32")
    batch = {"real": ops.convert_to_tensor(real), "fake": ops.convert_to_tensor(100 + 0 * real)}
    regularizers.DRAGAN(1.0, deviation=0.5).penalty(lambda x: seen.append(x) or x[:, 0, :, 0], batch, (3, 4), 0)
    moves = (np.asarray(seen[0]) - real) / real.std()
    assert abs(moves.mean()) < 0.02
    assert 0.48 < moves.std() < 0.52
    assert 0.94 < np.mean(np.abs(moves) < 0.98) < 0.96  # normal: 0.95 within 1.96 deviations


@pytest.mark.slow
def test_historical_averaging_is_about_the_mean_of_all_past_weights(stripes):
    pull = regularizers.HistoricalAveraging(0.5)
    gan = make_tiny(objective=objectives.Objective(regularizers=[pull], generator_regularizers=[pull]))
    past = {name: [[w.numpy() for w in player.variables]] for name, player in gan.players.items()}
    means = {}
    for index in range(3):
        logs = gan.train_on_batch(stripes[8 * index : 8 * index + 8])
        expected = {
            name: 0.5 * sum(np.square(a - m).sum() for a, m in zip(past[name][-1], means[name], strict=True)) for name in means
        }
        for name, value in expected.items():
            key = {"discriminator": "historical_averaging", "generator": "generator_historical_averaging"}[name]
            assert float(logs[key]) == pytest.approx(value, rel=1e-3)
        for name, player in gan.players.items():
            past[name].append([w.numpy() for w in player.variables])
            means[name] = [np.mean(each, axis=0) for each in zip(*past[name], strict=True)]
            for ours, kept in zip(means[name], player.memory_of(pull)[:-1], strict=True):
                np.testing.assert_allclose(ours, kept, rtol=1e-4, atol=1e-6)
    assert min(expected.values()) > 0


@pytest.mark.slow
def test_means_of_past_weights_outlive_an_optimizer(stripes):
    gan = make_tiny(objective=objectives.Objective(regularizers=[regularizers.HistoricalAveraging()]))
    for _ in range(3):
        gan.train_on_batch(stripes[:8])
    before = gan.memory[0].numpy()
    gan.compile(keras.optimizers.SGD(0.1))
    gan.train_on_batch(stripes[:8])
    now = gan.players["discriminator"].variables[0].numpy()
    np.testing.assert_allclose(gan.memory[0], before + (now - before) / 5, rtol=1e-5, atol=1e-7)


@pytest.mark.slow
def test_means_of_past_weights_are_resumed(stripes):
    pull = regularizers.HistoricalAveraging(0.5)
    whole, rest = (make_tiny(objective=objectives.Objective(regularizers=[pull])) for _ in range(2))
    whole.train_on_batch(stripes[:8])
    state.set_state(rest, state.get_state(whole))
    for gan in (whole, rest):
        gan.train_on_batch(stripes[8:16])
    ours, theirs = state.get_state(whole), state.get_state(rest)
    assert [name for name in ours if ours[name].tobytes() != theirs[name].tobytes()] == []
    assert sum("other" in name for name in ours) >= len(whole.players["discriminator"].variables)


def test_a_schedule_weighs_a_penalty():
    falling = keras.optimizers.schedules.PiecewiseConstantDecay([3], [1.0, 0.25])
    scheduled = regularizers.Scheduled(regularizers.R1(2.0), falling)
    found = [np.asarray(scheduled.penalty(linear, BATCH, (1, 2), tf.constant(step, tf.int64))) for step in (0, 3, 4, 9)]
    np.testing.assert_allclose(found, np.outer([1, 1, 0.25, 0.25], [NORM**2] * 5), rtol=1e-5)
    assert scheduled.name == "r1"
    assert regularizers.Scheduled.from_config(scheduled.get_config()) == scheduled
    with pytest.raises(InputError, match=r"schedule must be one of keras\.optimizers\.schedules"):
        regularizers.Scheduled(regularizers.R1(), 0.5)


def test_a_schedule_counts_steps_for_penalties_of_weights_too():
    """Not the updates of a critic that has several a step."""
    falling = keras.optimizers.schedules.PiecewiseConstantDecay([3], [1.0, 0.25])
    scheduled = regularizers.Scheduled(regularizers.Orthogonal(1.0), falling)
    player = types.SimpleNamespace(
        variables=[keras.Variable(np.ones((2, 2)), name="kernel")], networks={}, optimizer=types.SimpleNamespace(iterations=100)
    )
    found = [float(scheduled.weight_penalty(player, tf.constant(step, tf.int64))) for step in (0, 3, 4, 9)]
    np.testing.assert_allclose(found, [8, 8, 2, 2], rtol=1e-6)


def test_a_generator_has_no_penalty_about_examples():
    with pytest.raises(InputError, match="r1 is about what a discriminator says"):
        objectives.Objective(generator_regularizers=[regularizers.Lazy(regularizers.R1())])


@pytest.mark.slow
def test_lazy_clipping_clips_after_every_update():
    gan = make_tiny(objective=objectives.Objective(regularizers=[regularizers.Lazy(regularizers.WeightClip(1e-3), 2)]))
    for _ in range(2):
        gan.train_on_batch(np.zeros((4, 8, 8, 1), "uint8"))
        kernels = [w for w in gan.discriminator.weights if w.name == "kernel"]
        assert 0 < max(float(np.abs(w).max()) for w in kernels) <= 1.001e-3
    with pytest.raises(InputError, match="regularizer must be one of"):
        regularizers.Lazy(4)


def test_clipping_kernels():
    player = make_gan("WGAN").players["discriminator"]
    critic = player.networks["discriminator"]
    critic.set_weights([np.full_like(w, 3.0) for w in critic.get_weights()])
    regularizers.WeightClip(0.01).after_update(player, 0)
    for weight in critic.weights:
        assert np.all(np.asarray(weight) == np.float32(0.01 if weight.name == "kernel" else 3.0)), weight.path


def test_clipping_all_weights():
    player = make_gan("WGAN", objective=objectives.wasserstein(clip_all_weights=True)).players["discriminator"]
    critic = player.networks["discriminator"]
    assert not player.regularizers[0].only_kernels
    regularizers.WeightClip(0.01, only_kernels=False).after_update(player, 0)
    assert max(np.abs(np.asarray(weight)).max() for weight in critic.weights) == np.float32(0.01)


@pytest.mark.parametrize("value", [0, -1.0, float("nan"), float("inf"), "10", None])
@pytest.mark.parametrize("make", [regularizers.GradientPenalty, regularizers.R1, regularizers.R2, regularizers.WeightClip])
def test_bad_weights(make, value):
    with pytest.raises(InputError, match="must be a positive number. Received: "):
        make(value)


def test_kernels_of_separable_convolutions_are_clipped_too():
    body = [keras.layers.SeparableConv2D(4, 3), keras.layers.Flatten(), keras.layers.Dense(1)]
    player = Player({"critic": keras.Sequential([keras.Input((8, 8, 2)), *body])}, keras.optimizers.SGD())
    names = [each.name for each in regularizers.WeightClip().clipped(player)]
    assert names == ["depthwise_kernel", "pointwise_kernel", "kernel"]
