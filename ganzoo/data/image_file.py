"""One image file, whatever its kind, as one array of bytes of the wanted size."""

import warnings

import numpy as np

from ganzoo.data.checks import one_line
from ganzoo.data.resize import enlarged_too_much, fit


class UnusableError(Exception):
    """Say why a file gives no image; the message is the reason."""


def read_image(path, image_size, max_pixels):
    """Read the first frame of an image file, upright, over white, cropped around its centre and resized.

    Args:
        path: pathlib.Path.
        image_size: tuple (height, width) in pixels.
        max_pixels: int, the most pixels the file may declare; checked before any pixel is decoded. Pillow's own
            limit, about 179 million, holds as well.

    Returns:
        uint8 array (H, W) if the file is gray, else (H, W, 3), range 0 to 255.

    Raises:
        UnusableError: if the file gives no image.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        # Opening a named pipe would wait for ever.
        if not path.is_file():
            raise UnusableError("not a regular file")
        with warnings.catch_warnings():
            # Pillow's warnings about size and odd metadata; what matters of it is checked here.
            warnings.simplefilter("ignore")
            with Image.open(path) as image:
                if image.width * image.height > max_pixels:
                    raise UnusableError(f"{image.width}x{image.height} is more than {max_pixels} pixels")
                image = _eight_bit(ImageOps.exif_transpose(image))
                too_much = enlarged_too_much((image.height, image.width), image_size)
                if too_much:
                    raise UnusableError(too_much)
                return np.asarray(fit(image, image_size))
    except UnusableError:
        raise
    except UnidentifiedImageError as error:
        raise UnusableError("not an image that Pillow can read") from error
    # Damaged files make Pillow's decoders raise nearly anything: OSError, SyntaxError, struct.error, IndexError, ...
    except Exception as error:
        raise UnusableError(one_line(error) or type(error).__name__) from error


def _eight_bit(image):
    """Return the image in mode L if it is gray, else in mode RGB."""
    from PIL import Image

    if image.mode == "F":
        raise UnusableError("floating-point pixels have no fixed range (mode F)")
    if image.mode.startswith("I"):
        # 16 bits of gray, in the files that Pillow opens as mode I too; its own conversion would clip at 255.
        values = np.asarray(image)
        if values.min() < 0 or values.max() > 65535:
            raise UnusableError("32-bit pixels outside 0..65535 (mode I)")
        return Image.fromarray((values >> 8).astype(np.uint8))
    gray = image.mode in ("1", "L", "LA", "La")
    if image.has_transparency_data:
        over = image.convert("RGBA")
        flat = Image.alpha_composite(Image.new("RGBA", over.size, "white"), over).convert("RGB")
    else:
        flat = image.convert("RGB")
    # A palette says nothing about colour: gray GIFs have one as well.
    if gray or (image.mode == "P" and _is_gray(flat)):
        return flat.getchannel("G")
    return flat


def _is_gray(image):
    red, green, blue = (np.asarray(channel) for channel in image.split())
    return np.array_equal(red, green) and np.array_equal(green, blue)
