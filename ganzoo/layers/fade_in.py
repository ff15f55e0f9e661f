"""The fade-in of a new block (Karras et al. 2017, arXiv:1710.10196, figure 2): (1 - a) old + a new."""

import keras
from keras import ops

from ganzoo.utils.checks import positive_integer


@keras.saving.register_keras_serializable(package="ganzoo.layers")
class FadeIn(keras.layers.Layer):
    """Blend from the output of the old network to that of the grown one, over a number of training steps.

    Called on [old, new], tensors of one shape; returns (1 - a) old + a new, which is exactly old before the first step and
    exactly new from the last on.

    Args:
        length: steps that it takes, positive int.

    Attributes:
        steps: variable, how many were made: `advance` counts them. a = min(1, steps / length).

    Example:
        >>> fade = FadeIn(4)
        >>> fade.advance()
        >>> float(fade([keras.ops.zeros(1), keras.ops.ones(1)])[0])
        0.25
    """

    def __init__(self, length, **options):
        super().__init__(**options)
        self.length = positive_integer("length", length)
        count = {"dtype": "float32", "autocast": False, "trainable": False, "name": "steps"}
        self.steps = self.add_weight(shape=(), initializer="zeros", **count)
        self.built = True

    @property
    def share(self):
        """a, a float32 scalar tensor."""
        return ops.minimum(ops.convert_to_tensor(self.steps.value) / self.length, 1.0)

    def advance(self):
        """Count a step."""
        self.steps.assign_add(1.0)

    def call(self, pair):
        old, new = pair
        share = ops.cast(self.share, new.dtype)
        return (1 - share) * old + share * new

    def compute_output_shape(self, input_shape):
        return input_shape[1]

    def get_config(self):
        return super().get_config() | {"length": self.length}
