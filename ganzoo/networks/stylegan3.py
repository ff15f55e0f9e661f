"""StyleGAN3's alias-free generator (Karras et al. 2021, arXiv:2106.12423), beside StyleGAN2's discriminator."""

import dataclasses
import math

import keras
from keras import layers

from ganzoo.core.inputs import Input, Setting
from ganzoo.layers import FourierFeatures, ModulatedConv2D, Resample2D, RunningScale
from ganzoo.layers.equalized import HE
from ganzoo.layers.resample import kaiser_lowpass
from ganzoo.networks.stylegan2 import WIDEST, StyleGAN2
from ganzoo.utils.checks import check_int, positive_integer
from ganzoo.utils.types import Shape

TAPS = 6  # of a filter, a pixel of the coarser side


@dataclasses.dataclass(frozen=True)
class Band:
    """What a layer's output holds.

    Attributes:
        rate: samples a side of the image, float.
        cutoff: highest frequency that passes, in waves a side.
        half_width: half of the filter's transition band around it.
        filters: channels.
        margin: pixels beyond the image on every side.
    """

    rate: float
    cutoff: float
    half_width: float
    filters: int
    margin: int

    def size(self, shape: Shape) -> tuple[int, int]:
        """Return (height, width) with margins, of images of this shape."""
        height, width = (round(self.rate * each / min(shape[:2])) + 2 * self.margin for each in shape[:2])
        return height, width


class StyleGAN3(StyleGAN2):
    """StyleGAN2's mapping and discriminator; a generator in which a moved input makes a moved image.

    It begins with Fourier features. In each layer a modulated convolution is followed by a leaky ReLU at twice the sampling
    rate, between low-pass filters (Kaiser-windowed sincs of 6 taps a pixel, six 2x). From layer to layer the cutoff rises
    geometrically from 2 waves a side to Nyquist's frequency, reached `critical` layers before the end; the transition band
    narrows meanwhile, and a layer has the least of the sampling rates that its stopband allows. Images carry a margin, so that
    the borders' zeros stay outside. No noise, no skip connections, no running statistics of single images. Configuration T of
    the paper, with 3x3 kernels, but fewer layers than its 14 and narrower margins than its 10 pixels.

    Args:
        width: filters of the finest layer, positive int; a layer's are in inverse proportion to its cutoff, up to four times.
        style_size, mapping_layers: as in `StyleGAN2`.
        synthesis_layers: positive int, above `critical`.
        critical: layers whose cutoff is Nyquist's frequency, at least 0: they alias a little and make sharp pixels.
        margin_size: pixels around every layer's image, at least 0.
    """

    def __init__(
        self,
        width: int = 16,
        style_size: int = 64,
        mapping_layers: int = 2,
        synthesis_layers: int = 6,
        critical: int = 1,
        margin_size: int = 6,
    ):
        super().__init__(width, style_size, mapping_layers)
        self.synthesis_layers = positive_integer("synthesis_layers", synthesis_layers)
        self.critical = check_int("critical", critical, 0, self.synthesis_layers - 1)
        self.margin_size = check_int("margin_size", margin_size, 0)

    def further_inputs(self, shape: Shape) -> dict[str, Input]:
        return {"shift": Setting((0.0, 0.0))}

    def layer_names(self, shape: Shape) -> list[str]:
        rates = ["input", *(f"{band.rate:g}" for band in self.bands(shape))]
        return [f"{rate}_{index}" for index, rate in enumerate(rates)] + ["colors"]

    def bands(self, shape: Shape) -> list[Band]:
        """Return the `Band` of the input and of each layer."""
        side = min(shape[:2])
        halvings = 0
        while all(each % 2 ** (halvings + 1) == 0 for each in shape[:2]):
            halvings += 1
        last_cutoff = side / 2
        last_stopband = last_cutoff * 2**0.3
        found = []
        for index in range(self.synthesis_layers + 1):
            share = min(index / (self.synthesis_layers - self.critical), 1.0)
            cutoff = 2.0 * (last_cutoff / 2.0) ** share
            stopband = 2.0**2.1 * (last_stopband / 2.0**2.1) ** share
            halved = max(0, min(halvings, math.floor(math.log2(side / min(2 * stopband, side)))))
            rate = side / 2**halved
            filters = min(WIDEST * self.width, round(self.width * last_cutoff / cutoff))
            margin = 0 if index == self.synthesis_layers else self.margin_size
            found.append(Band(rate, cutoff, max(stopband, rate / 2) - cutoff, filters, margin))
        return found

    def build_synthesis(self, shape: Shape) -> keras.Model:
        """Return the `keras.Model` "synthesis" from styles `(N, layers, style_size)` and shifts in pixels `(N, 2)`."""
        styles = keras.Input((len(self.layer_names(shape)), self.style_size), name="styles")
        shift = keras.Input((2,), name="shift")
        ws = [styles[:, index] for index in range(styles.shape[1])]
        first, *bands = self.bands(shape)
        sides = layers.Rescaling(1 / min(shape[:2]))(shift)
        x = FourierFeatures(first.filters, first.size(shape), 1 / first.rate, first.cutoff, name="waves")([ws[0], sides])
        before = first
        for index, band in enumerate(bands):
            convolution = ModulatedConv2D(band.filters, 3, padding="full", gain=HE, name=f"conv{index}")
            x = convolution([RunningScale()(x), ws[index + 1]])
            rate = 2 * max(before.rate, band.rate)
            up, down = round(rate / before.rate), round(rate / band.rate)
            raise_, lower = TAPS * up, TAPS * down
            total = 2 * band.margin * down - 2 * (before.margin + 1) * up - down + 1 + raise_ + lower - 2
            low = (total + up) // 2
            widen = kaiser_lowpass(raise_, before.cutoff, before.half_width, rate)
            x = layers.LeakyReLU(0.2)(Resample2D(widen, up=up, padding=(low, total - low))(x))
            narrow = kaiser_lowpass(lower, band.cutoff, band.half_width, rate)
            x = Resample2D(narrow, down=down, padding=(0, 0))(x)
            before = band
        images = ModulatedConv2D(shape[2], 1, demodulate=False, name="colors")([RunningScale()(x), ws[-1]])
        return keras.Model([styles, shift], layers.Activation("tanh")(layers.Rescaling(0.25)(images)), name="synthesis")
