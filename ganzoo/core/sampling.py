"""Samples, paths between them, and what an exported generator is asked with, from a model's declared `inputs` alone."""

import dataclasses
import math
from collections.abc import Callable

import numpy as np
from keras import ops

from ganzoo import backend
from ganzoo.core.inputs import WHITE, Image
from ganzoo.core.validation import Validation
from ganzoo.errors import InputError
from ganzoo.utils import images, plots
from ganzoo.utils.checks import MANY, check_choice, check_int

MAX_NUMBERS = 2**31  # in the answer to one call: 8 GiB of them as float32


@dataclasses.dataclass(frozen=True)
class Endpoint:
    """One thing that a trained model is asked for.

    Attributes:
        inputs: {name: `Input`}.
        generate: callable from {name: tensor} to examples in `value_range`, inference mode.
        output: name of what comes back, e.g. "images".
    """

    inputs: dict
    generate: Callable
    output: str


class Sampling(Validation):
    """Sampling mixin of `AdversarialModel`."""

    def endpoints(self):
        """Return {name: `Endpoint`} of what a trained model is for; `serving_default` is what `sample` uses."""
        return {"serving_default": Endpoint(self.inputs, self.generate, next(iter(self.examples)))}

    def draw_values(self, shape, seed, inputs=None):
        """Draw the inputs that are drawn.

        Args:
            shape: leading axes, a tuple: () for one sample, (n,) for n.
            seed: int32 `(2,)`.
            inputs: {name: `Input`}; default: the model's.

        Returns:
            {name: tensor}.
        """
        drawn = {name: each for name, each in (self.inputs if inputs is None else inputs).items() if each.drawn}
        seeds = [seed] if len(drawn) == 1 else [backend.fold_in(seed, index) for index in range(1, len(drawn) + 1)]
        return {name: each.draw(shape, own) for (name, each), own in zip(drawn.items(), seeds, strict=True)}

    def draw_inputs(self, n=None, seed=0, endpoint="serving_default", **given):
        """Return the inputs of `sample(n, seed, ...)`.

        Args:
            n: positive int; default: as many as values were given; else one per class or text of a conditional model; else 64.
            seed: int; what is drawn for sample i depends on (seed, i) alone.
            endpoint: name in `endpoints()`.
            given: values of inputs by name, at most n, repeated until there are n; see each `Input`.

        Returns:
            {name: array `(n, ...)`}.
        """
        inputs = self._endpoint(endpoint).inputs
        for name in given:
            if name not in inputs:
                raise InputError(f"{type(self).__name__} is asked with {', '.join(inputs)}. Received: {name}=...")
        given = {name: values for name, values in given.items() if values is not None}
        if n is None:
            sizes = [inputs[name].count(values) for name, values in given.items()]
            options = [len(each.options) for each in inputs.values() if not each.drawn and len(each.options)]
            n = max(1, *sizes, *([] if sizes else options), 1 if sizes or options else 64)
        self.check_number(n)
        check_int("seed", seed, -(2**31))
        found = {name: each.check(name, given[name], n) for name, each in inputs.items() if name in given}
        drawn = {name: each for name, each in inputs.items() if each.drawn}
        if set(drawn) - set(found):
            seeds = ops.convert_to_tensor([(seed, i) for i in range(n)], dtype="int32")
            values = self._draw_per_seed(seeds, endpoint)
            found |= {name: ops.convert_to_numpy(each) for name, each in values.items() if name not in found}
        found |= {name: each.default(n) for name, each in inputs.items() if name not in found}
        return {name: found[name] for name in inputs}

    def _endpoint(self, name):
        """Return the `Endpoint` of this name, or raise InputError."""
        endpoints = self.endpoints()
        return endpoints[check_choice("endpoint", name, endpoints)]

    def check_number(self, n):
        """Raise InputError if n is no positive int, or if n samples would fill the memory."""
        check_int("n", n, 1, min(MANY, MAX_NUMBERS // math.prod(self._shape())))

    def render(self, inputs, endpoint="serving_default"):
        """Turn {name: array `(n, ...)`} into uint8 images `(n, H, W, C)` (or float32 points)."""
        asked = self._endpoint(endpoint)
        tensors = {}
        for name, each in asked.inputs.items():
            if name not in inputs:
                raise InputError(f"{type(self).__name__} is asked with {', '.join(asked.inputs)}; {name} is missing.")
            tensors[name] = ops.convert_to_tensor(inputs[name], dtype=each.dtype)
            if tuple(tensors[name].shape[1:]) != tuple(each.shape):
                wanted = ", ".join(map(str, ("N", *each.shape)))
                raise InputError(f"{name} must be ({wanted}). Received: shape {tuple(tensors[name].shape)}")
        n = len(next(iter(tensors.values())))
        call = self._compiled(f"generate {endpoint}", lambda: asked.generate)
        parts = [call({name: each[i : i + 64] for name, each in tensors.items()}) for i in range(0, n, 64)]
        return self.postprocess(ops.convert_to_numpy(ops.concatenate(parts)))

    def postprocess(self, outputs):
        """Turn a generator's output, float32 array `(N, H, W, C)` in `value_range`, into uint8 images; others stay floats."""
        return images.to_uint8(outputs, self.value_range) if self.makes_images else np.asarray(outputs, "float32")

    @property
    def makes_images(self):
        """Whether examples are images of whole numbers, uint8 or uint16, by the dtype that `examples` declares."""
        return next(iter(self.examples.values())).dtype in WHITE

    def sample(self, n=None, seed=0, endpoint="serving_default", **given):
        """Generate n samples.

        Args:
            n, seed, endpoint, given: as in `draw_inputs`.

        Returns:
            uint8 array `(n, H, W, C)` (float32 `(n, d)` for points).
        """
        return self.render(self.draw_inputs(n, seed, endpoint, **given), endpoint)

    def translations(self, given, seed=0, endpoint="serving_default"):
        """Return what a picture of translated images shows in each row, a list of uint8 arrays `(N, H, W, C)`: before, after.

        Args:
            given: {name: uint8 `(N, H, W, C)`} of the endpoint's images, the one that is shown first.
            seed: int, of what is drawn besides.
            endpoint: name in `endpoints()`.
        """
        before = next(iter(given.values()))
        return [before, self.sample(len(before), seed, endpoint, **given)]

    def interpolate(self, n=8, seed=0, end_seed=1, spherical=True, **given):
        """Generate n samples on a path from the sample of one seed to that of another.

        Args:
            n: int, at least 2, both ends included.
            seed, end_seed: ints; the ends are `sample(1, seed)` and `sample(1, end_seed)`.
            spherical: latents move on the great circle, which keeps their length typical (White 2016, arXiv:1609.04468);
                False moves on the straight line.
            given: as in `sample`, the same all the way.

        Returns:
            uint8 array `(n, H, W, C)`.
        """
        self.check_number(n)
        if n < 2:
            raise InputError(f"n must be at least 2, for both ends. Received: n={n}")
        for name, values in given.items():
            if name in self.inputs and values is not None and self.inputs[name].count(values) > 1:
                raise InputError(f"{name} is the same all the way: give one value. Received: {self.inputs[name].count(values)}")
        start, end = (self.draw_inputs(1, each, **given) for each in (seed, end_seed))
        t = np.linspace(0.0, 1.0, n, dtype="float32")
        path = {name: each.blend(start[name][0], end[name][0], t, spherical) for name, each in self.inputs.items()}
        return self.render({name: np.asarray(values, self.inputs[name].dtype) for name, values in path.items()})

    @property
    def probe_size(self):
        """Examples of the data that `preview` is given: 8 for a model that translates images, else 0."""
        return 8 if any(isinstance(each, Image) for point in self.endpoints().values() for each in point.inputs.values()) else 0

    @property
    def zoom(self):
        """How many times a pixel is enlarged in `preview`."""
        return images.zoom_for(self._shape())

    def picture(self, examples):
        """Lay generated examples, as `render` returns them, out as one picture, uint8 `(H, W, C)`: images in a square.

        A model whose examples are neither images nor points says here how they are drawn.
        """
        if self.makes_images and examples.ndim == 4:
            return images.grid(examples)
        return plots.point_picture(examples) if examples.ndim == 2 else plots.series_picture(examples)

    def preview(self, probe=None, seed=0):
        """Return the picture that shows how far training is, uint8 `(H, W, C)`.

        64 samples in a square, 1,000 points, or 16 series; for a conditional model 10 samples per class or text; for one that
        translates images one row per example: for each endpoint the image and what becomes of it.

        Args:
            probe: {part: array}, `probe_size` fixed examples of the data, or None.
            seed: int.
        """
        if len(self._shape()) == 1:
            return self.picture(self.sample(1000, seed))
        if not self.makes_images:
            return self.picture(self.sample(16, seed))
        zoom = self.zoom
        if self.probe_size:
            columns = self._translations(probe or {}, seed)
            return images.grid(np.stack(columns, axis=1).reshape(-1, *self._shape()), len(columns), zoom)
        told = next((name for name, each in self.inputs.items() if not each.drawn and len(each.options)), None)
        if told is None:
            return images.grid(self.sample(64, seed), zoom=zoom)
        rows = np.repeat(np.asarray(self.inputs[told].options[:20]), 10)
        return images.grid(self.sample(len(rows), seed, **{told: rows}), 10, zoom=zoom)

    def export(self, path, formats=("savedmodel",), **options):
        """Write the trained model for programs without ganzoo; options as in `ganzoo.export.export_generator`."""
        from ganzoo import export

        return export.export_generator(path, self, formats, **options)

    def results(self):
        """Return {file or folder: function that writes it, given its path} of what a finished run gets besides the usual."""
        return {}

    def call(self, inputs, training=False):
        """Generate examples in `value_range` from the tensor of the one input, or a list or dictionary of several.

        The same generator as in `sample` and `export`: the average where there is one, in inference mode.
        """
        if not isinstance(inputs, dict):
            parts = inputs if isinstance(inputs, (list, tuple)) else [inputs]
            inputs = dict(zip(self.inputs, parts, strict=True))
        return self.generate(inputs)

    def _translations(self, probe, seed):
        """Return the columns of `translations`, those of all endpoints; of black images where there is no probe."""
        columns = {}
        for name, point in self.endpoints().items():
            given = {key: probe.get(key, np.zeros((self.probe_size, *each.shape), "uint8"))
                     for key, each in point.inputs.items() if isinstance(each, Image)}  # fmt: skip
            if not given:  # an endpoint beside them that makes images of latents
                continue
            columns.setdefault(next(iter(given)), self.translations(given, seed, name))
        return [each for found in columns.values() for each in found]

    def _shape(self):
        return next(iter(self.examples.values())).shape

    def _draw_per_seed(self, seeds, endpoint):
        inputs = self.endpoints()[endpoint].inputs
        dtypes = {name: each.dtype for name, each in inputs.items() if each.drawn}

        def draw(seeds):
            return backend.map_rows(lambda seed: self.draw_values((), seed, inputs), seeds, dtypes)

        return self._compiled(f"draw {endpoint}", lambda: draw)(seeds)

    def _compiled(self, key, make):
        """Return `make()` compiled, the same for the same key until other networks are built."""
        if key not in self._functions:
            self._functions[key] = backend.jit(make())
        return self._functions[key]
