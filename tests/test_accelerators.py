"""GPUs: seen or not, one of several, and what is compared beside them. None is needed: what TensorFlow lists is given."""

import collections
import os
import subprocess

import numpy as np
import pytest
import tensorflow as tf
from conftest import ROOT

import ganzoo
from ganzoo import backend
from ganzoo.commands import command
from ganzoo.errors import InputError
from ganzoo.export.comparison import Difference, require_equal

Device = collections.namedtuple("Device", ("name", "device_type"))
GPUS = [Device(f"/device:GPU:{index}", "GPU") for index in range(2)]


@pytest.fixture
def machine(monkeypatch):
    """Return a function that makes this machine one with the given GPUs and programs; it returns what is then taken."""

    def make(gpus, programs=(), visible=None):
        taken = []
        monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind=None: gpus)
        monkeypatch.setattr(tf.config, "set_visible_devices", lambda devices, kind: taken.append((devices, kind)))
        monkeypatch.setattr(command.shutil, "which", lambda name: f"/usr/bin/{name}" if name in programs else None)
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
        if visible is not None:
            monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
        command.load_tensorflow()
        return taken

    return make


@pytest.mark.parametrize(
    ("gpus", "programs", "visible", "noted"),
    [
        ([], ["nvidia-smi"], None, True),
        ([], ["nvidia-smi"], "0", True),
        ([], ["nvidia-smi"], "-1", False),
        ([], ["nvidia-smi"], "", False),
        ([], [], None, False),
        (GPUS[:1], ["nvidia-smi"], None, False),
    ],
)
def test_a_gpu_that_is_not_seen_is_noted(machine, capsys, gpus, programs, visible, noted):
    assert machine(gpus, programs, visible) == []
    assert ("TensorFlow sees no GPU" in capsys.readouterr().err) == noted


def test_of_several_gpus_one_is_taken(machine, monkeypatch):
    assert machine(GPUS, ["nvidia-smi"]) == [(GPUS[:1], "GPU")]
    monkeypatch.setattr(tf.config, "list_logical_devices", lambda: [Device("/device:CPU:0", "CPU"), *GPUS])
    assert backend.accelerators() == ["/device:GPU:0"]


def test_a_process_leaves_memory_of_a_gpu_to_others():
    assert ganzoo and os.environ["TF_FORCE_GPU_ALLOW_GROWTH"] == "true"


@pytest.mark.slow
def test_make_installs_cuda_libraries_into_an_environment_made_without(tmp_path):
    (tmp_path / "nvidia-smi").write_text("#!/bin/sh\n")
    (tmp_path / "nvidia-smi").chmod(0o755)
    (tmp_path / "venv").mkdir()
    (tmp_path / "venv" / "installed").touch()
    path = f"{tmp_path}:{os.environ['PATH']}"
    done = subprocess.run(["make", "-n", "setup", f"VENV={tmp_path / 'venv'}"], cwd=ROOT, env=os.environ | {"PATH": path},
                          capture_output=True, text=True, check=True)  # fmt: skip
    assert "[test,cuda]" in done.stdout and "venv/installed-cuda" in done.stdout


def test_exported_points_may_differ_by_a_share_of_their_size():
    gan = ganzoo.PointGAN(scale=1e6)
    far = Difference("generator.onnx", "serving_default", 100.0, 1.0, 16, reach=1e6)
    require_equal(gan, far)
    for other in (far._replace(reach=1.0), far._replace(largest=2000.0), far._replace(largest=np.nan)):
        with pytest.raises(InputError, match="makes other samples"):
            require_equal(gan, other)
