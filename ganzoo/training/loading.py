"""`load`: the model of a run, from what its folder says. Nothing in a run folder is code."""

import keras

from ganzoo.core import state
from ganzoo.core.config import Configurable, deserialize
from ganzoo.core.inputs import MOST_WORDS
from ganzoo.core.model import AdversarialModel
from ganzoo.errors import InputError
from ganzoo.training.runs import RunDirectory

MAX_INT = 16_384  # of a size in a description; a larger one asks for networks that no run of this library has
_LARGE = (  # numbers that are no sizes
    *("seed", "steps", "updates", "decay_steps", "first_decay_steps", "warmup_steps", "boundaries"),
    *("rough_steps", "stage_steps", "ema_half_life_images"),
    *("values", "initial_learning_rate", "end_learning_rate", "warmup_target"),  # of a schedule of the half-life
)
_LISTS = {"words": MOST_WORDS, "class_shares": MAX_INT, "shares": MAX_INT}  # those that may be long
_PARTS = (Configurable, AdversarialModel, keras.optimizers.Optimizer, keras.optimizers.schedules.LearningRateSchedule)


def load(run_dir, model=None):
    """Return the model of a run with the weights of its newest whole checkpoint.

    Args:
        run_dir: the run's folder, begun by a command or by `train`; it is only read.
        model: a model to load the weights into, if the run's own cannot be built from its description (its class is not
            imported here, or it was made from a Python function); None builds the run's own.

    Returns:
        A `ganzoo` model, e.g. `ganzoo.GAN`.

    Raises:
        InputError: if there is no run or no whole checkpoint, or if the folder holds something other than a run of ganzoo.

    Example:
        >>> import tempfile, numpy as np, ganzoo
        >>> run_dir = tempfile.mkdtemp() + "/run"
        >>> gan = ganzoo.GAN((8, 8, 1), latent=4)
        >>> _ = gan.train(np.zeros((64, 8, 8, 1), "uint8"), steps=1, batch_size=8, run_dir=run_dir, verbose=False)
        >>> bool((load(run_dir).sample(2) == gan.sample(2)).all())
        True
    """
    run = RunDirectory(run_dir)
    if not run.path.is_dir():
        raise InputError(f"there is no run at {run_dir}.")
    found = run.config()
    if found is None:
        raise InputError(f"{run_dir} holds no run: config.json is missing.")
    if model is None:
        model = build(found.get("model"), run.path)
        _compile(model, found.get("compile"), run.path)

    def expected(stage):
        while model.stage < stage:
            model.enter(model.stage + 1)
        return state.specs_of(model)

    checkpoint = run.checkpoints.latest(expected)
    if checkpoint is None:
        raise InputError(f"{run_dir} holds no whole checkpoint.")
    state.set_state(model, {name: checkpoint.arrays[name] for name in state.specs_of(model)})
    return model


def build(description, path):
    """Return the model that a run's `config.json` describes, with initial weights.

    Args:
        description: dictionary as `ganzoo.core.config.serialize` returns, from a file that may be anybody's.
        path: the run's folder, for messages.

    Raises:
        InputError: if it describes anything but a ganzoo model made of parts of ganzoo, optimizers and schedules of Keras.
    """
    if not description:
        raise InputError(f"{path} does not describe its model (it was made from a Python function); pass load(run_dir, model).")
    check_description(description, path)
    if not issubclass(_class(description, path), AdversarialModel):
        raise InputError(f"{path} must describe a model of ganzoo. Received: {str(description['class_name'])[:80]!r}")
    try:
        return deserialize(description)
    except InputError:
        raise
    except Exception as error:  # whatever a constructor raises for values that are not its own
        raise InputError(f"{path} describes a model that cannot be built: {str(error).splitlines()[0][:200]}") from error


def _compile(model, description, path):
    """Compile a model with the optimizers that a run's `config.json` describes; without such it keeps its own."""
    if not description:
        return
    check_description(description, path)
    try:
        model.compile_from_config(description)
    except InputError:
        raise
    except Exception as error:  # whatever an optimizer raises for values that are not its own
        raise InputError(f"{path} describes optimizers that cannot be built: {str(error).splitlines()[0][:200]}") from error


def check_description(value, path, name="model", depth=0):
    """Raise InputError unless a description is made of known classes and plain values of reasonable size."""
    if depth > 20:
        raise InputError(f"{path} describes a model that is nested too deeply.")
    if isinstance(value, dict):
        if "class_name" in value:
            _class(value, path)
        if len(value) > 200 or not all(isinstance(key, str) for key in value):
            raise InputError(f"{path} describes a model with {len(value)} entries in {name}; at most 200 are read.")
        for key, each in value.items():
            if key not in ("class_name", "module", "registered_name"):
                check_description(each, path, key, depth + 1)
    elif isinstance(value, list):
        most = _LISTS.get(name, 200)
        if len(value) > most:
            raise InputError(
                f"{path} describes a model with {len(value)} entries in {name}; at most {most} are read without the model: "
                "pass load(run_dir, model)."
            )
        for each in value:
            check_description(each, path, name, depth + 1)
    elif isinstance(value, int) and not isinstance(value, bool) and abs(value) > MAX_INT and name not in _LARGE:
        raise InputError(
            f"{path}: {name} must be at most {MAX_INT} to be read without the model; pass load(run_dir, model). Received: "
            f"{name}={str(value)[:30]}"
        )
    elif not isinstance(value, (str, int, float, bool, type(None))) or (isinstance(value, str) and len(value) > 1000):
        raise InputError(f"{path}: {name} must be a plain value. Received: {type(value).__name__}")


def _class(description, path):
    """Return the class that a description names, if it is one that a model may be made of."""
    name, module = description.get("class_name"), description.get("module")
    cls = keras.saving.get_registered_object(str(description.get("registered_name")))
    if cls is None and module in ("keras.optimizers", "keras.optimizers.schedules") and isinstance(name, str):
        cls = getattr({"keras.optimizers": keras.optimizers, "keras.optimizers.schedules": keras.optimizers.schedules}[module],
                      name, None)  # fmt: skip
    if not (isinstance(cls, type) and issubclass(cls, _PARTS)):
        raise InputError(
            f"{path} names {str(module)[:60]}.{str(name)[:60]}, which is no class of ganzoo that is imported here, nor an "
            "optimizer of Keras. Import the module of your own class first, or pass load(run_dir, model)."
        )
    return cls
