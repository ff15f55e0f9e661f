"""Measures on labels that a classifier, or a GAN's own recognizer, predicts from samples."""

import dataclasses

import numpy as np

from ganzoo.errors import InputError
from ganzoo.evaluation.measure import Estimate, mean_estimate
from ganzoo.utils.checks import MANY, positive_integer


def class_balance(labels, classes):
    """Measure how evenly samples spread over the classes.

    Args:
        labels: ints `(N,)` from 0 to classes - 1, predicted from samples.
        classes: positive int.

    Returns:
        Dictionary {name: `Estimate`}: `covered`, the number of classes with at least one sample; `entropy` of their shares in
        nats, at most log(classes), with its standard error to first order.
    """
    labels = _labels(labels, classes)
    shares = np.bincount(labels, minlength=classes) / len(labels)
    return {"covered": Estimate(int((shares > 0).sum())), "entropy": mean_estimate(-np.log(shares[labels]))}


def class_divergence(real, fake, classes):
    """Measure how far the classes of samples are from the classes of data.

    Args:
        real, fake: ints `(N,)` and `(M,)` from 0 to classes - 1, the data's labels and those predicted from samples.
        classes: positive int.

    Returns:
        Dictionary {name: `Estimate`}: `covered`, the number of classes with at least one sample; `kl`, the divergence in nats
        of the samples' shares p from the data's q, sum of p log(p / q), with its standard error to first order. A class that
        the data lack counts as if it stood there once. Equal distributions give about (classes - 1) / 2M, not 0.

    Reference: Metz et al. 2017, "Unrolled generative adversarial networks", arXiv:1611.02163, section 3.3.1.
    """
    real, fake = _labels(real, classes), _labels(fake, classes)
    truth, shares = (np.bincount(each, minlength=classes) / len(each) for each in (real, fake))
    logarithms = np.log(shares[fake] / np.maximum(truth[fake], 1 / len(real)))
    return {"covered": Estimate(int((shares > 0).sum())), "kl": mean_estimate(logarithms)}


@dataclasses.dataclass(frozen=True)
class ClassBalance:
    """`class_balance` and `class_divergence` of labels as a `ganzoo.evaluation.measure.Measure`: class_covered, class_entropy,
    class_kl."""

    classes: int

    def __call__(self, real, fake):
        found = class_balance(fake, self.classes) | class_divergence(real, fake, self.classes)
        return {f"class_{name}": estimate for name, estimate in found.items()}


def label_accuracy(predicted, expected):
    """Return the share of samples in which the expected label is predicted as an `Estimate`; both ints `(N,)`."""
    predicted, expected = np.asarray(predicted), np.asarray(expected)
    if predicted.shape != expected.shape or predicted.ndim != 1 or not len(predicted):
        raise InputError(f"labels must be two arrays (N,) of one length. Received: {predicted.shape} and {expected.shape}")
    return mean_estimate(predicted == expected)


def cluster_accuracy(clusters, labels):
    """Return the share of samples whose cluster gives their label under the best one-to-one matching, and the matching.

    Args:
        clusters, labels: ints `(N,)` from 0 on.

    Returns:
        (`Estimate`, dictionary {cluster: label}).

    Reference: Kuhn 1955, the Hungarian method.
    """
    from scipy.optimize import linear_sum_assignment

    clusters, labels = _labels(clusters), _labels(labels)
    size = int(max(clusters.max(), labels.max())) + 1
    if len(clusters) != len(labels):
        raise InputError(f"clusters and labels must have the same length. Received: {len(clusters)} and {len(labels)}")
    together = np.zeros((size, size), int)
    np.add.at(together, (clusters, labels), 1)
    rows, columns = linear_sum_assignment(-together)
    return mean_estimate(columns[clusters] == labels), dict(zip(rows.tolist(), columns.tolist(), strict=True))


def _labels(labels, classes=MANY):
    """Return labels as an array `(N,)`, or refuse them."""
    labels, classes = np.asarray(labels), positive_integer("classes", classes)
    if labels.ndim != 1 or not len(labels) or labels.dtype.kind not in "iu" or labels.min() < 0 or labels.max() >= classes:
        raise InputError(f"labels must be integers (N,) from 0 to {classes - 1:,}. Received: {labels.dtype} {labels.shape}")
    return labels
