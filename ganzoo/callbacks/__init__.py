"""What happens around training, each a Keras callback that is usable alone."""

from ganzoo.callbacks.checkpoints import Checkpoints
from ganzoo.callbacks.diagnosis import Diagnosis
from ganzoo.callbacks.guards import NonFiniteGuard, StopAfterMinutes, StopAtStep
from ganzoo.callbacks.journal import Journal
from ganzoo.callbacks.progress import ProgressBar
from ganzoo.callbacks.quality import SampleQuality
from ganzoo.callbacks.samples import SampleGrids

__all__ = [
    "Checkpoints",
    "Diagnosis",
    "Journal",
    "NonFiniteGuard",
    "ProgressBar",
    "SampleGrids",
    "SampleQuality",
    "StopAfterMinutes",
    "StopAtStep",
]
