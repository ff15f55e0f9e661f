"""Keras callbacks that `train` uses; each works alone, too."""

from ganzoo.training.callbacks.checkpoints import Checkpoints
from ganzoo.training.callbacks.diagnosis import Diagnosis
from ganzoo.training.callbacks.guards import NonFiniteGuard, StopAfterMinutes, StopAtStep
from ganzoo.training.callbacks.metrics_csv import MetricsCSV
from ganzoo.training.callbacks.progress import ProgressBar
from ganzoo.training.callbacks.quality import SampleQuality
from ganzoo.training.callbacks.sample_grids import SampleGrids

__all__ = [
    "Checkpoints",
    "Diagnosis",
    "MetricsCSV",
    "NonFiniteGuard",
    "ProgressBar",
    "SampleGrids",
    "SampleQuality",
    "StopAfterMinutes",
    "StopAtStep",
]
