"""Write a run's generator as a SavedModel that loads with TensorFlow alone.

    ganzoo export --run_dir=runs/wgan_textures/grass-... --output=generator

Endpoints: serving_default, latents float32 (N, latent) -> images float32 (N, H, W, C) in [0, 1]; from_seed, seeds int32 (N,) ->
images uint8 (N, H, W, C). A CGAN's take labels int32 (N,) besides, InfoGAN's serving_default takes categories and codes,
CycleGAN's takes images.
"""

import os
import pathlib

from ganzoo.commands import command, folders
from ganzoo.commands.flags import Flag, run_dir_flag
from ganzoo.errors import InputError


def groups():
    """Return {title: flags}."""
    output = Flag("output", "generator", "folder to write; it must not exist yet, or be an exported generator")
    return {"flags": [run_dir_flag(), output]}


def example(model, output):
    """Return lines of Python that use what was exported."""
    endpoint = model.endpoints()["serving_default"]
    lines = [f'generator = tf.saved_model.load("{output}")']
    given = {name: each for name, each in endpoint.inputs.items() if not each.drawn}
    if len(given) < len(endpoint.inputs):
        words = ["seeds=tf.constant([1, 2, 3])", *(f"{name}=tf.constant([0, 1, 2])" for name in given)]
        signature = "from_seed"
    else:
        words = [f"{name}=tf.zeros({(3, *each.shape)})" for name, each in given.items()]
        signature = "serving_default"
    lines.append(f'{endpoint.output} = generator.signatures["{signature}"]({", ".join(words)})["{endpoint.output}"]')
    return lines


def main(options):
    import ganzoo

    output = pathlib.Path(options.output)
    if output.exists() and not (output / "saved_model.pb").exists():
        raise InputError(f"{output} exists and is no exported generator; choose another --output.")
    place = next(each for each in (output, *output.absolute().parents) if each.is_dir())
    if not os.access(place, os.W_OK):
        raise InputError(f"{place} cannot be written; name a folder elsewhere with --output.")
    model = ganzoo.load(folders.selected_run(options))
    output.parent.mkdir(parents=True, exist_ok=True)
    command.say(f"wrote {model.export(output)}: the generator at step {model.step}. To use it:")
    for line in example(model, output):
        command.say(f"  {line}")
