"""Checks of arguments, each with a message that names what was expected and what came."""

import difflib
import math
import numbers

import numpy as np

from ganzoo.errors import InputError

MANY = 10_000_000  # samples or points in one call: beyond that a request is a slip of the hand


def check_int(name, value, minimum, maximum=None):
    """Return `value` as an int, or refuse it.

    Args:
        name: str, what the argument is called in the message.
        value: what the user gave; ints and numpy integers pass, bools do not.
        minimum: int, the smallest value allowed.
        maximum: int, the largest value allowed, or None.

    Returns:
        int.

    Raises:
        InputError: if `value` is not an integer or is out of range.
    """
    if isinstance(value, bool) or not isinstance(value, numbers.Integral) or value < minimum:
        wanted = "a positive integer" if minimum == 1 else f"an integer of at least {minimum}"
        raise InputError(f"{name} must be {wanted}. Received: {name}={value!r}")
    if maximum is not None and value > maximum:
        raise InputError(f"{name} must be at most {maximum:,}. Received: {name}={value}")
    return int(value)


def positive_integer(name, value):
    """Return `value` as an int if it is a whole number of at least 1, else raise InputError naming it."""
    return check_int(name, value, 1)


def positive_number(name, value):
    """Return `value` as a float if it is a finite number above 0, else raise InputError naming it."""
    if not (isinstance(value, numbers.Real) and math.isfinite(value) and value > 0):
        raise InputError(f"{name} must be a positive number. Received: {name}={value!r}")
    return float(value)


def nonnegative_number(name, value, below=math.inf):
    """Return `value` as a float if it is a finite number of at least 0 and below `below`, else raise InputError naming it."""
    if not (isinstance(value, numbers.Real) and math.isfinite(value) and 0 <= value < below):
        limit = "" if math.isinf(below) else f" and below {below:g}"
        raise InputError(f"{name} must be a number of at least 0{limit}. Received: {name}={value!r}")
    return float(value)


def check_image_shape(value, ndim=3):
    """Return an example's shape as a tuple of ints if it is `ndim` positive integers, else raise InputError.

    Args:
        value: what the user gave as `image_shape`.
        ndim: int, 3 for (height, width, channels).
    """
    if not isinstance(value, (tuple, list, np.ndarray)) or len(value) != ndim:
        sides = "(height, width, channels)" if ndim == 3 else f"of {ndim} entries"
        raise InputError(f"image_shape must be {sides}. Received: image_shape={value!r}")
    return tuple(positive_integer("image_shape entries", side) for side in value)


def check_range(name, value, finite=True):
    """Return `value` as (low, high), floats, if it is two numbers of which the first is less, else raise InputError.

    Args:
        name: str, what the argument is called in the message.
        value: what the user gave.
        finite: bool, whether both must be finite.
    """
    pair = tuple(value) if isinstance(value, (tuple, list, np.ndarray)) else ()
    numeric = len(pair) == 2 and all(isinstance(each, numbers.Real) for each in pair)
    if not numeric or not pair[0] < pair[1] or (finite and not all(map(math.isfinite, pair))):
        raise InputError(f"{name} must be (low, high), two {'finite ' if finite else ''}numbers. Received: {name}={value!r}")
    return float(pair[0]), float(pair[1])


def check_object(name, value, kind, example):
    """Return `value` if it is an object of class `kind` (not the class itself), else raise InputError.

    Args:
        name: str, what the argument is called in the message.
        value: what the user gave.
        kind: class, or `callable` for any object that can be called.
        example: str, what to give instead.
    """
    right = callable(value) if kind is callable else isinstance(value, kind)
    if not right or isinstance(value, type):
        raise InputError(f"{name} must be an object such as {example}. Received: {name}={value!r:.100}")
    return value


def check_class_ids(name, values, size):
    """Return `values` as a flat array if they are integers from 0 to size - 1, at least one, else raise InputError."""
    values = np.asarray(values).reshape(-1)
    if values.size == 0 or values.dtype.kind not in "iu":
        raise InputError(f"{name} must be integers from 0 to {size - 1}. Received: {values.size} of {values.dtype}")
    if values.min() < 0 or values.max() >= size:
        raise InputError(
            f"{name} must be integers from 0 to {size - 1}. Received: {values.dtype} from {values.min()} to {values.max()}"
        )
    return values


def check_shares(name, values, size):
    """Return `values` as a tuple of floats if they are `size` numbers of at least 0 that sum to 1, else raise InputError."""
    array = np.asarray(values, "float64")
    if array.shape != (size,) or not (array >= 0).all() or not abs(array.sum() - 1) < 1e-6:
        raise InputError(f"{name} must be {size} numbers of at least 0 that sum to 1. Received: {name}={values!r:.200}")
    return tuple(array.tolist())


def check_choice(name, value, choices):
    """Return `value` if it is one of `choices`, else raise InputError with the nearest one beside it."""
    if value not in choices:
        near = difflib.get_close_matches(str(value), list(map(str, choices)), n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise InputError(f"{name} must be one of {', '.join(map(str, choices))}.{hint} Received: {name}={value!r}")
    return value
