"""Layers that GANs need and Keras does not have."""

from ganzoo.layers.adain import AdaIN, NoiseAndBias
from ganzoo.layers.attention import SelfAttention2D
from ganzoo.layers.blur import Blur
from ganzoo.layers.conditional_batch_norm import ConditionalBatchNormalization
from ganzoo.layers.constant import Constant
from ganzoo.layers.equalized import EqualizedConv2D, EqualizedDense
from ganzoo.layers.fade_in import FadeIn
from ganzoo.layers.fourier import FourierFeatures
from ganzoo.layers.fused_batch_norm import FusedBatchNormalization, recompute_statistics
from ganzoo.layers.image_buffer import ImageBuffer
from ganzoo.layers.minibatch_discrimination import MinibatchDiscrimination
from ganzoo.layers.minibatch_std import MinibatchStd
from ganzoo.layers.modulated_conv import ModulatedConv2D
from ganzoo.layers.narrow_conv import NarrowConv2D
from ganzoo.layers.noise import ScaledNoise
from ganzoo.layers.partial_conv import PartialConv2D
from ganzoo.layers.pixel_norm import PixelNorm
from ganzoo.layers.reflection_padding import ReflectionPadding2D
from ganzoo.layers.resample import Resample2D
from ganzoo.layers.running_scale import RunningScale
from ganzoo.layers.spectral import (
    SpectralConv2D,
    SpectralDense,
    SpectralEmbedding,
    SpectralNarrowConv2D,
    SpectralUpsampleConv2D,
)
from ganzoo.layers.truncation import Truncation
from ganzoo.layers.upsample_conv import UpsampleConv2D
from ganzoo.layers.virtual_batch_norm import ReferenceBatch, VirtualBatchNormalization, WithoutReference

__all__ = [
    "AdaIN",
    "Blur",
    "ConditionalBatchNormalization",
    "Constant",
    "EqualizedConv2D",
    "EqualizedDense",
    "FadeIn",
    "FourierFeatures",
    "FusedBatchNormalization",
    "ImageBuffer",
    "MinibatchDiscrimination",
    "MinibatchStd",
    "ModulatedConv2D",
    "NarrowConv2D",
    "NoiseAndBias",
    "PartialConv2D",
    "PixelNorm",
    "ReferenceBatch",
    "ReflectionPadding2D",
    "Resample2D",
    "RunningScale",
    "ScaledNoise",
    "SelfAttention2D",
    "SpectralConv2D",
    "SpectralDense",
    "SpectralEmbedding",
    "SpectralNarrowConv2D",
    "SpectralUpsampleConv2D",
    "Truncation",
    "UpsampleConv2D",
    "VirtualBatchNormalization",
    "WithoutReference",
    "recompute_statistics",
]
