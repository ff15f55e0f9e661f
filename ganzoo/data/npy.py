"""Images from an array file of NumPy (.npy), which may be larger than the memory."""

import numpy as np

from ganzoo.data.checks import existing_file, one_line
from ganzoo.data.dataset import ImageDataset
from ganzoo.data.npz import read_header
from ganzoo.data.resize import resized
from ganzoo.errors import InputError


def from_npy(path, image_size=None):
    """Read images from an .npy file, batch by batch from the disk: it is never read as a whole.

    Args:
        path: str or Path of a file written by `np.save`, a uint8 array (N, H, W) or (N, H, W, C).
        image_size: pair of ints (height, width) to bring the images to, which then lie in memory; None leaves them as they are.

    Returns:
        ImageDataset named after the file, without labels.

    Raises:
        InputError: if the file is missing, broken or no .npy file, or not one of uint8 images.
    """
    path = existing_file(path, "an .npy file of images")
    try:
        with path.open("rb") as content:
            read_header(content)
        images = np.load(path, mmap_mode="r", allow_pickle=False)
    except Exception as error:  # a damaged header surfaces as nearly anything
        raise InputError(f"{path} cannot be read as an .npy file: {one_line(error)[:200]}") from error
    return resized(ImageDataset(images, name=path.stem), image_size)
