"""Load a data set by name, from a folder, a picture, an .npz or an .npy file."""

import re
from functools import partial
from pathlib import Path

import numpy as np

from ganzoo.data import keras_sets, photographs
from ganzoo.data.captions import CSV_NAMES, CaptionedImages, caption_classes, csv_of, read_captions
from ganzoo.data.checks import existing_path, kind_of_path, size_pair, suggestion
from ganzoo.data.crops import Crops
from ganzoo.data.digit_texts import described_digits
from ganzoo.data.folder import from_folder
from ganzoo.data.image_file import SUFFIXES, checked_alpha
from ganzoo.data.npy import from_npy
from ganzoo.data.npz import from_npz, npz_keys, npz_texts
from ganzoo.data.pairs import KINDS, PairedImages, digit_pairs
from ganzoo.data.photographs import NAMES as PHOTOGRAPHS
from ganzoo.data.photographs import photograph_crops
from ganzoo.data.picture import from_picture
from ganzoo.data.resize import resized
from ganzoo.data.terrain import terrain
from ganzoo.errors import InputError

# The size of images that have none of their own.
_DEFAULT_SIZE = (32, 32)
_LANDSCAPE_SIZE = 1024


def _crops(name, image_size, seed):
    return photograph_crops(name, image_size or _DEFAULT_SIZE, seed=seed)


def _stored(read, image_size, seed):
    return resized(read(), image_size)


# NAME -> function of (image_size, seed). A set more is a line more here.
DATASETS = {
    **{name: partial(_crops, name) for name in PHOTOGRAPHS},
    "digits": partial(_stored, keras_sets.digits),
    "mnist": partial(_stored, keras_sets.mnist),
    "fashion_mnist": partial(_stored, keras_sets.fashion_mnist),
    "cifar10": partial(_stored, keras_sets.cifar10),
    "forest": partial(_stored, keras_sets.forest),
    "outdoor": partial(_stored, keras_sets.outdoor),
}

# Made by code in one piece, which crops are cut from: heights, which a texture on 16 bits gives back as heights.
LANDSCAPE = "terrain"

# Digits with texts of what is measured in them; the first needs no download.
DESCRIBED = ("described_digits", "described_mnist")

# The pairs of domains that need no download.
PAIRS = tuple(f"{kind}_digits" for kind in KINDS)


def load(
    dataset="grass",
    data="",
    image_size=None,
    strict=False,
    seed=0,
    crops=False,
    symmetry="none",
    scale_jitter=0.0,
    alpha="white",
    depth=8,
):
    """Load images by name, or from a folder, a picture, an .npz or an .npy file.

    Args:
        dataset: str, a name in `DATASETS`, "terrain" for crops of a landscape's heights, or a path like `data`.
        data: str or Path, a folder of images, one image file, an .npz or an .npy file; wins over `dataset` unless empty.
        image_size: pair of ints (height, width) in pixels; None keeps the size the images have, or takes 32x32 for
            photographs, pictures and folders, which have none.
        strict: bool, whether a folder with a bad image is refused instead of read without it.
        seed: int, from 0 on; decides where photographs are cropped, unless `crops`.
        crops: bool, whether pictures stay whole and random crops are drawn from them in training; of a single picture they
            always are. None crops a folder's pictures if most of them are larger than `image_size`, and nothing else.
        symmetry, scale_jitter: of crops; see `ganzoo.data.Crops`.
        alpha: str, "keep" for a fourth channel, else the color that transparent pictures are laid on.
        depth: int, bits of a channel: 8, or 16 for uint16 images of pictures, folders and the terrain.

    Returns:
        ImageDataset, or Crops.

    Raises:
        InputError: if the name is unknown, or the images cannot be read.
    """
    if image_size is not None:
        image_size = size_pair(image_size)
    how, alpha = {"symmetry": symmetry, "scale_jitter": scale_jitter}, checked_alpha(alpha)
    if (
        not data
        and dataset not in (*DATASETS, LANDSCAPE)
        and str(dataset)
        and kind_of_path(dataset)[0] in ("a file", "a folder")
    ):
        data = dataset
    if data:
        path = existing_path(data)
        if path.is_dir():
            options = how | {"alpha": alpha, "depth": depth}
            return from_folder(path, image_size or _DEFAULT_SIZE, strict=strict, crops=crops, **options)
        if is_picture(path):
            return from_picture(path, image_size or _DEFAULT_SIZE, alpha=alpha, depth=depth, **how)
        read = from_npy if path.suffix.lower() == ".npy" else from_npz
        found = read(path, image_size=None if crops else image_size)
        if depth == 16 and found.images.dtype == np.uint8:
            found = found.replaced(_widened(found.images), found.labels, found.name)
        if not crops:
            return found
        return Crops(found.images, image_size or _DEFAULT_SIZE, name=found.name, notes=found.notes, **how)
    if dataset == LANDSCAPE:
        heights = terrain(_LANDSCAPE_SIZE)
        return Crops(
            [heights if depth == 16 else (heights >> 8).astype("uint8")], image_size or _DEFAULT_SIZE, name=dataset, **how
        )
    if dataset not in DATASETS:
        known = (*DATASETS, LANDSCAPE)
        raise InputError(
            f"dataset must be one of {', '.join(known)}.{suggestion(dataset, known)} Received: dataset={dataset!r}"
        )
    if crops:
        if dataset not in PHOTOGRAPHS:
            raise InputError(f"crops are cut from {', '.join(PHOTOGRAPHS)}, or from data. Received: dataset={dataset!r}")
        picture = photographs.picture(dataset)
        return Crops(_widened(picture) if depth == 16 else picture, image_size or _DEFAULT_SIZE, name=dataset, **how)
    found = DATASETS[dataset](image_size=image_size, seed=seed)
    return found.replaced(_widened(found.images), found.labels, found.name) if depth == 16 else found


def _widened(images):
    """Return uint8 pixels as uint16, white as white."""
    return images.astype("uint16") * 257


def is_picture(path):
    """Return whether a path is an image file by its suffix."""
    return Path(path).suffix.lower() in SUFFIXES


def load_test(dataset="mnist", data="", image_size=None):
    """Load the half of a data set that no training sees: the test images of Keras's sets, x_test of an .npz file.

    Args:
        dataset, data, image_size: as in `load`.

    Returns:
        ImageDataset, or None if the data have no such half.
    """
    image_size = None if image_size is None else size_pair(image_size)
    if data:
        path = existing_path(data)
        if path.is_dir() or is_picture(path) or "x_test" not in npz_keys(path):
            return None
        return from_npz(path, "x_test", image_size)
    read = getattr(keras_sets, dataset, None)
    return None if dataset in (*PHOTOGRAPHS, "digits", LANDSCAPE) else resized(read("test"), image_size)


def load_pair(data_a="", data_b="", dataset=PAIRS[0], image_size=None, paired=False, strict=False):
    """Load two sets of images, from folders or .npz files, or a pair of changed digits by name.

    Args:
        data_a, data_b: str or Path, a folder of images or an .npz file each; they win over `dataset` unless both are empty.
        dataset: str, a name in `PAIRS`.
        image_size: pair of ints (height, width) in pixels, or None, as in `load` and `digit_pairs`.
        paired: bool, whether image i of one belongs to image i of the other. Folders are read in the order of names, and an
            image that cannot be read is refused: skipping it would pair all later images wrongly.
        strict: bool, as in `load`.

    Returns:
        PairedImages.

    Raises:
        InputError: if one of the two is missing, the name is unknown, or the images cannot be read.
    """
    if not (data_a or data_b):
        return digit_pairs(_pair_kind(dataset), image_size, paired=paired)[0]
    if not (data_a and data_b):
        raise InputError(f"a pair needs both data_a and data_b. Received: data_a={str(data_a)!r}, data_b={str(data_b)!r}")
    for each in (data_a, data_b):
        if is_picture(each):
            raise InputError(f"a pair is made of folders or .npz files. Received: {each}, one picture")
    return PairedImages(*(load(data=data, image_size=image_size, strict=strict or paired) for data in (data_a, data_b)), paired)


def load_test_pair(data_a="", data_b="", dataset=PAIRS[0], image_size=None):
    """Load the paired images that no training of `load_pair` sees: those of the digits; None for a user's own data."""
    return None if data_a or data_b else digit_pairs(_pair_kind(dataset), image_size)[1]


def load_texts(dataset=DESCRIBED[0], data="", image_size=None, template="a photo of a {}", strict=False, seed=0):
    """Load images with a text each.

    Args:
        dataset: str, a name in `DESCRIBED`, of digits that are described by what is measured in them.
        data: str or Path, wins over `dataset` unless empty: an .npz with `texts`; one with labels and `class_names`, whose
            texts are made by the template; one with gray digits and labels from 0 to 9, which are described; a CSV file with
            the columns file_name and text, or the folder that it stands in or beside; a folder with a sub-folder a class.
        image_size: pair of ints (height, width) in pixels, or None as in `load`.
        template: str with a {} for the name of the class.
        strict: bool, as in `load`.
        seed: int, from 0 on; decides how digits are redrawn.

    Returns:
        CaptionedImages.

    Raises:
        InputError: if the name is unknown, there is nothing that texts can be made of, or the images cannot be read.
    """
    if not data:
        if dataset not in DESCRIBED:
            raise InputError(
                f"dataset must be one of {', '.join(DESCRIBED)}.{suggestion(dataset, DESCRIBED)} Received: dataset={dataset!r}"
            )
        return described_digits(image_size, keras_sets.mnist() if dataset == "described_mnist" else None, seed=seed)
    path = existing_path(data)
    table = csv_of(path) if path.is_dir() else path if path.suffix.lower() == ".csv" else None
    if table is not None:
        return read_captions(table, image_size or _DEFAULT_SIZE, strict)
    images = load(data=path, image_size=image_size, strict=strict)
    texts = npz_texts(path) if path.suffix.lower() == ".npz" else None
    if texts is not None:
        return CaptionedImages(images, texts)
    if images.class_names is not None:
        return caption_classes(images, template)
    if images.labels is not None and images.image_shape[2] == 1 and images.classes == 10:
        return described_digits(image_size, images, seed=seed)
    raise InputError(
        f"{path} has no texts: an .npz has them as texts, or the names of its classes as class_names; a folder as "
        f"{' or '.join(CSV_NAMES)} with the columns file_name and text, or a sub-folder for each class."
    )


def _pair_kind(dataset):
    if dataset not in PAIRS:
        raise InputError(
            f"dataset must be one of {', '.join(PAIRS)}.{suggestion(dataset, PAIRS)} Received: dataset={dataset!r}"
        )
    return dataset.removesuffix("_digits")


def parse_image_size(text):
    """Read an image size as it is typed on a command line.

    Args:
        text: str, "32" for a square, "48x32" for height x width, in pixels.

    Returns:
        Tuple (height, width).

    Raises:
        InputError: if it is neither, or zero.

    Example:
        >>> parse_image_size("48x32")
        (48, 32)
    """
    match = re.fullmatch(r"\s*([0-9]{1,5})(?:x([0-9]{1,5}))?\s*", str(text), re.IGNORECASE)
    height, width = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
    if height < 1 or width < 1:
        raise InputError(f"image size must look like 32 or 48x32 (height x width), in pixels. Received: image_size={text!r}")
    return height, width
