"""Digits with texts that are true of them: which digit, how thick its strokes are, which way it leans.

Digits are slanted and thickened at random; then slant and stroke width are measured in the finished picture, compared with what
is usual for the digit, and told: "a thick seven, leaning right".
"""

from typing import NamedTuple

import numpy as np

from ganzoo.core.inputs import Text
from ganzoo.data import keras_sets
from ganzoo.data.captions import CaptionedImages
from ganzoo.data.dataset import ImageDataset
from ganzoo.data.resize import resize_pixels, resized
from ganzoo.errors import InputError
from ganzoo.utils.checks import check_int, check_object, positive_integer

NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
WIDTHS = {-1: "thin", 0: "", 1: "thick"}
SLANTS = {-1: "leaning left", 0: "upright", 1: "leaning right"}
# From where on a digit is said to lean, in columns for each row further up, and to be thick, in shares of the usual width.
SLANTED, THICK = 0.15, 0.12
_MOST_SLANT, _BATCH = 0.4, 500


class Usual(NamedTuple):
    """What is usual for each digit: arrays (10,) of slants and of stroke widths in pixels."""

    slants: np.ndarray
    widths: np.ndarray

    @classmethod
    def of(cls, digits):
        """Measure an `ImageDataset` of digits with labels from 0 to 9."""
        slants, widths = measure_slants(digits.images), measure_widths(digits.images)
        means = [[values[digits.labels == digit].mean() for digit in range(10)] for values in (slants, widths)]
        return cls(*map(np.array, means))

    def compare(self, images, labels):
        """Return (slants, widths) beside the usual, (N,) each: differences, and shares of the usual width above it."""
        return measure_slants(images) - self.slants[labels], measure_widths(images) / self.widths[labels] - 1.0


def measure_slants(images):
    """Return how far ink leans, columns to the right for each row further up: covariance of columns and rows over variance.

    Args:
        images: uint8 (N, H, W, 1), bright ink on black, some ink in each.

    Returns:
        float64 array (N,).
    """
    ink = _ink(images)
    up, right = np.arange(ink.shape[1])[::-1, None], np.arange(ink.shape[2])[None]

    def mean(values):
        return (ink * values).sum(axis=(1, 2), keepdims=True) / np.maximum(ink.sum(axis=(1, 2), keepdims=True), 1e-9)

    rows, columns = up - mean(up), right - mean(right)
    return (mean(rows * columns) / np.maximum(mean(rows**2), 1e-9))[:, 0, 0]


def measure_widths(images):
    """Return the mean width of strokes in pixels: twice the area over the length of the outline, also of blurred strokes.

    A stroke of width w and length L has the area w L, and the sum of the gradient's norm over it is that of two edges, 2 L.

    Args:
        images: as in `measure_slants`.

    Returns:
        float64 array (N,).
    """
    ink = _ink(images)
    framed = np.pad(ink, ((0, 0), (1, 1), (1, 1)))
    down, across = np.diff(framed, axis=1)[:, :, :-1], np.diff(framed, axis=2)[:, :-1]
    return 2 * ink.sum(axis=(1, 2)) / np.maximum(np.hypot(down, across).sum(axis=(1, 2)), 1e-9)


def describe(labels, slants, widths, seed=0):
    """Return a text for each digit, the parts of it in an order drawn at random.

    Args:
        labels: ints (N,) from 0 to 9.
        slants, widths: -1, 0 or 1 each, (N,): leaning left, upright, right; thin, usual, thick.
        seed: int, from 0 on.

    Example:
        >>> describe([7], [1], [1])
        ['a thick seven, leaning right']
    """
    first = np.random.default_rng(seed).random(len(labels)) < 0.7
    texts = []
    for digit, slant, width, usual in zip(labels, slants, widths, first, strict=True):
        said = " ".join(filter(None, (WIDTHS[int(width)], NAMES[int(digit)])))
        said = f"an {said}" if said[0] == "e" else f"a {said}"
        texts.append(f"{said}, {SLANTS[int(slant)]}" if usual else f"{SLANTS[int(slant)]}, {said}")
    return texts


def _words():
    """Return the `Text` of all that `describe` may say, with a text a digit to show."""
    every = [each.ravel() for each in np.meshgrid(range(10), (-1, 0, 1), (-1, 0, 1))]
    shown = describe(range(10), np.resize((1, -1, 0), 10), np.resize((1, 0, -1, 1), 10))
    return Text.of([*describe(*every), "a an"], shown)


WORDS = _words()


def described_digits(image_size=None, images=None, n=6000, seed=0):
    """Return digits with texts that tell the digit, its stroke width and its slant.

    Args:
        image_size: pair of ints (height, width) in pixels; None takes 32x32 for the default digits, and the size that `images`
            have.
        images: `ImageDataset` of gray digits with labels from 0 to 9; None takes scikit-learn's, which need no download.
        n: how many to make; the digits take turns.
        seed: int, from 0 on; decides slants, widths and the order of words.

    Returns:
        CaptionedImages whose `images` keep the labels.

    Raises:
        InputError: if the images are not such digits.

    Example:
        >>> described_digits((16, 16), n=20)
        CaptionedImages(name='described digits', images=20, image_shape=(16, 16, 1), words=18)
    """
    digits = digits_of(image_size, images)
    rng = np.random.default_rng(check_int("seed", seed, 0))
    order = np.resize(rng.permutation(len(digits)), positive_integer("n", n))
    slants, widths = rng.uniform(-_MOST_SLANT, _MOST_SLANT, n), rng.uniform(-1, 1, n)
    parts = [slice(start, start + _BATCH) for start in range(0, n, _BATCH)]
    made = np.concatenate([_redrawn(digits.images[order[part]], slants[part], widths[part]) for part in parts])
    labels = digits.labels[order]
    found = Usual.of(digits).compare(made, labels)
    signs = [_sign(values, least) for values, least in zip(found, (SLANTED, THICK), strict=True)]
    texts = describe(labels, *signs, seed)
    return CaptionedImages(digits.replaced(made, labels, f"described {digits.name}"), texts, WORDS)


def digits_of(image_size=None, images=None):
    """Return the digits that `described_digits` begins with, at the size of its result; arguments and errors as there."""
    if images is None:
        found = keras_sets.digits()  # they touch the edges: they need room to lean in
        framed = np.pad(found.images, ((0, 0), (1, 1), (1, 1), (0, 0)))
        images, image_size = found.replaced(framed, found.labels), image_size or (32, 32)
    check_object("images", images, ImageDataset, "ImageDataset(array)")
    if images.image_shape[2] != 1 or images.labels is None or set(np.unique(images.labels)) != set(range(10)):
        raise InputError(f"digits must be gray images with the labels 0 to 9. Received: {images!r}")
    return resized(images, image_size)


def _redrawn(images, slants, widths):
    """Return images slanted further, and thickened (widths above 0, at most 1) or thinned, at twice their size and back."""
    from scipy import ndimage

    height, width = images.shape[1:3]
    large = np.stack([resize_pixels(each, (2 * height, 2 * width))[..., 0] for each in images]).astype("float32")
    brush = 2 * max(1, round(height / 16)) + 1
    spread, shrunk = (edge(edge(large, brush, 1), brush, 2) for edge in (ndimage.maximum_filter1d, ndimage.minimum_filter1d))
    share = widths.astype("float32")[:, None, None]
    large += np.maximum(share, 0) * (spread - large) + np.maximum(-share, 0) * (shrunk - large)
    for image, slant in zip(large, slants, strict=True):
        # Output pixel (row, column) is read from (row, column + slant * (row - middle)), between pixels linearly.
        image[:] = ndimage.affine_transform(image, [[1, 0], [slant, 1]], [0, -slant * (2 * height - 1) / 2], order=1)
    small = large.reshape(len(images), height, 2, width, 2).mean(axis=(2, 4))
    return np.clip(np.rint(small), 0, 255).astype("uint8")[..., None]


def _ink(images):
    return np.asarray(images)[..., 0].astype("float64") / 255


def _sign(values, least):
    """Return 1 from `least` on, -1 from `-least` down, else 0."""
    return (values >= least).astype(int) - (values <= -least).astype(int)
