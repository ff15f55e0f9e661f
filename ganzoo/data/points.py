"""Points in space instead of images: what the smallest GANs of the lecture learn."""

import functools
import hashlib

import numpy as np

from ganzoo.core.inputs import Spec
from ganzoo.data.batching import index_batches
from ganzoo.data.checks import chosen_names
from ganzoo.errors import InputError


class PointDataset:
    """Hold points of R^d as one array, behind the interface of an ImageDataset.

    Args:
        points: float array (N, d), finite.
        name: str, what the set is called in messages.

    Attributes:
        points: float32 array (N, d).
        skipped, notes: empty.

    Raises:
        InputError: if the array is not as above, or empty.
    """

    skipped = notes = ()

    def __init__(self, points, name="points"):
        self.name = str(name)
        self.points = np.asarray(points)
        if self.points.dtype.kind not in "fiu" or self.points.ndim != 2 or 0 in self.points.shape:
            raise InputError(
                f"{self.name}: points must be numbers of shape (N, d). "
                f"Received: dtype={self.points.dtype}, shape={self.points.shape}"
            )
        self.points = np.ascontiguousarray(self.points, "float32")
        odd = np.argwhere(~np.isfinite(self.points).all(axis=1))
        if len(odd):
            raise InputError(f"{self.name}: points must be finite. Received: point {odd[0, 0]} = {self.points[odd[0, 0]]}")

    def __len__(self):
        """Return the number of points."""
        return len(self.points)

    def __repr__(self):
        """Return the facts a user looks for, not the numbers."""
        return f"PointDataset(name={self.name!r}, points={len(self)}, dimensions={self.points.shape[1]})"

    @property
    def arrays(self):
        """Return {"points": float32 (N, d)}."""
        return {"points": self.points}

    @property
    def specs(self):
        """Return {name: Spec} of one example's parts."""
        return {"points": Spec(self.points.shape[1:], "float32")}

    @functools.cached_property
    def fingerprint(self):
        """Return the SHA-256 of shape and coordinates, in hexadecimal."""
        return hashlib.sha256(repr(self.points.shape).encode() + self.points.tobytes()).hexdigest()

    def batches(self, batch_size, seed=0, start_step=0, batches_per_step=1, names=None):
        """Read the points in endless shuffled batches; see `ImageDataset.batches`."""
        arrays = {name: self.arrays[name] for name in chosen_names(names, self.specs, self.name)}
        return index_batches(arrays, batch_size, seed, start_step, batches_per_step, self.name)
