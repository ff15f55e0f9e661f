"""A relativistic GAN with R1 and R2: Huang et al. 2024, "The GAN is dead; long live the GAN!", arXiv:2501.05441.

    discriminator: E[softplus(D(G(z)) - D(x))] + gamma/2 (|grad D(x)|^2 + |grad D(G(z))|^2)
    generator:     E[softplus(D(x) - D(G(z)))]

The paper's objective on the texture networks of lecture 004: the generator is the lecture's, the discriminator is its critic
without normalisation and dropout, four times as wide. One discriminator update a step, Adam 2e-4, beta_1 = 0, beta_2 = 0.99.
"""

import keras

from ganzoo import losses
from ganzoo.models.wgan_gp import WGANGP
from ganzoo.regularizers import R1, R2


class RelativisticGAN(WGANGP):
    """The R3GAN objective on the lecture's texture networks.

    Args:
        image_shape: height and width multiples of 4, at least 8.
        gamma: weight of both gradient penalties.
        critic_width: positive int, multiplies the discriminator's filters (16, 32, 64, 128).
        options: as in `GAN`.
    """

    def __init__(self, image_shape=(32, 32, 3), gamma=1.0, critic_width=4, **options):
        options.setdefault("loss", losses.Relativistic())
        options.setdefault("regularizers", [R1(gamma), R2(gamma)])
        options.setdefault("n_critic", 1)
        super().__init__(image_shape, critic_width=critic_width, **options)

    def build_optimizers(self):
        return tuple(keras.optimizers.Adam(self.learning_rate, beta_1=0.0, beta_2=0.99) for _ in range(2))
