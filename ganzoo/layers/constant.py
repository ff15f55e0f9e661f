"""A learned constant, the image that a generator of styles begins with (Karras et al. 2018, arXiv:1812.04948)."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="ganzoo.layers")
class Constant(keras.layers.Layer):
    """The learned image that a generator begins with: returned N times, `(N, H, W, C)`, for any input of N rows.

    Args:
        shape: (height, width, channels); standard normal at the start.

    Example:
        >>> Constant((4, 4, 3))(keras.ops.ones((2, 5))).shape
        TensorShape([2, 4, 4, 3])
    """

    def __init__(self, shape, **options):
        super().__init__(**options)
        self.shape = tuple(shape)

    def build(self, input_shape):
        self.values = self.add_weight(shape=self.shape, initializer=keras.initializers.RandomNormal(stddev=1.0), name="kernel")

    def call(self, inputs):
        values = ops.cast(ops.convert_to_tensor(self.values.value), self.compute_dtype)
        return ops.broadcast_to(values, (ops.shape(inputs)[0], *self.shape))

    def compute_output_shape(self, input_shape):
        return (input_shape[0], *self.shape)

    def get_config(self):
        return super().get_config() | {"shape": self.shape}
