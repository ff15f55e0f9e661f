"""Images from a NumPy archive (.npz)."""

import io
import math
import zipfile

import numpy as np

from ganzoo.data.checks import existing_file, one_line, suggestion
from ganzoo.data.dataset import ImageDataset, check_dtype, check_shape
from ganzoo.data.resize import resized
from ganzoo.errors import InputError
from ganzoo.utils.files import shorten

_WANTED = "an .npz archive; np.savez('file.npz', x_train=images) writes one"
MAX_MEMBERS = 1000
MAX_BYTES = 8 * 2**30  # of one array
# Photographs compress by 2, drawings of a few strokes by 20; what unpacks to much more from nearly nothing is a bomb.
MAX_RATIO = 200
_MAX_SMALL = 2**26  # bytes that may be packed as tightly as they like
_MAX_HEADER = 2**14
_MAX_NAME = 200


def from_npz(path, key=None, image_size=None):
    """Read images, and labels if they are there, from an .npz file.

    Args:
        path: str or Path of a file written by `np.savez` or `np.savez_compressed`.
        key: str, the array to read. None takes "x_train", else "images", else the only array there is. Labels are
            taken from the key's partner ("y_train" for "x_train", "labels" for "images"), or, of any key but "x_test" and
            "x_val", from "labels" or "y_train" if they are one for each image; the names of the classes from "class_names".
        image_size: pair of ints (height, width) to bring the images to, or None to leave them as they are.

    Returns:
        ImageDataset named after the file.

    Raises:
        InputError: if the file is missing, broken or no archive, the key is not in it, its array is not one of uint8
            images, or the labels beside it are none.
    """
    path = existing_file(path, _WANTED)
    try:
        headers = array_headers(path)
        key = _image_key(path, key, headers)
        # Types and shapes are known from the headers: an array that would be refused is not read at all.
        check_dtype(headers[key][1], f"{path}: {key}")
        check_shape(headers[key][0], f"{path}: {key}")
        # No pickles: they can run code.
        with np.load(path, allow_pickle=False) as arrays:
            images = arrays[key]
            labels_key = _labels_key(path, key, headers)
            labels = arrays[labels_key] if labels_key else None
            # The labels of both halves together decide which class has which number.
            like = arrays["y_train"] if labels_key in ("y_test", "y_val") and "y_train" in headers else None
            named = labels_key and headers.get("class_names", ((), np.dtype(int)))[1].kind == "U"
            class_names = arrays["class_names"].reshape(-1).tolist() if named else None
    except InputError:
        raise
    # A damaged zip or header surfaces as nearly anything: BadZipFile, zlib.error, EOFError, even MemoryError.
    except Exception as error:
        raise InputError(f"{path} cannot be read as an .npz archive: {one_line(error)}") from error
    dataset = ImageDataset(images, name=path.stem)
    if labels is not None:
        dataset.set_labels(labels, class_names, like)
    return resized(dataset, image_size)


def npz_texts(path):
    """Return the texts that stand beside the images of an .npz file as `texts`, a list of str, or None.

    Raises:
        InputError: if there are other things than texts.
    """
    headers = array_headers(path)
    if "texts" not in headers:
        return None
    shape, dtype = headers["texts"]
    if dtype.kind != "U" or len(shape) != 1:
        raise InputError(f"{path}: texts must be an array of str, one for each image. Received: {dtype} of shape {shape}")
    with np.load(path, allow_pickle=False) as arrays:
        return arrays["texts"].tolist()


def npz_keys(path):
    """Return the names of the arrays in an .npz file; none if it cannot be read."""
    try:
        return tuple(array_headers(path))
    except Exception:  # of a damaged archive nearly anything; who reads it will say so
        return ()


def array_headers(path, max_bytes=MAX_BYTES):
    """Return the shapes and dtypes of the arrays of an .npz file, without reading the arrays.

    Args:
        path: pathlib.Path.
        max_bytes: int, the most bytes that one array may have.

    Returns:
        Dict {key: (shape, dtype)}.

    Raises:
        InputError: if it is no archive, or one that would fill the memory: an array declares too many bytes, or others than
            are there, or unpacks to far more than pictures do.
    """
    existing_file(path, _WANTED)
    if not zipfile.is_zipfile(path):
        raise InputError(f"{path} is not {_WANTED}.")
    headers, size = {}, path.stat().st_size
    with zipfile.ZipFile(path) as archive:
        members = [member for member in archive.infolist() if member.filename.endswith(".npy")]
        if len(members) > MAX_MEMBERS:
            raise InputError(f"{path} holds {len(members)} arrays (at most {MAX_MEMBERS}).")
        for member in members:
            key = one_line(member.filename.removesuffix(".npy"))
            if len(key) > _MAX_NAME:
                raise InputError(f"{path}: the array {key[:40]}... has a name of {len(key)} characters (at most {_MAX_NAME}).")
            if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise InputError(f"{path}: {key} is packed in a way that NumPy does not use.")
            if member.file_size > max(_MAX_SMALL, MAX_RATIO * member.compress_size):
                ratio = member.file_size // max(1, member.compress_size)
                raise InputError(f"{path}: {key} would unpack to {ratio} times its size (at most {MAX_RATIO}); it is not read.")
            if member.compress_size > size:
                raise InputError(f"{path}: {key} is longer than the file.")
            with archive.open(member) as content:
                shape, dtype, offset = read_header(content)
            declared = math.prod(shape) * dtype.itemsize
            if declared > max_bytes:
                raise InputError(f"{path}: {key} declares {declared / 2**30:.3g} GiB (at most {max_bytes / 2**30:.3g}).")
            if not dtype.hasobject and declared != member.file_size - offset:
                raise InputError(f"{path}: {key} declares {declared} bytes, and {member.file_size - offset} are there.")
            headers[key] = (shape, dtype)
    return headers


def read_header(content):
    """Return (shape, dtype, length of the header in bytes) of an .npy file that is open for reading."""
    # A header may claim any length of its own: no more than this is read for it.
    start = io.BytesIO(content.read(_MAX_HEADER))
    old = np.lib.format.read_magic(start) == (1, 0)
    read = np.lib.format.read_array_header_1_0 if old else np.lib.format.read_array_header_2_0
    shape, _, dtype = read(start)
    return shape, dtype, start.tell()


def _image_key(path, key, headers):
    """Return the key of the images."""
    shown = [shorten(f"{name} {shape} {dtype}") for name, (shape, dtype) in list(headers.items())[:10]]
    listing = ", ".join(shown + ["..."] * (len(headers) > 10)) or "nothing"
    if key is None:
        key = next((name for name in ("x_train", "images") if name in headers), None)
        if key is None and len(headers) == 1:
            (key,) = headers
        if key is None:
            raise InputError(f"{path} has neither x_train nor images, nor one array alone. It holds: {listing}")
    if key not in headers:
        raise InputError(f"{path} has no array {key!r}.{suggestion(key, headers)} It holds: {listing}")
    return key


def _labels_key(path, key, headers):
    """Return the key of the labels, or None if there are none; refuse those that are meant for the images and do not fit."""
    count = headers[key][0][0]
    partner = "y_" + key[2:] if key.startswith("x_") else "labels"
    for name in (partner, *(() if key in ("x_test", "x_val") else ("labels", "y_train"))):
        shape = headers.get(name, (None, None))[0]
        if shape is not None and shape[:1] == (count,) and len(shape) <= 2:
            return name
        if shape is not None and name == partner:
            raise InputError(
                f"{path}: {name} must hold a label for each of the {count} images in {key}. Received: shape={shape}"
            )
    return None
