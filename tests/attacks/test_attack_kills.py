"""60 real `kill -9`, anywhere from the first layer to the last save: each run ends with the bits of one that was let be."""

import contextlib
import os
import pathlib
import random
import signal
import subprocess
import sys
import time

import pytest
from conftest import ROOT, own_environment
from test_resume import assert_same_bits, assert_same_table

from ganzoo.training.runs import RunDirectory

STEPS = 300
SERVER = ROOT / "tests" / "attacks" / "kill_server.py"


class Server:
    """A process that trains in forks of itself."""

    def __init__(self):
        environment = own_environment() | {"TF_NUM_INTRAOP_THREADS": "1"}
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self.process = subprocess.Popen([sys.executable, SERVER], env=environment, **pipes)

    def start(self, run_dir, mode):
        """Begin a training; returns its process number."""
        print(run_dir, STEPS, mode, file=self.process.stdin, flush=True)
        return int(self.answer("started"))

    def answer(self, word):
        found, value = self.process.stdout.readline().split()
        assert found == word
        return value

    def end(self, run_dir):
        """Wait for a training that nobody kills."""
        status = self.answer("ended")
        assert status == "0", log_of(run_dir)


@pytest.fixture
def server():
    server = Server()
    yield server
    server.process.kill()
    server.process.wait()


def log_of(run_dir):
    """Return the end of what the trainings in a run said."""
    return pathlib.Path(f"{run_dir}.log").read_text()[-5000:]


def wait_for(run, step, seconds):
    """Wait until a run has saved a step, or the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and max(run.checkpoints.steps(), default=0) < step:
        time.sleep(0.002)


@pytest.mark.slow
@pytest.mark.parametrize(("runs", "kills"), [(12, 5)])
def test_killed(runs, kills, server, tmp_path):
    whole, rng, tried, killed, saved = tmp_path / "whole", random.Random(0), 0, 0, set()
    server.start(whole, "fresh")
    server.end(whole)
    for index in range(runs):
        run = RunDirectory(tmp_path / f"run{index}")
        for _ in range(kills):
            begun = (run.path / "config.json").exists()
            if max(run.checkpoints.steps(), default=0) >= STEPS:
                break  # there is nothing left to kill
            tried += 1
            pid = server.start(run.path, "resume" if begun else "fresh")
            if rng.random() < 0.3:
                time.sleep(rng.uniform(0, 3))  # while it is built, read and traced
            else:
                before = max(run.checkpoints.steps(), default=0)
                wait_for(run, before + rng.randint(1, STEPS // kills), 120)
                time.sleep(rng.uniform(0, 0.1))
            with contextlib.suppress(ProcessLookupError):  # it has ended by itself
                os.kill(pid, signal.SIGKILL)
            status = int(server.answer("ended"))
            killed += os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
            assert status in (0, signal.SIGKILL), log_of(run.path)
            saved.add(max(run.checkpoints.steps(), default=0))
        server.start(run.path, "resume" if (run.path / "config.json").exists() else "fresh")
        server.end(run.path)
        assert_same_bits(run.path, whole, STEPS)
        assert_same_table(run.path, whole)
        assert "damaged" not in log_of(run.path), log_of(run.path)
    assert killed > 0.8 * tried > 2 * runs
    assert len(saved) > 8  # they were killed in many places
