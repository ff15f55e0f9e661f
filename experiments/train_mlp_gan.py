"""Train the GAN of lecture 002: two dense networks, and digits from noise.

By default on scikit-learn's 8x8 digits, which need no download; --dataset=mnist is the lecture's example, 50 epochs in batches
of 128. --digit=9 trains on one digit alone, as in lecture 000. Every epoch leaves its picture in samples/ and the generator's
weights in weights/, for `gan.generator.load_weights`.

    python -m experiments.train_mlp_gan
    python -m experiments.train_mlp_gan --dataset=mnist --digit=9 --epochs=20
"""

import pathlib

from absl import flags

from experiments import command, runner
from experiments.flags import count, define_training_flags, given


def define_flags():
    define_training_flags(dataset="digits", steps=1, batch_size=128, minutes=30.0, every=(100, 50, 10, 250))
    flags.FLAGS["steps"].help = "generator updates in the whole run; at least 1 (default: --epochs of the data)"
    for name in ("checkpoint_every", "sample_every"):
        flags.FLAGS[name].help += " (default: every epoch)"
    count("epochs", 50, "how often the run sees the data, where --steps is not given; at least 1")
    flags.DEFINE_integer("digit", -1, "train on the images with this label alone, 0 to 9; -1 takes all", -1, 9)


def select(images, options):
    """Return the images of the digit that is asked for, or all."""
    return images.with_label(options.digit) if options.digit >= 0 else images


def load(options):
    """Return the images, of one digit where one is asked for; count steps in epochs where nothing else is said."""
    images = select(runner.load_images(options), options)
    epoch = max(1, len(images) // options.batch_size)
    if not options.resume or given("epochs"):
        options.steps = options.steps if given("steps") else options.epochs * epoch
    options.epoch_steps = epoch
    if not options.resume:
        for name in ("checkpoint_every", "sample_every"):
            setattr(options, name, getattr(options, name) if given(name) else epoch)
    return images


def build(options, data):
    """Return the GAN that the flags describe."""
    import ganzoo

    return ganzoo.GAN(data.image_shape, seed=options.seed)


def keep_weights(options):
    """Return the callback that writes the generator's weights at the end of every epoch."""
    import keras

    folder = pathlib.Path(options.run_dir) / "weights"

    class KeepWeights(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            epoch, rest = divmod(self.model.step, options.epoch_steps)
            if rest == 0:
                folder.mkdir(exist_ok=True)
                self.model.generator.save_weights(folder / f"epoch_{epoch:03d}.weights.h5")

    return KeepWeights()


def main():
    runner.train("train_mlp_gan", build, load, watch=keep_weights)


if __name__ == "__main__":
    define_flags()
    command.run(main, __doc__)
