"""Images with a text each: what a text-to-image GAN trains on."""

import csv
import functools
import hashlib
import io
import os
import re
from pathlib import Path

import numpy as np

from ganzoo.core.inputs import Spec, Text
from ganzoo.data.batching import index_batches
from ganzoo.data.checks import chosen_names, existing_file, one_line, suggestion
from ganzoo.data.dataset import ImageDataset
from ganzoo.data.folder import checked_folder_image
from ganzoo.data.image_file import UnusableError, same_channels, to_depth
from ganzoo.errors import InputError
from ganzoo.utils.checks import check_object

_LARGEST_CSV = 2**26  # bytes
# Where a folder's texts are looked for: inside of it, or beside it under its own name.
CSV_NAMES = ("metadata.csv", "captions.csv")


class CaptionedImages:
    """Images, and a text for each as the numbers of its words.

    Args:
        images: `ImageDataset`.
        texts: sequence of str, one for each image; or numbers of words, int (N, length), as a model's `Text` has them.
        text: the `ganzoo.core.inputs.Text` that encodes them; default: one built from the words that occur in them.
        name: str, what the set is called in messages; default: the images' name.

    Attributes:
        images: `ImageDataset`, with labels if it has any.
        texts: int32 array (N, length), read-only.
        text: the `Text`, with the vocabulary; None where numbers were given without.

    Raises:
        InputError: if there is not a text for each image, or `text` does not know its words.

    Example:
        >>> dots = ImageDataset(np.zeros((2, 8, 8), "uint8"), name="dots")
        >>> CaptionedImages(dots, ["a dark square", "Another dark square."])
        CaptionedImages(name='dots', images=2, image_shape=(8, 8, 1), words=4)
    """

    def __init__(self, images, texts, text=None, name=None):
        check_object("images", images, ImageDataset, "ImageDataset(array)")
        texts = np.asarray(texts)
        if texts.dtype.kind == "O":
            texts = np.array([str(each) for each in texts.flat])
        numbers = texts.dtype.kind in "iu" and texts.ndim == 2
        if len(texts) != len(images) or not (numbers or (texts.dtype.kind == "U" and texts.ndim == 1)):
            raise InputError(
                f"{images.name}: there must be a text for each of the {len(images)} images. "
                f"Received: {texts.dtype} {texts.shape}"
            )
        self.images, self.name, self.text = images, images.name if name is None else name, text
        try:
            if numbers:
                self.texts = texts.astype("int32")
            else:
                self.text = Text.of(texts.tolist()) if text is None else text
                different, places = np.unique(texts, return_inverse=True)
                self.texts = self.text.encode(different.tolist())[places]
        except InputError as error:
            raise InputError(f"{self.name}: {error}") from error
        self.texts.flags.writeable = False

    def __len__(self):
        """Return the number of images."""
        return len(self.images)

    def __repr__(self):
        """Return the facts a user looks for, not the pixels."""
        words = len(self.text.words) if self.text else None
        return f"CaptionedImages(name={self.name!r}, images={len(self)}, image_shape={self.image_shape}, words={words})"

    @property
    def arrays(self):
        """Return {"images": uint8 (N, H, W, C), "texts": int32 (N, length)}."""
        return {"images": self.images.images, "texts": self.texts}

    @property
    def specs(self):
        """Return {name: Spec} of one example's parts."""
        return {name: Spec(array.shape[1:], array.dtype.name) for name, array in self.arrays.items()}

    @property
    def words(self):
        """Return {"texts": the vocabulary}, empty where it is not known."""
        return {"texts": self.text.words} if self.text else {}

    @property
    def image_shape(self):
        """Return (H, W, C)."""
        return self.images.image_shape

    @property
    def skipped(self):
        """Return what was left out."""
        return self.images.skipped

    @property
    def notes(self):
        """Return what a user may not expect."""
        if not self.text:
            return self.images.notes
        few = "; ".join(self.text.options[:3])
        return (*self.images.notes, f"texts of {len(self.text.words)} words, such as: {one_line(few)[:200]}")

    @functools.cached_property
    def fingerprint(self):
        """Return the SHA-256 of images, texts and vocabulary, in hexadecimal."""
        words = " ".join(self.text.words if self.text else ())
        return hashlib.sha256(f"{self.images.fingerprint} {words}".encode() + self.texts.astype("<i4").tobytes()).hexdigest()

    @functools.cached_property
    def tensors(self):
        """The arrays in TensorFlow's memory, once for all calls of `batches`."""
        import tensorflow as tf

        with tf.device("CPU"):
            return {"images": self.images.tensors["images"], "texts": tf.constant(self.texts)}

    def batches(self, batch_size, seed=0, start_step=0, batches_per_step=1, names=None):
        """Read the examples in endless shuffled batches; see `ImageDataset.batches`.

        Returns:
            An infinite `tf.data.Dataset` of dicts {"images": uint8 tensor (batches_per_step, batch_size, H, W, C), "texts":
            int32 tensor (batches_per_step, batch_size, length)}.
        """
        arrays = {name: self.tensors[name] for name in chosen_names(names, self.specs, self.name)}
        return index_batches(arrays, batch_size, seed, start_step, batches_per_step, self.name)


def caption_classes(images, template="a photo of a {}"):
    """Return the images with captions, each made from the name of the image's class.

    Args:
        images: `ImageDataset` with labels and names of the classes.
        template: str with a {} for the name.

    Raises:
        InputError: if the classes have no names, or the template no place for one.

    Example:
        >>> from ganzoo.data import ImageDataset
        >>> dots = ImageDataset(np.zeros((2, 8, 8), "uint8"), [1, 0], class_names=["apple", "forest"])
        >>> caption_classes(dots).text.options
        ('a photo of a forest', 'a photo of an apple')
    """
    if check_object("images", images, ImageDataset, "ImageDataset(array)").class_names is None:
        raise InputError(
            f"{images.name}: texts are made of the names of the classes, and there are none; an .npz holds them as class_names."
        )
    if "{}" not in template:
        raise InputError(f"template must have a {{}} where the name of the class goes. Received: template={template!r}")
    names = [name.replace("_", " ") for name in images.class_names]
    article = {
        name: re.sub(r"\b([Aa]) \{\}", r"\1n {}", template) if name[:1].lower() in "aeiou" else template for name in names
    }
    texts = [article[name].replace("{}", name) for name in names]
    return CaptionedImages(images, [texts[label] for label in images.labels], Text.of(texts, sorted(set(texts))[:20]))


def read_captions(path, image_size, strict=False, alpha="white"):
    """Read images and their texts from a CSV file with the columns `file_name` and `text`.

    The files lie in the CSV's own folder, or in the folder of its name beside it; names may have sub-folders in them.

    Args:
        path: str or Path of the CSV, in UTF-8.
        image_size, strict, alpha: as in `ganzoo.data.from_folder`.

    Returns:
        CaptionedImages named after the folder.

    Raises:
        InputError: naming the row that has no file, no text, or more columns than the first, as an unquoted comma makes; if
            there is no usable image.
    """
    path = existing_file(path, "a CSV file with the columns file_name and text")
    beside = path.with_suffix("")
    root = beside if beside.is_dir() else path.parent
    pictures, texts, skipped = [], [], []
    for row, (file, text) in enumerate(_rows(path), start=2):
        where = f"{path}, row {row}"
        try:
            picture = checked_folder_image(root, file, image_size, alpha)
        except FileNotFoundError:
            near = suggestion(Path(file).name, sorted(os.listdir(root))[:1000])
            raise InputError(f"{where}: {root} has no file {one_line(file)[:200]!r}.{near}") from None
        except UnusableError as error:
            skipped.append(f"{one_line(file)[:200]}: {error.reason}")
            continue
        if not text.strip():
            raise InputError(f"{where}: {one_line(file)[:200]} has no text.")
        pictures.append(picture)
        texts.append(text)
    shown = "; ".join(skipped[:3]) + ("; ..." if len(skipped) > 3 else "")
    if not pictures or (strict and skipped):
        raise InputError(f"{path}: {len(pictures)} usable images, {len(skipped)} unusable. {shown}".strip())
    pixels, notes = to_depth(pictures, 8, alpha)
    images = ImageDataset(np.stack(same_channels(pixels)), None, root.resolve().name, skipped, notes)
    return CaptionedImages(images, texts)


def csv_of(folder):
    """Return the CSV of a folder's texts, inside of it or beside it, or None."""
    folder = Path(folder)
    inside = [folder / name for name in CSV_NAMES]
    return next(
        (each for each in (*inside, folder.resolve().with_name(f"{folder.resolve().name}.csv")) if each.is_file()), None
    )


def _rows(path):
    """Yield (file name, text) of a CSV's rows."""
    if path.stat().st_size > _LARGEST_CSV:
        raise InputError(f"{path} is larger than {_LARGEST_CSV // 2**20} MB; it is not read.")
    row = 1
    try:
        table = csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline=""), strict=True)
        columns = table.fieldnames or []
        missing = [name for name in ("file_name", "text") if name not in columns]
        if missing:
            found = one_line(", ".join(map(str, columns)))[:200] or "nothing"
            raise InputError(f"{path} must have the columns file_name and text in its first row. Received: {found}")
        for row, cells in enumerate(table, start=2):
            if None in cells:
                raise InputError(
                    f"{path}, row {row} has {len(columns) + len(cells[None])} columns, the first row {len(columns)}; put texts "
                    "with commas in quotes."
                )
            yield cells["file_name"] or "", cells["text"] or ""
    except csv.Error as error:
        raise InputError(
            f"{path} cannot be read as a CSV file: {one_line(error)[:200]} in row {row + 1}, or a quote there is not closed."
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} cannot be read as a CSV file in UTF-8: {one_line(error)[:200]}") from error
