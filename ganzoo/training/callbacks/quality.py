"""Sample quality during training, for EarlyStopping and ModelCheckpoint: distances to real images."""

import keras
import numpy as np

from ganzoo.errors import InputError
from ganzoo.evaluation.features.unlabelled import unlabelled_features
from ganzoo.evaluation.measure import flatten, measure_all
from ganzoo.evaluation.metrics import FrechetDistance, KernelDistance
from ganzoo.utils.checks import positive_integer

DEFAULT_MEASURES = (KernelDistance(), FrechetDistance())


class SampleQuality(keras.callbacks.Callback):
    """Measure samples after the first epoch and then at multiples of `every` steps; logs the latest values, for `monitor`.

    `keras.callbacks.EarlyStopping("kernel_distance", mode="min", patience=...)` then stops on a measured distance, and
    `keras.callbacks.ModelCheckpoint(path, monitor="kernel_distance", mode="min", save_best_only=True,
    save_weights_only=True)` keeps the best weights; list them after this callback. An epoch is `log_every` steps.

    Args:
        real: uint8 images `(N, H, W, C)`, or an `ImageDataset` of them, preferably ones that training does not see; n of them
            are drawn. For a GAN of points, floats `(N, d)`.
        features: callable from uint8 images to features `(N, d)`, e.g. `Classifier.features`; None takes those
            of `unlabelled_features`: `Statistics` of images of at least 32 pixels a side, of others the pixels in [0, 1].
        every: steps between measurements.
        n: samples, and real images at most.
        seed: int; decides the samples, the same each time, and the real images.
        measures: sequence of measures of features, see `ganzoo.evaluation.measure.Measure`.

    Logs: what the measures estimate, by default kernel_distance, and frechet_distance where n exceeds the features' d, in
    squared units of the features, and the standard errors as kernel_distance_error and frechet_distance_error. With a run_dir
    they are columns of metrics.csv.

    Raises:
        InputError: if the images are not uint8, as samples are; at the first measurement, if none of the measures is defined
            for so few samples.
    """

    def __init__(self, real, features=None, every=500, n=1000, seed=1, measures=DEFAULT_MEASURES):
        super().__init__()
        self.every, self.n, self.seed = positive_integer("every", every), positive_integer("n", n), seed
        real = np.asarray(getattr(real, "images", real))
        if real.ndim == 4 and real.dtype not in (np.uint8, np.uint16):
            raise InputError(f"real must be uint8 images (N, H, W, C), as samples are. Received: {real.dtype} {real.shape}")
        chosen = np.sort(np.random.default_rng(seed).permutation(len(real))[:n])  # the first n may be of one class
        real = real[chosen]
        self.features, self.measures = features or unlabelled_features(real, verbose=False), tuple(measures)
        self.real, self.shape = np.asarray(self.features(real)), real.shape[1:]
        self.latest = {}

    def on_train_begin(self, logs=None):
        self._due = self.model.step

    def on_epoch_end(self, epoch, logs=None):
        if self.model.step >= self._due:
            self.latest = self.measure()
            self._due = (self.model.step // self.every + 1) * self.every
        logs.update(self.latest)

    def measure(self):
        """Return the estimates on `n` samples as a dictionary of floats, NAME and NAME_error."""
        fake = np.asarray(self.features(enlarged(self.model.sample(self.n, self.seed), self.shape)))
        estimates = measure_all(self.measures, self.real, fake)
        if not estimates:
            raise InputError(
                "SampleQuality needs more samples for its measures. "
                f"Received: n={self.n}, {len(self.real)} real images, {fake.shape[1]} features, measures={self.measures}"
            )
        return flatten(estimates)


def enlarged(examples, shape):
    """Return images `(N, H, W, C)` whose pixels are repeated until they have a shape; others as they are.

    Those of a model that grows are at first smaller than the real ones.
    """
    for axis in (1, 2) if len(shape) == 3 else ():
        examples = examples.repeat(max(1, shape[axis - 1] // examples.shape[axis]), axis=axis)
    return examples
