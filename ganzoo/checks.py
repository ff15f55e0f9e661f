"""Checks of arguments, each with a message that names what was expected and what came."""

import math

import numpy as np

from ganzoo.errors import InputError


def positive_integer(name, value):
    """Return `value` if it is a positive int, else raise InputError naming it."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise InputError(f"{name} must be a positive integer. Received: {name}={value!r}")
    return value


def positive_number(name, value):
    """Return `value` as a float if it is a finite number above 0, else raise InputError naming it."""
    if not (isinstance(value, (int, float)) and math.isfinite(value) and value > 0):
        raise InputError(f"{name} must be a positive number. Received: {name}={value!r}")
    return float(value)


def nonnegative_number(name, value, below=math.inf):
    """Return `value` as a float if it is a finite number of at least 0 and below `below`, else raise InputError naming it."""
    if not (isinstance(value, (int, float)) and math.isfinite(value) and 0 <= value < below):
        limit = "" if math.isinf(below) else f" and below {below:g}"
        raise InputError(f"{name} must be a number of at least 0{limit}. Received: {name}={value!r}")
    return float(value)


def choices(name, values, size):
    """Return `values` as a flat array if they are integers from 0 to size - 1, at least one, else raise InputError."""
    values = np.asarray(values).reshape(-1)
    if values.size == 0 or values.dtype.kind not in "iu" or values.min() < 0 or values.max() >= size:
        raise InputError(f"{name} must be integers from 0 to {size - 1}. Received: {name}={values.tolist()}")
    return values
