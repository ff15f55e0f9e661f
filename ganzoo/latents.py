"""Distributions of the latent vector z that a generator turns into an image."""

from keras import ops

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

    def project(self, latents, start):
        """Bring latents that moved away from `start` back to where the distribution lives; both `(N, size)`."""
        return latents

    def spread(self, latents):
        """Return latents `(N, size)` whose discrete parts, if there are any, take all values in turn."""
        return latents

    def draw_each(self, seeds):
        """Draw one latent vector a seed, so that vector i depends on `seeds[i]` alone, whatever stands beside it.

        Args:
            seeds: int32 tensor `(N, 2)`.

        Returns:
            float32 tensor `(N, size)`.
        """
        return backend.map_rows(lambda seed: self._numbers((self.size,), seed), seeds)


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

    def project(self, latents, start):
        return ops.clip(latents, -1.0, 1.0)

    def __repr__(self):
        return f"Uniform({self.size})"


class Codes(_Latent):
    """A latent in three parts: noise, a category and continuous codes (Chen et al. 2016, InfoGAN, arXiv:1606.03657).

    Args:
        noise: size of the part that means nothing, uniform in [-1, 1); positive int.
        categories: number of equally likely categories, one-hot in the latent; int of at least 2.
        continuous: number of codes uniform in [-1, 1); positive int.
    """

    def __init__(self, noise=62, categories=10, continuous=2):
        self.noise = positive_integer("noise", noise)
        self.categories = positive_integer("categories", categories)
        self.continuous = positive_integer("continuous", continuous)
        super().__init__(noise + categories + continuous)

    def _numbers(self, shape, seed):
        category, rest = (backend.fold_in(seed, stream) for stream in (1, 2))
        chosen = ops.floor(backend.uniform(shape[:-1], category, 0.0, self.categories))
        chosen = ops.one_hot(ops.cast(chosen, "int32"), self.categories, dtype="float32")
        numbers = backend.uniform((*shape[:-1], self.noise + self.continuous), rest, -1.0, 1.0)
        return self.join(numbers[..., : self.noise], chosen, numbers[..., self.noise :])

    def spread(self, latents):
        noise, _, codes = self.split(latents)
        turn = ops.arange(latents.shape[0]) % self.categories
        return self.join(noise, ops.one_hot(turn, self.categories, dtype="float32"), codes)

    def project(self, latents, start):
        """Keep the category of the start; noise and codes may move in [-1, 1]."""
        noise, _, codes = self.split(latents)
        return self.join(ops.clip(noise, -1.0, 1.0), self.split(start)[1], ops.clip(codes, -1.0, 1.0))

    def join(self, noise, category, codes):
        """Return latents `(N, size)` from noise `(N, noise)`, one-hot categories and codes, float32."""
        return ops.concatenate([noise, category, codes], axis=-1)

    def split(self, latents):
        """Return (noise, one-hot category, codes), the parts of latents `(N, size)`."""
        end = self.noise + self.categories
        return latents[:, : self.noise], latents[:, self.noise : end], latents[:, end:]

    def __repr__(self):
        return f"Codes(noise={self.noise}, categories={self.categories}, continuous={self.continuous})"
