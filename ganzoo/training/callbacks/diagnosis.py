"""Failure detection during training, reported in words."""

import json
import math
import os
import pathlib

import keras

from ganzoo.errors import InputError
from ganzoo.evaluation.diagnosis import SYMPTOMS, Probe
from ganzoo.training.callbacks.diagnosis_file import read_diagnosis
from ganzoo.training.callbacks.metrics_csv import read_rows
from ganzoo.utils.checks import positive_integer
from ganzoo.utils.files import write_whole


class Diagnosis(keras.callbacks.Callback):
    """Measure the model every `every` steps and report each symptom when it appears, with its evidence and what to try.

    Args:
        arrays: dictionary of the real examples that the model trains on, such as `dataset.arrays`; see `Probe`.
        every: steps between two measurements.
        path: JSON file to write; an existing one is continued, or set aside if it cannot be read. None writes no file.
        writer: optional object with `text(name, text, step)`, e.g. a `ganzoo.backend.EventWriter`.
        report: callable that is given each message, e.g. print; None stays silent.
        table: metrics.csv of the run, from which a resumed run reads the losses since its last measurement; None reads none.

    Attributes:
        findings: list of dictionaries: symptom, step, evidence, message, remedy, and until, the step at which the symptom was
            found to be gone (None while it lasts). Where a model has several matches, each with its discriminator, symptom and
            message begin with the match's name.
        rows: list of dictionaries, one for each measurement and match: step, match, losses since the previous row, a list of
            (discriminator loss, generator loss), and what `ganzoo.evaluation.diagnosis.Probe.measure` returns.
    """

    def __init__(self, arrays, every=100, path=None, writer=None, report=print, table=None):
        super().__init__()
        self.every, self.path = positive_integer("every", every), None if path is None else pathlib.Path(path)
        self.writer, self.report, self.table = writer, report, table
        self.probe = Probe(arrays)
        self.findings, self.rows, self._losses = [], [], {}

    def on_train_begin(self, logs=None):
        step = self.model.step
        if self.path is not None and self.path.exists():
            self._read(step)
        if not self.rows:
            self._measure(step)
        self._due = (self.rows[-1]["step"] if self.rows else step) + self.every

    def on_epoch_begin(self, epoch, logs=None):
        if self.table is not None and self.rows:
            rows = [row for row in read_rows(self.table) if int(row["step"]) > self.rows[-1]["step"]]
            for name, match in self.model.matches().items():
                pairs = [(row.get(match.discriminator_logs), row.get(match.generator_logs)) for row in rows]
                self._losses[name] = [tuple(map(float, pair)) for pair in pairs if all(pair)]
        self.table = None  # the rows that come are of this training

    def on_train_batch_end(self, batch, logs=None):
        odd = [name for name, value in (logs or {}).items() if not math.isfinite(float(value))]
        if odd:  # the guard that comes after stops the training, so this is the last chance to report it
            for name in self.model.matches():
                self._losses.setdefault(name, []).append((math.nan, math.nan))
            self._measure(self.model.step)

    def on_epoch_end(self, epoch, logs=None):
        for name, match in self.model.matches().items():
            pair = (float(logs[match.discriminator_logs]), float(logs[match.generator_logs]))
            self._losses.setdefault(name, []).append(pair)
        if self.model.step >= self._due:
            self._measure(self.model.step)
            self._due = self.model.step + self.every

    def on_train_end(self, logs=None):
        measurements = len({row["step"] for row in self.rows})
        if self.report is not None and measurements > 1:
            present = [finding["message"] for finding in self.findings if finding["until"] is None]
            self.report(f"diagnosis after {measurements} measurements: {' '.join(present) or 'no symptom of failure.'}")

    def _measure(self, step):
        measured = self.probe.measure(self.model)
        for name, evidence in measured.items():
            self.rows.append({"step": step, "match": name, **evidence, "losses": self._losses.pop(name, [])})
            self._judge([row for row in self.rows if row["match"] == name], name if len(measured) > 1 else "")
        self._write()

    def _judge(self, rows, name):
        """Open and close findings on the rows of one match; name is put before them."""
        finite = all(math.isfinite(value) for value in rows[-1].values() if isinstance(value, float))
        for symptom in SYMPTOMS if finite else SYMPTOMS[:1]:
            found = symptom.rule(rows)
            full_name = f"{name}/{symptom.name}" if name else symptom.name
            message = f"{name}: {symptom.message}" if name else symptom.message
            open_one = next((f for f in self.findings if f["symptom"] == full_name and f["until"] is None), None)
            if found and open_one is None:
                finding = {"symptom": full_name, "step": rows[-1]["step"], "evidence": found, "message": message}
                self.findings.append(finding | {"remedy": symptom.remedy, "until": None})
                self._tell(f"step {rows[-1]['step']}: {message} Seen: {found}. {symptom.remedy}", rows[-1]["step"])
            elif open_one is not None and not found and not symptom.rule(rows[:-1]):  # twice, as measurements scatter
                open_one["until"] = rows[-1]["step"]
                self._tell(f"step {rows[-1]['step']}: no longer so: {message}", rows[-1]["step"])

    def _tell(self, message, step):
        if self.report is not None:
            self.report(message)
        if self.writer is not None:
            self.writer.text("diagnosis", message, step)

    def _read(self, step):
        """Take up what was seen up to a step; what a killed run saw later is forgotten."""
        try:
            rows, findings = read_diagnosis(self.path)
        except InputError as error:
            aside = self.path.with_suffix(".unreadable")
            os.replace(self.path, aside)
            if self.report is not None:
                self.report(f"{error} It is kept as {aside.name}, and the diagnosis begins anew.")
            return
        self.rows = [row for row in rows if row["step"] <= step and None not in row.values()]
        self.findings = [finding for finding in findings if finding["step"] <= step]
        for finding in self.findings:
            if finding["until"] is not None and finding["until"] > step:
                finding["until"] = None

    def _write(self):
        if self.path is None:
            return
        rows = [{name: _plain(value) for name, value in row.items()} for row in self.rows]
        write_whole(self.path, json.dumps({"findings": self.findings, "evidence": rows}, indent=1) + "\n")


def _plain(value):
    """Return what JSON can hold: null for NaN and infinity, and for a list of losses with one of them."""
    if isinstance(value, str):
        return value
    numbers = [x for pair in value for x in pair] if isinstance(value, list) else [value]
    return value if all(map(math.isfinite, numbers)) else None
