"""The Fréchet distance between the Gaussians that fit two sets of features: FID, where the features are Inception's."""

import dataclasses

import numpy as np

from ganzoo.evaluation.measure import Estimate
from ganzoo.evaluation.metrics.checks import feature_pair


def frechet_distance(real, fake):
    """Measure |m - m'|^2 + tr(S + S' - 2 (S S')^(1/2)) of the means m and covariances S of two sets.

    It is biased upward by a term of order d^2 / N (in units of a feature's variance), which the standard error does not
    include: compare only at equal N, and with the distance between two real sets in view. The error is first-order: every
    sample's influence on the distance, as in the delta method.

    Args:
        real, fake: features `(N, d)` and `(M, d)`, N and M above d, or the covariances would be singular.

    Returns:
        `Estimate`: the distance, at least 0, in squared units of the features, and its standard error over samples.

    Raises:
        InputError: for NaN, mixed widths, or too few samples for a covariance.

    Reference: Heusel et al. 2017, arXiv:1706.08500, section 4 (Dowson & Landau 1982); Rippl, Munk & Sturm 2016,
    arXiv:1507.04090, for its limit distribution.
    """
    width = int(np.prod(np.shape(real)[1:], dtype=int))
    real, fake = feature_pair(real, fake, least=width + 1)
    (m, s), (n, t) = ((x.mean(axis=0), np.atleast_2d(np.cov(x, rowvar=False))) for x in (real, fake))
    root, inverse_root = _root(s)
    # S S' has the eigenvalues of the symmetric S^(1/2) S' S^(1/2), whose roots are real.
    cross, inverse_cross = _root(root @ t @ root)
    distance = np.sum((m - n) ** 2) + np.trace(s) + np.trace(t) - 2 * np.trace(cross)
    to_real, to_fake = root @ inverse_cross @ root, inverse_root @ cross @ inverse_root  # transport between the Gaussians
    variance = _variance(fake - n, n - m, to_real) + _variance(real - m, m - n, to_fake)
    return Estimate(float(max(0.0, distance)), float(np.sqrt(variance)))


@dataclasses.dataclass(frozen=True)
class FrechetDistance:
    """`frechet_distance` as a `ganzoo.evaluation.measure.Measure`; nothing where N or M does not exceed d."""

    def __call__(self, real, fake):
        enough = min(len(real), len(fake)) > np.prod(np.shape(real)[1:])
        return {"frechet_distance": frechet_distance(real, fake)} if enough else {}


def _root(matrix):
    """Return the root of a positive semi-definite matrix, and the inverse of the root where there is one."""
    values, vectors = np.linalg.eigh(matrix)
    roots = np.sqrt(np.clip(values, 0, None))
    inverses = np.divide(1.0, roots, out=np.zeros_like(roots), where=roots > 1e-7 * roots.max())
    return (vectors * roots) @ vectors.T, (vectors * inverses) @ vectors.T


def _variance(centered, difference, transport):
    """Return the variance of the distance that sampling one of the sets brings: of its samples' influences, over N."""
    influences = 2 * centered @ difference + (centered * (centered - centered @ transport)).sum(axis=1)
    return influences.var(ddof=1) / len(centered)
