"""Draw from a trained generator: a grid of samples, paths between samples, or what its codes do.

python -m experiments.sample --run_dir=runs/wgan_textures/grass-... --n=64 --seed=1
python -m experiments.sample --run_dir=runs/wgan_textures/grass-... --interpolate --n=6
python -m experiments.sample --run_dir=runs/cgan/digits-... --labels=0-9 --n=100
python -m experiments.sample --run_dir=runs/infogan/digits-... --traverse=1
"""

import pathlib
import re

from absl import flags

from experiments import command, folders, runner
from experiments.flags import count
from ganzoo.errors import InputError

FLAGS = flags.FLAGS
flags.DEFINE_string("run_dir", "", "folder of the run (default: the newest below runs/)")
count("n", 64, "how many images, or how many paths with --interpolate; at least 1")
flags.DEFINE_integer("seed", 1, "0 to 2147483647; the same seed gives the same images", 0, 2**31 - 1)
flags.DEFINE_boolean("interpolate", False, "draw paths of 8 images from one sample to another, a row each")
flags.DEFINE_boolean("straight", False, "with --interpolate: straight lines between latents instead of great circles")
flags.DEFINE_string("labels", "", "of a conditional GAN: what to draw, such as 7, 0-9 or 3,1,4; repeated until there are --n")
flags.DEFINE_integer("traverse", -1, "of InfoGAN: the continuous code that goes from -2 to 2 along each row; -1 for none", -1)
flags.DEFINE_string(
    "output", "", "PNG to write (default: samples_SEED.png, paths_SEED.png or traversal_CODE_SEED.png in the run's folder)"
)


def parse_labels(text):
    """Return the ints that "0-9", "3,1,4" or a mixture names.

    Example:
        >>> parse_labels("0-2,7")
        [0, 1, 2, 7]
    """
    labels = []
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\d{1,6})(?:-(\d{1,6}))?\s*", part)
        if match is None or int(match[2] or match[1]) < int(match[1]):
            raise InputError(f"labels must look like 7, 0-9 or 3,1,4. Received: --labels={text}")
        labels += range(int(match[1]), int(match[2] or match[1]) + 1)
    return labels


def draw(gan):
    """Return the picture that the flags ask for."""
    import numpy as np

    from ganzoo import images

    if gan.image_rank != 3:
        return gan.picture(FLAGS.seed)
    if FLAGS.labels and not gan.needs_labels:
        raise InputError(f"--labels goes with a conditional GAN. Received: a run of {type(gan).__name__}")
    if FLAGS.traverse >= 0 and not hasattr(gan, "traversal"):
        raise InputError(f"--traverse goes with InfoGAN. Received: a run of {type(gan).__name__}")
    labels = parse_labels(FLAGS.labels) if FLAGS.labels else None
    if FLAGS.traverse >= 0:
        pictures, columns = gan.traversal(FLAGS.traverse, 10, FLAGS.seed), 10
    elif FLAGS.interpolate:
        each = [{"label": labels[i % len(labels)]} if labels else {} for i in range(FLAGS.n)]
        rows = [gan.interpolate(8, FLAGS.seed + i, FLAGS.seed + i + 1, not FLAGS.straight, **each[i]) for i in range(FLAGS.n)]
        pictures, columns = np.concatenate(rows), 8
    else:
        pictures = gan.sample(FLAGS.n, FLAGS.seed, **({"labels": labels} if labels else {}))
        columns = len(labels) if labels and 1 < len(labels) <= 20 else None
    return images.grid(pictures, columns, zoom=images.zoom_for(gan.image_shape))


def main():
    from ganzoo import images

    run_dir = folders.chosen_run()
    kind = f"traversal_{FLAGS.traverse}" if FLAGS.traverse >= 0 else "paths" if FLAGS.interpolate else "samples"
    default = run_dir / f"{kind}_{FLAGS.seed}.png"
    output = pathlib.Path(FLAGS.output or default)
    if output.suffix.lower() != ".png" or not output.parent.is_dir():
        raise InputError(f"output must be a .png file in a folder that exists. Received: --output={output}")
    gan = runner.restore(run_dir)
    images.save_png(output, draw(gan))
    print(f"wrote {output}: from the generator at step {gan.step}")


if __name__ == "__main__":
    command.run(main, __doc__)
