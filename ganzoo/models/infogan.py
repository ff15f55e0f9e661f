"""InfoGAN: Chen et al. 2016, "InfoGAN: Interpretable Representation Learning by Information Maximizing GANs",
arXiv:1606.03657.

    min_{G,Q} max_D  V(D, G) - lambda L_I(G, Q),     L_I = E[log Q(c | G(z, c))] + H(c)  <=  I(c; G(z, c))

Beside noise the generator gets a category and continuous codes, and Q reads them back from the image. Q is a head on D's
body and is trained on generated images alone: real images have no codes and no labels are used, unlike in the textbook code
that lecture 004 teaches from, whose code targets of real images are their true labels. Q says the category's
probabilities, and the mean of a Gaussian of fixed variance for each continuous code (uniform in [-1, 1)), whose negative
log-likelihood is the loss; the textbook's "mutual information" is no likelihood for signed codes. The log shows L_I for the
categories, in nats; its ceiling is H(c) = log(categories).

Networks and optimizers are the paper's, not the lecture's shared ones (appendix C.1; batch normalization in D too, Adam 2e-4
and 1e-3), but with dense layers of 256 neurons instead of 1,024. Categories must mean digits to be of use, and nothing in the
objective says so: they may as well mean slants. Two things help: these networks, and an augmentation of all that D and Q see,
whose random slants, widths and places no category can then stand for.
"""

import math

import numpy as np
from keras import ops

from ganzoo import backend, networks, optimizers
from ganzoo.augmentation import RandomAffine
from ganzoo.core.inputs import Category, Code, Uniform
from ganzoo.errors import InputError
from ganzoo.gan import GAN
from ganzoo.objectives import Objective
from ganzoo.utils import images
from ganzoo.utils.checks import positive_integer, positive_number


def objective(learning_rate=2e-4):
    """Return the paper's game: non-saturating, Adam with beta_1 0.5, a generator five times as quick."""
    return Objective(
        "non_saturating", (), 1, *(optimizers.Adam(rate, beta_1=0.5) for rate in (learning_rate, 5 * learning_rate))
    )


class InfoGAN(GAN):
    """A GAN that finds categories and directions of variation by itself.

    `discriminator` returns [logits `(N, 1)`, category logits `(N, categories)`, code means `(N, codes)`]; the last two are Q.

    Args:
        image_shape: height and width multiples of 4, at least 8.
        latent: size of the noise, an int, or an object of `ganzoo.core.inputs`; uniform in [-1, 1) on the default networks.
        categories: number of equally likely categories, int of at least 1.
        codes: number of continuous codes, uniform in [-1, 1); positive int.
        category_weight, code_weight: lambda of the categorical and of the continuous codes' log-likelihood.
        code_sigma: standard deviation of Q's Gaussians, above 0, in units of the codes.
        augmentation: of all that D and Q see; None for none.
        options: as in `GAN`.

    Example:
        >>> InfoGAN((8, 8, 1)).sample(categories=[0, 1], codes=[0.5, -0.5]).shape
        (2, 8, 8, 1)
    """

    default_latent = 62
    default_networks = networks.InfoGAN
    default_objective = staticmethod(objective)

    def __init__(
        self,
        image_shape=(28, 28, 1),
        latent=62,
        categories=10,
        codes=2,
        category_weight=1.0,
        code_weight=0.1,
        code_sigma=1.0,
        augmentation=RandomAffine(),  # noqa: B008 - it has no state
        **options,
    ):
        self.categories, self.codes = positive_integer("categories", categories), positive_integer("codes", codes)
        self.category_weight = positive_number("category_weight", category_weight)
        self.code_weight = positive_number("code_weight", code_weight)
        self.code_sigma = positive_number("code_sigma", code_sigma)
        super().__init__(image_shape, latent, augmentation=augmentation, **options)

    @property
    def inputs(self):
        """{"latents": noise, "categories": Category, "codes": Code}, and labels where it is conditional too."""
        return {"latents": self.latent, "categories": Category(self.categories), "codes": Code(self.codes)} | {
            name: each for name, each in super().inputs.items() if name != "latents"
        }

    @property
    def display_names(self):
        return super().display_names | {"information": "information (nats)"}

    def discriminator_heads(self):
        return {"category_logits": self.categories, "code_means": self.codes}

    def draw_values(self, shape, seed, inputs=None):
        """Draw uniform noise and codes as one vector; a seed then gives the image that it gave when they were one input."""
        category, rest, latents, labels = (backend.fold_in(seed, stream) for stream in (1, 2, 3, 4))
        together = type(self.latent) is Uniform
        noise = self.latent.size if together else 0
        numbers = backend.uniform((*shape, noise + self.codes), rest, -1.0, 1.0)
        drawn = {
            "latents": numbers[..., :noise] if together else self.latent.draw(shape, latents),
            "categories": Category(self.categories).draw(shape, category),
            "codes": numbers[..., noise:],
        }
        others = {name: each for name, each in self.inputs.items() if name not in drawn}
        return drawn | super().draw_values(shape, labels, others)

    def auxiliary_losses(self, player, real, fake):
        distance = ops.sum(ops.square((fake.inputs["codes"] - fake.outputs[1]) / self.code_sigma), axis=1) / 2
        return {"category_loss": self.category_weight * self._misread(fake), "code_loss": self.code_weight * distance}

    def training_metrics(self, real, fake):
        """Add `information`, L_I of the categories in nats."""
        return super().training_metrics(real, fake) | {"information": math.log(self.categories) - self._misread(fake)}

    def _misread(self, fake):
        category = ops.one_hot(fake.inputs["categories"], self.categories, dtype="float32")
        return -ops.sum(category * ops.log_softmax(fake.outputs[0]), axis=1)

    def traversal(self, code=0, steps=10, seed=0):
        """Generate one row of images a category, along which one continuous code goes from -2 to 2, all else equal.

        Args:
            code: index of the continuous code.
            steps: images a row.
            seed: int; decides the noise and the other codes, which all images share.

        Returns:
            uint8 array `(categories * steps, H, W, C)`.
        """
        if code not in range(self.codes):
            raise InputError(f"code must be from 0 to {self.codes - 1}. Received: code={code}")
        rows = self.categories
        self.check_number(rows * positive_integer("steps", steps))
        inputs = {name: np.repeat(values, rows * steps, axis=0) for name, values in self.draw_inputs(1, seed).items()}
        inputs["codes"][:, code] = np.tile(np.linspace(-2, 2, steps), rows)
        inputs["categories"] = np.repeat(np.arange(rows), steps).astype("int32")
        return self.render(inputs)

    def preview(self, probe=None, seed=0):
        """Return the traversal of the first continuous code, a row a category, uint8 `(H, W, C)`."""
        return images.grid(self.traversal(0, 10, seed), 10, zoom=images.zoom_for(self.image_shape))

    def recognize(self, pictures):
        """Read categories and codes from images.

        Args:
            pictures: uint8 `(N, H, W, C)`.

        Returns:
            (probabilities of the categories, float32 `(N, categories)`; code means, float32 `(N, codes)`).
        """
        parts = [self.discriminate(self.to_value_range(ops.convert_to_tensor(pictures[i : i + 256]))).outputs
                 for i in range(0, len(pictures), 256)]  # fmt: skip
        logits, means = (np.concatenate([np.asarray(part) for part in column]) for column in zip(*parts, strict=True))
        return ops.convert_to_numpy(ops.softmax(logits)), means
