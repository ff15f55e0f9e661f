"""Pictures of any size from a trained texture generator, in blocks whose joins are exact, with or without a seam."""

import dataclasses

import numpy as np
from keras import ops
from tqdm import tqdm

from ganzoo import backend
from ganzoo.errors import InputError
from ganzoo.networks.spatial import MARGIN
from ganzoo.textures.seams import with_ordinary_border
from ganzoo.utils.checks import check_int, positive_integer
from ganzoo.utils.memory import require_memory

BLOCK = 512  # pixels that a block is wide, about: small enough for the caches, large enough to pay for its margin


@dataclasses.dataclass(frozen=True)
class Canvas:
    """What a picture is made from: a value of every latent for each of its cells, and for the margin around.

    Attributes:
        maps: {input name: float32 array `(rows + 2 * MARGIN, columns + 2 * MARGIN, size)`}.
    """

    maps: dict

    @property
    def cells(self):
        """(rows, columns) of cells in the picture."""
        rows, columns = next(iter(self.maps.values())).shape[:2]
        return rows - 2 * MARGIN, columns - 2 * MARGIN

    def rolled(self, rows, columns):
        """Return the canvas of a seamless picture moved down and right by cells, what leaves coming in on the other side."""
        inner = {name: each[MARGIN:-MARGIN, MARGIN:-MARGIN] for name, each in self.maps.items()}
        return Canvas({name: _wrapped(np.roll(each, (rows, columns), (0, 1))) for name, each in inner.items()})


def draw_canvas(model, height, width, seed=0, seamless=True):
    """Draw the latents of a picture.

    Args:
        model: `ganzoo.TextureGAN`, or another model with `cell` whose inputs are maps.
        height, width: pixels; of a seamless picture multiples of the model's cell.
        seed: int in [0, 2^31); equal seeds and sizes give equal canvases.
        seamless: whether the map is continued periodically into its margin.

    Returns:
        `Canvas`.

    Raises:
        InputError: for a model that makes no textures, or a size that it cannot make.
    """
    cell = cell_of(model)
    check_int("seed", seed, 0)
    sides = [positive_integer(name, side) for name, side in (("height", height), ("width", width))]
    if seamless and any(side % cell for side in sides):
        near = "x".join(str(max(cell, cell * round(side / cell))) for side in sides)
        raise InputError(
            f"a seamless picture of this texture has sides that are multiples of {cell}, the nearest is {near} "
            f"(height x width). Received: {height}x{width}"
        )
    rows, columns = (-(-side // cell) + (0 if seamless else 2 * MARGIN) for side in sides)
    maps, margins = {}, 2 * MARGIN if seamless else 0
    for stream, (name, each) in enumerate(model.inputs.items()):
        single = each.shape[:2] == (1, 1)  # one vector for all of the picture
        drawn = backend.normal((1 if single else rows, 1 if single else columns, each.shape[-1]), (seed, stream))
        drawn = ops.convert_to_numpy(drawn)
        if single:
            maps[name] = np.broadcast_to(drawn, (rows + margins, columns + margins, drawn.shape[-1]))
        else:
            maps[name] = _wrapped(drawn) if seamless else drawn
    return Canvas(maps)


def paint(model, canvas, height=None, width=None, progress=False):
    """Make the picture of a canvas.

    Every block has the same size and sees the latents around it, so a pixel is the same whatever block it lies in, to rounding.

    Args:
        model: as in `draw_canvas`.
        canvas: `Canvas`.
        height, width: pixels to keep; default: all.
        progress: whether a bar is shown.

    Returns:
        float32 array `(height, width, C)` in [0, 1].

    Raises:
        InputError: for a size beyond this machine's memory.
    """
    cell, cells = cell_of(model), canvas.cells
    side = max(1, BLOCK // cell)
    block = [min(side, count) for count in cells]
    channels = model.image_shape[-1]
    require_memory(f"a picture of {cells[0] * cell}x{cells[1] * cell} pixels", 8 * cells[0] * cells[1] * cell**2 * channels)
    picture = np.empty((cells[0] * cell, cells[1] * cell, channels), "float32")
    low, high = model.value_range
    call = model._compiled("paint", lambda: model.generate)
    # The last block of a row is moved back rather than cut, so that all have one shape and one trace.
    starts = [[min(at, count - size) for at in range(0, count, size)] for count, size in zip(cells, block, strict=True)]
    places = [(top, left) for top in starts[0] for left in starts[1]]
    for top, left in tqdm(places, desc="blocks", unit="block", disable=not progress or len(places) < 8):
        part = {name: each[None, top : top + block[0] + 2 * MARGIN, left : left + block[1] + 2 * MARGIN]
                for name, each in canvas.maps.items()}  # fmt: skip
        made = (ops.convert_to_numpy(call(part))[0] - low) / (high - low)
        picture[top * cell : (top + block[0]) * cell, left * cell : (left + block[1]) * cell] = np.clip(made, 0.0, 1.0)
    return picture[:height, :width]


def tile(model, height=512, width=512, seed=0, seamless=True, progress=False):
    """Make a picture of any size: `paint` of `draw_canvas`; a seamless one begins where its border is least seen.

    Args:
        model, height, width, seed, seamless: as in `draw_canvas`.
        progress: as in `paint`.

    Returns:
        float32 array `(height, width, C)` in [0, 1]; where it begins, see `ganzoo.textures.with_ordinary_border`.

    Raises:
        InputError: as `draw_canvas` and `paint`.

    Example:
        >>> import ganzoo
        >>> tile(ganzoo.TextureGAN((32, 32, 1)), 32, 48).shape
        (32, 48, 1)
    """
    picture = paint(model, draw_canvas(model, height, width, seed, seamless), height, width, progress)
    return with_ordinary_border(picture) if seamless else picture


def cell_of(model):
    """Return how many pixels a cell of a texture model is wide.

    Raises:
        InputError: for any other model.
    """
    if not hasattr(model, "cell"):
        raise InputError(f"{type(model).__name__} makes images of one size; only a TextureGAN makes textures of any.")
    return model.cell


def _wrapped(values):
    """Continue a map periodically into its margin."""
    return np.pad(values, ((MARGIN, MARGIN), (MARGIN, MARGIN), (0, 0)), mode="wrap")
