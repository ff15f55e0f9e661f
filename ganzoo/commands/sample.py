"""Draw from a trained generator: a grid of samples, paths between samples, or what its codes do.

    ganzoo sample --run_dir=runs/wgan_textures/grass-... --n=64 --seed=1
    ganzoo sample --run_dir=runs/wgan_textures/grass-... --interpolate --n=6
    ganzoo sample --run_dir=runs/cgan/digits-... --labels=0-9 --n=100
    ganzoo sample --run_dir=runs/infogan/digits-... --traverse=1
    ganzoo sample --run_dir=runs/biggan/digits-... --threshold=0.5
    ganzoo sample --run_dir=runs/stackgan/described_digits-... --text="a thick seven, leaning right" --n=8

A GAN that translates images is given those of its run's data, unseen ones where there are any; the picture shows them beside
their translations.
"""

import re

from ganzoo.commands import command, folders, runner
from ganzoo.commands.flags import Flag, refuse_beside, run_dir_flag, seed
from ganzoo.errors import InputError

MOST = 10_000  # images, or paths, in one picture


def groups():
    """Return {title: flags}."""
    many = f"how many images, or how many paths with --interpolate; 1 to {MOST:,}"
    labels = "for a conditional GAN: what to draw, such as 7, 0-9 or 3,1,4; repeated in turn if --n is larger"
    text = "for a model that draws what a text describes: the text; may be given several times, and they then take turns"
    traverse = "of InfoGAN: the continuous code that goes from -2 to 2 along each row; -1 for none"
    output = "PNG to write (default: samples_SEED.png, paths_SEED.png or traversal_CODE_SEED.png in the run's folder)"
    return {
        "flags": [
            run_dir_flag(),
            Flag("n", None, many, int, low=1, high=MOST, optional=True, shown="64, or as many as --labels or --text has"),
            seed(1, "the same seed gives the same images"),
            Flag("interpolate", False, "draw paths of 8 images from one sample to another, a row each", bool),
            Flag("straight", False, "with --interpolate: straight lines between latents instead of great circles", bool),
            Flag("labels", "", labels),
            Flag("text", [], text, list, repeated=True, shown=""),
            Flag("traverse", -1, traverse, int, low=-1),
            Flag(
                "threshold",
                0.0,
                "of BigGAN, truncation: redraw every number of a latent until it lies within +-this; 0 sets no limit",
                float,
                low=0,
            ),
            Flag("endpoint", "", "of a model with several: what to ask for, such as b_to_a of CycleGAN, stage_1 of StackGAN"),
            Flag("output", "", output),
        ]
    }


def parse_labels(text):
    """Return the ints that "0-9", "3,1,4" or a mixture names.

    Example:
        >>> parse_labels("0-2,7")
        [0, 1, 2, 7]
    """
    labels = []
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\d{1,6})(?:-(\d{1,6}))?\s*", part)
        if match is None or int(match[2] or match[1]) < int(match[1]) or len(labels) > MOST:
            raise InputError(f"labels must look like 7, 0-9 or 3,1,4. Received: --labels={text[:100]}")
        labels += range(int(match[1]), int(match[2] or match[1]) + 1)
    return labels


def draw(model, options, run_dir):
    """Return the picture that the flags ask for, uint8 `(H, W, C)`."""
    import numpy as np

    from ganzoo.core.inputs import Image
    from ganzoo.utils import images

    name = type(model).__name__
    given = _asked(model, options)
    if options.traverse >= 0 and not hasattr(model, "traversal"):
        raise InputError(f"--traverse goes with InfoGAN. Received: a run of {name}")
    if options.endpoint and options.endpoint not in model.endpoints():
        raise InputError(f"--endpoint must be one of {', '.join(model.endpoints())}. Received: --endpoint={options.endpoint}")
    shape = next(iter(model.examples.values())).shape
    _refuse_ignored(options, points=len(shape) != 3)
    n = options.n or max([64, *map(len, given.values())])
    endpoint, points = options.endpoint or "serving_default", model.endpoints()
    pictures = [key for key, each in points[endpoint].inputs.items() if isinstance(each, Image)]
    if options.interpolate and (len(shape) != 3 or pictures):
        raise InputError(f"--interpolate goes with GANs that make images from latents. Received: a run of {name}")
    if options.interpolate and points[endpoint] is not points["serving_default"]:
        raise InputError(f"paths are of the default endpoint: leave out --interpolate. Received: --endpoint={endpoint}")
    if len(shape) != 3:
        return model.preview(seed=options.seed)
    if pictures:
        return _translate(model, options, n, run_dir, endpoint, pictures[0])
    if options.traverse >= 0:
        pictures, columns = model.traversal(options.traverse, 10, options.seed), 10
    elif options.interpolate:
        rows = []
        for i in range(n):
            turns = {key: each.options for key, each in model.inputs.items() if not each.drawn and len(each.options)}
            asked = {key: [values[i % len(values)]] for key, values in (turns | given).items()}
            rows.append(model.interpolate(8, options.seed + i, options.seed + i + 1, not options.straight, **asked))
        pictures, columns = np.concatenate(rows), 8
    else:
        pictures = model.sample(n, options.seed, endpoint, **given)
        columns = next((len(values) for values in given.values() if 1 < len(values) <= 20), None)
    return images.grid(pictures, columns, zoom=images.zoom_for(shape))


def _asked(model, options):
    """Return {input: what --labels or --text asks for}.

    Raises:
        InputError: for a flag that the model has no input for.
    """
    from ganzoo.core.inputs import Label, Text

    given, name = {}, type(model).__name__
    told = {key: each for key, each in model.inputs.items() if isinstance(each, (Label, Text))}
    if options.labels:
        key = next((key for key, each in told.items() if not each.words), None)
        if key is None:
            raise InputError(f"--labels goes with a conditional GAN. Received: a run of {name}")
        given[key] = parse_labels(options.labels)
    if options.text:
        key = next((key for key, each in told.items() if each.words), None)
        if key is None:
            raise InputError(f"--text goes with a model that draws texts, such as StackGAN. Received: a run of {name}")
        given[key] = list(options.text)
    return given


def _refuse_ignored(options, points):
    """Raise InputError for a flag that the picture asked for would not follow; points: whether it is one of points."""
    if points:
        refuse_beside(options, "a picture of points", ("n", "straight", "endpoint"))
    if options.traverse >= 0:
        refuse_beside(options, "--traverse", ("n", "interpolate", "straight", "labels", "text", "endpoint"))
    if options.straight and not options.interpolate:
        raise InputError("--straight goes with --interpolate.")


def _translate(model, options, n, run_dir, endpoint, name):
    """Return n images before and after, about eight in a row."""
    import numpy as np

    from ganzoo.utils import images

    train, unseen = runner.data_of(run_dir, same=False)
    before = (unseen or train).arrays[name][:n]
    columns = model.translations({name: before}, options.seed, endpoint)
    shape = columns[0].shape[1:]
    rows = np.stack(columns, axis=1).reshape(-1, *shape)
    return images.grid(rows, len(columns) * max(1, 8 // len(columns)), zoom=images.zoom_for(shape))


def main(options):
    import ganzoo

    run_dir = folders.selected_run(options)
    kind = f"traversal_{options.traverse}" if options.traverse >= 0 else "paths" if options.interpolate else "samples"
    output = folders.file_output(options, run_dir / f"{kind}_{options.seed}.png")
    model = ganzoo.load(run_dir)
    if options.threshold and not hasattr(model, "truncated"):
        raise InputError(
            f"--threshold goes with BigGAN. Received: --threshold={options.threshold:g} and a run of {type(model).__name__}"
        )
    model = model.truncated(options.threshold) if options.threshold else model
    ganzoo.images.save_png(output, draw(model, options, run_dir))
    command.say(f"wrote {output}: from the generator at step {model.step}")
