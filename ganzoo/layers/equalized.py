"""Layers with an equalized learning rate (Karras et al. 2017, arXiv:1710.10196, section 4.1).

    y = activation(gain / sqrt(fan_in) * m * K x + m * b),     K ~ N(0, 1) / m at the start

Adam moves every weight by about the learning rate, whatever the weight's size. With weights of equal spread, scaled only when
they are used, that step is the same share of each. A multiplier m (StyleGAN's mapping network: 0.01) slows one layer down.
"""

import keras
from keras import ops

from ganzoo import backend
from ganzoo.errors import InputError
from ganzoo.layers.upsample_conv import upsample_convolve
from ganzoo.utils.checks import positive_integer, positive_number

HE = 2.0**0.5  # the gain before a rectifier: He et al. 2015, arXiv:1502.01852


class _Equalized(keras.layers.Layer):
    """What the dense layer and the convolution have in common."""

    def __init__(self, outputs, activation=None, gain=HE, multiplier=1.0, use_bias=True, bias=0.0, **options):
        super().__init__(**options)
        self.outputs = positive_integer("outputs", outputs)
        self.activation = keras.activations.get(activation)
        self.gain, self.multiplier = positive_number("gain", gain), positive_number("multiplier", multiplier)
        self.use_bias, self.initial_bias = bool(use_bias), float(bias)

    def _add_weights(self, kernel_shape):
        self.scale = self.gain * self.multiplier / float(_fan_in(kernel_shape)) ** 0.5
        spread = keras.initializers.RandomNormal(stddev=1.0 / self.multiplier)
        self.kernel = self.add_weight(shape=kernel_shape, initializer=spread, name="kernel")
        start = keras.initializers.Constant(self.initial_bias / self.multiplier)
        self.bias = self.add_weight(shape=(self.outputs,), initializer=start, name="bias") if self.use_bias else None

    def scaled(self, dtype):
        """Return (kernel, bias) as they are used, scaled in the weights' precision; without a bias, 0."""
        kernel = ops.cast(ops.convert_to_tensor(self.kernel.value) * self.scale, dtype)
        if not self.use_bias:
            return kernel, ops.zeros((self.outputs,), dtype)
        return kernel, ops.cast(ops.convert_to_tensor(self.bias.value) * self.multiplier, dtype)

    def get_config(self):
        return super().get_config() | {
            "outputs": self.outputs, "activation": keras.activations.serialize(self.activation), "gain": self.gain,
            "multiplier": self.multiplier, "use_bias": self.use_bias, "bias": self.initial_bias,
        }  # fmt: skip


@keras.saving.register_keras_serializable(package="ganzoo.layers")
class EqualizedDense(_Equalized):
    """A dense layer with an equalized learning rate. Input `(N, ..., C)`, output `(N, ..., outputs)`.

    Args:
        outputs: positive int.
        activation: as in `keras.layers.Dense`.
        gain: above 0; sqrt(2) before a rectifier, 1 at the end of a network.
        multiplier: of this layer's learning rate, above 0; it does not change what the layer computes at the start.
        use_bias: bool.
        bias: float, the bias as it is added at the start.

    Raises:
        InputError: for a value that is not so.

    Example:
        >>> EqualizedDense(3)(keras.ops.ones((2, 5))).shape
        TensorShape([2, 3])
    """

    def build(self, input_shape):
        self._add_weights((input_shape[-1], self.outputs))

    def call(self, inputs):
        kernel, bias = self.scaled(inputs.dtype)
        return self.activation(ops.matmul(inputs, kernel) + bias)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.outputs)


@keras.saving.register_keras_serializable(package="ganzoo.layers")
class EqualizedConv2D(_Equalized):
    """A convolution of stride 1 with an equalized learning rate. Input `(N, H, W, C)`, output `(N, H, W, outputs)`.

    Args:
        outputs: filters, positive int.
        size: of the square kernel, positive int.
        upsample: double the sides by repeating pixels before the convolution, at less than half the cost of two layers.
        padding: "same", or "valid" for no padding, which `upsample` excludes.
        activation, gain, multiplier, use_bias, bias: as in `EqualizedDense`.

    Raises:
        InputError: for a value that is not so.

    Example:
        >>> EqualizedConv2D(3, 3, upsample=True)(keras.ops.ones((2, 4, 4, 5))).shape
        TensorShape([2, 8, 8, 3])
    """

    def __init__(self, outputs, size, upsample=False, padding="same", **options):
        super().__init__(outputs, **options)
        self.size, self.upsample, self.padding = positive_integer("size", size), bool(upsample), padding
        if padding not in ("same", "valid") or (upsample and padding != "same"):
            raise InputError(f'padding must be "same", or "valid" without upsample. Received: padding={padding!r}')

    def build(self, input_shape):
        self._add_weights((self.size, self.size, input_shape[-1], self.outputs))

    def call(self, inputs):
        kernel, bias = self.scaled(inputs.dtype)
        if self.upsample:
            return self.activation(upsample_convolve(inputs, kernel, bias))
        before = (self.size - 1) // 2 if self.padding == "same" else 0
        after = self.size - 1 - before if self.padding == "same" else 0
        return self.activation(backend.convolve(inputs, kernel, padding=[(before, after)] * 2, bias=bias))

    def compute_output_shape(self, input_shape):
        n, height, width, _ = input_shape
        sides = [None if side is None else self._side(side) for side in (height, width)]
        return (n, *sides, self.outputs)

    def _side(self, side):
        if self.upsample:
            return 2 * side
        return side if self.padding == "same" else side - self.size + 1

    def get_config(self):
        return super().get_config() | {"size": self.size, "upsample": self.upsample, "padding": self.padding}


def _fan_in(kernel_shape):
    """Return how many products an output is the sum of."""
    product = 1
    for side in kernel_shape[:-1]:
        product *= side
    return product
