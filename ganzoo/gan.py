"""`class GAN`, the base of every model of the zoo and of yours.

    min_G max_D  E_x[log D(x)] + E_z[log(1 - D(G(z)))]          Goodfellow et al. 2014, arXiv:1406.2661, eq. 1

The lecture's pattern (compile D, freeze it, compile a combined model z -> D(G(z)), alternate two `train_on_batch`) trains no
discriminator in Keras 3: which weights move is read when the step is traced, after the freeze. Here `combined` exists and
the generator's gradient goes through the same D(G(z)), but what moves is decided by the variables that a gradient is taken
for. How the game is played stands in `ganzoo.game`, what a trained generator is good for in `ganzoo.sampler`, and what is
refused in `ganzoo.model_checks`.
"""

import numbers

import keras
from keras import layers, ops

from ganzoo import backend, losses, optimizers, training
from ganzoo.checks import positive_integer, positive_number
from ganzoo.errors import InputError
from ganzoo.game import Game
from ganzoo.latents import Normal
from ganzoo.model_checks import ModelChecks
from ganzoo.random_state import temporary_seed
from ganzoo.sampler import Sampler


class GAN(Game, Sampler, ModelChecks, keras.Model):
    """A generative adversarial network: two networks, a loss, regularizers, a schedule.

    On its own it is the classic GAN with two small dense networks. A subclass overrides `build_generator`,
    `build_discriminator`, `discriminator_loss`, `generator_loss`, or gives other parts to the constructor.

    Args:
        image_shape: (height, width, channels) of the images, positive ints.
        latent: a distribution of `ganzoo.latents`, or its size as an int (then of the law `latent_law`, here normal).
        loss: an object of `ganzoo.losses`.
        regularizers: sequence of objects of `ganzoo.regularizers`, applied to the discriminator.
        augmentation: an object of `ganzoo.augmentation` that moves what the discriminator sees in training, or None.
        n_critic: discriminator updates per generator update.
        value_range: (low, high) of the pixels that the networks see; uint8 images are scaled to it.
        discriminator_optimizer, generator_optimizer: Keras optimizers, one object each (an optimizer serves one network).
        ema_half_life_images: if set, `sample` and `export` use a generator whose weights are an exponential moving average
            with this half-life, counted in generated training images (Karras et al. 2018, arXiv:1710.10196, section 5).
        seed: int in [0, 2^31); initial weights, noise and the order of batches are functions of it.

    Attributes:
        generator: `keras.Model`, latents float32 `(N, latent.size)` -> images `(N, H, W, C)` in `value_range`.
        discriminator: `keras.Model`, images `(N, H, W, C)` -> logits `(N, 1)`, high for real.
        combined: `keras.Model`, latents -> logits: D(G(z)), which the generator's gradient goes through.
        needs_labels: whether it is conditional: networks then take [latents, labels] and [images, labels].
        log_words: {name in the logs: what the progress bar calls it}, in the order shown.

    Raises:
        InputError: for a bad value, before anything is built.

    Example:
        >>> gan = GAN(image_shape=(8, 8, 1))
        >>> gan.sample(4).shape
        (4, 8, 8, 1)
    """

    image_rank = 3
    latent_law = Normal
    needs_labels = False
    use_xla = False  # slower for convolutions and large matrices on CPU; quicker for networks of a few neurons
    log_words = {
        "discriminator_loss": "discriminator loss",
        "generator_loss": "generator loss",
        "d_real": "D(x)",
        "d_fake": "D(G(z))",
    }

    def __init__(
        self,
        image_shape=(28, 28, 1),
        latent=100,
        loss=None,
        regularizers=(),
        augmentation=None,
        n_critic=1,
        value_range=(-1.0, 1.0),
        discriminator_optimizer=None,
        generator_optimizer=None,
        ema_half_life_images=None,
        seed=0,
        name=None,
    ):
        super().__init__(name=name)
        if len(image_shape) != self.image_rank:
            sides = "(height, width, channels)" if self.image_rank == 3 else f"of {self.image_rank} entries"
            raise InputError(f"image_shape must be {sides}. Received: image_shape={image_shape!r}")
        self.image_shape = tuple(positive_integer("image_shape entries", side) for side in image_shape)
        self.latent = self.latent_law(latent) if isinstance(latent, numbers.Integral) else latent
        self.loss_pair = losses.NonSaturating() if loss is None else loss
        self.regularizers = list(regularizers)
        if augmentation is not None and self.image_rank != 3:
            raise InputError(f"augmentation is for images. Received: augmentation={augmentation!r}")
        self.augmentation = augmentation
        self.n_critic = positive_integer("n_critic", n_critic)
        self.value_range = (float(value_range[0]), float(value_range[1]))
        half_life = None if ema_half_life_images is None else positive_number("ema_half_life_images", ema_half_life_images)
        self.ema_half_life_images = half_life
        if not isinstance(seed, numbers.Integral) or not 0 <= seed < 2**31:
            raise InputError(f"seed must be an integer in [0, 2147483648). Received: seed={seed!r}")
        self.seed = int(seed)
        with temporary_seed(self.seed):
            self.generator = self.build_generator()
            self.discriminator = self.build_discriminator()
            self.ema_generator = self.build_generator() if ema_half_life_images else None
        self.check_networks()
        if self.ema_generator is not None:
            self.ema_generator.set_weights(self.generator.get_weights())
        inputs = [keras.Input(each.shape[1:], dtype=each.dtype) for each in self.generator.inputs]
        fake = self.generator(inputs if self.needs_labels else inputs[0])
        judged = self.discriminator([fake, *inputs[1:]] if self.needs_labels else fake)
        self.combined = keras.Model(inputs, judged, name="combined")
        self.log_means = {}
        self.steps_together = 1
        self._generate = backend.jit(self._images)
        self._draw_each = backend.jit(self.latent.draw_each)
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
        return optimizers.Adam(2e-4, beta_1=0.5), optimizers.Adam(2e-4, beta_1=0.5)

    def discriminator_loss(self, real_logits, fake_logits):
        """Return what the discriminator minimises, per sample `(N,)`, from logits `(N, 1)`."""
        return self.loss_pair.discriminator(real_logits, fake_logits)

    def generator_loss(self, real_logits, fake_logits):
        """Return what the generator minimises, per sample `(N,)`; real_logits is None unless the loss sees real ones."""
        return self.loss_pair.generator(real_logits, fake_logits)

    def auxiliary_losses(self, outputs, latents):
        """Return {name: per-sample loss `(N,)`} that both players minimise besides the game.

        Args:
            outputs: list of what the discriminator returns for the generated images after the logits.
            latents: float32 `(N, latent.size)` that these images were made from.
        """
        return {}

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
        self._one_step = backend.jit(self.one_step)  # anew: a trace keeps the optimizers that it was made with
        kwargs.setdefault("jit_compile", self.use_xla)
        super().compile(optimizer=self.generator_optimizer, loss=None, **kwargs)

    @property
    def step(self):
        """Number of generator updates made so far."""
        return backend.to_int(self.generator_optimizer.iterations)

    # Use.

    def train(self, data, steps=1000, **options):
        """Train on images; see `ganzoo.training.train` for all options (batch_size, run_dir, resume, callbacks, ...)."""
        return training.train(self, data, steps, **options)

    def call(self, inputs, training=False):
        """Generate images in `value_range` from latents, or from [latents, labels] where the GAN is conditional."""
        return self.generator(inputs, training=training)

    def play_together(self, steps):
        """Play so many steps in one call of `train_step`, in one compiled program."""
        if steps != self.steps_together:
            self.steps_together, self.train_function = steps, None  # `fit` then traces anew

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
            **({} if self.augmentation is None else {"augmentation": repr(self.augmentation)}),
            "n_critic": self.n_critic,
            "value_range": list(self.value_range),
            "ema_half_life_images": self.ema_half_life_images,
            "seed": self.seed,
            "discriminator_optimizer": training.describe_optimizer(self.discriminator_optimizer),
            "generator_optimizer": training.describe_optimizer(self.generator_optimizer),
            "generator_parameters": self.generator.count_params(),
            "discriminator_parameters": self.discriminator.count_params(),
        }
