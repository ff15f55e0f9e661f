"""Draw images from a trained generator: a grid of samples, or paths between samples.

python -m experiments.sample --run_dir=runs/wgan_textures/grass-... --n=64 --seed=1
python -m experiments.sample --run_dir=runs/wgan_textures/grass-... --interpolate --n=6
"""

import pathlib

from absl import flags

from experiments import command, runner
from experiments.flags import count
from ganzoo.errors import InputError

FLAGS = flags.FLAGS
flags.DEFINE_string("run_dir", "", "folder of the run (default: the newest below runs/)")
count("n", 64, "how many images, or how many paths with --interpolate; at least 1")
flags.DEFINE_integer("seed", 1, "0 to 2147483647; the same seed gives the same images", 0, 2**31 - 1)
flags.DEFINE_boolean("interpolate", False, "draw paths of 8 images from one sample to another, a row each")
flags.DEFINE_string("output", "", "PNG to write (default: samples_SEED.png or paths_SEED.png in the run's folder)")


def main():
    from ganzoo import images

    run_dir = runner.chosen_run()
    default = run_dir / f"{'paths' if FLAGS.interpolate else 'samples'}_{FLAGS.seed}.png"
    output = pathlib.Path(FLAGS.output or default)
    if output.suffix.lower() != ".png" or not output.parent.is_dir():
        raise InputError(f"output must be a .png file in a folder that exists. Received: --output={output}")
    gan = runner.restore(run_dir)
    if FLAGS.interpolate:
        rows = [gan.interpolate(8, FLAGS.seed + i, FLAGS.seed + i + 1) for i in range(FLAGS.n)]
        pictures, columns = [image for row in rows for image in row], 8
    else:
        pictures, columns = gan.sample(FLAGS.n, FLAGS.seed), None
    images.save_png(output, images.grid(pictures, columns, zoom=images.zoom_for(gan.image_shape)))
    print(f"wrote {output}: {len(pictures)} images of the generator at step {gan.step}")


if __name__ == "__main__":
    command.run(main, __doc__)
