"""Memorization: the share of samples that copy a training example."""

import numpy as np

from ganzoo.evaluation.measure import Estimate, mean_estimate
from ganzoo.evaluation.metrics.checks import feature_pair


class TrainingNeighbors:
    """Nearest-neighbor index of the training examples, for repeated measurements; see `memorization`.

    Without held_out, `rows` training examples stand for other real ones.
    """

    def __init__(self, train, held_out=None, seed=0, rows=10_000):
        from sklearn.neighbors import NearestNeighbors  # slow to import, and not needed for most runs

        self._train, others = feature_pair(train, train if held_out is None else held_out)
        self._index = NearestNeighbors(n_neighbors=1).fit(self._train)
        if held_out is None:
            some = others[np.random.default_rng(seed).permutation(len(others))[:rows]]
            self._of_others = self._index.kneighbors(some, n_neighbors=2)[0][:, 1]  # the first is itself
        else:
            self._of_others = self._index.kneighbors(others)[0][:, 0]
        # Where real examples stand twice the limit is 0, and what a distance of 0 comes out as is only nearly that.
        rounding = 1e-7 * np.sqrt((self._train**2).sum(axis=1).max())
        self._limit = np.quantile(self._of_others, 0.01) + rounding

    def compare(self, fake, closeness=1.0):
        """Return what `memorization` returns, for features `(K, d)`; near copies lie within `closeness` times the limit."""
        fake = feature_pair(self._train[:2], fake)[1]
        of_fake = self._index.kneighbors(fake)[0][:, 0]
        return {
            "nearest_fake": Estimate(float(np.median(of_fake))),
            "nearest_held_out": Estimate(float(np.median(self._of_others))),
            "near_copy_rate": mean_estimate(of_fake <= closeness * self._limit),
        }


def memorization(train, held_out, fake, seed=0):
    """Compare how near samples come to training examples with how near other real examples come.

    Args:
        train: features `(N, d)` of all that was trained on; copies of a part that is left out are not found.
        held_out: features `(M, d)` of real examples that training did not see, or None where there are none: then the other
            real examples are training examples themselves, at most 10,000, each compared with the rest.
        fake: features `(K, d)` of samples.
        seed: int; draws the 10,000.

    Returns:
        Dictionary {name: `Estimate`}: `nearest_fake` and `nearest_held_out`, the median distance to the nearest training
        example, in units of the features; `near_copy_rate`, the share of samples that come as near to the training set as the
        nearest 1 % of the other real examples, with its standard error over the samples: 0.01 for a generator as fresh as
        real data, towards 1 for one that copies.

    Raises:
        InputError: for NaN or mixed widths.
    """
    return TrainingNeighbors(train, held_out, seed).compare(fake)
