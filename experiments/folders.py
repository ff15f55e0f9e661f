"""Where experiments write and what they read: the folders below runs/, named by experiment, data and time."""

import datetime
import pathlib

from absl import flags

from ganzoo.errors import InputError

FLAGS = flags.FLAGS
RUNS = pathlib.Path("runs")


def define_output(experiment, prefix=""):
    """Define --output, the folder of an experiment that trains several GANs and resumes none."""
    name = f"{prefix}-DATE-TIME" if prefix else "DATE-TIME"
    flags.DEFINE_string("output", "", f"folder to write (default: a new one, {RUNS / experiment / name})")


def new_output(experiment, prefix=""):
    """Return the folder that --output names, or a new name, and make it."""
    output = pathlib.Path(FLAGS.output) if FLAGS.output else RUNS / experiment / _dated(prefix)
    output.mkdir(parents=True, exist_ok=True)
    return output


def of_training(experiment):
    """Return the folder of a training run: the one given, the newest to resume, or a new name."""
    if FLAGS.run_dir:
        return pathlib.Path(FLAGS.run_dir)
    folder = RUNS / experiment.removeprefix("train_")
    if FLAGS.resume:
        found = newest(folder.name)
        if found is None:
            raise InputError(f"there is no run below {folder} to resume; name one with --run_dir.")
        return found
    source = folder.name if "dataset" not in FLAGS else pathlib.Path(FLAGS.data).stem if FLAGS.data else FLAGS.dataset
    return folder / _dated(source)


def newest(experiment="*"):
    """Return the run of an experiment (of any) that was begun or gone on with last, or None."""
    configs = sorted(RUNS.glob(f"{experiment}/*/config.json"), key=lambda path: path.stat().st_mtime)
    return configs[-1].parent if configs else None


def chosen_run():
    """Return the folder that --run_dir names, or the newest run.

    Raises:
        InputError: if there is none.
    """
    run_dir = pathlib.Path(FLAGS.run_dir) if FLAGS.run_dir else newest()
    if run_dir is None:
        raise InputError(f"there is no run below {RUNS}; name one with --run_dir.")
    if not run_dir.is_dir():
        raise InputError(f"there is no run at {run_dir}.")
    return run_dir


def _dated(prefix):
    """Return a name for a folder that is made now."""
    return "-".join([*([prefix] if prefix else []), f"{datetime.datetime.now():%Y%m%d-%H%M%S}"])
