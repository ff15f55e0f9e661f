"""2,000 seeded mutations of the files of a run: a sentence, or a run that goes on; never a wrong array or a traceback."""

import hashlib
import json
import random
import types

import numpy as np
import pytest
from attempts import Attempts
from conftest import slow
from mutations import distort, mutate

from ganzoo.evaluation.diagnosis import SYMPTOMS
from ganzoo.training.callbacks import Diagnosis, MetricsCSV
from ganzoo.training.callbacks.diagnosis_file import MEASURES
from ganzoo.training.callbacks.metrics_csv import read_rows
from ganzoo.training.runs import RunDirectory
from ganzoo.utils.plots import save_loss_plot

SETTINGS = {"model": "GAN", "seed": 0, "objective": {"loss": "Hinge", "regularizers": [{"weight": 10.0}]}}
CONFIG = {"settings": SETTINGS, "options": {"log_every": 10}, "first_step": 0, "versions": {"keras": "3"}, "notes": {"a": [1]}}
TABLE = "step,seconds,images_per_second,loss\r\n" + "".join(f"{i},{i / 10},10.0,{1.5 / i}\r\n" for i in range(1, 9))
ARRAYS = {"a/000": np.ones((3, 2), "float32"), "b/000": np.array(7)}
EXPECTED = {name: (array.shape, array.dtype) for name, array in ARRAYS.items()}


def diagnosis():
    """Return the content of a diagnosis.json: nine measurements, a finding that is open and one that is closed."""
    rng = random.Random(0)
    rows = [{"step": 10 * i, "match": "", **{name: rng.random() for name in sorted(MEASURES)},
             "losses": [[rng.random(), rng.random()] for _ in range(5)]} for i in range(9)]  # fmt: skip
    finding = {"symptom": "oscillation", "step": 20, "evidence": "seen", "message": "m.", "remedy": "r.", "until": None}
    return {"findings": [finding, finding | {"symptom": "memorization", "until": 60}], "evidence": rows}


@pytest.fixture
def run(tmp_path):
    run = RunDirectory(tmp_path / "run")
    with run.writing():
        run.write_config(CONFIG)
    run.checkpoints.save(7, ARRAYS)
    return run


def config(run, good, rng):
    run.config_path.write_bytes(mutate(good["config.json"], rng) if rng.random() < 0.5 else as_json(good["config.json"], rng))
    run.check_same(SETTINGS, ("objective",))


def manifest(run, good, rng):
    path = run.checkpoints.path(7) / "manifest.json"
    path.write_bytes(mutate(good[path.name], rng) if rng.random() < 0.5 else as_json(good[path.name], rng))
    check_arrays(run.checkpoints.latest(EXPECTED, report=str))


def archive(run, good, rng):
    """Mutate headers and directory of the archive, and let the manifest fit it: who hands out a run can do that."""
    content = mutate(good["arrays.npz"], rng)
    (run.checkpoints.path(7) / "arrays.npz").write_bytes(content)
    fitting = json.loads(good["manifest.json"]) | {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    (run.checkpoints.path(7) / "manifest.json").write_text(json.dumps(fitting))
    found = run.checkpoints.latest(rng.choice([EXPECTED, None]), report=str)
    if found is not None:
        assert sum(array.nbytes for array in found.arrays.values()) <= len(content)


def table(run, good, rng):
    """Resume with a damaged table, and draw its losses."""
    run.metrics_path.write_bytes(mutate(TABLE.encode(), rng))
    said = []
    seen = MetricsCSV(run.metrics_path, 8, report=said.append)
    seen.set_model(types.SimpleNamespace(step=rng.randrange(8)))
    seen.on_train_begin()
    seen.on_epoch_begin(0)
    seen.model.step += 1
    seen.on_epoch_end(0, {"loss": 1.0, "late": 2.0})
    rows = read_rows(run.metrics_path)
    assert rows[-1]["step"] == str(seen.model.step)
    if rng.random() < 0.05:  # drawing takes a second
        save_loss_plot(run.path / "losses.png", rows)
    return said


def report(run, good, rng):
    """Resume with a damaged diagnosis, and judge what was taken up."""
    path, said = run.path / "diagnosis.json", []
    content = json.dumps(diagnosis()).encode()
    path.write_bytes(mutate(content, rng) if rng.random() < 0.5 else as_json(content, rng))
    seen = Diagnosis({"images": np.zeros((20, 2, 2, 1), "uint8")}, path=path, report=said.append)
    seen._read(rng.randrange(90))
    if seen.rows:
        seen._judge(seen.rows, "")
        for symptom in SYMPTOMS:
            symptom.rule(seen.rows)
        seen._write()
        assert Diagnosis({"images": np.zeros((20, 2, 2, 1), "uint8")}, path=path, report=None)._read(99) is None
    return said


def as_json(content, rng):
    return json.dumps(distort(json.loads(content), rng)).encode()


def check_arrays(found):
    """Check that what was read of an archive that nobody touched is what was saved."""
    for name, array in ARRAYS.items() if found is not None else ():
        np.testing.assert_array_equal(found.arrays[name], array)


@pytest.mark.parametrize("count", [25, slow(400)])
@pytest.mark.parametrize("attack", [config, manifest, archive, table, report])
def test_mutations(attack, count, run):
    attempts, set_aside = Attempts(seconds=3.0), 0
    files = (run.config_path, *run.checkpoints.path(7).iterdir())
    good = {path.name: path.read_bytes() for path in files}
    for seed in range(count):
        for path in files:
            path.write_bytes(good[path.name])
        said, _ = attempts(f"{attack.__name__} {seed}", lambda seed=seed: attack(run, good, random.Random(seed)))
        set_aside += len(said or ())
        for sentence in said or ():
            assert sentence.replace("\n", "").isprintable() and len(sentence) < 4000, sentence
        for name in ("metrics.damaged.csv", "diagnosis.unreadable", "metrics.csv", "diagnosis.json"):
            (run.path / name).unlink(missing_ok=True)
    if attack in (table, report):
        assert attempts.refused == 0  # they are set aside, and the resume goes on
        assert 0.1 * count < set_aside
    elif attack is config:
        assert 0.3 * count < attempts.refused < count
