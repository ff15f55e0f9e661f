"""How good samples are. These measures know no GAN: they take arrays, or features of a function that you choose."""

from ganzoo.metrics.classes import class_balance, class_divergence, cluster_accuracy, label_accuracy
from ganzoo.metrics.classifier import Classifier
from ganzoo.metrics.frechet import frechet_distance
from ganzoo.metrics.inception import Inception
from ganzoo.metrics.kernel import kernel_distance
from ganzoo.metrics.manifold import manifold_measures
from ganzoo.metrics.memorisation import memorisation
from ganzoo.metrics.modes import mode_coverage
from ganzoo.metrics.sliced import sliced_wasserstein_distance
from ganzoo.metrics.variety import cluster_centres, effective_modes, mean_pairwise_distance

__all__ = [
    "Classifier",
    "Inception",
    "class_balance",
    "class_divergence",
    "cluster_accuracy",
    "cluster_centres",
    "effective_modes",
    "frechet_distance",
    "kernel_distance",
    "label_accuracy",
    "manifold_measures",
    "mean_pairwise_distance",
    "memorisation",
    "mode_coverage",
    "sliced_wasserstein_distance",
]
