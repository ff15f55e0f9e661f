"""Stacks of three digits: a thousand classes from ten."""

import numpy as np
import pytest

from ganzoo.data.dataset import ImageDataset
from ganzoo.data.stacked import stack_digits
from ganzoo.errors import InputError


def test_each_colour_is_an_image_of_the_labels_digit():
    digits = ImageDataset(np.repeat(np.arange(10, dtype="uint8") * 20, 64).reshape(10, 8, 8, 1), np.arange(10), "digits")
    stacks = stack_digits(digits, n=500, seed=3)
    assert stacks.images.shape == (500, 8, 8, 3)
    read = (stacks.images[:, 0, 0, :] // 20).astype(int) @ [100, 10, 1]
    np.testing.assert_array_equal(read, stacks.labels)
    assert len(np.unique(stacks.labels)) > 350
    assert (
        stack_digits(digits, n=500, seed=3).fingerprint == stacks.fingerprint != stack_digits(digits, n=500, seed=4).fingerprint
    )


def test_what_cannot_be_stacked_is_refused():
    with pytest.raises(InputError, match="images must be an object such as ImageDataset"):
        stack_digits(np.zeros((3, 8, 8, 1), "uint8"))
    with pytest.raises(InputError, match="gray images with labels from 0 to 9"):
        stack_digits(ImageDataset(np.zeros((5, 8, 8, 3), "uint8"), np.arange(5)))
    with pytest.raises(InputError, match="gray images with labels"):
        stack_digits(ImageDataset(np.zeros((5, 8, 8, 1), "uint8")))
