import numpy as np
import pytest
from PIL import Image

from ganzoo.data import Crops, from_folder, from_picture
from ganzoo.data.image_file import FORMATS, checked_alpha, read_picture, same_channels, to_depth
from ganzoo.errors import InputError

# What each format keeps: suffix -> modes that Pillow writes without loss.
KEPT = {
    ".png": ("L", "RGB", "RGBA", "I;16"),
    ".tif": ("L", "RGB", "RGBA", "I;16"),
    ".bmp": ("L", "RGB"),
    ".gif": ("L",),
    ".sgi": ("L", "RGB", "RGBA"),
    ".rgb": ("RGB",),
    ".bw": ("L",),
    ".tga": ("L", "RGB", "RGBA"),
    ".dds": ("L", "RGB", "RGBA"),
    ".ppm": ("RGB",),
    ".pgm": ("L", "I;16"),
    ".pnm": ("L", "RGB"),
    ".webp": ("RGB", "RGBA"),
    ".jpg": ("L", "RGB"),
}


def pixels_of(mode, shape=(20, 24)):
    rng = np.random.default_rng(0)
    channels = {"L": (), "RGB": (3,), "RGBA": (4,), "I;16": ()}[mode]
    if mode == "I;16":
        return rng.integers(65536, size=shape, dtype=np.uint16) | 0x8000
    return rng.integers(256, size=(*shape, *channels), dtype=np.uint8)


@pytest.mark.parametrize(("suffix", "mode"), [(suffix, mode) for suffix, modes in KEPT.items() for mode in modes])
def test_pictures_come_back_as_they_were_written(tmp_path, suffix, mode):
    pixels = pixels_of(mode)
    if suffix == ".jpg":
        pixels = np.full_like(pixels, 90)
    options = {".webp": {"lossless": True, "exact": True}}.get(suffix, {})
    Image.fromarray(pixels).save(tmp_path / f"a{suffix}", **options)
    found = read_picture(tmp_path / f"a{suffix}", alpha="keep")
    assert found.peak == (int(pixels.max()) if mode == "I;16" else None)
    assert np.array_equal(found.pixels, pixels)
    crops = from_picture(tmp_path / f"a{suffix}", (8, 8), alpha="keep", depth=16 if mode == "I;16" else 8)
    assert np.array_equal(crops.pictures[0].squeeze(), pixels)


def test_every_format_of_the_list_is_tried():
    suffixes = {"JPEG": ".jpg", "TIFF": ".tif", "PPM": ".ppm"}
    assert {suffixes.get(each, f".{each.lower()}") for each in FORMATS} <= set(KEPT)


def test_alpha_is_kept_or_laid_on_a_color(tmp_path):
    Image.new("RGBA", (8, 8), (10, 20, 30, 0)).save(tmp_path / "a.png")
    Image.new("RGB", (8, 8), (1, 2, 3)).save(tmp_path / "b.png")
    kept = from_folder(tmp_path, (8, 8), alpha="keep")
    assert kept.images[:, 0, 0].tolist() == [[10, 20, 30, 0], [1, 2, 3, 255]]
    assert kept.notes == ()
    laid = from_folder(tmp_path, (8, 8), alpha="#102030")
    assert laid.images[:, 0, 0].tolist() == [[16, 32, 48], [1, 2, 3]]
    assert laid.notes == ("transparent pictures (1) are laid on #102030",)
    # What is transparent keeps its color when it is resized.
    assert from_folder(tmp_path, (4, 4), alpha="keep").images[0, 0, 0].tolist() == [10, 20, 30, 0]
    Image.new("LA", (8, 8), (100, 0)).save(tmp_path / "b.png")
    assert from_folder(tmp_path, (8, 8), alpha="red").images[1, 0, 0].tolist() == [255, 0, 0]
    assert from_folder(tmp_path, (8, 8), alpha="keep").images[1, 0, 0].tolist() == [100, 100, 100, 0]


@pytest.mark.parametrize("alpha", ["transparent", "", None, "#12", "#11223344", 7])
def test_no_colors_are_refused(alpha):
    with pytest.raises(InputError, match="alpha must be keep, or a color"):
        checked_alpha(alpha)


def test_channels_become_those_of_the_richest():
    gray, rgb, rgba = np.full((2, 2), 7, np.uint16), np.full((2, 2, 3), 8, np.uint16), np.full((2, 2, 4), 9, np.uint16)
    assert [each.shape for each in same_channels([gray, gray])] == [(2, 2, 1)] * 2
    assert [each[0, 0].tolist() for each in same_channels([gray, rgb])] == [[7] * 3, [8] * 3]
    assert [each[0, 0].tolist() for each in same_channels([gray, rgba])] == [[7, 7, 7, 65535], [9] * 4]


@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_sixteen_bits_are_kept(tmp_path, suffix):
    heights = (np.arange(64 * 64) * 16 + 5).reshape(64, 64).astype(np.uint16)
    Image.fromarray(heights).save(tmp_path / f"a.{suffix}")
    crops = from_picture(tmp_path / f"a.{suffix}", (16, 16), depth=16)
    assert np.array_equal(crops.pictures[0][..., 0], heights)
    assert crops.notes == ()
    assert np.array_equal(from_picture(tmp_path / f"a.{suffix}", (16, 16)).pictures[0][..., 0], heights // 256)


def test_sixteen_bits_use_the_bits_that_there_are(tmp_path):
    values = np.arange(64, dtype=np.uint16).reshape(8, 8) * 65
    Image.fromarray(values).save(tmp_path / "a.png")
    crops = from_picture(tmp_path / "a.png", (8, 8), depth=16)
    assert np.array_equal(crops.pictures[0][..., 0], values * 16)
    assert crops.notes == ("16-bit pictures (1) use levels up to 4095 only: read as 12 bits",)
    Image.fromarray(np.full((8, 8), 255, np.uint8)).save(tmp_path / "b.png")
    both = from_folder(tmp_path, (8, 8), depth=16)
    assert both.images.dtype == np.uint16
    assert both.images[1].min() == 65535
    assert both.notes[1] == "8-bit pictures (1) are widened to 16 bits; they have 256 levels at most"
    assert from_folder(tmp_path, (4, 4), depth=16).images.shape == (2, 4, 4, 1)
    with pytest.raises(InputError, match="depth must be 8 or 16"):
        to_depth([], 12)


def test_sgi_files_of_sixteen_bits_are_refused_or_read(tmp_path):
    values = (np.arange(64, dtype=np.uint16).reshape(8, 8) << 10) + 3
    Image.fromarray((values >> 8).astype(np.uint8)).save(tmp_path / "a.sgi", bpc=2)
    assert np.array_equal(read_picture(tmp_path / "a.sgi").pixels, values >> 8)


def test_content_without_a_mark_is_opened_by_its_name_alone(tmp_path):
    Image.new("RGB", (70, 70)).save(tmp_path / "a.tga")
    (tmp_path / "b.png").write_bytes((tmp_path / "a.tga").read_bytes())
    assert isinstance(from_picture(tmp_path / "a.tga"), Crops)
    with pytest.raises(InputError, match="b.png: no picture of the formats PNG"):
        from_picture(tmp_path / "b.png")
    for kind in ("PCX", "EPS", "PDF"):
        Image.new("RGB", (70, 70)).save(tmp_path / "c.png", format=kind)
        with pytest.raises(InputError, match="c.png: no picture of the formats"):
            from_picture(tmp_path / "c.png")
