"""Explore trained models on a page in a browser: seeds, what lies between them, labels, codes, several runs side by side.

    ganzoo explore
    ganzoo explore --run=runs/cgan/digits-... --run=runs/dcgan/digits-...

The page is for this machine alone; --host=0.0.0.0 opens it to the network.
"""

import functools

from ganzoo.commands import command, folders, invert, runner
from ganzoo.commands.flags import Flag
from ganzoo.errors import InputError
from ganzoo.utils.files import expanded


def groups():
    """Return {title: flags}."""
    return {
        "flags": [
            Flag("run", [], "folder of a run to offer; may be given several times (default: all below runs/)", list, shown="",
                 repeated=True),
            Flag("host", "127.0.0.1", "address to listen at"),
            Flag("port", 7860, "port to listen at, 1 to 65535; where it is taken, the next free one", int, low=1, high=65535),
        ]
    }  # fmt: skip


def find(options):
    """Return a callable that lists the folders of the runs to offer, the newest first.

    Raises:
        InputError: if there is no run, or if a folder named with --run does not exist.
    """
    from ganzoo.training.runs import RunDirectory

    for path in options.run:
        if not RunDirectory(path).path.is_dir():
            raise InputError(f"there is no run at {path}.")
    if not options.run and not folders.all_runs():
        raise InputError(f"there is no run below {folders.RUNS}; train one (ganzoo train mlp-gan), or name one with --run.")
    return lambda: [str(expanded(path)) for path in options.run] or folders.all_runs()[::-1]


def first(catalog):
    """Return the first run that can be loaded, opened.

    Raises:
        InputError: if there is none; says why the first cannot.
    """
    fault = None
    for name in catalog.folders():
        try:
            return catalog.open(name)
        except InputError as error:
            command.say(f"not loaded: {error}")
            fault = fault or error
    raise InputError(f"none of the runs can be loaded; the first: {fault}")


def main(options):
    from ganzoo.explore import server

    with server.gradio_at_home(f"{command.python_words()} -m pip install 'gradio>=6,<7'"):
        from ganzoo.explore.catalog import Catalog

        catalog = Catalog(find(options), functools.partial(runner.data_of, same=False), invert.read, command.say)
        server.serve(catalog, first(catalog), options.host, options.port, command.say)
