"""LSGAN: Mao et al. 2017, "Least Squares Generative Adversarial Networks", arXiv:1611.04076, on lecture 004's networks.

    discriminator: 1/2 E[(D(x) - 1)^2] + 1/2 E[D(G(z))^2]          generator: 1/2 E[(D(G(z)) - 1)^2]

The sigmoid's tails are flat, so the cross-entropy tells a generator little about fakes far on the real side of the decision
boundary; the square pulls them back. D is linear and near 0 or 1, hence D itself is logged. Everything else is DCGAN's.
"""

from ganzoo import networks, objectives
from ganzoo.gan import GAN


class LSGAN(GAN):
    """DCGAN's networks with the least-squares loss, targets a = 0, b = c = 1.

    Args:
        image_shape: height and width multiples of 4, at least 8.
        options: as in `GAN`.

    Example:
        >>> LSGAN((8, 8, 1)).objective.loss
        LeastSquares()
    """

    default_networks = networks.DCGAN
    default_objective = staticmethod(objectives.least_squares)
