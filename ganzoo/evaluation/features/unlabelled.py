"""Which features to compare images by where no labels are there to train a classifier on."""

from ganzoo.evaluation.features.pixels import pixel_features
from ganzoo.evaluation.features.statistics import Statistics
from ganzoo.evaluation.features.texture import SMALLEST


def unlabelled_features(reference, verbose=True):
    """Return a feature extractor for images without labels: `Statistics` of a reference set, or pixels for small images.

    Args:
        reference: array of examples; uint8 or uint16 images `(N, H, W, C)` of at least 32 pixels a side have `Statistics`.
        verbose: see `Statistics`.

    Returns:
        Callable from examples to features `(N, d)`.

    Example:
        >>> import numpy as np
        >>> unlabelled_features(np.zeros((2, 28, 28, 1), "uint8")).__name__
        'pixel_features'
    """
    fine = len(reference.shape) == 4 and min(reference.shape[1:3]) >= SMALLEST
    return Statistics(reference, verbose).features if fine else pixel_features
