"""Pairs of networks: each builds a generator and a discriminator for any image size, latent, labels and objective."""

from ganzoo.networks.attention import Attention
from ganzoo.networks.base import Networks
from ganzoo.networks.biggan import BigGAN
from ganzoo.networks.changed import Changed
from ganzoo.networks.compact import Compact
from ganzoo.networks.dcgan import DCGAN
from ganzoo.networks.dense import Dense, PointDense
from ganzoo.networks.growing import GrowingNetworks
from ganzoo.networks.infogan import InfoGAN
from ganzoo.networks.inpainting import ContextEncoder, PartialUNet
from ganzoo.networks.progressive import Progressive
from ganzoo.networks.residual import Residual
from ganzoo.networks.spatial import Spatial
from ganzoo.networks.stack import Stack
from ganzoo.networks.stylegan import StyleGAN
from ganzoo.networks.stylegan2 import StyleGAN2
from ganzoo.networks.stylegan3 import StyleGAN3
from ganzoo.networks.super_resolution import SuperResolution
from ganzoo.networks.texture import Texture
from ganzoo.networks.translation import Translation

# Name on the command line -> class.
BY_NAME: dict[str, type[Networks]] = {
    "dense": Dense,
    "dcgan": DCGAN,
    "texture": Texture,
    "infogan": InfoGAN,
    "attention": Attention,
    "residual": Residual,
    "compact": Compact,
}

__all__ = ["BY_NAME", "DCGAN", "Attention", "BigGAN", "Changed", "Compact", "ContextEncoder", "Dense", "GrowingNetworks"]
__all__ += ["InfoGAN", "Networks", "PartialUNet", "PointDense", "Progressive", "Residual", "Spatial", "Stack", "StyleGAN"]
__all__ += ["StyleGAN2", "StyleGAN3", "SuperResolution", "Texture", "Translation"]
