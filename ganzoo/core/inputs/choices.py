"""One of a number of classes: a category that is drawn, a label that is asked for."""

import numpy as np
from keras import ops

from ganzoo import backend
from ganzoo.core.inputs.base import Input, repeat
from ganzoo.utils.checks import check_class_ids, check_shares, positive_integer


class _Choice(Input):
    """One of `classes` values, an int32 from 0 on."""

    dtype = "int32"
    shape = ()

    def __init__(self, classes):
        self.classes = positive_integer("classes", classes)

    @property
    def support(self):
        return f"0 to {self.classes - 1}"

    @property
    def options(self):
        return range(self.classes)

    def numpy_code(self, n):
        return f'rng.integers(0, {self.classes}, {n}).astype("{self.dtype}")'

    def check(self, name, values, n):
        return repeat(name, check_class_ids(name, values, self.classes), n).astype("int32")

    def default(self, n):
        """Return all classes in turn."""
        return np.resize(np.arange(self.classes), n).astype("int32")


class Category(_Choice):
    """A category drawn with equal probabilities; the network gets its number, int32."""

    def draw(self, shape, seed):
        return ops.cast(ops.floor(backend.uniform(shape, seed, 0.0, self.classes)), "int32")

    def project(self, moved, start):
        return start

    def stratify(self, values):
        return ops.cast(ops.arange(values.shape[0]) % self.classes, "int32")


class Label(_Choice):
    """What is asked for, int32 from 0 to classes - 1. In training it is the real batch's label.

    Args:
        classes: positive int.
        shares: how often each class is drawn where none is asked for, `classes` numbers of at least 0 that sum to 1; None:
            nothing is drawn, all classes take turns.

    Example:
        >>> Label(3, (0.0, 1.0, 0.0)).draw((4,), (0, 1)).numpy()
        array([1, 1, 1, 1], dtype=int32)
    """

    def __init__(self, classes, shares=None):
        super().__init__(classes)
        self.shares = None if shares is None else check_shares("class_shares", shares, self.classes)
        self.drawn = self.shares is not None

    def draw(self, shape, seed):
        if self.shares is None:
            return super().draw(shape, seed)
        edges = ops.convert_to_tensor(np.cumsum(self.shares)[:-1], dtype="float32")
        return ops.sum(ops.cast(backend.uniform(shape, seed)[..., None] >= edges, "int32"), axis=-1)

    def project(self, moved, start):
        return start

    def numpy_code(self, n):
        if self.shares is None:
            return super().numpy_code(n)
        return f'rng.choice({self.classes}, {n}, p={list(self.shares)}).astype("{self.dtype}")'
