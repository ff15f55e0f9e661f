"""A texture of any size from one photograph: Jetchev, Bergmann, Vollgraf 2016, "Texture Synthesis with Spatial Generative
Adversarial Networks", arXiv:1611.08207, and Bergmann, Jetchev, Vollgraf 2017, "Learning Texture Manifolds with the Periodic
Spatial GAN", arXiv:1705.06566.

    G: map of latents (h, w, c) -> picture (cell h, cell w);  D: the mean over patches of a fully convolutional network

Departures: no padding anywhere in the generator, see `ganzoo.networks.Spatial`; the periodic component of PSGAN is left out,
since a periodic map of latents makes the tile; and the game is steadied by gradient penalties instead of batch normalization
in D.
"""

import numpy as np

from ganzoo import networks, objectives
from ganzoo.core.inputs import WHITE, NormalMap
from ganzoo.errors import InputError
from ganzoo.gan import GAN
from ganzoo.utils.checks import check_choice, check_range


def objective(gamma=0.1, learning_rate=2e-3):
    """Return `objectives.non_saturating_r1`, at a rate for narrow networks.

    Args:
        gamma: weight of R1, above 0.
        learning_rate: of both players, above 0.
    """
    return objectives.non_saturating_r1(gamma, learning_rate)


class TextureGAN(GAN):
    """A fully convolutional GAN on crops of one or a few pictures; `ganzoo.textures.tile` makes pictures of any size with it.

    Args:
        image_shape: of the crops that it trains on; height and width multiples of the networks' cell.
        latent: numbers a cell of the latent map, an int, or a `NormalMap`.
        levels: (low, high), shares of the full range from black 0 to white 1: the darkest and brightest that it makes, which
            the networks see as -1 and 1. With its own levels a photograph of little contrast fills that range.
        depth: bits a channel of the crops, 8 (uint8) or 16 (uint16, for heights).
        options: as in `GAN`, but for `value_range`, which follows from `levels`.

    Raises:
        InputError: for a bad value.

    Example:
        >>> TextureGAN((32, 32, 1)).sample(2).shape
        (2, 32, 32, 1)
    """

    default_image_shape = (64, 64, 3)
    default_latent = 32
    default_networks = networks_kind = networks.Spatial
    default_objective = staticmethod(objective)
    generator_range = (-1.0, 1.0)

    def __init__(
        self, image_shape=None, latent=None, networks=None, objective=None, levels=(0.0, 1.0), depth=8, augmentation=None,
        ema_half_life_images=None, ema_warmup=None, seed=0, name=None,
    ):  # fmt: skip
        self.levels = check_range("levels", levels)
        if not 0 <= self.levels[0] < self.levels[1] <= 1:
            raise InputError(f"levels must be (low, high) with 0 <= low < high <= 1. Received: levels={levels!r}")
        self.depth = check_choice("depth", depth, (8, 16))
        low, high = self.levels
        # Where black and white lie if low is -1 and high is 1.
        black, white = (2 * (each - low) / (high - low) - 1 for each in (0.0, 1.0))
        super().__init__(image_shape, latent, None, networks, objective, augmentation, (black, white), ema_half_life_images,
                         ema_warmup, seed, name)  # fmt: skip

    @staticmethod
    def settings_for(data):
        """Return the arguments that follow from the data: {"levels": percentiles 0.5 and 99.5 of its pixels}."""
        crops = data.images(256) if callable(data.images) else data.images[:256]
        low, high = np.quantile(crops / WHITE[crops.dtype.name], (0.005, 0.995))
        return {"levels": (float(low), float(high))} if high > low else {}

    @property
    def cell(self):
        """Pixels that a cell of the latent map is wide."""
        return self.networks.cell

    @property
    def inputs(self):
        """{"latents": map of noise}, and {"style": a global vector} where the networks have one."""
        style = self.networks.style
        return {"latents": self.latent} | ({"style": NormalMap(1, 1, style)} if style else {})

    def results(self):
        """Return {"texture": function that writes a seamless tile of 512 x 512 pixels, its repetition and its maps}."""
        from ganzoo.textures import write_texture

        return {"texture": lambda path: write_texture(path, self)}
