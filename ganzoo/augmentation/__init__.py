"""Differentiable augmentation: what the discriminator sees in training is changed at random, real and generated alike.

As the generator's gradient goes through the same random changes, it still learns the images as they are, not as they are shown
(Zhao et al. 2020, "Differentiable augmentation for data-efficient GAN training", arXiv:2006.10738). An augmentation is a
callable (images float32 `(N, H, W, C)` in (-1, 1), seed int32 `(2,)`) -> images of the same shape; `GAN` scales images of
another range to (-1, 1) for it and back. `Compose` puts several one after the other, `Adaptive` takes as much as is needed.
"""

from ganzoo.augmentation.adaptive import Adaptive
from ganzoo.augmentation.affine import RandomAffine, bilinear_sample
from ganzoo.augmentation.changes import InstanceNoise, RandomColor, RandomCutout, RandomFlip, RandomTranslation
from ganzoo.augmentation.compose import Compose
from ganzoo.utils.checks import check_choice

__all__ = ["BY_NAME", "Adaptive", "Compose", "InstanceNoise", "RandomAffine", "RandomColor", "RandomCutout", "RandomFlip"]
__all__ += ["RandomTranslation", "bilinear_sample", "get"]

# Name on the command line -> class.
BY_NAME = {
    "affine": RandomAffine,
    "flip": RandomFlip,
    "translation": RandomTranslation,
    "cutout": RandomCutout,
    "color": RandomColor,
    "noise": InstanceNoise,
}


def get(names):
    """Return the augmentation of names in `BY_NAME`, with their defaults: one, or a `Compose` of several.

    Raises:
        InputError: for another name.
    """
    found = [BY_NAME[check_choice("augmentation", name, BY_NAME)]() for name in names]
    return found[0] if len(found) == 1 else Compose(found)
