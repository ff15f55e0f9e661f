"""What every door promises: no control characters, nothing left by what is refused, nothing written where nothing may be."""

import json
import os

import numpy as np
import pytest
from attempts import command

from ganzoo import data
from ganzoo.errors import InputError
from ganzoo.training.runs import RunDirectory
from ganzoo.utils.files import write_whole

SHORT = ("--batch_size=8", "--latent=4", "--log_every=1", "--sample_every=4", "--checkpoint_every=2")


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    path = tmp_path_factory.mktemp("images") / "images.npz"
    np.savez(path, x_train=np.random.default_rng(0).integers(0, 256, (60, 8, 8, 1), "uint8"))
    return path


@pytest.fixture
def quiet(monkeypatch):
    monkeypatch.setattr("ganzoo.backend.make_operations_deterministic", lambda: None)


def test_messages_hold_no_control_characters(tmp_path):
    assert str(InputError("\x1b]0;a\x07\u202e\nb\ud800")) == "\\x1b]0;a\\x07\\u202e\nb\\ud800"
    folder = tmp_path / "\x1b[2J\nnot here"
    for door in (lambda: data.load(data=folder), lambda: data.load("\x1b[2J"), lambda: RunDirectory(folder).check_same({})):
        with pytest.raises(InputError) as raised:
            door()
        assert "\x1b" not in str(raised.value)
    assert data.ImageDataset(np.zeros((2, 4, 4), "uint8"), name="a\x1b[2J\nb").name == "a?[2J b"


@pytest.mark.parametrize(
    "make", [lambda path, to: os.symlink(to, path), lambda path, to: os.mkfifo(path)], ids=["link", "pipe"]
)
@pytest.mark.parametrize("name", ["samples.gif", "checkpoints/step_00000001", "samples", ".lock"])
def test_nothing_is_written_beside_links_and_pipes(make, name, tmp_path):
    (tmp_path / "run" / "checkpoints").mkdir(parents=True)
    (tmp_path / "victim").write_text("mine")
    make(tmp_path / "run" / name, tmp_path / "victim")
    with pytest.raises(InputError, match=f"{name} is a (link|pipe).*Move it away"), RunDirectory(tmp_path / "run").writing():
        pass
    assert (tmp_path / "victim").read_text() == "mine"


def test_files_take_the_place_of_links(tmp_path):
    (tmp_path / "victim").write_text("mine")
    os.symlink(tmp_path / "victim", tmp_path / "a.json")
    os.symlink(tmp_path / "victim", tmp_path / "a.writing.json")
    write_whole(tmp_path / "a.json", "new")
    assert (tmp_path / "victim").read_text() == "mine"
    assert (tmp_path / "a.json").read_text() == "new"
    assert not (tmp_path / "a.json").is_symlink()
    os.mkfifo(tmp_path / "b.writing.json")
    write_whole(tmp_path / "b.json", "new")
    with pytest.raises(OSError, match=r"a\.json"):
        write_whole(tmp_path / "none" / "a.json", "new")


def content(folder):
    return {path: (path.read_bytes() if path.is_file() else None, path.stat().st_mtime_ns) for path in folder.rglob("*")}


@pytest.mark.slow
def test_a_read_only_run_is_sampled_measured_and_exported_elsewhere(images, tmp_path, capfd, monkeypatch, quiet):
    run = tmp_path / "run"
    assert command(["train", "mlp-gan", "--steps=2", f"--data={images}", f"--run_dir={run}", *SHORT], capfd)[0] == 0
    for path in (run, *run.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    allowed = os.access
    monkeypatch.setattr(
        os, "access", lambda path, mode: allowed(path, mode) and not (mode == os.W_OK and run in (path, *path.parents))
    )
    before = content(run)
    for verb, file in (("sample", "a.png"), ("evaluate", "a.json"), ("invert", "b.png"), ("export", "generator")):
        more = {"evaluate": ["--n=20"], "invert": ["--steps=2", "--n=2"]}.get(verb, [])
        if verb != "export":
            status, _, said = command([verb, f"--run_dir={run}", *more], capfd)
            assert (status, "elsewhere with --output" in said) == (2, True), said
        status, _, said = command([verb, f"--run_dir={run}", f"--output={tmp_path / file}", *more], capfd)
        assert status == 0, said
        assert (tmp_path / file).exists()
    status, _, said = command(["export", f"--run_dir={run}", f"--output={run / 'again'}"], capfd)
    assert (status, "elsewhere with --output" in said) == (2, True), said
    assert content(run) == before


@pytest.mark.slow
def test_override_of_a_command(images, tmp_path, capfd, quiet):
    run = tmp_path / "run"
    assert command(["train", "mlp-gan", "--steps=2", f"--data={images}", f"--run_dir={run}", *SHORT], capfd)[0] == 0
    again = ["train", "mlp-gan", "--resume", "--steps=4", f"--run_dir={run}", "--learning_rate=1e-5"]
    status, _, said = command(again, capfd)
    assert status == 2
    assert "generator_optimizer.learning_rate: 0.00019999999" in said
    assert "name it in override" in said
    assert command([*again, "--override=lerning_rate"], capfd)[0] == 2
    named = "objective,discriminator_optimizer,generator_optimizer"
    status, out, said = command([*again, f"--override={named}"], capfd)
    assert status == 0, said
    config = json.loads((run / "config.json").read_text())
    assert config["overrides"][0]["step"] == 2
    assert any("learning_rate" in change for change in config["overrides"][0]["changes"])
    rates = [line.split(",") for line in (run / "metrics.csv").read_text().splitlines()]
    column = rates[0].index("generator_learning_rate")
    assert [float(row[column]) for row in rates[1:]] == pytest.approx([2e-4, 2e-4, 1e-5, 1e-5], rel=1e-3)
    # Later it is resumed with what it was overridden by.
    assert command(["train", "mlp-gan", "--resume", "--steps=5", f"--run_dir={run}"], capfd)[0] == 0


@pytest.mark.slow
def test_a_refused_command_leaves_no_folder(images, tmp_path, capfd, quiet):
    for words in (["--batch_size=61"], ["--latent=0"], ["--image_size=7"], ["--data=nowhere"], ["--resume"], ["--digit=3"]):
        status, _, _ = command(["train", "mlp-gan", f"--data={images}", f"--run_dir={tmp_path / 'a' / 'run'}", *words], capfd)
        assert (status, list(tmp_path.iterdir())) == (2, []), words
