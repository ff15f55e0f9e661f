"""Make pictures of any size from a trained texture, seamless, with the maps of a material for a game engine.

    ganzoo texture --run_dir=runs/textures/grass-... --size=1024x512 --seed=7
    ganzoo texture --size=4096x4096 --nomaps
    ganzoo texture --count=20 --engine=unreal
    ganzoo texture --blend=3,8 --blend_shape=radial

Each seed becomes a folder: albedo.png (the picture), preview.png (side by side with itself), height.png and height.raw (16
bits), normal.png, roughness.png, ambient_occlusion.png, material.gltf, material.mtlx, material.json. The height is an estimate
unless the training was on heights (--depth=16).
"""

import re

from ganzoo.commands import command, folders
from ganzoo.commands.flags import Flag, choice, flag_is_set, refuse_beside, run_dir_flag, seed
from ganzoo.errors import InputError
from ganzoo.utils.files import expanded

MOST = 32_768  # pixels of a side
LAST_SEED = 2**31 - 1
ENGINES = ("unity", "unreal", "godot", "blender")  # those of ganzoo.textures.engines


def groups():
    """Return {title: flags}."""
    count = "pictures to make, of the seeds from --seed on; 1 to 1,000"
    mask = "how a blend goes: linear, radial, or a gray picture that is black for the first seed and white for the second"
    output = "folder to write (default: texture_SEED in the run's folder)"
    raw = "samples along a side of height.raw (default: the engine's size that is nearest)"
    return {
        "the picture": [
            run_dir_flag(),
            Flag("size", "512x512", "pixels, width x height; of a seamless picture multiples of the texture's cell"),
            seed(0, "the same seed and size give the same files"),
            Flag("count", 1, count, int, low=1, high=1000),
            Flag("tile", True, "make the borders meet, so that it repeats without a seam", bool),
            Flag("blend", "", "two seeds, such as 3,8: blend the picture of the first into that of the second"),
            Flag("blend_shape", "linear", mask),
            Flag("preview", "3x3", "columns x rows of preview.png"),
            Flag("output", "", output),
        ],
        "the maps": [
            Flag("maps", True, "write the maps too; --nomaps writes the picture and its preview alone", bool),
            choice("engine", "unity", ENGINES, "whose sizes, row order and normal maps are written"),
            Flag("metres_per_pixel", 0.01, "size of a pixel, above 0", float, above=0),
            Flag("height_range_metres", 0.1, "from the lowest point to the highest, above 0", float, above=0),
            Flag("dark_is_high", False, "the dark parts of the picture are its high ones", bool),
            Flag("raw_size", None, raw, int, low=1, high=MOST, optional=True, shown=""),
            choice("byte_order", "little", ("little", "big"), "of height.raw"),
        ],
    }


def parse_pair(name, text, most):
    """Return the two ints that "1024x512" names.

    Example:
        >>> parse_pair("size", "1024x512", 4096)
        (1024, 512)
    """
    match = re.fullmatch(r"(\d{1,6})(?:x(\d{1,6}))?", text.strip())
    pair = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
    if not all(1 <= side <= most for side in pair):
        raise InputError(f"{name} must look like 1024x512 (width x height), 1 to {most:,}. Received: --{name}={text[:100]}")
    return pair


def parse_seeds(text):
    """Return the two ints that "3,8" names."""
    match = re.fullmatch(r"\s*(\d{1,10})\s*,\s*(\d{1,10})\s*", text)
    if match is None or max(map(int, match.groups())) > LAST_SEED:
        raise InputError(f"blend must be two seeds such as 3,8, 0 to {LAST_SEED}. Received: --blend={text[:100]}")
    return int(match[1]), int(match[2])


def read_mask(shape):
    """Return "linear" or "radial", or a picture's gray levels, float `(h, w)` in [0, 1]."""
    from ganzoo.textures.blending import SHAPES

    if shape in SHAPES:
        return shape
    if not expanded(shape).is_file():
        raise InputError(f"blend_shape must be {', '.join(SHAPES)} or an image file. Received: --blend_shape={shape[:100]}")
    from ganzoo import data

    return data.from_picture(shape, (1, 1)).pictures[0].mean(-1) / 255.0


def _refuse_ignored(options):
    """Raise InputError for a flag that the pictures asked for would not follow."""
    if options.blend:
        refuse_beside(options, "--blend", ("seed", "count"))
    elif flag_is_set(options, "blend_shape"):
        raise InputError(f"--blend_shape goes with --blend. Received: --blend_shape={options.blend_shape[:100]}")
    if not options.tile:
        refuse_beside(options, "--notile", ("preview",))
    if not options.maps:
        maps = ("engine", "metres_per_pixel", "height_range_metres", "dark_is_high", "raw_size", "byte_order")
        refuse_beside(options, "--nomaps", maps)


def _output(options, run_dir, seeds, number):
    """Return the folder of a picture, or raise InputError where there is a file."""
    name = f"texture_{seeds[0]}_{seeds[1]}" if seeds else f"texture_{number}"
    output = expanded(options.output or run_dir / name)
    output = output / name if options.output and options.count > 1 else output
    for each in (output, *output.parents):
        if each.exists() and not each.is_dir():
            raise InputError(f"output must be a folder, but {each} is a file.")
    return output


def main(options):
    import ganzoo
    from ganzoo import textures
    from ganzoo.textures import blending, material, result

    width, height = parse_pair("size", options.size, MOST)
    columns, rows = parse_pair("preview", options.preview, 16)
    seeds = parse_seeds(options.blend) if options.blend else None
    _refuse_ignored(options)
    shape = read_mask(options.blend_shape)
    numbers = range(options.seed, options.seed + options.count)
    if numbers[-1] > LAST_SEED:
        raise InputError(f"seeds go up to {LAST_SEED}. Received: --seed={options.seed} --count={options.count}")
    if options.maps:
        material.require_memory_for_maps(height, width)
        if options.raw_size is not None:
            material.check_raw_size(options.raw_size, options.engine)
    run_dir = folders.selected_run(options)
    outputs = {number: _output(options, run_dir, seeds, number) for number in numbers}
    model = ganzoo.load(run_dir)
    textures.tiling.cell_of(model)  # refuses any other model
    if model.examples["images"].dtype == "uint16" and model.image_shape[2] == 1:
        refuse_beside(options, "a run on heights, which are no estimate,", ("dark_is_high",))
    for number, output in outputs.items():
        if seeds:
            canvases = [textures.draw_canvas(model, height, width, each, options.tile) for each in seeds]
            picture = textures.paint(model, blending.blend(*canvases, shape, options.tile), height, width, progress=True)
        else:
            picture = textures.tile(model, height, width, number, options.tile, progress=True)
        repeats = (rows, columns) if options.tile else (1, 1)
        if options.maps:
            maps = {"raw_size": options.raw_size, "byte_order": options.byte_order, "engine": options.engine}
            scale = {"metres_per_pixel": options.metres_per_pixel, "height_range_metres": options.height_range_metres}
            result.write_texture(output, model, picture, repeats, options.tile, options.dark_is_high, **maps, **scale)
        else:
            result.write_picture(output, picture, repeats)
        command.say(f"wrote {output}: {width}x{height} pixels from the generator at step {model.step}")
