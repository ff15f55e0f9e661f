"""A thousand modes from ten: three digits as the three colours of one image."""

import numpy as np

from ganzoo.data.dataset import ImageDataset
from ganzoo.errors import InputError
from ganzoo.utils.checks import check_object, positive_integer


def stack_digits(images, n=60_000, seed=0):
    """Stack three images drawn at random as red, green and blue.

    Args:
        images: `ImageDataset` of gray images with labels from 0 to 9.
        n: stacks; positive int.
        seed: int from 0 on; decides the draws.

    Returns:
        ImageDataset of n images (H, W, 3), labelled 100 a + 10 b + c: 1,000 classes, about equally frequent if the ten are.

    Raises:
        InputError: if the images are not gray or not labelled so.

    Reference: Metz et al. 2017, "Unrolled generative adversarial networks", arXiv:1611.02163, section 3.3.1.
    """
    check_object("images", images, ImageDataset, "ImageDataset(array)")
    if images.image_shape[2] != 1 or images.labels is None or images.labels.min() < 0 or images.labels.max() > 9:
        raise InputError(f"stacks are made of gray images with labels from 0 to 9. Received: {images!r}")
    chosen = np.random.default_rng(seed).integers(len(images), size=(positive_integer("n", n), 3))
    stacks = np.stack([images.images[chosen[:, channel], :, :, 0] for channel in range(3)], axis=-1)
    dataset = ImageDataset(stacks, name=f"stacks of {images.name}")
    return dataset.replaced(stacks, images.labels[chosen] @ [100, 10, 1])
