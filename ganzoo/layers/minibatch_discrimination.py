"""Minibatch discrimination: how near an example's features are to those of the others in its batch."""

import keras
from keras import ops

from ganzoo.layers.precision import at_least_single
from ganzoo.utils.checks import positive_integer


@keras.saving.register_keras_serializable(package="ganzoo.layers")
class MinibatchDiscrimination(keras.layers.Layer):
    """Append to each example's features how close they are to those of the rest of the batch, so that copies give themselves
    away (Salimans et al. 2016, arXiv:1606.03498, section 3.2).

        M_i = f(x_i) T,    o(x_i)_b = sum over j of exp(-|M_ib - M_jb|_1),    j other than i

    Input `(N, features)`, output `(N, features + kernels)`. The paper's sum has j = i too, which adds 1 to all.

    Args:
        kernels: numbers that are joined, positive int; the authors' code has 100.
        dimensions: size of each M_ib, positive int; 5 there.

    Example:
        >>> MinibatchDiscrimination(kernels=3)(keras.ops.ones((4, 8))).numpy()[0, 8:]
        array([3., 3., 3.], dtype=float32)
    """

    compares_samples = True  # on purpose; see `ganzoo.testing`

    def __init__(self, kernels=32, dimensions=5, **options):
        super().__init__(**options)
        self.kernels = positive_integer("kernels", kernels)
        self.dimensions = positive_integer("dimensions", dimensions)

    def build(self, input_shape):
        shape = (input_shape[-1], self.kernels * self.dimensions)
        self.kernel = self.add_weight(shape=shape, initializer="glorot_uniform", name="kernel")

    def call(self, inputs):
        x = at_least_single(inputs)
        m = ops.reshape(ops.matmul(x, ops.cast(self.kernel, x.dtype)), (-1, self.kernels, self.dimensions))
        # A dimension at a time: an array of all of them at once takes four times as long on a processor.
        distances = sum(ops.abs(part[:, None] - part[None]) for part in ops.unstack(m, axis=2))
        closeness = ops.sum(ops.exp(-distances), axis=1) - 1.0  # that of an example to itself
        return ops.concatenate([inputs, ops.cast(closeness, inputs.dtype)], axis=-1)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], input_shape[-1] + self.kernels)

    def get_config(self):
        return super().get_config() | {"kernels": self.kernels, "dimensions": self.dimensions}
