"""StyleGAN2: Karras et al. 2019, "Analyzing and Improving the Image Quality of StyleGAN", arXiv:1912.04958.

    w = f(z),  G(z) = g(w, ..., w; noise),    min_G  E[softplus(-D(G(z)))] + 2 E[(|J_w^T y| - a)^2],  y ~ N(0, I) / sqrt(H W)
    min_D  E[softplus(-D(x)) + softplus(D(G(z)))] + gamma / 2 E[|grad D(x)|^2]

Styles scale the kernels of modulated convolutions, whose outputs are brought back to unit variance by the kernels alone, not by
statistics of the image: a droplet that would hide a large norm from these gains nothing. The colors of all sizes add up instead
of growing. Both penalties are lazy: 16 times R1 at every 16th step, 8 times the path lengths at every 8th. Nine in ten training
samples mix two styles at a random layer. Followed: the official code (rates 0.002, the mapping's a hundredth of it, beta_2
0.99, weight 2 and decay 0.01 of the path lengths), but for the 8 steps, which are the paper's (the code has 4). Departures:
smaller networks; gamma 1, where the official code has 10 and 100 for 1024x1024 pixels; one Adam step for loss and lazy penalty
together, where it makes two; images end in tanh, where the paper's are linear; noise is an input of the
generator, drawn from the sample's seed, so that a seed makes one image and an exported model may be asked with any.
"""

import numpy as np
from keras import ops

from ganzoo import networks, optimizers
from ganzoo.objectives import Objective
from ganzoo.regularizers import R1, Lazy
from ganzoo.style_based import StyleBased


def objective(gamma=1.0, learning_rate=2e-3):
    """Return the non-saturating game with R1 at every 16th step, Adam with beta_1 0, beta_2 0.99.

    Args:
        gamma: weight of R1, above 0.
        learning_rate: of both players, above 0.
    """
    adam = [optimizers.Adam(learning_rate, beta_1=0.0, beta_2=0.99, epsilon=1e-8) for _ in range(2)]
    return Objective("non_saturating", [Lazy(R1(gamma), 16)], 1, *adam)


class StyleGAN2(StyleBased):
    """A GAN whose styles can be mixed, truncated and moved, with noise for what no style decides.

    `generator` takes latents (labels), noise and truncation.

    Args:
        image_shape: height and width multiples of 4, at least 8.
        mixing: share of the training samples whose coarse and fine layers have styles of two latents, from 0 to 1.
        path_length: weight of the path length regularization, at least 0; 0 leaves it out.
        options: as in `GAN`; `latent` is 64.

    Example:
        >>> StyleGAN2((8, 8, 1), latent=4).sample(2, truncation=0.7).shape
        (2, 8, 8, 1)
    """

    default_image_shape = (32, 32, 3)
    default_latent = 64
    default_networks = networks_kind = networks.StyleGAN2
    default_objective = staticmethod(objective)

    def __init__(self, image_shape=None, mixing=0.9, path_length=2.0, **options):
        super().__init__(image_shape, mixing, path_length, **options)

    def generate_moved(self, inputs, shift):
        """See `StyleBased`: the learned constant, taken as one period of a band-limited image, is moved; noise stays."""
        network = self.players["generator"].sampling("generator")
        constant = network.get_layer("synthesis").get_layer("constant").values
        kept = ops.convert_to_numpy(constant)
        down, right = (
            np.exp(-2j * np.pi * np.fft.fftfreq(cells) * pixels * cells / side)
            for cells, pixels, side in zip(kept.shape, shift, self.image_shape, strict=False)
        )
        spectrum = np.fft.fft2(kept, axes=(0, 1)) * down[:, None, None] * right[None, :, None]
        constant.assign(np.real(np.fft.ifft2(spectrum, axes=(0, 1))).astype("float32"))
        try:
            return self.generate(inputs)
        finally:
            constant.assign(kept)
