"""What a run leaves on disk: its folder, its settings, its checkpoints. Knows no model, takes arrays and dictionaries."""

from ganzoo.runs.checkpoints import CheckpointStore
from ganzoo.runs.directory import RunDirectory

__all__ = ["CheckpointStore", "RunDirectory"]
