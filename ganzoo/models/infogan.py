"""InfoGAN: Chen et al. 2016, "InfoGAN: Interpretable Representation Learning by Information Maximizing GANs",
arXiv:1606.03657, on lecture 004's networks.

    min_{G,Q} max_D  V(D, G) - lambda L_I(G, Q),     L_I = E[log Q(c | G(z, c))] + H(c)  <=  I(c; G(z, c))

Beside noise the generator gets a category and continuous codes, and Q reads them back from the image. Q is a head on D's
body and is trained on generated images alone: real images have no codes and no labels are used, unlike in the textbook code
that lecture 004 teaches from, whose code targets of real images are their true labels. Q says the category's
probabilities, and the mean of a Gaussian of fixed variance for each continuous code (uniform in [-1, 1)), whose negative
log-likelihood is the loss; the textbook's "mutual information" is no likelihood for signed codes. The log shows L_I for the
categories, in nats; its ceiling is H(c) = log(categories).
"""

import math

import keras
import numpy as np
from keras import layers, ops

from ganzoo import images
from ganzoo.checks import choices, positive_number
from ganzoo.errors import InputError
from ganzoo.latents import Codes
from ganzoo.models.dcgan import DCGAN


class InfoGAN(DCGAN):
    """DCGAN that finds categories and directions of variation by itself.

    `discriminator` returns [logits `(N, 1)`, category logits `(N, categories)`, code means `(N, continuous)`]; the last two
    are Q.

    Args:
        image_shape: height and width multiples of 4, at least 8.
        latent: a `ganzoo.latents.Codes`, or the size of its noise as an int.
        category_weight, code_weight: lambda of the categorical and of the continuous codes' log-likelihood.
        code_sigma: standard deviation of Q's Gaussians, above 0, in units of the codes (which lie in [-1, 1)).
        options: as in `DCGAN`.
    """

    latent_law = Codes
    log_words = DCGAN.log_words | {"information": "information (nats)"}

    def __init__(self, image_shape=(28, 28, 1), latent=62, category_weight=1.0, code_weight=0.1, code_sigma=0.5, **options):
        self.category_weight = positive_number("category_weight", category_weight)
        self.code_weight = positive_number("code_weight", code_weight)
        self.code_sigma = positive_number("code_sigma", code_sigma)
        super().__init__(image_shape, latent=latent, **options)

    def build_discriminator(self):
        pictures = keras.Input(self.image_shape, name="images")
        features = self.features_of(pictures)
        hidden = layers.LeakyReLU(0.2)(layers.Dense(128)(features))
        heads = [layers.Dense(1)(features), layers.Dense(self.latent.categories)(hidden)]
        return keras.Model(pictures, [*heads, layers.Dense(self.latent.continuous)(hidden)], name="discriminator")

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
