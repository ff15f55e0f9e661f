"""Which arguments of models, networks and objectives are flags of `ganzoo train`, and what those flags say.

Written down here, as signatures cannot be read without importing TensorFlow; a test compares the two.
"""

import dataclasses

from ganzoo.registry import MODELS

MOST = 16_384  # of every whole number but steps: as large as a description of a model may be when a run is loaded


@dataclasses.dataclass(frozen=True)
class Argument:
    """A simple argument: its kind (bool, int or float), what --help says, its bounds (`above`, `below`: not themselves)."""

    kind: type
    text: str
    low: float | None = None
    above: float | None = None
    below: float | None = None
    high: int = MOST  # of an int


ARGUMENTS = {
    # Of models.
    "latent": Argument(int, "numbers that a sample is made from; at least 1", 1),
    "ema_half_life_images": Argument(
        float,
        "samples come from an average of the generator's weights with this half-life, in training images; above 0",
        above=0,
    ),
    "ema_warmup": Argument(float, "limits that half-life to this share of the images so far, such as 0.05; above 0", above=0),
    "categories": Argument(int, "number of values of the categorical code; at least 1", 1),
    "codes": Argument(int, "continuous codes; at least 1", 1),
    "category_weight": Argument(float, "lambda of the categorical code's log-likelihood, above 0", above=0),
    "code_weight": Argument(float, "lambda of the continuous codes' log-likelihood, above 0", above=0),
    "code_sigma": Argument(float, "standard deviation of a code as it is read back, above 0", above=0),
    "cycle_weight": Argument(float, "of the cycle's L1 distance, at least 0", 0),
    "identity_weight": Argument(float, "of the identity's L1 distance, at least 0", 0),
    "reconstruction_weight": Argument(float, "of the distance to the true image, at least 0", 0),
    "adversarial_weight": Argument(float, "of the loss against the discriminator, at least 0", 0),
    "hole_weight": Argument(float, "of the L1 distance in the hole, at least 0", 0),
    "variation_weight": Argument(float, "of the total variation in the hole, at least 0", 0),
    "contrastive_weight": Argument(float, "of the contrastive loss on the results of a pair, at least 0", 0),
    "features": Argument(int, "numbers that the discriminator describes an identity by; at least 1", 1),
    "margin": Argument(float, "distance between features of different identities, above 0", above=0),
    "orthogonal": Argument(float, "weight of the generator's orthogonal regularization; at least 0", 0),
    "unrolled_steps": Argument(int, "discriminator updates that the generator looks ahead; at least 0", 0),
    "stage_steps": Argument(
        int, "of a GAN that grows: steps at each size but the last, half of them fading in; at least 1", 1, high=10**9
    ),
    "mixing": Argument(float, "share of training samples whose layers have the styles of two latents, from 0 to 1", 0),
    "path_length": Argument(float, "weight of the path length regularization; 0 leaves it out", 0),
    "rough_steps": Argument(
        int, "steps of stage I, which makes rough images; the others are stage II's; at least 1", 1, high=10**9
    ),
    "kl_weight": Argument(float, "of the condition's KL divergence to the standard normal, at least 0", 0),
    "buffer": Argument(int, "past fakes that the discriminators see besides; at least 1", 1),
    # Of networks.
    "attention": Argument(bool, "self-attention over the positions of a map, in both networks"),
    "critic_norm": Argument(
        bool, "batch normalization and dropout in the critic; off where the objective has a gradient penalty"
    ),
    "critic_width": Argument(int, "multiplies the critic's filters; at least 1", 1),
    "discriminator_batch_norm": Argument(
        bool, "batch norm in the discriminator too (the lecture warns against it); off where there is a gradient penalty"
    ),
    "dropout": Argument(float, "share of the discriminator's neurons left out in training, from 0 to below 1", 0, below=1),
    "embedding_size": Argument(int, "of labels: a learned embedding of that size; 0 for one-hot labels", 0),
    "hidden": Argument(int, "neurons of a hidden dense layer; at least 1", 1),
    "downsamplings": Argument(int, "convolutions of stride 2 in the generator, as many up-samplings; at least 0", 0),
    "patch_layers": Argument(int, "convolutions of stride 2 in the discriminator; at least 1", 1),
    "upsamplings": Argument(int, "up-samplings of the texture generator; a cell of latents is 2 to this power pixels wide", 1),
    "discriminator_width": Argument(int, "filters of the discriminator's finest maps; at least 1", 1),
    "style": Argument(int, "size of the vector that chooses among several textures; 0 for one texture", 0),
    "depth": Argument(int, "bits a channel of the pictures: 8, or 16 to keep all levels of a height map", 8),
    "group": Argument(int, "examples whose standard deviation the discriminator sees; at least 1", 1),
    "synthesis_layers": Argument(int, "layers of the alias-free generator; at least 1", 1),
    "critical": Argument(int, "how many of the last synthesis layers may alias a little, for sharp pixels; at least 0", 0),
    "margin_size": Argument(int, "pixels around every layer's image that keep the border's zeros away; at least 0", 0),
    "style_size": Argument(int, "numbers of a style w; at least 1", 1),
    "mapping_layers": Argument(int, "dense layers from latents to styles; at least 1", 1),
    "embedding": Argument(int, "size of a text's embedding; at least 1", 1),
    "condition": Argument(int, "numbers that are drawn from a text's embedding; at least 1", 1),
    "residual_blocks": Argument(int, "of the generator; at least 0", 0),
    "width": Argument(int, "filters of the first layers; at least 1", 1),
    "widest": Argument(int, "upper limit of the coarsest layers' filters, as a multiple of --width; at least 1", 1),
    "blocks": Argument(int, "residual blocks at each size of the maps; at least 1", 1),
    "upsample_last": Argument(bool, "up-sample in the generator's last two layers; the lecture warns of it"),
    # Of objectives.
    "beta_1": Argument(float, "of Adam, from 0 to below 1", 0, below=1),
    "clip": Argument(float, "limit of the critic's kernels, above 0", above=0),
    "clip_all_weights": Argument(bool, "clip every weight of the critic as the lecture does; then nothing is learned"),
    "drift": Argument(float, "of a Wasserstein game: weight of the critic's squared output for real images, at least 0", 0),
    "gamma": Argument(float, "weight of the gradient penalties, above 0", above=0),
    "learning_rate": Argument(float, "of the optimizers, above 0", above=0),
    "n_critic": Argument(int, "discriminator updates per generator update; at least 1", 1),
    "penalty": Argument(float, "weight of the gradient penalty, above 0", above=0),
}

# Arguments of every GAN that plays an `Objective`.
GAN = {"latent": None, "ema_half_life_images": None, "ema_warmup": None}

# pair of networks, by the name in ganzoo.networks.BY_NAME where it stands there -> {argument: default}
NETWORKS = {
    "dense": {"dropout": 0.3, "embedding_size": None},
    "dcgan": {"discriminator_batch_norm": False, "upsample_last": False, "embedding_size": None},
    "texture": {"critic_norm": True, "critic_width": 1, "embedding_size": None},
    "infogan": {"hidden": 256, "discriminator_batch_norm": True, "embedding_size": None},
    "attention": {"width": 32, "attention": True, "embedding_size": None},
    "residual": {"width": 32, "widest": 4, "blocks": 1, "embedding_size": None},
    "compact": {"width": 32, "discriminator_width": 32, "embedding_size": None},
    "biggan": {"width": 32, "attention": True, "embedding_size": 64},
    "spatial": {"upsamplings": 4, "width": 12, "discriminator_width": 16, "style": 0},
    "context_encoder": {"width": 32},
    "partial_unet": {"width": 32},
    "super_resolution": {"width": 32, "residual_blocks": 3},
    "progressive": {"width": 64, "group": 4},
    "stylegan": {"width": 64, "group": 4, "style_size": 64, "mapping_layers": 8},
    "stylegan2": {"width": 16, "style_size": 64, "mapping_layers": 4},
    "stylegan3": {"width": 16, "style_size": 64, "mapping_layers": 2, "synthesis_layers": 6, "critical": 1, "margin_size": 6},
    "stack": {"width": 32, "embedding": 64, "condition": 32, "residual_blocks": 2},
    "translation": {"width": 32, "residual_blocks": 3, "downsamplings": 1, "patch_layers": 1},
}
# Those that --networks chooses from: they make images from latents.
CHOICES = ("dense", "dcgan", "texture", "infogan", "attention", "residual", "compact")

# name in ganzoo.objectives.BY_NAME -> {argument: default}
OBJECTIVES = {
    "non_saturating": {"learning_rate": 2e-4},
    "non_saturating_r1": {"gamma": 1.0, "learning_rate": 1e-3},
    "minimax": {"learning_rate": 2e-4},
    "dcgan": {"learning_rate": 2e-4},
    "least_squares": {"learning_rate": 2e-4},
    "f_gan": {"learning_rate": 2e-4},
    "hinge": {"learning_rate": 2e-4},
    "wasserstein": {"clip": 0.01, "clip_all_weights": False, "learning_rate": 5e-5, "n_critic": 5},
    "wasserstein_gp": {"penalty": 10.0, "learning_rate": 2e-4, "n_critic": 5, "beta_1": 0.0},
    "relativistic": {"gamma": 1.0, "learning_rate": 2e-4},
}

# name in ganzoo.augmentation.BY_NAME
AUGMENTATIONS = ("affine", "flip", "translation", "cutout", "color", "noise")

# name in ganzoo.regularizers.BY_NAME
REGULARIZERS = ("gradient_penalty", "dragan", "r1", "r2", "orthogonal", "historical_averaging")

# as ganzoo.networks.changed has it
MINIBATCH = ("std", "discrimination")

# Those about D's slope, which batch normalization in the critic would void.
OF_SLOPES = ("gradient_penalty", "dragan", "r1", "r2")

# Objectives with a gradient penalty, which batch normalization in the critic would void.
WITH_GRADIENT_PENALTY = ("non_saturating_r1", "wasserstein_gp", "relativistic")

# f-GAN's, names in ganzoo.losses.BY_NAME
DIVERGENCES = ("kl", "reverse_kl", "pearson", "hellinger", "jensen_shannon", "total_variation")

# name in ganzoo.losses.BY_NAME
LOSSES = ("non_saturating", "minimax", "wasserstein", "least_squares", "hinge", "relativistic", *DIVERGENCES)

# Names of data sets, by what a recipe trains on.
DATASETS = {
    "images": ("grass", "brick", "gravel", "forest", "outdoor", "mnist", "fashion_mnist", "cifar10", "digits", "terrain"),
    "points": ("ring", "grid", "swiss_roll"),
    "identities": ("digits", "mnist", "fashion_mnist", "cifar10"),
    "pairs": ("inverted_digits", "outlined_digits", "sheared_digits"),
    "texts": ("described_digits", "described_mnist"),
}

# How crops are mirrored and turned, as `ganzoo.data.crops` has it.
SYMMETRIES = ("none", "flip", "rotate")


def of_objective(model, objective):
    """Return {argument: default} of an objective, by name; "own" is the model's own."""
    return MODELS[model].own_objective if objective == "own" else OBJECTIVES.get(objective, {})


def of_model(name):
    """Return {argument: default} of a model's constructor."""
    entry = MODELS[name]
    return (GAN if entry.objective else {}) | entry.arguments


def owners(name):
    """Return what has an argument: ["--networks=texture", "--objective=wasserstein", "InfoGAN", ...]."""
    found = [f"--networks={networks}" for networks in CHOICES if name in NETWORKS[networks]]
    found += [f"--objective={objective}" for objective, arguments in OBJECTIVES.items() if name in arguments]
    for model, entry in MODELS.items():
        others = NETWORKS.get(entry.networks, {}) if entry.networks not in CHOICES else {}
        found += [model] if name in entry.arguments | entry.own_objective | others else []
    return found
