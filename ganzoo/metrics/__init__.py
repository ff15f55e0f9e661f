"""How good samples are. These measures know no GAN: they take arrays, or features of a function that you choose."""

from ganzoo.metrics.classes import class_balance, cluster_accuracy, label_accuracy
from ganzoo.metrics.classifier import Classifier
from ganzoo.metrics.frechet import frechet_distance
from ganzoo.metrics.kernel import kernel_distance
from ganzoo.metrics.manifold import manifold_measures
from ganzoo.metrics.memorisation import memorisation
from ganzoo.metrics.modes import mode_coverage
from ganzoo.metrics.sliced import sliced_wasserstein_distance

__all__ = [
    "Classifier",
    "class_balance",
    "cluster_accuracy",
    "frechet_distance",
    "kernel_distance",
    "label_accuracy",
    "manifold_measures",
    "memorisation",
    "mode_coverage",
    "sliced_wasserstein_distance",
]
