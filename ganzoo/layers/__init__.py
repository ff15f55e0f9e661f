"""Layers that GANs need and Keras does not have."""

from ganzoo.layers.blur import Blur
from ganzoo.layers.equalized import EqualizedConv2D, EqualizedDense
from ganzoo.layers.fused_batch_norm import FusedBatchNormalization
from ganzoo.layers.image_buffer import ImageBuffer
from ganzoo.layers.minibatch_std import MinibatchStd
from ganzoo.layers.narrow_conv import NarrowConv2D
from ganzoo.layers.partial_conv import PartialConv2D
from ganzoo.layers.pixel_norm import PixelNorm
from ganzoo.layers.reflection_padding import ReflectionPadding2D
from ganzoo.layers.upsample_conv import UpsampleConv2D

__all__ = [
    "Blur",
    "EqualizedConv2D",
    "EqualizedDense",
    "FusedBatchNormalization",
    "ImageBuffer",
    "MinibatchStd",
    "NarrowConv2D",
    "PartialConv2D",
    "PixelNorm",
    "ReflectionPadding2D",
    "UpsampleConv2D",
]
