"""The measures against closed forms, against scipy, and against input that would make them lie."""

import dataclasses
import os
import time

import numpy as np
import pytest
import scipy.linalg
import scipy.spatial
import scipy.stats

from ganzoo.errors import InputError
from ganzoo.evaluation import features, metrics
from ganzoo.evaluation.measure import Estimate, flatten, measure_all

RNG = np.random.default_rng(0)


def gaussian(n, mean, scale):
    return np.random.default_rng(n).normal(size=(n, len(mean))) * scale + mean


def test_frechet_distance_closed_form():
    mean, scale = np.array([1.0, -2.0, 0.0]), np.array([1.0, 2.0, 0.5])
    real, fake = gaussian(200_000, np.zeros(3), 1.0), gaussian(200_001, mean, scale)
    expected = (mean**2).sum() + ((1 - scale) ** 2).sum()
    assert metrics.frechet_distance(real, fake)[0] == pytest.approx(expected, rel=0.01)


def test_frechet_distance_scipy_root():
    real, fake = RNG.normal(size=(300, 20)), RNG.normal(size=(250, 20)) @ RNG.normal(size=(20, 20)) + 0.5
    s, t = np.cov(real, rowvar=False), np.cov(fake, rowvar=False)
    root = scipy.linalg.sqrtm(s @ t).real
    expected = ((real.mean(0) - fake.mean(0)) ** 2).sum() + np.trace(s + t - 2 * root)
    assert metrics.frechet_distance(real, fake)[0] == pytest.approx(expected, rel=1e-6)


def spread_and_claim(measure, repeats=60):
    """Return how much a measure varies over fresh pairs of sets, and the error that it claims on average."""
    rng = np.random.default_rng(3)
    moves = rng.normal(size=(4, 4)) / 2 + np.eye(4)
    found = [measure(rng.normal(size=(400, 4)), rng.normal(size=(300, 4)) @ moves + 0.5) for _ in range(repeats)]
    return np.std([value for value, _ in found], ddof=1), np.mean([error for _, error in found])


@pytest.mark.parametrize("measure", [metrics.frechet_distance, metrics.kernel_distance])
def test_distance_errors_are_spread(measure):
    spread, claimed = spread_and_claim(measure)
    assert 0.7 < claimed / spread < 1.4


def test_share_errors_are_spread():
    def entropy(real, fake):
        return metrics.class_balance(np.digitize(fake[:, 0], [-0.5, 1.5]), 3)["entropy"]

    def precision(real, fake):
        return metrics.precision_recall_density_coverage(real, fake)["precision"]

    for measure, least in ((entropy, 0.7), (precision, 0.5)):  # with the balls held fixed an error is a little too small
        spread, claimed = spread_and_claim(measure)
        assert least < claimed / spread < 1.4


def test_kernel_distance_double_loop():
    real, fake = RNG.normal(size=(12, 4)), RNG.normal(size=(12, 4)) + 1

    def k(x, y):
        return (x @ y / 4 + 1) ** 3

    def mean(a, b, skip):
        return np.mean([k(x, y) for i, x in enumerate(a) for j, y in enumerate(b) if not skip or i != j])

    rng = np.random.default_rng(0)  # as it shuffles
    mixed = [rng.permutation(points) for points in (real, fake)]
    parts = [[points[:6] for points in mixed], [points[6:] for points in mixed]]
    estimates = [mean(a, a, True) + mean(b, b, True) - 2 * mean(a, b, False) for a, b in parts]
    value, error = metrics.kernel_distance(real, fake, blocks=2)
    assert value == pytest.approx(np.mean(estimates), rel=1e-9)
    assert error == pytest.approx(abs(estimates[0] - estimates[1]) / 2, rel=1e-9)


@pytest.mark.parametrize(
    "measure",
    [
        lambda a, b: metrics.frechet_distance(a, b)[0],
        lambda a, b: metrics.kernel_distance(a, b)[0],
        lambda a, b: metrics.sliced_wasserstein_distance(a, b)[0],
        lambda a, b: -metrics.precision_recall_density_coverage(a, b)["precision"].value,
        lambda a, b: -metrics.precision_recall_density_coverage(a, b)["coverage"].value,
    ],
)
def test_measures_are_monotonic_in_shift(measure):
    real, fake = gaussian(500, np.zeros(4), 1.0), gaussian(501, np.zeros(4), 1.0)
    scores = [measure(real, fake + shift) for shift in (0.0, 1.0, 2.0, 4.0)]
    assert scores == sorted(scores)
    assert scores[0] < scores[1] < scores[2]


def test_measures_of_equal_sets():
    points = RNG.normal(size=(300, 5))
    assert metrics.frechet_distance(points, points)[0] == pytest.approx(0, abs=1e-9)
    assert metrics.sliced_wasserstein_distance(points, points)[0] == pytest.approx(0, abs=1e-12)
    measures = metrics.precision_recall_density_coverage(points, points)
    assert [measures[name].value for name in ("precision", "recall", "coverage")] == [1.0, 1.0, 1.0]
    assert abs(metrics.kernel_distance(points, RNG.normal(size=(300, 5)))[0]) < 0.3


def test_precision_recall_of_collapse_and_scatter():
    modes = np.repeat([[0.0, 0.0], [50.0, 0.0]], 100, axis=0) + RNG.normal(size=(200, 2))
    collapsed = metrics.precision_recall_density_coverage(modes, RNG.normal(size=(200, 2)) * 0.5)
    assert collapsed["precision"].value > 0.95
    assert 0.1 < collapsed["recall"].value < 0.55
    scattered = metrics.precision_recall_density_coverage(modes, RNG.uniform(-20, 70, (200, 2)))
    assert scattered["precision"].value < 0.3


def test_sliced_wasserstein_shift():
    points = RNG.normal(size=(1000, 1))
    assert metrics.sliced_wasserstein_distance(points, points + 2.5)[0] == pytest.approx(2.5, rel=1e-9)
    assert metrics.sliced_wasserstein_distance(points, (points + 2.5)[:500])[0] == pytest.approx(2.5, abs=0.15)


def test_sliced_wasserstein_closed_form():
    """Along any direction u N(0, I) and N(m, I) are |m.u| apart; its mean over the sphere in 3 dimensions is |m| / 2."""
    real, fake = gaussian(2000, np.zeros(3), 1.0), gaussian(1500, np.array([2.0, 0.0, 0.0]), 1.0)
    distance, error = metrics.sliced_wasserstein_distance(real, fake, slices=500)
    assert distance == pytest.approx(1.0, abs=4 * error)
    assert 0 < error < 0.04


def test_precision_recall_density_coverage_definition():
    """Kynkäänniemi et al. 2019, eq. 2 and 3; Naeem et al. 2020, eq. 3 and 4, with all distances at once by scipy."""
    real, fake = RNG.normal(size=(130, 6)), 1.2 * RNG.normal(size=(110, 6)) + 0.5
    between = scipy.spatial.distance.cdist(fake, real)
    real_radii, fake_radii = (np.sort(scipy.spatial.distance.cdist(x, x), axis=1)[:, 3] for x in (real, fake))
    expected = {
        "precision": (between <= real_radii).any(axis=1).mean(),
        "recall": (between <= fake_radii[:, None]).any(axis=0).mean(),
        "density": (between <= real_radii).sum() / (3 * len(fake)),
        "coverage": (between.min(axis=0) <= real_radii).mean(),
    }
    measures = metrics.precision_recall_density_coverage(real, fake, k=3)
    assert {name: measures[name].value for name in expected} == pytest.approx(expected, rel=1e-9)
    assert all(0 < value < 1 for value in expected.values())


def test_class_balance_and_accuracy():
    balance = metrics.class_balance(np.array([0, 0, 1, 1]), 4)
    assert balance["covered"] == (2, None)
    assert balance["entropy"] == (pytest.approx(np.log(2)), pytest.approx(0, abs=1e-12))
    (accuracy, error), matching = metrics.cluster_accuracy(np.array([2, 2, 0, 0, 1, 1]), np.array([0, 0, 1, 1, 2, 0]))
    assert (accuracy, error) == (pytest.approx(5 / 6), pytest.approx(np.sqrt(5 / 36 / 6)))
    assert matching == {2: 0, 0: 1, 1: 2}
    assert metrics.label_accuracy(np.array([1, 2, 3, 3]), np.array([1, 2, 3, 4])) == (0.75, pytest.approx(0.2165, abs=1e-4))


def test_class_divergence_scipy_entropy():
    rng = np.random.default_rng(0)
    labels, real = rng.integers(0, 5, 900), rng.choice(7, 800, p=(0.3, 0.2, 0.1, 0.1, 0.1, 0.1, 0.1))
    found = metrics.class_divergence(real, labels, 7)
    shares = [np.bincount(each, minlength=7) for each in (labels, real)]
    assert found["covered"].value == 5
    assert found["kl"].value == pytest.approx(scipy.stats.entropy(*shares), rel=1e-9)
    again = [metrics.class_divergence(real, rng.integers(0, 5, 900), 7)["kl"].value for _ in range(200)]
    assert np.std(again) / 1.3 < found["kl"].error < 1.3 * np.std(again)
    missing = metrics.class_divergence(np.array([0, 0, 1, 1]), np.array([0, 2, 2, 2]), 3)
    assert missing["kl"].value == pytest.approx(np.log(0.5) / 4 + 3 * np.log(3) / 4)
    with pytest.raises(InputError, match="from 0 to 2"):
        metrics.class_divergence(real, np.array([3]), 3)


def test_kernel_distance_ignores_class_order():
    centers = 3 * RNG.normal(size=(10, 6))
    ordered, mixed = (centers[labels] + RNG.normal(size=(600, 6)) for labels in
                      (np.repeat(np.arange(10), 60), RNG.permutation(np.repeat(np.arange(10), 60))))  # fmt: skip
    value, error = metrics.kernel_distance(ordered, mixed)
    assert abs(value) < 4 * error
    assert error < 0.1 * metrics.kernel_distance(ordered, ordered[:60])[0]  # one class for all ten
    with pytest.raises(InputError, match="blocks must be an integer of at least 2"):
        metrics.kernel_distance(ordered, mixed, blocks=1)


def test_memorization_without_held_out_and_with_duplicates():
    train = RNG.normal(size=(500, 8)) * 30
    twice = np.concatenate([train, train[:100]])
    for examples in (train, twice):
        assert metrics.memorization(examples, None, examples[:200])["near_copy_rate"].value == 1.0
        assert metrics.memorization(examples, None, RNG.normal(size=(400, 8)) * 30)["near_copy_rate"].value < 0.05
    assert metrics.memorization(twice, None, train)["nearest_held_out"].value > 0


def test_memorization():
    train, held_out = RNG.normal(size=(500, 8)), RNG.normal(size=(500, 8))
    fresh, copied = (
        metrics.memorization(train, held_out, RNG.normal(size=(400, 8))),
        metrics.memorization(train, held_out, train),
    )
    assert fresh["near_copy_rate"].value < 0.05
    assert copied["near_copy_rate"].value == 1.0
    assert copied["nearest_fake"].value == 0 < copied["nearest_held_out"].value


DISTANCES = (
    metrics.frechet_distance,
    metrics.kernel_distance,
    metrics.precision_recall_density_coverage,
    metrics.sliced_wasserstein_distance,
)


@pytest.mark.parametrize("measure", DISTANCES)
def test_measure_input_validation(measure):
    good = RNG.normal(size=(40, 3))
    bad = good.copy()
    bad[3, 1] = np.nan
    for other, message in ((bad, "finite"), (good[:, :2], "equally wide"), (good[:0], "shape"), (good[:1], "at least")):
        with pytest.raises(InputError, match=message):
            measure(good, other)
    with pytest.raises(InputError, match="at least 4 samples"):
        metrics.frechet_distance(good, good[:3])
    with pytest.raises(InputError, match="from 0 to 9"):
        metrics.class_balance(np.array([10]), 10)
    for ask, message in (
        (lambda: metrics.precision_recall_density_coverage(good, good, k=2.5), "k must be a positive integer"),
        (lambda: metrics.sliced_wasserstein_distance(good, good, slices=0), "slices must be a positive integer"),
        (lambda: metrics.cluster_centers(good, clusters="8"), "clusters must be a positive integer"),
        (lambda: metrics.class_balance(np.array([1]), 2.0), "classes must be a positive integer"),
        (lambda: metrics.cluster_accuracy(np.zeros(0, int), np.zeros(0, int)), "labels must be integers"),
        (lambda: metrics.mode_coverage(good, good[:2], sigma=-0.1), "sigma must be a positive number"),
        (lambda: metrics.mode_coverage(good, good[:2], 0.1, within=np.nan), "within must be a positive number"),
    ):
        with pytest.raises(InputError, match=message):
            ask()


@pytest.mark.slow
@pytest.mark.parametrize(
    "measure",
    [*DISTANCES, lambda real, fake: metrics.memorization(real, None, fake)],
)
def test_measure_speed_10000_by_512(measure):
    """In time of the processor, as others may have it meanwhile; the quicker of two turns, as they may slow its memory too."""
    real, fake = RNG.normal(size=(10_000, 512)), RNG.normal(size=(10_000, 512))
    seconds = []
    for _ in range(2):
        start = time.process_time()
        measure(real, fake)
        seconds.append(time.process_time() - start)
    assert 0 < min(seconds) < 10


def test_variety_closed_form():
    rng = np.random.default_rng(0)
    assert metrics.rms_pairwise_distance(rng.normal(0, 2, (50_000, 3))) == pytest.approx(np.sqrt(2 * 3 * 4), rel=0.01)
    assert metrics.rms_pairwise_distance(np.ones((5, 2))) == 0
    centers = np.eye(4) * 10
    assert metrics.effective_modes(centers, centers) == pytest.approx(4)
    assert metrics.effective_modes(np.repeat(centers[:1], 9, axis=0), centers) == pytest.approx(1)
    assert metrics.effective_modes(np.repeat(centers, [2, 1, 1, 0], axis=0), centers) == pytest.approx(2**1.5)
    found = metrics.cluster_centers(np.repeat(centers, 20, axis=0) + rng.normal(0, 0.01, (80, 4)), 4)
    np.testing.assert_allclose(np.sort(found.max(axis=1)), [10] * 4, atol=0.02)


def test_kernel_distance_scikit_learn():
    from sklearn.metrics.pairwise import polynomial_kernel

    rng = np.random.default_rng(0)
    x, y = rng.normal(0, 1, (60, 8)), rng.normal(0.3, 1, (60, 8))
    parts, rng = [], np.random.default_rng(0)
    for a, b in zip(*(np.split(rng.permutation(points), 2) for points in (x, y)), strict=True):
        kaa, kbb, kab = (polynomial_kernel(u, v, degree=3, coef0=1) for u, v in ((a, a), (b, b), (a, b)))
        off = [(k.sum() - np.trace(k)) / (30 * 29) for k in (kaa, kbb)]
        parts.append(sum(off) - 2 * kab.mean())
    assert metrics.kernel_distance(x, y, blocks=2)[0] == pytest.approx(np.mean(parts), rel=1e-10)


def test_inception_missing_weights(tmp_path):
    with pytest.raises(InputError, match="weights cannot be had"):
        features.Inception(weights=str(tmp_path / "none.weights.h5"))
    os.mkfifo(tmp_path / "pipe.weights.h5")
    with pytest.raises(InputError, match="is a named pipe"):
        features.Inception(weights=str(tmp_path / "pipe.weights.h5"))


@pytest.mark.slow
def test_inception_features():
    inception = features.Inception(weights=None)
    images = np.random.default_rng(0).integers(0, 256, (3, 28, 28, 1), dtype="uint8")
    found = inception.features(images)
    assert found.shape == (3, 2048)
    assert np.isfinite(found).all()
    np.testing.assert_allclose(inception.features(images[1:2]), found[1:2], atol=1e-4)
    with pytest.raises(InputError, match="must be uint8"):
        inception.features(images / 255.0)


def test_former_module_names():
    import ganzoo
    from ganzoo.evaluation import inversion, theory

    assert (ganzoo.metrics, ganzoo.theory, ganzoo.inversion) == (metrics, theory, inversion)
    assert {"metrics", "theory", "inversion", "evaluation"} <= set(dir(ganzoo))


MEASURES = (
    metrics.FrechetDistance(),
    metrics.KernelDistance(),
    metrics.PrecisionRecallDensityCoverage(),
    metrics.SlicedWassersteinDistance(slices=8),
)


def test_measure_protocol():
    real, fake = RNG.normal(size=(60, 3)), RNG.normal(size=(50, 3)) + 1
    for measure in MEASURES:
        found = measure(real, fake)
        assert all(isinstance(each, Estimate) and each.error > 0 for each in found.values())
        assert measure == type(measure)(**dataclasses.asdict(measure))
    assert metrics.FrechetDistance()(real, fake) == {"frechet_distance": metrics.frechet_distance(real, fake)}
    labels = np.arange(60) % 3
    found = metrics.ClassBalance(3)(labels, labels[:50])
    assert found["class_entropy"] == metrics.class_balance(labels[:50], 3)["entropy"]
    assert found["class_kl"] == metrics.class_divergence(labels, labels[:50], 3)["kl"]


def test_measures_leave_out_what_few_samples_do_not_allow():
    few = RNG.normal(size=(5, 5))
    found = measure_all(MEASURES, few, few + 1)
    assert list(found) == ["sliced_wasserstein_distance"]


def test_measure_all_and_flatten():
    found = measure_all(MEASURES[:2], *RNG.normal(size=(2, 40, 2)), prefix="reference_")
    assert list(found) == ["reference_frechet_distance", "reference_kernel_distance"]
    assert flatten({"a": Estimate(1.0, 0.1), "b": Estimate(2)}) == {"a": 1.0, "a_error": 0.1, "b": 2}
    assert metrics.sliced_wasserstein_distance(*RNG.normal(size=(2, 40, 2)), slices=1).error is None
