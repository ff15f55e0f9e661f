"""The game, written once: who moves when, and which weights move.

A step is n_critic updates of the discriminator, then one of the generator. The generator's update plays on the images that
the last discriminator update judged, so they are generated once for both; nothing else is shared, and the generator still
meets the discriminator as it stands after its update.
"""

import keras
from keras import ops

from ganzoo import backend
from ganzoo.errors import InputError


def _with(labels, inputs):
    """Return what a network is called with: the inputs, and the labels where there are any."""
    return inputs if labels is None else [ops.convert_to_tensor(inputs), ops.convert_to_tensor(labels)]


class Game:
    """The part of `GAN` that plays.

    It needs `generator`, `discriminator`, their optimizers, `latent`, `loss_pair`, `regularizers`, `augmentation`, `n_critic`,
    and the losses and measures that `GAN` defines and its subclasses override.
    """

    def fakes(self, n, labels, seed):
        """Generate n images in training mode; returns (latents, images)."""
        latents = self.latent.draw(n, seed)
        return latents, self.generator(_with(labels, latents), training=True)

    def augmented(self, images, seed):
        """Return images as the discriminator sees them in training; see `ganzoo.augmentation`."""
        return images if self.augmentation is None else self.augmentation(images, seed)

    def judge(self, images, labels=None, training=False):
        """Ask the discriminator.

        Args:
            images: float32 `(N, H, W, C)` in `value_range`.
            labels: int32 `(N,)` where the GAN is conditional, else None.
            training: bool.

        Returns:
            (logits `(N, 1)`, list of the discriminator's further outputs, empty for most).
        """
        outputs = self.discriminator(_with(labels, images), training=training)
        return (outputs[0], list(outputs[1:])) if isinstance(outputs, (list, tuple)) else (outputs, [])

    def discriminator_step(self, real, labels=None, fakes=None):
        """Update the discriminator once, nothing else.

        Args:
            real: float32 `(N, H, W, C)` in `value_range`.
            labels: int32 `(N,)` of the real images, which the generated ones get too; None for most GANs.
            fakes: (latents, images) to play against; None generates new ones.

        Returns:
            Dictionary of scalars: discriminator_loss, penalties, auxiliary losses, the game's measures.
        """
        seed = self._seed(0, self.discriminator_optimizer.iterations)
        latents, fake = self.fakes(ops.shape(real)[0], labels, seed) if fakes is None else fakes
        real, fake = (self.augmented(x, backend.fold_in(seed, 2, i)) for i, x in enumerate((real, fake)))

        def logits(images):
            return self.judge(images, labels, training=True)[0]

        def objective():
            real_logits, (fake_logits, rest) = logits(real), self.judge(fake, labels, training=True)
            terms = {"discriminator_loss": self.discriminator_loss(real_logits, fake_logits)}
            terms |= self.auxiliary_losses(rest, latents)
            for index, regularizer in enumerate(self.regularizers):
                penalty = regularizer.penalty(logits, real, fake, backend.fold_in(seed, 1, index))
                if penalty is not None:
                    name = regularizer.name
                    terms[f"{name}_{index}" if name in terms else name] = penalty
            terms = {name: ops.mean(value) for name, value in terms.items()}
            measures = {name: ops.mean(value) for name, value in self.game_measures(real_logits, fake_logits).items()}
            return sum(terms.values()), terms | measures

        variables = self.discriminator.trainable_variables
        _, logs, gradients = backend.value_and_gradients(objective, variables)
        self.discriminator_optimizer.apply(gradients, variables)
        for regularizer in self.regularizers:
            regularizer.after_update(self.discriminator)
        return logs

    def generator_step(self, real, labels=None, meanwhile=None):
        """Update the generator once, nothing else: the gradient goes through D(G(z)), that is through `combined`.

        Args:
            real, labels: as in `discriminator_step`.
            meanwhile: callable that is given (latents, images), the fakes of this update, before they are judged, and
                returns more logs: the discriminator's last update of the step.

        Returns:
            Dictionary of scalars: generator_loss, and what `meanwhile` returned.
        """
        seed = self._seed(1, self.generator_optimizer.iterations)
        n = ops.shape(real)[0]

        def objective():
            latents, fake = self.fakes(n, labels, seed)
            logs = {} if meanwhile is None else meanwhile((latents, ops.stop_gradient(fake)))
            real_logits = None
            if self.loss_pair.generator_sees_real:
                real_logits = self.judge(self.augmented(real, backend.fold_in(seed, 2, 0)), labels, training=True)[0]
            fake_logits, rest = self.judge(self.augmented(fake, backend.fold_in(seed, 2, 1)), labels, training=True)
            loss = ops.mean(self.generator_loss(real_logits, fake_logits))
            auxiliary = [ops.mean(value) for value in self.auxiliary_losses(rest, latents).values()]
            return loss + sum(auxiliary), logs | {"generator_loss": loss}

        variables = self.generator.trainable_variables
        _, logs, gradients = backend.value_and_gradients(objective, variables)
        self.generator_optimizer.apply(gradients, variables)
        if self.ema_generator is not None:
            self._average_weights(n)
        return logs

    def one_step(self, images, labels=None):
        """Play one whole step: n_critic discriminator updates and one generator update.

        Args:
            images: `(n_critic, N, H, W, C)`, a batch for each discriminator update, or `(N, H, W, C)`, one for all; uint8,
                or float already in `value_range`.
            labels: integers `(n_critic, N)` or `(N,)` where the GAN is conditional, else None.

        Returns:
            Dictionary of scalar tensors, the discriminator's averaged over its updates.
        """
        images = self.to_value_range(ops.convert_to_tensor(images))
        labels = None if labels is None else ops.cast(labels, "int32")
        one_for_all = len(images.shape) == len(self.image_shape) + 1
        if not one_for_all and images.shape[0] != self.n_critic:
            raise InputError(f"expected n_critic={self.n_critic} batches a step. Received: shape {tuple(images.shape)}")

        def batch(index):
            if one_for_all:
                return images, labels
            return images[index], None if labels is None else labels[index]

        before = self.n_critic - 1
        if before:
            earlier = backend.mean_over_repeats(lambda index: self.discriminator_step(*batch(index)), before)
        last = batch(before)
        logs = self.generator_step(*last, meanwhile=lambda fakes: self.discriminator_step(*last, fakes))
        if before:
            logs |= {name: (before * mean + logs[name]) / self.n_critic for name, mean in earlier.items()}
        return logs

    def train_step(self, data):
        """Play `steps_together` steps for Keras's `fit`; the logs are means since the epoch began."""
        images, labels = data if isinstance(data, tuple) else (data, None)
        together = self.steps_together
        if together == 1:
            logs = self.one_step(images, labels)
        else:
            parts = [x if x is None else ops.reshape(x, (together, -1, *x.shape[1:])) for x in (images, labels)]
            logs = backend.mean_over_repeats(
                lambda index: self.one_step(*(x if x is None else x[index] for x in parts)), together
            )
        for name, value in logs.items():
            if name not in self.log_means:
                self.log_means[name] = keras.metrics.Mean(name)
            self.log_means[name].update_state(value)
        return {name: self.log_means[name].result() for name in logs}

    def train_on_batch(self, images, labels=None):
        """Play one whole step (n_critic discriminator updates, one generator update), for loops of your own.

        Args:
            images, labels: as in `one_step`.

        Returns:
            Dictionary of floats for this step.

        Raises:
            InputError: if they are of another shape or range.
        """
        shape = tuple(images.shape)
        if shape[-len(self.image_shape) :] != self.image_shape or len(shape) - len(self.image_shape) not in (1, 2):
            raise InputError(f"images must be (N, {', '.join(map(str, self.image_shape))}). Received: shape {shape}")
        if (labels is None) == self.needs_labels:
            needs = "needs labels: train_on_batch(images, labels)" if self.needs_labels else "takes no labels"
            raise InputError(f"{type(self).__name__} {needs}.")
        self.check_images(images)
        if labels is not None:
            self.check_labels(labels)
        data = [ops.convert_to_tensor(x) for x in (images, labels) if x is not None]
        return {name: float(value) for name, value in self._one_step(*data).items()}

    def _seed(self, stream, count):
        return backend.fold_in((self.seed, stream), count)

    def _average_weights(self, n):
        decay = 0.5 ** (ops.cast(n, "float32") / self.ema_half_life_images)
        for average, weight in zip(self.ema_generator.weights, self.generator.weights, strict=True):
            average.assign(weight + decay * (average - weight))
