"""SiGAN: Hsu, Lin, Su, Cheung 2018, "SiGAN: Siamese Generative Adversarial Network for Identity-Preserving Face Hallucination",
arXiv:1807.08370.

    generators:     |G(x) - y|_1 + 0.01 [-log D(G(x))], for both of a pair, + 0.1 C(f(G(x1)), f(G(x2)))
    discriminator:  -log D(y) - log(1 - D(G(x))), for both of a pair,       +     C(f(y1), f(y2))
    C = d^2 / 2 if both are of one identity, else max(0, m - d)^2 / 2,      d the distance of the features

Two generators of shared weights enlarge a pair of small images x1, x2, with a flag that says whether they show one identity;
the features of the results must be near if so, else a margin apart. Enlarging one image needs no flag. Departures: the
authors' code takes the features from the generator itself; here they are those of the result, from a head of the discriminator
that learns them on real pairs, so that the image itself must show the identity. Their code compares the result with a reduced
y, here with y itself.
"""

from keras import ops

from ganzoo import networks, optimizers
from ganzoo.core.inputs import Image, Spec
from ganzoo.core.match import Match
from ganzoo.core.model import AdversarialModel
from ganzoo.core.player import Player
from ganzoo.losses.contrastive import contrastive
from ganzoo.networks.base import check_pair
from ganzoo.utils import images
from ganzoo.utils.checks import check_image_shape, check_int, nonnegative_number, positive_integer, positive_number


class SiGAN(AdversarialModel):
    """Two generators of shared weights that enlarge images and keep who they show; trained on `ganzoo.data.IdentityPairs`.

    Args:
        image_shape: (height, width, channels) of the results; height and width multiples of 4, at least 8, and of `scale`.
        scale: how much smaller the small images are, a power of 2.
        networks: default `networks.SuperResolution()`.
        features: numbers that the discriminator describes an identity by, positive int.
        margin: distance between features of different identities, above 0.
        reconstruction_weight, adversarial_weight, contrastive_weight: of the generator's terms, at least 0.
        learning_rate: of both optimizers.
        seed: as in `GAN`.

    Example:
        >>> import numpy as np
        >>> SiGAN((8, 8, 1)).sample(low=np.zeros((2, 2, 2, 1), "uint8")).shape
        (2, 8, 8, 1)
    """

    display_names = {"reconstruction_loss": "L1", "generator_contrast": "contrast of results", "contrast": "of real ones"} | {
        "discriminator_loss": "D", "generator_loss": "G"}  # fmt: skip

    def __init__(self, image_shape=(28, 28, 1), scale=4, networks=networks.SuperResolution(), features=32, margin=2.0,  # noqa: B008
                 reconstruction_weight=1.0, adversarial_weight=0.01, contrastive_weight=0.1, learning_rate=5e-4, seed=0,
                 name=None):  # fmt: skip
        self.image_shape, self.scale = check_image_shape(image_shape), check_int("scale", scale, 2)
        self.networks = check_pair(networks, self.image_shape, type(self).__name__)
        self.features, self.margin = positive_integer("features", features), positive_number("margin", margin)
        self.reconstruction_weight = nonnegative_number("reconstruction_weight", reconstruction_weight)
        self.adversarial_weight = nonnegative_number("adversarial_weight", adversarial_weight)
        self.contrastive_weight = nonnegative_number("contrastive_weight", contrastive_weight)
        self.learning_rate = positive_number("learning_rate", learning_rate)
        height, width, channels = self.image_shape
        low = (height // self.scale, width // self.scale, channels)
        shapes = {"images": self.image_shape, "low": low, "other_images": self.image_shape, "other_low": low}
        self.examples = {part: Spec(shape, "uint8") for part, shape in shapes.items()} | {"same": Spec((), "int32")}
        self.inputs = {"low": Image(low)}
        super().__init__(seed, name)

    @staticmethod
    def settings_for(data):
        """Return the arguments that follow from the data: {"scale": theirs}."""
        return {"scale": data.scale}

    def build_players(self, stage):
        generator = self.networks.build_generator(self.inputs, self.image_shape)
        discriminator = self.networks.build_discriminator(self.image_shape, heads={"features": self.features})
        adam = [optimizers.Adam(self.learning_rate, beta_1=0.5) for _ in range(2)]
        return {"discriminator": Player({"discriminator": discriminator}, adam[0]),
                "generator": Player({"generator": generator}, adam[1])}  # fmt: skip

    def play(self, batches, step):
        """Enlarge both images of each pair, update the discriminator, then the generators."""
        batch = self.batch_at(batches, 0)
        small, real = (ops.concatenate([batch[name], batch[f"other_{name}"]]) for name in ("low", "images"))
        made = self.forward("generator", lambda: self.enlarge(small, training=True))
        fake = ops.stop_gradient(made.outputs)

        def discriminator():
            logits, features = self.discriminate(real)
            fakes, _ = self.discriminate(fake)
            losses = {"discriminator_loss": _of_pair(ops.softplus(-logits) + ops.softplus(fakes)),
                      "contrast": contrastive(*ops.split(features, 2), batch["same"], self.margin)}  # fmt: skip
            return losses, {"d_real": ops.sigmoid(logits), "d_fake": ops.sigmoid(fakes)}

        def generator(made):
            logits, features = self.discriminate(made)
            contrast = contrastive(*ops.split(features, 2), batch["same"], self.margin)
            return {"reconstruction_loss": self.reconstruction_weight * _of_pair(ops.mean(abs(made - real), axis=(1, 2, 3))),
                    "generator_loss": self.adversarial_weight * _of_pair(ops.softplus(-logits)),
                    "generator_contrast": self.contrastive_weight * contrast}, {}  # fmt: skip

        return self.update("discriminator", discriminator) | self.update("generator", generator, through=made)

    def enlarge(self, images, training=False):
        """Enlarge images `(N, h, w, C)` in (-1, 1), float32 `(N, H, W, C)` of any size, so that a gradient brings them back."""
        return ops.cast(self.generator(images, training=training), "float32")

    def discriminate(self, images):
        """Return the discriminator's logits `(N,)`, high for real, and features `(N, F)` of images `(N, H, W, C)`, float32."""
        logits, features = (ops.cast(each, "float32") for each in self.discriminator(images, training=True))
        return logits[:, 0], features

    def generate(self, inputs):
        return ops.clip(self.enlarge(inputs["low"]), *self.value_range)

    def translations(self, given, seed=0, endpoint="serving_default"):
        """Return [small images with their pixels repeated, enlarged ones], each uint8 `(N, H, W, C)`."""
        low = given["low"]
        return [images.repeated(low, self.image_shape[:2]), self.sample(len(low), seed, endpoint, **given)]

    def matches(self):
        """Return the one match: the discriminator against enlarged images."""
        return {"": Match(
            "images", inputs=lambda n, seed, arrays: {"low": self.to_value_range(ops.convert_to_tensor(arrays["low"][:n]))},
            generate=self.generate, discriminate=lambda images, arrays: self.discriminate(images)[0][:, None],
            generator_loss=lambda real_logits, fake_logits: ops.softplus(-fake_logits)[:, 0],
            discriminator=self.players["discriminator"])}  # fmt: skip


def _of_pair(values):
    """Return the mean `(N,)` of both images of each pair, from `(2 N,)`, the first ones first."""
    one, other = ops.split(values, 2)
    return (one + other) / 2
