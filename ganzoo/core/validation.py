"""Validation of a model's data, and of networks against what the model declares."""

import keras
import numpy as np
from keras import ops

from ganzoo.core.inputs import WHITE
from ganzoo.errors import InputError
from ganzoo.utils.checks import check_class_ids

MANY_STEPS = 10**12  # enough to reach the last stage of any model


class Validation:
    """Validation mixin of `AdversarialModel`: one check for arrays, streams, `fit` and `train_on_batch`."""

    def check_data(self, data):
        """Raise InputError if a dataset of `ganzoo.data` is not what this model can train on, in its last stage."""
        for name, spec in (self.stages(MANY_STEPS)[-1].examples or self.examples).items():
            if name not in data.specs:
                raise InputError(
                    f"{type(self).__name__} trains on {' and '.join(self.examples)}, and {data.name} has no {name}."
                )
            found = tuple(data.specs[name].shape)
            if found != tuple(spec.shape):
                raise InputError(f"{type(self).__name__} takes {name} {tuple(spec.shape)}. Received: {data.name} with {found}")
            known = getattr(data, "words", {}).get(name)
            if known is not None and tuple(known) != tuple(self.inputs[name].words):
                raise InputError(
                    f"{data.name} has texts with other words than this {type(self).__name__} knows: make the model with the "
                    f"data's own vocabulary, {type(self).__name__}(..., text=data.text)."
                )
        arrays = getattr(data, "arrays", None)
        first = getattr(data, "first", None)
        if arrays is not None:
            self.check_batches({name: arrays[name] for name in self.examples}, sizes=False)
        elif first is not None:  # of a stream no more is seen before it is trained on
            self.check_batches({name: first[name] for name in self.examples}, sizes=False)

    def check_batches(self, batches, sizes=True):
        """Raise InputError if {part: array} have another shape, dtype or range than `examples` declares.

        Args:
            batches: {part: array or tensor}, leading axes (N,) or (batches_per_step, N).
            sizes: whether to check shapes and that all parts have the same leading axes.
        """
        leading = {}
        for name, spec in self.examples.items():
            values = batches[name]
            shape, rank = tuple(values.shape), len(spec.shape)
            if sizes:
                if (shape[len(shape) - rank :] != tuple(spec.shape)) or len(shape) - rank not in (1, 2):
                    wanted = ", ".join(map(str, ("N", *spec.shape)))
                    raise InputError(f"{name} must be ({wanted}). Received: shape {shape}")
                leading[name] = shape[: len(shape) - rank]
            self.check_part(name, values)
        if len(set(leading.values())) > 1:
            raise InputError(f"all parts of a batch must have the same size. Received: {leading}")

    def ranges(self, specs):
        """Return {part: (low, high)} that a stream's values must keep to; specs: {part: `Spec`} of the stream."""
        found = {}
        for name, spec in self.examples.items():
            if name in self.inputs and hasattr(self.inputs[name], "classes"):
                found[name] = (0, self.inputs[name].classes - 1)
            elif spec.dtype in WHITE and specs[name].dtype not in WHITE:
                low, high = self.value_range
                slack = 1e-3 * (high - low)
                found[name] = (low - slack, high + slack)
        return found

    def check_part(self, name, values):
        """Raise InputError if one part's values are of another dtype or range than the model can train on."""
        spec = self.examples[name]
        if name in self.inputs and hasattr(self.inputs[name], "classes"):
            check_labels(name, values, self.inputs[name].classes)
        elif spec.dtype in WHITE:
            check_pixels(name, values, self.value_range, spec.dtype)
        elif "float" in spec.dtype:
            array = np.asarray(values)
            if array.dtype.kind not in "fiu" or not np.isfinite(array).all():
                raise InputError(
                    f"{name} must be finite numbers. Received: {array.dtype}, {int((~np.isfinite(array)).sum())} not finite"
                )


def check_pixels(name, values, value_range, dtype="uint8"):
    """Raise InputError if images `(..., H, W, C)` are neither of the dtype, uint8 or uint16, nor floats in `value_range`."""
    found = keras.backend.standardize_dtype(values.dtype)
    if found == dtype:
        return
    array = ops.convert_to_numpy(values)
    low, high = value_range
    slack = 1e-3 * (high - low)
    wanted = f"{name} must be {dtype} from 0 to {WHITE[dtype]:g}, or floats from {low:g} to {high:g}, this GAN's value_range."
    if found in WHITE:
        remedy = "(x // 257).astype('uint8')" if dtype == "uint8" else "x.astype('uint16') * 257"
        deep = "" if dtype == "uint16" else ", or keep all levels in a TextureGAN(depth=16)"
        raise InputError(f"{wanted} Received: {found}; convert with {remedy}{deep}")
    if array.dtype.kind != "f" or not low - slack <= array.min() <= array.max() <= high + slack:
        raise InputError(f"{wanted} Received: {array.dtype} from {array.min():g} to {array.max():g}")
    if low < 0 and array.min() >= 0 and array.size >= 1000 and array.max() > (low + high) / 2:
        raise InputError(
            f"{wanted} Received: {array.dtype} from {array.min():g} to {array.max():g}, which looks like pixels in [0, 1]; "
            f"scale them: {high - low:g} * x - {-low:g}"
        )


def check_labels(name, values, classes):
    """Raise InputError if labels `(..., N)` are not integers from 0 to classes - 1."""
    check_class_ids(name, ops.convert_to_numpy(values), classes)


def check_network(name, network, inputs, output, model):
    """Raise InputError if a network cannot be called as the model calls it.

    Args:
        name: of the method that built it, e.g. "build_generator".
        network: what it returned.
        inputs: list of (name, shape without the batch) that it may be called with, in order; it takes the first few.
        output: (what it is, shape without the batch) of its first output.
        model: name of the model, for the message.
    """
    if not isinstance(network, keras.Model) or not getattr(network, "inputs", None):
        raise InputError(
            f"{name} must return a functional or Sequential keras.Model that begins with keras.Input(...), so that its shapes "
            f"are known. Received: {network!r}"
        )
    if len(network.inputs) > len(inputs):
        known = ", ".join(f"{each} {shape}" for each, shape in inputs)
        raise InputError(f"{name} of {model} may take {known}. Received: a network of {len(network.inputs)} inputs")
    for tensor, (each, shape) in zip(network.inputs, inputs, strict=False):
        if not _fits(tensor.shape[1:], shape):
            raise InputError(f"{name} must take {each} {tuple(shape)}. Received: an input of shape {tuple(tensor.shape[1:])}")
    what, shape = output
    made = tuple(network.outputs[0].shape[1:])
    if not _fits(made, shape):
        raise InputError(
            f"{name} must return {what} {('N', *shape)}. Received: output shape {('N', *made)}".replace("'N'", "N")
        )


def last_activation(network):
    """Return the name of the activation that a network's first output comes out of, or None: sigmoid, tanh, relu, ..."""
    tensor = network.outputs[0]
    while True:
        operation = tensor._keras_history.operation
        if isinstance(operation, keras.Model) and not getattr(operation, "outputs", None):
            return None  # of a subclass nothing is known
        if isinstance(operation, keras.Model):
            tensor = operation.outputs[tensor._keras_history.tensor_index]
            continue
        kind = type(operation).__name__.lower()
        if kind in ("reshape", "flatten", "identity", "dropout", "cast", "permute"):
            tensor = operation._inbound_nodes[0].input_tensors[0]
            continue
        activation = getattr(operation, "activation", None)
        found = getattr(activation, "__name__", kind) if activation is not None else kind
        return {"hardsigmoid": "hard_sigmoid", "linear": None}.get(found, found)


def refuse_sigmoid(name, network):
    """Raise InputError if a discriminator ends in a sigmoid, as a layer, an operation or a hard one."""
    found = last_activation(network)
    if found in ("sigmoid", "hard_sigmoid", "hardsigmoid", "softmax", "tanh"):
        raise InputError(
            f"{name} must return logits, as the sigmoid is in the loss. Received: a network that ends in a {found}; leave its "
            "activation out"
        )


def refuse_batch_norm(name, network, regularizers):
    """Raise InputError if a discriminator has batch normalization under a penalty on the slope of each example's logit."""
    norms = [each.name for each in network._flatten_layers() if isinstance(each, keras.layers.BatchNormalization)]
    penalties = [each for each in regularizers if each.refuses_batch_norm]
    if norms and penalties:
        raise InputError(
            f"{name} must return a network without batch normalization, which makes one example's logit depend on the others "
            f"and voids {penalties[0]!r}. Received: {', '.join(norms[:3])}; leave it out (of a pair in ganzoo.networks with "
            "critic_norm=False or discriminator_batch_norm=False), or take keras.layers.LayerNormalization"
        )


def refuse_other_range(name, network, value_range):
    """Raise InputError if a generator's last activation has another range than `value_range`."""
    ranges = {"sigmoid": (0.0, 1.0), "hard_sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0), "softmax": (0.0, 1.0)}
    found = last_activation(network)
    if found in ranges and tuple(value_range) != ranges[found]:
        right = {(-1.0, 1.0): "tanh", (0.0, 1.0): "sigmoid"}.get(tuple(value_range), "an activation with that range")
        raise InputError(
            f"{name} must make images in value_range {tuple(value_range)}. Received: a network that ends in a {found}, which "
            f"makes {ranges[found]}; take {right} or pass value_range={ranges[found]}"
        )


def _fits(found, wanted):
    return len(found) == len(wanted) and all(a in (None, b) or b is None for a, b in zip(found, wanted, strict=True))
