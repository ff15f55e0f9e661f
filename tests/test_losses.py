"""Every loss against numbers computed by hand, and the properties they share."""

import numpy as np
import pytest
import tensorflow as tf

from ganzoo import losses

REAL = np.array([-5.0, 1.4, 12.5, 2.7])
FAKE = np.array([10.0, 4.4, -5.5, 3.6])
ALL = [losses.NonSaturating, losses.Minimax, losses.Wasserstein, losses.Hinge, losses.LeastSquares, losses.Relativistic]


def softplus(x):
    return np.log1p(np.exp(-abs(x))) + np.maximum(x, 0)


@pytest.mark.parametrize(
    ("loss", "discriminator", "generator"),
    [
        (losses.NonSaturating(), 5.833866, 1.38582),
        (losses.Minimax(), 5.833866, -4.510821),
        (losses.Wasserstein(), 0.225, -3.125),
        (losses.Hinge(), 6.75, -3.125),
        (losses.LeastSquares(), 41.73375, 17.69625),
        (losses.Relativistic(), softplus(FAKE - REAL).mean(), softplus(REAL - FAKE).mean()),
    ],
    ids=repr,
)
def test_values_computed_by_hand(loss, discriminator, generator):
    assert float(np.mean(loss.discriminator(REAL, FAKE))) == pytest.approx(discriminator, rel=2e-6)
    assert float(np.mean(loss.generator(REAL, FAKE))) == pytest.approx(generator, rel=2e-6)


@pytest.mark.parametrize("loss", [losses.NonSaturating(), losses.Minimax()], ids=repr)
def test_equal_logits(loss):
    zeros = np.zeros((5, 1))
    np.testing.assert_allclose(loss.discriminator(zeros, zeros), np.full(5, 2 * np.log(2)), rtol=1e-6)


@pytest.mark.parametrize("loss", [make() for make in ALL], ids=repr)
@pytest.mark.parametrize("size", [1e4, -1e4])
def test_extreme_logits_stay_finite(loss, size):
    real, fake = tf.constant([size, 0.0]), tf.constant([-size, 0.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([real, fake])
        values = [loss.discriminator(real, fake), loss.generator(real, fake)]
    for value in values:
        gradients = [g for g in tape.gradient(value, [real, fake]) if g is not None]
        assert gradients
        assert all(np.isfinite(part).all() for part in [value, *gradients])


@pytest.mark.parametrize("loss", [make() for make in ALL], ids=repr)
def test_one_number_per_sample(loss):
    assert loss.discriminator(REAL[:, None], FAKE).shape == (4,)
    assert loss.generator(REAL, FAKE[:, None]).shape == (4,)


@pytest.mark.parametrize("shapes", [((4, 2), (4,)), ((4,), (3,)), ((), (4,))])
def test_bad_shapes(shapes):
    with pytest.raises(ValueError, match="Received: "):
        losses.Wasserstein().discriminator(np.zeros(shapes[0]), np.zeros(shapes[1]))


def test_generator_sees_real():
    assert [make.__name__ for make in ALL if make.generator_sees_real] == ["Relativistic"]
    np.testing.assert_allclose(losses.Hinge().generator(None, FAKE), -FAKE, rtol=1e-6)


def test_a_loss_must_define_both_sides():
    for side in ("discriminator", "generator"):
        with pytest.raises(NotImplementedError, match=f"_{side}"):
            getattr(losses.Loss(), side)([1.0], [0.0])
