"""The folder of an export: which files in it are an export's own, and how they are replaced, all or none."""

import os
import pathlib
import re
import shutil

from ganzoo.errors import InputError
from ganzoo.export.litert import QUANTIZATIONS, file_name
from ganzoo.export.model_card import CARD, PICTURE, SIGN, VOCABULARY


def check_path(path):
    """Raise InputError if a path is there and no folder of an export, or an empty one."""
    path = pathlib.Path(path)
    if path.exists() and not (path.is_dir() and (_is_export(path) or not any(path.iterdir()))):
        raise InputError(f"{path} exists and is no exported generator; choose another output.")


def put_in_place(aside, path, endpoints):
    """Put what stands in the folder `made` at `path`, in place of an export that is there; other files there stay.

    Args:
        aside: folder, beside `path`, that is removed.
        path: the folder of the export.
        endpoints: names of the model's endpoints.

    Raises:
        OSError: if it cannot be; what was there is put back.
    """
    made, before = aside / "made", aside / "before"
    if not path.exists():
        os.rename(made, path)
    else:
        before.mkdir()
        moves = [(each, before / each.name) for each in _own(path, endpoints)] + [
            (each, path / each.name) for each in made.iterdir()
        ]
        done = []
        try:
            for old, new in moves:
                os.rename(old, new)
                done.append((old, new))
        except OSError:
            for old, new in reversed(done):
                os.rename(new, old)
            shutil.rmtree(aside, ignore_errors=True)
            raise
    shutil.rmtree(aside)


def _is_export(path):
    """Return whether a folder holds a SavedModel, for TensorFlow Serving or not, or a card of ganzoo's."""
    if (path / "saved_model.pb").exists() or (path / "1" / "saved_model.pb").exists():
        return True
    return SIGN in _card(path)


def _card(path):
    """Return the text of a folder's card, empty where there is none."""
    card = path / CARD
    return card.read_text("utf-8", errors="replace") if card.is_file() else ""


def _own(path, endpoints):
    """Return the entries of a folder that an export of these endpoints, or of those on its card, wrote; none of no export."""
    if not path.exists() or not _is_export(path):
        return []
    names = [CARD, PICTURE, VOCABULARY, "requests", *(f"{name}.onnx" for name in ("generator", *endpoints))]
    names += [file_name(each) for each in QUANTIZATIONS]
    card = _card(path)
    names += re.findall(r"^\| `(\w+\.onnx)` \|", card, re.MULTILINE) if SIGN in card else []
    if (path / "saved_model.pb").exists():
        names += ["saved_model.pb", "fingerprint.pb", "variables", "assets"]
    if (path / "1" / "saved_model.pb").exists():
        names.append("1")
    return [path / name for name in dict.fromkeys(names) if (path / name).exists()]
