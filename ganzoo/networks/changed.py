"""Techniques that are layers, put into any pair of networks: spectral normalization, minibatch layers, virtual batch norm.

Example:
    >>> pair = Changed(DCGAN(), spectral_norm=True, minibatch="std")
    >>> pair.build_discriminator((8, 8, 1)).output_shape
    (None, 1)
"""

import keras
import numpy as np
from keras import layers

from ganzoo.core.inputs import Input
from ganzoo.errors import InputError
from ganzoo.layers import (
    FusedBatchNormalization,
    MinibatchDiscrimination,
    MinibatchStd,
    NarrowConv2D,
    ReferenceBatch,
    SpectralConv2D,
    SpectralDense,
    SpectralEmbedding,
    SpectralNarrowConv2D,
    SpectralUpsampleConv2D,
    UpsampleConv2D,
    VirtualBatchNormalization,
    WithoutReference,
)
from ganzoo.layers.spectral import SpectralNormalized
from ganzoo.networks.base import Networks, functional
from ganzoo.networks.dcgan import DCGAN
from ganzoo.utils.checks import check_choice, check_object, positive_integer
from ganzoo.utils.heads import head_of
from ganzoo.utils.types import Shape

SPECTRAL = {
    layers.Conv2D: SpectralConv2D,
    layers.Dense: SpectralDense,
    layers.Embedding: SpectralEmbedding,
    NarrowConv2D: SpectralNarrowConv2D,
    UpsampleConv2D: SpectralUpsampleConv2D,
}
BATCH_NORMS = (layers.BatchNormalization, FusedBatchNormalization)
MINIBATCH = ("std", "discrimination")


class Changed(Networks):
    """A given pair, with techniques added that it does not have by itself.

    Args:
        networks: a pair of `ganzoo.networks`.
        spectral_norm: spectral normalization of all kernels of the discriminator; see `ganzoo.layers.spectral`.
        minibatch: lets the discriminator compare the examples of a batch: "std" joins `MinibatchStd` to its last map,
            "discrimination" joins `MinibatchDiscrimination` to what the logit is made of, a projection of labels excepted; None
            leaves it.
        virtual_batch_norm: examples of the reference batch that the generator's batch norms take their statistics from, see
            `ganzoo.layers.virtual_batch_norm`; None leaves batch normalization.

    Raises:
        InputError: where a network has no place for a technique, when it is built.
    """

    def __init__(
        self,
        networks: Networks | None = None,
        spectral_norm: bool = False,
        minibatch: str | None = None,
        virtual_batch_norm: int | None = None,
    ):
        self.networks = DCGAN() if networks is None else check_object("networks", networks, Networks, "DCGAN()")
        self.spectral_norm = bool(spectral_norm)
        self.minibatch = None if minibatch is None else check_choice("minibatch", minibatch, MINIBATCH)
        self.virtual_batch_norm = (
            None if virtual_batch_norm is None else positive_integer("virtual_batch_norm", virtual_batch_norm)
        )
        self.value_range = self.networks.value_range
        self.embedding_size = self.networks.embedding_size

    def build_latent(self, size: int, shape: Shape) -> Input:
        return self.networks.build_latent(size, shape)

    def check(self, shape: Shape, model: str) -> None:
        self.networks.check(shape, model)

    def build_generator(self, inputs: dict[str, Input], shape: Shape) -> keras.Model:
        generator = self.networks.build_generator(inputs, shape)
        return with_virtual_batch_norm(generator, inputs, self.virtual_batch_norm) if self.virtual_batch_norm else generator

    def build_discriminator(self, shape: Shape, classes: int | None = None, heads: dict[str, int] | None = None) -> keras.Model:
        discriminator = self.networks.build_discriminator(shape, classes, heads)
        if self.spectral_norm:
            discriminator = with_spectral_norm(discriminator)
        return with_minibatch_layer(discriminator, self.minibatch) if self.minibatch else discriminator


def with_spectral_norm(network: keras.Model) -> keras.Model:
    """Return a network like this one, with weights of its own, whose kernels are all normalized by their spectral norm.

    Raises:
        InputError: where a layer with a kernel has no spectrally normalized twin.
    """

    def clone(layer):
        twin = SPECTRAL.get(type(layer))
        if twin:
            return twin.from_config(layer.get_config())
        if any(len(w.shape) > 1 for w in layer.trainable_weights) and not isinstance(layer, SpectralNormalized):
            raise InputError(f"spectral_norm knows Conv2D, Dense and Embedding. Received: {type(layer).__name__}")
        return type(layer).from_config(layer.get_config())

    return keras.models.clone_model(network, clone_function=clone)


def with_minibatch_layer(network: keras.Model, kind: str) -> keras.Model:
    """Return a discriminator like this one, with weights of its own, that compares the examples of a batch.

    Args:
        network: `keras.Model` whose first output is the logit.
        kind: "std" or "discrimination".

    Raises:
        InputError: for "std" where it has no maps, or what follows them takes no further feature.
    """
    if kind == "discrimination":
        heads = [(head_of(tensor), tensor._keras_history.operation) for tensor in network.outputs]
        places = [head if _rank(head) == 2 else last for head, last in heads]
    else:
        places = [each for each in network.operations if _rank(each) == 4 and len(each.output.shape) == 2][-1:]
    if not places:
        raise InputError("minibatch='std' is for discriminators of images; minibatch='discrimination' is for all.")
    names, joined = {each.name for each in places}, {}

    def call(layer, *arguments, **options):
        if layer.name in names:
            key = id(arguments[0])  # several outputs are made of the same features
            if key not in joined:
                joined[key] = (MinibatchStd() if kind == "std" else MinibatchDiscrimination())(arguments[0])
            arguments = (joined[key], *arguments[1:])
        return layer(*arguments, **options)

    def clone(layer):
        return type(layer).from_config(layer.get_config())

    try:
        return keras.models.clone_model(network, clone_function=clone, call_function=call)
    except ValueError as error:  # of a layer whose inputs must fit each other, such as a projection's
        other = "discrimination" if kind == "std" else "std"
        raise InputError(
            f"minibatch={kind!r} gives {places[0].name} more features than what follows it takes; take {other!r}."
        ) from error


def with_virtual_batch_norm(network: keras.Model, inputs: dict[str, Input], reference: int) -> keras.Model:
    """Return a generator like this one, with weights of its own and virtual batch norms.

    Args:
        network: `keras.Model` of the inputs, in their order.
        inputs: {name: `ganzoo.core.inputs.Input`}, which the reference batch is drawn from.
        reference: examples of the reference batch.

    Raises:
        InputError: where it has no batch normalization, or some of it within other layers.
    """

    def clone(layer):
        if type(layer) in BATCH_NORMS:
            return VirtualBatchNormalization(reference, epsilon=layer.epsilon)
        return type(layer).from_config(layer.get_config())

    if not any(type(each) in BATCH_NORMS for each in network.layers):
        raise InputError("virtual_batch_norm is for a generator with batch normalization; this one has none.")

    def call(layer, *arguments, **options):  # batch normalization is called with options of its own, such as a mask
        return layer(*arguments, **({} if isinstance(layer, VirtualBatchNormalization) else options))

    body = keras.models.clone_model(network, clone_function=clone, call_function=call)
    left = [each.name for each in body._flatten_layers() if isinstance(each, layers.BatchNormalization)]
    if left:
        raise InputError(
            "virtual_batch_norm takes the place of all batch norms, which must be layers of the generator itself. Received: "
            f"others within its layers ({', '.join(left[:3])}), as where a norm is told labels"
        )
    tensors = [keras.Input(each.shape, dtype=each.dtype, name=name) for name, each in inputs.items()]
    front = [ReferenceBatch(reference, each.dtype, name=f"reference_{name}") for name, each in inputs.items()]
    joined = [layer(tensor) for layer, tensor in zip(front, tensors, strict=True)]
    for index, (layer, each) in enumerate(zip(front, inputs.values(), strict=True)):
        drawn = each.draw((reference,), np.array([index, reference], "int32")) if each.drawn else each.default(reference)
        layer.values.assign(drawn)
    return functional(tensors, WithoutReference(reference)(body(joined if len(joined) > 1 else joined[0])), network.name)


def _rank(layer):
    """Return the rank of a layer's one input, 0 where it has several."""
    return len(layer.input.shape) if isinstance(getattr(layer, "input", None), keras.KerasTensor) else 0
