"""Images held in memory, and the batches a training run reads from them."""

import difflib
import functools
import hashlib

import numpy as np

from ganzoo.core.inputs import Spec
from ganzoo.data.batching import index_batches
from ganzoo.data.checks import chosen_names, is_memory_mapped, one_line, row_chunks
from ganzoo.data.clusters import cluster
from ganzoo.data.labels import FROM_ONE, read_labels
from ganzoo.errors import InputError
from ganzoo.utils.checks import check_int


class ImageDataset:
    """Hold images as one array, with labels if there are any.

    Args:
        images: uint8 array (N, H, W, C) with C 1 (gray), 3 (RGB) or 4 (RGBA), range 0 to 255; (N, H, W) is taken
            as gray. uint16, 0 to 65535, for a model whose examples are uint16: height maps.
        labels: integer array (N,) that counts the classes from 0; anything else that `ganzoo.data.labels.read_labels` can
            convert, such as one-hot rows or text; or None.
        name: str, what the set is called in messages.
        skipped: strings "file: reason", one for each file that was left out.
        notes: strings, what was done to the data that a user may not expect.
        class_names: sequence of str, one for each class, or None.

    An `np.memmap` is read from its file batch by batch, and as a whole only for the fingerprint.

    Attributes:
        images: uint8 or uint16 array (N, H, W, C), read-only.
        labels: int64 array (N,), or None.
        class_names: tuple of str, or None.
        image_shape: tuple (H, W, C).

    Raises:
        InputError: if the arrays are not as above, or empty.

    Example:
        >>> import numpy as np
        >>> dots = ImageDataset(np.zeros((10, 8, 8), "uint8"), name="dots")
        >>> dots
        ImageDataset(name='dots', images=10, image_shape=(8, 8, 1), labels=False)
        >>> dots.batches(batch_size=4).element_spec["images"].shape
        TensorShape([1, 4, 8, 8, 1])
    """

    def __init__(self, images, labels=None, name="images", skipped=(), notes=(), class_names=None):
        self.name = one_line(name)
        self.images = _checked_images(images, self.name)
        self.labels, self.class_names, self.counted_from_one = None, None, False
        self.skipped, self.notes = tuple(skipped), tuple(notes)
        if labels is not None:
            self.set_labels(labels, class_names)

    def __len__(self):
        """Return the number of images."""
        return len(self.images)

    def __repr__(self):
        """Return the facts a user looks for, not the pixels."""
        return (
            f"ImageDataset(name={self.name!r}, images={len(self)}, image_shape={self.image_shape}, "
            f"labels={self.labels is not None})"
        )

    def set_labels(self, labels, class_names=None, like=None, classes=None):
        """Take labels in any form that `ganzoo.data.labels.read_labels` knows; see there."""
        self.labels, self.class_names, notes = read_labels(labels, len(self), self.name, class_names, like, classes)
        self.counted_from_one = class_names is None and any(note.startswith(FROM_ONE) for note in notes)
        self.notes += notes

    def recounted(self):
        """Return the images with their original labels, counting from 1, for a model of more classes than these."""
        other = self.replaced(self.images, self.labels + 1)
        other.class_names, other.notes = None, tuple(note for note in self.notes if not note.startswith(FROM_ONE))
        return other

    def replaced(self, images, labels, name=None):
        """Return a set of other images with labels of the same classes, int64 (N,) or None, taken as they are."""
        other = ImageDataset(images, None, self.name if name is None else name, self.skipped, self.notes)
        other.labels, other.class_names = labels, self.class_names
        return other

    @property
    def arrays(self):
        """Return {"images": uint8 or uint16 (N, H, W, C)}, and "labels": int64 (N,) where there are labels."""
        return {"images": self.images} | ({} if self.labels is None else {"labels": self.labels})

    @property
    def specs(self):
        """Return {name: Spec} of one example's parts."""
        return {name: Spec(array.shape[1:], array.dtype.name) for name, array in self.arrays.items()}

    @property
    def image_shape(self):
        """Return (H, W, C)."""
        return self.images.shape[1:]

    @property
    def has_labels(self):
        """Return whether there are labels."""
        return self.labels is not None

    @functools.cached_property
    def fingerprint(self):
        """Return the SHA-256 of shape, pixels and labels, in hexadecimal: equal data, equal fingerprint."""
        digest = hashlib.sha256(repr(self.images.shape).encode())
        for rows in row_chunks(self.images):
            digest.update(rows if rows.itemsize == 1 else rows.astype("<u2", copy=False))
        if self.labels is not None:
            digest.update(b"labels")
            digest.update(self.labels.astype("<i8"))
        return digest.hexdigest()

    @functools.cached_property
    def tensors(self):
        """Copy the arrays into TensorFlow's memory, once for all calls of `batches`; those on the disk stay there."""
        import tensorflow as tf

        with tf.device("CPU"):
            return {name: array if is_memory_mapped(array) else tf.constant(array) for name, array in self.arrays.items()}

    @property
    def classes(self):
        """Return how many classes there are: as many as names, or counted from 0 to the largest label; None without labels.

        Raises:
            InputError: if that is more than there are images; such labels are numbers of something else.
        """
        if self.labels is None:
            return None
        if self.class_names is not None:
            return len(self.class_names)
        classes = int(self.labels.max()) + 1
        if classes > len(self):
            raise InputError(
                f"{self.name}: labels must count the classes from 0. Received: labels up to {classes - 1} of {len(self)} images"
            )
        return classes

    def with_label(self, label):
        """Return the images of one label.

        Raises:
            InputError: if there are no labels, or none of this one.
        """
        if self.labels is None or label not in self.labels:
            known = "no labels" if self.labels is None else f"labels from {self.labels.min()} to {self.labels.max()}"
            raise InputError(f"{self.name} has no images with label {label}: it has {known}.")
        called = self.class_names[label] if self.class_names else label
        part = self._part(np.flatnonzero(self.labels == label), f"label {called}")
        count = int(self.labels.max()) + 1
        if part.class_names is None and len(part) <= label < count <= len(self):  # else they would be taken for no classes
            part.class_names = tuple(map(str, range(count)))
        return part

    def with_classes(self, names):
        """Return the images of some classes, which are numbered anew in the order in which they are named.

        Args:
            names: sequence of str, at least one: names of classes, or their numbers where they have no names.

        Raises:
            InputError: if there are no labels, or no images of a class; the message names the nearest class.
        """
        names = tuple(map(str, names))
        if self.labels is None:
            raise InputError(f"{self.name} has no labels, so no classes can be chosen. Received: {', '.join(names)[:100]}")
        known = self.class_names or tuple(map(str, range(self.classes)))
        for name in names:
            if name not in known or not (self.labels == known.index(name)).any():
                near = difflib.get_close_matches(name, known, n=1, cutoff=0.0)[0]
                listed = ", ".join(known[:20]) + ", ..." * (len(known) > 20)
                raise InputError(
                    f"{self.name} has no class {one_line(name)[:100]!r}; the nearest is {near!r}. Its classes: {listed}"
                )
        if not names or len(set(names)) < len(names):
            raise InputError(f"classes must be different ones, at least one. Received: {', '.join(names)[:100]}")
        numbers = np.full(len(known), -1)
        numbers[[known.index(name) for name in names]] = np.arange(len(names))
        chosen = np.flatnonzero(numbers[self.labels] >= 0)
        other = self.replaced(self.images[chosen], numbers[self.labels[chosen]], f"{self.name} ({', '.join(names)})")
        other.class_names = names
        return other

    @property
    def label_shares(self):
        """Return the share of the images that each class has, a tuple of floats; None without labels."""
        if self.labels is None:
            return None
        return tuple((np.bincount(self.labels, minlength=self.classes) / len(self)).tolist())

    def clustered(self, clusters, seed=0):
        """Return the same images whose labels are clusters of similar ones; see `ganzoo.data.clusters.cluster`."""
        other = self.replaced(self.images, cluster(self.images, clusters, seed), f"{self.name} ({clusters} clusters)")
        other.class_names = None
        return other

    def split(self, held_out, seed=0):
        """Set images aside, for a score on images the model has not seen.

        Args:
            held_out: int, how many images to set aside, from 1 to N - 1.
            seed: int, from 0 on; decides which.

        Returns:
            Two ImageDatasets (train, held_out) that share no image of this set.

        Raises:
            InputError: if nothing would be left on one of the two sides.
        """
        held_out = check_int("held_out", held_out, 1)
        seed = check_int("seed", seed, 0)
        if held_out >= len(self):
            raise InputError(f"{self.name} has {len(self)} images: held_out must be below that. Received: held_out={held_out}")
        order = np.random.default_rng(seed).permutation(len(self))
        return self._part(order[held_out:], "train"), self._part(order[:held_out], "held out")

    def _part(self, indexes, part):
        indexes = np.sort(indexes)
        labels = None if self.labels is None else self.labels[indexes]
        return self.replaced(self.images[indexes], labels, f"{self.name} ({part})")

    def batches(self, batch_size, seed=0, start_step=0, batches_per_step=1, names=None):
        """Read the examples in endless shuffled batches; every epoch is a permutation of them.

        Args:
            batch_size: int, images in a batch, at most N.
            seed: int, from 0 to 2**63 - 1.
            start_step: int, the step the first element belongs to: `batches(start_step=5)` is `batches().skip(5)`
                without reading what is skipped.
            batches_per_step: int, batches in one element, for models that take several a step.
            names: sequence of str, the parts to read, "images" and "labels"; None reads all there are.

        Returns:
            An infinite `tf.data.Dataset` of dicts {"images": uint8 tensor (batches_per_step, batch_size, H, W, C) from 0 to
            255, "labels": int64 tensor (batches_per_step, batch_size)}. Element k is a function of (seed, start_step + k)
            alone; which parts are read changes nothing.

        Raises:
            InputError: if an argument is out of range, there are fewer images than one batch holds, or labels are
                asked for and there are none.
        """
        arrays = {name: self.tensors[name] for name in chosen_names(names, self.specs, self.name)}
        return index_batches(arrays, batch_size, seed, start_step, batches_per_step, self.name)


def check_dtype(dtype, name):
    """Refuse images of any type but uint8 and uint16, and say how to get there.

    Args:
        dtype: numpy dtype of the images.
        name: str, what they are called in the message.

    Raises:
        InputError: if `dtype` is neither.
    """
    if dtype in (np.uint8, np.uint16):
        return
    remedies = {
        "f": "if they are in 0..1, convert with np.round(x * 255).astype('uint8')",
        "i": "if they are in 0..255, convert with x.astype('uint8')",
        "u": "if they are in 0..255, convert with x.astype('uint8')",
        "b": "convert with x.astype('uint8') * 255",
    }
    remedy = remedies.get(dtype.kind, "bring all images to one size and put them in one array")
    raise InputError(f"{name}: images must be uint8; {remedy}. Received: dtype={dtype}")


def check_shape(shape, name):
    """Refuse images of any shape but (N, H, W) and (N, H, W, C), and one picture that is taken for many.

    Args:
        shape: tuple of ints.
        name: str, what they are called in the message.

    Raises:
        InputError: if it is none of these; (16, 16, 3) would be 16 images that are 3 pixels wide.
    """
    wanted = f"{name}: images must have the shape (N, H, W) or (N, H, W, C), channels last, C 1, 3 or 4. "
    if len(shape) == 3 and shape[-1] in (1, 3, 4) and shape[1] > 2 * shape[-1]:
        raise InputError(f"{wanted}One picture is array[np.newaxis]. Received: shape={shape}")
    if len(shape) not in (3, 4) or (len(shape) == 4 and shape[-1] not in (1, 3, 4)):
        raise InputError(f"{wanted}Received: shape={shape}")


def _checked_images(images, name):
    """Return the images as a read-only uint8 array (N, H, W, C)."""
    try:
        images = np.asarray(images)
    except ValueError as error:
        raise InputError(f"{name}: images must all have one size, in one uint8 array (N, H, W, C).") from error
    check_dtype(images.dtype, name)
    check_shape(images.shape, name)
    if images.ndim == 3:
        images = images[..., np.newaxis]
    if 0 in images.shape:
        raise InputError(f"{name}: there are no images. Received: shape={images.shape}")
    # What lies on the disk stays there, whatever its order.
    images = (images if is_memory_mapped(images) else np.ascontiguousarray(images)).view()
    # The fingerprint is computed once, so the pixels must not change under it.
    images.flags.writeable = False
    return images
