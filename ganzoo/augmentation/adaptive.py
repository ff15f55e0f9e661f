"""Adaptive augmentation: as much of it as keeps the discriminator from learning the training images by heart."""

from keras import ops

from ganzoo import backend
from ganzoo.core.config import Configurable
from ganzoo.errors import InputError
from ganzoo.utils.checks import check_object, nonnegative_number, positive_number
from ganzoo.utils.types import Tensor


class Adaptive(Configurable):
    """An augmentation that each image gets with a probability p, which rises while D overfits and falls otherwise (Karras et
    al. 2020, arXiv:2006.06676, section 3).

        r = E[sign D(x)] over the training images of a batch,    p <- p + sign(r - target) N / images,   within 0 and 1

    p is a variable of the GAN, `augmentation_probability`, 0 at the start, moved after every update of D. The paper moves it
    every fourth batch, with images = 500,000.

    Args:
        augmentation: an object of `ganzoo.augmentation`; an image gets all of its changes or none (the paper draws for each).
        target: value of r that p is adapted to, from 0 to below 1.
        images: number of training images over which p can rise from 0 to 1, above 0.

    Raises:
        InputError: for a bad value.

    Example:
        >>> from ganzoo.augmentation import RandomFlip
        >>> Adaptive(RandomFlip(), target=0.5)
        Adaptive(augmentation=RandomFlip(), target=0.5)
    """

    def __init__(self, augmentation, target: float = 0.6, images: float = 50_000.0):
        if isinstance(augmentation, Adaptive):
            raise InputError(f"augmentation must be another one, not adaptive itself. Received: {augmentation!r}")
        self.augmentation = check_object("augmentation", augmentation, callable, "RandomFlip()")
        self.target = nonnegative_number("target", target, below=1.0)
        self.images = positive_number("images", images)

    def __call__(self, images: Tensor, seed: Tensor, probability: Tensor | float = 1.0) -> Tensor:
        """Return images float32 `(N, H, W, C)`, each changed with that probability; seed is int32 `(2,)`."""
        chosen = backend.uniform((ops.shape(images)[0], 1, 1, 1), backend.fold_in(seed, 0)) < probability
        return ops.where(chosen, self.augmentation(images, backend.fold_in(seed, 1)), images)

    def next(self, probability: Tensor, sign: Tensor, n: Tensor) -> Tensor:
        """Return p after a batch of n images on which the mean sign of D's logits is `sign`."""
        moved = probability + ops.sign(sign - self.target) * ops.cast(n, "float32") / self.images
        return ops.clip(moved, 0.0, 1.0)
