"""WGAN-GP: Gulrajani et al. 2017, "Improved Training of Wasserstein GANs", arXiv:1704.00028.

    critic loss = E[D(G(z))] - E[D(x)] + 10 E[(|grad D(x^)| - 1)^2],   x^ uniform on segments between real and generated

The critic is the lecture's without batch normalisation and dropout: the penalty is about one sample's gradient, and both
make the output depend on something else. Adam 2e-4 with beta_1 = 0, beta_2 = 0.9 after the paper's table. Common code draws
the place on the segment from a normal law and takes a square root without an epsilon; neither is done here.
"""

import keras
from keras import layers

from ganzoo import optimizers
from ganzoo.checks import positive_integer
from ganzoo.gan import GAN
from ganzoo.models.wgan import TextureGenerator, WassersteinGame
from ganzoo.regularizers import GradientPenalty


class PlainCritic(TextureGenerator):
    """The lecture's critic without what makes one sample's output depend on the others, of any width."""

    def __init__(self, image_shape, learning_rate, critic_width, **options):
        self.critic_width = positive_integer("critic_width", critic_width)
        super().__init__(image_shape, learning_rate, **options)

    def build_discriminator(self):
        body = []
        for filters, strides in ((16, 2), (32, 2), (64, 2), (128, 1)):
            body += [
                layers.Conv2D(self.critic_width * filters, 3, strides=strides, padding="same"),
                layers.LeakyReLU(0.2),
            ]
        return keras.Sequential([keras.Input(self.image_shape), *body, layers.Flatten(), layers.Dense(1)], name="critic")


class WGANGP(WassersteinGame, PlainCritic, GAN):
    """WGAN with a gradient penalty instead of clipping.

    Args:
        image_shape: height and width multiples of 4, at least 8.
        penalty: weight of the gradient penalty.
        critic_width: positive int, multiplies the critic's filters (16, 32, 64, 128).
        learning_rate: of both optimizers.
        options: as in `GAN`.
    """

    def __init__(self, image_shape=(32, 32, 3), penalty=10.0, critic_width=1, learning_rate=2e-4, **options):
        options.setdefault("regularizers", [GradientPenalty(penalty)])
        super().__init__(image_shape, learning_rate, critic_width, **options)

    def build_optimizers(self):
        return tuple(optimizers.Adam(self.learning_rate, beta_1=0.0, beta_2=0.9) for _ in range(2))
