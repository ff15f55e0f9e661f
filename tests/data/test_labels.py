import numpy as np
import pytest

from ganzoo.data import ImageDataset
from ganzoo.data.labels import read_labels
from ganzoo.errors import InputError

COUNTED = np.array([0, 2, 1, 2, 0, 3])


@pytest.mark.parametrize(
    ("labels", "codes", "class_names", "note"),
    [
        (COUNTED, COUNTED, None, None),
        (COUNTED.astype("uint8"), COUNTED, None, None),
        (list(COUNTED), COUNTED, None, None),
        (COUNTED[:, None], COUNTED, None, None),
        (COUNTED.astype("float32"), COUNTED, None, None),
        (np.array([7, 8, 7, 8, 7, 8]), [7, 8, 7, 8, 7, 8], None, None),
        (np.eye(5)[COUNTED], COUNTED, tuple("01234"), "one-hot rows: read as 5 classes"),
        (np.eye(5, dtype=bool)[COUNTED], COUNTED, tuple("01234"), "one-hot rows: read as 5 classes"),
        (np.eye(5)[COUNTED + 1], COUNTED + 1, tuple("01234"), "one-hot"),
        (COUNTED > 0, COUNTED > 0, ("False", "True"), "classes 0 and 1"),
        (np.array(["b", "a", "c", "a", "b", "b"]), [1, 0, 2, 0, 1, 1], ("a", "b", "c"), "labels are text: 3 classes, a, b, c"),
        (np.array(["b", "a"] * 3, object), [1, 0] * 3, ("a", "b"), "text"),
        (np.array([b"b", b"a"] * 3), [1, 0] * 3, ("a", "b"), "text"),
        (COUNTED + 1, COUNTED, ("1", "2", "3", "4"), "count from 1: class 0 is called '1', class 1 '2', and so on"),
        (COUNTED + 1.0, COUNTED, ("1", "2", "3", "4"), "count from 1"),
    ],
)
def test_labels_become_class_numbers(labels, codes, class_names, note):
    found, names, notes = read_labels(labels, 6)
    assert found.dtype == np.int64
    assert found.tolist() == np.asarray(codes).tolist()
    assert names == class_names
    assert len(notes) == (note is not None)
    assert note is None or note in notes[0]


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (COUNTED[:5], r"one for each of the 6 images. Received: dtype=int64, shape=\(5,\)"),
        (3, "one for each of the 6 images"),
        (COUNTED[:, None, None], "one for each of the 6 images"),
        ([[1], [1, 2]] * 3, "in one array"),
        (np.full((6, 4), 0.25), r"not one-hot; labels.argmax\(axis=1\)"),
        (np.ones((6, 4), int), "not one-hot"),
        (COUNTED / 2, r"whole numbers from 0 on.*np\.unique\(labels, return_inverse=True\).*float64"),
        (np.array([0, 1, np.nan, 1, 1, 1]), "whole numbers"),
        (COUNTED + 1j, "whole numbers"),
        (np.array([0, None, 1, 2, 3, 4]), "whole numbers"),
        (COUNTED + 2**40, "whole numbers"),
        (COUNTED - 1, "count the classes from 0; leave out images without one. Received: label -1"),
    ],
)
def test_other_labels_are_refused(labels, message):
    with pytest.raises(InputError, match=message):
        read_labels(labels, 6, "mine")


def test_names_must_be_enough():
    assert read_labels(COUNTED, 6, class_names=["a", "b", "c", "d", "e"])[1] == ("a", "b", "c", "d", "e")
    codes, names, _ = read_labels(COUNTED + 1, 6, class_names=["a", "b", "c", "d"])
    assert (codes.tolist(), names) == (COUNTED.tolist(), ("a", "b", "c", "d"))
    with pytest.raises(InputError, match="3 class names, and labels up to 3, counted from 0"):
        read_labels(COUNTED, 6, class_names=["a", "b", "c"])


def test_text_has_the_numbers_of_its_names():
    codes, names, notes = read_labels(["cat", "dog", "ant", "dog"], 4, class_names=["cat", "dog", "ant", "bee"])
    assert codes.tolist() == [0, 1, 2, 1]
    assert names == ("cat", "dog", "ant", "bee")
    assert notes == ("labels are text: 4 classes, cat, dog, ant, bee",)
    like = read_labels(["ant", "bee"], 2, class_names=["cat", "dog", "ant", "bee"], like=["cat", "dog"])[0]
    assert like.tolist() == [2, 3]
    with pytest.raises(InputError, match="must be among the class names, cat, dog. Received: ant, bee"):
        read_labels(["cat", "bee", "ant"], 3, class_names=["cat", "dog"])


def test_a_data_set_keeps_the_names_and_says_what_was_done():
    dataset = ImageDataset(np.zeros((6, 8, 8), np.uint8), np.eye(5)[COUNTED], notes=["before"])
    assert dataset.classes == 5
    assert dataset.notes == ("before", "labels are one-hot rows: read as 5 classes")
    part = dataset.with_label(2)
    assert part.labels.tolist() == [2, 2]
    assert (part.classes, part.notes) == (5, dataset.notes)


def test_a_part_without_class_0_is_not_counted_anew():
    dataset = ImageDataset(np.zeros((4, 8, 8), np.uint8), [0, 1, 2, 1])
    for seed in range(20):
        for part in dataset.split(2, seed):
            assert set(part.labels) <= {0, 1, 2}
            assert part.class_names is None
    assert dataset.with_label(1).labels.tolist() == [1, 1]
