"""Progressive growing: Karras, Aila, Laine, Lehtinen 2017, "Progressive Growing of GANs for Improved Quality, Stability, and
Variation", arXiv:1710.10196.

    critic loss = E[D(G(z))] - E[D(x)] + 10 E[(|grad D(x^)| - 1)^2] + 0.001 E[D(x)^2],   at 4x4, 8x8, 16x16, ... in turn

A new size fades in over the first half of its stage, in both networks; see `ganzoo.growing`. Equalized learning rate, pixel
normalization, minibatch standard deviation in groups of 4 (as in the official code), latents on the unit sphere, Adam with
beta_1 = 0 and beta_2 = 0.99 that begins anew in every stage. With `ema_half_life_images` samples come from an average of the
generator, as the paper's do; the command has one of 1,000 images.
Departures: narrower networks, and stages of thousands of images, not of 600,000 and more; for these the rate is 2e-3 and the
critic has two updates a step, in place of 1e-3 and one, with which few kinds of images are made; the data of a small size are
averages of areas, not blended with the size before while a block fades in; see `ganzoo.networks.progressive` for the networks.
"""

from ganzoo import losses, networks, optimizers, regularizers
from ganzoo.growing import GrowingGAN
from ganzoo.objectives import Objective
from ganzoo.utils.checks import positive_number


def objective(penalty=10.0, drift=0.001, learning_rate=2e-3, n_critic=2):
    """Return the Wasserstein game with a gradient penalty and a drift term, Adam with beta_1 0 and beta_2 0.99.

    Args:
        penalty: weight of the gradient penalty, above 0.
        drift: weight of E[D(x)^2], which keeps the critic's outputs near 0; at least 0.
        learning_rate: of both players, above 0.
        n_critic: critic updates per generator update.
    """
    rate = positive_number("learning_rate", learning_rate)
    adam = [optimizers.Adam(rate, beta_1=0.0, beta_2=0.99, epsilon=1e-8) for _ in range(2)]
    penalties = [regularizers.GradientPenalty(penalty)]
    return Objective(losses.Wasserstein(drift), penalties, n_critic, *adam, measures="wasserstein_estimate")


class ProgressiveGAN(GrowingGAN):
    """A Wasserstein GAN that grows from 4x4 pixels to the size of the data.

    Args:
        image_shape: height and width are 4 to 8 pixels, doubled the same number of times, such as 32, 48, 28 or 64.
        stage_steps: steps of every stage but the last; positive int.
        ema_half_life_images: of the generator's average, None for none; the paper's 0.999 a step at 16 images is about 11,000.
        options: as in `GAN`.

    Example:
        >>> gan = ProgressiveGAN((16, 16, 1))
        >>> [stage.name for stage in gan.stages(5000)], gan.sample(2).shape
        (['4x4', '8x8', '16x16'], (2, 4, 4, 1))
    """

    default_image_shape = (32, 32, 3)
    default_latent = 64
    default_networks = networks.Progressive
    default_objective = staticmethod(objective)
