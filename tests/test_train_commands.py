"""Every recipe's command in a process of its own: trained, resumed, sampled from."""

import re

import pytest
from conftest import run_python

from ganzoo.registry import RECIPES

DIGITS = tuple(each.name for each in RECIPES.values() if each.dataset == "digits" and each.name != "stacked-digits")
FROM_IMAGES = ("context-encoder", "partial-conv", "sigan")  # there is nothing between two latents


@pytest.mark.slow
@pytest.mark.parametrize("name", DIGITS)
def test_digits_train_resume_sample(name, tmp_path):
    run = tmp_path / "run"
    short = ("--steps=2", "--batch_size=4", "--log_every=1", f"--run_dir={run}")
    command = ("-m", f"experiments.train_{name.replace('-', '_')}")
    done = run_python(*command, *short)
    assert done.returncode == 0, done.stderr
    assert f"on digits: 1797 images, {'8x8x1' if name == 'mlp-gan' else '16x16x1'}" in done.stdout
    further = run_python(*command, f"--run_dir={run}", "--resume", "--steps=3")
    assert further.returncode == 0, further.stderr
    assert "Done at step 3" in further.stdout
    extra = {"cgan": ["--labels=0-9", "--n=20"], "infogan": ["--traverse=1"]} | {key: ["--n=2"] for key in FROM_IMAGES}
    extra = extra.get(name, ["--interpolate", "--n=2"])
    sampled = run_python("-m", "experiments.sample", f"--run_dir={run}", *extra, f"--output={tmp_path / 'picture.png'}")
    assert sampled.returncode == 0, sampled.stderr
    assert (tmp_path / "picture.png").exists()


OTHERS = {  # flags that make a short training of recipes on other data
    "cyclegan": ("--batch_size=2",),
    "stackgan": ("--rough_steps=2", "--image_size=16", "--width=8"),
    "textures": ("--image_size=32", "--width=8"),
    "progressive": ("--stage_steps=2", "--image_size=16", "--width=8"),
    "stylegan": ("--stage_steps=2", "--image_size=16", "--width=8"),
    "stylegan2": ("--image_size=16", "--width=8"),
    "stylegan3": ("--image_size=16", "--width=8"),
    "unrolled-gan": (),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", OTHERS)
def test_others_train_resume_sample(name, tmp_path):
    run = tmp_path / "run"
    short = ("--steps=3", "--log_every=1", "--batch_size=4", *OTHERS[name], f"--run_dir={run}")
    done = run_python("-m", "ganzoo", "train", name, *short)
    assert done.returncode == 0, done.stderr
    assert "Done at step 3" in done.stdout
    longer = next(line for line in done.stdout.splitlines() if "--resume" in line)  # what the run says to type next
    further = run_python(*longer.split()[1:])
    assert further.returncode == 0, further.stderr
    assert "Done at step 6" in further.stdout
    many = [] if RECIPES[name].data == "points" else ["--n=2"]  # points are one picture
    sampled = run_python("-m", "ganzoo", "sample", f"--run_dir={run}", *many, f"--output={tmp_path / 'picture.png'}")
    assert sampled.returncode == 0, sampled.stderr
    assert (tmp_path / "picture.png").exists()


@pytest.mark.slow
def test_epochs_of_one_digit(tmp_path):
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
def test_function_gan_quality_and_resume(tmp_path):
    words = ("-m", "experiments.train_function_gan", f"--run_dir={tmp_path / 'run'}")
    done = run_python(*words, "--function=x*y", "--steps=150")
    assert done.returncode == 0, done.stderr
    assert "jit_compile" not in done.stderr
    assert re.search(r"mean distance to the graph 0\.\d+", done.stdout)
    further = run_python(*words, "--resume", "--steps=300", "--log_every=30")
    assert "Done at step 300" in further.stdout, further.stderr
    refused = run_python("-m", "experiments.train_function_gan", "--function=x+", f"--run_dir={tmp_path / 'other'}")
    assert refused.returncode == 2
    assert "cannot be read" in refused.stderr
