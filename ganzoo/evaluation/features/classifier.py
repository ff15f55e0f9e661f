"""A small classifier trained on a data set's own labels: predicts the labels of samples and extracts their features.

The one for MNIST comes with ganzoo, already trained: distances are comparable only on the same classifier, and no two machines
train one that is the same to the last bit. `experiments.mnist_classifier` makes its file.
"""

import functools
import hashlib
import os
import pathlib
import zipfile

import keras
import numpy as np
from keras import layers

from ganzoo import backend
from ganzoo.errors import InputError
from ganzoo.utils.console import progress_bar
from ganzoo.utils.data_format import channels_last
from ganzoo.utils.files import shorten
from ganzoo.utils.random_state import temporary_seed

FORMAT = 1  # of the files of `Classifier.cached`; another one where the network or its training changes
READY = pathlib.Path(__file__).with_name("classifiers")  # NAME_KEY.npz, weights in float16


class Classifier:
    """A convolutional network of a few hundred thousand weights, for images of some 28 pixels.

    Attributes:
        network: `keras.Model`, images float32 in [0, 1] -> [logits `(N, classes)`, features `(N, 128)`].
        accuracy: share of unseen images that it classifies rightly, measured once when it was trained.
    """

    def __init__(self, network, accuracy):
        self.network, self.accuracy = network, accuracy

    @classmethod
    def train(cls, train, test=None, steps=2000, seed=0, verbose=True):
        """Train on a labelled data set.

        Args:
            train: `ganzoo.data.ImageDataset` with labels.
            test: another one for `accuracy`; None, or one without labels, sets a tenth of `train` aside.
            steps: updates in batches of 128, rounded to whole passes over the data, at least one; 2,000 are four passes over
                MNIST.
            seed: int; initial weights and the order of images.
            verbose: say what happens, show a progress bar in a terminal, elsewhere a line a minute, and print the accuracy.

        Raises:
            InputError: if there are no labels.
        """
        if train.labels is None:
            raise InputError(f"{train.name} has no labels, so no classifier can be trained on it.")
        if test is None or test.labels is None:
            train, test = train.split(max(1, len(train) // 10))
        per_epoch = -(-len(train) // 128)
        epochs = max(1, round(steps / per_epoch))
        backend.seed_shuffling(seed)
        with temporary_seed(seed):
            network = _network(train.image_shape, train.classes)
            trained = keras.Model(network.inputs, network.outputs[0])
            trained.compile(
                keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(2e-3, epochs * per_epoch)),
                keras.losses.SparseCategoricalCrossentropy(from_logits=True),
                metrics=["accuracy"],
            )
            if verbose:
                print(f"training a classifier of {train.name}, once", flush=True)
            with progress_bar(epochs * per_epoch, "classifier", "step", verbose) as bar:
                step = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: bar.update())
                trained.fit(_unit(train.images), train.labels, 128, epochs, verbose=0, callbacks=[step])
        classifier = cls(network, None)
        classifier.accuracy = float((classifier.predict(test.images) == test.labels).mean())
        if verbose:
            print(f"classifier of {train.name}: {100 * classifier.accuracy:.2f} % of {len(test)} unseen images right")
        return classifier

    @classmethod
    def cached(cls, train, test=None, folder=None, steps=2000, seed=0, verbose=True):
        """Return the classifier of a data set: the one that comes with ganzoo, or one that the first call trains and keeps.

        Args:
            train, test, steps, seed, verbose: as in `train`. Other values, except of verbose, give another classifier.
            folder: where the trained ones are kept; default: $GANZOO_HOME, or .cache/ganzoo in the home directory.
        """
        folder = pathlib.Path(folder or os.environ.get("GANZOO_HOME") or pathlib.Path.home() / ".cache" / "ganzoo")
        key = key_of(train, test, steps, seed)
        path = folder / f"classifier_{key}.npz"
        for stored in (*READY.glob(f"*_{key}.npz"), path):
            try:
                if stored.exists():
                    return cls.load(stored, train.image_shape, train.classes)
            except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
                print(f"{stored} cannot be read ({shorten(error, 200)}); the classifier is trained anew.")
        classifier = cls.train(train, test, steps, seed, verbose)
        classifier.save(path)
        return classifier

    @classmethod
    def load(cls, path, image_shape, classes):
        """Return the classifier that `save` wrote, of images of that shape (H, W, C) and number of classes."""
        network = _network(image_shape, classes)
        with np.load(path, allow_pickle=False) as stored:
            network.set_weights([stored[f"w{i}"].astype("float32") for i in range(len(network.weights))])
            return cls(network, float(stored["accuracy"]))

    def save(self, path, dtype="float32"):
        """Write the weights as numbers of a dtype, and the accuracy, into an .npz archive."""
        weights = {f"w{i}": value.astype(dtype) for i, value in enumerate(self.network.get_weights())}
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(f".{os.getpid()}.npz")
        np.savez_compressed(temporary, accuracy=self.accuracy, **weights)
        os.replace(temporary, path)

    @functools.cached_property
    def fingerprint(self):
        """Return eight hexadecimal digits of the SHA-256 of the weights: where they are equal, distances compare."""
        digest = hashlib.sha256()
        for value in self.network.get_weights():
            digest.update(value.astype("<f4"))
        return digest.hexdigest()[:8]

    def predict(self, images):
        """Return the label that each image shows, ints `(N,)`; images uint8 `(N, H, W, C)`."""
        return self._apply(images)[0].argmax(axis=1)

    def features(self, images):
        """Return the last hidden layer on each image, float32 `(N, 128)`; images uint8 `(N, H, W, C)`."""
        return self._apply(images)[1]

    def _apply(self, images):
        images = np.asarray(images)
        shape = self.network.input_shape[1:]
        if images.dtype != np.uint8 or images.ndim != 4 or images.shape[1:] != shape or not len(images):
            raise InputError(f"images must be uint8 (N, *{shape}). Received: {images.dtype} {images.shape}")
        parts = [self.network(_unit(images[i : i + 512]), training=False) for i in range(0, len(images), 512)]
        return [np.concatenate([np.asarray(part) for part in column]) for column in zip(*parts, strict=True)]


def key_of(train, test=None, steps=2000, seed=0):
    """Return what the file of a classifier is called by: 16 hexadecimal digits, of all that it was made from."""
    made_from = (FORMAT, train.fingerprint, None if test is None else test.fingerprint, steps, seed)
    return hashlib.sha256(repr(made_from).encode()).hexdigest()[:16]


def _unit(images):
    return images.astype("float32") / 255.0


@channels_last()
def _network(image_shape, classes):
    x = inputs = keras.Input(image_shape)
    for filters in (32, 64):
        for _ in range(2):
            x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
            x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
        x = layers.MaxPooling2D(padding="same")(x)
    features = layers.Dense(128, activation="relu")(layers.Dropout(0.25)(layers.Flatten()(x)))
    logits = layers.Dense(classes)(layers.Dropout(0.5)(features))
    return keras.Model(inputs, [logits, features], name="classifier")
