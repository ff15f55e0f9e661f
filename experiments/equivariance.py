"""What in an image sticks to the pixels? StyleGAN3 beside StyleGAN2, both trained beforehand.

Takes the newest run of each below runs/, or those that are named. Measures EQ-T (Karras et al. 2021, arXiv:2106.12423): both
inputs, the waves of the one and the learned constant of the other, are moved by whole pixels and by parts of a pixel, and the
images are compared with moved images; beside it how far the largest norm of a feature map is above the median, as a droplet's
would be, and how much path lengths differ. Writes equivariance.json, and pictures: sticking.png, one row of pixels over time
while the input moves (what sticks is drawn as columns, what moves as slants); moving.gif, both while latents and input move;
and of each its styles.png (coarse styles down the side, fine ones along the top) and truncation.png (psi from 0 to 1).

    python -m ganzoo train stylegan2 && python -m ganzoo train stylegan3
    python -m experiments.equivariance
"""

import json

from ganzoo.commands import command, folders
from ganzoo.commands.flags import Flag, count, seed
from ganzoo.errors import InputError

NAMES = ("stylegan3", "stylegan2")
SHIFTS = {
    "whole pixels": [(1, 0), (0, 2), (-3, 1), (4, -4)],
    "parts of a pixel": [(0.5, 0.0), (0.0, 1.5), (-0.5, -2.5), (0.25, 0.75)],
}


def flag_groups():
    """Return {title: flags}."""
    runs = [Flag(name, "", f"folder of a run (default: the newest below runs/{name})") for name in NAMES]
    return {
        "flags": [
            *runs,
            count("samples", 32, "that EQ-T is measured on"),
            seed(0, "of the samples"),
            folders.output_flag("equivariance"),
        ]
    }


def load(name, given):
    """Return the trained model of a run.

    Raises:
        InputError: if there is none, or it is another model.
    """
    import ganzoo
    from ganzoo.style_based import StyleBased

    run_dir = given or folders.newest(name)
    if run_dir is None:
        raise InputError(f"there is no run below runs/{name}: train one with `ganzoo train {name}`, or name one with --{name}.")
    gan = ganzoo.load(run_dir)
    if getattr(type(gan), "generate_moved", StyleBased.generate_moved) is StyleBased.generate_moved:
        raise InputError(
            f"--{name} must be a GAN of styles whose image can be moved. Received: {type(gan).__name__} in {run_dir}"
        )
    return gan


def measure(gan, samples, seed):
    """Return {kind of shift: EQ-T in dB}, and of the features the largest norm over the median, and path lengths' spread."""
    import numpy as np

    from ganzoo.evaluation.equivariance import equivariance

    found = {kind: equivariance(gan, shifts, samples, seed) for kind, shifts in SHIFTS.items()}
    norms = gan.feature_norms(gan.draw_inputs(samples, seed))
    return found | {
        "largest norm / median": max(float(each.max() / np.median(each)) for each in norms.values()),
        "path lengths, deviation / mean": path_length_spread(gan, 256, seed=seed),
    }


def path_length_spread(gan, n, directions=8, seed=0):
    """Return the standard deviation of n samples' path lengths over their mean; each is the mean of several directions."""
    from keras import ops

    from ganzoo.regularizers import path_lengths

    inputs = {name: ops.convert_to_tensor(values) for name, values in gan.draw_inputs(n, seed).items()}
    styles = gan.styles(inputs)
    found = sum(path_lengths(lambda w: gan.synthesize(w, inputs), styles, (seed, each)) for each in range(directions))
    return float(ops.std(found) / ops.mean(found))


def frames(gan, shifts, seeds, n=1):
    """Yield uint8 images `(n, H, W, C)`, moved by each (down, right), on the way from one seed's latents to another's."""
    import numpy as np
    from keras import ops

    start, end = (gan.draw_inputs(n, each) for each in seeds)
    for share, shift in zip(np.linspace(0, 1, len(shifts), dtype="float32"), shifts, strict=True):
        path = [gan.latent.blend(*pair, share[None])[0] for pair in zip(start["latents"], end["latents"], strict=True)]
        inputs = start | {"latents": np.stack(path).astype("float32")}
        tensors = {name: ops.convert_to_tensor(values) for name, values in inputs.items()}
        yield gan.postprocess(ops.convert_to_numpy(gan.generate_moved(tensors, shift)))


def strip(gan, seed, steps=64, speed=0.25, rows=3):
    """Return one middle row of pixels over time, uint8 `(steps, rows W, C)`, of images whose input moves to the right."""
    import numpy as np

    middle = gan.image_shape[0] // 2
    shifts = [(0.0, speed * step) for step in range(steps)]
    return np.stack([np.concatenate(list(images[:, middle])) for images in frames(gan, shifts, (seed, seed), rows)])


def mixing_table(gan, seed, n=6):
    """Return the picture of n x n images: the coarse half of the styles from the side, the fine half from the top."""
    import numpy as np
    from keras import ops

    from ganzoo.utils import images

    inputs = {name: ops.convert_to_tensor(values) for name, values in gan.draw_inputs(2 * n, seed).items()}
    styles = ops.convert_to_numpy(gan.styles(inputs))
    coarse = len(gan.layer_names) // 2
    side, top = styles[:n], styles[n:]
    one = {name: ops.repeat(values[:1], n * n, axis=0) for name, values in inputs.items()}
    mixed = np.concatenate([np.repeat(side, n, axis=0)[:, :coarse], np.tile(top, (n, 1, 1))[:, coarse:]], axis=1)
    same = {name: values[: 2 * n] for name, values in one.items()}

    def render(each, further):
        return gan.postprocess(ops.convert_to_numpy(gan.synthesize(ops.convert_to_tensor(each), further)))

    alone, made = render(styles, same), render(mixed, one).reshape(n, n, *gan.image_shape)
    rows = [np.concatenate([np.full_like(alone[:1], 255), alone[n:]])]
    rows += [np.concatenate([alone[i : i + 1], made[i]]) for i in range(n)]
    return images.grid(np.concatenate(rows), n + 1, zoom=images.zoom_for(gan.image_shape))


def truncation_row(gan, seed, n=4):
    """Return the picture of n samples, a row each, at psi 0, 0.25, 0.5, 0.75 and 1."""
    import numpy as np

    from ganzoo.utils import images

    psi = np.linspace(0, 1, 5)
    inputs = {name: np.repeat(values, len(psi), axis=0) for name, values in gan.draw_inputs(n, seed).items()}
    made = gan.render(inputs | {"truncation": np.tile(psi, n)[:, None].astype("float32")})
    return images.grid(made, len(psi), zoom=images.zoom_for(gan.image_shape))


def main(options):
    import numpy as np

    from ganzoo.utils import images

    models = {name: load(name, getattr(options, name)) for name in NAMES}
    if len({gan.image_shape for gan in models.values()}) > 1:
        raise InputError(
            f"both must make images of one shape. Received: {', '.join(str(g.image_shape) for g in models.values())}"
        )
    output = folders.new_output(options, "equivariance")
    found = {name: measure(gan, options.samples, options.seed) for name, gan in models.items()}
    (output / "equivariance.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    for name, measures in found.items():
        equal = ", ".join(f"{measures[kind]:.1f} dB for {kind}" for kind in SHIFTS)
        others = "; ".join(f"{kind} {value:.2f}" for kind, value in measures.items() if kind not in SHIFTS)
        print(f"--{name}, {type(models[name]).__name__}: EQ-T {equal}; {others}")

    strips = [strip(gan, options.seed) for gan in models.values()]
    zoom = images.zoom_for(models["stylegan3"].image_shape)
    images.save_png(output / "sticking.png", images.grid(np.stack(strips), 2, zoom=zoom))
    shifts = [(0.0, step / 3) for step in range(48)]
    films = [list(frames(gan, shifts, (options.seed, options.seed + 1), 4)) for gan in models.values()]
    paths = []
    for index, pair in enumerate(zip(*films, strict=True)):
        rows = np.concatenate([np.stack([three, two]) for three, two in zip(*pair, strict=True)])
        paths.append(output / f"frame{index:03d}.png")
        images.save_png(paths[-1], images.grid(rows, 2, zoom=zoom))
    images.save_animation(output / "moving.gif", paths, 1 / 12)
    for path in paths:
        path.unlink()
    for name, gan in models.items():
        images.save_png(output / f"{name}_styles.png", mixing_table(gan, options.seed))
        images.save_png(output / f"{name}_truncation.png", truncation_row(gan, options.seed))
    command.say(f"wrote {output}")


if __name__ == "__main__":
    command.run(main, flag_groups(), __doc__)
