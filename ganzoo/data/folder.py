"""Images from a folder of files."""

import os
from pathlib import Path

import numpy as np

from ganzoo.data.checks import existing_path, kind_of_path, one_line, size_pair
from ganzoo.data.dataset import ImageDataset
from ganzoo.data.image_file import MAX_PIXELS, SUFFIXES, UnusableError, eight_bits, read_picture
from ganzoo.errors import InputError
from ganzoo.utils.checks import check_int

# Enough to see what is wrong, few enough for a message of one or two lines.
_REASONS_SHOWN = 3


def from_folder(path, image_size=(32, 32), strict=False, max_pixels=MAX_PIXELS):
    """Read all images in a folder and in the folders below it, each in the order of names.

    Files of other kinds and hidden ones are left alone. Each image is turned upright, put over white if transparent,
    cropped around its centre and resized. Those of 16 bits are scaled by the bits that all of them use. Images that cannot be
    read, or would be enlarged more than four times, and links that leave the folder are skipped and listed in `skipped`.
    Where every image lies in one of several sub-folders, one level down, these are the classes.

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
    max_pixels = check_int("max_pixels", max_pixels, 1)
    if not path.is_dir():
        raise InputError(f"{path} is {kind_of_path(path)[0]}; expected a folder of images.")
    files, others, skipped = _image_files(path)

    from tqdm import tqdm

    pictures, places = [], []
    # disable=None: no bar where nobody watches.
    for file in tqdm(files, desc=f"reading {path.name}", unit="image", disable=None):
        try:
            pictures.append(read_picture(file, image_size, max_pixels))
            places.append(file.relative_to(path).parts[:-1])
        except UnusableError as error:
            skipped.append(f"{one_line(file.relative_to(path))}: {error.reason}")

    shown = "; ".join(skipped[:_REASONS_SHOWN]) + ("; ..." if len(skipped) > _REASONS_SHOWN else "")
    if not pictures:
        if skipped:
            raise InputError(f"{path} holds no usable image, {len(skipped)} skipped.\n{shown}")
        raise InputError(f"{path} holds no image ({', '.join(sorted(SUFFIXES))}); {others} files of other kinds.")
    if strict and skipped:
        raise InputError(f"{path} holds {len(skipped)} unusable files, and strict was asked for.\n{shown}")
    if others:
        skipped.append(f"{others} files: not images by their suffix")
    images, notes = eight_bits(pictures)
    name = path.resolve().name
    classes = _class_folders(places)
    if classes is None:
        return ImageDataset(_stacked(images), name=name, skipped=skipped, notes=notes)
    class_names, labels = np.unique(classes, return_inverse=True)
    shown = ", ".join(class_names[:5]) + (", ..." if len(class_names) > 5 else "")
    notes.append(f"{len(class_names)} classes from the sub-folders: {shown}")
    return ImageDataset(_stacked(images), labels, name, skipped, notes, class_names)


def _image_files(root):
    """Return the image files under `root` in order, the number of other files, and reasons for unread folders."""
    files, others, skipped = [], 0, []
    real_root = Path(os.path.realpath(root))

    def leaves(path):
        return path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(real_root)

    def skip(path, reason):
        skipped.append(f"{one_line(path.relative_to(root))}: {reason}")

    def unread(error):
        if Path(error.filename) == root:
            raise InputError(f"{root} cannot be read: {error.strerror}.") from error
        skip(Path(error.filename), error.strerror)

    for parent, folders, names in os.walk(root, onerror=unread):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for link in (Path(parent, name) for name in folders if Path(parent, name).is_symlink()):
            skip(link, "a link that leaves the folder" if leaves(link) else "a link to a folder that is read anyway")
        visible = [Path(parent, name) for name in sorted(names) if not name.startswith(".")]
        images = [file for file in visible if file.suffix.lower() in SUFFIXES]
        others += len(visible) - len(images)
        for file in images:
            if leaves(file):
                skip(file, "a link that leaves the folder")
            else:
                files.append(file)
    return files, others, skipped


def _class_folders(places):
    """Return the sub-folder of each image if every image lies in one, one level down, and there are at least two; else None."""
    if len(set(places)) < 2 or any(len(place) != 1 for place in places):
        return None
    return [one_line(place[0]) for place in places]


def _stacked(images):
    """Stack gray (H, W) and colour (H, W, 3) images; one in colour makes all of them colour."""
    if all(image.ndim == 2 for image in images):
        return np.stack(images)[..., np.newaxis]
    return np.stack([np.repeat(image[..., np.newaxis], 3, axis=-1) if image.ndim == 2 else image for image in images])
