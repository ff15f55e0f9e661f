"""Features of InceptionV3 trained on ImageNet: the feature extractor of FID and KID, for color images of things and scenes."""

import numpy as np

from ganzoo.data.checks import existing_file
from ganzoo.errors import InputError
from ganzoo.utils.data_format import channels_last


class Inception:
    """Keras's InceptionV3 without its top.

    Its weights are Keras's, not those of the original FID code, and the resizing is bilinear: compare distances with one
    another, not with those in papers.

    Args:
        weights: "imagenet" (87 MB, downloaded once by Keras into ~/.keras), the path of a weights file, or None for random
            ones.

    Raises:
        InputError: if the weights cannot be had.

    Reference: Szegedy et al. 2016, arXiv:1512.00567; Heusel et al. 2017, arXiv:1706.08500.
    """

    def __init__(self, weights="imagenet"):
        import keras

        try:
            if weights not in ("imagenet", None):
                weights = existing_file(weights, "a file of weights")  # reading a named pipe would wait for ever
            with channels_last():
                self.network = keras.applications.InceptionV3(include_top=False, weights=weights, pooling="avg")
        except Exception as error:  # whatever a download or a file can raise
            raise InputError(
                f"InceptionV3's weights cannot be had: {error}. Give the path of a weights file, or measure on other features."
            ) from error

    def features(self, images):
        """Return float32 `(N, 2048)` of uint8 images `(N, H, W, C)`, C 1 or 3."""
        from keras import ops

        images = np.asarray(images)
        if images.dtype != np.uint8 or images.ndim != 4 or images.shape[-1] not in (1, 3) or not len(images):
            raise InputError(f"images must be uint8 (N, H, W, 1 or 3). Received: {images.dtype} {images.shape}")
        parts = []
        for start in range(0, len(images), 64):
            batch = ops.cast(np.broadcast_to(images[start : start + 64], (*images[start : start + 64].shape[:3], 3)), "float32")
            batch = ops.image.resize(batch, (299, 299), interpolation="bilinear", data_format="channels_last") / 127.5 - 1.0
            parts.append(ops.convert_to_numpy(self.network(batch, training=False)))
        return np.concatenate(parts)
