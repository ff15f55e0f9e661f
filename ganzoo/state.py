"""The whole state of a training as a dictionary of arrays, and back.

Names are made of the part and the position, not of Keras's layer names: those count up with every layer a process makes.
"""

import numpy as np

from ganzoo.errors import InputError


def _parts(gan):
    """Yield (part, variables): networks with their moving statistics and dropout seeds, optimizers, whatever else."""
    parts = {
        "generator": gan.generator.variables,
        "discriminator": gan.discriminator.variables,
        "ema_generator": gan.ema_generator.variables if gan.ema_generator is not None else [],
        "generator_optimizer": gan.generator_optimizer.variables,
        "discriminator_optimizer": gan.discriminator_optimizer.variables,
    }
    seen = {id(variable) for variables in parts.values() for variable in variables}
    seen |= {id(variable) for variable in gan.metrics_variables}
    parts["other"] = [variable for variable in gan.variables if id(variable) not in seen]
    return parts.items()


def _named(gan):
    return {f"{part}/{i:03d}": variable for part, variables in _parts(gan) for i, variable in enumerate(variables)}


def get_state(gan):
    """Return {name: array} of everything that the next step depends on, data and noise aside (functions of the step)."""
    return {name: np.asarray(variable) for name, variable in _named(gan).items()}


def set_state(gan, arrays):
    """Put back what `get_state` returned.

    Raises:
        InputError: if names or shapes are not those of this GAN, before anything is changed.
    """
    variables = _named(gan)
    odd = sorted(variables.keys() ^ arrays.keys())
    odd += [name for name in variables.keys() & arrays.keys() if tuple(variables[name].shape) != arrays[name].shape]
    if odd:
        raise InputError(f"the checkpoint is of another network: {', '.join(odd[:5])} do not fit.")
    for name, variable in variables.items():
        variable.assign(arrays[name])
