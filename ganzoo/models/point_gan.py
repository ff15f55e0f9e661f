"""A GAN of points instead of images: small enough to try an idea in seconds, and to count the modes it finds."""

import numpy as np

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
        discriminator_activation: of the discriminator's hidden layers, a name that Keras knows; the generator's is ReLU.
        options: as in `GAN`.

    Example:
        >>> PointGAN(dimensions=2).sample(4).shape
        (4, 2)
    """

    example_name = "points"
    example_ndim = 1
    use_xla = True

    def __init__(self, dimensions=2, latent=5, hidden=32, discriminator_activation="relu", **options):
        self.dimensions = positive_integer("dimensions", dimensions)
        pair = PointDense(hidden, discriminator_activation)
        self.hidden, self.discriminator_activation = pair.hidden, pair.discriminator_activation
        for given in ("image_shape", "value_range"):
            options.pop(given, None)
        options["networks"] = options.get("networks") or pair
        super().__init__((self.dimensions,), latent, **options)

    def postprocess(self, outputs):
        """Return points as they are, float32 `(N, d)`."""
        return np.asarray(outputs, "float32")

    def picture(self, examples):
        """Draw points `(N, d)`, uint8 `(H, W, 3)`."""
        return plots.point_picture(examples, title=f"step {self.step}")

    def preview(self, probe=None, seed=0):
        """Draw 1,000 generated points, uint8 `(H, W, 3)`."""
        return self.picture(self.sample(1000, seed))

    def train(self, data, steps=8000, **options):
        """Train on points; options as in `GAN.train`, with defaults for steps of microseconds."""
        begun = self.step
        if options.get("resume") and options.get("run_dir"):
            begun = max(RunDirectory(options["run_dir"]).checkpoints.steps(), default=0)
        counts = [steps, begun, *(count for name, count in options.items() if name.endswith("_every"))]
        every = next((n for n in (100, 50, 20, 10, 5, 2) if not any(count % n for count in counts)), 1)
        defaults = {"batch_size": min(100, len(data)), "steps_per_execution": every, "log_every": every}
        defaults |= {"sample_every": 4 * every, "checkpoint_every": 20 * every, "diagnose_every": 10 * every}
        return super().train(data, steps, **defaults | options)
