"""Heights made by code: mountains and valleys that tile, in 16 bits; a data set that needs no network."""

import numpy as np

from ganzoo.data.erosion import erode_by_landslides, erode_by_rivers
from ganzoo.utils.checks import check_int, nonnegative_number

# In units of a cell's width. Chosen by eye, on shaded maps of 512 cells: valleys of every order, ridges that are neither
# needles nor domes.
_START, _UPLIFT, _ERODIBILITY = 0.01, 1.0, 0.6  # at a quarter of the size
_ROUGHNESS, _GULLIES = 0.1, 0.2  # added, and the erodibility, at every doubling
_TALUS = 0.6


def terrain(size=512, seed=0, beta=2.4, river_steps=25, landslide_steps=10):
    """Return the heights of an eroded landscape that is periodic in both directions.

    Noise whose power falls as 1 / frequency^beta, of which the lowest parts take the water, is raised unevenly while rivers
    cut into it, at a quarter of the size; then doubled twice, with gullies cut and steep slopes slid down at each size.

    Args:
        size: int, rows and columns, at least 16.
        seed: int, from 0 on; the same seed and size give the same landscape.
        beta: float from 0; larger is smoother at first.
        river_steps: int from 0, of uplift and rivers; 0 leaves the shape of the noise.
        landslide_steps: int from 0, at each size.

    Returns:
        uint16 (size, size, 1), from 0 to 65535.

    Raises:
        InputError: if an argument is out of range.

    Example:
        >>> heights = terrain(64, seed=1)
        >>> heights.shape, heights.dtype, int(heights.min()), int(heights.max())
        ((64, 64, 1), dtype('uint16'), 0, 65535)
    """
    size, random = check_int("size", size, 16), np.random.default_rng(check_int("seed", seed, 0))
    nonnegative_number("beta", beta)
    river_steps, landslide_steps = check_int("river_steps", river_steps, 0), check_int("landslide_steps", landslide_steps, 0)
    coarse = -(-size // 4)
    noise = spectral_noise(coarse, beta, random)
    uplift = _UPLIFT * np.exp(0.5 * spectral_noise(coarse, 3.0, random))
    lowest = noise <= np.quantile(noise, 0.03)
    height = erode_by_rivers(_START * coarse * noise, uplift, _ERODIBILITY, river_steps, lowest)
    for side in (2 * coarse, size):
        height = side / len(height) * _enlarge(height, side) + _ROUGHNESS * spectral_noise(side, 2.0, random)
        if river_steps:
            height = erode_by_rivers(height, np.zeros_like(height), _GULLIES, 3, height == height.min())
        height = erode_by_landslides(height, _TALUS, landslide_steps)
    height -= height.min()
    return np.rint(height * (65535 / height.max())).astype("uint16")[:, :, None]


def spectral_noise(size, beta, random):
    """Return periodic Gaussian noise with power 1 / frequency^beta, float64 (size, size), mean 0, standard deviation 1."""
    from scipy import fft

    frequency = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None])
    frequency[0, 0] = np.inf
    spectrum = fft.rfft2(random.standard_normal((size, size)))
    spectrum[0, 0] = 0
    noise = fft.irfft2(spectrum * frequency ** (-beta / 2), s=(size, size))
    return noise / noise.std()


def _enlarge(field, size):
    from scipy import ndimage

    return ndimage.affine_transform(field, [len(field) / size] * 2, output_shape=(size, size), mode="grid-wrap")
