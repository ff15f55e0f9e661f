"""The folder of one run: what stands where, which settings made it, and whether a resume may go on in it."""

import json
import os
import pathlib

from ganzoo.errors import InputError
from ganzoo.training.runs.checkpoint_store import CheckpointStore


class RunDirectory:
    """A run's folder.

    Args:
        path: the folder; made if absent.

    Raises:
        InputError: if it is a file or cannot be written.
    """

    def __init__(self, path):
        self.path = pathlib.Path(path)
        if self.path.exists() and not self.path.is_dir():
            raise InputError(f"run_dir must be a folder, but {self.path} is a file.")
        probe = self.path / f".probe_{os.getpid()}"
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise InputError(f"run_dir {self.path} cannot be written: {error.strerror}.") from error
        self.config_path = self.path / "config.json"
        self.metrics_path = self.path / "metrics.csv"
        self.samples = self.path / "samples"
        self.tensorboard = self.path / "tensorboard"
        self.saved_model = self.path / "generator"
        self.checkpoints = CheckpointStore(self.path / "checkpoints")

    def config(self):
        """Return what `config.json` holds, or None if there is none.

        Raises:
            InputError: if it cannot be read as JSON.
        """
        if not self.config_path.exists():
            return None
        try:
            return json.loads(self.config_path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise InputError(f"{self.config_path} cannot be read: {error}") from error

    def write_config(self, config):
        """Write `config.json` in one stroke: a reader sees the old or the new one, never a half."""
        temporary = self.config_path.with_suffix(".writing")
        temporary.write_text(json.dumps(config, indent=1, default=str) + "\n", encoding="utf-8")
        os.replace(temporary, self.config_path)

    def check_fresh(self):
        """Raise InputError if a run stands here already: a new one must not overwrite it unasked."""
        if self.config_path.exists() or self.checkpoints.steps():
            raise InputError(f"{self.path} holds a run already. Go on with it (--resume) or choose another run_dir.")

    def check_same(self, settings):
        """Refuse to resume under other settings than the run began with.

        Args:
            settings: dictionary of plain values.

        Raises:
            InputError: listing every difference, old and new.
        """
        config = self.config()
        if config is None:
            raise InputError(f"there is no run to resume in {self.path}: config.json is missing.")
        old = config.get("settings", {})
        new = json.loads(json.dumps(settings, default=str))
        if old.get("model") != new.get("model"):
            raise InputError(f"{self.path} is a run of {old.get('model')} and cannot be resumed as {new.get('model')}.")
        names = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
        if names:
            listed = "; ".join(f"{name}: {old.get(name)!r} -> {new.get(name)!r}" for name in names)
            raise InputError(f"{self.path} was begun with other settings, so it cannot be resumed with these: {listed}")
