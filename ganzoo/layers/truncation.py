"""The truncation trick in w (Karras et al. 2018, arXiv:1812.04948, appendix B): mean w + psi (w - mean w)."""

import keras
from keras import ops

from ganzoo.layers.precision import at_least_single
from ganzoo.utils.checks import positive_number


@keras.saving.register_keras_serializable(package="ganzoo.layers")
class Truncation(keras.layers.Layer):
    """Bring styles nearer to their mean, which is tracked in training.

    Called with `[w, psi]`, `(N, D)` and `(N, 1)`; psi = 1 leaves w as it is, psi = 0 returns the mean for every row. With
    `training=True` w is returned as it is, and the mean moves towards that of the batch.

    Args:
        decay: share of the way to the batch's mean that the mean moves in a step, above 0; the official code's is 0.005.

    Example:
        >>> float(Truncation()([keras.ops.ones((2, 3)), keras.ops.full((2, 1), 0.5)])[0, 0])
        0.5
    """

    def __init__(self, decay=0.005, **options):
        super().__init__(**options)
        self.decay = positive_number("decay", decay)

    def build(self, input_shapes):
        kept = {"trainable": False, "autocast": False, "name": "mean"}  # in half precision small moves would be lost
        self.mean = self.add_weight(shape=(input_shapes[0][-1],), initializer="zeros", **kept)

    def call(self, inputs, training=False):
        w, psi = inputs
        if training:
            now = ops.cast(ops.mean(at_least_single(w), axis=0), self.mean.dtype)
            self.mean.assign(self.mean + self.decay * (now - self.mean))
            return w
        mean = ops.cast(ops.convert_to_tensor(self.mean.value), w.dtype)
        return mean + ops.cast(psi, w.dtype) * (w - mean)

    def compute_output_shape(self, input_shapes):
        return tuple(input_shapes[0])

    def get_config(self):
        return super().get_config() | {"decay": self.decay}
