"""Count how many of 1,000 modes a GAN finds: three digits stacked as the colours of one image.

After training, a classifier of single digits reads the three colours of 25,600 samples; it counts the combinations seen, and
the divergence of their shares from those of the training images. By default on scikit-learn's digits at 16x16, which need no
download; --dataset=mnist is the Stacked MNIST of the literature.

    python -m experiments.stacked_digits
    python -m experiments.stacked_digits --dataset=mnist --variant=wgan_gp --steps=20000
"""

import json
import pathlib

from experiments import command, folders, runner
from experiments.flags import choice, define_training_flags

VARIANTS = {"dcgan": "DCGAN", "lsgan": "LSGAN", "wgan": "DigitWGAN", "wgan_gp": "DigitWGANGP"}
SAMPLES = 25_600


def define_flags():
    define_training_flags(dataset="digits", steps=5000, batch_size=64, minutes=30.0, every=(500, 250, 50, 250))
    choice("variant", "dcgan", tuple(VARIANTS), "the game, on DCGAN's networks")


def select(images, options):
    """Return stacks of images."""
    from ganzoo.data.stacked import stacked

    return stacked(images, seed=options.seed)


def load(options):
    """Return the stacks of the images that the flags name."""
    return select(runner.load_for_convolutions(options), options)


def build(options, data):
    """Return the GAN that the flags describe."""
    import ganzoo

    return getattr(ganzoo, VARIANTS[options.variant])(data.image_shape, seed=options.seed)


def count(gan, stacks, reader, seed=1):
    """Count modes in samples of a GAN.

    Args:
        gan: a trained GAN of images (H, W, 3).
        stacks: the data it trained on, with labels.
        reader: `ganzoo.metrics.Classifier` of the single digits.

    Returns:
        Dictionary: `modes`, how many of 1,000 combinations are read in SAMPLES samples; `kl`, the divergence in nats of their
        shares from the data's; `real_modes` and `real_kl`, the same read from as many training images, what one can hope for.
    """
    import numpy as np

    truth = np.bincount(stacks.labels, minlength=1000) / len(stacks)
    results = {}
    for prefix, images in (("", gan.sample(SAMPLES, seed)), ("real_", stacks.images[:SAMPLES])):
        digits = [reader.read(images[:, :, :, channel : channel + 1]) for channel in range(3)]
        shares = np.bincount(np.stack(digits, 1) @ [100, 10, 1], minlength=1000) / len(images)
        seen = shares > 0
        results[f"{prefix}modes"] = int(seen.sum())
        results[f"{prefix}kl"] = float((shares[seen] * np.log(shares[seen] / np.maximum(truth[seen], 1 / len(stacks)))).sum())
    return results


def main():
    from ganzoo import metrics

    gan = runner.train("stacked_digits", build, load)
    run_dir = folders.chosen_run()
    _, options = runner.options_of(run_dir)
    singles = runner.load_for_convolutions(options)
    found = {"step": gan.step, "samples": SAMPLES} | count(gan, select(singles, options), metrics.Classifier.cached(singles))
    path = pathlib.Path(run_dir) / "modes.json"
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(f"\n{found['modes']} of 1,000 modes in {SAMPLES:,} samples, kl {found['kl']:.3f} nats "
          f"(real images: {found['real_modes']}, {found['real_kl']:.3f}); wrote {path}")  # fmt: skip


if __name__ == "__main__":
    define_flags()
    command.run(main, __doc__)
