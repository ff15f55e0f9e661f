"""Which GAN finds all modes? Train several on a known distribution in the plane, count, and watch.

Writes table.md, table.csv, and the samples of each setting's first seed as modes.png and modes.gif into --output. A sample is
of high quality within 3 standard deviations of a mode; kl is the divergence of the samples' mode shares from the true ones, in
nats. The setting plain is Goodfellow's game with nothing that helps; the others share what helps every game. The swiss roll
has no modes: there it is the sliced Wasserstein distance to unseen points, with its reference. --losses and --techniques play
each loss with each technique instead of the settings that have a name.

    python -m experiments.mode_coverage
    python -m experiments.mode_coverage --mixture=ring --settings=gan,wgan_gp --seeds=5
    python -m experiments.mode_coverage --losses=minimax,hinge --techniques=plain,steady,r1 --seeds=3
"""

import csv
import math
import time

from ganzoo.commands import command, folders
from ganzoo.commands.arguments import LOSSES
from ganzoo.commands.flags import Flag, choice, choice_list, count, flag_is_set
from ganzoo.errors import InputError, NonFiniteError

TECHNIQUES = ("plain", "steady", "r1", "r1_r2", "gradient_penalty", "clip")
SETTINGS = {
    "plain": ("non_saturating", "plain"),
    "gan": ("non_saturating", "steady"),
    "minimax": ("minimax", "steady"),
    "least_squares": ("least_squares", "steady"),
    "gan_r1": ("non_saturating", "r1"),
    "wgan_gp": ("wasserstein", "gradient_penalty"),
    "relativistic": ("relativistic", "r1_r2"),
}
MOMENTS = 20  # frames of the animation


def groups():
    """Return {title: flags}."""
    return {
        "flags": [
            choice("mixture", "grid", ("grid", "ring", "swiss_roll"), "25 Gaussians on a lattice, 8 on a ring, or a spiral"),
            choice_list("settings", tuple(SETTINGS), "games to play"),
            choice_list("losses", LOSSES, "losses to play, each with each of --techniques, instead of --settings"),
            choice_list("techniques", TECHNIQUES, "what helps each of --losses; all but plain include steady"),
            count("seeds", 1, "runs of each setting"),
            Flag("steps", 20_000, f"generator updates of each run, in hundreds; at least {100 * MOMENTS}", int, low=1),
            count("samples", 2500, "points to measure", high=10**6),
            folders.output_flag("mode_coverage", "MIXTURE"),
        ]
    }


def games(options):
    """Return {name: (loss, technique)} of what the flags ask for."""
    if not (flag_is_set(options, "losses") or flag_is_set(options, "techniques")):
        return {name: SETTINGS[name] for name in options.settings}
    if flag_is_set(options, "settings"):
        raise InputError("give --settings, or --losses and --techniques, not both.")
    return {f"{loss}, {technique}": (loss, technique) for loss in options.losses for technique in options.techniques}


def build(loss, technique, seed, steps):
    """Return the GAN of a game: three hidden layers of 128 neurons, a latent of 2, Adam; two critic updates for Wasserstein.

    All techniques but `plain` have what helps every game: a leaky discriminator, rates that fall on a cosine, averaged weights.
    """
    import keras

    from ganzoo import PointGAN, regularizers
    from ganzoo.objectives import Objective

    # The weights are small, as modes of width 0.05 need a discriminator with a steep gradient.
    penalties = {
        "r1": [regularizers.R1(0.05)],
        "r1_r2": [regularizers.R1(0.03), regularizers.R2(0.03)],
        "gradient_penalty": [regularizers.GradientPenalty(0.1)],
        "clip": [regularizers.WeightClip(0.1)],
    }.get(technique, [])
    n_critic = 2 if loss == "wasserstein" else 1
    rates, helps = [1e-3, 1e-3], {}
    if technique != "plain":
        rates = [keras.optimizers.schedules.CosineDecay(1e-3, steps * updates) for updates in (n_critic, 1)]
        helps = {"discriminator_activation": "leaky_relu", "ema_half_life_images": 20_000.0}
    adam = [keras.optimizers.Adam(rate, beta_1=0.5, beta_2=0.99) for rate in rates]
    gan = PointGAN(2, 2, (128, 128, 128), objective=Objective(loss, penalties, n_critic, *adam), seed=seed, **helps)
    gan.compile(jit_compile=False)  # at this width XLA is no quicker, and it compiles for seconds
    return gan


def load(name, seed):
    """Return (points to train on, callable from samples to measures, marks to draw)."""
    from ganzoo.data import mixtures
    from ganzoo.evaluation import metrics
    from ganzoo.evaluation.measure import flatten

    if name == "swiss_roll":
        points, unseen = (mixtures.swiss_roll(seed=each).points for each in (seed, seed + 1000))

        def distances(samples):
            some = unseen[: len(samples)]
            reference, _ = metrics.sliced_wasserstein_distance(points[: len(samples)], some)
            distance, error = metrics.sliced_wasserstein_distance(samples, some)
            return {"sliced_wasserstein": distance, "error": error, "reference": reference}

        return mixtures.swiss_roll(seed=seed), distances, unseen[:300]
    mixture = {"grid": mixtures.grid, "ring": mixtures.ring}[name]()

    def count_modes(samples):
        found = flatten(metrics.mode_coverage(samples, mixture.centers, mixture.sigma))
        return {"modes": found.pop("modes"), "of": len(mixture.centers), **found}

    return mixture.points(seed=seed), count_modes, mixture.centers


def run(name, game, mixture, seed, steps, samples):
    """Train one GAN; returns (row of the table, list of MOMENTS arrays of samples, float32 (N, 2)).

    A game whose loss is NaN or infinite ends there; its measures are NaN.
    """
    import keras

    data, measure, _ = load(mixture, seed)
    gan, frames, start = build(*game, seed, steps), [], time.perf_counter()
    every = max(1, steps // (100 * MOMENTS))
    callback = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: frames.append(gan.sample(samples)) if (epoch + 1) % every == 0 else None
    )
    diverged = False
    try:
        gan.train(data, steps=steps, batch_size=256, callbacks=[callback], verbose=False)
    except NonFiniteError:  # the averaged weights may still be numbers; they are no result of this game
        diverged = True
    seconds = time.perf_counter() - start
    last = gan.sample(samples)
    frames = frames[: MOMENTS - 1]
    frames += [last] * (MOMENTS - len(frames))
    measures = dict.fromkeys(measure(data.points[:samples]), math.nan) if diverged else measure(last)
    return {"setting": name, "seed": seed, **measures, "seconds": round(seconds, 1)}, frames


def as_table(rows):
    """Return the rows as a Markdown table."""
    cells = [[f"{value:.3f}" if isinstance(value, float) else str(value) for value in row.values()] for row in rows]
    lines = [[name.replace("_", " ") for name in rows[0]], ["---"] * len(rows[0]), *cells]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def write(output, rows, panels, marks, columns):
    """Write tables and pictures, `columns` panels a row, of what has been trained so far."""
    from ganzoo.utils import images, plots

    with open(output / "table.csv", "w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    (output / "table.md").write_text(as_table(rows), encoding="utf-8")
    pictures = []
    for moment in range(MOMENTS):
        pictures.append(output / "frames" / f"{moment:03d}.png")
        picture = plots.panels({name: frames[moment] for name, frames in panels.items()}, marks, columns)
        images.save_png(pictures[-1], picture)
    (output / "modes.png").write_bytes(pictures[-1].read_bytes())
    images.save_animation(output / "modes.gif", pictures)


def main(options):
    if options.steps % 100 or options.steps < 100 * MOMENTS:
        raise InputError(f"--steps must be a multiple of 100, at least {100 * MOMENTS}. Received: {options.steps}")
    chosen = games(options)
    output = folders.new_output(options, "mode_coverage", options.mixture)
    (output / "frames").mkdir(exist_ok=True)
    rows, panels, total = [], {}, len(chosen) * options.seeds
    for name, game in chosen.items():
        for seed in range(options.seeds):
            row, frames = run(name, game, options.mixture, seed, options.steps, options.samples)
            panels.setdefault(name, frames)
            rows.append(row)
            left = sum(each["seconds"] for each in rows) / len(rows) * (total - len(rows))
            shown = ", ".join(
                f"{name.replace('_', ' ')} {value:.4g}" if isinstance(value, float) else f"{name.replace('_', ' ')} {value}"
                for name, value in row.items()
            )
            print(f"{len(rows)}/{total}: {shown}; about {left:.0f} s left", flush=True)
        columns = 3 if name in SETTINGS else len(options.techniques)  # a row a loss
        write(output, rows, panels, load(options.mixture, 0)[2], columns)
    print(f"wrote {output}/table.md, table.csv, modes.png and modes.gif")


if __name__ == "__main__":
    command.run(main, groups(), __doc__)
