"""Arrays that hold NaN or infinity."""

import numpy as np


def is_finite(array):
    """Return whether all numbers of an array are finite; integers and booleans are.

    Example:
        >>> is_finite([1.0, float("nan")])
        False
    """
    array = np.asarray(array)
    if array.dtype.kind == "V":  # bfloat16
        array = array.astype("float32")
    return array.dtype.kind not in "fc" or bool(np.isfinite(array).all())


def nonfinite_networks(arrays):
    """Return the names of the networks (or optimizers) with a weight that is NaN or infinite.

    Args:
        arrays: {name: array, or sequence of arrays}; what follows a name's last slash is its place in the network, so that
            "generator/000" and "generator/001" are both the generator's.

    Returns:
        list of str, each once, in the order of `arrays`.

    Example:
        >>> nonfinite_networks({"generator/000": [1.0], "discriminator/000": [float("inf")]})
        ['discriminator']
    """
    found = {}
    for name, value in arrays.items():
        parts = value if isinstance(value, (list, tuple)) else [value]
        if not all(is_finite(part) for part in parts):
            found[name.rpartition("/")[0] or name] = None
    return list(found)
