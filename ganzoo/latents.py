"""Distributions of the latent vector z that a generator turns into an image."""

from ganzoo import backend
from ganzoo.checks import positive_integer


class _Latent:
    """A distribution on R^size. Equal seeds give equal draws on every machine with the same TensorFlow."""

    def __init__(self, size):
        self.size = positive_integer("latent size", size)

    def draw(self, n, seed):
        """Draw n latent vectors.

        Args:
            n: number of vectors, int or int32 scalar.
            seed: int32 tensor `(2,)`.

        Returns:
            float32 tensor `(n, size)`.
        """
        return self._numbers((n, self.size), seed)

    def draw_each(self, seeds):
        """Draw one latent vector a seed, so that vector i depends on `seeds[i]` alone, whatever stands beside it.

        Args:
            seeds: int32 tensor `(N, 2)`.

        Returns:
            float32 tensor `(N, size)`.
        """
        return backend.for_each(lambda seed: self._numbers((self.size,), seed), seeds)


class Normal(_Latent):
    """Standard normal latents, N(0, I)."""

    def _numbers(self, shape, seed):
        return backend.normal(shape, seed)

    def __repr__(self):
        return f"Normal({self.size})"


class Uniform(_Latent):
    """Latents uniform in [-1, 1), as in DCGAN (Radford et al. 2016, arXiv:1511.06434)."""

    def _numbers(self, shape, seed):
        return backend.uniform(shape, seed, -1.0, 1.0)

    def __repr__(self):
        return f"Uniform({self.size})"
