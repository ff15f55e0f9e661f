"""`class StyleBased`: a GAN whose generator maps latents to styles and makes images of styles, one for each of its layers.

    w = f(z),     G(z) = g(w, ..., w),     truncated: mean w + psi (w - mean w),     mixed: g(w_1, ..., w_1, w_2, ..., w_2)

Its networks are pairs like `ganzoo.networks.StyleGAN2`, whose generator has the parts "mapping", "truncate" and "synthesis".
"""

import keras
import numpy as np
from keras import ops

from ganzoo import backend
from ganzoo.core.inputs import Setting
from ganzoo.errors import InputError
from ganzoo.gan import GAN
from ganzoo.layers import ModulatedConv2D
from ganzoo.regularizers import Lazy, PathLength
from ganzoo.utils.checks import nonnegative_number


class StyleBased(GAN):
    """The base class of the style-based GANs.

    Args:
        image_shape: height and width multiples of 4, at least 8.
        mixing: share of the training samples whose coarse and fine layers have styles of two latents, from 0 to 1.
        path_length: weight of the path length regularization, at every 8th step; 0 leaves it out.
        options: as in `GAN`.

    Attributes:
        layer_names: of the layers that have a style each, coarse to fine.
        mean_length: running mean of the path lengths, a variable, where they are regularized.
    """

    def __init__(self, image_shape=None, mixing=0.0, path_length=0.0, **options):
        self.mixing = nonnegative_number("mixing", mixing)
        if self.mixing > 1:
            raise InputError(f"mixing must be a share, from 0 to 1. Received: mixing={mixing!r}")
        self.path_length = nonnegative_number("path_length", path_length)
        super().__init__(image_shape, **options)

    @property
    def inputs(self):
        """{"latents", "labels" where it is conditional, "noise": Normal, "truncation": psi}."""
        return super().inputs | self.networks.further_inputs(self.stage_shape) | {"truncation": Setting((1.0,))}

    @property
    def layer_names(self):
        """The names of the layers that have a style each, coarse to fine."""
        return self.networks.layer_names(self.stage_shape)

    def build_players(self, stage):
        players = super().build_players(stage)
        if self.path_length:
            options = {"initializer": "zeros", "dtype": "float32", "trainable": False, "name": "mean_length"}
            self.mean_length = self.add_weight(shape=(), **options)
            players["generator"].regularizers += (Lazy(PathLength(self.path_length), 8),)
        return players

    def styles(self, inputs, network=None):
        """Return styles w `(N, layers, size)`, not truncated, of {"latents" (, "labels")}; network None: that of `sample`."""
        network = self.players["generator"].sampling("generator") if network is None else network
        mapping = network.get_layer("mapping")
        given = [inputs[name] for name in ("latents", "labels") if name in self.inputs]
        w = mapping(given if len(given) > 1 else given[0])
        return ops.repeat(w[:, None], len(self.layer_names), axis=1)

    def truncate(self, styles, psi):
        """Return styles moved toward the mean style: psi 1 leaves them as they are, 0 makes each the mean."""
        mean = self.players["generator"].sampling("generator").get_layer("truncate").mean
        return mean + psi * (styles - mean)

    def synthesize(self, styles, inputs, network=None, training=False):
        """Return images in `value_range`, float32, from styles `(N, layers, size)` and the synthesis's other inputs."""
        network = self.players["generator"].sampling("generator") if network is None else network
        further = [inputs[name] for name in self.networks.further_inputs(self.stage_shape)]
        return ops.cast(network.get_layer("synthesis")([styles, *further], training=training), "float32")

    def generate_moved(self, inputs, shift):
        """Return images of the same inputs whose origin, what the first layer gets, is moved.

        Args:
            inputs: {name: tensor}.
            shift: (down, right), in pixels, whole or not.
        """
        raise NotImplementedError(f"{type(self).__name__} must define generate_moved.")

    def feature_norms(self, inputs):
        """Return {layer: array `(N, H, W)`}, the norm of each pixel's features after each convolution, of {name: array}."""
        synthesis = self.players["generator"].sampling("generator").get_layer("synthesis")
        convolutions = [each for each in synthesis.layers if isinstance(each, ModulatedConv2D) and each.demodulate]
        features = keras.Model(synthesis.inputs, [each.output for each in convolutions])
        tensors = {name: ops.convert_to_tensor(values) for name, values in inputs.items()}
        further = [tensors[name] for name in self.networks.further_inputs(self.stage_shape)]
        found = features([self.styles(tensors), *further])
        return {
            each.name: np.sqrt(np.square(ops.convert_to_numpy(ops.cast(values, "float32"))).sum(axis=-1))
            for each, values in zip(convolutions, found, strict=True)
        }

    # In training.

    def inputs_for(self, batch, seed):
        """Add "others", latents to mix with, and "crossover" `(N,)`, the layer from which on their style is taken."""
        inputs = super().inputs_for(batch, seed)
        n, count = ops.shape(inputs["latents"])[0], len(self.layer_names)
        mixed = backend.uniform((n,), backend.fold_in(seed, 4, 0)) < self.mixing
        crossover = ops.floor(backend.uniform((n,), backend.fold_in(seed, 4, 1), 1.0, count))
        others = self.latent.draw((n,), backend.fold_in(seed, 4, 2))
        return inputs | {"others": others, "crossover": ops.where(mixed, ops.cast(crossover, "int32"), count)}

    def generate_batch(self, inputs):
        self.generator.get_layer("truncate")([self.styles(inputs, self.generator)[:, 0], inputs["truncation"]], training=True)
        return self.synthesize(self.mixed_styles(inputs), inputs, self.generator, training=True)

    def mixed_styles(self, inputs):
        """Return the styles `(N, layers, size)` of a training batch, some of two latents."""
        one, other = (self.styles(inputs | {"latents": inputs[name]}, self.generator) for name in ("latents", "others"))
        late = ops.arange(len(self.layer_names))[None] >= inputs["crossover"][:, None]
        return ops.where(late[..., None], other, one)

    def generator_penalties(self, inputs, seed):
        """Return the penalties on images as a function of the styles in w."""

        def call(styles):
            return self.synthesize(styles, inputs, self.generator)

        styles = ops.cast(self.mixed_styles(inputs), "float32")
        kept = {"mean_length": self.mean_length} if self.path_length else {}
        return self.penalties("generator", call, {"styles": styles} | kept, seed)
