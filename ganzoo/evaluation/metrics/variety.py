"""Variety of samples: distance between samples, and effective number of modes."""

import numpy as np

from ganzoo.evaluation.metrics.checks import feature_pair
from ganzoo.utils.checks import positive_integer


def rms_pairwise_distance(points):
    """Return the root mean squared distance between two different points.

    Args:
        points: features `(N, d)`, N at least 2.

    Returns:
        float, at least 0, in units of the features; sqrt(2) times the standard deviation of the set, all axes together.
    """
    points = feature_pair(points, points, least=2)[0]
    return float(np.sqrt(2 * points.var(axis=0, ddof=1).sum()))


def cluster_centers(real, clusters=20, seed=0):
    """Return the centers of a set's clusters, found by k-means.

    Args:
        real: features `(N, d)`, N at least `clusters`.
        clusters: positive int.
        seed: int.

    Returns:
        float64 `(clusters, d)`.
    """
    clusters = positive_integer("clusters", clusters)
    from sklearn.cluster import KMeans  # slow to import, and not needed for most runs

    real = feature_pair(real, real, least=clusters)[0]
    return KMeans(clusters, n_init=3, random_state=seed).fit(real).cluster_centers_


def effective_modes(points, centers):
    """Return exp(entropy) of the shares in which points fall to their nearest centers.

    K when all K centers get equally many, 1 when one gets all: the number of equally frequent modes of the same entropy
    (Hill 1973, "Diversity and evenness", order 1).

    Args:
        points: features `(N, d)`.
        centers: features `(K, d)`, e.g. of `cluster_centers`.
    """
    points, centers = feature_pair(points, centers, least=1)
    distances = (centers**2).sum(axis=1) - 2 * points @ centers.T
    shares = np.bincount(distances.argmin(axis=1), minlength=len(centers)) / len(points)
    seen = shares[shares > 0]
    return float(np.exp(-(seen * np.log(seen)).sum()))
