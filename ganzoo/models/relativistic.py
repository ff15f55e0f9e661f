"""A relativistic GAN with R1 and R2: Huang et al. 2024, "The GAN is dead; long live the GAN!", arXiv:2501.05441.

    discriminator: E[softplus(D(G(z)) - D(x))] + gamma/2 (|grad D(x)|^2 + |grad D(G(z))|^2)
    generator:     E[softplus(D(x) - D(G(z)))]

The paper's objective on the texture networks of lecture 004: the generator is the lecture's, the discriminator is its critic
without normalisation and dropout, four times as wide. One discriminator update a step, Adam 2e-4, beta_1 = 0, beta_2 = 0.99.
"""

from keras import ops

from ganzoo import losses, optimizers
from ganzoo.gan import GAN
from ganzoo.models.wgan_gp import PlainCritic
from ganzoo.regularizers import R1, R2


class RelativisticGame:
    """What every relativistic GAN shares: the loss, a penalty on both sides, and what it logs, in words."""

    log_words = {
        "discriminator_loss": "discriminator loss",
        "logit_gap": "D(x) - D(G(z))",
        "generator_loss": "generator loss",
    }

    def __init__(self, *arguments, gamma, learning_rate, **options):
        options.setdefault("loss", losses.Relativistic())
        options.setdefault("regularizers", [R1(gamma), R2(gamma)])
        super().__init__(*arguments, learning_rate=learning_rate, **options)

    def game_measures(self, real_logits, fake_logits):
        """Return D(x) - D(G(z)), the only thing that a relativistic discriminator says."""
        return {"logit_gap": ops.subtract(real_logits, fake_logits)}

    def build_optimizers(self):
        return tuple(optimizers.Adam(self.learning_rate, beta_1=0.0, beta_2=0.99) for _ in range(2))


class RelativisticGAN(RelativisticGame, PlainCritic, GAN):
    """The R3GAN objective on the lecture's texture networks.

    Args:
        image_shape: height and width multiples of 4, at least 8.
        gamma: weight of both gradient penalties.
        critic_width: positive int, multiplies the discriminator's filters (16, 32, 64, 128).
        learning_rate: of both optimizers.
        options: as in `GAN`.
    """

    def __init__(self, image_shape=(32, 32, 3), gamma=1.0, critic_width=4, learning_rate=2e-4, **options):
        super().__init__(image_shape, gamma=gamma, critic_width=critic_width, learning_rate=learning_rate, **options)
