"""The folder of one run: which file is where, which settings made it, and whether a resume may continue in it."""

import contextlib
import json

from ganzoo.errors import InputError
from ganzoo.training.runs.checkpoint_store import CheckpointStore
from ganzoo.training.runs.config_schema import SCHEMA, check_config, new_run_id
from ganzoo.training.runs.differences import changes, describe, paths
from ganzoo.training.runs.lock import locked
from ganzoo.utils.files import check_plain_tree, expanded, read_json, shorten, write_whole


class RunDirectory:
    """A run's folder. Reading writes nothing, so the folder may be read-only; all writing is done inside `writing()`.

    Args:
        path: the folder; need not exist.

    Raises:
        InputError: if it is a file.
    """

    def __init__(self, path):
        self.path = expanded(path)
        if self.path.exists() and not self.path.is_dir():
            raise InputError(f"run_dir must be a folder, but {self.path} is a file.")
        self.config_path = self.path / "config.json"
        self.metrics_path = self.path / "metrics.csv"
        self.samples = self.path / "samples"
        self.tensorboard = self.path / "tensorboard"
        self.saved_model = self.path / "generator"
        self.checkpoints = CheckpointStore(self.path / "checkpoints")

    @contextlib.contextmanager
    def writing(self):
        """Make the folder and keep every other process from training in it.

        Raises:
            InputError: if another process trains in it, it cannot be written, or it holds a link, a pipe or a device.
        """
        with contextlib.ExitStack() as stack:
            try:
                self.path.mkdir(parents=True, exist_ok=True)
                check_plain_tree(self.path)
                stack.enter_context(locked(self.path / ".lock", self.path))
            except OSError as error:
                raise InputError(f"run_dir {self.path} cannot be written: {error.strerror}.") from error
            yield

    def config(self):
        """Return what `config.json` holds, checked (see `ganzoo.training.runs.config_schema`), or None if there is none.

        Raises:
            InputError: if it is damaged or was written by another version.
        """
        if not self.config_path.exists():
            return None
        config = check_config(read_json(self.config_path), self.config_path)
        self.checkpoints.run = config["run"]
        return config

    def write_config(self, config):
        """Write `config.json` in one stroke, with the schema, and with the run's identity, made where `config` has none."""
        config = {"schema": SCHEMA, "run": self.checkpoints.run or new_run_id()} | config
        self.checkpoints.run = config["run"]
        write_whole(self.config_path, json.dumps(config, indent=1, default=str) + "\n")

    def check_fresh(self):
        """Raise InputError if there is a run here already: a new one must not overwrite it unasked."""
        if self.config_path.exists() or self.checkpoints.steps():
            raise InputError(f"{self.path} holds a run already. Go on with it (--resume) or choose another run_dir.")

    def check_same(self, settings, override=()):
        """Refuse to resume under other settings than the run began with.

        Args:
            settings: dictionary of JSON values, nested.
            override: sequence of str, parts of the settings that may differ, with all below them, e.g. "generator_optimizer" or
                "objective.loss".

        Returns:
            list of (path, old, new), the differences that `override` allows.

        Raises:
            InputError: listing every other difference, old and new.
        """
        config = self.config()
        if config is None:
            raise InputError(f"there is no run to resume in {self.path}: config.json is missing.")
        old = config["settings"]
        if old.get("model") != settings.get("model"):
            names = (shorten(each.get("model")) for each in (old, settings))
            raise InputError("{} is a run of {} and cannot be resumed as {}.".format(self.path, *names))
        found = changes(old, settings)
        known = {*paths(old), *paths(settings)}
        unknown = [name for name in override if not any(_is_within(path, name) for path in known)]
        if unknown:
            raise InputError(
                f"override must name settings: {', '.join(sorted(settings))}, or parts of them. Received: {', '.join(unknown)}"
            )
        allowed = [change for change in found if any(_is_within(change[0], name) for name in override)]
        listed = [describe(change) for change in found if change not in allowed]
        if listed:
            more = f"; and {len(listed) - 12} more" if len(listed) > 12 else ""
            raise InputError(
                f"{self.path} was begun with other settings, so it cannot be resumed with these: "
                f"{'; '.join(listed[:12])}{more}. To change one on purpose, name it in override."
            )
        return allowed


def _is_within(path, name):
    """Return whether a path leads through the part of the settings that is named: objective.loss through objective and loss."""
    return f".{name}." in f".{path}.".replace("[", ".[")
