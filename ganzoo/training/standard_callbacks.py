"""The callbacks of every training, in their order."""

import functools
from typing import NamedTuple

from tqdm import tqdm

from ganzoo import backend
from ganzoo.core import state
from ganzoo.training import callbacks as c
from ganzoo.training.callbacks.log_interval import get_log_sums
from ganzoo.utils.files import naming


class StandardCallbacks(NamedTuple):
    """All callbacks in order, and those of them that the loop speaks to; checkpoints is None without a run."""

    sequence: c.CallbackSequence
    stop: c.StopAtStep
    checkpoints: c.Checkpoints | None


def standard_callbacks(model, data, options, run, opened, users, verbose, probe, at_exit):
    """Return `StandardCallbacks`.

    The diagnosis and the guard come first, so that nothing else sees a loss that is NaN. What writes comes last, so that it
    sees what the user's callbacks measured, and the weights that they leave behind.

    Args:
        model, data, verbose: as in `ganzoo.training.train`; users: its `callbacks`.
        options: `TrainingOptions`.
        run: `RunDirectory` or None.
        opened: `ganzoo.training.opening.Opened`.
        probe: what `SampleGrids` hands to the model's preview.
        at_exit: `contextlib.ExitStack` that is closed when training is over, however it ends.
    """
    images_per_step = options.batch_size * model.batches_per_step
    get_state = functools.partial(state.get_state, model)
    report = tqdm.write if verbose else (lambda message: None)
    stop = c.StopAtStep(opened.first_step + options.steps)
    first = [c.NonFiniteGuard(get_state, run and run.checkpoints), stop]
    if options.minutes is not None:
        first.append(c.StopAfterMinutes(options.minutes))
    if verbose:
        size = len(data) if hasattr(data, "__len__") else None
        first.append(c.ProgressBar(stop.step, images_per_step, model.display_names, options.minutes, size))
        at_exit.callback(first[-1].close)
    first.append(c.LearningRates())
    last, checkpoints = [], None
    if run is not None:
        writer = _Events(run.tensorboard)
        at_exit.callback(writer.close)
        first[:0] = _diagnosis(model, data, options, run, writer, report if verbose else None)

        def whole_state():
            inside = (model.step - opened.first_step) % options.log_every
            return get_state() | (get_log_sums(model) if inside else {})

        checkpoints = c.Checkpoints(run.checkpoints, whole_state, options.checkpoint_every)
        goes_on = opened.log_sums and model.step < stop.step
        begins = sum(stage.steps for stage in model.stages(opened.first_step + options.steps)[: model.stage])
        keep = max(model.step - (model.step - opened.first_step) % options.log_every, begins) if goes_on else None
        last = [
            c.LogInterval(opened.log_sums),
            c.MetricsCSV(run.metrics_path, images_per_step, writer, keep, report),
            c.SampleGrids(run.samples, options.sample_every, functools.partial(writer.image, "samples"), probe),
            checkpoints,
        ]
        checkpoints.install_handlers()
        at_exit.callback(checkpoints.restore_handlers)
    return StandardCallbacks(c.CallbackSequence([*first, *users, c.KeepStep(), *last], model), stop, checkpoints)


def _diagnosis(model, data, options, run, writer, report):
    """Return [Diagnosis], or [] where the data are a stream or too few."""
    arrays = getattr(data, "arrays", {})
    if not model.matches() or min(map(len, arrays.values()), default=0) < 20:
        return []
    return [c.Diagnosis(arrays, options.diagnose_every, run.path / "diagnosis.json", writer, report, run.metrics_path)]


class _Events:
    """A `ganzoo.backend.EventWriter` whose errors name its folder."""

    def __init__(self, folder):
        with naming(folder):
            self._writer = backend.EventWriter(folder)

        def named(method):
            def call(*arguments):
                with naming(folder):
                    method(*arguments)

            return call

        for name in ("scalar", "image", "text", "flush", "close"):
            setattr(self, name, named(getattr(self._writer, name)))
