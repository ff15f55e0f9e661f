"""170 folders of images with links, pipes, bombs, damage and wrong content: read as far as they are good, the rest named."""

import functools
import os
import random
import shutil

import numpy as np
import pytest
from attempts import Attempts, command
from conftest import slow
from hostile_folders import KINDS, build

from ganzoo import data
from ganzoo.data.remarks import remarks


@pytest.mark.parametrize("count", [12, slow(170)])
def test_folders(count, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    attempts = Attempts(seconds=5.0)
    for seed in range(count):
        rng, kind = random.Random(seed), KINDS[seed % len(KINDS)]
        folder = tmp_path / "images"
        folder.mkdir()
        good = build(folder, rng, kind)
        name = f"{seed}: {kind}"
        options = {"data": folder, "image_size": (8, 8), "strict": rng.random() < 0.2}
        found, said = attempts(name, functools.partial(data.load, **options))
        if found is not None:
            assert found.images.dtype == np.uint8, name
            assert found.images.shape[1:3] == (8, 8), name
            assert good in (None, len(found)), name
            assert all(line.isprintable() and len(line) <= 400 for line in remarks(found)), name
            assert found.class_names is None or all(each.isprintable() for each in found.class_names), name
        if kind == "special" and good:
            assert said or len(found.skipped) >= 7, name
        shutil.rmtree(folder)
    assert min(attempts.refused, attempts.done) > 0.2 * count


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: os.symlink("/dev/zero", path), lambda path: os.symlink(path, path)])
def test_a_path_that_is_no_folder(make, tmp_path, capfd):
    make(tmp_path / "images")
    for verb in (["train", "dcgan", f"--data={tmp_path / 'images'}", f"--run_dir={tmp_path / 'run'}"],
                 ["train", "cyclegan", f"--data_a={tmp_path / 'images'}", f"--data_b={tmp_path}"],
                 ["sample", f"--run_dir={tmp_path / 'images'}"]):  # fmt: skip
        assert command(verb, capfd)[0] == 2
    assert not (tmp_path / "run").exists()
