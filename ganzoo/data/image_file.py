"""One image file, whatever its kind, as one array of 8 or 16 bits a channel, whole or of the wanted size.

The decoders are an explicit list: left to itself, Pillow goes by the content, and PostScript called x.png starts another
program.
"""

import contextlib
import functools
import warnings

import numpy as np

from ganzoo.data.checks import kind_of_path, one_line
from ganzoo.data.resize import enlarged_too_much, fit
from ganzoo.data.sixteen_bits import Picture, deep_picture, levels_of_channels, resized, with_cover
from ganzoo.errors import InputError

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "SGI", "TGA", "DDS", "PPM")
SUFFIXES = frozenset(
    {
        *(".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff"),
        *(".sgi", ".rgb", ".bw", ".tga", ".dds", ".ppm", ".pgm", ".pbm", ".pnm"),
    }
)
MAX_PIXELS = 50_000_000


class UnusableError(InputError):
    """Say why a file gives no image.

    Attributes:
        reason: str, the message without the file's name.
    """

    def __init__(self, path, reason):
        super().__init__(f"{one_line(path)}: {reason}")
        self.reason = str(reason)


@contextlib.contextmanager
def open_image(path, max_pixels=MAX_PIXELS):
    """Open an image file with the decoders of `FORMATS` alone: the one place where ganzoo opens pictures.

    Args:
        path: str or Path.
        max_pixels: int, the most pixels the file may declare; checked before any pixel is decoded. Pillow's own limit, about
            179 million, holds as well. A file of more than 4 bytes for each of them is refused too, unread.

    Returns:
        Context manager that gives a PIL.Image.Image.

    Raises:
        UnusableError: if it is no such picture, or, in the body, if it turns out to be damaged.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        # Opening a named pipe would wait for ever.
        kind, size = kind_of_path(path)
        if kind != "a file":
            raise UnusableError(path, f"{kind}, not a file")
        if size > 4 * max_pixels + 2**20:  # some decoders read the whole file before anything else
            raise UnusableError(path, f"{size} bytes are more than {max_pixels} pixels need")
        # TGA has no mark of its own: any content can pass for it, so only the name can say that it is.
        formats = [each for each in FORMATS if each != "TGA" or str(path).lower().endswith(".tga")]
        with warnings.catch_warnings(), open(path, "rb") as file:
            # Pillow's warnings about size and odd metadata; what matters of it is checked here.
            warnings.simplefilter("ignore")
            with Image.open(file, formats=formats) as image:
                if image.width * image.height > max_pixels:
                    raise UnusableError(path, f"{image.width}x{image.height} is more than {max_pixels} pixels")
                yield image
    except UnusableError:
        raise
    except UnidentifiedImageError as error:
        raise UnusableError(path, f"no picture of the formats {', '.join(FORMATS)}") from error
    # Damaged files make Pillow's decoders raise nearly anything: OSError, SyntaxError, struct.error, IndexError, ...
    except Exception as error:
        raise UnusableError(path, one_line(error)[:200] or type(error).__name__) from error


def read_picture(path, image_size=None, max_pixels=MAX_PIXELS, alpha="white"):
    """Read the first frame of an image file, upright, over a color, cropped around its centre and resized.

    Args:
        path: pathlib.Path.
        image_size: tuple (height, width) in pixels, or None for the whole picture as it is.
        max_pixels: as in `open_image`.
        alpha: str, "keep" to keep the alpha channel of a file that has one, else the color that transparent parts are laid on;
            see `checked_alpha`.

    Returns:
        Picture, for `to_depth`.

    Raises:
        UnusableError: if the file gives no image.
    """
    from PIL import ImageOps

    with open_image(path, max_pixels) as image:
        levels = levels_of_channels(image, functools.partial(open_image, path, max_pixels))
        ImageOps.exif_transpose(image, in_place=True)
        if image_size and (too_much := enlarged_too_much((image.height, image.width), image_size)):
            raise UnusableError(path, too_much)
        if image.mode == "F":
            raise UnusableError(path, "floating-point pixels have no fixed range (mode F)")
        if levels is not None:
            return deep_picture(levels, image.info.get("transparency"), image_size, alpha == "keep")
        if image.mode.startswith("I"):
            low, high = image.getextrema()
            if low < 0 or high > 65535:
                raise UnusableError(path, "32-bit pixels outside 0..65535 (mode I)")
            levels = np.asarray(image).astype(np.uint16)
            return Picture(resized(levels, image_size), int(levels.max()))
        if alpha == "keep" and image.has_transparency_data:
            return Picture(_with_alpha(image, image_size))
        image, transparent = _gray_or_rgb(image, alpha)
        return Picture(np.asarray(fit(image, image_size) if image_size else image), None, transparent)


def upright_shape(image):
    """Return (height, width) of an open image as it is shown, which its header may turn by a quarter; decodes no pixel."""
    from PIL import ExifTags

    told = image.format != "PNG" or "exif" in image.info  # of others Pillow decodes a PNG, to look behind the pixels
    turned = told and image.getexif().get(ExifTags.Base.Orientation) in (5, 6, 7, 8)
    return (image.width, image.height) if turned else (image.height, image.width)


def checked_alpha(alpha):
    """Return what is done with transparency, as `read_picture` takes it.

    Args:
        alpha: str, "keep", or a color by its English name or as #rrggbb.

    Raises:
        InputError: if it is neither.
    """
    from PIL import ImageColor

    try:
        if alpha != "keep" and len(ImageColor.getrgb(alpha)) != 3:
            raise ValueError
    except (ValueError, TypeError, AttributeError) as error:
        raise InputError(
            f"alpha must be keep, or a color to lay transparent pictures on: white, black, #808080. Received: alpha={alpha!r}"
        ) from error
    return alpha


def to_depth(pictures, depth=8, alpha="white"):
    """Bring pictures to 8 or 16 bits, those of 16 bits by the bits that all of them together use.

    Scanners, cameras and microscopes store 10, 12 or 14 bits in files of 16: read as 16 they are black.

    Args:
        pictures: list of Picture.
        depth: int, bits of a channel: 8, or 16 to keep what there is.
        alpha: what they were read with, for the notes.

    Returns:
        Tuple (list of uint8 or uint16 arrays, list of notes: what was done that a user may not expect).

    Raises:
        InputError: for another depth.
    """
    if depth not in (8, 16):
        raise InputError(f"depth must be 8 or 16, bits of a channel. Received: depth={depth!r}")
    notes = []
    peaks = [picture.peak for picture in pictures if picture.peak is not None]
    bits = max(8, max(peaks, default=0).bit_length())
    if peaks and bits < 16:
        notes.append(f"16-bit pictures ({len(peaks)}) use levels up to {max(peaks)} only: read as {bits} bits")
    if depth == 16 and len(peaks) < len(pictures):
        notes.append(f"8-bit pictures ({len(pictures) - len(peaks)}) are widened to 16 bits; they have 256 levels at most")
    if transparent := sum(picture.transparent for picture in pictures):
        notes.append(f"transparent pictures ({transparent}) are laid on {alpha}")

    def scaled(picture):
        if picture.cover is not None:
            return with_cover(picture, depth, bits, alpha)
        if picture.peak is None:
            return picture.pixels if depth == 8 else picture.pixels.astype(np.uint16) * 257
        if depth == 8:
            return np.clip(picture.pixels // 2 ** (bits - 8), 0, 255).astype(np.uint8)
        if bits == 16 and picture.pixels.dtype == np.uint16:
            return picture.pixels
        return np.clip(np.rint(picture.pixels * np.float32(2 ** (16 - bits))), 0, 65535).astype(np.uint16)

    return [scaled(picture) for picture in pictures], notes


def same_channels(images):
    """Return images (H, W), (H, W, 3) or (H, W, 4) as (H, W, C) with the C of the richest, opaque where there was no alpha."""
    channels = max((1 if image.ndim == 2 else image.shape[2] for image in images), default=1)

    def widened(image):
        image = image[..., np.newaxis] if image.ndim == 2 else image
        if image.shape[2] == 1 and channels > 1:
            image = np.repeat(image, 3, axis=2)
        if image.shape[2] == 3 and channels == 4:
            opaque = np.full((*image.shape[:2], 1), np.iinfo(image.dtype).max, image.dtype)
            image = np.concatenate([image, opaque], axis=2)
        return image

    return [widened(image) for image in images]


def _with_alpha(image, image_size):
    """Return the image as uint8 (H, W, 4). What is transparent keeps its color, so each channel is resized by itself."""
    from PIL import Image

    image = image.convert("RGBA")
    if image_size:
        image = Image.merge("RGBA", [fit(channel, image_size) for channel in image.split()])
    return np.asarray(image)


def _gray_or_rgb(image, color):
    """Return the image in mode L if it is gray, else in mode RGB, and whether a part of it was laid on the color."""
    from PIL import Image, ImageColor

    gray = image.mode in ("1", "L", "LA", "La")
    transparent = False
    if image.has_transparency_data:
        over = image.convert("RGBA")
        transparent = over.getchannel("A").getextrema()[0] < 255
        background = Image.new("RGBA", over.size, color)
        flat = Image.alpha_composite(background, over).convert("RGB")
        gray = gray and not (transparent and len(set(ImageColor.getrgb(color))) > 1)
    else:
        flat = image.convert("RGB")
    # A palette says nothing about color: gray GIFs have one as well.
    if gray or (image.mode == "P" and _is_gray(flat)):
        flat = flat.getchannel("G")
    return flat, transparent


def _is_gray(image):
    red, green, blue = (np.asarray(channel) for channel in image.split())
    return np.array_equal(red, green) and np.array_equal(green, blue)
