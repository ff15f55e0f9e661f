"""A GAN of points instead of images: small enough to try an idea in seconds, and to count the modes it finds."""

import numbers

import keras
import numpy as np
from keras import layers

from ganzoo import plots
from ganzoo.checks import positive_integer
from ganzoo.gan import GAN
from ganzoo.training.runs import RunDirectory


class PointGAN(GAN):
    """A GAN of points of R^d instead of images.

    Two small dense networks; hundreds of steps are one XLA program, as each takes microseconds.

    Args:
        dimensions: d, positive int.
        latent: as in `GAN`.
        hidden: neurons of each hidden layer, the same in both networks; an int or a sequence of ints.
        discriminator_activation: of the discriminator's hidden layers, a name that Keras knows; the generator's is ReLU.
        options: as in `GAN`.
    """

    image_rank = 1
    use_xla = True

    def __init__(self, dimensions=2, latent=5, hidden=32, discriminator_activation="relu", **options):
        self.discriminator_activation = discriminator_activation
        widths = (hidden,) if isinstance(hidden, numbers.Integral) else tuple(hidden)
        self.hidden = [positive_integer("hidden", width) for width in widths]
        super().__init__((dimensions,), latent, **options)

    def build_generator(self):
        body = [layers.Dense(width, activation="relu") for width in self.hidden]
        body = [keras.Input((self.latent.size,)), *body, layers.Dense(self.image_shape[0])]
        return keras.Sequential(body, name="generator")

    def build_discriminator(self):
        body = [layers.Dense(width, activation=self.discriminator_activation) for width in self.hidden]
        return keras.Sequential([keras.Input(self.image_shape), *body, layers.Dense(1)], name="discriminator")

    def settings(self):
        return super().settings() | {"hidden": self.hidden, "discriminator_activation": self.discriminator_activation}

    def finish(self, outputs):
        """Return points as they are, float32 `(N, d)`."""
        return np.asarray(outputs, "float32")

    def picture(self, seed=0):
        """Draw 1,000 generated points, uint8 `(H, W, 3)`."""
        return plots.point_picture(self.sample(1000, seed), title=f"step {self.step}")

    def train(self, data, steps=8000, **options):
        """Train on a `ganzoo.data.PointDataset`; options as in `GAN.train`, with defaults for steps of microseconds."""
        begun = self.step
        if options.get("resume") and options.get("run_dir"):
            begun = max(RunDirectory(options["run_dir"]).checkpoints.steps(), default=0)
        counts = [steps, begun, *(count for name, count in options.items() if name.endswith("_every"))]
        every = next((n for n in (100, 50, 20, 10, 5, 2) if not any(count % n for count in counts)), 1)
        defaults = {"batch_size": min(100, len(data)), "steps_per_execution": every, "log_every": every}
        defaults |= {"sample_every": 4 * every, "checkpoint_every": 20 * every, "diagnose_every": 10 * every}
        return super().train(data, steps, **defaults | options)
