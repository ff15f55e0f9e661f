"""Residual networks without normalization, for the relativistic game with R1 and R2 (Huang et al. 2024, arXiv:2501.05441).

Departures: plain 3x3 convolutions, where the paper has grouped ones between 1x1 ones, as these are slow on a CPU; narrow; a
dense layer at the end, where the paper sums over positions with learned weights a channel.
"""

import keras
from keras import layers

from ganzoo.core.inputs import Input
from ganzoo.layers import NarrowConv2D
from ganzoo.networks.base import Networks, functional, require_multiple
from ganzoo.utils.checks import positive_integer
from ganzoo.utils.types import Shape, Tensor


class Residual(Networks):
    """Residual blocks at every size, from 4 to 7 pixels to the image's; a block begins as the identity (Zhang et al. 2019,
    arXiv:1901.09321), so that no normalization is needed.

    Labels enter the generator beside the latents; the discriminator's logit is w . f + embedding(y) . f of its features f
    (Miyato & Koyama 2018, arXiv:1802.05637).

    Args:
        width: filters at full size, positive int; each coarser size has twice as many, up to `widest` times.
        widest: positive int.
        blocks: residual blocks a size, positive int.
        embedding_size: None for one-hot labels in the generator; an int for a learned embedding of that size.
    """

    def __init__(self, width: int = 32, widest: int = 4, blocks: int = 1, embedding_size: int | None = None):
        self.width = positive_integer("width", width)
        self.widest = positive_integer("widest", widest)
        self.blocks = positive_integer("blocks", blocks)
        self.embedding_size = embedding_size

    def check(self, shape: Shape, model: str) -> None:
        require_multiple(shape, 4, least=8, model=model)

    def sizes(self, shape: Shape) -> list[tuple[int, int, int]]:
        """Return [(height, width, filters)], coarse to fine."""
        found = [(shape[0], shape[1], self.width)]
        while all(side % 2 == 0 for side in found[0][:2]) and min(found[0][:2]) >= 8:
            height, width, filters = found[0]
            found.insert(0, (height // 2, width // 2, min(2 * filters, self.widest * self.width)))
        return found

    def build_generator(self, inputs: dict[str, Input], shape: Shape) -> keras.Model:
        tensors, x = self.join(inputs)
        height, width, filters = self.sizes(shape)[0]
        x = layers.Reshape((height, width, filters))(_dense(height * width * filters)(x))
        for level, (_, _, filters) in enumerate(self.sizes(shape)):
            if level:
                x = layers.UpSampling2D(2)(_fitted(x, filters))
            x = self._residual(x)
        x = NarrowConv2D(shape[2], 3)(layers.LeakyReLU(0.2)(x))
        return functional(tensors, layers.Activation("tanh")(x), "generator")

    def build_discriminator(self, shape: Shape, classes: int | None = None, heads: dict[str, int] | None = None) -> keras.Model:
        tensors = [keras.Input(shape, name="images")]
        sizes = self.sizes(shape)[::-1]
        x = _convolution(sizes[0][2])(tensors[0])
        for level, (_, _, filters) in enumerate(sizes):
            if level:
                x = _fitted(layers.AveragePooling2D(2)(x), filters)
            x = self._residual(x)
        features = layers.LeakyReLU(0.2)(_dense(sizes[-1][2])(layers.Flatten()(layers.LeakyReLU(0.2)(x))))
        if classes is None:
            return self.with_heads(tensors, features, heads)
        return self.with_projection(tensors, features, classes, heads)

    def _residual(self, x: Tensor) -> Tensor:
        filters = x.shape[-1]
        for _ in range(self.blocks):
            y = _convolution(filters)(layers.LeakyReLU(0.2)(x))
            y = _convolution(filters, start="zeros")(layers.LeakyReLU(0.2)(y))
            x = layers.Add()([x, y])
        return x


def _convolution(filters, size=3, start="he_normal"):
    return layers.Conv2D(filters, size, padding="same", kernel_initializer=start)


def _dense(size):
    return layers.Dense(size, kernel_initializer="he_normal")


def _fitted(x, filters):
    """Return a map with the given number of filters: as it is, or behind a 1x1 convolution."""
    return x if x.shape[-1] == filters else _convolution(filters, 1, "glorot_normal")(x)
