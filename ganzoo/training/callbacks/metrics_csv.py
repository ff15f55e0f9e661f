"""The numbers of a run: a table for people and scripts, curves for TensorBoard."""

import csv
import pathlib
import time

import keras


class MetricsCSV(keras.callbacks.Callback):
    """Append a row to `metrics.csv` at the end of every epoch (of `log_every` steps), and send it on.

    Columns: step, seconds (training time so far, across resumes), images_per_second (real images shown to the
    discriminator), then the means of losses and measures over the interval and what callbacks before this one put into the
    logs; a column that begins later is empty above. Rows after the current step, left by a run
    that was killed, are dropped when training begins, so a resumed table reads like an uninterrupted one.

    Args:
        path: the CSV file.
        images_per_step: real images that one step consumes.
        writer: optional object with `scalar(name, value, step)` and `flush()`.
    """

    def __init__(self, path, images_per_step, writer=None):
        super().__init__()
        self.path = pathlib.Path(path)
        self.images_per_step = images_per_step
        self.writer = writer
        self.seconds = 0.0

    def on_train_begin(self, logs=None):
        rows = [row for row in read_rows(self.path) if int(row["step"]) <= self.model.step]
        if self.path.exists():
            self._write(rows)
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
        self._write([row], append=True)
        if self.writer is not None:
            for name, value in row.items():
                if name != "step":
                    self.writer.scalar(name, value, step)
            self.writer.flush()

    def _write(self, rows, append=False):
        append = append and self.path.exists() and self.path.stat().st_size > 0
        if not rows and not append:
            self.path.unlink(missing_ok=True)
            return
        columns = list(rows[0]) if rows else []
        if append:
            known = _columns(self.path)
            new = [name for name in columns if name not in known]
            columns = known + new
            if new:
                rows, append = read_rows(self.path) + rows, False
        with open(self.path, "a" if append else "w", newline="", encoding="utf-8") as file:
            table = csv.DictWriter(file, fieldnames=columns)
            if not append:
                table.writeheader()
            table.writerows(rows)


def _columns(path):
    with open(path, newline="", encoding="utf-8") as file:
        return next(csv.reader(file))


def read_rows(path):
    """Return the whole rows of a metrics table as dictionaries of strings; a torn last row is left out."""
    if not pathlib.Path(path).exists():
        return []
    with open(path, newline="", encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if None not in row.values() and None not in row]
