"""Height fields as files of 16 bits: headerless RAW and PNG, rounded once."""

import io
import math
import pathlib

import numpy as np

from ganzoo.errors import InputError
from ganzoo.textures.heights import as_height
from ganzoo.utils.checks import check_choice
from ganzoo.utils.files import check_regular, shorten, write_whole

BYTE_ORDERS = {"little": "<u2", "big": ">u2"}  # Windows and Mac in Unity's words
MAX_SAMPLES = 8192 * 8192


def write_raw(path, height, byte_order="little", flip=False):
    """Write a height field as headerless unsigned 16-bit samples, row by row; 513 x 513 samples are 526,338 bytes.

    Args:
        path: file to write, whole or not at all; its folder must exist.
        height: float (H, W) in [0, 1], 1 becoming 65535, or uint16, which is kept.
        byte_order: "little" (Windows in Unity's words) or "big" (Mac).
        flip: bool, whether the bottom row comes first.

    Raises:
        InputError: if `height` is no height field.
    """
    dtype = BYTE_ORDERS[check_choice("byte_order", byte_order, BYTE_ORDERS)]
    rows = to_uint16(height)
    write_whole(path, (rows[::-1] if flip else rows).astype(dtype).tobytes())


def read_raw(path, byte_order="little", flip=False, shape=None):
    """Read what `write_raw` has written, with the same `byte_order` and `flip`.

    Args:
        path: the file.
        byte_order, flip: as in `write_raw`.
        shape: (H, W) in samples; None takes a square.

    Returns:
        uint16 (H, W).

    Raises:
        InputError: if the file does not hold as many samples.
    """
    dtype = BYTE_ORDERS[check_choice("byte_order", byte_order, BYTE_ORDERS)]
    size = check_regular(path, 2 * MAX_SAMPLES)
    side = math.isqrt(size // 2)
    rows, columns = (side, side) if shape is None else shape
    if not size or 2 * rows * columns != size:
        wanted = "the two bytes a sample of a square" if shape is None else f"{2 * rows * columns} bytes for {rows}x{columns}"
        raise InputError(f"{shorten(path)} must have {wanted}. Received: {size} bytes")
    samples = np.fromfile(path, dtype).reshape(rows, columns).astype("uint16")
    return samples[::-1].copy() if flip else samples


def write_png16(path, height):
    """Write a height field as a gray PNG of 16 bits; arguments as those of `write_raw`."""
    write_whole(path, png_bytes(to_uint16(height)))


def read_png16(path):
    """Read a gray PNG of 16 bits.

    Returns:
        uint16 (H, W).

    Raises:
        InputError: if it is no PNG, or has color or 8 bits.
    """
    from ganzoo.data.image_file import open_image

    with open_image(path, MAX_SAMPLES) as image:
        if image.format != "PNG" or not image.mode.startswith("I"):
            raise InputError(f"{shorten(path)} must be a gray PNG of 16 bits. Received: {image.format}, mode {image.mode}")
        return np.asarray(image).astype("uint16")


def to_uint16(height):
    """Return a height field as uint16 (H, W): floats in [0, 1] times 65535, rounded; uint16 as it is."""
    field = as_height(height)
    return np.rint(field * np.float32(65535)).astype("uint16")


def png_bytes(picture):
    """Return a picture as the bytes of a PNG; uint8 or uint16 (H, W), uint8 (H, W, 3) or (H, W, 4)."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG")
    return buffer.getvalue()


def write_png(path, picture):
    """Write a picture as a PNG, whole or not at all; as in `png_bytes`."""
    write_whole(pathlib.Path(path), png_bytes(picture))
