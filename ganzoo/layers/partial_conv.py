"""A convolution that sees the known pixels alone (Liu et al. 2018, arXiv:1804.07723, eq. 1 and 2).

    x' = sum over the window of W (x * m) * (values in the window / known values in it) + b,   0 where nothing is known
    m' = 1 where the window holds a known value, else 0

As in the authors' code, what padding adds counts as unknown.
"""

import keras
from keras import ops

from ganzoo import backend
from ganzoo.errors import InputError
from ganzoo.utils.checks import positive_integer


@keras.saving.register_keras_serializable(package="ganzoo.layers")
class PartialConv2D(keras.layers.Layer):
    """A convolution of images with holes, with "same" padding; returns features and where they are known.

    Called with a list [features, mask], or [features, mask, features, mask, ...] of parts that are joined along their channels,
    each with a mask of its own: float `(N, H, W, C)` and `(N, H, W, 1)`, 1 where a pixel is known, 0 where it is missing.
    Returns [float `(N, H', W', filters)`, mask `(N, H', W', 1)`].

    Args:
        filters: output channels, positive int.
        size: of the square kernel, positive int.
        strides: both ways, positive int.
        use_bias: bool.

    Raises:
        InputError: for a value that is not so, or another list.

    Example:
        >>> features, mask = PartialConv2D(3, 3)([keras.ops.ones((1, 4, 4, 2)), keras.ops.ones((1, 4, 4, 1))])
        >>> features.shape, mask.shape
        (TensorShape([1, 4, 4, 3]), TensorShape([1, 4, 4, 1]))
    """

    def __init__(self, filters, size, strides=1, use_bias=True, **options):
        super().__init__(**options)
        self.filters, self.size = positive_integer("filters", filters), positive_integer("size", size)
        self.strides, self.use_bias = positive_integer("strides", strides), bool(use_bias)

    def build(self, shapes):
        listed = isinstance(shapes, (list, tuple)) and all(isinstance(shape, (list, tuple)) for shape in shapes)
        if not listed or len(shapes) % 2:
            raise InputError(f"PartialConv2D takes a list [features, mask, ...], a mask for each. Received: shapes {shapes}")
        channels = sum(shape[-1] for shape in shapes[::2])
        self.kernel = self.add_weight(
            shape=(self.size, self.size, channels, self.filters), initializer="glorot_uniform", name="kernel"
        )
        self.bias = self.add_weight(shape=(self.filters,), initializer="zeros", name="bias") if self.use_bias else None

    def call(self, inputs):
        parts = list(zip(inputs[::2], inputs[1::2], strict=True))
        seen = [features * mask for features, mask in parts]
        kernel = ops.cast(backend.value_of(self.kernel), inputs[0].dtype)
        made = self._convolve(seen[0] if len(seen) == 1 else ops.concatenate(seen, axis=-1), kernel)
        # The share of the channels that is known at each pixel, summed over the window, in the weights' precision.
        channels, exact = self.kernel.shape[2], self.variable_dtype
        share = sum(ops.cast(mask, exact) * (features.shape[-1] / channels) for features, mask in parts)
        count = self._convolve(share, ops.ones((self.size, self.size, 1, 1), exact))
        known = ops.cast(count > 1e-6, exact)
        mask = ops.cast(known, made.dtype)
        ratio = known * (self.size**2 / ops.maximum(count, 1e-6))  # where nothing is known half precision would overflow
        made = made * ops.cast(ratio, made.dtype)
        if self.use_bias:
            made = made + ops.cast(backend.value_of(self.bias), made.dtype) * mask
        return [made, mask]

    def compute_output_spec(self, inputs):
        n, height, width, _ = inputs[0].shape
        sides = [None if side is None else -(-side // self.strides) for side in (height, width)]
        return [keras.KerasTensor((n, *sides, channels), dtype=self.compute_dtype) for channels in (self.filters, 1)]

    def get_config(self):
        own = {"filters": self.filters, "size": self.size, "strides": self.strides, "use_bias": self.use_bias}
        return super().get_config() | own

    def _convolve(self, inputs, kernel):
        return ops.conv(inputs, kernel, self.strides, "same", "channels_last")
