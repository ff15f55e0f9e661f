"""Trainings of a study: each in a run directory of its own, so that a study that was stopped goes on where it was."""

import contextlib
import pathlib

from ganzoo.commands.flags import flag_is_set
from ganzoo.errors import InputError
from ganzoo.utils.files import read_json


def read_results(path):
    """Return what a study has written into a JSON file so far, a dictionary of dictionaries, empty if there is none.

    Raises:
        InputError: if the file is damaged, or no such dictionary.
    """
    found = read_json(path) if path.exists() else {}
    if not isinstance(found, dict) or not all(isinstance(each, dict) for each in found.values()):
        raise InputError(f"{path} must hold the results of a study.")
    return found


def load(options):
    """Return (images, those that no training sees or None) of --dataset or --data, at --image_size, digits at 16x16.

    Of pictures that are drawn from in crops these are as many crops as measures take.

    Raises:
        InputError: if they cannot be read, or both flags are given.
    """
    from ganzoo import data

    if options.data and flag_is_set(options, "dataset"):
        raise InputError("give --dataset or --data, not both.")
    size = options.image_size or ("16" if options.dataset == "digits" and not options.data else "")
    size = data.parse_image_size(size) if size else None
    parts = (each(options.dataset, options.data, size) for each in (data.load, data.load_test))
    return tuple(part.sampled() if hasattr(part, "sampled") else part for part in parts)


def split(images, held_out, seed=0, least=1):
    """Return (images to train on, `held_out` others).

    Raises:
        InputError: if these would be fewer than a measure takes, at least `least`.
    """
    if held_out < least:
        raise InputError(
            f"at least {least} images must be held out to measure with, and {images.name} has too few. Received: {len(images)}"
        )
    return images.split(held_out, seed)


def progress(run_dir):
    """Return (step, seconds of training) of a run, (0, 0.0) if there is none."""
    from ganzoo.training.callbacks.metrics_csv import read_rows
    from ganzoo.training.runs import RunDirectory

    run_dir = pathlib.Path(run_dir)
    if not (run_dir / "config.json").exists():
        return 0, 0.0
    found, rows = RunDirectory(run_dir).checkpoints.latest(), read_rows(run_dir / "metrics.csv")
    return (found[0] if found else 0), (float(rows[-1]["seconds"]) if rows else 0.0)


def check_same(model, data, run_dir, batch_size):
    """Raise InputError if a run that is there was begun with other settings: its results are none of this study."""
    from ganzoo.training.runs import RunDirectory
    from ganzoo.training.settings import settings_of

    if (run_dir / "config.json").exists():
        with _without_override():
            RunDirectory(run_dir).check_same(settings_of(model, data, batch_size))


@contextlib.contextmanager
def _without_override():
    """Say of a run with other settings what a study, which has no --override, can do about it."""
    try:
        yield
    except InputError as error:
        raise InputError(
            str(error).replace("To change one on purpose, name it in override.", "Take another folder.")
        ) from error


def used_up(minutes, seconds):
    """Return whether these minutes are over, by the seconds in metrics.csv, which leave out pictures and checkpoints."""
    return minutes is not None and seconds >= 57 * minutes


def train(model, data, run_dir, steps, minutes=None, **options):
    """Train a model until it has its steps or its minutes, those of earlier calls counted; where it has, restore it.

    Args:
        model: new, as it was before the run's first step.
        data, steps, options: as in `ganzoo.training.train`.
        run_dir: `pathlib.Path`, the model's own.
        minutes: of training, in all calls together; None sets no limit.

    Raises:
        InputError: if the run was begun with other settings.
    """
    step, seconds = progress(run_dir)
    left = None if minutes is None else minutes - seconds / 60
    if used_up(minutes, seconds):
        steps, left = step, None
    resume = (run_dir / "config.json").exists()
    with _without_override():
        model.train(data, steps, run_dir=run_dir, resume=resume, minutes=left, **options)
