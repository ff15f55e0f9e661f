"""Provoke the three failures of GANs that the lecture names, beside a remedy for each, and print what the diagnosis reports.

oscillation: one number against one number (the "Dirac GAN"): they circle, and come to rest only slowly, as nothing but taking
    turns damps the swings; R1 draws them in at once.
vanishing_gradient: the saturating loss against a discriminator that is sure; the non-saturating loss still moves.
mode_collapse: eight Gaussians on a ring, and a generator so much quicker than the discriminator that it runs from one to the
    next; equal learning rates and R1 find all.

Each writes a figure NAME.png and what was diagnosed, NAME.json, into --output. All three take a minute or so.

    python -m experiments.pathologies
    python -m experiments.pathologies --failures=mode_collapse --seed=3
"""

import json

from ganzoo.commands import command, folders
from ganzoo.commands.flags import choice_list, seed


def groups():
    """Return {title: flags}."""
    failures = choice_list("failures", tuple(FAILURES), "failures to provoke")
    return {"flags": [failures, seed(0, "decides initial weights and noise"), folders.output_flag("pathologies")]}


def dirac_gan(seed, regularizers=()):
    """Return G(z) = 0.03 z + theta against D(x) = psi x, both by gradient descent (Mescheder et al. 2018, arXiv:1801.04406)."""
    import keras
    from keras import layers

    import ganzoo
    from ganzoo.objectives import Objective

    class Shift(layers.Layer):
        def build(self, input_shape):
            self.theta = self.add_weight(shape=(1,), initializer="ones", name="theta")

        def call(self, latents):
            return 0.03 * latents + self.theta

    class DiracGAN(ganzoo.PointGAN):
        def build_generator(self):
            return keras.Sequential([keras.Input((1,)), Shift()], name="generator")

        def build_discriminator(self):
            return keras.Sequential([keras.Input((1,)), layers.Dense(1, use_bias=False, kernel_initializer="zeros")])

    descent = keras.optimizers.SGD(0.05)
    objective = Objective("non_saturating", regularizers, discriminator_optimizer=descent, generator_optimizer=descent)
    return DiracGAN(1, latent=1, objective=objective, center=0.0, scale=1.0, seed=seed)


def oscillation(seed):
    """Return (data, {name: GAN}, steps, steps a log entry) of the game that circles."""
    import numpy as np

    from ganzoo.data.points import PointDataset
    from ganzoo.regularizers import R1

    data = PointDataset(0.03 * np.random.default_rng(seed).normal(size=(1000, 1)), "a Gaussian at 0")
    return data, {"plain": dirac_gan(seed), "with R1": dirac_gan(seed, [R1(1.0)])}, 4000, 20


def vanishing_gradient(seed):
    """Return the same of a discriminator that is sure of itself: ten updates a step at fifty times the generator's rate."""
    import numpy as np

    from ganzoo.data.points import PointDataset

    def build(loss):
        return point_gan(1, (32,), rates=(1e-2, 2e-4), seed=seed, loss=loss, n_critic=10)

    data = PointDataset(4.0 + 0.1 * np.random.default_rng(seed).normal(size=(1000, 1)), "a Gaussian at 4")
    return data, {"saturating": build("minimax"), "non-saturating": build("non_saturating")}, 5000, 50


def mode_collapse(seed):
    """Return the same of a generator that runs after a slow discriminator from mode to mode."""
    from ganzoo.data.mixtures import ring
    from ganzoo.regularizers import R1

    hasty = point_gan(2, (64, 64), rates=(2e-4, 2e-3), seed=seed, beta_1=0.9)
    steady = point_gan(2, (64, 64), rates=(1e-3, 1e-3), seed=seed, regularizers=[R1(0.1)])
    return ring().points(seed=seed), {"generator ten times as quick": hasty, "equal rates and R1": steady}, 8000, 100


def point_gan(dimensions, hidden, rates, seed, beta_1=0.5, **options):
    """Return a `PointGAN` with a latent of 2; rates: learning rates of (discriminator, generator); options: of `Objective`."""
    import keras

    from ganzoo import PointGAN
    from ganzoo.objectives import Objective

    adam = [keras.optimizers.Adam(rate, beta_1=beta_1) for rate in rates]
    objective = Objective(discriminator_optimizer=adam[0], generator_optimizer=adam[1], **options)
    return PointGAN(dimensions, 2, hidden, objective=objective, center=0.0, scale=1.0, seed=seed)


FAILURES = {"oscillation": oscillation, "vanishing_gradient": vanishing_gradient, "mode_collapse": mode_collapse}


def run(failure, seed):
    """Train a failure and its remedy.

    Returns:
        (dictionary {name: finished `ganzoo.training.callbacks.Diagnosis`}, its GAN under `.model`; the data).
    """
    from ganzoo.training.callbacks import Diagnosis

    data, gans, steps, every = FAILURES[failure](seed)
    diagnoses = {}
    for name, gan in gans.items():
        print(f"\n{failure}, {name}:", flush=True)
        diagnosis = Diagnosis(data.arrays, every=5 * every)
        gan.train(data, steps=steps, steps_per_execution=every, log_every=every, callbacks=[diagnosis], verbose=False)
        diagnoses[name] = diagnosis
    return diagnoses, data


def draw(failure, diagnoses, data):
    """Return a matplotlib figure: a column a run; the samples above, the evidence that tells below."""
    import numpy as np
    from matplotlib.figure import Figure

    series = {
        "oscillation": ("generator loss", lambda row: [pair[1] for pair in row["losses"]], "linear"),
        "vanishing_gradient": ("norm of the gradient for G", lambda row: [row["gradient"]], "log"),
        "mode_collapse": ("effective modes", lambda row: [row["modes"]], "linear"),
    }
    label, values, scale = series[failure]
    figure = Figure(figsize=(9, 7), layout="constrained")
    axes = figure.subplots(2, len(diagnoses), squeeze=False)
    for column, (name, diagnosis) in enumerate(diagnoses.items()):
        gan, rows = diagnosis.model, diagnosis.rows
        top, bottom = axes[0, column], axes[1, column]
        samples, real = gan.sample(1000), data.points[:1000]
        if samples.shape[1] == 2:
            top.scatter(*real.T, s=3, color="lightgray", label="real")
            top.scatter(*samples.T, s=3, color="tab:blue", label="generated")
            top.set_aspect("equal")
        else:
            low, high = (f(np.concatenate([real, samples])) for f in (np.min, np.max))
            bins = np.linspace(low - 0.1, high + 0.1, 60)
            for points, color, kind in ((real, "lightgray", "real"), (samples, "tab:blue", "generated")):
                top.hist(points[:, 0], bins, color=color, label=kind, alpha=0.8)
        top.set_title(f"{name}: {gan.step} steps")
        top.legend(loc="center" if samples.shape[1] == 2 else "upper right")
        points = [value for row in rows for value in values(row)]
        bottom.plot(np.linspace(0, gan.step, len(points)), points, linewidth=1)
        bottom.set(xlabel="step (generator updates)", ylabel=label, yscale=scale)
        bottom.grid(alpha=0.3)
        bottom.sharey(axes[1, 0])
    said = diagnoses[next(iter(diagnoses))].findings
    figure.suptitle(f"{failure.replace('_', ' ')}: " + (said[0]["message"] if said else "not seen by the diagnosis"))
    return figure


def main(options):
    output = folders.new_output(options, "pathologies")
    for failure in options.failures:
        diagnoses, data = run(failure, options.seed)
        draw(failure, diagnoses, data).savefig(output / f"{failure}.png", dpi=100)
        said = {name: diagnosis.findings for name, diagnosis in diagnoses.items()}
        (output / f"{failure}.json").write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
    print(f"\nwrote {', '.join(f'{failure}.png and .json' for failure in options.failures)} into {output}")


if __name__ == "__main__":
    command.run(main, groups(), __doc__)
