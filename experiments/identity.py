"""Does SiGAN keep what a small image shows? With and without its contrastive term, against bicubic, on unseen digits.

Trains `SiGAN` on pairs of digits, and the same networks with contrastive_weight 0, from the same seeds. Measures held-out
digits: how often a classifier of real digits reads the right one in the result, PSNR (dB, pixels in [0, 1]) and SSIM. Writes
table.md, table.csv and identity.png (a row a digit: small, bicubic, without, with, the truth) into --output, where each
training is a run: a study that was stopped goes on with the same command and --output.

    python -m experiments.identity
    python -m experiments.identity --dataset=mnist --seeds=3
"""

import csv

from experiments import studies
from ganzoo.commands import command, folders
from ganzoo.commands.arguments import DATASETS
from ganzoo.commands.flags import Flag, choice, count
from ganzoo.errors import InputError

SHOWN = 12
WINDOW = 7  # pixels, of SSIM


def flag_groups():
    """Return {title: flags}."""
    return {
        "flags": [
            choice("dataset", "digits", DATASETS["identities"], "built-in set with labels; digits needs no download"),
            Flag("data", "", "an .npz archive with labels, instead of --dataset"),
            Flag("image_size", "", "pixels of the results (default: the data's; 16 for digits)"),
            Flag("scale", 4, "how much smaller the small images are: 2, 4 or 8", int, low=2, high=8),
            Flag("contrastive_weight", 0.1, "of SiGAN's contrastive term, above 0", float, above=0),
            count("steps", 2000, "of each training"),
            count("seeds", 1, "trainings of each"),
            count("n", 2000, "held-out images to measure with", high=10**6),
            folders.output_flag("identity"),
        ]
    }


def load(options):
    """Return (images to train on, held-out ones), two ImageDatasets with labels."""
    images, test = studies.load(options)
    if images.labels is None:
        raise InputError(f"identity measures by labels, and {images.name} has none.")
    if min(images.image_shape[:2]) < WINDOW:
        size = "x".join(map(str, images.image_shape[:2]))
        raise InputError(f"SSIM is of images of at least {WINDOW}x{WINDOW} pixels. Received: {images.name} of {size}")
    if test is None or test.labels is None:
        images, test = studies.split(images, len(images) // 4)
    return images, test


def measure(made, truth, classifier):
    """Return {measure: float} of enlarged images.

    Args:
        made: uint8 `(N, H, W, C)`.
        truth: `ganzoo.data.ImageDataset` of the N images with labels.
        classifier: `ganzoo.evaluation.features.Classifier` of real ones.
    """
    import numpy as np
    from skimage.metrics import structural_similarity

    squares = np.square(made / 255.0 - truth.images / 255.0).mean(axis=(1, 2, 3))
    pairs = zip(made, truth.images, strict=True)
    similar = [structural_similarity(a, b, win_size=WINDOW, channel_axis=-1, data_range=255) for a, b in pairs]
    return {
        "read": float((classifier.predict(made) == truth.labels).mean()),
        "psnr": float((-10 * np.log10(np.maximum(squares, 1e-12))).mean()),
        "ssim": float(np.mean(similar)),
    }


def as_table(rows):
    """Return Markdown: a row a way of enlarging; the mean over seeds, and from least to most where there are several."""
    lines = ["| | seeds | right digit read | PSNR (dB) | SSIM |", "|---|---|---|---|---|"]
    for name in dict.fromkeys(row["way"] for row in rows):
        found = [row for row in rows if row["way"] == name]
        cells = []
        for key, factor, digits in (("read", 100, 1), ("psnr", 1, 2), ("ssim", 1, 3)):
            values = [factor * row[key] for row in found]
            spread = f" ({min(values):.{digits}f} to {max(values):.{digits}f})" if len(values) > 1 else ""
            cells.append(f"{sum(values) / len(values):.{digits}f}{' %' if key == 'read' else ''}{spread}")
        lines.append(f"| {name} | {len(found)} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def main(options):
    import numpy as np

    import ganzoo
    from ganzoo.data import IdentityPairs
    from ganzoo.data.resize import resize_pixels
    from ganzoo.evaluation.features import Classifier
    from ganzoo.utils import images as pictures

    images, unseen = load(options)
    pairs = IdentityPairs(images, options.scale)
    output = folders.new_output(options, "identity")
    classifier = Classifier.cached(images, unseen)
    test = unseen.split(options.n, 0)[1] if len(unseen) > options.n else unseen
    low = IdentityPairs(test, options.scale).low
    bicubic = np.stack([resize_pixels(each, test.image_shape[:2]) for each in low])
    rows = [{"way": name, "seed": 0, **measure(each, test, classifier)} for name, each in
            (("real", test.images), ("bicubic", bicubic))]  # fmt: skip
    shown = {}
    for seed in range(options.seeds):
        for name, weight in (("without contrast", 0.0), ("SiGAN", options.contrastive_weight)):
            model = ganzoo.SiGAN(images.image_shape, options.scale, contrastive_weight=weight, seed=seed)
            command.say(f"training {name}, seed {seed}")
            how = {"batch_size": min(64, len(images)), "sample_every": options.steps, "diagnose_every": options.steps}
            studies.train(model, pairs, output / f"{name.replace(' ', '_')}_{seed}", options.steps, **how)
            made = model.sample(low=low)
            shown.setdefault(name, made)
            rows.append({"way": name, "seed": seed, **measure(made, test, classifier)})
            print(
                f"{name}, seed {seed}: " + ", ".join(f"{key} {rows[-1][key]:.4f}" for key in ("read", "psnr", "ssim")),
                flush=True,
            )
            (output / "table.md").write_text(as_table(rows), encoding="utf-8")
    with open(output / "table.csv", "w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    columns = [pictures.repeated(low, test.image_shape[:2]), bicubic, *shown.values(), test.images]
    grid = np.stack([each[:SHOWN] for each in columns], axis=1).reshape(-1, *test.image_shape)
    pictures.save_png(output / "identity.png", pictures.grid(grid, 2 * len(columns), pictures.zoom_for(test.image_shape)))
    print(as_table(rows))
    command.say(f"wrote {output}/table.md, table.csv and identity.png")


if __name__ == "__main__":
    command.run(main, flag_groups(), __doc__)
