"""The commands as a user types them: help, typing errors, bad data, a run from start to end."""

import csv
import json
import re
import sys

import numpy as np
import pytest
import tensorflow as tf
from conftest import ROOT, make_tiny, run_python
from PIL import Image

from ganzoo import networks
from ganzoo.commands import command as command_line
from ganzoo.commands import compose, flags, folders, runner
from ganzoo.commands.main import VERBS
from ganzoo.commands.main import main as ganzoo_main
from ganzoo.errors import InputError
from ganzoo.registry import MODELS, RECIPES

TRAIN = ("-m", "ganzoo", "train", "wgan-textures")
SHORT = ("--steps=2", "--batch_size=4", "--log_every=1", "--sample_every=1", "--checkpoint_every=1", "--image_size=8")


def invoke(arguments, monkeypatch, capfd, words=("train", "wgan-textures")):
    """Run `ganzoo` in this process; returns (exit status, its output, its error stream)."""
    monkeypatch.setattr("ganzoo.backend.make_operations_deterministic", lambda: None)
    capfd.readouterr()
    status = 0
    try:
        ganzoo_main(["ganzoo", *words, *arguments])
    except SystemExit as end:
        status = end.code
    return status, *capfd.readouterr()


def options_for(recipe, *words):
    """Return a recipe's options as they are typed."""
    return flags.parse([flag for found in runner.flag_groups(recipe).values() for flag in found], ["ganzoo", *words])


EXPERIMENTS = tuple(sorted(path.stem for path in (ROOT / "experiments").glob("train_*.py")))
STUDIES = (
    "stacked_digits",
    "mode_coverage",
    "attention",
    "truncation",
    "pathologies",
    "optimal_discriminator",
    "results",
    "benchmark",
    "f_divergences",
    "unrolled",
)
DIGITS = tuple(each.name for each in RECIPES.values() if each.dataset == "digits" and each.name != "stacked-digits")


@pytest.mark.parametrize("name", RECIPES)
def test_train_help(name, capfd, monkeypatch):
    status, said, errors = invoke(["--help"], monkeypatch, capfd, ("train", name))
    assert (status, errors) == (0, "")
    shown = re.findall(r"^  --(?:\[no\])?(\w+)$", said, re.MULTILINE) + re.findall(r"--(\w+)(?=,|$)", said.split("also,")[-1])
    for found in runner.flag_groups(RECIPES[name]).values():
        assert {flag.name for flag in found if not flag.hidden} <= set(shown)
    assert "the run:" in said
    for flag in ("steps", "batch_size", "seed", "run_dir", "resume", "checkpoint_every", "sample_every"):
        assert flag in shown


@pytest.mark.parametrize("verb", VERBS)
def test_command_help(verb, capfd, monkeypatch):
    status, said, errors = invoke(["--help"], monkeypatch, capfd, (verb,))
    assert (status, errors) == (0, "")
    assert f"ganzoo {verb}" in said


def test_ganzoo_help_lists_commands_and_names(capfd, monkeypatch):
    for words in ((), ("--help",), ("help",)):
        status, said, _ = invoke([], monkeypatch, capfd, words)
        assert status == 0
        for name in (*VERBS, *RECIPES):
            assert name in said


def test_version(capfd, monkeypatch):
    import ganzoo

    assert invoke([], monkeypatch, capfd, ("--version",))[1].strip() == f"ganzoo {ganzoo.__version__}"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["smaple"], "Did you mean sample?"),
        (["train", "wgna-textures"], "Did you mean wgan-textures?"),
        (["train", "\x1b[2J"], "\\x1b[2J"),
        (["train"], "say what to train"),
        (["train", "infogan", "--codes=1000000000"], "codes must be a whole number of at least 1 and of at most 16,384"),
        (["train", "function-gan", "--points=1000000000"], "points must be a whole number of at least 1 and of at most"),
        (["invert", "--starts=1000000000"], "starts must be a whole number of at least 1 and of at most 10,000"),
        (["train", "--steps=3"], "say what to train"),
        (["sample", "--n=0"], "n must be a whole number of at least 1"),
        (["sample", "--n=1000000000"], "n must be a whole number of at least 1 and of at most 10,000"),
        (["evaluate", "--features=pixel"], "Did you mean pixels?"),
        (["export", "nonsense"], "--name=value"),
    ],
)
def test_unknown_words_are_refused(words, message, capfd, monkeypatch):
    status, _, said = invoke([], monkeypatch, capfd, words)
    assert status == 2
    assert message in said
    assert len(said.strip().splitlines()) == 1


def test_help_does_not_import_tensorflow():
    code = (
        "import sys; sys.argv = ['ganzoo', *sys.argv[1:]]\n"
        "from ganzoo.commands.main import main\n"
        "main(); print([name for name in ('tensorflow', 'keras', 'numpy') if name in sys.modules])"
    )
    for words in (["train", "--help"], ["train", "infogan", "--help"], ["evaluate", "--help"], ["sample", "--help"]):
        done = run_python("-c", code, *words)
        assert done.stdout.splitlines()[-1] == "[]", done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("module", [*EXPERIMENTS, *STUDIES, *(verb for verb in VERBS if verb != "train")])
def test_experiments_help(module):
    done = run_python("-m", f"experiments.{module}", "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"^(flags|the run|the picture):$", done.stdout, re.MULTILINE)


def test_every_recipe_but_variants_has_a_module_in_experiments():
    assert {f"train_{name.replace('-', '_')}" for name in RECIPES} >= set(EXPERIMENTS)


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--dataset=gras"], "Did you mean grass"),
        (["--variant=wgan-gp"], "Did you mean wgan_gp"),
        (["--datset=grass"], "Did you mean: dataset"),
        (["--steps=0"], "steps must be a whole number of at least 1"),
        (["--steps=nan"], "steps"),
        (["--batch_size=-4"], "batch_size"),
        (["--seed=-1"], "seed"),
        (["--seed=2147483648"], "seed"),
        (["--minutes=inf"], "minutes must be a positive number"),
        (["--image_size=32y32"], "image size must look like"),
        (["--image_size=30"], "nearest is 32x32"),
        (["--image_size=4096"], "at most 512x512"),
        (["--dataset=digits", "--image_size=100"], "digits: 8x8 pixels would be enlarged 12.5 times (at most 4)"),
        (["--data=there/is/none"], "there/is/none"),
        (["--data=README.md", "--dataset=grass"], "not both"),
        (["--data=README.md"], "README.md"),
        (["--run_dir=README.md"], "is a file"),
        (["--learning_rate=nan"], "learning_rate must be a positive number"),
        (["--ema_half_life_images=-1"], "ema_half_life_images must be a positive number"),
        (["--resume", "--run_dir=runs/none"], "no run to resume"),
        (["--batch_size=9000"], "fewer than one batch"),
        (["steps=5"], "--name=value"),
        (["--flagfile=README.md"], "flags are not read from files"),
        (["--variant=wgan_gp", "--objective=hinge"], "not both"),
        (["--clip_all_weights", "--variant=wgan_gp"], "--clip_all_weights goes with --objective=wasserstein."),
        (["--upsample_last"], "--upsample_last goes with --networks=dcgan."),
        (["--penalty=5"], "--penalty goes with --objective=wasserstein_gp or ProgressiveGAN."),
        (["--embedding_size=5"], "WGAN is told none"),
        (["--beta_1=1", "--variant=wgan_gp"], "beta_1 must be a number of at least 0 and below 1"),
        (["--objective=wasserstein-gp"], "Did you mean wasserstein_gp?"),
        ([f"--dataset={'x' * 5000}"], "dataset"),
    ],
)
def test_bad_flags_are_refused(flags, message, tmp_path, monkeypatch, capfd):
    flags = flags if any("run_dir" in flag for flag in flags) else [*flags, f"--run_dir={tmp_path / 'new' / 'run'}"]
    status, _, said = invoke(flags, monkeypatch, capfd)
    assert status == 2
    assert "Traceback" not in said
    assert message in said
    assert len(said.strip().splitlines()) <= 2
    assert len(said) < 1600
    assert not (tmp_path / "new").exists()


@pytest.mark.slow
def test_bad_flags_in_a_process(tmp_path):
    done = run_python("-m", "experiments.train_wgan_textures", "--image_size=30", f"--run_dir={tmp_path / 'run'}")
    assert done.returncode == 2
    assert "nearest is 32x32" in done.stderr
    assert len(done.stderr.strip().splitlines()) <= 2


# What the flags of a game come to.


def game(name, *words):
    recipe = RECIPES[name]
    return compose.game_of(recipe, runner.game_values(recipe, options_for(recipe, *words)))


@pytest.mark.parametrize(
    "networks", ["dense", *(pytest.param(each, marks=pytest.mark.slow) for each in ("dcgan", "texture", "infogan"))]
)
def test_any_objective_with_any_networks(networks):
    import ganzoo

    for objective in ganzoo.objectives.BY_NAME:
        found = game("dcgan", f"--networks={networks}", f"--objective={objective}", "--learning_rate=3e-4")
        model = compose.build(found, (8, 8, 1))
        assert type(model.networks) is ganzoo.networks.BY_NAME[networks]
        assert model.objective == ganzoo.objectives.BY_NAME[objective](learning_rate=3e-4)
        if networks == "texture":  # batch norm would void a gradient penalty
            assert model.networks.critic_norm == (objective not in ("wasserstein_gp", "relativistic", "non_saturating_r1"))
        if networks == "infogan":
            without = objective in ("wasserstein_gp", "relativistic", "non_saturating_r1")
            assert model.networks.discriminator_batch_norm != without


@pytest.mark.parametrize(
    ("name", "words", "expected"),
    [
        ("wgan-textures", ["--loss=hinge", "--n_critic=2"], "loss=Hinge()"),
        ("dcgan", ["--n_critic=3"], "n_critic=3"),
        ("wgan-textures", ["--variant=wgan_gp", "--penalty=5"], "GradientPenalty(weight=5.0)"),
        ("wgan-textures", ["--clip_all_weights"], "WeightClip(only_kernels=False)"),
        ("relativistic", ["--gamma=3"], "R1(weight=3.0), R2(weight=3.0)"),
        ("function-gan", ["--loss=minimax"], "loss=Minimax()"),
        ("function-gan", ["--lecture_baseline"], "loss=Minimax()"),
    ],
)
def test_objective_flags(name, words, expected):
    model = compose.build(game(name, *words), (8, 8, 1), function="x")
    assert expected in repr(model.objective)


def test_networks_and_model_flags():
    model = compose.build(game("relativistic", "--critic_width=2"), (8, 8, 1))
    assert (model.networks.critic_norm, model.networks.critic_width) == (False, 2)
    model = compose.build(game("cgan", "--embedding_size=5", "--latent=7"), (8, 8, 1), classes=10)
    assert (model.networks.embedding_size, model.latent.size) == (5, 7)
    model = compose.build(game("dcgan", "--spectral_norm", "--minibatch=std", "--virtual_batch_norm=4"), (8, 8, 1))
    assert model.networks == networks.Changed(networks.DCGAN(), True, "std", 4)
    assert compose.build(game("cgan", "--embedding_size=0"), (8, 8, 1), classes=10).networks.embedding_size is None
    model = compose.build(game("infogan", "--categories=12", "--codes=3", "--learning_rate=1e-4"), (8, 8, 1))
    assert (model.categories, model.codes) == (12, 3)
    assert float(model.objective.generator_optimizer.learning_rate) == pytest.approx(5e-4)
    assert compose.build(game("point-gan", "--hidden=8"), (2,)).hidden == (8,)
    model = compose.build(game("digit-wgan", "--variant=wgan_gp"), (8, 8, 1))
    assert type(model.networks).__name__ == "DCGAN"
    assert model.objective.generator_optimizer.beta_1 == 0.5
    assert float(model.objective.generator_optimizer.learning_rate) == pytest.approx(1e-4)
    with pytest.raises(InputError, match="needs labels"):
        compose.build(game("cgan"), (8, 8, 1))
    with pytest.raises(InputError, match="give it or --loss, not both"):
        game("function-gan", "--lecture_baseline", "--loss=hinge")


def test_help_follows_the_chosen_networks_and_objective(monkeypatch, capfd):
    _, said, _ = invoke(["--help", "--objective=wasserstein_gp", "--networks=texture"], monkeypatch, capfd, ("train", "dcgan"))
    assert "  --penalty\n" in said
    assert "  --critic_width\n" in said
    assert "  --upsample_last\n" not in said
    assert "  --[no]critic_norm" in said


@pytest.mark.parametrize("name", RECIPES)
def test_defaults_are_those_of_the_classes(name):
    """What a recipe trains is the class's own default, but for the flags that the recipe itself names."""
    import ganzoo

    recipe = RECIPES[name]
    classes = 10 if MODELS[recipe.model].labels else None
    if recipe.data == "images" and not recipe.flags:
        model = compose.build(game(name), (8, 8, 1), classes)
        own = getattr(ganzoo, recipe.model)(image_shape=(8, 8, 1))
        assert model.settings() == own.settings()


# What a folder holds is a stranger's.


def write_config(run_dir, notes):
    config = {"schema": 2, "run": "0" * 16, "settings": {}, "notes": notes}
    (run_dir / "config.json").write_text(json.dumps(config))


def write_notes(run_dir, experiment="wgan-textures", **values):
    run_dir.mkdir(parents=True, exist_ok=True)
    write_config(run_dir, {"experiment": experiment, "flags": values})
    return run_dir


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"steps": "__import__('os').system('x')"}, "steps must be a whole number"),
        ({"steps": True}, "steps must be"),
        ({"steps": None}, "steps must be"),
        ({"seed": -1}, "seed must be"),
        ({"seed": 1e300}, "seed must be"),
        ({"learning_rate": "1"}, "learning_rate must be a positive number"),
        ({"dataset": ["grass"]}, "dataset must be text"),
        ({"dataset": "os.system"}, "dataset must be one of"),
        ({"strict": "yes"}, "strict must be true or false"),
        ({"data": "x" * 5000}, "text of at most 4,096 characters"),
        ({"data": "a\0b"}, "text of at most 4,096 characters"),
        ({"networks": "ganzoo.networks"}, "networks must be one of"),
        ({"__class__": 1}, "holds a flag that wgan-textures has not"),
    ],
)
def test_flags_of_a_run_are_checked(values, message, tmp_path):
    with pytest.raises(InputError, match=re.escape(message)):
        runner.options_of(write_notes(tmp_path / "run", **values))


@pytest.mark.parametrize("experiment", ["os", "../../x", "sample", "", None, 7, ["dcgan"], "train_dcgan", "x" * 9999])
def test_experiment_of_a_run_comes_from_the_registry(experiment, tmp_path):
    with pytest.raises(InputError, match="is a run of no command of ganzoo") as raised:
        runner.options_of(write_notes(tmp_path / "run", experiment))
    assert len(str(raised.value)) < 500


@pytest.mark.parametrize("notes", [None, 3, [], {"experiment": "dcgan"}, {"experiment": "dcgan", "flags": []}])
def test_notes_that_are_none_are_refused(notes, tmp_path):
    write_config(tmp_path, notes)
    with pytest.raises(InputError):
        runner.options_of(tmp_path)


def test_remembered_flags_and_the_time_limit(tmp_path):
    run_dir, limits, recipe = tmp_path / "run", [], RECIPES["wgan-textures"]
    for words in (["--steps=70"], ["--resume"], ["--resume", "--minutes=2"], ["--resume", "--steps=90"]):
        options = options_for(recipe, *words)
        runner.settle(recipe, options, run_dir)
        limits.append((options.steps, options.minutes))
        write_notes(run_dir, recipe.name, **runner.flags_to_keep(options))
    assert limits == [(70, None), (70, None), (70, 2.0), (90, None)]


def test_remembered_data_gives_way_to_what_is_typed(tmp_path):
    recipe = RECIPES["dcgan"]
    write_notes(tmp_path, recipe.name, data="pictures", dataset="digits")
    options = options_for(recipe, "--resume", "--dataset=mnist")
    runner.settle(recipe, options, tmp_path)
    assert (options.data, options.dataset) == ("", "mnist")
    other = options_for(RECIPES["lsgan"], "--resume")
    with pytest.raises(InputError, match="is a run of dcgan, not of lsgan"):
        runner.settle(RECIPES["lsgan"], other, tmp_path)


# How a command ends.


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (InputError("bad\nthing"), 2, "error: bad thing\n"),
        (KeyboardInterrupt(), 130, "\nstopped by Ctrl-C\n"),
        (OSError("no space"), 1, "error: no space\n"),
        (InputError("a\x1b]0;b\x07c\u202e"), 2, "error: a\\x1b]0;b\\x07c\\u202e\n"),
    ],
)
def test_statuses(error, status, said, capsys):
    with pytest.raises(SystemExit) as end, command_line.statuses():
        raise error
    assert end.value.code == status
    assert capsys.readouterr().err == said


def test_failed_training_has_status_1(capsys):
    from ganzoo.errors import NonFiniteLossError

    with pytest.raises(SystemExit) as end, command_line.statuses():
        raise NonFiniteLossError("discriminator_loss is NaN")
    assert end.value.code == 1
    assert capsys.readouterr().err == "stopped: discriminator_loss is NaN\n"


def test_no_message_is_longer_than_a_screen(capsys):
    with pytest.raises(SystemExit), command_line.statuses():
        raise InputError("long " * 10_000)
    assert len(capsys.readouterr().err) < 1600


def test_refused_folders_are_removed_and_others_stay(tmp_path):
    (tmp_path / "old").mkdir()
    for path in (tmp_path / "a" / "b", tmp_path / "old"):
        with pytest.raises(InputError), folders.leaving_nothing_if_refused(path):
            path.mkdir(parents=True, exist_ok=True)
            (path / "file").touch()
            raise InputError("no")
    assert [each.name for each in tmp_path.iterdir()] == ["old"]
    assert (tmp_path / "old" / "file").exists()


def test_commands_to_copy_name_the_interpreter(monkeypatch):
    assert command_line.ganzoo_words("sample", "--n=2").endswith(" -m ganzoo sample --n=2")
    monkeypatch.setattr("sys.executable", "/opt/an interpreter/python3")
    assert command_line.ganzoo_words("train", "dcgan") == "'/opt/an interpreter/python3' -m ganzoo train dcgan"
    monkeypatch.setattr(sys.modules["__main__"], "__spec__", type("Spec", (), {"name": "experiments.train_dcgan"}))
    assert command_line.ganzoo_words("train", "dcgan", "--resume").endswith("python3' -m experiments.train_dcgan --resume")
    assert command_line.ganzoo_words("export").endswith("python3' -m experiments.export")


def test_a_folder_from_training_to_resume(tmp_path, monkeypatch, capfd):
    rng = np.random.default_rng(0)
    folder = tmp_path / "pictures"
    folder.mkdir()
    for i in range(12):
        Image.fromarray(rng.integers(0, 256, (9 + i, 12, 3), dtype="uint8")).save(folder / f"{i}.png")
    (folder / "text\x1b.png").write_text("no picture")
    run = tmp_path / "run"
    flags = (*SHORT, "--nocrops", "--networks=dense", f"--data={folder}", f"--run_dir={run}")
    status, _, said = invoke([*flags, "--strict"], monkeypatch, capfd)
    assert status == 2
    assert "text?.png" in said
    status, said, _ = invoke(flags, monkeypatch, capfd)
    assert status == 0
    assert "text?.png" in said
    assert "\x1b.png" not in said
    assert "12 images, 8x8x3" in said
    (last,) = re.findall(r"^step 2/2.*$", said, re.MULTILINE)
    for shown in ("critic loss ", "Wasserstein estimate ", "generator loss ", "images/s"):
        assert shown in last
    for shown in ("ganzoo sample", "--resume", "ganzoo export", "tensorboard"):
        assert shown in said
    for name in re.findall(r"^  ([\w.]+)(?:/| ) ", said.split("In ")[1].split("Next:")[0], re.MULTILINE):
        assert (run / name).exists(), name
    status, _, said = invoke(flags, monkeypatch, capfd)
    assert status == 2
    assert "--resume" in said
    # A resumed run remembers its flags; another value for one that matters is refused.
    status, _, said = invoke([f"--run_dir={run}", "--resume", "--batch_size=5"], monkeypatch, capfd)
    assert status == 2
    assert "batch_size: 4 -> 5" in said
    status, said, _ = invoke(
        ["--n=9", f"--run_dir={run}", f"--output={tmp_path / 'nine.png'}"], monkeypatch, capfd, ("sample",)
    )
    assert status == 0
    with Image.open(tmp_path / "nine.png") as grid:
        assert grid.size == (3 * 64 + 2 * 2, 3 * 64 + 2 * 2)


@pytest.mark.slow
def test_a_run_in_processes_of_its_own(tmp_path):
    run = tmp_path / "run"
    done = run_python(*TRAIN, *SHORT, f"--run_dir={run}")
    assert done.returncode == 0, done.stderr
    further = run_python(*TRAIN, f"--run_dir={run}", "--resume", "--steps=3")
    assert further.returncode == 0, further.stderr
    assert "Done at step 3" in further.stdout
    sampled = run_python("-m", "experiments.sample", f"--run_dir={run}", "--n=9", f"--output={tmp_path / 'nine.png'}")
    assert sampled.returncode == 0, sampled.stderr
    exported = run_python("-m", "ganzoo", "export", f"--run_dir={run}", f"--output={tmp_path / 'exported'}")
    assert exported.returncode == 0, exported.stderr
    assert (tmp_path / "exported" / "saved_model.pb").exists()


@pytest.mark.slow
@pytest.mark.parametrize(("experiment", "inputs"), [("train_cgan", "labels"), ("train_function_gan", "points")])
def test_export_example_runs(experiment, inputs, tmp_path):
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
def test_folders_without_a_run_are_refused(command, tmp_path, stripes):
    make_tiny().train(stripes, steps=1, batch_size=8, run_dir=tmp_path / "by_hand", verbose=False)
    for folder, message in (("none", "there is no run at"), ("by_hand", "no class of ganzoo")):
        done = run_python("-m", f"experiments.{command}", f"--run_dir={tmp_path / folder}")
        assert (done.returncode, message in done.stderr) == (2, True), done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("flags", [["--variant=wgan_gp"], ["--variant=relativistic"], ["--clip_all_weights"]])
def test_variants_train(flags, tmp_path):
    done = run_python(*TRAIN, *SHORT, *flags, f"--run_dir={tmp_path / 'run'}")
    assert done.returncode == 0, done.stderr


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
    extra = {"cgan": ["--labels=0-9", "--n=20"], "infogan": ["--traverse=1"]}.get(name, ["--interpolate", "--n=2"])
    sampled = run_python("-m", "experiments.sample", f"--run_dir={run}", *extra, f"--output={tmp_path / 'picture.png'}")
    assert sampled.returncode == 0, sampled.stderr
    assert (tmp_path / "picture.png").exists()


@pytest.mark.slow
def test_clusters_stand_in_for_labels(tmp_path, monkeypatch, capfd):
    run = f"--run_dir={tmp_path / 'run'}"
    short = ("--clusters=5", "--steps=2", "--batch_size=4", "--log_every=1", "--width=4", run)
    status, said, errors = invoke(short, monkeypatch, capfd, ("train", "modern"))
    assert (status, "digits (5 clusters): 1797 images" in said) == (0, True), errors
    assert invoke([run, "--resume", "--steps=3"], monkeypatch, capfd, ("train", "modern"))[0] == 0
    status, said, errors = invoke([run, "--n=100", "--features=pixels"], monkeypatch, capfd, ("evaluate",))
    assert (status, "label accuracy" in said) == (0, False), errors
    asked = ["--labels=2,4", f"--output={tmp_path / 'picture.png'}", run]
    assert invoke(asked, monkeypatch, capfd, ("sample",))[0] == 0
    for words, message in [
        (["--clusters=5", "--noconditional"], "leave out --noconditional"),
        (["--clusters=5", "--dataset=grass", "--image_size=32", "--crops"], "crops have no clusters: give --nocrops"),
        (["--clusters=5000"], "at most the number of images, 1797"),
        (["--clusters=-1"], "clusters must be a whole number of at least 0"),
    ]:
        status, _, errors = invoke(words, monkeypatch, capfd, ("train", "modern"))
        assert (status, message in errors) == (2, True), errors
    assert "Unknown command line flag 'clusters'" in invoke(["--clusters=5"], monkeypatch, capfd, ("train", "dcgan"))[2]


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
    sampled = run_python("-m", "ganzoo", "sample", f"--run_dir={run}", "--n=2", f"--output={tmp_path / 'picture.png'}")
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


@pytest.mark.slow
def test_evaluate(tmp_path):
    run = tmp_path / "run"
    assert run_python("-m", "experiments.train_cgan", "--steps=2", "--log_every=1", f"--run_dir={run}").returncode == 0
    done = run_python(
        "-m", "experiments.evaluate", f"--run_dir={run}", "--n=300", timeout=900, GANZOO_HOME=str(tmp_path / "cache")
    )  # the classifier's training takes minutes
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
def test_stacked_digits(tmp_path):
    run = tmp_path / "run"
    # An empty cache: a classifier is trained first, which takes most of the time.
    words = ("-m", "experiments.stacked_digits", "--steps=3", f"--run_dir={run}")
    done = run_python(*words, timeout=900, GANZOO_HOME=str(tmp_path / "cache"))
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


def test_benchmark_of_techniques(monkeypatch):
    """A row a technique, the plain step first; a lazy penalty's step costs what a whole period of it does on average."""
    from experiments import ablation, benchmark_techniques

    monkeypatch.setattr(ablation, "TECHNIQUES", ("baseline", "lazy_r1"))
    timed = []

    def seconds(step, repeats):
        step()
        timed.append(repeats)
        return [1.0 if repeats == 8 else 0.5] * repeats

    rows = list(benchmark_techniques.slowdowns((8, 8, 3), 2, 3, 1, lambda model, n: model.step.__index__, seconds))
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
