"""Distributions on the plane whose modes can be counted: a ring and a grid of Gaussians; and a spiral."""

import numpy as np

from ganzoo.data.points import PointDataset
from ganzoo.errors import InputError
from ganzoo.utils.checks import MANY, check_int, nonnegative_number, positive_integer, positive_number


class Mixture:
    """Equally likely round Gaussians.

    Args:
        centers: floats (K, d).
        sigma: standard deviation of each, above 0, in the units of the plane.
        name: str, for messages.

    Attributes:
        centers: float64 array (K, d).
        sigma: float.
    """

    def __init__(self, centers, sigma, name="mixture"):
        self.centers = np.asarray(centers, "float64")
        if self.centers.ndim != 2 or not len(self.centers) or not np.isfinite(self.centers).all():
            raise InputError(f"centers must be finite, of shape (K, d). Received: shape {self.centers.shape}")
        self.sigma = positive_number("sigma", sigma)
        self.name = str(name)

    def __repr__(self):
        return f"Mixture({self.name}, modes={len(self.centers)}, sigma={self.sigma})"

    def points(self, n=20_000, seed=0):
        """Draw n points as a PointDataset."""
        rng = np.random.default_rng(seed)
        modes = rng.integers(len(self.centers), size=check_int("n", n, 1, MANY))
        noise = rng.normal(size=(n, self.centers.shape[1])) * self.sigma
        return PointDataset(self.centers[modes] + noise, name=f"points of {self!r}")


def ring(modes=8, radius=2.0, sigma=0.02):
    """Return Gaussians evenly on a circle (Metz et al. 2017, arXiv:1611.02163, section 3.1)."""
    angles = 2 * np.pi * np.arange(positive_integer("modes", modes)) / modes
    circle = np.column_stack([np.cos(angles), np.sin(angles)])
    return Mixture(positive_number("radius", radius) * circle, sigma, f"ring of {modes}")


def grid(side=5, spacing=2.0, sigma=0.05):
    """Return side x side Gaussians on a square lattice (Srivastava et al. 2017, arXiv:1705.07761, section 4.1)."""
    axis = positive_number("spacing", spacing) * (np.arange(positive_integer("side", side)) - (side - 1) / 2)
    return Mixture(np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2), sigma, f"grid of {side * side}")


def swiss_roll(n=20_000, noise=0.25, seed=0):
    """Draw n points of a spiral in the plane as a PointDataset, scaled to about unit variance; `noise` before scaling."""
    from sklearn.datasets import make_swiss_roll

    noise = nonnegative_number("noise", noise)
    points, _ = make_swiss_roll(check_int("n", n, 1, MANY), noise=noise, random_state=seed)
    return PointDataset(points[:, [0, 2]] / 7.5, name="swiss roll")
