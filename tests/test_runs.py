"""A run's folder: its config, its lock, its table, and what damaged or hostile content in it does."""

import json
import os
import signal
import sys
import types

import pytest
from conftest import run_python

from ganzoo.errors import InputError
from ganzoo.training.callbacks import MetricsCSV
from ganzoo.training.callbacks.metrics_csv import read_rows
from ganzoo.training.runs import RunDirectory, differences
from ganzoo.utils.files import read_json

SETTINGS = {"model": "GAN", "seed": 0, "objective": {"loss": "Hinge", "regularizers": [{"weight": 10.0}]}}
CONFIG = {"settings": SETTINGS, "options": {"log_every": 10}, "first_step": 0, "versions": {"keras": "3"}, "notes": {"a": [1]}}


@pytest.fixture
def run(tmp_path):
    run = RunDirectory(tmp_path / "run")
    with run.writing():
        run.write_config(CONFIG)
    return run


def test_a_file_or_an_unwritable_folder_is_refused(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="is a file"):
        RunDirectory(tmp_path / "file")
    with pytest.raises(InputError, match="cannot be written"), RunDirectory(tmp_path / "file" / "below").writing():
        pass

    def refuse(*arguments):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(InputError, match="cannot be written: Permission denied"), RunDirectory(tmp_path / "x").writing():
        pass


def test_reading_a_run_writes_nothing(run):
    before = sorted(run.path.rglob("*")), run.path.stat().st_mtime_ns
    again = RunDirectory(run.path)
    assert again.config()["settings"] == SETTINGS
    assert again.checkpoints.latest() is None
    assert (sorted(run.path.rglob("*")), run.path.stat().st_mtime_ns) == before


def test_config_gets_schema_and_an_identity_that_stays(run):
    first = run.config()
    assert first["schema"] == 2
    assert len(first["run"]) == 16
    again = RunDirectory(run.path)
    again.config()
    again.write_config(CONFIG | {"first_step": 3})
    assert again.config()["run"] == first["run"]
    assert again.config()["first_step"] == 3
    assert RunDirectory(run.path / "other").checkpoints.run is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schema": None}, "schema must be 2"),
        ({"schema": True}, "schema must be 2"),
        ({"schema": 3}, r"begun by a newer ganzoo \(schema 3"),
        ({"run": "../../etc"}, "run must be 16 hexadecimal digits"),
        ({"settings": []}, "settings must be a dictionary"),
        ({"options": {"log_every": -1}}, "options must be a dictionary of positive integers"),
        ({"options": {"log_every": 1e9}}, "options must be a dictionary of positive integers"),
        ({"first_step": -1}, "first_step must be an integer"),
        ({"first_step": 10**30}, "first_step must be an integer"),
        ({"versions": {"keras": 3}}, "versions must be a dictionary of strings"),
        ({"overrides": ["x"]}, "overrides must be a list of steps with the changes made there"),
        ({"overrides": [{"step": 2, "changes": 3}]}, "overrides must be a list of steps with the changes made there"),
        ({"notes": "rm"}, "notes must be a dictionary"),
    ],
)
def test_a_config_of_other_types_is_refused(run, change, message):
    config = json.loads(run.config_path.read_text())
    run.config_path.write_text(json.dumps(config | change))
    with pytest.raises(InputError, match=message):
        run.config()


def test_a_run_of_the_first_version_is_refused_with_what_still_works(run):
    run.config_path.write_text(json.dumps(CONFIG))
    with pytest.raises(InputError, match="begun by ganzoo 0.1.0, whose runs this version cannot resume; its generator/"):
        run.check_same(SETTINGS)


@pytest.mark.parametrize("content", ["{", "[" * 100_000, '{"a":' * 70 + "1" + "}" * 70, "[]", "9" * 10_000, "\x00", '"\ud800"'])
def test_json_that_is_none_or_too_deep_is_refused(run, content):
    run.config_path.write_bytes(content.encode("utf-8", "surrogatepass"))
    with pytest.raises(InputError, match="config.json"):
        run.config()


def test_json_that_is_too_large_or_no_regular_file_is_refused(tmp_path):
    with open(tmp_path / "large.json", "wb") as file:
        file.truncate(10_000_001)
    with pytest.raises(InputError, match="at most 10000000 bytes"):
        read_json(tmp_path / "large.json")
    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "loop.json").symlink_to("loop.json")
    for name in ("pipe.json", "loop.json", "absent.json", "."):
        with pytest.raises(InputError, match="must be a regular file|cannot be read"):
            read_json(tmp_path / name)


HOLD = """
import sys, time
from ganzoo.training.runs import RunDirectory
with RunDirectory(sys.argv[1]).writing():
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.mark.slow
def test_a_second_writer_is_refused_with_the_firsts_number(run):
    with run.writing():
        with pytest.raises(InputError, match=f"process {os.getpid()} is training in .*run now"), run.writing():
            pass
        command = "import sys\nfrom ganzoo.training.runs import RunDirectory\nRunDirectory(sys.argv[1]).writing().__enter__()"
        refused = run_python("-c", command, run.path)
        assert f"process {os.getpid()} is training" in refused.stderr
    with run.writing():
        pass


@pytest.mark.slow
def test_a_kill_releases_the_lock(run):
    import subprocess

    from conftest import own_environment

    process = subprocess.Popen([sys.executable, "-c", HOLD, run.path], stdout=subprocess.PIPE, text=True, env=own_environment())
    assert process.stdout.readline() == "held\n"
    with pytest.raises(InputError, match=f"process {process.pid} is training"), run.writing():
        pass
    process.send_signal(signal.SIGKILL)
    process.communicate()
    with run.writing():
        pass


def test_differences_are_told_by_readable_paths():
    new = {"model": "GAN", "objective": {"loss": "Wasserstein", "regularizers": [{"weight": 1.0}]}, "b\x1b[2J": True}
    assert differences(SETTINGS, new) == [
        "b\\x1b[2J: absent -> True",
        "objective.loss: 'Hinge' -> 'Wasserstein'",
        "objective.regularizers[0].weight: 10.0 -> 1.0",
        "seed: 0 -> absent",
    ]
    assert differences({"a": 1}, {"a": True}) == ["a: 1 -> True"]
    assert len(differences({"a": "x" * 10_000}, {"a": 0})[0]) < 120


def test_what_is_overridden_may_differ(run):
    new = json.loads(json.dumps(SETTINGS))
    new["objective"]["loss"] = "Wasserstein"
    with pytest.raises(InputError, match=r"objective.loss: 'Hinge' -> 'Wasserstein'. To change one on purpose"):
        run.check_same(new)
    assert run.check_same(new, ("objective",)) == [("objective.loss", "Hinge", "Wasserstein")]
    assert run.check_same(new, ("objective.loss",)) == [("objective.loss", "Hinge", "Wasserstein")]
    assert run.check_same(new, ("loss",)) == [("objective.loss", "Hinge", "Wasserstein")]
    with pytest.raises(InputError, match="objective.loss"):
        run.check_same(new, ("regularizers", "seed"))
    with pytest.raises(InputError, match="must name settings: model, objective, seed, or parts of them. Received: sede"):
        run.check_same(new, ("sede",))


GOOD = "step,seconds,images_per_second,loss\r\n2,0.1,10.0,1.5\r\n4,0.2,11.0,\r\n6,0.3,12.0,nan\r\n"


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda good: good.replace("0.2", "__import__('os')"), "line 3"),
        (lambda good: good.replace("4,", "1,", 1), "line 3: the steps do not ascend"),
        (lambda good: good.replace("step", "stage"), "line 2: the columns"),
        (lambda good: good.replace("loss", "step"), "line 2: the columns"),
        (lambda good: good.replace("4,0.2,", ""), "line 3: expected 4 cells and found 2"),
        (lambda good: good.replace("4,0.2", '4,"0.2'), "cannot be read as a table"),
        (lambda good: good.replace("0.2", "x" * 200_000), "cannot be read as a table"),
        (lambda good: good.replace("0.2", "\udcff"), "cannot be read as a table"),
    ],
)
def test_a_damaged_table_is_set_aside_and_training_goes_on(tmp_path, damage, message):
    path = tmp_path / "metrics.csv"
    path.write_bytes(damage(GOOD).encode("utf-8", "surrogateescape"))
    with pytest.raises(InputError, match=message):
        read_rows(path)
    said = []
    table = MetricsCSV(path, 8, report=said.append)
    table.set_model(types.SimpleNamespace(step=4))
    table.on_train_begin()
    assert not path.exists()
    assert (tmp_path / "metrics.damaged.csv").exists()
    assert len(said) == 1
    assert "kept as metrics.damaged.csv" in said[0]
    table.on_epoch_begin(0)
    table.model.step = 6
    table.on_epoch_end(0, {"loss": 1.0})
    assert [row["step"] for row in read_rows(path)] == ["6"]


def test_a_torn_last_row_is_left_out(tmp_path):
    path = tmp_path / "metrics.csv"
    for torn in ("8", "8,0.4,13.0,1", "8,0.4,13.0\r\n"):
        path.write_text(GOOD + torn, newline="")
        assert [row["step"] for row in read_rows(path)] == ["2", "4", "6"]
    path.write_text("step,sec")
    assert read_rows(path) == []
    assert read_rows(tmp_path / "absent.csv") == []
