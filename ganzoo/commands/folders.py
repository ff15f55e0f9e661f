"""Where commands write and what they read: the folders below runs/, named by experiment, data and time."""

import contextlib
import datetime
import os
import pathlib
import shutil

from ganzoo.commands.flags import Flag
from ganzoo.errors import InputError
from ganzoo.utils.files import expanded

RUNS = pathlib.Path("runs")


def output_flag(experiment, prefix=""):
    """Return --output, the folder of a study that trains several GANs and resumes none."""
    name = f"{prefix}-DATE-TIME" if prefix else "DATE-TIME"
    return Flag("output", "", f"folder to write (default: a new one, {RUNS / experiment / name})")


def new_output(options, experiment, prefix=""):
    """Return the folder that --output names, or a new name, and make it."""
    output = expanded(options.output) if options.output else RUNS / experiment / _dated(prefix)
    if output.exists() and not output.is_dir():
        raise InputError(f"output must be a folder, but {output} is a file.")
    output.mkdir(parents=True, exist_ok=True)
    return output


def new_run_dir(options, experiment):
    """Return the folder of a training run: the one given, the newest to resume, or a new name. It is not made here."""
    if options.run_dir:
        return expanded(options.run_dir)
    folder = RUNS / experiment.replace("-", "_")
    if options.resume:
        found = newest(folder.name)
        if found is None:
            raise InputError(f"there is no run below {folder} to resume; name one with --run_dir.")
        return found
    data = getattr(options, "data", "") if "data" in options else ""
    dataset = options.dataset if "dataset" in options else ""
    return folder / _dated(pathlib.Path(data).stem if data else dataset or folder.name)


def newest(experiment="*"):
    """Return the run of an experiment (of any) that was begun or gone on with last, or None."""
    return next(reversed(all_runs(experiment)), None)


def all_runs(experiment="*"):
    """Return the folders of the runs of an experiment (of all), the one that was begun or gone on with last at the end."""
    configs = sorted(RUNS.glob(f"{experiment}/*/config.json"), key=lambda path: path.stat().st_mtime)
    return [path.parent for path in configs]


def selected_run(options):
    """Return the folder that --run_dir names, or the newest run.

    Raises:
        InputError: if there is none.
    """
    run_dir = expanded(options.run_dir) if options.run_dir else newest()
    if run_dir is None:
        raise InputError(f"there is no run below {RUNS}; name one with --run_dir.")
    if not run_dir.is_dir():
        raise InputError(f"there is no run at {run_dir}.")
    return run_dir


def file_output(options, default):
    """Return the file that --output names, or the default, whose suffix it must have.

    Raises:
        InputError: if it cannot be written.
    """
    output = expanded(options.output or default)
    if output.suffix.lower() != default.suffix or not output.parent.is_dir() or output.is_dir():
        raise InputError(f"output must be a {default.suffix} file in a folder that exists. Received: --output={output}")
    if not os.access(output.parent, os.W_OK):
        raise InputError(f"{output.parent} cannot be written; name a file elsewhere with --output.")
    return output


@contextlib.contextmanager
def leaving_nothing_if_refused(path):
    """Remove a folder that is made inside the block, and the new ones above it, if the block ends in an InputError."""
    new = [each for each in (path, *path.parents) if not each.exists()]
    try:
        yield
    except InputError:
        if path in new and not (path / "config.json").exists():
            shutil.rmtree(path, ignore_errors=True)
        for each in new[1:]:
            with contextlib.suppress(OSError):  # somebody else's things are in it by now
                each.rmdir()
        raise


def _dated(prefix):
    """Return a name for a folder that is made now."""
    return "-".join([*([prefix] if prefix else []), f"{datetime.datetime.now():%Y%m%d-%H%M%S}"])
