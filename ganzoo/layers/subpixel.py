"""Images as smaller ones of more channels, and back (Shi et al. 2016, arXiv:1609.05158, section 2.2).

A network that begins with `SpaceToDepth` and one that ends with `DepthToSpace` have no map of the image's full size, where a
convolution of few channels costs more in moving memory than in arithmetic.
"""

import keras
from keras import ops


class _Rearranged(keras.layers.Layer):
    def __init__(self, factor=2, **options):
        super().__init__(**options)
        self.factor = factor

    def get_config(self):
        return super().get_config() | {"factor": self.factor}


@keras.saving.register_keras_serializable(package="ganzoo.layers")
class SpaceToDepth(_Rearranged):
    """Put every square of factor x factor pixels into the channels of one.

    Input `(N, H, W, C)`, H and W multiples of the factor; output `(N, H / factor, W / factor, factor^2 C)`, whose channels are
    the square's rows, from left to right, each with its C.

    Args:
        factor: positive int.

    Example:
        >>> SpaceToDepth()(keras.ops.reshape(keras.ops.arange(4), (1, 2, 2, 1))).shape
        TensorShape([1, 1, 1, 4])
    """

    def call(self, inputs):
        (_, height, width, channels), k = inputs.shape, self.factor
        squares = ops.reshape(inputs, (-1, height // k, k, width // k, k, channels))
        return ops.reshape(ops.transpose(squares, (0, 1, 3, 2, 4, 5)), (-1, height // k, width // k, k * k * channels))

    def compute_output_shape(self, input_shape):
        batch, height, width, channels = input_shape
        return (batch, height // self.factor, width // self.factor, channels * self.factor**2)


@keras.saving.register_keras_serializable(package="ganzoo.layers")
class DepthToSpace(_Rearranged):
    """The inverse of `SpaceToDepth`: every pixel's channels become a square of factor x factor pixels.

    Input `(N, H, W, factor^2 C)`; output `(N, factor H, factor W, C)`.

    Args:
        factor: positive int.

    Example:
        >>> DepthToSpace()(keras.ops.ones((1, 3, 5, 4))).shape
        TensorShape([1, 6, 10, 1])
    """

    def call(self, inputs):
        (_, height, width, channels), k = inputs.shape, self.factor
        squares = ops.reshape(inputs, (-1, height, width, k, k, channels // k**2))
        return ops.reshape(ops.transpose(squares, (0, 1, 3, 2, 4, 5)), (-1, height * k, width * k, channels // k**2))

    def compute_output_shape(self, input_shape):
        batch, height, width, channels = input_shape
        return (batch, height * self.factor, width * self.factor, channels // self.factor**2)
