"""How many modes of a known mixture a generator covers."""

import numpy as np

from ganzoo.evaluation.measure import Estimate, mean_estimate
from ganzoo.evaluation.metrics.checks import feature_pair
from ganzoo.utils.checks import positive_number


def mode_coverage(points, centers, sigma, within=3.0):
    """Count the modes that points fall into.

    Args:
        points: floats `(N, d)`.
        centers: floats `(K, d)`, of equally likely round Gaussians.
        sigma: their standard deviation.
        within: maximum distance of a high-quality point from its nearest center, in standard deviations.

    Returns:
        Dictionary {name: `Estimate`}: `modes`, the number of centers with at least one high-quality point; `high_quality`, the
        share of such points, with its standard error; `kl`, the divergence in nats of the points' mode shares from the true,
        equal ones: sum of p log(p K), 0 when all modes are equally frequent.

    Reference: Srivastava et al. 2017, VEEGAN, arXiv:1705.07761, section 4.1; Lin et al. 2018, PacGAN, arXiv:1712.04086.
    """
    reach = positive_number("sigma", sigma) * positive_number("within", within)
    points, centers = feature_pair(points, centers, least=1)
    distances = np.linalg.norm(points[:, None] - centers, axis=2)
    nearest = distances.argmin(axis=1)
    good = distances[np.arange(len(points)), nearest] <= reach
    shares = np.bincount(nearest, minlength=len(centers)) / len(points)
    seen = shares[shares > 0]
    return {
        "modes": Estimate(len(np.unique(nearest[good]))),
        "high_quality": mean_estimate(good),
        "kl": Estimate(float((seen * np.log(seen * len(centers))).sum())),
    }
