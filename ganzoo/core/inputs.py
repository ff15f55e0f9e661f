"""What a training example looks like, and what a sample is made of: noise, categories, codes, labels, texts, images.

Each kind of input knows how it is drawn, checked, blended on a path between two samples, and kept where it lives when it is
moved (GAN inversion). Equal seeds give equal draws on every machine with the same TensorFlow.
"""

import dataclasses
import difflib
import math
import re
from collections.abc import Sequence

import numpy as np
from keras import ops

from ganzoo import backend
from ganzoo.core.config import Configurable
from ganzoo.errors import InputError
from ganzoo.utils.checks import check_class_ids, check_shares, positive_integer, positive_number

# The largest level of each dtype of pixels.
WHITE = {"uint8": 255.0, "uint16": 65535.0}
MOST_IN_A_TEXT, MOST_WORDS = 64, 5000


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

    @property
    def options(self):
        return range(self.classes)

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


class Text(Input):
    """A text that is asked for, as the numbers of its words: int32 `(length,)`, 0 after the last word.

    Case and punctuation are left out. What is asked in Python may be strings, or numbers as a data set has them.

    Args:
        words: the vocabulary; word i has the number i + 1.
        length: positive int, the most words of a text.
        options: texts that stand for what may be asked: a preview draws them, and they take turns where no text is given.

    Example:
        >>> text = Text(("a", "seven", "thick"), 4, ("a seven",))
        >>> text.encode("A thick seven!")
        array([[1, 3, 2, 0]], dtype=int32)
    """

    dtype = "int32"
    drawn = False

    def __init__(self, words, length, options=()):
        self.words, self.options = tuple(words), tuple(options)
        self.length = positive_integer("length", length)
        if not self.words or any(split_words(word) != [word] for word in self.words):
            raise InputError(f"words must be single words in lower case, at least one. Received: {self.words[:5]!r}")
        self._numbers = {word: index + 1 for index, word in enumerate(self.words)}
        self.encode(self.options)

    @classmethod
    def of(cls, texts, options=None):
        """Return the `Text` of a set of texts: their words in alphabetical order, and the length of the longest.

        Args:
            texts: sequence of str.
            options: as in the class; default: up to 10 of the texts.

        Raises:
            InputError: for a text without words, or with more than 64, or more than 5,000 different words.
        """
        split = [split_words(each) for each in texts]
        for each, found in zip(texts, split, strict=True):
            if not 0 < len(found) <= MOST_IN_A_TEXT:
                raise InputError(f"a text must have 1 to {MOST_IN_A_TEXT} words. Received: {len(found)} in {_shown(each)}")
        words = sorted({word for each in split for word in each})
        if len(words) > MOST_WORDS:
            raise InputError(f"texts must be made of at most {MOST_WORDS} different words. Received: {len(words)}")
        different = sorted(set(texts))
        options = different[:: max(1, len(different) // 10)][:10] if options is None else options
        return cls(words, max(map(len, split), default=1), options)

    @property
    def shape(self):
        return (self.length,)

    @property
    def classes(self):
        """Numbers that a place of a text may have: one a word, and 0."""
        return len(self.words) + 1

    @property
    def support(self):
        return f"numbers of {len(self.words)} words, 0 after the last"

    def encode(self, texts):
        """Return texts, a str or a sequence of them, as int32 `(N, length)`.

        Raises:
            InputError: for a word that is not in the vocabulary, with the nearest that is; for no word or too many.
        """
        texts = [texts] if isinstance(texts, str) else list(texts)
        numbers = np.zeros((len(texts), self.length), "int32")
        for row, text in zip(numbers, texts, strict=True):
            found = split_words(text)
            for word in found:
                if word not in self._numbers:
                    near = difflib.get_close_matches(word, self.words, n=1, cutoff=0.0)[0]
                    known = ", ".join(self.words[:30]) + ", ..." * (len(self.words) > 30)
                    raise InputError(
                        f"the model knows no word {_shown(word)}; the nearest is {near!r}. Received: {_shown(text)}. "
                        f"Its words: {known}"
                    )
            if not 0 < len(found) <= self.length:
                raise InputError(f"a text must have 1 to {self.length} words. Received: {len(found)} in {_shown(text)}")
            row[: len(found)] = [self._numbers[word] for word in found]
        return numbers

    def decode(self, numbers):
        """Return the texts, a list of str, of int numbers `(N, length)`."""
        return [" ".join(self.words[each - 1] for each in row if each) for row in np.asarray(numbers)]

    def check(self, name, values, n):
        array = np.asarray(values)
        if array.dtype.kind in "UO" and array.ndim <= 1 and array.size and all(isinstance(each, str) for each in array.flat):
            return np.resize(self.encode(array.reshape(-1).tolist()), (n, self.length))
        if array.dtype.kind not in "iu" or array.shape[1:] != self.shape or not len(array):
            raise InputError(
                f"{name} must be strings, or numbers of words (N, {self.length}). Received: {array.dtype} {array.shape}"
            )
        check_class_ids(name, array, self.classes)
        return np.resize(array, (n, self.length)).astype("int32")

    def default(self, n):
        """Return the options in turn; the words where there are none."""
        return np.resize(self.encode(self.options or self.words), (n, self.length))

    def numpy_code(self, n):
        return f'np.array({self.default(n).tolist()}, "int32")'


def split_words(text):
    """Return the words of a text, in lower case: letters and digits, an apostrophe inside a word too.

    Example:
        >>> split_words("A thick seven, leaning right.")
        ['a', 'thick', 'seven', 'leaning', 'right']
    """
    return re.findall(r"[^\W_]+(?:['\u2019][^\W_]+)*", str(text).lower())


def _shown(text):
    """Return a text as a message shows it: short, in quotation marks, of printable characters."""
    return repr(str(text)[:100])


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
