"""Fill the results table: train each model with its budget, measure it, write RESULTS.md and a picture of each.

It takes hours in all, in pieces of your choice: every call continues where the last one stopped, and an unfinished training is
in the table with the steps that it has. The numbers are kept beside the pictures, in results.json, so that a row filled by
another machine stays. The whole table needs MNIST and CIFAR-100, which Keras downloads once.

    python -m experiments.results --minutes=60
    python -m experiments.results --only=dcgan,infogan
    python -m experiments.results --only=equal
    python -m experiments.results --minutes=0
"""

import dataclasses
import json
import os
import shlex
import subprocess
import sys
import time

from experiments import results_report
from experiments.studies import progress, used_up
from ganzoo.commands import command
from ganzoo.commands.flags import Flag, choice_list
from ganzoo.errors import InputError
from ganzoo.utils.files import expanded, read_json


@dataclasses.dataclass(frozen=True)
class Entry:
    """A row of the table: the recipe that is trained, and when it is trained."""

    name: str
    model: str
    recipe: str
    dataset: str
    steps: int
    flags: tuple = ()
    seeds: tuple = (0,)
    minutes: float | None = None
    equal: bool = False  # of the table of equal minutes

    def command(self, seed, source):
        """Return the command's words after `python`; source is the flag that names the data."""
        limits = [f"--steps={self.steps}"] + ([f"--minutes={self.minutes:g}"] if self.minutes else [])
        return ["-m", "ganzoo", "train", self.recipe, source, *self.flags, *limits, f"--seed={seed}"]


AUGMENTED = ("--augmentation=flip,translation,cutout",)  # for photographs, of which there are a few hundred a class

MINUTES = 5.0
# What each GAN of the zoo that makes images from latents comes to in the same minutes on MNIST: name, model, recipe, flags.
EQUAL = (
    ("gan", "GAN (dense)", "mlp-gan", ()),
    ("dcgan", "DCGAN", "dcgan", ()),
    ("lsgan", "LSGAN", "lsgan", ()),
    ("fgan", "FGAN (Jensen-Shannon)", "fgan", ()),
    ("wgan", "WGAN", "digit-wgan", ()),
    ("wgan_gp", "WGANGP", "digit-wgan", ("--variant=wgan_gp",)),
    ("relativistic", "RelativisticGAN", "relativistic", ()),
    ("infogan", "InfoGAN", "infogan", ()),
    ("cgan", "CGAN", "cgan", ()),
    ("acgan", "ACGAN", "acgan", ()),
    ("sagan", "SAGAN (labels)", "sagan", ()),
    ("biggan", "BigGAN (labels)", "biggan", ()),
    ("progressive", "ProgressiveGAN", "progressive", ("--stage_steps=300",)),
    ("stylegan", "StyleGAN", "stylegan", ("--stage_steps=300",)),
    ("stylegan2", "StyleGAN2", "stylegan2", ()),
    ("stylegan3", "StyleGAN3", "stylegan3", ()),
    ("modern_unlabelled", "the recipe", "modern", ("--noconditional",)),
    ("modern_clusters", "the recipe (clusters)", "modern", ("--clusters=50",)),
    ("modern", "the recipe (labels)", "modern", ()),
)
TABLE = (
    *(
        Entry(f"equal_{name}", model, recipe, "mnist", 100_000, flags, minutes=MINUTES, equal=True)
        for name, model, recipe, flags in EQUAL
    ),
    Entry("gan", "GAN (dense)", "mlp-gan", "mnist", 9360),  # 20 epochs of 468 batches
    Entry("modern", "GAN (recipe, labels)", "modern", "mnist", 100_000, seeds=(0, 1, 2), minutes=3.0),
    Entry("modern_unlabelled", "GAN (recipe)", "modern", "mnist", 100_000, ("--noconditional",), minutes=10.0),
    Entry(
        "modern_latent",
        "GAN (recipe, 16 latents)",
        "modern",
        "mnist",
        100_000,
        ("--noconditional", "--latent=16"),
        (0, 1, 2),
        5.0,
    ),
    Entry("modern_clusters", "GAN (recipe, clusters)", "modern", "mnist", 100_000, ("--clusters=50",), minutes=10.0),
    Entry("modern_outdoor", "GAN (recipe, labels)", "modern", "outdoor", 100_000, AUGMENTED, minutes=5.0),
    Entry("modern_forest", "GAN (recipe)", "modern", "forest", 100_000, AUGMENTED, minutes=5.0),
    Entry("dcgan", "DCGAN", "dcgan", "mnist", 5000),
    Entry("lsgan", "LSGAN", "lsgan", "mnist", 5000),
    Entry("cgan", "CGAN", "cgan", "mnist", 5000),
    Entry("infogan", "InfoGAN", "infogan", "mnist", 5000, seeds=(0, 1, 2)),
    Entry("wgan", "WGAN", "digit-wgan", "mnist", 5000, minutes=24.0),  # what 5,000 steps of DCGAN take
    Entry("wgan_grass", "WGAN", "wgan-textures", "grass", 2000, minutes=10.0),
    Entry("wgan_forest", "WGAN", "wgan-textures", "forest", 2000, minutes=10.0),
    Entry("wgan_gp", "WGANGP", "digit-wgan", "mnist", 5000, ("--variant=wgan_gp",), minutes=24.0),
)
NAMES = tuple(entry.name for entry in TABLE)


def groups():
    """Return {title: flags}."""
    gallery = "experiments/gallery/results"
    return {
        "flags": [
            Flag("minutes", 60.0, "of training in this call, at least 0; 0 sets no limit", float, low=0),
            choice_list("only", ("equal", *NAMES), "rows; equal: all of the table of equal minutes"),
            Flag("mnist", "", "an .npz archive to read MNIST from (default: Keras's download)"),
            Flag("forest", "", "an .npz archive to read CIFAR-100's forests from (default: Keras's download)"),
            Flag("outdoor", "", "an .npz archive to read CIFAR-100's outdoor classes from (default: Keras's download)"),
            Flag("output", "runs/results", "folder of the runs"),
            Flag("report", "RESULTS.md", "file to write"),
            Flag("pictures", gallery, "folder of the pictures, and of results.json, the numbers"),
        ]
    }


def finished(entry, step, seconds):
    """Return whether a run has its budget."""
    return step >= entry.steps or used_up(entry.minutes, seconds)


def measured(run_dir):
    """Return what evaluation.json of a run holds, or an empty dictionary; also where it is of 0.1.0, with other names."""
    path = run_dir / "evaluation.json"
    found = read_json(path) if path.exists() else {}
    return found if "reference_between" in found else {}


def source(entry, options):
    """Return the flag that names an entry's data."""
    archive = options[entry.dataset].value if entry.dataset in ("mnist", "forest", "outdoor") else ""
    return f"--data={archive}" if archive else f"--dataset={entry.dataset}"


def advance(entry, seed, run_dir, minutes, options):
    """Train a run for at most `minutes` (None: to its end) and measure it."""
    step, seconds = progress(run_dir)
    if not finished(entry, step, seconds):
        words = entry.command(seed, source(entry, options))
        left = [each for each in (minutes, entry.minutes and entry.minutes - seconds / 60) if each]
        words = [*(w for w in words if not w.startswith("--minutes")), *([f"--minutes={min(left)}"] if left else [])]
        words += [f"--run_dir={run_dir}"] + (["--resume"] if (run_dir / "config.json").exists() else [])
        _run(words)
    if measured(run_dir).get("step") != progress(run_dir)[0]:
        _run(["-m", "ganzoo", "evaluate", f"--run_dir={run_dir}"])


def _run(words):
    """Run python with these words; end as it ends, where it has said why it could not go on."""
    with subprocess.Popen([sys.executable, *words]) as process:
        try:
            status = process.wait()
        except KeyboardInterrupt:  # the training is told of Ctrl-C too, and saves
            status = process.wait()
    if status:
        print(f"stopped; the next call goes on. Ended with status {status}: python {shlex.join(words)}", file=sys.stderr)
        sys.exit(status)


def report(folder, path, gallery):
    """Record what the runs below a folder have come to and write the page and its pictures.

    Runs that are not below this folder stay as they were recorded.
    """
    record = results_report.read_record(gallery)
    for entry in TABLE:
        for seed in entry.seeds:
            name = results_report.run_name(entry, seed)
            run_dir = folder / name
            measures = measured(run_dir)
            step, seconds = progress(run_dir)
            if not measures or measures.get("step") != step:  # trained on since, and not measured anew
                continue
            config = json.loads((run_dir / "config.json").read_text(encoding="utf-8"))
            found = {"step": step, "seconds": round(seconds), "finished": finished(entry, step, seconds),
                     "machine": ", ".join(config["accelerators"]) or f"{os.cpu_count()} CPU cores",
                     "versions": config["versions"], "measures": measures}  # fmt: skip
            results_report.update_record(record, name, found)
            if seed == entry.seeds[0] and record[name] is found:
                save = results_report.save_strip if entry.equal else results_report.save_picture
                save(run_dir, gallery / f"{entry.name}.png")
    results_report.write(TABLE, record, path, gallery)


def main(options):
    folder, path, gallery = (expanded(each) for each in (options.output, options.report, options.pictures))
    if path.is_dir() or any(each.exists() and not each.is_dir() for each in (folder, gallery)):
        raise InputError(
            f"--report must be a file, --output and --pictures folders. Received: --report={options.report} "
            f"--output={options.output} --pictures={options.pictures}"
        )
    end = time.monotonic() + 60 * options.minutes
    for entry in (each for each in TABLE if each.name in options.only or (each.equal and "equal" in options.only)):
        for seed in entry.seeds:
            left = (end - time.monotonic()) / 60
            if options.minutes and left <= 0:
                print("the minutes are over; the next call goes on")
                report(folder, path, gallery)
                return
            print(f"\n{entry.model} on {entry.dataset}, seed {seed}", flush=True)
            advance(entry, seed, folder / results_report.run_name(entry, seed), left if options.minutes else None, options)
            report(folder, path, gallery)


if __name__ == "__main__":
    command.run(main, groups(), __doc__)
