"""How far a run's training is: its newest sample picture and the curves of its numbers. Nothing is written."""

import dataclasses
import io
import pathlib
import re

import numpy as np

from ganzoo.data.image_file import open_image
from ganzoo.errors import InputError
from ganzoo.training.callbacks.metrics_csv import read_rows
from ganzoo.utils.plots import loss_figure

ROWS = 2000  # that curves are drawn of, evenly chosen


@dataclasses.dataclass(frozen=True)
class Look:
    """What a look into a run's folder finds.

    Attributes:
        stamp: changes where there is something new.
        pictures: {step: path} of its samples, inside the folder.
        table: path of its numbers, or None.
    """

    stamp: tuple
    pictures: dict
    table: pathlib.Path | None


def look(run_dir):
    """Return the `Look` at a run; links that leave its folder are not followed."""
    run_dir = pathlib.Path(run_dir).resolve()
    found = {int(match[1]): path for path in (run_dir / "samples").glob("step_*.png")
             if (match := re.fullmatch(r"step_(\d{1,12})\.png", path.name)) and _is_inside(path, run_dir)}  # fmt: skip
    pictures = dict(sorted(found.items()))
    table = run_dir / "metrics.csv"
    table = table if table.is_file() and _is_inside(table, run_dir) else None
    newest = [path.stat() for path in (*list(pictures.values())[-1:], *([table] if table else []))]
    return Look((str(run_dir), *((each.st_mtime_ns, each.st_size) for each in newest)), pictures, table)


def read(path):
    """Return a picture of samples as uint8 `(H, W, C)`.

    Raises:
        InputError: if it is not a picture.
    """
    with open_image(path) as image:
        return np.asarray(image.convert("L" if image.mode == "L" else "RGB")).reshape(image.height, image.width, -1)


def curves(table):
    """Return every number of a `metrics.csv` against the step, as the bytes of an SVG.

    Raises:
        InputError: if there are no numbers yet, or the table is damaged.
    """
    rows = read_rows(table) if table else []
    if not rows:
        raise InputError("no numbers yet.")
    figure = loss_figure(rows[:: -(-len(rows) // ROWS)])
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()


def _is_inside(path, folder):
    return path.resolve().is_relative_to(folder)
