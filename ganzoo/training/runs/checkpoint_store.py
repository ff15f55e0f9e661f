"""Crash-safe checkpoints: written aside, flushed, renamed, verified by SHA-256 when read.

One checkpoint is a folder `step_00000500` with `arrays.npz` and `manifest.json` (the step, the stage, the run's identity, size
and SHA-256 of the archive). Until the rename the folder is called `writing_...` and is never read, so a run killed at any
moment leaves the older checkpoints whole.
"""

import errno
import hashlib
import json
import os
import pathlib
import re
import shutil
from typing import NamedTuple

import numpy as np

from ganzoo.errors import InputError
from ganzoo.training.runs.archives import HEADER_BYTES, DamagedError, read_arrays
from ganzoo.utils.files import check_regular, naming, read_json, shorten

MAX_BYTES = 2**34  # of an archive of which nothing is known
LOGS = "logs/"  # arrays of this prefix are scalars that a checkpoint may hold besides the model's state
MAX_LOGS = 200


class Checkpoint(NamedTuple):
    """What `CheckpointStore.latest` reads: step (int), arrays ({name: array}), stage (int)."""

    step: int
    arrays: dict
    stage: int = 0


class CheckpointStore:
    """The checkpoints of one run.

    Args:
        folder: where they are; made at the first save.
        keep: int, at least 2: how many of the newest are kept.
        run: str, the identity of the run that they belong to; None accepts those of any.
    """

    def __init__(self, folder, keep=3, run=None):
        if keep < 2:
            raise ValueError(f"keep must be at least 2, so that one is whole whatever happens. Received: keep={keep}")
        self.folder = pathlib.Path(folder)
        self.keep, self.run = keep, run

    def path(self, step):
        """Return the folder of the checkpoint of a step, whether it exists or not."""
        return self.folder / f"step_{step:08d}"

    def save(self, step, arrays, stage=0):
        """Write a checkpoint, set those of later steps aside and drop the oldest ones.

        Args:
            step: int, at least 0.
            arrays: dictionary of name -> array.
            stage: int, the model's stage.

        Returns:
            The folder written, a `pathlib.Path`.

        Raises:
            OSError: if it cannot be written to disk; the error names the file, and the older checkpoints stay.
        """
        self.set_aside_after(step)
        final = self.path(step)
        writing = self.folder / f"writing_{final.name}"
        with naming(writing):
            self.folder.mkdir(parents=True, exist_ok=True)
            for leftover in self.folder.glob("writing_*"):
                _remove(leftover)
            writing.mkdir()
        try:
            self._write(writing, step, arrays, stage)
        except OSError:
            shutil.rmtree(writing, ignore_errors=True)  # what a full disk needs first
            raise
        if final.exists():
            _remove(final)
        os.rename(writing, final)
        _sync_folder(self.folder)
        for old in [each for each in self.steps() if each <= step][: -self.keep]:
            _remove(self.path(old))
        return final

    def _write(self, writing, step, arrays, stage):
        archive = writing / "arrays.npz"
        with naming(archive), open(archive, "wb") as file:
            np.savez(file, **arrays)
            file.flush()
            os.fsync(file.fileno())
        manifest = {"step": step, "stage": stage, "run": self.run, "bytes": archive.stat().st_size, "sha256": _sha256(archive)}
        with naming(writing / "manifest.json"), open(writing / "manifest.json", "w", encoding="utf-8") as file:
            json.dump(manifest, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        _sync_folder(writing)

    def set_aside_after(self, step):
        """Rename checkpoints of later steps to `later_...`: a run that went back is not resumed where it no longer is."""
        for later in self.steps():
            if later > step:
                aside = self.folder / f"later_{self.path(later).name}"
                _remove(aside)
                os.rename(self.path(later), aside)

    def steps(self):
        """Return the steps of the checkpoints present, ascending, whether whole or not."""
        names = self._names()
        found = [int(name[5:]) for name in names if re.fullmatch(r"step_\d{8,18}", name, re.ASCII)]
        return sorted(step for step in found if self.path(step).name in names)

    def damaged(self):
        """Return the names of the checkpoints set aside as damaged, and of those still there, where none is whole."""
        aside = sorted(name for name in self._names() if name.startswith("damaged_"))
        return [*aside, *(self.path(step).name for step in self.steps())]

    def _names(self):
        try:
            return os.listdir(self.folder)
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise InputError(f"{self.folder} cannot be read: {error.strerror}.") from error

    def latest(self, expected=None, report=print, repair=False):
        """Read the newest whole checkpoint.

        Args:
            expected: {name: (shape, dtype)}, the arrays that it must hold, or a callable that returns them when it is given the
                checkpoint's stage; None accepts any numbers. Scalars whose names begin with `logs/` may be there besides.
            report: called with a sentence for each damaged checkpoint that is passed over.
            repair: rename damaged ones to `damaged_...`, so that they are neither counted nor read again; only for the process
                that trains in this folder.

        Returns:
            `Checkpoint`, or None if there is none.

        Raises:
            InputError: if the newest whole checkpoint is of another run or another network, or if one cannot be read for a
                reason other than damage: permissions, memory, a disk that does not respond.
        """
        for _ in range(3):
            steps = self.steps()
            for step in reversed(steps):
                path = self.path(step)
                try:
                    return self._read(path, step, expected)
                except (DamagedError, FileNotFoundError, NotADirectoryError) as error:
                    if not path.exists():
                        continue  # removed meanwhile by the process that trains here
                    fault = str(error) if isinstance(error, DamagedError) else "arrays.npz cannot be read"
                except (OSError, MemoryError) as error:
                    reason = getattr(error, "strerror", None) or "there is too little memory"
                    raise InputError(
                        f"checkpoint {shorten(path, 300)} cannot be read: {reason}. See to that first, or move it "
                        "away to go on from an older one."
                    ) from error
                kept = self._set_aside(path) if repair else ""
                report(f"Checkpoint {shorten(path, 300)} is damaged ({fault}); it is passed over{kept}.")
            if self.steps() == steps or repair:
                return None
        return None

    def _set_aside(self, path):
        damaged = self.folder / f"damaged_{path.name}"
        try:
            _remove(damaged)
            os.rename(path, damaged)
        except OSError:
            return ""
        return f" and kept as {damaged.name}"

    def _read(self, path, step, expected):
        """Return the checkpoint in a folder, or raise DamagedError, InputError, or OSError and MemoryError."""
        manifest, archive = _read_manifest(path, step), path / "arrays.npz"
        if self.run is not None and manifest["run"] != self.run:
            raise InputError(
                f"checkpoint {path} is not of this run: it was written by another run than the one that config.json describes. "
                "Move it away to resume from an older one."
            )
        if not archive.is_file():
            raise DamagedError("arrays.npz is missing")
        try:
            size = check_regular(archive, MAX_BYTES if expected is None or callable(expected) else _size_limit(expected))
        except InputError as error:
            _raise_if_unread(error)
            raise DamagedError("arrays.npz is larger than it can be") from error
        if manifest["bytes"] != size:
            raise DamagedError("the size or the step is not what its manifest says")
        if _sha256(archive) != manifest["sha256"]:
            raise DamagedError("the SHA-256 of arrays.npz is not what its manifest says")

        def accept(headers):
            if expected is not None:
                _check_headers(headers, expected(manifest["stage"]) if callable(expected) else expected, path)

        return Checkpoint(step, read_arrays(archive, accept), manifest["stage"])


def _read_manifest(path, step):
    """Return a checkpoint's manifest, checked."""
    try:
        manifest = read_json(path / "manifest.json", 100_000)
    except InputError as error:
        _raise_if_unread(error)
        raise DamagedError("its manifest cannot be read") from error
    kinds = {"step": int, "stage": int, "bytes": int, "sha256": str, "run": (str, type(None))}
    if not isinstance(manifest, dict) or not all(
        name in manifest and isinstance(manifest[name], kind) and not isinstance(manifest[name], bool)
        for name, kind in kinds.items()
    ):
        raise DamagedError("its manifest cannot be read")
    if manifest["step"] != step or not 0 <= manifest["stage"] < 10_000:
        raise DamagedError("the size or the step is not what its manifest says")
    return manifest


def _raise_if_unread(error):
    """Raise the OSError that a refusal came from, unless it says that there is no such file."""
    cause = error.__cause__
    if isinstance(cause, OSError) and cause.errno not in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
        raise cause


def _size_limit(expected):
    """Return how many bytes an archive of these arrays can have."""
    bytes_of_arrays = sum(int(np.prod(shape)) * np.dtype(dtype).itemsize for shape, dtype in expected.values())
    return bytes_of_arrays + HEADER_BYTES * (len(expected) + MAX_LOGS)


def _check_headers(headers, expected, path):
    """Raise InputError if the arrays of a checkpoint are not the expected ones."""
    logs = {name: header for name, header in headers.items() if name.startswith(LOGS) and name not in expected}
    model = {name: header for name, header in headers.items() if name not in logs}
    wanted = {name: (tuple(shape), np.dtype(dtype)) for name, (shape, dtype) in expected.items()}
    odd = sorted(model.keys() ^ wanted.keys()) + sorted(n for n in model.keys() & wanted.keys() if model[n] != wanted[n])
    odd += sorted(name for name, (shape, dtype) in logs.items() if shape != () or dtype.kind != "f")
    if odd or len(logs) > MAX_LOGS:
        raise InputError(f"the checkpoint {path} is of another network: {', '.join(map(ascii, odd[:5]))} do not fit.")


def _sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _remove(path):
    """Remove a folder with all in it, a file or a link; nothing where there is nothing."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _sync_folder(path):
    """Push a folder's entries to disk, where the system can (Windows cannot open folders)."""
    if os.name != "posix":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
