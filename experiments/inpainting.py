"""Three ways to fill in what is missing, on three kinds of holes: context encoder, partial convolutions, inversion.

Trains `ContextEncoder`, `PartialConvNet` and a `DCGAN` on the same images, and fills in the same held-out ones: by the first
two as they are, by the third through the latents that fit around the hole (`ganzoo.evaluation.inpainting.complete`). Beside
them stands a smooth filling, which no network knows of: each missing pixel the mean of its neighbors. Writes table.md,
table.csv (L1 and PSNR inside the hole, pixels in [0, 1]; steps across its border over those of the true images, 1 where none
shows) and inpainting.png (a row an image: the truth, the hole, smooth, context encoder, partial convolutions, inversion) into
--output, where each training is a run: a study that was stopped goes on with the same command and --output.

    python -m experiments.inpainting
    python -m experiments.inpainting --dataset=mnist --minutes=10
"""

import csv

from experiments import studies
from ganzoo.commands import command, folders
from ganzoo.commands.arguments import DATASETS
from ganzoo.commands.flags import Flag, choice, count, seed

KINDS = ("center", "random", "brush")
SHOWN = 3  # images of each kind of mask in the picture


def flag_groups():
    """Return {title: flags}."""
    return {
        "flags": [
            choice("dataset", "digits", DATASETS["images"], "built-in data set; digits, grass, brick, gravel need no download"),
            Flag("data", "", "a folder of images or an .npz archive, instead of --dataset"),
            Flag("image_size", "", "pixels, 32 or 48x32 (default: the data's; 16 for digits)"),
            count("steps", 3000, "of each training"),
            Flag("minutes", 3.0, "of each training, after which it ends even if steps are left; above 0", float, above=0),
            count("n", 100, "held-out images to fill in", high=10_000),
            count("starts", 4, "latents to descend from, of the inversion"),
            count("descent_steps", 300, "of the inversion"),
            seed(0, "decides weights, masks, and which images are held out"),
            folders.output_flag("inpainting"),
        ]
    }


def load(options):
    """Return (images to train on, held-out ones uint8 `(n, H, W, C)`)."""
    images, test = studies.load(options)
    if test is None:
        images, test = studies.split(images, min(options.n, len(images) // 4), options.seed)
    return images, test.images[: options.n]


def train(images, output, options):
    """Return {name: trained model}, {name: seconds}; each training is a run in the folder `output`."""
    import ganzoo

    shape, seconds, models = images.image_shape, {}, {}
    for name, cls in (("context encoder", ganzoo.ContextEncoder), ("partial conv.", ganzoo.PartialConvNet),
                      ("inversion", ganzoo.DCGAN)):  # fmt: skip
        print(f"{name}: training {cls.__name__}", flush=True)
        models[name], run_dir = cls(shape, seed=options.seed), output / cls.__name__
        how = {"batch_size": min(64, len(images)), "sample_every": options.steps, "diagnose_every": options.steps}
        studies.train(models[name], images, run_dir, options.steps, options.minutes, **how)
        seconds[name] = studies.progress(run_dir)[1]
        print(f"{name}: {type(models[name]).__name__}, {models[name].step} steps in {seconds[name]:.0f} s", flush=True)
    return models, seconds


def fill(models, images, masks, options):
    """Return {name: images filled in, uint8 `(n, H, W, C)`}."""
    import numpy as np

    from ganzoo.evaluation.inpainting import complete, poisson_blend

    made = {"smooth": poisson_blend(images, np.zeros_like(images), masks)}
    for name, model in models.items():
        if name == "inversion":
            print(f"inversion: {len(images)} images, {options.starts} latents each, {options.descent_steps} steps", flush=True)
            how = {"starts": options.starts, "steps": options.descent_steps, "seed": options.seed}
            made[name] = complete(model, images, masks, **how)["images"]
        else:
            made[name] = model.sample(images=images, masks=masks)
    return made


def as_table(rows):
    """Return Markdown: a row a way of filling, L1, PSNR and seam of each kind of mask."""
    lines = ["| | " + " | ".join(f"{kind}: L1, PSNR (dB), seam" for kind in KINDS) + " |", "|---" * (len(KINDS) + 1) + "|"]
    for name in dict.fromkeys(row["way"] for row in rows):
        cells = [f"{row['l1']:.3f}, {row['psnr']:.1f}, {row['seam']:.2f}" for row in rows if row["way"] == name]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def main(options):
    import numpy as np

    from ganzoo.data.masks import Mask
    from ganzoo.evaluation.inpainting import measure_holes
    from ganzoo.utils import images as pictures

    images, unseen = load(options)
    output = folders.new_output(options, "inpainting")
    models, seconds = train(images, output, options)
    rows, shown = [], []
    for kind in KINDS:
        masks = Mask(*unseen.shape[1:3], kind).draw_many(len(unseen), options.seed)
        made = fill(models, unseen, masks, options)
        for name, each in made.items():
            rows.append({"way": name, "mask": kind, **measure_holes(unseen, each, masks), "seconds": seconds.get(name, 0.0)})
        holes = np.where(masks == 1, 128, unseen).astype("uint8")
        shown.append(
            np.stack([each[:SHOWN] for each in (unseen, holes, *made.values())], axis=1).reshape(-1, *unseen.shape[1:])
        )
    (output / "table.md").write_text(as_table(rows), encoding="utf-8")
    with open(output / "table.csv", "w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    grid = pictures.grid(np.concatenate(shown), 3 + len(models), pictures.zoom_for(unseen.shape[1:]))
    pictures.save_png(output / "inpainting.png", grid)
    print(as_table(rows))
    command.say(f"wrote {output}/table.md, table.csv and inpainting.png")


if __name__ == "__main__":
    command.run(main, flag_groups(), __doc__)
