"""A run that is killed and resumed ends with the very bits of a run that was not."""

import random
import shutil
import signal
import subprocess
import sys
import time

import pytest
from conftest import ROOT, own_environment, run_python

from ganzoo.training.callbacks.metrics_csv import read_rows
from ganzoo.training.runs import RunDirectory

WORKER = ROOT / "tests" / "resume_worker.py"


def final_arrays(run_dir, step):
    found = RunDirectory(run_dir).checkpoints.latest()
    assert found is not None
    assert found[0] == step
    return found[1]


def assert_same_bits(run_dir, reference, step):
    arrays, expected = final_arrays(run_dir, step), final_arrays(reference, step)
    assert arrays.keys() == expected.keys()
    assert len(arrays) > 20
    different = [name for name in arrays if arrays[name].tobytes() != expected[name].tobytes()]
    assert different == []


def assert_same_table(run_dir, reference):
    """metrics.csv equals an uninterrupted run's but for the seconds."""
    clock = ("seconds", "images_per_second")
    tables = [read_rows(RunDirectory(path).metrics_path) for path in (run_dir, reference)]
    mine, whole = ([{k: v for k, v in row.items() if k not in clock} for row in table] for table in tables)
    assert len(whole) > 5
    assert mine == whole


@pytest.mark.slow
def test_killed_between_write_and_rename(tmp_path):
    killed = run_python(WORKER, tmp_path / "run", 60, "die_before_rename:30", tmp_path / "whole")
    assert killed.returncode == -signal.SIGKILL
    left = {path.name for path in (tmp_path / "run" / "checkpoints").iterdir()}
    assert left == {"step_00000010", "step_00000020", "writing_step_00000030"}
    done = run_python(WORKER, tmp_path / "run", 60, "resume")
    assert done.returncode == 0, done.stderr[-2000:]
    assert_same_bits(tmp_path / "run", tmp_path / "whole", 60)
    assert_same_table(tmp_path / "run", tmp_path / "whole")


def start(run_dir, steps, mode="fresh"):
    return subprocess.Popen(
        [sys.executable, WORKER, run_dir, str(steps), mode],
        env=own_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def wait_for_step(process, step):
    """Read the progress lines until one of this step or a later one; returns all lines read."""
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("step ") and int(line[5:].split("/")[0]) >= step:
            return lines
    raise AssertionError("".join(lines)[-2000:])


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_polite_signal_saves_and_leaves_at_once(number, tmp_path):
    process = start(tmp_path / "run", 100_000)
    wait_for_step(process, 15)
    asked = time.monotonic()
    process.send_signal(number)
    said = next(line for line in process.stdout if "saved at step" in line)
    assert time.monotonic() - asked < 4  # half a second alone on the machine
    process.communicate(timeout=60)
    assert process.returncode != 0
    (step,) = (int(word) for word in said.split() if word.isdigit())
    assert RunDirectory(tmp_path / "run").checkpoints.steps()[-1] == step >= 15
    steps = 3 * (step // 3 + 3)
    assert run_python(WORKER, tmp_path / "run", steps, "resume").returncode == 0
    assert run_python(WORKER, tmp_path / "whole", steps).returncode == 0
    assert_same_bits(tmp_path / "run", tmp_path / "whole", steps)
    assert_same_table(tmp_path / "run", tmp_path / "whole")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_killed_twice_at_any_moment(seed, tmp_path_factory, tmp_path):
    steps, rng = 600, random.Random(seed)
    reference = tmp_path_factory.getbasetemp() / "long_reference"
    if not reference.exists():
        assert run_python(WORKER, reference, steps).returncode == 0
    for mode in ("fresh", "resume"):
        process = start(tmp_path / "run", steps, mode)
        lines = wait_for_step(process, rng.randrange(20, 150) if mode == "fresh" else rng.randrange(160, 400))
        process.kill()
        process.communicate()
        assert process.returncode == -signal.SIGKILL, "".join(lines)
    done = run_python(WORKER, tmp_path / "run", steps, "resume")
    assert done.returncode == 0, done.stderr[-2000:]
    assert_same_bits(tmp_path / "run", reference, steps)
    assert_same_table(tmp_path / "run", reference)


@pytest.mark.slow
@pytest.mark.parametrize("variant", ["wgan", "wgan_gp", "relativistic"])
def test_the_real_networks_resume_to_the_last_bit(variant, tmp_path):
    command = ("-m", "experiments.train_wgan_textures", f"--variant={variant}", "--checkpoint_every=3", "--image_size=16")
    done = run_python(*command, "--steps=6", f"--run_dir={tmp_path / 'whole'}")
    assert done.returncode == 0, done.stderr
    shutil.copytree(tmp_path / "whole", tmp_path / "half")
    shutil.rmtree(tmp_path / "half" / "checkpoints" / "step_00000006")
    done = run_python("-m", "experiments.train_wgan_textures", "--resume", f"--run_dir={tmp_path / 'half'}")
    assert done.returncode == 0, done.stderr
    assert_same_bits(tmp_path / "half", tmp_path / "whole", 6)
