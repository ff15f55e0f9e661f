"""What the f-divergences of f-GAN do: the bound that a trained discriminator reaches, and the modes that a generator finds.

First, two known densities on the line: a small discriminator is trained on points of both, and its bound E_p[T] - E_q[f*(T)],
by quadrature, stands beside the divergence itself. Then the modes that a GAN of points finds of 25, with what helps every game
(a leaky discriminator, R1, falling rates, averaged weights). Writes table.md, table.csv and f_divergences.png into --output.

    python -m experiments.f_divergences
    python -m experiments.f_divergences --divergences=kl,reverse_kl --seeds=3
"""

import csv
import math
import time

from ganzoo.commands import command, folders
from ganzoo.commands.arguments import DIVERGENCES
from ganzoo.commands.flags import Flag, choice_list, count
from ganzoo.errors import InputError

NAMES = (*DIVERGENCES, "non_saturating")  # the last is GAN's own divergence, the paper's seventh
P = ((-0.6, 0.8, 1.0),)  # mixtures: (mean, standard deviation, share) of each Gaussian
Q = ((0.4, 1.2, 1.0),)


def flag_groups():
    """Return {title: flags}."""
    return {
        "flags": [
            choice_list("divergences", NAMES, "divergences to play for"),
            count("seeds", 1, "trainings of each"),
            count("bound_steps", 3000, "discriminator updates of the bound"),
            Flag("steps", 10_000, "generator updates on the 25 modes, a multiple of 100", int, low=100),
            folders.output_flag("f_divergences"),
        ]
    }


def f_of(name):
    """Return f of D_f(p || q) = E_q[f(p / q)], for float arrays; GAN's is 2 JSD - log 4, below 0."""
    import numpy as np

    return {
        "kl": lambda u: u * np.log(u),
        "reverse_kl": lambda u: -np.log(u),
        "pearson": lambda u: (u - 1) ** 2,
        "hellinger": lambda u: (np.sqrt(u) - 1) ** 2,
        "jensen_shannon": lambda u: u * np.log(u) - (u + 1) * np.log((u + 1) / 2),
        "total_variation": lambda u: abs(u - 1) / 2,
        "non_saturating": lambda u: u * np.log(u) - (u + 1) * np.log(u + 1),
    }[name]


def density(mixture, x):
    """Return a mixture's density at x."""
    import numpy as np

    return sum(share * np.exp(-(((x - m) / s) ** 2) / 2) / (s * math.sqrt(2 * math.pi)) for m, s, share in mixture)


def draw(mixture, n, rng):
    """Return n points of a mixture, float32 `(n, 1)`."""
    import numpy as np

    means, spreads, shares = map(np.array, zip(*mixture, strict=True))
    chosen = rng.choice(len(shares), n, p=shares)
    return rng.normal(means[chosen], spreads[chosen]).astype("float32")[:, None]


def bound(name, steps, seed):
    """Train a discriminator between p and q; return (its bound, the divergence), both by quadrature."""
    import keras
    import numpy as np

    from ganzoo import PointGAN, backend
    from ganzoo.losses import BY_NAME
    from ganzoo.objectives import Objective

    loss = BY_NAME[name]()
    rate = keras.optimizers.schedules.CosineDecay(3e-3, steps)
    objective = Objective(loss, (), 1, keras.optimizers.Adam(rate, beta_1=0.5), keras.optimizers.Adam(1e-4))
    gan = PointGAN(1, 1, (64, 64), objective=objective, discriminator_activation="tanh", seed=seed)
    rng, inputs = np.random.default_rng(seed), {"latents": np.zeros((1, 1), "float32")}
    update = backend.jit(lambda real, fake: gan.update_discriminator({"points": real}, inputs, fake, (seed, 0)))
    for _ in range(steps):
        update(draw(P, 1024, rng), draw(Q, 1024, rng))
    x = np.linspace(-7, 7, 4001)
    p, q, width = density(P, x), density(Q, x), 14 / 4000
    logits = np.asarray(gan.discriminate(x[:, None].astype("float32")).logits)[:, 0]
    return float(_value(loss, logits, p, q).sum() * width), float((q * f_of(name)(p / q)).sum() * width)


def _value(loss, logits, p, q):
    """Return p T - q f*(T) over the grid: minus the discriminator's loss, its halves weighted by the densities."""
    import numpy as np

    zero = np.zeros_like(logits)
    at_zero = np.asarray(loss.discriminator(zero, zero))
    real = np.asarray(loss.discriminator(logits, zero)) - at_zero / 2
    fake = np.asarray(loss.discriminator(zero, logits)) - at_zero / 2
    return -(p * real + q * fake)


def modes(name, steps, seed):
    """Train a GAN of points on 25 Gaussians; returns (measures of `mode_coverage`, samples)."""
    import keras

    from ganzoo import PointGAN, regularizers
    from ganzoo.data import mixtures
    from ganzoo.errors import NonFiniteError
    from ganzoo.evaluation import metrics
    from ganzoo.evaluation.measure import flatten
    from ganzoo.objectives import Objective

    mixture = mixtures.grid()
    adam = [keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(1e-3, steps), 0.5, 0.99) for _ in range(2)]
    objective = Objective(name, [regularizers.R1(0.05)], 1, *adam)
    gan = PointGAN(2, 2, (128, 128, 128), discriminator_activation="leaky_relu", objective=objective, seed=seed,
                   ema_half_life_images=20_000.0)  # fmt: skip
    gan.compile(jit_compile=False)
    try:
        gan.train(mixture.points(seed=seed), steps=steps, batch_size=256, verbose=False)
    except NonFiniteError:
        return {"modes": 0, "high_quality": math.nan, "kl": math.nan}, gan.sample(2500)
    samples = gan.sample(2500)
    return flatten(metrics.mode_coverage(samples, mixture.centers, mixture.sigma)), samples


def as_table(rows):
    """Return Markdown, a row a training."""
    heads = ("divergence", "seed", "true", "bound", "bound / true", "modes of 25", "high quality", "kl (nats)", "seconds")
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for each in rows:
        cells = [each["divergence"], each["seed"], f"{each['true']:.4f}", f"{each['bound']:.4f}"]
        cells += [f"{each['bound'] / each['true']:.3f}", each["modes"], f"{each['high_quality']:.3f}", f"{each['kl']:.3f}"]
        lines.append("| " + " | ".join(map(str, [*cells, f"{each['seconds']:.0f}"])) + " |")
    return "\n".join(lines) + "\n"


def main(options):
    from ganzoo.data import mixtures
    from ganzoo.utils import images, plots

    if options.steps % 100:
        raise InputError(f"--steps must be a multiple of 100. Received: --steps={options.steps}")
    output = folders.new_output(options, "f_divergences")
    rows, pictures, total = [], {}, len(options.divergences) * options.seeds
    for seed in range(options.seeds):
        for name in options.divergences:
            start = time.perf_counter()
            reached, true = bound(name, options.bound_steps, seed)
            measures, samples = modes(name, options.steps, seed)
            pictures.setdefault(name.replace("_", " "), samples)
            row = {"divergence": name, "seed": seed, "true": true, "bound": reached}
            row |= {each: measures[each] for each in ("modes", "high_quality", "kl")}
            rows.append(row | {"seconds": time.perf_counter() - start})
            left = sum(each["seconds"] for each in rows) / len(rows) * (total - len(rows))
            print(f"{len(rows)}/{total}: {name}, seed {seed}: bound {reached:.4f} of {true:.4f}, {row['modes']} modes; "
                  f"about {left:.0f} s left", flush=True)  # fmt: skip
            (output / "table.md").write_text(as_table(rows), encoding="utf-8")
            with open(output / "table.csv", "w", newline="", encoding="utf-8") as file:
                table = csv.DictWriter(file, list(rows[0]))
                table.writeheader()
                table.writerows(rows)
            images.save_png(output / "f_divergences.png", plots.panels(pictures, mixtures.grid().centers, 4))
    print(as_table(rows))
    command.say(f"wrote {output}/table.md, table.csv and f_divergences.png")


if __name__ == "__main__":
    command.run(main, flag_groups(), __doc__)
