"""`Spec`, what a training example looks like, and `Input`, one part of what a sample is made of: the base of the others."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from ganzoo.core.config import Configurable
from ganzoo.errors import InputError

# The largest level of each dtype of pixels.
WHITE = {"uint8": 255.0, "uint16": 65535.0}


@dataclasses.dataclass(frozen=True)
class Spec:
    """Shape and dtype of one part of one training example, without the batch.

    Example:
        >>> Spec((32, 32, 3), "uint8")
        Spec(shape=(32, 32, 3), dtype='uint8')
    """

    shape: tuple
    dtype: str


class Input(Configurable):
    """One part of what a sample is made of; base of the others.

    Attributes:
        shape: shape of one value, without the batch.
        dtype: of the tensor that the network gets.
        drawn: whether it is drawn where it is not given; a label, a text or an image must be given or has a default.
        support: what values there are, in words.
        options: values that a menu or a preview offers; empty where there are too many to choose from.
        words: of a text, the words that its numbers stand for, from 1 on; empty for all others.
    """

    shape: tuple = ()
    dtype = "float32"
    drawn = True
    support = "any numbers"
    options: Sequence = ()
    words: tuple = ()

    @property
    def dynamic_shape(self) -> tuple:
        """Shape of one value as an exported model takes it: `shape`, with None for a side of which it takes any length."""
        return self.shape

    def numpy_code(self, n):
        """Return the expression that draws n values with a NumPy generator `rng`, for users of an exported model alone."""
        return f'rng.standard_normal({(n, *self.shape)}, dtype="{self.dtype}")'

    def draw(self, shape, seed):
        """Draw values.

        Args:
            shape: leading axes, a tuple: () for one value, (n,) for n.
            seed: int32 `(2,)`.

        Returns:
            Tensor `(*shape, *self.shape)`.
        """
        raise InputError(f"an input of kind {type(self).__name__} is not drawn; it must be given.")

    def default(self, n):
        """Return n values for an input that is not drawn and was not given, or raise InputError."""
        raise InputError(f"an input of kind {type(self).__name__} must be given.")

    def check(self, name, values, n):
        """Return given values as an array `(n, *shape)`, repeated until there are n.

        Raises:
            InputError: if they are of another shape or range.
        """
        wanted = f"{name} must be finite numbers ({', '.join(map(str, ('N', *self.shape)))})."
        try:
            array = np.asarray(values, self.dtype)
        except (ValueError, TypeError) as error:
            raise InputError(f"{wanted} Received: {name}={values!r:.100}") from error
        array = self.as_rows(array)
        if array.shape[1:] != self.shape or not len(array) or not np.isfinite(array).all():
            raise InputError(f"{wanted} Received: shape {np.shape(values)}")
        return repeat(name, array, n)

    def count(self, values):
        """Return how many samples the given values are for; 1 for invalid values, which `check` then refuses."""
        try:
            return len(self.as_rows(np.asarray(values, self.dtype)))
        except (ValueError, TypeError):
            return 1

    def as_rows(self, array):
        """Return given values with a leading axis: a number for all of them, one value, or a value a sample."""
        array = array if array.ndim else np.broadcast_to(array, self.shape)
        return array[None] if array.shape == self.shape else array

    def blend(self, a, b, t, spherical=True):
        """Return what lies at shares t `(n,)` of the way from a to b, both `(*shape)`: array `(n, *shape)`."""
        return np.where(t.reshape(-1, *[1] * len(self.shape)) < 0.5, a, b).astype(self.dtype)

    def project(self, moved, start):
        """Bring values that moved away from `start` back into the distribution's support; both `(N, *shape)`."""
        return moved

    def stratify(self, values):
        """Return values `(N, *shape)`; those of a discrete input take all its possible values in turn."""
        return values

    def to_network(self, values, value_range):
        """Turn the values that an exported model is called with into what the network gets."""
        return values


def repeat(name, values, n):
    """Return an array `(m, ...)` repeated until there are n rows, or raise InputError where more than n were given."""
    if len(values) > n:
        raise InputError(f"{len(values)} {name} were given for n={n}: leave n out for as many samples, or give no more than n.")
    return np.resize(values, (n, *values.shape[1:]))
