"""Which technique helps? A GAN without any, and the same with each technique of the lecture's list and of later papers.

The baseline is the non-saturating game, on images with `networks.Compact`. On `ring` and `grid`, 8 and 25 modes in the plane,
for --steps generator updates: modes found, the share of samples within 3 standard deviations of one, and the sliced Wasserstein
distance to unseen points. On `mnist` and `forest`, images at 28x28 and 32x32: the Frechet distance on a digit classifier's
features, and the kernel distance times 1,000 to a fifth of the forests that is held out, on statistics of oriented filters and
colors (`ganzoo.evaluation.features.Statistics`); there `recipe` is all of `ganzoo.recipes.modern` at once, and `lecture_wgan`
the lecture's Wasserstein GAN on its own networks.

On images every technique gets the same computing time, even if the machine's speed changes: before training, the technique's
step is timed in turn with that of the GAN without any technique, which gets --image_steps updates, and the technique gets as
many as fit into the same time. Let nothing else run while the steps are timed; the trainings themselves do not mind.

Each number is a mean over the seeds and its standard deviation. Writes table.md, results.json, ablation.png and 64 samples of
every GAN of images into --output. Where it was stopped, the same command with that --output goes on.

    python -m experiments.ablation --tasks=ring,grid
    python -m experiments.ablation --tasks=mnist --techniques=baseline,r1,ema --seeds=1
"""

import json
import math
import time

from experiments.studies import read_results
from experiments.techniques import IMAGES, NOT_FOR, POINTS, TECHNIQUES, build
from ganzoo.commands import command, folders
from ganzoo.commands.flags import Flag, choice_list, count
from ganzoo.errors import InputError
from ganzoo.utils.files import write_whole

BATCH_SIZE = {"ring": 256, "grid": 256, "mnist": 64, "forest": 64}
SAMPLES = {"ring": 2500, "grid": 2500, "mnist": 10_000, "forest": 1000}
# task -> (measure that the figure shows, what it is called); of all the least is best
SCORES = {
    "ring": ("sliced_wasserstein", "sliced Wasserstein distance"),
    "grid": ("sliced_wasserstein", "sliced Wasserstein distance"),
    "mnist": ("frechet_distance", "Frechet distance"),
    "forest": ("kernel_distance", "kernel distance x 1,000"),
}


def flag_groups():
    """Return {title: flags}."""
    return {
        "flags": [
            choice_list("tasks", (*POINTS, *IMAGES), "what to train on"),
            choice_list("techniques", TECHNIQUES, "techniques to try, one at a time"),
            count("seeds", 3, "trainings of each", high=100),
            Flag("steps", 10_000, "generator updates of a training on points, in hundreds", int, low=100),
            count("image_steps", 600, "generator updates on images with no technique; others get what takes as long"),
            Flag("total_minutes", 600.0, "after which to stop, to be gone on with, above 0", float, above=0),
            Flag("mnist", "", "an .npz archive to read MNIST from (default: Keras's download)"),
            Flag("outdoor", "", "an .npz archive to read CIFAR-100's outdoor classes from (default: Keras's download)"),
            folders.output_flag("ablation"),
        ]
    }


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
            value, error = metrics.frechet_distance(real, classifier.features(samples))
            return {"frechet_distance": value, "standard_error": error}

        return data, frechet, frechet(unseen.images)
    forests = loading.load("outdoor", options.outdoor).with_classes(["forest"])
    train, held_out = forests.split(len(forests) // 5)
    extract = features.Statistics(train.images, verbose=False).features
    real = extract(held_out.images)

    def kernel(samples):
        value, error = metrics.kernel_distance(real, extract(samples), blocks=2)
        return {"kernel_distance": 1000 * value, "standard_error": 1000 * error}

    return train, kernel, kernel(train.images)


def run(task, technique, seed, data, measure, steps, output):
    """Train one GAN, measure it and draw samples; returns {measure: number}, the score infinite where it diverged."""
    from ganzoo.errors import NonFiniteError
    from ganzoo.utils import images

    points = task in POINTS
    shape = None if points else data.image_shape
    gan, start = build(task, technique, shape, seed, steps), time.perf_counter()
    try:
        gan.train(data, steps=steps, batch_size=BATCH_SIZE[task], verbose=not points)
        samples = gan.sample(SAMPLES[task], seed=1)
        found = measure(samples)
        if not points:
            images.save_png(output / f"{task}_{technique}_{seed}.png", images.grid(samples[:64]))
    except NonFiniteError:
        found = {SCORES[task][0]: math.inf}
    return found | {"steps": gan.step, "seconds": round(time.perf_counter() - start, 1)}


def read(path, options):
    """Return what a study wrote so far, {"steps", "data", "results", "references", "costs"}, "steps" with this call's tasks.

    Raises:
        InputError: if the trainings of a task were of another length.
    """
    kept = {"steps": {}, "data": {}, "results": {}, "references": {}, "costs": {}} | read_results(path)
    kept["references"] = kept.pop("floors", {}) | kept["references"]  # what earlier files call them
    for task in options.tasks:
        steps = options.steps if task in POINTS else options.image_steps
        if kept["steps"].setdefault(task, steps) != steps:
            raise InputError(
                f"{path} has trainings of {kept['steps'][task]} steps on {task}, to which none of {steps} can be added; "
                "take another --output."
            )
    return kept


def steps_of(task, technique, kept):
    """Return the generator updates of a training; on images those that take as long as the study's without any technique."""
    cost = kept["costs"].get(f"{task}/{technique}", 1.0)
    return max(1, round(kept["steps"][task] / max(1.0, cost)))  # no technique shortens a step: a cost below 1 is noise


def summary(results, task, technique, seeds):
    """Return {measure: (mean, standard deviation)} over the seeds that are there; NaN for the deviation of a single one."""
    import numpy as np

    rows = [results[key] for seed in range(seeds) if (key := f"{task}/{technique}/{seed}") in results]
    names = max(map(list, rows), key=len, default=[])  # a game that diverged has its score alone
    columns = {name: np.array([row.get(name, math.nan) for row in rows], "float64") for name in names}
    with np.errstate(invalid="ignore"):  # a score is infinite where a game diverged
        spread = {name: float(values.std(ddof=1)) if len(values) > 1 else math.nan for name, values in columns.items()}
        return {name: (float(values.mean()), spread[name]) for name, values in columns.items()}


def as_table(results, references, tasks, techniques, seeds):
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
        reference = ", ".join(f"{name.replace('_', ' ')} {value:.3g}" for name, value in references.get(task, {}).items())
        parts.append("\n".join(lines) + (f"\n\nReal examples: {reference}.\n" if reference else "\n"))
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
    if math.isnan(mean):
        return "-"
    return f"{mean:.4g}" if math.isnan(deviation) else f"{mean:.4g} ± {deviation:.2g}"


def draw(results, references, tasks, techniques, seeds):
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
            found = [value for value in found if math.isfinite(value)]  # where a game diverged there is no point
            axes.plot(found, [row] * len(found), "o", color="C0" if technique != "baseline" else "C3", markersize=4)
            if technique == "baseline" and found:
                axes.axvspan(min(found), max(found), color="C3", alpha=0.15)
        if score in references.get(task, {}):
            axes.axvline(references[task][score], color="0.5", linestyle=":")
        axes.set(title=task, xlabel=title, yticks=range(len(techniques)))
        if task in POINTS:  # where some games miss the modes by far
            axes.set_xscale("symlog", linthresh=0.1)
        axes.set_yticklabels([each.replace("_", " ") for each in techniques], fontsize=8)
    panels[0].invert_yaxis()
    return plots.figure_to_array(figure)


def main(options):
    from experiments.benchmark_techniques import slowdowns
    from ganzoo.utils import images

    wanted = {task: [each for each in options.techniques if task not in NOT_FOR.get(each, ())] for task in options.tasks}
    if not any(wanted.values()):
        raise InputError(
            f"none of these techniques has a meaning on {', '.join(options.tasks)}. "
            f"Received: --techniques={','.join(options.techniques)}"
        )
    output = folders.new_output(options, "ablation")
    path, ends = output / "results.json", time.monotonic() + 60 * options.total_minutes
    kept = read(path, options)
    results, references, costs = kept["results"], kept["references"], kept["costs"]

    def save():
        write_whole(path, json.dumps(kept, indent=1) + "\n")
        arguments = (results, references, options.tasks, options.techniques, options.seeds)
        write_whole(output / "table.md", as_table(*arguments))
        images.save_png(output / "ablation.png", draw(*arguments))

    for task in options.tasks:
        missing = [(seed, each) for seed in range(options.seeds) for each in wanted[task]
                   if f"{task}/{each}/{seed}" not in results]  # fmt: skip
        if not missing or time.monotonic() > ends:
            continue
        data, measure, reference = load(task, options)
        if task in IMAGES and kept["data"].setdefault(task, data.fingerprint) != data.fingerprint:
            raise InputError(f"{path} has trainings on other images of {task}, beside which none count; take another --output.")
        references[task] = reference
        unknown = [each for each in wanted[task] if task in IMAGES and f"{task}/{each}" not in costs]
        if unknown:
            for technique, _, ratio in slowdowns(task, data.image_shape, BATCH_SIZE[task], unknown, 8, rounds=5):
                costs[f"{task}/{technique}"] = round(ratio, 3)
                print(f"{task}, {technique}: a step takes {ratio:.2f} times that without any", flush=True)
                save()
        seconds = []
        for done, (seed, technique) in enumerate(missing):
            if time.monotonic() > ends:
                break
            steps = steps_of(task, technique, kept)
            row = results[f"{task}/{technique}/{seed}"] = run(task, technique, seed, data, measure, steps, output)
            seconds.append(row["seconds"])
            left = sum(seconds) / len(seconds) * (len(missing) - done - 1) / 60
            shown = ", ".join(f"{name.replace('_', ' ')} {value:.4g}" for name, value in row.items())
            print(f"{task}, {technique}, seed {seed}: {shown}; about {left:.0f} minutes left on {task}", flush=True)
            save()
    save()
    print(as_table(results, references, options.tasks, options.techniques, options.seeds))
    command.say(f"wrote {output}/table.md, results.json and ablation.png; the same command with --output={output} goes on.")


if __name__ == "__main__":
    command.run(main, flag_groups(), __doc__)
