"""What an artist takes away from a trained texture: a picture, its repetition, and the maps of a material."""

import pathlib

import numpy as np

from ganzoo.textures import tiling
from ganzoo.textures.heights import height_from_image
from ganzoo.textures.material import write_material
from ganzoo.utils.images import save_png

PREVIEW_PIXELS = 4096  # the most of a side; a larger repetition is shown at a fraction of its size


def write_texture(folder, model, picture=None, repeats=(3, 3), seamless=True, dark_is_high=False, **options):
    """Write a picture, its repetition, and the maps of a material; see `ganzoo.textures.write_material` for the latter.

    Args:
        folder: where to; made if it is not there.
        model: the trained `ganzoo.TextureGAN`.
        picture: float array `(H, W, C)` in [0, 1]; default: a seamless one of 512 x 512 pixels, seed 0.
        repeats: (rows, columns) of `preview.png`, which shows the picture side by side with itself.
        seamless: whether the picture's borders meet.
        dark_is_high: for an estimated height, see `height_from_image`; a picture of one 16-bit channel is a height itself.
        options: as in `write_material`.

    Returns:
        {file name: pathlib.Path}.
    """
    picture = tiling.tile(model, progress=True) if picture is None else picture
    heights = model.depth == 16 and picture.shape[-1] == 1
    height = picture[..., 0] if heights else height_from_image(picture, dark_is_high=dark_is_high, tileable=seamless)
    pixels = to_uint8(picture)
    written = write_material(folder, pixels, height, estimated=not heights, tileable=seamless, **options)
    return written | _write(folder, {"preview.png": preview(pixels, repeats)})


def write_picture(folder, picture, repeats=(3, 3)):
    """Write `albedo.png` and `preview.png` alone; arguments and result as in `write_texture`."""
    pixels = to_uint8(picture)
    return _write(folder, {"albedo.png": pixels, "preview.png": preview(pixels, repeats)})


def to_uint8(picture):
    """Return a picture, float array in [0, 1], as uint8."""
    return np.rint(np.asarray(picture) * 255.0).astype("uint8")


def preview(pixels, repeats):
    """Return a picture side by side with itself, (rows, columns) times; a large repetition thinned."""
    sides = [side * count for side, count in zip(pixels.shape, repeats, strict=False)]
    every = -(-max(sides) // PREVIEW_PIXELS)
    y, x = (np.arange(0, whole, every) % side for whole, side in zip(sides, pixels.shape, strict=False))
    return pixels[y[:, None], x]


def _write(folder, pictures):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, pixels in pictures.items():
        save_png(folder / name, pixels)
    return {name: folder / name for name in pictures}
