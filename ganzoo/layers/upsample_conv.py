"""Nearest-neighbour upsampling by 2 followed by a convolution, in one layer and without the wasted arithmetic.

After upsampling, neighbouring pixels are equal, so a k x k kernel multiplies the same input several times. Summing the
kernel's weights first gives the same function with fewer products: an output pixel at an even or odd row and column sees
only k/2 + 1 (or k/2) different input rows and columns. For k = 4 that is 6.25 products per output and channel pair
instead of 16.

Forward, the four parities are four small convolutions of the input, interleaved. The same map is a transposed convolution
of stride 2 whose kernel is the box-summed kernel, (k+1) x (k+1); its gradients are taken in that form, where each is a
single convolution. Measured on two CPU cores by `python -m experiments.benchmark --layers`.
"""

import keras
import numpy as np
from keras import ops

from ganzoo import backend
from ganzoo.errors import InputError


def _parity_sums(k):
    """For output parity 0 and 1: (first input offset, last input offset, 0/1 matrix (taps, k) that sums the kernel)."""
    before = (k - 1) // 2  # "same" padding puts the smaller half in front
    parities = []
    for parity in (0, 1):
        sources = [(parity - before + tap) // 2 for tap in range(k)]
        sums = np.zeros((sources[-1] - sources[0] + 1, k), "float32")
        sums[np.array(sources) - sources[0], np.arange(k)] = 1.0
        parities.append((sources[0], sources[-1], sums))
    return parities


def _forward(x, w):
    (k_h, k_w), (_, height, width, _) = w.shape[:2], x.shape
    rows = []
    for top, bottom, row_sums in _parity_sums(k_h):
        columns = []
        for left, right, column_sums in _parity_sums(k_w):
            kernel = ops.einsum("at,bu,tuio->abio", row_sums, column_sums, w)
            padding = ((max(-top, 0), max(bottom, 0)), (max(-left, 0), max(right, 0)))
            columns.append(backend.convolve(x, kernel, padding=padding))
        rows.append(ops.stack(columns, axis=3))
    return ops.reshape(ops.stack(rows, axis=2), (-1, 2 * height, 2 * width, w.shape[3]))


def _box_sum(w):
    """Sum neighbours of a (k, k, i, o) kernel into (k+1, k+1, i, o), the kernel of the stride-2 transposed convolution."""
    w = ops.pad(w, ((1, 1), (1, 1), (0, 0), (0, 0)))
    w = w[1:] + w[:-1]
    return w[:, 1:] + w[:, :-1]


@keras.ops.custom_gradient
def upsample_convolve(x, w):
    """Compute `conv2d(upsample_nearest(x, 2), w, "same")`.

    Args:
        x: float32 `(N, H, W, C_in)`.
        w: float32 `(k_h, k_w, C_in, C_out)`.

    Returns:
        float32 `(N, 2 H, 2 W, C_out)`.
    """

    def gradient(dy):
        before = [(k - 1) // 2 for k in w.shape[:2]]
        padding = [(k - 1 - b, b) for k, b in zip(w.shape[:2], before, strict=True)]
        dy = ops.pad(dy, [(0, 0), *padding, (0, 0)])
        strided = ops.transpose(ops.flip(_box_sum(w), (0, 1)), (0, 1, 3, 2))
        dx = backend.convolve(dy, strided, strides=2)
        dw = backend.convolution_kernel_gradient(dy, strided.shape, x, strides=2)
        dw = ops.flip(ops.transpose(dw, (0, 1, 3, 2)), (0, 1))
        dw = dw[1:] + dw[:-1]
        return dx, dw[:, 1:] + dw[:, :-1]

    return _forward(x, w), gradient


@keras.saving.register_keras_serializable(package="ganzoo")
class UpsampleConv2D(keras.layers.Conv2D):
    """`UpSampling2D(2)` then `Conv2D(filters, kernel_size, padding="same")`, exactly, at about half the cost.

    Weights, initial values, configuration and saving are those of `keras.layers.Conv2D`.

    Args:
        filters: positive int, output channels.
        kernel_size: int or pair of ints.
        activation, use_bias, kernel_initializer, ...: as in `keras.layers.Conv2D`.

    Raises:
        InputError: if strides, padding, dilation_rate, groups or data_format are set to anything else than what the
            layer computes.

    Input `(N, H, W, C)`, output `(N, 2 H, 2 W, filters)`. Reference: Odena et al. 2016, "Deconvolution and checkerboard
    artifacts", for upsampling before convolving; the summed kernel is elementary.

    Example:
        >>> UpsampleConv2D(64, 4)(keras.ops.zeros((1, 8, 8, 128))).shape
        TensorShape([1, 16, 16, 64])
    """

    def __init__(self, filters, kernel_size, **kwargs):
        fixed = {"strides": (1, 1), "padding": "same", "dilation_rate": (1, 1), "groups": 1}
        fixed["data_format"] = "channels_last"
        for name, expected in fixed.items():
            given = kwargs.pop(name, expected)
            if given != expected and given != (expected[0] if isinstance(expected, tuple) else expected):
                if not (isinstance(given, list) and tuple(given) == expected):
                    raise InputError(f"UpsampleConv2D computes with {name}={expected!r} only. Received: {name}={given!r}")
        super().__init__(filters, kernel_size, padding="same", data_format="channels_last", **kwargs)

    def call(self, inputs):
        outputs = upsample_convolve(inputs, backend.read(self.kernel))
        if self.use_bias:
            outputs = outputs + self.bias
        return self.activation(outputs)

    def compute_output_shape(self, input_shape):
        n, height, width, _ = input_shape
        return (n, None if height is None else 2 * height, None if width is None else 2 * width, self.filters)
