"""Regularizers of a player: penalties of its gradients or weights, and weight clipping, usable with every GAN.

A regularizer is an object with four methods, each of which may do nothing: `penalty` and `weight_penalty`, added to the
player's loss, `after_update`, called once the player's optimizer has moved its weights, and `build`, which makes variables.
"""

from ganzoo.regularizers.base import Regularizer
from ganzoo.regularizers.gradients import DRAGAN, R1, R2, GradientPenalty
from ganzoo.regularizers.path_length import PathLength, path_lengths
from ganzoo.regularizers.weights import HistoricalAveraging, Orthogonal, WeightClip
from ganzoo.regularizers.wrappers import Lazy, Scheduled

__all__ = ["BY_NAME", "DRAGAN", "R1", "R2", "GradientPenalty", "HistoricalAveraging", "Lazy", "Orthogonal", "PathLength"]
__all__ += ["Regularizer", "Scheduled", "WeightClip", "path_lengths"]

# Name on the command line -> (class, whether the generator has it too).
BY_NAME: dict[str, tuple[type[Regularizer], bool]] = {
    "gradient_penalty": (GradientPenalty, False),
    "dragan": (DRAGAN, False),
    "r1": (R1, False),
    "r2": (R2, False),
    "orthogonal": (Orthogonal, False),
    "historical_averaging": (HistoricalAveraging, True),
}
