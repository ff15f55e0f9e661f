"""Networks that fill in what is missing from an image: context encoder, U-Net of partial convolutions."""

import keras
from keras import layers, ops

from ganzoo.core.inputs import Input
from ganzoo.layers import FusedBatchNormalization, NarrowConv2D, PartialConv2D, UpsampleConv2D
from ganzoo.networks.base import Networks, require_inputs, require_multiple
from ganzoo.utils.checks import positive_integer
from ganzoo.utils.types import Shape, Tensor


@keras.saving.register_keras_serializable(package="ganzoo")
class Known(layers.Layer):
    """Masks `(N, H, W, 1)`, 1 where a pixel is missing, to where it is known: floats, 1 known, 0 missing."""

    def call(self, masks: Tensor) -> Tensor:
        return 1.0 - ops.cast(masks, self.compute_dtype)

    def compute_output_spec(self, masks):
        return keras.KerasTensor(masks.shape, dtype=self.compute_dtype)


@keras.saving.register_keras_serializable(package="ganzoo")
class ChannelwiseDense(layers.Layer):
    """A dense layer over the positions of each channel by itself (Pathak et al. 2016, section 3.1). NHWC to the same shape.

    It carries what the border knows to the middle of the hole, with C (H W)^2 weights where a dense layer has (C H W)^2.
    """

    def build(self, shape: tuple) -> None:
        self.positions, self.channels = shape[1] * shape[2], shape[3]
        spread = keras.initializers.RandomNormal(stddev=self.positions**-0.5)
        size = (self.channels, self.positions, self.positions)
        self.kernel = self.add_weight(shape=size, initializer=spread, name="kernel")

    def call(self, x: Tensor) -> Tensor:
        kernel = ops.cast(self.kernel, x.dtype)
        flat = ops.transpose(ops.reshape(x, (-1, self.positions, self.channels)), (2, 0, 1))
        return ops.reshape(ops.transpose(ops.matmul(flat, kernel), (1, 2, 0)), (-1, *x.shape[1:]))

    def compute_output_shape(self, shape: tuple) -> tuple:
        return shape


def halvings(shape: Shape, least: int = 4) -> int:
    """Return how often both sides can be halved while the shorter is above `least`: 28 twice, 32 three times, 64 four times."""
    height, width = shape[:2]
    count = 0
    while height % 2 == width % 2 == 0 and min(height, width) > least:
        height, width, count = height // 2, width // 2, count + 1
    return count


class _Inpainting(Networks):
    """What both pairs share: sizes, and the discriminator, on the whole image."""

    def __init__(self, width: int = 32):
        self.width = positive_integer("width", width)

    def check(self, shape: Shape, model: str) -> None:
        require_multiple(shape, 4, least=8, model=model)

    def build_discriminator(self, shape: Shape, classes: int | None = None, heads: dict[str, int] | None = None) -> keras.Model:
        pictures = x = keras.Input(shape, name="images")
        for level in range(halvings(shape)):
            x = layers.Conv2D(self._filters(level), 4, strides=2, padding="same")(x)
            x = layers.LeakyReLU(0.2)(layers.GroupNormalization(groups=-1)(x) if level else x)
        return self.with_heads([pictures], layers.Flatten()(x), heads)

    def _filters(self, level: int) -> int:
        return self.width * min(2**level, 8)

    def _inputs(self, inputs: dict[str, Input]) -> list:
        """Return the `keras.Input`s of images and masks."""
        require_inputs(self, [len(each.shape) for each in inputs.values()] == [3, 3], "an image and a mask, (H, W, C)", inputs)
        return [keras.Input(each.shape, dtype=each.dtype, name=name) for name, each in inputs.items()]


class ContextEncoder(_Inpainting):
    """The encoder, channel-wise dense layer and decoder of Pathak et al. 2016 (arXiv:1604.07379, section 3.1), of any width.

    Encoder: 4x4 convolutions of stride 2 down to 4 pixels (7 of 28), leaky ReLU; in the middle a dense layer over the
    positions of each channel, then a 1x1 convolution between the channels; decoder: as many up-samplings, ReLU; tanh. Batch
    normalization but in the first and last layer. Discriminator: convolutions of stride 2, a logit. Departures: what is
    missing is 0, mid-gray, and the mask is a further channel, so that a gray pixel is told from a missing one; the encoder is
    less deep, as images are smaller; the decoder repeats pixels before 3x3 convolutions, which leaves no checkerboard; and the
    discriminator has instance normalization.

    Args:
        width: filters of the first layers, positive int; the paper has 64.
    """

    def build_generator(self, inputs: dict[str, Input], shape: Shape) -> keras.Model:
        pictures, masks = tensors = self._inputs(inputs)
        known, levels = Known()(masks), halvings(shape)
        x = layers.Concatenate()([layers.Multiply()([pictures, known]), known])
        for level in range(levels):
            x = layers.Conv2D(self._filters(level), 4, strides=2, padding="same")(x)
            x = layers.LeakyReLU(0.2)(FusedBatchNormalization(momentum=0.9)(x) if level else x)
        x = layers.Conv2D(x.shape[-1], 1, use_bias=False)(ChannelwiseDense()(x))
        x = self._activated(x)
        for level in reversed(range(levels)):
            x = self._activated(UpsampleConv2D(self._filters(max(0, level - 1)), 3, use_bias=False)(x))
        return keras.Model(tensors, NarrowConv2D(shape[2], 3, activation="tanh")(x), name="generator")

    @staticmethod
    def _activated(x: Tensor) -> Tensor:
        return layers.ReLU()(FusedBatchNormalization(momentum=0.9)(x))


class PartialUNet(_Inpainting):
    """The U-Net of partial convolutions of Liu et al. 2018 (arXiv:1804.07723, section 3.2), of any width.

    Encoder: partial convolutions of stride 2, kernels 7, 5, 5, then 3, ReLU; decoder: features and their mask are enlarged by
    repetition and joined with those of the encoder, the last with the image itself, each followed by a 3x3 partial
    convolution, leaky ReLU 0.2; batch normalization but in the first and last layer. The holes of the masks shrink from layer
    to layer. Departures: it goes down to 4 pixels (7 of 28), not eight times, and ends in tanh.

    Args:
        width: filters of the first layer, positive int; the paper has 64.
    """

    def build_generator(self, inputs: dict[str, Input], shape: Shape) -> keras.Model:
        pictures, masks = tensors = self._inputs(inputs)
        x, known = pictures, Known()(masks)
        passed = []
        for level in range(halvings(shape)):
            passed.append((x, known))
            x, known = PartialConv2D(self._filters(level), (7, 5, 5)[level] if level < 3 else 3, strides=2)([x, known])
            x = layers.ReLU()(FusedBatchNormalization(momentum=0.9)(x) if level else x)
        for level in reversed(range(len(passed))):
            x, known = (layers.UpSampling2D(2)(each) for each in (x, known))
            filters = self._filters(level - 1) if level else shape[2]
            x, known = PartialConv2D(filters, 3)([x, known, *passed[level]])
            if level:
                x = layers.LeakyReLU(0.2)(FusedBatchNormalization(momentum=0.9)(x))
        return keras.Model(tensors, layers.Activation("tanh")(x), name="generator")
