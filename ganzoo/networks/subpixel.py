"""Sub-pixel networks, which learn the most in a minute on a CPU: no map of full size, plain convolutions, few weights.

Images are taken and made as 2x2 squares of channels at half their size (Shi et al. 2016, arXiv:1609.05158); the rest is DCGAN's
recipe (Radford et al. 2016, arXiv:1511.06434): strided convolutions down, up-sampling ones up, batch normalization in the
generator alone, so that a gradient penalty is one of single examples.
"""

import keras
from keras import layers

from ganzoo.core.inputs import Input
from ganzoo.layers import DepthToSpace, FusedBatchNormalization, SpaceToDepth, UpsampleConv2D
from ganzoo.networks.base import Networks, functional, require_multiple
from ganzoo.utils.checks import positive_integer
from ganzoo.utils.types import Shape, Tensor


class Subpixel(Networks):
    """Convolutions at half the image's size and at every half of that, down to 4 to 7 pixels.

    Labels enter the generator beside the latents, and the discriminator by a projection.

    Args:
        width: the generator's filters at half size, positive int; each coarser size has twice as many, up to four times.
        discriminator_width: the same of the discriminator.
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
        """Return [(height, width, how many times the filters of half size)] of the maps, half size first."""
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
        x = _normalized(x)
        for _, _, times in larger:
            x = _normalized(UpsampleConv2D(times * self.width, 3, kernel_initializer="he_normal")(x))
        x = _normalized(_convolution(self.width)(x))
        x = DepthToSpace()(_convolution(4 * shape[2])(x))
        return functional(tensors, layers.Activation("tanh")(x), "generator")

    def build_discriminator(self, shape: Shape, classes: int | None = None, heads: dict[str, int] | None = None) -> keras.Model:
        tensors = [keras.Input(shape, name="images")]
        x = layers.LeakyReLU(0.2)(_convolution(self.discriminator_width)(SpaceToDepth()(tensors[0])))
        *_, (height, width, times) = sizes = self.sizes(shape)
        for _, _, times in sizes[1:]:
            x = layers.LeakyReLU(0.2)(_convolution(times * self.discriminator_width, 4, strides=2)(x))
        if min(height, width) > 4:
            times = min(2 * times, 4)
            x = layers.LeakyReLU(0.2)(_convolution(times * self.discriminator_width, 4, strides=2)(x))
        features = layers.LeakyReLU(0.2)(_dense(4 * self.discriminator_width)(layers.Flatten()(x)))
        if classes is None:
            return self.with_heads(tensors, features, heads)
        return self.with_projection(tensors, features, classes, heads)


def _normalized(x: Tensor) -> Tensor:
    return layers.LeakyReLU(0.2)(FusedBatchNormalization(momentum=0.9)(x))


def _convolution(filters, size=3, **options):
    return layers.Conv2D(filters, size, padding="same", kernel_initializer="he_normal", **options)


def _dense(size):
    return layers.Dense(size, kernel_initializer="he_normal")
