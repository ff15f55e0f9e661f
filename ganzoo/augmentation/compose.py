"""Several augmentations one after the other."""

from collections.abc import Sequence

from ganzoo import backend
from ganzoo.core.config import Configurable
from ganzoo.errors import InputError
from ganzoo.utils.types import Tensor


class Compose(Configurable):
    """Augmentations one after the other, each with random numbers of its own.

    Args:
        augmentations: sequence of objects of `ganzoo.augmentation`.

    Raises:
        InputError: if one of them cannot be called.

    Example:
        >>> from ganzoo.augmentation import RandomFlip, RandomTranslation
        >>> Compose([RandomFlip(), RandomTranslation()])
        Compose(augmentations=(RandomFlip(), RandomTranslation()))
    """

    def __init__(self, augmentations: Sequence):
        self.augmentations = tuple(augmentations)
        for each in self.augmentations:
            if not callable(each) or isinstance(each, type):
                raise InputError(f"augmentations must be objects of ganzoo.augmentation. Received: {each!r}")

    def __call__(self, images: Tensor, seed: Tensor) -> Tensor:
        """Return changed copies of images, float32 `(N, H, W, C)`; seed is int32 `(2,)`."""
        for index, augmentation in enumerate(self.augmentations):
            images = augmentation(images, backend.fold_in(seed, index))
        return images
