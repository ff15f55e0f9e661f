"""What StyleGAN's styles do: train it, mix styles, truncate, switch the noise on and off, and measure paths in w against z.

Beside the run stand mixing.png (rows: coarse styles of the left image; columns: fine styles of the top image), truncation.png
(psi from 1 to -1), noise.png (an image without noise, with four drawings of it, and their spread) and styles.json with the path
lengths: E[|G(path(t + e)) - G(path(t))|^2 / e^2], a great circle in z against the straight line in w between the same ends.

    python -m experiments.styles
    python -m experiments.styles --resume
    python -m experiments.styles --dataset=brick --image_size=64
"""

import json

from ganzoo.commands import command, folders, runner
from ganzoo.registry import RECIPES

RECIPE = RECIPES["stylegan"]


def mixing(gan, coarse=3, fine=6, seed=1, layers=None):
    """Return the table of styles mixed, uint8 images `((coarse + 1) (fine + 1), H, W, C)`, row by row.

    Args:
        gan: of `ganzoo.style_based.StyleBased`.
        coarse, fine: how many images give coarse and fine styles.
        seed: int.
        layers: from which layer on styles are the fine ones; default: half of them.
    """
    import numpy as np
    from keras import ops

    inputs = {name: ops.convert_to_tensor(values) for name, values in gan.draw_inputs(coarse + fine, seed).items()}
    styles, n = ops.convert_to_numpy(gan.styles(inputs)), coarse + fine
    layers = styles.shape[1] // 2 if layers is None else layers
    noise = {name: values[:1] for name, values in inputs.items()}  # the same for all

    def render(each):
        shared = {name: ops.repeat(values, len(each), axis=0) for name, values in noise.items()}
        return gan.postprocess(ops.convert_to_numpy(gan.synthesize(ops.convert_to_tensor(each), shared)))

    alone, white = render(styles), np.full((1, *gan.sample(1).shape[1:]), 255, "uint8")
    rows = [white, alone[coarse:]]
    for row in range(coarse):
        mixed = np.concatenate([np.repeat(styles[row : row + 1, :layers], fine, 0), styles[coarse:n, layers:]], axis=1)
        rows += [alone[row : row + 1], render(mixed)]
    return np.concatenate(rows)


def truncation(gan, psi=(1.0, 0.7, 0.5, 0.25, 0.0, -0.5, -1.0), n=6, seed=1):
    """Return images `(len(psi) * n, H, W, C)`: a row for each sample, a column for each psi."""
    import numpy as np

    inputs = gan.draw_inputs(n, seed)
    columns = [gan.render(inputs | {"truncation": np.full((n, 1), each, "float32")}) for each in psi]
    return np.stack(columns, axis=1).reshape(-1, *columns[0].shape[1:])


def noise(gan, n=6, seed=1):
    """Return images `(n * 6, H, W, C)`: a row for each sample: without noise, with four drawings of it, their spread x 4."""
    import numpy as np

    inputs = gan.draw_inputs(n, seed)
    off = gan.render(inputs | {"noise": np.zeros_like(inputs["noise"])})
    on = [gan.render(inputs | {"noise": gan.draw_inputs(n, seed + 1 + each)["noise"]}) for each in range(20)]
    spread = np.clip(4 * np.std(np.stack(on).astype("float32"), axis=0), 0, 255).astype("uint8")
    return np.stack([off, *on[:4], spread], axis=1).reshape(-1, *off.shape[1:])


def path_lengths(gan, n=500, seed=1, epsilon=1e-3):
    """Return {"z": Estimate, "w": Estimate}: how far images move, squared, for a step on the paths between n pairs of latents.

    In squared units of `value_range`, mean of pixels, for a whole path as the unit of a step. Both paths have the same ends and
    no noise.
    """
    import numpy as np
    from keras import ops

    from ganzoo.evaluation.measure import mean_estimate

    inputs = gan.draw_inputs(2 * n, seed)
    t = np.random.default_rng(seed).uniform(0, 1 - epsilon, (n, 1)).astype("float32")
    first, second = np.split(inputs["latents"], 2)
    quiet = {"noise": ops.zeros((n, inputs["noise"].shape[1]))}

    def styles(latents):
        return ops.convert_to_numpy(gan.styles({"latents": ops.convert_to_tensor(latents)}))

    def circle(share):
        unit = [each / np.linalg.norm(each, axis=1, keepdims=True) for each in (first, second)]
        angle = np.arccos(np.clip((unit[0] * unit[1]).sum(axis=1, keepdims=True), -1, 1))
        return (np.sin((1 - share) * angle) * unit[0] + np.sin(share * angle) * unit[1]) / np.sin(angle)

    ends = [styles(each) for each in (first, second)]
    places = {
        "z": lambda share: styles(circle(share).astype("float32")),
        "w": lambda share: (1 - share[..., None]) * ends[0] + share[..., None] * ends[1],
    }

    def images(at):
        made = [gan.synthesize(ops.convert_to_tensor(at[i : i + 50]), {"noise": quiet["noise"][i : i + 50]})
                for i in range(0, n, 50)]  # fmt: skip
        return np.concatenate([ops.convert_to_numpy(each) for each in made]).astype("float64")

    found = {}
    for space, place in places.items():
        moved = images(place(t + epsilon)) - images(place(t))
        found[space] = mean_estimate((moved**2).mean(axis=(1, 2, 3)) / epsilon**2)
    return found


def main(options):
    from ganzoo.evaluation.measure import flatten
    from ganzoo.utils import images

    gan = runner.train(RECIPE, options)
    run_dir = folders.selected_run(options)
    zoom = images.zoom_for(gan.sample(1).shape[1:])
    for name, pictures, columns in (("mixing", mixing(gan), 7), ("truncation", truncation(gan), 7), ("noise", noise(gan), 6)):
        images.save_png(run_dir / f"{name}.png", images.grid(pictures, columns, zoom=zoom))
    lengths = path_lengths(gan)
    found = {"step": gan.step} | flatten({f"path_length_{space}": each for space, each in lengths.items()})
    (run_dir / "styles.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    for space, (value, error) in lengths.items():
        print(f"path length in {space}: {value:.3f} +- {error:.3f}")
    command.say(f"wrote {run_dir}/styles.json, mixing.png, truncation.png and noise.png")


if __name__ == "__main__":
    command.run(main, runner.flag_groups(RECIPE), __doc__)
