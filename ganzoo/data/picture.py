"""One picture as a data set of its random crops."""

import numpy as np

from ganzoo.data.checks import existing_file
from ganzoo.data.crops import Crops
from ganzoo.data.image_file import MAX_PIXELS, checked_alpha, read_picture, same_channels, to_depth


def from_picture(
    picture,
    size=(64, 64),
    symmetry="none",
    scale_jitter=0.0,
    alpha="white",
    depth=8,
    max_pixels=MAX_PIXELS,
    name=None,
):
    """Draw random crops from one picture.

    Args:
        picture: str or Path of an image file of `ganzoo.data.image_file.FORMATS`; or an array uint8 or uint16 (H, W) or
            (H, W, C), which is taken as it is.
        size: pair of ints (height, width) of a crop in pixels.
        symmetry, scale_jitter: see `Crops`.
        alpha: str, "keep" for a fourth channel where the file has one, else the color that transparent parts are laid on.
        depth: int, bits of a channel: 8, or 16 to keep what a gray or RGB file of 16 bits holds, with alpha too.
        max_pixels: int, the most pixels the file may declare.
        name: str, what the set is called in messages; default: the file's name.

    Returns:
        Crops.

    Raises:
        InputError: if the file gives no image, or a picture is smaller than a crop.

    Example:
        >>> from_picture(np.zeros((100, 80, 3), "uint8"), (32, 32), "rotate").images(4).shape
        (4, 32, 32, 3)
    """
    if isinstance(picture, np.ndarray):
        return Crops([picture], size, symmetry, scale_jitter, name or "picture")
    path = existing_file(picture, "an image file")
    found = read_picture(path, None, max_pixels, checked_alpha(alpha))
    images, notes = to_depth([found], depth, alpha)
    return Crops(same_channels(images), size, symmetry, scale_jitter, name or path.name, notes=notes)
