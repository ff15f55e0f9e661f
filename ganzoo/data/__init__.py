"""Images for training: built-in sets, folders, archives, arrays and streams, all read as batches of uint8."""

from ganzoo.data.archive import archive
from ganzoo.data.dataset import ImageDataset
from ganzoo.data.folder import folder
from ganzoo.data.functions import FunctionGraph
from ganzoo.data.load import load, load_held_out, load_pair, load_test_pair, parse_image_size
from ganzoo.data.pairs import PairedImages, digit_pairs
from ganzoo.data.photographs import photographs
from ganzoo.data.points import PointDataset
from ganzoo.data.stream import StreamDataset, as_dataset

__all__ = [
    "FunctionGraph",
    "ImageDataset",
    "PairedImages",
    "PointDataset",
    "StreamDataset",
    "archive",
    "as_dataset",
    "digit_pairs",
    "folder",
    "load",
    "load_held_out",
    "load_pair",
    "load_test_pair",
    "parse_image_size",
    "photographs",
]
