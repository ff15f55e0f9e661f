"""Measures of samples. They know no GAN: they take arrays, most of them features of `ganzoo.evaluation.features`.

The functions say what is measured; the classes of the same names follow the protocol `ganzoo.evaluation.measure.Measure`, so
that evaluations are loops over measures.
"""

from ganzoo.evaluation.metrics.classes import (
    ClassBalance,
    class_balance,
    class_divergence,
    cluster_accuracy,
    label_accuracy,
)
from ganzoo.evaluation.metrics.copies import TrainingNeighbors, memorization
from ganzoo.evaluation.metrics.frechet import FrechetDistance, frechet_distance
from ganzoo.evaluation.metrics.kernel import KernelDistance, excess_kernel_distance, kernel_distance
from ganzoo.evaluation.metrics.manifold import PrecisionRecallDensityCoverage, precision_recall_density_coverage
from ganzoo.evaluation.metrics.modes import mode_coverage
from ganzoo.evaluation.metrics.sliced import SlicedWassersteinDistance, sliced_wasserstein_distance
from ganzoo.evaluation.metrics.variety import cluster_centers, effective_modes, rms_pairwise_distance

__all__ = [
    "ClassBalance",
    "FrechetDistance",
    "KernelDistance",
    "PrecisionRecallDensityCoverage",
    "SlicedWassersteinDistance",
    "TrainingNeighbors",
    "class_balance",
    "class_divergence",
    "cluster_accuracy",
    "cluster_centers",
    "effective_modes",
    "excess_kernel_distance",
    "frechet_distance",
    "kernel_distance",
    "label_accuracy",
    "memorization",
    "mode_coverage",
    "precision_recall_density_coverage",
    "rms_pairwise_distance",
    "sliced_wasserstein_distance",
]
