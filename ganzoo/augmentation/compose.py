"""Several augmentations one after the other."""

from collections.abc import Sequence

from ganzoo import backend
from ganzoo.augmentation.adaptive import Adaptive
from ganzoo.core.config import Configurable
from ganzoo.errors import InputError
from ganzoo.utils.checks import check_object
from ganzoo.utils.types import Tensor


class Compose(Configurable):
    """Augmentations one after the other, each with random numbers of its own.

    Args:
        augmentations: sequence of objects of `ganzoo.augmentation`, none of them adaptive: `Adaptive` goes around `Compose`.

    Raises:
        InputError: if one of them is none of these.

    Example:
        >>> from ganzoo.augmentation import RandomFlip, RandomTranslation
        >>> Compose([RandomFlip(), RandomTranslation()])
        Compose(augmentations=(RandomFlip(), RandomTranslation()))
    """

    def __init__(self, augmentations: Sequence):
        if not isinstance(augmentations, (list, tuple)):
            raise InputError(f"augmentations must be a list, [RandomFlip(), ...]. Received: augmentations={augmentations!r}")
        for each in augmentations:
            if isinstance(each, Adaptive):
                raise InputError(f"Adaptive goes around the others, not inside: Adaptive(Compose([...])). Received: {each!r}")
            check_object("augmentations", each, callable, "RandomFlip()")
        self.augmentations = tuple(augmentations)

    def __call__(self, images: Tensor, seed: Tensor) -> Tensor:
        """Return changed copies of images, float32 `(N, H, W, C)`; seed is int32 `(2,)`."""
        for index, augmentation in enumerate(self.augmentations):
            images = augmentation(images, backend.fold_in(seed, index))
        return images
