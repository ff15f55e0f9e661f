"""`recipes.modern`: the GAN that makes the best pictures in ten minutes on two CPU cores, found by measuring.

Compact networks, which see the most images a second; the non-saturating game with a lazy R1; an average of the generator.
How it compares with the zoo's other games stands on the page "Techniques and results".
"""

from ganzoo import augmentation, networks, objectives
from ganzoo.gan import GAN
from ganzoo.utils.checks import check_image_shape

FEW = 10_000  # images


def augmentation_for(image_shape, images=None):
    """Return the recipe's augmentation: translations and cutouts for few color images, None for all others.

    With only a few hundred photographs, the discriminator memorizes each in minutes. Whether an image may be mirrored is not
    known here, so none is.

    Args:
        image_shape: (height, width, channels).
        images: how many there are to train on; None counts as few.
    """
    if check_image_shape(image_shape)[-1] < 3 or (images is not None and images > FEW):
        return None
    return augmentation.get(["translation", "cutout"])


def modern(image_shape, classes=None, width=32, gamma=1.0, learning_rate=1e-3, images=None, **options):
    """Return a `GAN` of compact networks in the non-saturating game with R1.

    Args:
        image_shape: (height, width, channels); sides multiples of 4, at least 8.
        classes: number of labels of a GAN that is told them, or None.
        width: filters of both networks at half size, positive int.
        gamma: weight of R1, above 0.
        learning_rate: of both players, above 0.
        images: how many there are to train on, where known: few color images are augmented (`augmentation_for`).
        options: as in `GAN`: latent, augmentation (None for none), seed, ...

    Example:
        >>> modern((28, 28, 1)).sample(2).shape
        (2, 28, 28, 1)
    """
    return GAN(
        image_shape,
        classes=classes,
        networks=networks.Compact(width, width),
        objective=objectives.non_saturating_r1(gamma, learning_rate),
        **{
            "ema_half_life_images": 10_000.0,
            "ema_warmup": 0.05,
            "augmentation": augmentation_for(image_shape, images),
        }
        | options,
    )
