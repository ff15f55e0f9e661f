"""Training: `train`, its callbacks (`training.callbacks`) and what a run leaves on disk (`training.runs`)."""

from ganzoo.training.loop import train
from ganzoo.training.settings import describe_optimizer

__all__ = ["describe_optimizer", "train"]
