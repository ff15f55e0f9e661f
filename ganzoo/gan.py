"""The game, written once: `class GAN`, the base of every model of the zoo and of yours.

    min_G max_D  E_x[log D(x)] + E_z[log(1 - D(G(z)))]          Goodfellow et al. 2014, arXiv:1406.2661, eq. 1

The lecture's pattern (compile D, freeze it, compile a combined model z -> D(G(z)), alternate two `train_on_batch`) trains no
discriminator in Keras 3: which weights move is read when the step is traced, after the freeze. Here `combined` exists and
the generator is trained through it, but what moves is decided by the variables that a gradient is taken for.
"""

import keras
from keras import layers, ops

from ganzoo import backend, losses, training
from ganzoo.checks import positive_integer
from ganzoo.errors import InputError
from ganzoo.latents import Normal
from ganzoo.random_state import temporary_seed
from ganzoo.sampler import Sampler


class GAN(Sampler, keras.Model):
    """A generative adversarial network: two networks, a loss, regularizers, a schedule.

    On its own it is the classic GAN with two small dense networks. A subclass overrides `build_generator`,
    `build_discriminator`, `discriminator_loss`, `generator_loss`, or gives other parts to the constructor.

    Args:
        image_shape: (height, width, channels) of the images, positive ints.
        latent: a distribution of `ganzoo.latents`, or its size as an int (then standard normal).
        loss: an object of `ganzoo.losses`.
        regularizers: sequence of objects of `ganzoo.regularizers`, applied to the discriminator.
        n_critic: discriminator updates per generator update.
        value_range: (low, high) of the pixels that the networks see; uint8 images are scaled to it.
        discriminator_optimizer, generator_optimizer: Keras optimizers, one object each (an optimizer serves one network).
        ema_half_life_images: if set, `sample` and `export` use a generator whose weights are an exponential moving average
            with this half-life, counted in generated training images (Karras et al. 2018, arXiv:1710.10196, section 5).
        seed: int in [0, 2^31); initial weights, noise and the order of batches are functions of it.

    Attributes:
        generator: `keras.Model`, latents float32 `(N, latent.size)` -> images `(N, H, W, C)` in `value_range`.
        discriminator: `keras.Model`, images `(N, H, W, C)` -> logits `(N, 1)`, high for real.
        combined: `keras.Model`, latents -> logits: the generator trains through it.
        log_words: {name in the logs: what the progress bar calls it}, in the order shown.

    Raises:
        InputError: for a bad value, before anything is built.

    Example:
        >>> gan = GAN(image_shape=(8, 8, 1))
        >>> gan.sample(4).shape
        (4, 8, 8, 1)
    """

    log_words = {
        "discriminator_loss": "discriminator loss",
        "generator_loss": "generator loss",
        "d_real": "D(real)",
        "d_fake": "D(fake)",
    }

    def __init__(
        self,
        image_shape=(28, 28, 1),
        latent=100,
        loss=None,
        regularizers=(),
        n_critic=1,
        value_range=(-1.0, 1.0),
        discriminator_optimizer=None,
        generator_optimizer=None,
        ema_half_life_images=None,
        seed=0,
        name=None,
    ):
        super().__init__(name=name)
        if len(image_shape) != 3:
            raise InputError(f"image_shape must be (height, width, channels). Received: image_shape={image_shape!r}")
        self.image_shape = tuple(positive_integer("image_shape entries", side) for side in image_shape)
        self.latent = Normal(latent) if isinstance(latent, int) else latent
        self.loss_pair = losses.NonSaturating() if loss is None else loss
        self.regularizers = list(regularizers)
        self.n_critic = positive_integer("n_critic", n_critic)
        self.value_range = (float(value_range[0]), float(value_range[1]))
        if ema_half_life_images is not None and not ema_half_life_images > 0:
            raise InputError(f"ema_half_life_images must be positive. Received: {ema_half_life_images=}")
        self.ema_half_life_images = ema_half_life_images
        if not isinstance(seed, int) or not 0 <= seed < 2**31:
            raise InputError(f"seed must be an integer in [0, 2147483648). Received: seed={seed!r}")
        self.seed = seed
        with temporary_seed(seed):
            self.generator = self.build_generator()
            self.discriminator = self.build_discriminator()
            self.ema_generator = self.build_generator() if ema_half_life_images else None
        if self.ema_generator is not None:
            self.ema_generator.set_weights(self.generator.get_weights())
        self._check_networks()
        latents = keras.Input((self.latent.size,), name="latents")
        self.combined = keras.Model(latents, self.discriminator(self.generator(latents)), name="combined")
        self.log_means = {}
        self._one_step = backend.compiled(self.one_step)
        self._generate = backend.compiled(lambda latents: self.sampling_generator(latents, training=False))
        self.built = True
        self.compile(discriminator_optimizer, generator_optimizer)

    # What a subclass overrides.

    def build_generator(self):
        """Return a `keras.Model` from latents `(N, latent.size)` to images `(N, *image_shape)` in `value_range`."""
        pixels = self.image_shape[0] * self.image_shape[1] * self.image_shape[2]
        hidden = [layer for width in (256, 512, 1024) for layer in (layers.Dense(width), layers.LeakyReLU(0.2))]
        head = [layers.Dense(pixels, activation="tanh"), layers.Reshape(self.image_shape)]
        return keras.Sequential([keras.Input((self.latent.size,)), *hidden, *head], name="generator")

    def build_discriminator(self):
        """Return a `keras.Model` from images `(N, *image_shape)` to logits `(N, 1)`; no sigmoid, it is in the loss."""
        hidden = []
        for width in (1024, 512, 256):
            hidden += [layers.Dense(width), layers.LeakyReLU(0.2), layers.Dropout(0.3)]
        return keras.Sequential(
            [keras.Input(self.image_shape), layers.Flatten(), *hidden, layers.Dense(1)], name="discriminator"
        )

    def build_optimizers(self):
        """Return the default (discriminator_optimizer, generator_optimizer), two new objects."""
        return keras.optimizers.Adam(2e-4, beta_1=0.5), keras.optimizers.Adam(2e-4, beta_1=0.5)

    def discriminator_loss(self, real_logits, fake_logits):
        """Return what the discriminator minimises, per sample `(N,)`, from logits `(N, 1)`."""
        return self.loss_pair.discriminator(real_logits, fake_logits)

    def generator_loss(self, real_logits, fake_logits):
        """Return what the generator minimises, per sample `(N,)`; real_logits is None unless the loss sees real ones."""
        return self.loss_pair.generator(real_logits, fake_logits)

    def game_measures(self, real_logits, fake_logits):
        """Return {name: per-sample `(N, 1)`} that tell how the game stands; their means are logged."""
        return {"d_real": ops.sigmoid(real_logits), "d_fake": ops.sigmoid(fake_logits)}

    # The game.

    def compile(self, discriminator_optimizer=None, generator_optimizer=None, **kwargs):
        """Set the optimizers (None: the model's defaults) and pass the rest (`steps_per_execution`, ...) to Keras."""
        defaults = self.build_optimizers()
        self.discriminator_optimizer = discriminator_optimizer or defaults[0]
        self.generator_optimizer = generator_optimizer or defaults[1]
        if self.discriminator_optimizer is self.generator_optimizer:
            raise InputError(
                "discriminator_optimizer and generator_optimizer must be two objects: an optimizer keeps state for one "
                f"network. Received: {self.generator_optimizer!r} twice"
            )
        self.discriminator_optimizer.build(self.discriminator.trainable_variables)
        self.generator_optimizer.build(self.generator.trainable_variables)
        kwargs.setdefault("jit_compile", False)  # XLA is slower for convolutions on CPU; pass True to try it
        super().compile(optimizer=self.generator_optimizer, loss=None, **kwargs)

    def discriminator_step(self, real):
        """Update the discriminator once, nothing else.

        Args:
            real: float32 `(N, H, W, C)` in `value_range`.

        Returns:
            Dictionary of scalars: discriminator_loss, the regularizers' penalties, the game's measures.
        """
        seed = self._seed(0, self.discriminator_optimizer.iterations)
        fake = self.generator(self.latent.draw(ops.shape(real)[0], seed), training=True)

        def discriminate(images):
            return self.discriminator(images, training=True)

        def objective():
            real_logits, fake_logits = discriminate(real), discriminate(fake)
            loss = ops.mean(self.discriminator_loss(real_logits, fake_logits))
            logs = {"discriminator_loss": loss}
            logs |= {k: ops.mean(v) for k, v in self.game_measures(real_logits, fake_logits).items()}
            for index, regularizer in enumerate(self.regularizers):
                penalty = regularizer.penalty(discriminate, real, fake, backend.fold_in(seed, 1, index))
                if penalty is not None:
                    logs[regularizer.name] = ops.mean(penalty)
                    loss = loss + logs[regularizer.name]
            return loss, logs

        variables = self.discriminator.trainable_variables
        _, logs, gradients = backend.value_and_gradients(objective, variables)
        self.discriminator_optimizer.apply(gradients, variables)
        for regularizer in self.regularizers:
            regularizer.after_update(self.discriminator)
        return logs

    def generator_step(self, real):
        """Update the generator once through `combined`, nothing else; returns {"generator_loss": scalar}."""
        n = ops.shape(real)[0]
        latents = self.latent.draw(n, self._seed(1, self.generator_optimizer.iterations))

        def objective():
            real_logits = self.discriminator(real, training=True) if self.loss_pair.generator_sees_real else None
            return ops.mean(self.generator_loss(real_logits, self.combined(latents, training=True))), None

        variables = self.generator.trainable_variables
        loss, _, gradients = backend.value_and_gradients(objective, variables)
        self.generator_optimizer.apply(gradients, variables)
        if self.ema_generator is not None:
            self._average_weights(n)
        return {"generator_loss": loss}

    def one_step(self, data):
        """Play one whole step: n_critic discriminator updates, then one generator update.

        Args:
            data: images `(n_critic, N, H, W, C)`, a batch for each discriminator update, or `(N, H, W, C)`, one for all;
                uint8, or float already in `value_range`.

        Returns:
            Dictionary of scalar tensors.
        """
        images = self.to_value_range(ops.convert_to_tensor(data))
        if len(images.shape) == len(self.image_shape) + 1:
            logs = backend.mean_over_repeats(lambda index: self.discriminator_step(images), self.n_critic)
            return logs | self.generator_step(images)
        if images.shape[0] != self.n_critic:
            raise InputError(f"expected n_critic={self.n_critic} batches a step. Received: shape {tuple(images.shape)}")
        logs = backend.mean_over_repeats(lambda index: self.discriminator_step(images[index]), self.n_critic)
        return logs | self.generator_step(images[-1])

    def train_step(self, data):
        """Play one step for Keras's `fit`; the logs are means since the epoch began."""
        logs = self.one_step(data[0] if isinstance(data, tuple) else data)
        for name, value in logs.items():
            if name not in self.log_means:
                self.log_means[name] = keras.metrics.Mean(name)
            self.log_means[name].update_state(value)
        return {name: self.log_means[name].result() for name in logs}

    def train_on_batch(self, images):
        """Play one whole step (n_critic discriminator updates, one generator update), for loops of your own.

        Args:
            images: as in `one_step`.

        Returns:
            Dictionary of floats for this step.
        """
        self._check_images(images)
        return {name: float(value) for name, value in self._one_step(ops.convert_to_tensor(images)).items()}

    @property
    def step(self):
        """Number of generator updates made so far."""
        return backend.to_int(self.generator_optimizer.iterations)

    # Use.

    def train(self, data, steps=1000, **options):
        """Train on images; see `ganzoo.training.train` for all options (batch_size, run_dir, resume, callbacks, ...)."""
        return training.train(self, data, steps, **options)

    def call(self, latents, training=False):
        """Generate images in `value_range` from latents."""
        return self.generator(latents, training=training)

    def to_value_range(self, images):
        """Scale uint8 images to `value_range`; floats are taken as already in it."""
        if keras.backend.standardize_dtype(images.dtype) != "uint8":
            return ops.cast(images, "float32")
        low, high = self.value_range
        return ops.cast(images, "float32") * ((high - low) / 255.0) + low

    def settings(self):
        """Return a dictionary of plain values that define the training trajectory, data and batch size aside."""
        return {
            "model": type(self).__name__,
            "image_shape": list(self.image_shape),
            "latent": repr(self.latent),
            "loss": repr(self.loss_pair),
            "regularizers": [repr(regularizer) for regularizer in self.regularizers],
            "n_critic": self.n_critic,
            "value_range": list(self.value_range),
            "ema_half_life_images": self.ema_half_life_images,
            "seed": self.seed,
            "discriminator_optimizer": training.describe_optimizer(self.discriminator_optimizer),
            "generator_optimizer": training.describe_optimizer(self.generator_optimizer),
            "generator_parameters": self.generator.count_params(),
            "discriminator_parameters": self.discriminator.count_params(),
        }

    def _seed(self, stream, count):
        return backend.fold_in((self.seed, stream), count)

    def _average_weights(self, n):
        decay = 0.5 ** (ops.cast(n, "float32") / self.ema_half_life_images)
        for average, weight in zip(self.ema_generator.weights, self.generator.weights, strict=True):
            average.assign(weight + decay * (average - weight))

    def _check_networks(self):
        made = tuple(self.generator.output_shape[1:])
        if made != self.image_shape:
            raise InputError(f"build_generator must make images {self.image_shape}. Received: output shape {made}")
        judged = tuple(self.discriminator.output_shape[1:])
        if judged != (1,):
            raise InputError(f"build_discriminator must return logits (N, 1). Received: output shape (N, *{judged})")

    def _check_images(self, images):
        shape = tuple(images.shape)
        if shape[-3:] != self.image_shape or len(shape) not in (4, 5):
            raise InputError(f"images must be (N, {', '.join(map(str, self.image_shape))}). Received: shape {shape}")
