"""How visible the border of a tile is where the tile repeats."""

import numpy as np


def seam_ratios(picture):
    """Return how large the step across the border is, over the steps inside.

    Args:
        picture: array `(H, W, C)`, at least 4 pixels on a side.

    Returns:
        (of rows, of columns): mean absolute difference between the last row and the first, over the median of that between
        neighboring rows inside; 1 where nothing shows.
    """
    picture = np.asarray(picture, "float64")
    found = []
    for axis in (0, 1):
        other = tuple(each for each in range(picture.ndim) if each != axis)
        steps = np.abs(picture - np.roll(picture, 1, axis)).mean(other)
        found.append(float(steps[0] / max(np.median(steps[1:]), 1e-12)))
    return tuple(found)
