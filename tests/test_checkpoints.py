"""Checkpoints survive whatever a crash or a disk does to them."""

import errno
import hashlib
import io
import json
import os
import pathlib
import zipfile

import numpy as np
import pytest

from ganzoo.errors import InputError
from ganzoo.training.runs import CheckpointStore, checkpoint_store


def arrays(value):
    return {"a/000": np.full((3, 2), value, "float32"), "b/001": np.array(value, "int64")}


@pytest.fixture
def store(tmp_path):
    store = CheckpointStore(tmp_path / "checkpoints", run="a" * 16)
    for step in (10, 20, 30):
        store.save(step, arrays(step))
    return store


def read(store):
    said = []
    found = store.latest(report=said.append, repair=True)
    return found, said


def test_the_newest_comes_back_as_it_was(store):
    (step, found, _), said = read(store)
    assert step == 30
    assert said == []
    assert found.keys() == arrays(30).keys()
    for name, array in arrays(30).items():
        np.testing.assert_array_equal(found[name], array)
        assert found[name].dtype == array.dtype


def test_the_newest_few_are_kept(store):
    store.save(40, arrays(40))
    assert store.steps() == [20, 30, 40]
    with pytest.raises(ValueError, match="keep must be at least 2"):
        CheckpointStore(store.folder, keep=1)


def cut(path):
    archive = path / "arrays.npz"
    archive.write_bytes(archive.read_bytes()[:-20])


def flip_a_bit(path):
    content = bytearray((path / "arrays.npz").read_bytes())
    content[len(content) // 2] ^= 1
    (path / "arrays.npz").write_bytes(content)


def change_the_step(path):
    manifest = json.loads((path / "manifest.json").read_text())
    (path / "manifest.json").write_text(json.dumps(manifest | {"step": 31}))


def take_the_run(path):
    manifest = json.loads((path / "manifest.json").read_text())
    del manifest["run"]
    (path / "manifest.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (cut, "size or the step"),
        (flip_a_bit, "SHA-256"),
        (change_the_step, "size or the step"),
        (lambda path: (path / "manifest.json").write_text("{"), "manifest cannot be read"),
        (lambda path: (path / "manifest.json").unlink(), "manifest cannot be read"),
        (lambda path: (path / "manifest.json").write_text("[]"), "manifest cannot be read"),
        (take_the_run, "manifest cannot be read"),
        (lambda path: (path / "arrays.npz").unlink(), "arrays.npz is missing"),
    ],
)
def test_a_damaged_one_is_passed_over_with_a_sentence_that_names_it(store, damage, reason):
    damage(store.folder / "step_00000030")
    (step, found, _), said = read(store)
    assert step == 20
    np.testing.assert_array_equal(found["a/000"], arrays(20)["a/000"])
    assert len(said) == 1
    assert "step_00000030" in said[0]
    assert reason in said[0]
    assert store.steps() == [10, 20]  # it no longer counts among those kept
    store.save(30, arrays(31))
    assert read(store)[0][1]["b/001"] == 31


def test_with_all_damaged_there_is_none(store):
    for step in store.steps():
        cut(store.folder / f"step_{step:08d}")
    found, said = read(store)
    assert found is None
    assert len(said) == 3


def refuse_to_open(path):
    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))


def fill_the_memory(*arguments, **named):
    raise MemoryError


@pytest.mark.parametrize(
    ("owner", "name", "failure", "reason"),
    [
        (checkpoint_store, "_sha256", refuse_to_open, "Permission denied"),
        (pathlib.Path, "read_text", lambda path, encoding: refuse_to_open(path), "Permission denied"),
        (os, "listdir", refuse_to_open, "Permission denied"),
        (np.lib.format, "read_array", fill_the_memory, "too little memory"),
    ],
)
def test_one_that_cannot_be_read_is_no_damaged_one(owner, name, failure, reason, store, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, failure)
        with pytest.raises(InputError, match=f"checkpoint.* cannot be read: .*{reason}"):
            store.latest(repair=True)
    assert store.steps() == [10, 20, 30]
    assert read(store)[0].step == 30


def test_what_fails_while_a_stage_is_entered_is_no_damage(store):
    with pytest.raises(ZeroDivisionError):
        store.latest(lambda stage: 1 / 0, repair=True)
    assert store.steps() == [10, 20, 30]


def test_a_half_written_one_is_not_seen_and_is_cleared_away(store, monkeypatch):
    def power_cut(*names):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", power_cut)
        with pytest.raises(KeyboardInterrupt):
            store.save(40, arrays(40))
    assert (store.folder / "writing_step_00000040").exists()
    assert read(store)[0][0] == 30
    store.save(50, arrays(50))
    assert not list(store.folder.glob("writing_*"))


def test_saving_the_same_step_again_replaces_it(store):
    store.save(30, arrays(33))
    assert read(store)[0][1]["b/001"] == 33


def test_the_one_just_saved_is_kept_and_later_ones_are_set_aside(store):
    store.save(5, arrays(5))
    assert store.steps() == [5]
    aside = {f"later_step_000000{step}" for step in (10, 20, 30)}
    assert {path.name for path in store.folder.iterdir()} == aside | {"step_00000005"}
    assert read(store)[0].step == 5


def test_a_checkpoint_of_another_run_is_refused(store):
    store.save(40, arrays(40), stage=2)
    assert read(store)[0].stage == 2
    with pytest.raises(InputError, match="step_00000040 is not of this run"):
        CheckpointStore(store.folder, run="b" * 16).latest()


def test_a_damaged_one_in_a_read_only_folder_is_passed_over_where_it_is(store, monkeypatch):
    cut(store.folder / "step_00000030")

    def refuse(*names):
        raise PermissionError(30, "Read-only file system")

    monkeypatch.setattr(os, "rename", refuse)
    for repair in (False, True):
        said = []
        assert store.latest(report=said.append, repair=repair).step == 20
        assert len(said) == 1
        assert "kept as" not in said[0]
    assert store.steps() == [10, 20, 30]


def test_a_checkpoint_is_read_while_another_process_replaces_it(store, monkeypatch):
    calls, steps = [], store.steps

    def replaced():
        calls.append(1)
        return [99] if len(calls) == 1 else steps()  # 99 is removed between listing and reading

    monkeypatch.setattr(store, "steps", replaced)
    assert store.latest().step == 30


EXPECTED = {"a/000": ((3, 2), "float32"), "b/001": ((), "int64")}


def test_expected_arrays_are_read_with_the_sums_of_the_logs(store):
    assert store.latest(EXPECTED).step == 30
    assert store.latest(lambda stage: EXPECTED).step == 30
    store.save(40, arrays(40) | {"logs/loss/total": np.float32(3)})
    assert store.latest(EXPECTED).arrays["logs/loss/total"] == 3


@pytest.mark.parametrize(
    ("expected", "odd"),
    [
        (EXPECTED | {"a/000": ((2, 3), "float32")}, "a/000"),
        (EXPECTED | {"a/000": ((3, 2), "float16")}, "a/000"),
        (EXPECTED | {"c": ((), "int64")}, "'c'"),
        ({"a/000": ((3, 2), "float32")}, "b/001"),
    ],
)
def test_arrays_of_another_network_are_refused_before_they_are_read(store, expected, odd):
    with pytest.raises(InputError, match=f"is of another network: .*{odd}"):
        store.latest(expected)


def test_sums_of_the_logs_that_are_no_scalars_are_refused(store):
    store.save(40, arrays(40) | {"logs/loss/total": np.zeros(10**6, "float32")})
    with pytest.raises(InputError, match="logs/loss/total"):
        store.latest(lambda stage: EXPECTED)


def handmade(store, step, content):
    """Write a checkpoint whose manifest fits an archive of these bytes."""
    path = store.save(step, arrays(step))
    (path / "arrays.npz").write_bytes(content)
    manifest = json.loads((path / "manifest.json").read_text())
    fits = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    (path / "manifest.json").write_text(json.dumps(manifest | fits))


def zipped(name, content):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, content)
    return file.getvalue()


def saved(save, array):
    file = io.BytesIO()
    save(file, array)
    return file.getvalue()


THREE = saved(np.save, np.zeros(3))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no archive",
        saved(np.savez_compressed, np.zeros(10**6)),
        saved(np.savez, np.array([{}], dtype=object)),
        zipped("a.npy", THREE.replace(b"(3,)", b"(9,)")),
        zipped("a.npy", THREE.replace(b"(3,)", b"(-3,")),
        zipped("a.npy", THREE.replace(b"(3,)", b"9**9")),
        zipped("a.npy", b"\x93NUMPY\x01\x00\xff\xff" + b"(" * 65535),
        zipped("a.txt", b"hello"),
    ],
)
def test_an_archive_that_numpy_did_not_write_is_damaged_and_not_read(store, content):
    handmade(store, 40, content)
    for expected in (None, lambda stage: EXPECTED):
        said = []
        assert store.latest(expected, said.append).step == 30
        assert "step_00000040 is damaged" in said[0]


def test_special_files_are_not_read(store):
    path = store.save(40, arrays(40))
    (path / "arrays.npz").unlink()
    os.mkfifo(path / "arrays.npz")
    path = store.save(50, arrays(50))
    (path / "manifest.json").unlink()
    os.mkfifo(path / "manifest.json")
    assert store.latest(report=lambda said: None).step == 30


def test_a_full_disk_is_named_and_the_older_ones_stay(store, monkeypatch):
    def full(*arguments, **named):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(np, "savez", full)
        with pytest.raises(OSError, match="No space left") as caught:
            store.save(40, arrays(40))
    assert caught.value.filename.endswith("writing_step_00000040/arrays.npz")
    assert not (store.folder / "writing_step_00000040").exists()
    assert read(store)[0].step == 30
