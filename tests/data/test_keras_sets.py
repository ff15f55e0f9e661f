import sys

import keras
import numpy as np
import pytest

from ganzoo.data import keras_sets, load_test
from ganzoo.errors import InputError


def stand_in(monkeypatch, name, images, labels):
    """Replace one of Keras's downloads by arrays."""
    monkeypatch.setattr(getattr(keras.datasets, name), "load_data", lambda **_: ((images, labels), (images[:1], labels[:1])))


@pytest.mark.parametrize(
    ("name", "shape", "image_shape"),
    [
        ("mnist", (6, 28, 28), (28, 28, 1)),
        ("fashion_mnist", (6, 28, 28), (28, 28, 1)),
        ("cifar10", (6, 32, 32, 3), (32, 32, 3)),
    ],
)
def test_downloads_become_image_datasets(monkeypatch, name, shape, image_shape):
    labels = np.arange(6, dtype=np.uint8)
    stand_in(monkeypatch, name, np.full(shape, 9, np.uint8), labels[:, None] if name == "cifar10" else labels)
    dataset = getattr(keras_sets, name)()
    assert dataset.image_shape == image_shape
    assert dataset.labels.tolist() == [0, 1, 2, 3, 4, 5]
    assert dataset.name == name


def test_forest_is_class_33(monkeypatch):
    images = np.arange(5, dtype=np.uint8).reshape(5, 1, 1, 1) * np.ones((5, 32, 32, 3), np.uint8)
    stand_in(monkeypatch, "cifar100", images, np.array([[33], [32], [33], [34], [0]]))
    dataset = keras_sets.forest()
    assert dataset.images[:, 0, 0, 0].tolist() == [0, 2]
    assert dataset.name == "forest"


def test_outdoor_is_ten_named_classes(monkeypatch):
    images = np.arange(100, dtype=np.uint8).reshape(100, 1, 1, 1) * np.ones((100, 32, 32, 3), np.uint8)
    stand_in(monkeypatch, "cifar100", images, np.arange(100)[:, None])
    dataset = keras_sets.outdoor()
    assert dataset.class_names == (
        "cloud", "forest", "mountain", "plain", "sea", "orchid", "poppy", "rose", "sunflower", "tulip"
    )  # fmt: skip
    numbers = {
        dataset.class_names[label]: int(image[0, 0, 0]) for image, label in zip(dataset.images, dataset.labels, strict=True)
    }
    # In alphabetical order of CIFAR-100's hundred names.
    assert numbers == {"cloud": 23, "forest": 33, "mountain": 49, "orchid": 54, "plain": 60, "poppy": 62, "rose": 70, "sea": 71,
                       "sunflower": 82, "tulip": 92}  # fmt: skip
    assert dataset.classes == 10


@pytest.mark.parametrize(
    "error",
    [Exception("URL fetch failure on https://example.org/mnist.npz:\nNone -- unreachable"), OSError("disk full")],
)
def test_failed_downloads_say_what_works_without_a_network(monkeypatch, error):
    def fail(**_):
        raise error

    monkeypatch.setattr(keras.datasets.mnist, "load_data", fail)
    with pytest.raises(InputError, match=r"mnist could not be downloaded: (URL|disk).*\n.*--data=file\.npz") as raised:
        keras_sets.mnist()
    assert str(raised.value).count("\n") == 1


def test_digits_use_the_whole_range():
    dataset = keras_sets.digits()
    assert dataset.images.shape == (1797, 8, 8, 1)
    assert sorted(set(dataset.labels)) == list(range(10))
    # 17 levels of ink, 0 to 16, on 0 to 255.
    assert np.unique(dataset.images).tolist() == [round(level * 255 / 16) for level in range(17)]


def test_digits_name_the_package_they_need(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(InputError, match="pip install scikit-learn"):
        keras_sets.digits()


def test_the_test_half_is_the_other_one(monkeypatch):
    labels = np.arange(6, dtype=np.uint8)
    stand_in(monkeypatch, "mnist", np.full((6, 28, 28), 9, np.uint8), labels)
    assert len(keras_sets.mnist("test")) == 1
    assert len(load_test("mnist")) == 1
    with pytest.raises(InputError, match="split must be one of train, test. Received: split='valid'"):
        keras_sets.mnist("valid")
    assert load_test("digits") is None
    assert load_test("grass") is None
