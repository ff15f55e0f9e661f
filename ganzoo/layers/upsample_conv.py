"""Nearest-neighbour upsampling by 2 followed by a convolution, in one layer and without the wasted arithmetic.

After upsampling, neighbouring pixels are equal, so a k x k kernel multiplies the same input several times. Summing the
kernel's weights first gives the same function with fewer products: an output pixel at an even or odd row and column sees
only k/2 + 1 (or k/2) different input rows and columns. For k = 4 that is 6.25 products per output and channel pair
instead of 16.

Forward, the four parities are four small convolutions of the input, interleaved. The same map is a transposed convolution
of stride 2 whose kernel is the box-summed kernel, (k+1) x (k+1); its gradients are taken in that form, where each is a
single convolution. Without padding the four parities see the same windows of the input: one convolution with four times the
filters makes them all, and its outputs are moved to their places. Measured on two CPU cores by
`python -m experiments.benchmark --layers`.
"""

import keras
from keras import ops

from ganzoo import backend
from ganzoo.errors import InputError
from ganzoo.layers.plain_options import plain_convolution


def _parities(k):
    """For output parity 0 and 1: (offset of the first input seen, the kernel's taps that fall on each input in turn)."""
    before = (k - 1) // 2  # "same" padding puts the smaller half in front
    parities = []
    for parity in (0, 1):
        sources = [(parity - before + tap) // 2 for tap in range(k)]
        first, last = sources[0], sources[-1]
        parities.append((first, [[tap for tap in range(k) if sources[tap] == s] for s in range(first, last + 1)]))
    return parities


def _sum_rows(w, groups):
    """Sum the rows of a kernel group by group."""
    return ops.stack([sum(w[tap] for tap in group) for group in groups])


def _padding(first, groups):
    """Return the zeros before and after that an unpadded convolution needs to keep the size."""
    return max(-first, 0), max(first + len(groups) - 1, 0)


def _forward(x, w, b):
    (k_h, k_w), (_, height, width, _) = w.shape[:2], ops.shape(x)
    rows = []
    for top, row_groups in _parities(k_h):
        by_column = ops.transpose(_sum_rows(w, row_groups), (1, 0, 2, 3))
        columns = []
        for left, column_groups in _parities(k_w):
            kernel = ops.transpose(_sum_rows(by_column, column_groups), (1, 0, 2, 3))
            padding = (_padding(top, row_groups), _padding(left, column_groups))
            columns.append(backend.convolve(x, kernel, padding=padding, bias=b))
        rows.append(ops.stack(columns, axis=3))
    return ops.reshape(ops.stack(rows, axis=2), (-1, 2 * height, 2 * width, w.shape[3]))


def _box_sum(w):
    """Sum neighbors of a (k, k, i, o) kernel into (k+1, k+1, i, o), the kernel of the stride-2 transposed convolution."""
    w = ops.pad(w, ((1, 1), (1, 1), (0, 0), (0, 0)))
    w = w[1:] + w[:-1]
    return w[:, 1:] + w[:, :-1]


@keras.ops.custom_gradient
def upsample_convolve(x, w, b):
    """Compute `conv2d(upsample_nearest(x, 2), w, "same") + b`.

    Args:
        x: float32 `(N, H, W, C_in)`.
        w: float32 `(k_h, k_w, C_in, C_out)`.
        b: float32 `(C_out,)`.

    Returns:
        float32 `(N, 2 H, 2 W, C_out)`.
    """

    def gradient(dy):
        before = [(k - 1) // 2 for k in w.shape[:2]]
        padding = [(k - 1 - b, b) for k, b in zip(w.shape[:2], before, strict=True)]
        db = ops.sum(dy, axis=(0, 1, 2))
        dy = ops.pad(dy, [(0, 0), *padding, (0, 0)])
        strided = ops.transpose(ops.flip(_box_sum(w), (0, 1)), (0, 1, 3, 2))
        dx = backend.convolve(dy, strided, strides=2)
        dw = backend.convolution_kernel_gradient(dy, strided.shape, x, strides=2)
        dw = ops.flip(ops.transpose(dw, (0, 1, 3, 2)), (0, 1))
        dw = dw[1:] + dw[:-1]
        return dx, dw[:, 1:] + dw[:, :-1], db

    return _forward(x, w, b), gradient


def upsample_convolve_valid(x, w, b):
    """Compute `conv2d(upsample_nearest(x, 2), w, "valid") + b` for odd kernels.

    Args:
        x: float `(N, H, W, C_in)`.
        w: the same dtype, `(k_h, k_w, C_in, C_out)`, k_h and k_w odd.
        b: the same dtype, `(C_out,)`.

    Returns:
        the same dtype, `(N, 2 H - k_h + 1, 2 W - k_w + 1, C_out)`.
    """
    row_groups, column_groups = ([_taps_by_source(k, parity) for parity in (0, 1)] for k in w.shape[:2])
    kernels = []
    for rows in row_groups:
        by_column = ops.transpose(_sum_rows(w, rows), (1, 0, 2, 3))
        kernels += [ops.transpose(_sum_rows(by_column, columns), (1, 0, 2, 3)) for columns in column_groups]
    y = backend.convolve(x, ops.concatenate(kernels, axis=-1), bias=ops.tile(b, 4))
    (_, height, width, _), filters = ops.shape(y), w.shape[3]
    # Channels are (row's parity, column's parity, filter): columns are in place where the pairs of them are read as pixels.
    y = ops.transpose(ops.reshape(y, (-1, height, width, 2, 2 * filters)), (0, 1, 3, 2, 4))
    return ops.reshape(y, (-1, 2 * height, 2 * width, filters))


def _taps_by_source(k, parity):
    """Return, for an output row of a parity, the kernel's taps that fall on each input row in turn, without padding."""
    return [[tap for tap in range(k) if (parity + tap) // 2 == source] for source in range((k - 1 + parity) // 2 + 1)]


@keras.saving.register_keras_serializable(package="ganzoo")
class UpsampleConv2D(keras.layers.Conv2D):
    """`UpSampling2D(2)` then `Conv2D(filters, kernel_size, padding)`, exactly, at about half the cost.

    Weights, initial values, configuration and saving are those of `keras.layers.Conv2D`.

    Args:
        filters: positive int, output channels.
        kernel_size: int or pair of ints, odd without padding.
        padding: "same" or "valid".
        activation, use_bias, kernel_initializer, ...: as in `keras.layers.Conv2D`.

    Raises:
        InputError: if strides, padding, dilation_rate, groups or data_format are set to anything else than what the
            layer computes, or the kernel is even without padding.

    Input `(N, H, W, C)`, output `(N, 2 H, 2 W, filters)`, without padding `(N, 2 H - k_h + 1, 2 W - k_w + 1, filters)`.
    Reference: Odena et al. 2016, "Deconvolution and checkerboard artifacts", for upsampling before convolving; the summed
    kernel is elementary.

    Example:
        >>> UpsampleConv2D(64, 4)(keras.ops.zeros((1, 8, 8, 128))).shape
        TensorShape([1, 16, 16, 64])
    """

    def __init__(self, filters, kernel_size, padding="same", **options):
        super().__init__(filters, kernel_size, **plain_convolution(type(self).__name__, options | {"padding": padding}, True))
        if self.padding == "valid" and any(each % 2 == 0 for each in self.kernel_size):
            raise InputError(
                f"{type(self).__name__} without padding takes odd kernels only. Received: kernel_size={self.kernel_size}"
            )

    def call(self, inputs):
        # Half precision computes in half and keeps weights in float32.
        kernel = ops.cast(backend.value_of(self.kernel), inputs.dtype)
        bias = ops.cast(backend.value_of(self.bias), inputs.dtype) if self.use_bias else ops.zeros(self.filters, inputs.dtype)
        convolve = upsample_convolve if self.padding == "same" else upsample_convolve_valid
        return self.activation(convolve(inputs, kernel, bias))

    def compute_output_shape(self, input_shape):
        n, *sides, _ = input_shape
        lost = [0, 0] if self.padding == "same" else [each - 1 for each in self.kernel_size]
        return (n, *[None if side is None else 2 * side - less for side, less in zip(sides, lost, strict=True)], self.filters)
