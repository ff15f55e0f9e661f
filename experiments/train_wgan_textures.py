"""Train the lecture's Wasserstein GAN to make textures.

By default on 32x32 crops of a photograph of grass, which needs no download. --dataset=forest is the lecture's own example
(CIFAR-100, class 33; downloaded once). --data=FOLDER or --data=FILE.npz trains on your images.

    python -m experiments.train_wgan_textures
    python -m experiments.train_wgan_textures --data=my_photos --image_size=48 --steps=2000
    python -m experiments.train_wgan_textures --resume
"""

from absl import flags

from experiments import command, runner
from experiments.flags import choice, define_training_flags
from ganzoo.errors import InputError

VARIANTS = ("wgan", "wgan_gp", "relativistic")


def define_flags():
    """Define this command's flags; not at import, since other commands import `build` and have flags of their own."""
    define_training_flags(dataset="grass", steps=1500, batch_size=32, minutes=9.0)
    choice("variant", "wgan", VARIANTS, "the game")
    flags.DEFINE_float("learning_rate", 2e-4, "of both networks' optimizers, above 0; the lecture's is 5e-5")
    flags.DEFINE_float(
        "ema_half_life_images",
        1000.0,
        "above 0; samples come from an average of the generator over about so many images",
    )
    flags.DEFINE_boolean(
        "literal_clipping", False, "clip every weight of the critic as the lecture does, and see nothing learned"
    )


def build(options, data):
    """Return the GAN that the flags describe."""
    import ganzoo

    if options.literal_clipping and options.variant != "wgan":
        raise InputError(f"--literal_clipping goes with --variant=wgan. Received: --variant={options.variant}")
    shared = {
        "image_shape": data.image_shape,
        "learning_rate": options.learning_rate,
        "ema_half_life_images": options.ema_half_life_images,
        "seed": options.seed,
    }
    if options.variant == "wgan":
        return ganzoo.WGAN(literal_clipping=options.literal_clipping, **shared)
    return {"wgan_gp": ganzoo.WGANGP, "relativistic": ganzoo.RelativisticGAN}[options.variant](**shared)


def main():
    runner.train("train_wgan_textures", build)


if __name__ == "__main__":
    define_flags()
    command.run(main, __doc__)
