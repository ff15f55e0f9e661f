"""What `experiments.results` writes: a record of what was measured, as JSON, and the page made of it.

A record is {run: {step, seconds, finished, machine, versions, measures}}, a run being named ENTRY-seedN. It outlives the runs
themselves, so that a table can be filled on several machines.
"""

import json
import math
import os
import pathlib
import shlex
import statistics

from experiments.studies import read_results
from ganzoo.utils.files import write_whole

HEAD = """# Results

Written by `make results`, which trains every model with the command below its picture and measures it with
`ganzoo evaluate`; nothing here is typed by hand. [results.json]({record}) holds the same numbers.

- Distances are between features: of a classifier trained on the data's own labels (mnist, outdoor), or statistics of oriented
  filters and of where colors lie (grass, forest). In brackets the reference: the same measure between training images and
  images that no training saw (mnist), or between two halves of the training images (the others). After a ± stands a standard
  error.
- Classes: how many of ten a classifier reads in the samples, and the entropy of their shares in nats (at most ln 10 = 2.303).
- Accuracy: share of samples in which the asked label is read (where labels are told; in brackets the share of unseen real
  images that the same classifier reads rightly), or of test images that InfoGAN's own recognizer sorts rightly under the best
  one-to-one matching of its categories to digits.
- Copies: share of samples that come as near to the training images as the nearest 1 % of other real images; 1 % at best.
- Samples per row: {samples}; distances take as many of them as there are real images on either side. Minutes of training on
  {machines}; {versions}.
- Rows may come from several machines, whose speeds differ. The classifier of mnist comes with ganzoo, so that its distances
  can be compared wherever they were measured; for outdoor each machine trains its own.
"""
OTHERS = """- †: measured on a classifier that a machine had trained for itself, so that distances can be compared only roughly.
"""
EQUAL = """
## {minutes:g} minutes for each

What the GANs of the zoo that make images from latents, and [the recipe](docs/techniques.md), reach on MNIST in {minutes:g}
minutes of training, each with the settings of its command: GAN (dense), DCGAN, LSGAN, CGAN and WGAN are the lecture's, the
recipe is the zoo's own, all others play their papers' games. The ten samples are the first of a
seed, not chosen; where labels are told, one of each digit. This is much less training than most of the papers ask for; the
next table has longer trainings.
"""
LONGER = """
## Budgets of their own
"""
RECORD = "results.json"
SHOWN = 10  # samples in a strip
COLUMNS = ("model, data", "seed", "steps", "minutes", "Fréchet distance", "kernel distance", "precision", "recall",
           "classes, entropy", "accuracy", "copies")  # fmt: skip
TITLES = (f"| {' | '.join(COLUMNS)} |", f"|{'---|' * len(COLUMNS)}")


def run_name(entry, seed):
    """Return the name of a run: of its folder, and in the record."""
    return f"{entry.name}-seed{seed}"


def read_record(gallery):
    """Return the record in a folder of pictures, an empty one if there is none."""
    return read_results(gallery / RECORD)


def update_record(record, name, found):
    """Put a run into a record, but not one that stopped early in the place of one with its whole budget."""
    if found["finished"] or not record.get(name, {}).get("finished"):
        record[name] = found


def save_picture(run_dir, path):
    """Copy a run's newest sample grid, small enough for a page, if there is one."""
    from ganzoo.data.image_file import open_image

    pictures = sorted((run_dir / "samples").glob("step_*.png"))
    if not pictures:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with open_image(pictures[-1]) as picture:
        if picture.mode == "L":
            picture.save(path, optimize=True)
        else:  # photographs weigh more: at the pixels' own size, in 128 colors
            picture.resize((picture.width // 2, picture.height // 2)).quantize(128).save(path, optimize=True)


def save_strip(run_dir, path):
    """Write ten samples of a run side by side; where labels are told, one of each."""
    import ganzoo
    from ganzoo.utils import images

    path.parent.mkdir(parents=True, exist_ok=True)
    images.save_png(path, images.grid(ganzoo.load(run_dir).sample(SHOWN, seed=0), columns=SHOWN))


def row(entry, seed, found, picture=None):
    """Return a line of the table for what the record holds of a run.

    Args:
        entry, seed, found: the row, and what was measured.
        picture: path of its samples, which the first cell shows; None for the table without.
    """
    measures = found["measures"]

    def with_error(name, digits, factor=1.0):
        values = [factor * measures[key] for key in (name, f"{name}_error") if key in measures]
        if len(values) == 2 and values[1] > 0:  # as many digits as show the error's first
            digits = max(digits, math.ceil(-math.log10(values[1])))
        return " ± ".join(f"{value:.{digits}f}" for value in values) or "-"

    def beside_reference(name):
        if name not in measures:
            return "-"
        digits = 1 if measures[name] > 1 else 3
        return f"{with_error(name, digits)} ({with_error(f'reference_{name}', digits)})"

    def percent(name):
        return f"{with_error(name, 1, 100.0)} %" if name in measures else None

    mark = " †" if by_another_classifier(measures) else ""
    label, cluster = percent("label_accuracy"), percent("cluster_accuracy")
    if label and "classifier_accuracy" in measures:
        label += f" ({100 * measures['classifier_accuracy']:.1f} %)"
    shown = f"{entry.model}, {entry.dataset}" if picture is None else f"{entry.model}<br>![ten samples]({picture})"
    cells = [
        shown,
        str(seed),
        f"{found['step']:,}" if found["finished"] else f"{found['step']:,} of {entry.steps:,}",
        f"{found['seconds'] / 60:.0f}",
        beside_reference("frechet_distance") + mark,
        beside_reference("kernel_distance") + mark,
        beside_reference("precision"),
        beside_reference("recall"),
        f"{measures['class_covered']}, {with_error('class_entropy', 3)}" if "class_covered" in measures else "-",
        f"asked label {label}" if label else f"clusters {cluster}" if cluster else "-",
        percent("near_copy_rate") or "-",
    ]
    return "| " + " | ".join(cells) + " |"


def by_another_classifier(measures):
    """Return whether a row is from before the classifier of MNIST came with ganzoo, whose weights `evaluate` names since."""
    return "class_covered" in measures and "classifier" not in measures


def spread(entry, found):
    """Return a line on several seeds' cluster accuracy, or None."""
    values = [each["measures"].get("cluster_accuracy") for each in found]
    if len(values) < 2 or None in values:
        return None
    low, middle, high = (100 * f(values) for f in (min, statistics.median, max))
    return (f"\n{entry.model}, {len(values)} seeds: median {middle:.1f} % of test images in the right category "
            f"({low:.1f} to {high:.1f} %).")  # fmt: skip


def write(table, record, path, gallery):
    """Write the record and the page made of it.

    Args:
        table: the entries, in order.
        record: see above.
        path: `pathlib.Path` of the page.
        gallery: `pathlib.Path` of the folder with each entry's picture, ENTRY.png, and the record, results.json.
    """
    runs = [(entry, seed, record[name]) for entry in table for seed in entry.seeds
            if (name := run_name(entry, seed)) in record]  # fmt: skip
    if not runs:
        return
    found = [each for *_, each in runs]

    def link(name):
        return pathlib.PurePath(os.path.relpath(gallery, path.parent), name).as_posix()

    head = HEAD.format(
        record=link(RECORD),
        samples=f"{min(each['measures']['samples'] for each in found):,}",
        machines=" or ".join(sorted({each["machine"] for each in found})),
        versions="; ".join(sorted({", ".join(map(" ".join, sorted(each["versions"].items()))) for each in found})),
    )
    if any(by_another_classifier(each["measures"]) for each in found):
        head += OTHERS
    equal, longer = ([each for each in runs if each[0].equal is side] for side in (True, False))
    lines = []
    if equal:
        lines += [EQUAL.format(minutes=equal[0][0].minutes), *TITLES]
        lines += [row(*each, picture=link(f"{each[0].name}.png")) for each in equal]
        lines += ["", *(f"- {entry.model}: `{_command(entry)}`" for entry, *_ in equal)]
    if longer:
        lines += [LONGER, *TITLES, *(row(*each) for each in longer)]
    lines += filter(None, (spread(entry, [each for e, _, each in longer if e is entry]) for entry in table))
    for entry in dict.fromkeys(entry for entry, *_ in longer):
        if (gallery / f"{entry.name}.png").exists():
            picture = f"![samples of {entry.model}]({link(f'{entry.name}.png')})"
            lines.append(f"\n### {entry.model}, {entry.dataset}\n\n{picture}\n\n`{_command(entry)}`")
    gallery.mkdir(parents=True, exist_ok=True)
    write_whole(gallery / RECORD, json.dumps(record, indent=1, sort_keys=True) + "\n")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, head + "\n".join(lines) + "\n")
    print(f"wrote {path}")


def _command(entry):
    """Return the command of an entry's first seed, on data that need not be there before."""
    return shlex.join(["python", *entry.command(entry.seeds[0], f"--dataset={entry.dataset}")])
