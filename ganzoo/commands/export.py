"""Write a run's generator for programs without ganzoo: TensorFlow, TensorFlow Serving, ONNX Runtime, LiteRT.

    ganzoo export --run_dir=runs/wgan_textures/grass-... --output=generator
    ganzoo export --format=savedmodel,onnx,litert --quantize=int8
    ganzoo export --output=models --serving_name=grass             # models/grass/1, for TensorFlow Serving

Every file takes the model's inputs by name (latents, labels, categories, codes, images to translate) and returns images float32
(N, H, W, C) in [0, 1]. A SavedModel can also make the image of a seed: from_seed, seeds int32 (N,) -> uint8. model_card.md
describes the generator and has the lines of code that load it. onnx and litert need extra packages; a missing one is reported
before anything is read.
"""

import os

from ganzoo.commands import command, folders, runner
from ganzoo.commands.flags import Flag, choice, run_dir_flag
from ganzoo.errors import InputError
from ganzoo.utils.files import expanded

FORMATS = ("savedmodel", "onnx", "litert")
QUANTIZATIONS = ("none", "float16", "int8")


def groups():
    """Return {title: flags}."""
    one = "any number of images at a time, or one alone, which some accelerators want"
    formats = f"what to write, separated by commas; of {', '.join(FORMATS)}"
    return {
        "flags": [
            run_dir_flag(),
            Flag("output", "generator", "folder to write; it must not exist yet, or be an exported generator"),
            Flag("format", ["savedmodel"], formats, list, choices=FORMATS, shown="savedmodel"),
            choice("batch", "dynamic", ("dynamic", "1"), one),
            choice("quantize", "none", QUANTIZATIONS, "for LiteRT, weights in 16 bits, or weights and activations in 8"),
            Flag("serving_name", "", "write below --output into NAME, the SavedModel into NAME/1, for TensorFlow Serving"),
        ]
    }


def example(model, folder, batch=None):
    """Return lines of Python that use the SavedModel in a folder, which takes any number of images at a time, or `batch`."""
    n = batch or 3
    endpoint = model.endpoints()["serving_default"]
    lines = [f'generator = tf.saved_model.load("{folder}")']
    given = {name: each for name, each in endpoint.inputs.items() if not each.drawn}
    if len(given) < len(endpoint.inputs):
        seeds, signature = [f"seeds=tf.constant({list(range(1, n + 1))})"], "from_seed"
    else:
        seeds, signature = [], "serving_default"
    words = [*seeds, *(f"{name}={_value(each, n)}" for name, each in given.items())]
    lines.append(f'{endpoint.output} = generator.signatures["{signature}"]({", ".join(words)})["{endpoint.output}"]')
    return lines


def _value(each, n):
    """Return the expression of n values of an `Input` that is not drawn: black images, or classes or texts in turn."""
    from ganzoo.core.inputs import Image

    if isinstance(each, Image):
        return f"tf.zeros({(n, *each.shape)})"
    return f"tf.constant({each.default(n).tolist()})"


def main(options):
    import ganzoo
    from ganzoo import export

    output, batch = expanded(options.output), None if options.batch == "dynamic" else int(options.batch)
    run_dir = folders.selected_run(options)
    export.check_request(options.format, batch, options.quantize, options.serving_name)
    export.check_path(output / options.serving_name)
    place = next(each for each in (output, *output.absolute().parents) if each.is_dir())
    if not os.access(place, os.W_OK):
        raise InputError(f"{place} cannot be written; name a folder elsewhere with --output.")
    model = ganzoo.load(run_dir)
    pictures = _pictures(run_dir, model) if options.quantize == "int8" else None
    found = []
    with command.silent_stderr():  # what the converters say
        export.export_generator(output, model, options.format, batch, options.quantize, options.serving_name, run_dir, pictures,
                                found.append)  # fmt: skip
    for each in found:
        command.say(f"{each.file}: {each}")
    saved = "savedmodel" in options.format
    command.say(
        f"wrote {output}: the generator at step {model.step}. {'To use it:' if saved else 'To use it, see model_card.md.'}"
    )
    folder = output / options.serving_name / "1" if options.serving_name else output
    for line in example(model, folder, batch) if saved else ():
        command.say(f"  {line}")


def _pictures(run_dir, model):
    """Return {name: uint8 images} of the run's data, for inputs that are images; None where there are none."""
    if not model.probe_size:
        return None
    arrays = runner.data_of(run_dir, same=False)[0].arrays
    return {name: arrays[name][:200] for point in model.endpoints().values() for name in point.inputs if name in arrays}
