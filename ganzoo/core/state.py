"""The whole state of a training as a dictionary of arrays, and back.

Names are made of the player, the network and the position, not of Keras's layer names: those count up with every layer that a
process makes.
"""

import numpy as np
from keras import ops

from ganzoo.errors import InputError


def variables_of(model):
    """Return {name: `keras.Variable`} of everything that the next step depends on, data and noise aside.

    Networks with their moving statistics and dropout seeds, their averages, optimizers, the step, and what else a subclass
    keeps.
    """
    named, seen = {}, {id(variable) for variable in model.metrics_variables}

    def add(prefix, variables, names=False):
        for index, variable in enumerate(each for each in variables if id(each) not in seen):
            seen.add(id(variable))
            named[f"{prefix}/{index:03d}{f'_{variable.name}' if names else ''}"] = variable

    for player_name, player in model.players.items():
        for name, network in player.models.items():
            add(f"{player_name}/{name}", network.variables, names=True)
        add(f"{player_name}/optimizer", player.optimizer.variables)
    named["step"] = model.step_counter
    seen.add(id(model.step_counter))
    add("other", model.variables)
    return named


def seeds_of(model):
    """Return the variables that random layers such as dropout draw from, in the order of `variables_of`."""
    return [variable for variable in variables_of(model).values() if variable.name == "seed_generator_state"]


def get_state(model):
    """Return {name: array} of everything that the next step depends on, data and noise aside (functions of the step)."""
    return {name: np.array(ops.convert_to_numpy(variable)) for name, variable in variables_of(model).items()}


def specs_of(model):
    """Return {name: (shape, dtype name)} of what `get_state` returns."""
    return {name: (tuple(variable.shape), str(variable.dtype)) for name, variable in variables_of(model).items()}


def set_state(model, arrays):
    """Put back what `get_state` returned.

    Raises:
        InputError: if names or shapes are not those of this model, before anything is changed.
    """
    variables = variables_of(model)
    odd = sorted(variables.keys() ^ arrays.keys())
    odd += [name for name in variables.keys() & arrays.keys() if tuple(variables[name].shape) != arrays[name].shape]
    if odd:
        raise InputError(f"the checkpoint is of another network: {', '.join(odd[:5])} do not fit.")
    for name, variable in variables.items():
        variable.assign(arrays[name])
