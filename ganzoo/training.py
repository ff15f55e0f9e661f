"""`train`: a thin front of Keras's `fit` that knows what a run is."""

import contextlib
import functools
import importlib.metadata
import json
import math
import pathlib
import platform
import sys

from tqdm import tqdm

from ganzoo import __version__, backend, images, state
from ganzoo import callbacks as parts_of
from ganzoo.callbacks.journal import read_rows
from ganzoo.checks import positive_integer, positive_number
from ganzoo.data import as_dataset
from ganzoo.errors import InputError
from ganzoo.plots import save_loss_plot
from ganzoo.runs import RunDirectory


def describe_optimizer(optimizer):
    """Return an optimizer's class and configuration as one plain string."""
    config = {name: value for name, value in optimizer.get_config().items() if name != "name"}
    return f"{type(optimizer).__name__} {json.dumps(config, default=str, sort_keys=True)}"


def train(
    gan,
    data,
    steps=1000,
    batch_size=64,
    run_dir=None,
    resume=False,
    callbacks=(),
    log_every=10,
    sample_every=100,
    checkpoint_every=100,
    diagnose_every=100,
    minutes=None,
    steps_per_execution=1,
    verbose=True,
    notes=None,
):
    """Train `gan` on images.

    Args:
        gan: a `ganzoo.GAN`.
        data: uint8 array `(N, H, W, C)`, a `tf.data.Dataset` of image batches, or a dataset of `ganzoo.data`.
        steps: generator updates to make, each with its n_critic discriminator updates; with `resume`, counted from the
            beginning of the run.
        batch_size: images per update.
        run_dir: folder for checkpoints, sample grids, metrics.csv, TensorBoard events, plots and the exported generator;
            None writes nothing.
        resume: go on from the newest whole checkpoint in run_dir. Equal settings are required; steps and the `_every` may
            change. Equal to the last bit on one CPU machine, where each process made this GAN first: TensorFlow orders some
            sums by the names of layers, which Keras numbers through all models of a process (or from `clear_session` on).
        callbacks: more Keras callbacks.
        log_every: steps per row of the History and of metrics.csv (means over the interval).
        sample_every, checkpoint_every: steps between sample grids and between checkpoints.
        diagnose_every: with a run_dir and data held in memory (20 examples or more), steps between two looks for symptoms of
            failure; see `ganzoo.callbacks.Diagnosis`.
        minutes: stop after so many minutes of training, above 0, even if not all steps are made; None sets no limit.
        steps_per_execution: steps played in one call of a compiled program; raises the speed of tiny networks. Must divide
            the others.
        verbose: show the progress bar and say where things are.
        notes: dictionary written into config.json beside the settings.

    Returns:
        The Keras `History`: a list per logged quantity, one entry per `log_every` steps of this call.

    Raises:
        InputError: for bad arguments or data, before any work is lost.
        NonFiniteLossError: at the first loss that is infinite or NaN.
        Interrupted: after Ctrl-C or SIGTERM, the state saved (with a run_dir).
    """
    counts = {"steps": steps, "batch_size": batch_size, "log_every": log_every, "sample_every": sample_every}
    counts |= {"checkpoint_every": checkpoint_every, "diagnose_every": diagnose_every}
    counts |= {"steps_per_execution": steps_per_execution}
    for name, value in counts.items():
        positive_integer(name, value)
        if name != "batch_size" and value % steps_per_execution:
            raise InputError(f"steps_per_execution={steps_per_execution} must divide {name}. Received: {name}={value}")
    if minutes is not None:
        positive_number("minutes", minutes)
    if resume and run_dir is None:
        raise InputError("resume needs the run_dir to resume. Received: run_dir=None")
    data = as_dataset(data)
    gan.check_data(data)
    run, first_step = (None, gan.step) if run_dir is None else _open(RunDirectory(run_dir), gan, data, batch_size, resume)
    if gan.step % steps_per_execution:
        raise InputError(f"steps_per_execution={steps_per_execution} must divide the step to start from, {gan.step}.")
    # Each element holds the batches of the steps that one call plays together.
    together, calls = steps_per_execution, gan.step // steps_per_execution
    batches = data.batches(batch_size, gan.seed, calls, together * gan.n_critic, gan.needs_labels)
    if run is not None:
        run.write_config(_config(gan, data, batch_size, counts, first_step, notes))
    gan.play_together(together)

    target, images_per_step = first_step + steps, batch_size * gan.n_critic
    parts = [parts_of.NonFiniteGuard(), parts_of.StopAtStep(target)]
    if minutes is not None:
        parts.append(parts_of.StopAfterMinutes(minutes))
    last = []
    with contextlib.ExitStack() as at_exit:
        if verbose:
            size = len(data) if hasattr(data, "__len__") else None
            parts.append(parts_of.ProgressBar(target, images_per_step, gan.log_words, minutes, size))
            at_exit.callback(parts[-1].close)
        if run is not None:
            writer = backend.EventWriter(run.tensorboard)
            at_exit.callback(writer.close)
            examples = getattr(data, "examples", ())
            if len(examples) >= 20:
                place = run.path / "diagnosis.json"
                report = tqdm.write if verbose else None
                arrays = {"images" if gan.image_rank == 3 else "points": examples}
                arrays |= {} if data.labels is None else {"labels": data.labels}
                parts.insert(0, parts_of.Diagnosis(arrays, diagnose_every, place, writer, report))
            show = functools.partial(writer.image, "samples")
            checkpoints = parts_of.Checkpoints(run.checkpoints, lambda: state.get_state(gan), checkpoint_every)
            last = [parts_of.Journal(run.metrics_path, images_per_step, writer)]
            last += [parts_of.SampleGrids(run.samples, sample_every, show=show), checkpoints]
            checkpoints.install_handlers()
            at_exit.callback(checkpoints.restore_handlers)
        # The diagnosis and the guard come first, so that nothing else sees a loss that is no number. What writes comes last, so
        # that it sees what the user's callbacks measured, and the weights that they leave behind.
        history = gan.fit(
            batches,
            epochs=math.ceil((target - gan.step) / log_every),
            steps_per_epoch=log_every // together,
            shuffle=False,  # the order is the data set's own, a function of (seed, step)
            callbacks=[*parts, *callbacks, *last],
            verbose=0,
        )
    if run is not None:
        checkpoints.raise_if_interrupted()
        _finish(gan, run)
    return history


def _settings(gan, data, batch_size):
    """What must be equal for a resumed run to be the same run."""
    return gan.settings() | {"batch_size": batch_size, "data": data.name, "data_fingerprint": data.fingerprint}


def _open(run, gan, data, batch_size, resume):
    """Return (run, the step at which it began), the GAN's state read if it is resumed."""
    if not resume:
        run.check_fresh()
        return run, gan.step
    run.check_same(_settings(gan, data, batch_size))
    config = run.config()
    if config.get("versions") != versions():
        print("Resuming under other package versions than the run began with: equal bits are not promised.")
    found = run.checkpoints.latest()
    if found is None:
        print(f"{run.path} has no whole checkpoint yet: starting at its first step.")
    else:
        state.set_state(gan, found[1])
    return run, config.get("first_step", 0)


def versions():
    """Return the versions of Python and of the packages that decide the numbers."""
    packages = {name: importlib.metadata.version(name) for name in ("keras", "tensorflow", "numpy")}
    return {"python": platform.python_version(), "ganzoo": __version__, **packages}


def _config(gan, data, batch_size, counts, first_step, notes):
    return {
        "settings": _settings(gan, data, batch_size),
        "options": counts,
        "first_step": first_step,
        "versions": versions(),
        "accelerators": backend.accelerators(),
        "command": [pathlib.Path(sys.argv[0]).name, *sys.argv[1:]],
        "notes": notes or {},
    }


def _finish(gan, run):
    """Draw the losses, animate the samples, export the generator."""
    save_loss_plot(run.path / "losses.png", read_rows(run.metrics_path))
    pictures = sorted(run.samples.glob("step_*.png"))
    images.save_animation(run.path / "samples.gif", pictures)
    images.save_film(run.path / "samples.mp4", pictures)
    gan.export(run.saved_model)
