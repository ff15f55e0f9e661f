"""The relativistic GAN with R1 and R2 for digits: Huang et al. 2024, arXiv:2501.05441.

The objective of `ganzoo.RelativisticGAN` on DCGAN's networks, whose discriminator has no batch normalisation, so that both
penalties are about one sample's gradient, as they must be.
"""

from ganzoo.models.dcgan import DCGAN
from ganzoo.models.relativistic import RelativisticGame


class DigitRelativisticGAN(RelativisticGame, DCGAN):
    """The R3GAN objective on DCGAN's networks.

    Args:
        image_shape: height and width multiples of 4, at least 8.
        gamma: weight of both gradient penalties.
        learning_rate: of both optimizers.
        options: as in `DCGAN`.
    """

    def __init__(self, image_shape=(28, 28, 1), gamma=1.0, learning_rate=2e-4, **options):
        super().__init__(image_shape, gamma=gamma, learning_rate=learning_rate, **options)
