"""What a run leaves on disk: folder, settings, checkpoints, as arrays and dictionaries; knows no model."""

from ganzoo.training.runs.checkpoint_store import CheckpointStore
from ganzoo.training.runs.directory import RunDirectory

__all__ = ["CheckpointStore", "RunDirectory"]
