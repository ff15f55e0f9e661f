import os
import re
import struct
import time
import tracemalloc
import warnings
import zlib

import numpy as np
import pytest
from conftest import ROOT
from PIL import Image

from ganzoo.data import Crops, from_folder
from ganzoo.data.image_file import FORMATS, SUFFIXES
from ganzoo.errors import InputError

SIZE = (8, 8)


def save(path, mode="RGB", colour=(10, 20, 30), size=SIZE, **options):
    """Write an image of one colour; `size` is (height, width)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size[::-1], colour).save(path, **options)
    return path


def only(path, notes=0, **options):
    """Read the only image of a folder."""
    dataset = from_folder(path, SIZE, **options)
    assert dataset.skipped == ()
    assert len(dataset.notes) == notes
    (image,) = dataset.images
    return image


def refused(path, **options):
    """Return why the only image of a folder is refused."""
    with pytest.raises(InputError, match="no usable image, 1 skipped") as raised:
        from_folder(path, SIZE, **options)
    return str(raised.value).split("\n")[1]


def png(width, height, depth=8, color=2, rows=b""):
    """Return a PNG that claims a size; without rows it holds next to nothing."""

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def test_reads_subfolders_in_order_and_mixed_sizes(tmp_path):
    save(tmp_path / "b.png", colour=(2, 0, 0), size=(30, 11))
    save(tmp_path / "a.PNG", colour=(1, 0, 0), size=(9, 9))
    save(tmp_path / "sub" / "deep" / "c.bmp", colour=(3, 0, 0), size=(4, 4))
    save(tmp_path / "sub2" / "d.tiff", colour=(4, 0, 0))
    dataset = from_folder(tmp_path, SIZE)
    assert dataset.images.shape == (4, 8, 8, 3)
    assert dataset.images[:, 0, 0, 0].tolist() == [1, 2, 3, 4]
    assert dataset.name == tmp_path.name
    assert dataset.skipped == ()


@pytest.mark.parametrize("suffix", [each.removeprefix(".") for each in sorted(SUFFIXES)])
def test_every_suffix_is_read(tmp_path, suffix):
    save(tmp_path / f"a.{suffix}", colour=(200, 100, 50))
    assert np.abs(only(tmp_path).astype(int) - (200, 100, 50)).max() <= 6


def test_content_chooses_no_decoder(tmp_path, monkeypatch):
    def started(*_, **__):
        raise AssertionError("another program was started")

    monkeypatch.setattr("subprocess.Popen", started)
    monkeypatch.setattr("os.system", started)
    (tmp_path / "a.png").write_text(
        "%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 32 32\nnewpath 0 0 moveto 32 32 lineto stroke\n"
    )
    assert "no picture of the formats PNG, JPEG" in refused(tmp_path)
    save(tmp_path / "a.png", format="TGA")  # TGA has no mark of its own: nothing but the name tells it
    assert "no picture of the formats PNG, JPEG" in refused(tmp_path)
    for kind in ("PCX", "PDF", "EPS", "ICNS", "JPEG2000"):
        save(tmp_path / "a.png", size=(32, 32), format=kind)
        assert "no picture of the formats PNG, JPEG" in refused(tmp_path)


def test_sub_folders_are_classes(tmp_path):
    for name in ("dog/a", "cat/b", "cat/a"):
        save(tmp_path / f"{name}.png")
    (tmp_path / "cat" / "c.png").write_text("text")
    dataset = from_folder(tmp_path, SIZE)
    assert dataset.labels.tolist() == [0, 0, 1]
    assert dataset.class_names == ("cat", "dog")
    assert dataset.classes == 2
    assert dataset.notes == ("2 classes from the sub-folders: cat, dog",)
    for name in ("11", "2", "1"):
        save(tmp_path / "numbers" / name / "a.png", colour=(int(name), 0, 0))
    numbers = from_folder(tmp_path / "numbers", SIZE)
    assert numbers.class_names == ("1", "2", "11")
    assert numbers.images[np.argsort(numbers.labels), 0, 0, 0].tolist() == [1, 2, 11]
    save(tmp_path / "emu" / "deep" / "a.png")
    assert from_folder(tmp_path, SIZE).labels is None
    assert from_folder(tmp_path / "cat", SIZE).labels is None
    assert from_folder(tmp_path / "emu", SIZE).labels is None


def test_every_picture_is_opened_in_one_place():
    sources = [path for place in ("ganzoo", "experiments") for path in (ROOT / place).rglob("*.py")]
    opening = [path.name for path in sources if re.search(r"Image\.open\(", path.read_text(encoding="utf-8"))]
    assert opening == ["image_file.py"]


def test_crops_around_the_centre(tmp_path):
    pixels = np.zeros((8, 24, 3), np.uint8)
    pixels[:, 8:16] = 200
    Image.fromarray(pixels).save(tmp_path / "a.png")
    assert np.array_equal(only(tmp_path), np.full((8, 8, 3), 200))


def test_hidden_and_other_files_are_left_alone(tmp_path):
    save(tmp_path / "a.png")
    save(tmp_path / ".hidden.png")
    save(tmp_path / ".thumbnails" / "a.png")
    (tmp_path / "notes.txt").write_text("text")
    (tmp_path / "table.csv").write_text("1,2")
    dataset = from_folder(tmp_path, SIZE, strict=True)
    assert len(dataset) == 1
    assert dataset.skipped == ("2 files: not images by their suffix",)


def test_gray_images_stay_gray_unless_one_is_in_colour(tmp_path):
    save(tmp_path / "a.png", "L", 7)
    save(tmp_path / "b.gif", "L", 9)
    save(tmp_path / "c.png", "1", 1)
    dataset = from_folder(tmp_path, SIZE)
    assert dataset.images.shape == (3, 8, 8, 1)
    assert dataset.images[:, 0, 0, 0].tolist() == [7, 9, 255]
    save(tmp_path / "d.png", colour=(1, 2, 3))
    assert from_folder(tmp_path, SIZE).images[:, 0, 0].tolist() == [[7] * 3, [9] * 3, [255] * 3, [1, 2, 3]]


def test_sixteen_bits_are_scaled_not_clipped(tmp_path):
    values = np.repeat(np.array([0, 255, 256, 32768, 40000, 65535, 511, 512], np.uint16)[:, None], 8, axis=1)
    Image.fromarray(values).save(tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as image:
        assert image.mode.startswith("I")
    assert only(tmp_path)[:, 0, 0].tolist() == [0, 0, 1, 128, 156, 255, 1, 2]


@pytest.mark.parametrize(("suffix", "colors"), [("png", 1), ("png", 3), ("tif", 1), ("tif", 3)])
def test_sixteen_bits_are_scaled_by_the_bits_that_the_folder_uses(tmp_path, suffix, colors):
    values = np.arange(64).reshape(8, 8, 1) * 60 + np.arange(colors) * 5
    for name, factor in (("a", 1), ("b", 0.5)):  # both are read by the larger one's twelve bits
        write_sixteen_bits(tmp_path / f"{name}.{suffix}", (values * factor).astype(np.uint16))
    dataset = from_folder(tmp_path, SIZE)
    assert np.array_equal(dataset.images[0], values // 16)
    assert np.array_equal(dataset.images[1], (values * 0.5).astype(int) // 16)
    assert dataset.notes == (f"16-bit pictures (2) use levels up to {values.max()} only: read as 12 bits",)
    write_sixteen_bits(tmp_path / f"c.{suffix}", np.full((8, 8, colors), 65535, np.uint16))
    dataset = from_folder(tmp_path, SIZE)
    assert np.array_equal(dataset.images[0], values // 256)
    assert dataset.notes == ()


def write_sixteen_bits(path, values):
    """Write (H, W, 1 to 4) uint16 as a PNG or, with tifffile, as a TIFF; 2 and 4 channels have alpha."""
    if path.suffix == ".tif":
        alpha = {"photometric": "rgb", "extrasamples": ["unassalpha"]} if values.shape[2] == 4 else {}
        pytest.importorskip("tifffile").imwrite(path, values.squeeze(), **alpha)
    else:
        height, width, colors = values.shape
        rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
        path.write_bytes(png(width, height, 16, {1: 0, 2: 4, 3: 2, 4: 6}[colors], rows))


@pytest.mark.parametrize(("suffix", "colors"), [("png", 1), ("png", 3), ("tif", 3)])
@pytest.mark.parametrize("opaque", [4095, 65535])
def test_sixteen_bits_with_alpha_are_scaled_like_those_without(tmp_path, suffix, colors, opaque):
    values = np.arange(64).reshape(8, 8, 1) * 60 + np.arange(colors) * 5
    alpha = np.full((8, 8, 1), opaque)
    write_sixteen_bits(tmp_path / f"a.{suffix}", np.concatenate([values, alpha], axis=2).astype(np.uint16))
    note = f"16-bit pictures (1) use levels up to {values.max()} only: read as 12 bits"
    dataset = from_folder(tmp_path, SIZE)
    assert np.array_equal(dataset.images[0], values // 16)
    assert dataset.notes == (note,)
    kept = from_folder(tmp_path, SIZE, alpha="keep")
    assert np.array_equal(kept.images[0], np.concatenate([np.broadcast_to(values // 16, (8, 8, 3)), alpha * 0 + 255], axis=2))
    assert np.array_equal(from_folder(tmp_path, SIZE, depth=16).images[0], values * 16)
    alpha[0] = 0
    write_sixteen_bits(tmp_path / f"a.{suffix}", np.concatenate([values, alpha], axis=2).astype(np.uint16))
    laid = from_folder(tmp_path, SIZE, alpha="#0a141e")
    assert laid.images[0, 0, 0].tolist() == [10, 20, 30]
    assert np.array_equal(laid.images[0, 1:], np.broadcast_to(values[1:] // 16, (7, 8, 3)))
    assert laid.notes == (note, "transparent pictures (1) are laid on #0a141e")
    assert from_folder(tmp_path, SIZE).images.shape == (1, 8, 8, colors)
    deep = from_folder(tmp_path, SIZE, alpha="keep", depth=16).images[0]
    assert deep[:, 0, 3].tolist() == [0] + [65535] * 7
    assert np.array_equal(deep[..., :3], np.broadcast_to(values * 16, (8, 8, 3)))


def test_sixteen_bits_with_alpha_are_resized_as_they_are_seen(tmp_path):
    values = np.zeros((32, 32, 4), np.uint16)
    values[..., 3], values[:16] = 65535, (65535, 0, 0, 0)  # the red is not seen
    write_sixteen_bits(tmp_path / "a.png", values)
    image = only(tmp_path, notes=1, alpha="#000080")
    assert image[..., :2].max() == 0
    assert image[:3, :, 2].min() > 120
    assert image[5:, :, 2].max() < 8


def test_a_color_that_is_transparent_is_one_of_sixteen_bits(tmp_path):
    values = np.arange(64).reshape(8, 8, 1) * 60 + np.arange(3) * 5
    write_sixteen_bits(tmp_path / "a.png", values.astype(np.uint16))
    content = (tmp_path / "a.png").read_bytes()
    chunk = b"tRNS" + struct.pack(">3H", *values[0, 1])
    at = content.index(b"IDAT") - 4
    chunk = struct.pack(">I", 6) + chunk + struct.pack(">I", zlib.crc32(chunk))
    (tmp_path / "a.png").write_bytes(content[:at] + chunk + content[at:])
    image = only(tmp_path, notes=2)
    assert image[0, 1].tolist() == [255] * 3
    assert np.array_equal(image[1:], values[1:] // 16)


def test_sixteen_bits_are_resized_at_their_own_depth(tmp_path):
    values = np.zeros((32, 32), np.uint16)
    values[:16] = 4095
    write_sixteen_bits(tmp_path / "a.png", values[..., None])
    image = only(tmp_path, notes=1)[:, 0, 0]
    assert image[:3].min() > 250
    assert image[5:].max() < 5


def test_mode_i_is_scaled_as_sixteen_bits(tmp_path):
    Image.fromarray(np.full(SIZE, 40000, np.int32)).save(tmp_path / "a.tif")
    assert only(tmp_path)[0, 0].tolist() == [156]


@pytest.mark.parametrize("value", [-1, 65536])
def test_mode_i_beyond_sixteen_bits_is_skipped(tmp_path, value):
    Image.fromarray(np.full(SIZE, value, np.int32)).save(tmp_path / "a.tif")
    assert "outside 0..65535" in refused(tmp_path)


def test_mode_f_is_skipped(tmp_path):
    Image.fromarray(np.full(SIZE, 0.5, np.float32)).save(tmp_path / "a.tif")
    assert refused(tmp_path) == "a.tif: floating-point pixels have no fixed range (mode F)"


def test_cmyk_becomes_rgb(tmp_path):
    save(tmp_path / "a.tif", "CMYK", (255, 0, 0, 0))
    assert only(tmp_path)[0, 0].tolist() == [0, 255, 255]


def test_palettes_become_what_they_show(tmp_path):
    for name, colour in (("a", (10, 200, 30)), ("b", (90, 90, 90))):
        image = Image.new("P", SIZE, 1)
        image.putpalette([0, 0, 255, *colour])
        image.save(tmp_path / f"{name}.png")
    dataset = from_folder(tmp_path, SIZE)
    assert dataset.images[:, 0, 0].tolist() == [[10, 200, 30], [90, 90, 90]]
    (tmp_path / "a.png").unlink()
    assert only(tmp_path)[0, 0].tolist() == [90]


@pytest.mark.parametrize(
    ("mode", "colour", "seen"),
    [
        ("RGBA", (10, 20, 30, 0), [255, 255, 255]),
        ("RGBA", (10, 20, 30, 255), [10, 20, 30]),
        ("RGBA", (0, 0, 255, 51), [204, 204, 255]),
        ("LA", (100, 0), [255]),
        ("LA", (100, 255), [100]),
    ],
)
def test_transparency_is_put_over_white(tmp_path, mode, colour, seen):
    save(tmp_path / "a.png", mode, colour)
    save(tmp_path / "b.png", "L", 9)
    dataset = from_folder(tmp_path, SIZE)
    assert dataset.images[0, 0, 0].tolist() == seen
    assert dataset.notes == (() if colour[-1] == 255 else ("transparent pictures (1) are laid on white",))


def test_transparent_palettes_are_put_over_white(tmp_path):
    image = Image.new("P", SIZE, 0)
    image.putpalette([10, 200, 30, 0, 0, 0])
    image.putpixel((0, 0), 1)
    image.save(tmp_path / "a.png", transparency=1)
    seen = only(tmp_path, notes=1)
    assert seen[0, 0].tolist() == [255, 255, 255]
    assert seen[7, 7].tolist() == [10, 200, 30]


@pytest.mark.parametrize("suffix", ["gif", "webp"])
def test_animations_give_their_first_frame(tmp_path, suffix):
    frames = [Image.new("RGB", SIZE, colour) for colour in ((255, 0, 0), (0, 255, 0), (0, 0, 255))]
    frames[0].save(tmp_path / f"a.{suffix}", save_all=True, append_images=frames[1:], lossless=True)
    assert only(tmp_path)[0, 0].tolist() == [255, 0, 0]


def test_exif_orientation_is_applied(tmp_path):
    pixels = np.zeros((8, 8, 3), np.uint8)
    pixels[0, 0] = (255, 0, 0)
    exif = Image.Exif()
    exif[0x0112] = 6  # To be turned a quarter clockwise when shown: top left goes to top right.
    Image.fromarray(pixels).save(tmp_path / "a.png", exif=exif)
    seen = only(tmp_path)
    assert seen[0, 7].tolist() == [255, 0, 0]
    assert seen.sum() == 255


@pytest.mark.parametrize("suffix", ["jpg", "png"])
def test_what_is_cropped_is_judged_upright(tmp_path, suffix):
    exif = Image.Exif()
    exif[0x0112] = 6
    save(tmp_path / f"a.{suffix}", size=(12, 24), exif=exif)
    assert isinstance(from_folder(tmp_path, (20, 10), crops=None), Crops)
    assert not isinstance(from_folder(tmp_path, (10, 20), crops=None), Crops)


def test_small_images_are_enlarged_four_times_and_no_more(tmp_path):
    save(tmp_path / "a.png", size=(2, 2))
    assert only(tmp_path)[0, 0].tolist() == [10, 20, 30]
    save(tmp_path / "a.png", size=(1, 1))
    assert refused(tmp_path) == "a.png: 1x1 pixels would be enlarged 8 times (at most 4)"
    save(tmp_path / "a.png", size=(1, 100))
    assert "100x1 pixels" in refused(tmp_path)


def test_truncated_images_are_skipped(tmp_path):
    pixels = np.random.default_rng(0).integers(256, size=(64, 64, 3), dtype=np.uint8)
    for name in ("a.png", "b.jpg"):
        Image.fromarray(pixels).save(tmp_path / name)
        content = (tmp_path / name).read_bytes()
        (tmp_path / name).write_bytes(content[: len(content) // 2])
    save(tmp_path / "c.png")
    dataset = from_folder(tmp_path, SIZE)
    assert len(dataset) == 1
    assert [reason.split(":")[0] for reason in dataset.skipped] == ["a.png", "b.jpg"]
    assert "truncated" in dataset.skipped[1]


@pytest.mark.parametrize("content", [b"", b"I am a text.", b"\x89PNG\r\n\x1a\n"])
def test_files_that_are_no_images_are_skipped(tmp_path, content):
    (tmp_path / "a.png").write_bytes(content)
    assert refused(tmp_path) == f"a.png: no picture of the formats {', '.join(FORMATS)}"


@pytest.mark.parametrize("side", [7_100, 12_000, 20_000, 60_000])
def test_decompression_bombs_are_skipped_before_decoding(tmp_path, side):
    # Two of the sides are beyond Pillow's own limits, for a warning and for an error.
    (tmp_path / "a.png").write_bytes(png(side, side))
    limit = Image.MAX_IMAGE_PIXELS
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        reason = refused(tmp_path)
    assert "more than 50000000 pixels" in reason if side < 15_000 else "exceeds limit" in reason
    assert limit == Image.MAX_IMAGE_PIXELS


def test_hostile_files_are_refused_within_a_second_and_little_memory(tmp_path):
    (tmp_path / "a.png").write_bytes(png(60_000, 60_000))
    with (tmp_path / "b.webp").open("wb") as file:  # Pillow would read all of it before looking at its size
        file.write(b"RIFF\xff\xff\xff\x7fWEBPVP8 ")
        file.truncate(2**35)
    os.mkfifo(tmp_path / "c.png")
    (tmp_path / "d.png").symlink_to("/dev/zero")
    (tmp_path / "e.pgm").write_text("P5 50000 50000 255\n")
    (tmp_path / "f.bmp").write_bytes(b"BM" + bytes(12) + struct.pack("<IiiHHIIiiII", 40, 2**20, 2**20, 1, 24, 0, 0, 1, 1, 0, 0))
    tracemalloc.start()
    began = time.perf_counter()
    with pytest.raises(InputError, match="6 skipped"):
        from_folder(tmp_path, SIZE)
    assert time.perf_counter() - began < 1
    assert tracemalloc.get_traced_memory()[1] < 2**26
    tracemalloc.stop()


def test_max_pixels_is_the_users_choice(tmp_path):
    save(tmp_path / "a.png", "1", 1, size=(10, 10))
    assert refused(tmp_path, max_pixels=99) == "a.png: 10x10 is more than 99 pixels"
    assert only(tmp_path, max_pixels=100)[0, 0].tolist() == [255]
    with pytest.raises(InputError, match="max_pixels must be a positive integer"):
        from_folder(tmp_path, max_pixels=0)


def test_strict_refuses_what_would_be_skipped(tmp_path):
    save(tmp_path / "good.png")
    for index in range(5):
        (tmp_path / f"bad{index}.png").write_text("text")
    assert len(from_folder(tmp_path, SIZE).skipped) == 5
    with pytest.raises(InputError, match=r"5 unusable files.*\nbad0\.png: .*; bad1\.png: .*; bad2\.png: .*; \.\.\.$"):
        from_folder(tmp_path, SIZE, strict=True)


def test_strict_has_nothing_against_a_link_to_what_is_read_anyway(tmp_path):
    save(tmp_path / "a" / "good.png")
    (tmp_path / "b").symlink_to("a")
    assert from_folder(tmp_path, SIZE, strict=True).skipped == ("b: a link to a folder that is read anyway",)


def test_no_usable_image_tells_the_first_reasons(tmp_path):
    for index in range(5):
        (tmp_path / f"bad{index}.png").write_text("text")
    with pytest.raises(InputError, match=r"no usable image, 5 skipped\.\nbad0\.png: no picture of the formats PNG, ") as raised:
        from_folder(tmp_path, SIZE)
    assert str(raised.value).count("\n") == 1


def test_empty_folders_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"holds no image \(\.bmp, .*0 files of other kinds"):
        from_folder(tmp_path)
    (tmp_path / "notes.txt").write_text("text")
    with pytest.raises(InputError, match="1 files of other kinds"):
        from_folder(tmp_path)


def test_missing_folders_get_a_suggestion(tmp_path):
    (tmp_path / "forest").mkdir()
    with pytest.raises(InputError, match=r"forrest does not exist. Did you mean 'forest'\?"):
        from_folder(tmp_path / "forrest")


def test_files_in_place_of_a_folder_are_refused(tmp_path):
    with pytest.raises(InputError, match="is a file; expected a folder"):
        from_folder(save(tmp_path / "a.png"))
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="is a named pipe; expected a folder"):
        from_folder(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(InputError, match="loop is a link that leads nowhere"):
        from_folder(tmp_path / "loop")


@pytest.mark.parametrize("image_size", [8, (8, 0), (8.0, 8), (8, 8, 3)])
def test_image_size_is_checked(tmp_path, image_size):
    with pytest.raises(InputError, match="image_size must be"):
        from_folder(tmp_path, image_size)


def test_unreadable_folders_are_refused(tmp_path, monkeypatch):
    # Permissions do not bind the superuser, under whom tests often run.
    locked = tmp_path / "locked"
    save(tmp_path / "a.png")
    save(locked / "b.png")
    scandir = os.scandir

    def guarded(path):
        if os.fspath(path) == os.fspath(locked):
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)
    with pytest.raises(InputError, match="locked cannot be read: Permission denied"):
        from_folder(locked, SIZE)
    assert from_folder(tmp_path, SIZE).skipped == ("locked: Permission denied",)


def test_paths_behind_a_locked_folder_are_refused(tmp_path, monkeypatch):
    def refuse(self, **_):
        raise PermissionError(13, "Permission denied", os.fspath(self))

    monkeypatch.setattr("pathlib.Path.exists", refuse)
    with pytest.raises(InputError, match="cannot be read: Permission denied"):
        from_folder(tmp_path / "inside")


def test_links_are_followed_within_the_folder_only(tmp_path):
    save(tmp_path / "photos" / "a.png")
    save(tmp_path / "elsewhere" / "b.png", colour=(99, 0, 0))
    (tmp_path / "photos" / "circle").symlink_to(tmp_path / "photos")
    (tmp_path / "photos" / "more").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "photos" / "self.png").symlink_to(tmp_path / "photos" / "self.png")
    (tmp_path / "photos" / "twin.png").symlink_to("a.png")
    (tmp_path / "photos" / "b.png").symlink_to(tmp_path / "elsewhere" / "b.png")
    (tmp_path / "photos" / "zero.png").symlink_to("/dev/zero")
    (tmp_path / "photos" / "dead.png").symlink_to("nothing.png")
    (tmp_path / "link").symlink_to(tmp_path / "photos")
    for path in (tmp_path / "photos", tmp_path / "link"):
        dataset = from_folder(path, SIZE)
        assert dataset.images[:, 0, 0, 0].tolist() == [10, 10]
        assert dataset.skipped == (
            "circle: a link to a folder that is read anyway",
            "more: a link that leaves the folder",
            "b.png: a link that leaves the folder",
            "zero.png: a link that leaves the folder",
            "dead.png: a link that leads nowhere, not a file",
            "self.png: a link that leads nowhere, not a file",
        )


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_named_pipes_do_not_block(tmp_path):
    os.mkfifo(tmp_path / "a.png")
    assert refused(tmp_path) == "a.png: a named pipe, not a file"


def test_odd_file_names_are_printable(tmp_path):
    try:
        (tmp_path / "a\nb\udcff.png").write_text("text")
    except OSError:
        pytest.skip("the file system refuses such names")
    reason = refused(tmp_path)
    assert reason.encode("utf-8").startswith(b"a b?.png:")


def test_no_progress_bar_when_nobody_watches(tmp_path, capsys):
    save(tmp_path / "a.png")
    from_folder(tmp_path, SIZE)
    captured = capsys.readouterr()
    assert captured.out + captured.err == ""
