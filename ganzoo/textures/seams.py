"""How visible the border of a tile is where the tile repeats, and where to put it so that it is not."""

import numpy as np

STRIP = 256  # rows that are looked at together, so that a large picture needs little memory beside itself


def seam_ratios(picture):
    """Return the size of the step across the border, divided by that of the steps inside.

    Args:
        picture: array `(H, W, C)`, at least 4 pixels on a side.

    Returns:
        (of rows, of columns): mean absolute difference between the last row and the first, over the median of that between
        neighboring rows inside; 1 where nothing shows.
    """
    return tuple(float(steps[0] / max(np.median(steps[1:]), 1e-12)) for steps in _steps(np.asarray(picture)))


def with_ordinary_border(picture):
    """Roll a seamless picture so that its border lies where the change from pixel to pixel is typical of the picture.

    A seamless picture has no seam wherever it begins, but one that begins at the edge of a stone has a large step across its
    border, where mipmaps, compressed blocks and clamped reads of a renderer can show it. Steps are compared at full and at half
    resolution, and half a picture away too, where the border lies once the picture is offset by a half.

    Args:
        picture: float array `(H, W, C)` that repeats without a seam, at least 4 pixels on a side.

    Returns:
        The same picture from another row and column on; equal pictures give equal ones.
    """
    height, width = (side - side % 2 for side in picture.shape[:2])
    even = picture[:height, :width]
    halved = (even[::2, ::2] + even[1::2, ::2] + even[::2, 1::2] + even[1::2, 1::2]) / 4.0
    starts = []
    for full, half in zip(_steps(even), _steps(halved), strict=True):
        full, half = _oddity(full), _oddity(half)
        opposite = np.roll(full, len(full) // 2)
        starts.append(-2 * int(np.argmin(np.maximum.reduce([full[::2], opposite[::2], half]))))
    return np.roll(picture, starts, (0, 1))


def _oddity(steps):
    """Return how far each step is from the median, as the logarithm of a ratio."""
    return np.abs(np.log(np.maximum(steps, 1e-12) / max(np.median(steps), 1e-12)))


def _steps(picture):
    """Return (of rows `(H,)`, of columns `(W,)`): how far each is from the one before it, the last being before the first."""
    height, width, channels = picture.shape
    rows, columns = np.empty(height), np.zeros(width)
    for top in range(0, height, STRIP):
        strip = picture[top : top + STRIP].astype("float64")
        before = np.concatenate([picture[top - 1][None], strip[:-1]])
        rows[top : top + STRIP] = np.abs(strip - before).mean((1, 2))
        columns += np.abs(strip - np.roll(strip, 1, 1)).sum((0, 2))
    return rows, columns / (height * channels)
