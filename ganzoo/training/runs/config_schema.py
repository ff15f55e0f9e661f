"""The schema of config.json: which entries, of which types."""

import re
import secrets

from ganzoo.errors import InputError
from ganzoo.utils.files import shorten

SCHEMA = 2  # 0.1.0 wrote none
# {entry: (what it must be, its value where it is absent)}; an entry without a default must be there.
ENTRIES = {
    "run": ("16 hexadecimal digits",),
    "model": ("a dictionary", {}),
    "compile": ("a dictionary", {}),
    "settings": ("a dictionary",),
    "options": ("a dictionary of positive integers", {}),
    "first_step": ("an integer of at least 0", 0),
    "versions": ("a dictionary of strings", {}),
    "accelerators": ("a list of strings", []),
    "command": ("a list of strings", []),
    "notes": ("a dictionary", {}),
    "overrides": ("a list of steps with the changes made there", []),
}


def new_run_id():
    """Return a random identity for a run, which its checkpoints carry."""
    return secrets.token_hex(8)


def check_config(config, path):
    """Return the content of a config.json with defaults for absent entries.

    Args:
        config: what the file holds.
        path: the file, for messages.

    Raises:
        InputError: if it was written by another version, or an entry is not of its type.
    """
    if not isinstance(config, dict):
        raise InputError(f"{path} must hold a dictionary. Received: a {type(config).__name__}")
    if "schema" not in config:
        raise InputError(
            f"{path.parent} was begun by ganzoo 0.1.0, whose runs this version cannot resume; its generator/ SavedModel still "
            "works, and ganzoo 0.1.0 resumes it."
        )
    if not _is_int(config["schema"]) or config["schema"] < SCHEMA:
        raise InputError(f"{path}: schema must be {SCHEMA}. Received: schema={shorten(repr(config['schema']))}")
    if config["schema"] > SCHEMA:
        raise InputError(
            f"{path.parent} was begun by a newer ganzoo (schema {shorten(config['schema'])}; this one reads {SCHEMA}): update "
            "ganzoo to resume it; its generator/ SavedModel works with any version."
        )
    checked = {"schema": SCHEMA}
    for name, (kind, *default) in ENTRIES.items():
        if name not in config and not default:
            raise InputError(f"{path}: {name} is missing; it must be {kind}.")
        checked[name] = config.get(name, *default)
        if not _CHECKS[kind](checked[name]):
            raise InputError(f"{path}: {name} must be {kind}. Received: {shorten(repr(checked[name]))}")
    return checked


def _is_int(value, minimum=-(2**63)):
    return isinstance(value, int) and not isinstance(value, bool) and minimum <= value < 2**63


def _is_list(value, kind):
    return isinstance(value, list) and all(isinstance(each, kind) for each in value)


_CHECKS = {
    "16 hexadecimal digits": lambda value: isinstance(value, str) and re.fullmatch("[0-9a-f]{16}", value),
    "a dictionary": lambda value: isinstance(value, dict),
    "a dictionary of positive integers": lambda value: (
        isinstance(value, dict) and all(_is_int(each, 1) for each in value.values())
    ),
    "an integer of at least 0": lambda value: _is_int(value, 0),
    "a dictionary of strings": lambda value: isinstance(value, dict) and _is_list(list(value.values()), str),
    "a list of strings": lambda value: _is_list(value, str),
    "a list of steps with the changes made there": lambda value: (
        _is_list(value, dict) and all(_is_int(each.get("step"), 0) and _is_list(each.get("changes"), str) for each in value)
    ),
}
