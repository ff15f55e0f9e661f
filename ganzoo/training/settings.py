"""What defines a run: the settings that a resume must repeat, and what config.json tells besides."""

import importlib.metadata
import json
import pathlib
import platform
import sys

from ganzoo import __version__, backend


def describe_optimizer(optimizer):
    """Return an optimizer's class and configuration as one plain string."""
    config = {name: value for name, value in optimizer.get_config().items() if name != "name"}
    return f"{type(optimizer).__name__} {json.dumps(config, default=str, sort_keys=True)}"


def settings_of(model, data, batch_size):
    """Return what must be equal for a resumed run to be the same run, as a dictionary of JSON values."""
    config = model.settings() if hasattr(model, "settings") else model.get_config()
    settings = {"model": type(model).__name__, **config}
    settings |= {"batch_size": batch_size, "data": data.name, "data_fingerprint": data.fingerprint}
    return json.loads(json.dumps(settings, default=str))


def versions():
    """Return the versions of Python and of the packages that decide the numbers."""
    packages = {name: importlib.metadata.version(name) for name in ("keras", "tensorflow", "numpy")}
    return {"python": platform.python_version(), "ganzoo": __version__, **packages}


def config_of(settings, options, first_step, notes):
    """Return what config.json holds.

    Args:
        settings: as `settings_of` returns.
        options: `TrainingOptions`.
        first_step: int, the step at which the run begins.
        notes: dictionary of the caller's, or None.
    """
    return {
        "settings": settings,
        "options": options.counts(),
        "first_step": first_step,
        "versions": versions(),
        "accelerators": backend.accelerators(),
        "command": [pathlib.Path(sys.argv[0]).name, *sys.argv[1:]],
        "notes": notes or {},
    }
