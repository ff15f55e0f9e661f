"""Does SAGAN need its attention, and where does it look?

Trains SAGAN with attention, without, and, with attention, without labels, for --seeds seeds each at equal steps. A fifth of
the data is held out. Of each: the kernel distance of samples to the held-out images, times 1,000, beside that of one half of
these to the other (the reference), on standardized features of a classifier where there are labels, else on statistics of
filters and colors, below 32 pixels a side on pixels; how often the classifier reads the class that was asked for (without
labels, classes in turn: chance); gamma, the weight of attention in both networks; and how far a position looks on average, in
positions, beside looking everywhere alike. Writes table.md, results.json and maps.png, three positions of eight samples and
what each looks at, into --output. Killed, the same command with that --output goes on.

    python -m experiments.attention
    python -m experiments.attention --dataset=outdoor --steps=3000 --output=runs/attention/outdoor
"""

import itertools
import json

from experiments import studies
from ganzoo.commands import command, folders, sources
from ganzoo.commands.flags import Flag, choice_list, count
from ganzoo.errors import InputError
from ganzoo.registry import RECIPES
from ganzoo.utils.files import write_whole

RECIPE = RECIPES["sagan"]
LEAST = 20  # images that a kernel distance takes on either side
VARIANTS = ("attention", "none", "unlabelled")
POINTS = ((0.25, 0.25), (0.5, 0.5), (0.75, 0.75))  # positions that are looked from, shares of height and width
COLORS = ((230, 60, 50), (40, 150, 70), (50, 90, 220))


def flag_groups():
    """Return {title: flags}."""
    study = [
        choice_list("variants", VARIANTS, "what to train"),
        count("seeds", 3, "trainings of each", high=100),
        count("steps", 600, "generator updates of each training"),
        count("batch_size", 64, "examples per update", high=10**5),
        count("width", 32, "filters of the networks at full size", high=1024),
        Flag("learning_rate", 2e-4, "of the generator, the discriminator's is four times as high", float, above=0),
        Flag("minutes", 600.0, "of training after which to stop, to be gone on with", float, above=0),
        Flag("n", 1000, f"samples that are measured, at least {LEAST}", int, low=LEAST, high=10**5),
        folders.output_flag("attention"),
    ]
    data = [flag for flag in sources.data_flags(RECIPE) if flag.name != "clusters"]  # it asks for labels and for none
    return {"what to train on": data, "flags": study}


def build(variant, data, seed, options):
    """Return the SAGAN of a variant."""
    import ganzoo
    from ganzoo import networks
    from ganzoo.models.sagan import objective

    return ganzoo.SAGAN(
        data.image_shape,
        classes=None if variant == "unlabelled" else data.classes,
        networks=networks.Attention(options.width, variant != "none"),
        objective=objective(options.learning_rate),
        seed=seed,
    )


def distance_looked(maps):
    """Return (mean distance between a position and what it looks at, weighed by the map; the same of equal maps).

    Args:
        maps: float array `(n, h, w, h, w)`.
    """
    import numpy as np

    height, width = maps.shape[1:3]
    places = np.stack(np.meshgrid(np.arange(height), np.arange(width), indexing="ij"), axis=-1).astype("float64")
    distances = np.linalg.norm(places[:, :, None, None] - places, axis=-1)
    return float((maps * distances).sum((3, 4)).mean()), float(distances.mean())


def features_of(train, held_out):
    """Return (callable from uint8 images to features, the `Classifier` or None)."""
    from ganzoo.commands.evaluate import choose_features
    from ganzoo.evaluation import features

    extract, _, classifier = choose_features("auto", train, held_out)
    if classifier is None:
        return extract, None
    known = extract(train.images)
    return lambda images: features.standardized(extract(images), known), classifier


def measure(gan, held_out, features, classifier, n):
    """Return {measure: value} of a trained SAGAN."""
    import numpy as np

    from ganzoo.evaluation import metrics
    from ganzoo.layers import SelfAttention2D

    asked = np.resize([0] if held_out.labels is None else np.unique(held_out.labels), n)
    samples = gan.sample(n, 1, **({"labels": asked} if gan.classes else {}))
    real = features(held_out.images)
    value, error = metrics.kernel_distance(real, features(samples))
    found = {"step": gan.step, "distance": 1000 * value, "error": 1000 * error}
    found["reference"] = 1000 * metrics.kernel_distance(real[::2], real[1::2]).value
    if classifier:
        found["read"] = float((classifier.predict(samples) == asked).mean())
        found["read_real"] = classifier.accuracy
    for name in ("generator", "discriminator"):
        gates = [float(each.gamma) for each in getattr(gan, name).layers if isinstance(each, SelfAttention2D)]
        found |= {f"{name}_gamma": each for each in gates}
    if any(isinstance(each, SelfAttention2D) for each in gan.generator.layers):
        found["looked"], found["looked_evenly"] = distance_looked(gan.attention_maps(gan.draw_inputs(32, 1)))
    return found


def draw_maps(gan, n=8, seed=3):
    """Draw samples, three positions of each and what every position looks at; returns uint8 `(H, W, 3)`.

    A column a sample: the sample with its positions marked, then a row a position, the map in the position's color over the
    sample in gray.
    """
    import numpy as np

    from ganzoo.utils import images

    inputs = gan.draw_inputs(n, seed)
    samples, maps = gan.render(inputs), gan.attention_maps(inputs)
    zoom = 2 * images.zoom_for(gan.image_shape)
    large = np.broadcast_to(samples[..., :3], (*samples.shape[:3], 3)).repeat(zoom, 1).repeat(zoom, 2).astype("float64")
    height, width = large.shape[1:3]
    marked, rows = large.copy(), []
    for (down, right), color in zip(POINTS, COLORS, strict=True):
        cells = maps.shape[1:3]
        place = int(down * cells[0]), int(right * cells[1])
        looked = maps[:, place[0], place[1]]
        looked = looked / looked.max(axis=(1, 2), keepdims=True)
        looked = looked.repeat(height // cells[0], 1).repeat(width // cells[1], 2)[..., None]
        gray = 0.6 * large.mean(axis=-1, keepdims=True)
        rows.append(gray * (1 - looked) + np.array(color) * looked)
        top, left = (int((each + 0.5) * side / n) for each, side, n in zip(place, (height, width), cells, strict=True))
        for picture in (marked, rows[-1]):
            picture[:, top - 5 : top + 5, left - 5 : left + 5] = 255
            picture[:, top - 4 : top + 4, left - 4 : left + 4] = color
    sheet = np.concatenate([marked, *rows]).round().astype("uint8")
    return images.grid(sheet, n)


def as_table(results):
    """Return the results as a Markdown table, means over seeds last; an error is of one training's samples, not of a mean."""
    names = ("distance", "error", "read", "generator_gamma", "discriminator_gamma", "looked")
    lines = ["| variant | seed | steps | " + " | ".join(name.replace("_", " ") for name in names) + " |"]
    lines.append("|" + "---|" * (len(names) + 3))
    groups = {}
    for key, found in results.items():
        variant, seed = key.rsplit("_", 1)
        groups.setdefault(variant, []).append(found)
        lines.append(f"| {variant} | {seed} | {found['step']} | {_cells(found, names)} |")
    for variant, several in groups.items():
        mean = {name: sum(each[name] for each in several) / len(several) for name in names if name in several[0]}
        mean.pop("error", None)
        lines.append(f"| **{variant}** | mean of {len(several)} | | {_cells(mean, names)} |")
    some = next(iter(results.values()))
    rest = [f"reference of the distance {some.get('reference', some.get('floor')):.1f}"]  # earlier files: floor
    rest += [f"real images read {100 * some['read_real']:.1f} %"] if "read_real" in some else []
    rest += [f"looking everywhere alike is {each['looked_evenly']:.2f} positions far"
             for each in results.values() if "looked_evenly" in each][:1]  # fmt: skip
    return "\n".join(lines) + f"\n\n{'; '.join(rest)}.\n"


def _cells(found, names):
    shown = {"distance": "{:.1f}", "error": "{:.1f}", "read": "{:.3f}", "looked": "{:.2f}"}
    return " | ".join(shown.get(name, "{:.3f}").format(found[name]) if name in found else "" for name in names)


def main(options):
    import time

    from ganzoo.utils import images

    data = sources.load(RECIPE, options)
    if hasattr(data, "sampled"):
        data = data.sampled()
    variants = [each for each in options.variants if data.labels is not None or each != "unlabelled"]
    if not variants:
        raise InputError(f"{data.name} has no labels: all variants are unlabelled. Received: --variants=unlabelled")
    train, held_out = studies.split(data, len(data) // 5, least=2 * LEAST)
    output = folders.new_output(options, "attention")
    command.say(f"{data.name}: {len(train)} images to train on, {len(held_out)} held out; writing {output}")
    features, classifier = features_of(train, held_out)
    path, ends = output / "results.json", time.monotonic() + 60 * options.minutes
    results = studies.read_results(path)
    for seed, variant in itertools.product(range(options.seeds), variants):
        name, left = f"{variant}_{seed}", (ends - time.monotonic()) / 60
        gan, run_dir = build(variant, train, seed, options), output / name
        studies.check_same(gan, train, run_dir, options.batch_size)
        found = results.get(name, {})
        if found.get("step", 0) >= options.steps and found.get("n", options.n) == options.n:
            continue
        if left <= 0:
            break
        again = (run_dir / "config.json").exists()
        how = {"batch_size": options.batch_size, "sample_every": options.steps, "diagnose_every": options.steps}
        command.say(f"training {name}")
        gan.train(train, options.steps, run_dir=run_dir, resume=again, minutes=left, **how)
        if gan.step < options.steps:
            break
        results[name] = measure(gan, held_out, features, classifier, options.n) | {"n": options.n}
        print(f"{name}: {json.dumps(results[name])}", flush=True)
        write_whole(path, json.dumps(results, indent=1) + "\n")
        write_whole(output / "table.md", as_table(results))
        if variant == "attention" and seed == 0:
            images.save_png(output / "maps.png", draw_maps(gan))
    asked = [f"{variant}_{seed}" for variant, seed in itertools.product(variants, range(options.seeds))]
    if any(results.get(name, {}).get("step", 0) < options.steps for name in asked):
        command.say(f"the time is up; the same command with --output={output} goes on.")
    if results:
        print(as_table(results))
    written = [name for name in ("table.md", "results.json", "maps.png") if (output / name).exists()]
    command.say(f"wrote {', '.join(written)} into {output}" if written else "nothing is measured yet.")


if __name__ == "__main__":
    command.run(main, flag_groups(), __doc__)
