"""Image quilting (Efros and Freeman 2001), the baseline of `experiments.texture_quality`: patches, no learning.

Blocks are copied from the photograph, each chosen among those that agree best with what is there already where they overlap,
and cut along the path of least difference.
"""

import numpy as np


def quilt(photograph, height, width, block=32, overlap=10, candidates=2000, tolerance=0.1, seed=0):
    """Return a picture quilted from a photograph.

    Args:
        photograph: uint8 array `(H, W, C)`, at least `block` on a side.
        height, width: pixels of the result.
        block, overlap: pixels of a block, and of its overlap with those above and to the left.
        candidates: random places of the photograph that are compared for each block.
        tolerance: a block is drawn among those whose error is at most 1 + tolerance of the least.
        seed: int.

    Returns:
        uint8 array `(height, width, C)`.
    """
    rng = np.random.default_rng(seed)
    windows = np.lib.stride_tricks.sliding_window_view(photograph, (block, block), (0, 1)).transpose(0, 1, 3, 4, 2)
    step = block - overlap
    rows, columns = -(-(height - overlap) // step), -(-(width - overlap) // step)
    made = np.zeros((rows * step + overlap, columns * step + overlap, photograph.shape[2]), "float32")
    for row in range(rows):
        for column in range(columns):
            place = made[row * step : row * step + block, column * step : column * step + block]
            places = [rng.integers(side, size=candidates) for side in windows.shape[:2]]
            error = np.zeros(candidates)
            if row:
                error += ((windows[*places, :overlap].astype("float32") - place[:overlap]) ** 2).sum((1, 2, 3))
            if column:
                error += ((windows[*places, :, :overlap].astype("float32") - place[:, :overlap]) ** 2).sum((1, 2, 3))
            good = np.flatnonzero(error <= (1 + tolerance) * error.min())
            chosen = rng.choice(good)
            new = windows[places[0][chosen], places[1][chosen]].astype("float32")
            keep_old = np.zeros((block, block), bool)
            if row:
                difference = ((place[:overlap] - new[:overlap]) ** 2).sum(2)
                keep_old[:overlap] |= _before_the_cut(difference.T).T
            if column:
                keep_old[:, :overlap] |= _before_the_cut(((place[:, :overlap] - new[:, :overlap]) ** 2).sum(2))
            place[~keep_old] = new[~keep_old]
    return made[:height, :width].round().astype("uint8")


def _before_the_cut(difference):
    """Return which pixels `(length, overlap)` lie before the path of least difference from the first row to the last."""
    cost = difference.astype("float64")
    for i in range(1, len(cost)):
        left, right = np.roll(cost[i - 1], 1), np.roll(cost[i - 1], -1)
        left[0] = right[-1] = np.inf
        cost[i] += np.minimum(cost[i - 1], np.minimum(left, right))
    at = int(np.argmin(cost[-1]))
    before = np.zeros(cost.shape, bool)
    for i in reversed(range(len(cost))):
        before[i, :at] = True
        if i:
            first = max(at - 1, 0)
            at = first + int(np.argmin(cost[i - 1, first : at + 2]))
    return before
