"""Fill the results table: train each model with its budget, measure it, write RESULTS.md and a picture of each.

Hours in all, in pieces of your choice: every call goes on where the last one stopped, and what is not finished stands in the
table with the steps that it has. The whole table needs MNIST and CIFAR-100, which Keras downloads once.

    python -m experiments.results --minutes=60
    python -m experiments.results --only=dcgan,infogan
    python -m experiments.results --minutes=0
"""

import dataclasses
import json
import math
import os
import pathlib
import shlex
import statistics
import subprocess
import sys
import time

from absl import flags

from experiments import command
from experiments.flags import choices

FLAGS = flags.FLAGS


@dataclasses.dataclass(frozen=True)
class Entry:
    """A model of the table: the command that trains it, and when it is trained."""

    name: str
    model: str
    experiment: str
    dataset: str
    steps: int
    flags: tuple = ()
    seeds: tuple = (0,)
    minutes: float | None = None

    def command(self, seed, source):
        """Return the command's words after `python`; source is the flag that names the data."""
        limits = [f"--steps={self.steps}"] + ([f"--minutes={self.minutes:g}"] if self.minutes else [])
        return ["-m", f"experiments.{self.experiment}", source, *self.flags, *limits, f"--seed={seed}"]


TABLE = (
    Entry("gan", "GAN (dense)", "train_mlp_gan", "mnist", 9360),  # 20 epochs of 468 batches
    Entry("dcgan", "DCGAN", "train_dcgan", "mnist", 5000),
    Entry("lsgan", "LSGAN", "train_lsgan", "mnist", 5000),
    Entry("cgan", "CGAN", "train_cgan", "mnist", 5000),
    Entry("infogan", "InfoGAN", "train_infogan", "mnist", 5000, seeds=(0, 1, 2)),
    Entry("wgan", "WGAN", "train_digit_wgan", "mnist", 5000),
    Entry("wgan_gp", "WGANGP", "train_digit_wgan", "mnist", 5000, ("--variant=wgan_gp",)),
    Entry("wgan_grass", "WGAN", "train_wgan_textures", "grass", 2000, minutes=10.0),
    Entry("wgan_forest", "WGAN", "train_wgan_textures", "forest", 2000, minutes=10.0),
)
NAMES = tuple(entry.name for entry in TABLE)


def define_flags():
    flags.DEFINE_float("minutes", 60.0, "of training in this call, at least 0; 0 sets no limit", 0.0)
    choices("only", NAMES, NAMES, "models")
    flags.DEFINE_string("mnist", "", "an .npz archive to read MNIST from (default: Keras's download)")
    flags.DEFINE_string("forest", "", "an .npz archive to read CIFAR-100's forests from (default: Keras's download)")
    flags.DEFINE_string("output", "runs/results", "folder of the runs")
    flags.DEFINE_string("report", "RESULTS.md", "file to write")
    flags.DEFINE_string("pictures", "experiments/gallery/results", "folder of the report's pictures")


def progress(run_dir):
    """Return (step, seconds of training) of a run, (0, 0.0) if there is none."""
    from ganzoo.callbacks.journal import read_rows
    from ganzoo.runs import RunDirectory

    if not (run_dir / "config.json").exists():
        return 0, 0.0
    found, rows = RunDirectory(run_dir).checkpoints.latest(), read_rows(run_dir / "metrics.csv")
    return (found[0] if found else 0), (float(rows[-1]["seconds"]) if rows else 0.0)


def finished(entry, step, seconds):
    """Return whether a run has its budget."""
    return step >= entry.steps or (entry.minutes is not None and seconds >= 59 * entry.minutes)


def measured(run_dir):
    """Return what evaluation.json of a run holds, or an empty dictionary."""
    path = run_dir / "evaluation.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def source(entry):
    """Return the flag that names an entry's data."""
    archive = getattr(FLAGS, entry.dataset, "") if entry.dataset in ("mnist", "forest") else ""
    return f"--data={archive}" if archive else f"--dataset={entry.dataset}"


def advance(entry, seed, run_dir, minutes):
    """Train a run for so many minutes at most (None: to its end) and measure it."""
    step, seconds = progress(run_dir)
    if not finished(entry, step, seconds):
        words = entry.command(seed, source(entry))
        left = [each for each in (minutes, entry.minutes and entry.minutes - seconds / 60) if each]
        words = [*(w for w in words if not w.startswith("--minutes")), *([f"--minutes={min(left)}"] if left else [])]
        words += [f"--run_dir={run_dir}"] + (["--resume"] if step else [])
        _run(words)
    if measured(run_dir).get("step") != progress(run_dir)[0]:
        _run(["-m", "experiments.evaluate", f"--run_dir={run_dir}"])


def _run(words):
    """Run python with these words; end as it ends, where it has said why it could not go on."""
    status = subprocess.run([sys.executable, *words]).returncode
    if status:
        print(f"stopped; the next call goes on. Ended with status {status}: python {shlex.join(words)}", file=sys.stderr)
        sys.exit(status)


def save_picture(run_dir, path):
    """Copy a run's newest sample grid, small enough for a page; returns whether there was one."""
    from PIL import Image

    pictures = sorted((run_dir / "samples").glob("step_*.png"))
    if not pictures:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    with Image.open(pictures[-1]) as picture:
        if picture.mode == "L":
            picture.save(path, optimize=True)
        else:  # photographs weigh more: at the pixels' own size, in 256 colours
            picture.resize((picture.width // 2, picture.height // 2)).quantize(256).save(path, optimize=True)
    return True


def row(entry, seed, run_dir):
    """Return a line of the table."""
    found, (step, seconds) = measured(run_dir), progress(run_dir)

    def with_error(name, digits, factor=1.0):
        values = [factor * found[key] for key in (name, f"{name}_error") if key in found]
        if len(values) == 2 and values[1] > 0:  # as many digits as show the error's first
            digits = max(digits, math.ceil(-math.log10(values[1])))
        return " ± ".join(f"{value:.{digits}f}" for value in values) or "-"

    def beside_floor(name):
        if name not in found:
            return "-"
        digits = 1 if found[name] > 1 else 3
        return f"{with_error(name, digits)} ({with_error(f'floor_{name}', digits)})"

    def percent(name):
        return f"{with_error(name, 1, 100.0)} %" if name in found else None

    label, cluster = percent("label_accuracy"), percent("cluster_accuracy")
    budget = f"{step:,}" if finished(entry, step, seconds) else f"{step:,} of {entry.steps:,}"
    cells = [
        f"{entry.model}, {entry.dataset}",
        str(seed),
        budget,
        f"{seconds / 60:.0f}",
        beside_floor("frechet_distance"),
        beside_floor("kernel_distance"),
        beside_floor("precision"),
        beside_floor("recall"),
        f"{found['class_covered']}, {with_error('class_entropy', 3)}" if "class_covered" in found else "-",
        f"asked label {label}" if label else f"clusters {cluster}" if cluster else "-",
        percent("copies") or "-",
    ]
    return "| " + " | ".join(cells) + " |"


HEAD = """# Results

Written by `make results`, which trains every model with the command below its picture and measures it with
`python -m experiments.evaluate`; nothing here is typed by hand.

- Distances are between features, of a classifier trained on the data's own labels (MNIST) or raw pixels (photographs). In
  brackets the floor: the same measure between training images and images that no training saw (MNIST), or between two halves
  of the training images (photographs). After a ± stands a standard error.
- Classes: how many of ten a classifier reads in the samples, and the entropy of their shares in nats (at most ln 10 = 2.303).
- Accuracy: share of samples in which the asked label is read (CGAN), or of test images that InfoGAN's own recogniser sorts
  rightly under the best one-to-one matching of its categories to digits.
- Copies: share of samples that come as near to the training images as the nearest 1 % of other real images; 1 % at best.
- Samples a row: {samples}; distances take as many of them as there are real images on either side. Minutes of training on
  {machine}; {versions}.

| {columns} |
|{rule}|
"""
COLUMNS = ("model, data", "seed", "steps", "minutes", "Fréchet distance", "kernel distance", "precision", "recall",
           "classes, entropy", "accuracy", "copies")  # fmt: skip


def report(folder, path, gallery):
    """Write the table and the pictures of all runs below a folder that have been measured."""
    runs = [(entry, seed, folder / f"{entry.name}-seed{seed}") for entry in TABLE for seed in entry.seeds]
    runs = [each for each in runs if measured(each[2])]
    if not runs:
        return
    evaluations = [measured(run_dir) for _, _, run_dir in runs]
    config = json.loads((runs[-1][2] / "config.json").read_text(encoding="utf-8"))
    head = HEAD.format(
        columns=" | ".join(COLUMNS),
        rule="---|" * (len(COLUMNS) - 1) + "---",
        samples=f"{min(e['samples'] for e in evaluations):,}",
        machine=", ".join(config["accelerators"]) or f"{os.cpu_count()} CPU cores",
        versions=", ".join(f"{name} {version}" for name, version in config["versions"].items()),
    )
    lines = [row(*each) for each in runs]
    for entry in TABLE:
        values = [measured(d).get("cluster_accuracy") for e, _, d in runs if e is entry]
        if len(values) > 1 and None not in values:
            low, middle, high = (100 * f(values) for f in (min, statistics.median, max))
            lines.append(f"\n{entry.model}, {len(values)} seeds: median {middle:.1f} % of test images in the right category "
                         f"({low:.1f} to {high:.1f} %).")  # fmt: skip
    pictures = []
    for entry, seed, run_dir in runs:
        if seed == entry.seeds[0] and save_picture(run_dir, gallery / f"{entry.name}.png"):
            words = shlex.join(["python", *entry.command(seed, f"--dataset={entry.dataset}")])
            picture = pathlib.PurePath(os.path.relpath(gallery, path.parent), f"{entry.name}.png").as_posix()
            pictures.append(f"\n## {entry.model}, {entry.dataset}\n\n![samples of {entry.model}]({picture})\n\n`{words}`")
    path.write_text(head + "\n".join(lines + pictures) + "\n", encoding="utf-8")
    print(f"wrote {path}")


def main():
    folder, path, gallery = (pathlib.Path(each) for each in (FLAGS.output, FLAGS.report, FLAGS.pictures))
    end = time.monotonic() + 60 * FLAGS.minutes
    for entry in (each for each in TABLE if each.name in FLAGS.only):
        for seed in entry.seeds:
            left = (end - time.monotonic()) / 60
            if FLAGS.minutes and left <= 0:
                print("the minutes are over; the next call goes on")
                report(folder, path, gallery)
                return
            print(f"\n{entry.model} on {entry.dataset}, seed {seed}", flush=True)
            advance(entry, seed, folder / f"{entry.name}-seed{seed}", left if FLAGS.minutes else None)
            report(folder, path, gallery)


if __name__ == "__main__":
    define_flags()
    command.run(main, __doc__)
