import os
import socket
import tempfile
import zipfile

import numpy as np
import pytest

from ganzoo.data import from_npz, load, load_test, npz
from ganzoo.data.npz import array_headers
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
        ({"x_train": IMAGES, "other": IMAGES, "labels": LABELS[:3]}, None, None),
        ({"x_train": IMAGES, "y_train": np.eye(6)[LABELS]}, None, LABELS),
    ],
)
def test_labels_are_taken_when_they_fit(save, arrays, key, labels):
    found = from_npz(save(**arrays), key=key).labels
    assert (found is None) if labels is None else np.array_equal(found, labels)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        (
            {"x_train": IMAGES, "y_train": LABELS[:3]},
            r"y_train must hold a label for each of the 6 images in x_train.*shape=\(3,\)",
        ),
        ({"images": IMAGES, "labels": LABELS[:3]}, "labels must hold a label for each of the 6 images"),
        ({"x_train": IMAGES, "y_train": LABELS / 2}, "labels must be whole numbers"),
        ({"x_train": IMAGES, "y_train": LABELS, "class_names": np.array(["a", "b"])}, "2 class names, and labels up to 5"),
    ],
)
def test_labels_that_do_not_fit_are_refused(save, arrays, message):
    with pytest.raises(InputError, match=message):
        from_npz(save(**arrays))


def test_class_names_are_kept(save):
    names = np.array(["cloud", "forest", "sea", "plain", "rose", "tulip"])
    dataset = from_npz(save(x_train=IMAGES, y_train=LABELS, class_names=names), image_size=(4, 4))
    assert dataset.class_names == tuple(names)
    assert dataset.split(2)[1].with_label(dataset.split(2)[1].labels[0]).class_names == tuple(names)


def test_test_labels_are_numbered_like_the_training_labels(save):
    words = np.array(["cat", "dog", "dog", "emu", "cat", "cat"])
    path = save(x_train=IMAGES, y_train=words, x_test=IMAGES[:2], y_test=np.array(["emu", "dog"]))
    assert load_test(data=path).labels.tolist() == [2, 1]
    assert load_test(data=path).class_names == ("cat", "dog", "emu")
    path = save(x_train=IMAGES, y_train=LABELS + 1, x_test=IMAGES[:2], y_test=np.array([2, 6]))
    assert load_test(data=path).labels.tolist() == [1, 5]
    path = save(x_train=IMAGES, y_train=words, x_test=IMAGES[:2], y_test=np.array(["bee", "dog"]))
    with pytest.raises(InputError, match="classes that the training labels do not have"):
        load_test(data=path)


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
        (np.array(5, "uint8"), r"x_train: images must have the shape.*shape=\(\)"),
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
    with pytest.raises(InputError, match=r"is a folder; expected an \.npz archive"):
        from_npz(tmp_path)


def test_special_files_are_refused_by_name(tmp_path):
    os.mkfifo(tmp_path / "pipe.npz")
    (tmp_path / "loop.npz").symlink_to("loop.npz")
    server = socket.socket(socket.AF_UNIX)
    with tempfile.TemporaryDirectory(dir="/tmp") as short:  # the name of a socket is at most 107 bytes long
        server.bind(f"{short}/s.npz")
        for path, kind in (
            (tmp_path / "pipe.npz", "a named pipe"),
            (tmp_path / "loop.npz", "a link that leads nowhere"),
            (f"{short}/s.npz", "a socket"),
            ("/dev/zero", "a device"),
        ):
            with pytest.raises(InputError, match=f"is {kind}"):
                load(data=path)
    server.close()


def write_member(path, header, content=b"", version=(1, 0), **options):
    """Write an archive of one array x_train with a header of one's own."""
    length = len(header).to_bytes(2 if version == (1, 0) else 4, "little")
    with zipfile.ZipFile(path, "w", **options) as members:
        members.writestr("x_train.npy", b"\x93NUMPY" + bytes(version) + length + header + content)
    return path


def header(shape):
    return f"{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}, }}".encode().ljust(117) + b"\n"


def test_bombs_are_refused_unread(tmp_path, monkeypatch):
    monkeypatch.setattr(npz, "_MAX_SMALL", 2**20)
    path = tmp_path / "set.npz"
    np.savez_compressed(path, x_train=np.zeros((2**12, 32, 32), np.uint8))
    with pytest.raises(InputError, match=r"x_train would unpack to \d+ times its size \(at most 200\)"):
        from_npz(path)
    with pytest.raises(InputError, match=r"x_train declares 1\.5 GiB \(at most 1\)"):
        array_headers(write_member(path, header((3 * 2**10, 2**9, 2**10))), 2**30)
    with pytest.raises(InputError, match="x_train declares 64 bytes, and 3 are there"):
        from_npz(write_member(path, header((1, 8, 8)), b"123"))
    with pytest.raises(InputError, match="packed in a way that NumPy does not use"):
        from_npz(write_member(path, header((1, 1, 1)), b"1", compression=zipfile.ZIP_LZMA))
    with pytest.raises(InputError, match="cannot be read"):
        from_npz(write_member(path, header((1, 1, 1)).ljust(2**19), b"1", (2, 0), compression=zipfile.ZIP_DEFLATED))
    monkeypatch.setattr(npz, "MAX_MEMBERS", 3)
    np.savez(path, *[np.zeros(1)] * 4)
    with pytest.raises(InputError, match=r"holds 4 arrays \(at most 3\)"):
        from_npz(path)


def test_members_longer_than_the_file_are_refused(save, monkeypatch):
    path = save(x_train=IMAGES)
    real = zipfile.ZipFile.infolist

    def lying(self):
        for member in real(self):
            member.compress_size = 10**9
        return real(self)

    monkeypatch.setattr(zipfile.ZipFile, "infolist", lying)
    with pytest.raises(InputError, match="x_train is longer than the file"):
        from_npz(path)


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
    path = write_member(tmp_path / "set.npz", header((9000000000000, 900, 900)), b"123")
    with pytest.raises(InputError, match=r"x_train declares 6\.79e\+09 GiB \(at most 8\)"):
        from_npz(path)


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
    dataset = from_npz(save(x_train=flat, y_train=[1, 0]), image_size=(4, 6))
    assert dataset.image_shape == (4, 6, 1)
    assert [np.unique(image).tolist() for image in dataset.images] == [[10], [200]]
    assert dataset.labels.tolist() == [1, 0]
    colours = from_npz(save(x_train=np.full((2, 8, 8, 3), (1, 2, 3), np.uint8)), image_size=(4, 4))
    assert colours.images[0, 0, 0].tolist() == [1, 2, 3]


def test_unseen_images_have_no_labels_but_their_own(save):
    """Those of as many training images would be taken for theirs."""
    path = save(x_train=IMAGES, y_train=LABELS, x_test=IMAGES[::-1], labels=LABELS)
    assert from_npz(path, key="x_test").labels is None
    assert load_test("grass", str(path)).labels is None
    assert np.array_equal(from_npz(path).labels, LABELS)
