"""Which technique helps? A GAN without any, and the same with each technique of the lecture's list and of later papers.

The baseline is the non-saturating game, on images with `networks.Compact`. On `ring` and `grid`, 8 and 25 modes in the plane,
for --steps generator updates: modes found, the share of samples within 3 standard deviations of one, and the sliced Wasserstein
distance to unseen points. On `mnist` and `forest`, images at 28x28 and 32x32, for --minutes of training, whatever a technique
makes of them: the Frechet distance on a digit classifier's features, and the kernel distance times 1,000 to a fifth of the
forests that is held out, on statistics of oriented filters and colors (`ganzoo.evaluation.features.Statistics`); there `recipe`
is all of `ganzoo.recipes.modern` at once. Each number is a mean over the seeds and its standard deviation. Writes table.md,
results.json, ablation.png and 64 samples of every GAN of images into --output. Where it was stopped, the same command with that
--output goes on.

    python -m experiments.ablation --tasks=ring,grid
    python -m experiments.ablation --tasks=mnist --techniques=baseline,r1,ema --seeds=1
"""

import dataclasses
import json
import math
import time

from ganzoo.commands import command, folders
from ganzoo.commands.flags import Flag, choice_list, count
from ganzoo.utils.files import write_whole

POINTS, IMAGES = ("ring", "grid"), ("mnist", "forest")
SAMPLES = {"ring": 2500, "grid": 2500, "mnist": 10_000, "forest": 1000}
# task -> (measure that the figure shows, what it is called); of all the least is best
SCORES = {
    "ring": ("sliced_wasserstein", "sliced Wasserstein distance"),
    "grid": ("sliced_wasserstein", "sliced Wasserstein distance"),
    "mnist": ("frechet_distance", "Frechet distance"),
    "forest": ("kernel_distance", "kernel distance x 1,000"),
}


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
    "falling_rates": IMAGES,  # the number of their steps is not known before
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
    }
    return Setting(**changes[technique])


def flag_groups():
    """Return {title: flags}."""
    return {
        "flags": [
            choice_list("tasks", (*POINTS, *IMAGES), "what to train on"),
            choice_list("techniques", TECHNIQUES, "techniques to try, one at a time"),
            count("seeds", 3, "trainings of each", high=100),
            Flag("steps", 10_000, "generator updates of a training on points, in hundreds", int, low=100),
            Flag("minutes", 2.0, "of a training on images, above 0", float, above=0),
            Flag("total_minutes", 600.0, "after which to stop, to be gone on with, above 0", float, above=0),
            Flag("mnist", "", "an .npz archive to read MNIST from (default: Keras's download)"),
            Flag("outdoor", "", "an .npz archive to read CIFAR-100's outdoor classes from (default: Keras's download)"),
            folders.output_flag("ablation"),
        ]
    }


def build(task, technique, shape, seed, steps):
    """Return the GAN of a task and a technique; shape is that of an example."""
    import keras

    from ganzoo import GAN, PointGAN, networks
    from ganzoo.objectives import Objective
    from ganzoo.optimizers import Adam

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


def load(task, options):
    """Return (data to train on, callable from samples to {measure: number}, these numbers of real examples)."""
    from ganzoo.data import loading, mixtures
    from ganzoo.evaluation import features, metrics
    from ganzoo.evaluation.measure import flatten

    if task in POINTS:
        mixture = getattr(mixtures, task)()

        unseen = mixture.points(SAMPLES[task], seed=1000).points

        def measure(samples):
            found = flatten(metrics.mode_coverage(samples, mixture.centers, mixture.sigma))
            distance, _ = metrics.sliced_wasserstein_distance(samples, unseen)
            return {"sliced_wasserstein": distance, "modes": found["modes"], "high_quality": found["high_quality"]}

        return mixture.points(seed=0), measure, measure(mixture.points(SAMPLES[task], seed=2000).points)
    if task == "mnist":
        data, unseen = (read("mnist", options.mnist) for read in (loading.load, loading.load_test))
        classifier = features.Classifier.cached(data, unseen)
        real = classifier.features(data.images[: SAMPLES[task]])

        def frechet(samples):
            value, _ = metrics.frechet_distance(real, classifier.features(samples))
            return {"frechet_distance": value}

        return data, frechet, frechet(unseen.images)
    forests = loading.load("outdoor", options.outdoor).with_classes(["forest"])
    train, held_out = forests.split(len(forests) // 5)
    extract = features.Statistics(train.images, verbose=False).features
    real = extract(held_out.images)

    def kernel(samples):
        return {"kernel_distance": 1000 * metrics.kernel_distance(real, extract(samples), blocks=2).value}

    return train, kernel, kernel(train.images)


def run(task, technique, seed, data, measure, options, output):
    """Train one GAN, measure it and draw samples; returns {measure: number}, the score infinite where it diverged."""
    from ganzoo.errors import NonFiniteError
    from ganzoo.utils import images

    points = task in POINTS
    shape = None if points else data.image_shape
    gan, start = build(task, technique, shape, seed, options.steps), time.perf_counter()
    how = {"batch_size": 256} if points else {"batch_size": 64, "minutes": options.minutes}
    try:
        gan.train(data, steps=options.steps if points else 10**6, verbose=not points, **how)
        samples = gan.sample(SAMPLES[task], seed=1)
        found = measure(samples)
        if not points:
            images.save_png(output / f"{task}_{technique}_{seed}.png", images.grid(samples[:64]))
    except NonFiniteError:
        found = {SCORES[task][0]: math.inf}
    return found | {"steps": gan.step, "seconds": round(time.perf_counter() - start, 1)}


def summary(results, task, technique, seeds):
    """Return {measure: (mean, standard deviation)} over the seeds that are there; NaN for the deviation of a single one."""
    import numpy as np

    rows = [results[key] for seed in range(seeds) if (key := f"{task}/{technique}/{seed}") in results]
    names = list(rows[0]) if rows else []
    columns = {name: np.array([row.get(name, math.nan) for row in rows], "float64") for name in names}
    with np.errstate(invalid="ignore"):  # a score is infinite where a game diverged
        spread = {name: float(values.std(ddof=1)) if len(values) > 1 else math.nan for name, values in columns.items()}
        return {name: (float(values.mean()), spread[name]) for name, values in columns.items()}


def as_table(results, floors, tasks, techniques, seeds):
    """Return Markdown: the scores of several tasks in one table, with the flags of each row, and a table a task, best first."""
    found = {task: {each: summary(results, task, each, seeds) for each in techniques} for task in tasks}
    found = {task: {each: row for each, row in rows.items() if row} for task, rows in found.items()}
    found = {task: rows for task, rows in found.items() if rows}
    parts = [_scores(found, techniques)] if len(found) > 1 else []
    for task, rows in found.items():
        score = SCORES[task][0]
        names = max((list(measures) for measures in rows.values()), key=len)
        lines = [f"## {task}\n", f"| technique | {' | '.join(name.replace('_', ' ') for name in names)} |"]
        lines.append("|---" * (len(names) + 1) + "|")
        for technique, measures in sorted(rows.items(), key=lambda item: item[1][score][0]):
            cells = [_cell(*measures[name]) if name in measures else "-" for name in names]
            lines.append(f"| {technique.replace('_', ' ')} | {' | '.join(cells)} |")
        floor = ", ".join(f"{name.replace('_', ' ')} {value:.3g}" for name, value in floors.get(task, {}).items())
        parts.append("\n".join(lines) + (f"\n\nReal examples: {floor}.\n" if floor else "\n"))
    return "\n".join(parts)


def _scores(found, techniques):
    """Return a Markdown table of the scores, a row a technique and a column a task; smaller is better."""
    lines = [f"| technique | {' | '.join(f'{task}: {SCORES[task][1]}' for task in found)} | flags |"]
    lines.append("|---" * (len(found) + 2) + "|")
    for technique in techniques:
        tried = [task for task in found if technique in found[task]]
        if tried:
            cells = [_cell(*found[task][technique][SCORES[task][0]]) if task in tried else "-" for task in found]
            flags = f"`--tasks={','.join(tried)} --techniques={technique}`"
            lines.append(f"| {technique.replace('_', ' ')} | {' | '.join(cells)} | {flags} |")
    return "\n".join(lines) + "\n"


def _cell(mean, deviation):
    return f"{mean:.4g}" if math.isnan(deviation) else f"{mean:.4g} ± {deviation:.2g}"


def draw(results, floors, tasks, techniques, seeds):
    """Draw every training's score as a point, a panel a task and a row a technique; the band is the baseline's range.

    Returns:
        uint8 `(H, W, 3)`.
    """
    from matplotlib.figure import Figure

    from ganzoo.utils import plots

    techniques = [each for each in techniques if any(key.split("/")[:2] in ([task, each] for task in tasks) for key in results)]
    figure = Figure(figsize=(3.2 * len(tasks) + 1.6, 0.24 * len(techniques) + 1.2), dpi=100, layout="constrained")
    panels = figure.subplots(1, len(tasks), sharey=True, squeeze=False)[0]
    for task, axes in zip(tasks, panels, strict=True):
        score, title = SCORES[task]
        for row, technique in enumerate(techniques):
            found = [results[key][score] for seed in range(seeds) if (key := f"{task}/{technique}/{seed}") in results]
            axes.plot(found, [row] * len(found), "o", color="C0" if technique != "baseline" else "C3", markersize=4)
            if technique == "baseline" and found:
                axes.axvspan(min(found), max(found), color="C3", alpha=0.15)
        if score in floors.get(task, {}):
            axes.axvline(floors[task][score], color="0.5", linestyle=":")
        axes.set(title=task, xlabel=title, yticks=range(len(techniques)))
        axes.set_xscale("symlog", linthresh=0.1 if task in POINTS else 100)
        axes.set_yticklabels([each.replace("_", " ") for each in techniques], fontsize=8)
    panels[0].invert_yaxis()
    return plots.figure_to_array(figure)


def main(options):
    from ganzoo.utils import images

    output = folders.new_output(options, "ablation")
    path, ends = output / "results.json", time.monotonic() + 60 * options.total_minutes
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"results": {}, "floors": {}}
    results, floors = kept["results"], kept["floors"]
    for task in options.tasks:
        wanted = [each for each in options.techniques if task not in NOT_FOR.get(each, ())]
        missing = [(seed, each) for seed in range(options.seeds) for each in wanted if f"{task}/{each}/{seed}" not in results]
        if not missing or time.monotonic() > ends:
            continue
        data, measure, floors[task] = load(task, options)
        seconds = []
        for done, (seed, technique) in enumerate(missing):
            if time.monotonic() > ends:
                break
            row = results[f"{task}/{technique}/{seed}"] = run(task, technique, seed, data, measure, options, output)
            seconds.append(row["seconds"])
            left = sum(seconds) / len(seconds) * (len(missing) - done - 1) / 60
            shown = ", ".join(f"{name.replace('_', ' ')} {value:.4g}" for name, value in row.items())
            print(f"{task}, {technique}, seed {seed}: {shown}; about {left:.0f} minutes left on {task}", flush=True)
            write_whole(path, json.dumps(kept, indent=1) + "\n")
            arguments = (results, floors, options.tasks, options.techniques, options.seeds)
            write_whole(output / "table.md", as_table(*arguments))
            images.save_png(output / "ablation.png", draw(*arguments))
    print(as_table(results, floors, options.tasks, options.techniques, options.seeds))
    command.say(f"wrote {output}/table.md, results.json and ablation.png; the same command with --output={output} goes on.")


if __name__ == "__main__":
    command.run(main, flag_groups(), __doc__)
