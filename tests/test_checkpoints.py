"""Checkpoints survive whatever a crash or a disk does to them."""

import json
import os

import numpy as np
import pytest

from ganzoo.errors import InputError
from ganzoo.training.runs import CheckpointStore, RunDirectory


def arrays(value):
    return {"a/000": np.full((3, 2), value, "float32"), "b/001": np.array(value, "int64")}


@pytest.fixture
def store(tmp_path):
    store = CheckpointStore(tmp_path / "checkpoints")
    for step in (10, 20, 30):
        store.save(step, arrays(step))
    return store


def read(store):
    said = []
    found = store.latest(said.append)
    return found, said


def test_the_newest_comes_back_as_it_was(store):
    (step, found), said = read(store)
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


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (cut, "size or the step"),
        (flip_a_bit, "SHA-256"),
        (change_the_step, "size or the step"),
        (lambda path: (path / "manifest.json").write_text("{"), "manifest cannot be read"),
        (lambda path: (path / "manifest.json").unlink(), "manifest cannot be read"),
        (lambda path: (path / "manifest.json").write_text("[]"), "manifest cannot be read"),
        (lambda path: (path / "arrays.npz").unlink(), "arrays.npz is missing"),
    ],
)
def test_a_damaged_one_is_passed_over_with_a_sentence_that_names_it(store, damage, reason):
    damage(store.folder / "step_00000030")
    (step, found), said = read(store)
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


def test_a_run_directory_that_is_a_file_or_read_only_is_refused(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="is a file"):
        RunDirectory(tmp_path / "file")
    with pytest.raises(InputError, match="cannot be written"):
        RunDirectory(tmp_path / "file" / "below")

    def refuse(self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.touch", refuse)
    with pytest.raises(InputError, match="cannot be written: Permission denied"):
        RunDirectory(tmp_path / "locked")


def test_a_config_that_is_no_json_is_refused(tmp_path):
    run = RunDirectory(tmp_path)
    run.config_path.write_text("{")
    with pytest.raises(InputError, match="cannot be read"):
        run.config()
