"""90 hostile .npz archives, and their arrays as .npy files: refused, or read as what they hold; nothing in them runs."""

import random

import numpy as np
import pytest
from attempts import Attempts
from conftest import slow
from hostile_archives import GOOD, archives, arrays

from ganzoo import data
from ganzoo.data.remarks import remarks


def check(name, found):
    """Check that what was read of a hostile file is a data set like any other, and its notes fit for a terminal."""
    assert found.images.dtype == np.uint8, name
    assert found.images.ndim == 4, name
    assert len(found.labels if found.labels is not None else found.images) == len(found.images), name
    assert all(line.isprintable() and len(line) < 500 for line in remarks(found)), name
    if name.startswith("mutation") and found.images.shape == (6, 4, 4, 1) and "damaged" not in name:
        np.testing.assert_array_equal(found.images[..., 0], GOOD, err_msg=name)  # zip's own checksums hold


@pytest.mark.parametrize("count", [25, slow(90)])
def test_archives(count, tmp_path):
    mark, rng, attempts = tmp_path / "ran", random.Random(0), Attempts(seconds=3.0)
    folder = tmp_path / "archives"
    folder.mkdir()
    for name, path in archives(folder, str(mark), rng, count):
        found, _ = attempts(name, lambda path=path: data.load(data=path))
        if found is not None:
            check(name, found)
        attempts(name, lambda path=path: data.load_test(data=path))
    for name, content in arrays(str(mark)).items():
        path = folder / "array.npy"
        path.write_bytes(content)
        found, _ = attempts(f"{name} as .npy", lambda path=path: data.load(data=path))
        if found is not None:
            check(name, found)
    assert not mark.exists()
    assert attempts.refused > 0.4 * count
