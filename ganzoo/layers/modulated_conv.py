"""The modulated convolution of StyleGAN2 (Karras et al. 2019, arXiv:1912.04958, section 2.2), which takes the place of AdaIN.

    w'_ijk = s_i w_ijk,     w''_ijk = w'_ijk / sqrt(sum_ik w'_ijk^2 + 1e-8),     y = w'' * x

Every sample has a kernel of its own. The official code convolves with them in groups, one group a sample, which on a CPU is
slow. A convolution is linear, s_i belongs to an input channel and the root to an output channel, so this is equivalent to

    y_j = (w_j * (s x)) rsqrt(sum_i s_i^2 sum_k w_ijk^2 + 1e-8)

one ordinary convolution of scaled inputs, scaled at the end; the roots of a batch are one small matrix product.
"""

import keras
from keras import ops

from ganzoo import backend
from ganzoo.errors import InputError
from ganzoo.layers.equalized import EqualizedDense
from ganzoo.layers.precision import at_least_single
from ganzoo.layers.resample import Resample2D
from ganzoo.utils.checks import positive_integer

BINOMIAL = (1.0, 3.0, 3.0, 1.0)  # the filter around every resize in StyleGAN2


@keras.saving.register_keras_serializable(package="ganzoo.layers")
class ModulatedConv2D(keras.layers.Layer):
    """A convolution whose input channels a style scales and whose output channels are brought back to unit variance.

    Called with `[x, w]`: x `(N, H, W, C)`, w `(N, D)`; returns `(N, H, W, filters)`, twice the sides with `upsample`, or
    k - 1 more of each with "full" padding. The scales are affine in w, s = A w + 1 at the start; a bias is added, no
    activation.

    Args:
        filters: positive int.
        size: of the square kernel, positive odd int; 3 with `upsample`.
        demodulate: bring the outputs back to unit variance; False for a layer that makes colors.
        upsample: double the sides, by a transposed convolution and a low-pass filter; of "same" padding.
        padding: "same" or "full".
        gain: of the outputs before the bias, above 0; sqrt(2) before a leaky ReLU, which takes half of the variance away.

    Raises:
        InputError: for another size.

    Example:
        >>> layer = ModulatedConv2D(3, 3, upsample=True)
        >>> layer([keras.ops.ones((2, 4, 4, 5)), keras.ops.ones((2, 8))]).shape
        TensorShape([2, 8, 8, 3])
    """

    def __init__(self, filters, size, demodulate=True, upsample=False, padding="same", gain=1.0, **options):
        super().__init__(**options)
        self.filters, self.size = positive_integer("filters", filters), positive_integer("size", size)
        if self.size % 2 == 0 or (upsample and self.size != 3):
            raise InputError(f"size must be {'3 with upsample' if upsample else 'odd'}. Received: size={size!r}")
        self.demodulate, self.upsample, self.padding, self.gain = bool(demodulate), bool(upsample), padding, float(gain)

    def build(self, input_shapes):
        (_, height, width, channels), (_, styles) = input_shapes
        self.kernel = self.add_weight(
            shape=(self.size, self.size, channels, self.filters), initializer=keras.initializers.RandomNormal(stddev=1.0),
            name="kernel",
        )  # fmt: skip
        self.bias = self.add_weight(shape=(self.filters,), initializer="zeros", name="bias")
        self.affine = EqualizedDense(channels, gain=1.0, bias=1.0, dtype=self.dtype_policy, name="affine")
        self.affine.build((None, styles))
        if self.upsample:
            self.blur = Resample2D(BINOMIAL, padding=(1, 1), dtype=self.dtype_policy, name="blur")
            self.blur.build((None, 2 * height + self.size - 2, 2 * width + self.size - 2, self.filters))

    def call(self, inputs):
        x, w = inputs
        scales = at_least_single(self.affine(w))
        equalized = 1 / (self.size * float(self.kernel.shape[2]) ** 0.5)
        kernel = ops.convert_to_tensor(self.kernel.value) * (equalized if self.demodulate else self.gain * equalized)
        y = self._convolve(x * ops.cast(scales, x.dtype)[:, None, None], ops.cast(kernel, x.dtype))
        if self.demodulate:
            squares = ops.matmul(ops.square(scales), ops.cast(ops.sum(ops.square(kernel), axis=(0, 1)), scales.dtype))
            y = y * ops.cast(self.gain * ops.rsqrt(squares + 1e-8), y.dtype)[:, None, None]
        return y + ops.cast(ops.convert_to_tensor(self.bias.value), y.dtype)

    def _convolve(self, x, kernel):
        if self.upsample:
            transposed = ops.transpose(kernel, (0, 1, 3, 2))
            y = ops.conv_transpose(x, transposed, strides=2, padding="valid", data_format="channels_last")
            return 4.0 * self.blur(y)  # three in four of the pixels that it filters were zeros
        pad = self.size - 1 if self.padding == "full" else self.size // 2
        return backend.convolve(x, kernel, padding=[(pad, pad)] * 2)

    def compute_output_shape(self, input_shapes):
        n, height, width, _ = input_shapes[0]
        factor, more = (2, 0) if self.upsample else (1, self.size - 1 if self.padding == "full" else 0)
        return (n, height * factor + more, width * factor + more, self.filters)

    def get_config(self):
        return super().get_config() | {
            "filters": self.filters, "size": self.size, "demodulate": self.demodulate, "upsample": self.upsample,
            "padding": self.padding, "gain": self.gain,
        }  # fmt: skip
