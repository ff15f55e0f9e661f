"""The sliced Wasserstein distance: the mean over one-dimensional projections of two sets."""

import dataclasses

import numpy as np
from scipy.stats import wasserstein_distance

from ganzoo.evaluation.measure import Estimate
from ganzoo.evaluation.metrics.checks import feature_pair
from ganzoo.utils.checks import positive_integer


def sliced_wasserstein_distance(real, fake, slices=256, seed=0):
    """Estimate the mean Wasserstein-1 distance of projections on random directions.

    Args:
        real, fake: features `(N, d)` and `(M, d)`.
        slices: directions, uniform on the sphere; positive int.
        seed: int; decides the directions.

    Returns:
        `Estimate`: the mean, in units of the features, and its standard error over directions.

    Raises:
        InputError: for NaN or mixed widths.

    Reference: Rabin et al. 2011, "Wasserstein barycenter and its application to texture mixing".
    """
    slices = positive_integer("slices", slices)
    real, fake = feature_pair(real, fake)
    directions = np.random.default_rng(seed).normal(size=(real.shape[1], slices))
    directions /= np.linalg.norm(directions, axis=0)
    projections = ((x @ directions).T for x in (real, fake))
    distances = np.array([wasserstein_distance(*pair) for pair in zip(*projections, strict=True)])
    return Estimate(float(distances.mean()), float(distances.std(ddof=1) / np.sqrt(slices)) if slices > 1 else None)


@dataclasses.dataclass(frozen=True)
class SlicedWassersteinDistance:
    """`sliced_wasserstein_distance` as a `ganzoo.evaluation.measure.Measure`."""

    slices: int = 256
    seed: int = 0

    def __call__(self, real, fake):
        return {"sliced_wasserstein_distance": sliced_wasserstein_distance(real, fake, self.slices, self.seed)}
