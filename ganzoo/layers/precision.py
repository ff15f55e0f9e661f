"""What half precision would spoil is computed in single."""

import keras
from keras import ops


def at_least_single(values):
    """Return values as float32, or as they are where they are float64."""
    return values if keras.backend.standardize_dtype(values.dtype) == "float64" else ops.cast(values, "float32")
