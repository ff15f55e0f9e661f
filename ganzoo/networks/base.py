"""What every pair of networks is: two builders that know shapes, latents and labels, and no objective."""

from typing import Any

import keras
from keras import layers, ops

from ganzoo.core.config import Configurable
from ganzoo.core.inputs import Input, Normal
from ganzoo.errors import InputError
from ganzoo.utils.checks import check_object
from ganzoo.utils.types import Shape, Tensor


@keras.saving.register_keras_serializable(package="ganzoo")
class OneHot(layers.Layer):
    """Integer labels `(N,)` to one-hot rows `(N, classes)`, read from the identity matrix.

    LiteRT's operation for one-hot rows, and what its converter takes for one, mixes up the scales of its constants in 8 bits.
    """

    def __init__(self, classes: int, **options):
        super().__init__(**options)
        self.classes = classes

    def call(self, labels: Tensor) -> Tensor:
        return ops.take(ops.eye(self.classes, dtype=self.compute_dtype), labels, axis=0)

    def get_config(self) -> dict:
        return super().get_config() | {"classes": self.classes}


class Networks(Configurable):
    """A pair of networks; base of the others.

    Attributes:
        value_range: (low, high) of what the generator makes.
        latent_distribution: class of the latents where only their size is given.
        embedding_size: None for one-hot labels; an int for a learned embedding of that size instead, in both networks.
        normalizes_latents: whether the generator first scales latents to one length, so that their own does not matter.
    """

    value_range: tuple[float, float] = (-1.0, 1.0)
    latent_distribution: Any = Normal
    embedding_size: int | None = None
    normalizes_latents: bool = False

    def build_latent(self, size: int, shape: Shape) -> Input:
        """Return the distribution of `size` latents for images of this shape."""
        return self.latent_distribution(size)

    def check(self, shape: Shape, model: str) -> None:
        """Raise InputError if the pair cannot make images of this shape; model is a name for the message."""

    def build_generator(self, inputs: dict[str, Input], shape: Shape) -> keras.Model:
        """Return a `keras.Model` from the inputs, in their order, to images `(N, *shape)` in `value_range`.

        Args:
            inputs: {name: `ganzoo.core.inputs.Input`}.
            shape: of an image, (height, width, channels).
        """
        raise NotImplementedError(f"{type(self).__name__} must define build_generator.")

    def build_discriminator(self, shape: Shape, classes: int | None = None, heads: dict[str, int] | None = None) -> keras.Model:
        """Return a `keras.Model` from images (and int32 labels, if there are classes) to logits `(N, 1)`.

        Args:
            shape: of an image.
            classes: number of labels of a discriminator that is told them, or None.
            heads: {name: size} of further outputs, which then follow the logits in a list.
        """
        raise NotImplementedError(f"{type(self).__name__} must define build_discriminator.")

    def encode(self, labels: Tensor, classes: int) -> Tensor:
        """Return symbolic vectors `(N, any)` of symbolic labels `(N,)`."""
        if self.embedding_size is None:
            return OneHot(classes)(labels)
        return layers.Embedding(classes, self.embedding_size)(labels)

    def join(self, inputs: dict[str, Input]) -> tuple[list, Tensor]:
        """Return (list of `keras.Input`, one symbolic vector `(N, any)` of all of them; class numbers encoded)."""
        tensors = [keras.Input(each.shape, dtype=each.dtype, name=name) for name, each in inputs.items()]
        vectors = []
        for tensor, each in zip(tensors, inputs.values(), strict=True):
            if hasattr(each, "classes"):
                tensor = self.encode(tensor, each.classes)
            vectors.append(tensor if len(tensor.shape) == 2 else layers.Flatten()(tensor))
        return tensors, vectors[0] if len(vectors) == 1 else layers.Concatenate()(vectors)

    def with_label_plane(self, shape: Shape, classes: int | None) -> tuple[list, Tensor]:
        """Return (list of `keras.Input`, symbolic images): the label becomes one more channel, through a dense layer."""
        pictures = keras.Input(shape, name="images")
        if classes is None:
            return [pictures], pictures
        labels = keras.Input((), dtype="int32", name="labels")
        height, width = shape[:2]
        plane = layers.Reshape((height, width, 1))(layers.Dense(height * width)(self.encode(labels, classes)))
        return [pictures, labels], layers.Concatenate()([pictures, plane])

    @staticmethod
    def with_heads(
        inputs: list, features: Tensor, heads: dict[str, int] | None = None, logit: layers.Layer | None = None
    ) -> keras.Model:
        """Return the discriminator on symbolic flat features: a logit (by the layer `logit`), then the further outputs."""
        outputs = [(logit or layers.Dense(1))(features)]
        outputs += [layers.Dense(size, name=name)(features) for name, size in (heads or {}).items()]
        return functional(inputs, outputs if heads else outputs[0], "discriminator")

    @staticmethod
    def with_projection(inputs: list, features: Tensor, classes: int, heads: dict[str, int] | None = None) -> keras.Model:
        """Return the discriminator on symbolic flat features f that is told labels y: its logit is w . f + embedding(y) . f
        (Miyato & Koyama 2018, arXiv:1802.05637). The labels become a further input, the last.
        """
        labels = keras.Input((), dtype="int32", name="labels")
        embedded = layers.Embedding(classes, features.shape[-1])(labels)
        outputs = [layers.Add(name="logits")([layers.Dense(1)(features), layers.Dot(axes=1)([embedded, features])])]
        outputs += [layers.Dense(size, name=name)(features) for name, size in (heads or {}).items()]
        return functional([*inputs, labels], outputs if heads else outputs[0], "discriminator")


def check_pair(networks, shape, model, kind=Networks):
    """Return a pair of networks if a model can play with it and it can make examples of this shape, else raise InputError.

    Args:
        networks: what the user gave.
        shape: of an example.
        model: name for the message.
        kind: class of pairs that the model needs.
    """
    example = "DCGAN" if kind is Networks else kind.__name__
    check_object("networks", networks, kind, f"ganzoo.networks.{example}()")
    networks.check(shape, model)
    return networks


def require_inputs(networks: Networks, fits: bool, begins_with: str, inputs: dict[str, Input]) -> None:
    """Raise InputError where a model's inputs are not what a pair's generator begins with.

    Args:
        networks: the pair.
        fits: whether they are.
        begins_with: words for the message.
        inputs: {name: `Input`} of the model.
    """
    if not fits:
        found = ", ".join(f"{name} of shape {each.shape}" for name, each in inputs.items())
        raise InputError(f"the generator of networks.{type(networks).__name__} begins with {begins_with}. Received: {found}")


def functional(inputs, outputs, name):
    """Return a `keras.Model`, of the tensor itself where there is one input."""
    return keras.Model(inputs if len(inputs) > 1 else inputs[0], outputs, name=name)


def require_multiple(shape: Shape, multiple: int, least: int, model: str) -> None:
    """Refuse image shapes whose sides are not multiples of `multiple` or below `least`, naming the nearest that work.

    Args:
        shape: (height, width, channels).
        multiple, least: positive ints, pixels.
        model: name for the message.

    Raises:
        InputError: with the nearest size that the architecture can make.
    """
    sides = shape[:2]
    nearest = [max(least, multiple * max(1, round(side / multiple))) for side in sides]
    if list(sides) != nearest:
        raise InputError(
            f"{model} makes images whose height and width are multiples of {multiple}, at least {least}; the nearest is "
            f"{nearest[0]}x{nearest[1]}. Received: {sides[0]}x{sides[1]}"
        )
