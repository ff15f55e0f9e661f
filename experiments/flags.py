"""The flags that every training experiment shares. Imports nothing heavy, so that --help and typing errors answer at once."""

import difflib

from absl import flags

FLAGS = flags.FLAGS
DATASETS = ("grass", "brick", "gravel", "forest", "mnist", "fashion_mnist", "cifar10", "digits")


def define_training_flags(dataset, steps, batch_size, minutes, every=None):
    """Define the flags of experiments on images; the arguments are the experiment's defaults, see `define_run_flags`."""
    choice("dataset", dataset, DATASETS, "built-in data set; grass, brick, gravel and digits need no download")
    flags.DEFINE_string("data", "", "a folder of images or an .npz archive to train on, instead of --dataset")
    flags.DEFINE_string(
        "image_size",
        "",
        "pixels, 32 or 48x32 (height x width); images are cropped and resized to it (default: the data's)",
    )
    flags.DEFINE_boolean("strict", False, "refuse a folder that holds unusable images instead of skipping them")
    define_run_flags(steps, batch_size, minutes, every)


def define_run_flags(steps, batch_size, minutes, every=None):
    """Define the flags that every training experiment shares.

    Args:
        steps, batch_size: defaults.
        minutes: time limit that holds where --steps is not given.
        every: defaults of (checkpoint_every, sample_every, log_every, diagnose_every).
    """
    checkpoint_every, sample_every, log_every, diagnose_every = every or (100, 50, 10, 100)
    count("steps", steps, "generator updates in the whole run, each with its discriminator updates; at least 1")
    flags.DEFINE_float(
        "minutes", minutes, "of training after which to stop even if steps are left, above 0; with --steps there is no limit"
    )
    count("batch_size", batch_size, "examples per update; at least 1")
    flags.DEFINE_integer("seed", 0, "0 to 2147483647; decides initial weights, noise and the order of images", 0, 2**31 - 1)
    flags.DEFINE_string("run_dir", "", "folder of the run (default: a new one, runs/EXPERIMENT/DATA-DATE-TIME)")
    flags.DEFINE_boolean("resume", False, "go on with the run in --run_dir, or with the newest; its flags are remembered")
    count("checkpoint_every", checkpoint_every, "steps between checkpoints; at least 1")
    count("sample_every", sample_every, "steps between sample pictures; at least 1")
    count("diagnose_every", diagnose_every, "steps between two looks for symptoms of failure; at least 1")
    count("log_every", log_every, "steps per row of metrics.csv; at least 1")


def count(name, default, text):
    """Define a flag that is an integer of at least 1."""
    flags.DEFINE_integer(name, default, text, lower_bound=1)


def choice(name, default, values, text):
    """Define a flag with a fixed list of values; another value gets the list and the nearest one."""
    flags.DEFINE_string(name, default, f"{text}: {', '.join(values)}")

    flags.register_validator(name, lambda value: _known(value, values))


def choices(name, default, values, text):
    """Define a flag that is a list of words, each of a fixed list, at least one."""
    flags.DEFINE_list(name, list(default), f"{text}, separated by commas; of {', '.join(values)}")

    def check(chosen):
        if not chosen:
            raise flags.ValidationError(f"must name at least one of {', '.join(values)}")
        return all(_known(value, values) for value in chosen)

    flags.register_validator(name, check)


def _known(value, values):
    """Return True, or say which values there are and which is nearest."""
    if value in values:
        return True
    near = difflib.get_close_matches(value, values, n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    raise flags.ValidationError(f"must be one of {', '.join(values)}, not {value!r}.{hint}")


def given(name):
    """Return whether the command has the flag and it stands on the command line."""
    return name in FLAGS and FLAGS[name].present > 0
