"""Opening a run: a new one, or one that is resumed with the settings that it began with."""

import itertools
from typing import NamedTuple

import keras

from ganzoo.core import state
from ganzoo.errors import InputError
from ganzoo.training.callbacks.learning_rates import optimizers_of
from ganzoo.training.runs.checkpoint_store import LOGS
from ganzoo.training.runs.differences import describe
from ganzoo.training.settings import config_of, settings_of, versions
from ganzoo.utils.files import shorten


class Opened(NamedTuple):
    """Where a training begins: first_step of the run, the step at which each stage ends, and the sums of the interval of the
    logs that is continued."""

    first_step: int
    ends: list
    log_sums: dict = {}


def check_run(run, model, data, batch_size, resume, override):
    """Raise InputError if a run cannot begin or be resumed in a folder; writes nothing.

    Returns:
        (the settings, the list of changes that `override` allows).
    """
    from ganzoo.export.folder import check_path

    settings = settings_of(model, data, batch_size)
    try:
        check_path(run.saved_model)
    except InputError:
        raise InputError(
            f"the end of a training writes {run.saved_model}, and what is there is no exported generator: move it away, or "
            "choose another run_dir."
        ) from None
    if resume:
        if model.stage:
            given = {f"{name}_optimizer" for name in model._given_optimizers}
            settings = _of_first_stage(settings, (run.config() or {}).get("settings", {}), given)
        settings |= _moved_rates(run, model, settings)
        return settings, run.check_same(settings, override)
    run.check_fresh()
    return settings, []


def _of_first_stage(settings, begun, given):
    """Return the settings of a model in a later stage with the sizes, players and optimizers that its run began with.

    Args:
        settings, begun: the model's, and the run's.
        given: optimizers that the model was compiled with, which are compared.
    """
    staged = {name for name in settings | begun if name.endswith(("_parameters", "_optimizer"))} - given
    return {name: value for name, value in settings.items() if name not in staged} | {
        name: begun[name] for name in staged if name in begun
    }


def _moved_rates(run, model, settings):
    """Return the settings of those optimizers whose learning rate is the newest checkpoint's, with the rate the run began with.

    A callback such as `keras.callbacks.ReduceLROnPlateau` moved it: it is part of the run's state, and no other setting.
    """
    begun = (run.config() or {}).get("settings", {})
    moved = {}
    for name, optimizer in optimizers_of(model).items():
        rate, key = optimizer.learning_rate, f"{name}_optimizer"
        old = begun.get(key)
        old = old.get("learning_rate") if isinstance(old, dict) else None
        if isinstance(rate, keras.Variable) and isinstance(old, float) and old != settings[key]["learning_rate"]:
            moved[key] = (rate, settings[key] | {"learning_rate": old})
    found = run.checkpoints.latest(report=lambda damage: None) if moved else None
    if found is None:
        return {}
    saved = {id(variable): found.arrays.get(name) for name, variable in state.variables_of(model).items()}
    return {key: old for key, (rate, old) in moved.items() if saved[id(rate)] == float(rate)}


def open_run(run, model, data, options, resume, override, notes):
    """Begin or resume a run: read the model's state and write config.json.

    Args:
        run: `ganzoo.training.runs.RunDirectory`, open for writing.
        model, data, options, resume, override, notes: as in `ganzoo.training.train`; options as `TrainingOptions`.

    Returns:
        `Opened`.
    """
    settings, changed = check_run(run, model, data, options.batch_size, resume, override)
    first_step, sums, overrides = model.step, {}, []
    if resume:
        config = run.config()
        if config["versions"] != versions():
            print("Resuming with other package versions than the run began with: bit-identical results are not guaranteed.")
        first_step, overrides = config["first_step"], config["overrides"]
        paths = [path for path, _, _ in changed]
        sums = _restore(run, model, len(model.stages(first_step + options.steps)), paths, overrides)
        if config["options"].get("log_every") != options.log_every:
            sums = {}
        if changed:
            overrides = [*overrides, {"step": model.step, "changes": [describe(change) for change in changed]}]
    if model.step > first_step + options.steps:
        raise InputError(
            f"the run is at step {model.step} already, and steps is counted from its beginning. Expected: at least "
            f"{model.step - first_step}. Received: steps={options.steps}"
        )
    options.check_divides("the step to start from", model.step)
    notes = config["notes"] if resume and notes is None else notes
    ends = stage_ends(model, options, first_step)
    run.write_config(config_of(model, settings, options, first_step, notes, overrides))
    return Opened(first_step, ends, sums)


def stage_ends(model, options, first_step):
    """Return the step at which each stage of a run ends.

    Raises:
        InputError: if a resumed model is not in the stage that its step belongs to: other `steps` may change the stages.
    """
    ends = list(itertools.accumulate(stage.steps for stage in model.stages(first_step + options.steps)))
    for end in ends:
        options.check_divides("the end of a stage", end)
    begins = [0, *ends]
    if not 0 <= model.stage < len(ends) or not begins[model.stage] <= model.step <= max(ends[model.stage], first_step):
        raise InputError(
            f"steps={options.steps} makes stages that end at steps {', '.join(map(str, ends))}, which do not fit step "
            f"{model.step} of stage {model.stage}; resume with the steps that the run began with."
        )
    return ends


def _restore(run, model, stages, changed, overrides):
    """Read the newest checkpoint into the model; returns the sums of the logs that it holds.

    Args:
        stages: how many stages the model has.
        changed: paths of the settings that are changed on purpose; a learning rate among them stays the model's.
        overrides: what was changed so before; where no checkpoint was saved since, it is to be changed again.

    Raises:
        InputError: if there were checkpoints, and none is whole.
    """
    found = run.checkpoints.latest(lambda stage: _expected(model, stage, stages), repair=True)
    if found is None:
        if left := run.checkpoints.damaged():
            raise InputError(
                f"{run.checkpoints.folder} holds no whole checkpoint: all are damaged ({', '.join(left[:5])}"
                f"{', ...' * (len(left) > 5)}). To begin anew at the first step, remove them, or choose another run_dir."
            )
        print(f"{shorten(run.path, 300)} has no whole checkpoint yet: starting at its first step.")
        return {}
    late = [each for each in overrides if each["step"] >= found.step]
    changed = [*changed, *(text.split(": ")[0] for each in late for text in each["changes"])]
    rates = {name: optimizer.learning_rate for name, optimizer in optimizers_of(model).items()}
    rates = {  # a schedule is no part of the state: it stays the model's by itself
        name: float(rate)
        for name, rate in rates.items()
        if isinstance(rate, keras.Variable) and _is_changed(name, rates, changed)
    }
    state.set_state(model, {name: array for name, array in found.arrays.items() if not name.startswith(LOGS)})
    for name, rate in rates.items():
        optimizers_of(model)[name].learning_rate = rate
    return {name: array for name, array in found.arrays.items() if name.startswith(LOGS)}


def _expected(model, stage, stages):
    """Return {name: (shape, dtype)} of a model's state in a stage, which it enters; one of `stages`."""
    if stage >= stages:
        raise InputError(
            f"the checkpoint is of stage {stage}. Expected: at most {stages - 1}, the last of {type(model).__name__}"
        )
    if model.stage > stage:
        raise InputError(
            f"the newest checkpoint is of stage {stage}, and this {type(model).__name__} is in stage {model.stage} already: "
            "build it anew to resume."
        )
    while model.stage < stage:
        model.enter(model.stage + 1)
    return state.specs_of(model)


def _is_changed(player, players, changed):
    """Return whether the settings of a player's optimizer are among those changed, or of an optimizer of no player's name."""
    paths = [path for path in changed if "optimizer" in path or "learning_rate" in path]
    named = [each for each in players if any(each in path for path in paths)]
    return bool(paths) and (player in named or not named)
