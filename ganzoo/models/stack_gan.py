"""StackGAN: Zhang et al. 2016, "StackGAN: Text to Photo-realistic Image Synthesis with Stacked Generative Adversarial
Networks", arXiv:1612.03242.

    c = mu(phi) + sigma(phi) * e,  e ~ N(0, I)                                          conditioning augmentation, section 3.2
    max_D  E[log D(x, phi)] + 1/2 E[log(1 - D(x, phi'))] + 1/2 E[log(1 - D(G(z, c), phi))]
    min_G  -E[log D(G(z, c), phi)] + lambda KL(N(mu, diag sigma^2) || N(0, I))

Stage I makes a rough image of half the size of (z, c); stage II, with stage I fixed, makes the whole image of the rough one and
a c of its own. Each discriminator also gets the embedding phi of a text: a real image with a wrong text phi' is false too
(Reed et al. 2016, arXiv:1605.05396). phi comes from a joint embedding of texts and images (Reed et al. 2016, arXiv:1605.05395):
a matching pair's inner product is to exceed that of its image with other texts, and of its text with other images, by a margin.

As in the official code, not the paper: lambda is a weight of the mean over the components of c, and the generator's loss is the
non-saturating one. Departures: the encoders are trained beside stage I, by their own loss and in their own update, instead of
before it; the text's is a bag of words, so word order says nothing; the penalty R1, every fourth step, takes the place of the
discriminators' batch normalization; lambda is 0.1 instead of 2; samples come from moving averages of the generators.
"""

from keras import ops

from ganzoo import backend, optimizers, regularizers
from ganzoo.core.inputs import Normal, Spec, Text
from ganzoo.core.match import Match
from ganzoo.core.model import AdversarialModel
from ganzoo.core.player import Player, check_half_life
from ganzoo.core.sampling import Endpoint
from ganzoo.core.stage import Stage
from ganzoo.data.digit_texts import WORDS
from ganzoo.networks.base import check_pair
from ganzoo.networks.stack import Stack
from ganzoo.utils.checks import check_image_shape, check_object, nonnegative_number, positive_integer, positive_number

MARGIN = 1.0  # of the joint embedding


class StackGAN(AdversarialModel):
    """A GAN that draws what a text says, a rough image first.

    Args:
        image_shape: height and width multiples of 4, at least 8.
        text: `ganzoo.core.inputs.Text`, the vocabulary; default: that of the described digits.
        latent: size of z, an int.
        networks: default `networks.Stack()`.
        rough_steps: steps of stage I; the others of a training are stage II's. Until then samples are rough images enlarged.
        kl_weight: lambda, at least 0; the official code has 2.
        gamma: weight of R1, above 0.
        learning_rate: of all optimizers (Adam, beta_1 0.5), above 0.
        ema_half_life_images, ema_warmup: of the generators' averages, as in `GAN`.
        seed: as in `GAN`.

    Example:
        >>> StackGAN((8, 8, 1)).sample(texts=["a thick seven, leaning right"]).shape
        (1, 8, 8, 1)
    """

    display_names = {"discriminator_loss": "discriminator loss", "generator_loss": "generator loss"} | {
        "d_real": "D(x, text)", "d_wrong": "D(x, wrong text)", "d_fake": "D(G, text)", "kl": "KL of c (nats)"}  # fmt: skip

    def __init__(
        self, image_shape=(32, 32, 1), text=WORDS, latent=32, networks=Stack(), rough_steps=3000,  # noqa: B008
        kl_weight=0.1, gamma=0.1, learning_rate=5e-4, ema_half_life_images=10_000.0, ema_warmup=0.05, seed=0, name=None,
    ):  # fmt: skip
        self.image_shape = check_image_shape(image_shape)
        self.networks = check_pair(networks, self.image_shape, type(self).__name__, Stack)
        self.text = check_object("text", text, Text, "ganzoo.core.inputs.Text(words, length)")
        self.latent, self.rough_steps = positive_integer("latent", latent), positive_integer("rough_steps", rough_steps)
        self.kl_weight, self.gamma = nonnegative_number("kl_weight", kl_weight), positive_number("gamma", gamma)
        self.learning_rate = positive_number("learning_rate", learning_rate)
        self.ema_half_life_images = check_half_life(ema_half_life_images)
        self.ema_warmup = None if ema_warmup is None else positive_number("ema_warmup", ema_warmup)
        self.examples = {"images": Spec(self.image_shape, "uint8"), "texts": Spec(self.text.shape, "int32")}
        self.inputs = {"latents": Normal(self.latent), "noise": Normal(networks.condition), "texts": self.text}
        super().__init__(seed, name)

    @staticmethod
    def settings_for(data):
        """Return the arguments that follow from the data: {"text": its vocabulary}."""
        return {"text": data.text} if hasattr(data, "text") else {}

    def stages(self, steps):
        """Return stage I and, where steps are left, stage II."""
        rough = Stage(min(steps, self.rough_steps), name="stage I")
        return [rough] + ([Stage(steps - rough.steps, name="stage II")] if steps > rough.steps else [])

    def build_players(self, stage):
        def adam():
            return optimizers.Adam(self.learning_rate, beta_1=0.5)

        shape, pair = (*(side // 2 for side in self.image_shape[:2]), self.image_shape[2]), self.networks
        encoders = {}
        if stage == 0:
            texts, images = pair.build_text_encoder(self.text), pair.build_image_encoder(shape)
            encoders = {"encoder": Player({"text_encoder": texts, "image_encoder": images}, adam())}
            generators = [pair.build_rough_generator(self.latent, shape) for _ in range(2)]
        else:
            self.rough_generator, shape = self.players["generator"].sampling("generator"), self.image_shape
            generators = [pair.build_generator(self.inputs, shape) for _ in range(2)]
        averages = {"generator": generators[1]}
        discriminator = {"discriminator": pair.build_discriminator(shape)}
        return encoders | {
            "discriminator": Player(discriminator, adam(), [regularizers.Lazy(regularizers.R1(self.gamma), 4)]),
            "generator": Player({"generator": generators[0]}, adam(), (), averages, self.ema_half_life_images, self.ema_warmup),
        }

    def play(self, batches, step):
        """Update the encoders (in stage I), the discriminator on right, wrong and generated pairs, the generator."""
        batch, seed = self.batch_at(batches, 0), backend.fold_in((self.seed, 0), step)
        real = self.at_stage(batch["images"])
        logs = {}
        if "encoder" in self.players:
            logs |= self.update("encoder", lambda: ({"embedding_loss": self.embedding_loss(real, batch["texts"])}, {}))
        right = ops.stop_gradient(self.embed(batch["texts"]))
        wrong, words = ops.roll(right, 1, axis=0), ops.sort(batch["texts"], axis=1)
        is_wrong = ops.cast(
            ops.any(words != ops.roll(words, 1, axis=0), axis=1), "float32"
        )  # a neighbor may have the same text
        inputs = self.draw_values((ops.shape(real)[0],), seed) | {"texts": batch["texts"]}
        fake = self.forward("generator", lambda: self.draw_images(self.generator, inputs, right, training=True))
        made = ops.stop_gradient(fake.outputs[0])

        def discriminator():
            pairs = {"d_real": (real, right), "d_wrong": (real, wrong), "d_fake": (made, right)}
            said = {name: self.discriminate(*pair) for name, pair in pairs.items()}
            false = (is_wrong * ops.softplus(said["d_wrong"]) + ops.softplus(said["d_fake"])) / 2
            losses = {"discriminator_loss": ops.softplus(-said["d_real"]) + false}
            losses |= self.penalties("discriminator", lambda x: self.discriminate(x, right), {"real": real, "fake": made}, seed)
            return losses, {name: ops.sigmoid(each) for name, each in said.items()}

        def generator(outputs):
            images, mean, log_deviation = outputs
            kl = (ops.exp(2 * log_deviation) + mean**2 - 1) / 2 - log_deviation
            losses = {"generator_loss": ops.softplus(-self.discriminate(images, right))}
            return losses | {"kl_loss": self.kl_weight * ops.mean(kl, axis=1)}, {"kl": ops.sum(kl, axis=1)}

        logs |= self.update("discriminator", discriminator)
        return logs | self.update("generator", generator, through=fake)

    def embedding_loss(self, images, texts):
        """Return the loss of the joint embedding for each image and text, `(N,)`; those of equal words are no opposites."""
        scores = ops.matmul(
            ops.cast(self.image_encoder(images, training=True), "float32"), ops.transpose(self.embed(texts, training=True))
        )
        words = ops.sort(texts, axis=1)
        other = ops.cast(ops.any(words[:, None] != words[None], axis=2), "float32")
        own = ops.diagonal(scores)
        per_image = ops.sum(other * ops.relu(MARGIN + scores - own[:, None]), axis=1) / ops.maximum(ops.sum(other, axis=1), 1.0)
        per_text = ops.sum(other * ops.relu(MARGIN + scores - own[None]), axis=0) / ops.maximum(ops.sum(other, axis=0), 1.0)
        return per_image + per_text

    def embed(self, texts, training=False):
        """Return the embeddings phi `(N, embedding)` of numbers of words `(N, length)`."""
        return ops.cast(self.text_encoder(texts, training=training), "float32")

    def discriminate(self, images, embeddings):
        """Return the logits `(N,)` of images of this stage's size under embedded texts."""
        return ops.cast(self.discriminator([images, embeddings], training=True), "float32")[:, 0]

    def at_stage(self, images):
        """Return whole images at the size of this stage: in stage I the means of 2x2 pixels."""
        return images if self.stage else ops.average_pool(images, 2, data_format="channels_last")

    def draw_images(self, network, inputs, embeddings, training=False):
        """Return [images of this stage's size, mu, log sigma], float32, from {name: tensor} and the texts' embeddings."""
        first = self.rough_images(inputs, embeddings) if self.stage else inputs["latents"]
        return [ops.cast(each, "float32") for each in network([first, inputs["noise"], embeddings], training=training)]

    def rough_images(self, inputs, embeddings):
        """Return stage I's images, of half the height and width, in inference mode."""
        network = self.rough_generator if self.stage else self.players["generator"].sampling("generator")
        return ops.cast(network([inputs["latents"], inputs["noise"], embeddings], training=False)[0], "float32")

    def generate_rough(self, inputs):
        """Return stage I's images, each pixel enlarged to 2x2."""
        rough = self.rough_images(inputs, self.embed(inputs["texts"]))
        return ops.repeat(ops.repeat(rough, 2, axis=1), 2, axis=2)

    def generate(self, inputs):
        if not self.stage:
            return self.generate_rough(inputs)
        return self.draw_images(self.players["generator"].sampling("generator"), inputs, self.embed(inputs["texts"]))[0]

    def endpoints(self):
        """Return what `sample` makes; in stage II also `stage_1`, the rough images that it makes them of, enlarged."""
        whole = Endpoint(self.inputs, self.generate, "images")
        rough = {"stage_1": Endpoint(self.inputs, self.generate_rough, "images")} if self.stage else {}
        return {"serving_default": whole} | rough

    def matches(self):
        """Return the one match of this stage; real images keep their texts, and images of other sizes are averaged."""

        def inputs(n, seed, arrays):
            drawn = self.draw_inputs(n, seed, texts=arrays["texts"][:n])
            return {name: ops.convert_to_tensor(values) for name, values in drawn.items()}

        def discriminate(images, arrays):
            embeddings = self.embed(ops.convert_to_tensor(arrays["texts"]))
            return self.discriminate(self.at_stage(images), embeddings)[:, None]

        def generate(inputs):
            images = self.draw_images(self.generator, inputs, self.embed(inputs["texts"]))[0]
            return images if self.stage else ops.repeat(ops.repeat(images, 2, axis=1), 2, axis=2)

        return {"": Match("images", inputs, generate, discriminate, lambda real, fake: ops.softplus(-fake)[:, 0],
                          self.players["discriminator"])}  # fmt: skip
