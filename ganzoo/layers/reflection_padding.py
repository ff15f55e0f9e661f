"""Padding by reflection at the border, so that a translated image has no frame."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="ganzoo.layers")
class ReflectionPadding2D(keras.layers.Layer):
    """Pad NHWC images by their mirror image, without repeating the border; size: pixels on each side, positive int.

    Example:
        >>> ReflectionPadding2D(1)(keras.ops.ones((1, 4, 4, 3))).shape
        TensorShape([1, 6, 6, 3])
    """

    def __init__(self, size, **options):
        super().__init__(**options)
        self.size = size

    def call(self, images):
        return ops.pad(images, [(0, 0), (self.size, self.size), (self.size, self.size), (0, 0)], mode="reflect")

    def compute_output_shape(self, input_shape):
        n, height, width, channels = input_shape
        return n, height + 2 * self.size, width + 2 * self.size, channels

    def get_config(self):
        return super().get_config() | {"size": self.size}
