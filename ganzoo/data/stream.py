"""A user's own `tf.data` pipeline behind the interface of an ImageDataset."""

import hashlib

import numpy as np

from ganzoo.core.inputs import Spec
from ganzoo.data.arrays import ArrayDataset
from ganzoo.data.captions import CaptionedImages
from ganzoo.data.checks import chosen_names, one_line
from ganzoo.data.crops import Crops
from ganzoo.data.dataset import ImageDataset
from ganzoo.data.identities import IdentityPairs
from ganzoo.data.pairs import PairedImages
from ganzoo.data.points import PointDataset
from ganzoo.errors import InputError
from ganzoo.utils.checks import check_int

# The parts that the elements of a stream, or a dict of arrays, may have.
_PARTS = (("images",), ("images", "labels"), ("images", "texts"), ("points",), ("a", "b"))


class StreamDataset:
    """Read batches of images, or of points, from a `tf.data.Dataset` that someone else built.

    The stream is repeated without end and cut into batches of the size the model asks for, whatever the size of its
    own: a ragged last batch is welcome, as are single examples. Its order is its own; `seed` does not touch it.

    Args:
        dataset: `tf.data.Dataset` of images (N, H, W, C) or (H, W, C), of pairs (images, labels), of points (N, d) or (d,), or
            of dicts with the names "images", "images" and "labels", "points", or "a" and "b". Images are uint8 in 0 to 255
            (uint16 for a model of 16 bits), or float32, which is then taken as already in the model's range; points are floats,
            labels integers.
        image_shape: tuple (H, W, C), needed only if the stream itself leaves a side of its images open.
        name: str, what the stream is called in messages.

    Attributes:
        specs: dict {name: Spec} of one example's parts.
        first: dict {name: tensor}, the first element that is not empty.
        skipped: empty.
        notes: strings; of points, whether a column of the first element is far from unit scale.

    Raises:
        InputError: if the elements are not as above, or there are none. The first element is read to find out.

    Example:
        >>> import tensorflow as tf
        >>> StreamDataset(tf.data.Dataset.from_tensor_slices(tf.zeros((10, 8, 8, 1), "uint8")))
        StreamDataset(name='stream', images=(8, 8, 1) uint8)
    """

    skipped = ()

    def __init__(self, dataset, image_shape=None, name="stream"):
        self.name = one_line(name)
        self._element_spec = dataset.element_spec
        found = _named(dataset.element_spec, self.name)
        checked = {key: _checked_spec(key, spec, image_shape, self.name) for key, spec in found.items()}
        self.specs = {key: spec for key, (spec, _) in checked.items()}
        if len({batched for _, batched in checked.values()}) > 1:
            raise InputError(f"{self.name}: some parts come in batches and some alone. Received: {dataset.element_spec}")
        self._batched = next(iter(checked.values()))[1]
        self._dataset = dataset.map(self._convert)
        # Batches of nothing count as nothing: repeated without end they would never fill a batch.
        self.first = next((each for each in self._dataset if 0 not in next(iter(each.values())).shape), None)
        if self.first is None:
            raise InputError(f"{self.name} is empty: it yields no {next(iter(self.specs))}.")
        self.notes = self._remarks()

    def __repr__(self):
        """Return name, shapes and types; the length of a stream is not known."""
        parts = ", ".join(f"{key}={spec.shape} {spec.dtype}" for key, spec in self.specs.items())
        return f"StreamDataset(name={self.name!r}, {parts})"

    @property
    def fingerprint(self):
        """Return the SHA-256 of shapes and types only: the content of a stream cannot be hashed without reading it."""
        return hashlib.sha256(str(self._element_spec).encode()).hexdigest()

    def _remarks(self):
        """Return notes about the first element."""
        if "points" not in self.first:
            return ()
        first = np.asarray(self.first["points"]).reshape(-1, self.specs["points"].shape[0])
        far = PointDataset(first, self.name).far_columns()
        return (f"{far}: give PointGAN their center and scale, or call its adapt(points) with some of them",) if far else ()

    def _convert(self, *parts):
        """Return an element, in whatever form it comes, as a dict of tensors of the types in `specs`."""
        import tensorflow as tf

        if isinstance(parts[0], dict):
            parts = [parts[0][name] for name in self.specs]
        return {name: tf.cast(part, spec.dtype) for (name, spec), part in zip(self.specs.items(), parts, strict=True)}

    def batches(self, batch_size, seed=0, start_step=0, batches_per_step=1, names=None):
        """Read the stream in endless batches of fixed size, in its own order.

        Args:
            batch_size: int, examples in a batch; a stream with fewer is read several times for one batch.
            seed: int; accepted for the sake of one interface, and without effect.
            start_step: int, the step the first element belongs to. What comes before it is read and dropped, and a
                stream that shuffles must be seeded for this to repeat an earlier run.
            batches_per_step: int, batches in one element.
            names: sequence of str, the parts to read; None reads all there are.

        Returns:
            An infinite `tf.data.Dataset` of dicts {name: tensor (batches_per_step, batch_size, ...)}.

        Raises:
            InputError: if an argument is out of range, or a part is asked for that is not there.
        """
        batch_size = check_int("batch_size", batch_size, 1)
        batches_per_step = check_int("batches_per_step", batches_per_step, 1)
        start_step = check_int("start_step", start_step, 0)
        check_int("seed", seed, 0)
        names = chosen_names(names, self.specs, self.name)

        import tensorflow as tf

        endless = self._dataset.map(lambda parts: {name: parts[name] for name in names}).repeat()
        cut = endless.rebatch if self._batched else endless.batch

        def group(parts):
            return {
                name: tf.reshape(part, (batches_per_step, batch_size, *self.specs[name].shape)) for name, part in parts.items()
            }

        return cut(batches_per_step * batch_size, drop_remainder=True).skip(start_step).map(group).prefetch(tf.data.AUTOTUNE)


def as_dataset(data, examples=None, classes=None):
    """Return whatever a user trains on as a dataset with `batches`.

    Args:
        data: Crops, IdentityPairs, ImageDataset, CaptionedImages, PointDataset, PairedImages or StreamDataset (returned as it
            is); uint8 or uint16 array of images (N, H, W, C) or (N, H, W); float array of points (N, d); pair (images, labels)
            of arrays; dict of arrays with the names "images", "images" and "labels" or "texts", "points", or "a" and "b" (two
            sets of images); or `tf.data.Dataset`, see `StreamDataset`; or a data set of your own: an object with `name`,
            `specs`, `fingerprint` and `batches`.
        examples: {part: Spec} of a model whose parts have other names or shapes: a dict of arrays with these names, or an array
            for its one part, is taken as an ArrayDataset.
        classes: number of classes of a conditional model: labels from 1 on that are all below it count from 0 already.

    Returns:
        Crops, IdentityPairs, ImageDataset, CaptionedImages, PointDataset, PairedImages, ArrayDataset or StreamDataset, or the
        data set of your own.

    Raises:
        InputError: if `data` is something else, or not fit for training.
    """
    import tensorflow as tf

    if isinstance(data, ImageDataset) and data.counted_from_one and (classes or 0) > data.labels.max() + 1:
        return data.recounted()
    if isinstance(data, tuple) and set(examples or ()) in ({"a", "b"}, {"images", "texts"}) and len(data) == 2:
        data = dict(zip(examples, data, strict=True))
    if isinstance(data, (Crops, IdentityPairs, ImageDataset, CaptionedImages, PointDataset, PairedImages, StreamDataset)):
        return data
    if all(hasattr(data, name) for name in ("name", "specs", "fingerprint", "batches")):
        return data
    usual = examples is None or set(examples) in [set(parts) for parts in _PARTS]
    if not usual and isinstance(data, np.ndarray) and len(examples) == 1:
        data = {next(iter(examples)): data}
    if not usual and isinstance(data, dict) and set(data) == set(examples):
        return ArrayDataset({part: data[part] for part in examples})
    if isinstance(data, np.ndarray):
        return PointDataset(data) if data.ndim == 2 and data.dtype.kind == "f" else ImageDataset(data)
    if isinstance(data, tf.data.Dataset):
        return StreamDataset(data)
    if not usual and isinstance(data, tuple) and len(data) == len(examples):
        return ArrayDataset(dict(zip(examples, data, strict=True)))
    if isinstance(data, tuple) and len(data) == 2:
        return _labelled(*data, classes)
    if isinstance(data, dict):
        parts = next((parts for parts in _PARTS if set(parts) == set(data)), None)
        if parts is None:
            raise InputError(f"a dict of data has the names {_listing()}. Received: {', '.join(map(str, data))}")
        if parts == ("points",):
            return PointDataset(data["points"])
        if parts == ("a", "b"):
            return PairedImages(*(ImageDataset(data[name], name=name) for name in parts))
        if parts == ("images", "texts"):
            return CaptionedImages(ImageDataset(data["images"]), data["texts"])
        return _labelled(data["images"], data.get("labels"), classes)
    raise InputError(
        "data must be a dataset of ganzoo.data, a uint8 array of images, a float array of points, a pair (images, labels), "
        "a dict of such arrays or a tf.data.Dataset; for a folder or a file call ganzoo.data.load(data=path).\n"
        f"Received: data of type {type(data).__name__}"
    )


def _labelled(images, labels, classes):
    """Return an ImageDataset of images with labels, or without where these are None."""
    found = ImageDataset(images)
    if labels is not None:
        found.set_labels(labels, classes=classes)
    return found


def _listing():
    return "; or ".join(" and ".join(parts) for parts in _PARTS)


def _named(spec, name):
    """Return {part: TensorSpec} of a stream's elements."""
    if isinstance(spec, dict) and set(spec) in [set(parts) for parts in _PARTS]:
        return {part: spec[part] for parts in _PARTS if set(parts) == set(spec) for part in parts}
    parts = spec if isinstance(spec, tuple) else (spec,)
    if len(parts) == 1 and getattr(getattr(parts[0], "shape", None), "rank", None) in (1, 2):
        return {"points": parts[0]}
    if isinstance(spec, dict) or len(parts) not in (1, 2):
        raise InputError(f"{name}: {_WANTED}. Received: {spec}")
    return dict(zip(("images", "labels"), parts, strict=False))


_WANTED = (
    "a stream must yield uint8 or float32 images (N, H, W, C) or (H, W, C), pairs (images, labels), points (N, d) or (d,), or "
    f"dicts with the names {_listing()}"
)


def _checked_spec(part, spec, image_shape, name):
    """Return the Spec of one example's part, and whether the stream yields batches of it."""
    dtype, shape = getattr(getattr(spec, "dtype", None), "name", ""), getattr(spec, "shape", None)
    rank = None if shape is None else shape.rank
    if part == "labels":
        if not (dtype == "bool" or "int" in dtype) or rank not in (0, 1) or (rank == 1 and shape[0] == 1):
            rows = "columns of numbers with tf.squeeze" if rank and shape[-1] == 1 else "one-hot rows with tf.argmax"
            raise InputError(
                f"{name}: labels must be one integer for each image. Convert {rows}(labels, -1) in dataset.map(lambda images, "
                "labels: ...), other numbers with tf.cast(labels, 'int64'), or leave them out. "
                f"Received: {spec}"
            )
        return Spec((), "int64"), rank == 1
    if part == "points":
        if not dtype.startswith(("float", "bfloat")) or rank not in (1, 2) or shape[-1] is None:
            raise InputError(f"{name}: {_WANTED}; points are floats, of known dimension. Received: {spec}")
        return Spec((shape[-1],), "float32"), rank == 2
    if part == "texts":
        if "int" not in dtype or rank not in (1, 2) or shape[-1] is None:
            raise InputError(
                f"{name}: texts must be the numbers of their words, int (N, length), as the `encode` of a model's text gives "
                f"them. Received: {spec}"
            )
        return Spec((shape[-1],), "int32"), rank == 2
    if dtype not in ("uint8", "uint16", "float32") or rank not in (3, 4):
        raise InputError(f"{name}: {_WANTED}. Received: {spec}")
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
        raise InputError(f"{name}: the stream does not fix the shape of its images; pass image_shape=(H, W, C). {spec}")
    return Spec(image_shape, dtype), rank == 4
