"""Studies and measuring commands in processes of their own: what they write, and that it is what they say."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
import types

import numpy as np
import pytest
import tensorflow as tf
from conftest import ROOT, run_python
from PIL import Image

from experiments import results, results_report
from ganzoo.commands.flags import parse
from ganzoo.errors import InputError


@pytest.fixture(scope="module")
def classifiers(tmp_path_factory):
    """An empty folder for the classifiers of these tests; those of the same images share one, whose training takes minutes."""
    return str(tmp_path_factory.mktemp("classifiers"))


@pytest.mark.slow
def test_evaluate(tmp_path, classifiers):
    run = tmp_path / "run"
    assert run_python("-m", "experiments.train_cgan", "--steps=2", "--log_every=1", f"--run_dir={run}").returncode == 0
    done = run_python("-m", "experiments.evaluate", f"--run_dir={run}", "--n=300", timeout=900, GANZOO_HOME=classifiers)
    assert done.returncode == 0, done.stderr
    results = json.loads((run / "evaluation.json").read_text())
    assert results["reference_class_covered"] == 10
    assert results["reference_frechet_distance"] < results["frechet_distance"]
    assert 0 <= results["class_entropy"] <= np.log(10)
    assert 0 <= results["label_accuracy"] <= 1
    assert results["classifier_accuracy"] > 0.9


@pytest.mark.slow
def test_invert(tmp_path):
    run, seven = tmp_path / "run", tmp_path / "seven.png"
    assert run_python("-m", "experiments.train_cgan", "--steps=2", "--log_every=1", f"--run_dir={run}").returncode == 0
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (20, 24, 3), dtype="uint8")).save(seven)
    few = ("-m", "experiments.invert", f"--run_dir={run}", "--starts=2", "--steps=5")
    for words in ((f"--image={seven}", "--label=7"), ("--n=3",)):
        done = run_python(*few, *words)
        assert done.returncode == 0, done.stderr
        assert re.search(r"reconstruction 0\.\d+, nearest (other )?training image 0\.\d+", done.stdout)
    assert np.load(run / "inverted.npz")["latents"].shape == (3, 100)
    refused = run_python(*few, "--image=README.md")
    assert refused.returncode == 2
    assert "README.md" in refused.stderr


@pytest.mark.slow
def test_mode_coverage_table(tmp_path):
    done = run_python("-m", "experiments.mode_coverage", "--mixture=ring", "--settings=gan,minimax",
                      "--steps=2000", "--seeds=2", f"--output={tmp_path / 'modes'}")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert len((tmp_path / "modes" / "table.md").read_text().splitlines()) == 2 + 4
    assert (tmp_path / "modes" / "modes.png").exists()
    with Image.open(tmp_path / "modes" / "modes.gif") as animation:
        assert animation.n_frames == 20
    both = run_python("-m", "experiments.mode_coverage", "--settings=gan", "--losses=hinge")
    assert both.returncode == 2
    assert "not both" in both.stderr
    refused = run_python("-m", "experiments.mode_coverage", "--settings=gam")
    assert refused.returncode == 2
    assert "must be one of plain, gan, minimax" in refused.stderr


@pytest.mark.slow
def test_unrolled_figure(tmp_path):
    words = ("--steps=400", "--moments=2", "--unrolled_steps=0,1", f"--output={tmp_path}")
    done = run_python("-m", "experiments.unrolled", *words)
    assert done.returncode == 0, done.stderr
    assert len((tmp_path / "table.md").read_text().splitlines()) == 2 + 2
    assert (tmp_path / "unrolled.png").exists()
    assert "step 400" in done.stdout
    assert "step 600" not in done.stdout
    for words, said in ((["--unrolled_steps=x"], "must be whole numbers"), (["--steps=150"], "must be a multiple of")):
        refused = run_python("-m", "experiments.unrolled", *words)
        assert refused.returncode == 2
        assert said in refused.stderr


@pytest.mark.slow
def test_f_divergences_reach_their_bounds(tmp_path):
    words = ("--steps=200", f"--output={tmp_path}", "--divergences=kl,total_variation,non_saturating")
    done = run_python("-m", "experiments.f_divergences", *words)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "f_divergences.png").exists()
    rows = (tmp_path / "table.csv").read_text().splitlines()[1:]
    shares = [float(row.split(",")[3]) / float(row.split(",")[2]) for row in rows]
    assert len(shares) == 3
    assert min(shares) > 0.95
    assert max(shares) < 1.01


@pytest.mark.slow
def test_mode_coverage_swiss_roll(tmp_path):
    done = run_python("-m", "experiments.mode_coverage", "--mixture=swiss_roll", "--settings=gan_r1", "--steps=2000",
                      f"--output={tmp_path}")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "sliced wasserstein | error | reference" in (tmp_path / "table.md").read_text()


@pytest.mark.slow
def test_stacked_digits(tmp_path, classifiers):
    run = tmp_path / "run"
    words = ("-m", "experiments.stacked_digits", "--steps=3", f"--run_dir={run}")
    done = run_python(*words, timeout=900, GANZOO_HOME=classifiers)
    assert done.returncode == 0, done.stderr
    found = json.loads((run / "modes.json").read_text())
    assert 1 <= found["samples"]["covered"] < 900 < found["real"]["covered"] <= 1000
    assert found["real"]["kl"] < 0.1 < found["samples"]["kl"]
    with Image.open(run / "modes.png") as map_of_modes:
        assert map_of_modes.size == (1100, 500)


@pytest.mark.slow
def test_optimal_discriminator(tmp_path):
    done = run_python("-m", "experiments.optimal_discriminator", "--steps=1500", "--frames=8", f"--output={tmp_path}")
    assert done.returncode == 0, done.stderr
    with open(tmp_path / "values.csv", newline="") as file:
        last = list(csv.DictReader(file))[-1]
    assert float(last["value"]) == pytest.approx(float(last["bound"]), abs=0.02)
    with Image.open(tmp_path / "optimal_discriminator.gif") as animation:
        assert animation.n_frames >= 4
    refused = run_python("-m", "experiments.optimal_discriminator", "--p=x +")
    assert refused.returncode == 2
    assert "--p=x +" in refused.stderr


@pytest.mark.slow
def test_optimal_discriminator_with_generator(tmp_path):
    done = run_python("-m", "experiments.optimal_discriminator", "--generator", f"--output={tmp_path}")
    assert done.returncode == 0, done.stderr
    with open(tmp_path / "values.csv", newline="") as file:
        last = list(csv.DictReader(file))[-1]
    assert float(last["value"]) == pytest.approx(-2 * np.log(2), abs=0.03)


@pytest.mark.slow
def test_mode_coverage_losses_and_techniques(tmp_path):
    done = run_python("-m", "experiments.mode_coverage", "--losses=hinge,wasserstein", "--techniques=plain,clip",
                      "--steps=2000", "--samples=500", f"--output={tmp_path}")  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = (tmp_path / "table.md").read_text().splitlines()[2:]
    assert [row.split(" | ")[0] for row in rows] == [
        f"| {loss}, {technique}" for loss in ("hinge", "wasserstein") for technique in ("plain", "clip")
    ]


DIVERGING = """
from experiments import mode_coverage
from ganzoo import losses

class Diverging(losses.Hinge):
    def _discriminator(self, real_logits, fake_logits):
        return super()._discriminator(real_logits, fake_logits) * float("nan")

losses.BY_NAME["diverging"] = Diverging
row, frames = mode_coverage.run("bad", ("diverging", "steady"), "grid", 0, 2000, 100)
print(row["modes"], row["kl"], row["setting"], len(frames))
"""


@pytest.mark.slow
def test_mode_coverage_divergence():
    done = run_python("-c", DIVERGING)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["nan", "nan", "bad", "20"]


@pytest.mark.slow
def test_results_table(tmp_path):
    rng = np.random.default_rng(0)
    images, labels = rng.integers(0, 256, (600, 8, 8), dtype="uint8"), np.arange(600) % 10
    np.savez(tmp_path / "small.npz", x_train=images, y_train=labels, x_test=images[:100], y_test=labels[:100])
    words = ("-m", "experiments.results", "--only=gan", f"--mnist={tmp_path / 'small.npz'}", f"--output={tmp_path / 'runs'}",
             f"--report={tmp_path / 'RESULTS.md'}", f"--pictures={tmp_path / 'pictures'}", "--minutes=0.05")  # fmt: skip
    elsewhere = {"step": 5000, "seconds": 600, "finished": True, "machine": "8 CPU cores", "versions": {"keras": "9.0"},
                 "measures": {"samples": 100, "frechet_distance": 3.14, "frechet_distance_error": 0.25}}  # fmt: skip
    record = tmp_path / "pictures" / "results.json"
    record.parent.mkdir()
    record.write_text(json.dumps({"dcgan-seed0": elsewhere}))
    steps = []
    for _ in range(2):
        done = run_python(*words, GANZOO_HOME=str(tmp_path / "cache"))
        assert done.returncode == 0, done.stderr
        table = (tmp_path / "RESULTS.md").read_text()
        (found,) = re.findall(r"\| GAN \(dense\), mnist \| 0 \| ([\d,]+) of 9,360 \|", table)
        steps.append(int(found.replace(",", "")))
        assert "![samples of GAN (dense)](pictures/gan.png)" in table
        assert (tmp_path / "pictures" / "gan.png").exists()
        assert "| DCGAN, mnist | 0 | 5,000 | 10 | 3.1 ± 0.2 (-) |" in table  # measured elsewhere, and kept
    assert 0 < steps[0] < steps[1]
    found = json.loads(record.read_text())
    assert found["dcgan-seed0"] == elsewhere
    assert found["gan-seed0"]["step"] == steps[1]
    words = [word if word != "--only=gan" else "--only=equal_gan" for word in words]
    done = run_python(*words, GANZOO_HOME=str(tmp_path / "cache"))
    assert done.returncode == 0, done.stderr
    equal, longer = (tmp_path / "RESULTS.md").read_text().split("## Budgets of their own")
    assert "| GAN (dense)<br>![ten samples](pictures/equal_gan.png) | 0 |" in equal
    assert "- GAN (dense): `python -m ganzoo train mlp-gan --dataset=mnist --steps=100000 --minutes=5 --seed=0`" in equal
    assert "| GAN (dense), mnist | 0 |" in longer and "equal_gan" not in longer
    with Image.open(tmp_path / "pictures" / "equal_gan.png") as picture:
        assert picture.size == (10 * 8 + 9 * 2, 8), "ten samples side by side, 2 pixels between them"


def test_results_go_on_with_a_run_that_has_no_checkpoint_yet(tmp_path, monkeypatch):
    said, entry = [], results.Entry("gan", "GAN", "mlp-gan", "grass", 10)
    monkeypatch.setattr(results, "_run", said.append)
    monkeypatch.setattr(results, "progress", lambda run_dir: (0, 0.0))
    for begun in (False, True):
        if begun:
            (tmp_path / "config.json").write_text("{}")
        results.advance(entry, 0, tmp_path, None, None)
        assert ("--resume" in said[-2]) is begun


def test_results_leave_out_a_run_that_was_trained_on_since_it_was_measured(tmp_path, monkeypatch):
    for name, measured in (("gan", 5), ("dcgan", 9)):
        (tmp_path / f"{name}-seed0").mkdir()
        config = {"accelerators": [], "versions": {"keras": "9.0"}}
        (tmp_path / f"{name}-seed0" / "config.json").write_text(json.dumps(config))
        found = {"step": measured, "reference_between": "", "samples": 100}
        (tmp_path / f"{name}-seed0" / "evaluation.json").write_text(json.dumps(found))
    monkeypatch.setattr(results, "progress", lambda run_dir: (9 if run_dir.exists() else 0, 60.0))
    monkeypatch.setattr(results_report, "save_picture", lambda run_dir, path: None)
    monkeypatch.setattr(results_report, "write", lambda table, record, path, gallery: path.write_text(json.dumps(record)))
    (tmp_path / "pictures").mkdir()
    results.report(tmp_path, tmp_path / "record.json", tmp_path / "pictures")
    assert list(json.loads((tmp_path / "record.json").read_text())) == ["dcgan-seed0"]


def test_results_are_written_where_they_can_be_and_refused_before_they_are_made(tmp_path):
    found = {"step": 9360, "seconds": 60, "finished": True, "machine": "2 CPU cores", "versions": {"keras": "9.0"},
             "measures": {"samples": 100, "frechet_distance": 3.14, "frechet_distance_error": 0.25}}  # fmt: skip
    page = tmp_path / "new" / "RESULTS.md"
    results_report.write(results.TABLE, {"gan-seed0": found}, page, tmp_path / "pictures")
    assert "| GAN (dense), mnist | 0 | 9,360 | 1 | 3.1 ± 0.2 (-) |" in page.read_text()
    flags = [flag for group in results.groups().values() for flag in group]
    for word in (f"--report={tmp_path}", f"--output={page}", f"--pictures={page}"):
        with pytest.raises(InputError, match="report must be a file, --output and --pictures folders. Received: "):
            results.main(parse(flags, ["results", "--minutes=0.0001", word]))


@pytest.mark.parametrize("named", [True, False])
def test_results_say_where_another_classifier_measured(named, tmp_path):
    measures = {"samples": 100, "frechet_distance": 3.14, "frechet_distance_error": 0.25, "class_covered": 10}
    found = {"step": 9360, "seconds": 60, "finished": True, "machine": "2 CPU cores", "versions": {"keras": "9.0"},
             "measures": measures | ({"classifier": "80f1d077"} if named else {})}  # fmt: skip
    results_report.write(results.TABLE, {"gan-seed0": found}, tmp_path / "RESULTS.md", tmp_path / "pictures")
    page = (tmp_path / "RESULTS.md").read_text()
    assert ("3.1 ± 0.2 (-) |" in page) is named and ("3.1 ± 0.2 (-) † |" in page) is not named
    assert ("- †: measured on" in page) is not named


SAVES = """
import pathlib, signal, sys, time
def save(*_):
    time.sleep(1)
    pathlib.Path(sys.argv[1], "saved").touch()
    sys.exit(130)
signal.signal(signal.SIGINT, save)
pathlib.Path(sys.argv[1], "begun").touch()
time.sleep(60)
"""
WAITS = """
import signal, sys
from experiments import results
signal.signal(signal.SIGINT, signal.default_int_handler)
results._run(["-c", sys.argv[1], sys.argv[2]])
"""


@pytest.mark.slow
def test_ctrl_c_leaves_the_training_of_a_result_the_time_to_save(tmp_path):
    words = [sys.executable, "-c", WAITS, SAVES, str(tmp_path)]
    with subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        while not (tmp_path / "begun").exists():
            assert process.poll() is None
            time.sleep(0.1)
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 130 and (tmp_path / "saved").exists()
    assert "stopped; the next call goes on. Ended with status 130" in said


@pytest.mark.slow
def test_benchmark(tmp_path):
    (tmp_path / "peer.py").write_text("print('peer seconds_per_step 0.5')")
    done = run_python("-m", "experiments.benchmark", "--batch_size=4", "--image_size=8", "--steps=1", "--rounds=1",
                      f"--peer={tmp_path / 'peer.py'} quickly")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert re.search(r"ratio to '.*peer.py quickly': \d", done.stdout)
    assert re.search(r"\d+ GFLOP/s, \d+ % of this machine's \d+ GFLOP/s", done.stdout)
    assert "traces of the step: 1" in done.stdout
    assert "Profile" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--layers", "--techniques"), "--layers does not go with --techniques"),
        (("--techniques", "--model=dcgan"), "--techniques does not go with --model"),
        (("--layers", "--steps=3"), "--layers does not go with --steps"),
    ],
)
def test_benchmark_refuses_what_it_would_ignore(words, message):
    from experiments import benchmark
    from ganzoo.commands.flags import parse
    from ganzoo.errors import InputError

    flags = [flag for found in benchmark.groups().values() for flag in found]
    with pytest.raises(InputError, match=message):
        benchmark.main(parse(flags, ["benchmark", *words]))


def test_benchmark_plays_the_lectures_game_where_it_is_asked_for():
    from experiments import benchmark
    from ganzoo import losses
    from ganzoo.errors import InputError

    options = {"batch_size": 0, "channels": 0, "image_size": "", "lecture_baseline": True}
    model, *_ = benchmark.prepare(types.SimpleNamespace(model="function", **options))
    assert isinstance(model.objective.loss, losses.Minimax) and model.objective.regularizers == ()
    with pytest.raises(InputError, match="lecture_baseline is of --model=function. Received: --model=dcgan"):
        benchmark.prepare(types.SimpleNamespace(model="dcgan", **options))


def test_benchmark_of_techniques(monkeypatch):
    """A row a technique, the plain step first; a lazy penalty's step costs what a whole period of it does on average."""
    from experiments import benchmark_techniques, timing

    timed = []

    def seconds(step, repeats):
        step()
        timed.append(repeats)
        return [1.0 if repeats == 8 else 0.5] * repeats

    monkeypatch.setattr(timing, "step_of", lambda model, batch_size: model.step.__index__)
    monkeypatch.setattr(timing, "seconds", seconds)
    rows = list(benchmark_techniques.slowdowns("forest", (8, 8, 3), 2, ("baseline", "lazy_r1"), 3, 1))
    assert rows == [("baseline", 0.5, 1.0), ("lazy_r1", 1.0, 2.0)]
    assert timed == [3, 8, 3]


def test_benchmark_counts_the_operations_of_a_step():
    """The lecture's dense GAN: a step's products are three times the discriminator's on both halves, and the generator's."""
    import ganzoo
    from experiments import benchmark

    model = ganzoo.GAN((8, 8, 1), 4, networks=ganzoo.networks.Dense((16,)))
    n, generator, discriminator = 10, 4 * 16 + 16 * 64, 64 * 16 + 16
    batches = {"images": np.zeros((1, n, 8, 8, 1), "uint8")}
    graph = model._play_step.get_concrete_function({name: tf.constant(each) for name, each in batches.items()}).graph
    # D: forward and kernel gradients on both halves, input gradients past its first layer. G's update: D's forward and its
    # input gradients. G: forward, kernel gradients, input gradients past its first layer.
    update = 2 * (2 * discriminator + 16) + 2 * discriminator
    expected = 2 * n * (update + 2 * generator + 16 * 64)
    assert benchmark.step_operations(graph, 0) == expected


@pytest.mark.slow
def test_benchmark_counts_a_lazy_penalty_by_how_often_it_is_taken():
    from experiments import benchmark
    from ganzoo import recipes

    model = recipes.modern((8, 8, 1))
    batches = {"images": tf.zeros((1, 4, 8, 8, 1), "uint8")}
    graph = model._play_step.get_concrete_function(batches).graph
    never, always, eighth = (benchmark.step_operations(graph, 0, share) for share in (0.0, 1.0, 1 / 8))
    assert never < eighth < always and eighth == pytest.approx(never + (always - never) / 8)
