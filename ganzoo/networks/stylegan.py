"""StyleGAN's networks (Karras et al. 2018, arXiv:1812.04948, section 2 and appendix C), which grow.

Each size has two convolutions; each is followed by noise and a bias, leaky ReLU, and AdaIN with a style of its own. (1, 2, 1)
filters stand behind every enlargement and before every reduction. As in the official code the discriminator is that of
progressive growing. Departures: fewer filters; the learned constant begins as noise instead of ones, whose instance
normalization is 0 / 0; tanh at the end, so that images stay in `value_range`.
"""

import keras
from keras import layers

from ganzoo.core.inputs import Input, Normal
from ganzoo.layers import AdaIN, Blur, Constant, EqualizedConv2D, FadeIn, NoiseAndBias, Truncation
from ganzoo.networks.base import require_inputs
from ganzoo.networks.growing import Kept, coarsest, last_level, shape_at
from ganzoo.networks.mapping import mapping
from ganzoo.networks.progressive import Progressive
from ganzoo.utils.checks import positive_integer
from ganzoo.utils.types import Shape, Tensor


class StyleGAN(Progressive):
    """A generator of styles, from a learned constant, and the discriminator of `Progressive` with low-pass filters.

    The generator's inputs are latents, noise, and the psi of the truncation trick. It consists of the models "mapping" and
    "synthesis" with the layer "truncate" between them.

    Args:
        width, group: as in `Progressive`.
        style_size: of w, positive int.
        mapping_layers: positive int.
    """

    def __init__(self, width: int = 64, group: int = 4, style_size: int = 64, mapping_layers: int = 8):
        super().__init__(width, group)
        self.style_size = positive_integer("style_size", style_size)
        self.mapping_layers = positive_integer("mapping_layers", mapping_layers)

    def noise_shapes(self, shape: Shape) -> list[tuple[int, int]]:
        """Return [(height, width)] of the noise that each convolution gets; shape is that of the images made."""
        levels = [shape_at(shape, level) for level in range(last_level(shape) + 1)]
        return [(height, width) for height, width, _ in levels for _ in range(2)]

    def further_inputs(self, shape: Shape) -> dict[str, Input]:
        """Return {name: `Input`} that the synthesis of images of a shape takes besides styles."""
        return {"noise": Normal(sum(height * width for height, width in self.noise_shapes(shape)))}

    def layer_names(self, shape: Shape) -> list[str]:
        """Return the names of the layers that have a style each, coarse to fine; shape is that of the images made."""
        return [f"{height}x{width}_{index % 2}" for index, (height, width) in enumerate(self.noise_shapes(shape))]

    def build_generator(
        self,
        inputs: dict[str, Input],
        shape: Shape,
        level: int | None = None,
        kept: Kept | None = None,
        fade: int | None = None,
    ) -> keras.Model:
        taken = ["latents", *self.further_inputs(shape), "truncation"]
        require_inputs(self, set(taken) <= set(inputs), ", ".join(taken), inputs)
        level, kept = last_level(shape) if level is None else level, kept or Kept()
        tensors = {name: keras.Input(each.shape, dtype=each.dtype, name=name) for name, each in inputs.items()}
        size = inputs["latents"].shape[0]
        to_style = kept("mapping", lambda: mapping(size, self.style_size, self.mapping_layers))
        w = kept("truncate", lambda: Truncation(name="truncate"))([to_style(tensors["latents"]), tensors["truncation"]])
        styles = layers.RepeatVector(2 * (level + 1), name="styles")(w)
        synthesis = self.build_synthesis(shape, level, kept, fade)
        return keras.Model(list(tensors.values()), synthesis([styles, tensors["noise"]]), name="generator")

    def build_synthesis(self, shape: Shape, level: int, kept: Kept, fade: int | None = None) -> keras.Model:
        """Return the `keras.Model` "synthesis" from styles `(N, layers, style_size)` and noise to images of a level."""
        made = shape_at(shape, level)
        styles = keras.Input((2 * (level + 1), self.style_size), name="styles")
        noise = keras.Input(self.further_inputs(made)["noise"].shape, name="noise")
        ends = [0]
        for height, width in self.noise_shapes(made):
            ends.append(ends[-1] + height * width)

        def styled(x: Tensor, at: int, index: int) -> Tensor:
            """Add noise and a bias, rectify, and give the features a style."""
            number = 2 * at + index
            plane = layers.Reshape((*shape_at(shape, at)[:2], 1))(noise[:, ends[number] : ends[number + 1]])
            x = layers.LeakyReLU(0.2)(kept(f"noise_{at}_{index}", NoiseAndBias)([x, plane]))
            return kept(f"adain_{at}_{index}", AdaIN)([x, styles[:, number]])

        def convolved(x: Tensor, name: str, filters: int, upsample: bool = False) -> Tensor:
            return kept(name, lambda: EqualizedConv2D(filters, 3, upsample=upsample, use_bias=False))(x)

        def pixels(x: Tensor, at: int) -> Tensor:
            return kept(f"to_pixels_{at}", lambda: EqualizedConv2D(shape[2], 1, gain=1.0))(x)

        x = styled(kept("constant", lambda: Constant((*coarsest(shape), self.filters(0))))(styles), 0, 0)
        x = old = styled(convolved(x, "conv_0", self.filters(0)), 0, 1)
        for at in range(1, level + 1):
            old, filters = x, self.filters(at)
            x = styled(Blur()(convolved(x, f"up_{at}", filters, upsample=True)), at, 0)
            x = styled(convolved(x, f"conv_{at}", filters), at, 1)
        images = pixels(x, level)
        if level and fade:
            before = layers.UpSampling2D(2)(pixels(old, level - 1))
            images = kept(f"fade_{level}", lambda: FadeIn(fade))([before, images])
        return keras.Model([styles, noise], layers.Activation("tanh")(images), name="synthesis")

    def low_pass(self, x: Tensor) -> Tensor:
        return Blur()(x)
