"""StyleGAN2's networks (Karras et al. 2019, arXiv:1912.04958): skip generator, residual discriminator."""

import itertools

import keras
from keras import layers

from ganzoo.core.inputs import Input, Normal
from ganzoo.layers import (
    Constant,
    EqualizedConv2D,
    EqualizedDense,
    MinibatchStd,
    ModulatedConv2D,
    Resample2D,
    ScaledNoise,
    Truncation,
)
from ganzoo.layers.equalized import HE
from ganzoo.layers.modulated_conv import BINOMIAL
from ganzoo.networks.base import Networks, functional, require_inputs, require_multiple
from ganzoo.networks.mapping import mapping
from ganzoo.utils.checks import positive_integer
from ganzoo.utils.types import Shape

WIDEST = 4  # times the finest layer's filters


class StyleGAN2(Networks):
    """Styles w from a mapping network; a generator of modulated convolutions from a constant, whose layers' colors add up; a
    residual discriminator with the minibatch standard deviation. All with an equalized learning rate.

    The generator's inputs are latents, labels where there are any, noise, and the psi of the truncation trick. It consists of
    the models "mapping" and "synthesis" with the layer "truncate" between them. Sizes double from the smallest of at least 4
    that the image's sides are multiples of. Where the paper has 512 channels at most, these have four times those of the
    finest layer, and four mapping layers in place of eight; the discriminator halves a map behind the activation, where the
    official code does so before.

    Args:
        width: filters of the finest layers, positive int; each coarser size has twice as many, up to four times.
        style_size: of w, positive int.
        mapping_layers: positive int.
    """

    normalizes_latents = True

    def __init__(self, width: int = 16, style_size: int = 64, mapping_layers: int = 4):
        self.width = positive_integer("width", width)
        self.style_size = positive_integer("style_size", style_size)
        self.mapping_layers = positive_integer("mapping_layers", mapping_layers)

    def check(self, shape: Shape, model: str) -> None:
        require_multiple(shape, 4, least=8, model=model)

    def sizes(self, shape: Shape) -> list[tuple[int, int, int]]:
        """Return [(height, width, filters)] of the generator, coarse to fine."""
        doublings = 1
        while all(side % 2 ** (doublings + 1) == 0 and side // 2 ** (doublings + 1) >= 4 for side in shape[:2]):
            doublings += 1
        factors = [2**each for each in reversed(range(doublings + 1))]
        return [(shape[0] // each, shape[1] // each, self.width * min(WIDEST, each)) for each in factors]

    def noise_shapes(self, shape: Shape) -> list[tuple[int, int]]:
        """Return [(height, width)] of the noise that each convolution gets."""
        return [(height, width) for level, (height, width, _) in enumerate(self.sizes(shape)) for _ in range(2 if level else 1)]

    def further_inputs(self, shape: Shape) -> dict[str, Input]:
        """Return {name: `Input`} that the synthesis takes besides styles."""
        return {"noise": Normal(sum(height * width for height, width in self.noise_shapes(shape)))}

    def layer_names(self, shape: Shape) -> list[str]:
        """Return the names of the layers that have a style each, coarse to fine; colors share that of the next convolution."""
        return [f"{height}x{width}_{index}" for index, (height, width) in enumerate(self.noise_shapes(shape))] + ["colors"]

    def build_generator(self, inputs: dict[str, Input], shape: Shape) -> keras.Model:
        taken = ["latents", *self.further_inputs(shape), "truncation"]
        require_inputs(self, set(taken) <= set(inputs), ", ".join(taken), inputs)
        mapped = {name: each for name, each in inputs.items() if name == "latents" or hasattr(each, "classes")}
        asked, vector = self.join(mapped)
        w = mapping(vector.shape[-1], self.style_size, self.mapping_layers)(vector)
        to_style = functional(asked, w, "mapping")
        tensors = {name: keras.Input(each.shape, dtype=each.dtype, name=name) for name, each in inputs.items()}
        given = [tensors[name] for name in mapped]
        w = Truncation(name="truncate")([to_style(given if len(given) > 1 else given[0]), tensors["truncation"]])
        styles = layers.RepeatVector(len(self.layer_names(shape)), name="styles")(w)
        synthesis = self.build_synthesis(shape)
        further = [tensors[name] for name in self.further_inputs(shape)]
        return keras.Model(list(tensors.values()), synthesis([styles, *further]), name="generator")

    def build_synthesis(self, shape: Shape) -> keras.Model:
        """Return the `keras.Model` "synthesis" from styles `(N, layers, style_size)` and noise to images."""
        styles = keras.Input((len(self.layer_names(shape)), self.style_size), name="styles")
        noise = keras.Input(self.further_inputs(shape)["noise"].shape, name="noise")
        planes, begin = [], 0
        for height, width in self.noise_shapes(shape):
            planes.append(layers.Reshape((height, width, 1))(noise[:, begin : begin + height * width]))
            begin += height * width
        ws = [styles[:, index] for index in range(styles.shape[1])]

        index, images = 0, None
        sizes = self.sizes(shape)
        x = Constant((*sizes[0][:2], sizes[0][2]), name="constant")(ws[0])
        for level, (_, _, filters) in enumerate(sizes):
            for upsample in (True, False) if level else (False,):
                x = ModulatedConv2D(filters, 3, upsample=upsample, gain=HE, name=f"conv{index}")([x, ws[index]])
                x = layers.LeakyReLU(0.2)(ScaledNoise()([x, planes[index]]))
                index += 1
            colors = ModulatedConv2D(shape[2], 1, demodulate=False)([x, ws[index]])
            images = colors if images is None else layers.Add()([colors, Resample2D(BINOMIAL, up=2)(images)])
        return keras.Model([styles, noise], layers.Activation("tanh")(images), name="synthesis")

    def build_discriminator(self, shape: Shape, classes: int | None = None, heads: dict[str, int] | None = None) -> keras.Model:
        tensors, x = self.with_label_plane(shape, classes)
        sizes = self.sizes(shape)[::-1]
        x = layers.LeakyReLU(0.2)(EqualizedConv2D(sizes[0][2], 1)(x))
        for (_, _, filters), (_, _, wider) in itertools.pairwise(sizes):
            y = layers.LeakyReLU(0.2)(EqualizedConv2D(filters, 3)(x))
            # Both branches come with half of their variance, so that their sum keeps it.
            y = Resample2D(BINOMIAL, down=2)(layers.LeakyReLU(0.2)(EqualizedConv2D(wider, 3, gain=1.0)(y)))
            shortcut = EqualizedConv2D(wider, 1, gain=0.5**0.5, use_bias=False)(Resample2D(BINOMIAL, down=2)(x))
            x = layers.Add()([y, shortcut])
        x = layers.LeakyReLU(0.2)(EqualizedConv2D(sizes[-1][2], 3)(MinibatchStd()(x)))
        x = layers.LeakyReLU(0.2)(EqualizedDense(sizes[-1][2])(layers.Flatten()(x)))
        return self.with_heads(tensors, x, heads, EqualizedDense(1, gain=1.0))
