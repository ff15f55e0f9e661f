"""Random crops of pictures that are held in memory once: one photograph is a data set."""

import functools
import hashlib

import numpy as np

from ganzoo.core.inputs import Spec
from ganzoo.data.checks import chosen_names, row_chunks, size_pair, suggestion
from ganzoo.data.dataset import ImageDataset
from ganzoo.data.prefetching import prefetched
from ganzoo.data.resize import resize_pixels
from ganzoo.errors import InputError
from ganzoo.utils.checks import check_int

SYMMETRIES = ("none", "flip", "rotate")
MAX_JITTER = 3.0
# Crops that stand for all: of a diagnosis, or of measures; fewer where they would take more bytes.
_SHOWN, _MEASURED, _MOST_BYTES = 2048, 8192, 2**28
# Streams of random numbers, so that measures do not look at the very crops that training begins with.
_TRAINING, _LOOKING = 0, 1


class Crops:
    """Draw crops of one size from pictures of any sizes, behind the interface of an ImageDataset.

    A crop is a function of (seed, position in the endless reading): its picture, chosen in proportion to how many positions a
    crop has in it, a position, a symmetry and a scale. Crops are drawn independently, there are no epochs.

    Args:
        pictures: sequence of arrays (H, W) or (H, W, C), all uint8 or all uint16, with the same C of 1, 3 or 4, each at least
            as large as a crop; or one such array (H, W, C). They are used where they lie, never copied as a whole.
        size: pair of ints (height, width) of a crop in pixels.
        symmetry: str, "none"; "flip" mirrors half of the crops left to right; "rotate" mirrors and turns by quarters, all eight
            equally often, for square crops of a material that has no up and down.
        scale_jitter: float j from 0 to 3; a crop shows a window s times its size, resized by a bicubic filter, log s uniform in
            [-log(1 + j), log(1 + j)], at most what fits into the picture.
        name: str, what the set is called in messages.
        skipped: strings "file: reason", one for each file that was left out.
        notes: strings, what was done to the data that a user may not expect.

    Attributes:
        pictures: tuple of arrays (H, W, C), read-only.
        image_shape: (height, width, C) of a crop.
        labels, classes, class_names: None.

    Raises:
        InputError: if an argument is not as above.

    Example:
        >>> import numpy as np
        >>> crops = Crops([np.zeros((100, 80), "uint8"), np.zeros((64, 64), "uint8")], size=(64, 64), symmetry="flip")
        >>> crops
        Crops(name='crops', pictures=2, positions=630, image_shape=(64, 64, 1), symmetry='flip', scale_jitter=0.0)
        >>> crops.batches(batch_size=16).element_spec["images"].shape
        TensorShape([1, 16, 64, 64, 1])
    """

    labels = classes = class_names = None
    has_labels = False
    noun = "crops"

    def __init__(self, pictures, size=(64, 64), symmetry="none", scale_jitter=0.0, name="crops", skipped=(), notes=()):
        self.name, self.size = str(name), size_pair(size)
        self.skipped, self.notes = tuple(skipped), tuple(notes)
        self.symmetry, self.scale_jitter = _checked_symmetry(symmetry, self.size), _checked_jitter(scale_jitter)
        self.pictures = _checked_pictures(pictures, self.size, self.name)
        rows, columns = np.array([each.shape[:2] for each in self.pictures], np.uint64).T
        height, width = np.uint64(self.size[0] - 1), np.uint64(self.size[1] - 1)
        self._positions = np.cumsum((rows - height) * (columns - width), dtype=np.uint64)

    def __len__(self):
        """Return the number of positions that a crop can have, of all pictures together."""
        return int(self._positions[-1])

    def __repr__(self):
        """Return the facts a user looks for, not the pixels."""
        return (
            f"Crops(name={self.name!r}, pictures={len(self.pictures)}, positions={len(self)}, image_shape={self.image_shape}, "
            f"symmetry={self.symmetry!r}, scale_jitter={self.scale_jitter})"
        )

    @property
    def image_shape(self):
        """Return (height, width, C)."""
        return (*self.size, self.pictures[0].shape[2])

    @property
    def dtype(self):
        """Return the pictures' dtype, uint8 or uint16."""
        return self.pictures[0].dtype

    @property
    def specs(self):
        """Return {"images": Spec} of one crop."""
        return {"images": Spec(self.image_shape, self.dtype.name)}

    @functools.cached_property
    def arrays(self):
        """Return {"images": array (N, height, width, C)}, up to 2,048 crops that stand for all in a diagnosis."""
        return {"images": self.images(self._affordable(_SHOWN))}

    @property
    def settings(self):
        """Return what a resumed run must repeat, by name, besides the pictures."""
        return {"size": list(self.size), "symmetry": self.symmetry, "scale_jitter": self.scale_jitter}

    @functools.cached_property
    def fingerprint(self):
        """Return the SHA-256 of the pictures and of how crops are drawn, in hexadecimal."""
        digest = hashlib.sha256(repr(sorted(self.settings.items())).encode())
        for picture in self.pictures:
            digest.update(f"{picture.shape} {picture.dtype.name}".encode())
            for rows in row_chunks(picture):
                digest.update(rows.astype(rows.dtype.newbyteorder("<"), copy=False))
        return digest.hexdigest()

    def images(self, n, seed=0):
        """Return n random crops, array (n, height, width, C) of the pictures' dtype; crop i a function of (seed, i)."""
        return self._read(_checked_seed(seed), 0, check_int("n", n, 1), _LOOKING)

    def sampled(self, n=None, seed=0):
        """Return n random crops as an ImageDataset, for measures; default: 8,192, fewer where they would take over 256 MiB."""
        return ImageDataset(
            self.images(self._affordable(_MEASURED) if n is None else n, seed), None, self.name, self.skipped, self.notes
        )

    def split(self, held_out=0.25):
        """Set the right part of every picture aside, for measures on pixels that training has not seen.

        Args:
            held_out: float between 0 and 1, the share of each picture's width; more where a crop needs it.

        Returns:
            Two Crops (train, test) of the same settings that share no pixel. They are views of the pictures.

        Raises:
            InputError: if a picture is not as wide as two crops.
        """
        if isinstance(held_out, bool) or not isinstance(held_out, (int, float)) or not 0 < held_out < 1:
            raise InputError(f"held_out must be a share between 0 and 1. Received: held_out={held_out!r}")
        width, cuts = self.size[1], []
        for picture in self.pictures:
            rows, columns = picture.shape[:2]
            if columns < 2 * width:
                raise InputError(
                    f"{self.name}: to hold a part of it out, a picture must be as wide as two crops of {width} pixels. "
                    f"Received: a picture of {columns}x{rows} pixels"
                )
            cuts.append(min(max(columns - round(held_out * columns), width), columns - width))
        pairs = list(zip(self.pictures, cuts, strict=True))
        return (
            self._of([picture[:, :cut] for picture, cut in pairs], "train"),
            self._of([picture[:, cut:] for picture, cut in pairs], "held out"),
        )

    def batches(self, batch_size, seed=0, start_step=0, batches_per_step=1, names=None):
        """Read crops in endless batches.

        Args:
            batch_size: int, crops in a batch.
            seed: int, from 0 to 2**63 - 1.
            start_step: int, the step the first element belongs to: `batches(start_step=5)` is `batches().skip(5)` without
                reading what is skipped.
            batches_per_step: int, batches in one element.
            names: sequence of str, the parts to read; there are "images" alone.

        Returns:
            An infinite `tf.data.Dataset` of dicts {"images": uint8 or uint16 tensor (batches_per_step, batch_size, height,
            width, C)}. Element k is a function of (seed, start_step + k) alone.

        Raises:
            InputError: if an argument is out of range, or a part is asked for that is not there.
        """
        shape = (check_int("batches_per_step", batches_per_step, 1), check_int("batch_size", batch_size, 1), *self.image_shape)
        start_step, seed = check_int("start_step", start_step, 0), _checked_seed(seed)
        chosen_names(names, self.specs, self.name)
        count = shape[0] * shape[1]

        import tensorflow as tf

        def read(step):
            crops = tf.numpy_function(
                lambda step: self._read(seed, int(step) * count, count, _TRAINING), [step], self.dtype, stateful=False
            )
            return {"images": tf.reshape(crops, shape)}

        return prefetched(tf.data.Dataset.counter(start=start_step).map(read))

    def _of(self, pictures, part):
        return Crops(pictures, self.size, self.symmetry, self.scale_jitter, f"{self.name} ({part})", self.skipped, self.notes)

    def _affordable(self, n):
        return max(64, min(n, _MOST_BYTES // (int(np.prod(self.image_shape)) * self.dtype.itemsize)))

    def _read(self, seed, first, count, stream):
        """Return the crops at positions `first` ... `first + count - 1` of the endless reading."""
        # A block of Philox's counter is four numbers, all that one crop needs: crop p is a function of (seed, p). The raw
        # numbers of a bit generator are the same in every version of NumPy, those of a Generator need not be.
        key = np.array([seed, stream], np.uint64)
        numbers = np.random.Philox(key=key, counter=first).random_raw(4 * count).reshape(count, 4)
        chosen = np.searchsorted(self._positions, numbers[:, 0] % self._positions[-1], side="right")
        turns = (numbers[:, 3] % np.uint64(8)).astype(int) if self.symmetry != "none" else np.zeros(count, int)
        scales = self._scales(numbers[:, 3] >> np.uint64(11))
        crops = np.empty((count, *self.image_shape), self.dtype)
        for i, (which, turn, scale) in enumerate(zip(chosen, turns, scales, strict=True)):
            picture = self.pictures[which]
            window = self._window(picture, numbers[i, 1], numbers[i, 2], scale)
            if self.symmetry == "rotate":
                window = np.rot90(window, turn >> 1)
            crops[i] = window[:, ::-1] if turn & 1 else window
        return crops

    def _scales(self, numbers):
        """Return a scale for each 53-bit number."""
        if not self.scale_jitter:
            return np.ones(len(numbers))
        return (1 + self.scale_jitter) ** (2 * (numbers * 2.0**-53) - 1)

    def _window(self, picture, row, column, scale):
        """Return a window at a random place, of the crop's size: a view, or, at another scale, resized."""
        rows, columns = picture.shape[:2]
        scale = min(scale, rows / self.size[0], columns / self.size[1])
        height, width = (max(1, round(side * scale)) for side in self.size)
        top, left = int(row) % (rows - height + 1), int(column) % (columns - width + 1)
        window = picture[top : top + height, left : left + width]
        return window if (height, width) == self.size else resize_pixels(window, self.size)


def too_small(shape, size):
    """Return what is wrong with a picture of `shape` (H, W, ...) for crops of `size` (height, width), or None."""
    if shape[0] >= size[0] and shape[1] >= size[1]:
        return None
    return f"{shape[1]}x{shape[0]} pixels are smaller than a crop of {size[1]}x{size[0]} (width x height)"


def _checked_seed(seed):
    if check_int("seed", seed, 0) >= 2**63:
        raise InputError(f"seed must be below 2**63. Received: seed={seed}")
    return int(seed)


def _checked_symmetry(symmetry, size):
    if symmetry not in SYMMETRIES:
        raise InputError(
            f"symmetry must be one of {', '.join(SYMMETRIES)}.{suggestion(symmetry, SYMMETRIES)} "
            f"Received: symmetry={symmetry!r}"
        )
    if symmetry == "rotate" and size[0] != size[1]:
        raise InputError(f"symmetry='rotate' turns crops by quarters, so they must be square. Received: size={size}")
    return symmetry


def _checked_jitter(jitter):
    if isinstance(jitter, bool) or not isinstance(jitter, (int, float)) or not 0 <= jitter <= MAX_JITTER:
        raise InputError(f"scale_jitter must be a number from 0 to {MAX_JITTER:g}. Received: scale_jitter={jitter!r}")
    return float(jitter)


def _checked_pictures(pictures, size, name):
    """Return the pictures as a tuple of read-only views (H, W, C)."""
    if isinstance(pictures, np.ndarray) and (pictures.ndim == 2 or (pictures.ndim == 3 and pictures.shape[2] in (1, 3, 4))):
        pictures = [pictures]
    found = []
    for picture in pictures:
        picture = np.asarray(picture)
        picture = picture[..., np.newaxis] if picture.ndim == 2 else picture.view()
        if picture.dtype not in (np.uint8, np.uint16) or picture.ndim != 3 or picture.shape[2] not in (1, 3, 4):
            raise InputError(
                f"{name}: pictures must be uint8 or uint16 arrays (H, W) or (H, W, C), C 1, 3 or 4. "
                f"Received: dtype={picture.dtype}, shape={picture.shape}"
            )
        if wrong := too_small(picture.shape, size):
            raise InputError(f"{name}: {wrong}.")
        if found and (picture.dtype, picture.shape[2]) != (found[0].dtype, found[0].shape[2]):
            kinds = [f"{each.dtype} of {each.shape[2]} channels" for each in (found[0], picture)]
            raise InputError(f"{name}: pictures must be alike. Received: {kinds[0]} and {kinds[1]}")
        picture.flags.writeable = False
        found.append(picture)
    if not found:
        raise InputError(f"{name}: there are no pictures.")
    return tuple(found)
