"""Layers of a style-based generator (Karras et al. 2018, arXiv:1812.04948, figure 1b): noise and adaptive instance norm."""

import keras
from keras import ops

from ganzoo.layers.equalized import EqualizedDense
from ganzoo.layers.precision import at_least_single


@keras.saving.register_keras_serializable(package="ganzoo.layers")
class AdaIN(keras.layers.Layer):
    """y_s (x - mu(x)) / sigma(x) + y_b, with mu and sigma of each channel of each image, and (y_s, y_b) affine in a style.

    Called on [x, w], `(N, H, W, C)` and `(N, D)`. At the start y_s is 1 and y_b is 0, both on average. The statistics are
    computed in at least float32, whatever the dtype policy.

    Args:
        epsilon: added to the variance, above 0.

    Example:
        >>> AdaIN()([keras.ops.ones((2, 4, 4, 3)), keras.ops.ones((2, 5))]).shape
        TensorShape([2, 4, 4, 3])
    """

    def __init__(self, epsilon=1e-8, **options):
        super().__init__(**options)
        self.epsilon = epsilon

    def build(self, input_shapes):
        images, style = input_shapes
        self.affine = EqualizedDense(2 * images[-1], gain=1.0, dtype=self.dtype_policy)
        self.affine.build(style)

    def call(self, inputs):
        images, w = inputs
        x = at_least_single(images)
        scale, shift = (at_least_single(each)[:, None, None] for each in ops.split(self.affine(w), 2, axis=-1))
        x = x - ops.mean(x, axis=(1, 2), keepdims=True)
        x = x * ops.rsqrt(ops.mean(ops.square(x), axis=(1, 2), keepdims=True) + self.epsilon)
        return ops.cast((scale + 1.0) * x + shift, images.dtype)

    def compute_output_shape(self, input_shapes):
        return tuple(input_shapes[0])

    def get_config(self):
        return super().get_config() | {"epsilon": self.epsilon}


@keras.saving.register_keras_serializable(package="ganzoo.layers")
class NoiseAndBias(keras.layers.Layer):
    """Add a bias and noise times a learned number, both of each channel and 0 at the start.

    Called on [x, noise], `(N, H, W, C)` and `(N, H, W, 1)`.
    """

    def build(self, input_shapes):
        channels = (input_shapes[0][-1],)
        self.strength = self.add_weight(shape=channels, initializer="zeros", name="strength")
        self.bias = self.add_weight(shape=channels, initializer="zeros", name="bias")

    def call(self, inputs):
        x, noise = inputs
        strength, bias = (ops.cast(ops.convert_to_tensor(each.value), x.dtype) for each in (self.strength, self.bias))
        return x + ops.cast(noise, x.dtype) * strength + bias

    def compute_output_shape(self, input_shapes):
        return tuple(input_shapes[0])
