"""A GAN of points instead of images: small enough to try an idea in seconds, and to count the modes it finds."""

import numbers

import numpy as np

from ganzoo import backend
from ganzoo.data import PointDataset, as_dataset
from ganzoo.errors import InputError
from ganzoo.gan import GAN
from ganzoo.networks import PointDense
from ganzoo.training.runs import RunDirectory
from ganzoo.utils import plots
from ganzoo.utils.checks import positive_integer


class PointGAN(GAN):
    """A GAN of points of R^d instead of images.

    Two small dense networks; hundreds of steps are one XLA program, as each takes microseconds.

    Args:
        dimensions: d, positive int.
        latent: as in `GAN`.
        hidden: neurons of each hidden layer, the same in both networks; an int or a sequence of ints.
        discriminator_activation, generator_activation: of the hidden layers of each, names that Keras knows.
        center, scale: the networks see (points - center) / scale; samples, exported ones too, are scaled back. A number or d of
            them, scale above 0. None for 0 and 1, unless `train` is given an array of points with columns far from mean 0 or
            standard deviation 1, for which it then takes their means and standard deviations.
        options: as in `GAN`.

    Example:
        >>> PointGAN(dimensions=2).sample(4).shape
        (4, 2)
    """

    example_name = "points"
    example_ndim = 1
    use_xla = True

    def __init__(
        self,
        dimensions=2,
        latent=5,
        hidden=32,
        discriminator_activation="relu",
        center=None,
        scale=None,
        generator_activation="relu",
        **options,
    ):
        self.dimensions = positive_integer("dimensions", dimensions)
        self.center, self.scale = (self._per_column(name, each) for name, each in (("center", center), ("scale", scale)))
        pair = PointDense(hidden, discriminator_activation, generator_activation)
        self.hidden = pair.hidden
        self.discriminator_activation, self.generator_activation = discriminator_activation, generator_activation
        pair = options.pop("networks", None) or pair
        follows = {"image_shape": (self.dimensions,), "value_range": getattr(pair, "value_range", None)}
        for name, own in follows.items():  # what a saved model gives along
            given = options.pop(name, None)
            if given is not None and given not in (own, list(own or ())):
                raise InputError(f"{name} of points follows from dimensions and networks. Received: {name}={given!r}")
        super().__init__((self.dimensions,), latent, networks=pair, **options)

    def postprocess(self, outputs):
        """Return points as they are, float32 `(N, d)`."""
        return np.asarray(outputs, "float32")

    def to_value_range(self, images):
        """Return points as the networks see them: (points - center) / scale."""
        return (super().to_value_range(images) - (self.center or 0.0)) / (self.scale or 1.0)

    def generate(self, inputs):
        """Return points `(N, d)` in the units of the data, float32."""
        return super().generate(inputs) * (self.scale or 1.0) + (self.center or 0.0)

    def adapt(self, points, columns=None):
        """Take center and scale from points, before the first step; `train` does so for the columns that need it.

        Args:
            points: array `(N, d)` or `ganzoo.data.PointDataset`.
            columns: bool `(d,)`, which to standardize; the others the networks make as they are. None: all.

        Raises:
            InputError: if the points have another dimension, or steps were made already.
        """
        points = points if isinstance(points, PointDataset) else PointDataset(points)
        if points.points.shape[1] != self.dimensions:
            wanted = f"{type(self).__name__} takes points ({self.dimensions},)"
            raise InputError(f"{wanted}. Received: {points.name} with ({points.points.shape[1]},)")
        if self.step:
            raise InputError(f"adapt changes what the networks see: call it before the first step. Received: step {self.step}")
        chosen = np.ones(self.dimensions, bool) if columns is None else np.asarray(columns, bool)
        center, scale = points.moments()
        self.center, self.scale = (
            tuple(np.where(chosen, values, usual).tolist()) for values, usual in ((center, 0.0), (scale, 1.0))
        )
        self._functions, self._train_functions = {}, {}  # they hold the old ones
        self._play_step, self.train_function = backend.jit(self.play_step), None

    def picture(self, examples):
        """Draw points `(N, d)`, uint8 `(H, W, 3)`."""
        center, scale = self.center or 0.0, self.scale or 1.0
        return plots.point_picture(examples, title=f"step {self.step}", center=center, scale=scale)

    def preview(self, probe=None, seed=0):
        """Draw 1,000 generated points, uint8 `(H, W, 3)`."""
        return self.picture(self.sample(1000, seed))

    def train(self, data, steps=8000, **options):
        """Train on points; options as in `GAN.train`, with defaults for steps of microseconds.

        Args:
            data: array of numbers `(N, d)`, `ganzoo.data.PointDataset`, or a `tf.data.Dataset` of rows `(d,)` or `(N, d)`.
            steps: as in `GAN.train`.
            options: as in `GAN.train`.
        """
        data = PointDataset(data) if isinstance(data, np.ndarray) else as_dataset(data, self.examples)
        points = getattr(data, "arrays", {}).get("points")
        points = data if isinstance(data, PointDataset) or points is None else PointDataset(points)
        untold = self.step == 0 and self.center is None and self.scale is None
        if isinstance(points, PointDataset) and points.notes and untold:
            self.adapt(points, points.far())
        begun = self.step
        if options.get("resume") and options.get("run_dir"):
            begun = max(RunDirectory(options["run_dir"]).checkpoints.steps(), default=0)
        counts = [steps, begun, *(count for name, count in options.items() if name.endswith("_every"))]
        whole = all(isinstance(count, numbers.Integral) for count in counts)  # what is none is refused further on
        every = next((n for n in (100, 50, 20, 10, 5, 2) if whole and not any(count % n for count in counts)), 1)
        size = len(data) if hasattr(data, "__len__") else 100
        defaults = {"batch_size": min(100, size), "steps_per_execution": every, "log_every": every}
        defaults |= {"sample_every": 4 * every, "checkpoint_every": 20 * every, "diagnose_every": 10 * every}
        return super().train(data, steps, **defaults | options)

    def _per_column(self, name, values):
        """Return center or scale as a tuple of d floats, or None."""
        if values is None:
            return None
        try:
            found = np.atleast_1d(np.asarray(values, "float64"))
        except (TypeError, ValueError):  # no numbers
            found = np.zeros(0)
        if (
            found.shape not in ((1,), (self.dimensions,))
            or not np.isfinite(found).all()
            or (name == "scale" and found.min() <= 0)
        ):
            above = " above 0" if name == "scale" else ""
            raise InputError(f"{name} must be a number{above}, or {self.dimensions} of them. Received: {name}={values!r}")
        return tuple(np.broadcast_to(found, self.dimensions).tolist())
