"""Measures of samples. They know no GAN: they take arrays, most of them features of a function that you choose."""

from ganzoo.evaluation.metrics.classes import class_balance, class_divergence, cluster_accuracy, label_accuracy
from ganzoo.evaluation.metrics.copies import memorization
from ganzoo.evaluation.metrics.frechet import frechet_distance
from ganzoo.evaluation.metrics.kernel import kernel_distance
from ganzoo.evaluation.metrics.manifold import precision_recall_density_coverage
from ganzoo.evaluation.metrics.modes import mode_coverage
from ganzoo.evaluation.metrics.sliced import sliced_wasserstein_distance
from ganzoo.evaluation.metrics.variety import cluster_centers, effective_modes, rms_pairwise_distance

__all__ = [
    "class_balance",
    "class_divergence",
    "cluster_accuracy",
    "cluster_centers",
    "effective_modes",
    "frechet_distance",
    "kernel_distance",
    "label_accuracy",
    "memorization",
    "mode_coverage",
    "precision_recall_density_coverage",
    "rms_pairwise_distance",
    "sliced_wasserstein_distance",
]
