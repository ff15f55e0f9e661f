"""Flips, shifts, cutouts, colors and noise: the changes of Zhao et al. 2020 (arXiv:2006.10738, section 3.2), and two more."""

from keras import ops

from ganzoo import backend
from ganzoo.core.config import Configurable
from ganzoo.utils.checks import nonnegative_number
from ganzoo.utils.types import Tensor


class RandomFlip(Configurable):
    """Mirror each image left to right with probability 1/2. Only for data that may be mirrored, which writing may not."""

    def __call__(self, images: Tensor, seed: Tensor) -> Tensor:
        """Return changed copies of images, float32 `(N, H, W, C)`; seed is int32 `(2,)`."""
        chosen = backend.uniform((ops.shape(images)[0], 1, 1, 1), seed) < 0.5
        return ops.where(chosen, ops.flip(images, axis=2), images)


class RandomTranslation(Configurable):
    """Shift every image by whole pixels, up to `shift` of its height and width either way; zeros come in.

    Args:
        shift: share of a side, from 0 to below 1.
    """

    def __init__(self, shift: float = 0.125):
        self.shift = nonnegative_number("shift", shift, below=1.0)

    def __call__(self, images: Tensor, seed: Tensor) -> Tensor:
        """Return changed copies of images, float32 `(N, H, W, C)`; seed is int32 `(2,)`."""
        height, width = images.shape[1:3]
        draws = backend.uniform((2, ops.shape(images)[0]), seed, -1.0, 1.0)
        for axis, side, draw in ((1, height, draws[0]), (2, width, draws[1])):
            most = int(self.shift * side + 0.5)
            moved = ops.cast(ops.floor(draw * (most + 0.5) + 0.5), "int32")
            # Row i of the copy is row i - moved of the image where there is such a row: a gather, whose gradient is exact.
            padded = ops.pad(images, [(most, most) if each == axis else (0, 0) for each in range(4)])
            rows = ops.arange(side, dtype="int32")[None] + most - moved[:, None]
            shape = (-1, side, 1, 1) if axis == 1 else (-1, 1, side, 1)
            images = ops.take_along_axis(padded, ops.reshape(rows, shape), axis=axis)
        return images


class RandomCutout(Configurable):
    """Set a square of every image to 0, mid-gray; its middle is anywhere in the image.

    Args:
        size: its side, a share of the image's shorter side, from 0 to below 1.
    """

    def __init__(self, size: float = 0.5):
        self.size = nonnegative_number("size", size, below=1.0)

    def __call__(self, images: Tensor, seed: Tensor) -> Tensor:
        """Return changed copies of images, float32 `(N, H, W, C)`; seed is int32 `(2,)`."""
        height, width = images.shape[1:3]
        half = self.size * min(height, width) / 2
        draws = backend.uniform((2, ops.shape(images)[0], 1, 1, 1), seed)
        row = ops.reshape(ops.arange(height, dtype="float32") + 0.5, (1, -1, 1, 1))
        column = ops.reshape(ops.arange(width, dtype="float32") + 0.5, (1, 1, -1, 1))
        inside = ops.logical_and(ops.abs(row - draws[0] * height) < half, ops.abs(column - draws[1] * width) < half)
        return ops.where(inside, 0.0, images)


class RandomColor(Configurable):
    """Change every image's brightness, saturation and contrast, uniformly within the limits.

    Brightness: x + b, |b| <= brightness / 2. Saturation: m + s (x - m), m a pixel's mean over its channels,
    |s - 1| <= saturation. Contrast: M + c (x - M), M the image's mean, |c - 1| <= contrast / 2.

    Args:
        brightness, saturation, contrast: of at least 0.
    """

    def __init__(self, brightness: float = 1.0, saturation: float = 1.0, contrast: float = 1.0):
        self.brightness = nonnegative_number("brightness", brightness)
        self.saturation = nonnegative_number("saturation", saturation)
        self.contrast = nonnegative_number("contrast", contrast)

    def __call__(self, images: Tensor, seed: Tensor) -> Tensor:
        """Return changed copies of images, float32 `(N, H, W, C)`; seed is int32 `(2,)`."""
        draws = backend.uniform((3, ops.shape(images)[0], 1, 1, 1), seed, -1.0, 1.0)
        images = images + 0.5 * self.brightness * draws[0]
        gray = ops.mean(images, axis=3, keepdims=True)
        images = gray + (1.0 + self.saturation * draws[1]) * (images - gray)
        mean = ops.mean(images, axis=(1, 2, 3), keepdims=True)
        return mean + (1.0 + 0.5 * self.contrast * draws[2]) * (images - mean)


class InstanceNoise(Configurable):
    """Add normal noise to every pixel, so that the distributions of real and generated images overlap (Arjovsky & Bottou 2017,
    arXiv:1701.04862, section 3; Sonderby et al. 2017, arXiv:1610.04490, section 3).

        x + deviation * n,     n ~ N(0, 1) in every pixel

    Args:
        deviation: standard deviation, of at least 0.
    """

    def __init__(self, deviation: float = 0.1):
        self.deviation = nonnegative_number("deviation", deviation)

    def __call__(self, images: Tensor, seed: Tensor) -> Tensor:
        """Return changed copies of images, float32 `(N, H, W, C)`; seed is int32 `(2,)`."""
        return images + self.deviation * backend.normal(ops.shape(images), seed)
