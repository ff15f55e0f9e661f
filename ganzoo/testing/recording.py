"""One training step, watched: which weights each update moves, by which gradients, for which losses."""

import contextlib
import dataclasses

import numpy as np
from keras import ops

from ganzoo import backend


@dataclasses.dataclass
class Update:
    """One call of `model.update`.

    Attributes:
        player: its name.
        losses: {name: shape}.
        gradients: list of (variable, array or None).
        moved: list of trainable variables, of any player, that it changed.
        expected: for an update through outputs computed before, the gradients that come of computing all at once; else None.
    """

    player: str
    losses: dict = dataclasses.field(default_factory=dict)
    gradients: list = dataclasses.field(default_factory=list)
    moved: list = dataclasses.field(default_factory=list)
    expected: list | None = None


def watch_step(model, batches):
    """Play one step without compiling it.

    Args:
        model: an `AdversarialModel`; its weights move.
        batches: {part: array `(N, ...)`}.

    Returns:
        List of `Update`, in their order.
    """
    updates, functions = [], {}
    plain_forward, plain_update = model.forward, model.update

    def forward(name, function):
        statistics = _values(_statistics(model.players[name]))
        result = plain_forward(name, function)
        functions[id(result)] = function, statistics
        return result

    def update(name, objective, through=None, examples=None, penalties=None):
        player, found = model.players[name], Update(name)
        if through is not None and id(through) in functions:
            found.expected = _gradients_at_once(player, objective, penalties, *functions[id(through)], model)
        networks = [network for each in model.players.values() for network in each.networks.values()]
        trained = list({id(v): v for network in networks for v in network.trainable_variables}.values())
        before = _values(trained)

        def observed(*outputs):
            losses, measures = objective(*outputs)
            found.losses |= {key: tuple(value.shape) for key, value in losses.items()}
            return losses, measures

        with _captured_gradients(player.optimizer, found):
            logs = plain_update(name, observed, through, examples, penalties)
        found.moved = [v for v, old in zip(trained, before, strict=True) if not np.array_equal(old, ops.convert_to_numpy(v))]
        updates.append(found)
        return logs

    with _replaced(model, forward=forward, update=update):
        model.play(model.prepare(batches), ops.cast(model.step_counter.value, "int32"))
    return updates


def _gradients_at_once(player, objective, penalties, function, statistics, model):
    """Return the gradients of `objective(function())` and of penalties for a player's variables; changes no variable."""
    kept = [(each, _values(_statistics(each))) for each in model.players.values()]
    own = _values(model.non_trainable_variables)
    _assign(_statistics(player), statistics)

    def total():
        losses, _ = objective(function())
        losses = losses | (penalties() if penalties is not None else {})
        return sum(ops.mean(loss) for loss in losses.values()), None

    _, _, gradients = backend.value_and_gradients(total, player.variables)
    for each, values in kept:
        _assign(_statistics(each), values)
    _assign(model.non_trainable_variables, own)
    return [_array(gradient) for gradient in gradients]


@contextlib.contextmanager
def _captured_gradients(optimizer, found):
    plain = optimizer.apply

    def apply(gradients, variables=None):
        found.gradients += [(v, _array(each)) for v, each in zip(variables, gradients, strict=True)]
        return plain(gradients, variables)

    with _replaced(optimizer, apply=apply):
        yield


@contextlib.contextmanager
def _replaced(thing, **methods):
    """Replace methods of one object for a while."""
    for name, method in methods.items():
        object.__setattr__(thing, name, method)
    try:
        yield
    finally:
        for name in methods:
            object.__delattr__(thing, name)


def _statistics(player):
    """Return what a player's networks change by themselves when called: moving statistics, seeds of dropout."""
    return [v for network in player.models.values() for v in network.variables if not getattr(v, "trainable", False)]


def _values(variables):
    return [np.array(ops.convert_to_numpy(variable)) for variable in variables]


def _assign(variables, values):
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)


def _array(gradient):
    """Return a gradient, dense or of rows of an embedding, as an array; None stays None."""
    return None if gradient is None else ops.convert_to_numpy(ops.convert_to_tensor(gradient))
