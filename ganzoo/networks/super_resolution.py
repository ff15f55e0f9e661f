"""Networks that enlarge images: a residual generator, and a discriminator that also tells identities apart."""

import keras
from keras import layers

from ganzoo.core.inputs import Input
from ganzoo.errors import InputError
from ganzoo.layers import NarrowConv2D, UpsampleConv2D
from ganzoo.networks.base import Networks, require_inputs, require_multiple
from ganzoo.networks.inpainting import halvings
from ganzoo.utils.checks import check_int, positive_integer
from ganzoo.utils.types import Shape


class SuperResolution(Networks):
    """A generator of residual blocks and up-samplings, and a convolutional discriminator with features for identities.

    Generator: a 3x3 convolution, residual blocks on the small image, an up-sampling for each doubling, two 3x3 convolutions;
    what they make is added to the image enlarged bilinearly, as in Kim, Lee, Lee 2016 (VDSR), arXiv:1511.04587. No tanh: on
    MNIST, whose images are mostly black, the output of a tanh turned black within 50 steps and stayed so.
    Discriminator: 4x4 convolutions of stride 2 down to about 4 pixels; from these a logit and, if asked for, features.

    Args:
        width: filters of the first layers, positive int.
        residual_blocks: of the generator, int of at least 0.
    """

    def __init__(self, width: int = 32, residual_blocks: int = 3):
        self.width = positive_integer("width", width)
        self.residual_blocks = check_int("residual_blocks", residual_blocks, 0)

    def check(self, shape: Shape, model: str) -> None:
        require_multiple(shape, 4, least=8, model=model)

    def build_generator(self, inputs: dict[str, Input], shape: Shape) -> keras.Model:
        (name, each), *_ = inputs.items()
        require_inputs(self, len(each.shape) == 3, "an image (H, W, C)", inputs)
        factor = shape[0] // each.shape[0]
        if factor & (factor - 1) or (each.shape[0] * factor, each.shape[1] * factor) != tuple(shape[:2]):
            raise InputError(
                f"SuperResolution enlarges by a power of 2. Received: {tuple(each.shape[:2])} to {tuple(shape[:2])}"
            )
        pictures = keras.Input(each.shape, name=name)
        x = layers.Conv2D(2 * self.width, 3, padding="same")(pictures)
        for _ in range(self.residual_blocks):
            y = layers.Conv2D(2 * self.width, 3, padding="same")(layers.LeakyReLU(0.2)(x))
            y = layers.Conv2D(2 * self.width, 3, padding="same")(layers.LeakyReLU(0.2)(y))
            x = layers.Add()([x, y])
        while factor > 1:
            factor //= 2
            filters = self.width if factor == 1 else 2 * self.width
            x = UpsampleConv2D(filters, 3)(layers.LeakyReLU(0.2)(x))
        x = layers.Conv2D(self.width, 3, padding="same")(layers.LeakyReLU(0.2)(x))
        details = NarrowConv2D(shape[2], 3)(layers.LeakyReLU(0.2)(x))
        enlarged = layers.UpSampling2D(shape[0] // each.shape[0], interpolation="bilinear")(pictures)
        return keras.Model(pictures, layers.Add()([enlarged, details]), name="generator")

    def build_discriminator(self, shape: Shape, classes: int | None = None, heads: dict[str, int] | None = None) -> keras.Model:
        pictures = x = keras.Input(shape, name="images")
        for level in range(halvings(shape)):
            x = layers.Conv2D(self.width * min(2**level, 4), 4, strides=2, padding="same")(x)
            x = layers.LeakyReLU(0.2)(layers.GroupNormalization(groups=-1)(x) if level else x)
        return self.with_heads([pictures], layers.Flatten()(x), heads)
