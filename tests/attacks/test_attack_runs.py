"""300 handmade run folders at the doors of `load`, `sample`, `export`, `evaluate` and `--resume`."""

import random
import shutil

import numpy as np
import pytest
from attempts import Attempts, command
from hostile_runs import CHANGES, misname, put_special

import ganzoo
from ganzoo.commands import runner
from ganzoo.training.runs import RunDirectory


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """Return a folder with images, and a run of two steps on them."""
    folder = tmp_path_factory.mktemp("hostile")
    np.savez(folder / "images.npz", x_train=np.random.default_rng(0).integers(0, 256, (40, 8, 8, 1), "uint8"))
    flags = ["--batch_size=8", "--latent=4", "--log_every=1", "--sample_every=2", "--checkpoint_every=2", "--diagnose_every=1"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ganzoo.backend.make_operations_deterministic", lambda: None)
        from ganzoo.commands.main import main

        main(
            [
                "ganzoo",
                "train",
                "mlp-gan",
                "--steps=4",
                f"--data={folder / 'images.npz'}",
                f"--run_dir={folder / 'run'}",
                *flags,
            ]
        )
    return folder / "run"


def make(good, folder, seed, changes=CHANGES):
    """Copy the good run into a folder and change it; returns (its path, the name of the change)."""
    rng = random.Random(seed)
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "victim").mkdir(parents=True)
    (folder / "victim" / "file").write_text("mine")
    run = folder / "run"
    shutil.copytree(good, run)
    change = changes[seed % len(changes)]
    change(run, rng, str(folder / "ran"))
    return run, f"{seed}: {change.__name__}"


def check_untouched(folder, name):
    assert not (folder / "ran").exists(), name
    assert [path.name for path in (folder / "victim").iterdir()] == ["file"], name
    assert (folder / "victim" / "file").read_text() == "mine", name


@pytest.mark.slow
def test_loading(good, tmp_path):
    attempts, remembered = Attempts(seconds=20), Attempts(seconds=20)
    usual = {4: ganzoo.load(good).generator.get_weights()}
    shutil.copytree(good, tmp_path / "older")
    shutil.rmtree(tmp_path / "older" / "checkpoints" / "step_00000004")
    usual[2] = ganzoo.load(tmp_path / "older").generator.get_weights()
    for seed in range(300):
        run, name = make(good, tmp_path / "stranger", seed)
        model, _ = attempts(name, lambda run=run: ganzoo.load(run))
        if model is not None and "change_arrays" not in name and "change_config" not in name and "change_bytes" not in name:
            assert all(np.array_equal(a, b) for a, b in zip(model.generator.get_weights(), usual[model.step], strict=True)), (
                name
            )
        remembered(name, lambda run=run: runner.data_of(run))
        check_untouched(tmp_path / "stranger", name)
    assert min(attempts.done, attempts.refused, remembered.done, remembered.refused) > 50


@pytest.mark.slow
@pytest.mark.parametrize("changes", [CHANGES, (put_special,), (misname,)], ids=["all", "special files", "names"])
def test_commands(changes, good, tmp_path, capfd, monkeypatch):
    monkeypatch.setattr("ganzoo.backend.make_operations_deterministic", lambda: None)
    monkeypatch.chdir(tmp_path)
    verbs, statuses = (
        (
            ("sample", "--n=2"),
            ("export", f"--output={tmp_path / 'exported'}"),
            ("evaluate", "--n=20", "--features=pixels"),
            ("train", "mlp-gan", "--resume", "--steps=5"),
        ),
        [],
    )
    for seed in range(20):
        run, name = make(good, tmp_path / "stranger", 1000 + seed, changes)
        verb = verbs[seed % 4 if changes is CHANGES else 3 * (seed % 2)]
        status, _, errors = Attempts(seconds=60)(
            f"{name} {verb}", lambda v=verb, r=run: command([*v, f"--run_dir={r}"], capfd)
        )[0]
        assert status in (0, 1, 2), f"{name}: {errors}"
        statuses.append(status)
        check_untouched(tmp_path / "stranger", f"{name} {verb}")
    assert 0 in statuses
    assert 2 in statuses


def light_run(folder):
    """Return a run folder as a command would leave it, with arrays of no model."""
    run = RunDirectory(folder)
    run.checkpoints.save(2, {"a/000": np.ones((3, 2), "float32")})
    with run.writing():
        flags = {"steps": 4, "batch_size": 8, "latent": 4, "dataset": "digits"}
        run.write_config({"settings": {"model": "GAN"}, "notes": {"experiment": "mlp-gan", "flags": flags}})
    for name in ("samples", "tensorboard"):
        (folder / name).mkdir()
    return folder


def test_a_few_strangers(tmp_path):
    attempts, seen = Attempts(seconds=5), Attempts(seconds=5)
    good = light_run(tmp_path / "light")
    for seed in range(40):
        run, name = make(good, tmp_path / "stranger", seed)
        attempts(name, lambda run=run: runner.options_of(run))
        seen(name, lambda run=run: (RunDirectory(run).config(), RunDirectory(run).checkpoints.latest(report=str)))
        check_untouched(tmp_path / "stranger", name)
    assert min(attempts.done, attempts.refused, seen.done, seen.refused) >= 3
