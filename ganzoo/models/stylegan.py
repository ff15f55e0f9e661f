"""StyleGAN: Karras, Laine, Aila 2018, "A Style-Based Generator Architecture for Generative Adversarial Networks",
arXiv:1812.04948, which grows size by size as the lecture says.

    w = f(z),   each layer: x <- AdaIN(lrelu(conv(x) + noise), w),   AdaIN(x, w) = y_s (x - mu(x)) / sigma(x) + y_b
    min_D  E[softplus(-D(x)) + softplus(D(G(z)))] + gamma / 2 E[|grad D(x)|^2],   min_G  E[softplus(-D(G(z)))]

A mapping network of eight dense layers, which learn at a hundredth of the rate, turns the latent into a style w; (y_s, y_b) of
every layer is affine in w, and nothing else of the latent enters the images, which begin with a learned constant. Nine in ten
training samples mix two styles at a random layer. gamma is 10, the rate 1e-3, beta_2 0.99, the mean of w moves by 0.005 a step,
as in the official code, which is for 1024x1024 pixels: at 32x32 the command trains with gamma 0.1 and rate 2e-3, as Karras et
al. 2020 (arXiv:2006.06676) let gamma grow with the number of pixels. Departures: smaller networks; shorter stages, the first
4x4, not 8x8 (see `ganzoo.networks.StyleGAN`, `ganzoo.growing`); two styles are mixed sample by sample, not batch by batch; and
noise is an input of the generator, drawn from the sample's seed, so that a seed makes one image; noise=0 switches it off.
"""

from ganzoo import networks, optimizers, regularizers
from ganzoo.growing import GrowingGAN
from ganzoo.objectives import Objective
from ganzoo.style_based import StyleBased
from ganzoo.utils.checks import positive_number


def objective(gamma=10.0, learning_rate=1e-3):
    """Return the non-saturating game with R1, Adam with beta_1 0, beta_2 0.99.

    Args:
        gamma: weight of R1, above 0.
        learning_rate: of both players, above 0.
    """
    rate = positive_number("learning_rate", learning_rate)
    adam = [optimizers.Adam(rate, beta_1=0.0, beta_2=0.99, epsilon=1e-8) for _ in range(2)]
    return Objective("non_saturating", [regularizers.R1(gamma)], 1, *adam)


class StyleGAN(GrowingGAN, StyleBased):
    """A GAN of styles that grows from 4x4 pixels to the size of the data.

    `generator` takes latents, noise and truncation; `sample(8, truncation=0.7, noise=...)` is asked with any of them.

    Args:
        image_shape: height and width are 4 to 8 pixels, doubled the same number of times, such as 32, 48, 28 or 64.
        stage_steps: steps of every stage but the last; positive int.
        mixing: share of the training samples whose coarse and fine layers have styles of two latents, from 0 to 1.
        options: as in `StyleBased` and `GAN`.

    Example:
        >>> gan = StyleGAN((8, 8, 1), latent=4)
        >>> gan.sample(2, truncation=0.7).shape, gan.layer_names
        ((2, 4, 4, 1), ['4x4_0', '4x4_1'])
    """

    default_image_shape = (32, 32, 3)
    default_latent = 64
    default_networks = networks_kind = networks.StyleGAN
    default_objective = staticmethod(objective)

    def __init__(self, image_shape=None, latent=None, stage_steps=1000, mixing=0.9, **options):
        super().__init__(image_shape, latent, stage_steps, mixing=mixing, **options)
