"""Scaling by a running mean, in place of a normalization of each image (Karras et al. 2021, arXiv:2106.12423, section 3.1)."""

import keras
from keras import ops

from ganzoo.layers.precision import at_least_single


@keras.saving.register_keras_serializable(package="ganzoo.layers")
class RunningScale(keras.layers.Layer):
    """Divide by the root of a running mean square of the inputs, one number for all channels, updated in training.

    Args:
        decay: share of the way to the current mean square that the running one moves in a training step.

    Example:
        >>> RunningScale()(keras.ops.ones((1, 2, 2, 3))).shape
        TensorShape([1, 2, 2, 3])
    """

    def __init__(self, decay=0.01, **options):
        super().__init__(**options)
        self.decay = decay

    def build(self, input_shape):
        kept = {"trainable": False, "autocast": False, "name": "mean_square"}  # in half precision small moves would be lost
        self.mean_square = self.add_weight(shape=(), initializer="ones", **kept)

    def call(self, inputs, training=False):
        if training:
            now = ops.mean(ops.square(at_least_single(ops.stop_gradient(inputs))))
            self.mean_square.assign(self.mean_square + self.decay * (ops.cast(now, self.mean_square.dtype) - self.mean_square))
        return inputs * ops.cast(ops.rsqrt(ops.convert_to_tensor(self.mean_square.value) + 1e-8), inputs.dtype)

    def get_config(self):
        return super().get_config() | {"decay": self.decay}
