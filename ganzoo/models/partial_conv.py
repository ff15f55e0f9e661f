"""Partial convolutions: Liu, Reda, Shih, Wang, Tao, Catanzaro 2018, "Image Inpainting for Irregular Holes Using Partial
Convolutions", arXiv:1804.07723.

    6 |m (x - G)|_1 + |(1 - m) (x - G)|_1 + 0.1 TV(y),     y = (1 - m) x + m G,  each over the number of an image's values

A U-Net whose convolutions see known pixels alone, so that what a hole is filled with at first cannot color the result; m is 1
where a pixel is missing. TV is the L1 distance of neighbors of which at least one is missing. Left out: the paper's perceptual
and style losses (weights 0.05 and 120), which are distances in the features of a VGG-16 that has to be downloaded; without
them large holes are filled in smoothly; compare what the discriminator of `ContextEncoder` does. Left out too is the second
training with the encoder's batch normalization frozen. There is no adversary: it is in the zoo as a yardstick for the GANs.
"""

from keras import ops

from ganzoo import networks, optimizers
from ganzoo.core.player import Player
from ganzoo.inpainting import Inpainting, compose
from ganzoo.utils.checks import nonnegative_number


class PartialConvNet(Inpainting):
    """A U-Net of partial convolutions that fills holes of any shape; one player, no discriminator.

    Args:
        image_shape: height and width multiples of 4, at least 8.
        networks: default `networks.PartialUNet()`.
        mask: kind of the masks that it trains on: "center", "random", "brush", or "mixed".
        hole_weight, variation_weight: of the losses in the hole and of its total variation, at least 0; the paper's are 6 and
            0.1, beside 1 for what is known.
        learning_rate: of Adam; the paper's is 2e-4.
        seed: as in `GAN`.

    Example:
        >>> import numpy as np
        >>> PartialConvNet((8, 8, 1)).sample(images=np.zeros((2, 8, 8, 1), "uint8")).shape
        (2, 8, 8, 1)
    """

    display_names = {"hole_loss": "in the hole", "valid_loss": "around it", "variation_loss": "total variation"}

    def __init__(self, image_shape=(32, 32, 3), networks=networks.PartialUNet(), mask="mixed", hole_weight=6.0,  # noqa: B008
                 variation_weight=0.1, learning_rate=2e-4, seed=0, name=None):  # fmt: skip
        self.hole_weight = nonnegative_number("hole_weight", hole_weight)
        self.variation_weight = nonnegative_number("variation_weight", variation_weight)
        super().__init__(image_shape, networks, mask, learning_rate, seed, name)

    def build_players(self, stage):
        generator = self.networks.build_generator(self.inputs, self.image_shape)
        return {"generator": Player({"generator": generator}, optimizers.Adam(self.learning_rate))}

    def play(self, batches, step):
        """Update the generator on holes that are drawn anew."""
        images = self.batch_at(batches, 0)["images"]
        masks = self.draw_masks(images, self.step_seed(step))
        missing = ops.cast(masks, "float32")

        def losses():
            made = self.fill(images, masks, training=True)
            distance = abs(made - images)
            return {"hole_loss": self.hole_weight * _mean(missing * distance), "valid_loss": _mean((1.0 - missing) * distance),
                    "variation_loss": self.variation_weight * variation(compose(images, made, masks), missing)}, {}  # fmt: skip

        return self.update("generator", losses)


def variation(images, missing):
    """Return the total variation `(N,)` of images `(N, H, W, C)` at the holes: L1 of neighbors, over the number of values.

    Args:
        images: float.
        missing: `(N, H, W, 1)`, 1 where a pixel is missing; pairs of known pixels do not count.
    """
    down = abs(images[:, 1:] - images[:, :-1]) * ops.maximum(missing[:, 1:], missing[:, :-1])
    right = abs(images[:, :, 1:] - images[:, :, :-1]) * ops.maximum(missing[:, :, 1:], missing[:, :, :-1])
    size = images.shape[1] * images.shape[2] * images.shape[3]
    return (ops.sum(down, axis=(1, 2, 3)) + ops.sum(right, axis=(1, 2, 3))) / size


def _mean(values):
    """Return the mean of each sample's values, `(N,)`."""
    return ops.mean(values, axis=(1, 2, 3))
