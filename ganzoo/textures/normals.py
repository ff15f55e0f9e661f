"""Normal maps: which way a height field faces at each pixel."""

import numpy as np

from ganzoo.textures.heights import in_pixels
from ganzoo.utils.checks import check_choice


def surface_normals(height, metres_per_pixel=0.01, height_range_metres=0.1, tileable=True):
    """Return the unit normals of a height field, from the differences between each pixel's neighbors.

    Args:
        height: float (H, W) in [0, 1], or uint16.
        metres_per_pixel: distance between pixels.
        height_range_metres: metres from a height of 0 to a height of 1.
        tileable: bool, whether the neighbor of an edge's pixel lies at the opposite edge; else the edge is repeated.

    Returns:
        float32 (H, W, 3): x to the right, y to the top of the picture, z out of it.
    """
    right, down = slopes(in_pixels(height, metres_per_pixel, height_range_metres), tileable)
    length = np.sqrt(right * right + down * down + 1)
    return np.stack([-right / length, down / length, 1 / length], axis=-1)


def normal_map(height, metres_per_pixel=0.01, height_range_metres=0.1, tileable=True, y="up"):
    """Return a tangent-space normal map.

    Args:
        height, metres_per_pixel, height_range_metres, tileable: as in `surface_normals`.
        y: "up" if green grows toward the top of the picture (Unity, Godot, Blender, glTF), "down" (Unreal).

    Returns:
        uint8 (H, W, 3), of which (128, 128, 255) is flat.
    """
    check_choice("y", y, ("up", "down"))
    normals = surface_normals(height, metres_per_pixel, height_range_metres, tileable)
    if y == "down":
        normals[:, :, 1] *= -1
    # 0 falls between 127 and 128: upward, so that flat is one color, rounding errors of the height included.
    return np.clip(np.floor(normals * 127.5 + 128.001), 0, 255).astype("uint8")


def slopes(height, tileable):
    """Return (to the right, down the picture), the rise of a height field per pixel, float32 (H, W) each.

    Central differences; at an edge that does not wrap, the difference to the one neighbor that there is.
    """
    if not tileable:
        down, right = (np.gradient(height, axis=axis) if height.shape[axis] > 1 else np.zeros_like(height) for axis in (0, 1))
        return right, down
    padded = np.pad(height, 1, mode="wrap")
    return (padded[1:-1, 2:] - padded[1:-1, :-2]) / 2, (padded[2:, 1:-1] - padded[:-2, 1:-1]) / 2
