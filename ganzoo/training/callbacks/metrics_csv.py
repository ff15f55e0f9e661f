"""The numbers of a run: a table for people and scripts, curves for TensorBoard."""

import csv
import io
import math
import os
import pathlib
import time

import keras

from ganzoo.errors import InputError
from ganzoo.utils.files import check_regular, naming, shorten, write_whole

MAX_BYTES = 200_000_000
MAX_COLUMNS = 200
MAX_NAME = 100  # characters of a column's name


class MetricsCSV(keras.callbacks.Callback):
    """Append a row to `metrics.csv` at the end of every epoch (of `log_every` steps), and pass it to `writer`.

    Columns: step, seconds (training time so far, across resumes), images_per_second (real images shown to the
    discriminator), then the means of losses and measures over the interval and what callbacks before this one put into the
    logs; a column that appears later is empty in earlier rows. Rows beyond the step where training begins, left by a killed
    run, are dropped, so a resumed table reads like an uninterrupted one. A damaged table is set aside as `metrics.damaged.csv`.

    Args:
        path: the CSV file.
        images_per_step: real images that one step consumes.
        writer: optional object with `scalar(name, value, step)` and `flush()`.
        keep_until: the last step whose row is kept when training begins, where the interval after it is continued; None keeps
            all up to the model's step.
        report: called with a sentence if a damaged table is set aside.
    """

    def __init__(self, path, images_per_step, writer=None, keep_until=None, report=print):
        super().__init__()
        self.path = pathlib.Path(path)
        self.images_per_step, self.writer = images_per_step, writer
        self.keep_until, self.report = keep_until, report
        self.seconds = 0.0

    def on_train_begin(self, logs=None):
        try:
            rows = read_rows(self.path)
        except InputError as error:
            damaged = self.path.with_name(f"{self.path.stem}.damaged{self.path.suffix}")
            os.replace(self.path, damaged)
            self.report(f"{error} It is kept as {damaged.name}, and a new table begins.")
            rows = []
        last = self.model.step if self.keep_until is None else self.keep_until
        rows = [row for row in rows if int(row["step"]) <= last]
        if self.path.exists():
            self._rewrite(rows)
        self.seconds = float(rows[-1]["seconds"]) if rows else 0.0

    def on_epoch_begin(self, epoch, logs=None):
        self._start, self._first_step = time.perf_counter(), self.model.step

    def on_epoch_end(self, epoch, logs=None):
        elapsed = max(time.perf_counter() - self._start, 1e-9)
        self.seconds += elapsed
        step = self.model.step
        row = {"step": step, "seconds": round(self.seconds, 3)}
        row["images_per_second"] = round((step - self._first_step) * self.images_per_step / elapsed, 3)
        row |= {name: float(value) for name, value in logs.items()}
        self._append(row)
        if self.writer is not None:
            for name, value in row.items():
                if name != "step":
                    self.writer.scalar(name, value, step)
            self.writer.flush()

    def _append(self, row):
        columns = _columns(self.path)
        if not row.keys() <= set(columns):
            self._rewrite([*read_rows(self.path), row])
            return
        with naming(self.path), open(self.path, "a", newline="", encoding="utf-8") as file:
            csv.DictWriter(file, fieldnames=columns).writerow(row)

    def _rewrite(self, rows):
        """Write the whole table anew, with the columns of all rows; none is removed."""
        if not rows:
            self.path.unlink(missing_ok=True)
            return
        table = io.StringIO(newline="")
        writer = csv.DictWriter(table, fieldnames=list(dict.fromkeys(name for row in rows for name in row)))
        writer.writeheader()
        writer.writerows(rows)
        write_whole(self.path, table.getvalue())


def _columns(path):
    """Return the names in the first line of a table, none where there is no table."""
    if not path.exists():
        return []
    with open(path, newline="", encoding="utf-8") as file:
        return next(csv.reader(file), [])


def read_rows(path):
    """Read a metrics table, which may be anyone's.

    Args:
        path: the CSV file; absent counts as empty.

    Returns:
        list of dictionaries of strings, the whole rows by ascending step; a torn last row is left out.

    Raises:
        InputError: if it is no table of numbers with a column step.
    """
    path = pathlib.Path(path)
    if not os.path.lexists(path):
        return []
    check_regular(path, MAX_BYTES)
    try:
        text = path.read_text(encoding="utf-8")
        whole = text[: text.rfind("\n") + 1]  # a last line without an end is torn
        lines = list(csv.reader(io.StringIO(whole, newline=""), strict=True))
    except (OSError, ValueError, csv.Error) as error:
        raise InputError(f"{path} cannot be read as a table: {shorten(error)}.") from error
    columns = lines[0] if lines else []
    rows, last = [], -1
    for number, cells in enumerate(lines[1:], start=2):
        row = dict(zip(columns, cells, strict=False))
        fault = _fault(row, columns, cells, last)
        if fault is None:
            rows.append(row)
            last = int(row["step"])
        elif number < len(lines) or "step" not in columns or len(set(columns)) < len(columns):
            raise InputError(f"{path} is damaged in line {number}: {fault}.")
    return rows


def _fault(row, columns, cells, last):
    """Return what is wrong with a row, or None."""
    if "step" not in columns or "seconds" not in columns or len(set(columns)) < len(columns):
        return "the columns are not those of a metrics table"
    if len(columns) > MAX_COLUMNS or not all(name.isprintable() and len(name) <= MAX_NAME for name in columns):
        return f"there are more than {MAX_COLUMNS} columns, or column names that are too long or not printable"
    if len(cells) != len(columns):
        return f"expected {len(columns)} cells and found {len(cells)}"
    try:
        numbers = {name: float(value) for name, value in row.items() if value}
        step = int(row["step"]) if len(row["step"]) < 19 else -1
    except ValueError:
        return "it holds something other than numbers"
    if not last < step or not math.isfinite(numbers.get("seconds", math.nan)):
        return "the steps do not ascend, or seconds is not a finite number"
    return None
