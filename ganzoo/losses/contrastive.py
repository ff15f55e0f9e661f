"""The contrastive loss of Hadsell, Chopra, LeCun 2006, "Dimensionality Reduction by Learning an Invariant Mapping", eq. 4."""

from keras import ops

from ganzoo.utils.types import Tensor


def contrastive(one: Tensor, other: Tensor, same: Tensor, margin: float = 1.0) -> Tensor:
    """Return s d^2 / 2 + (1 - s) max(0, m - d)^2 / 2, with d the Euclidean distance: near if the same, else a margin apart.

    Args:
        one, other: features, float `(N, F)`.
        same: `(N,)`, 1 where both belong together, else 0.
        margin: above 0; pairs that do not belong together and are further apart cost nothing.

    Returns:
        float `(N,)`. Its gradient is finite where features are equal.

    Example:
        >>> [float(each) for each in contrastive(ops.zeros((2, 1)), ops.ones((2, 1)), ops.array([1.0, 0.0]), 3.0)]
        [0.5, 2.0]
    """
    square = ops.sum(ops.square(one - other), axis=-1)
    distance = ops.sqrt(ops.maximum(square, 1e-12))
    same = ops.cast(same, square.dtype)
    return 0.5 * (same * square + (1.0 - same) * ops.square(ops.relu(margin - distance)))
