"""How exactly an image moves when what it is made of is moved (Karras et al. 2021, arXiv:2106.12423, appendix E.1, E.2).

    EQ-T = 10 log10(span^2 / E[(g(moved input) - moved g(input))^2]) dB,     span 2 for images in [-1, 1]

Whole pixels are moved exactly; parts of a pixel by a sinc under a Kaiser window (a Lanczos window there). What comes in at a
border was never generated, so only pixels that are known in both images are compared.
"""

import math

import numpy as np
from keras import ops

from ganzoo.utils.checks import positive_integer

REACH = 6  # pixels on each side that a part of a pixel is interpolated from


def moved(images, shift):
    """Move images down and to the right.

    Args:
        images: float array `(N, H, W, C)`.
        shift: (down, right), in pixels, whole or not.

    Returns:
        float64 array `(N, H, W, C)`; what comes in is NaN, and so is what is interpolated from it.
    """
    images = np.asarray(images, "float64")
    for axis, pixels in zip((1, 2), shift, strict=True):
        whole = math.floor(pixels)
        part = pixels - whole
        taps = {0: 1.0}
        if part:
            offsets = np.arange(-REACH + 1, REACH + 1)
            window = np.i0(8.0 * np.sqrt(np.clip(1 - ((offsets - part) / REACH) ** 2, 0, None))) / np.i0(8.0)
            weights = np.sinc(offsets - part) * window
            taps = dict(zip(offsets.tolist(), (weights / weights.sum()).tolist(), strict=True))
        images = sum(weight * _whole(images, whole + offset, axis) for offset, weight in taps.items())
    return images


def _whole(images, pixels, axis):
    found = np.roll(images, pixels, axis)
    lost = [slice(None)] * 4
    lost[axis] = slice(0, pixels) if pixels >= 0 else slice(pixels, None)
    if pixels:
        found[tuple(lost)] = np.nan
    return found


def translation_errors(images, found, shift):
    """Return the mean squared errors `(N,)` of images `found`, which should be `images` moved by `shift`."""
    return np.nanmean(np.square(moved(images, shift) - np.asarray(found, "float64")), axis=(1, 2, 3))


def equivariance(gan, shifts, n=16, seed=0):
    """Return EQ-T in dB of a GAN of styles.

    Args:
        gan: `ganzoo.style_based.StyleBased`.
        shifts: sequence of (down, right), in pixels, whole or not.
        n: positive int, samples.
        seed: int.
    """
    inputs = {name: ops.convert_to_tensor(values) for name, values in gan.draw_inputs(positive_integer("n", n), seed).items()}
    images = ops.convert_to_numpy(gan.generate_moved(inputs, (0.0, 0.0)))
    errors = [
        translation_errors(images, ops.convert_to_numpy(gan.generate_moved(inputs, shift)), shift).mean() for shift in shifts
    ]
    low, high = gan.value_range
    return float(10 * np.log10((high - low) ** 2 / np.mean(errors)))
