"""Unrolled GAN: Metz, Poole, Pfau, Sohl-Dickstein 2017, "Unrolled Generative Adversarial Networks", arXiv:1611.02163.

    theta_D^0 = theta_D,  theta_D^{i+1} = theta_D^i + D's update for f(theta_G, theta_D^i),  f_K = f(theta_G, theta_D^K)
    the generator minimizes f_K, its gradient going through all K steps; the discriminator moves by f alone

A generator that runs to where the present discriminator is fooled forgets that the discriminator will answer. Looking K
answers ahead it need not run from mode to mode. Figures are those of the paper's appendix A and its official notebook: latents
of 256 normal numbers, two hidden layers of 128 tanh neurons in both networks, Adam with beta_1 0.5, 1e-4 for D and 1e-3 for G,
batches of 512; the steps that are looked ahead are Adam's too, from the moments that D's optimizer has. Departure: weights
begin as Keras's Glorot uniform, where the paper's are orthogonal times 0.8.
"""

import keras
from keras import ops

from ganzoo import backend, optimizers
from ganzoo.errors import InputError
from ganzoo.models.point_gan import PointGAN
from ganzoo.objectives import Objective
from ganzoo.utils.checks import check_int


def objective(learning_rate=1e-3):
    """Return the paper's game: non-saturating, Adam with beta_1 0.5, a discriminator ten times as slow as the generator."""
    rates = learning_rate / 10, learning_rate
    return Objective("non_saturating", (), 1, *(optimizers.Adam(rate, beta_1=0.5, epsilon=1e-8) for rate in rates))


class UnrolledGAN(PointGAN):
    """A GAN of points whose generator looks at the discriminator as it will be after `unrolled_steps` updates.

    Args:
        dimensions, latent, hidden, discriminator_activation: as in `PointGAN`.
        unrolled_steps: K, int of at least 0; 0 is the plain GAN. A step's time grows with it.
        options: as in `PointGAN`; the discriminator's optimizer must be a `ganzoo.optimizers.Adam`.

    Raises:
        InputError: for a bad value.

    Example:
        >>> UnrolledGAN(latent=4, hidden=8).unrolled_steps
        5
    """

    default_objective = staticmethod(objective)

    def __init__(
        self, dimensions=2, latent=256, hidden=(128, 128), discriminator_activation="tanh", unrolled_steps=5, **options
    ):
        self.unrolled_steps = check_int("unrolled_steps", unrolled_steps, 0)
        super().__init__(dimensions, latent, hidden, discriminator_activation, **options)

    def update_generator(self, batch, inputs, fake, seed):
        """Update the generator once, by the gradient through the discriminator's next `unrolled_steps` updates."""
        player = self.players["discriminator"]
        optimizer = getattr(player.optimizer, "inner_optimizer", player.optimizer)
        if self.unrolled_steps and not isinstance(optimizer, optimizers.Adam):
            raise InputError(
                f"the steps looked ahead are those of ganzoo.optimizers.Adam. Received: discriminator_optimizer={optimizer!r}"
            )

        def logits_by(values, examples):
            with keras.StatelessScope(list(zip(player.variables, values, strict=True))):
                return self.discriminate(examples, batch, training=True).logits

        def objective(fake):
            values = [variable.value for variable in player.variables]
            state = optimizer.state_of(player.variables)
            for _ in range(self.unrolled_steps):
                gradients = backend.input_gradient(
                    lambda values: ops.mean(
                        self.discriminator_loss(logits_by(values, batch[self.example_name]), logits_by(values, fake))
                    ),
                    values,
                )
                values, state = optimizer.step_ahead(gradients, values, state)
            return {"generator_loss": self.generator_loss(None, logits_by(values, fake))}, {}

        return self.update("generator", objective, through=fake)
