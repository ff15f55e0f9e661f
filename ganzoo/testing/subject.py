"""What is being checked, with data to check it on."""

import contextlib
import functools
import math

import numpy as np
from keras import ops

from ganzoo.core import state
from ganzoo.testing.recording import watch_step

N = 16  # examples in a batch
LATE = 10**6  # a step at which what fades in has done so


class Subject:
    """A model under test.

    Attributes:
        model: the `AdversarialModel`.
    """

    def __init__(self, model):
        self.model = model

    @functools.cached_property
    def batch(self):
        """{part: array `(16, ...)`}: random images, points or labels as the model declares them."""
        return self.make_batch(N)

    def make_batch(self, n, seed=0):
        """Return {part: array `(n, ...)`}."""
        rng = np.random.default_rng(seed)
        made = {}
        for name, spec in self.model.examples.items():
            classes = getattr(self.model.inputs.get(name), "classes", 2)
            if spec.dtype.startswith("int"):
                made[name] = np.resize(np.arange(classes), (n, *spec.shape)).astype("int32")
            elif spec.dtype.startswith("uint"):
                made[name] = rng.integers(0, np.iinfo(spec.dtype).max, (n, *spec.shape), spec.dtype, endpoint=True)
            else:
                made[name] = rng.normal(size=(n, *spec.shape)).astype("float32")
        return made

    @functools.cached_property
    def updates(self):
        """The `Update`s of two steps on two batches, the second a late one: a loss may fade in."""
        found = watch_step(self.model, self.batch)
        self.model.step_counter.assign(LATE)
        return found + watch_step(self.model, self.make_batch(N, seed=1))

    def draw(self, n=N, seed=0):
        """Return {name: array}, inputs of n samples; images that are to be translated come from the batch."""
        given = {name: self.make_batch(n)[name] for name, each in self.model.inputs.items() if _is_image(each)}
        return self.model.draw_inputs(n, seed, **given)

    def generate(self, inputs):
        """Return the samples of {name: array}, float array in `value_range`."""
        tensors = {name: ops.convert_to_tensor(values) for name, values in inputs.items()}
        return np.asarray(ops.convert_to_numpy(self.model.generate(tensors)), "float32")

    def sample(self, model=None, n=4):
        """Return n samples of this or of another model, uint8 images or points."""
        return (model or self.model).render(self.draw(n))

    def another(self, **changes):
        """Return a model of the same configuration and optimizers, with initial weights."""
        other = type(self.model).from_config(self.model.get_config() | changes)
        other.compile_from_config(self.model.get_compile_config())
        return other

    @property
    def bounded(self):
        """Whether the values of examples have bounds."""
        return all(math.isfinite(bound) for bound in self.model.value_range)

    @contextlib.contextmanager
    def state_kept(self):
        """Put the model's state back afterwards."""
        before = state.get_state(self.model)
        try:
            yield
        finally:
            state.set_state(self.model, before)


def _is_image(each):
    return not each.drawn and not hasattr(each, "classes")
