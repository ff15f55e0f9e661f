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
        arrays: {name: array, or sequence of arrays}; names as in `ganzoo.core.state`: player/network/place, or network/place.

    Returns:
        list of str, each once, in the order of `arrays`.

    Example:
        >>> nonfinite_networks({"discriminator/discriminator/000": [1.0], "generator/optimizer/001": [float("inf")]})
        ['generator_optimizer']
    """
    found = {}
    for name, value in arrays.items():
        parts = value if isinstance(value, (list, tuple)) else [value]
        if not all(is_finite(part) for part in parts):
            found[_network(name)] = None
    return list(found)


def _network(name):
    """Return the network that an array's name tells."""
    parts = name.split("/")[:-1] or [name]
    return f"{parts[0]}_optimizer" if parts[-1] == "optimizer" else parts[-1]
