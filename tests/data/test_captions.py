"""Images with texts: of digits whose slant and width are measured, of the names of classes, of an .npz, of a CSV."""

import numpy as np
import pytest
from PIL import Image

from ganzoo.core.inputs import Text
from ganzoo.data import (
    CaptionedImages,
    ImageDataset,
    as_dataset,
    caption_classes,
    described_digits,
    load_texts,
)
from ganzoo.data.digit_texts import (
    NAMES,
    SLANTED,
    THICK,
    WORDS,
    Usual,
    describe,
    digits_of,
    measure_slants,
    measure_widths,
)
from ganzoo.errors import InputError


@pytest.fixture(scope="module")
def described():
    return described_digits((16, 16), n=120)


def bars(width=4, slant=0.0, side=40):
    """A bar of one width, upright or slanted: uint8 (1, side, side, 1), edges between pixels gray."""
    up, right = np.mgrid[side - 1 : -1 : -1, :side]
    away = np.abs(right - side / 2 - slant * (up - (side - 1) / 2))
    ink = np.clip(width / 2 - away + 0.5, 0, 1) * (np.abs(up - (side - 1) / 2) < 12)
    return np.rint(255 * ink).astype("uint8")[None, ..., None]


@pytest.mark.parametrize("slant", [-0.4, 0.0, 0.25])
@pytest.mark.parametrize("width", [3, 6])
def test_slant_and_width_of_a_bar_are_measured(slant, width):
    image = bars(width, slant)
    assert measure_slants(image)[0] == pytest.approx(slant, abs=0.02)
    across = width / np.hypot(1, slant)  # measured at a right angle to the stroke; its ends are outline too
    assert measure_widths(image)[0] == pytest.approx(across * 24 / (24 + across), rel=0.12)


def test_descriptions_are_true(described):
    digits = described.images
    slants, widths = Usual.of(digits_of((16, 16))).compare(digits.images, digits.labels)
    said = described.text.decode(described.texts)
    assert len(set(said)) > 40
    for text, label, slant, width in zip(said, digits.labels, slants, widths, strict=True):
        words = text.split()
        assert [word for word in words if word in NAMES] == [NAMES[label]]
        assert ("left" in words, "right" in words, "upright" in words) == (
            slant <= -SLANTED,
            slant >= SLANTED,
            abs(slant) < SLANTED,
        )
        assert ("thin" in words, "thick" in words) == (width <= -THICK, width >= THICK)
    assert described.fingerprint == described_digits((16, 16), n=120).fingerprint
    assert described.fingerprint != described_digits((16, 16), n=120, seed=1).fingerprint


def test_describe_says_all_there_is_in_any_order():
    assert set(describe([8] * 20, [0] * 20, [0] * 20)) == {"an eight, upright", "upright, an eight"}
    assert describe([7], [1], [1]) == ["a thick seven, leaning right"]
    assert set(" ".join(describe(range(10), [0] * 10, [-1] * 10)).replace(",", "").split()) <= set(WORDS.words)
    assert (WORDS.length, len(WORDS.options)) == (5, 10)


def test_digits_must_be_digits():
    with pytest.raises(InputError, match="gray images with the labels 0 to 9"):
        described_digits(images=ImageDataset(np.zeros((4, 8, 8, 3), "uint8"), np.arange(4)))


def test_captioned_images_are_read_in_batches(stripes):
    data = CaptionedImages(ImageDataset(stripes), [f"stripe {i % 3}" for i in range(60)])
    assert data.text == Text(("0", "1", "2", "stripe"), 2, ("stripe 0", "stripe 1", "stripe 2"))
    assert {name: (spec.shape, spec.dtype) for name, spec in data.specs.items()} == {
        "images": ((8, 8, 1), "uint8"),
        "texts": ((2,), "int32"),
    }
    one, again = (next(iter(data.batches(5, seed=3, batches_per_step=2))) for _ in range(2))
    assert (one["images"].shape, one["texts"].shape) == ((2, 5, 8, 8, 1), (2, 5, 2))
    np.testing.assert_array_equal(one["texts"], again["texts"])
    images = {image.tobytes(): text for image, text in zip(data.images.images, data.texts, strict=True)}
    for image, text in zip(np.asarray(one["images"][0]), np.asarray(one["texts"][0]), strict=True):
        np.testing.assert_array_equal(images[image.tobytes()], text)
    np.testing.assert_array_equal(as_dataset({"images": stripes, "texts": data.texts}).texts, data.texts)
    assert as_dataset(data) is data
    with pytest.raises(InputError, match="a text for each of the 60 images"):
        CaptionedImages(ImageDataset(stripes), ["one"])
    with pytest.raises(InputError, match="images: the model knows no word 'b'"):
        CaptionedImages(ImageDataset(stripes), ["b"] * 60, Text(("a",), 2))


def test_texts_of_classes(stripes):
    labelled = ImageDataset(stripes, np.arange(60) % 2, class_names=["oak_tree", "sea"])
    data = caption_classes(labelled, "a photo of a {}, outdoors")
    assert data.text.options == ("a photo of a sea, outdoors", "a photo of an oak tree, outdoors")
    assert data.text.decode(data.texts[:2]) == ["a photo of an oak tree outdoors", "a photo of a sea outdoors"]
    assert caption_classes(labelled, "pizza {}").text.options == ("pizza oak tree", "pizza sea")
    assert caption_classes(labelled, "A {}").text.options == ("A sea", "An oak tree")
    with pytest.raises(InputError, match="there are none; an .npz holds them as class_names"):
        caption_classes(ImageDataset(stripes, np.arange(60) % 2))
    with pytest.raises(InputError, match="where the name of the class goes"):
        caption_classes(labelled, "a photo")


def test_texts_of_an_archive(tmp_path, stripes):
    path = tmp_path / "stripes.npz"
    np.savez(path, images=stripes, texts=np.array(["a stripe"] * 60))
    assert load_texts(data=path).text.words == ("a", "stripe")
    np.savez(path, x_train=stripes, y_train=np.arange(60) % 2, class_names=np.array(["sea", "wood"]))
    assert load_texts(data=path, template="the {}").text.options == ("the sea", "the wood")
    np.savez(path, x_train=stripes, y_train=np.arange(60) % 10)
    assert load_texts(data=path).text == WORDS
    for texts, message in (
        (np.arange(60), "texts must be an array of str"),
        (np.array(["a"] * 3), "a text for each of the 60"),
    ):
        np.savez(path, images=stripes, texts=texts)
        with pytest.raises(InputError, match=message):
            load_texts(data=path)
    np.savez(path, images=stripes)
    with pytest.raises(InputError, match="has no texts: an .npz has them as texts"):
        load_texts(data=path)
    with pytest.raises(InputError, match="Did you mean 'described_digits'"):
        load_texts("described_digit")


@pytest.fixture
def folder(tmp_path, stripes):
    (tmp_path / "pictures" / "deep").mkdir(parents=True)
    for i in range(4):
        Image.fromarray(stripes[i, ..., 0]).save(tmp_path / "pictures" / ("deep" if i == 3 else "") / f"{i}.png")
    return tmp_path / "pictures"


def write_table(path, *rows):
    path.write_text("\n".join(["file_name,text", *rows]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("where", ["metadata.csv", "captions.csv", "../pictures.csv"])
def test_texts_of_a_folder(folder, where):
    table = write_table(folder / where, '0.png,"a stripe, left"', "deep/3.png,Ein Strich")
    for path in (folder, table):
        data = load_texts(data=path, image_size=(8, 8))
        assert (len(data), data.image_shape, data.name) == (2, (8, 8, 1), "pictures")
        assert data.text.decode(data.texts) == ["a stripe left", "ein strich"]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["1.pgn,a"], r"row 2: .* has no file '1.pgn'. Did you mean '1.png'"),
        (["1.png,"], "row 2: 1.png has no text"),
        (["1.png,a", "2.png"], "row 3: 2.png has no text"),
        (["../secret.png,a"], "0 usable images, 1 unusable. ../secret.png: no file of this folder"),
        (["/etc/passwd,a"], "0 usable images, 1 unusable"),
        ([",a"], "0 usable images, 1 unusable"),
        ([], "0 usable images, 0 unusable"),
        (["1.png,a big, red dog"], "row 2 has 3 columns, the first row 2; put texts with commas in quotes"),
        (["0.png,a", '1.png,"a big dog', "2.png,b"], "unexpected end of data in row 3, or a quote there is not closed"),
        (["0.png,a", '1.png,"a big dog', '2.png,"b"'], "in row 3, or a quote"),
        (["1.png," + "a " * 65], "pictures: a text must have 1 to 64 words. Received: 65"),
    ],
)
def test_a_table_that_is_wrong(folder, rows, message):
    Image.new("L", (8, 8)).save(folder.parent / "secret.png")
    with pytest.raises(InputError, match=message):
        load_texts(data=write_table(folder / "metadata.csv", *rows), image_size=(8, 8))


def test_a_file_that_is_no_table(folder):
    path = folder / "metadata.csv"
    for content, message in ((b"name,caption\n", "columns file_name and text in its first row. Received: name, caption"),
                             (b"\xff\xfe\x00", "cannot be read as a CSV file in UTF-8"),
                             (b"", "Received: nothing")):  # fmt: skip
        path.write_bytes(content)
        with pytest.raises(InputError, match=message):
            load_texts(data=folder, image_size=(8, 8))


def test_unusable_pictures_are_skipped_unless_strict(folder):
    (folder / "bad.png").write_bytes(b"no picture")
    table = write_table(folder / "metadata.csv", "0.png,a", "bad.png,b")
    data = load_texts(data=table, image_size=(8, 8))
    assert (len(data), data.text.words) == (1, ("a",))
    assert [each.split(":")[0] for each in data.skipped] == ["bad.png"]
    with pytest.raises(InputError, match="1 usable images, 1 unusable. bad.png"):
        load_texts(data=table, image_size=(8, 8), strict=True)
