"""What a training example looks like, and what a sample is made of: noise, categories, codes, labels, texts, images.

Each kind of input knows how it is drawn, checked, blended on a path between two samples, and kept where it lives when it is
moved (GAN inversion). Equal seeds give equal draws on every machine with the same TensorFlow.
"""

from ganzoo.core.inputs.base import WHITE, Input, Spec
from ganzoo.core.inputs.choices import Category, Label
from ganzoo.core.inputs.image import Image
from ganzoo.core.inputs.setting import Setting
from ganzoo.core.inputs.text import MOST_WORDS, Text, split_words
from ganzoo.core.inputs.vectors import Code, Normal, NormalMap, TruncatedNormal, Uniform

__all__ = [
    "MOST_WORDS",
    "WHITE",
    "Category",
    "Code",
    "Image",
    "Input",
    "Label",
    "Normal",
    "NormalMap",
    "Setting",
    "Spec",
    "Text",
    "TruncatedNormal",
    "Uniform",
    "split_words",
]
