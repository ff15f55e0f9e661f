"""Centre crop and resize, the same for every source of images."""

import numpy as np

from ganzoo.data.checks import size_pair
from ganzoo.data.dataset import ImageDataset


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


def resized(dataset, image_size):
    """Return the dataset with every image brought to one size.

    Args:
        dataset: ImageDataset.
        image_size: pair of ints (height, width), or None to leave it as it is.

    Returns:
        ImageDataset with the same name and labels.

    Raises:
        InputError: if `image_size` is not a pair of positive ints.
    """
    if image_size is None:
        return dataset
    image_size = size_pair(image_size)
    if image_size == dataset.image_shape[:2]:
        return dataset

    from PIL import Image

    channels = dataset.image_shape[-1]
    images = np.empty((len(dataset), *image_size, channels), np.uint8)
    for index, pixels in enumerate(dataset.images):
        image = Image.fromarray(pixels[..., 0] if channels == 1 else pixels)
        images[index] = np.asarray(fit(image, image_size)).reshape(*image_size, channels)
    return ImageDataset(images, dataset.labels, dataset.name, dataset.skipped)
