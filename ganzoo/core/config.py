"""Configuration: an object's attributes are its constructor's arguments, so that it can be written down and built again.

`get_config`, `from_config`, equality and repr of every ganzoo object follow from the signature of its `__init__`.
"""

import inspect
import numbers
import re

import keras
import numpy as np

from ganzoo.errors import InputError


def register(cls):
    """Make a class known to `keras.models.load_model` as PACKAGE>NAME, e.g. ganzoo.networks>DCGAN or __main__>MyGAN."""
    package = ".".join(cls.__module__.split(".")[:2])
    keras.saving.register_keras_serializable(package, cls.__name__)(cls)


def parameters(cls):
    """Return {name: default} of a class's constructor; `**options` stand for the parameters of the next class above."""
    found = {}
    for each in cls.__mro__:
        if "__init__" not in vars(each):
            continue
        signature = inspect.signature(each.__init__).parameters
        for name, parameter in list(signature.items())[1:]:
            if parameter.kind not in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL):
                found.setdefault(name, parameter.default)
        if not any(parameter.kind is parameter.VAR_KEYWORD for parameter in signature.values()):
            break
    return found


def serialize(value):
    """Return plain JSON values that `deserialize` turns back into `value`.

    Raises:
        InputError: if it holds something that has no configuration, such as a Python function.
    """
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        return float(value)
    if isinstance(value, (list, tuple)):
        return [serialize(each) for each in value]
    if isinstance(value, dict):
        return {str(name): serialize(each) for name, each in value.items()}
    if isinstance(value, np.ndarray):
        return value.tolist()
    if not hasattr(value, "get_config"):
        raise InputError(f"{value!r} cannot be saved: it has no get_config. Give an object of ganzoo or Keras instead.")
    config = keras.saving.serialize_keras_object(value)
    return {name: config[name] for name in ("module", "class_name", "config", "registered_name") if name in config}


def deserialize(value):
    """Return what `serialize` was given; tuples come back as lists."""
    if isinstance(value, list):
        return [deserialize(each) for each in value]
    if isinstance(value, dict) and "class_name" in value:
        return keras.saving.deserialize_keras_object(value)
    if isinstance(value, dict):
        return {name: deserialize(each) for name, each in value.items()}
    return value


def config_of(thing):
    """Return {constructor argument: plain value} of an object; InputError where one is not kept or cannot be written down."""
    return {name: serialize(value) for name, value in arguments_of(thing).items()}


def arguments_of(thing):
    """Return {constructor argument: value} of an object whose attributes are its constructor's arguments.

    Raises:
        InputError: if one is not an attribute.
    """
    missing = [name for name in parameters(type(thing)) if not hasattr(thing, name)]
    if missing:
        raise InputError(
            f"{type(thing).__name__}.__init__ takes {', '.join(missing)} and does not keep it. Store every argument under its "
            f"own name: self.{missing[0]} = {missing[0]}."
        )
    return {name: getattr(thing, name) for name in parameters(type(thing))}


def construct(cls, values):
    """Return an object made from {constructor argument: value}, where a class's `__init__` may set some of these itself.

    Raises:
        InputError: if a value that it sets differs from the given one.
    """
    values, own = dict(values), {}
    while True:
        try:
            made = cls(**values)
            break
        except TypeError as error:
            twice = re.search(r"got multiple values for (?:keyword )?argument '(\w+)'", str(error))
            if twice is None or twice[1] not in values or twice[1] in inspect.signature(cls.__init__).parameters:
                raise
            own[twice[1]] = values.pop(twice[1])
    for name, value in own.items():
        if description(getattr(made, name)) != description(value):
            raise InputError(
                f"{cls.__name__} passes its own {name} on, so that it cannot be made with another: let its __init__ take "
                f"{name}. Received: {name}={value!r:.200}"
            )
    return made


def description(value):
    """Return plain values that say what `value` is, for comparison; what cannot be saved stands there as its repr."""
    if isinstance(value, (list, tuple)):
        return [description(each) for each in value]
    if isinstance(value, Configurable):
        settings = {name: description(each) for name, each in arguments_of(value).items()}
        return {"class_name": type(value).__name__, **settings}
    if isinstance(value, (keras.optimizers.Optimizer, keras.optimizers.schedules.LearningRateSchedule)):
        config = {name: each for name, each in value.get_config().items() if name != "name"}
        return {"class_name": type(value).__name__, **config}
    try:
        return serialize(value)
    except InputError:
        return getattr(value, "__name__", re.sub(r" at 0x[0-9a-fA-F]+", "", repr(value)))  # no place in memory


class Configurable:
    """An object whose attributes are its constructor's arguments, under the same names."""

    def __init_subclass__(cls, **options):
        super().__init_subclass__(**options)
        register(cls)

    def get_config(self):
        """Return {constructor argument: plain value}; see `keras.saving`."""
        return config_of(self)

    @classmethod
    def from_config(cls, config):
        """Return an object with the arguments that `get_config` returned."""
        return construct(cls, {name: deserialize(value) for name, value in config.items()})

    def __eq__(self, other):
        return type(self) is type(other) and description(self) == description(other)

    def __hash__(self):
        return hash(str(description(self)))

    def __repr__(self):
        defaults = parameters(type(self))
        values = {name: getattr(self, name) for name in defaults if hasattr(self, name)}
        given = ", ".join(f"{name}={_shown(value)}" for name, value in values.items() if _differs(value, defaults[name]))
        return f"{type(self).__name__}({given})"


def _shown(value):
    """Return the repr of an argument; optimizers and schedules of Keras have none of their own."""
    unnamed = (keras.optimizers.Optimizer, keras.optimizers.schedules.LearningRateSchedule)
    return f"{type(value).__name__}(...)" if isinstance(value, unnamed) else repr(value)


def _differs(value, default):
    """Return whether an argument is another than its default."""
    return type(value) is not type(default) or value != default
