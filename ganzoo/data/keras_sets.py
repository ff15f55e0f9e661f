"""Well-known data sets: those that Keras downloads and caches, and scikit-learn's digits, which need no network."""

import numpy as np

from ganzoo.data.checks import one_line
from ganzoo.data.dataset import ImageDataset
from ganzoo.errors import InputError

# Numbers of some of CIFAR-100's fine classes, which stand in alphabetical order; five landscapes, five flowers.
_OUTDOOR = {"cloud": 23, "forest": 33, "mountain": 49, "plain": 60, "sea": 71}
_OUTDOOR |= {"orchid": 54, "poppy": 62, "rose": 70, "sunflower": 82, "tulip": 92}
_SPLITS = ("train", "test")


def mnist(split="train"):
    """Return MNIST's 60000 training or 10000 test images, 28x28x1, labels 0 to 9. Downloads 11 MB the first time."""
    return _downloaded("mnist", split)


def fashion_mnist(split="train"):
    """Return Fashion-MNIST's 60000 training or 10000 test images, 28x28x1, labels 0 to 9. Downloads 30 MB the first time."""
    return _downloaded("fashion_mnist", split)


def cifar10(split="train"):
    """Return CIFAR-10's 50000 training or 10000 test images, 32x32x3, labels 0 to 9. Downloads 170 MB the first time."""
    return _downloaded("cifar10", split)


def forest(split="train"):
    """Return the 500 training or 100 test images of CIFAR-100's class forest, 32x32x3. Downloads 170 MB the first time."""
    return ImageDataset(outdoor(split).with_classes(["forest"]).images, name="forest")


def outdoor(split="train"):
    """Return the 5000 training or 1000 test images of CIFAR-100's ten outdoor classes, 32x32x3, with their names as labels.

    In this order: cloud, forest, mountain, plain, sea, orchid, poppy, rose, sunflower, tulip. Downloads 170 MB the first time.
    """
    cifar100 = _downloaded("cifar100", split, label_mode="fine")
    numbers = np.array(list(_OUTDOOR.values()))
    chosen = np.isin(cifar100.labels, numbers)
    labels = (cifar100.labels[chosen, None] == numbers).argmax(axis=1)
    return ImageDataset(cifar100.images[chosen], labels, name="outdoor", class_names=tuple(_OUTDOOR))


def digits():
    """Return scikit-learn's 1797 handwritten digits, 8x8x1, with labels 0 to 9. Needs no network."""
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise InputError("digits needs scikit-learn: pip install scikit-learn") from error
    bunch = load_digits()
    # Stored as counts 0 to 16 of inked pixels in a 4x4 block.
    images = np.round(bunch.images * (255 / 16)).astype(np.uint8)
    return ImageDataset(images, bunch.target, name="digits")


def _downloaded(name, split, **options):
    """Return the training or the test half of one of Keras's data sets."""
    if split not in _SPLITS:
        raise InputError(f"split must be one of {', '.join(_SPLITS)}. Received: split={split!r}")

    import keras

    try:
        halves = getattr(keras.datasets, name).load_data(**options)
    # Keras raises a bare Exception when a download fails, and whatever the unpacking raises when it is cut short.
    except Exception as error:
        raise InputError(
            f"{name} could not be downloaded: {one_line(error)}\n"
            "Without a network take --data=file.npz, --data=folder, or one of grass, brick, gravel, digits."
        ) from error
    images, labels = halves[_SPLITS.index(split)]
    return ImageDataset(images, np.reshape(labels, -1), name=name)
