"""The standard deviation within a batch as one more channel (Karras et al. 2017, arXiv:1710.10196, section 3)."""

import keras
from keras import ops

from ganzoo.layers.precision import at_least_single


@keras.saving.register_keras_serializable(package="ganzoo.layers")
class MinibatchStd(keras.layers.Layer):
    """Append a channel that tells a discriminator how much the examples of its batch differ, so that copies stand out.

        o = mean over positions and channels of sqrt(Var over the group of x + 1e-8),     appended to each x of the group

    A batch is split into groups; o is one number, shared by the whole group. Input `(N, H, W, C)`, output `(N, H, W, C + 1)`.

    Args:
        group: examples in a group, positive int; where it does not divide the batch, the largest smaller number that does.
            None takes the whole batch, as in the paper; 4 is the official code's.

    Example:
        >>> MinibatchStd()(keras.ops.ones((4, 2, 2, 3))).shape
        TensorShape([4, 2, 2, 4])
    """

    compares_samples = True  # on purpose; see `ganzoo.testing`

    def __init__(self, group=4, **options):
        super().__init__(**options)
        self.group = group

    def call(self, inputs):
        x = at_least_single(inputs)
        n, height, width, channels = ops.shape(x)
        size = n
        if self.group is not None:
            sizes = ops.arange(1, self.group + 1)
            size = ops.max(ops.where(ops.equal(n % sizes, 0), sizes, 1))
        grouped = ops.reshape(x, (size, -1, height, width, channels))  # sample i is of group i modulo their number
        deviation = ops.sqrt(ops.mean(ops.square(grouped - ops.mean(grouped, axis=0)), axis=0) + 1e-8)
        one = ops.tile(ops.mean(deviation, axis=(1, 2, 3)), [size])
        plane = ops.broadcast_to(ops.reshape(one, (-1, 1, 1, 1)), (n, height, width, 1))
        return ops.concatenate([inputs, ops.cast(plane, inputs.dtype)], axis=-1)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], input_shape[-1] + 1)

    def get_config(self):
        return super().get_config() | {"group": self.group}
