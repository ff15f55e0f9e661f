"""Texts that a sample is asked with, as numbers of words."""

import difflib
import re

import numpy as np

from ganzoo.core.inputs.base import Input, repeat
from ganzoo.errors import InputError
from ganzoo.utils.checks import check_class_ids, positive_integer

MOST_IN_A_TEXT, MOST_WORDS = 64, 5000


class Text(Input):
    """A text that says what to generate, as the numbers of its words: int32 `(length,)`, 0 after the last word.

    Case and punctuation are ignored. In Python, texts may be given as strings, or as such numbers, which data sets hold.

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
        """How many numbers a position of a text can take: one per word, and 0."""
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

    def count(self, values):
        return len(np.atleast_1d(np.asarray(values)))

    def check(self, name, values, n):
        array = np.asarray(values)
        if array.dtype.kind in "UO" and array.ndim <= 1 and array.size and all(isinstance(each, str) for each in array.flat):
            return repeat(name, self.encode(array.reshape(-1).tolist()), n)
        if array.dtype.kind not in "iu" or array.shape[1:] != self.shape or not len(array):
            raise InputError(
                f"{name} must be strings, or numbers of words (N, {self.length}). Received: {array.dtype} {array.shape}"
            )
        check_class_ids(name, array, self.classes)
        return repeat(name, array, n).astype("int32")

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
