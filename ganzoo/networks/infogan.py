"""The networks of the InfoGAN paper (Chen et al. 2016, arXiv:1606.03657, appendix C.1)."""

import keras
from keras import layers

from ganzoo.core.inputs import Input, Uniform
from ganzoo.layers import FusedBatchNormalization
from ganzoo.networks.base import Networks, functional, require_multiple
from ganzoo.utils.checks import positive_integer
from ganzoo.utils.types import Shape


class InfoGAN(Networks):
    """The paper's networks for digits: two 4x4 convolutions each way, batch normalization in both.

    Further outputs of the discriminator (the codes that it reads) go through a dense layer of their own.

    Args:
        hidden: neurons of the dense layers, positive int; the paper has 1024.
        discriminator_batch_norm: normalize batches in the discriminator, as the paper does. False leaves it out: a gradient
            penalty is about each example's own logit.
        embedding_size: of labels, see `Networks`.
    """

    value_range = (0.0, 1.0)
    latent_distribution = Uniform

    def __init__(self, hidden: int = 256, discriminator_batch_norm: bool = True, embedding_size: int | None = None):
        self.hidden = positive_integer("hidden", hidden)
        self.discriminator_batch_norm = bool(discriminator_batch_norm)
        self.embedding_size = embedding_size

    def check(self, shape: Shape, model: str) -> None:
        require_multiple(shape, 4, least=8, model=model)

    def build_generator(self, inputs: dict[str, Input], shape: Shape) -> keras.Model:
        height, width, channels = shape
        tensors, x = self.join(inputs)
        for neurons in (self.hidden, 128 * (height // 4) * (width // 4)):
            x = layers.Dense(neurons, use_bias=False)(x)
            x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
        x = layers.Reshape((height // 4, width // 4, 128))(x)
        x = layers.Conv2DTranspose(64, 4, strides=2, padding="same", use_bias=False)(x)
        x = layers.ReLU()(FusedBatchNormalization(momentum=0.9)(x))
        x = layers.Conv2DTranspose(channels, 4, strides=2, padding="same", activation="sigmoid")(x)
        return functional(tensors, x, "generator")

    def build_discriminator(self, shape: Shape, classes: int | None = None, heads: dict[str, int] | None = None) -> keras.Model:
        tensors, x = self.with_label_plane(shape, classes)
        x = layers.LeakyReLU(0.1)(layers.Conv2D(64, 4, strides=2, padding="same")(x))
        x = layers.Conv2D(128, 4, strides=2, padding="same")(x)
        x = layers.LeakyReLU(0.1)(FusedBatchNormalization(momentum=0.9)(x) if self.discriminator_batch_norm else x)
        features = self._hidden(self.hidden, layers.Flatten()(x))
        if not heads:
            return self.with_heads(tensors, features, heads)
        hidden = self._hidden(128, features)
        outputs = [layers.Dense(1, name="logits")(features)]
        outputs += [layers.Dense(size, name=name)(hidden) for name, size in heads.items()]
        return functional(tensors, outputs, "discriminator")

    def _hidden(self, neurons, x):
        x = layers.Dense(neurons)(x)
        return layers.LeakyReLU(0.1)(layers.BatchNormalization(momentum=0.9)(x) if self.discriminator_batch_norm else x)
