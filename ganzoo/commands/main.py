"""The command `ganzoo`: train, sample, explore, export, evaluate, texture, invert, inpaint."""

import difflib
import importlib
import sys

from ganzoo.commands import command
from ganzoo.errors import InputError
from ganzoo.registry import MODELS, RECIPES

# What follows `ganzoo` -> what it does; each is a module here with `groups()` and `main(options)`, but train.
VERBS = {
    "train": "train a GAN of the zoo",
    "sample": "draw from a trained generator",
    "explore": "look at trained generators on a page in a browser",
    "export": "write a trained generator for TensorFlow, ONNX or LiteRT, which needs no ganzoo",
    "evaluate": "measure how good a trained generator is",
    "texture": "make pictures of any size from a trained texture, seamless, with maps for game engines",
    "invert": "find the latent of an image",
    "inpaint": "fill in what is missing from an image",
}


def main(argv=None):
    """Run the command that the first words name.

    Args:
        argv: the command line, the program's name first; default: `sys.argv`.
    """
    argv = sys.argv if argv is None else argv
    with command.statuses():
        verb, rest = _word(argv[1:])
        if verb == "--version":
            import ganzoo

            print(f"ganzoo {ganzoo.__version__}")
            return
        if verb is None or verb in command.HELP or verb == "help":
            print(help_text())
            return
        _check("command", verb, VERBS)
        if verb != "train":
            module = importlib.import_module(f"ganzoo.commands.{verb}")
            command.run(module.main, module.groups(), module.__doc__, [argv[0], *rest])
            return
        name, rest = _word(rest)
        if name in command.HELP:
            print(train_help())
            return
        if name is None or name.startswith("-"):
            raise InputError(f"say what to train: ganzoo train NAME. NAME is one of {', '.join(RECIPES)}.")
        _check("name after train", name, RECIPES)

        from ganzoo.commands import train

        train.run(name, argv=[argv[0], *rest])


def help_text():
    """Return what `ganzoo --help` says."""
    lines = ["ganzoo: a zoo of generative adversarial networks.", "", "    ganzoo COMMAND [--flag=value ...]", "", "commands:"]
    lines += [f"  {verb:10s} {text}" for verb, text in VERBS.items()]
    lines += ["", "`ganzoo COMMAND --help` explains a command, `ganzoo train --help` lists what can be trained:"]
    lines += [f"  {', '.join(RECIPES)}"]
    return "\n".join(lines)


def train_help():
    """Return what `ganzoo train --help` says: a line a recipe."""
    width = max(map(len, RECIPES))
    lines = ["Train a GAN of the zoo.", "", "    ganzoo train NAME [--flag=value ...]", "", "names:"]
    lines += [
        f"  {each.name:{width}s}  {each.about} ({each.model}, {MODELS[each.model].paper}); {each.time}"
        for each in RECIPES.values()
    ]
    return "\n".join([*lines, "", "`ganzoo train NAME --help` explains the flags."])


def _word(words):
    """Return (first word or None, the rest)."""
    return (words[0], words[1:]) if words else (None, [])


def _check(what, word, known):
    if word not in known:
        near = difflib.get_close_matches(word, known, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise InputError(f"the {what} must be one of {', '.join(known)}.{hint} Received: {word[:100]!r}")
