"""InfoGAN: Chen et al. 2016, "InfoGAN: Interpretable Representation Learning by Information Maximizing GANs",
arXiv:1606.03657.

    min_{G,Q} max_D  V(D, G) - lambda L_I(G, Q),     L_I = E[log Q(c | G(z, c))] + H(c)  <=  I(c; G(z, c))

Beside noise the generator gets a category and continuous codes, and Q reads them back from the image. Q is a head on D's
body and is trained on generated images alone: real images have no codes and no labels are used, unlike in the textbook code
that lecture 004 teaches from, whose code targets of real images are their true labels. Q says the category's
probabilities, and the mean of a Gaussian of fixed variance for each continuous code (uniform in [-1, 1)), whose negative
log-likelihood is the loss; the textbook's "mutual information" is no likelihood for signed codes. The log shows L_I for the
categories, in nats; its ceiling is H(c) = log(categories).

Networks and optimizers are the paper's (appendix C.1; batch normalisation in D too, Adam 2e-4 and 1e-3), the dense layers of
256 neurons instead of 1,024, not the lecture's shared ones. Categories must mean digits to be of use, and nothing in the
objective says so: they may as well mean slants. Two things help: these networks, and an augmentation of all that D and Q see,
whose random slants, widths and places no category can then stand for.
"""

import math

import keras
import numpy as np
from keras import layers, ops

from ganzoo import images, optimizers
from ganzoo.augmentation import RandomAffine
from ganzoo.checks import choices, positive_integer, positive_number
from ganzoo.errors import InputError
from ganzoo.gan import GAN
from ganzoo.latents import Codes
from ganzoo.layers import FusedBatchNormalization
from ganzoo.models.sizes import require_multiple


class InfoGAN(GAN):
    """A GAN that finds categories and directions of variation by itself.

    `discriminator` returns [logits `(N, 1)`, category logits `(N, categories)`, code means `(N, continuous)`]; the last two
    are Q.

    Args:
        image_shape: height and width multiples of 4, at least 8.
        latent: a `ganzoo.latents.Codes`, or the size of its noise as an int.
        category_weight, code_weight: lambda of the categorical and of the continuous codes' log-likelihood.
        code_sigma: standard deviation of Q's Gaussians, above 0, in units of the codes (which lie in [-1, 1)).
        hidden: neurons of the dense layers, positive int; the paper has 1024.
        learning_rate: of the discriminator's optimizer; the generator's is five times that.
        options: as in `GAN`; augmentation (a `RandomAffine`; None for none) and value_range (0, 1) have other defaults.
    """

    latent_law = Codes
    log_words = GAN.log_words | {"information": "information (nats)"}

    def __init__(
        self,
        image_shape=(28, 28, 1),
        latent=62,
        category_weight=1.0,
        code_weight=0.1,
        code_sigma=1.0,
        hidden=256,
        learning_rate=2e-4,
        **options,
    ):
        self.category_weight = positive_number("category_weight", category_weight)
        self.code_weight = positive_number("code_weight", code_weight)
        self.code_sigma = positive_number("code_sigma", code_sigma)
        self.hidden = positive_integer("hidden", hidden)
        self.learning_rate = positive_number("learning_rate", learning_rate)
        require_multiple(image_shape, 4, least=8, model="InfoGAN")
        options.setdefault("value_range", (0.0, 1.0))
        options.setdefault("augmentation", RandomAffine())
        super().__init__(image_shape, latent=latent, **options)

    def build_generator(self):
        height, width, channels = self.image_shape
        x = latents = keras.Input((self.latent.size,), name="latents")
        for neurons in (self.hidden, 128 * (height // 4) * (width // 4)):
            x = layers.Dense(neurons, use_bias=False)(x)
            x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
        x = layers.Reshape((height // 4, width // 4, 128))(x)
        x = layers.Conv2DTranspose(64, 4, strides=2, padding="same", use_bias=False)(x)
        x = layers.ReLU()(FusedBatchNormalization(momentum=0.9)(x))
        x = layers.Conv2DTranspose(channels, 4, strides=2, padding="same", activation="sigmoid")(x)
        return keras.Model(latents, x, name="generator")

    def build_discriminator(self):
        pictures = keras.Input(self.image_shape, name="images")
        x = layers.LeakyReLU(0.1)(layers.Conv2D(64, 4, strides=2, padding="same")(pictures))
        x = layers.Conv2D(128, 4, strides=2, padding="same")(x)
        x = layers.LeakyReLU(0.1)(FusedBatchNormalization(momentum=0.9)(x))
        features = self._normalised(self.hidden, layers.Flatten()(x))
        hidden = self._normalised(128, features)
        heads = [layers.Dense(1, name="logits")(features)]
        heads += [layers.Dense(self.latent.categories, name="category_logits")(hidden)]
        heads += [layers.Dense(self.latent.continuous, name="code_means")(hidden)]
        return keras.Model(pictures, heads, name="discriminator")

    @staticmethod
    def _normalised(neurons, x):
        return layers.LeakyReLU(0.1)(layers.BatchNormalization(momentum=0.9)(layers.Dense(neurons)(x)))

    def build_optimizers(self):
        return tuple(optimizers.Adam(rate, beta_1=0.5) for rate in (self.learning_rate, 5 * self.learning_rate))

    def auxiliary_losses(self, outputs, latents):
        category_logits, means = outputs
        _, category, codes = self.latent.split(latents)
        misread = -ops.sum(category * ops.log_softmax(category_logits), axis=1)
        distance = ops.sum(ops.square((codes - means) / self.code_sigma), axis=1) / 2
        return {"category_loss": self.category_weight * misread, "code_loss": self.code_weight * distance}

    def discriminator_step(self, real, labels=None, fakes=None):
        """Update D and Q once; the logs gain `information`, L_I of the categories in nats."""
        logs = super().discriminator_step(real, labels, fakes)
        ceiling = math.log(self.latent.categories)
        return logs | {"information": ceiling - logs["category_loss"] / self.category_weight}

    def settings(self):
        names = ("category_weight", "code_weight", "code_sigma", "hidden")
        return super().settings() | {name: getattr(self, name) for name in names}

    def generator_inputs(self, latents, categories=None, codes=None):
        """Put chosen categories and codes into latents.

        Args:
            latents: float32 `(N, latent.size)`.
            categories: ints from 0 to categories - 1, repeated until there are N; None keeps the drawn ones.
            codes: floats `(continuous,)` or `(N, continuous)`; None keeps the drawn ones.
        """
        noise, category, drawn = (np.array(part) for part in self.latent.split(np.asarray(latents)))
        if categories is not None:
            size = self.latent.categories
            chosen = choices("categories", categories, size)
            category = np.eye(size, dtype="float32")[np.resize(chosen, len(noise))]
        if codes is not None:
            codes = np.asarray(codes, "float32")
            if codes.shape not in ((self.latent.continuous,), drawn.shape) or not np.isfinite(codes).all():
                raise InputError(f"codes must be finite, of shape {drawn.shape}. Received: shape {codes.shape}")
            drawn = np.broadcast_to(codes, drawn.shape)
        return (np.concatenate([noise, category, drawn], axis=1).astype("float32"),)

    def traversal(self, code=0, steps=10, seed=0):
        """Generate one row of images a category, along which one continuous code goes from -2 to 2, all else equal.

        Args:
            code: index of the continuous code.
            steps: images a row.
            seed: int; decides the noise and the other codes, which all images share.

        Returns:
            uint8 array `(categories * steps, H, W, C)`.
        """
        if code not in range(self.latent.continuous):
            raise InputError(f"code must be from 0 to {self.latent.continuous - 1}. Received: code={code}")
        rows = self.latent.categories
        latents = np.repeat(self.draw_latents(1, seed), rows * steps, axis=0)
        codes = np.array(self.latent.split(latents)[2])
        codes[:, code] = np.tile(np.linspace(-2, 2, steps), rows)
        categories = np.repeat(np.arange(rows), steps)
        return self.generate(*self.generator_inputs(latents, categories, codes))

    def picture(self, seed=0):
        """Return the traversal of the first continuous code, a row a category, uint8 `(H, W, C)`."""
        return images.grid(self.traversal(0, 10, seed), 10, zoom=images.zoom_for(self.image_shape))

    def recognise(self, pictures):
        """Read categories and codes from images.

        Args:
            pictures: uint8 `(N, H, W, C)`.

        Returns:
            (probabilities of the categories, float32 `(N, categories)`; code means, float32 `(N, continuous)`).
        """
        parts = [self.discriminator(self.to_value_range(ops.convert_to_tensor(pictures[i : i + 256])), training=False)[1:]
                 for i in range(0, len(pictures), 256)]  # fmt: skip
        logits, means = (np.concatenate([np.asarray(part) for part in column]) for column in zip(*parts, strict=True))
        return ops.convert_to_numpy(ops.softmax(logits)), means

    def serving_inputs(self):
        return {
            "latents": ((self.latent.noise,), "float32"),
            "categories": ((), "int32"),
            "codes": ((self.latent.continuous,), "float32"),
        }

    def from_serving(self, latents, categories, codes):
        one_hot = ops.one_hot(categories, self.latent.categories, dtype="float32")
        return (self.latent.join(latents, one_hot, codes),)
