"""CGAN: Mirza & Osindero 2014, "Conditional Generative Adversarial Nets", arXiv:1411.1784, as in lecture 004.

    discriminator: -E[log D(x|y)] - E[log(1 - D(G(z|y)|y))]          generator: -E[log D(G(z|y)|y)]

Both players know the label y. The generator gets it one-hot beside z; the discriminator gets it through a dense layer as one
more channel of the image. Generated images take the labels of the real batch, so both halves have the data's own p(y); the
lecture draws them uniformly. Networks, loss and optimizers are DCGAN's.
"""

import keras
import numpy as np
from keras import layers, ops

from ganzoo import images
from ganzoo.checks import choices, positive_integer
from ganzoo.errors import InputError
from ganzoo.models.dcgan import DCGAN


@keras.saving.register_keras_serializable(package="ganzoo")
class OneHot(layers.Layer):
    """Integer labels `(N,)` to float32 one-hot rows `(N, classes)`."""

    def __init__(self, classes, **options):
        super().__init__(**options)
        self.classes = classes

    def call(self, labels):
        return ops.one_hot(labels, self.classes, dtype="float32")

    def get_config(self):
        return super().get_config() | {"classes": self.classes}


class CGAN(DCGAN):
    """DCGAN that is told what to draw.

    Args:
        image_shape: height and width multiples of 4, at least 8.
        classes: number of labels, 0 to classes - 1; int of at least 1.
        embedding_size: None for the lecture's one-hot labels; an int for a learned embedding of that size instead, in both
            networks.
        options: as in `DCGAN`.

    Example:
        >>> CGAN(image_shape=(8, 8, 1)).sample(labels=[3, 1, 4]).shape
        (3, 8, 8, 1)
    """

    needs_labels = True

    def __init__(self, image_shape=(28, 28, 1), classes=10, embedding_size=None, **options):
        self.classes = positive_integer("classes", classes)
        self.embedding_size = None if embedding_size is None else positive_integer("embedding_size", embedding_size)
        super().__init__(image_shape, **options)

    def build_generator(self):
        latents, labels = keras.Input((self.latent.size,), name="latents"), self._label_input()
        vector = layers.Concatenate()([latents, self._encode(labels)])
        return keras.Model([latents, labels], self.images_from(vector), name="generator")

    def build_discriminator(self):
        pictures, labels = keras.Input(self.image_shape, name="images"), self._label_input()
        height, width = self.image_shape[:2]
        plane = layers.Reshape((height, width, 1))(layers.Dense(height * width)(self._encode(labels)))
        logits = layers.Dense(1)(self.features_of(layers.Concatenate()([pictures, plane])))
        return keras.Model([pictures, labels], logits, name="discriminator")

    def _label_input(self):
        return keras.Input((), dtype="int32", name="labels")

    def _encode(self, labels):
        if self.embedding_size is None:
            return OneHot(self.classes)(labels)
        return layers.Embedding(self.classes, self.embedding_size)(labels)

    def check_labels(self, labels):
        labels = ops.convert_to_numpy(labels)
        if labels.dtype.kind not in "iu" or not 0 <= labels.min() <= labels.max() < self.classes:
            raise InputError(
                f"labels must be integers from 0 to {self.classes - 1}. Received: {labels.dtype} from {labels.min()} to "
                f"{labels.max()}"
            )

    def sample(self, n=None, seed=0, labels=None):
        """Generate images of given labels.

        Args:
            n: number of images; default: as many as labels, or one a class.
            seed: int; image i depends on (seed, i) and its label alone.
            labels: ints from 0 to classes - 1, repeated until there are n; default: all classes in turn.

        Returns:
            uint8 array `(n, H, W, C)`.
        """
        if n is None:
            n = self.classes if labels is None else max(1, np.size(labels))
        return super().sample(n, seed, labels=labels)

    def generator_inputs(self, latents, labels=None):
        labels = choices("labels", np.arange(self.classes) if labels is None else labels, self.classes)
        return latents, np.resize(labels, len(latents)).astype("int32")

    def interpolate(self, n=8, seed=0, end_seed=1, spherical=True, label=0):
        """Generate n images of one label on the way from one seed to another; else as `GAN.interpolate`."""
        return super().interpolate(n, seed, end_seed, spherical, labels=[label])

    def picture(self, seed=0):
        """Return 10 samples a label, a row each, uint8 `(H, W, C)`."""
        labels = np.repeat(np.arange(self.classes), 10)
        return images.grid(self.sample(len(labels), seed, labels), 10, zoom=images.zoom_for(self.image_shape))

    def serving_inputs(self):
        return super().serving_inputs() | {"labels": ((), "int32")}

    def from_serving(self, latents, labels):
        return latents, labels

    def settings(self):
        return super().settings() | {"classes": self.classes, "embedding_size": self.embedding_size}
