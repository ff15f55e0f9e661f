"""The losses of the game, each a pair: what the discriminator minimizes and what the generator minimizes.

All take discriminator logits (no sigmoid: it lives here, in its stable softplus form), real first, and return one number
per sample, `(N,)`; the mean is taken once, by the training step. A high logit means "real". With D = sigmoid(logit):
-log D = softplus(-logit) and -log(1 - D) = softplus(logit), finite in value and gradient for any float32 logit.
"""

from keras import ops

from ganzoo.core.config import Configurable
from ganzoo.errors import InputError
from ganzoo.utils.checks import check_choice
from ganzoo.utils.types import Tensor


def _paired(real_logits, fake_logits):
    """Return both as `(N,)`: `(N, 1)` against `(N,)` would broadcast to `(N, N)` and still train, wrongly."""
    real, fake = ops.convert_to_tensor(real_logits), ops.convert_to_tensor(fake_logits)
    for name, logits in (("real_logits", real), ("fake_logits", fake)):
        if len(logits.shape) > 2 or (len(logits.shape) == 2 and logits.shape[1] != 1) or len(logits.shape) == 0:
            raise ValueError(f"{name} must be of shape (N,) or (N, 1). Received: {name}.shape={tuple(logits.shape)}")
    if None not in (real.shape[0], fake.shape[0]) and real.shape[0] != fake.shape[0]:
        raise ValueError(
            "real_logits and fake_logits must have the same batch size. "
            f"Received: real_logits.shape={tuple(real.shape)}, fake_logits.shape={tuple(fake.shape)}"
        )
    return ops.reshape(real, (-1,)), ops.reshape(fake, (-1,))


class Loss(Configurable):
    """A pair of losses. Subclasses write `_discriminator` and `_generator` on logits of shape `(N,)`.

    Attributes:
        generator_sees_real: True where the generator's loss needs the real logits too (relativistic losses); the
            training step then pays for them.
    """

    generator_sees_real: bool = False

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Return the discriminator's loss per sample.

        Args:
            real_logits: float tensor `(N,)` or `(N, 1)`, the discriminator on real samples.
            fake_logits: the same on generated samples.

        Returns:
            float tensor `(N,)`, to be minimized.

        Raises:
            ValueError: if the shapes are others.
        """
        return self._discriminator(*_paired(real_logits, fake_logits))

    def generator(self, real_logits: Tensor | None, fake_logits: Tensor) -> Tensor:
        """Return the generator's loss per sample; arguments and result as `discriminator`.

        `real_logits` may be None unless `generator_sees_real`.
        """
        if real_logits is None:
            real_logits = fake_logits
        return self._generator(*_paired(real_logits, fake_logits))

    def _discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        raise NotImplementedError(f"{type(self).__name__} must define _discriminator.")

    def _generator(self, real: Tensor, fake: Tensor) -> Tensor:
        raise NotImplementedError(f"{type(self).__name__} must define _generator.")


class NonSaturating(Loss):
    """Binary cross-entropy with the generator maximizing log D(G(z)) (Goodfellow et al. 2014, arXiv:1406.2661, section 3)."""

    def _discriminator(self, real, fake):
        return ops.softplus(-real) + ops.softplus(fake)

    def _generator(self, real, fake):
        return ops.softplus(-fake)


class Minimax(NonSaturating):
    """The zero-sum game of Goodfellow et al. 2014, eq. 1: G minimizes log(1 - D(G(z))), flat where D wins."""

    def _generator(self, real, fake):
        return -ops.softplus(fake)


class Wasserstein(Loss):
    """The critic's estimate of the Wasserstein-1 distance (Arjovsky et al. 2017, arXiv:1701.07875, eq. 2-3).

    Needs a critic that is (about) 1-Lipschitz: weight clipping or a gradient penalty.
    """

    def _discriminator(self, real, fake):
        return fake - real

    def _generator(self, real, fake):
        return -fake


class Hinge(Loss):
    """Hinge loss for D, linear loss for G (Lim & Ye 2017, arXiv:1705.02894)."""

    def _discriminator(self, real, fake):
        return ops.relu(1.0 - real) + ops.relu(1.0 + fake)

    def _generator(self, real, fake):
        return -fake


class LeastSquares(Loss):
    """Least squares with targets a = 0 (fake), b = c = 1 (Mao et al. 2017, arXiv:1611.04076, eq. 2)."""

    def _discriminator(self, real, fake):
        return 0.5 * (ops.square(real - 1.0) + ops.square(fake))

    def _generator(self, real, fake):
        return 0.5 * ops.square(fake - 1.0)


class Relativistic(Loss):
    """Pairing loss: D says which of a real and a fake sample is the real one (RpGAN; Jolicoeur-Martineau 2018,
    arXiv:1807.00734; with R1 + R2 it has convergence guarantees: Huang et al. 2024, "R3GAN", arXiv:2501.05441)."""

    generator_sees_real = True

    def _discriminator(self, real, fake):
        return ops.softplus(fake - real)

    def _generator(self, real, fake):
        return ops.softplus(real - fake)


# Name on the command line, and where a loss is given as a string -> class.
BY_NAME: dict[str, type[Loss]] = {
    "non_saturating": NonSaturating,
    "minimax": Minimax,
    "least_squares": LeastSquares,
    "hinge": Hinge,
    "wasserstein": Wasserstein,
    "relativistic": Relativistic,
}


def get(loss: Loss | str) -> Loss:
    """Return a loss: `loss` itself, or a new one of the name that a string holds.

    Raises:
        InputError: for another name or type.
    """
    if isinstance(loss, str):
        return BY_NAME[check_choice("loss", loss, BY_NAME)]()
    if not isinstance(loss, Loss):
        raise InputError(f"loss must be one of ganzoo.losses. Received: loss={loss!r}")
    return loss
