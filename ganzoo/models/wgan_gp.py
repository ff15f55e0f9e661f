"""WGAN-GP: Gulrajani et al. 2017, "Improved Training of Wasserstein GANs", arXiv:1704.00028.

    critic loss = E[D(G(z))] - E[D(x)] + 10 E[(|grad D(x^)| - 1)^2],   x^ uniform on segments between real and generated

The critic is the lecture's without batch normalization and dropout: the penalty is about one sample's gradient, and both
make the output depend on something else. Adam 2e-4 with beta_1 = 0, beta_2 = 0.9 after the paper's table. Common code draws
the place on the segment from a normal distribution and takes a square root without an epsilon; neither is done here.
"""

from ganzoo import networks, objectives
from ganzoo.gan import GAN


class WGANGP(GAN):
    """WGAN with a gradient penalty instead of clipping: `networks.Texture(critic_norm=False)`, `objectives.wasserstein_gp`.

    Args:
        image_shape: height and width multiples of 4, at least 8.
        options: as in `GAN`.

    Example:
        >>> WGANGP((8, 8, 1)).objective.regularizers
        (GradientPenalty(),)
    """

    default_image_shape = (32, 32, 3)
    default_objective = staticmethod(objectives.wasserstein_gp)

    @staticmethod
    def default_networks():
        return networks.Texture(critic_norm=False)
