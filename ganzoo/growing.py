"""A GAN that grows: it begins with small images and doubles their size stage by stage (Karras et al. 2017, arXiv:1710.10196).

    images of a new size = (1 - a) enlarged images of the old + a images of the new,   a from 0 to 1 in half a stage

The layers of earlier stages stay, and all of them stay trainable; the optimizers begin anew.
"""

from ganzoo.core.inputs import Spec
from ganzoo.core.stage import Stage
from ganzoo.gan import GAN
from ganzoo.layers import FadeIn
from ganzoo.networks.growing import GrowingNetworks, Kept, last_level, shape_at
from ganzoo.utils import images
from ganzoo.utils.checks import positive_integer


class GrowingGAN(GAN):
    """Base of the GANs that grow; their networks are `ganzoo.networks.GrowingNetworks`.

    It begins in stage 0, at a size of 4 to 8 pixels: until it has been trained through all stages, samples are smaller than
    `image_shape`, which is the size of the data and of the last stage's samples.

    Args:
        image_shape: (height, width, channels); height and width are 4 to 8 pixels, doubled the same number of times.
        stage_steps: steps of every stage but the last, which goes on to the end of the training; positive int. In the first
            half of them a new block fades in.
        options: as in `GAN`.
    """

    networks_kind = GrowingNetworks

    def __init__(self, image_shape=None, latent=None, stage_steps=1000, **options):
        self.stage_steps = positive_integer("stage_steps", stage_steps)
        self._kept = {}
        super().__init__(image_shape=image_shape, latent=latent, **options)

    @property
    def stage_shape(self):
        """Shape of the present stage's images."""
        return shape_at(self.image_shape, max(self.stage, 0))

    def stages(self, steps):
        """Return one `Stage` per size, up to the size that the given number of steps reaches."""
        last = last_level(self.image_shape)
        reached = min(last, (steps - 1) // self.stage_steps)
        lengths = [self.stage_steps] * reached + [steps - reached * self.stage_steps]
        shapes = [shape_at(self.image_shape, level) for level in range(reached + 1)]
        parts, dtype = self.examples, self.examples[self.example_name].dtype
        return [
            Stage(length, parts | {self.example_name: Spec(shape, dtype)}, f"{shape[0]}x{shape[1]}")
            for length, shape in zip(lengths, shapes, strict=True)
        ]

    def build_generator(self):
        return self.networks.build_generator(self.inputs, self.image_shape, **self._grown("generator"))

    def build_average(self):
        return self.networks.build_generator(self.inputs, self.image_shape, **self._grown("average"))

    def build_discriminator(self):
        heads = self.discriminator_heads()
        return self.networks.build_discriminator(self.image_shape, self.classes, heads, **self._grown("discriminator"))

    def play(self, batches, step):
        """Let the newest blocks fade in by a step, then play as usual."""
        for network in (self.generator, self.discriminator, *self.players["generator"].averages.values()):
            for layer in network._flatten_layers(include_self=False):
                if isinstance(layer, FadeIn):
                    layer.advance()
        return super().play(batches, step)

    @property
    def zoom(self):
        """How many times a pixel is enlarged in `preview`, so that the pictures of all stages have one size."""
        return images.zoom_for(self.image_shape) * (self.image_shape[0] // self.stage_shape[0])

    def _grown(self, name):
        """Return how one of the networks is built in this stage."""
        kept = self._kept.setdefault(name, Kept())
        return {"level": self.stage, "kept": kept, "fade": max(1, self.stage_steps // 2)}
