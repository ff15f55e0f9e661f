"""The kernel distance: squared maximum mean discrepancy under a cubic kernel; KID, where the features are Inception's."""

import dataclasses

import numpy as np

from ganzoo.evaluation.measure import Estimate
from ganzoo.evaluation.metrics.checks import feature_pair
from ganzoo.utils.checks import check_int


def kernel_distance(real, fake, blocks=10, seed=0):
    """Estimate the squared maximum mean discrepancy under k(x, y) = (x.y / d + 1)^3, without bias.

    Args:
        real, fake: features `(N, d)` and `(M, d)`.
        blocks: number of parts that the shuffled sets are cut into, which bounds memory by the square of a part; int of at
            least 2.
        seed: int; shuffles, as data may be sorted by class.

    Returns:
        `Estimate`: the mean of the parts' estimates, which may fall a little below 0, and its standard error.

    Raises:
        InputError: for NaN, mixed widths, fewer than 2 blocks, or fewer than 2 samples a block.

    Reference: Bińkowski et al. 2018, arXiv:1801.01401, section 4; Gretton et al. 2012.
    """
    return _mean(kernel_estimates(real, fake, blocks, seed))


def excess_kernel_distance(real, fake, other, blocks=10, seed=0):
    """Estimate how much farther generated examples are from real ones than another set is, such as more real ones.

    Args:
        real, fake, other: features `(N, d)`, `(M, d)` and `(K, d)`.
        blocks, seed: as in `kernel_distance`.

    Returns:
        `Estimate`: `kernel_distance(real, fake) - kernel_distance(real, other)`, and the standard error of the difference: both
        are about the same parts of `real`, so that it is less than their errors taken together.

    Raises:
        InputError: as `kernel_distance`.
    """
    return _mean(kernel_estimates(real, fake, blocks, seed) - kernel_estimates(real, other, blocks, seed))


def kernel_estimates(real, fake, blocks=10, seed=0):
    """Return the estimates of the single parts, array `(blocks,)`; see `kernel_distance`."""
    blocks = check_int("blocks", blocks, 2)
    rng = np.random.default_rng(seed)
    parts = [np.array_split(rng.permutation(points), blocks) for points in feature_pair(real, fake, least=2 * blocks)]
    return np.array([_squared_discrepancy(a, b) for a, b in zip(*parts, strict=True)])


def _mean(estimates):
    return Estimate(float(np.mean(estimates)), float(np.std(estimates, ddof=1) / np.sqrt(len(estimates))))


@dataclasses.dataclass(frozen=True)
class KernelDistance:
    """`kernel_distance` as a `ganzoo.evaluation.measure.Measure`; nothing where N or M is below 2 * blocks."""

    blocks: int = 10
    seed: int = 0

    def __call__(self, real, fake):
        enough = min(len(real), len(fake)) >= 2 * self.blocks
        return {"kernel_distance": kernel_distance(real, fake, self.blocks, self.seed)} if enough else {}


def _squared_discrepancy(a, b):
    """Return the unbiased estimate on one pair of sets."""

    def kernel(x, y):
        return (x @ y.T / x.shape[1] + 1.0) ** 3

    def off_diagonal_mean(matrix):
        return (matrix.sum() - np.trace(matrix)) / (len(matrix) * (len(matrix) - 1))

    return off_diagonal_mean(kernel(a, a)) + off_diagonal_mean(kernel(b, b)) - 2 * kernel(a, b).mean()
