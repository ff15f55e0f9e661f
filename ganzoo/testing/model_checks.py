"""Checks of any model, whatever its players: each yields a sentence per fault."""

import copy
import pathlib
import tempfile

import keras
import numpy as np
import tensorflow as tf

from ganzoo import backend
from ganzoo.core import config, state
from ganzoo.core.inputs import Setting
from ganzoo.errors import InputError


def trainable_layers(subject):
    """Layers that have weights and are frozen, or that Keras does not know of."""
    for player in subject.model.players.values():
        for name, network in player.networks.items():
            frozen = [each.name for each in _leaves(network) if not each.trainable and each.weights]
            if frozen:
                yield (
                    f"The {name} has frozen layers, which never learn: {_some(frozen)}. Remove trainable = False; who is "
                    "trained when is decided by ganzoo."
                )
            attributes = [(each, key, value) for each in _leaves(network) for key, value in vars(each).items()]
            foreign = [f"{each.name}.{key}" for each, key, value in attributes if _is_foreign(value, each)]
            if foreign:
                yield (
                    f"The {name} has weights that Keras does not know of, which never learn and are not saved: "
                    f"{_some(foreign)}. Make them in build with self.add_weight, or as a keras.Variable."
                )


def inputs_matter(subject):
    """Inputs that change no sample."""
    rng = np.random.default_rng(0)
    with subject.state_kept():
        for player in subject.model.players.values():
            for network in player.models.values():
                for weight in network.trainable_variables:  # a scale that begins at 0 hides its input until it has learned
                    weight.assign_add(0.1 * rng.normal(size=weight.shape))
        one, other = subject.draw(seed=0), subject.draw(seed=1)
        before = subject.generate(one)
        for name, each in subject.model.inputs.items():
            values = other[name] if each.drawn else np.roll(one[name], 1, axis=0)
            if isinstance(each, Setting):  # the same for all where nothing is said
                values = values + 0.5
            if getattr(each, "classes", 2) > 1 and np.allclose(subject.generate(one | {name: values}), before, atol=1e-7):
                yield (
                    f"The generator ignores its {name}: other {name} give the same samples. Connect that input to the output."
                )


def value_range(subject):
    """Samples outside of `value_range`, or in one half of it."""
    if not subject.bounded:
        return
    low, high = subject.model.value_range
    inputs = subject.draw(64)
    # With large latents an output that is not bounded leaves the range, and one that is bounded fills it.
    large = {
        name: values * (50 if subject.model.inputs[name].drawn and values.dtype.kind == "f" else 1)
        for name, values in inputs.items()
    }
    made = np.concatenate([subject.generate(inputs), subject.generate(large)])
    if not np.isfinite(made).all():
        yield "The generator makes values that are NaN or infinite."
        return
    least, most, slack = made.min(), made.max(), 1e-3 * (high - low)
    advice = "End it with tanh for (-1, 1) or with sigmoid for (0, 1), or pass another value_range."
    if least < low - slack or most > high + slack:
        yield f"The generator makes values from {least:.3g} to {most:.3g}, outside of value_range ({low:g}, {high:g}). {advice}"
    elif large.keys() and (least > (low + high) / 2 - slack or most < (low + high) / 2 + slack):
        yield (
            f"The generator makes values from {least:.3g} to {most:.3g} alone, one half of value_range ({low:g}, {high:g}). "
            f"{advice}"
        )


def who_moves(subject):
    """Updates that move another player's weights, or not all of their own; players that never move."""
    players = subject.model.players
    own_weights = {
        name: [v for each in player.networks.values() for v in each.trainable_variables] for name, player in players.items()
    }
    owners = {id(v): name for name, found in own_weights.items() for v in found}
    for name in players:
        own = [each for each in subject.updates if each.player == name]
        if not own:
            yield f"A step never updates the {name}: play must call update({name!r}, ...)."
            continue
        foreign = {owners[id(v)] for each in own for v in each.moved if owners[id(v)] != name}
        if foreign:
            yield (
                f"The update of the {name} moves weights of the {', '.join(sorted(foreign))}; it must move its own alone. "
                "(Layers of Keras such as SpectralNormalization assign weights where they are called: take ganzoo.layers'.)"
            )
        asked = {id(v) for each in own for v, _ in each.gradients}
        zero = {id(v) for v in own_weights[name] if id(v) in asked and _vanishes(own, v)}
        moved = {id(v) for each in own for v in each.moved}
        still = [v.path for v in own_weights[name] if id(v) not in moved | zero]
        if still:
            yield f"The update of the {name} leaves weights where they are although they have a gradient: {_some(still)}."


def gradients(subject):
    """Gradients that are NaN, infinite, or always zero."""
    for name, player in subject.model.players.items():
        own = [each for each in subject.updates if each.player == name]
        odd = [v.path for each in own for v, g in each.gradients if g is not None and not np.isfinite(g).all()]
        if odd:
            yield (f"The {name}'s gradients are NaN or infinite for {_some(odd)}. Look for a logarithm or a root of 0.")
        # A bias that batch normalization subtracts again, or that cancels in a difference of logits, has no gradient by theory.
        zero = [v.path for v in player.variables if v.name not in ("bias", "beta") and _vanishes(own, v)]
        if zero:
            yield (
                f"The {name} has weights whose gradient is always zero, so that they never learn: {_some(zero)}. The output "
                "does not depend on them: is the layer connected, and is nothing after it constant?"
            )


def losses_of_a_step(subject):
    """Losses in a step that are not one number per sample."""
    for update in subject.updates:
        for name, shape in update.losses.items():
            if len(shape) != 1 and shape[1:] != (1,):  # a column has the same mean
                yield (
                    f"{name} must be one number per sample, (N,). Received: shape {shape}. Take the mean over all axes but the "
                    "first."
                )


def gradient_through(subject):
    """Updates through outputs made before whose gradient is not the one through everything at once."""
    for update in subject.updates:
        for (variable, found), expected in zip(update.gradients, update.expected or [], strict=False):
            if found is None:
                continue
            expected = 0.0 if expected is None else expected  # the outputs' gradient is lost on the way to the loss
            if np.abs(found - expected).max() > 1e-5 * max(1.0, np.abs(expected).max()):
                yield f"The {update.player}'s gradient for {variable.path} is not the one through D(G(z))."
                return


def compiled_step(subject):
    """A compiled step that does not count, or logs what is not finite."""
    before = subject.model.step
    logs = subject.model.train_on_batch(subject.batch)
    if subject.model.step != before + 1:
        yield f"train_on_batch must make one step. Received: step {subject.model.step} after {before}"
    odd = [name for name, value in logs.items() if not np.isfinite(value)]
    if odd:
        yield f"The logged values {_some(odd)} are NaN or infinite after one step."


def bad_input(subject):
    """Data that train_on_batch takes although they are wrong."""
    before = subject.model.step
    for name, spec in subject.model.examples.items():
        values = subject.batch[name]
        wrong = {}
        if spec.shape:
            wrong["another shape"] = values[..., :-1] if values.shape[-1] > 1 else values[:, :-1]
        if spec.dtype.startswith("uint"):
            low, high = subject.model.value_range
            wrong["floats beyond value_range"] = (high + (high - low) * (values / values.max() + 0.1)).astype("float32")
            wrong["NaN"] = np.full(values.shape, np.nan, "float32")
        if spec.dtype.startswith("float"):
            wrong["NaN"] = np.full_like(values, np.nan)
        if hasattr(subject.model.inputs.get(name), "classes"):
            wrong["labels beyond the classes"] = values + subject.model.inputs[name].classes
        for what, each in wrong.items():
            try:
                subject.model.train_on_batch(subject.batch | {name: each})
            except InputError:
                if subject.model.step != before:
                    yield f"train_on_batch refuses {name} of {what}, but only after a step."
            else:
                yield f"train_on_batch takes {name} of {what}; check_batches must refuse them with an InputError."


def configuration(subject):
    """Arguments that are not kept, or cannot be written down."""
    missing = [name for name in config.parameters(type(subject.model)) if not hasattr(subject.model, name)]
    if missing:
        yield (
            f"__init__ takes {_some(missing)} and does not keep it, so the GAN cannot be copied or saved. Store every argument "
            f"under its own name: self.{missing[0]} = {missing[0]}."
        )
    else:
        other = subject.another()
        if other.settings() != subject.model.settings():
            yield "A GAN made from get_config has other settings. Store every argument of __init__ under its own name."


def same_seed(subject):
    """Weights or samples that are no function of the seed."""
    if "seed" not in config.parameters(type(subject.model)):
        yield "__init__ takes no seed. Take seed, or **options, and pass it to super().__init__."
        return
    one, two, other = subject.another(), subject.another(), subject.another(seed=subject.model.seed + 1)
    if not _equal(state.get_state(one), state.get_state(two)):
        yield (
            "Two GANs of the same seed begin with different weights. Draw initial weights by Keras's initializers, never by "
            "numpy."
        )
    elif not np.array_equal(subject.sample(one), subject.sample(two)):
        yield ("Two GANs of the same seed make different samples. The generator must draw nothing by itself in inference mode.")
    if _equal(state.get_state(one), state.get_state(other)):
        yield "Two GANs of different seeds begin with the same weights. Leave the seed out of your layers' initializers."


def copies(subject):
    """A deep copy, or a model with the state put in, whose samples are others."""
    samples = subject.sample()
    if not np.array_equal(subject.sample(copy.deepcopy(subject.model)), samples):
        yield "copy.deepcopy of the GAN makes other samples."
    fresh = subject.another(seed=subject.model.seed + 1)
    state.set_state(fresh, state.get_state(subject.model))
    if not np.array_equal(subject.sample(fresh), samples):
        yield "A GAN with the state of another makes other samples: something they depend on is not a weight of its networks."


def save_and_load(subject):
    """A saved model that cannot be loaded, or is another."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "gan.keras"
        subject.model.save(path)
        loaded = keras.models.load_model(path)
    if not np.array_equal(subject.sample(loaded), subject.sample()):
        yield "The GAN that was saved and loaded makes other samples."
    if loaded.settings() != subject.model.settings():
        yield ("The GAN that was saved and loaded has other settings. Store every argument of __init__ under its own name.")


def resume(subject):
    """Two steps that differ from one step, a state put into a new model, and another step."""
    whole, rest = (copy.deepcopy(subject.model) for _ in range(2))
    first, second = (subject.model.prepare(subject.make_batch(8, seed)) for seed in (2, 3))
    whole.play_step(first)
    rest.play_step(first)
    other = subject.another()
    state.set_state(other, state.get_state(rest))
    whole.play_step(second)
    other.play_step(second)
    ours, theirs = state.get_state(whole), state.get_state(other)
    odd = [name for name in ours if ours[name].tobytes() != theirs[name].tobytes()]
    if odd and not backend.accelerators():  # some kernels of a GPU add in an order that changes from call to call
        yield (
            f"A training that goes on from a saved state differs from one that was not interrupted, first in {odd[0]}. Draw "
            "noise from the seeds that play gives, and keep nothing outside of Keras variables."
        )


def export(subject):
    """An exported generator that makes other samples."""
    with tempfile.TemporaryDirectory() as folder:
        served = tf.saved_model.load(subject.model.export(folder)).signatures
    inputs = subject.draw(4)
    endpoint = subject.model.endpoints()["serving_default"]
    low, high = subject.model.value_range
    asked = {
        name: (values - low) / (high - low) if not each.drawn and not hasattr(each, "classes") else values
        for (name, values), each in zip(inputs.items(), endpoint.inputs.values(), strict=True)
    }
    made = served["serving_default"](**{name: tf.constant(values) for name, values in asked.items()})[endpoint.output].numpy()
    expected = subject.model.render(inputs)
    made, apart = (np.rint(made * 255), 1) if subject.model.makes_images else (made, 1e-4)
    if made.shape != expected.shape or np.abs(made - expected.astype("float32")).max() > apart:
        yield "The exported generator makes other samples than sample does: override generate, not sample or render."
    if "from_seed" in served:
        given = {name: tf.constant(asked[name]) for name, each in endpoint.inputs.items() if not each.drawn}
        seeds = tf.range(4)
        together = served["from_seed"](seeds=seeds, **given)[endpoint.output].numpy()
        turned = {name: values[::-1] for name, values in given.items()}
        backwards = served["from_seed"](seeds=seeds[::-1], **turned)[endpoint.output].numpy()
        if not np.array_equal(together, backwards[::-1]):
            yield "The exported generator's sample of a seed depends on the other seeds it is asked with."


def _leaves(network):
    """Return the layers of a network that contain no others."""
    return [each for each in network._flatten_layers(include_self=False) if not list(each._flatten_layers(include_self=False))]


def _is_foreign(value, layer):
    """Return whether an attribute of a layer is a variable of TensorFlow that is none of the layer's weights."""
    return isinstance(value, tf.Variable) and all(value is not each.value for each in layer.variables)


def _vanishes(updates, variable):
    """Return whether a variable's gradient was zero, or missing, in all of these updates."""
    found = [g for each in updates for v, g in each.gradients if v is variable]
    return all(gradient is None or not np.any(gradient) for gradient in found)


def _equal(one, other):
    return one.keys() == other.keys() and all(np.array_equal(one[name], other[name]) for name in one)


def _some(names):
    """Return the first few names, and how many more there are."""
    names = list(dict.fromkeys(names))
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more
