"""Images from a folder of files."""

import os
from pathlib import Path

import numpy as np

from ganzoo.checks import whole_number
from ganzoo.data.checks import existing_path, one_line, size_pair
from ganzoo.data.dataset import ImageDataset
from ganzoo.data.image_file import UnusableError, read_image
from ganzoo.errors import InputError

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp"})
# Enough to see what is wrong, few enough for a message of one or two lines.
_REASONS_SHOWN = 3


def from_folder(path, image_size=(32, 32), strict=False, max_pixels=50_000_000):
    """Read all images in a folder and in the folders below it, each in the order of names.

    Files of other kinds and hidden ones are left alone. Each image is turned upright, put over white if transparent,
    cropped around its centre and resized. Images that cannot be read, or would be enlarged more than four times, are
    skipped and listed in `skipped`.

    Args:
        path: str or Path.
        image_size: pair of ints, (height, width) in pixels.
        strict: bool, whether to refuse the folder instead of skipping an image.
        max_pixels: int, the most pixels an image file may declare.

    Returns:
        ImageDataset named after the folder: images (N, height, width, 1) if all are gray, else (N, height, width, 3).

    Raises:
        InputError: if the folder is missing, cannot be read, or holds no usable image; with `strict`, if it holds
            an unusable one.
    """
    path = existing_path(path)
    image_size = size_pair(image_size)
    max_pixels = whole_number("max_pixels", max_pixels, 1)
    if not path.is_dir():
        raise InputError(f"{path} is a file; expected a folder of images.")
    files, others, skipped = _image_files(path)

    from tqdm import tqdm

    images = []
    # disable=None: no bar where nobody watches.
    for file in tqdm(files, desc=f"reading {path.name}", unit="image", disable=None):
        try:
            images.append(read_image(file, image_size, max_pixels))
        except UnusableError as reason:
            skipped.append(f"{one_line(file.relative_to(path))}: {reason}")

    shown = "; ".join(skipped[:_REASONS_SHOWN]) + ("; ..." if len(skipped) > _REASONS_SHOWN else "")
    if not images:
        if skipped:
            raise InputError(f"{path} holds no usable image, {len(skipped)} skipped.\n{shown}")
        raise InputError(f"{path} holds no image ({', '.join(sorted(SUFFIXES))}); {others} files of other kinds.")
    if strict and skipped:
        raise InputError(f"{path} holds {len(skipped)} unusable files, and strict was asked for.\n{shown}")
    if others:
        skipped.append(f"{others} files: not images by their suffix")
    return ImageDataset(_stacked(images), name=path.resolve().name, skipped=skipped)


def _image_files(root):
    """Return the image files under `root` in order, the number of other files, and reasons for unread folders."""
    files, others, skipped, seen = [], 0, [], set()

    def unread(error):
        if Path(error.filename) == root:
            raise InputError(f"{root} cannot be read: {error.strerror}.") from error
        skipped.append(f"{one_line(Path(error.filename).relative_to(root))}: {error.strerror}")

    for parent, folders, names in os.walk(root, onerror=unread, followlinks=True):
        # Links may lead in a circle: each folder is entered once, whatever the name it is reached by.
        if (real := os.path.realpath(parent)) in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        visible = [Path(parent, name) for name in sorted(names) if not name.startswith(".")]
        images = [file for file in visible if file.suffix.lower() in SUFFIXES]
        files += images
        others += len(visible) - len(images)
    return files, others, skipped


def _stacked(images):
    """Stack gray (H, W) and colour (H, W, 3) images; one in colour makes all of them colour."""
    if all(image.ndim == 2 for image in images):
        return np.stack(images)[..., np.newaxis]
    return np.stack([np.repeat(image[..., np.newaxis], 3, axis=-1) if image.ndim == 2 else image for image in images])
