"""Estimates of ambient occlusion and roughness from a height field."""

import numpy as np

from ganzoo.textures.heights import in_pixels
from ganzoo.textures.normals import slopes
from ganzoo.utils.checks import check_int, nonnegative_number, positive_number


def ambient_occlusion(height, metres_per_pixel=0.01, height_range_metres=0.1, tileable=True, radius=None, directions=8):
    """Estimate how much of the sky each point of a height field sees.

    In each direction the highest horizon within `radius` is found at some distances; a horizon at an angle a hides the
    fraction sin(a)^2 of the light that falls from that direction's half plane on a level surface. An estimate, as directions
    and distances are few and the surface's own slope is left out.

    Args:
        height, metres_per_pixel, height_range_metres, tileable: as in `ganzoo.textures.normals.surface_normals`.
        radius: int, the farthest horizon, in pixels; None takes an eighth of the shorter side, from 4 to 64.
        directions: int, evenly around.

    Returns:
        float32 (H, W) in (0, 1]; 1 sees the whole sky.
    """
    surface = in_pixels(height, metres_per_pixel, height_range_metres)
    rows, columns = surface.shape
    radius = min(max(min(surface.shape) // 8, 4), 64) if radius is None else check_int("radius", radius, 1)
    distances = np.geomspace(1, radius, min(radius, 8))
    padded = np.pad(surface, radius, mode="wrap" if tileable else "edge")
    visible = np.zeros_like(surface)
    for angle in 2 * np.pi * np.arange(check_int("directions", directions, 1)) / directions:
        horizon = np.zeros_like(surface)  # its tangent
        steps = {(round(d * np.sin(angle)), round(d * np.cos(angle))) for d in distances}
        for y, x in sorted(steps):
            there = padded[radius + y : radius + y + rows, radius + x : radius + x + columns]
            np.maximum(horizon, (there - surface) / np.float32(np.hypot(y, x)), out=horizon)
        visible += 1 / (1 + horizon * horizon)
    return visible / np.float32(directions)


def roughness(height, metres_per_pixel=0.01, height_range_metres=0.1, tileable=True, base=0.6, radius=2.0):
    """Estimate the roughness of a material from how much its slopes vary around each point.

    Slopes that vary within a few pixels look like a rougher surface from farther away, as in LEAN mapping (Olano and Baker
    2010): with v the variance of the slope under a Gaussian of `radius`, roughness^4 = base^4 + (1 - base^4) v / (1 + v). This
    estimates what relief adds; no height field says whether the material itself is polished or matt, hence `base`.

    Args:
        height, metres_per_pixel, height_range_metres, tileable: as in `ganzoo.textures.normals.surface_normals`.
        base: roughness of the flat material, from 0 to 1.
        radius: standard deviation of the Gaussian, in pixels.

    Returns:
        float32 (H, W), from `base` to 1; the square is GGX's alpha, as in glTF.
    """
    from scipy import ndimage

    nonnegative_number("base", base, below=np.nextafter(1, 2))
    positive_number("radius", radius)
    variance = 0
    for slope in slopes(in_pixels(height, metres_per_pixel, height_range_metres), tileable):
        mean, square = (
            ndimage.gaussian_filter(each, radius, mode="wrap" if tileable else "nearest") for each in (slope, slope * slope)
        )
        variance = variance + np.maximum(square - mean * mean, 0)
    floor = np.float32(base**4)
    return (floor + (1 - floor) * variance / (1 + variance)) ** np.float32(0.25)
