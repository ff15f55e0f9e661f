"""Write a run's generator as a SavedModel that loads with TensorFlow alone.

    python -m experiments.export --run_dir=runs/wgan_textures/grass-... --output=generator

Endpoints: serving_default, latents float32 (N, latent) -> images float32 (N, H, W, C) in [0, 1]; from_seed, seeds int32 (N,) ->
images uint8 (N, H, W, C). A CGAN's take labels int32 (N,) besides, InfoGAN's serving_default takes categories and codes.
"""

import pathlib

from absl import flags

from experiments import command, folders, runner
from ganzoo.errors import InputError

FLAGS = flags.FLAGS
flags.DEFINE_string("run_dir", "", "folder of the run (default: the newest below runs/)")
flags.DEFINE_string("output", "generator", "folder to write; it must not exist yet, or be an exported generator")


def main():
    output = pathlib.Path(FLAGS.output)
    if output.exists() and not (output / "saved_model.pb").exists():
        raise InputError(f"{output} exists and is no exported generator; choose another --output.")
    gan = runner.restore(folders.chosen_run())
    output.parent.mkdir(parents=True, exist_ok=True)
    print(f"wrote {gan.export(output)}: the generator at step {gan.step}. To use it:")
    name, labels = "images" if gan.image_rank == 3 else "points", ", labels=tf.constant([0, 1, 2])" if gan.needs_labels else ""
    print(f'  generator = tf.saved_model.load("{output}")')
    print(f'  {name} = generator.signatures["from_seed"](seeds=tf.constant([1, 2, 3]){labels})["{name}"]')


if __name__ == "__main__":
    command.run(main, __doc__)
