"""Images from a folder of files."""

import os
from pathlib import Path

import numpy as np

from ganzoo.data.checks import existing_path, kind_of_path, one_line, size_pair
from ganzoo.data.crops import Crops, too_small
from ganzoo.data.dataset import ImageDataset
from ganzoo.data.image_file import (
    MAX_PIXELS,
    SUFFIXES,
    UnusableError,
    checked_alpha,
    open_image,
    read_picture,
    same_channels,
    to_depth,
    upright_shape,
)
from ganzoo.errors import InputError
from ganzoo.utils.checks import check_int

# Enough to see what is wrong, few enough for a message of one or two lines.
_REASONS_SHOWN = 3
# Pictures that stay whole must fit in memory together.
_MOST_BYTES = 2**32


def from_folder(
    path,
    image_size=(32, 32),
    strict=False,
    max_pixels=MAX_PIXELS,
    crops=False,
    symmetry="none",
    scale_jitter=0.0,
    alpha="white",
    depth=8,
):
    """Read all images in a folder and in the folders below it, each in the order of names.

    Files of other kinds and hidden ones are left alone. Each image is turned upright, put over a color if transparent,
    cropped around its centre and resized. 16-bit images are scaled by the number of bits that they use taken together. Images
    that cannot be read, or would be enlarged more than four times, and links that leave the folder are skipped and listed in
    `skipped`.
    Where every image lies in one of several sub-folders, one level down, these are the classes.

    With `crops` pictures stay whole and random crops are drawn from them, without classes; those smaller than a crop are
    skipped.

    Args:
        path: str or Path.
        image_size: pair of ints, (height, width) in pixels.
        strict: bool, whether to refuse the folder instead of skipping an image.
        max_pixels: int, the most pixels an image file may declare.
        crops: bool, or None to crop if most of the pictures are larger than `image_size`.
        symmetry, scale_jitter: of crops; see `ganzoo.data.Crops`.
        alpha: str, "keep" for a fourth channel, else the color that transparent pictures are laid on.
        depth: int, bits of a channel: 8, or 16 for uint16 images.

    Returns:
        ImageDataset, or Crops, named after the folder: images (N, height, width, C), C 1 if all are gray, 4 if alpha is kept
        and one has it, else 3.

    Raises:
        InputError: if the folder is missing, cannot be read, or holds no usable image; with `strict`, if it holds
            an unusable one; with `crops`, if its pictures take more than 4 GiB.
    """
    path = existing_path(path)
    image_size = size_pair(image_size)
    max_pixels, alpha = check_int("max_pixels", max_pixels, 1), checked_alpha(alpha)
    if not path.is_dir():
        raise InputError(f"{path} is {kind_of_path(path)[0]}; expected a folder of images.")
    files, others, skipped, links = _image_files(path)

    from tqdm import tqdm

    if crops is None:
        crops = _are_larger(files, image_size, max_pixels)
    pictures, places, size = [], [], 0
    # disable=None: no bar where nobody watches.
    for file in tqdm(files, desc=f"reading {one_line(path.name)}", unit="image", disable=None):
        try:
            picture = read_picture(file, None if crops else image_size, max_pixels, alpha)
            if crops and (wrong := too_small(picture.pixels.shape, image_size)):
                raise UnusableError(file, wrong)
            size += picture.pixels.nbytes * (2 if depth == 16 and picture.peak is None else 1)
            if size > _MOST_BYTES:
                raise InputError(
                    f"the pictures of {path} must fit in memory as a whole to be cropped, at most {_MOST_BYTES / 2**30:g} GiB. "
                    f"Received: more, after {len(pictures)} of {len(files)}; take fewer or smaller ones"
                )
            pictures.append(picture)
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
    skipped[:0] = links
    if others:
        skipped.append(f"{others} files: not images by their suffix")
    images, notes = to_depth(pictures, depth, alpha)
    images, name = same_channels(images), path.resolve().name
    if crops:
        return Crops(images, image_size, symmetry, scale_jitter, name, skipped, notes)
    classes = _class_folders(places)
    if classes is None:
        return ImageDataset(np.stack(images), name=name, skipped=skipped, notes=notes)
    class_names = sorted(set(classes))
    if all(name.isascii() and name.isdigit() for name in class_names):
        class_names.sort(key=lambda name: (int(name), name))  # 2 before 11
    numbers = {name: number for number, name in enumerate(class_names)}
    labels = [numbers[each] for each in classes]
    shown = ", ".join(class_names[:5]) + (", ..." if len(class_names) > 5 else "")
    notes.append(f"{len(class_names)} classes from the sub-folders: {shown}")
    return ImageDataset(np.stack(images), labels, name, skipped, notes, class_names)


def checked_folder_image(root, name, image_size, alpha="white"):
    """Read one image of a folder by its name; see `read_picture`.

    Args:
        root: Path of the folder.
        name: str, path inside of the folder, as somebody wrote it.
        image_size, alpha: as in `from_folder`.

    Raises:
        FileNotFoundError: if it is not there.
        UnusableError: if it lies outside of the folder, or gives no image.
    """
    file = root / name
    if not name or "\0" in name or not Path(os.path.realpath(file)).is_relative_to(os.path.realpath(root)):
        raise UnusableError(file, "no file of this folder")
    if not file.exists():
        raise FileNotFoundError(name)
    return read_picture(file, size_pair(image_size), MAX_PIXELS, checked_alpha(alpha))


def _image_files(root):
    """Return the image files under `root` in order, the number of other files, reasons for unread ones, and spare links."""
    files, others, skipped, links = [], 0, [], []
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
            if leaves(link):
                skip(link, "a link that leaves the folder")
            else:
                links.append(f"{one_line(link.relative_to(root))}: a link to a folder that is read anyway")
        visible = [Path(parent, name) for name in sorted(names) if not name.startswith(".")]
        images = [file for file in visible if file.suffix.lower() in SUFFIXES]
        others += len(visible) - len(images)
        for file in images:
            if leaves(file):
                skip(file, "a link that leaves the folder")
            else:
                files.append(file)
    return files, others, skipped, links


def _are_larger(files, image_size, max_pixels):
    """Return whether most of the pictures that can be opened are larger than a size, by what their headers say."""
    larger = []
    for file in files:
        try:
            with open_image(file, max_pixels) as image:
                shape = upright_shape(image)
        except UnusableError:
            continue
        larger.append(too_small(shape, image_size) is None and shape != image_size)
    return 2 * sum(larger) > len(larger)


def _class_folders(places):
    """Return the sub-folder of each image if every image lies in one, one level down, and there are at least two; else None."""
    if len(set(places)) < 2 or any(len(place) != 1 for place in places):
        return None
    return [one_line(place[0]) for place in places]
