"""The input of an alias-free generator: waves, exact at any place (Karras et al. 2021, arXiv:2106.12423, section 3.1)."""

import math

import keras
import numpy as np
from keras import ops

from ganzoo.layers.equalized import EqualizedDense
from ganzoo.layers.precision import at_least_single


@keras.saving.register_keras_serializable(package="ganzoo.layers")
class FourierFeatures(keras.layers.Layer):
    """A learned mixture of waves, turned and moved by a style, and moved further by the caller.

    Called with `[w, shift]`, `(N, D)` and `(N, 2)`: shift is how far the whole image moves down and to the right. Lengths are
    in sides of the finished image, its margins left out. Frequencies and phases are random and fixed, the frequencies uniform
    in a disk of radius `bandwidth`; a turn and a move are affine in w, none at the start.

    Args:
        channels: number of waves, and of channels of the result; positive int.
        size: (height, width) of the result; the origin is in its middle.
        spacing: length between neighbouring places of the result, above 0.
        bandwidth: highest frequency, in waves a side, above 0 and below 1 / (2 spacing).

    Returns `(N, height, width, channels)`.

    Example:
        >>> FourierFeatures(8, (6, 6), 0.1, 2.0)([keras.ops.ones((2, 4)), keras.ops.zeros((2, 2))]).shape
        TensorShape([2, 6, 6, 8])
    """

    def __init__(self, channels, size, spacing, bandwidth, **options):
        super().__init__(**options)
        self.channels, self.size, self.spacing, self.bandwidth = channels, tuple(size), float(spacing), float(bandwidth)

    def build(self, input_shapes):
        def in_disk(shape, dtype=None):
            drawn = keras.initializers.RandomNormal(stddev=1.0)(shape, dtype)
            squares = ops.sum(ops.square(drawn), axis=0, keepdims=True)
            return self.bandwidth * drawn * ops.rsqrt(squares) * ops.exp(-squares / 4)  # of which the square is uniform

        def fixed(name, shape, initializer):
            return self.add_weight(shape=shape, initializer=initializer, trainable=False, name=name)

        self.frequencies = fixed("frequencies", (2, self.channels), in_disk)
        self.phases = fixed("phases", (self.channels,), keras.initializers.RandomUniform(-0.5, 0.5))
        self.kernel = self.add_weight(shape=(input_shapes[0][-1], 4), initializer="zeros", name="kernel")
        self.bias = self.add_weight(
            shape=(4,), initializer=lambda shape, dtype=None: ops.convert_to_tensor([1, 0, 0, 0], dtype), name="bias"
        )
        self.mixture = EqualizedDense(self.channels, gain=1.0, use_bias=False, dtype=self.dtype_policy, name="mixture")
        self.mixture.build((None, self.channels))

    def call(self, inputs):
        w, shift = (at_least_single(each) for each in inputs)
        weights = (self.frequencies, self.phases, self.kernel, self.bias)
        frequencies, phases, kernel, bias = (ops.cast(ops.convert_to_tensor(each.value), w.dtype) for each in weights)
        turn = ops.matmul(w, kernel / float(kernel.shape[0]) ** 0.5) + bias
        turn = turn / ops.sqrt(ops.sum(ops.square(turn[:, :2]), axis=1, keepdims=True) + 1e-12)
        cosine, sine, move = turn[:, 0:1], turn[:, 1:2], turn[:, 2:]
        # Waves at R (p - shift) - move are waves of turned frequencies at p, later by what they miss.
        down, right = frequencies[0], frequencies[1]
        turned = ops.stack([cosine * down + sine * right, cosine * right - sine * down], axis=1)
        late = phases - ops.sum(turned * shift[:, :, None], axis=1) - ops.matmul(move, frequencies)
        waves = ops.sin(2 * math.pi * (ops.matmul(ops.cast(self._places(), w.dtype), turned) + late[:, None]))
        mixed = self.mixture(ops.cast(waves, self.compute_dtype))
        return ops.reshape(mixed, (-1, *self.size, self.channels))

    def _places(self):
        """Return where the result is sampled, float64 `(height * width, 2)`."""
        axes = [(np.arange(side) - (side - 1) / 2) * self.spacing for side in self.size]
        return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 2)

    def compute_output_shape(self, input_shapes):
        return (input_shapes[0][0], *self.size, self.channels)

    def get_config(self):
        return super().get_config() | {
            "channels": self.channels, "size": self.size, "spacing": self.spacing, "bandwidth": self.bandwidth,
        }  # fmt: skip
