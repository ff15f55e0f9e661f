"""Lecture 004's convolutional networks for digits, shared by DCGAN, LSGAN, CGAN, ACGAN and the Wasserstein game on digits.

Departures from the lecture: D ends in a logit, as the sigmoid is in the loss; and, as kernels are learned, the generator's
transposed convolutions of stride 1 are plain convolutions, which are the same with the kernel turned by 180 degrees.
"""

import keras
from keras import layers

from ganzoo.core.inputs import Input, Uniform
from ganzoo.layers import FusedBatchNormalization, NarrowConv2D
from ganzoo.networks.base import Networks, functional, require_multiple
from ganzoo.utils.types import Shape


class DCGAN(Networks):
    """Four 5x5 convolutions each way, batch normalization in the generator alone (Radford et al. 2016, arXiv:1511.06434).

    Labels enter the generator beside the latents and the discriminator as one more channel (lecture 004's CGAN).

    Args:
        discriminator_batch_norm: normalize batches in the discriminator too, against the lecture's advice.
        upsample_last: up-sample in the generator's last two layers instead of its first two, against the lecture's advice.
        embedding_size: None for the lecture's one-hot labels; an int for a learned embedding of that size instead.
    """

    value_range = (0.0, 1.0)
    latent_distribution = Uniform

    def __init__(self, discriminator_batch_norm: bool = False, upsample_last: bool = False, embedding_size: int | None = None):
        self.discriminator_batch_norm = bool(discriminator_batch_norm)
        self.upsample_last = bool(upsample_last)
        self.embedding_size = embedding_size

    def check(self, shape: Shape, model: str) -> None:
        require_multiple(shape, 4, least=8, model=model)

    def build_generator(self, inputs: dict[str, Input], shape: Shape) -> keras.Model:
        height, width, channels = shape
        tensors, x = self.join(inputs)
        x = layers.Dense(128 * (height // 4) * (width // 4))(x)
        x = layers.Reshape((height // 4, width // 4, 128))(x)
        strides = (1, 1, 2, 2) if self.upsample_last else (2, 2, 1, 1)
        for filters, stride in zip((128, 64, 32, channels), strides, strict=True):
            x = layers.ReLU()(FusedBatchNormalization()(x))
            if stride == 2:
                x = layers.Conv2DTranspose(filters, 5, strides=2, padding="same")(x)
            else:
                x = (NarrowConv2D(filters, 5) if filters < 8 else layers.Conv2D(filters, 5, padding="same"))(x)
        return functional(tensors, layers.Activation("sigmoid")(x), "generator")

    def build_discriminator(self, shape: Shape, classes: int | None = None, heads: dict[str, int] | None = None) -> keras.Model:
        tensors, x = self.with_label_plane(shape, classes)
        logit = layers.Dense(1)  # before the others: a seed then gives the weights that it gave in 0.1.0
        for index, (filters, stride) in enumerate(((32, 2), (64, 2), (128, 2), (256, 1))):
            if self.discriminator_batch_norm and index:
                x = FusedBatchNormalization()(x)
            x = layers.LeakyReLU(0.2)(x)
            x = layers.Conv2D(filters, 5, strides=stride, padding="same")(x)
        return self.with_heads(tensors, layers.Flatten()(x), heads, logit)
