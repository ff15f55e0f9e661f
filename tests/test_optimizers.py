"""The fused optimizers move weights as Keras's do, and are saved like them."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import optimizers

CASES = [
    (optimizers.Adam, keras.optimizers.Adam, {"beta_1": 0.5}),
    (optimizers.Adam, keras.optimizers.Adam, {"beta_1": 0.0, "beta_2": 0.9, "clipnorm": 1.0}),
    (optimizers.Adam, keras.optimizers.Adam, {"amsgrad": True}),
    (optimizers.RMSprop, keras.optimizers.RMSprop, {}),
    (optimizers.RMSprop, keras.optimizers.RMSprop, {"momentum": 0.9, "weight_decay": 0.01}),
    (optimizers.RMSprop, keras.optimizers.RMSprop, {"centered": True}),
]


def moved(kind, options, run):
    """Return the variables after five updates by gradients that change, with a rate that falls."""
    optimizer = kind(keras.optimizers.schedules.InverseTimeDecay(0.1, 1, 0.5), **options)
    start = np.random.default_rng(0).normal(size=(7, 5)).astype("float32")
    weights = [keras.Variable(start), keras.Variable(start[0])]
    optimizer.build(weights)

    def update(scale):
        optimizer.apply([tf.sin(scale * weight.value) for weight in weights], weights)

    call = {"eager": update, "graph": tf.function(update), "xla": tf.function(update, jit_compile=True)}[run]
    for scale in range(1, 6):
        call(tf.constant(scale, tf.float32))
    return [weight.numpy() for weight in weights], optimizer, weights


@pytest.mark.slow
@pytest.mark.parametrize("run", ["eager", "graph", "xla"])
@pytest.mark.parametrize(("ours", "theirs", "options"), CASES)
def test_equals_keras(ours, theirs, options, run):
    (found, optimizer, _), (expected, _, _) = moved(ours, options, run), moved(theirs, options, run)
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-5, atol=2e-6)
    assert int(optimizer.iterations) == 5


@pytest.mark.parametrize("kind", [optimizers.Adam, optimizers.RMSprop])
def test_state_round_trip(kind):
    expected, first, weights = moved(kind, {}, "eager")
    second = kind.from_config(first.get_config())
    second.build(weights)
    for new, old in zip(second.variables, first.variables, strict=True):
        new.assign(old)
    gradients = [tf.ones_like(weight.value) for weight in weights]
    ends = []
    for optimizer in (first, second):
        for weight, value in zip(weights, expected, strict=True):
            weight.assign(value)
        optimizer.apply(gradients, weights)
        ends.append([weight.numpy() for weight in weights])
    for a, b, before in zip(*ends, expected, strict=True):
        np.testing.assert_array_equal(a, b)
        assert not np.array_equal(a, before)
    assert isinstance(keras.optimizers.deserialize(keras.optimizers.serialize(first)), kind)


def test_adam_steps_ahead_as_it_will_step():
    optimizer = optimizers.Adam(0.1, beta_1=0.5)
    weights = [keras.Variable(np.random.default_rng(0).normal(size=shape).astype("float32")) for shape in ((7, 5), (5,))]
    optimizer.build(weights)
    optimizer.apply([tf.cos(weight.value) for weight in weights], weights)
    values, state = [weight.value + 0.0 for weight in weights], optimizer.state_of(weights)
    before = [weight.numpy() for weight in weights]
    for scale in (1.0, 2.0):
        values, state = optimizer.step_ahead([tf.sin(scale * value) for value in values], values, state)
    for kept, weight in zip(before, weights, strict=True):
        np.testing.assert_array_equal(kept, weight.numpy())
    for scale in (1.0, 2.0):
        optimizer.apply([tf.sin(scale * weight.value) for weight in weights], weights)
    for ahead, weight in zip(values, weights, strict=True):
        np.testing.assert_allclose(ahead, weight.numpy(), rtol=1e-4, atol=1e-6)
