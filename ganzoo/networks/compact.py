"""Compact networks, which learn the most in a minute on a CPU: DCGAN's kind (Radford et al. 2016, arXiv:1511.06434), narrow.

Departures from DCGAN: kernels no larger than their stride needs; up-sampling by repetition instead of transposed convolutions;
batch normalization in the generator alone, so that a gradient penalty is one of single examples; a dense layer before the last.
"""

import keras
from keras import layers

from ganzoo.core.inputs import Input
from ganzoo.layers import FusedBatchNormalization, NarrowConv2D, UpsampleConv2D
from ganzoo.networks.base import Networks, functional, require_multiple
from ganzoo.utils.checks import positive_integer
from ganzoo.utils.types import Shape, Tensor


class Compact(Networks):
    """Convolutions that halve and double maps between the image's size and 4 to 7 pixels.

    Labels enter the generator beside the latents, and the discriminator by a projection.

    Args:
        width: the generator's filters at half the image's size, positive int; at full size there are half as many, at a quarter
            twice as many, and four times below.
        discriminator_width: the discriminator's at half size, positive int; then as above.
        embedding_size: None for one-hot labels in the generator; an int for a learned embedding of that size.
    """

    def __init__(self, width: int = 32, discriminator_width: int = 32, embedding_size: int | None = None):
        self.width = positive_integer("width", width)
        self.discriminator_width = positive_integer("discriminator_width", discriminator_width)
        self.embedding_size = embedding_size

    def check(self, shape: Shape, model: str) -> None:
        require_multiple(shape, 4, least=8, model=model)

    @staticmethod
    def sizes(shape: Shape) -> list[tuple[int, int, int]]:
        """Return [(height, width, filters over those of half size)] of the maps below the image's size, half size first."""
        found = [(shape[0] // 2, shape[1] // 2, 1)]
        while all(side % 2 == 0 for side in found[-1][:2]) and min(found[-1][:2]) >= 8:
            height, width, times = found[-1]
            found.append((height // 2, width // 2, min(2 * times, 4)))
        return found

    def build_generator(self, inputs: dict[str, Input], shape: Shape) -> keras.Model:
        tensors, x = self.join(inputs)
        (height, width, times), *larger = self.sizes(shape)[::-1]
        filters = times * self.width
        x = layers.Reshape((height, width, filters))(layers.Dense(height * width * filters, use_bias=False)(x))
        for filters in [times * self.width for _, _, times in larger] + [max(1, self.width // 2)]:
            x = UpsampleConv2D(filters, 3, kernel_initializer="he_normal")(_normalized(x))
        x = NarrowConv2D(shape[2], 3)(_normalized(x))
        return functional(tensors, layers.Activation("tanh")(x), "generator")

    def build_discriminator(self, shape: Shape, classes: int | None = None, heads: dict[str, int] | None = None) -> keras.Model:
        tensors = [keras.Input(shape, name="images")]
        x, sizes = tensors[0], self.sizes(shape)
        height, width, times = sizes[-1]
        further = [min(2 * times, 4)] if min(height, width) > 4 else []
        for times in [times for _, _, times in sizes] + further:
            x = layers.Conv2D(times * self.discriminator_width, 4, strides=2, padding="same", kernel_initializer="he_normal")(x)
            x = layers.LeakyReLU(0.2)(x)
        features = layers.Dense(4 * self.discriminator_width, kernel_initializer="he_normal")(layers.Flatten()(x))
        features = layers.LeakyReLU(0.2)(features)
        if classes is None:
            return self.with_heads(tensors, features, heads)
        return self.with_projection(tensors, features, classes, heads)


def _normalized(x: Tensor) -> Tensor:
    return layers.LeakyReLU(0.2)(FusedBatchNormalization(momentum=0.9)(x))
