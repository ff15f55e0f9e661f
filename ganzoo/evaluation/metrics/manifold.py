"""Precision and density (fidelity), recall and coverage (variety), from k-nearest-neighbor balls."""

import dataclasses

import numpy as np

from ganzoo.evaluation.measure import mean_estimate
from ganzoo.evaluation.metrics.checks import feature_pair
from ganzoo.utils.checks import positive_integer

ROWS = 1000  # whose distances to all others are in memory at a time


def precision_recall_density_coverage(real, fake, k=5):
    """Measure precision, recall, density and coverage on k-nearest-neighbor balls.

    The manifold of a set is the union of balls around its points, each reaching to the point's k-th neighbor.

    Args:
        real, fake: features `(N, d)` and `(M, d)`, N and M above k.
        k: neighbors; positive int. 5 is Naeem et al.'s; Kynkäänniemi et al. take 3, and the figures depend on it.

    Returns:
        Dictionary {name: `Estimate`}. precision: share of fakes in the real manifold; recall: share of reals in the fake
        manifold; density: mean number of real balls that hold a fake, over k (may exceed 1); coverage: share of real balls that
        hold a fake. Each with its standard error over the points that it averages, the balls held fixed.

    Raises:
        InputError: for NaN, mixed widths, or too few samples.

    Reference: Kynkäänniemi et al. 2019, arXiv:1904.06991; Naeem et al. 2020, arXiv:2002.09797.
    """
    k = positive_integer("k", k)
    real, fake = feature_pair(real, fake, least=k + 1)
    real_radii, fake_radii = _radii(real, k), _radii(fake, k)
    inside_real, inside_fake, hit = np.zeros(len(fake)), np.zeros(len(real), bool), np.zeros(len(real), bool)
    for start in range(0, len(fake), ROWS):
        rows = slice(start, start + ROWS)
        squares = _squared_distances(fake[rows], real)
        within = squares <= real_radii**2
        inside_real[rows] = within.sum(axis=1)
        hit |= within.any(axis=0)
        inside_fake |= (squares <= fake_radii[rows, None] ** 2).any(axis=0)
    averaged = {"precision": inside_real > 0, "recall": inside_fake, "density": inside_real / k, "coverage": hit}
    return {name: mean_estimate(values) for name, values in averaged.items()}


@dataclasses.dataclass(frozen=True)
class PrecisionRecallDensityCoverage:
    """`precision_recall_density_coverage` as a `ganzoo.evaluation.measure.Measure`; nothing where N or M does not exceed k."""

    k: int = 5

    def __call__(self, real, fake):
        return precision_recall_density_coverage(real, fake, self.k) if min(len(real), len(fake)) > self.k else {}


def _radii(points, k):
    """Return each point's distance to its k-th neighbor, itself aside, widened by the rounding of a distance.

    A distance serves both of its points, so half of all pairs are computed.
    """
    nearest = np.full((len(points), k), np.inf)  # squared distances, the largest last
    for start in range(0, len(points), ROWS):
        squares = _squared_distances(points[start : start + ROWS], points[start:])
        np.fill_diagonal(squares, np.inf)
        _keep_smallest(nearest[start : start + ROWS], squares)
        _keep_smallest(nearest[start + ROWS :], squares[:, ROWS:].T)
    return np.sqrt(np.maximum(nearest[:, -1], 0.0)) * (1 + 1e-6) + 1e-6


def _keep_smallest(kept, found):
    """Replace each row of kept, `(N, k)`, by the k smallest numbers of it and of its row of found, `(N, M)`, in place."""
    k = kept.shape[1]
    if found.shape[1] > k:
        found = np.partition(found, k - 1, axis=1)[:, :k]
    kept[:] = np.partition(np.concatenate([kept, found], axis=1), k - 1, axis=1)[:, :k]


def _squared_distances(a, b):
    """Return the squared distances of rows of a to rows of b, `(N, M)`, in one array."""
    squares = a @ b.T
    squares *= -2.0
    squares += (a**2).sum(axis=1)[:, None]
    squares += (b**2).sum(axis=1)
    return squares
