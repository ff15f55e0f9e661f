"""What defines a run: the settings that a resume must repeat, and what config.json tells besides."""

import importlib.metadata
import json
import pathlib
import platform
import sys

from ganzoo import __version__, backend
from ganzoo.core.config import serialize
from ganzoo.errors import InputError


def settings_of(model, data, batch_size):
    """Return what must be equal for a resumed run to be the same run, as a dictionary of JSON values."""
    settings = model.settings() | {"batch_size": batch_size, "data": data.name, "data_fingerprint": data.fingerprint}
    settings |= {f"data_{name}": value for name, value in getattr(data, "settings", {}).items()}
    return json.loads(json.dumps(settings, default=str))


def description_of(model):
    """Return a dictionary that `ganzoo.load` builds the model from, empty if there can be none."""
    try:
        return serialize(model)
    except InputError:
        return {}


def optimizers_of(model):
    """Return {"optimizers": {player: dictionary}}, which `ganzoo.load` compiles the model with; empty if there can be none."""
    try:
        return model.get_compile_config()
    except InputError:
        return {}


def versions():
    """Return the versions of Python and of the packages that decide the numbers."""
    packages = {name: importlib.metadata.version(name) for name in ("keras", "tensorflow", "numpy")}
    return {"python": platform.python_version(), "ganzoo": __version__, **packages}


def config_of(model, settings, options, first_step, notes, overrides):
    """Return what config.json holds besides the schema and the run's identity.

    Args:
        model: what `ganzoo.load` builds anew; a model that was made of a Python function cannot be described.
        settings: as `settings_of` returns.
        options: `TrainingOptions`.
        first_step: int, the step at which the run begins.
        notes: dictionary of the caller's, or None.
        overrides: list of {"step": int, "changes": list of str}: the settings that were changed on purpose, and when.
    """
    return {
        "model": description_of(model),
        "compile": optimizers_of(model),
        "settings": settings,
        "options": options.counts(),
        "first_step": first_step,
        "versions": versions(),
        "accelerators": backend.accelerators(),
        "command": [pathlib.Path(sys.argv[0]).name, *sys.argv[1:]],
        "notes": notes or {},
        "overrides": overrides,
    }
