"""Grids and pixels."""

import numpy as np
import pytest
from PIL import Image

from ganzoo.errors import InputError
from ganzoo.utils import images


def test_to_uint8():
    floats = np.array([-1.5, -1.0, 0.0, 0.999, 1.0, 2.0])
    np.testing.assert_array_equal(images.to_uint8(floats, (-1.0, 1.0)), [0, 0, 128, 255, 255, 255])
    np.testing.assert_array_equal(images.to_uint8(np.array([0.0, 0.2, 1.0]), (0.0, 1.0)), [0, 51, 255])


def test_grid():
    tiles = np.arange(5, dtype="uint8")[:, None, None, None] * np.ones((5, 2, 3, 1), "uint8")
    sheet = images.grid(tiles, zoom=2, gap=1)
    assert sheet.shape == (2 * 4 + 1, 3 * 6 + 2, 1)
    assert [sheet[0, 0, 0], sheet[0, 7, 0], sheet[0, 14, 0], sheet[5, 0, 0], sheet[5, 7, 0]] == [0, 1, 2, 3, 4]
    assert sheet[5, 14, 0] == sheet[4, 0, 0] == 255
    assert images.grid(tiles, columns=5).shape == (2, 5 * 3 + 4 * 2, 1)


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_png_round_trip(channels, tmp_path):
    picture = np.random.default_rng(0).integers(0, 256, (4, 5, channels), dtype="uint8")
    images.save_png(tmp_path / "a.png", picture)
    with Image.open(tmp_path / "a.png") as read:
        np.testing.assert_array_equal(np.asarray(read).reshape(picture.shape), picture)


TILES = np.zeros((2, 4, 5, 1), "uint8")


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda path: images.grid(TILES[0]), r"images must be an array \(N, H, W, C\).*\(4, 5, 1\)"),
        (lambda path: images.grid(TILES[:0]), "of at least one"),
        (lambda path: images.grid(TILES, columns=0), "columns must be a positive integer"),
        (lambda path: images.grid(TILES, zoom=1.5), "zoom must be a positive integer"),
        (lambda path: images.grid(TILES, gap=-1), "gap must be an integer of at least 0"),
        (lambda path: images.save_png(path, TILES[0] / 255), r"picture must be uint8 \(H, W, C\).* float64"),
        (lambda path: images.save_png(path, TILES), r"picture must be uint8 .*\(2, 4, 5, 1\)"),
        (lambda path: images.save_png(path, TILES[0, :, :, 0]), "picture must be uint8"),
    ],
)
def test_what_is_no_picture_is_refused_and_nothing_written(ask, message, tmp_path):
    with pytest.raises(InputError, match=message):
        ask(tmp_path / "a.png")
    assert not list(tmp_path.iterdir())
