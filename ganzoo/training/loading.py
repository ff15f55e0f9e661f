"""Load the model of a run."""

import pathlib

from ganzoo.core import state
from ganzoo.errors import InputError
from ganzoo.training.runs import RunDirectory


def load(run_dir):
    """Return the model of a run with its newest checkpoint's weights.

    Raises:
        InputError: if there is no run or no whole checkpoint.
    """
    from ganzoo.commands import runner

    if not pathlib.Path(run_dir).is_dir():
        raise InputError(f"there is no run at {run_dir}.")
    run = RunDirectory(run_dir)
    config, found = run.config(), run.checkpoints.latest()
    if config is None or found is None:
        raise InputError(f"{run_dir} holds no run with a whole checkpoint.")
    model = runner.rebuild(run_dir, config["settings"])
    state.set_state(model, found[1])
    return model
