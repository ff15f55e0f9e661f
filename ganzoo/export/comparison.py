"""What an exported file makes, beside what Keras makes of the same inputs."""

from typing import NamedTuple

import numpy as np
import tensorflow as tf

from ganzoo.core.inputs import Image
from ganzoo.errors import InputError
from ganzoo.export.functions import endpoint_function, is_bounded

SAMPLES = 16


class Difference(NamedTuple):
    """How far a file's samples are from Keras's, in units of the output: 1 is the whole range of a pixel.

    Attributes:
        file: name of the file.
        endpoint: name of what was asked.
        largest, mean: of the absolute differences.
        samples: how many samples were compared.
        unit: what a difference of `scale` is, in words.
        scale: gray levels, or 1.
        reach: the largest absolute value that was expected, but at least 1; 1 for what lies in [0, 1].
    """

    file: str
    endpoint: str
    largest: float
    mean: float
    samples: int
    unit: str = ""
    scale: float = 1.0
    reach: float = 1.0

    def __str__(self):
        largest, mean = (f"{self.scale * each:.2g}" for each in (self.largest, self.mean))
        return f"{self.endpoint} differs from Keras by {largest} at most, {mean} on average{self.unit}"


def example_inputs(model, endpoint, n, seed=0, images=None):
    """Return n values of each input of an endpoint, as an exported model takes them: {name: array}.

    Args:
        model: a `ganzoo` model.
        endpoint: its name.
        n: positive int.
        seed: int; the values that are drawn are a function of it. All classes take turns.
        images: {name: uint8 images `(m, H, W, C)`} of inputs that are images, repeated until there are n; noise where there
            are none.
    """
    inputs, images = model.endpoints()[endpoint].inputs, images or {}
    found = {name: np.asarray(each) for name, each in model.draw_values((n,), (seed, 1), inputs).items()}
    rng = np.random.default_rng(seed)
    for name, each in inputs.items():
        if name in images:
            found[name] = np.resize(np.asarray(images[name]), (n, *each.shape)).astype("float32") / 255.0
        elif isinstance(each, Image):
            found[name] = rng.random((n, *each.shape), dtype="float32")
        elif name not in found:
            found[name] = each.default(n)
    return {name: np.asarray(found[name], each.dtype) for name, each in inputs.items()}


def keras_output(model, endpoint, inputs):
    """Return what Keras makes of {name: array}, scaled and clipped as in every exported file; float32 array.

    On the CPU, as the files are run: a GPU rounds the factors of its products to 10 bits (TF32).
    """
    function = endpoint_function(model, endpoint)
    with tf.device("CPU:0"):
        return next(iter(function.call(*(tf.constant(each) for each in inputs.values())).values())).numpy()


def compare(model, endpoint, path, run, batch=None, images=None):
    """Return the `Difference` of a file.

    Args:
        model, endpoint, images: as in `example_inputs`.
        path: the file.
        run: callable from (path, endpoint, {name: array}) to what the file makes.
        batch: the number of samples that the file takes at once, or None for any.
    """
    inputs = example_inputs(model, endpoint, SAMPLES, images=images)
    expected = keras_output(model, endpoint, inputs)
    step = batch or SAMPLES
    parts = [run(path, endpoint, {name: each[i : i + step] for name, each in inputs.items()}) for i in range(0, SAMPLES, step)
             if i + step <= SAMPLES]  # fmt: skip
    if not parts:
        inputs = {name: np.resize(each, (step, *each.shape[1:])) for name, each in inputs.items()}
        parts, expected = [run(path, endpoint, inputs)], keras_output(model, endpoint, inputs)
    made = np.concatenate(parts)
    distance = np.abs(made - expected[: len(made)])
    unit, scale, reach = " (of 255 gray levels)", 255.0, 1.0
    if not is_bounded(model):
        unit, scale, reach = "", 1.0, max(1.0, float(np.abs(expected).max()))
    return Difference(path.name, endpoint, float(distance.max()), float(distance.mean()), len(made), unit, scale, reach)


def require_equal(model, difference, tolerance=1e-3):
    """Raise InputError where a file that should make the same samples makes others.

    Args:
        difference: `Difference`.
        tolerance: the largest difference that is allowed, as a share of the output's reach; a gray level is 0.004.
    """
    if not difference.largest <= tolerance * difference.reach:
        raise InputError(
            f"{difference.file} makes other samples than {type(model).__name__} in Keras, {difference.endpoint} by up to "
            f"{difference.largest:.3g}; nothing is written."
        )
