"""Losses of f-GAN: Nowozin, Cseke, Tomioka 2016, arXiv:1606.00709, eq. 6 and tables 1 and 2.

    max_T E_x[T(x)] - E_z[f*(T(G(z)))] <= D_f(p || q),     T = g_f(v), v the discriminator's logit

so minus the discriminator's loss is a lower bound of the divergence, reached where T = f'(p / q). In three of them exponentials
would overflow: above an exponent of 20 they are continued by their tangent, so that logits of up to 1e18 have a finite loss
and gradient. The paper's seventh divergence, GAN's, is `NonSaturating`.
"""

import math

from keras import ops

from ganzoo.losses.base import Loss
from ganzoo.utils.types import Tensor

STEEPEST = 20.0  # exponent from which an exponential goes on as its tangent


def _exp(x):
    bounded = ops.exp(ops.minimum(x, STEEPEST))
    return bounded * (1.0 + ops.maximum(x - STEEPEST, 0.0))


class FDivergence(Loss):
    """Base of the f-divergences, which define `output`, g_f(v), and `conjugate`, f*(g_f(v)), as functions of a logit v.

    The generator maximizes E[g_f(v)] (the paper's section 3.2: the same fixed points, and no flat start), or, saturating,
    minimizes -E[f*(g_f(v))], the bound itself.

    Args:
        saturating: whether the generator minimizes the bound itself.
    """

    def __init__(self, saturating: bool = False):
        self.saturating = bool(saturating)

    def output(self, v: Tensor) -> Tensor:
        """Return T = g_f(v)."""
        raise NotImplementedError(f"{type(self).__name__} must define output.")

    def conjugate(self, v: Tensor) -> Tensor:
        """Return f*(g_f(v))."""
        raise NotImplementedError(f"{type(self).__name__} must define conjugate.")

    def _discriminator(self, real, fake):
        return self.conjugate(fake) - self.output(real)

    def _generator(self, real, fake):
        return -self.conjugate(fake) if self.saturating else -self.output(fake)


class KL(FDivergence):
    """KL(p || q), f(u) = u log u: g_f(v) = v, f*(t) = exp(t - 1). Its generator covers all that the data have."""

    def output(self, v):
        return v

    def conjugate(self, v):
        return _exp(v - 1.0)


class ReverseKL(FDivergence):
    """KL(q || p), f(u) = -log u: g_f(v) = -exp(-v), f*(t) = -1 - log(-t). Its generator keeps to what it is sure of."""

    def output(self, v):
        return -_exp(-v)

    def conjugate(self, v):
        return v - 1.0


class Pearson(FDivergence):
    """Pearson's chi^2, f(u) = (u - 1)^2: g_f(v) = v, f*(t) = t^2 / 4 + t."""

    def output(self, v):
        return v

    def conjugate(self, v):
        return 0.25 * ops.square(v) + v


class Hellinger(FDivergence):
    """Squared Hellinger distance, f(u) = (sqrt u - 1)^2: g_f(v) = 1 - exp(-v), f*(t) = t / (1 - t)."""

    def output(self, v):
        return 1.0 - _exp(-v)

    def conjugate(self, v):
        return _exp(v) - 1.0


class JensenShannon(FDivergence):
    """Twice the Jensen-Shannon divergence, f(u) = u log u - (u + 1) log((u + 1) / 2), in nats:
    g_f(v) = log 2 - log(1 + exp(-v)), f*(t) = -log(2 - exp(t))."""

    zero_is_undecided = True

    def output(self, v):
        return math.log(2.0) - ops.softplus(-v)

    def conjugate(self, v):
        return ops.softplus(v) - math.log(2.0)


class TotalVariation(FDivergence):
    """Total variation, f(u) = |u - 1| / 2: g_f(v) = tanh(v) / 2, f*(t) = t."""

    def output(self, v):
        return 0.5 * ops.tanh(v)

    def conjugate(self, v):
        return 0.5 * ops.tanh(v)
