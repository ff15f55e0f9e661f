"""The commands as a user types them: help, typing errors, bad data, a run from start to end."""

import errno
import json
import os
import re
import sys
import types

import numpy as np
import pytest
import tensorflow as tf
from conftest import ROOT, make_gan, make_tiny, run_python, slow
from PIL import Image

import ganzoo
from ganzoo import networks
from ganzoo.augmentation import Adaptive, RandomTranslation
from ganzoo.commands import command as command_line
from ganzoo.commands import compose, evaluate, flags, folders, runner, sample, sources, texture
from ganzoo.commands.main import VERBS
from ganzoo.commands.main import main as ganzoo_main
from ganzoo.data import ImageDataset
from ganzoo.errors import InputError
from ganzoo.registry import MODELS, RECIPES
from ganzoo.training.runs import RunDirectory

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
        (["texture", "--blend=3,2147483648"], "two seeds such as 3,8, 0 to 2147483647. Received: --blend=3,2147483648"),
        (["texture", "--seed=2147483647", "--count=2"], "seeds go up to 2147483647. Received: --seed=2147483647 --count=2"),
        (["texture", "--raw_size=100"], "raw_size must be one that the engine takes; the nearest are Unity 65 or 129"),
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
        (["--alpha=blurple"], "alpha must be keep, or a color"),
        (["--alpha=red"], "--alpha is about pictures of your own"),
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


@pytest.mark.slow
@pytest.mark.parametrize("networks", ["dense", "dcgan", "texture", "infogan"])
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
        slow("dcgan", ["--n_critic=3"], "n_critic=3"),
        slow("wgan-textures", ["--variant=wgan_gp", "--penalty=5"], "GradientPenalty(weight=5.0)"),
        slow("wgan-textures", ["--clip_all_weights"], "WeightClip(only_kernels=False)"),
        slow("relativistic", ["--gamma=3"], "R1(weight=3.0), R2(weight=3.0)"),
        slow("function-gan", ["--loss=minimax"], "loss=Minimax()"),
        ("function-gan", ["--lecture_baseline"], "loss=Minimax()"),
        (
            "dcgan",
            ["--regularizers=r1,r2", "--penalty_weight=2", "--penalty_every=4"],
            "regularizers=(Lazy(regularizer=R1(weight=2.0), every=4), Lazy(regularizer=R2(weight=2.0), every=4))",
        ),
        ("dcgan", ["--regularizers=r1", "--feature_matching=0.5"], "feature_matching=FeatureMatching(weight=0.5"),
        slow("dcgan", ["--regularizers=historical_averaging"], "generator_regularizers=(HistoricalAveraging("),
        ("dcgan", ["--label_smoothing=0.1", "--top_k=0.5"], "loss=TopK(loss=LabelNoise(), share=0.5)"),
        slow("dcgan", ["--loss=minimax", "--label_flipping=0.2"], "LabelNoise(loss=Minimax(), smoothing=0.0, flipping=0.2)"),
        slow("dcgan", ["--loss=wasserstein", "--regularizers=dragan"], "loss=Wasserstein()"),
        slow("dcgan", ["--loss=wasserstein", "--spectral_norm"], "loss=Wasserstein()"),
        slow("infogan", ["--loss=wasserstein", "--spectral_norm"], "loss=Wasserstein()"),
    ],
)
def test_objective_flags(name, words, expected):
    model = compose.build(game(name, *words), (8, 8, 1), function="x")
    assert expected in repr(model.objective)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--loss=wasserstein"], "for a critic whose slope is bounded"),
        slow(["--loss=wasserstein", "--regularizers=orthogonal", "--top_k=0.5"], "for a critic whose slope is bounded"),
        slow(["--loss=wasserstein", "--spectral_norm", "--discriminator_batch_norm"], "for a critic whose slope is bounded"),
        (["--penalty_every=4"], "--penalty_every is about the penalties of --regularizers"),
        (["--penalty_every=4", "--regularizers=r1,orthogonal"], "--penalty_every is for penalties of slopes"),
        slow(["--penalty_weight=4"], "--penalty_weight is about the penalties of --regularizers"),
        (["--loss=hinge", "--label_smoothing=0.1"], "labels can be smoothed only where the loss is a cross-entropy"),
    ],
)
def test_flags_of_an_objective_that_make_no_sense_are_refused(words, message):
    with pytest.raises(InputError, match=message):
        compose.build(game("dcgan", *words), (8, 8, 1))


def test_a_run_of_a_game_that_is_refused_now_goes_on():
    model = compose.build(game("dcgan", "--loss=wasserstein"), (8, 8, 1), resume=True)
    assert repr(model.objective.loss) == "Wasserstein()"


@pytest.mark.slow
def test_label_noise_goes_into_a_zero_sum_game():
    model = compose.build(game("unrolled-gan", "--label_smoothing=0.1"), (2,))
    assert repr(model.objective.loss) == "ZeroSum(loss=LabelNoise())"
    with pytest.raises(InputError, match="top-k leaves out fakes"):
        compose.build(game("unrolled-gan", "--top_k=0.5"), (2,))


def test_adaptive_augmentation_by_flags():
    model = compose.build(game("dcgan", "--augmentation=translation", "--augmentation_target=0.5"), (8, 8, 1))
    assert model.augmentation == Adaptive(RandomTranslation(), 0.5)


@pytest.mark.slow
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


@pytest.mark.slow
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


def test_a_full_disk_leaves_no_stump_of_weights(tmp_path, monkeypatch):
    gan, path = make_tiny(), tmp_path / "weights" / "epoch_000.weights.h5"
    keeper = runner.keep_weights(tmp_path, epoch_steps=2)
    keeper.set_model(gan)

    def full(handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left") as caught:
            keeper.on_train_batch_end(0)
    assert caught.value.filename == str(path)
    assert list(path.parent.iterdir()) == []
    keeper.on_train_batch_end(0)
    weights = gan.generator.get_weights()
    gan.generator.set_weights([weight + 1 for weight in weights])
    gan.generator.load_weights(path)
    assert all(map(np.array_equal, gan.generator.get_weights(), weights))


def test_paths_are_whole_ones_and_of_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    recipe = RECIPES["cyclegan"]
    options = options_for(recipe, "--data_a=~/horses", "--data_b=../zebras", "--run_dir=~/run")
    kept = runner.flags_to_keep(options)
    assert (kept["data_a"], kept["data_b"]) == (str(tmp_path / "horses"), str(tmp_path.parent / "zebras"))
    assert runner.flags_to_keep(options_for(RECIPES["dcgan"]))["data"] == ""
    assert folders.new_run_dir(options, recipe.name) == RunDirectory("~/run").path == tmp_path / "run"
    (tmp_path / "run").mkdir()
    assert folders.selected_run(options) == tmp_path / "run"
    options = types.SimpleNamespace(output="~/picture.png")
    assert folders.file_output(options, tmp_path / "samples.png") == tmp_path / "picture.png"
    options.output = "~/study"
    assert folders.new_output(options, "attention") == tmp_path / "study"
    assert [path.name for path in tmp_path.iterdir() if "~" in path.name] == []


@pytest.mark.parametrize(
    ("names", "number", "label"),
    [
        (("1", "2", "11"), 2, 1),
        (("1", "2", "11"), 11, 2),
        (("01", "02", "03"), 3, 2),
        (("one", "0", "two"), 0, 1),
        (("a", "b", "c"), 2, 2),
        (None, 2, 2),
    ],
)
def test_a_digit_is_the_class_that_is_called_so(names, number, label):
    images = ImageDataset(np.zeros((3, 4, 4), "uint8"), [0, 1, 2], class_names=names)
    assert sources.class_called(images, number) == label
    counted = ImageDataset(np.zeros((3, 4, 4), "uint8"), [1, 2, 3])
    assert counted.with_label(sources.class_called(counted, 3)).name == "images (label 3)"
    with pytest.raises(InputError, match="no class called 0. Its classes: 1, 2, 3"):
        sources.class_called(counted, 0)


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
def test_clusters_stand_in_for_labels(tmp_path, monkeypatch, capfd):
    run = f"--run_dir={tmp_path / 'run'}"
    short = ("--clusters=5", "--steps=2", "--batch_size=4", "--log_every=1", "--width=4", run)
    status, said, errors = invoke(short, monkeypatch, capfd, ("train", "modern"))
    assert (status, "digits (5 clusters): 1797 images" in said) == (0, True), errors
    assert invoke([run, "--resume", "--steps=3"], monkeypatch, capfd, ("train", "modern"))[0] == 0
    status, said, errors = invoke([run, "--n=100", "--features=pixels"], monkeypatch, capfd, ("evaluate",))
    assert (status, "label accuracy" in said) == (0, False), errors
    status, _, errors = invoke([run, "--n=8", "--steps=1", "--starts=2"], monkeypatch, capfd, ("invert",))
    assert status == 0, errors  # the labels 5, 6 and 7 of the images are no clusters
    asked = ["--labels=2,4", f"--output={tmp_path / 'picture.png'}", run]
    assert invoke(asked, monkeypatch, capfd, ("sample",))[0] == 0
    short = (*short[:-1], "--variant=modern", f"--run_dir={tmp_path / 'stacks'}")
    status, said, errors = invoke(short, monkeypatch, capfd, ("train", "stacked-digits"))
    assert (status, "stacks of digits (5 clusters): 60000 images" in said) == (0, True), errors
    for words, message in [
        (["--clusters=5", "--noconditional"], "leave out --noconditional"),
        (["--clusters=5", "--dataset=grass", "--image_size=32", "--crops"], "crops have no clusters: give --nocrops"),
        (["--clusters=5000"], "at most the number of images, 1797"),
        (["--clusters=-1"], "clusters must be a whole number of at least 0"),
    ]:
        status, _, errors = invoke(words, monkeypatch, capfd, ("train", "modern"))
        assert (status, message in errors) == (2, True), errors
    assert "Unknown command line flag 'clusters'" in invoke(["--clusters=5"], monkeypatch, capfd, ("train", "dcgan"))[2]


# What commands take and what they refuse.


@pytest.mark.parametrize(
    ("words", "model", "message"),
    [
        (["invert"], ("TextureGAN", {"depth": 16}), "takes GANs of images of 8 bits a channel. Received: a run of TextureGAN"),
        slow(["invert", "--label=0"], ("DCGAN", {}), "--label goes with a conditional GAN. Received: a run of DCGAN"),
        (["invert", "--label=10"], ("CGAN", {}), "label must be integers from 0 to 9"),
        slow(["invert", "--label=9"], ("CGAN", {}), "was not begun by a command"),  # the run's data are what is looked for next
        slow(
            ["inpaint", "--image=a.png", "--mask=b.png"], ("SiGAN", {}), "8 bits a channel or fill in. Received: a run of SiGAN"
        ),
        (["inpaint", "--image=a.png", "--mask=b.png"], ("DCGAN", {}), "a.png does not exist"),
        slow(["inpaint", "--image=a.png", "--mask=b.png", "--label=0"], ("DCGAN", {}), "--label goes with a conditional GAN"),
        slow(["sample", "--interpolate"], ("PointGAN", {}), "make images from latents. Received: a run of PointGAN"),
        slow(["sample", "--interpolate"], ("CycleGAN", {}), "make images from latents. Received: a run of CycleGAN"),
        slow(["evaluate"], ("PointGAN", {}), "images made from latents. Received: a run of PointGAN, of points"),
        slow(["evaluate"], ("CycleGAN", {}), "Received: a run of CycleGAN, asked with images (make translation"),
        (["evaluate", "--inception_weights=w.h5"], ("GAN", {}), "goes with --features=inception. Received: --features=auto"),
        (["sample", "--traverse=0", "--labels=1"], ("InfoGAN", {"classes": 3}), "--traverse does not go with --labels."),
        (["sample", "--traverse=0", "--n=9"], ("InfoGAN", {}), "--traverse does not go with --n."),
        (["sample", "--straight"], ("GAN", {}), "--straight goes with --interpolate."),
        (["invert", "--image=a.png", "--n=3"], ("GAN", {}), "--image does not go with --n."),
        (
            ["inpaint", "--image=a.png", "--mask=b.png", "--steps=9"],
            ("ContextEncoder", {}),
            "ContextEncoder, which is not searched for latents, does not go with --steps.",
        ),
        (["texture", "--notile", "--preview=2x2"], ("TextureGAN", {}), "--notile does not go with --preview."),
        (["texture", "--dark_is_high"], ("TextureGAN", {"depth": 16}), "a run on heights, which are no estimate, does not go"),
        (["sample", "--n=50"], ("PointGAN", {}), "a picture of points does not go with --n."),
        (["texture", "--blend_shape=radial"], ("TextureGAN", {}), "--blend_shape goes with --blend. Received: --blend_shape=r"),
        (["texture", "--blend=3,8", "--seed=7"], ("TextureGAN", {}), "--blend does not go with --seed."),
        (["texture", "--nomaps", "--engine=unreal"], ("TextureGAN", {}), "--nomaps does not go with --engine."),
    ],
)
def test_models_are_refused_before_data_are_read(words, model, message, tmp_path, monkeypatch, capfd):
    name, options = model
    made = make_gan(name, **options)
    monkeypatch.setattr("ganzoo.load", lambda run_dir: made)
    monkeypatch.chdir(tmp_path)
    status, _, said = invoke([f"--run_dir={tmp_path}", *words[1:]], monkeypatch, capfd, words[:1])
    assert (status, message in said) == (2, True), said


@pytest.mark.parametrize(("labels", "n", "columns"), [("0-99", None, 100), ("0-2", None, 64), ("0-2", 5, 5)])
def test_as_many_samples_as_labels_are_asked_for(labels, n, columns, tmp_path):
    asked, model = [], make_gan("GAN", classes=100)
    model.sample = lambda n, *rest, **given: asked.append((n, len(given["labels"]))) or np.zeros((n, 8, 8, 1), "uint8")
    words = ["sample", f"--labels={labels}", *([f"--n={n}"] if n else [])]
    found = flags.parse([flag for group in sample.groups().values() for flag in group], words)
    sample.draw(model, found, tmp_path)
    assert asked == [(columns, 100 if labels == "0-99" else 3)]


def test_a_texture_is_not_painted_for_a_file(tmp_path, monkeypatch, capfd):
    (tmp_path / "file").write_text("mine")
    for output in ("file", "file/below"):
        words = [f"--run_dir={tmp_path}", f"--output={tmp_path / output}"]
        status, _, said = invoke(words, monkeypatch, capfd, ("texture",))
        assert (status, f"output must be a folder, but {tmp_path / 'file'} is a file." in said) == (2, True), said
    assert texture.parse_seeds("3,2147483647") == (3, 2147483647)


@pytest.mark.slow
def test_textures_of_the_last_seeds_are_painted(tmp_path, monkeypatch, capfd):
    made = make_gan("TextureGAN")
    monkeypatch.setattr("ganzoo.load", lambda run_dir: made)
    words = [f"--run_dir={tmp_path}", f"--output={tmp_path / 'set'}", "--size=32x32", "--engine=godot", "--raw_size=100"]
    status, _, said = invoke([*words, "--seed=2147483646", "--count=2"], monkeypatch, capfd, ("texture",))
    assert status == 0, said
    assert sorted(each.name for each in (tmp_path / "set").iterdir()) == ["texture_2147483646", "texture_2147483647"]
    assert (tmp_path / "set" / "texture_2147483647" / "height.raw").stat().st_size == 2 * 100 * 100


def test_evaluate_needs_images_and_keeps_their_classes(stripes):
    gan = make_gan("GAN")
    for train, unseen, message in ((3, None, "Received: 3"), (5, 1, "Received: 5 and 1 unseen")):
        parts = ganzoo.data.ImageDataset(stripes[:train]), None if unseen is None else ganzoo.data.ImageDataset(stripes[:1])
        with pytest.raises(InputError, match=f"evaluate compares 2 real images or more with as many others. {message}"):
            evaluate.evaluate(gan, *parts, 20, 1, "pixels")
    assert evaluate.evaluate(gan, ganzoo.data.ImageDataset(stripes[:4]), None, 20, 1, "pixels")["real_images"] == 2
    uneven = ganzoo.data.ImageDataset(stripes[:40], np.repeat([0, 1], [30, 10]))
    asked = evaluate._labels_like(uneven, 2, 20, seed=1)
    assert np.bincount(asked).tolist() == [15, 5] and (asked != np.sort(asked)).any()
    assert np.bincount(evaluate._labels_like(ganzoo.data.ImageDataset(stripes), 3, 9, seed=1)).tolist() == [3, 3, 3]
    gaps = ganzoo.data.ImageDataset(stripes[:40], np.repeat([0, 10, 20, 30], 10))
    assert [half.classes for half in evaluate.halves(gaps)] == [31, 31]


@pytest.mark.slow
def test_data_that_changed_are_refused(tmp_path, monkeypatch, capfd, stripes):
    archive, run = tmp_path / "mine.npz", f"--run_dir={tmp_path / 'run'}"
    labels = np.repeat([0, 10, 20], 20)
    np.savez(archive, images=stripes, labels=labels)
    words = ("--steps=1", "--batch_size=4", "--log_every=1", f"--data={archive}", "--classes=0,10", run)
    assert invoke(words, monkeypatch, capfd, ("train", "cgan"))[0] == 0
    few = (run, "--steps=2", "--starts=2", "--n=3")
    for label, expected in (([], [0, 0, 0]), (["--label=1"], [1, 1, 1])):
        assert invoke([*few, *label], monkeypatch, capfd, ("invert",))[0] == 0
        assert np.load(tmp_path / "run" / "inverted.npz")["labels"].tolist() == expected
    measured = [run, "--n=20", "--features=pixels"]
    assert invoke(measured, monkeypatch, capfd, ("evaluate",))[0] == 0
    np.savez(archive, images=stripes[::-1], labels=labels)
    for verb, asked in (("evaluate", measured), ("invert", few)):
        status, _, said = invoke(asked, monkeypatch, capfd, (verb,))
        assert (status, "are others than it was trained on. Expected: data_fingerprint=" in said) == (2, True), said
    np.savez(archive, images=stripes[:1], labels=labels[:1])
    assert invoke([run, "--n=2"], monkeypatch, capfd, ("sample",))[0] == 0


@pytest.mark.slow
def test_one_image_has_no_other(tmp_path, monkeypatch, capfd, stripes):
    run = f"--run_dir={tmp_path / 'run'}"
    np.savez(tmp_path / "one.npz", images=stripes[:1])
    words = ("--steps=1", "--batch_size=1", "--log_every=1", f"--data={tmp_path / 'one.npz'}", run)
    assert invoke(words, monkeypatch, capfd, ("train", "mlp-gan"))[0] == 0
    status, _, said = invoke([run], monkeypatch, capfd, ("invert",))
    assert (status, "give --image. Received: 1 image of one" in said) == (2, True), said
    Image.fromarray(stripes[0, ..., 0]).save(tmp_path / "one.png")
    words = [run, f"--image={tmp_path / 'one.png'}", "--steps=2", "--starts=2"]
    assert invoke(words, monkeypatch, capfd, ("invert",))[0] == 0


@pytest.mark.slow
def test_a_run_of_texts_is_evaluated_and_inverted(tmp_path, monkeypatch, capfd):
    run = f"--run_dir={tmp_path / 'run'}"
    words = ("--steps=2", "--rough_steps=1", "--width=4", "--image_size=8", "--batch_size=4", "--log_every=1", run)
    assert invoke(words, monkeypatch, capfd, ("train", "stackgan"))[0] == 0
    status, said, errors = invoke([run, "--n=30", "--features=pixels"], monkeypatch, capfd, ("evaluate",))  # of 6,000 texts
    assert (status, "nearest fake" in said) == (0, True), errors
    status, _, errors = invoke([run, "--n=3", "--steps=2", "--starts=2"], monkeypatch, capfd, ("invert",))
    assert status == 0, errors
    texts = runner.data_of(tmp_path / "run")[0].texts[:3]
    np.testing.assert_array_equal(np.load(tmp_path / "run" / "inverted.npz")["texts"], texts)


def test_data_that_cannot_be_stacked_or_told_apart(tmp_path, stripes):
    crops = options_for(RECIPES["stacked-digits"], "--dataset=terrain", "--digit=3")
    with pytest.raises(InputError, match="stacks are made of gray images with labels from 0 to 9. Received: crops of terrain"):
        sources.load(RECIPES["stacked-digits"], crops)
    np.savez(tmp_path / "half.npz", x_train=stripes, y_train=np.arange(60) % 10, x_test=stripes)
    words = f"--data={tmp_path / 'half.npz'}"
    assert len(sources.load_test(RECIPES["cgan"], options_for(RECIPES["cgan"], words))) == 60
    assert sources.load_test(RECIPES["cgan"], options_for(RECIPES["cgan"], words, "--digit=3")) is None
    assert sources.load_test(RECIPES["stacked-digits"], options_for(RECIPES["stacked-digits"], words)) is None


def test_interpolations_of_a_conditional_gan_take_turns(tmp_path):
    asked, model = [], make_gan("CGAN", classes=3)
    model.interpolate = lambda steps, *rest, **given: asked.append(given) or np.zeros((steps, 8, 8, 1), "uint8")
    found = flags.parse([flag for group in sample.groups().values() for flag in group], ["sample", "--interpolate", "--n=4"])
    sample.draw(model, found, tmp_path)
    assert [each["labels"] for each in asked] == [[0], [1], [2], [0]]


@pytest.mark.slow
def test_a_run_that_has_not_grown_is_measured_inverted_and_filled_in(tmp_path, monkeypatch, capfd, stripes):
    images = np.random.default_rng(0).integers(0, 256, (40, 32, 32, 3), dtype="uint8")
    np.savez(tmp_path / "data.npz", images=images)
    run = f"--run_dir={tmp_path / 'run'}"
    words = (
        "--steps=3",
        "--width=8",
        "--stage_steps=2",
        "--batch_size=8",
        "--log_every=1",
        f"--data={tmp_path / 'data.npz'}",
        run,
    )
    status, said, errors = invoke(words, monkeypatch, capfd, ("train", "progressive"))
    assert (status, "the training ended at 8x8 of 32x32: more --steps" in said) == (0, True), errors
    status, said, errors = invoke([run, "--n=20"], monkeypatch, capfd, ("evaluate",))
    assert status == 0, errors
    status, said, errors = invoke([run, "--n=2", "--steps=2", "--starts=2"], monkeypatch, capfd, ("invert",))
    assert status == 0, errors
    mask = np.zeros((32, 32), "uint8")
    mask[8:16, 8:16] = 255
    for name, pixels in (("photo", images[0]), ("mask", mask)):
        Image.fromarray(pixels).save(tmp_path / f"{name}.png")
    given = [f"--image={tmp_path / 'photo.png'}", f"--mask={tmp_path / 'mask.png'}", "--steps=2", "--starts=2"]
    status, said, errors = invoke([run, *given], monkeypatch, capfd, ("inpaint",))
    assert status == 0, errors


def test_an_epoch_of_crops_is_one_that_ends(tmp_path):
    """A picture has millions of crops."""
    assert runner.MOST_AN_EPOCH == 60_000
    options = options_for(RECIPES["mlp-gan"], "--batch_size=60")
    runner._count_epochs(options, runner.MOST_AN_EPOCH)
    assert options.checkpoint_every == 1000


def test_a_typed_dataset_takes_the_place_of_own_pairs(tmp_path, monkeypatch):
    kept = {"data_a": "mine/a", "data_b": "mine/b", "dataset": "inverted_digits"}
    monkeypatch.setattr(runner, "_notes", lambda run_dir: (RECIPES["cyclegan"], kept))
    for words, expected in (((), ("mine/a", "mine/b")), (("--dataset=outlined_digits",), ("", ""))):
        options = options_for(RECIPES["cyclegan"], "--resume", *words)
        runner.settle(RECIPES["cyclegan"], options, tmp_path)
        assert (options.data_a, options.data_b) == expected


def test_a_texture_is_of_no_other_model(tmp_path, monkeypatch, capfd):
    made = make_gan("PointGAN")
    monkeypatch.setattr("ganzoo.load", lambda run_dir: made)
    status, _, said = invoke([f"--run_dir={tmp_path}"], monkeypatch, capfd, ("texture",))
    assert (status, "PointGAN makes images of one size" in said) == (2, True), said
