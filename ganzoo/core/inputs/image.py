"""Images that a sample is made of: what a translation, an enlargement or an inpainting begins with."""

import numpy as np

from ganzoo.core.inputs.base import Input, repeat
from ganzoo.errors import InputError
from ganzoo.utils.checks import check_image_shape, check_range


class Image(Input):
    """An image that is translated: uint8 `(N, H, W, C)` or float32 in `value_range`.

    Args:
        shape: (height, width, channels).
        value_range: (low, high) of the pixels that the network gets.
    """

    drawn = False
    support = "0 to 1"

    def __init__(self, shape, value_range=(-1.0, 1.0)):
        self.shape = check_image_shape(shape)
        self.value_range = check_range("value_range", value_range)

    def check(self, name, values, n):
        array = np.asarray(values)
        if array.shape[1:] != self.shape or not len(array) or array.dtype != np.uint8:
            raise InputError(
                f"{name} must be uint8 images (N, {', '.join(map(str, self.shape))}). "
                f"Received: {array.dtype} of shape {array.shape}"
            )
        low, high = self.value_range
        return repeat(name, array, n).astype("float32") * ((high - low) / 255.0) + low

    def numpy_code(self, n):
        return f'rng.random({(n, *self.shape)}, dtype="{self.dtype}")'

    def to_network(self, values, value_range):
        """Scale float32 pixels in [0, 1] to `value_range`."""
        low, high = value_range
        return values * (high - low) + low
