"""Files that may be damaged, hostile, or on a full disk: bounded reading, whole writing, errors that name the file."""

import contextlib
import errno
import json
import os
import pathlib
import stat

from ganzoo.errors import InputError

FULL = tuple(getattr(errno, name) for name in ("ENOSPC", "EDQUOT") if hasattr(errno, name))  # no space, quota exceeded
MAX_JSON_BYTES, MAX_JSON_DEPTH = 10_000_000, 64


@contextlib.contextmanager
def naming(path):
    """Give errors of a full disk the path of the file that was written: OSErrors without one, and TensorFlow's own errors."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = str(path)
        raise
    except Exception as error:
        for number in FULL:
            if os.strerror(number) in str(error):
                raise OSError(number, os.strerror(number), str(path)) from error
        raise


@contextlib.contextmanager
def replacing(path):
    """Give the name of a new file beside `path` to write; at the end of the block it takes the place of `path`.

    So a crash leaves the old content or the new one, never a half, and what stands there is replaced, not followed: a link may
    lead anywhere, a named pipe would wait for ever.
    """
    path = pathlib.Path(path)
    temporary = path.with_name(f"{path.stem}.writing{path.suffix}")
    temporary.unlink(missing_ok=True)
    try:
        yield temporary
        os.replace(temporary, path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename is not None:
            error.filename = str(path)  # not the name of a file that is gone
        raise


def write_whole(path, content):
    """Write a file so that a reader, or a crash, sees the old content or the new one, never a half.

    Args:
        path: file to write; its folder must exist.
        content: str, written as UTF-8, or bytes.

    Raises:
        OSError: if the disk does not take it; it names the file, and the old content stays.
    """
    with naming(path), replacing(path) as temporary, open(temporary, "xb") as file:
        file.write(content.encode() if isinstance(content, str) else content)
        file.flush()
        os.fsync(file.fileno())


def expanded(path):
    """Return a path, a `pathlib.Path`, with a leading ~ replaced by the home folder: shells leave that of --flag=~/x alone."""
    return pathlib.Path(os.path.expanduser(path))


def check_plain_tree(folder):
    """Raise InputError if a folder, or one in it, holds anything but files and folders.

    Who writes there would write elsewhere through a link, and wait for ever at a named pipe.
    """
    for parent, folders, names in os.walk(folder):
        for path in (pathlib.Path(parent, name) for name in (*folders, *names)):
            mode = os.lstat(path).st_mode
            if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                kind = "a link" if stat.S_ISLNK(mode) else "a pipe, a socket or a device"
                raise InputError(f"{shorten(path, 300)} is {kind}; nothing is written beside it. Move it away first.")


def check_regular(path, max_bytes):
    """Return the size of a regular file in bytes.

    Args:
        path: the file; a link to one passes.
        max_bytes: int, the largest size allowed.

    Raises:
        InputError: if it is absent, a folder, a device, a pipe, a socket, or larger.
    """
    try:
        found = os.stat(path)
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    if not stat.S_ISREG(found.st_mode):
        raise InputError(f"{path} must be a regular file.")
    if found.st_size > max_bytes:
        raise InputError(f"{path} must have at most {max_bytes} bytes. Received: {found.st_size} bytes")
    return found.st_size


def read_json(path, max_bytes=MAX_JSON_BYTES):
    """Read a JSON file that may be anyone's.

    Args:
        path: the file.
        max_bytes: int, the largest size that is read.

    Returns:
        What it holds; nested at most 64 levels deep.

    Raises:
        InputError: if it is no regular file, too large, no JSON, or nested more deeply.
    """
    check_regular(path, max_bytes)
    try:
        content = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path} cannot be read as JSON: {shorten(error, 200)}") from error
    level, depth = [content], 0
    while level:
        if depth > MAX_JSON_DEPTH:
            raise InputError(f"{path} must be nested at most {MAX_JSON_DEPTH} levels deep.")
        inner = (each.values() if isinstance(each, dict) else each for each in level if isinstance(each, (dict, list)))
        level, depth = [value for values in inner for value in values], depth + 1
    return content


def shorten(value, length=80):
    """Return a value as one printable line of at most `length` characters, for messages.

    Example:
        >>> shorten("two\\nlines of a file", 12)
        'two\\\\nlin...'
    """
    text = "".join(c if c.isprintable() else repr(c)[1:-1] for c in str(value)[: 2 * length])
    return text if len(text) <= length else f"{text[: length - 4]}..."
