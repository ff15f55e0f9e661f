"""Does a generator copy its training images?"""

import numpy as np
from sklearn.neighbors import NearestNeighbors

from ganzoo.metrics.checks import feature_pair, mean_and_error


def memorisation(train, held_out, fake):
    """Compare how near samples come to training examples with how near unseen real examples come.

    Args:
        train, held_out, fake: features `(N, d)`, `(M, d)`, `(K, d)`.

    Returns:
        Dictionary: `nearest_fake` and `nearest_held_out`, the median distance to the nearest training example, in units of the
        features; `copies`, the share of samples nearer to the training set than 99 % of the held-out examples: 0.01 for a
        generator as fresh as real data, towards 1 for one that copies; `copies_error`, its standard error over the samples.

    Raises:
        InputError: for NaN or mixed widths.
    """
    train, fake = feature_pair(train, fake)
    held_out = feature_pair(held_out, fake)[0]
    index = NearestNeighbors(n_neighbors=1).fit(train)
    of_fake, of_held_out = (index.kneighbors(x)[0][:, 0] for x in (fake, held_out))
    copies, error = mean_and_error(of_fake < np.quantile(of_held_out, 0.01))
    return {
        "nearest_fake": float(np.median(of_fake)),
        "nearest_held_out": float(np.median(of_held_out)),
        "copies": copies,
        "copies_error": error,
    }
