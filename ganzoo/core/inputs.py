"""What a training example looks like, and what a sample is made of: noise, categories, codes, labels, images.

Each kind of input knows how it is drawn, checked, blended on a path between two samples, and kept where it lives when it is
moved (GAN inversion). Equal seeds give equal draws on every machine with the same TensorFlow.
"""

import dataclasses
import math

import numpy as np
from keras import ops

from ganzoo import backend
from ganzoo.core.config import Configurable
from ganzoo.errors import InputError
from ganzoo.utils.checks import check_class_ids, positive_integer, positive_number

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
        drawn: whether it is drawn where it is not given; a label or an image must be given or has a default.
        support: what values there are, in words.
    """

    shape: tuple = ()
    dtype = "float32"
    drawn = True
    support = "any numbers"

    @property
    def dynamic_shape(self) -> tuple:
        """Shape of one value as an exported model takes it: `shape`, with None for a side of which it takes any length."""
        return self.shape

    def numpy_code(self, n):
        """Return the expression that draws n values with a NumPy generator `rng`, for who has an exported model alone."""
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
        array = np.asarray(values, self.dtype)
        if array.shape == self.shape:
            array = array[None]
        if array.shape[1:] != self.shape or not len(array) or not np.isfinite(array).all():
            wanted = ", ".join(map(str, ("N", *self.shape)))
            raise InputError(f"{name} must be finite numbers ({wanted}). Received: shape {np.shape(values)}")
        return np.resize(array, (n, *self.shape))

    def blend(self, a, b, t, spherical=True):
        """Return what lies at shares t `(n,)` of the way from a to b, both `(*shape)`: array `(n, *shape)`."""
        return np.where(t.reshape(-1, *[1] * len(self.shape)) < 0.5, a, b).astype(self.dtype)

    def project(self, moved, start):
        """Bring values that moved away from `start` back to where the distribution lives; both `(N, *shape)`."""
        return moved

    def stratify(self, values):
        """Return values `(N, *shape)` of which discrete ones take all their possibilities in turn."""
        return values

    def to_network(self, values, value_range):
        """Turn what an exported model is asked with into what the network gets."""
        return values


class _Vector(Input):
    """A vector of numbers that are drawn."""

    def __init__(self, size):
        self.size = positive_integer("latent size", size)

    @property
    def shape(self):
        return (self.size,)

    def blend(self, a, b, t, spherical=True):
        """Move on the great circle, which keeps the length of Gaussian latents typical (White 2016, arXiv:1609.04468)."""
        return self._blend_flat(np.ravel(a), np.ravel(b), t[:, None], spherical).reshape(-1, *self.shape)

    def _blend_flat(self, a, b, t, spherical):
        if spherical:
            cosine = np.dot(a, b) / (np.linalg.norm(a) * np.linalg.norm(b))
            angle = np.arccos(np.clip(cosine, -1.0, 1.0))
            if np.sin(angle) > 1e-4:  # parallel vectors have no single great circle: the line is as good
                return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)
        return (1 - t) * a + t * b


class Normal(_Vector):
    """Standard normal latents, N(0, I); size: positive int.

    Example:
        >>> Normal(3).draw((2,), (0, 1)).shape
        TensorShape([2, 3])
    """

    support = "standard normal"

    def draw(self, shape, seed):
        return backend.normal((*shape, self.size), seed)


class TruncatedNormal(Normal):
    """Normal latents, each drawn again until it lies within +-threshold (Brock et al. 2018, arXiv:1809.11096, section 3.1).

    Args:
        size: positive int.
        threshold: float above 0.

    Example:
        >>> bool(abs(TruncatedNormal(1000, 0.5).draw((), (0, 1)).numpy()).max() <= 0.5)
        True
    """

    def __init__(self, size, threshold):
        super().__init__(size)
        self.threshold = positive_number("threshold", threshold)

    @property
    def support(self):
        return f"normal within {-self.threshold:g} and {self.threshold:g}"

    def draw(self, shape, seed):
        """Draw by the inverse of the distribution function, which gives what drawing again gives."""
        share = math.erf(self.threshold / math.sqrt(2.0))
        drawn = math.sqrt(2.0) * ops.erfinv(backend.uniform((*shape, self.size), seed, -share, share))
        return self.project(drawn, drawn)

    def project(self, moved, start):
        return ops.clip(moved, -self.threshold, self.threshold)

    def numpy_code(self, n):
        wanted = n * self.size
        enough = round(2 * wanted / math.erf(self.threshold / math.sqrt(2.0))) + 1000
        kept = f"[x for x in rng.standard_normal({enough}) if abs(x) <= {self.threshold!r}][:{wanted}]"
        return f'np.array({kept}, "{self.dtype}").reshape({(n, self.size)})'


class NormalMap(Normal):
    """A map of standard normal latents, `(height, width, size)`: one vector for every cell of a fully convolutional generator.

    Args:
        height, width: positive ints, cells of the maps that the training draws. Exported, both are free.
        size: positive int, numbers a cell.

    Example:
        >>> NormalMap(4, 6, 3).draw((2,), (0, 1)).shape
        TensorShape([2, 4, 6, 3])
    """

    def __init__(self, height, width, size):
        super().__init__(size)
        self.height, self.width = positive_integer("height", height), positive_integer("width", width)

    @property
    def shape(self):
        return (self.height, self.width, self.size)

    @property
    def dynamic_shape(self):
        return (None, None, self.size)

    def draw(self, shape, seed):
        return backend.normal((*shape, *self.shape), seed)


class Uniform(_Vector):
    """Latents uniform in [-1, 1), as in DCGAN (Radford et al. 2016, arXiv:1511.06434); size: positive int."""

    support = "uniform in [-1, 1)"

    def draw(self, shape, seed):
        return backend.uniform((*shape, self.size), seed, -1.0, 1.0)

    def project(self, moved, start):
        return ops.clip(moved, -1.0, 1.0)

    def numpy_code(self, n):
        return f'rng.uniform(-1.0, 1.0, {(n, *self.shape)}).astype("{self.dtype}")'


class Code(Uniform):
    """Continuous codes uniform in [-1, 1), each meant to get a meaning of its own (Chen et al. 2016, arXiv:1606.03657)."""

    def check(self, name, values, n):
        array = np.asarray(values, "float32")
        return super().check(name, np.broadcast_to(array, (n, self.size)) if array.ndim == 1 else array, n)

    def blend(self, a, b, t, spherical=True):
        """Move on the straight line: the codes' own axes have a meaning, their length has none."""
        return super().blend(a, b, t, spherical=False)


class Setting(Input):
    """Numbers that a sample may be asked with and that are the same for all samples where nothing is said.

    Args:
        values: what they are where nothing is said, a sequence of floats.

    Example:
        >>> Setting((0.7,)).draw((2,), (0, 1)).shape
        TensorShape([2, 1])
    """

    def __init__(self, values):
        self.values = tuple(float(each) for each in values)

    @property
    def shape(self):
        return (len(self.values),)

    @property
    def support(self):
        return f"any numbers; usual {', '.join(f'{each:g}' for each in self.values)}"

    def draw(self, shape, seed):
        """Return the usual values, whatever the seed."""
        return ops.broadcast_to(ops.convert_to_tensor(self.values, dtype=self.dtype), (*shape, *self.shape))

    def check(self, name, values, n):
        array = np.asarray(values, self.dtype)
        if array.ndim == 0 or (array.ndim == 1 and self.shape == (1,)):
            array = array.reshape(-1, 1)  # one number for all, or one a sample
        return super().check(name, array, n)

    def blend(self, a, b, t, spherical=True):
        """Move on the straight line."""
        return (1 - t[:, None]) * a + t[:, None] * b

    def project(self, moved, start):
        """Return the start: it is nothing to be searched for."""
        return start

    def numpy_code(self, n):
        return f'np.tile(np.array({list(self.values)}, "{self.dtype}"), ({n}, 1))'


class _Choice(Input):
    """One of `classes` values, an int32 from 0 on."""

    dtype = "int32"
    shape = ()

    def __init__(self, classes):
        self.classes = positive_integer("classes", classes)

    @property
    def support(self):
        return f"0 to {self.classes - 1}"

    def numpy_code(self, n):
        return f'rng.integers(0, {self.classes}, {n}).astype("{self.dtype}")'

    def check(self, name, values, n):
        return np.resize(check_class_ids(name, values, self.classes), n).astype("int32")

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
    """What is asked for, int32 from 0 to classes - 1. In training it is the real batch's label; else all take turns."""

    drawn = False


class Image(Input):
    """An image that is translated: uint8 `(N, H, W, C)` or float32 in `value_range`.

    Args:
        shape: (height, width, channels).
        value_range: (low, high) of the pixels that the network gets.
    """

    drawn = False
    support = "0 to 1"

    def __init__(self, shape, value_range=(-1.0, 1.0)):
        self.shape = tuple(shape)
        self.value_range = tuple(value_range)

    def check(self, name, values, n):
        array = np.asarray(values)
        if array.shape[1:] != self.shape or not len(array) or array.dtype != np.uint8:
            raise InputError(
                f"{name} must be uint8 images (N, {', '.join(map(str, self.shape))}). "
                f"Received: {array.dtype} of shape {array.shape}"
            )
        low, high = self.value_range
        return np.resize(array, (n, *self.shape)).astype("float32") * ((high - low) / 255.0) + low

    def numpy_code(self, n):
        return f'rng.random({(n, *self.shape)}, dtype="{self.dtype}")'

    def to_network(self, values, value_range):
        """Scale float32 pixels in [0, 1] to `value_range`."""
        low, high = value_range
        return values * (high - low) + low
