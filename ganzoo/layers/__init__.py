"""Layers that GANs need and Keras does not have."""

from ganzoo.layers.narrow_conv import NarrowConv2D
from ganzoo.layers.upsample_conv import UpsampleConv2D

__all__ = ["NarrowConv2D", "UpsampleConv2D"]
