"""What a run leaves on disk: folder, settings, checkpoints, as arrays and dictionaries; knows no model."""

from ganzoo.training.runs.checkpoint_store import Checkpoint, CheckpointStore
from ganzoo.training.runs.differences import differences
from ganzoo.training.runs.directory import RunDirectory

__all__ = ["Checkpoint", "CheckpointStore", "RunDirectory", "differences"]
