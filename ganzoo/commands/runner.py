"""One training run from flags: data, model, training, and where everything is."""

import contextlib
import dataclasses
import io
import os
import pathlib
import shlex

from ganzoo.commands import compose, folders, sources
from ganzoo.commands.command import ganzoo_words, say
from ganzoo.commands.flags import Flag, count, flag_is_set, parse, seed
from ganzoo.errors import InputError, Interrupted
from ganzoo.registry import RECIPES
from ganzoo.utils.files import expanded, naming, write_whole

MOST_AN_EPOCH = 60_000  # crops, of which a picture has millions


def run_flags(recipe):
    """Return the flags of every training run, with a recipe's defaults."""
    checkpoint_every, sample_every, log_every, diagnose_every = recipe.every
    counted = {"kind": int, "low": 1, "high": 10**6}
    epochs = Flag(
        "epochs", recipe.epochs, "passes over the data, where --steps is not given; at least 1", **counted, optional=True
    )
    steps = count("steps", recipe.steps, "generator updates in the whole run, each with its discriminator updates")
    every = [
        count("checkpoint_every", checkpoint_every, "steps between checkpoints"),
        count("sample_every", sample_every, "steps between sample pictures"),
    ]
    if recipe.epochs:
        steps = dataclasses.replace(steps, default=None, optional=True, shown="--epochs of the data")
        every = [dataclasses.replace(flag, default=None, optional=True, shown="every epoch") for flag in every]
    limit = "minutes of training after which to stop even if steps are left, above 0; with --steps there is no limit"
    again = "with --resume: settings that are changed on purpose, as the refusal names them, separated by commas"
    return [
        steps,
        epochs,
        Flag("minutes", recipe.minutes, limit, float, above=0, optional=True),
        count("batch_size", recipe.batch_size, "examples per update", high=10**7),
        seed(0, "decides initial weights, noise and the order of examples"),
        Flag("run_dir", "", f"folder of the run (default: a new one, runs/{recipe.name.replace('-', '_')}/DATA-DATE-TIME)"),
        Flag("resume", False, "continue the run in --run_dir, or the newest; its flags are remembered", bool),
        Flag("override", [], again, list, shown=""),
        *every,
        count("diagnose_every", diagnose_every, "steps between checks for symptoms of failure"),
        count("log_every", log_every, "steps per row of metrics.csv"),
    ]


def flag_groups(recipe, game=None):
    """Return {title: flags} of a recipe.

    Args:
        recipe: `ganzoo.registry.Recipe`.
        game: `Game` whose arguments --help shows; default: the recipe's own.
    """
    return {
        "what to train on": sources.data_flags(recipe),
        "the game": compose.game_flags(recipe, game or compose.game_of(recipe, {})),
        "the run": run_flags(recipe),
    }


def train(recipe, options):
    """Train the model that the flags describe and say what was made.

    Args:
        recipe: `ganzoo.registry.Recipe`.
        options: its flags' values, as `ganzoo.commands.flags.parse` returns them.

    Returns:
        The trained model.
    """
    run_dir = folders.new_run_dir(options, recipe.name)
    settle(recipe, options, run_dir)
    game = compose.game_of(recipe, game_values(recipe, options))
    data = sources.clustered(options, game.model, sources.load(recipe, options))
    examples = min(len(data), MOST_AN_EPOCH) if hasattr(data, "sampled") else len(data)
    _count_epochs(options, examples)

    from ganzoo import backend
    from ganzoo.core.validation import MANY_STEPS

    classes = getattr(data, "classes", None)
    shares = None
    if "clusters" in options and options.clusters:
        game, shares = dataclasses.replace(game, conditional=True), data.label_shares
    model = compose.build(game, _shape(data), classes, options.seed, _function(options), options.steps, data, shares,
                          options.resume)  # fmt: skip
    # Exact resume is promised on a CPU; on a GPU it would cost speed. What XLA compiles there is deterministic by itself, and
    # Keras would not let it compile.
    if not backend.accelerators() and not model.use_xla:
        backend.make_operations_deterministic()
    device = ", ".join(backend.accelerators()) or f"CPU, {os.cpu_count()} cores"
    noun = getattr(data, "noun", "images")
    what = "points" if recipe.data in ("points", "function") else f"{noun}, {'x'.join(map(str, _shape(data)))}"
    say(f"{type(model).__name__} on {data.name}: {len(data)} {what}, on {device}")
    say(f"run directory: {run_dir}")
    resume = resume_command(recipe, run_dir)
    try:
        with folders.leaving_nothing_if_refused(run_dir):
            model.train(
                data,
                steps=options.steps,
                minutes=options.minutes,
                batch_size=options.batch_size,
                run_dir=run_dir,
                resume=options.resume,
                log_every=options.log_every,
                sample_every=options.sample_every,
                checkpoint_every=options.checkpoint_every,
                diagnose_every=options.diagnose_every,
                notes={"experiment": recipe.name, "flags": flags_to_keep(options)},
                callbacks=[keep_weights(run_dir, _epoch(options, examples))] if recipe.epochs else [],
                **({"override": tuple(options.override)} if options.override else {}),
            )
    except Interrupted:
        if (run_dir / "config.json").exists():
            say(f"\nTo continue: {resume}")
        raise
    stages = model.stages(MANY_STEPS)
    if model.stage < len(stages) - 1:
        say(
            f"the training ended at {stages[model.stage].name} of {stages[-1].name}: more --steps, or more --minutes if the "
            "time ran out, would reach the last"
        )
    say(_summary(run_dir, model.step, options.steps, _longer(resume, model)))
    return model


def _longer(resume, model):
    """Return the command that trains a run for twice as many steps, in a model that planned for fewer too."""
    from ganzoo.core.config import parameters

    planned = ["steps", *(f"{name}_optimizer" for name in model.players)] if "steps" in parameters(type(model)) else []
    return f"{resume} --steps={2 * model.step}" + (f" --override={','.join(planned)}" if planned else "")


def keep_weights(run_dir, epoch_steps):
    """Return the callback that writes the generator's weights at the end of every epoch, into weights/."""
    import keras

    folder = pathlib.Path(run_dir) / "weights"

    class KeepWeights(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            epoch, rest = divmod(self.model.step, epoch_steps)
            if rest == 0:
                with naming(folder):
                    folder.mkdir(exist_ok=True)
                weights = _WeightsInMemory()
                self.model.generator.save_weights(weights)
                write_whole(folder / f"epoch_{epoch:03d}.weights.h5", weights.getvalue())

    return KeepWeights()


class _WeightsInMemory(io.BytesIO):
    """A file that Keras writes weights to, which it tells by the name; on a full disk HDF5 ends the whole process."""

    def __str__(self):
        return "memory.weights.h5"


def options_of(run_dir):
    """Return (recipe, flags' values) that a run was begun with.

    Raises:
        InputError: if no command began it, or what its config.json holds is no value of a flag.
    """
    recipe, kept = _notes(run_dir)
    if recipe is None:
        raise InputError(f"{run_dir} was not begun by a command; in Python, model.train(..., resume=True) reads it.")
    options = parse([flag for found in flag_groups(recipe).values() for flag in found], ["ganzoo"])
    for name, value in kept.items():
        setattr(options, name, value)
    return recipe, options


def data_of(run_dir, same=True):
    """Return (the data that a run trained on, the half that no training saw or None).

    Args:
        run_dir: folder of the run.
        same: whether to refuse data that have changed since the run.

    Raises:
        InputError: if the data cannot be read, or are not those that the run was trained on.
    """
    recipe, options = options_of(run_dir)
    data = sources.load(recipe, options)
    if same:
        _check_same(run_dir, sources.clustered(options, compose.game_of(recipe, game_values(recipe, options)).model, data))
    parts = data, sources.load_test(recipe, options)
    return tuple(part.sampled() if hasattr(part, "sampled") else part for part in parts)  # of crops as many as measures take


def _check_same(run_dir, data):
    """Raise InputError if data are others than a run was trained on."""
    from ganzoo.training.runs import RunDirectory

    wanted = RunDirectory(run_dir).config()["settings"].get("data_fingerprint")
    if wanted != data.fingerprint:
        raise InputError(
            f"the data of {run_dir} are others than it was trained on. Expected: data_fingerprint={str(wanted)[:16]}... "
            f"Received: {data.fingerprint[:16]}..., of {data.name}"
        )


def tells_clusters(run_dir):
    """Return whether a run's model is told clusters instead of the labels of its data."""
    _, options = options_of(run_dir)
    return "clusters" in options and options.clusters > 0


def images_and_texts(data):
    """Return (the `ImageDataset` of a run's data, {"texts": those of its images} where these have any)."""
    return (data.images, {"texts": data.texts}) if hasattr(data, "texts") else (data, {})


def resume_command(recipe, run_dir):
    """Return the command that continues a run."""
    return ganzoo_words("train", recipe.name, f"--run_dir={shlex.quote(str(run_dir))}", "--resume")


def game_values(recipe, options):
    """Return {flag: value} of the flags that describe the game."""
    names = [flag.name for flag in compose.game_flags(recipe, compose.game_of(recipe, {}))]
    return {name: options[name].value for name in names}


def _shape(data):
    return next(iter(data.specs.values())).shape


def _function(options):
    return options.function if "function" in options else ""


def _epoch(options, examples):
    return max(1, examples // options.batch_size)


def _count_epochs(options, examples):
    """Set the flags that are counted in epochs where nothing else is said."""
    epoch = _epoch(options, examples)
    if options.steps is None or (flag_is_set(options, "epochs") and not flag_is_set(options, "steps")):
        options.steps = options.epochs * epoch
    for name in ("checkpoint_every", "sample_every"):
        if options[name].value is None:
            setattr(options, name, epoch)


def flags_to_keep(options):
    """Return {flag: value} for config.json; where a run stands and how it is called is no part of it.

    Paths of data are whole ones: a run may be resumed and measured from another folder.
    """
    kept = {name: options[name].value for name in options if name not in ("run_dir", "resume", "override")}
    paths = {name: os.path.abspath(expanded(kept[name])) for name in ("data", "data_a", "data_b") if kept.get(name)}
    return kept | paths


def settle(recipe, options, run_dir):
    """Give flags the values that they have where they are not typed: a resumed run's, and no time limit beside --steps.

    Raises:
        InputError: if there is no run to resume, or one of another recipe.
    """
    if options.resume:
        if not run_dir.is_dir():
            raise InputError(f"there is no run to resume at {run_dir}.")
        begun, kept = _notes(run_dir)
        if begun is not None and begun != recipe:
            raise InputError(f"{run_dir} is a run of {begun.name}, not of {recipe.name}.")
        own = ("data", "data_a", "data_b")
        instead = {"dataset": own, "steps": ("epochs",)} | dict.fromkeys(own, ("dataset",))
        for name, value in kept.items():
            if not any(flag_is_set(options, each) for each in (name, *instead.get(name, ()))):
                setattr(options, name, value)
    options.run_dir = str(run_dir)
    if flag_is_set(options, "steps") and not flag_is_set(options, "minutes"):
        options.minutes = None


def _notes(run_dir):
    """Return (recipe of a run or None, {flag: value}), every value checked as if it had been typed."""
    from ganzoo.training.runs import RunDirectory

    if not pathlib.Path(run_dir).is_dir():
        raise InputError(f"there is no run at {run_dir}.")
    config = RunDirectory(run_dir).config()
    notes = config.get("notes") if isinstance(config, dict) else None
    if not isinstance(notes, dict) or "experiment" not in notes:
        return None, {}
    recipe = RECIPES.get(str(notes["experiment"]))
    if recipe is None:
        raise InputError(f"{run_dir} is a run of no command of ganzoo. Received: experiment={str(notes['experiment'])[:100]!r}")
    known = {flag.name: flag for found in flag_groups(recipe).values() for flag in found}
    kept = {}
    if not isinstance(notes.get("flags"), dict):
        raise InputError(f"{run_dir}/config.json must hold the flags of its run.")
    for name, value in notes["flags"].items():
        if name in ("run_dir", "resume", "override"):
            continue
        if name not in known:
            raise InputError(f"{run_dir}/config.json holds a flag that {recipe.name} has not. Received: {name[:100]!r}")
        with _of_config(run_dir):
            kept[name] = known[name].check(value)
    return recipe, kept


@contextlib.contextmanager
def _of_config(run_dir):
    try:
        yield
    except InputError as error:
        raise InputError(f"{run_dir}/config.json: {error}") from error


_MADE = (
    ("samples.gif", "how samples changed over time", None),
    ("samples.mp4", "the same as a film", None),
    ("samples", "the same as single pictures", "/"),
    ("diagnosis.json", "symptoms of failure that were seen, and the evidence", None),
    ("losses.png", "the losses over time", None),
    ("metrics.csv", "all numbers; curves: tensorboard --logdir={run}", None),
    ("texture", "a seamless tile, side by side with itself in preview.png, and its maps", "/"),
    ("generator", "SavedModel of the generator", "/"),
    ("weights", "the generator's weights after every epoch", "/"),
    ("checkpoints", "to resume", "/"),
)


def _summary(run_dir, step, steps, longer):
    """Return what a finished run says: what it made, and what can be done with it; longer: the command that goes on."""
    run = shlex.quote(str(run_dir))
    done = f"Done at step {step}" if step >= steps else f"The time is up at step {step} of {steps}"
    lines = [f"\n{done}. In {run_dir}:"]
    for name, text, folder in _MADE:
        if (run_dir / name).exists():
            lines.append(f"  {name + (folder or ''):16s} {text.format(run=run)}")
    lines += ["Next:", f"  {ganzoo_words('sample', f'--run_dir={run}')}"]
    if (run_dir / "texture").exists():
        lines.append(f"  {ganzoo_words('texture', f'--run_dir={run}', '--size=1024x1024', '--seed=1')}")
    lines += [f"  {longer}", f"  {ganzoo_words('export', f'--run_dir={run}', '--output=generator')}"]
    return "\n".join(lines)
