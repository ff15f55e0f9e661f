"""The theory of lectures 000 and 003 in numbers: divergences, the optimal discriminator, the value of the game.

    D*(x) = p(x) / (p(x) + q(x)),     V(D*) = 2 JSD(p, q) - log 4,     at p = q: D* = 1/2, V = -2 log 2

p and q are distributions over the same points: probabilities of a discrete distribution, or a density's values on an even grid
times the grid's step. Goodfellow et al. 2014, arXiv:1406.2661, section 4.
"""

import numpy as np

from ganzoo.errors import InputError

_UNITS = {"nats": 1.0, "bits": np.log(2.0)}


def density_on_grid(density, low, high, points=2001):
    """Turn a density into probabilities over an even grid.

    Args:
        density: callable from a float array to its values there, at least 0; need not be normalized.
        low, high: ends of the grid; what lies outside is cut off.
        points: of the grid; at least 2.

    Returns:
        (grid float64 `(points,)`, probabilities float64 `(points,)` that sum to 1).
    """
    if not low < high or points < 2:
        raise InputError(f"a grid needs low < high and at least 2 points. Received: {low=}, {high=}, {points=}")
    grid = np.linspace(low, high, points)
    values = np.asarray(density(grid), "float64")
    if values.shape != grid.shape or not np.isfinite(values).all() or values.min() < 0 or not values.sum() > 0:
        raise InputError("a density must give a finite value of at least 0 at every point, and not 0 everywhere.")
    return grid, values / values.sum()


def kl_divergence(p, q, unit="nats"):
    """Return KL(p || q) = sum p log(p / q), not symmetric; infinite where q is 0 and p is not.

    Args:
        p, q: probabilities `(K,)`, each summing to 1.
        unit: "nats" or "bits".
    """
    p, q = _distributions(p, q)
    seen = p > 0
    if (q[seen] == 0).any():
        return float("inf")
    return float((p[seen] * np.log(p[seen] / q[seen])).sum() / _unit(unit))


def js_divergence(p, q, unit="nats"):
    """Return JSD(p, q) = (KL(p || m) + KL(q || m)) / 2 with m = (p + q) / 2: symmetric, from 0 to log 2 (1 bit)."""
    p, q = _distributions(p, q)
    middle = (p + q) / 2
    return (kl_divergence(p, middle, unit) + kl_divergence(q, middle, unit)) / 2


def optimal_discriminator(p, q):
    """Return D* = p / (p + q), float64 `(K,)`; 1/2 where both are 0."""
    p, q = _distributions(p, q)
    total = p + q
    return np.divide(p, total, out=np.full_like(p, 0.5), where=total > 0)


def game_value(p, q, d):
    """Return V(D) = E_p[log D] + E_q[log(1 - D)] in nats; its maximum over D is 2 JSD(p, q) - log 4, at D*.

    Args:
        p, q: probabilities `(K,)`.
        d: the discriminator's probabilities of "real" at the same points, from 0 to 1.
    """
    p, q = _distributions(p, q)
    d = np.asarray(d, "float64")
    if d.shape != p.shape or not ((d >= 0) & (d <= 1)).all():
        raise InputError(f"d must be probabilities of shape {p.shape}. Received: shape {d.shape}")
    with np.errstate(divide="ignore"):
        return float((p[p > 0] * np.log(d[p > 0])).sum() + (q[q > 0] * np.log1p(-d[q > 0])).sum())


def _unit(unit):
    if unit not in _UNITS:
        raise InputError(f"unit must be nats or bits. Received: unit={unit!r}")
    return _UNITS[unit]


def _distributions(p, q):
    arrays = [np.asarray(x, "float64") for x in (p, q)]
    for name, x in zip("pq", arrays, strict=True):
        if x.ndim != 1 or not len(x) or not np.isfinite(x).all() or x.min() < 0 or abs(x.sum() - 1) > 1e-6:
            raise InputError(f"{name} must be probabilities (K,) that sum to 1. Received: shape {x.shape}, sum {x.sum():.6g}")
    if arrays[0].shape != arrays[1].shape:
        raise InputError(f"p and q must be over the same points. Received: {arrays[0].shape} and {arrays[1].shape}")
    return arrays
