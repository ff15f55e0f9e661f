"""Changes to a loss: smoothed or flipped labels; a generator that learns from its best samples, or plays a zero-sum game."""

from keras import ops

from ganzoo.errors import InputError
from ganzoo.losses.base import Loss
from ganzoo.losses.games import NonSaturating
from ganzoo.utils.checks import nonnegative_number, positive_number
from ganzoo.utils.types import Tensor


class LabelNoise(Loss):
    """The discriminator's labels smoothed on the real side (Salimans et al. 2016, arXiv:1606.03498, 3.4), flipped on both
    (Chintala et al. 2016, "How to train a GAN?").

        D minimizes (1 - p) [(1 - s) L(real: 1) + s L(real: 0) + L(fake: 0)] + p [L(real: 0) + L(fake: 1)]

    with L(logit: label) = -log of the probability of that label, s the smoothing and p the share of flipped labels, over which
    the expectation is taken instead of drawing. The generator's loss is that of `loss`. Smoothing the fake side too would raise
    D at fakes that lie where there are no data, which is why it is one-sided.

    Args:
        loss: a `NonSaturating` or `Minimax`: other losses have no labels.
        smoothing: s, from 0 to below 1/2.
        flipping: p, from 0 to below 1/2.

    Raises:
        InputError: for another loss or share.
    """

    def __init__(self, loss: Loss = NonSaturating(), smoothing: float = 0.1, flipping: float = 0.0):  # noqa: B008 - it has no state
        if not isinstance(loss, NonSaturating):
            raise InputError(f"labels can be smoothed only where the loss is a cross-entropy. Received: loss={loss!r}")
        self.loss = loss
        self.smoothing = nonnegative_number("smoothing", smoothing, below=0.5)
        self.flipping = nonnegative_number("flipping", flipping, below=0.5)
        self.generator_sees_real = self.loss.generator_sees_real
        self.zero_is_undecided = self.loss.zero_is_undecided

    def _discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        true = (1 - self.smoothing) * ops.softplus(-real) + self.smoothing * ops.softplus(real) + ops.softplus(fake)
        return (1 - self.flipping) * true + self.flipping * (ops.softplus(real) + ops.softplus(-fake))

    def _generator(self, real: Tensor, fake: Tensor) -> Tensor:
        return self.loss._generator(real, fake)


class TopK(Loss):
    """Another loss whose generator learns from the fakes that look most real (Sinha et al. 2020, arXiv:2002.06224, eq. 3).

        G minimizes the mean of loss(D(y)) over the k fakes y of largest D(y),     k = share * batch size

    As per-sample losses: those of the best `share` of a batch are weighted by 1 / share, all others by 0.

    Args:
        loss: an object of `ganzoo.losses`.
        share: above 0, at most 1.

    Raises:
        InputError: for another share.
    """

    def __init__(self, loss: Loss = NonSaturating(), share: float = 0.75):  # noqa: B008 - it has no state
        if not isinstance(loss, Loss):
            raise InputError(f"loss must be an object of ganzoo.losses. Received: loss={loss!r}")
        if positive_number("share", share) > 1:
            raise InputError(f"share must be at most 1. Received: share={share!r}")
        if isinstance(loss, ZeroSum):
            raise InputError(f"top-k leaves out fakes, and this loss of the generator is about real samples too: {loss!r}")
        self.loss, self.share = loss, float(share)
        self.generator_sees_real = self.loss.generator_sees_real
        self.zero_is_undecided = self.loss.zero_is_undecided

    def _discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        return self.loss._discriminator(real, fake)

    def _generator(self, real: Tensor, fake: Tensor) -> Tensor:
        rank = ops.argsort(ops.argsort(-fake))  # 0 for the fake that looks most real
        chosen = ops.cast(ops.cast(rank, "float32") < self.share * ops.cast(ops.size(fake), "float32"), fake.dtype)
        return self.loss._generator(real, fake) * chosen / ops.mean(chosen)


class ZeroSum(Loss):
    """Another loss whose generator minimizes minus the discriminator's loss, the real samples' term included.

    With `NonSaturating` it is the value of the game of Goodfellow et al. 2014, arXiv:1406.2661, eq. 1. The real samples' term
    has a gradient for the generator only where the discriminator depends on the generator, as in `UnrolledGAN`; elsewhere
    `Minimax` learns the same as `ZeroSum(NonSaturating())`, without evaluating the real samples.

    Args:
        loss: an object of `ganzoo.losses`.

    Raises:
        InputError: for something else.
    """

    generator_sees_real = True

    def __init__(self, loss: Loss = NonSaturating()):  # noqa: B008 - it has no state
        if not isinstance(loss, Loss):
            raise InputError(f"loss must be an object of ganzoo.losses. Received: loss={loss!r}")
        self.loss = loss
        self.zero_is_undecided = self.loss.zero_is_undecided

    def _discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        return self.loss._discriminator(real, fake)

    def _generator(self, real: Tensor, fake: Tensor) -> Tensor:
        return -self.loss._discriminator(real, fake)
