"""Checks of arguments that every reader of data shares, and the hints in their messages."""

import difflib
import itertools
import os
import stat

import numpy as np

from ganzoo.errors import InputError
from ganzoo.utils.checks import check_int
from ganzoo.utils.files import expanded


def size_pair(image_size):
    """Return `image_size` as a pair of positive ints.

    Args:
        image_size: pair of ints, (height, width) in pixels.

    Returns:
        Tuple (height, width).

    Raises:
        InputError: if it is not a pair of positive integers.
    """
    if not isinstance(image_size, (tuple, list)) or len(image_size) != 2:
        raise InputError(f"image_size must be a pair (height, width). Received: image_size={image_size!r}")
    height, width = (check_int("image_size", side, 1) for side in image_size)
    return height, width


def suggestion(name, known):
    """Return " Did you mean 'grass'?" if a known name is close to `name`, else an empty string."""
    close = difflib.get_close_matches(str(name), list(known), n=1)
    return f" Did you mean {close[0]!r}?" if close else ""


def existing_path(path):
    """Return `path` as a Path with `~` expanded, or refuse it with the closest name beside it.

    Args:
        path: str or Path.

    Returns:
        pathlib.Path of something that exists.

    Raises:
        InputError: if nothing exists there, or the folder around it cannot be read.
    """
    path = expanded(path)
    try:
        if path.exists():
            return path
        neighbors = [entry.name for entry in itertools.islice(path.parent.iterdir(), 1000)] if path.parent.is_dir() else []
        link = path.is_symlink()
    except OSError as error:
        raise InputError(f"{one_line(path)} cannot be read: {error.strerror}.") from error
    if link:
        raise InputError(f"{one_line(path)} is a link that leads nowhere.")
    raise InputError(f"{one_line(path)} does not exist.{suggestion(path.name, neighbors)}")


def kind_of_path(path):
    """Say what stands at a path, links followed.

    Args:
        path: str or Path.

    Returns:
        Tuple (str such as "a file", "a folder" or "a named pipe"; the size in bytes).
    """
    try:
        found = os.stat(path)
    except OSError as error:
        return ("a link that leads nowhere" if os.path.islink(path) else f"unreadable ({error.strerror})"), 0
    kinds = {
        stat.S_IFREG: "a file",
        stat.S_IFDIR: "a folder",
        stat.S_IFIFO: "a named pipe",
        stat.S_IFSOCK: "a socket",
        stat.S_IFCHR: "a device",
        stat.S_IFBLK: "a device",
    }
    return kinds.get(stat.S_IFMT(found.st_mode), "something else"), found.st_size


def existing_file(path, what):
    """Return `path` as `existing_path` does if it is a file that can be read without waiting.

    Args:
        path: str or Path.
        what: str, what the file should be, for the message.

    Raises:
        InputError: if nothing exists there, or it is a folder, a named pipe, a socket or a device.
    """
    path = existing_path(path)
    kind, _ = kind_of_path(path)
    if kind != "a file":
        raise InputError(f"{path} is {kind}; expected {what}.")
    return path


def one_line(text):
    """Return `text` on a single line that any terminal can print: no control characters, whatever a file is called."""
    line = " ".join(str(text).encode("utf-8", "replace").decode("utf-8").split())
    return "".join(character if character.isprintable() else "?" for character in line)


def chosen_names(names, specs, dataset):
    """Return the parts of the examples that are asked for.

    Args:
        names: sequence of str, or None for all.
        specs: dict, the parts that there are.
        dataset: str, what the data are called in the message.

    Returns:
        Tuple of str.

    Raises:
        InputError: if a part is not there, or none is asked for.
    """
    chosen = tuple(specs) if names is None else (names,) if isinstance(names, str) else tuple(names)
    for name in chosen:
        if name not in specs:
            raise InputError(f"{dataset} has no {name}; its examples have {', '.join(specs)}. Received: names={chosen}")
    if not chosen:
        raise InputError(f"names must have at least one of {', '.join(specs)}. Received: names={chosen}")
    return chosen


def is_memory_mapped(array):
    """Return whether an array, or what it is a view of, lies in a file."""
    while array is not None:
        if isinstance(array, np.memmap):
            return True
        array = getattr(array, "base", None)
    return False


def row_chunks(array, size=2**24):
    """Yield an array as contiguous runs of whole rows of about `size` bytes, so that a file need not fit in memory."""
    rows = max(1, size // max(1, array[:1].nbytes))
    for start in range(0, len(array), rows):
        yield np.ascontiguousarray(array[start : start + rows])
