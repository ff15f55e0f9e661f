import zipfile

import numpy as np
import pytest

from ganzoo.data import from_npz
from ganzoo.errors import InputError

IMAGES = np.arange(6 * 8 * 8, dtype=np.uint64).astype(np.uint8).reshape(6, 8, 8)
LABELS = np.array([5, 4, 3, 2, 1, 0], np.uint8)


@pytest.fixture
def save(tmp_path):
    def write(**arrays):
        np.savez_compressed(tmp_path / "set.npz", **arrays)
        return tmp_path / "set.npz"

    return write


@pytest.mark.parametrize(
    ("arrays", "key"),
    [
        ({"x_train": IMAGES, "images": IMAGES[:2], "other": LABELS}, None),
        ({"images": IMAGES, "other": LABELS}, None),
        ({"pictures": IMAGES}, None),
        ({"x_train": IMAGES[:2], "mine": IMAGES}, "mine"),
    ],
)
def test_images_are_found(save, arrays, key):
    dataset = from_npz(save(**arrays), key=key)
    assert np.array_equal(dataset.images[..., 0], IMAGES)
    assert dataset.labels is None
    assert dataset.name == "set"


@pytest.mark.parametrize(
    ("arrays", "key", "labels"),
    [
        ({"x_train": IMAGES, "y_train": LABELS}, None, LABELS),
        ({"x_train": IMAGES, "y_train": LABELS[:, None]}, None, LABELS),
        ({"images": IMAGES, "labels": LABELS}, None, LABELS),
        ({"x_test": IMAGES, "y_train": LABELS, "y_test": LABELS[::-1]}, "x_test", LABELS[::-1]),
        ({"x_train": IMAGES, "y_train": LABELS[:3]}, None, None),
        ({"x_train": IMAGES, "y_train": LABELS / 2}, None, None),
    ],
)
def test_labels_are_taken_when_they_fit(save, arrays, key, labels):
    found = from_npz(save(**arrays), key=key).labels
    assert (found is None) if labels is None else np.array_equal(found, labels)


def test_missing_key_lists_the_keys(save):
    with pytest.raises(InputError, match=r"no array 'imags'. Did you mean 'images'.* images \(6, 8, 8\) uint8"):
        from_npz(save(images=IMAGES), key="imags")


def test_several_arrays_need_a_key(save):
    with pytest.raises(InputError, match=r"neither x_train nor images.*a \(6, 8, 8\) uint8, b \(6,\) uint8"):
        from_npz(save(a=IMAGES, b=LABELS))


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (IMAGES / 255, r"set\.npz: x_train: images must be uint8; .*np\.round.*dtype=float64"),
        (np.array([b"code", None], dtype=object), "must be uint8; bring all images to one size.*dtype=object"),
        (IMAGES[0], r"must have the shape.*shape=\(8, 8\)"),
        (IMAGES[:0], "no images"),
    ],
)
def test_unfit_arrays_are_refused(save, array, message):
    with pytest.raises(InputError, match=message):
        from_npz(save(x_train=array))


def test_object_arrays_are_never_unpickled(tmp_path, save):
    class Bomb:
        def __reduce__(self):
            return (open, (str(tmp_path / "ran"), "w"))

    with pytest.raises(InputError, match="dtype=object"):
        from_npz(save(x_train=np.array([Bomb()], dtype=object)))
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 cut"])
def test_other_files_are_refused(tmp_path, content):
    (tmp_path / "set.npz").write_bytes(content)
    with pytest.raises(InputError, match=r"not an \.npz archive; np\.savez"):
        from_npz(tmp_path / "set.npz")


def test_folders_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"not an \.npz archive"):
        from_npz(tmp_path)


def test_truncated_archives_are_refused(save):
    path = save(x_train=np.random.default_rng(0).integers(256, size=(50, 8, 8), dtype=np.uint8))
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(InputError, match=r"not an \.npz archive"):
        from_npz(path)


def test_damaged_content_is_refused(save):
    path = save(x_train=np.random.default_rng(0).integers(256, size=(50, 8, 8), dtype=np.uint8))
    content = bytearray(path.read_bytes())
    content[1000:1200] = bytes(200)
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"cannot be read as an \.npz archive: ."):
        from_npz(path)


def test_zips_without_arrays_are_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "set.npz", "w") as members:
        members.writestr("a.png", b"pixels")
    with pytest.raises(InputError, match="It holds: nothing"):
        from_npz(tmp_path / "set.npz")


def test_lying_headers_are_refused(tmp_path):
    header = b"{'descr': '|u1', 'fortran_order': False, 'shape': (9000000000000, 900, 900), }"
    header = header.ljust(117) + b"\n"
    with zipfile.ZipFile(tmp_path / "set.npz", "w") as members:
        members.writestr("x_train.npy", b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + b"123")
    with pytest.raises(InputError, match=r"cannot be read as an \.npz archive"):
        from_npz(tmp_path / "set.npz")


def test_missing_files_get_a_suggestion(save):
    path = save(x_train=IMAGES)
    with pytest.raises(InputError, match=r"sets\.npz does not exist\. Did you mean 'set\.npz'\?"):
        from_npz(path.with_name("sets.npz"))


def test_unreadable_files_are_refused(save, monkeypatch):
    path = save(x_train=IMAGES)

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(zipfile, "ZipFile", refuse)
    with pytest.raises(InputError, match=r"cannot be read as an \.npz archive: .*Permission denied"):
        from_npz(path)


def test_image_size_resizes(save):
    flat = np.stack([np.full((8, 8), level, np.uint8) for level in (10, 200)])
    dataset = from_npz(save(x_train=flat, y_train=[1, 2]), image_size=(4, 6))
    assert dataset.image_shape == (4, 6, 1)
    assert [np.unique(image).tolist() for image in dataset.images] == [[10], [200]]
    assert dataset.labels.tolist() == [1, 2]
    colours = from_npz(save(x_train=np.full((2, 8, 8, 3), (1, 2, 3), np.uint8)), image_size=(4, 4))
    assert colours.images[0, 0, 0].tolist() == [1, 2, 3]
