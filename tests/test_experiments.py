"""The commands as a user types them: help, typing errors, bad data, a run from start to end."""

import csv
import json
import re

import numpy as np
import pytest
import tensorflow as tf
from absl import flags as absl_flags
from conftest import make_tiny, run_python
from PIL import Image

from experiments import command as command_line
from experiments import runner, train_wgan_textures

TRAIN = ("-m", "experiments.train_wgan_textures")
SHORT = ("--steps=2", "--batch_size=4", "--log_every=1", "--sample_every=1", "--checkpoint_every=1", "--image_size=8")


def forget_flags():
    """Bring the training command's flags to where no command line has been read."""
    if "dataset" not in absl_flags.FLAGS:
        train_wgan_textures.define_flags()
    absl_flags.FLAGS.unparse_flags()
    for name in absl_flags.FLAGS:
        absl_flags.FLAGS[name].unparse()


def invoke(arguments, monkeypatch, capfd):
    """Run the training command in this process; returns (exit status, its output, its error stream)."""
    forget_flags()
    monkeypatch.setattr("sys.argv", ["train_wgan_textures.py", *arguments])
    monkeypatch.setattr("ganzoo.backend.make_operations_deterministic", lambda: None)
    capfd.readouterr()
    status = 0
    try:
        command_line.run(train_wgan_textures.main, "")
    except SystemExit as end:
        status = end.code
    return status, *capfd.readouterr()


DIGITS = ("train_mlp_gan", "train_dcgan", "train_lsgan", "train_cgan", "train_infogan", "train_digit_wgan")
STUDIES = ("stacked_digits", "mode_coverage", "pathologies", "optimal_discriminator", "results")
OTHERS = ("train_function_gan", "evaluate", "benchmark", *STUDIES)


@pytest.mark.parametrize(
    "command",
    ["train_wgan_textures", "sample", "export", *(pytest.param(name, marks=pytest.mark.slow) for name in (*DIGITS, *OTHERS))],
)
def test_help_is_text_and_names_every_flag(command):
    done = run_python("-m", f"experiments.{command}", "--help")
    assert done.returncode == 0
    assert done.stderr == ""
    assert "flags:" in done.stdout
    assert "absl" not in done.stdout


def test_the_shared_flags_have_the_promised_names():
    text = run_python(*TRAIN, "--help").stdout
    for name in ("dataset", "data", "image_size", "steps", "batch_size", "seed", "run_dir", "[no]resume", "checkpoint_every",
                 "sample_every", "[no]strict"):  # fmt: skip
        assert f"\n  --{name}\n" in text


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--dataset=gras"], "Did you mean grass"),
        (["--variant=wgan-gp"], "Did you mean wgan_gp"),
        (["--datset=grass"], "Did you mean: dataset"),
        (["--steps=0"], "steps"),
        (["--steps=nan"], "steps"),
        (["--batch_size=-4"], "batch_size"),
        (["--seed=-1"], "seed"),
        (["--image_size=32y32"], "image size must look like"),
        (["--image_size=30"], "nearest is 32x32"),
        (["--image_size=4096"], "at most 512x512"),
        (["--dataset=digits", "--image_size=100"], "digits: 8x8 pixels would be enlarged 12.5 times (at most 4)"),
        (["--data=there/is/none"], "there/is/none"),
        (["--data=README.md", "--dataset=grass"], "not both"),
        (["--data=README.md"], "README.md"),
        (["--literal_clipping", "--variant=wgan_gp"], "--literal_clipping goes with"),
        (["--run_dir=README.md"], "is a file"),
        (["--learning_rate=nan"], "learning_rate must be a positive number"),
        (["--ema_half_life_images=-1"], "ema_half_life_images must be a positive number"),
        (["--resume", "--run_dir=runs/none"], "no run to resume"),
        (["--batch_size=9000"], "fewer than one batch"),
        (["steps=5"], "--name=value"),
    ],
)
def test_bad_input_is_answered_in_a_line_or_two_with_status_2(flags, message, tmp_path, monkeypatch, capfd):
    flags = flags if any("run_dir" in flag for flag in flags) else [*flags, f"--run_dir={tmp_path / 'run'}"]
    status, _, said = invoke(flags, monkeypatch, capfd)
    assert status == 2
    assert "Traceback" not in said
    assert message in said
    assert len(said.strip().splitlines()) <= 2
    assert not (tmp_path / "run" / "config.json").exists()


@pytest.mark.slow
def test_a_process_answers_bad_input_with_two_lines_and_status_2(tmp_path):
    done = run_python(*TRAIN, "--image_size=30", f"--run_dir={tmp_path / 'run'}")
    assert done.returncode == 2
    assert "nearest is 32x32" in done.stderr
    assert len(done.stderr.strip().splitlines()) <= 2


def test_a_folder_from_training_to_samples_and_export(tmp_path, monkeypatch, capfd):
    rng = np.random.default_rng(0)
    folder = tmp_path / "pictures"
    folder.mkdir()
    for i in range(12):
        Image.fromarray(rng.integers(0, 256, (9 + i, 12, 3), dtype="uint8")).save(folder / f"{i}.png")
    (folder / "text.png").write_text("no picture")
    run = tmp_path / "run"
    flags = (*SHORT, f"--data={folder}", f"--run_dir={run}")
    status, _, said = invoke([*flags, "--strict"], monkeypatch, capfd)
    assert status == 2
    assert "text.png" in said
    status, said, _ = invoke(flags, monkeypatch, capfd)
    assert status == 0
    assert "text.png" in said
    assert "12 images, 8x8x3" in said
    assert re.search(r"step 2/2.*critic loss .*Wasserstein estimate .*generator loss .*images/s", said)
    for shown in ("experiments.sample", "--resume", "experiments.export", "tensorboard"):
        assert shown in said
    status, _, said = invoke(flags, monkeypatch, capfd)
    assert status == 2
    assert "--resume" in said
    # A resumed run remembers its flags; another value for one that matters is refused.
    status, _, said = invoke([f"--run_dir={run}", "--resume", "--batch_size=5"], monkeypatch, capfd)
    assert status == 2
    assert "batch_size: 4 -> 5" in said


@pytest.mark.slow
def test_a_run_in_processes_of_its_own_is_resumed_sampled_and_exported(tmp_path):
    run = tmp_path / "run"
    done = run_python(*TRAIN, *SHORT, f"--run_dir={run}")
    assert done.returncode == 0, done.stderr
    further = run_python(*TRAIN, f"--run_dir={run}", "--resume", "--steps=3")
    assert further.returncode == 0, further.stderr
    assert "Done at step 3" in further.stdout
    sampled = run_python("-m", "experiments.sample", f"--run_dir={run}", "--n=9", f"--output={tmp_path / 'nine.png'}")
    assert sampled.returncode == 0, sampled.stderr
    with Image.open(tmp_path / "nine.png") as grid:
        assert grid.size == (3 * 64 + 2 * 2, 3 * 64 + 2 * 2)
    exported = run_python("-m", "experiments.export", f"--run_dir={run}", f"--output={tmp_path / 'exported'}")
    assert exported.returncode == 0, exported.stderr
    assert (tmp_path / "exported" / "saved_model.pb").exists()


def test_a_resumed_run_keeps_to_no_time_limit_where_none_was_set(tmp_path):
    run_dir, limits = tmp_path / "run", []
    for words in (["--steps=70"], ["--resume"], ["--resume", "--minutes=2"], ["--resume", "--steps=90"]):
        forget_flags()
        absl_flags.FLAGS(["train_wgan_textures.py", *words])
        options = runner._options("train_wgan_textures", run_dir)
        limits.append((options.steps, options.minutes))
        run_dir.mkdir(exist_ok=True)
        config = {"notes": {"experiment": "train_wgan_textures", "flags": vars(options)}}
        (run_dir / "config.json").write_text(json.dumps(config))
    assert limits == [(70, None), (70, None), (70, 2.0), (90, None)]


@pytest.mark.slow
@pytest.mark.parametrize(("experiment", "inputs"), [("train_cgan", "labels"), ("train_function_gan", "points")])
def test_what_export_says_can_be_typed(experiment, inputs, tmp_path):
    run = tmp_path / "run"
    few = "--steps=2" if experiment == "train_cgan" else "--steps=100"
    assert run_python("-m", f"experiments.{experiment}", few, f"--run_dir={run}").returncode == 0
    done = run_python("-m", "experiments.export", f"--run_dir={run}", f"--output={tmp_path / 'new' / 'generator'}")
    assert done.returncode == 0, done.stderr
    code = "\n".join(line.strip() for line in done.stdout.splitlines()[1:])
    assert inputs in code
    names = {"tf": tf}
    exec(code, names)
    assert len(names["points" if inputs == "points" else "images"]) == 3


@pytest.mark.slow
@pytest.mark.parametrize("command", ["sample", "export", "evaluate", "invert"])
def test_folders_that_are_no_runs_of_a_command_are_refused(command, tmp_path, stripes):
    make_tiny().train(stripes, steps=1, batch_size=8, run_dir=tmp_path / "by_hand", verbose=False)
    for folder, message in (("none", "there is no run at"), ("by_hand", "was not begun by a command")):
        done = run_python("-m", f"experiments.{command}", f"--run_dir={tmp_path / folder}")
        assert (done.returncode, message in done.stderr) == (2, True), done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("flags", [["--variant=wgan_gp"], ["--variant=relativistic"], ["--literal_clipping"]])
def test_the_variants_train(flags, tmp_path):
    done = run_python(*TRAIN, *SHORT, *flags, f"--run_dir={tmp_path / 'run'}")
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("experiment", DIGITS)
def test_every_experiment_on_digits_trains_resumes_and_samples(experiment, tmp_path):
    run = tmp_path / "run"
    short = ("--steps=2", "--batch_size=4", "--log_every=1", f"--run_dir={run}")
    done = run_python("-m", f"experiments.{experiment}", *short)
    assert done.returncode == 0, done.stderr
    assert f"on digits: 1797 images, {'8x8x1' if experiment == 'train_mlp_gan' else '16x16x1'}" in done.stdout
    further = run_python("-m", f"experiments.{experiment}", f"--run_dir={run}", "--resume", "--steps=3")
    assert further.returncode == 0, further.stderr
    assert "Done at step 3" in further.stdout
    extra = {"train_cgan": ["--labels=0-9", "--n=20"], "train_infogan": ["--traverse=1"]}.get(
        experiment, ["--interpolate", "--n=2"]
    )
    sampled = run_python("-m", "experiments.sample", f"--run_dir={run}", *extra, f"--output={tmp_path / 'picture.png'}")
    assert sampled.returncode == 0, sampled.stderr
    assert (tmp_path / "picture.png").exists()


@pytest.mark.slow
def test_one_digit_alone_counts_its_steps_in_epochs(tmp_path):
    run = tmp_path / "run"
    done = run_python("-m", "experiments.train_mlp_gan", "--digit=9", "--epochs=3", "--batch_size=60", f"--run_dir={run}")
    assert done.returncode == 0, done.stderr
    assert "digits (label 9): 180 images" in done.stdout
    assert "Done at step 9" in done.stdout
    assert [path.name for path in sorted((run / "samples").glob("*.png"))] == [f"step_{i:06d}.png" for i in (0, 3, 6, 9)]
    assert [path.name for path in sorted((run / "weights").iterdir())] == [f"epoch_{i:03d}.weights.h5" for i in (1, 2, 3)]
    further = run_python("-m", "experiments.train_mlp_gan", f"--run_dir={run}", "--resume", "--epochs=4")
    assert "Done at step 12" in further.stdout, further.stderr


@pytest.mark.slow
def test_the_function_gan_says_how_near_it_came_and_goes_on_from_any_step(tmp_path):
    words = ("-m", "experiments.train_function_gan", f"--run_dir={tmp_path / 'run'}")
    done = run_python(*words, "--function=x*y", "--steps=150")
    assert done.returncode == 0, done.stderr
    assert "jit_compile" not in done.stderr
    assert re.search(r"mean distance to the graph 0\.\d+", done.stdout)
    further = run_python(*words, "--resume", "--steps=300", "--log_every=30")
    assert "Done at step 300" in further.stdout, further.stderr
    refused = run_python("-m", "experiments.train_function_gan", "--function=x+", f"--run_dir={tmp_path / 'other'}")
    assert refused.returncode == 2
    assert "cannot be computed" in refused.stderr


@pytest.mark.slow
def test_a_run_is_evaluated(tmp_path):
    run = tmp_path / "run"
    assert run_python("-m", "experiments.train_cgan", "--steps=2", "--log_every=1", f"--run_dir={run}").returncode == 0
    done = run_python("-m", "experiments.evaluate", f"--run_dir={run}", "--n=300", GANZOO_HOME=str(tmp_path / "cache"))
    assert done.returncode == 0, done.stderr
    results = json.loads((run / "evaluation.json").read_text())
    assert results["reference_class_covered"] == 10
    assert results["reference_frechet_distance"] < results["frechet_distance"]
    assert 0 <= results["class_entropy"] <= np.log(10)
    assert 0 <= results["label_accuracy"] <= 1
    assert results["classifier_accuracy"] > 0.9


@pytest.mark.slow
def test_images_are_inverted_by_a_command(tmp_path):
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
def test_modes_are_counted_in_a_table(tmp_path):
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
def test_a_spiral_is_measured_by_its_distance(tmp_path):
    done = run_python("-m", "experiments.mode_coverage", "--mixture=swiss_roll", "--settings=gan_r1", "--steps=2000",
                      f"--output={tmp_path}")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "sliced wasserstein | error | reference" in (tmp_path / "table.md").read_text()


@pytest.mark.slow
def test_a_thousand_modes_are_counted(tmp_path):
    run = tmp_path / "run"
    done = run_python("-m", "experiments.stacked_digits", "--steps=3", f"--run_dir={run}", GANZOO_HOME=str(tmp_path / "cache"))
    assert done.returncode == 0, done.stderr
    found = json.loads((run / "modes.json").read_text())
    assert 1 <= found["samples"]["covered"] < 900 < found["real"]["covered"] <= 1000
    assert found["real"]["kl"] < 0.1 < found["samples"]["kl"]
    with Image.open(run / "modes.png") as map_of_modes:
        assert map_of_modes.size == (1100, 500)


@pytest.mark.slow
def test_the_optimal_discriminator_is_approached_and_drawn(tmp_path):
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
def test_at_the_games_end_its_value_is_that_of_a_coin(tmp_path):
    done = run_python("-m", "experiments.optimal_discriminator", "--generator", f"--output={tmp_path}")
    assert done.returncode == 0, done.stderr
    with open(tmp_path / "values.csv", newline="") as file:
        last = list(csv.DictReader(file))[-1]
    assert float(last["value"]) == pytest.approx(-2 * np.log(2), abs=0.03)


@pytest.mark.slow
def test_each_loss_is_played_with_each_technique(tmp_path):
    done = run_python("-m", "experiments.mode_coverage", "--losses=hinge,wasserstein", "--techniques=plain,clip",
                      "--steps=2000", "--samples=500", f"--output={tmp_path}")  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = (tmp_path / "table.md").read_text().splitlines()[2:]
    assert [row.split(" | ")[0] for row in rows] == [
        f"| {loss}, {technique}" for loss in ("hinge", "wasserstein") for technique in ("plain", "clip")
    ]


DIVERGING = """
from absl import flags
from experiments import mode_coverage
from ganzoo import losses

class Diverging(losses.Hinge):
    def _discriminator(self, real_logits, fake_logits):
        return super()._discriminator(real_logits, fake_logits) * float("nan")

flags.FLAGS(["modes"])
losses.Diverging = Diverging
mode_coverage.LOSSES["diverging"] = "Diverging"
row, frames = mode_coverage.run("bad", ("diverging", "steady"), "grid", 0, 2000, 100)
print(row["modes"], row["kl"], row["setting"], len(frames))
"""


@pytest.mark.slow
def test_a_game_that_diverges_has_no_measures():
    done = run_python("-c", DIVERGING)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["nan", "nan", "bad", "20"]


@pytest.mark.slow
def test_the_results_table_is_filled_in_pieces(tmp_path):
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


@pytest.mark.slow
def test_the_benchmark_runs_a_peer_in_turn(tmp_path):
    (tmp_path / "peer.py").write_text("print('peer seconds_per_step 0.5')")
    done = run_python("-m", "experiments.benchmark", "--batch_size=4", "--image_size=8", "--steps=1", "--rounds=1",
                      f"--peer={tmp_path / 'peer.py'} quickly")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert re.search(r"ratio to '.*peer.py quickly': \d", done.stdout)
    assert re.search(r"\d+ GFLOP/s, \d+ % of this machine's \d+ GFLOP/s", done.stdout)
    assert "traces of the step: 1" in done.stdout
