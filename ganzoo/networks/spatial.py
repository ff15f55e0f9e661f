"""Fully convolutional networks for textures: one training makes pictures of any size."""

import keras
from keras import layers, ops

from ganzoo.core.inputs import Input, NormalMap
from ganzoo.layers import FusedBatchNormalization, UpsampleConv2D
from ganzoo.networks.base import Networks, functional, require_inputs, require_multiple
from ganzoo.utils.checks import check_int, positive_integer
from ganzoo.utils.types import Shape, Tensor

MARGIN = 2  # cells of the latent map on every side that are seen by the picture but have no pixels of their own


@keras.saving.register_keras_serializable(package="ganzoo")
class JoinStyle(layers.Layer):
    """Join a map `(N, h, w, c)` and a style, `(N, 1, 1, s)` for all of it or `(N, h, w, s)`, into `(N, h, w, c + s)`."""

    def call(self, tensors: list) -> Tensor:
        latents, style = tensors
        shape = (*ops.shape(latents)[:3], style.shape[-1])
        return ops.concatenate([latents, ops.broadcast_to(style, shape)], axis=-1)

    def compute_output_shape(self, shapes: list) -> tuple:
        latents, style = shapes
        return (*latents[:3], latents[3] + style[3])


class Spatial(Networks):
    """A generator of a map of latents, a cell for 2^upsamplings pixels, and a discriminator of patches.

    Spatial GAN (Jetchev et al. 2016, arXiv:1611.08207), with the global vector of PSGAN (Bergmann et al. 2017,
    arXiv:1705.06566) where there is a style. Departures: no convolution of the generator pads. It takes 2 cells more than it
    shows on every side, so that no pixel knows where the picture ends: blocks of a larger picture join exactly, and a map that
    is continued periodically (`ganzoo.textures.tile`) makes a picture without a seam, as wrap padding in every layer would.
    Up-sampling is nearest neighbour and a 3x3 convolution. The discriminator has no normalization, so that its gradient penalty
    is about one sample; its logit is the mean over patches. Both are narrow: on a CPU, crops seen in a minute count for more
    than filters.

    Args:
        upsamplings: positive int; a cell is 2^upsamplings pixels wide.
        width: filters of the generator's finest layer; each coarser one has more, up to `4 * width`.
        discriminator_width: filters of the discriminator's first layer.
        style: size of the global vector, 0 for none: one texture, or several that a vector chooses from.
    """

    latent_distribution = NormalMap

    def __init__(self, upsamplings: int = 4, width: int = 12, discriminator_width: int = 16, style: int = 0):
        self.upsamplings = positive_integer("upsamplings", upsamplings)
        self.width = positive_integer("width", width)
        self.discriminator_width = positive_integer("discriminator_width", discriminator_width)
        self.style = check_int("style", style, 0)

    @property
    def cell(self) -> int:
        """Pixels that a cell of the latent map is wide."""
        return 2**self.upsamplings

    def build_latent(self, size: int, shape: Shape) -> Input:
        return NormalMap(shape[0] // self.cell + 2 * MARGIN, shape[1] // self.cell + 2 * MARGIN, size)

    def check(self, shape: Shape, model: str) -> None:
        require_multiple(shape, self.cell, least=max(32, self.cell), model=model)

    def build_generator(self, inputs: dict[str, Input], shape: Shape) -> keras.Model:
        require_inputs(self, all(len(each.shape) == 3 for each in inputs.values()), "maps of latents (H, W, C)", inputs)
        tensors = [keras.Input((None, None, each.shape[-1]), name=name) for name, each in inputs.items()]
        x = JoinStyle()(tensors) if len(tensors) == 2 else tensors[0]
        widths = [self.width * min(4, level + 1) for level in reversed(range(self.upsamplings))]
        x = self._activated(layers.Conv2D(widths[0], 3, use_bias=False)(x))
        for filters in widths:
            x = self._activated(UpsampleConv2D(filters, 3, padding="valid", use_bias=False)(x))
        return functional(tensors, layers.Conv2D(shape[2], 3, activation="tanh")(x), "generator")

    def build_discriminator(self, shape: Shape, classes: int | None = None, heads: dict[str, int] | None = None) -> keras.Model:
        pictures = x = keras.Input((None, None, shape[2]), name="images")
        for filters, kernel, strides in [(1, 4, 2), (2, 4, 2), (4, 4, 2), (4, 4, 2), (4, 1, 1)]:
            filters *= self.discriminator_width
            x = layers.Conv2D(filters, kernel, strides=strides, padding="same", kernel_initializer="he_normal")(x)
            x = layers.LeakyReLU(0.2)(x)
        return self.with_heads([pictures], layers.GlobalAveragePooling2D()(x), heads)

    @staticmethod
    def _activated(x: Tensor) -> Tensor:
        return layers.ReLU()(FusedBatchNormalization(momentum=0.9)(x))
