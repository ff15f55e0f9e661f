"""Two sets of images, read side by side: what an image-to-image GAN trains on."""

import functools
import hashlib

import numpy as np

from ganzoo.data import keras_sets
from ganzoo.data.batching import index_batches
from ganzoo.data.checks import chosen_names, suggestion
from ganzoo.data.dataset import ImageDataset
from ganzoo.data.resize import resized
from ganzoo.errors import InputError
from ganzoo.utils.checks import check_int, check_object

KINDS = ("inverted", "outlined", "sheared")
_SHEAR = 0.3  # columns to the right for each row further up


class PairedImages:
    """Two sets of images, "a" and "b".

    Args:
        a, b: ImageDataset.
        paired: bool, whether image i of `b` belongs to image i of `a`. If so both are read by the same indexes; if not, each
            in an order of its own.
        name: str, what the pair is called in messages; default: the names of the two.

    Attributes:
        a, b: ImageDataset.
        paired: bool.
        skipped, notes: tuples of str, those of both sets.

    Raises:
        InputError: if `paired` sets are not equally long, or an argument is of another kind.

    Example:
        >>> import numpy as np
        >>> pair = PairedImages(*(ImageDataset(np.zeros((n, 8, 8), "uint8"), name=f"{n} dots") for n in (5, 9)))
        >>> pair, len(pair)
        (PairedImages(name='5 dots and 9 dots', a=5 of (8, 8, 1), b=9 of (8, 8, 1), paired=False), 9)
    """

    def __init__(self, a, b, paired=False, name=None):
        for side, dataset in (("a", a), ("b", b)):
            check_object(side, dataset, ImageDataset, "ImageDataset(array)")
        self.a, self.b, self.paired = a, b, bool(paired)
        self.name = f"{a.name} and {b.name}" if name is None else str(name)
        if self.paired and len(a) != len(b):
            raise InputError(
                f"{self.name}: paired sets must be equally long, image i of one belonging to image i of the other. "
                f"Received: {len(a)} and {len(b)} images"
            )

    def __len__(self):
        """Return the number of images in the longer set."""
        return max(len(self.a), len(self.b))

    def __repr__(self):
        """Return the facts a user looks for, not the pixels."""
        sides = ", ".join(f"{side}={len(each)} of {each.image_shape}" for side, each in (("a", self.a), ("b", self.b)))
        return f"PairedImages(name={self.name!r}, {sides}, paired={self.paired})"

    @property
    def arrays(self):
        """Return {"a": uint8 (N, H, W, C), "b": uint8 (M, H, W, C)}."""
        return {"a": self.a.images, "b": self.b.images}

    @property
    def specs(self):
        """Return {name: Spec} of one example's parts."""
        return {"a": self.a.specs["images"], "b": self.b.specs["images"]}

    @property
    def skipped(self):
        """Return what was left out of both sets."""
        return (*self.a.skipped, *self.b.skipped)

    @property
    def notes(self):
        """Return the notes of both sets, each once."""
        return tuple(dict.fromkeys((*self.a.notes, *self.b.notes)))

    @functools.cached_property
    def fingerprint(self):
        """Return the SHA-256 of both sets and of whether they are paired, in hexadecimal."""
        return hashlib.sha256(f"{self.a.fingerprint} {self.b.fingerprint} {self.paired}".encode()).hexdigest()

    def batches(self, batch_size, seed=0, start_step=0, batches_per_step=1, names=None):
        """Read both sets in endless shuffled batches; see `ImageDataset.batches`.

        Returns:
            An infinite `tf.data.Dataset` of dicts {"a": uint8 tensor (batches_per_step, batch_size, H, W, C), "b": the same}.
        """
        import tensorflow as tf

        seed = check_int("seed", seed, 0)
        names = chosen_names(names, self.specs, self.name)
        seeds = {"a": seed, "b": seed if self.paired else _derived(seed)}
        sides = [
            index_batches(
                {name: getattr(self, name).tensors["images"]}, batch_size, seeds[name], start_step, batches_per_step, self.name
            )
            for name in names
        ]
        if len(sides) == 1:
            return sides[0]
        return tf.data.Dataset.zip(tuple(sides)).map(lambda a, b: a | b)


def digit_pairs(kind="inverted", image_size=None, images=None, paired=False, seed=0):
    """Make a pair of domains with known truth from labelled digits: the digits, and a copy of them that was changed.

    Args:
        kind: str, "inverted" (255 - x), "outlined" (the morphological gradient, which leaves the strokes' edges) or "sheared"
            (slanted to the right).
        image_size: pair of ints (height, width) in pixels; None takes 16x16 for the default digits, and the size that
            `images` have.
        images: ImageDataset of images with labels; None takes scikit-learn's digits, which need no download.
        paired: bool, whether the training set is paired; if not, "b" holds no changed copy of a digit of "a".
        seed: int, from 0 on; decides which digits go where.

    Returns:
        Tuple (train, test) of PairedImages whose sides `a` and `b` keep their labels. A sixth of the digits is in `test`, which
        is paired: `test.b` is what `test.a` should become.

    Raises:
        InputError: if the kind is unknown or the images have no labels.
    """
    if kind not in KINDS:
        raise InputError(f"kind must be one of {', '.join(KINDS)}.{suggestion(kind, KINDS)} Received: kind={kind!r}")
    if images is None:
        images, image_size = keras_sets.digits(), image_size or (16, 16)
    if check_object("images", images, ImageDataset, "ImageDataset(array)").labels is None:
        raise InputError(f"pairs of digits are measured by their labels, and {images.name} has none.")
    images = resized(images, image_size)
    train, test = images.split(max(1, len(images) // 6), seed)
    a, b = (train, train) if paired else train.split(len(train) // 2, seed)
    name = f"{images.name} and {kind}"
    return (
        PairedImages(a, _changed(b, kind), paired, name),
        PairedImages(test, _changed(test, kind), True, f"{name} (held out)"),
    )


def _changed(dataset, kind):
    """Return the images changed, under the same labels."""
    from scipy import ndimage

    images = dataset.images
    if kind == "inverted":
        images = 255 - images
    elif kind == "outlined":
        images = ndimage.morphological_gradient(images, size=(1, 3, 3, 1))
    else:
        # Output pixel (row, column) is read from (row, column + shear * (row - middle)), between pixels linearly.
        matrix = np.eye(4)
        matrix[2, 1] = _SHEAR
        offset = [0, 0, -_SHEAR * (images.shape[1] - 1) / 2, 0]
        images = ndimage.affine_transform(images, matrix, offset, order=1, mode="constant")
    return dataset.replaced(images, dataset.labels, f"{dataset.name} {kind}")


def _derived(seed):
    """Return another seed, for the order of the second set."""
    return int.from_bytes(hashlib.sha256(f"b {seed}".encode()).digest()[:8], "little") >> 1
