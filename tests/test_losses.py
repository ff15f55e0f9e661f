"""Every loss against numbers computed by hand, and the properties they share."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from conftest import make_gan, make_tiny

import ganzoo
from ganzoo import losses, networks, objectives, optimizers
from ganzoo.errors import InputError

REAL = np.array([-5.0, 1.4, 12.5, 2.7])
FAKE = np.array([10.0, 4.4, -5.5, 3.6])
ALL = list(losses.BY_NAME.values())


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
    with pytest.raises(ValueError, match="Relativistic needs the real logits"):
        losses.Relativistic().generator(None, FAKE)


def test_a_loss_must_define_both_sides():
    for side in ("discriminator", "generator"):
        with pytest.raises(NotImplementedError, match=f"_{side}"):
            getattr(losses.Loss(), side)([1.0], [0.0])


# f-GAN's table: name -> (f, f', f*).
F = {
    "kl": (lambda u: u * np.log(u), lambda u: 1 + np.log(u), lambda t: np.exp(t - 1)),
    "reverse_kl": (lambda u: -np.log(u), lambda u: -1 / u, lambda t: -1 - np.log(-t)),
    "pearson": (lambda u: (u - 1) ** 2, lambda u: 2 * (u - 1), lambda t: t**2 / 4 + t),
    "hellinger": (lambda u: (np.sqrt(u) - 1) ** 2, lambda u: 1 - u**-0.5, lambda t: t / (1 - t)),
    "jensen_shannon": (
        lambda u: u * np.log(u) - (u + 1) * np.log((u + 1) / 2),
        lambda u: np.log(2 * u / (u + 1)),
        lambda t: -np.log(2 - np.exp(t)),
    ),
    "total_variation": (lambda u: abs(u - 1) / 2, lambda u: np.sign(u - 1) / 2, lambda t: t),
}


def densities():
    """Return (p, q, width) of two Gaussians over a grid."""
    x = np.linspace(-9, 9, 4001)
    p, q = (np.exp(-(((x - m) / s) ** 2) / 2) / (s * math.sqrt(2 * math.pi)) for m, s in ((0.0, 1.0), (0.7, 1.2)))
    return p, q, x[1] - x[0]


def logits_of(loss, output):
    """Return v with g_f(v) = output, by bisection; g_f rises."""
    low, high = np.full_like(output, -40.0), np.full_like(output, 40.0)
    for _ in range(100):
        middle = (low + high) / 2
        below = np.asarray(loss.output(tf.constant(middle))) < output
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return (low + high) / 2


@pytest.mark.parametrize("name", losses.DIVERGENCES)
def test_the_conjugate_of_f_divergences(name):
    """conjugate(v) is f*(g_f(v)), and f* is the supremum of u t - f(u)."""
    loss, (f, _, conjugate) = losses.BY_NAME[name](), F[name]
    v = np.linspace(-1.9, 2.5, 12)  # below -2 the paper's f* of Pearson's is that of u < 0 too, which is above the supremum
    t = np.asarray(loss.output(tf.constant(v)))
    np.testing.assert_allclose(loss.conjugate(tf.constant(v)), conjugate(t), rtol=1e-10, atol=1e-12)
    u = np.geomspace(1e-6, 1e4, 400_001)
    np.testing.assert_allclose((u * t[:, None] - f(u)).max(axis=1), conjugate(t), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", losses.DIVERGENCES)
def test_the_bound_is_the_divergence_at_the_best_discriminator(name):
    loss, (f, slope, _) = losses.BY_NAME[name](), F[name]
    p, q, width = densities()
    truth = float((q * f(p / q)).sum() * width)
    best = logits_of(loss, slope(p / q))

    def bound(v):
        v = tf.constant(v)
        return float((p * np.asarray(loss.output(v)) - q * np.asarray(loss.conjugate(v))).sum() * width)

    assert bound(best) == pytest.approx(truth, rel=1e-4)
    assert 0 < bound(0.9 * np.clip(best, -2, 2)) < 0.999 * truth


def test_saturating_generators_minimize_the_bound_itself():
    v = tf.constant([-1.0, 0.5])
    for name in losses.DIVERGENCES:
        loss = losses.BY_NAME[name](saturating=True)
        np.testing.assert_allclose(loss.generator(None, v), -np.asarray(loss.conjugate(v)))
        np.testing.assert_allclose(losses.BY_NAME[name]().generator(None, v), -np.asarray(loss.output(v)))


def test_jensen_shannon_is_the_classic_game_but_for_a_constant():
    ours, classic = losses.JensenShannon(), losses.NonSaturating()
    np.testing.assert_allclose(ours.discriminator(REAL, FAKE), classic.discriminator(REAL, FAKE) - 2 * np.log(2), rtol=1e-5)


def test_label_noise_against_its_definition():
    real, fake = tf.constant(REAL), tf.constant(FAKE)
    true, false = softplus(-REAL), softplus(REAL)
    smooth = losses.LabelNoise(smoothing=0.2).discriminator(real, fake)
    np.testing.assert_allclose(smooth, 0.8 * true + 0.2 * false + softplus(FAKE), rtol=1e-6)
    both = losses.LabelNoise(losses.Minimax(), smoothing=0.1, flipping=0.3)
    expected = 0.7 * (0.9 * true + 0.1 * false + softplus(FAKE)) + 0.3 * (false + softplus(-FAKE))
    np.testing.assert_allclose(both.discriminator(real, fake), expected, rtol=1e-6)
    np.testing.assert_allclose(both.generator(real, fake), losses.Minimax().generator(real, fake))
    # With smoothed labels the best discriminator says 1 - s where there are no fakes, however long it trains.
    logits = np.linspace(-6, 6, 2401)
    best = logits[np.argmin(0.8 * softplus(-logits) + 0.2 * softplus(logits))]
    assert 1 / (1 + np.exp(-best)) == pytest.approx(0.8, abs=1e-3)
    assert losses.LabelNoise.from_config(both.get_config()) == both
    for bad in ({"smoothing": 0.5}, {"flipping": -0.1}, {"loss": losses.Hinge()}):
        with pytest.raises(InputError):
            losses.LabelNoise(**bad)


def test_top_k_learns_from_the_best_alone():
    loss, plain = losses.TopK(share=0.5), losses.NonSaturating()
    fake = tf.constant([0.3, -1.0, 2.0, 0.1, 0.2, 5.0])
    with tf.GradientTape() as tape:
        tape.watch(fake)
        values = loss.generator(None, fake)
        total = tf.reduce_mean(values)
    chosen = np.array([1, 0, 1, 0, 0, 1])
    np.testing.assert_allclose(values, np.asarray(plain.generator(None, fake)) * chosen * 2, rtol=1e-6)
    assert float(total) == pytest.approx(np.asarray(plain.generator(None, fake))[chosen == 1].mean())
    assert (np.asarray(tape.gradient(total, fake)) != 0).tolist() == chosen.astype(bool).tolist()
    np.testing.assert_allclose(losses.TopK(share=1.0).generator(None, fake), plain.generator(None, fake), rtol=1e-6)
    assert losses.TopK(losses.Relativistic()).generator_sees_real
    with pytest.raises(InputError, match="share must be at most 1"):
        losses.TopK(share=1.5)


def test_zero_sum_is_minus_the_discriminators_loss():
    loss = losses.ZeroSum()
    np.testing.assert_allclose(loss.discriminator(REAL, FAKE), softplus(-REAL) + softplus(FAKE), rtol=1e-6)
    np.testing.assert_allclose(loss.generator(REAL, FAKE), -softplus(-REAL) - softplus(FAKE), rtol=1e-6)
    hinge = losses.ZeroSum(losses.Hinge())
    np.testing.assert_allclose(hinge.generator(REAL, FAKE), -np.asarray(losses.Hinge().discriminator(REAL, FAKE)), rtol=1e-6)
    assert loss.generator_sees_real and hinge.zero_is_undecided
    with pytest.raises(InputError, match="loss must be an object"):
        losses.ZeroSum("hinge")


def test_feature_matching_is_the_distance_of_mean_features():
    rng = np.random.default_rng(0)
    real, fake = rng.normal(size=(2, 6, 3, 4)).astype("float32")
    expected = 0.5 * np.square(real.mean(0) - fake.mean(0)).sum()
    np.testing.assert_allclose(losses.FeatureMatching(0.5)(real, fake), [expected] * 6, rtol=1e-5)
    with pytest.raises(InputError, match="feature_matching must be"):
        objectives.Objective(feature_matching=1.0)


@pytest.mark.slow
def test_feature_matching_of_a_layer_by_name(stripes):
    matched = make_gan("GAN", networks=networks.Compact(4, 4))
    name = [each.name for each in matched.discriminator.layers if each.weights][1]
    matched.objective = matched.objective.replace(feature_matching=losses.FeatureMatching(0.3, name))
    given = {"images": tf.constant(matched.prepare({"images": stripes[:8]})["images"])}
    fake = matched.generate_batch(matched.inputs_for(given, (0, 1)))
    seen = keras.Model(matched.discriminator.inputs, matched.discriminator.get_layer(name).output)
    real, made = (np.asarray(seen(each, training=True)) for each in (given["images"], fake))
    expected = 0.3 * np.square(real.mean(0) - made.mean(0)).sum()
    found = matched.match_features(given, fake, (0, 1))
    np.testing.assert_allclose(found, [expected] * 8, rtol=1e-4)


def test_two_time_scales_are_two_rates(stripes):
    """Adam's first update is its rate for every weight with a gradient."""
    gan = make_tiny(objective=objectives.Objective("hinge", (), 1, optimizers.Adam(4e-3), optimizers.Adam(1e-3)))
    before = {name: [w.numpy() for w in player.variables] for name, player in gan.players.items()}
    gan.train_on_batch(stripes[:8])
    for name, rate in (("discriminator", 4e-3), ("generator", 1e-3)):
        moved = [np.abs(new - old).max() for new, old in zip(gan.players[name].variables, before[name], strict=True)]
        assert max(moved) == pytest.approx(rate, rel=1e-2), name


@pytest.mark.slow
def test_feature_matching_is_of_the_generator_alone(stripes):
    plain = make_gan("DCGAN", objective=objectives.dcgan())
    matched = make_gan("DCGAN", objective=objectives.dcgan().replace(feature_matching=losses.FeatureMatching()))
    ours, theirs = ({k: float(v) for k, v in gan.train_on_batch(stripes[:8]).items()} for gan in (matched, plain))
    assert ours["feature_matching"] > 0
    assert ours["discriminator_loss"] == theirs["discriminator_loss"]
    pairs = zip(matched.generator.get_weights(), plain.generator.get_weights(), strict=True)
    assert not all(np.array_equal(a, b) for a, b in pairs)
    with pytest.raises(InputError, match="the discriminator has the layers"):
        losses.FeatureMatching(layer="none").features(plain.discriminator)


@pytest.mark.parametrize(
    ("gan", "size"),
    [
        (lambda: ganzoo.GAN((8, 8, 1), classes=3, networks=networks.Compact(8, 8)), 32),
        (lambda: ganzoo.InfoGAN((8, 8, 1)), None),
    ],
)
def test_features_are_those_that_the_logit_is_made_of(gan, size):
    """Of a logit with a projection, and of a discriminator with further heads, whose layers may come later."""
    discriminator = gan().discriminator
    features = losses.FeatureMatching().features(discriminator).outputs[0]
    logit = next(each for each in discriminator.layers if getattr(each, "units", None) == 1)
    assert features is logit.input and size in (None, features.shape[-1])
