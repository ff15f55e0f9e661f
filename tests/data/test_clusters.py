"""Clusters of similar images in place of labels: what looks alike is together, the same each time."""

import numpy as np
import pytest

from ganzoo import data
from ganzoo.data.clusters import cluster
from ganzoo.errors import InputError


@pytest.fixture
def kinds():
    """Return (images, kind of each): dark, bright, and left-bright ones in shares of 3, 2 and 1."""
    rng = np.random.default_rng(0)
    kind = rng.permutation(np.repeat([0, 1, 2], [150, 100, 50]))
    base = np.zeros((3, 36, 20, 1))
    base[1] = 200
    base[2, :, :10] = 200
    return (base[kind] + rng.integers(0, 50, (300, 36, 20, 1))).astype("uint8"), kind


def test_what_looks_alike_is_together_and_the_largest_is_first(kinds):
    images, kind = kinds
    assert np.array_equal(cluster(images, 3), kind)
    assert np.array_equal(cluster(images.astype("uint16") * 257, 3), kind)
    assert np.array_equal(cluster(images, 7, seed=5), cluster(images.copy(), 7, seed=5))
    sizes = np.bincount(cluster(images, 7))
    assert len(sizes) == 7 and (np.diff(sizes) <= 0).all() and sizes.min() > 0


def test_a_set_with_clusters_has_them_for_labels(kinds):
    images, kind = kinds
    dataset = data.ImageDataset(images, kind[::-1].copy(), "kinds", class_names=("a", "b", "c")).clustered(3)
    assert np.array_equal(dataset.labels, kind)
    assert (dataset.classes, dataset.class_names, dataset.name) == (3, None, "kinds (3 clusters)")
    assert dataset.label_shares == pytest.approx((1 / 2, 1 / 3, 1 / 6))
    assert data.ImageDataset(images).label_shares is None


def test_other_numbers_of_clusters_are_refused(kinds):
    images, _ = kinds
    for number, message in [(1, "at least 2"), (301, "at most the number of images, 300"), (2.5, "clusters")]:
        with pytest.raises(InputError, match=message):
            cluster(images, number)
    with pytest.raises(InputError, match="fewer than 3 different images"):
        cluster(np.repeat(images[:2], 5, axis=0), 3)
