"""The lecture's figure of unrolled GANs: a GAN on a ring of eight Gaussians, plain and unrolled, over time.

Trains `UnrolledGAN` for each of --unrolled_steps (0 is the plain zero-sum game) and each seed, on the networks of the official
notebook of Metz et al. 2017 (arXiv:1611.02163). Writes heat maps of the samples over time, a row for each number of unrolled
steps, the data at the right, as unrolled.png, and the modes held at every moment as table.md and table.csv, into --output. A
mode is held if a hundredth of the samples are within 3 standard deviations of it.

    python -m experiments.unrolled
    python -m experiments.unrolled --unrolled_steps=0,5,10 --seeds=3 --steps=25000
"""

import csv
import time

from ganzoo.commands import command, folders
from ganzoo.commands.flags import Flag, count
from ganzoo.errors import InputError

REACH, CELLS = 3.0, 96  # of the heat maps: the plane from -3 to 3, and its cells a side
SAMPLES = 2500


def flag_groups():
    """Return {title: flags}."""
    return {
        "flags": [
            Flag("unrolled_steps", ["0", "5"], "numbers of discriminator updates looked ahead, separated by commas", list),
            count("seeds", 1, "trainings of each"),
            Flag("steps", 10_000, "generator updates of each training, a multiple of 100", int, low=100),
            Flag("moments", 5, "heat maps of each training, at equal distances; 1 to 50", int, low=1, high=50),
            folders.output_flag("unrolled"),
        ]
    }


def train(unrolled_steps, seed, steps, moments):
    """Train one GAN; yields (step, measures of `mode_coverage` and "held", samples `(2500, 2)`) at `moments` moments."""
    import ganzoo
    from ganzoo.data import mixtures
    from ganzoo.evaluation import metrics
    from ganzoo.evaluation.measure import flatten

    ring = mixtures.ring()
    data = ring.points(seed=seed)
    gan = ganzoo.UnrolledGAN(unrolled_steps=unrolled_steps, seed=seed)
    for moment in range(1, moments + 1):
        gan.train(data, steps=steps // moments, batch_size=512, verbose=False)
        samples = gan.sample(SAMPLES, seed=moment)
        measures = flatten(metrics.mode_coverage(samples, ring.centers, ring.sigma))
        yield gan.step, measures | {"held": modes_held(samples, ring)}, samples


def modes_held(samples, mixture):
    """Return how many modes have a hundredth of the samples within 3 standard deviations of them."""
    import numpy as np

    distances = np.linalg.norm(samples[:, None] - mixture.centers, axis=2)
    return int(((distances <= 3 * mixture.sigma).mean(axis=0) >= 0.01).sum())


def heat_map(points):
    """Return the smoothed density of points `(N, 2)` over the plane, float `(CELLS, CELLS)` from 0 to 1."""
    import numpy as np
    from scipy.ndimage import gaussian_filter

    cells, _, _ = np.histogram2d(points[:, 1], points[:, 0], CELLS, [(-REACH, REACH)] * 2)
    smooth = gaussian_filter(cells, 1.5)
    return smooth / max(smooth.max(), 1e-9)


def draw(rows, data):
    """Draw heat maps: rows is {unrolled steps: [(step, samples)]}; returns uint8 `(H, W, 3)`."""
    from matplotlib.figure import Figure

    from ganzoo.utils import plots

    columns = max(map(len, rows.values())) + 1
    figure = Figure(figsize=(1.5 * columns, 1.65 * len(rows)), dpi=80, layout="constrained")
    for row, (unrolled_steps, found) in enumerate(rows.items()):
        for column, (title, points) in enumerate([*((f"step {step}", each) for step, each in found), ("data", data)]):
            axes = figure.add_subplot(len(rows), columns, row * columns + column + 1)
            axes.imshow(heat_map(points), origin="lower", cmap="Greens", vmin=0, vmax=1)
            axes.set(xticks=[], yticks=[])
            axes.set_title(title if row == 0 else "", fontsize=9)
            if column == 0:
                axes.set_ylabel(f"{unrolled_steps} unrolled", fontsize=9)
    return plots.figure_to_array(figure)


def as_table(rows):
    """Return Markdown: a row a training, the modes held at each moment, and the last moment's further measures."""
    lines = [
        "| unrolled steps | seed | modes held of 8, over time | high quality | kl (nats) | seconds |",
        "|---|---|---|---|---|---|",
    ]
    for each in rows:
        held = " ".join(str(modes) for modes in each["modes"])
        cells = [each["unrolled_steps"], each["seed"], held, f"{each['high_quality']:.3f}", f"{each['kl']:.3f}"]
        lines.append("| " + " | ".join(map(str, [*cells, f"{each['seconds']:.0f}"])) + " |")
    return "\n".join(lines) + "\n"


def main(options):
    from ganzoo.data import mixtures
    from ganzoo.utils import images

    words = options.unrolled_steps
    if not words or not all(word.isdecimal() and int(word) <= 100 for word in words):
        raise InputError(f"--unrolled_steps must be whole numbers of at most 100. Received: {','.join(words)}")
    if options.steps % (100 * options.moments):
        raise InputError(
            f"--steps must be a multiple of 100 times --moments, {100 * options.moments}. Received: --steps={options.steps}"
        )
    output = folders.new_output(options, "unrolled")
    rows, pictures, total = [], {}, len(options.unrolled_steps) * options.seeds
    for seed in range(options.seeds):
        for unrolled_steps in map(int, options.unrolled_steps):
            start, held, shown = time.perf_counter(), [], []
            for step, measures, samples in train(unrolled_steps, seed, options.steps, options.moments):
                held.append(measures["held"])
                shown.append((step, samples))
                print(
                    f"{len(rows) + 1}/{total}: {unrolled_steps} unrolled, seed {seed}, step {step}: {held[-1]} modes",
                    flush=True,
                )
            pictures.setdefault(unrolled_steps, shown)
            measures = {name: measures[name] for name in ("high_quality", "kl")}
            seconds = time.perf_counter() - start
            rows.append({"unrolled_steps": unrolled_steps, "seed": seed, "modes": held} | measures | {"seconds": seconds})
            (output / "table.md").write_text(as_table(rows), encoding="utf-8")
            with open(output / "table.csv", "w", newline="", encoding="utf-8") as file:
                table = csv.DictWriter(file, list(rows[0]))
                table.writeheader()
                table.writerows(rows)
            images.save_png(output / "unrolled.png", draw(pictures, mixtures.ring().points(SAMPLES, seed=1).points))
    print(as_table(rows))
    command.say(f"wrote {output}/table.md, table.csv and unrolled.png")


if __name__ == "__main__":
    command.run(main, flag_groups(), __doc__)
