"""Raw pixels as features: the choice where nothing is known about the images."""

import numpy as np

from ganzoo.core.inputs import WHITE


def pixel_features(images):
    """Return the pixels of uint8 or uint16 images `(N, H, W, C)` in [0, 1], or floats as they are, float64 `(N, H * W * C)`."""
    images = np.asarray(images)
    return images.reshape(len(images), -1) / WHITE.get(images.dtype.name, 1.0)
