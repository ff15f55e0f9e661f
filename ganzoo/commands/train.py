"""`ganzoo train NAME`: train a GAN of the zoo."""

import re
import sys

from ganzoo.commands import command, compose, runner
from ganzoo.errors import InputError
from ganzoo.registry import MODELS, RECIPES


def run(name, documentation=None, argv=None):
    """Run a training command from its flags to its exit status.

    Args:
        name: of a recipe of `ganzoo.registry`.
        documentation: the head of --help; default: made of what the registry says.
        argv: the command line, the program's name first; default: `sys.argv`.
    """
    recipe, argv = RECIPES[name], sys.argv if argv is None else argv
    groups = runner.flag_groups(recipe, _game_of_words(recipe, argv))
    command.run(lambda options: main(recipe, options), groups, documentation or describe(recipe), argv)


def main(recipe, options):
    """Train; what measures itself says what came of it."""
    model = runner.train(recipe, options)
    if hasattr(model, "quality"):
        quality = model.quality()
        print(f"\n10,000 generated points: mean distance to the graph {quality['mean_distance']:.4f}, Kolmogorov-Smirnov "
              f"distance of the inputs to the uniform distribution {quality['ks_distance']:.3f}; both 0 at best.")  # fmt: skip


def describe(recipe):
    """Return what --help begins with: the model, its paper, how the command is called."""
    entry = MODELS[recipe.model]
    adds = f", {entry.adds}" if recipe.name == entry.recipe.name else ""
    about = f"{recipe.about[0].upper()}{recipe.about[1:]}: {recipe.model} ({entry.paper}, arXiv:{entry.arxiv}){adds}."
    limit = "" if recipe.epochs else f" With the defaults: {recipe.time}."
    example = "" if recipe.data in ("points", "function") else f"\n    ganzoo train {recipe.name} {_EXAMPLES[recipe.data]}"
    return f"{about}{limit}\n\n    ganzoo train {recipe.name}{example}\n    ganzoo train {recipe.name} --resume"


_EXAMPLES = {"images": "--data=my_pictures --image_size=32", "pairs": "--data_a=photographs --data_b=paintings"}
_EXAMPLES["identities"] = "--data=labelled.npz --image_size=32"
_EXAMPLES["texts"] = "--data=captions.csv --image_size=32"


def _game_of_words(recipe, argv):
    """Return the `Game` that --help is about: networks, objective and variant of the command line, if they fit."""
    given = {}
    for word in argv[1:]:
        match = re.fullmatch(r"--?(recipe|networks|objective|variant)=(\w+)", word)
        if match:
            given[match[1]] = match[2]
    known = {flag.name: flag for flag in compose.game_flags(recipe, compose.game_of(recipe, {}))}
    try:
        return compose.game_of(recipe, {name: known[name].check(value) for name, value in given.items() if name in known})
    except (InputError, KeyError):
        return None
