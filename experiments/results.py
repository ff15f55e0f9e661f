"""Fill the results table: train each model with its budget, measure it, write RESULTS.md and a picture of each.

Hours in all, in pieces of your choice: every call goes on where the last one stopped, and what is not finished stands in the
table with the steps that it has. The numbers are kept beside the pictures, in results.json, so that a row which another
machine has filled stays. The whole table needs MNIST and CIFAR-100, which Keras downloads once.

    python -m experiments.results --minutes=60
    python -m experiments.results --only=dcgan,infogan
    python -m experiments.results --minutes=0
"""

import dataclasses
import json
import os
import pathlib
import shlex
import subprocess
import sys
import time

from absl import flags

from experiments import command, results_report
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
    flags.DEFINE_string("pictures", "experiments/gallery/results", "folder of the pictures, and of results.json, the numbers")


def progress(run_dir):
    """Return (step, seconds of training) of a run, (0, 0.0) if there is none."""
    from ganzoo.training.callbacks.metrics_csv import read_rows
    from ganzoo.training.runs import RunDirectory

    if not (run_dir / "config.json").exists():
        return 0, 0.0
    found, rows = RunDirectory(run_dir).checkpoints.latest(), read_rows(run_dir / "metrics.csv")
    return (found[0] if found else 0), (float(rows[-1]["seconds"]) if rows else 0.0)


def finished(entry, step, seconds):
    """Return whether a run has its budget."""
    return step >= entry.steps or (entry.minutes is not None and seconds >= 59 * entry.minutes)


def measured(run_dir):
    """Return what evaluation.json of a run holds, or an empty dictionary; also where it is of 0.1.0, with other names."""
    path = run_dir / "evaluation.json"
    found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found if "reference_between" in found else {}


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
            if not measures:
                continue
            step, seconds = progress(run_dir)
            config = json.loads((run_dir / "config.json").read_text(encoding="utf-8"))
            found = {"step": step, "seconds": round(seconds), "finished": finished(entry, step, seconds),
                     "machine": ", ".join(config["accelerators"]) or f"{os.cpu_count()} CPU cores",
                     "versions": config["versions"], "measures": measures}  # fmt: skip
            results_report.update_record(record, name, found)
            if seed == entry.seeds[0] and record[name] is found:
                results_report.save_picture(run_dir, gallery / f"{entry.name}.png")
    results_report.write(TABLE, record, path, gallery)


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
            advance(entry, seed, folder / results_report.run_name(entry, seed), left if FLAGS.minutes else None)
            report(folder, path, gallery)


if __name__ == "__main__":
    define_flags()
    command.run(main, __doc__)
