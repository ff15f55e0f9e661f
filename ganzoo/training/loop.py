"""`train`: Keras's `fit`, once a stage, with a run directory, checkpoints and what else a training needs around it."""

import contextlib
import math
import shutil
import warnings

import keras

from ganzoo.data import as_dataset
from ganzoo.data.guard import refusal
from ganzoo.data.remarks import remarks
from ganzoo.errors import InputError
from ganzoo.training.closing import close_run, telling_what_is_saved
from ganzoo.training.feeding import batches_of, probe_of
from ganzoo.training.opening import Opened, check_run, open_run, stage_ends
from ganzoo.training.options import TrainingOptions, check_callbacks
from ganzoo.training.runs import RunDirectory
from ganzoo.training.standard_callbacks import standard_callbacks


def train(
    model,
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
    override=(),
):
    """Train a model.

    Args:
        model: a `ganzoo.GAN` or another model of ganzoo.
        data: uint8 array `(N, H, W, C)`, a `tf.data.Dataset` of image batches, or a dataset of `ganzoo.data`.
        steps: generator updates to make, each with its n_critic discriminator updates; with `resume`, counted from the
            beginning of the run.
        batch_size: images per update.
        run_dir: folder for checkpoints, sample grids, metrics.csv, TensorBoard events, plots and the exported generator;
            None writes nothing. One process at a time trains in it.
        resume: continue from the newest whole checkpoint in run_dir. The settings must be equal; steps and the `_every`
            arguments may change. On one CPU machine the result equals an uninterrupted run's to the last bit if each process
            built this model first: TensorFlow orders some sums by the names of layers, which Keras numbers through all models
            of a process (or from `clear_session` on).
        callbacks: a list of more Keras callbacks.
        log_every: steps per row of the History and of metrics.csv (means over the interval); rows fall on its multiples,
            counted from the run's first step.
        sample_every, checkpoint_every: steps between sample grids and between checkpoints.
        diagnose_every: with a run_dir and data held in memory (20 examples or more), steps between checks for symptoms of
            failure; see `ganzoo.training.callbacks.Diagnosis`.
        minutes: stop after this many minutes of training, above 0, even if not all steps are made; None sets no limit.
        steps_per_execution: steps in one call of a compiled program, which speeds up tiny networks. Must divide all other
            counts of steps.
        verbose: show the progress bar, and say what was left out of the data or done to them, and where things are.
        notes: dictionary written into config.json beside the settings.
        override: with `resume`, names of settings that may differ from those the run began with, e.g.
            ("generator_optimizer",) for a lower learning rate after a divergence; recorded in config.json.

    Returns:
        The Keras `History`: a list per logged quantity, one entry per `log_every` steps of this call.

    Raises:
        InputError: for bad arguments or data, before any work is lost.
        NonFiniteError: at the first loss, or weight to be saved, that is infinite or NaN.
        Interrupted: after Ctrl-C or SIGTERM, telling what is saved (with a run_dir).
        DiskFullError: naming the file that the disk did not take (with a run_dir).
    """
    options = TrainingOptions(
        steps, batch_size, log_every, sample_every, checkpoint_every, diagnose_every, steps_per_execution, minutes
    )
    callbacks = check_callbacks(callbacks, model)
    if notes is not None and not isinstance(notes, dict):
        raise InputError(f"notes must be a dictionary. Received: notes={notes!r:.100}")
    if resume and run_dir is None:
        raise InputError("resume needs the run_dir to resume. Received: run_dir=None")
    if override and not resume:
        raise InputError(f"override is for resume=True. Received: override={tuple(override)!r}")
    override = (override,) if isinstance(override, str) else tuple(override)
    data = as_dataset(data, model.examples, getattr(model.inputs.get("labels"), "classes", None))
    model.check_data(data)
    for line in remarks(data) if verbose else ():
        print(line)
    batches_of(model, data, options, 0)  # refuses what cannot be cut into batches
    if run_dir is None:
        options.check_divides("the step to start from", model.step)
        return _fit(model, data, options, None, Opened(model.step, stage_ends(model, options, model.step)), callbacks, verbose)
    run = RunDirectory(run_dir)
    check_run(run, model, data, batch_size, resume, override)  # before the folder is made
    if not resume:
        stage_ends(model, options, model.step)
    was_there, opened = run.path.exists(), None
    try:
        with run.writing(), telling_what_is_saved(run):
            opened = open_run(run, model, data, options, resume, override, notes)
            history = _fit(model, data, options, run, opened, callbacks, verbose)
            close_run(model, run)
    except InputError:  # of what the first step alone can show, such as a loss of another shape
        if opened and not resume and model.step == opened.first_step:
            _leave_nothing(run, was_there)
        raise
    return history


def _leave_nothing(run, was_there):
    """Remove what a run that was refused at its first step has written: the folder, or where it was there, the run in it."""
    if not was_there:
        shutil.rmtree(run.path, ignore_errors=True)
    elif not run.checkpoints.steps():
        run.config_path.unlink(missing_ok=True)


def _fit(model, data, options, run, opened, users, verbose):
    """Fit a model stage after stage, from its step on; returns the History."""
    begun, ends = opened.first_step, opened.ends
    if model.step in ends[:-1]:  # a row ends with its stage, so no interval of the logs is continued
        opened = opened._replace(log_sums={})
    if len(ends) == 1:
        _warn_of_rates_that_end(model, ends[0] - model.step)
    with contextlib.ExitStack() as at_exit:
        around, stop, checkpoints = standard_callbacks(
            model, data, options, run, opened, users, verbose, probe_of(model, data), at_exit
        )
        at_exit.callback(model.set_steps_per_execution, model.steps_per_call)
        around.begin()
        epoch, current = _epochs_before(model.step, begun, ends, options.log_every), model.stage
        for stage in range(current, len(ends)):
            if stage > current:
                model.enter(stage)
                around.begin_stage()
            model.set_steps_per_execution(options.steps_per_execution)
            stop.step, stop.final = ends[stage], stage == len(ends) - 1
            model.stop_training = False
            while model.step < ends[stage] and not model.stop_training:
                inside = (model.step - begun) % options.log_every  # above 0: first complete the interval of the logs
                length = options.log_every - inside
                epochs = 1 if inside else math.ceil((ends[stage] - model.step) / options.log_every)
                _fit_epochs(model, data, options, around, epoch, epochs, length)
                epoch += epochs
            if model.stop_training:
                break
        around.end()
    if checkpoints is not None:
        checkpoints.raise_if_interrupted()
    return around.history


def _warn_of_rates_that_end(model, steps):
    """Warn where a schedule has a player's learning rate at 0 before nine tenths of the steps to come are made."""
    for name, player in model.players.items():
        optimizer = getattr(player.optimizer, "inner_optimizer", player.optimizer)
        schedule = getattr(optimizer, "_learning_rate", None)
        updates = steps * (getattr(model, "n_critic", 1) if name == "discriminator" else 1)
        falls = isinstance(schedule, keras.optimizers.schedules.LearningRateSchedule) and steps > 0
        if falls and float(schedule(optimizer.iterations + int(0.9 * updates))) == 0.0:
            advice = f": {type(model).__name__}(steps=...)" if hasattr(model, "steps") else ""
            warnings.warn(
                f"the learning rate of the {name} is 0 before the training ends; plan its schedule for as many updates"
                f"{advice}.",
                stacklevel=4,
            )


def _epochs_before(step, begun, ends, log_every):
    """Return how many epochs, intervals of the logs, a run has completed at a step; a resumed one counts on from there."""
    count, at = 0, begun
    for end in ends:
        while at < end:
            at = min(at + log_every - (at - begun) % log_every, end)
            if at > step:
                return count
            count += 1
    return count


def _fit_epochs(model, data, options, around, epoch, epochs, length):
    """Call Keras's `fit` for a number of epochs of `length` steps, from the model's step on."""
    together = options.steps_per_execution
    around.set_params({"verbose": 0, "epochs": epoch + epochs, "steps": length // together})
    try:
        model.fit(
            batches_of(model, data, options, model.step),
            initial_epoch=epoch,
            epochs=epoch + epochs,
            steps_per_epoch=length // together,
            shuffle=False,  # the order is the data set's own, a function of (seed, step)
            callbacks=around,
            verbose=0,
        )
    except Exception as error:
        refused = refusal(error)
        if refused is None:
            raise
        raise refused from error
