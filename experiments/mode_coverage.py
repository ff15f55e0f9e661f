"""Which GAN finds all modes? Train several on a known mixture in the plane and count.

Writes table.md, table.csv and modes.png (the samples of the first seed) into --output. A sample is of high quality within 3
standard deviations of a mode; kl is the divergence of the samples' mode shares from the true ones, in nats.

    python -m experiments.mode_coverage
    python -m experiments.mode_coverage --mixture=ring --settings=gan,wgan_gp --seeds=5
"""

import csv
import datetime
import pathlib
import time

from absl import flags

from experiments import command
from experiments.flags import choice, count
from ganzoo.errors import InputError

FLAGS = flags.FLAGS
SETTINGS = ("gan", "minimax", "least_squares", "gan_r1", "wgan_gp", "relativistic")
choice("mixture", "grid", ("grid", "ring"), "25 Gaussians on a square lattice, or 8 on a ring")
flags.DEFINE_list("settings", ",".join(SETTINGS), f"of {', '.join(SETTINGS)}; separated by commas")
count("seeds", 1, "runs of each setting; at least 1")
count("steps", 10000, "generator updates of each run, in hundreds; at least 100")
count("samples", 2500, "points to count modes in; at least 1")
flags.DEFINE_string("output", "", "folder to write (default: a new one, runs/mode_coverage/MIXTURE-DATE-TIME)")


def build(setting, seed):
    """Return the GAN of a setting: three hidden layers of 128 neurons, a latent of 2, Adam."""
    import keras

    from ganzoo import PointGAN, losses, regularizers

    loss, penalties, options = {
        "gan": (losses.NonSaturating(), [], {}),
        "minimax": (losses.Minimax(), [], {}),
        "least_squares": (losses.LeastSquares(), [], {}),
        "gan_r1": (losses.NonSaturating(), [regularizers.R1(0.1)], {}),
        "wgan_gp": (losses.Wasserstein(), [regularizers.GradientPenalty(0.1)], {"n_critic": 5}),
        "relativistic": (losses.Relativistic(), [regularizers.R1(0.1), regularizers.R2(0.1)], {}),
    }[setting]
    adam = [keras.optimizers.Adam(1e-3, beta_1=0.5 if setting in ("gan", "minimax", "least_squares") else 0.0, beta_2=0.9)
            for _ in range(2)]  # fmt: skip
    return PointGAN(2, latent=2, hidden=(128, 128, 128), loss=loss, regularizers=penalties, discriminator_optimizer=adam[0],
                    generator_optimizer=adam[1], ema_half_life_images=20_000.0, seed=seed, **options)  # fmt: skip


def run(setting, mixture, seed, steps, samples):
    """Train one GAN; returns (row of the table, samples float32 (N, 2))."""
    from ganzoo.metrics import mode_coverage

    gan, start = build(setting, seed), time.perf_counter()
    gan.train(mixture.points(seed=seed), steps=steps, batch_size=256, verbose=False)
    seconds = time.perf_counter() - start
    points = gan.sample(samples)
    measures = mode_coverage(points, mixture.centres, mixture.sigma)
    return {"setting": setting, "seed": seed, **measures, "seconds": round(seconds, 1)}, points


def as_table(rows):
    """Return the rows as a Markdown table."""
    lines = ["| setting | seed | modes | high quality | kl (nats) | seconds |", "|---|---|---|---|---|---|"]
    for row in rows:
        lines.append(f"| {row['setting']} | {row['seed']} | {row['modes']} of {row['of']} | {100 * row['high_quality']:.1f} % "
                     f"| {row['kl']:.3f} | {row['seconds']} |")  # fmt: skip
    return "\n".join(lines) + "\n"


def main():
    unknown = [setting for setting in FLAGS.settings if setting not in SETTINGS]
    if unknown or not FLAGS.settings:
        raise InputError(f"--settings must be of {', '.join(SETTINGS)}. Received: {', '.join(unknown) or 'none'}")
    if FLAGS.steps % 100:
        raise InputError(f"--steps must be a multiple of 100. Received: {FLAGS.steps}")

    from ganzoo import images, plots
    from ganzoo.data.mixtures import grid, ring

    mixture = {"grid": grid, "ring": ring}[FLAGS.mixture]()
    stamp = f"{datetime.datetime.now():%Y%m%d-%H%M%S}"
    output = pathlib.Path(FLAGS.output or pathlib.Path("runs") / "mode_coverage" / f"{FLAGS.mixture}-{stamp}")
    output.mkdir(parents=True, exist_ok=True)
    rows, panels, total = [], {}, len(FLAGS.settings) * FLAGS.seeds
    for setting in FLAGS.settings:
        for seed in range(FLAGS.seeds):
            row, points = run(setting, mixture, seed, FLAGS.steps, FLAGS.samples)
            panels.setdefault(setting, points)
            rows.append(row)
            left = sum(each["seconds"] for each in rows) / len(rows) * (total - len(rows))
            print(f"{len(rows)}/{total} {setting}, seed {seed}: {row['modes']} of {row['of']} modes, "
                  f"{100 * row['high_quality']:.1f} % high quality, kl {row['kl']:.3f}, {row['seconds']} s; "
                  f"about {left:.0f} s left", flush=True)  # fmt: skip
            with open(output / "table.csv", "w", newline="", encoding="utf-8") as file:
                table = csv.DictWriter(file, list(row))
                table.writeheader()
                table.writerows(rows)
    (output / "table.md").write_text(as_table(rows), encoding="utf-8")
    images.save_png(output / "modes.png", plots.panels(panels, mixture.centres))
    print(f"wrote {output}/table.md, table.csv and modes.png")


if __name__ == "__main__":
    command.run(main, __doc__)
