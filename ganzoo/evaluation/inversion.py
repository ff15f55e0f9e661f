"""GAN inversion: find the inputs of an image by optimization (a GAN has no encoder; lecture 004).

z* = argmin_z |G(z) - x|^2,   by Adam from several starts, the best kept          Creswell & Bharath 2018, arXiv:1802.05701
"""

import math

import numpy as np
from keras import ops

from ganzoo import backend
from ganzoo.errors import InputError
from ganzoo.utils.checks import positive_integer, positive_number


def invert(model, images, starts=10, steps=200, learning_rate=0.05, seed=0, **given):
    """Find the inputs whose images are nearest to given ones; all images and starts in one compiled loop.

    Continuous inputs (latents, codes) are optimized by descent; discrete ones that are not given (a category, a label) are
    tried out instead, a different value in each start: take at least as many starts as there are values.

    Args:
        model: of images, a `ganzoo.core.AdversarialModel`.
        images: uint8 `(N, H, W, C)`.
        starts: inputs drawn for each image to descend from; positive int.
        steps: of Adam; positive int.
        learning_rate: of Adam, in the units of the latents; above 0.
        seed: int; decides the starts.
        given: inputs of the model that are known, N rows each, and stay fixed: labels=... of a conditional GAN.

    Returns:
        Dictionary: `inputs`, {name: array `(N, ...)`}, what `model.render` takes; `latents`, those of them, float32
        `(N, size)`, where the model has any; `reconstructions` uint8 `(N, H, W, C)`; `errors` float64 `(N,)`, the mean squared
        difference of pixels in [0, 1].

    Raises:
        InputError: if the images are not such as the model makes, or if it has no continuous input.

    Example:
        >>> import ganzoo
        >>> gan = ganzoo.GAN(image_shape=(8, 8, 1), latent=4)
        >>> found = invert(gan, gan.sample(2), starts=3, steps=5)
        >>> found["latents"].shape, found["reconstructions"].shape
        ((2, 4), (2, 8, 8, 1))
    """
    images = checked_images(model, images)
    targets = model.to_value_range(ops.convert_to_tensor(np.repeat(images, positive_integer("starts", starts), axis=0)))

    def distances(inputs, made):
        return ops.mean(ops.square(made - targets), axis=(1, 2, 3))

    inputs, errors = descend(model, len(images), distances, starts, steps, learning_rate, seed, **given)
    low, high = model.value_range
    results = {"inputs": inputs, "latents": inputs.get("latents"), "reconstructions": model.render(inputs)}
    results["errors"] = errors.astype("float64") / (high - low) ** 2
    return {name: value for name, value in results.items() if value is not None}


def checked_images(model, images):
    """Return images as an array, or raise InputError if they are not such as the model makes, uint8 `(N, H, W, C)`."""
    images = np.asarray(images)
    spec = next(iter(model.examples.values()))
    if spec.dtype != "uint8":
        raise InputError(f"the GAN must make images of 8 bits a channel. Received: {type(model).__name__} of {spec.dtype}")
    if images.dtype != np.uint8 or images.shape[1:] != spec.shape or not len(images):
        wanted = ", ".join(map(str, ("N", *spec.shape)))
        raise InputError(f"images must be uint8 ({wanted}). Received: {images.dtype} {images.shape}")
    return images


def descend(model, n, losses, starts=10, steps=200, learning_rate=0.05, seed=0, **given):
    """Find the inputs of least loss, of each sample by itself, from several starts.

    Args:
        model, starts, steps, learning_rate, seed, given: as in `invert`.
        n: how many samples.
        losses: callable of ({name: tensor `(n * starts, ...)`}, what the model makes of it) to losses `(n * starts,)`, those of
            the first sample's starts first.

    Returns:
        ({name: array `(n, ...)`}, losses float32 `(n,)`).
    """
    positive_integer("starts", starts)
    positive_integer("steps", steps)
    positive_number("learning_rate", learning_rate)
    for name, values in given.items():
        if len(np.atleast_1d(values)) != n:
            raise InputError(f"{name} must have a row for each of {n} images. Received: {len(np.atleast_1d(values))}")
    repeated = {name: np.repeat(np.asarray(values), starts, axis=0) for name, values in given.items()}
    first = model.draw_inputs(n * starts, seed, **repeated)
    first = {name: ops.convert_to_tensor(values) for name, values in first.items()}
    first |= {name: each.stratify(first[name]) for name, each in model.inputs.items() if name not in given}
    free = [name for name, each in model.inputs.items() if name not in given and each.drawn and each.dtype == "float32"]
    if not free:
        raise InputError(f"{type(model).__name__} has no continuous input to descend over. Its inputs: {', '.join(first)}")

    def split(flat):
        """Return all inputs; the free ones cut from one row `(N, sum of their sizes)`."""
        inputs, begin = dict(first), 0
        for name in free:
            shape = model.inputs[name].shape
            end = begin + math.prod(shape)
            inputs[name], begin = ops.reshape(flat[:, begin:end], (-1, *shape)), end
        return inputs

    def join(inputs):
        return ops.concatenate([ops.reshape(inputs[name], (n * starts, -1)) for name in free], axis=1)

    def total(flat):
        inputs = split(flat)
        return losses(inputs, model.generate(inputs))

    def project(flat):
        moved = split(flat)
        return join({name: model.inputs[name].project(moved[name], first[name]) for name in free})

    start = join(first)
    found = backend.jit(lambda: backend.projected_adam(total, start, steps, learning_rate, project))()
    reached = ops.convert_to_numpy(total(found)).reshape(n, starts)
    best = reached.argmin(axis=1) + starts * np.arange(n)
    return {name: ops.convert_to_numpy(values)[best] for name, values in split(found).items()}, reached.min(axis=1)
