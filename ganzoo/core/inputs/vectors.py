"""Vectors that are drawn: latents of several distributions, and the continuous codes of InfoGAN."""

import math

import numpy as np
from keras import ops

from ganzoo import backend
from ganzoo.core.inputs.base import Input
from ganzoo.utils.checks import positive_integer, positive_number


class _Vector(Input):
    """A vector of numbers that are drawn."""

    def __init__(self, size):
        self.size = positive_integer("latent size", size)

    @property
    def shape(self):
        return (self.size,)

    def blend(self, a, b, t, spherical=True):
        """Move on the great circle, which keeps the length of Gaussian latents typical (White 2016, arXiv:1609.04468)."""
        return self._blend_flat(np.ravel(a), np.ravel(b), t[:, None], spherical).reshape(-1, *self.shape)

    def _blend_flat(self, a, b, t, spherical):
        if spherical:
            cosine = np.dot(a, b) / (np.linalg.norm(a) * np.linalg.norm(b))
            angle = np.arccos(np.clip(cosine, -1.0, 1.0))
            if np.sin(angle) > 1e-4:  # parallel vectors have no single great circle: the line is as good
                return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)
        return (1 - t) * a + t * b


class Normal(_Vector):
    """Standard normal latents, N(0, I); size: positive int.

    Example:
        >>> Normal(3).draw((2,), (0, 1)).shape
        TensorShape([2, 3])
    """

    support = "standard normal"

    def draw(self, shape, seed):
        return backend.normal((*shape, self.size), seed)


class TruncatedNormal(Normal):
    """Normal latents, each drawn again until it lies within +-threshold (Brock et al. 2018, arXiv:1809.11096, section 3.1).

    Args:
        size: positive int.
        threshold: float above 0.

    Example:
        >>> bool(abs(TruncatedNormal(1000, 0.5).draw((), (0, 1)).numpy()).max() <= 0.5)
        True
    """

    def __init__(self, size, threshold):
        super().__init__(size)
        self.threshold = positive_number("threshold", threshold)

    @property
    def support(self):
        return f"normal within {-self.threshold:g} and {self.threshold:g}"

    def draw(self, shape, seed):
        """Draw by the inverse of the distribution function, which gives what drawing again gives."""
        share = math.erf(self.threshold / math.sqrt(2.0))
        drawn = math.sqrt(2.0) * ops.erfinv(backend.uniform((*shape, self.size), seed, -share, share))
        return self.project(drawn, drawn)

    def project(self, moved, start):
        return ops.clip(moved, -self.threshold, self.threshold)

    def numpy_code(self, n):
        wanted = n * self.size
        enough = round(2 * wanted / math.erf(self.threshold / math.sqrt(2.0))) + 1000
        kept = f"[x for x in rng.standard_normal({enough}) if abs(x) <= {self.threshold!r}][:{wanted}]"
        return f'np.array({kept}, "{self.dtype}").reshape({(n, self.size)})'


class NormalMap(Normal):
    """A map of standard normal latents, `(height, width, size)`: one vector for every cell of a fully convolutional generator.

    Args:
        height, width: positive ints, cells of the maps drawn in training. In an exported model both are free.
        size: positive int, numbers per cell.

    Example:
        >>> NormalMap(4, 6, 3).draw((2,), (0, 1)).shape
        TensorShape([2, 4, 6, 3])
    """

    def __init__(self, height, width, size):
        super().__init__(size)
        self.height, self.width = positive_integer("height", height), positive_integer("width", width)

    @property
    def shape(self):
        return (self.height, self.width, self.size)

    @property
    def dynamic_shape(self):
        return (None, None, self.size)

    def draw(self, shape, seed):
        return backend.normal((*shape, *self.shape), seed)


class Uniform(_Vector):
    """Latents uniform in [-1, 1), as in DCGAN (Radford et al. 2016, arXiv:1511.06434); size: positive int."""

    support = "uniform in [-1, 1)"

    def draw(self, shape, seed):
        return backend.uniform((*shape, self.size), seed, -1.0, 1.0)

    def project(self, moved, start):
        return ops.clip(moved, -1.0, 1.0)

    def numpy_code(self, n):
        return f'rng.uniform(-1.0, 1.0, {(n, *self.shape)}).astype("{self.dtype}")'


class Code(Uniform):
    """Continuous codes uniform in [-1, 1), each meant to get a meaning of its own (Chen et al. 2016, arXiv:1606.03657)."""

    def as_rows(self, array):
        """Return given values with a leading axis: of one code a number a sample, of several a number for all of them."""
        if array.ndim == 1 and self.size == 1:
            return array[:, None]
        return np.broadcast_to(array, (1, self.size)) if array.shape == (1,) else super().as_rows(array)

    def blend(self, a, b, t, spherical=True):
        """Move on the straight line: the codes' own axes have a meaning, their length has none."""
        return super().blend(a, b, t, spherical=False)
