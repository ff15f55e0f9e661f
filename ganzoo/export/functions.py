"""What a trained model is exported as: functions of tensors with named inputs and one named output, for every format.

Scaling to [0, 1] and clipping are part of them, whatever range the network works in; the output is float32.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import keras
import tensorflow as tf

from ganzoo.core.inputs import WHITE


class Function(NamedTuple):
    """One function of an exported model.

    Attributes:
        name: of the endpoint, e.g. "serving_default".
        inputs: {name: `ganzoo.core.inputs.Input`}.
        signature: list of `tf.TensorSpec`, named as the inputs.
        call: callable from tensors in the order of `inputs` to {output: tensor}.
        output: name of what comes back, e.g. "images".
    """

    name: str
    inputs: dict
    signature: list
    call: Callable
    output: str

    def traced(self):
        """Return the `tf.function`, traced for its signature."""
        function = tf.function(self.call, input_signature=self.signature, autograph=False)
        function.get_concrete_function()
        return function


def write_functions(folder, model, functions):
    """Write a SavedModel of functions, with the networks that they use and no others.

    Args:
        folder: the folder to write.
        model: a `ganzoo` model.
        functions: {name of the signature: `tf.function`, traced}.
    """
    used = {id(each) for function in functions.values() for each in function.get_concrete_function().variables}
    archive = keras.export.ExportArchive()
    played = [network for player in model.players.values() for network in player.models.values()]
    for network in [*played, *model.layers]:  # those that an earlier stage trained are no player's
        own = {id(each.value) for each in network.variables}
        if own & used:
            archive.track(network)
            used -= own
    for name, function in functions.items():
        archive.add_endpoint(name, function)
    archive.write_out(str(folder), verbose=False)


def is_bounded(model):
    """Return whether the model makes pixels, which are scaled to [0, 1]; other numbers stay as they are."""
    return model.makes_images and all(math.isfinite(bound) for bound in model.value_range)


def finish(model, examples):
    """Scale and clip examples in the model's `value_range` to [0, 1]; points stay as they are."""
    low, high = model.value_range
    return tf.clip_by_value((examples - low) / (high - low), 0.0, 1.0) if is_bounded(model) else examples


def endpoint_function(model, name, batch=None, unknown="stop"):
    """Return the `Function` of one of `model.endpoints()`, which takes all of its inputs.

    Args:
        model: a `ganzoo` model.
        name: of the endpoint.
        batch: None for any number of images, zero included; an int for that number alone.
        unknown: what the number of a class or word that does not exist does: "stop" the call with an error, make its image
            "nan" where a runtime has no errors, or stand for the "nearest" class where it has no NaN either.
    """
    endpoint = model.endpoints()[name]

    def call(*tensors):
        inputs, known = {}, []
        for (key, each), tensor in zip(endpoint.inputs.items(), tensors, strict=True):
            if hasattr(each, "classes"):
                tensor = _checked(key, each, tensor, unknown, known)
            inputs[key] = each.to_network(tensor, model.value_range)
        made = finish(model, tf.cast(endpoint.generate(inputs), tf.float32))
        for each in known:
            made += tf.reshape(tf.where(each, 0.0, math.nan), (-1, *[1] * (len(made.shape) - 1)))
        return {endpoint.output: made}

    never_empty = call if batch or unknown != "stop" else _with_a_row_where_there_is_none(call)
    return Function(name, endpoint.inputs, _signature(endpoint.inputs, batch), never_empty, endpoint.output)


def seed_function(model, batch=None):
    """Return the `Function` `from_seed`, or None for a model that draws nothing.

    Image i depends on seed i (and its label) alone: its inputs are drawn by the stateless Philox generator with the key
    (seed, 0), and it goes through the network by itself.
    """
    endpoint = model.endpoints()["serving_default"]
    given = {name: each for name, each in endpoint.inputs.items() if not each.drawn}
    if len(given) == len(endpoint.inputs):
        return None

    def one(row):
        seed, *values = row
        drawn = model.draw_values((1,), tf.stack([seed, 0]), endpoint.inputs)
        asked = zip(given.items(), values, strict=True)
        inputs = drawn | {name: each.to_network(value[None], model.value_range) for (name, each), value in asked}
        return finish(model, endpoint.generate({name: inputs[name] for name in endpoint.inputs}))[0]

    signature = [tf.TensorSpec((batch,), tf.int32, name="seeds"), *_signature(given, batch)]

    def call(*rows):
        if batch:  # a SavedModel does not look at the shapes of its signature
            rows = [tf.ensure_shape(row, spec.shape) for row, spec in zip(rows, signature, strict=True)]
        values = [
            _checked(name, each, tensor, "stop", []) if hasattr(each, "classes") else tensor
            for (name, each), tensor in zip(given.items(), rows[1:], strict=True)
        ]
        made = tf.map_fn(one, (rows[0], *values), fn_output_signature=tf.float32)
        kind = next(iter(model.examples.values())).dtype
        return {endpoint.output: tf.cast(tf.round(made * WHITE[kind]), kind) if is_bounded(model) else made}

    return Function("from_seed", given, signature, call, endpoint.output)


def portable_functions(model, batch=None, unknown="nan"):
    """Return the `Function`s for runtimes without TensorFlow: one per endpoint; one with two names goes by the other."""
    endpoints = model.endpoints()
    default = endpoints["serving_default"]
    others = [name for name, each in endpoints.items() if name != "serving_default"]
    twin = any(endpoints[name] is default for name in others)
    return [endpoint_function(model, name, batch, unknown) for name in ([] if twin else ["serving_default"]) + others]


def _signature(inputs, batch):
    return [tf.TensorSpec((batch, *each.dynamic_shape), each.dtype, name=name) for name, each in inputs.items()]


def _checked(name, each, numbers, unknown, known):
    """Return numbers that are classes, so that nothing else fails first; appends which were to `known` for NaN."""
    inside = (numbers >= 0) & (numbers < each.classes)
    if unknown == "stop":
        tf.debugging.assert_equal(tf.reduce_all(inside), True, f"{name} must be from 0 to {each.classes - 1}")
    if unknown == "nan":
        known.append(tf.reduce_all(inside, axis=list(range(1, len(each.shape) + 1))) if each.shape else inside)
    return tf.clip_by_value(numbers, 0, each.classes - 1)


def _with_a_row_where_there_is_none(call):
    """Return `call` for any number of rows: TensorFlow's transposed convolution fails on none, so it gets one row for none."""

    def filled(*tensors):
        n = tf.shape(tensors[0])[0]
        missing = tf.cast(tf.equal(n, 0), tf.int32)
        rows = [tf.concat([each, tf.zeros([missing, *tf.unstack(tf.shape(each))[1:]], each.dtype)], 0) for each in tensors]
        return {name: made[:n] for name, made in call(*rows).items()}

    return filled
