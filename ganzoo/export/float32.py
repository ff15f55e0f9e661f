"""A model that computes in float32 for a while: runtimes without TensorFlow compute in nothing else, or slowly."""

import contextlib

import keras


@contextlib.contextmanager
def computing_in_float32(model):
    """Let every layer of a model's networks compute in float32 inside the block, whatever its dtype policy."""
    layers = model._flatten_layers(include_self=False)
    other = [(layer, layer.dtype_policy) for layer in layers if layer.compute_dtype != "float32"]
    try:
        for layer, before in other:
            policy = keras.DTypePolicy("float32")
            policy._variable_dtype = before.variable_dtype  # its weights stay as they are: Keras casts those that differ
            layer.dtype_policy = policy
        yield
    finally:
        for layer, policy in other:
            layer.dtype_policy = policy
