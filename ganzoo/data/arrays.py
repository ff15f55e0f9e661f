"""Arrays of any shape, for models whose examples are neither images nor points, such as series."""

import functools
import hashlib

import numpy as np

from ganzoo.core.inputs import Spec
from ganzoo.data.batching import index_batches
from ganzoo.data.checks import chosen_names, one_line, row_chunks
from ganzoo.errors import InputError


class ArrayDataset:
    """Hold arrays of one length, an example a row, behind the interface of an ImageDataset.

    Args:
        arrays: {part: array (N, ...)} of numbers, finite; floats of any precision become float32, integers int32, and uint8 and
            uint16 stay.
        name: str, what the set is called in messages.

    Attributes:
        arrays: {part: array (N, ...)}.
        notes, skipped: empty.

    Raises:
        InputError: if an array is not as above, or they are empty or of different lengths.

    Example:
        >>> ArrayDataset({"series": np.zeros((10, 24, 2))}).specs
        {'series': Spec(shape=(24, 2), dtype='float32')}
    """

    notes, skipped = (), ()

    def __init__(self, arrays, name="arrays"):
        self.name = one_line(name)
        if not isinstance(arrays, dict) or not arrays:
            raise InputError(f"arrays must be a dictionary of arrays, {{part: array}}. Received: arrays={arrays!r:.100}")
        self.arrays = {part: self._checked(part, np.asarray(values)) for part, values in arrays.items()}
        lengths = {part: len(values) for part, values in self.arrays.items()}
        if len(set(lengths.values())) != 1:
            raise InputError(f"{self.name}: all parts must have the same number of examples. Received: {lengths}")

    def __len__(self):
        """Return the number of examples."""
        return len(next(iter(self.arrays.values())))

    def __repr__(self):
        """Return the facts a user looks for, not the numbers."""
        shapes = ", ".join(f"{part}={values.shape}" for part, values in self.arrays.items())
        return f"ArrayDataset(name={self.name!r}, {shapes})"

    @property
    def specs(self):
        """Return {part: Spec} of one example."""
        return {part: Spec(values.shape[1:], values.dtype.name) for part, values in self.arrays.items()}

    @functools.cached_property
    def fingerprint(self):
        """Return the SHA-256 of names, shapes, dtypes and values, in hexadecimal."""
        digest = hashlib.sha256()
        for part, values in self.arrays.items():
            digest.update(repr((part, values.shape, values.dtype.name)).encode())
            for rows in row_chunks(values):
                digest.update(np.ascontiguousarray(rows))
        return digest.hexdigest()

    def batches(self, batch_size, seed=0, start_step=0, batches_per_step=1, names=None):
        """Read the examples in endless shuffled batches; see `ImageDataset.batches`."""
        arrays = {name: self.arrays[name] for name in chosen_names(names, self.specs, self.name)}
        return index_batches(arrays, batch_size, seed, start_step, batches_per_step, self.name)

    def _checked(self, part, values):
        if values.dtype.kind not in "fiu" or values.ndim < 1 or 0 in values.shape:
            raise InputError(
                f"{self.name}: {part} must be numbers of shape (N, ...). Received: dtype={values.dtype}, shape={values.shape}"
            )
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            raise InputError(
                f"{self.name}: {part} must be finite. Received: {int((~np.isfinite(values)).sum())} numbers that are not"
            )
        if values.dtype.name in ("uint8", "uint16"):
            return values
        return np.ascontiguousarray(values, "float32" if values.dtype.kind == "f" else "int32")
