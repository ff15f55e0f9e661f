"""Does growing help? A GAN that grows against the same networks trained at full size from the start, at equal processor time.

Both play `ProgressiveGAN`'s game on the same images, of which a fifth is held out, for --minutes of processor time each (what
else the machine does then counts for nothing), for every seed. What is measured is the excess kernel distance of their samples
to the held-out images, that of training images subtracted: on features of a classifier of the images' own labels, else on
statistics of filters and, of whole images, colors. Each training is a run in --run_dir: a stopped study continues with the same
command, a finished one with more --minutes. Beside the runs stand growing.json with all numbers, growing.gif with the samples
of the first grown run, and growing.png with those of both.

    python -m experiments.growing
    python -m experiments.growing --data=pictures.npz --minutes=8 --seeds=3
"""

import json
import math
import time

from experiments import studies
from ganzoo.commands import command, runner, sources
from ganzoo.commands.flags import Flag, choice_list, count
from ganzoo.registry import RECIPES
from ganzoo.utils.console import progress_bar
from ganzoo.utils.files import expanded, write_whole

RECIPE = RECIPES["progressive"]
KINDS = ("grown", "full")
OWN = ("steps", "epochs", "minutes", "run_dir", "resume", "override")  # of a run's flags those that this study has otherwise
FOREVER = 10**6  # steps: the minutes end a training
SAMPLES = 1000
COLUMN = "processor_seconds"  # of metrics.csv


def groups():
    """Return {title: flags}: those of `ganzoo train progressive`, but no steps and no --resume, and how many seeds."""
    own = [
        Flag("minutes", RECIPE.minutes, "of processor time of each training, above 0", float, above=0),
        Flag("run_dir", "runs/growing", "folder of the study"),
        count("seeds", 1, "how often each is trained, with seeds from --seed on"),
        choice_list("only", KINDS, "what to train and measure"),
    ]
    found = runner.flag_groups(RECIPE).items()
    return {title: [each for each in flags if each.name not in OWN] for title, flags in found} | {"the comparison": own}


def build(kind, game, shape, seed):
    """Return the GAN that grows, or for kind "full" one of the same networks, objective and average that does not."""
    import ganzoo
    from ganzoo.commands import compose

    grown = compose.build(game, shape, seed=seed)
    if kind == "grown":
        return grown
    shared = ("latent", "networks", "objective", "ema_half_life_images", "ema_warmup", "seed")
    return ganzoo.GAN(shape, **{name: getattr(grown, name) for name in shared})


def spent(run_dir):
    """Return the processor seconds of a run's training up to its newest checkpoint, 0.0 if there is none."""
    from ganzoo.training.callbacks.metrics_csv import read_rows

    step, _ = studies.progress(run_dir)
    rows = [row for row in read_rows(run_dir / "metrics.csv") if int(row["step"]) <= step]
    return float(rows[-1][COLUMN]) if rows else 0.0


def budget(minutes, before, bar):
    """Return a callback that ends a training after the given minutes of processor time, all threads together, and logs them.

    Args:
        minutes: of all the calls that train a run.
        before: seconds of them that earlier calls took.
        bar: `tqdm` bar of all these seconds.
    """
    import keras

    begin = time.process_time() - before

    class ProcessorTime(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            seconds = time.process_time() - begin
            bar.update(min(int(seconds), bar.total) - bar.n)
            if seconds >= 60 * minutes:
                self.model.stop_training = True

        def on_epoch_end(self, epoch, logs=None):
            logs[COLUMN] = time.process_time() - begin

    return ProcessorTime()


def train(gan, data, run_dir, options):
    """Train a GAN until its minutes are over, those of earlier calls counted; returns it as its run has it then."""
    import ganzoo

    before = spent(run_dir)
    if before >= 60 * options.minutes:
        return ganzoo.load(run_dir)
    with progress_bar(math.ceil(60 * options.minutes), run_dir.name, "second") as bar:
        gan.train(data, FOREVER, batch_size=options.batch_size, run_dir=run_dir, resume=(run_dir / "config.json").exists(),
                  callbacks=[budget(options.minutes, before, bar)], log_every=options.log_every,
                  sample_every=options.sample_every, checkpoint_every=options.checkpoint_every,
                  diagnose_every=options.diagnose_every, verbose=False)  # fmt: skip
    return gan


def split(found, seed=0):
    """Return (four fifths, a fifth) of a set of images, or of crops by where they are taken from."""
    import numpy as np

    from ganzoo.data import ImageDataset

    if not isinstance(found, ImageDataset):
        return found.split(0.2)
    order = np.random.default_rng(seed).permutation(len(found))
    labels = found.labels
    parts = order[len(order) // 5 :], order[: len(order) // 5]
    return tuple(ImageDataset(found.images[part], None if labels is None else labels[part]) for part in parts)


def references(train, held_out, extract):
    """Return (features of held-out images, of training images, {"reference": the kernel distance of both}).

    Raises:
        InputError: if the images are too few for that distance, before anything is trained.
    """
    import numpy as np

    from ganzoo.evaluation.metrics import kernel_distance

    def images(data, seed):
        if callable(data.images):
            return data.images(SAMPLES)
        return data.images[np.random.default_rng(seed).permutation(len(data))[:SAMPLES]]

    real, known = (np.asarray(extract(each)) for each in (images(held_out, 0), images(train, 1)))
    return real, known, {"reference": kernel_distance(real, known).value}


def measure(gan, real, known, shape, extract):
    """Return {"kernel_distance", "kernel_distance_error"}, in excess of that of training images, "size" and "step"."""
    import numpy as np

    from ganzoo.evaluation.metrics import excess_kernel_distance
    from ganzoo.utils.images import repeated

    made = gan.sample(SAMPLES, seed=1)
    fake = np.asarray(extract(repeated(made, shape[:2])))  # a run may end before the last size
    excess = excess_kernel_distance(real, fake, known)
    return {"kernel_distance": excess.value, "kernel_distance_error": excess.error, "size": made.shape[1], "step": gan.step}


def features_of(train):
    """Return (callable from uint8 images to features, its name); of crops, which have no places, statistics of filters."""
    from ganzoo.evaluation import features

    if callable(train.images) and min(train.image_shape[:2]) >= 32:
        return features.texture_features, "texture"
    if callable(train.images):
        return features.pixel_features, "pixels"
    if train.labels is not None:
        return features.Classifier.cached(train).features, "classifier"
    extract = features.unlabelled_features(train.images[:: -(-len(train) // 10_000)])
    return extract, "pixels" if extract is features.pixel_features else "statistics"


def main(options):
    import numpy as np

    import ganzoo
    from ganzoo.commands import compose
    from ganzoo.utils import images as pictures

    folder = expanded(options.run_dir)
    path = folder / "growing.json"
    results = studies.read_results(path)
    images, held_out = split(sources.load(RECIPE, options))
    game = compose.game_of(RECIPE, runner.game_values(RECIPE, options))
    extract, used = features_of(images)
    real, known, reference = references(images, held_out, extract)
    seeds = range(options.seed, options.seed + options.seeds)
    for seed in seeds:
        for kind in options.only:
            run_dir, name = folder / f"{kind}_{seed}", f"{kind}_{seed}"
            gan = build(kind, game, images.image_shape, seed)
            studies.check_same(gan, images, run_dir, options.batch_size)
            if name in results and results[name]["minutes"] >= options.minutes:
                continue
            command.say(f"{kind}, seed {seed}, {options.minutes:g} minutes:")
            gan = train(gan, images, run_dir, options)
            found = measure(gan, real, known, images.image_shape, extract)
            results[name] = found | reference | {"features": used, "minutes": options.minutes}
            write_whole(path, json.dumps(results, indent=1) + "\n")
    for kind in KINDS:
        found = [results[name] for seed in seeds if (name := f"{kind}_{seed}") in results]
        if found:
            values = [each["kernel_distance"] for each in found]
            minutes = " or ".join(f"{each:g}" for each in sorted({each["minutes"] for each in found}))
            print(f"{kind}, {minutes} minutes: excess kernel distance {np.mean(values):.4g}, "
                  f"{', '.join(f'{value:.4g}' for value in values)}")  # fmt: skip
    first = [folder / f"{kind}_{options.seed}" for kind in KINDS]
    if all(each.exists() for each in first):
        made = [pictures.repeated(ganzoo.load(each).sample(40, seed=1), images.image_shape[:2]) for each in first]
        sheets = [pictures.grid(each, 10, zoom=2) for each in made]
        gap = np.full((8, *sheets[0].shape[1:]), 255, "uint8")
        pictures.save_png(folder / "growing.png", np.concatenate([sheets[0], gap, sheets[1]]))
    pictures.save_animation(folder / "growing.gif", sorted((first[0] / "samples").glob("step_*.png")))
    written = [name for name in (path.name, "growing.png", "growing.gif") if (folder / name).exists()]
    command.say(f"wrote {', '.join(written)} into {folder}")


if __name__ == "__main__":
    command.run(main, groups(), __doc__)
