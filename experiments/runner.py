"""One training run from flags: data, model, training, and where everything is. Every train_*.py is one call to it."""

import importlib
import os
import pathlib
import shlex
import sys
import types

from absl import flags

from experiments import folders
from experiments.flags import given
from ganzoo.errors import InputError, Interrupted

FLAGS = flags.FLAGS


def load_images(options):
    """Return the images that --dataset or --data names, and say what was left out."""
    if given("data") and given("dataset"):
        raise InputError("give --dataset or --data, not both.")

    from ganzoo import data

    size = data.parse_image_size(options.image_size) if options.image_size else None
    images = data.load(options.dataset, options.data, size, strict=options.strict)
    for line in images.skipped[:10]:
        print(f"skipped {line}")
    if len(images.skipped) > 10:
        print(f"skipped {len(images.skipped) - 10} more")
    for note in images.notes:
        print(f"note: {note}")
    return images


def load_for_convolutions(options):
    """Return the same, but scikit-learn's 8x8 digits enlarged to 16x16: at 8 pixels DCGAN's generator collapses at once."""
    if options.dataset == "digits" and not options.data and not options.image_size:
        options.image_size = "16"
    return load_images(options)


def train(experiment, build, load=load_images, watch=None):
    """Train the GAN that the flags describe and say what was made.

    Args:
        experiment: the module's name below `experiments`, e.g. "train_wgan_textures".
        build: callable (options, data) -> `ganzoo.GAN`; options has the flags' values as attributes, data has `image_shape`
            and `classes`.
        load: callable options -> dataset; may change options, where a default depends on the data.
        watch: callable options -> a Keras callback that the training gets besides its own.

    Returns:
        The trained GAN.
    """
    run_dir = folders.of_training(experiment)
    FLAGS["run_dir"].value = str(run_dir)  # for what a command does with the run afterwards
    options = _options(experiment, run_dir)
    images = load(options)

    from ganzoo import backend

    gan = build(options, images)
    # Exact resume is promised on a CPU; on a GPU it would cost speed. What XLA compiles there is deterministic by itself, and
    # Keras would not let it compile.
    if not backend.accelerators() and not gan.use_xla:
        backend.make_operations_deterministic()
    device = ", ".join(backend.accelerators()) or f"CPU, {os.cpu_count()} cores"
    what = f"images, {'x'.join(map(str, images.image_shape))}" if gan.image_rank == 3 else "points"
    print(f"{type(gan).__name__} on {images.name}: {len(images)} {what}, on {device}")
    print(f"run directory: {run_dir}")
    command = f"{_python()} -m experiments.{experiment}"
    go_on = f"{command} --run_dir={shlex.quote(str(run_dir))} --resume"
    try:
        gan.train(
            images,
            steps=options.steps,
            minutes=options.minutes,
            batch_size=options.batch_size,
            run_dir=run_dir,
            resume=options.resume,
            log_every=options.log_every,
            sample_every=options.sample_every,
            checkpoint_every=options.checkpoint_every,
            diagnose_every=options.diagnose_every,
            notes={"experiment": experiment, "flags": vars(options)},
            callbacks=[watch(options)] if watch else [],
        )
    except Interrupted:
        print(f"\nTo go on: {go_on}")
        raise
    print(_farewell(run_dir, gan.step, options.steps, go_on))
    return gan


def restore(run_dir):
    """Return the GAN of a run with its newest checkpoint's weights.

    Raises:
        InputError: if there is no run or no whole checkpoint.
    """
    from ganzoo import state
    from ganzoo.training.runs import RunDirectory

    if not pathlib.Path(run_dir).is_dir():
        raise InputError(f"there is no run at {run_dir}.")
    run = RunDirectory(run_dir)
    config = run.config()
    found = run.checkpoints.latest()
    if config is None or found is None:
        raise InputError(f"{run_dir} holds no run with a whole checkpoint.")
    experiment, options = options_of(run_dir)
    settings = config["settings"]
    data = types.SimpleNamespace(image_shape=tuple(settings["image_shape"]), classes=settings.get("classes"))
    gan = experiment.build(options, data)
    state.set_state(gan, found[1])
    return gan


def options_of(run_dir):
    """Return (the module of a run's experiment, the flags' values that it was begun with)."""
    from ganzoo.training.runs import RunDirectory

    notes = RunDirectory(run_dir).config().get("notes", {})
    if "experiment" not in notes:
        raise InputError(
            f"{run_dir} was not begun by a command of experiments/; in Python, gan.train(..., resume=True) reads it."
        )
    return importlib.import_module(f"experiments.{notes['experiment']}"), types.SimpleNamespace(**notes["flags"])


def data_of(run_dir):
    """Return (the data that a run trained on, their held-out half or None).

    An experiment that trains on a part of a data set, or on something made of it, has a function `select(images, options)`
    that does the same to the held-out half.
    """
    from ganzoo import data

    experiment, options = options_of(run_dir)
    images = getattr(experiment, "load", load_images)(options)
    if not hasattr(options, "dataset"):
        return images, None
    size = data.parse_image_size(options.image_size) if options.image_size else None
    held_out = data.load_test(options.dataset, options.data, size)
    if held_out is not None and hasattr(experiment, "select"):
        held_out = experiment.select(held_out, options)
    return images, held_out


def _options(experiment, run_dir):
    """Return the flags' values; a resumed run remembers its own, and what is given now stands above them."""
    module_flags = [f for m, fs in FLAGS.flags_by_module_dict().items() if "experiments" in m or m == sys.argv[0] for f in fs]
    options = {flag.name: flag.value for flag in module_flags}
    if FLAGS.resume:
        from ganzoo.training.runs import RunDirectory

        if not run_dir.is_dir():
            raise InputError(f"there is no run to resume at {run_dir}.")
        notes = (RunDirectory(run_dir).config() or {}).get("notes", {})
        if notes.get("experiment", experiment) != experiment:
            raise InputError(f"{run_dir} is a run of {notes['experiment']}, not of {experiment}.")
        remembered = {k: v for k, v in notes.get("flags", {}).items() if k in options and not given(k)}
        options |= remembered
    if given("steps") and not given("minutes"):
        options["minutes"] = None
    return types.SimpleNamespace(**options | {"resume": FLAGS.resume, "run_dir": str(run_dir)})


def _python():
    """Return how the user called Python, as a command to copy."""
    local = pathlib.Path(sys.prefix) / "bin" / "python"
    try:
        return str(local.relative_to(pathlib.Path.cwd()))
    except ValueError:
        return "python"


def _farewell(run_dir, step, steps, go_on):
    run = shlex.quote(str(run_dir))
    done = f"Done at step {step}" if step >= steps else f"The time is up at step {step} of {steps}"
    return f"""
{done}. In {run_dir}:
  samples.gif, samples/     the same latents over time (samples.mp4 too where there is ffmpeg)
  diagnosis.json            symptoms of failure that were seen, and the evidence
  losses.png, metrics.csv   the numbers; curves: tensorboard --logdir={run}
  generator/                SavedModel: from latents, or from seeds
  checkpoints/              to resume
Next:
  {_python()} -m experiments.sample --run_dir={run} --n=64 --seed=1
  {go_on} --steps={2 * step}
  {_python()} -m experiments.export --run_dir={run} --output=generator"""
