"""Every study of the zoo that trains, from its command to its last file, with a few steps and a classifier of a few steps."""

import json
import re

import numpy as np
import pytest
from conftest import make_stripes, run_python
from PIL import Image

import ganzoo
from experiments import (
    attention,
    f_divergences,
    growing,
    identity,
    inpainting,
    optimal_discriminator,
    studies,
    texture_quality,
    unrolled,
)
from ganzoo.commands.flags import parse
from ganzoo.data import ImageDataset, as_dataset
from ganzoo.errors import InputError

QUICK_CLASSIFIER = """
import functools, runpy, sys
from ganzoo.evaluation.features import Classifier
Classifier.cached = functools.partial(Classifier.cached, steps=12)
sys.argv[0] = name = sys.argv.pop(1)
runpy.run_module(name, run_name="__main__", alter_sys=True)
"""
DIGITS = ("--dataset=digits", "--image_size=8")


def study(name, *words, home):
    """Run a study to its end in a process of its own; returns what it printed."""
    done = run_python("-c", QUICK_CLASSIFIER, f"experiments.{name}", *words, timeout=900, GANZOO_HOME=str(home))
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_attention(tmp_path):
    words = ("--steps=2", "--seeds=1", "--width=4", "--batch_size=8", "--n=40", *DIGITS, f"--output={tmp_path}")
    said = study("attention", *words, "--variants=attention,none", "--minutes=0.0001", home=tmp_path / "cache")
    assert f"the same command with --output={tmp_path} goes on" in said
    said = study("attention", *words, home=tmp_path / "cache")
    results = json.loads((tmp_path / "results.json").read_text())
    assert list(results) == [f"{each}_0" for each in ("attention", "none", "unlabelled")]
    assert all(found["step"] == 2 for found in results.values())
    assert "generator_gamma" not in results["none_0"]
    assert (tmp_path / "table.md").read_text() in said
    assert (tmp_path / "maps.png").exists()


def test_the_error_of_one_training_is_not_that_of_a_mean():
    results = {f"none_{seed}": {"step": 2, "distance": 3.0 + seed, "error": 1.0, "reference": 0.5} for seed in range(2)}
    table = attention.as_table(results)
    assert "| none | 0 | 2 | 3.0 | 1.0 |" in table and "| **none** | mean of 2 | | 3.5 |  |" in table


def test_attention_has_no_clusters():
    with pytest.raises(InputError, match="Unknown"):
        parse([flag for group in attention.flag_groups().values() for flag in group], ["attention", "--clusters=50"])


@pytest.mark.slow
def test_identity(tmp_path):
    words = ("--n=40", *DIGITS, f"--output={tmp_path}")
    said = study("identity", "--steps=2", *words, home=tmp_path / "cache")
    assert "bicubic" in said
    assert {each.name for each in tmp_path.iterdir()} >= {"table.md", "table.csv", "identity.png"}
    study("identity", "--steps=3", *words, home=tmp_path / "cache")  # goes on
    assert studies.progress(tmp_path / "SiGAN_0")[0] == 3


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "words", "written"),
    [
        ("translation", ("--steps=2",), {"translation.json"}),
        ("text_to_image", ("--steps=4", "--rough_steps=2"), {"text_to_image.json", "text_to_image.png"}),
        ("truncation", ("--steps=2", *DIGITS), {"truncation.json", "truncation.png"}),
        ("styles", ("--steps=4", *DIGITS), {"styles.json", "mixing.png", "truncation.png", "noise.png"}),
    ],
)
def test_trains_and_measures(tmp_path, name, words, written):
    said = study(name, *words, "--log_every=1", f"--run_dir={tmp_path / 'run'}", home=tmp_path / "cache")
    assert {each.name for each in (tmp_path / "run").iterdir()} >= written
    assert re.search(r"wrote|written", said)


@pytest.mark.slow
def test_growing(tmp_path):
    words = ("--seeds=1", *DIGITS, f"--run_dir={tmp_path}")
    study("growing", "--minutes=0.05", *words, home=tmp_path / "cache")
    assert {each.name for each in tmp_path.iterdir()} >= {"growing.json", "growing.gif", "growing.png"}
    before = json.loads((tmp_path / "growing.json").read_text())
    minutes = growing.spent(tmp_path / "full_0") / 60 + 0.05  # whatever the first step took
    study("growing", f"--minutes={minutes}", "--only=full", *words, home=tmp_path / "cache")  # goes on
    after = json.loads((tmp_path / "growing.json").read_text())
    assert after["full_0"]["step"] > before["full_0"]["step"]
    assert after["grown_0"] == before["grown_0"]
    words = ("--dataset=grass", "--image_size=8", "--minutes=0.01", f"--run_dir={tmp_path}")
    done = run_python("-m", "experiments.growing", *words)
    assert done.returncode == 2 and "data_fingerprint" in done.stderr, "the results of digits are none of grass"


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("--only=gron", "one of grown, full. Did you mean grown?"),
        ("--only=full,full", "words of grown, full, each once."),
        ("--steps=5", "Unknown"),
        ("--resume", "Unknown"),
    ],
)
def test_growing_refuses_what_it_would_ignore(word, message):
    with pytest.raises(InputError, match=re.escape(message)):
        parse([flag for flags in growing.groups().values() for flag in flags], ["growing", word])


def test_growing_refuses_too_few_images_before_it_trains():
    few = ImageDataset(make_stripes()[:60])
    with pytest.raises(InputError, match="20"):
        growing.references(*growing.split(few), lambda images: images.reshape(len(images), -1) / 255)


@pytest.mark.slow
def test_inpainting(tmp_path):
    words = ("--n=4", *DIGITS, f"--output={tmp_path}")
    study("inpainting", "--steps=2", *words, home=tmp_path / "cache")
    assert {each.name for each in tmp_path.iterdir()} >= {"table.md", "table.csv", "inpainting.png"}
    made = (tmp_path / "inpainting.png").read_bytes()
    study("inpainting", "--steps=2", *words, home=tmp_path / "cache")  # restores what was trained
    assert (tmp_path / "inpainting.png").read_bytes() == made


@pytest.mark.parametrize("content", ['{"attention_0": ', "[1, 2]", '{"attention_0": 3}'])
def test_damaged_results_are_refused(content, tmp_path):
    assert studies.read_results(tmp_path / "results.json") == {}
    (tmp_path / "results.json").write_text(content)
    with pytest.raises(InputError, match="results.json (cannot be read as JSON|must hold the results of a study)"):
        studies.read_results(tmp_path / "results.json")


def test_a_study_of_images_takes_crops_of_a_picture(tmp_path):
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (60, 80, 3), dtype="uint8")).save(tmp_path / "photo.png")
    for words in ([f"--data={tmp_path / 'photo.png'}", "--image_size=16"], ["--dataset=terrain", "--image_size=16"]):
        flags = [flag for group in inpainting.flag_groups().values() for flag in group]
        images, unseen = inpainting.load(parse(flags, ["inpainting", "--n=4", *words]))
        assert images.image_shape[:2] == (16, 16) and len(unseen) == 4 and len(images) > 100


@pytest.mark.parametrize("study_of", [identity, inpainting])
def test_data_that_a_study_cannot_measure_with_are_refused(study_of, tmp_path):
    def load(*words):
        flags = [flag for group in study_of.flag_groups().values() for flag in group]
        return study_of.load(parse(flags, [study_of.__name__, f"--data={tmp_path / 'few.npz'}", *words]))

    images = np.zeros((8, 6, 6, 1), "uint8")
    np.savez(tmp_path / "few.npz", images=images[:3], labels=np.arange(3))
    with pytest.raises(InputError, match="--dataset or --data, not both"):
        load("--dataset=digits")
    with pytest.raises(InputError, match="at least 1 images must be held out to measure with, and few has too few"):
        load("--image_size=8")
    np.savez(tmp_path / "few.npz", images=images, labels=np.arange(8))
    if study_of is identity:
        with pytest.raises(InputError, match="at least 7x7 pixels. Received: few of 6x6"):
            load()
    assert len(load("--image_size=8")[1]) == 2


@pytest.mark.parametrize(
    ("study_of", "word", "message"),
    [
        (attention, "--variants=unlabelled", "has no labels: all variants are unlabelled"),
        (attention, "--variants=attention", "at least 40 images must be held out to measure with, and plain has too few"),
        (attention, "--n=19", "n must be a whole number of at least 20"),
        (f_divergences, "--steps=150", "--steps must be a multiple of 100. Received: --steps=150"),
        (unrolled, "--unrolled_steps=", "must be whole numbers of at most 100. Received: "),
        (optimal_discriminator, "--q=exp(-x**2)", "leave out --q. Received: --q=exp(-x**2)"),
    ],
)
def test_studies_refuse_what_they_would_ignore(study_of, word, message, tmp_path):
    np.savez(tmp_path / "plain.npz", images=np.zeros((195, 8, 8, 1), "uint8"))
    further = {attention: [f"--data={tmp_path / 'plain.npz'}"], optimal_discriminator: ["--generator"]}.get(study_of, [])
    groups = getattr(study_of, "flag_groups", None) or study_of.groups
    flags = [flag for group in groups().values() for flag in group]
    with pytest.raises(InputError, match=re.escape(message)):
        study_of.main(parse(flags, [study_of.__name__, word, f"--output={tmp_path / 'new'}", *further]))
    assert not (tmp_path / "new").exists()


@pytest.mark.slow
def test_a_training_of_a_study_ends_at_its_steps_or_minutes(tmp_path):
    def gan():
        return ganzoo.GAN(image_shape=(8, 8, 1))

    images = ganzoo.data.load("digits", image_size=(8, 8))
    how = {"batch_size": 8, "log_every": 1, "verbose": False}
    trained = gan()
    studies.train(trained, images, tmp_path / "run", 2, **how)
    assert studies.progress(tmp_path / "run")[0] == 2
    resumed = gan()
    studies.train(resumed, images, tmp_path / "run", 3, **how)
    assert resumed.step == 3
    step, seconds = studies.progress(tmp_path / "run")
    assert step == 3
    over = gan()
    studies.train(over, images, tmp_path / "run", 100, minutes=seconds / 60, **how)  # which have been used up
    assert over.step == 3
    studies.check_same(gan(), images, tmp_path / "run", 8)
    for other, batch_size in ((images, 16), (ganzoo.data.load("digits", image_size=(8, 8)).images[::-1], 8)):
        with pytest.raises(InputError, match="batch_size|data_fingerprint"):
            studies.check_same(gan(), as_dataset(other), tmp_path / "run", batch_size)
    assert all(np.array_equal(a, b) for a, b in zip(over.get_weights(), resumed.get_weights(), strict=True))


@pytest.mark.slow
def test_equivariance(tmp_path):
    for name in ("stylegan2", "stylegan3"):
        done = run_python("-m", "ganzoo", "train", name, "--steps=2", "--log_every=1", *DIGITS, f"--run_dir={tmp_path / name}")
        assert done.returncode == 0, done.stderr
    runs = (f"--{name}={tmp_path / name}" for name in ("stylegan2", "stylegan3"))
    study("equivariance", *runs, f"--output={tmp_path / 'seen'}", home=tmp_path / "cache")
    assert {each.name for each in (tmp_path / "seen").iterdir()} >= {"equivariance.json", "sticking.png", "moving.gif"}


def test_pictures_have_names_of_their_own_and_results_their_settings(tmp_path, monkeypatch):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        ganzoo.images.save_png(tmp_path / folder / "photo.png", np.zeros((8, 8, 3), "uint8"))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert texture_quality.names_of(["grass", "~/a"]) == [("grass", "grass"), ("photo", str(tmp_path / "a" / "photo.png"))]
    (tmp_path / "empty").mkdir()
    for words, message in ((["~/a/photo.png", "~/b"], "two are called photo"), ([], "name a picture"), (["~/empty"], "name a")):
        with pytest.raises(InputError, match=message):
            texture_quality.names_of(words)
    settings = {"data": "a", "minutes": 4.0, "seed": 0}
    texture_quality.check_same("photo", settings, dict(settings), "results.json")
    with pytest.raises(InputError, match="results of photo with data=a, minutes=8.0, seed=0; take another --output"):
        texture_quality.check_same("photo", settings | {"minutes": 8.0}, settings, "results.json")


@pytest.mark.slow
def test_texture_quality(tmp_path):
    said = study("texture_quality", "--pictures=brick", "--minutes=0.05", f"--output={tmp_path}", home=tmp_path / "cache")
    assert "| brick | statistics |" in said
    done = run_python("-m", "experiments.texture_quality", "--pictures=brick", "--minutes=9", f"--output={tmp_path}")
    assert done.returncode == 2 and "minutes=0.05" in done.stderr
    assert {each.name for each in tmp_path.iterdir()} >= {"results.json", "brick.png"}
