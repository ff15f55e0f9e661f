"""What a trained generator is for: samples, paths between them, export."""

from keras import ops

from ganzoo import export, images
from ganzoo.checks import positive_integer
from ganzoo.errors import InputError


class Sampler:
    """The part of `GAN` that uses its generator.

    It needs the attributes `generator`, `ema_generator`, `latent`, `value_range` and a compiled `_generate(latents)`.
    """

    @property
    def sampling_generator(self):
        """The generator that makes samples: the averaged one where there is one."""
        return self.generator if self.ema_generator is None else self.ema_generator

    def generate(self, latents):
        """Turn latents, float32 `(N, latent.size)`, into uint8 images `(N, H, W, C)`."""
        latents = ops.convert_to_tensor(latents, dtype="float32")
        if len(latents.shape) != 2 or latents.shape[1] != self.latent.size:
            raise InputError(f"latents must be (N, {self.latent.size}). Received: shape {tuple(latents.shape)}")
        parts = [self._generate(latents[i : i + 64]) for i in range(0, latents.shape[0], 64)]
        return images.to_uint8(ops.convert_to_numpy(ops.concatenate(parts)), self.value_range)

    def sample(self, n, seed=0):
        """Generate n images.

        Args:
            n: positive int.
            seed: int; image i depends on (seed, i) alone.

        Returns:
            uint8 array `(n, H, W, C)`.
        """
        seeds = [(seed, i) for i in range(positive_integer("n", n))]
        return self.generate(self.latent.draw_each(ops.convert_to_tensor(seeds, dtype="int32")))

    def interpolate(self, n=8, seed=0, end_seed=1, spherical=True):
        """Generate n images on the way from the image of one seed to that of another.

        Args:
            n: int, at least 2, both ends included.
            seed, end_seed: ints; the ends are `sample(1, seed)` and `sample(1, end_seed)`.
            spherical: move on the great circle, which keeps the length of Gaussian latents typical (White 2016,
                arXiv:1609.04468); False moves on the straight line.

        Returns:
            uint8 array `(n, H, W, C)`.
        """
        if positive_integer("n", n) < 2:
            raise InputError(f"n must be at least 2, for both ends. Received: n={n}")
        seeds = ops.convert_to_tensor([(seed, 0), (end_seed, 0)], dtype="int32")
        ends = ops.convert_to_numpy(self.latent.draw_each(seeds))
        return self.generate(images.path_between(ends[0], ends[1], n, spherical))

    def export(self, path):
        """Write the generator as a SavedModel that needs no ganzoo; see `ganzoo.export.export_generator`."""
        return export.export_generator(path, self.sampling_generator, self.latent, self.value_range)
