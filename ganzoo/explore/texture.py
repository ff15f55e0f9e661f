"""A seamless tile of a texture and its maps, for a model that makes pictures of any size."""

import dataclasses

import numpy as np

from ganzoo.explore.state import MAX_SEED
from ganzoo.textures.blending import blend
from ganzoo.textures.engines import ENGINES
from ganzoo.textures.height_files import BYTE_ORDERS, png_bytes, to_uint16
from ganzoo.textures.heights import height_from_image, to_engine_size
from ganzoo.textures.normals import normal_map
from ganzoo.textures.shading import ambient_occlusion, roughness
from ganzoo.textures.tiling import Canvas, draw_canvas, paint
from ganzoo.utils import images
from ganzoo.utils.checks import check_choice

VIEWS = ("color", "height", "normal", "occlusion", "roughness")
SIZES = (128, 256, 512)  # pixels of a tile, rounded to the model's cells
ENGINE, SAMPLES = "unity", 513  # of the RAW file


@dataclasses.dataclass(frozen=True)
class TileRequest:
    """A tile that is asked for.

    Attributes:
        size: pixels, of both sides.
        a, b: seeds.
        position: share of the way from a to b, 0 to 1.
        truncation: factor of the latents.
        relief: how high 1 is, in tenths of the tile's width; of normals, occlusion and roughness.
    """

    size: int = 256
    a: int = 0
    b: int = 1
    position: float = 0.0
    truncation: float = 1.0
    relief: float = 1.0


def is_texture(model):
    """Return whether a model makes pictures of any size: it says how many pixels a cell of its latents is wide."""
    return hasattr(model, "cell")


def tile(model, request):
    """Return a seamless tile, float32 `(H, W, C)` in [0, 1].

    It begins where its latents do, so that it stays in place while the slider moves; a file of it is to begin where its border
    is least seen (`ganzoo.textures.with_ordinary_border`).

    Raises:
        InputError: for an invalid seed or size.
    """
    side = max(1, round(request.size / model.cell)) * model.cell
    seeds = [seed if isinstance(seed, int) and seed <= MAX_SEED else None for seed in (request.a, request.b)]
    canvas = draw_canvas(model, side, side, seeds[0])
    if request.position > 0:
        canvas = blend(canvas, draw_canvas(model, side, side, seeds[1]), np.full((1, 1), request.position))
    if request.truncation != 1:
        canvas = Canvas({name: np.float32(request.truncation) * each for name, each in canvas.maps.items()})
    return paint(model, canvas)


def makes_heights(model):
    """Return whether a model's pictures are heights themselves: one channel, trained on more than 8 bits."""
    spec = next(iter(model.examples.values()))
    return spec.dtype == "uint16" and spec.shape[-1] == 1


def height_of(model, picture):
    """Return a tile's height field, float32 `(H, W)` in [0, 1]: itself where it is one, else an estimate from its colors."""
    return picture[:, :, 0] if makes_heights(model) else height_from_image(picture)


def view(model, picture, name, relief=1.0):
    """Return one map of a tile as a picture, uint8 `(H, W, C)`.

    Args:
        model: that made it.
        picture: as `tile` returns it.
        name: one of `VIEWS`.
        relief: as in `TileRequest`.
    """
    if check_choice("view", name, VIEWS) == "color":
        return images.to_uint8(picture, (0.0, 1.0))
    height = height_of(model, picture)
    if name == "height":
        return images.to_uint8(height[:, :, None], (0.0, 1.0))
    scale = {"metres_per_pixel": 1.0 / len(height), "height_range_metres": 0.1 * max(relief, 1e-3)}
    if name == "normal":
        return normal_map(height, **scale, y=ENGINES[ENGINE].normal_y)
    return images.to_uint8(
        {"occlusion": ambient_occlusion, "roughness": roughness}[name](height, **scale)[:, :, None], (0.0, 1.0)
    )


def raw(model, picture):
    """Return a tile's height as a headerless 16-bit file for Unity: 513 x 513 samples, little endian, the bottom row first."""
    samples = to_uint16(to_engine_size(height_of(model, picture), SAMPLES, tileable=True, engine=ENGINE))
    return (samples[::-1] if ENGINES[ENGINE].flip else samples).astype(BYTE_ORDERS["little"]).tobytes()


def height_png(model, picture):
    """Return a tile's height as a gray PNG of 16 bits."""
    return png_bytes(to_uint16(height_of(model, picture)))
