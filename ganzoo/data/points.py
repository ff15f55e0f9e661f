"""Points in space instead of images: what the smallest GANs of the lecture learn."""

import functools
import hashlib

import numpy as np

from ganzoo.core.inputs import Spec
from ganzoo.data.batching import index_batches
from ganzoo.data.checks import chosen_names, one_line, row_chunks
from ganzoo.errors import InputError

# Networks start out with numbers of about this size: a column of 1,000 or 0.001 is hardly seen, or drowns the others.
_FAR = 10


class PointDataset:
    """Hold points of R^d as one array, behind the interface of an ImageDataset.

    Args:
        points: float array (N, d), finite.
        name: str, what the set is called in messages.

    Attributes:
        points: float32 array (N, d).
        center, scale: float64 arrays (d,), what `standardized` subtracted and divided by; zeros and ones before that.
        notes: tuple of str; says so where a column is off unit scale by a factor of more than ten.
        skipped: empty.

    Raises:
        InputError: if the array is not as above, or empty.

    Example:
        >>> import numpy as np
        >>> cities = PointDataset(np.array([[48.9, 2.1e6], [45.8, 0.5e6]]), name="cities").standardized()
        >>> cities.points.tolist()
        [[1.0, 1.0], [-1.0, -1.0]]
        >>> cities.original(cities.points).round(1).tolist()
        [[48.9, 2100000.0], [45.8, 500000.0]]
    """

    skipped = ()

    def __init__(self, points, name="points"):
        self.name = one_line(name)
        self.points = np.asarray(points)
        if self.points.dtype.kind not in "fiu" or self.points.ndim != 2 or 0 in self.points.shape:
            raise InputError(
                f"{self.name}: points must be numbers of shape (N, d). "
                f"Received: dtype={self.points.dtype}, shape={self.points.shape}"
            )
        self.points = np.ascontiguousarray(self.points, "float32")
        first = 0
        for rows in row_chunks(self.points):
            odd = np.flatnonzero(~np.isfinite(rows).all(axis=1))
            if len(odd):
                raise InputError(f"{self.name}: points must be finite. Received: point {first + odd[0]} = {rows[odd[0]]}")
            first += len(rows)
        self.center, self.scale = np.zeros(self.points.shape[1]), np.ones(self.points.shape[1])

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
    def notes(self):
        """Return a tuple of one sentence if a column is far from unit scale, else of none."""
        far = self.far_columns()
        return (
            (f"{far}: PointGAN standardizes these columns of an array, and puts its samples back into their units",)
            if far
            else ()
        )

    def far_columns(self):
        """Say which columns are far from mean 0 or standard deviation 1; an empty str if none is."""
        center, scale = self.points.mean(axis=0, dtype="float64"), self._deviations()
        far = np.flatnonzero(self.far())
        if not len(far):
            return ""
        shown = ", ".join(f"{column} ({center[column]:.3g} ± {scale[column]:.3g})" for column in far[:5])
        return (
            f"columns {shown}{', ...' if len(far) > 5 else ''} of {self.name} are far from mean 0 and standard deviation 1, "
            "where a GAN learns best"
        )

    def far(self):
        """Return which columns are far from mean 0 or standard deviation 1, bool (d,)."""
        center, scale = self.points.mean(axis=0, dtype="float64"), self._deviations()
        return (np.abs(center) > _FAR) | (scale > _FAR) | ((scale > 0) & (scale < 1 / _FAR))

    @functools.cached_property
    def fingerprint(self):
        """Return the SHA-256 of shape and coordinates, and of center and scale if there are any, in hexadecimal."""
        digest = hashlib.sha256(repr(self.points.shape).encode())
        for rows in row_chunks(self.points):
            digest.update(rows)
        if self.center.any() or (self.scale != 1).any():
            digest.update(np.stack([self.center, self.scale]).astype("<f8"))
        return digest.hexdigest()

    def standardized(self):
        """Return the points with every column at mean 0 and standard deviation 1; a constant column is only moved to 0.

        Returns:
            PointDataset whose `center` and `scale` say what was done, in total if repeatedly; `original` undoes it.
        """
        center, scale = self.moments()
        other = PointDataset((self.points - center) / scale, f"{self.name} (standardized)")
        other.center, other.scale = self.center + self.scale * center, self.scale * scale
        return other

    def original(self, points):
        """Return points of the standardized set, or samples of a GAN that trained on it, in the units they came in.

        Args:
            points: float array (N, d).

        Returns:
            float64 array (N, d).
        """
        return np.asarray(points, "float64") * self.scale + self.center

    def batches(self, batch_size, seed=0, start_step=0, batches_per_step=1, names=None):
        """Read the points in endless shuffled batches; see `ImageDataset.batches`."""
        arrays = {name: self.arrays[name] for name in chosen_names(names, self.specs, self.name)}
        return index_batches(arrays, batch_size, seed, start_step, batches_per_step, self.name)

    def moments(self):
        """Return (center, scale), float64 (d,): the means and standard deviations of the columns, 1 of a constant one."""
        scale = self._deviations()
        return self.points.mean(axis=0, dtype="float64"), np.where(scale > 0, scale, 1.0)

    def _deviations(self):
        """Return the standard deviation of each column, float64 (d,), exactly 0 of a constant one."""
        return np.where(np.ptp(self.points, axis=0) > 0, self.points.std(axis=0, dtype="float64"), 0.0)
