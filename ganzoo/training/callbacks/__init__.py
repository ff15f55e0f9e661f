"""Keras callbacks that `train` uses; each works alone, too."""

from ganzoo.training.callbacks.checkpoints import Checkpoints
from ganzoo.training.callbacks.diagnosis import Diagnosis
from ganzoo.training.callbacks.guards import NonFiniteGuard, StopAfterMinutes, StopAtStep
from ganzoo.training.callbacks.learning_rates import LearningRates
from ganzoo.training.callbacks.log_interval import LogInterval
from ganzoo.training.callbacks.metrics_csv import MetricsCSV
from ganzoo.training.callbacks.progress import ProgressBar
from ganzoo.training.callbacks.quality import SampleQuality
from ganzoo.training.callbacks.sample_grids import SampleGrids
from ganzoo.training.callbacks.sequence import CallbackSequence, KeepStep

__all__ = [
    "CallbackSequence",
    "Checkpoints",
    "Diagnosis",
    "KeepStep",
    "LearningRates",
    "LogInterval",
    "MetricsCSV",
    "NonFiniteGuard",
    "ProgressBar",
    "SampleGrids",
    "SampleQuality",
    "StopAfterMinutes",
    "StopAtStep",
]
