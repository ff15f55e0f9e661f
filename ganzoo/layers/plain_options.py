"""The options of a convolution that our layers fix."""

from ganzoo.errors import InputError

_FIXED = {"strides": 1, "padding": "same", "dilation_rate": 1, "groups": 1, "data_format": "channels_last"}


def plain_convolution(layer, options, takes_valid=False):
    """Return `options` for a stride-1, "same", NHWC convolution.

    Args:
        layer: name for the message.
        options: keyword arguments meant for `keras.layers.Conv2D`.
        takes_valid: whether the padding may be "valid" too.

    Raises:
        InputError: if one of the fixed options is given with another value.
    """
    for name, fixed in _FIXED.items():
        value = options.get(name, fixed)
        if takes_valid and name == "padding" and value == "valid":
            continue
        same = all(entry == fixed for entry in value) if isinstance(value, (tuple, list)) else value == fixed
        if not same:
            raise InputError(f"{layer} computes with {name}={fixed!r} only. Received: {name}={value!r}")
    return {"padding": "same"} | options | {"data_format": "channels_last"}
