"""WGAN and WGAN-GP for digits: Arjovsky et al. 2017, arXiv:1701.07875; Gulrajani et al. 2017, arXiv:1704.00028.

The objectives of `ganzoo.WGAN` and `ganzoo.WGANGP` on DCGAN's networks, as the textbook that lecture 004 teaches from has them
for MNIST. The critic has no batch normalisation, so the penalty is about one sample's gradient, as it must be; clipping
meets the kernels, biases stay free.
"""

from ganzoo import optimizers
from ganzoo.models.dcgan import DCGAN
from ganzoo.models.wgan import WassersteinGame
from ganzoo.regularizers import GradientPenalty, WeightClip


class DigitWGAN(WassersteinGame, DCGAN):
    """DCGAN's networks in the Wasserstein game with clipped kernels; RMSprop 5e-5, n_critic 5.

    Args:
        image_shape: height and width multiples of 4, at least 8.
        clip: limit of the critic's kernels after each of its updates.
        learning_rate: of both optimizers.
        options: as in `DCGAN`.
    """

    def __init__(self, image_shape=(28, 28, 1), clip=0.01, learning_rate=5e-5, **options):
        options.setdefault("regularizers", [WeightClip(clip)])
        super().__init__(image_shape, learning_rate=learning_rate, **options)

    def build_optimizers(self):
        return optimizers.RMSprop(self.learning_rate), optimizers.RMSprop(self.learning_rate)


class DigitWGANGP(WassersteinGame, DCGAN):
    """DCGAN's networks in the Wasserstein game with a gradient penalty; Adam 1e-4, beta_1 0.5, beta_2 0.9, n_critic 5.

    Args:
        image_shape: height and width multiples of 4, at least 8.
        penalty: weight of the gradient penalty.
        learning_rate: of both optimizers.
        options: as in `DCGAN`.
    """

    def __init__(self, image_shape=(28, 28, 1), penalty=10.0, learning_rate=1e-4, **options):
        options.setdefault("regularizers", [GradientPenalty(penalty)])
        super().__init__(image_shape, learning_rate=learning_rate, **options)

    def build_optimizers(self):
        return tuple(optimizers.Adam(self.learning_rate, beta_1=0.5, beta_2=0.9) for _ in range(2))
