"""Pixel normalization (Karras et al. 2017, arXiv:1710.10196, section 4.2): x / sqrt(mean over channels of x^2 + 1e-8)."""

import keras
from keras import ops

from ganzoo.layers.precision import at_least_single


@keras.saving.register_keras_serializable(package="ganzoo.layers")
class PixelNorm(keras.layers.Layer):
    """Scale each vector of the last axis, a pixel's channels or a latent, to a mean square of 1.

    Input and output `(N, ..., C)`. The statistics are at least float32, whatever the dtype policy.

    Args:
        epsilon: added to the mean square, above 0.

    Example:
        >>> float(PixelNorm()(keras.ops.full((1, 4), 3.0))[0, 0])
        1.0
    """

    def __init__(self, epsilon=1e-8, **options):
        super().__init__(**options)
        self.epsilon = epsilon

    def call(self, inputs):
        x = at_least_single(inputs)
        return ops.cast(x * ops.rsqrt(ops.mean(ops.square(x), axis=-1, keepdims=True) + self.epsilon), inputs.dtype)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return super().get_config() | {"epsilon": self.epsilon}
