"""A small low-pass filter, also around resizing by a factor (Zhang 2019, arXiv:1904.11486; StyleGAN, arXiv:1812.04948).

Karras et al. put the binomial filter (1, 2, 1) / 4 both ways around every resize of StyleGAN, (1, 3, 3, 1) / 8 in StyleGAN2.
"""

import keras
from keras import ops

from ganzoo.utils.checks import positive_integer


def filtered(images, kernel, up=1, down=1):
    """Insert zeros, filter, subsample, per channel, both ways, with zeros beyond the border.

    Args:
        images: float `(N, H, W, C)`.
        kernel: sequence of floats, the taps of the symmetric filter along one axis; normalized to a sum of `up`.
        up, down: positive ints; one of them is 1. up - 1 zeros are put behind every pixel; one in `down` pixels is kept.

    Returns:
        `(N, H up / down, W up / down, C)`; a constant image stays so, away from the border.
    """
    weights = [up * tap / sum(kernel) for tap in kernel]
    slack = len(kernel) - max(up, down)
    pad = (slack + 1) // 2 + up - 1, slack // 2
    for axis in (1, 2):
        if up > 1:
            images = _with_zeros(images, axis, up)
        images = ops.pad(images, [pad if each == axis else (0, 0) for each in range(4)])
        length = images.shape[axis] - len(kernel) + 1
        parts = [weight * _cut(images, axis, start, start + length, down) for start, weight in enumerate(weights) if weight]
        images = sum(parts[1:], parts[0])
    return images


def _with_zeros(images, axis, up):
    shape = list(ops.shape(images))
    images = ops.expand_dims(images, axis + 1)
    images = ops.pad(images, [(0, up - 1) if each == axis + 1 else (0, 0) for each in range(5)])
    shape[axis] *= up
    return ops.reshape(images, (-1, *shape[1:]))


def _cut(images, axis, start, end, step):
    return images[:, start:end:step] if axis == 1 else images[:, :, start:end:step]


@keras.saving.register_keras_serializable(package="ganzoo.layers")
class Blur(keras.layers.Layer):
    """Low-pass filter NHWC images of known height and width; with `up` or `down`, resize them too.

    Args:
        kernel: taps along one axis, a sequence of floats that is symmetric.
        up, down: positive ints; one of them is 1.

    Input `(N, H, W, C)`, output `(N, H up / down, W up / down, C)`.

    Example:
        >>> Blur((1, 3, 3, 1), up=2)(keras.ops.ones((1, 4, 4, 3))).shape
        TensorShape([1, 8, 8, 3])
    """

    def __init__(self, kernel=(1.0, 2.0, 1.0), up=1, down=1, **options):
        super().__init__(**options)
        self.kernel = tuple(float(tap) for tap in kernel)
        self.up, self.down = positive_integer("up", up), positive_integer("down", down)

    def call(self, images):
        return filtered(images, self.kernel, self.up, self.down)

    def compute_output_shape(self, input_shape):
        n, height, width, channels = input_shape
        return n, height * self.up // self.down, width * self.up // self.down, channels

    def get_config(self):
        return super().get_config() | {"kernel": self.kernel, "up": self.up, "down": self.down}
