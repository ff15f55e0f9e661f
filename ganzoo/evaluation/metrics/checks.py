"""Validation of the measures' arrays."""

import numpy as np

from ganzoo.errors import InputError


def feature_pair(real, fake, least=2):
    """Return both as float64 `(N, d)`.

    Args:
        real, fake: numbers `(N, ...)`; all but the first axis are flattened.
        least: rows that each must have.

    Raises:
        InputError: if one is empty, not finite, too small, or of another width than the other.
    """
    arrays = []
    for name, array in (("real", real), ("fake", fake)):
        array = np.asarray(array)
        if array.ndim < 2 or array.dtype.kind not in "fiub" or 0 in array.shape:
            raise InputError(f"{name} must be numbers of shape (N, d). Received: dtype={array.dtype}, shape={array.shape}")
        array = array.reshape(len(array), -1).astype("float64")
        if not np.isfinite(array).all():
            raise InputError(f"{name} must be finite. Received: {int((~np.isfinite(array)).sum())} values that are not")
        if len(array) < least:
            raise InputError(f"{name} must have at least {least} samples for this measure. Received: {len(array)}")
        arrays.append(array)
    if arrays[0].shape[1] != arrays[1].shape[1]:
        raise InputError(f"real and fake must be equally wide. Received: {arrays[0].shape} and {arrays[1].shape}")
    return arrays
