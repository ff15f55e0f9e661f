"""StackGAN's networks (Zhang et al. 2016, arXiv:1612.03242), of any width, and the encoders of texts and images beside them."""

import keras
from keras import layers, ops

from ganzoo.core.inputs import Input
from ganzoo.layers import FusedBatchNormalization, NarrowConv2D, UpsampleConv2D
from ganzoo.networks.base import Networks, functional, require_inputs, require_multiple
from ganzoo.utils.checks import check_int, positive_integer
from ganzoo.utils.types import Shape, Tensor


@keras.saving.register_keras_serializable(package="ganzoo")
class MeanOfWords(layers.Layer):
    """Numbers of words int32 `(N, length)`, 0 for none -> the mean of their learned vectors, `(N, size)`.

    Args:
        words: positive int, words of the vocabulary.
        size: positive int.
    """

    def __init__(self, words: int, size: int, **options):
        super().__init__(**options)
        self.words, self.size = words, size

    def build(self, shape: tuple) -> None:
        self.vectors = self.add_weight(shape=(self.words + 1, self.size), initializer="random_normal", name="vectors")

    def call(self, numbers: Tensor) -> Tensor:
        there = ops.cast(ops.minimum(numbers, 1), self.compute_dtype)[..., None]
        total = ops.sum(there * ops.take(self.vectors, numbers, axis=0), axis=1)
        return total / ops.maximum(ops.sum(there, axis=1), 1.0)

    def compute_output_shape(self, shape: tuple) -> tuple:
        return (shape[0], self.size)

    def get_config(self) -> dict:
        return super().get_config() | {"words": self.words, "size": self.size}


@keras.saving.register_keras_serializable(package="ganzoo")
class Augmented(layers.Layer):
    """[means `(N, c)`, logarithms of deviations `(N, c)`, noise `(N, c)`] -> means + deviations * noise."""

    def call(self, tensors: list) -> Tensor:
        mean, log_deviation, noise = tensors
        return mean + ops.exp(log_deviation) * noise

    def compute_output_shape(self, shapes: list) -> tuple:
        return shapes[0]


@keras.saving.register_keras_serializable(package="ganzoo")
class JoinVector(layers.Layer):
    """[map `(N, h, w, c)`, vector `(N, s)`] -> the map with the vector at every place, `(N, h, w, c + s)`."""

    def call(self, tensors: list) -> Tensor:
        features, vector = tensors
        height, width = features.shape[1:3]
        return ops.concatenate([features, ops.tile(vector[:, None, None, :], (1, height, width, 1))], axis=-1)

    def compute_output_shape(self, shapes: list) -> tuple:
        features, vector = shapes
        return (*features[:3], features[3] + vector[1])


class Stack(Networks):
    """Two generators, of rough and of whole images, and their discriminators, which are all told an embedding of the text.

    Departures from the paper, for images of 28 to 64 pixels: one up-sampling between the stages instead of two; up-sampling and
    convolution in one layer; no normalization in the discriminators, whose penalty is about single samples.

    Args:
        width: filters of the finest layers; each coarser one has twice as many, up to `4 * width`.
        embedding: size of the text's embedding.
        condition: size of the condition c that is drawn from it.
        residual_blocks: of stage II's generator; int of at least 0. The paper has 4.
    """

    def __init__(self, width: int = 32, embedding: int = 64, condition: int = 32, residual_blocks: int = 2):
        self.width = positive_integer("width", width)
        self.embedding = positive_integer("embedding", embedding)
        self.condition = positive_integer("condition", condition)
        self.residual_blocks = check_int("residual_blocks", residual_blocks, 0)

    def check(self, shape: Shape, model: str) -> None:
        require_multiple(shape, 4, least=8, model=model)

    def build_text_encoder(self, text: Input) -> keras.Model:
        """Return a `keras.Model` from numbers of words `(N, length)` to embeddings `(N, embedding)`."""
        numbers = keras.Input(text.shape, dtype="int32", name="texts")
        x = layers.Dense(2 * self.embedding, activation="relu")(MeanOfWords(len(text.words), self.embedding)(numbers))
        return keras.Model(numbers, layers.Dense(self.embedding)(x), name="text_encoder")

    def build_image_encoder(self, shape: Shape) -> keras.Model:
        """Return a `keras.Model` from images `(N, *shape)` to vectors of the size of a text's embedding."""
        pictures = keras.Input(shape, name="images")
        return keras.Model(
            pictures, layers.Dense(self.embedding)(layers.Flatten()(self._narrowed(pictures))), name="image_encoder"
        )

    def build_rough_generator(self, size: int, shape: Shape) -> keras.Model:
        """Return stage I's `keras.Model`.

        Args:
            size: of the latents.
            shape: of the rough images, (height, width, channels).

        Returns:
            [latents `(N, size)`, noise `(N, condition)`, embeddings `(N, embedding)`] -> [images `(N, *shape)` in (-1, 1),
            means `(N, condition)`, logarithms of deviations `(N, condition)`].
        """
        latents, (noise, embeddings) = keras.Input((size,), name="latents"), self._condition_inputs()
        condition, *gaussian = self._augment(embeddings, noise)
        height, width, ups = shape[0], shape[1], 0
        while height % 2 == width % 2 == 0 and min(height, width) >= 8:
            height, width, ups = height // 2, width // 2, ups + 1
        filters = self.width * min(4, 2**ups)
        x = layers.Dense(height * width * filters, use_bias=False)(layers.Concatenate()([latents, condition]))
        x = self._normalized(layers.Reshape((height, width, filters))(x))
        for level in reversed(range(ups)):
            x = self._normalized(UpsampleConv2D(self.width * min(4, 2**level), 3, use_bias=False)(x))
        made = NarrowConv2D(shape[2], 3, activation="tanh")(x)
        return keras.Model([latents, noise, embeddings], [made, *gaussian], name="generator")

    def build_generator(self, inputs: dict[str, Input], shape: Shape) -> keras.Model:
        """Return stage II's `keras.Model`.

        Args:
            inputs: the model's, texts among them; it draws from the rough image.
            shape: of the whole images.

        Returns:
            [rough images `(N, height / 2, width / 2, channels)`, noise, embeddings] -> as in `build_rough_generator`.
        """
        require_inputs(self, "texts" in inputs, "a text", inputs)
        rough = keras.Input((shape[0] // 2, shape[1] // 2, shape[2]), name="rough")
        noise, embeddings = self._condition_inputs()
        condition, *gaussian = self._augment(embeddings, noise)
        x = layers.ReLU()(layers.Conv2D(self.width, 3, padding="same")(rough))
        x = self._normalized(layers.Conv2D(2 * self.width, 4, strides=2, padding="same", use_bias=False)(x))
        x = self._convolved(2 * self.width, JoinVector()([x, condition]))
        for _ in range(self.residual_blocks):
            y = layers.Conv2D(2 * self.width, 3, padding="same", use_bias=False)(self._convolved(2 * self.width, x))
            x = layers.ReLU()(layers.Add()([x, FusedBatchNormalization()(y)]))
        for factor in (2, 1):
            x = self._normalized(UpsampleConv2D(factor * self.width, 3, use_bias=False)(x))
        made = NarrowConv2D(shape[2], 3, activation="tanh")(x)
        return keras.Model([rough, noise, embeddings], [made, *gaussian], name="generator")

    def build_discriminator(self, shape: Shape, classes: int | None = None, heads: dict[str, int] | None = None) -> keras.Model:
        """Return a `keras.Model` from [images `(N, *shape)`, embeddings `(N, embedding)`] to logits `(N, 1)`."""
        pictures, embeddings = keras.Input(shape, name="images"), keras.Input((self.embedding,), name="embeddings")
        x = self._narrowed(pictures)
        told = layers.LeakyReLU(0.2)(layers.Dense(self.condition)(embeddings))
        x = layers.LeakyReLU(0.2)(layers.Conv2D(4 * self.width, 1)(JoinVector()([x, told])))
        return functional([pictures, embeddings], layers.Dense(1)(layers.Flatten()(x)), "discriminator")

    def _condition_inputs(self):
        return keras.Input((self.condition,), name="noise"), keras.Input((self.embedding,), name="embeddings")

    def _augment(self, embeddings, noise):
        mean, log_deviation = (layers.Dense(self.condition)(embeddings) for _ in range(2))
        return Augmented()([mean, log_deviation, noise]), mean, log_deviation

    def _narrowed(self, x):
        """Return features of an image at about 4x4 places: convolutions of stride 2."""
        level = 0
        while min(x.shape[1:3]) > 4 or level == 0:
            x = layers.Conv2D(self.width * min(4, 2**level), 4, strides=2, padding="same")(x)
            x, level = layers.LeakyReLU(0.2)(x), level + 1
        return x

    def _convolved(self, filters, x):
        return self._normalized(layers.Conv2D(filters, 3, padding="same", use_bias=False)(x))

    @staticmethod
    def _normalized(x):
        return layers.ReLU()(FusedBatchNormalization()(x))
