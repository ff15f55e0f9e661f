"""BigGAN's truncation trick: fidelity against variety, by one number.

Trains BigGAN, or goes on with a run (--resume), then draws from it with latents cut at thresholds from 0.2 to 1.0 and uncut,
the batch-norm statistics recomputed for each. Of each threshold: precision and density (fidelity), recall and coverage
(variety) against the training images, on features of a classifier where there are labels, else on statistics of filters and
colors, below 32 pixels a side on pixels, and how often the classifier reads the class that was asked for. Beside the run
stand truncation.json and truncation.png: samples of the same seeds at every threshold, and the curve.

    python -m experiments.truncation
    python -m experiments.truncation --resume --run_dir=runs/biggan/digits-...
    python -m experiments.truncation --dataset=outdoor --steps=3000
"""

import json

from ganzoo.commands import command, folders, runner
from ganzoo.registry import RECIPES
from ganzoo.utils.files import write_whole

RECIPE = RECIPES["biggan"]
THRESHOLDS = (0.2, 0.4, 0.6, 0.8, 1.0)
SAMPLES = 1000


def measure(gan, train, held_out, thresholds=THRESHOLDS, n=SAMPLES, clusters=False):
    """Return ({"0.2": {measure: value}, ..., "none": ...}, {threshold: 16 samples, uint8}).

    Args:
        gan: `ganzoo.BigGAN`.
        train: `ganzoo.data.ImageDataset` that it was trained on.
        held_out: one that a classifier is tested on, or None.
        thresholds: floats above 0; None for uncut latents is added.
        n: samples of each.
        clusters: whether it was told clusters, which no classifier reads.
    """
    import numpy as np

    from ganzoo.commands.evaluate import choose_features
    from ganzoo.evaluation import metrics
    from ganzoo.evaluation.measure import flatten

    features, _, classifier = choose_features("auto", train, held_out)
    chosen = np.random.default_rng(0).permutation(len(train))[:n]
    real, found, shown = features(train.images[chosen]), {}, {}
    told = np.arange(gan.classes or 1) if clusters or train.labels is None else np.unique(train.labels)
    labels = np.resize(told, max(n, 4))
    for threshold in (*thresholds, None):
        one = gan if threshold is None else gan.truncated(threshold)
        name = "none" if threshold is None else f"{threshold:g}"
        asked = {"labels": labels[:n]} if gan.classes else {}
        samples = one.sample(n, 1, **asked)
        found[name] = flatten(metrics.precision_recall_density_coverage(real, features(samples)))
        if classifier and asked and not clusters:
            found[name] |= flatten({"read": metrics.label_accuracy(classifier.predict(samples), asked["labels"])})
        # Four classes where there are any, a row each.
        rows = {"labels": np.repeat(labels[:4], 4)} if gan.classes else {}
        shown[name] = one.sample(16, 2, **rows)
    return found, shown


def draw(found, shown):
    """Draw the samples of every threshold in a row, the curve and the measures below; returns uint8 `(H, W, 3)`."""
    from matplotlib.figure import Figure

    from ganzoo.utils import images, plots

    figure = Figure(figsize=(2.0 * len(shown), 5.4), dpi=90, layout="constrained")
    above, below = figure.subfigures(2, 1, height_ratios=(2.1, 3.0))
    for axes, (name, samples) in zip(above.subplots(1, len(shown)), shown.items(), strict=True):
        picture = images.grid(samples, 4, zoom=images.zoom_for(samples.shape[1:]))
        axes.imshow(picture, cmap="gray") if picture.shape[2] > 1 else axes.imshow(picture[:, :, 0], cmap="gray")
        axes.set(xticks=[], yticks=[], title="uncut" if name == "none" else f"t = {name}")
    curve, measures = below.subplots(1, 2)
    curve.plot(*([row[side] for row in found.values()] for side in ("recall", "precision")), "o-")
    for name, row in found.items():
        curve.annotate("uncut" if name == "none" else name, (row["recall"], row["precision"]), textcoords="offset points",
                       xytext=(5, 4), fontsize=8)  # fmt: skip
    curve.set(xlabel="recall (variety)", ylabel="precision (fidelity)")
    for side in ("precision", "recall", "density", "coverage", "read"):
        if side in found["none"]:
            measures.errorbar(range(len(found)), [row[side] for row in found.values()],
                              [row[f"{side}_error"] for row in found.values()], marker="o", label=side)  # fmt: skip
    measures.set(xticks=range(len(found)), xticklabels=[*list(found)[:-1], "uncut"], xlabel="threshold t")
    measures.legend(fontsize=8)
    for axes in (curve, measures):
        axes.grid(alpha=0.3)
    return plots.figure_to_array(figure)


def main(options):
    from ganzoo.utils import images

    gan = runner.train(RECIPE, options)
    run_dir = folders.selected_run(options)
    train, held_out = runner.data_of(run_dir)
    found, shown = measure(gan, train, held_out, clusters=runner.tells_clusters(run_dir))
    write_whole(run_dir / "truncation.json", json.dumps({"step": gan.step, "samples": SAMPLES} | found, indent=1) + "\n")
    images.save_png(run_dir / "truncation.png", draw(found, shown))
    names = [name for name in ("precision", "recall", "density", "coverage", "read") if name in found["none"]]
    for name, row in found.items():
        print(f"t = {name:4s} " + ", ".join(f"{each} {row[each]:.3f}" for each in names))
    command.say(f"wrote {run_dir}/truncation.json and truncation.png")


if __name__ == "__main__":
    command.run(main, runner.flag_groups(RECIPE), __doc__)
