"""A relativistic GAN with R1 and R2: Huang et al. 2024, "The GAN is dead; long live the GAN!", arXiv:2501.05441.

    discriminator: E[softplus(D(G(z)) - D(x))] + gamma/2 (|grad D(x)|^2 + |grad D(G(z))|^2)
    generator:     E[softplus(D(x) - D(G(z)))]

The paper's objective on the texture networks of lecture 004: the generator is the lecture's, the discriminator is its critic
without normalization and dropout, four times as wide. One discriminator update a step, Adam 2e-4, beta_1 = 0, beta_2 = 0.99.
"""

from ganzoo import networks, objectives
from ganzoo.gan import GAN


class RelativisticGAN(GAN):
    """The R3GAN objective on the lecture's texture networks; `RelativisticGAN(networks=networks.DCGAN())` on DCGAN's.

    Args:
        image_shape: height and width multiples of 4, at least 8.
        options: as in `GAN`.

    Example:
        >>> RelativisticGAN((8, 8, 1)).n_critic
        1
    """

    default_image_shape = (32, 32, 3)
    default_objective = staticmethod(objectives.relativistic)

    @staticmethod
    def default_networks():
        return networks.Texture(critic_norm=False, critic_width=4)
