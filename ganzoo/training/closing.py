"""The end of a training: what a finished run gets besides its checkpoints, and what is said if it ends otherwise."""

import contextlib
import signal
import threading

from ganzoo.errors import DiskFullError, Interrupted
from ganzoo.training.callbacks.metrics_csv import read_rows
from ganzoo.utils import images
from ganzoo.utils.files import FULL, naming, shorten
from ganzoo.utils.plots import save_loss_plot


def close_run(model, run):
    """Draw the losses, animate the samples, export the generator.

    A picture that cannot be drawn of what the folder holds is told and left out.

    Args:
        model: the trained model.
        run: `ganzoo.training.runs.RunDirectory`.
    """
    rows = [{k: v for k, v in row.items() if not k.endswith("_learning_rate")} for row in read_rows(run.metrics_path)]
    pictures = sorted(run.samples.glob("step_*.png"))
    for name, make in {
        "losses.png": lambda path: save_loss_plot(path, rows),
        "samples.gif": lambda path: images.save_animation(path, pictures),
        "samples.mp4": lambda path: images.save_film(path, pictures),
    }.items():
        with naming(run.path / name):
            try:
                make(run.path / name)
            except OSError:
                raise
            except Exception as error:  # Matplotlib's and Pillow's, of numbers and pictures that an earlier process left
                print(f"{name} could not be drawn: {shorten(error)}.")
    for name, make in {run.saved_model.name: lambda path: model.export(path, run_dir=run.path), **model.results()}.items():
        with naming(run.path / name):
            make(run.path / name)


@contextlib.contextmanager
def telling_what_is_saved(run):
    """Turn Ctrl-C, SIGTERM and a full disk into errors that tell what is saved and how to go on.

    Args:
        run: `ganzoo.training.runs.RunDirectory`.

    Raises:
        Interrupted: at Ctrl-C or SIGTERM, with the newest checkpoint's step.
        DiskFullError: naming the file.
    """
    with contextlib.ExitStack() as at_exit:
        if threading.current_thread() is threading.main_thread():
            before = signal.signal(signal.SIGTERM, _interrupt)
            at_exit.callback(signal.signal, signal.SIGTERM, before)
        try:
            yield
        except KeyboardInterrupt as error:
            if getattr(error, "step", None) is not None:
                raise
            raise Interrupted(getattr(error, "signal_number", signal.SIGINT), *_saved(run)) from None
        except OSError as error:
            if error.errno not in FULL:
                raise
            step, folder = _saved(run)
            saved = f"nothing is saved yet in {folder}" if step is None else f"step {step} is saved in {folder}"
            raise DiskFullError(
                f"the disk is full: {error.filename or run.path} cannot be written; {saved}. Free some space, then "
                "resume the run (--resume, resume=True)."
            ) from error


def _interrupt(number, frame):
    raise Interrupted(number)


def _saved(run):
    """Return (the newest checkpoint's step or None, the folder of the checkpoints)."""
    return max(run.checkpoints.steps(), default=None), run.checkpoints.folder
