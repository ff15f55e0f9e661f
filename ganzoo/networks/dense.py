"""Dense networks: lecture 002's for images, and small ones for points."""

import math
from collections.abc import Sequence

import keras
from keras import layers

from ganzoo.core.inputs import Input
from ganzoo.networks.base import Networks, functional
from ganzoo.utils.checks import nonnegative_number, positive_integer
from ganzoo.utils.types import Shape


class Dense(Networks):
    """The dense networks of lecture 002: 256-512-1024 up to the pixels, 1024-512-256 down to the logit.

    Args:
        widths: neurons of each of the generator's hidden layers, an int or a sequence of ints; the discriminator has the same
            in reverse.
        dropout: share of the discriminator's hidden neurons that is left out in training, from 0 to below 1.
        embedding_size: of labels, see `Networks`.
    """

    def __init__(self, widths: int | Sequence[int] = (256, 512, 1024), dropout: float = 0.3, embedding_size: int | None = None):
        self.widths = _widths("widths", widths)
        self.dropout = nonnegative_number("dropout", dropout, below=1.0)
        self.embedding_size = embedding_size

    def build_generator(self, inputs: dict[str, Input], shape: Shape) -> keras.Model:
        tensors, x = self.join(inputs)
        for width in self.widths:
            x = layers.LeakyReLU(0.2)(layers.Dense(width)(x))
        x = layers.Reshape(shape)(layers.Dense(math.prod(shape), activation="tanh")(x))
        return functional(tensors, x, "generator")

    def build_discriminator(self, shape: Shape, classes: int | None = None, heads: dict[str, int] | None = None) -> keras.Model:
        tensors, x = self.with_label_plane(shape, classes)
        x = layers.Flatten()(x)
        for width in reversed(self.widths):
            x = layers.LeakyReLU(0.2)(layers.Dense(width)(x))
            x = layers.Dropout(self.dropout)(x)
        return self.with_heads(tensors, x, heads)


class PointDense(Networks):
    """Dense networks for points `(N, d)` instead of images, without an activation at the end.

    Args:
        hidden: neurons of each hidden layer, the same in both networks; an int or a sequence of ints.
        discriminator_activation, generator_activation: of the hidden layers of each, names that Keras knows.
    """

    value_range = (-math.inf, math.inf)

    def __init__(
        self, hidden: int | Sequence[int] = 32, discriminator_activation: str = "relu", generator_activation: str = "relu"
    ):
        self.hidden = _widths("hidden", hidden)
        self.discriminator_activation = discriminator_activation
        self.generator_activation = generator_activation

    def build_generator(self, inputs: dict[str, Input], shape: Shape) -> keras.Model:
        tensors, x = self.join(inputs)
        for width in self.hidden:
            x = layers.Dense(width, activation=self.generator_activation)(x)
        return functional(tensors, layers.Dense(shape[0])(x), "generator")

    def build_discriminator(self, shape: Shape, classes: int | None = None, heads: dict[str, int] | None = None) -> keras.Model:
        tensors = [keras.Input(shape, name="points")]
        x = tensors[0]
        if classes is not None:
            tensors.append(keras.Input((), dtype="int32", name="labels"))
            x = layers.Concatenate()([x, self.encode(tensors[1], classes)])
        for width in self.hidden:
            x = layers.Dense(width, activation=self.discriminator_activation)(x)
        return self.with_heads(tensors, x, heads)


def _widths(name: str, value: int | Sequence[int]) -> tuple[int, ...]:
    """Return the neurons of each hidden layer, as a tuple."""
    widths = value if isinstance(value, (list, tuple)) else (value,)
    return tuple(positive_integer(name, width) for width in widths)
