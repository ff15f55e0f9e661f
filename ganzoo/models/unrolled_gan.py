"""Unrolled GAN: Metz, Poole, Pfau, Sohl-Dickstein 2017, "Unrolled Generative Adversarial Networks", arXiv:1611.02163.

    f(theta_G, theta_D) = E[log D(x)] + E[log(1 - D(G(z)))]
    theta_D^0 = theta_D,  theta_D^{i+1} = theta_D^i + D's update for f(theta_G, theta_D^i),  f_K = f(theta_G, theta_D^K)
    the generator minimizes f_K, its gradient going through all K steps; the discriminator moves by f alone

A generator that runs to where the present discriminator is fooled forgets that the discriminator will answer. Looking K
answers ahead it need not run from mode to mode. The discriminator looked ahead depends on the generator, and so does the first
term of f_K: the generator's loss has both terms. Figures are those of the official notebook: latents of 256 normal numbers, two
hidden layers of 128 tanh neurons in both networks, Adam with beta_1 0.5, 1e-4 for D and 1e-3 for G, batches of 512 (`train`
takes 100 if not told, the command 512); the steps that are looked ahead are Adam's too, from the moments that D's optimizer
has. Departure: weights begin as Keras's Glorot uniform, where the notebook's are orthogonal times 0.8.
"""

import keras
from keras import ops

from ganzoo import backend, losses, optimizers
from ganzoo.errors import InputError
from ganzoo.models.point_gan import PointGAN
from ganzoo.objectives import Objective
from ganzoo.regularizers import Regularizer
from ganzoo.utils.checks import check_int


def objective(learning_rate=1e-3):
    """Return the paper's game: zero-sum, Adam with beta_1 0.5, a discriminator ten times as slow as the generator."""
    rates = learning_rate / 10, learning_rate
    return Objective(losses.ZeroSum(), (), 1, *(optimizers.Adam(rate, beta_1=0.5, epsilon=1e-8) for rate in rates))


class UnrolledGAN(PointGAN):
    """A GAN of points whose generator looks at the discriminator as it will be after `unrolled_steps` updates.

    Args:
        dimensions, latent, hidden, discriminator_activation, generator_activation: as in `PointGAN`.
        unrolled_steps: K, int of at least 0; 0 is the plain GAN. A step's time grows with it.
        options: as in `PointGAN`. The generator's loss, of any objective, is computed with the discriminator as it will be. The
            discriminator's optimizer must be a `ganzoo.optimizers.Adam` that neither clips gradients
            nor decays weights, and its regularizers must leave the weights alone after an update.

    Raises:
        InputError: for a bad value; at the first step, for an optimizer or a regularizer that cannot be looked ahead.

    Example:
        >>> UnrolledGAN(latent=4, hidden=8).unrolled_steps
        5
    """

    default_objective = staticmethod(objective)

    def __init__(
        self,
        dimensions=2,
        latent=256,
        hidden=(128, 128),
        discriminator_activation="tanh",
        unrolled_steps=5,
        generator_activation="tanh",
        **options,
    ):
        self.unrolled_steps = check_int("unrolled_steps", unrolled_steps, 0)
        activations = {"discriminator_activation": discriminator_activation, "generator_activation": generator_activation}
        super().__init__(dimensions, latent, hidden, **activations, **options)

    def update_generator(self, batch, inputs, fake, seed):
        """Update the generator once, by the gradient through the discriminator's next `unrolled_steps` updates."""
        if self.unrolled_steps:
            self._check_steps_ahead()
        return super().update_generator(batch, inputs, fake, seed)

    def generator_objective(self, batch, inputs, fake, seed):
        """Return what the generator is asked for before the discriminator as it will be; what its layers keep stays."""
        if not self.unrolled_steps:
            return super().generator_objective(batch, inputs, fake, seed)
        with self._discriminator_of(self.weights_ahead(batch, inputs, fake, seed)):
            return super().generator_objective(batch, inputs, fake, seed)

    def weights_ahead(self, batch, inputs, fake, seed):
        """Return the discriminator's weights after `unrolled_steps` more updates on these examples, a list of tensors."""
        optimizer, variables = self._adam(), self.players["discriminator"].variables
        real, seen = (self.augment(x, backend.fold_in(seed, 2, i)) for i, x in enumerate((batch[self.example_name], fake)))
        values, state = [variable.value for variable in variables], optimizer.state_of(variables)

        def loss(values):
            with self._discriminator_of(values):
                losses, _ = self.discriminator_objective(batch, inputs, real, seen, seed)
                return sum(ops.mean(each) for each in losses.values())

        for _ in range(self.unrolled_steps):
            values, state = optimizer.step_ahead(backend.input_gradient(loss, values), values, state)
        return values

    def _discriminator_of(self, values):
        return keras.StatelessScope(list(zip(self.players["discriminator"].variables, values, strict=True)))

    def _adam(self):
        optimizer = self.players["discriminator"].optimizer
        return getattr(optimizer, "inner_optimizer", optimizer)

    def _check_steps_ahead(self):
        optimizer = self._adam()
        if not isinstance(optimizer, optimizers.Adam):
            raise InputError(
                f"the steps looked ahead are those of ganzoo.optimizers.Adam. Received: discriminator_optimizer={optimizer!r}"
            )
        names = ("clipnorm", "clipvalue", "global_clipnorm", "weight_decay", "amsgrad", "gradient_accumulation_steps")
        others = [name for name in names if getattr(optimizer, name, None)]
        if others:
            raise InputError(
                "the steps looked ahead are those of a plain Adam: its moments and its rate. Received: a "
                f"discriminator_optimizer with {', '.join(others)}"
            )
        for regularizer in self.players["discriminator"].regularizers:
            inner = regularizer
            while hasattr(inner, "regularizer"):
                inner = inner.regularizer
            if type(inner).after_update is not Regularizer.after_update:
                raise InputError(
                    "the steps looked ahead cannot follow what a regularizer does after an update; take unrolled_steps=0. "
                    f"Received: {inner!r} for the discriminator"
                )
