"""What a trained generator is for: samples, paths between them, export."""

import numpy as np
from keras import ops

from ganzoo import export, images
from ganzoo.checks import positive_integer
from ganzoo.errors import InputError


class Sampler:
    """The part of `GAN` that uses its generator.

    It needs the attributes `generator`, `ema_generator`, `latent`, `value_range` and compiled `_generate(*inputs)` and
    `_draw_each(seeds)`.
    A GAN with more inputs than latents overrides `generator_inputs`, `serving_inputs` and `from_serving`.
    """

    @property
    def sampling_generator(self):
        """The generator that makes samples: the averaged one where there is one."""
        return self.generator if self.ema_generator is None else self.ema_generator

    def generator_inputs(self, latents):
        """Return what the generator is called with, as a tuple of arrays, from latents and the conditions of a sample.

        A conditional GAN adds keyword arguments here, which `sample` and `interpolate` then take.
        """
        return (latents,)

    def serving_inputs(self):
        """Return {name: (shape without N, dtype)} of what the exported generator is asked with."""
        return {"latents": ((self.latent.size,), "float32")}

    def from_serving(self, latents):
        """Return the generator's inputs, a tuple of tensors, from those that `serving_inputs` names."""
        return (latents,)

    def finish(self, outputs):
        """Turn the generator's output into uint8 images; outputs float32 array `(N, H, W, C)` in `value_range`."""
        return images.to_uint8(outputs, self.value_range)

    def generate(self, latents, *conditions):
        """Turn latents, float32 `(N, latent.size)`, into uint8 images `(N, H, W, C)`.

        Args:
            latents: as above.
            conditions: the generator's further inputs, where it has any, N rows each.
        """
        latents = ops.convert_to_tensor(latents, dtype="float32")
        if len(latents.shape) != 2 or latents.shape[1] != self.latent.size:
            raise InputError(f"latents must be (N, {self.latent.size}). Received: shape {tuple(latents.shape)}")
        inputs = (latents, *(ops.convert_to_tensor(condition) for condition in conditions))
        if len(inputs) != len(self.generator.inputs):
            raise InputError(f"generate takes {len(self.generator.inputs)} inputs. Received: {len(inputs)}")
        parts = [self._generate(*(each[i : i + 64] for each in inputs)) for i in range(0, latents.shape[0], 64)]
        return self.finish(ops.convert_to_numpy(ops.concatenate(parts)))

    def sample(self, n, seed=0, **conditions):
        """Generate n images.

        Args:
            n: positive int.
            seed: int; image i depends on (seed, i) alone.
            conditions: what the GAN is asked for besides, see its `generator_inputs`; none for most.

        Returns:
            uint8 array `(n, H, W, C)`.
        """
        return self.generate(*self.generator_inputs(self.draw_latents(n, seed), **conditions))

    def draw_latents(self, n, seed=0):
        """Draw the n latents of `sample(n, seed)`, float32 array `(n, latent.size)`."""
        seeds = [(seed, i) for i in range(positive_integer("n", n))]
        return ops.convert_to_numpy(self._draw_each(ops.convert_to_tensor(seeds, dtype="int32")))

    def interpolate(self, n=8, seed=0, end_seed=1, spherical=True, **conditions):
        """Generate n images on the way from the image of one seed to that of another.

        Args:
            n: int, at least 2, both ends included.
            seed, end_seed: ints; the ends are `sample(1, seed)` and `sample(1, end_seed)`.
            spherical: move on the great circle, which keeps the length of Gaussian latents typical (White 2016,
                arXiv:1609.04468); False moves on the straight line.
            conditions: as in `sample`, the same all the way.

        Returns:
            uint8 array `(n, H, W, C)`.
        """
        if positive_integer("n", n) < 2:
            raise InputError(f"n must be at least 2, for both ends. Received: n={n}")
        start, end = (self.draw_latents(1, each)[0] for each in (seed, end_seed))
        path = images.path_between(start, end, n, spherical)
        return self.generate(*self.generator_inputs(np.asarray(path, "float32"), **conditions))

    def picture(self, seed=0):
        """Return the picture that shows how far training is, uint8 `(H, W, C)`: 64 samples in a square."""
        return images.grid(self.sample(64, seed), zoom=images.zoom_for(self.image_shape))

    def export(self, path):
        """Write the generator as a SavedModel that needs no ganzoo; see `ganzoo.export.export_generator`."""
        return export.export_generator(path, self)

    def _images(self, *inputs):
        """Call the sampling generator, in inference mode."""
        return self.sampling_generator(list(inputs) if len(inputs) > 1 else inputs[0], training=False)
