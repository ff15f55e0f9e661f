"""Residual networks with self-attention and spectral normalization, told labels by their norms and by a projection."""

import keras
import numpy as np
from keras import layers, ops

from ganzoo.core.inputs import Input
from ganzoo.errors import InputError
from ganzoo.layers import (
    ConditionalBatchNormalization,
    FusedBatchNormalization,
    SelfAttention2D,
    SpectralConv2D,
    SpectralDense,
    SpectralEmbedding,
    SpectralNarrowConv2D,
    SpectralUpsampleConv2D,
)
from ganzoo.networks.base import Networks, functional, require_inputs, require_multiple
from ganzoo.utils.checks import positive_integer
from ganzoo.utils.types import Shape, Tensor

MOST_POSITIONS = 1024  # of a map with attention: every two of its positions are compared


class Attention(Networks):
    """SAGAN's networks (Zhang et al. 2018, arXiv:1805.08318) at any size, narrow enough for two CPU cores.

    Generator: a dense layer to a map of about 4 x 4, residual blocks that double it, self-attention once, tanh. A label chooses
    the gains and biases of the blocks' batch norms. Discriminator: residual blocks that halve it to 4 to 11 pixels,
    self-attention at the same size, a last block, the sum over positions phi; its logit is w . phi + embedding(y) . phi
    (Miyato & Koyama 2018, arXiv:1802.05637). Everything but the generator's norms has spectral normalization. Attention is
    on the finest map that is smaller than the image and has at most 1,024 positions, 16 x 16 for images of 32 x 32.

    Args:
        width: filters of the blocks at full size, the others have twice as many; positive int. The paper's have up to 1024.
        attention: whether there is any.
        embedding_size: None for a gain and a bias a class, the paper's; an int for a learned embedding of that size, from which
            dense layers make them.
    """

    initializer: str = "glorot_uniform"

    def __init__(self, width: int = 32, attention: bool = True, embedding_size: int | None = None):
        self.width = positive_integer("width", width)
        self.attention = bool(attention)
        self.embedding_size = embedding_size

    def check(self, shape: Shape, model: str) -> None:
        require_multiple(shape, 4, least=8, model=model)

    def build_generator(self, inputs: dict[str, Input], shape: Shape) -> keras.Model:
        require_inputs(self, all(len(each.shape) < 2 for each in inputs.values()), "vectors", inputs)
        sizes = _sizes(shape)
        tensors, numbers, label = self._inputs(inputs)
        first, conditions = self.conditions(numbers, label, len(sizes) - 1)
        (height, width), filters = sizes[0], 2 * self.width
        x = SpectralDense(height * width * filters, kernel_initializer=self.initializer)(first)
        x = self._attended(layers.Reshape((height, width, filters))(x), shape)
        for size, condition in zip(sizes[1:], conditions, strict=True):
            filters = self.width if size == tuple(shape[:2]) else 2 * self.width
            y = self._normalized(x, condition)
            y = SpectralUpsampleConv2D(filters, 3, kernel_initializer=self.initializer)(y)
            y = self._convolved(self._normalized(y, condition), filters)
            x = layers.Add()([y, layers.UpSampling2D(2)(self._convolved(x, filters, 1))])
            x = self._attended(x, shape)
        x = SpectralNarrowConv2D(shape[2], 3, kernel_initializer=self.initializer)(self._normalized(x, None))
        return functional(tensors, layers.Activation("tanh")(x), "generator")

    def build_discriminator(self, shape: Shape, classes: int | None = None, heads: dict[str, int] | None = None) -> keras.Model:
        tensors = [keras.Input(shape, name="images")]
        x = self._halved(tensors[0], self.width, first=True)
        x = self._attended(x, shape)
        while min(x.shape[1:3]) >= 12 and not any(side % 2 for side in x.shape[1:3]):
            x = self._attended(self._halved(x, 2 * self.width), shape)
        y = self._convolved(layers.ReLU()(x), 2 * self.width)
        y = self._convolved(layers.ReLU()(y), 2 * self.width)
        x = layers.Add()([y, x if x.shape[-1] == 2 * self.width else self._convolved(x, 2 * self.width, 1)])
        features = ops.sum(layers.ReLU()(x), axis=(1, 2))
        outputs = [SpectralDense(1, kernel_initializer=self.initializer)(features)]
        if classes is not None:
            tensors.append(keras.Input((), dtype="int32", name="labels"))
            embedded = SpectralEmbedding(classes, 2 * self.width, embeddings_initializer=self.initializer)(tensors[1])
            outputs = [layers.Add(name="logits")([outputs[0], layers.Dot(axes=1)([embedded, features])])]
        outputs += [layers.Dense(size, name=name)(features) for name, size in (heads or {}).items()]
        return functional(tensors, outputs if heads else outputs[0], "discriminator")

    def conditions(self, numbers: Tensor, label: Tensor | None, blocks: int) -> tuple[Tensor, list[Tensor | None]]:
        """Return what the first dense layer gets, and what each block's norms are told (None: nothing).

        Args:
            numbers: symbolic latents `(N, d)`.
            label: symbolic vectors of the labels, or None.
            blocks: int.
        """
        return numbers, [label] * blocks

    @staticmethod
    def attention_maps(network: keras.Model, inputs: list) -> np.ndarray:
        """Return the attention of a network of this kind on inputs, float32 `(n, h, w, h, w)`; see `SAGAN.attention_maps`."""
        layer = next((each for each in network.layers if isinstance(each, SelfAttention2D)), None)
        if layer is None and any(isinstance(each, SelfAttention2D) for each in network._flatten_layers()):
            raise InputError(
                f"the attention of the {network.name} is within another layer, as with virtual batch normalization."
            )
        if layer is None:
            raise InputError(f"the {network.name} has no attention.")
        before = keras.Model(network.inputs, layer.input)
        found = []
        for start in range(0, len(inputs[0]), 16):
            tensors = [ops.convert_to_tensor(each[start : start + 16]) for each in inputs]
            x = before(tensors if len(tensors) > 1 else tensors[0], training=False)
            height, width = x.shape[1:3]
            maps = ops.convert_to_numpy(ops.cast(layer.attention(x), "float32"))
            found.append(maps.reshape(-1, height, width, height, width))
        return np.concatenate(found)

    def _inputs(self, inputs):
        """Return (list of `keras.Input`, all numbers as one vector, all class numbers encoded as one vector or None)."""
        tensors = [keras.Input(each.shape, dtype=each.dtype, name=name) for name, each in inputs.items()]
        parts = {False: [], True: []}
        for tensor, each in zip(tensors, inputs.values(), strict=True):
            chosen = hasattr(each, "classes")
            parts[chosen].append(self.encode(tensor, each.classes) if chosen else tensor)
        joined = [each[0] if len(each) == 1 else layers.Concatenate()(each) if each else None for each in parts.values()]
        return tensors, *joined

    def _convolved(self, x, filters, size=3):
        return SpectralConv2D(filters, size, padding="same", kernel_initializer=self.initializer)(x)

    def _normalized(self, x, condition):
        norm = FusedBatchNormalization(momentum=0.9)(x) if condition is None else self.told_norm()([x, condition])
        return layers.ReLU()(norm)

    def told_norm(self):
        """Return a new layer that normalizes and is told a vector."""
        return ConditionalBatchNormalization()

    def _halved(self, x, filters, first=False):
        """Return a residual block's output at half the size; the first one gets pixels, which no ReLU precedes."""
        y = self._convolved(x if first else layers.ReLU()(x), filters)
        y = layers.AveragePooling2D(2)(self._convolved(layers.ReLU()(y), filters))
        return layers.Add()([y, self._convolved(layers.AveragePooling2D(2)(x), filters, 1)])

    def _attended(self, x, shape):
        """Return x behind self-attention if this is the size for it."""
        below = [size for size in _sizes(shape)[:-1] if size[0] * size[1] <= MOST_POSITIONS]
        place = self.attention and below and tuple(x.shape[1:3]) == below[-1]
        return SelfAttention2D(name="attention")(x) if place else x


def _sizes(shape):
    """Return the (height, width) of the maps from the coarsest, 4 to 7 pixels at its shorter side if the image can be halved so
    often, to the image."""
    sizes = [tuple(shape[:2])]
    while all(side % 2 == 0 for side in sizes[0]) and min(sizes[0]) >= 8:
        sizes.insert(0, (sizes[0][0] // 2, sizes[0][1] // 2))
    return sizes
