"""GAN inversion: find the latent of an image by optimization (a GAN has no encoder; lecture 004).

z* = argmin_z |G(z) - x|^2,   by Adam from several starts, the best kept          Creswell & Bharath 2018, arXiv:1802.05701
"""

import numpy as np
from keras import ops

from ganzoo import backend
from ganzoo.checks import positive_integer, positive_number
from ganzoo.errors import InputError


def invert(gan, images, starts=10, steps=200, learning_rate=0.05, seed=0, conditions=()):
    """Find latents whose images are nearest to given ones; all images and starts in one compiled loop.

    Args:
        gan: a `ganzoo.GAN` of images.
        images: uint8 `(N, H, W, C)`.
        starts: latents drawn for each image to descend from; positive int. A category of InfoGAN is not descended but tried:
            take as many starts as there are.
        steps: of Adam; positive int.
        learning_rate: of Adam, in the units of the latent; above 0.
        seed: int; decides the starts.
        conditions: the generator's further inputs, N rows each: (labels,) for a conditional GAN.

    Returns:
        Dictionary: `latents` float32 `(N, latent.size)`; `reconstructions` uint8 `(N, H, W, C)`; `errors` float64 `(N,)`, the
        mean squared difference of pixels in [0, 1].

    Raises:
        InputError: if the images are not such as the GAN makes.
    """
    images = np.asarray(images)
    if images.dtype != np.uint8 or images.ndim != 4 or images.shape[1:] != gan.image_shape or not len(images):
        raise InputError(f"images must be uint8 (N, {gan.image_shape}). Received: {images.dtype} {images.shape}")
    positive_integer("starts", starts)
    positive_integer("steps", steps)
    positive_number("learning_rate", learning_rate)
    if len(conditions) != len(gan.generator.inputs) - 1 or any(len(each) != len(images) for each in conditions):
        raise InputError(f"{type(gan).__name__} needs {len(gan.generator.inputs) - 1} conditions of {len(images)} rows.")
    targets = gan.to_value_range(ops.convert_to_tensor(np.repeat(images, starts, axis=0)))
    conditions = [ops.convert_to_tensor(np.repeat(np.asarray(each), starts, axis=0)) for each in conditions]
    first = gan.latent.spread(gan.latent.draw(len(images) * starts, (seed, 0)))

    def distances(latents):
        inputs = [latents, *conditions]
        made = gan.sampling_generator(inputs if conditions else inputs[0], training=False)
        return ops.mean(ops.square(made - targets), axis=(1, 2, 3))

    def stay(latents):
        return gan.latent.project(latents, first)

    found = backend.jit(lambda: backend.projected_adam(distances, first, steps, learning_rate, stay))()
    errors = ops.convert_to_numpy(distances(found)).reshape(len(images), starts)
    best = errors.argmin(axis=1) + starts * np.arange(len(images))
    latents = ops.convert_to_numpy(found)[best]
    low, high = gan.value_range
    return {
        "latents": latents,
        "reconstructions": gan.generate(latents, *(ops.convert_to_numpy(each)[best] for each in conditions)),
        "errors": errors.min(axis=1).astype("float64") / (high - low) ** 2,
    }
