"""From one texture to another within a picture: two canvases, mixed cell by cell."""

import numpy as np

from ganzoo.errors import InputError
from ganzoo.networks.spatial import MARGIN
from ganzoo.textures.tiling import Canvas
from ganzoo.utils.checks import check_choice

SHAPES = ("linear", "radial")


def weights(shape, height, width, seamless=True):
    """Return how much of the second picture each place shows.

    Args:
        shape: "linear", from left to right, or "radial", from the middle to the edges; or a mask, float array `(h, w)` in
            [0, 1] of any size.
        height, width: of the result.
        seamless: whether "linear" goes there and back, so that the picture still has no seam ("radial" is symmetric
            anyway; a mask is taken as it is).

    Returns:
        float array `(height, width)` in [0, 1].
    """
    rows, columns = ((np.arange(count) + 0.5) / count for count in (height, width))
    if isinstance(shape, str):
        check_choice("blend shape", shape, SHAPES)
        if shape == "linear":
            across = 1.0 - abs(2.0 * columns - 1.0) if seamless else columns
            return np.broadcast_to(across, (height, width))
        distance = np.hypot(*np.meshgrid(2.0 * rows - 1.0, 2.0 * columns - 1.0, indexing="ij"))
        return np.clip(distance, 0.0, 1.0)
    mask = np.asarray(shape, "float64")
    if mask.ndim != 2 or not mask.size or not np.isfinite(mask).all() or mask.min() < 0 or mask.max() > 1:
        raise InputError(f"a blend mask must be numbers (h, w) in [0, 1]. Received: shape {mask.shape}")
    return mask[(rows * mask.shape[0]).astype(int)][:, (columns * mask.shape[1]).astype(int)]


def blend(a, b, shape="linear", seamless=True):
    """Return the blend of two canvases of one size, a cos(t pi/2) + b sin(t pi/2), which keeps noise standard normal.

    Args:
        a, b: `Canvas`.
        shape, seamless: as in `weights`.

    Raises:
        InputError: if the canvases differ in size.
    """
    if a.cells != b.cells:
        raise InputError(f"both pictures of a blend must have one size. Received: {a.cells} and {b.cells} cells")
    inner = weights(shape, *a.cells, seamless)
    angle = np.pad(inner, MARGIN, mode="wrap" if seamless else "edge")[..., None] * (np.pi / 2)
    mixed = {name: (np.cos(angle) * a.maps[name] + np.sin(angle) * b.maps[name]).astype("float32") for name in a.maps}
    return Canvas(mixed)
