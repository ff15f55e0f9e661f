"""Checks of arguments, each with a message that names what was expected and what came."""

import math

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
