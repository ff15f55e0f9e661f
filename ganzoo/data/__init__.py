"""Data sets: built-in ones, folders, files, arrays, points, pairs and streams, all read in batches of named tensors."""

from ganzoo.data.arrays import ArrayDataset
from ganzoo.data.captions import CaptionedImages, caption_classes, read_captions
from ganzoo.data.crops import Crops
from ganzoo.data.dataset import ImageDataset
from ganzoo.data.digit_texts import described_digits
from ganzoo.data.folder import from_folder
from ganzoo.data.functions import FunctionGraph
from ganzoo.data.identities import IdentityPairs
from ganzoo.data.loading import load, load_pair, load_test, load_test_pair, load_texts, parse_image_size
from ganzoo.data.npy import from_npy
from ganzoo.data.npz import from_npz
from ganzoo.data.pairs import PairedImages, digit_pairs
from ganzoo.data.photographs import photograph_crops
from ganzoo.data.picture import from_picture
from ganzoo.data.points import PointDataset
from ganzoo.data.stream import StreamDataset, as_dataset

__all__ = [
    "ArrayDataset",
    "CaptionedImages",
    "Crops",
    "FunctionGraph",
    "IdentityPairs",
    "ImageDataset",
    "PairedImages",
    "PointDataset",
    "StreamDataset",
    "as_dataset",
    "caption_classes",
    "described_digits",
    "digit_pairs",
    "from_folder",
    "from_npy",
    "from_npz",
    "from_picture",
    "load",
    "load_pair",
    "load_test",
    "load_test_pair",
    "load_texts",
    "parse_image_size",
    "photograph_crops",
    "read_captions",
]
