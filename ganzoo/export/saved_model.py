"""A trained model as a SavedModel that loads with TensorFlow alone."""

import math

import keras
import tensorflow as tf

from ganzoo.core.state import get_state
from ganzoo.errors import InputError
from ganzoo.utils.finite import nonfinite_networks


def export_generator(path, model):
    """Write a trained model as a SavedModel with an endpoint for each of `model.endpoints()`, and `from_seed`.

    `serving_default`, for any number N of images: the model's inputs by name (latents, labels, codes, ...) -> `images`
    float32 `(N, H, W, C)` in [0, 1], whatever range the network works in: scaling and clipping are inside the graph. An image
    that is to be translated is given in [0, 1] too.

    `from_seed`, where the model draws inputs: seeds int32 `(N,)`, and by name what it does not draw (labels int32 `(N,)`) ->
    `images` uint8 `(N, H, W, C)`. Image i depends on `seeds[i]` (and its label) alone: its inputs are drawn by the stateless
    Philox generator with the key (seed, 0), and it goes through the network by itself, so that neither N nor the order nor
    the process changes a bit of it. It equals `sample(1, seed)[0]`. For many images at once, `serving_default` is faster.

    Labels beyond the classes stop the call with an error. A model of points returns `points`, float32, from both.

    Args:
        path: folder to write; an existing SavedModel there is replaced.
        model: a `ganzoo` model.

    Returns:
        The path, as a string.

    Raises:
        InputError: if a network has weights that are NaN or infinite.
    """
    check_finite(model)
    low, high = model.value_range
    bounded = math.isfinite(low) and math.isfinite(high)

    def finished(examples):
        return tf.clip_by_value((examples - low) / (high - low), 0.0, 1.0) if bounded else examples

    archive = keras.export.ExportArchive()
    for player in model.players.values():
        for network in player.models.values():
            archive.track(network)
    for name, endpoint in model.endpoints().items():
        archive.add_endpoint(name, *_serve(endpoint, finished, model.value_range))
    default = model.endpoints()["serving_default"]
    if any(each.drawn for each in default.inputs.values()):
        archive.add_endpoint("from_seed", *_serve_seeds(model, default, finished, bounded))
    archive.write_out(str(path), verbose=False)
    return str(path)


def check_finite(model):
    """Raise InputError if one of the networks has weights that are NaN or infinite."""
    networks = nonfinite_networks(get_state(model))
    if networks:
        raise InputError(f"{', '.join(networks)} at step {model.step} hold weights that are NaN or infinite; nothing is exported.")


def _serve(endpoint, finished, value_range):
    """Return (function, signature) of an endpoint that is asked with all inputs."""

    def serve(*tensors):
        inputs = {}
        for (name, each), tensor in zip(endpoint.inputs.items(), tensors, strict=True):
            _assert_known(name, each, tensor)
            inputs[name] = each.to_network(tensor, value_range)
        return {endpoint.output: finished(endpoint.generate(inputs))}

    return serve, [tf.TensorSpec((None, *each.shape), each.dtype, name=name) for name, each in endpoint.inputs.items()]


def _serve_seeds(model, endpoint, finished, bounded):
    """Return (function, signature) of the endpoint that draws from seeds."""
    given = {name: each for name, each in endpoint.inputs.items() if not each.drawn}

    def one(row):
        seed, *values = row
        drawn = model.draw_values((1,), tf.stack([seed, 0]), endpoint.inputs)
        inputs = drawn | {name: value[None] for name, value in zip(given, values, strict=True)}
        return finished(endpoint.generate({name: inputs[name] for name in endpoint.inputs}))[0]

    def from_seed(*rows):
        for (name, each), tensor in zip(given.items(), rows[1:], strict=True):
            _assert_known(name, each, tensor)
        made = tf.map_fn(one, rows, fn_output_signature=tf.float32)
        return {endpoint.output: tf.cast(tf.round(made * 255.0), tf.uint8) if bounded else made}

    signature = [tf.TensorSpec((None,), tf.int32, name="seeds")]
    signature += [tf.TensorSpec((None, *each.shape), each.dtype, name=name) for name, each in given.items()]
    return from_seed, signature


def _assert_known(name, each, tensor):
    """Stop the call with an error where a class number is none."""
    if hasattr(each, "classes"):
        message = f"{name} must be from 0 to {each.classes - 1}"
        tf.debugging.assert_equal(tf.reduce_all((tensor >= 0) & (tensor < each.classes)), True, message)
