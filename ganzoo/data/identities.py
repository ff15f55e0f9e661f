"""Pairs of images of the same or of different identity, each with a small copy: what SiGAN trains on."""

import functools
import hashlib

import numpy as np

from ganzoo.core.inputs import Spec
from ganzoo.data.batching import index_batches
from ganzoo.data.checks import chosen_names
from ganzoo.data.dataset import ImageDataset
from ganzoo.errors import InputError
from ganzoo.utils.checks import check_int, check_object


class IdentityPairs:
    """Labelled images in pairs: half of the pairs are of one label, half of two.

    Args:
        images: ImageDataset with labels, the identities, of at least two kinds.
        scale: int of at least 2, how much smaller the small copies are; height and width must be multiples of it.
        name: str, what the set is called in messages; default: the images' name.

    Attributes:
        images, scale, name: as given.
        low: uint8 array `(N, H / scale, W / scale, C)`: the means of blocks of pixels.

    Raises:
        InputError: if there are no labels, or one alone, or the sides are no multiples of `scale`.

    Example:
        >>> import numpy as np
        >>> dots = ImageDataset(np.zeros((10, 8, 8), "uint8"), np.arange(10) % 2)
        >>> {name: each.shape for name, each in IdentityPairs(dots).specs.items()}
        {'images': (8, 8, 1), 'low': (2, 2, 1), 'other_images': (8, 8, 1), 'other_low': (2, 2, 1), 'same': ()}
    """

    def __init__(self, images, scale=4, name=None):
        self.images = check_object("images", images, ImageDataset, "ImageDataset(array)")
        self.scale = check_int("scale", scale, 2)
        self.name = images.name if name is None else str(name)
        if images.labels is None or len(np.unique(images.labels)) < 2:
            raise InputError(f"pairs of the same and of different identity need labels of two kinds; {images.name} has none.")
        height, width, channels = images.image_shape
        if height % scale or width % scale:
            raise InputError(
                f"height and width must be multiples of the scale, {scale}. Received: {images.name} of {height}x{width}"
            )
        blocks = images.images.reshape(len(images), height // scale, scale, width // scale, scale, channels)
        self.low = np.rint(blocks.mean(axis=(2, 4))).astype("uint8")
        # The images in the order of their labels, and of each the place, and where its label begins and how many have it.
        self._order = np.argsort(images.labels, kind="stable")
        _, first, number, counts = np.unique(
            images.labels[self._order], return_index=True, return_inverse=True, return_counts=True
        )
        self._place = np.empty(len(images), "int64")
        self._place[self._order] = np.arange(len(images))
        self._first, self._count = (each[number][self._place] for each in (first, counts))

    def __len__(self):
        """Return the number of images, each of which is once the first of a pair in an epoch."""
        return len(self.images)

    def __repr__(self):
        """Return the facts a user looks for, not the pixels."""
        low = "x".join(map(str, self.low.shape[1:3]))
        return f"IdentityPairs(name={self.name!r}, images={len(self)}, image_shape={self.images.image_shape}, low={low})"

    @property
    def specs(self):
        """Return {name: Spec} of one example's parts."""
        high, low = (Spec(each.shape[1:], "uint8") for each in (self.images.images, self.low))
        return {"images": high, "low": low, "other_images": high, "other_low": low, "same": Spec((), "int32")}

    @functools.cached_property
    def arrays(self):
        """Return {part: array `(N, ...)`}, every image beside one other: half of them of its label."""
        draws = np.random.default_rng(0).random((2, len(self)))
        partner, same = (each.numpy() for each in self._partners(np.arange(len(self)), *draws))
        high, low = self.images.images, self.low
        return {
            "images": high,
            "low": low,
            "other_images": high[partner],
            "other_low": low[partner],
            "same": same.astype("int32"),
        }

    @property
    def skipped(self):
        """Return what was left out of the images."""
        return self.images.skipped

    @property
    def notes(self):
        """Return the images' notes."""
        return self.images.notes

    @functools.cached_property
    def fingerprint(self):
        """Return the SHA-256 of the images and the scale, in hexadecimal."""
        return hashlib.sha256(f"{self.images.fingerprint} in pairs, {self.scale}".encode()).hexdigest()

    def batches(self, batch_size, seed=0, start_step=0, batches_per_step=1, names=None):
        """Read pairs in endless shuffled batches, each image beside others in every epoch; see `ImageDataset.batches`.

        Returns:
            An infinite `tf.data.Dataset` of dicts {"images": uint8 tensor (batches_per_step, batch_size, H, W, C), "low": the
            same in small, "other_images", "other_low": the second of each pair, "same": int32 tensor (batches_per_step,
            batch_size), 1 where both have one label}. Element k is a function of (seed, start_step + k) alone.
        """
        import tensorflow as tf

        names = chosen_names(names, self.specs, self.name)
        with tf.device("CPU"):
            high, low = self.images.tensors["images"], tf.constant(self.low)
        rows = np.arange(len(self))
        indexes = index_batches({"index": rows}, batch_size, seed, start_step, batches_per_step, self.name)
        key = int.from_bytes(hashlib.sha256(f"pairs {seed}".encode()).digest()[:4], "little") >> 1

        def pairs(step, batch):
            index = batch["index"]
            draws = tf.random.stateless_uniform((2, *index.shape), [key, step], dtype=tf.float64)
            partner, same = self._partners(index, draws[0], draws[1])
            made = {"images": (high, index), "low": (low, index), "other_images": (high, partner), "other_low": (low, partner)}
            parts = {name: tf.gather(*made[name]) for name in names if name in made}
            return parts | ({"same": tf.cast(same, tf.int32)} if "same" in names else {})

        return tf.data.Dataset.zip((tf.data.Dataset.counter(start_step), indexes)).map(pairs)

    def _partners(self, index, coin, draw):
        """Return (the partner of each image, whether it has the same label), from two uniform draws in [0, 1).

        In the order of labels, the others of the same label are the places after its own, round within the label; those of
        other labels are the places after the label, round through all.
        """
        import tensorflow as tf

        place, first, count = (tf.gather(each, index) for each in (self._place, self._first, self._count))
        same = tf.logical_and(coin < 0.5, count > 1)

        def below(number):
            return tf.cast(tf.floor(draw * tf.cast(number, tf.float64)), tf.int64)

        near = first + (place - first + 1 + below(count - 1)) % count
        far = (first + count + below(len(self) - count)) % len(self)
        return tf.gather(self._order, tf.where(same, near, far)), same
