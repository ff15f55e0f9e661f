"""Checks of arguments that every reader of data shares, and the hints in their messages."""

import difflib
from pathlib import Path

from ganzoo.checks import whole_number
from ganzoo.errors import InputError


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
    height, width = (whole_number("image_size", side, 1) for side in image_size)
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
    path = Path(path).expanduser()
    try:
        if path.exists():
            return path
        neighbours = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error
    raise InputError(f"{path} does not exist.{suggestion(path.name, neighbours)}")


def one_line(text):
    """Return `text` on a single line that any terminal can print, file names that are not UTF-8 included."""
    return " ".join(str(text).encode("utf-8", "replace").decode("utf-8").split())


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
