"""Masks of what is missing from a picture, drawn from a seed: int32 `(N, H, W, 1)`, 1 where a pixel is missing, else 0.

- center: a block of half the height and half the width in the middle (Pathak et al. 2016, arXiv:1604.07379);
- random: five blocks at random places, each a sixth to a third of a side high and wide (the same, section 3.3);
- brush: four strokes of three straight pieces, a 16th to an eighth of a side wide: irregular holes as in Liu et al. 2018
  (arXiv:1804.07723), drawn as lines as in Yu et al. 2018 (arXiv:1806.03589);
- mixed: one of the three, with equal probabilities.
"""

import math

import numpy as np
from keras import ops

from ganzoo import backend
from ganzoo.core.inputs import Input
from ganzoo.core.inputs.base import repeat
from ganzoo.errors import InputError
from ganzoo.utils.checks import check_choice

BLOCKS, STROKES, PIECES = 5, 4, 3


def center(n, height, width, seed=None):
    """Return n times the block in the middle, int32 `(n, H, W, 1)`; a seed changes nothing."""
    rows, columns = _pixels(height, width)
    inside = (abs(rows - (height - 1) / 2) < height / 4) & (abs(columns - (width - 1) / 2) < width / 4)
    return ops.tile(ops.convert_to_tensor(inside.astype("int32")), (n, 1, 1, 1))


def random(n, height, width, seed):
    """Return blocks at random places, int32 `(n, H, W, 1)`; seed: int32 `(2,)`."""
    rows, columns = _pixels(height, width)
    drawn = backend.uniform((n, 1, 1, BLOCKS, 4), seed)

    def inside(pixels, side, place, share):
        size = ops.maximum(1.0, ops.round(side * (1 / 6 + share / 6)))
        first = ops.floor(place * (side - size + 1))
        return ops.logical_and(pixels >= first, pixels < first + size)

    return _any(
        ops.logical_and(
            inside(rows, height, drawn[..., 0], drawn[..., 1]), inside(columns, width, drawn[..., 2], drawn[..., 3])
        )
    )


def brush(n, height, width, seed):
    """Return strokes of a round brush that start anywhere and bend at random, int32 `(n, H, W, 1)`; seed: int32 `(2,)`."""
    rows, columns = _pixels(height, width)
    side = min(height, width)
    begin = backend.uniform((n, STROKES, 1, 2), backend.fold_in(seed, 0)) * np.array([height, width], "float32")
    drawn = backend.uniform((n, STROKES, PIECES, 3), backend.fold_in(seed, 1))
    # The first piece goes anywhere, each further one turns by a quarter at most.
    turns = ops.concatenate([drawn[:, :, :1, 0] * (2 * math.pi), (drawn[:, :, 1:, 0] - 0.5) * math.pi], axis=2)
    angles, lengths = ops.cumsum(turns, axis=2), side * (0.15 + 0.25 * drawn[..., 1])
    moves = ops.stack([lengths * ops.sin(angles), lengths * ops.cos(angles)], axis=-1)
    begins = begin + ops.cumsum(moves, axis=2) - moves
    radii = ops.repeat(ops.maximum(0.75, side * (1 + drawn[:, :, :1, 2]) / 32), PIECES, axis=2)
    # The distance of every pixel to the nearest point of every piece, `(n, H, W, pieces)`.
    begins, moves = (ops.reshape(each, (n, 1, 1, -1, 2)) for each in (begins, moves))
    down, right = rows - begins[..., 0], columns - begins[..., 1]
    along = ops.clip((down * moves[..., 0] + right * moves[..., 1]) / ops.sum(moves**2, axis=-1), 0.0, 1.0)
    squared = (down - along * moves[..., 0]) ** 2 + (right - along * moves[..., 1]) ** 2
    return _any(squared <= ops.reshape(radii, (n, 1, 1, -1)) ** 2)


def mixed(n, height, width, seed):
    """Return masks each of one of the other kinds, int32 `(n, H, W, 1)`; seed: int32 `(2,)`."""
    kind = ops.floor(backend.uniform((n, 1, 1, 1), backend.fold_in(seed, 0), 0.0, 3.0))
    made = [draw(n, height, width, backend.fold_in(seed, 1)) for draw in (center, random, brush)]
    return ops.where(kind == 0, made[0], ops.where(kind == 1, made[1], made[2]))


# Name -> function of (n, height, width, seed).
KINDS = {"center": center, "random": random, "brush": brush, "mixed": mixed}


class Mask(Input):
    """Where an image is to be filled in: int32 `(N, H, W, 1)`, 1 where a pixel is missing.

    Args:
        height, width: of the images, positive ints.
        kind: of the masks that are drawn, a name in `KINDS`.

    Raises:
        InputError: for an unknown kind.

    Example:
        >>> float(Mask(8, 8, "center").draw_many(2).mean())
        0.25
    """

    dtype = "int32"
    support = "1 where a pixel is missing, else 0"

    def __init__(self, height, width, kind="mixed"):
        self.height, self.width, self.kind = height, width, check_choice("mask", kind, KINDS)

    @property
    def shape(self):
        return (self.height, self.width, 1)

    def draw(self, shape, seed):
        made = KINDS[self.kind](shape[0] if shape else 1, self.height, self.width, seed)
        return made if shape else made[0]

    def draw_many(self, n, seed=0):
        """Return n masks, int32 array `(n, H, W, 1)`; mask i is a function of (seed, i), both ints."""
        seeds = np.stack([np.full(n, seed), np.arange(n)], axis=1).astype("int32")
        draw = backend.jit(lambda rows: backend.map_rows(lambda row: self.draw((), row), rows, self.dtype))
        return ops.convert_to_numpy(draw(ops.convert_to_tensor(seeds)))

    def as_rows(self, array):
        """Return given masks with leading and last axes; they may lack either."""
        array = array[..., None] if array.shape[-2:] == self.shape[:2] else array
        return array[None] if array.ndim == 3 else array

    def check(self, name, values, n):
        array = self.as_rows(np.asarray(values))
        whole = array.dtype.kind in "biu" and len(array) > 0
        if array.shape[1:] != self.shape or not whole or array.max() > 1 or array.min() < 0:
            raise InputError(
                f"{name} must be integers (N, {self.height}, {self.width}, 1), {self.support}. "
                f"Received: {array.dtype} of shape {np.shape(values)}"
            )
        return repeat(name, array, n).astype(self.dtype)

    def numpy_code(self, n):
        return f'rng.integers(0, 2, {(n, *self.shape)}).astype("{self.dtype}")'


def _pixels(height, width):
    """Return row and column numbers that broadcast to `(N, H, W, pieces)`."""
    return np.arange(height, dtype="float32")[None, :, None, None], np.arange(width, dtype="float32")[None, None, :, None]


def _any(missing):
    """Return int32 `(N, H, W, 1)` from bool `(N, H, W, K)`: 1 where one of the K is true."""
    return ops.cast(ops.any(missing, axis=-1, keepdims=True), "int32")
