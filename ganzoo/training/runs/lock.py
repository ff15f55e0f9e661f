"""One writer per run: a lock that the system releases when its process ends, however it ends."""

import contextlib
import os

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

from ganzoo.errors import InputError


@contextlib.contextmanager
def locked(path, what):
    """Hold an exclusive lock on a file, which holds this process's number meanwhile and is left behind.

    Args:
        path: the lock file; made if absent.
        what: str, what it guards, for the message.

    Raises:
        InputError: if another process holds it; names that process.
        OSError: if the file cannot be written.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0), 0o644)
    try:
        if not _try_lock(handle):
            owner = os.pread(handle, 20, 0).decode("ascii", "replace").strip() if hasattr(os, "pread") else ""
            by = f"process {owner}" if owner.isdigit() else "another process"
            raise InputError(f"{by} is training in {what} now; wait until it ends, or stop it first.")
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode("ascii"))
        yield
    finally:
        os.close(handle)  # releases the lock


def _try_lock(handle):
    """Return whether the lock was taken; where the file system knows no locks, act as if it were."""
    if fcntl is None:
        return _try_lock_on_windows(handle)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _try_lock_on_windows(handle):
    import msvcrt

    try:
        os.lseek(handle, 1 << 20, os.SEEK_SET)  # beyond the number, which must stay readable
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        os.lseek(handle, 0, os.SEEK_SET)
    except OSError:
        return False
    return True
