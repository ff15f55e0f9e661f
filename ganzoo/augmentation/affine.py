"""Random rotations, shears, sizes and places, and the bilinear reading between pixels that they need."""

import math

from keras import ops

from ganzoo import backend
from ganzoo.core.config import Configurable
from ganzoo.utils.checks import nonnegative_number
from ganzoo.utils.types import Tensor


class RandomAffine(Configurable):
    """Rotate, shear, scale and shift every image by its own random amounts, uniform within the limits.

    Args:
        rotation: maximum rotation either way, in radians.
        shear: maximum shear, in pixels sideways per pixel of height.
        scale: maximum relative change of size, height and width apart; below 1.
        shift: maximum shift, as a share of the height and of the width.

    What comes in from outside repeats the nearest border pixel.
    """

    rotation: float
    shear: float
    scale: float
    shift: float

    def __init__(self, rotation: float = 0.25, shear: float = 0.35, scale: float = 0.12, shift: float = 0.07):
        limits = {"rotation": rotation, "shear": shear, "scale": scale, "shift": shift}
        for name, value in limits.items():
            setattr(self, name, nonnegative_number(name, value, below=1.0 if name == "scale" else math.inf))

    def __call__(self, images: Tensor, seed: Tensor) -> Tensor:
        """Return moved copies.

        Args:
            images: float32 `(N, H, W, C)`.
            seed: int32 `(2,)`; decides the moves.
        """
        height, width = images.shape[1:3]
        draws = backend.uniform((6, ops.shape(images)[0]), seed, -1.0, 1.0)
        angle, shear = self.rotation * draws[0], self.shear * draws[1]
        stretch_x, stretch_y = 1.0 + self.scale * draws[2], 1.0 + self.scale * draws[3]
        cosine, sine = ops.cos(angle), ops.sin(angle)
        # Where the pixel (x, y) of the copy is read: rotation x shear x scale about the centre, then the shift.
        a, b = cosine * stretch_x, (cosine * shear - sine) * stretch_y
        c, d = sine * stretch_x, (sine * shear + cosine) * stretch_y
        middle_x, middle_y = (width - 1) / 2, (height - 1) / 2
        offset_x = middle_x - a * middle_x - b * middle_y + self.shift * width * draws[4]
        offset_y = middle_y - c * middle_x - d * middle_y + self.shift * height * draws[5]
        y, x = ops.meshgrid(ops.arange(height, dtype="float32"), ops.arange(width, dtype="float32"), indexing="ij")
        a, b, offset_x, c, d, offset_y = (ops.reshape(each, (-1, 1, 1)) for each in (a, b, offset_x, c, d, offset_y))
        return bilinear_sample(images, a * x + b * y + offset_x, c * x + d * y + offset_y)


def bilinear_sample(images: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """Read images at points between their pixels, bilinearly; outside, the nearest border pixel counts.

    Keras's `affine_transform` does the same, but TensorFlow computes its gradient by the inverse transform, which is not the
    transpose (github.com/tensorflow/tensorflow/issues/127241); the generator would learn from a blurred error.

    Args:
        images: float32 `(N, H, W, C)`.
        x, y: column and row of each point, in pixels, float32 `(N, H, W)`.

    Returns:
        float32 `(N, H, W, C)`.
    """
    height, width, channels = images.shape[1:]
    x, y = ops.clip(x, 0, width - 1), ops.clip(y, 0, height - 1)
    left, top = ops.floor(x), ops.floor(y)
    pixels = ops.reshape(images, (-1, height * width, channels))
    total: Tensor = 0.0
    for column, row in ((left, top), (left + 1, top), (left, top + 1), (left + 1, top + 1)):
        share = (1 - ops.abs(x - column)) * (1 - ops.abs(y - row))  # 0 for a neighbour beyond the border
        index = ops.cast(ops.minimum(row, height - 1) * width + ops.minimum(column, width - 1), "int32")
        values = backend.gather_rows(pixels, ops.reshape(index, (-1, height * width)))
        total = total + ops.reshape(share, (-1, height * width, 1)) * values
    return ops.reshape(total, ops.shape(images))
