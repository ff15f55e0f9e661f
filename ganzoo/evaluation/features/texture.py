"""Statistics of oriented filters as features: what two textures look alike by, without a network and without a download."""

import numpy as np

from ganzoo.core.inputs import WHITE
from ganzoo.errors import InputError

SMALLEST = 32  # pixels a side that the coarsest filters need
SCALES, ORIENTATIONS = 4, 6
LARGEST = 4.0  # of a standardized feature: a set that is nothing alike must not drown all differences among the others


def texture_features(images):
    """Return statistics of log-Gabor filter responses, after Portilla and Simoncelli 2000 (Int. J. Computer Vision 40).

    Of the gray image, windowed to hide its border: the logarithm of every filter's mean magnitude, the logarithm of its
    magnitude's relative spread, the correlation of every two magnitudes; seven quantiles of the gray levels; mean and spread of
    every channel. 4 scales from 3 to 23 pixels a period, 6 orientations.

    Args:
        images: uint8 or uint16 array `(N, H, W, C)`, at least 32 pixels on a side.

    Returns:
        float64 array `(N, 331 + 2 C)`.

    Raises:
        InputError: for smaller images.
    """
    images = np.asarray(images)
    if images.ndim != 4 or min(images.shape[1:3]) < SMALLEST:
        raise InputError(f"texture features need images (N, H, W, C) of {SMALLEST} pixels a side. Received:  {images.shape}")
    bank = _filters(images.shape[1:3])
    return np.concatenate([_features(images[i : i + 16] / WHITE[images.dtype.name], bank) for i in range(0, len(images), 16)])


def standardized(features, reference):
    """Return features in standard deviations of `reference` from its mean, cut at 4, both arrays `(N, d)`."""
    mean, spread = reference.mean(0), reference.std(0) + 1e-6
    return np.clip((features - mean) / spread, -LARGEST, LARGEST)


def _filters(shape):
    """Return the filters' transfer functions, `(F, H, W)`."""
    vertical, horizontal = np.meshgrid(*(np.fft.fftfreq(side) for side in shape), indexing="ij")
    radius, angle = np.hypot(vertical, horizontal), np.arctan2(vertical, horizontal)
    radius[0, 0] = 1.0
    found = []
    for scale in range(SCALES):
        radial = np.exp(-(np.log(radius / (0.35 / 2**scale)) ** 2) / (2 * np.log(1.6) ** 2))
        radial[0, 0] = 0.0
        for orientation in range(ORIENTATIONS):
            turned = np.angle(np.exp(1j * (angle - np.pi * orientation / ORIENTATIONS)))
            found.append(radial * np.exp(-(turned**2) / (2 * (0.7 * np.pi / ORIENTATIONS) ** 2)))
    return np.stack(found)


def _features(images, bank):
    n, height, width, channels = images.shape
    gray = images.mean(-1)
    window = np.hanning(height)[:, None] * np.hanning(width)
    spectrum = np.fft.fft2((gray - gray.mean((1, 2), keepdims=True)) * window)
    magnitude = np.abs(np.fft.ifft2(spectrum[:, None] * bank))
    mean = magnitude.mean((2, 3))
    centered = (magnitude - mean[..., None, None]).reshape(n, len(bank), -1)
    spread = centered.std(2) + 1e-9
    correlation = np.einsum("nip,njp->nij", centered, centered) / (spread[:, :, None] * spread[:, None] * centered.shape[2])
    above = np.triu_indices(len(bank), 1)
    quantiles = np.quantile(gray.reshape(n, -1), (0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98), axis=1).T
    colors = images.reshape(n, -1, channels)
    logs = [np.log(mean + 1e-4), np.log(spread / (mean + 1e-9) + 1e-4)]
    return np.concatenate([*logs, correlation[:, above[0], above[1]], quantiles, colors.mean(1), colors.std(1)], axis=1)
