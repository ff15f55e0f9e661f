"""The protocol that measures follow, and the estimates that they return."""

from typing import NamedTuple, Protocol

import numpy as np


class Estimate(NamedTuple):
    """An estimated number; unpacks as `value, error`.

    Attributes:
        value: float.
        error: standard error, float of at least 0; None where it is not known.

    Example:
        >>> distance, error = Estimate(1.5, 0.1)
        >>> distance
        1.5
    """

    value: float
    error: float | None = None


class Measure(Protocol):
    """A comparison of generated with real examples: a function or another callable object.

    Args:
        real, fake: arrays of the same kind with N and M rows, mostly features `(N, d)` and `(M, d)`, or labels `(N,)`.

    Returns:
        Dictionary of estimates. One that needs more rows than there are is left out.

    Example:
        >>> def mean_shift(real, fake):
        ...     return {"mean_shift": Estimate(float(abs(real.mean() - fake.mean())))}
        >>> mean_shift(np.zeros((9, 2)), np.ones((9, 2)))
        {'mean_shift': Estimate(value=1.0, error=None)}
    """

    def __call__(self, real: np.ndarray, fake: np.ndarray) -> dict[str, Estimate]: ...


def measure_all(measures, real, fake, prefix=""):
    """Apply measures one after the other; returns their estimates in one dictionary, prefix before each name."""
    return {f"{prefix}{name}": found for measure in measures for name, found in measure(real, fake).items()}


def flatten(estimates):
    """Return estimates as plain numbers for logs and JSON: NAME and, where it is known, NAME_error."""
    numbers = {}
    for name, (value, error) in estimates.items():
        numbers[name] = value
        if error is not None:
            numbers[f"{name}_error"] = error
    return numbers


def mean_estimate(values):
    """Return the mean of numbers `(N,)` and its standard error as an `Estimate`."""
    values = np.asarray(values, "float64")
    return Estimate(float(values.mean()), float(values.std() / np.sqrt(len(values))))
