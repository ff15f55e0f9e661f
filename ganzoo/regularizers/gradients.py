"""Penalties on the slope of a discriminator at real examples, generated ones, or between them."""

from __future__ import annotations

from collections.abc import Callable

from keras import ops

from ganzoo import backend
from ganzoo.regularizers.base import Regularizer
from ganzoo.utils.checks import positive_number
from ganzoo.utils.types import Tensor


def _squared_norm(gradients):
    return ops.sum(ops.square(gradients), axis=tuple(range(1, len(gradients.shape))))


class GradientPenalty(Regularizer):
    """weight * (|grad D(x)| - 1)^2 at x drawn uniformly on segments from real to fake (Gulrajani et al. 2017,
    arXiv:1704.00028, eq. 3). The square root has an epsilon, so a zero gradient stays differentiable.

    Batch normalization in the critic makes one sample's output depend on the others and voids the penalty (section 4): a GAN
    with both is refused.

    Args:
        weight: positive float.
        one_sided: penalize only slopes above 1, weight * max(0, |grad D(x)| - 1)^2: the slope of an optimal critic is at most
            1, and equals 1 only along the transport paths (Petzka et al. 2018, arXiv:1709.08894, eq. 7).
    """

    about_examples = True
    refuses_batch_norm = True

    def __init__(self, weight: float = 10.0, one_sided: bool = False):
        self.weight = positive_number("weight", weight)
        self.one_sided = bool(one_sided)

    def places(self, batch: dict[str, Tensor], seed: Tensor) -> Tensor:
        """Return the examples at which the slope is taken."""
        real, fake = batch["real"], batch["fake"]
        shape = (ops.shape(real)[0],) + (1,) * (len(real.shape) - 1)
        return real + backend.uniform(shape, seed) * (fake - real)

    def penalty(self, call: Callable[[Tensor], Tensor], batch: dict[str, Tensor], seed: Tensor, step: Tensor) -> Tensor | None:
        gradients = backend.input_gradient(call, self.places(batch, seed))
        excess = ops.sqrt(_squared_norm(gradients) + 1e-12) - 1.0
        return self.weight * ops.square(ops.relu(excess) if self.one_sided else excess)


class DRAGAN(GradientPenalty):
    """weight * (|grad D(x + d)| - 1)^2 around real samples, d ~ N(0, c^2 s^2 I) (Kodali et al. 2017, arXiv:1705.07215).

    s is the standard deviation of the real batch, all values together, as in the authors' code, whose noise is uniform.

    Args:
        weight: positive float.
        deviation: c, positive float.
        one_sided: as in `GradientPenalty`.
    """

    refuses_batch_norm = False

    def __init__(self, weight: float = 10.0, deviation: float = 0.5, one_sided: bool = False):
        super().__init__(weight, one_sided)
        self.deviation = positive_number("deviation", deviation)

    def places(self, batch: dict[str, Tensor], seed: Tensor) -> Tensor:
        real = batch["real"]
        return real + self.deviation * ops.std(real) * backend.normal(ops.shape(real), seed)


class R1(Regularizer):
    """weight / 2 * |grad D|^2 on real samples (Mescheder et al. 2018, arXiv:1801.04406, eq. 9); weight: positive float."""

    on: str = "real"
    about_examples = True

    def __init__(self, weight: float = 10.0):
        self.weight = positive_number("weight", weight)

    def penalty(self, call: Callable[[Tensor], Tensor], batch: dict[str, Tensor], seed: Tensor, step: Tensor) -> Tensor | None:
        return 0.5 * self.weight * _squared_norm(backend.input_gradient(call, batch[self.on]))


class R2(R1):
    """weight / 2 * |grad D|^2 on generated samples (Mescheder et al. 2018, arXiv:1801.04406); weight: positive float."""

    on = "fake"
