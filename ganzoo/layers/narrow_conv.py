"""A convolution for few output channels, such as a generator's last layer, in a form that a CPU computes well.

With 3 output channels a vector unit of 8 lanes idles for more than half of the time, and without oneDNN TensorFlow's kernel
gradient for it is an order of magnitude slower than its arithmetic. Forward, convolving by the kernel's columns first turns
the k columns into k times as many channels; shifting and adding the columns finishes the sum. Backward, the shifted output
gradients side by side make both gradients one matrix product each.
"""

import keras
from keras import ops

from ganzoo import backend
from ganzoo.layers.plain_options import plain_convolution


def _before(k):
    """Return how many zeros "same" padding puts in front: the smaller half."""
    return (k - 1) // 2


@keras.ops.custom_gradient
def narrow_convolve(x, w):
    """Compute `conv2d(x, w, "same")` for a kernel with few output channels.

    Args:
        x: float32 `(N, H, W, C)`.
        w: float32 `(k_h, k_w, C, F)`.

    Returns:
        float32 `(N, H, W, F)`.
    """
    k_h, k_w, channels, filters = w.shape
    _, height, width, _ = ops.shape(x)

    def forward():
        columns = ops.reshape(ops.transpose(w, (0, 2, 1, 3)), (k_h, 1, channels, k_w * filters))
        padding = [(_before(k), k - 1 - _before(k)) for k in (k_h, k_w)]
        partial = backend.convolve(x, columns, padding=padding)
        return sum(partial[:, :, i : i + width, i * filters : (i + 1) * filters] for i in range(k_w))

    def gradient(dy):
        dy = ops.pad(dy, [(0, 0), *[(k - 1 - _before(k), _before(k)) for k in (k_h, k_w)], (0, 0)])
        rows = ops.concatenate([dy[:, :, k_w - 1 - b : k_w - 1 - b + width] for b in range(k_w)], axis=-1)
        shifted = ops.concatenate([rows[:, k_h - 1 - a : k_h - 1 - a + height] for a in range(k_h)], axis=-1)
        shifted = ops.reshape(shifted, (-1, k_h * k_w * filters))
        dx = ops.matmul(shifted, ops.reshape(ops.transpose(w, (0, 1, 3, 2)), (-1, channels)))
        dw = ops.matmul(ops.transpose(ops.reshape(x, (-1, channels))), shifted)
        dw = ops.transpose(ops.reshape(dw, (channels, k_h, k_w, filters)), (1, 2, 0, 3))
        return ops.reshape(dx, ops.shape(x)), dw

    return forward(), gradient


@keras.saving.register_keras_serializable(package="ganzoo")
class NarrowConv2D(keras.layers.Conv2D):
    """`keras.layers.Conv2D(filters, kernel_size, padding="same")`, exactly, quick for up to about 8 filters.

    Weights, initial values, configuration and saving are those of `keras.layers.Conv2D`.
    Input `(N, H, W, C)`, output `(N, H, W, filters)`.

    Args:
        filters: positive int, output channels.
        kernel_size: int or pair of ints.
        activation, use_bias, kernel_initializer, ...: as in `keras.layers.Conv2D`.

    Raises:
        InputError: if strides, padding, dilation_rate, groups or data_format are others than the layer computes.

    Example:
        >>> NarrowConv2D(3, 4)(keras.ops.zeros((1, 8, 8, 64))).shape
        TensorShape([1, 8, 8, 3])
    """

    def __init__(self, filters, kernel_size, **options):
        super().__init__(filters, kernel_size, **plain_convolution(type(self).__name__, options))

    def call(self, inputs):
        # Half precision computes in half and keeps weights in float32.
        outputs = narrow_convolve(inputs, ops.cast(backend.value_of(self.kernel), inputs.dtype))
        if self.use_bias:
            outputs = outputs + ops.cast(self.bias, inputs.dtype)
        return self.activation(outputs)
