"""The losses of games with a name of their own. With D = sigmoid(v): -log D = softplus(-v), -log(1 - D) = softplus(v)."""

from keras import ops

from ganzoo.losses.base import Loss
from ganzoo.utils.checks import nonnegative_number


class NonSaturating(Loss):
    """Binary cross-entropy with the generator maximizing log D(G(z)) (Goodfellow et al. 2014, arXiv:1406.2661, section 3).

    D minimizes -log D(x) - log(1 - D(G(z))),     G minimizes -log D(G(z))
    """

    zero_is_undecided = True

    def _discriminator(self, real, fake):
        return ops.softplus(-real) + ops.softplus(fake)

    def _generator(self, real, fake):
        return ops.softplus(-fake)


class Minimax(NonSaturating):
    """The zero-sum game of Goodfellow et al. 2014, arXiv:1406.2661, eq. 1: G minimizes log(1 - D(G(z))), flat where D wins."""

    def _generator(self, real, fake):
        return -ops.softplus(fake)


class Wasserstein(Loss):
    """The critic's estimate of the Wasserstein-1 distance (Arjovsky et al. 2017, arXiv:1701.07875, eq. 2-3).

        D minimizes D(G(z)) - D(x) + drift D(x)^2,     G minimizes -D(G(z))

    Needs a critic that is (about) 1-Lipschitz: weight clipping or a gradient penalty.

    Args:
        drift: weight of D(x)^2 for real x, which keeps the critic's outputs near 0 (Karras et al. 2017, arXiv:1710.10196,
            appendix A.1, with 0.001); at least 0.
    """

    def __init__(self, drift: float = 0.0):
        self.drift = nonnegative_number("drift", drift)

    def _discriminator(self, real, fake):
        return fake - real + self.drift * ops.square(real)

    def _generator(self, real, fake):
        return -fake


class Hinge(Loss):
    """Hinge loss for D, linear loss for G (Lim & Ye 2017, arXiv:1705.02894).

    D minimizes max(0, 1 - D(x)) + max(0, 1 + D(G(z))),     G minimizes -D(G(z))
    """

    zero_is_undecided = True

    def _discriminator(self, real, fake):
        return ops.relu(1.0 - real) + ops.relu(1.0 + fake)

    def _generator(self, real, fake):
        return -fake


class LeastSquares(Loss):
    """Least squares with targets a = 0 (fake), b = c = 1 (Mao et al. 2017, arXiv:1611.04076, eq. 2).

    D minimizes 1/2 (D(x) - 1)^2 + 1/2 D(G(z))^2,     G minimizes 1/2 (D(G(z)) - 1)^2
    """

    def _discriminator(self, real, fake):
        return 0.5 * (ops.square(real - 1.0) + ops.square(fake))

    def _generator(self, real, fake):
        return 0.5 * ops.square(fake - 1.0)


class Relativistic(Loss):
    """Pairing loss: D says which of a real and a fake sample is the real one (RpGAN; Jolicoeur-Martineau 2018,
    arXiv:1807.00734; with R1 + R2 it has convergence guarantees: Huang et al. 2024, "R3GAN", arXiv:2501.05441).

        D minimizes softplus(D(G(z)) - D(x)),     G minimizes softplus(D(x) - D(G(z)))
    """

    generator_sees_real = True

    def _discriminator(self, real, fake):
        return ops.softplus(fake - real)

    def _generator(self, real, fake):
        return ops.softplus(real - fake)
