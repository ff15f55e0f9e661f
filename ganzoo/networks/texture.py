"""Lecture 004's texture networks: its generator, and its critic, as it stands or without batch norm and dropout."""

import keras
from keras import layers

from ganzoo.core.inputs import Input
from ganzoo.layers import FusedBatchNormalization, NarrowConv2D, UpsampleConv2D
from ganzoo.networks.base import Networks, functional, require_multiple
from ganzoo.utils.checks import positive_integer
from ganzoo.utils.types import Shape


class Texture(Networks):
    """The lecture's texture generator (up-sampling and convolution merged into one layer, with equal results) and critic.

    Args:
        critic_norm: the lecture's critic with batch normalization and dropout. False leaves both out, and the zero padding
            after the second convolution: a gradient penalty is about one sample's gradient, and batch normalization and
            dropout make the output depend on more.
        critic_width: positive int, multiplies the critic's filters (16, 32, 64, 128).
        embedding_size: of labels, see `Networks`.
    """

    def __init__(self, critic_norm: bool = True, critic_width: int = 1, embedding_size: int | None = None):
        self.critic_norm = bool(critic_norm)
        self.critic_width = positive_integer("critic_width", critic_width)
        self.embedding_size = embedding_size

    def check(self, shape: Shape, model: str) -> None:
        require_multiple(shape, 4, least=8, model=model)

    def build_generator(self, inputs: dict[str, Input], shape: Shape) -> keras.Model:
        height, width, channels = shape
        tensors, x = self.join(inputs)
        x = layers.Dense(128 * (height // 4) * (width // 4), activation="relu")(x)
        x = layers.Reshape((height // 4, width // 4, 128))(x)
        for filters in (128, 64):
            x = layers.ReLU()(FusedBatchNormalization(momentum=0.8)(UpsampleConv2D(filters, 4)(x)))
        return functional(tensors, NarrowConv2D(channels, 4, activation="tanh")(x), "generator")

    def build_discriminator(self, shape: Shape, classes: int | None = None, heads: dict[str, int] | None = None) -> keras.Model:
        tensors, x = self.with_label_plane(shape, classes)
        for index, (filters, strides) in enumerate(((16, 2), (32, 2), (64, 2), (128, 1))):
            x = layers.Conv2D(self.critic_width * filters, 3, strides=strides, padding="same")(x)
            if self.critic_norm and index == 1:
                x = layers.ZeroPadding2D(((0, 1), (0, 1)))(x)
            if self.critic_norm and index:
                x = FusedBatchNormalization(momentum=0.8)(x)
            x = layers.LeakyReLU(0.2)(x)
            if self.critic_norm:
                x = layers.Dropout(0.25)(x)
        return self.with_heads(tensors, layers.Flatten()(x), heads)
