"""The networks of progressive growing (Karras et al. 2017, arXiv:1710.10196, appendix A), of any width.

Departures: fewer filters; one dense layer before the logit has as many neurons as the coarsest block has filters, as in the
paper; the generator ends in tanh, where the paper's output is linear, so that images stay in `value_range`.
"""

import keras
from keras import layers

from ganzoo.core.inputs import Input
from ganzoo.errors import InputError
from ganzoo.layers import EqualizedConv2D, EqualizedDense, FadeIn, MinibatchStd, PixelNorm
from ganzoo.networks.base import functional
from ganzoo.networks.growing import GrowingNetworks, Kept, coarsest, last_level, shape_at
from ganzoo.utils.checks import positive_integer
from ganzoo.utils.types import Shape, Tensor


class Progressive(GrowingNetworks):
    """Two 3x3 convolutions a size each way; pixel normalization in the generator alone.

    Args:
        width: filters of the coarsest blocks, positive int; from the fourth size on (32 pixels and more) half as many each.
        group: examples whose standard deviation the discriminator sees, see `ganzoo.layers.MinibatchStd`.
    """

    normalizes_latents = True

    def __init__(self, width: int = 64, group: int = 4):
        self.width, self.group = positive_integer("width", width), positive_integer("group", group)

    def filters(self, level: int) -> int:
        """Return how many filters the blocks of a level have."""
        return max(self.width // 2 ** max(level - 2, 0), min(self.width, 8))

    def build_generator(
        self,
        inputs: dict[str, Input],
        shape: Shape,
        level: int | None = None,
        kept: Kept | None = None,
        fade: int | None = None,
    ) -> keras.Model:
        level, kept = last_level(shape) if level is None else level, kept or Kept()
        tensors, x = self.join(inputs)
        height, width = coarsest(shape)

        def activated(x: Tensor) -> Tensor:
            return PixelNorm()(layers.LeakyReLU(0.2)(x))

        def pixels(x: Tensor, at: int) -> Tensor:
            return kept(f"to_pixels_{at}", lambda: EqualizedConv2D(shape[2], 1, gain=1.0))(x)

        x = PixelNorm()(x)
        # The dense layer's gain is the official code's: a quarter of He's.
        x = kept("dense", lambda: EqualizedDense(height * width * self.filters(0), gain=2**0.5 / 4))(x)
        x = activated(layers.Reshape((height, width, self.filters(0)))(x))
        x = activated(kept("conv_0", lambda: EqualizedConv2D(self.filters(0), 3))(x))
        old = x
        for at in range(1, level + 1):
            old, filters = x, self.filters(at)
            x = activated(kept(f"up_{at}", lambda n=filters: EqualizedConv2D(n, 3, upsample=True))(x))  # type: ignore[misc]
            x = activated(kept(f"conv_{at}", lambda n=filters: EqualizedConv2D(n, 3))(x))  # type: ignore[misc]
        images = pixels(x, level)
        if level and fade:
            before = layers.UpSampling2D(2)(pixels(old, level - 1))
            images = kept(f"fade_{level}", lambda: FadeIn(fade))([before, images])
        return functional(tensors, layers.Activation("tanh")(images), "generator")

    def build_discriminator(
        self,
        shape: Shape,
        classes: int | None = None,
        heads: dict[str, int] | None = None,
        level: int | None = None,
        kept: Kept | None = None,
        fade: int | None = None,
    ) -> keras.Model:
        level, kept = last_level(shape) if level is None else level, kept or Kept()
        if classes is not None:
            raise InputError(f"networks.{type(self).__name__} are told no labels. Received: classes={classes}")
        images = keras.Input(shape_at(shape, level), name="images")

        def convolved(x: Tensor, name: str, filters: int, size: int = 3) -> Tensor:
            return layers.LeakyReLU(0.2)(kept(name, lambda: EqualizedConv2D(filters, size))(x))

        x = convolved(images, f"from_pixels_{level}", self.filters(level), 1)
        for at in range(level, 0, -1):
            x = convolved(x, f"conv_{at}", self.filters(at))
            x = layers.AveragePooling2D(2)(convolved(self.low_pass(x), f"down_{at}", self.filters(at - 1)))
            if at == level and fade:
                smaller = layers.AveragePooling2D(2)(images)
                before = convolved(smaller, f"from_pixels_{level - 1}", self.filters(level - 1), 1)
                x = kept(f"fade_{level}", lambda: FadeIn(fade))([before, x])
        x = convolved(MinibatchStd(self.group)(x), "conv_0", self.filters(0))
        x = kept("dense", lambda: EqualizedDense(self.filters(0)))(layers.Flatten()(x))
        return self.with_heads([images], layers.LeakyReLU(0.2)(x), heads, kept("logit", lambda: EqualizedDense(1, gain=1.0)))

    def low_pass(self, x: Tensor) -> Tensor:
        """Return what the discriminator reduces in size: the features as they are."""
        return x
