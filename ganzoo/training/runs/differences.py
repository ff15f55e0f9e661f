"""Differences between the settings of two runs, as readable paths."""

from ganzoo.utils.files import shorten

ABSENT = object()


def changes(old, new, path=""):
    """Return what differs between two nested JSON values as a list of (path, old value, new value), sorted by path.

    Args:
        old, new: dictionaries, lists, strings, numbers, booleans, None.
        path: str, where they stand.
    """
    if isinstance(old, dict) and isinstance(new, dict):
        names = sorted(old.keys() | new.keys())
        pairs = [(f"{path}.{name}" if path else name, old.get(name, ABSENT), new.get(name, ABSENT)) for name in names]
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        pairs = [(f"{path}[{i}]", *pair) for i, pair in enumerate(zip(old, new, strict=True))]
    else:
        same = old == new and isinstance(old, bool) == isinstance(new, bool)
        return [] if same else [(path, old, new)]
    return [change for name, a, b in pairs for change in changes(a, b, name)]


def paths(value, path=""):
    """Return the paths of all parts of a nested JSON value, a list of str."""
    if isinstance(value, dict):
        pairs = [(f"{path}.{name}" if path else name, each) for name, each in value.items()]
    elif isinstance(value, list):
        pairs = [(f"{path}[{i}]", each) for i, each in enumerate(value)]
    else:
        pairs = []
    return [each for name, inner in pairs for each in (name, *paths(inner, name))]


def differences(old, new):
    """Return what differs between two nested JSON values as a list of sentences "path: old -> new".

    Args:
        old, new: as in `changes`.

    Returns:
        list of str, each printable and short.

    Example:
        >>> differences({"objective": {"loss": "Hinge"}, "seed": 0}, {"objective": {"loss": "Wasserstein"}, "seed": 0})
        ["objective.loss: 'Hinge' -> 'Wasserstein'"]
    """
    return [describe(change) for change in changes(old, new)]


def describe(change):
    """Return one change of `changes` as "path: old -> new"."""
    path, *values = change
    old, new = ("absent" if value is ABSENT else shorten(repr(value)) for value in values)
    return f"{shorten(path)}: {old} -> {new}"
