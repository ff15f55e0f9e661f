"""Train the lecture's DCGAN to write digits.

By default on scikit-learn's digits at 16x16, which need no download. --dataset=mnist is the lecture's own example.
Two warnings of the lecture are flags: --discriminator_batch_norm and --strides_last.

    python -m experiments.train_dcgan
    python -m experiments.train_dcgan --dataset=mnist --steps=40000
    python -m experiments.train_dcgan --data=my_photos --image_size=48
"""

from absl import flags

from experiments import command, runner
from experiments.flags import define_training_flags


def define_flags():
    define_training_flags(dataset="digits", steps=5000, batch_size=64, minutes=30.0, every=(500, 250, 50, 250))
    flags.DEFINE_boolean(
        "discriminator_batch_norm", False, "normalise batches in the discriminator too; the lecture warns of it"
    )
    flags.DEFINE_boolean("strides_last", False, "up-sample in the generator's last two layers; the lecture warns of it")


load = runner.load_for_convolutions


def build(options, data):
    """Return the GAN that the flags describe."""
    import ganzoo

    return ganzoo.DCGAN(
        data.image_shape,
        discriminator_batch_norm=options.discriminator_batch_norm,
        strides_last=options.strides_last,
        seed=options.seed,
    )


def main():
    runner.train("train_dcgan", build, load)


if __name__ == "__main__":
    define_flags()
    command.run(main, __doc__)
