"""`train`: Keras's `fit` with a run directory, checkpoints and what else a training needs around it."""

import contextlib
import functools
import math

from tqdm import tqdm

from ganzoo import backend
from ganzoo.core import state
from ganzoo.data import as_dataset
from ganzoo.errors import InputError
from ganzoo.training import callbacks as callbacks_module
from ganzoo.training.closing import close_run
from ganzoo.training.options import TrainingOptions
from ganzoo.training.runs import RunDirectory
from ganzoo.training.settings import config_of, settings_of, versions


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
            failure; see `ganzoo.training.callbacks.Diagnosis`.
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
    options = TrainingOptions(
        steps, batch_size, log_every, sample_every, checkpoint_every, diagnose_every, steps_per_execution, minutes
    )
    if resume and run_dir is None:
        raise InputError("resume needs the run_dir to resume. Received: run_dir=None")
    data = as_dataset(data)
    gan.check_data(data)
    run, first_step = None, gan.step
    if run_dir is not None:
        run = RunDirectory(run_dir)
        settings = settings_of(gan, data, batch_size)
        first_step = _open(run, gan, settings, resume)
    options.check_divides("the step to start from", gan.step)
    # Each element holds the batches of the steps that one call plays together.
    together = options.steps_per_execution
    batches = data.batches(batch_size, gan.seed, gan.step // together, together * gan.batches_per_step, list(gan.examples))
    if run is not None:
        run.write_config(config_of(settings, options, first_step, notes))
    gan.set_steps_per_execution(together)

    target = first_step + options.steps
    with contextlib.ExitStack() as at_exit:
        around, checkpoints = _callbacks(gan, data, options, run, target, callbacks, verbose, at_exit)
        history = gan.fit(
            batches,
            epochs=math.ceil((target - gan.step) / options.log_every),
            steps_per_epoch=options.log_every // together,
            shuffle=False,  # the order is the data set's own, a function of (seed, step)
            callbacks=around,
            verbose=0,
        )
    if run is not None:
        checkpoints.raise_if_interrupted()
        close_run(gan, run)
    return history


def _open(run, gan, settings, resume):
    """Return the step at which a run began, the GAN's state read if it is resumed."""
    if not resume:
        run.check_fresh()
        return gan.step
    run.check_same(settings)
    config = run.config()
    if config.get("versions") != versions():
        print("Resuming under other package versions than the run began with: equal bits are not promised.")
    found = run.checkpoints.latest()
    if found is None:
        print(f"{run.path} has no whole checkpoint yet: starting at its first step.")
    else:
        state.set_state(gan, found[1])
    return config.get("first_step", 0)


def _callbacks(gan, data, options, run, target, users, verbose, at_exit):
    """Return (all callbacks in order, the one that writes checkpoints or None).

    The diagnosis and the guard come first, so that nothing else sees a loss that is NaN. What writes comes last, so that it
    sees what the user's callbacks measured, and the weights that they leave behind.
    """
    images_per_step = options.batch_size * gan.batches_per_step
    first, last, checkpoints = [callbacks_module.NonFiniteGuard(), callbacks_module.StopAtStep(target)], [], None
    if options.minutes is not None:
        first.append(callbacks_module.StopAfterMinutes(options.minutes))
    if verbose:
        size = len(data) if hasattr(data, "__len__") else None
        first.append(callbacks_module.ProgressBar(target, images_per_step, gan.display_names, options.minutes, size))
        at_exit.callback(first[-1].close)
    if run is not None:
        writer = backend.EventWriter(run.tensorboard)
        at_exit.callback(writer.close)
        arrays = getattr(data, "arrays", {})
        if gan.matches() and min(map(len, arrays.values()), default=0) >= 20:
            path, report = run.path / "diagnosis.json", tqdm.write if verbose else None
            diagnosis = callbacks_module.Diagnosis(arrays, options.diagnose_every, path, writer, report)
            first.insert(0, diagnosis)
        show = functools.partial(writer.image, "samples")
        checkpoints = callbacks_module.Checkpoints(run.checkpoints, lambda: state.get_state(gan), options.checkpoint_every)
        last = [
            callbacks_module.MetricsCSV(run.metrics_path, images_per_step, writer),
            callbacks_module.SampleGrids(run.samples, options.sample_every, show=show),
            checkpoints,
        ]
        checkpoints.install_handlers()
        at_exit.callback(checkpoints.restore_handlers)
    return [*first, *users, *last], checkpoints
