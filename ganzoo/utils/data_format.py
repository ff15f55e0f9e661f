"""Images as (N, height, width, channels), whatever `image_data_format` in the user's keras.json says."""

import contextlib


@contextlib.contextmanager
def channels_last():
    """Let layers that are made inside take NHWC images, and restore the user's setting afterwards.

    A layer reads the setting once, when it is made. Functions such as `keras.ops.image.resize` read it at each call.
    """
    import keras

    before = keras.config.image_data_format()
    keras.config.set_image_data_format("channels_last")
    try:
        yield
    finally:
        keras.config.set_image_data_format(before)
