"""The techniques that `experiments.ablation` tries one at a time, and the GAN that each is put into.

The baseline is the non-saturating game: on points between two dense networks, on images between `networks.Compact`. Beside them
stands the lecture's WGAN, on its own networks, with the textures command's rate.
"""

import dataclasses

POINTS, IMAGES = ("ring", "grid"), ("mnist", "forest")


@dataclasses.dataclass(frozen=True)
class Setting:
    """A game, described: what a technique changes in it."""

    loss: object = "non_saturating"
    regularizers: tuple = ()
    generator_regularizers: tuple = ()
    feature_matching: object = None
    n_critic: int = 1
    rates: tuple = (1.0, 1.0)  # of discriminator and generator, times the task's
    beta_1: float = 0.5
    falling: bool = False
    networks: dict = dataclasses.field(default_factory=dict)  # arguments of `ganzoo.networks.Changed`
    options: dict = dataclasses.field(default_factory=dict)  # arguments of the model


TECHNIQUES = (
    "baseline",
    "least_squares",
    "hinge",
    "relativistic",
    "wasserstein_gp",
    "r1",
    "r1_r2",
    "lazy_r1",
    "dragan",
    "gradient_penalty",
    "one_sided_penalty",
    "spectral_norm",
    "historical_averaging",
    "feature_matching",
    "minibatch_std",
    "minibatch_discrimination",
    "virtual_batch_norm",
    "label_smoothing",
    "label_flipping",
    "instance_noise",
    "top_k",
    "two_time_scales",
    "two_critic_updates",
    "falling_rates",
    "ema",
    "ema_warmup",
    "flip",
    "augmentation",
    "adaptive_augmentation",
    "recipe",
    "lecture_wgan",
)
# What has no meaning there: a generator of points has no batch norms, its samples no pixels; digits are not mirrored.
NOT_FOR = {
    "minibatch_std": POINTS,
    "virtual_batch_norm": POINTS,
    "instance_noise": POINTS,
    "flip": (*POINTS, "mnist"),
    "augmentation": POINTS,
    "adaptive_augmentation": POINTS,
    "recipe": POINTS,
    "lecture_wgan": POINTS,
}


def setting(technique, task):
    """Return the `Setting` of a technique on a task."""
    from ganzoo import augmentation, losses, regularizers

    points = task in POINTS
    gamma = 0.05 if points else 1.0  # modes of width 0.05 need a steep discriminator
    penalty = 0.1 if points else 10.0
    strong = [augmentation.RandomColor(), augmentation.RandomTranslation(), augmentation.RandomCutout()]
    gentle = [augmentation.RandomTranslation()] if task == "mnist" else strong
    changes = {
        "baseline": {},
        "least_squares": {"loss": "least_squares"},
        "hinge": {"loss": "hinge"},
        "relativistic": {"loss": "relativistic"},
        "wasserstein_gp": {
            "loss": "wasserstein",
            "regularizers": (regularizers.GradientPenalty(penalty),),
            "n_critic": 2 if points else 5,
        },
        "r1": {"regularizers": (regularizers.R1(gamma),)},
        "r1_r2": {"regularizers": (regularizers.R1(gamma), regularizers.R2(gamma))},
        "lazy_r1": {"regularizers": (regularizers.Lazy(regularizers.R1(gamma), 8),)},
        "dragan": {"regularizers": (regularizers.DRAGAN(penalty),)},
        "gradient_penalty": {"regularizers": (regularizers.GradientPenalty(penalty),)},
        "one_sided_penalty": {"regularizers": (regularizers.GradientPenalty(penalty, one_sided=True),)},
        "spectral_norm": {"networks": {"spectral_norm": True}},
        "historical_averaging": {
            "regularizers": (regularizers.HistoricalAveraging(),),
            "generator_regularizers": (regularizers.HistoricalAveraging(),),
        },
        "feature_matching": {"feature_matching": losses.FeatureMatching(0.1)},
        "minibatch_std": {"networks": {"minibatch": "std"}},
        "minibatch_discrimination": {"networks": {"minibatch": "discrimination"}},
        "virtual_batch_norm": {"networks": {"virtual_batch_norm": 64}},
        "label_smoothing": {"loss": losses.LabelNoise(smoothing=0.1)},
        "label_flipping": {"loss": losses.LabelNoise(smoothing=0.0, flipping=0.1)},
        "instance_noise": {"options": {"augmentation": augmentation.InstanceNoise(0.1)}},
        "top_k": {"loss": losses.TopK()},
        "two_time_scales": {"rates": (2.0, 0.5)},
        "two_critic_updates": {"n_critic": 2},
        "falling_rates": {"falling": True},
        "ema": {"options": {"ema_half_life_images": 10_000.0}},
        "ema_warmup": {"options": {"ema_half_life_images": 10_000.0, "ema_warmup": 0.05}},
        "flip": {"options": {"augmentation": augmentation.RandomFlip()}},
        "augmentation": {"options": {"augmentation": augmentation.Compose(gentle)}},
        "adaptive_augmentation": {
            "options": {"augmentation": augmentation.Adaptive(augmentation.Compose(gentle), images=20_000.0)}
        },
        "recipe": {  # all of `ganzoo.recipes.modern`
            "regularizers": (regularizers.Lazy(regularizers.R1(gamma), 8),),
            "beta_1": 0.0,
            "options": {"ema_half_life_images": 10_000.0, "ema_warmup": 0.05}
            | ({} if task == "mnist" else {"augmentation": augmentation.get(["translation", "cutout"])}),
        },
        "lecture_wgan": {"loss": "wasserstein", "regularizers": (regularizers.WeightClip(0.01),), "n_critic": 5},
    }
    return Setting(**changes[technique])


def build(task, technique, shape, seed, steps):
    """Return the GAN of a task and a technique; shape is that of an example."""
    import keras

    from ganzoo import GAN, WGAN, PointGAN, networks, objectives
    from ganzoo.objectives import Objective
    from ganzoo.optimizers import Adam

    if technique == "lecture_wgan":
        return WGAN(shape, objective=objectives.wasserstein(learning_rate=2e-4), seed=seed)
    each, rate = setting(technique, task), 1e-3
    rates = [factor * rate for factor in each.rates]
    if each.falling:
        updates = (each.n_critic * steps, steps)
        rates = [keras.optimizers.schedules.CosineDecay(r, n) for r, n in zip(rates, updates, strict=True)]
    adam = [Adam(r, beta_1=each.beta_1, beta_2=0.99) for r in rates]
    objective = Objective(
        each.loss,
        each.regularizers,
        each.n_critic,
        *adam,
        measures="logits",
        generator_regularizers=each.generator_regularizers,
        feature_matching=each.feature_matching,
    )
    pair = networks.PointDense((128, 128, 128), "leaky_relu") if task in POINTS else networks.Compact()
    options = {"networks": networks.Changed(pair, **each.networks) if each.networks else pair, "objective": objective}
    if task in POINTS:
        gan = PointGAN(2, 2, seed=seed, **options, **each.options)
        gan.compile(jit_compile=False)
        return gan
    return GAN(shape, seed=seed, **options, **each.options)
