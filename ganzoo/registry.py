"""The zoo: a new GAN is its module and one line here. Commands, tests, help and documentation are loops over it.

Nothing heavy is imported: `import ganzoo` and every --help read this.
"""

import dataclasses
import sys


@dataclasses.dataclass(frozen=True)
class Recipe:
    """How `ganzoo train NAME` trains.

    Attributes:
        name: of the command.
        about, time: what it does and how long that takes on two CPU cores, for `make help`.
        data: what it trains on: "images", "points", "function" (points of a graph), "pairs" (two sets of images),
            "identities" (pairs of labelled images, each with a small copy) or "texts" (images with a text each).
        dataset: default data set.
        image_size: default of --image_size; "" for the data's own.
        digits_size: image size of scikit-learn's 8x8 digits, where none is asked for; at 8 pixels DCGAN's generator collapses.
        stack: train on stacks of three digits, red, green and blue.
        crops: default of --crops: True, False, or None for where a folder's pictures are larger than the model's images.
        symmetry: default of --symmetry, of crops.
        steps, batch_size, minutes: defaults; minutes is a limit that holds where --steps is not given.
        epochs: if set, steps are counted in epochs where nothing else is said, and every epoch leaves a picture and weights.
        every: defaults of (checkpoint_every, sample_every, log_every, diagnose_every), in steps.
        flags: {flag of the game: default} where it is not the default of the class or function that it belongs to.
        variants: {value of --variant: (model, flags)}; the first is the default.
        model: class name; filled in from the entry that the recipe stands in.
    """

    name: str
    about: str
    time: str = "half an hour at most"
    data: str = "images"
    dataset: str = "digits"
    image_size: str = ""
    digits_size: str = "16"
    stack: bool = False
    crops: bool | None = False
    symmetry: str = "none"
    steps: int = 5000
    batch_size: int = 64
    minutes: float = 30.0
    epochs: int | None = None
    every: tuple = (500, 250, 50, 250)
    flags: dict = dataclasses.field(default_factory=dict)
    variants: dict = dataclasses.field(default_factory=dict)
    model: str = ""


# What --recipe=modern changes: {flag of the game: value}; `ganzoo.recipes.modern` is the same in Python.
MODERN = {"networks": "compact", "objective": "non_saturating_r1", "ema_half_life_images": 10_000.0, "ema_warmup": 0.05}


@dataclasses.dataclass(frozen=True)
class Entry:
    """A GAN of the zoo.

    Attributes:
        module: where its class is.
        paper: authors and year.
        arxiv: number of the paper.
        lecture: number of the lecture that it belongs to, or "".
        adds: what it adds to the base, in a phrase.
        recipe: how `ganzoo train` trains it; a name and a phrase are enough for a GAN that trains like DCGAN.
        networks: its default, a name in `ganzoo.commands.arguments.NETWORKS`; None for a model that takes no such pair.
        objective: its default, a name in `ganzoo.objectives.BY_NAME`; "own" for a function of its own module; None for a model
            that takes no `Objective`.
        labels: whether it needs labels.
        optional_labels: whether it takes labels if the data have any, and also works without.
        arguments: {simple argument of its constructor: default} that become flags; their help texts are in
            `ganzoo.commands.arguments`.
        own_objective: the same for its own objective.
    """

    module: str
    paper: str
    arxiv: str
    lecture: str
    adds: str
    recipe: Recipe
    networks: str | None = "dcgan"
    objective: str | None = "dcgan"
    labels: bool = False
    optional_labels: bool = False
    arguments: dict = dataclasses.field(default_factory=dict)
    own_objective: dict = dataclasses.field(default_factory=dict)

    @property
    def takes_labels(self):
        """Return whether it can be told labels."""
        return self.labels or self.optional_labels


_TEXTURE = {"dataset": "grass", "digits_size": "", "steps": 1500, "batch_size": 32, "minutes": 9.0, "every": (100, 50, 10, 100)}
_TEXTURE |= {"crops": None, "symmetry": "flip"}
_TEXTURE["flags"] = {"learning_rate": 2e-4, "ema_half_life_images": 1000.0}
_GROWING = {
    "dataset": "grass",
    "digits_size": "",
    "steps": 3000,
    "batch_size": 16,
    "minutes": 30.0,
    "every": (200, 50, 10, 200),
}
_GROWING |= {"crops": None, "symmetry": "flip"}
_GROWING["flags"] = {"stage_steps": 500, "ema_half_life_images": 1000.0, "ema_warmup": 0.05, "width": 32}
_STYLED = _GROWING["flags"] | {"gamma": 0.1, "learning_rate": 2e-3}  # the paper's gamma of 10 is for 1024x1024 pixels
_POINTS = {"steps": 8000, "batch_size": 100, "minutes": 10.0, "every": (2000, 200, 100, 1000)}

MODELS = {
    "GAN": Entry(
        "ganzoo.gan", "Goodfellow et al. 2014", "1406.2661", "002", "dense networks, non-saturating loss",
        Recipe("mlp-gan", "dense networks write digits", "a minute", digits_size="", batch_size=128, epochs=50,
               every=(100, 50, 10, 250), flags={"conditional": False}), "dense", "non_saturating", optional_labels=True),
    "DCGAN": Entry(
        "ganzoo.models.dcgan", "Radford et al. 2016", "1511.06434", "004", "convolutional networks",
        Recipe("dcgan", "convolutional networks write digits", "ten minutes")),
    "LSGAN": Entry(
        "ganzoo.models.lsgan", "Mao et al. 2017", "1611.04076", "004", "least-squares loss",
        Recipe("lsgan", "digits with the least-squares loss", "ten minutes"), objective="least_squares"),
    "FGAN": Entry(
        "ganzoo.models.f_gan", "Nowozin et al. 2016", "1606.00709", "004", "an f-divergence of your choice",
        Recipe("fgan", "digits by lowering an f-divergence", "ten minutes"), objective="f_gan"),
    "CGAN": Entry(
        "ganzoo.models.cgan", "Mirza & Osindero 2014", "1411.1784", "004", "labels in both networks",
        Recipe("cgan", "the digit that is asked for", "ten minutes"), labels=True),
    "ACGAN": Entry(
        "ganzoo.models.acgan", "Odena et al. 2017", "1610.09585", "", "a discriminator that reads the label",
        Recipe("acgan", "the digit that is asked for, read by the discriminator", "ten minutes"), labels=True),
    "InfoGAN": Entry(
        "ganzoo.models.infogan", "Chen et al. 2016", "1606.03657", "004",
        "categories and codes found without labels, on the paper's networks",
        Recipe("infogan", "ten kinds of digits found without labels", "four minutes"), "infogan", "own",
        arguments={"latent": 62, "categories": 10, "codes": 2, "category_weight": 1.0, "code_weight": 0.1, "code_sigma": 1.0},
        own_objective={"learning_rate": 2e-4}),
    "CycleGAN": Entry(
        "ganzoo.models.cyclegan", "Zhu et al. 2017", "1703.10593", "004", "translates between two sets of images, unpaired",
        Recipe("cyclegan", "translate digits into changed ones and back, unpaired", "a minute", data="pairs",
               dataset="inverted_digits", batch_size=8, steps=1500, every=(250, 250, 50, 250), flags={
                   "width": 16, "residual_blocks": 1, "downsamplings": 0, "identity_weight": 0.0, "learning_rate": 4e-4}),
        "translation", None,
        arguments={"cycle_weight": 10.0, "identity_weight": 5.0, "learning_rate": 2e-4, "buffer": 50}),
    "ContextEncoder": Entry(
        "ganzoo.models.context_encoder", "Pathak et al. 2016", "1604.07379", "004",
        "fills holes, judged by a discriminator",
        Recipe("context-encoder", "fill what is missing from an image, with a discriminator", "ten minutes", steps=4000,
               minutes=15.0), "context_encoder", None,
        arguments={"reconstruction_weight": 0.999, "adversarial_weight": 0.001, "learning_rate": 2e-3}),
    "PartialConvNet": Entry(
        "ganzoo.models.partial_conv", "Liu et al. 2018", "1804.07723", "004",
        "fills holes by convolutions that see known pixels alone; no discriminator",
        Recipe("partial-conv", "fill what is missing from an image, by partial convolutions", "ten minutes", steps=4000,
               minutes=15.0), "partial_unet", None,
        arguments={"hole_weight": 6.0, "variation_weight": 0.1, "learning_rate": 2e-4}),
    "SiGAN": Entry(
        "ganzoo.models.sigan", "Hsu et al. 2018", "1807.08370", "004",
        "enlarges images and keeps whom they show, learned on pairs",
        Recipe("sigan", "enlarge digits four times and keep what they are", "ten minutes", data="identities", steps=3000,
               minutes=15.0), "super_resolution", None,
        arguments={"features": 32, "margin": 2.0, "reconstruction_weight": 1.0, "adversarial_weight": 0.01,
                   "contrastive_weight": 0.1, "learning_rate": 5e-4}),
    "StackGAN": Entry(
        "ganzoo.models.stack_gan", "Zhang et al. 2016", "1612.03242", "004", "draws what a text says, a rough image first",
        Recipe("stackgan", "the digit that a text describes: a thick seven, leaning right", "at most twelve minutes", "texts",
               "described_digits", "32", digits_size="", steps=5000, minutes=12.0, every=(500, 250, 50, 500)),
        "stack", None,
        arguments={"latent": 32, "rough_steps": 3000, "kl_weight": 0.1, "gamma": 0.1, "learning_rate": 5e-4,
                   "ema_half_life_images": 10_000.0, "ema_warmup": 0.05}),
    "WGAN": Entry(
        "ganzoo.models.wgan", "Arjovsky et al. 2017", "1701.07875", "004",
        "clipping of the kernels; the lecture's texture networks",
        Recipe("wgan-textures", "make textures", "at most nine minutes", **_TEXTURE, variants={
            "wgan": ("WGAN", {}), "wgan_gp": ("WGANGP", {}), "relativistic": ("RelativisticGAN", {})}),
        "texture", "wasserstein"),
    "WGANGP": Entry(
        "ganzoo.models.wgan_gp", "Gulrajani et al. 2017", "1704.00028", "003",
        "gradient penalty, critic without normalization",
        Recipe("wgan-gp", "textures with a gradient penalty", "at most nine minutes", **_TEXTURE), "texture", "wasserstein_gp"),
    "RelativisticGAN": Entry(
        "ganzoo.models.relativistic", "Huang et al. 2024", "2501.05441", "", "pairing loss, R1 + R2, wide discriminator",
        Recipe("relativistic", "textures in the relativistic game", "at most nine minutes", **_TEXTURE),
        "texture", "relativistic"),
    "TextureGAN": Entry(
        "ganzoo.models.texture_gan", "Bergmann et al. 2017", "1705.06566", "004",
        "fully convolutional over a map of latents: pictures of any size, seamless",
        Recipe("textures", "a seamless texture of any size from one photograph, with maps for game engines",
               "at most ten minutes", dataset="grass", digits_size="", steps=5000, batch_size=32, minutes=8.0,
               every=(500, 250, 20, 500), flags={"ema_half_life_images": 10_000.0, "ema_warmup": 0.05}, crops=True,
               image_size="64"),
        "spatial", "own", arguments={"depth": 8}, own_objective={"gamma": 0.1, "learning_rate": 2e-3}),
    "SAGAN": Entry(
        "ganzoo.models.sagan", "Zhang et al. 2018", "1805.08318", "004",
        "residual networks with self-attention and spectral normalization; hinge loss",
        Recipe("sagan", "digits, or the class that is asked for, with self-attention", "ten minutes", steps=3000,
               flags={"learning_rate": 2e-4}), "attention", "own", optional_labels=True,
        own_objective={"learning_rate": 1e-4}),
    "BigGAN": Entry(
        "ganzoo.models.biggan", "Brock et al. 2018", "1809.11096", "004",
        "SAGAN with latents and class in every block; the truncation trick",
        Recipe("biggan", "digits, or the class that is asked for, with less variety where you want", "a quarter of an hour",
               steps=2000, flags={"learning_rate": 2e-4}), "biggan", "own", optional_labels=True,
        arguments={"ema_half_life_images": 5000.0, "ema_warmup": 0.05, "orthogonal": 1e-4},
        own_objective={"learning_rate": 5e-5, "n_critic": 2}),
    "ProgressiveGAN": Entry(
        "ganzoo.models.progressive_gan", "Karras et al. 2017", "1710.10196", "004",
        "grows from 4x4 pixels to the size of the data, a Wasserstein game",
        Recipe("progressive", "grow from 4x4 pixels to a texture", "ten minutes", **_GROWING), "progressive", "own",
        arguments={"stage_steps": 1000}, own_objective={"penalty": 10.0, "drift": 0.001, "learning_rate": 2e-3, "n_critic": 2}),
    "StyleGAN": Entry(
        "ganzoo.models.stylegan", "Karras et al. 2018", "1812.04948", "004",
        "styles by adaptive instance norm, noise in every layer; grows size by size",
        Recipe("stylegan", "a texture of styles, grown size by size", "ten minutes", **_GROWING | {"flags": _STYLED}),
        "stylegan", "own", arguments={"stage_steps": 1000, "mixing": 0.9, "path_length": 0.0},
        own_objective={"gamma": 10.0, "learning_rate": 1e-3}),
    "StyleGAN2": Entry(
        "ganzoo.models.stylegan2", "Karras et al. 2019", "1912.04958", "004",
        "modulated convolutions, styles that mix, lazy path length regularization",
        Recipe("stylegan2", "textures whose coarse and fine styles can be mixed", "at most ten minutes", dataset="grass",
               digits_size="", crops=None, symmetry="flip", steps=1500, batch_size=16, minutes=9.5,
               every=(250, 125, 25, 250), flags={"ema_half_life_images": 1000.0, "ema_warmup": 0.05}),
        "stylegan2", "own", arguments={"mixing": 0.9, "path_length": 2.0}, own_objective={"gamma": 1.0, "learning_rate": 2e-3}),
    "StyleGAN3": Entry(
        "ganzoo.models.stylegan3", "Karras et al. 2021", "2106.12423", "004",
        "alias-free: the image moves with its Fourier input, nothing sticks to the pixels",
        Recipe("stylegan3", "textures that move without sticking to the pixels", "at most ten minutes", dataset="grass",
               digits_size="", crops=None, symmetry="flip", steps=1000, batch_size=16, minutes=9.5,
               every=(250, 125, 25, 250), flags={"ema_half_life_images": 1000.0, "ema_warmup": 0.05}),
        "stylegan3", "own", arguments={"mixing": 0.0, "path_length": 0.0}, own_objective={"gamma": 1.0, "learning_rate": 2e-3}),
    "PointGAN": Entry(
        "ganzoo.models.point_gan", "Goodfellow et al. 2014", "1406.2661", "000", "points instead of images",
        Recipe("point-gan", "from noise to the modes of a mixture", "under a minute", "points", "ring", **_POINTS),
        None, "non_saturating", arguments={"latent": 5, "hidden": 32}),
    "UnrolledGAN": Entry(
        "ganzoo.models.unrolled_gan", "Metz et al. 2017", "1611.02163", "003",
        "points; a generator that looks ahead at the discriminator's next updates",
        Recipe("unrolled-gan", "a ring of eight modes that a plain GAN misses", "three minutes", "points", "ring",
               **_POINTS | {"batch_size": 512}),
        None, "own", arguments={"latent": 256, "unrolled_steps": 5}, own_objective={"learning_rate": 1e-3}),
    "FunctionGAN": Entry(
        "ganzoo.models.function_gan", "Goodfellow et al. 2014", "1406.2661", "000",
        "points on a curve or surface, hundreds of steps in one XLA program",
        Recipe("function-gan", "from noise to points on a curve", "under a minute", "function", "", **_POINTS),
        None, "own", arguments={"latent": 5, "hidden": 32, "ema_half_life_images": 20_000.0}),
}  # fmt: skip

# Ways to train a model of the zoo besides its own: {model: recipes}.
FURTHER = {
    "GAN": (
        Recipe("modern", "the best pictures within ten minutes, of the requested class if there are labels", "ten minutes",
               steps=100_000, minutes=10.0, every=(1000, 500, 100, 500),
               crops=None, flags=MODERN),
    ),
    "WGAN": (
        Recipe("digit-wgan", "digits in the Wasserstein game", flags={"networks": "dcgan"},
               variants={"wgan": ("WGAN", {}), "wgan_gp": ("WGANGP", {"learning_rate": 1e-4, "beta_1": 0.5})}),
    ),
    "DCGAN": (
        Recipe("stacked-digits", "three digits stacked as the colors of one image", "a quarter of an hour", stack=True,
               flags={"networks": "dcgan"},
               variants={"dcgan": ("DCGAN", {}), "lsgan": ("LSGAN", {}), "wgan": ("WGAN", {}),
                         "wgan_gp": ("WGANGP", {"learning_rate": 1e-4, "beta_1": 0.5}),
                         "relativistic": ("RelativisticGAN", {}), "modern": ("GAN", MODERN | {"conditional": False})}),
    ),
}  # fmt: skip


def _recipes():
    found = {}
    for model, entry in MODELS.items():
        for each in (entry.recipe, *FURTHER.get(model, ())):
            found[each.name] = dataclasses.replace(each, model=model)
    return found


# Name after `ganzoo train` -> Recipe.
RECIPES = _recipes()


def table():
    """Return the zoo as a Markdown table, which stands in the README."""
    lines = ["| model | paper | lecture | on top of the base | command |", "|---|---|---|---|---|"]
    for model, entry in MODELS.items():
        paper = f"[{entry.paper}](https://arxiv.org/abs/{entry.arxiv})"
        lines.append(f"| `{model}` | {paper} | {entry.lecture or '-'} | {entry.adds} | `make train-{entry.recipe.name}` |")
    return "\n".join(lines) + "\n"


def make_help():
    """Return the lines of `make help` about what can be trained."""
    return "\n".join(f"  make train-{each.name:18s} {each.about}; {each.time}" for each in RECIPES.values())


if __name__ == "__main__":  # the Makefile asks, before ganzoo is installed
    print({"help": make_help, "table": table}[sys.argv[1]]())
