"""16-bit files of heights: orientation, byte order, levels, and what is refused."""

import numpy as np
import pytest
from PIL import Image

from ganzoo.errors import InputError
from ganzoo.textures import height_files
from ganzoo.textures.heights import to_engine_size


def ramp():
    """Rises to the right by 1 level and downward by 1000: every corner differs."""
    return (1000 * np.arange(6)[:, None] + np.arange(4)[None]).astype("uint16")


def test_raw_is_written_row_by_row_in_the_byte_order_asked_for(tmp_path):
    path = tmp_path / "height.raw"
    height_files.write_raw(path, ramp())
    assert path.read_bytes()[:4] == bytes([0, 0, 1, 0])
    assert path.read_bytes()[8:10] == (1000).to_bytes(2, "little")
    height_files.write_raw(path, ramp(), byte_order="big")
    assert path.read_bytes()[:4] == bytes([0, 0, 0, 1])
    assert path.read_bytes()[8:10] == (1000).to_bytes(2, "big")
    height_files.write_raw(path, ramp(), flip=True)
    assert path.read_bytes()[:2] == (5000).to_bytes(2, "little")
    assert path.read_bytes()[-2:] == (3).to_bytes(2, "little")
    assert path.stat().st_size == 2 * 24


@pytest.mark.parametrize("byte_order", ["little", "big"])
@pytest.mark.parametrize("flip", [False, True])
def test_raw_is_read_back(byte_order, flip, tmp_path):
    height_files.write_raw(tmp_path / "height.raw", ramp(), byte_order, flip)
    read = height_files.read_raw(tmp_path / "height.raw", byte_order, flip, shape=(6, 4))
    assert read.dtype == np.uint16 and read.dtype.isnative
    np.testing.assert_array_equal(read, ramp())


def test_a_raw_of_unity_has_its_size(tmp_path):
    height_files.write_raw(tmp_path / "height.raw", to_engine_size(np.zeros((512, 512)), 513, True))
    assert (tmp_path / "height.raw").stat().st_size == 526_338
    assert height_files.read_raw(tmp_path / "height.raw").shape == (513, 513)


def test_a_smooth_ramp_has_every_level(tmp_path):
    """No terraces: of floats one apart in 65535 each is a level of its own, in both kinds of file."""
    levels = np.arange(65536).reshape(256, 256)
    height_files.write_raw(tmp_path / "height.raw", (levels / 65535).astype("float32"))
    height_files.write_png16(tmp_path / "height.png", (levels / 65535).astype("float32"))
    np.testing.assert_array_equal(height_files.read_raw(tmp_path / "height.raw"), levels)
    np.testing.assert_array_equal(height_files.read_png16(tmp_path / "height.png"), levels)
    slope = to_engine_size(np.tile(np.linspace(0, 1, 64), (64, 1)), 1009, False)
    assert len(np.unique(height_files.to_uint16(slope)[0])) == 1009


def test_png_keeps_16_bits_and_the_top_at_the_top(tmp_path):
    height_files.write_png16(tmp_path / "height.png", ramp())
    np.testing.assert_array_equal(height_files.read_png16(tmp_path / "height.png"), ramp())
    with Image.open(tmp_path / "height.png") as image:
        assert image.mode == "I;16" and image.size == (4, 6)
        assert image.getpixel((1, 5)) == 5001
    assert (tmp_path / "height.png").read_bytes()[24:26] == bytes([16, 0])  # bits, gray


def test_what_is_refused(tmp_path):
    with pytest.raises(InputError, match="byte_order must be one of little, big"):
        height_files.write_raw(tmp_path / "a.raw", ramp(), byte_order="mac")
    with pytest.raises(InputError, match="byte_order"):
        height_files.read_raw(tmp_path / "a.raw", byte_order="mac")
    with pytest.raises(InputError, match="uint8"):
        height_files.write_png16(tmp_path / "a.png", np.zeros((4, 4), "uint8"))
    assert not list(tmp_path.iterdir())
    (tmp_path / "a.raw").write_bytes(bytes(7))
    with pytest.raises(InputError, match="two bytes a sample of a square. Received: 7 bytes"):
        height_files.read_raw(tmp_path / "a.raw")
    with pytest.raises(InputError, match="12 bytes for 3x2. Received: 7 bytes"):
        height_files.read_raw(tmp_path / "a.raw", shape=(3, 2))
    (tmp_path / "a.raw").write_bytes(b"")
    with pytest.raises(InputError, match="Received: 0 bytes"):
        height_files.read_raw(tmp_path / "a.raw")
    height_files.write_png(tmp_path / "a.png", np.zeros((4, 4, 3), "uint8"))
    with pytest.raises(InputError, match="gray PNG of 16 bits. Received: PNG, mode RGB"):
        height_files.read_png16(tmp_path / "a.png")
