"""Reading an .npz that may be anyone's: names, shapes, dtypes and sizes are checked before any array is read."""

import contextlib
import errno
import math
import zipfile

import numpy as np

HEADER_BYTES = 20_000  # of one array's header, and of its entries in the archive: an upper limit


class DamagedError(Exception):
    """An archive or manifest is not what ganzoo writes; the message says what is wrong."""


def read_headers(archive):
    """Return {name: (shape, dtype)} of an open `zipfile.ZipFile` of arrays as `numpy.savez` writes them.

    Raises:
        DamagedError: if an entry is not an uncompressed array of numbers of the size that its header declares.
    """
    headers = {}
    for member in archive.infolist():
        name = member.filename.removesuffix(".npy")
        if name == member.filename or name in headers:
            raise DamagedError("arrays.npz holds something else than arrays")
        if member.compress_type != zipfile.ZIP_STORED or member.flag_bits & 1 or member.compress_size != member.file_size:
            raise DamagedError("arrays.npz is compressed or encrypted")
        with archive.open(member) as file:
            read = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
            shape, _, dtype = read[np.lib.format.read_magic(file)](file)
            size = member.file_size - file.tell()
        if dtype.kind not in "biuf" or any(side < 0 for side in shape) or math.prod(shape) * dtype.itemsize != size:
            raise DamagedError("arrays.npz holds an array that is not what its header says")
        headers[name] = (tuple(shape), dtype)
    return headers


def read_arrays(path, accept):
    """Read the arrays of an .npz.

    Args:
        path: the file; its size must be checked already, the total of the arrays cannot be larger.
        accept: callable that is given {name: (shape, dtype)} before arrays are read, and raises what it likes.

    Returns:
        {name: array}.

    Raises:
        DamagedError: if it is not such as `numpy.savez` writes.
        OSError, MemoryError: if it cannot be read here and now, whatever it holds.
    """
    size = path.stat().st_size
    with contextlib.ExitStack() as at_exit:
        with _damage():
            archive = at_exit.enter_context(zipfile.ZipFile(path))
            if sum(member.file_size for member in archive.infolist()) > size:
                raise DamagedError("arrays.npz declares more than it holds")
            headers = read_headers(archive)
        accept(headers)
        arrays = {}
        for name in headers:
            with _damage(), archive.open(f"{name}.npy") as file:
                arrays[name] = np.lib.format.read_array(file, allow_pickle=False)
    return arrays


@contextlib.contextmanager
def _damage():
    """Turn what zipfile and NumPy raise for damaged bytes, of many kinds, into DamagedError."""
    try:
        yield
    except (DamagedError, MemoryError):
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):  # EINVAL: an offset that no file has
            raise
        raise DamagedError("arrays.npz cannot be read") from error
