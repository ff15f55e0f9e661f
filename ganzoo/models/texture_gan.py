"""A texture of any size from one photograph: Jetchev, Bergmann, Vollgraf 2016, "Texture Synthesis with Spatial Generative
Adversarial Networks", arXiv:1611.08207, and Bergmann, Jetchev, Vollgraf 2017, "Learning Texture Manifolds with the Periodic
Spatial GAN", arXiv:1705.06566.

    G: map of latents (h, w, c) -> picture (cell h, cell w);  D: the mean over patches of a fully convolutional network

Departures: no padding anywhere in the generator, see `ganzoo.networks.Spatial`; the periodic component of PSGAN is left out,
since a periodic map of latents makes the tile; and the game is steadied by gradient penalties instead of batch normalization
in D.
"""

from ganzoo import networks, objectives
from ganzoo.core.inputs import NormalMap, Spec
from ganzoo.gan import GAN
from ganzoo.utils.checks import check_choice


class TextureGAN(GAN):
    """A fully convolutional GAN on crops of a picture or a few; `ganzoo.textures.tile` makes pictures of any size of it.

    Args:
        image_shape: of the crops that it trains on; height and width multiples of the networks' cell.
        latent: numbers a cell of the latent map, an int, or a `NormalMap`.
        depth: bits a channel of the crops, 8 (uint8) or 16 (uint16, for heights).
        options: as in `GAN`.

    Example:
        >>> TextureGAN((32, 32, 1)).sample(2).shape
        (2, 32, 32, 1)
    """

    default_image_shape = (64, 64, 3)
    default_latent = 32
    default_networks = networks.Spatial
    default_objective = staticmethod(objectives.relativistic)

    def __init__(self, *arguments, depth=8, **options):
        self.depth = check_choice("depth", depth, (8, 16))
        super().__init__(*arguments, **options)

    @property
    def cell(self):
        """Pixels that a cell of the latent map is wide."""
        return self.networks.cell

    @property
    def examples(self):
        """{"images": Spec}: uint8, or uint16 where the depth is 16."""
        return {"images": Spec(self.image_shape, f"uint{self.depth}")}

    @property
    def inputs(self):
        """{"latents": map of noise}, and {"style": a global vector} where the networks have one."""
        style = self.networks.style
        return {"latents": self.latent} | ({"style": NormalMap(1, 1, style)} if style else {})
