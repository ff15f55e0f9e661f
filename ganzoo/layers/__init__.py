"""Layers that GANs need and Keras does not have."""

from ganzoo.layers.fused_batch_norm import FusedBatchNormalization
from ganzoo.layers.image_buffer import ImageBuffer
from ganzoo.layers.narrow_conv import NarrowConv2D
from ganzoo.layers.reflection_padding import ReflectionPadding2D
from ganzoo.layers.upsample_conv import UpsampleConv2D

__all__ = ["FusedBatchNormalization", "ImageBuffer", "NarrowConv2D", "ReflectionPadding2D", "UpsampleConv2D"]
