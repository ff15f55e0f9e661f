"""StyleGAN3: Karras et al. 2021, "Alias-Free Generative Adversarial Networks", arXiv:2106.12423.

    g(shifted waves; w) = shifted g(waves; w)        EQ-T = 10 log10(4 / E[(g(shifted waves) - shifted g(waves))^2]) dB

The surface moves with the object instead of sticking to the screen: an image is a continuous signal, sampled; Fourier features
take the place of the learned constant, and no layer may make frequencies that its sampling rate cannot carry. So every leaky
ReLU stands between up-sampling and down-sampling with low-pass filters, and there are no noise inputs, path lengths or mixed
styles; see `ganzoo.networks.StyleGAN3`. Followed: configuration T of the paper and its official code. Departures: fewer layers,
narrower margins, one critically sampled layer, tanh at the end; the official code also shrinks styles by their mean over the
batch before they are demodulated, which changes nothing but overflow in half precision and would make a sample depend on its
batch.
`python -m experiments.equivariance` measures EQ-T and draws what sticks.
"""

from keras import ops

from ganzoo import networks, optimizers
from ganzoo.objectives import Objective
from ganzoo.regularizers import R1, Lazy
from ganzoo.style_based import StyleBased


def objective(gamma=1.0, learning_rate=2e-3):
    """Return the non-saturating game with R1 at every 16th step, Adam with beta_1 0, beta_2 0.99.

    Args:
        gamma: weight of R1, above 0.
        learning_rate: of both players, above 0. The paper's generator has 0.0025, its discriminator 0.002.
    """
    adam = [optimizers.Adam(learning_rate, beta_1=0.0, beta_2=0.99, epsilon=1e-8) for _ in range(2)]
    return Objective("non_saturating", [Lazy(R1(gamma), 16)], 1, *adam)


class StyleGAN3(StyleBased):
    """A GAN whose image moves as its input is moved: `sample(shift=(down, right))`, in pixels or parts of them.

    `generator` takes latents (labels), shift and truncation.

    Args:
        image_shape: height and width multiples of 4, at least 8.
        mixing, path_length: as in `StyleGAN2`; the paper has neither.
        options: as in `GAN`; `latent` is 64.

    Example:
        >>> StyleGAN3((8, 8, 1), latent=4).sample(2, shift=[[0.0, 0.0], [0.5, 3.0]]).shape
        (2, 8, 8, 1)
    """

    default_image_shape = (32, 32, 3)
    default_latent = 64
    default_networks = networks_kind = networks.StyleGAN3
    default_objective = staticmethod(objective)

    def generate_moved(self, inputs, shift):
        """See `StyleBased`: the waves are moved."""
        n = ops.shape(inputs["latents"])[0]
        return self.generate(inputs | {"shift": ops.tile(ops.convert_to_tensor([shift], dtype="float32"), (n, 1))})
