"""Checkpoints that a crash cannot spoil: written beside, flushed, renamed; verified by SHA-256 when read.

One checkpoint is a folder `step_00000500` with `arrays.npz` and `manifest.json` (the step, and size and SHA-256 of the
archive). Until the rename the folder is called `writing_...` and is never read, so a run killed at any moment leaves the
older checkpoints whole.
"""

import hashlib
import json
import os
import pathlib
import shutil

import numpy as np


class CheckpointStore:
    """The checkpoints of one run.

    Args:
        folder: where they stand; made at the first save.
        keep: int, at least 2: how many of the newest are kept.
    """

    def __init__(self, folder, keep=3):
        if keep < 2:
            raise ValueError(f"keep must be at least 2, so that one is whole whatever happens. Received: keep={keep}")
        self.folder = pathlib.Path(folder)
        self.keep = keep

    def save(self, step, arrays):
        """Write a checkpoint and drop the oldest ones.

        Args:
            step: int, at least 0.
            arrays: dictionary of name -> array.

        Returns:
            The folder written, a `pathlib.Path`.

        Raises:
            OSError: if the disk does not take it; the older checkpoints stay.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        for leftover in self.folder.glob("writing_*"):
            shutil.rmtree(leftover)
        final = self.folder / f"step_{step:08d}"
        writing = self.folder / f"writing_{final.name}"
        writing.mkdir()
        archive = writing / "arrays.npz"
        with open(archive, "wb") as file:
            np.savez(file, **arrays)
            file.flush()
            os.fsync(file.fileno())
        manifest = {"step": step, "bytes": archive.stat().st_size, "sha256": _sha256(archive)}
        with open(writing / "manifest.json", "w", encoding="utf-8") as file:
            json.dump(manifest, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        _sync_folder(writing)
        if final.exists():
            shutil.rmtree(final)
        os.rename(writing, final)
        _sync_folder(self.folder)
        for old in self.steps()[: -self.keep]:
            shutil.rmtree(self.folder / f"step_{old:08d}")
        return final

    def steps(self):
        """Return the steps of the checkpoints present, ascending, whether whole or not."""
        names = [path.name for path in self.folder.glob("step_*")] if self.folder.is_dir() else []
        return sorted(int(name[5:]) for name in names if name[5:].isdigit())

    def latest(self, report=print):
        """Read the newest whole checkpoint.

        A torn or altered one is renamed to `damaged_...`, so that it neither counts nor is read again.

        Args:
            report: called with a sentence for each checkpoint that is passed over.

        Returns:
            `(step, arrays)`, or None if there is none.
        """
        for step in reversed(self.steps()):
            path = self.folder / f"step_{step:08d}"
            fault = _fault(path, step)
            if fault is None:
                with np.load(path / "arrays.npz", allow_pickle=False) as archive:
                    return step, dict(archive)
            damaged = self.folder / f"damaged_{path.name}"
            shutil.rmtree(damaged, ignore_errors=True)
            os.rename(path, damaged)
            report(f"Checkpoint {path} is damaged ({fault}); it is passed over and kept as {damaged.name}.")
        return None


def _fault(path, step):
    """Return what is wrong with a checkpoint, or None."""
    try:
        manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
        expected = (manifest["step"], manifest["bytes"], manifest["sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        return "its manifest cannot be read"
    archive = path / "arrays.npz"
    if not archive.is_file():
        return "arrays.npz is missing"
    if expected[:2] != (step, archive.stat().st_size):
        return "the size or the step is not what its manifest says"
    return None if _sha256(archive) == expected[2] else "the SHA-256 of arrays.npz is not what its manifest says"


def _sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync_folder(path):
    """Push a folder's entries to disk, where the system can (Windows cannot open folders)."""
    if os.name != "posix":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
