"""DCGAN: Radford, Metz, Chintala 2016, "Unsupervised Representation Learning with Deep Convolutional GANs", arXiv:1511.06434,
in lecture 004's form for 28x28 digits.

    discriminator: -E[log D(x)] - E[log(1 - D(G(z)))]          generator: -E[log D(G(z))]

The lecture's networks and optimizers: RMSprop 2e-4, half of it for the generator, both decaying by 6e-8 a step. Departures:
- D ends in a logit; the sigmoid is in the loss.
- One discriminator update sees real and generated images; the lecture concatenates them, which is the same mean.
- The decay is a schedule, as Keras 3 ignores the argument of that name.
- A transposed convolution of stride 1 is a convolution with the kernel turned by 180 degrees; as kernels are learned, the
  stride-1 layers of the generator are plain convolutions.

Two warnings of the lecture are arguments. What came of them on scikit-learn's digits at 16x16 (seed 0, 1,500 steps,
`python -m experiments.train_dcgan --steps=1500` with the flag): `strides_last` ends with one picture for every latent, and the
diagnosis says so; `discriminator_batch_norm` did no harm there, 17 effective modes of the data's 19.
"""

import keras
from keras import layers

from ganzoo import optimizers
from ganzoo.checks import positive_number
from ganzoo.gan import GAN
from ganzoo.latents import Uniform
from ganzoo.layers import FusedBatchNormalization, NarrowConv2D
from ganzoo.models.sizes import require_multiple


class DCGAN(GAN):
    """The lecture's convolutional GAN.

    Args:
        image_shape: height and width multiples of 4, at least 8; on 8x8 digits the generator collapses, on 16x16 it does not.
        discriminator_batch_norm: normalise batches in the discriminator too, against the lecture's advice.
        strides_last: up-sample in the generator's last two layers instead of its first two, against the lecture's advice.
        learning_rate: of the discriminator's optimizer; the generator's is half of it.
        options: as in `GAN`; latent (100 numbers uniform in [-1, 1)) and value_range (0, 1) are the lecture's.

    Example:
        >>> gan = DCGAN()
        >>> gan.generator.count_params(), gan.discriminator.count_params()
        (1301505, 1080577)
    """

    latent_law = Uniform

    def __init__(
        self,
        image_shape=(28, 28, 1),
        discriminator_batch_norm=False,
        strides_last=False,
        learning_rate=2e-4,
        **options,
    ):
        self.learning_rate = positive_number("learning_rate", learning_rate)
        self.discriminator_batch_norm, self.strides_last = bool(discriminator_batch_norm), bool(strides_last)
        require_multiple(image_shape, 4, least=8, model=type(self).__name__)
        options.setdefault("value_range", (0.0, 1.0))
        super().__init__(image_shape, **options)

    def build_generator(self):
        latents = keras.Input((self.latent.size,), name="latents")
        return keras.Model(latents, self.images_from(latents), name="generator")

    def build_discriminator(self):
        images = keras.Input(self.image_shape, name="images")
        return keras.Model(images, layers.Dense(1)(self.features_of(images)), name="discriminator")

    def images_from(self, vector):
        """Return the generator's symbolic images `(N, *image_shape)` from vectors `(N, any)`."""
        height, width, channels = self.image_shape
        x = layers.Dense(128 * (height // 4) * (width // 4))(vector)
        x = layers.Reshape((height // 4, width // 4, 128))(x)
        strides = (1, 1, 2, 2) if self.strides_last else (2, 2, 1, 1)
        for filters, stride in zip((128, 64, 32, channels), strides, strict=True):
            x = layers.ReLU()(FusedBatchNormalization()(x))
            if stride == 2:
                x = layers.Conv2DTranspose(filters, 5, strides=2, padding="same")(x)
            else:
                x = (NarrowConv2D(filters, 5) if filters < 8 else layers.Conv2D(filters, 5, padding="same"))(x)
        return layers.Activation("sigmoid")(x)

    def features_of(self, images):
        """Return the discriminator's symbolic flat features `(N, any)` of images `(N, H, W, any)`."""
        x = images
        for filters, stride in ((32, 2), (64, 2), (128, 2), (256, 1)):
            if self.discriminator_batch_norm and x is not images:
                x = FusedBatchNormalization()(x)
            x = layers.LeakyReLU(0.2)(x)
            x = layers.Conv2D(filters, 5, strides=stride, padding="same")(x)
        return layers.Flatten()(x)

    def settings(self):
        tried = {"discriminator_batch_norm": self.discriminator_batch_norm, "strides_last": self.strides_last}
        return super().settings() | tried

    def build_optimizers(self):
        rates = (self.learning_rate, self.learning_rate / 2)
        schedules = [keras.optimizers.schedules.InverseTimeDecay(rate, 1, 6e-8) for rate in rates]
        return tuple(optimizers.RMSprop(schedule) for schedule in schedules)
