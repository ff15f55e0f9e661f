"""Noise of learned strength, for those details of an image that no style decides, such as single blades of grass."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="ganzoo.layers")
class ScaledNoise(keras.layers.Layer):
    """Add noise times one learned number, 0 at the start (Karras et al. 2019, arXiv:1912.04958, section 2.2).

    Called with `[x, noise]`, `(N, H, W, C)` and `(N, H, W, 1)`.
    """

    def build(self, input_shapes):
        self.strength = self.add_weight(shape=(), initializer="zeros", name="strength")

    def call(self, inputs):
        x, noise = inputs
        return x + ops.cast(noise, x.dtype) * ops.cast(ops.convert_to_tensor(self.strength.value), x.dtype)

    def compute_output_shape(self, input_shapes):
        return tuple(input_shapes[0])
