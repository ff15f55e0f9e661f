"""CycleGAN: Zhu, Park, Isola, Efros 2017, "Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks",
arXiv:1703.10593.

    generators:      sum of [(D_B(G(a)) - 1)^2] + [(D_A(F(b)) - 1)^2]
                     + 10 (|F(G(a)) - a| + |G(F(b)) - b|) + 5 (|G(b) - b| + |F(a) - a|)
    discriminators:  1/2 [(D_A(a) - 1)^2 + D_A(F(b))^2] + 1/2 [(D_B(b) - 1)^2 + D_B(G(a))^2]

G translates a to b, F translates b to a, from sets that need not be paired. As in the paper: least squares, a buffer of 50 past
fakes, Adam 2e-4 with beta_1 0.5, a rate that falls to 0 in the second half, generators before discriminators. Departure: the
networks are smaller, for images of 16 to 64 pixels, and batches hold more than one image: 64 unless `train` is told, 8 in `make
train-cyclegan`, which doubles the rate too, for a training of a minute.
"""

from keras import ops

from ganzoo import backend, networks, optimizers
from ganzoo.core.inputs import Image, Spec
from ganzoo.core.match import Match
from ganzoo.core.model import AdversarialModel
from ganzoo.core.player import Player
from ganzoo.core.sampling import Endpoint
from ganzoo.layers import ImageBuffer
from ganzoo.networks.base import check_pair
from ganzoo.utils.checks import check_image_shape, nonnegative_number, positive_integer, positive_number


class CycleGAN(AdversarialModel):
    """Two generators that translate between two sets of images, and two discriminators.

    Args:
        image_shape: (height, width, channels) of both sets; height and width multiples of 4, at least 16.
        networks: default `networks.Translation()`; built as generator_ab, generator_ba, discriminator_a, discriminator_b.
        cycle_weight, identity_weight: of the L1 terms, at least 0; the paper's are 10 and 5.
        steps: length of the training that the learning rate is planned for; positive int.
        learning_rate: of both optimizers in the first half.
        buffer: past fakes that the discriminators see besides; positive int.
        seed: as in `GAN`.

    Example:
        >>> import numpy as np
        >>> CycleGAN((16, 16, 1)).sample(a=np.zeros((2, 16, 16, 1), "uint8")).shape
        (2, 16, 16, 1)
    """

    display_names = {"generator_b_loss": "G: a to b", "generator_a_loss": "G: b to a", "cycle_loss": "cycle"} | {
        "discriminator_a_loss": "D(a)", "discriminator_b_loss": "D(b)"}  # fmt: skip

    def __init__(self, image_shape=(32, 32, 3), networks=networks.Translation(), cycle_weight=10.0, identity_weight=5.0,  # noqa: B008
                 steps=5000, learning_rate=2e-4, buffer=50, seed=0, name=None):  # fmt: skip
        self.image_shape = check_image_shape(image_shape)
        self.networks = check_pair(networks, self.image_shape, type(self).__name__)
        self.cycle_weight = nonnegative_number("cycle_weight", cycle_weight)
        self.identity_weight = nonnegative_number("identity_weight", identity_weight)
        self.steps, self.buffer = positive_integer("steps", steps), positive_integer("buffer", buffer)
        self.learning_rate = positive_number("learning_rate", learning_rate)
        self.examples = {side: Spec(self.image_shape, "uint8") for side in "ab"}
        self.inputs = {"a": Image(self.image_shape)}
        super().__init__(seed, name)

    def build_players(self, stage):
        self.buffers = {side: ImageBuffer(self.buffer, self.image_shape) for side in "ab"}
        asked = {way: {way[0]: Image(self.image_shape)} for way in ("ab", "ba")}
        generators = {f"generator_{w}": self.networks.build_generator(each, self.image_shape) for w, each in asked.items()}
        discriminators = {f"discriminator_{side}": self.networks.build_discriminator(self.image_shape) for side in "ab"}
        adam = [optimizers.Adam(optimizers.LinearAfterHalf(self.learning_rate, self.steps), beta_1=0.5) for _ in asked]
        return {"generators": Player(generators, adam[0]), "discriminators": Player(discriminators, adam[1])}

    def play(self, batches, step):
        """Update both generators, then both discriminators on what they made, now and before."""
        batch, fake, seed = self.batch_at(batches, 0), {}, backend.fold_in((self.seed, 0), step)

        def generators():
            terms = {"cycle_loss": 0.0, "identity_loss": 0.0}
            for x, y in ("ab", "ba"):
                fake[y] = self.translate(batch[x], x + y, training=True)
                terms[f"generator_{y}_loss"] = _mean((self.discriminate(fake[y], y) - 1.0) ** 2)
                terms["cycle_loss"] += self.cycle_weight * _mean(abs(self.translate(fake[y], y + x, True) - batch[x]))
                terms["identity_loss"] += self.identity_weight * _mean(abs(self.translate(batch[y], x + y, True) - batch[y]))
            return terms, {}

        def discriminators():
            judged = {side: (self.discriminate(batch[side], side), self.discriminate(shown[side], side)) for side in "ab"}
            losses = {side: (_mean((real - 1.0) ** 2) + _mean(fake**2)) / 2 for side, (real, fake) in judged.items()}
            return {f"discriminator_{side}_loss": loss for side, loss in losses.items()}, {}

        logs = self.update("generators", generators)
        shown = {side: self.buffers[side](fake[side], backend.fold_in(seed, i)) for i, side in enumerate("ab")}
        return logs | self.update("discriminators", discriminators)

    def translate(self, images, way, training=False):
        """Translate images `(N, H, W, C)` in (-1, 1), way "ab" or "ba"."""
        return ops.cast(getattr(self, f"generator_{way}")(images, training=training), "float32")

    def discriminate(self, images, side):
        """Return the logits `(N, h, w, 1)` of the discriminator of "a" or "b", one a patch."""
        return ops.cast(getattr(self, f"discriminator_{side}")(images, training=True), "float32")

    def generate(self, inputs):
        return self.translate(inputs["a"], "ab")

    def endpoints(self):
        """Return both directions, `a_to_b` (also `serving_default`) and `b_to_a`: `sample(endpoint="b_to_a", b=images)`."""
        there = Endpoint(self.inputs, self.generate, "images")
        back = Endpoint({"b": Image(self.image_shape)}, lambda inputs: self.translate(inputs["b"], "ba"), "images")
        return {"serving_default": there, "a_to_b": there, "b_to_a": back}

    def matches(self):
        """Return two matches: D_A against F, and D_B against G."""
        return {y: Match(
            y, inputs=lambda n, seed, arrays, x=x: {x: self.to_value_range(ops.convert_to_tensor(arrays[x][:n]))},
            generate=lambda inputs, x=x, y=y: self.translate(inputs[x], x + y),
            discriminate=lambda images, arrays, y=y: ops.mean(self.discriminate(images, y), axis=(1, 2)),
            generator_loss=lambda real_logits, fake_logits: _mean((fake_logits - 1.0) ** 2),
            discriminator=self.players["discriminators"], discriminator_logs=f"discriminator_{y}_loss",
            generator_logs=f"generator_{y}_loss") for x, y in ("ba", "ab")}  # fmt: skip


def _mean(values):
    """Return the mean of each sample's values, `(N,)`."""
    return ops.mean(values, axis=tuple(range(1, len(values.shape))))
