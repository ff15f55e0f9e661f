"""The Fréchet distance between the Gaussians that fit two sets of features: FID, where the features are Inception's."""

import numpy as np

from ganzoo.metrics.checks import feature_pair


def frechet_distance(real, fake):
    """Measure |m - m'|^2 + tr(S + S' - 2 (S S')^(1/2)) of the means m and covariances S of two sets.

    It is biased upward by a term of order d / N: compare equal N only, and beside the distance of real to real.

    Args:
        real, fake: features `(N, d)` and `(M, d)`, N and M above d, or the covariances would be singular.

    Returns:
        float, at least 0, in squared units of the features.

    Raises:
        InputError: for NaN, mixed widths, or too few samples for a covariance.

    Reference: Heusel et al. 2017, arXiv:1706.08500, section 4 (Dowson & Landau 1982).
    """
    width = int(np.prod(np.shape(real)[1:], dtype=int))
    real, fake = feature_pair(real, fake, least=width + 1)
    (m, s), (n, t) = ((x.mean(axis=0), np.atleast_2d(np.cov(x, rowvar=False))) for x in (real, fake))
    values, vectors = np.linalg.eigh(s)
    root = vectors * np.sqrt(np.clip(values, 0, None)) @ vectors.T
    # S S' has the eigenvalues of the symmetric S^(1/2) S' S^(1/2), whose roots are real.
    cross = np.sqrt(np.clip(np.linalg.eigvalsh(root @ t @ root), 0, None)).sum()
    return float(max(0.0, np.sum((m - n) ** 2) + np.trace(s) + np.trace(t) - 2 * cross))
