"""Watch a trained discriminator become D* = p / (p + q), and the game's value become 2 JSD(p, q) - log 4.

p is the real density, q the generated one, both on the line; the figure has Goodfellow's four curves: p, q, D and D*. With
--generator the generator plays too, so q moves towards p and D* towards 1/2. Writes optimal_discriminator.gif, its last
picture as .png, and values.csv into --output. Under a minute.

    python -m experiments.optimal_discriminator
    python -m experiments.optimal_discriminator --p="exp(-(x-2)**2)+exp(-(x+2)**2)" --q="exp(-x**2/2)"
    python -m experiments.optimal_discriminator --generator
"""

import csv
import math

from ganzoo.commands import command, folders
from ganzoo.commands.flags import Flag, count, flag_is_set, seed
from ganzoo.errors import InputError

LOW, HIGH = -6.0, 8.0


def groups():
    """Return {title: flags}."""
    p = Flag("p", "exp(-x**2/2)", "density of real points, an expression in x over [-6, 8]; need not be normalized")
    text = "density of generated points, likewise; the start of a generator has its own"
    return {
        "flags": [
            p,
            Flag("q", "exp(-((x-1.5)/1.5)**2/2)", text),
            Flag("generator", False, "let the generator play too; its density, smoothed, then stands for q", bool),
            count("steps", 3000, "discriminator updates, or steps of the game with --generator"),
            Flag("frames", 30, "of the animation; 2 to 1,000", int, low=2, high=1000),
            seed(0, "decides initial weights and points"),
            folders.output_flag("optimal_discriminator"),
        ]
    }


def density(expression, name):
    """Return (grid, probabilities over it) of an expression in x."""
    from ganzoo.data import FunctionGraph
    from ganzoo.evaluation import theory

    try:
        graph = FunctionGraph(expression, variables=1)
        return theory.density_on_grid(lambda x: graph.height(x[:, None]), LOW, HIGH)
    except InputError as error:
        raise InputError(f"--{name}={expression}: {error}") from error


def play(p, q, steps, frames, seed):
    """Train a discriminator, with the generator if q is None, and report at `frames` moments.

    Args:
        p, q: (grid, probabilities).

    Yields:
        (step, probabilities of q over the grid, D over the grid).
    """
    import keras
    import numpy as np

    from ganzoo import PointGAN, backend
    from ganzoo.objectives import Objective
    from ganzoo.regularizers import R1

    n, grid, rng = 1000, p[0], np.random.default_rng(seed)
    adam = (keras.optimizers.Adam(rate, beta_1=0.5) for rate in (2e-3, 5e-4))
    objective = Objective("non_saturating", [] if q else [R1(0.1)], 1 if q else 2, *adam)
    gan = PointGAN(1, 1, (64, 64), objective=objective, seed=seed)
    inputs = {"latents": np.zeros((n, 1), "float32")}
    update = backend.jit(lambda real, fake: gan.update_discriminator({"points": real}, inputs, fake, (seed, 0)))

    def draw(probabilities):
        return np.interp(rng.random((n, 1)), np.cumsum(probabilities), grid).astype("float32")

    reports = set(np.unique(np.round(np.geomspace(1, steps, frames)).astype(int)).tolist())
    for step in range(1, steps + 1):
        if q is None:
            gan.train_on_batch(draw(p[1]))
        else:
            update(draw(p[1]), draw(q[1]))
        if step in reports:
            logits = np.asarray(gan.discriminate(grid[:, None].astype("float32")).logits, "float64")[:, 0]
            yield step, generated(gan, grid) if q is None else q[1], 1 / (1 + np.exp(-logits))


def generated(gan, grid):
    """Return the density of 5,000 generated points over the grid, smoothed by Gaussians (Scott's rule)."""
    from scipy.stats import gaussian_kde

    values = gaussian_kde(gan.sample(5000)[:, 0])(grid)
    return values / values.sum()


def draw_curves(step, grid, p, q, d, value, bound):
    """Draw the four curves; returns uint8 `(H, W, 3)`."""
    import numpy as np
    from matplotlib.figure import Figure

    from ganzoo.evaluation import theory
    from ganzoo.utils import plots

    figure = Figure(figsize=(6.4, 4.0), dpi=100, layout="constrained")
    axes = figure.add_subplot()
    width = grid[1] - grid[0]
    axes.plot(grid, p / width, color="black", linestyle=":", label="p, real")
    axes.plot(grid, q / width, color="tab:green", label="q, generated")
    axes.plot(grid, d, color="tab:blue", label="D, trained")
    best = np.where((p + q) / width > 0.01, theory.optimal_discriminator(p, q), np.nan)  # where no points are it means nothing
    axes.plot(grid, best, color="tab:red", linestyle="--", label="D* = p / (p + q)")
    axes.set(
        xlim=(LOW, HIGH), ylim=(0, 1.05), xlabel="x", title=f"step {step}: V = {value:.4f}, 2 JSD - log 4 = {bound:.4f} nats"
    )
    axes.legend(loc="upper right")
    return plots.figure_to_array(figure)


def main(options):
    from ganzoo.evaluation import theory
    from ganzoo.utils import images

    if options.generator and flag_is_set(options, "q"):
        raise InputError(f"with --generator the generator's own density stands for q: leave out --q. Received: --q={options.q}")
    p, q = density(options.p, "p"), None if options.generator else density(options.q, "q")
    output = folders.new_output(options, "optimal_discriminator")
    frames = output / "frames"
    frames.mkdir(exist_ok=True)
    rows, paths = [], []
    for step, now, d in play(p, q, options.steps, options.frames, options.seed):
        value, bound = theory.game_value(p[1], now, d), 2 * theory.js_divergence(p[1], now) - math.log(4)
        rows.append({"step": step, "value": value, "bound": bound, "jsd": theory.js_divergence(p[1], now)})
        print(f"step {step}: V(D) = {value:.4f}, 2 JSD - log 4 = {bound:.4f} nats", flush=True)
        paths.append(frames / f"step_{step:06d}.png")
        images.save_png(paths[-1], draw_curves(step, p[0], p[1], now, d, value, bound))
    with open(output / "values.csv", "w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    images.save_animation(output / "optimal_discriminator.gif", paths)
    (output / "optimal_discriminator.png").write_bytes(paths[-1].read_bytes())
    print(f"wrote optimal_discriminator.gif, .png and values.csv into {output}")


if __name__ == "__main__":
    command.run(main, groups(), __doc__)
