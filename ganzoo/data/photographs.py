"""Photographs of textures that scikit-image ships, whole or cut: data sets that need no network."""

import numpy as np

from ganzoo.data.checks import size_pair, suggestion
from ganzoo.data.dataset import ImageDataset
from ganzoo.errors import InputError
from ganzoo.utils.checks import check_int

# CC0, 512 x 512 pixels, gray. None of them has a left and a right, so mirroring gives more of the same texture.
NAMES = ("brick", "grass", "gravel")
# How many times smaller each is made, so that 32 pixels show blades of grass, but several stones and the joints of bricks.
_SCALES = {"brick": 2, "grass": 1, "gravel": 2}


def picture(name, scale=1, stretch=False):
    """Return one photograph, to draw crops from: `from_picture(photographs.picture("grass"), (64, 64))`.

    Args:
        name: str, "brick", "grass" or "gravel".
        scale: int, how many times smaller the photograph is made, so that a crop shows more of the texture; 1 keeps its
            512 x 512 pixels.
        stretch: bool, whether gray levels are stretched until the darkest and the brightest hundredth are black and white.

    Returns:
        uint8 array (H, W, 1).

    Raises:
        InputError: if the name is unknown, or the scale larger than the photograph.
    """
    if name not in NAMES:
        raise InputError(f"name must be one of {', '.join(NAMES)}.{suggestion(name, NAMES)} Received: name={name!r}")
    scale = check_int("scale", scale, 1)

    import skimage.data
    from PIL import Image, ImageOps

    photograph = getattr(skimage.data, name)()
    if scale > min(photograph.shape):
        raise InputError(f"scale must be at most {min(photograph.shape)}. Received: scale={scale}")
    photograph = Image.fromarray(photograph).reduce(scale)
    return np.asarray(ImageOps.autocontrast(photograph, cutoff=1) if stretch else photograph)[..., np.newaxis]


def photograph_crops(name, image_size=(32, 32), crops=8192, seed=0, scale=None, stretch=True):
    """Cut random crops, half of them mirrored left to right, out of one photograph.

    Args:
        name: str, "brick", "grass" or "gravel".
        image_size: pair of ints, (height, width) of a crop in pixels.
        crops: int, how many to cut.
        seed: int, from 0 on; decides where.
        scale: int, how many times smaller the photograph is made first, so that a crop shows more of the texture;
            1 keeps its 512 x 512 pixels. None takes 1 for grass, 2 for brick and gravel.
        stretch: bool, whether gray levels are stretched until the darkest and the brightest hundredth are black and white.
            The photographs use a part of the range only; WGAN shows strokes of grass after 500 steps with it, noise without.

    Returns:
        ImageDataset of images (crops, height, width, 1), without labels.

    Raises:
        InputError: if the name is unknown, or the crop is bigger than the photograph.
    """
    height, width = size_pair(image_size)
    crops = check_int("crops", crops, 1)
    seed = check_int("seed", seed, 0)
    photograph = picture(name, _SCALES.get(name, 1) if scale is None else scale, stretch)[..., 0]
    if height > photograph.shape[0] or width > photograph.shape[1]:
        largest = "x".join(str(side) for side in photograph.shape)
        raise InputError(
            f"{name} at scale {_SCALES[name] if scale is None else scale} gives images of at most {largest} (height x width). "
            f"Received: image_size=({height}, {width})"
        )
    windows = np.lib.stride_tricks.sliding_window_view(photograph, (height, width))
    random = np.random.default_rng(seed)
    images = windows[random.integers(windows.shape[0], size=crops), random.integers(windows.shape[1], size=crops)]
    mirrored = random.random(crops) < 0.5
    images[mirrored] = images[mirrored][:, :, ::-1]
    return ImageDataset(images, name=name)
