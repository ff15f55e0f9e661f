"""How good are textures? TextureGAN, the lecture's WGAN at equal wall time, and image quilting, on pictures held out in part.

Each picture's right quarter (at least 64 pixels) is held out; both GANs and the quilting see the rest. TextureGAN trains on
crops of 64 pixels, of 48 where less than 96 pixels are seen on a side, so that crops differ there too. 500 patches of 64 pixels
of each, of the seen part and of the held-out one, are compared with other 500 held-out patches by the kernel distance, on
pixels and on texture statistics (`ganzoo.evaluation.features.texture`), times 1,000. "Reference" compares held-out patches with
each other. Not copied: the share of the tile's 32-pixel windows whose nearest window in the photograph is no nearer than the
1st percentile of that distance among the photograph's own windows; beside it, what the held-out part itself scores, as it is
and blurred to the tile's contrast, neither of which is a copy. Seams: see `ganzoo.textures.seams`.

    python -m experiments.texture_quality
    python -m experiments.texture_quality --pictures=grass,photo.jpg --minutes=8
"""

import json
import time

from experiments import studies
from ganzoo.commands import command, folders
from ganzoo.commands.flags import Flag, seed
from ganzoo.errors import InputError
from ganzoo.utils.files import expanded, write_whole

PATCHES, SIZE, WINDOW = 500, 64, 32
PHOTOGRAPHS = ("grass", "brick", "gravel")


def flag_groups():
    """Return {title: flags}."""
    pictures = "names of scikit-image's photographs, image files or folders of them, separated by commas"
    return {
        "flags": [
            Flag("pictures", ["grass", "brick", "gravel"], pictures, list),
            Flag("minutes", 4.0, "of training, each GAN; above 0", float, above=0),
            seed(0, "of both trainings"),
            folders.output_flag("texture_quality"),
        ]
    }


def crops_of(name):
    """Return the `Crops` of a photograph's name or a file."""
    from ganzoo import data

    if name in PHOTOGRAPHS:
        return data.load(name, image_size=(SIZE, SIZE), crops=True, symmetry="flip")
    return data.load(data=name, image_size=(SIZE, SIZE), crops=True, symmetry="flip")


def names_of(words):
    """Return [(name, what `crops_of` takes)], the files of folders one by one.

    Raises:
        InputError: if there is none, or two have one name, which their results and pictures are kept by.
    """
    from ganzoo.data.loading import is_picture

    found = []
    for word in words:
        path = expanded(word)
        if word in PHOTOGRAPHS:
            found.append((word, word))
        elif path.is_dir():
            found += [(each.stem, str(each)) for each in sorted(path.iterdir()) if is_picture(each)]
        elif path.is_file():
            found.append((path.stem, str(path)))
        else:
            raise InputError(f"there is no picture {word}; the photographs are {', '.join(PHOTOGRAPHS)}.")
    names = [name for name, _ in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None or not names:
        wanted = "must name a picture" if not names else f"must have names of their own, and two are called {twice}"
        raise InputError(f"pictures {wanted}. Received: --pictures={','.join(words)}")
    return found


def distances(patches, held_out):
    """Return {"pixels": kernel distance x 1,000, "statistics": the same} of two sets of patches, uint8 `(N, 64, 64, C)`."""
    from ganzoo.evaluation.features.texture import standardized, texture_features
    from ganzoo.evaluation.metrics import kernel_distance

    found = {}
    for name, features in (("pixels", coarse_pixels), ("statistics", texture_features)):
        real = features(held_out)
        pair = (standardized(real, real), standardized(features(patches), real))
        value, error = kernel_distance(*pair)
        found[name] = {"value": 1000 * value, "error": 1000 * error}
    return found


def coarse_pixels(images):
    """Return means of 4 x 4 pixels, float `(N, 256 * C)`."""
    n, height, width, channels = images.shape
    return images.reshape(n, height // 4, 4, width // 4, 4, channels).mean((2, 4)).reshape(n, -1) / 255.0


def patches_of(picture, n, seed=0):
    """Return n random patches of a picture, uint8."""
    from ganzoo import data

    return data.Crops([picture], (SIZE, SIZE)).images(n, seed)


def nearest_distances(windows, photograph, apart_from=None):
    """Return the root mean square distance of each window, gray, to the nearest of the photograph's.

    Args:
        windows: float array `(N, 32, 32)`.
        photograph: float array `(H, W)`.
        apart_from: [(row, column)] that each window was taken at, whose neighborhood is left out; or None.
    """
    import numpy as np
    from scipy.signal import fftconvolve

    ones = np.ones((WINDOW, WINDOW))
    squares = fftconvolve(photograph**2, ones, mode="valid")
    found = []
    for i, window in enumerate(windows):
        product = fftconvolve(photograph, window[::-1, ::-1], mode="valid")
        error = np.maximum(squares - 2 * product + (window**2).sum(), 0)
        if apart_from is not None:
            row, column = apart_from[i]
            error[max(0, row - WINDOW + 1) : row + WINDOW, max(0, column - WINDOW + 1) : column + WINDOW] = np.inf
        found.append(np.sqrt(error.min()) / WINDOW)
    return np.array(found)


def novelty(tile, photograph, n=200):
    """Return the share of a tile's windows that are no nearer to the photograph than its own are to each other at 1 %."""
    import numpy as np

    rng = np.random.default_rng(0)
    picture, made = (each.astype("float64").mean(-1) / 255 for each in (photograph, tile))

    def windows(of):
        places = np.stack([rng.integers(side - WINDOW + 1, size=n) for side in of.shape], axis=1)
        return np.stack([of[row : row + WINDOW, column : column + WINDOW] for row, column in places]), places

    own, places = windows(picture)
    least = np.quantile(nearest_distances(own, picture, places), 0.01)
    return float((nearest_distances(windows(made)[0], picture) >= least).mean())


def softened(picture, like):
    """Return a picture blurred until its windows, gray, have the mean contrast of another's; as it is where they have less.

    What this scores in `novelty` is what no copy scores that is as smooth: smooth windows are near to each other.
    """
    import numpy as np
    from scipy.ndimage import gaussian_filter

    def contrast(of):
        gray = of.astype("float64").mean(-1)
        return np.lib.stride_tricks.sliding_window_view(gray, (WINDOW, WINDOW))[::8, ::8].std(axis=(2, 3)).mean()

    low, high = 0.0, 8.0  # pixels
    if contrast(picture) <= contrast(like):
        return picture
    for _ in range(20):
        sigma = (low + high) / 2
        blurred = gaussian_filter(picture.astype("float64"), (sigma, sigma, 0), mode="reflect")
        low, high = (sigma, high) if contrast(blurred) > contrast(like) else (low, sigma)
    return blurred


def seams(tile):
    """Return the seam ratios of a tile, of its half-offset copy and of its half: three pairs."""
    import numpy as np

    from ganzoo.textures import seam_ratios

    height, width, channels = tile.shape
    half = tile.reshape(height // 2, 2, width // 2, 2, channels).mean((1, 3))
    return [seam_ratios(each) for each in (tile, np.roll(tile, (height // 2, width // 2), (0, 1)), half)]


def measure(crops, minutes, seed, folder):
    """Train both GANs on a picture, quilt it, and return the numbers; pictures are left in `folder`."""
    import numpy as np

    import ganzoo
    from experiments.quilting import quilt
    from ganzoo import data, textures
    from ganzoo.registry import RECIPES
    from ganzoo.textures.result import to_uint8
    from ganzoo.utils.images import save_png

    train, test = crops.split(0.25)
    held_out, photograph = test.images(PATCHES, seed=1), train.pictures[0]
    found = {"reference": distances(test.images(PATCHES, seed=2), held_out)}
    found["seen part"] = distances(train.images(PATCHES, seed=2), held_out)
    quilted = quilt(np.concatenate([photograph, photograph[:, ::-1]], axis=1), 384, 384)
    found["quilting"] = distances(patches_of(quilted, PATCHES), held_out)

    recipe = RECIPES["textures"]
    side = SIZE if min(photograph.shape[:2]) >= 1.5 * SIZE else 3 * SIZE // 4
    shifted = data.Crops([photograph], (side, side), symmetry="flip")
    settings = ganzoo.TextureGAN.settings_for(shifted) | recipe.flags
    gan = ganzoo.TextureGAN(shifted.image_shape, seed=seed, **settings)
    start = time.perf_counter()
    gan.train(shifted, steps=10**6, minutes=minutes, batch_size=recipe.batch_size)
    found["seconds"] = time.perf_counter() - start
    tile = textures.tile(gan, 512, 512, seed=1)
    tile_pixels = to_uint8(tile)
    found["TextureGAN"] = distances(patches_of(tile_pixels, PATCHES), held_out) | {"steps": gan.step}
    found["novelty"], found["seams"] = novelty(tile_pixels, photograph), seams(tile)
    unseen = test.pictures[0]
    found["unseen novelty"] = [novelty(each, photograph) for each in (unseen, softened(unseen, tile_pixels))]

    flags = RECIPES["wgan-textures"].flags
    wgan = ganzoo.WGAN(
        train.image_shape,
        seed=seed,
        objective=ganzoo.objectives.wasserstein(learning_rate=flags["learning_rate"]),
        ema_half_life_images=flags["ema_half_life_images"],
    )
    wgan.train(train, steps=10**6, minutes=minutes, batch_size=RECIPES["wgan-textures"].batch_size)
    samples = wgan.sample(PATCHES, seed=1)
    found["WGAN"] = distances(samples, held_out) | {"steps": wgan.step}

    shown = [_fitted(each, 256) for each in (photograph, tile_pixels, ganzoo.images.grid(samples[:16], 4, gap=0), quilted)]
    save_png(folder, np.concatenate(shown, axis=1))
    return found


def _fitted(picture, side):
    """Return the upper left of a picture, on black where it is smaller."""
    import numpy as np

    part = picture[:side, :side]
    return np.pad(part, ((0, side - part.shape[0]), (0, side - part.shape[1]), (0, 0)))


def table(results):
    """Return the results as a Markdown table, medians last."""
    import numpy as np

    def value(found, what, kind):
        return found[what][kind]["value"]

    sides = ("reference", "seen part", "TextureGAN", "WGAN", "quilting")
    heads = ("picture", "features", *sides, "of WGAN", "of quilting", "not copied", "unseen", "as smooth", "worst seam")
    lines = [f"| {' | '.join(heads)} |", "|" + "---|" * len(heads)]
    ratios = {kind: [] for kind in ("pixels", "statistics")}
    for name, found in results.items():
        for kind in ratios:
            row = [value(found, side, kind) for side in sides]
            pair = row[2] / row[3], row[2] / row[4]
            ratios[kind].append(pair)
            worst = max((each for pairs in found["seams"] for each in pairs), key=lambda each: abs(np.log(each)))
            unseen = " % | ".join(f"{100 * each:.1f}" for each in (found["novelty"], *found["unseen novelty"]))
            more = f"{pair[0]:.3f} | {pair[1]:.2f} | {unseen} % | {worst:.2f} |"
            lines.append(f"| {name} | {kind} | " + " | ".join(f"{each:.1f}" for each in row) + f" | {more}")
    for kind, pairs in ratios.items():
        of_wgan, of_quilting = np.median(pairs, axis=0)
        lines.append(f"| **median** | {kind} |" + " |" * len(sides) + f" **{of_wgan:.3f}** | **{of_quilting:.2f}** | | | | |")
    return "\n".join(lines)


def check_same(name, kept, settings, path):
    """Raise InputError if a picture's results are of other settings than those that are asked for."""
    if kept != settings:
        asked, had = (", ".join(f"{each}={str(found.get(each))[:16]}" for each in settings) for found in (settings, kept))
        raise InputError(f"{path} has results of {name} with {had}; take another --output. Received: {asked}")


def main(options):
    pictures = names_of(options.pictures)
    output = folders.new_output(options, "texture_quality")
    path = output / "results.json"
    results = studies.read_results(path)
    for name, where in pictures:
        crops = crops_of(where)
        settings = {"data": crops.fingerprint, "minutes": options.minutes, "seed": options.seed}
        if name in results:
            check_same(name, results[name].get("settings", settings), settings, path)
            continue
        results[name] = {"settings": settings} | measure(crops, options.minutes, options.seed, output / f"{name}.png")
        write_whole(path, json.dumps(results, indent=1) + "\n")
        command.say(f"{name}: {json.dumps(results[name])}")
    print(table(results))
    command.say(f"wrote {path}; {output} holds the pictures: photograph, tile, WGAN, quilting")


if __name__ == "__main__":
    command.run(main, flag_groups(), __doc__)
