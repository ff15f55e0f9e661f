"""Clusters of similar images, which a GAN can be conditioned on where there are no labels (k-means on coarse pixels).

Liu et al. 2020 (arXiv:2006.10728) and Lucic et al. 2019 (arXiv:1903.02271) cluster learned features; coarse pixels need none.
"""

import numpy as np

from ganzoo.data.checks import row_chunks
from ganzoo.errors import InputError
from ganzoo.utils.checks import check_int

COARSE = 16  # pixels a side that images are reduced to, at most
MOST = 20_000  # images that the means are found from, evenly spread over all


def cluster(images, clusters, seed=0):
    """Sort images by what they look like from afar.

    Args:
        images: uint8 or uint16 array `(N, H, W, C)`.
        clusters: int, from 2 to N.
        seed: int, from 0 on, where k-means begins.

    Returns:
        int64 array `(N,)`, the cluster of each image: 0 is the largest. Equal images and seed give equal clusters.

    Raises:
        InputError: for a number of clusters out of range, or where there are fewer different images than clusters.
    """
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    if check_int("clusters", clusters, 2) > len(images):
        raise InputError(f"clusters must be at most the number of images, {len(images)}. Received: clusters={clusters}")
    seed = check_int("seed", seed, 0)
    pixels = np.concatenate([_coarse(rows) for rows in row_chunks(images)])
    chosen = pixels[np.linspace(0, len(pixels) - 1, min(len(pixels), MOST)).astype(int)]
    if len(np.unique(chosen, axis=0)) < clusters:
        raise InputError(f"there are fewer than {clusters} different images. Received: clusters={clusters}")
    with threadpool_limits(1):  # threads would add in an order of their own
        found = KMeans(clusters, n_init=1, random_state=seed).fit(chosen).predict(pixels)
    order = np.argsort(-np.bincount(found, minlength=clusters), kind="stable")
    return np.argsort(order)[found]


def _coarse(images):
    """Return float32 `(N, d)` in [0, 1]: means of blocks of pixels, at most 16 blocks a side."""
    n, height, width, channels = images.shape
    block = -(-max(height, width) // COARSE)
    rows, columns = max(1, height // block), max(1, width // block)
    tall, wide = min(block, height), min(block, width)
    cut = images[:, : rows * tall, : columns * wide].astype("float32") / np.iinfo(images.dtype).max
    return cut.reshape(n, rows, tall, columns, wide, channels).mean(axis=(2, 4)).reshape(n, -1)
