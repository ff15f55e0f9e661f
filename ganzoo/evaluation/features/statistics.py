"""What photographs look alike by without a network: statistics of oriented filters, and where their colors lie."""

import numpy as np
from tqdm import tqdm

from ganzoo.core.inputs import WHITE
from ganzoo.evaluation.features.texture import standardized, texture_features

CELLS = 8  # a side of the grid on which colors are told
BLOCK = 256  # images between two moves of the progress bar


class Statistics:
    """Statistics of images, in standard deviations of a reference set from its mean, clipped at 4 either way.

    They are `texture_features`, which reveal smears, noise and wrong edges but not where in the picture anything is, and the
    mean colors of an 8x8 grid, which reveal just that. Nothing is trained or downloaded.

    Args:
        reference: uint8 or uint16 array `(N, H, W, C)`, at least 2 images of at least 32 pixels on a side: the training images.
        verbose: show a progress bar in a terminal.

    Raises:
        InputError: for smaller images.

    Example:
        >>> images = np.random.default_rng(0).integers(0, 256, (5, 32, 32, 3)).astype("uint8")
        >>> Statistics(images).features(images).shape
        (5, 529)
    """

    def __init__(self, reference, verbose=True):
        self.verbose = verbose
        self._reference = self._raw(reference)

    def features(self, images):
        """Return the features of images like the reference's, float64 `(N, 331 + 66 C)`."""
        return standardized(self._raw(images), self._reference)

    def _raw(self, images):
        images, parts = np.asarray(images), []
        with tqdm(total=len(images), unit="image", desc="statistics", disable=None if self.verbose else True) as bar:
            for start in range(0, len(images), BLOCK):
                part = images[start : start + BLOCK]
                parts.append(np.concatenate([texture_features(part), _layout(part)], axis=1))
                bar.update(len(part))
        return np.concatenate(parts)


def _layout(images):
    """Return the mean colors of the cells of a grid, in [0, 1], `(N, CELLS * CELLS * C)`."""
    cells = images / WHITE[images.dtype.name]
    for axis in (1, 2):
        edges = np.arange(CELLS + 1) * images.shape[axis] // CELLS
        sizes = np.diff(edges).reshape([-1 if each == axis else 1 for each in range(4)])
        cells = np.add.reduceat(cells, edges[:-1], axis) / sizes
    return cells.reshape(len(images), -1)
