"""A convolution for few output channels, such as a generator's last layer, in a form that a CPU computes well.

With 3 output channels a vector unit of 8 lanes idles for more than half of the time, and TensorFlow's kernel gradient
for it is an order of magnitude slower than its arithmetic. Convolving by the kernel's columns first turns the k columns
into k times as many channels; shifting and adding the columns finishes the sum: same products, fuller lanes.
"""

import keras
from keras import ops

from ganzoo import backend


@keras.saving.register_keras_serializable(package="ganzoo")
class NarrowConv2D(keras.layers.Conv2D):
    """`keras.layers.Conv2D` with stride 1 and "same" padding, computed column by column.

    Weights, configuration and results (to rounding) are those of `Conv2D(filters, kernel_size, padding="same")`.
    Input `(N, H, W, C)`, output `(N, H, W, filters)`. Worth it for up to about 8 filters.

    Args:
        filters: positive int, output channels.
        kernel_size: int or pair of ints.
        activation, use_bias, kernel_initializer, ...: as in `keras.layers.Conv2D`.

    Example:
        >>> NarrowConv2D(3, 4)(keras.ops.zeros((1, 8, 8, 64))).shape
        TensorShape([1, 8, 8, 3])
    """

    def __init__(self, filters, kernel_size, **kwargs):
        kwargs["padding"] = "same"
        super().__init__(filters, kernel_size, **kwargs)

    def call(self, inputs):
        k_h, k_w, channels, filters = self.kernel.shape
        columns = ops.reshape(ops.transpose(self.kernel, (0, 2, 1, 3)), (k_h, 1, channels, k_w * filters))
        padding = [((k - 1) // 2, k - 1 - (k - 1) // 2) for k in (k_h, k_w)]
        partial = backend.convolve(inputs, columns, padding=padding)
        width = inputs.shape[2]
        outputs = sum(partial[:, :, i : i + width, i * filters : (i + 1) * filters] for i in range(k_w))
        if self.use_bias:
            outputs = outputs + self.bias
        return self.activation(outputs)
