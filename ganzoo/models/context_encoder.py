"""Context encoder: Pathak, Krähenbühl, Donahue, Darrell, Efros 2016, "Context Encoders: Feature Learning by Inpainting",
arXiv:1604.07379.

    generator:      0.999 |m (x - G((1 - m) x))|^2 + 0.001 [-log D(y)],     y = (1 - m) x + m G((1 - m) x)
    discriminator:  -log D(x) - log(1 - D(y))

m is 1 where a pixel is missing; the square is averaged over those. As in the paper: Adam, beta_1 0.5, ten times the rate for
the generator. Departures: D sees the image that was filled in, not the hole alone, to judge whether it fits, for any
shape of hole; the generator's adversarial loss is the non-saturating one; and no overlap with the border is predicted, as
known pixels are put back.
"""

from keras import ops

from ganzoo import networks, optimizers
from ganzoo.core.match import Match
from ganzoo.core.player import Player
from ganzoo.inpainting import Inpainting, compose
from ganzoo.utils.checks import nonnegative_number


class ContextEncoder(Inpainting):
    """An encoder-decoder that fills holes, against a discriminator of the result.

    Args:
        image_shape: height and width multiples of 4, at least 8.
        networks: default `networks.ContextEncoder()`.
        mask: kind of the masks that it trains on: "center", "random", "brush", or "mixed".
        reconstruction_weight, adversarial_weight: of the two terms, at least 0; the paper's are 0.999 and 0.001.
        learning_rate: of the generator; the discriminator's is a tenth.
        seed: as in `GAN`.

    Example:
        >>> import numpy as np
        >>> ContextEncoder((8, 8, 1)).sample(images=np.zeros((2, 8, 8, 1), "uint8")).shape
        (2, 8, 8, 1)
    """

    display_names = {"reconstruction_loss": "L2 in the hole", "discriminator_loss": "D", "generator_loss": "G"}

    def __init__(self, image_shape=(32, 32, 3), networks=networks.ContextEncoder(), mask="mixed",  # noqa: B008
                 reconstruction_weight=0.999, adversarial_weight=0.001, learning_rate=2e-3, seed=0, name=None):  # fmt: skip
        self.reconstruction_weight = nonnegative_number("reconstruction_weight", reconstruction_weight)
        self.adversarial_weight = nonnegative_number("adversarial_weight", adversarial_weight)
        super().__init__(image_shape, networks, mask, learning_rate, seed, name)

    def build_players(self, stage):
        generator = self.networks.build_generator(self.inputs, self.image_shape)
        discriminator = self.networks.build_discriminator(self.image_shape)
        rates = self.learning_rate / 10, self.learning_rate
        adam = [optimizers.Adam(rate, beta_1=0.5) for rate in rates]
        return {"discriminator": Player({"discriminator": discriminator}, adam[0]),
                "generator": Player({"generator": generator}, adam[1])}  # fmt: skip

    def play(self, batches, step):
        """Fill holes that are drawn anew, update the discriminator on the result, then the generator."""
        images = self.batch_at(batches, 0)["images"]
        masks = self.draw_masks(images, self.step_seed(step))
        made = self.forward("generator", lambda: self.fill(images, masks, training=True))
        filled = compose(images, ops.stop_gradient(made.outputs), masks)

        def discriminator():
            real, fake = self.discriminate(images), self.discriminate(filled)
            loss = ops.softplus(-real) + ops.softplus(fake)
            return {"discriminator_loss": loss}, {"d_real": ops.sigmoid(real), "d_fake": ops.sigmoid(fake)}

        def generator(made):
            squares = ops.mean(ops.square(made - images), axis=-1, keepdims=True) * ops.cast(masks, "float32")
            missing = ops.maximum(1.0, ops.cast(ops.sum(masks, axis=(1, 2, 3)), "float32"))
            fooled = ops.softplus(-self.discriminate(compose(images, made, masks)))
            return {"reconstruction_loss": self.reconstruction_weight * ops.sum(squares, axis=(1, 2, 3)) / missing,
                    "generator_loss": self.adversarial_weight * fooled}, {}  # fmt: skip

        return self.update("discriminator", discriminator) | self.update("generator", generator, through=made)

    def discriminate(self, images):
        """Return the discriminator's logits of images `(N, H, W, C)` in (-1, 1), float32 `(N,)`, high for whole ones."""
        return ops.cast(self.discriminator(images, training=True), "float32")[:, 0]

    def matches(self):
        """Return the one match: the discriminator against what is filled in."""

        def inputs(n, seed, arrays):
            images = arrays["images"][:n]
            return {name: ops.convert_to_tensor(each) for name, each in self.draw_inputs(n, seed, images=images).items()}

        return {"": Match("images", inputs, self.generate, lambda images, arrays: self.discriminate(images)[:, None],
                          lambda real, fake: ops.softplus(-fake)[:, 0], self.players["discriminator"])}  # fmt: skip
