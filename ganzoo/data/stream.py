"""A user's own `tf.data` pipeline behind the interface of an ImageDataset."""

import hashlib

import numpy as np

from ganzoo.checks import whole_number
from ganzoo.data.dataset import ImageDataset
from ganzoo.data.points import PointDataset
from ganzoo.errors import InputError


class StreamDataset:
    """Read batches of images from a `tf.data.Dataset` that someone else built.

    The stream is repeated without end and cut into batches of the size the model asks for, whatever the size of its
    own: a ragged last batch is welcome, as are single images. Its order is its own; `seed` does not touch it.

    Args:
        dataset: `tf.data.Dataset` of images (N, H, W, C) or (H, W, C), or of (images, labels); uint8 in 0 to 255, or
            float32, which is then taken as already in the model's range.
        image_shape: tuple (H, W, C), needed only if the stream itself leaves a side open.
        name: str, what the stream is called in messages.

    Attributes:
        image_shape: tuple (H, W, C).
        has_labels: bool, whether the stream yields (images, labels).
        first: tuple of the first element's tensors, (images,) or (images, labels).
        skipped: empty; a stream reports nothing it left out.

    Raises:
        InputError: if the elements are not as above, or there are none. The first element is read to find out.
    """

    skipped = ()

    def __init__(self, dataset, image_shape=None, name="stream"):
        self.name = str(name)
        self._spec = dataset.element_spec
        self.has_labels = isinstance(self._spec, tuple) and len(self._spec) == 2
        images = self._spec[0] if isinstance(self._spec, tuple) and len(self._spec) in (1, 2) else self._spec
        self._batched, self.image_shape = _checked_spec(images, image_shape, self.name)
        self._dataset = dataset
        # Batches of no images count as nothing: repeated without end they would never fill a batch.
        elements = (each if isinstance(each, tuple) else (each,) for each in dataset)
        self.first = next((each for each in elements if 0 not in each[0].shape), None)
        if self.first is None:
            raise InputError(f"{self.name} is empty: it yields no images.")

    def __repr__(self):
        """Return name and shape; the length of a stream is not known."""
        return f"StreamDataset(name={self.name!r}, image_shape={self.image_shape})"

    @property
    def fingerprint(self):
        """Return the SHA-256 of shapes and types only: the content of a stream cannot be hashed without reading it."""
        return hashlib.sha256(str(self._spec).encode()).hexdigest()

    def _components(self, with_labels):
        """Return the stream reduced to images, or to (images, labels)."""
        if with_labels or not isinstance(self._spec, tuple):
            return self._dataset
        return self._dataset.map(lambda images, *labels: images)

    def batches(self, batch_size, seed=0, start_step=0, batches_per_step=1, with_labels=False):
        """Read the stream in endless batches of fixed size, in its own order.

        Args:
            batch_size: int, images in a batch; a stream with fewer images is read several times for one batch.
            seed: int; accepted for the sake of one interface, and without effect.
            start_step: int, the step the first element belongs to. What comes before it is read and dropped, and a
                stream that shuffles must be seeded for this to repeat an earlier run.
            batches_per_step: int, batches in one element.
            with_labels: bool, whether to yield (images, labels).

        Returns:
            An infinite `tf.data.Dataset` of tensors (batches_per_step, batch_size, H, W, C) in the stream's dtype,
            or of tuples with labels (batches_per_step, batch_size, ...).

        Raises:
            InputError: if an argument is out of range, or labels are asked for and there are none.
        """
        batch_size = whole_number("batch_size", batch_size, 1)
        batches_per_step = whole_number("batches_per_step", batches_per_step, 1)
        start_step = whole_number("start_step", start_step, 0)
        whole_number("seed", seed, 0)
        if with_labels and not self.has_labels:
            raise InputError(f"{self.name} has no labels. Received: with_labels=True")

        import tensorflow as tf

        count = batches_per_step * batch_size
        endless = self._components(with_labels).repeat()
        cut = endless.rebatch if self._batched else endless.batch

        def group(images, *labels):
            images = tf.reshape(images, (batches_per_step, batch_size, *self.image_shape))
            if not labels:
                return images
            rest = tf.shape(labels[0])[1:]
            return images, tf.reshape(labels[0], tf.concat([[batches_per_step, batch_size], rest], axis=0))

        return cut(count, drop_remainder=True).skip(start_step).map(group).prefetch(tf.data.AUTOTUNE)


def as_dataset(data):
    """Return whatever a user trains on as a dataset with `batches`.

    Args:
        data: ImageDataset, PointDataset or StreamDataset (returned as it is), uint8 array (N, H, W, C) or (N, H, W), pair
            (images, labels) of arrays, or `tf.data.Dataset` of images.

    Returns:
        ImageDataset, PointDataset or StreamDataset.

    Raises:
        InputError: if `data` is something else, or not fit for training.
    """
    import tensorflow as tf

    if isinstance(data, (ImageDataset, PointDataset, StreamDataset)):
        return data
    if isinstance(data, np.ndarray):
        return ImageDataset(data)
    if isinstance(data, tf.data.Dataset):
        return StreamDataset(data)
    if isinstance(data, tuple) and len(data) == 2:
        return ImageDataset(*data)
    raise InputError(
        "data must be an ImageDataset, a StreamDataset, a uint8 array, a pair (images, labels) or a tf.data.Dataset; "
        f"for a folder or a file call ganzoo.data.load(data=path).\nReceived: data of type {type(data).__name__}"
    )


def _checked_spec(spec, image_shape, name):
    """Return whether the stream is batched, and the shape (H, W, C) of its images."""
    wanted = "a stream must yield uint8 or float32 images (N, H, W, C) or (H, W, C), or pairs (images, labels)"
    dtype, shape = getattr(spec, "dtype", None), getattr(spec, "shape", None)
    if getattr(dtype, "name", None) not in ("uint8", "float32") or shape is None or shape.rank not in (3, 4):
        raise InputError(f"{name}: {wanted}. Received: {spec}")
    found = tuple(shape)[-3:]
    image_shape = found if image_shape is None else tuple(image_shape)
    if len(image_shape) != 3 or any(a not in (None, b) for a, b in zip(found, image_shape, strict=True)):
        raise InputError(f"{name}: the stream yields images of shape {found}. Received: image_shape={image_shape}")
    if image_shape[-1] not in (None, 1, 3, 4):
        raise InputError(
            f"{name}: images must have 1, 3 or 4 channels as their last axis; gray ones get it with x[..., None]. "
            f"Received: {spec}"
        )
    if None in image_shape:
        raise InputError(f"{name}: the stream leaves the shape of its images open; pass image_shape=(H, W, C). {spec}")
    return shape.rank == 4, image_shape
