"""WGAN for textures: Arjovsky, Chintala, Bottou 2017, "Wasserstein GAN", arXiv:1701.07875, as in lecture 004.

    min_G max_{|D|_L <= 1}  E_x[D(x)] - E_z[D(G(z))]

Networks, optimizer (RMSprop 5e-5, one each), five critic updates a step and clipping at 0.01 are the lecture's. Departures:
- Clipping takes the convolution and dense kernels only. The lecture clips whatever `get_weights` returns, so batch-norm
  gains fall to 0.01 as well: three such layers leave a millionth of the signal, and samples are still noise after 1,100
  steps. `WGAN(literal_clipping=True)` shows it.
- Real and generated batches enter one critic update (algorithm 1 of the paper) instead of two.
- The critic of the lecture counts "accuracy", which means nothing for a linear output; the Wasserstein estimate
  E[D(x)] - E[D(G(z))] is logged instead.
- Upsampling and the convolution after it are one layer, with equal results.
"""

import keras
from keras import layers, ops

from ganzoo import losses, optimizers
from ganzoo.checks import positive_number
from ganzoo.gan import GAN
from ganzoo.layers import FusedBatchNormalization, NarrowConv2D, UpsampleConv2D
from ganzoo.models.sizes import require_multiple
from ganzoo.regularizers import WeightClip


class WassersteinGame:
    """What every Wasserstein GAN shares: the loss, five critic updates a step, and what it logs, in words."""

    log_words = {
        "discriminator_loss": "critic loss",
        "wasserstein_estimate": "Wasserstein estimate",
        "generator_loss": "generator loss",
    }

    def __init__(self, *arguments, **options):
        options.setdefault("loss", losses.Wasserstein())
        options.setdefault("n_critic", 5)
        super().__init__(*arguments, **options)

    def game_measures(self, real_logits, fake_logits):
        """Return E[D(x)] - E[D(G(z))] before the mean."""
        return {"wasserstein_estimate": ops.subtract(real_logits, fake_logits)}


class TextureGenerator:
    """What the GANs of textures share: the lecture's generator, and the sizes that it can make."""

    def __init__(self, image_shape, learning_rate, **options):
        self.learning_rate = positive_number("learning_rate", learning_rate)
        require_multiple(image_shape, 4, least=8, model=type(self).__name__)
        super().__init__(image_shape, **options)

    def build_generator(self):
        height, width, channels = self.image_shape
        return keras.Sequential(
            [
                keras.Input((self.latent.size,)),
                layers.Dense(128 * (height // 4) * (width // 4), activation="relu"),
                layers.Reshape((height // 4, width // 4, 128)),
                UpsampleConv2D(128, 4),
                FusedBatchNormalization(momentum=0.8),
                layers.ReLU(),
                UpsampleConv2D(64, 4),
                FusedBatchNormalization(momentum=0.8),
                layers.ReLU(),
                NarrowConv2D(channels, 4, activation="tanh"),
            ],
            name="generator",
        )


class WGAN(WassersteinGame, TextureGenerator, GAN):
    """The lecture's Wasserstein GAN for textures.

    Args:
        image_shape: height and width multiples of 4, at least 8.
        clip: limit of the critic's kernels after each of its updates.
        literal_clipping: clip every weight of the critic, as the lecture's loop does; the generator then learns nothing.
        learning_rate: of both optimizers; the lecture's is 5e-5, the textures experiment takes 2e-4.
        options: as in `GAN`; loss, regularizers and n_critic have the lecture's defaults.

    Example:
        >>> WGAN(image_shape=(32, 32, 3)).generator.count_params()
        1224643
    """

    def __init__(self, image_shape=(32, 32, 3), clip=0.01, literal_clipping=False, learning_rate=5e-5, **options):
        options.setdefault("regularizers", [WeightClip(clip, only_kernels=not literal_clipping)])
        super().__init__(image_shape, learning_rate, **options)

    def build_discriminator(self):
        def after(normalise=True):
            norm = [FusedBatchNormalization(momentum=0.8)] if normalise else []
            return [*norm, layers.LeakyReLU(0.2), layers.Dropout(0.25)]

        return keras.Sequential(
            [
                keras.Input(self.image_shape),
                layers.Conv2D(16, 3, strides=2, padding="same"),
                *after(normalise=False),
                layers.Conv2D(32, 3, strides=2, padding="same"),
                layers.ZeroPadding2D(((0, 1), (0, 1))),
                *after(),
                layers.Conv2D(64, 3, strides=2, padding="same"),
                *after(),
                layers.Conv2D(128, 3, padding="same"),
                *after(),
                layers.Flatten(),
                layers.Dense(1),
            ],
            name="critic",
        )

    def build_optimizers(self):
        return optimizers.RMSprop(self.learning_rate), optimizers.RMSprop(self.learning_rate)
