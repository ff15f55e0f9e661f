"""Centre crop and resize, the same for every source of images."""

import numpy as np

from ganzoo.data.checks import size_pair
from ganzoo.errors import InputError

# Beyond this an enlarged image is a blur, and a GAN learns to draw blurs.
MAX_ENLARGEMENT = 4


def enlarged_too_much(size, image_size):
    """Return what is wrong with bringing a picture of one size, (height, width), to another, or None."""
    factor = max(image_size[0] / size[0], image_size[1] / size[1])
    if factor <= MAX_ENLARGEMENT:
        return None
    return f"{size[1]}x{size[0]} pixels would be enlarged {factor:.3g} times (at most {MAX_ENLARGEMENT})"


def fit(image, image_size):
    """Crop a Pillow image around its centre to the wanted proportions, then resize it.

    Args:
        image: PIL.Image.Image.
        image_size: tuple (height, width) in pixels.

    Returns:
        PIL.Image.Image of that size.
    """
    from PIL import Image, ImageOps

    height, width = image_size
    return ImageOps.fit(image, (width, height), Image.Resampling.LANCZOS)


def resize_pixels(pixels, size):
    """Return pixels (H, W, C), uint8 or uint16, at another size, each channel by itself with a bicubic filter."""
    from PIL import Image

    channels = []
    for channel in np.moveaxis(pixels, -1, 0):
        # Pillow resizes 16 bits as floats, and would weigh colors with an alpha channel.
        image = Image.fromarray(np.ascontiguousarray(channel, None if pixels.dtype == np.uint8 else np.float32))
        channels.append(np.asarray(image.resize(size[::-1], Image.Resampling.BICUBIC)))
    made = np.stack(channels, axis=-1)
    return made if made.dtype == pixels.dtype else np.clip(np.rint(made), 0, 65535).astype(pixels.dtype)


def resized(dataset, image_size):
    """Return the dataset with every image brought to one size.

    Args:
        dataset: ImageDataset.
        image_size: pair of ints (height, width), or None to leave it as it is.

    Returns:
        ImageDataset with the same name and labels.

    Raises:
        InputError: if `image_size` is not a pair of positive ints, or more than four times the images' own.
    """
    if image_size is None:
        return dataset
    image_size = size_pair(image_size)
    if image_size == dataset.image_shape[:2]:
        return dataset
    too_much = enlarged_too_much(dataset.image_shape, image_size)
    if too_much:
        raise InputError(f"{dataset.name}: {too_much}.")

    from PIL import Image

    channels = dataset.image_shape[-1]
    images = np.empty((len(dataset), *image_size, channels), dataset.images.dtype)
    for index, pixels in enumerate(dataset.images):
        if pixels.dtype != np.uint8:
            planes = [fit(Image.fromarray(plane.astype(np.float32)), image_size) for plane in np.moveaxis(pixels, -1, 0)]
            images[index] = np.clip(np.rint(np.stack(planes, axis=-1)), 0, 65535)
            continue
        image = Image.fromarray(pixels[..., 0] if channels == 1 else pixels)
        images[index] = np.asarray(fit(image, image_size)).reshape(*image_size, channels)
    return dataset.replaced(images, dataset.labels)
