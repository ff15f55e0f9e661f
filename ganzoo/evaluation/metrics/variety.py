"""How different samples are from one another, without knowing what they show."""

import numpy as np
from sklearn.cluster import KMeans

from ganzoo.errors import InputError
from ganzoo.evaluation.metrics.checks import feature_pair


def mean_pairwise_distance(points):
    """Return the root mean squared distance between two different points.

    Args:
        points: features `(N, d)`, N at least 2.

    Returns:
        float, at least 0, in units of the features; sqrt(2) times the standard deviation of the set, all axes together.
    """
    points = feature_pair(points, points, least=2)[0]
    return float(np.sqrt(2 * points.var(axis=0, ddof=1).sum()))


def cluster_centres(real, clusters=20, seed=0):
    """Return the centres of a set's clusters, found by k-means.

    Args:
        real: features `(N, d)`, N at least `clusters`.
        clusters: positive int.
        seed: int.

    Returns:
        float64 `(clusters, d)`.
    """
    if clusters < 1:
        raise InputError(f"clusters must be at least 1. Received: clusters={clusters}")
    real = feature_pair(real, real, least=clusters)[0]
    return KMeans(clusters, n_init=3, random_state=seed).fit(real).cluster_centers_


def effective_modes(points, centres):
    """Return exp(entropy) of the shares in which points fall to their nearest centres.

    K when all K centres get equally many, 1 when one gets all: the number of equally frequent modes of the same entropy
    (Hill 1973, "Diversity and evenness", order 1).

    Args:
        points: features `(N, d)`.
        centres: features `(K, d)`, e.g. of `cluster_centres`.
    """
    points, centres = feature_pair(points, centres, least=1)
    distances = (centres**2).sum(axis=1) - 2 * points @ centres.T
    shares = np.bincount(distances.argmin(axis=1), minlength=len(centres)) / len(points)
    seen = shares[shares > 0]
    return float(np.exp(-(seen * np.log(seen)).sum()))
