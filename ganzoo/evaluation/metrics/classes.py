"""Measures on labels that a classifier, or a GAN's own recognizer, reads from samples."""

import numpy as np

from ganzoo.errors import InputError
from ganzoo.evaluation.metrics.checks import mean_and_error


def class_balance(labels, classes):
    """Measure how evenly samples spread over the classes.

    Args:
        labels: ints `(N,)` from 0 to classes - 1, read from samples.
        classes: positive int.

    Returns:
        Dictionary: `covered`, the number of classes with at least one sample; `entropy` of their shares in nats;
        `entropy_error`, its standard error to first order; `ceiling`, log(classes), which the entropy reaches when all are
        equally frequent.
    """
    labels = _labels(labels, classes)
    shares = np.bincount(labels, minlength=classes) / len(labels)
    entropy, error = mean_and_error(-np.log(shares[labels]))
    return {
        "covered": int((shares > 0).sum()),
        "entropy": entropy,
        "entropy_error": error,
        "ceiling": float(np.log(classes)),
    }


def class_divergence(labels, real, classes):
    """Measure how far the classes of samples are from the classes of data.

    Args:
        labels: ints `(N,)` from 0 to classes - 1, read from samples.
        real: ints `(M,)` of the same kind, the data's.
        classes: positive int.

    Returns:
        Dictionary: `covered`, the number of classes with at least one sample; `kl`, the divergence in nats of the samples'
        shares p from the data's q, sum of p log(p / q); `kl_error`, its standard error to first order. A class that the data
        lack counts as if it stood there once. Equal laws give about (classes - 1) / 2N, not 0.

    Reference: Metz et al. 2017, "Unrolled generative adversarial networks", arXiv:1611.02163, section 3.3.1.
    """
    labels, real = _labels(labels, classes), _labels(real, classes)
    shares, truth = (np.bincount(each, minlength=classes) / len(each) for each in (labels, real))
    kl, error = mean_and_error(np.log(shares[labels] / np.maximum(truth[labels], 1 / len(real))))
    return {"covered": int((shares > 0).sum()), "kl": kl, "kl_error": error}


def label_accuracy(read, asked):
    """Return the share of samples in which the asked label is read, and its standard error."""
    read, asked = np.asarray(read), np.asarray(asked)
    if read.shape != asked.shape or read.ndim != 1 or not len(read):
        raise InputError(f"labels must be two equal rows. Received: shapes {read.shape} and {asked.shape}")
    return mean_and_error(read == asked)


def cluster_accuracy(clusters, labels):
    """Return the share of labels that clusters give under the best one-to-one matching, its standard error, and the matching.

    Args:
        clusters, labels: ints `(N,)` from 0 on.

    Returns:
        (float, float, dictionary {cluster: label}).

    Reference: Kuhn 1955, the Hungarian method.
    """
    from scipy.optimize import linear_sum_assignment

    size = int(max(np.max(clusters), np.max(labels))) + 1
    clusters, labels = _labels(clusters, size), _labels(labels, size)
    if len(clusters) != len(labels):
        raise InputError(f"clusters and labels must be as many. Received: {len(clusters)} and {len(labels)}")
    together = np.zeros((size, size), int)
    np.add.at(together, (clusters, labels), 1)
    rows, columns = linear_sum_assignment(-together)
    matching = dict(zip(rows.tolist(), columns.tolist(), strict=True))
    return *mean_and_error(columns[clusters] == labels), matching


def _labels(labels, classes):
    labels = np.asarray(labels)
    if labels.ndim != 1 or not len(labels) or labels.dtype.kind not in "iu" or labels.min() < 0 or labels.max() >= classes:
        raise InputError(f"labels must be integers (N,) from 0 to {classes - 1}. Received: {labels.dtype} {labels.shape}")
    return labels
