"""Count how many of 1,000 modes a GAN finds: three digits stacked as the colours of one image.

After training, a classifier of single digits reads the three colours of 25,600 samples; it counts the combinations seen, and
the divergence of their shares from those of the training images. Beside the run stand modes.json and modes.png, a map of
which combinations are too frequent, too rare or missing. By default on scikit-learn's digits at 16x16, which need no download;
--dataset=mnist is the Stacked MNIST of the literature.

    python -m experiments.stacked_digits
    python -m experiments.stacked_digits --dataset=mnist --variant=relativistic --steps=20000
"""

import dataclasses
import json

from ganzoo.commands import command, folders, runner, sources
from ganzoo.registry import RECIPES

RECIPE = RECIPES["stacked-digits"]
SAMPLES = 25_600


def predict(stacks, classifier):
    """Return the label of each stack, ints `(N,)` from 0 to 999.

    Args:
        stacks: uint8 `(N, H, W, 3)`.
        classifier: `ganzoo.evaluation.features.Classifier` of the single digits.
    """
    import numpy as np

    return np.stack([classifier.predict(stacks[:, :, :, colour : colour + 1]) for colour in range(3)], axis=1) @ [100, 10, 1]


def draw(path, labels, truth):
    """Draw how often each of 1,000 combinations is read against how often it stands in the data, a panel for each red digit.

    Args:
        path: PNG to write.
        labels, truth: ints `(N,)` and `(M,)` from 0 to 999, of the samples and of the data.
    """
    import numpy as np
    from matplotlib.figure import Figure

    shares, expected = (np.bincount(each, minlength=1000) / len(each) for each in (labels, truth))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.log2(shares / expected).reshape(10, 10, 10)  # -inf and nan: never read, left in gold
    figure = Figure(figsize=(11, 5), dpi=100, layout="constrained")
    places = figure.subplots(2, 5, sharex=True, sharey=True)
    for digit, axes in enumerate(places.flat):
        axes.set_facecolor("gold")
        seen = np.ma.masked_invalid(ratios[digit])
        drawn = axes.imshow(seen, cmap="RdBu_r", vmin=-3, vmax=3)
        axes.set(title=f"red {digit}", xticks=range(10), yticks=range(10))
    figure.supxlabel("blue digit")
    figure.supylabel("green digit")
    bar = figure.colorbar(drawn, ax=places, extend="both", ticks=range(-3, 4), label="times as frequent as in the data")
    bar.ax.set_yticklabels(["1/8", "1/4", "1/2", "1", "2", "4", "8"])
    figure.suptitle(f"{(shares > 0).sum()} of 1,000 combinations in {len(labels):,} samples; gold: never")
    figure.savefig(path)


def main(options):
    from ganzoo.evaluation import features, metrics
    from ganzoo.evaluation.measure import flatten

    gan = runner.train(RECIPE, options)
    run_dir = folders.selected_run(options)
    _, options = runner.options_of(run_dir)
    single = dataclasses.replace(RECIPE, stack=False)
    singles, unseen = sources.load(single, options), sources.load_test(single, options)
    stacks, classifier = sources.prepare(RECIPE, options, singles), features.Classifier.cached(singles, unseen)
    print(f"reading {SAMPLES:,} samples, and as many training images", flush=True)
    labels = predict(gan.sample(SAMPLES, seed=1), classifier)
    found = {name: flatten(metrics.class_divergence(stacks.labels, each, 1000))
             for name, each in (("samples", labels), ("real", predict(stacks.images[:SAMPLES], classifier)))}  # fmt: skip
    found = {"step": gan.step, "read": SAMPLES, "classifier_accuracy": classifier.accuracy} | found
    (run_dir / "modes.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    draw(run_dir / "modes.png", labels, stacks.labels)
    for name in ("samples", "real"):
        print(
            f"{name}: {found[name]['covered']} of 1,000 modes, kl {found[name]['kl']:.3f} ± {found[name]['kl_error']:.3f} nats"
        )
    command.say(f"wrote {run_dir}/modes.json and modes.png")


if __name__ == "__main__":
    command.run(main, runner.flag_groups(RECIPE), __doc__)
