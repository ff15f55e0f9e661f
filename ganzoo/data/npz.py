"""Images from a NumPy archive (.npz)."""

import zipfile

import numpy as np

from ganzoo.data.checks import existing_path, one_line, suggestion
from ganzoo.data.dataset import ImageDataset, check_dtype
from ganzoo.data.resize import resized
from ganzoo.errors import InputError


def from_npz(path, key=None, image_size=None):
    """Read images, and labels if they are there, from an .npz file.

    Args:
        path: str or Path of a file written by `np.savez` or `np.savez_compressed`.
        key: str, the array to read. None takes "x_train", else "images", else the only array there is. Labels are
            taken from the key's partner ("y_train" for "x_train"), or "labels", when they are integers, one for each
            image.
        image_size: pair of ints (height, width) to bring the images to, or None to leave them as they are.

    Returns:
        ImageDataset named after the file.

    Raises:
        InputError: if the file is missing, broken or no archive, the key is not in it, or its array is not one of
            uint8 images.
    """
    path = existing_path(path)
    try:
        headers = _headers(path)
        key = _image_key(path, key, headers)
        # Types are known from the headers: an array that would be refused is not read at all.
        check_dtype(headers[key][1], f"{path}: {key}")
        # No pickles: they can run code.
        with np.load(path, allow_pickle=False) as arrays:
            images = arrays[key]
            labels_key = _labels_key(key, headers)
            labels = arrays[labels_key].reshape(-1) if labels_key else None
    except InputError:
        raise
    # A damaged zip or header surfaces as nearly anything: BadZipFile, zlib.error, EOFError, even MemoryError.
    except Exception as error:
        raise InputError(f"{path} cannot be read as an .npz archive: {one_line(error)}") from error
    return resized(ImageDataset(images, labels, name=path.stem), image_size)


def npz_keys(path):
    """Return the names of the arrays in an .npz file; none if it cannot be read."""
    try:
        return tuple(_headers(path))
    except (InputError, OSError, ValueError, zipfile.BadZipFile):
        return ()


def _headers(path):
    """Return {key: (shape, dtype)} of the arrays in the archive, without reading their content."""
    if not path.is_file() or not zipfile.is_zipfile(path):
        raise InputError(f"{path} is not an .npz archive; np.savez('file.npz', x_train=images) writes one.")
    headers = {}
    with zipfile.ZipFile(path) as members:
        for member in members.namelist():
            if member.endswith(".npy"):
                with members.open(member) as content:
                    old = np.lib.format.read_magic(content) == (1, 0)
                    read = np.lib.format.read_array_header_1_0 if old else np.lib.format.read_array_header_2_0
                    shape, _, dtype = read(content)
                headers[member.removesuffix(".npy")] = (shape, dtype)
    return headers


def _image_key(path, key, headers):
    """Return the key of the images."""
    listing = ", ".join(f"{name} {shape} {dtype}" for name, (shape, dtype) in headers.items()) or "nothing"
    if key is None:
        key = next((name for name in ("x_train", "images") if name in headers), None)
        if key is None and len(headers) == 1:
            (key,) = headers
        if key is None:
            raise InputError(f"{path} has neither x_train nor images, nor one array alone. It holds: {listing}")
    if key not in headers:
        raise InputError(f"{path} has no array {key!r}.{suggestion(key, headers)} It holds: {listing}")
    return key


def _labels_key(key, headers):
    """Return the key of the labels, or None if there are none that fit the images."""
    partner = "y_" + key[2:] if key.startswith("x_") else "y_train"
    count = headers[key][0][:1]
    for name in (partner, "labels"):
        shape, dtype = headers.get(name, ((), None))
        if dtype is not None and dtype.kind in "iu" and shape in (count, (*count, 1)):
            return name
    return None
