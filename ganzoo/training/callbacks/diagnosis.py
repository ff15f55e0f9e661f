"""Failure detection during training, reported in words."""

import json
import math
import os
import pathlib

import keras

from ganzoo.checks import positive_integer
from ganzoo.evaluation.diagnosis import SYMPTOMS, Probe


class Diagnosis(keras.callbacks.Callback):
    """Measure the GAN every `every` steps and report, once, when a symptom appears, on what evidence, and what to try.

    Args:
        real: uint8 images `(N, H, W, C)` or points `(N, d)` that it trains on.
        labels: ints `(N,)` where the GAN is conditional, else None.
        every: steps between two looks.
        path: JSON file to write; one that is there is gone on with. None writes none.
        writer: optional object with `text(name, text, step)`, e.g. a `ganzoo.backend.EventWriter`.
        report: callable that is given each message, e.g. print; None stays silent.

    Attributes:
        findings: list of dictionaries: symptom, step, evidence, message, remedy, and until, the step at which a later
            measurement found it no more (else None).
        rows: list of dictionaries, the evidence of each look; see `ganzoo.evaluation.diagnosis.Probe.measure`.
    """

    def __init__(self, real, labels=None, every=100, path=None, writer=None, report=print):
        super().__init__()
        self.every, self.path = positive_integer("every", every), None if path is None else pathlib.Path(path)
        self.writer, self.report = writer, report
        self.probe = Probe(real, labels)
        self.findings, self.rows, self._losses = [], [], []

    def on_train_begin(self, logs=None):
        step = self.model.step
        if self.path is not None and self.path.exists():
            self._read(step)
        if not self.rows:
            self._look(step)
        self._due = self.rows[-1]["step"] + self.every

    def on_train_batch_end(self, batch, logs=None):
        odd = [name for name, value in (logs or {}).items() if not math.isfinite(float(value))]
        if odd:  # the guard that comes after stops the training, so this is the last chance to speak
            self._losses.append((math.nan, math.nan))
            self._look(self.model.step)

    def on_epoch_end(self, epoch, logs=None):
        self._losses.append((float(logs["discriminator_loss"]), float(logs["generator_loss"])))
        if self.model.step >= self._due:
            self._look(self.model.step)
            self._due = self.model.step + self.every

    def on_train_end(self, logs=None):
        if self.report is not None and len(self.rows) > 1:
            present = [finding["message"] for finding in self.findings if finding["until"] is None]
            self.report(f"diagnosis after {len(self.rows)} looks: {' '.join(present) or 'no symptom of failure.'}")

    def _look(self, step):
        self.rows.append({"step": step, **self.probe.measure(self.model), "losses": self._losses})
        self._losses = []
        finite = all(math.isfinite(value) for name, value in self.rows[-1].items() if name != "losses")
        for symptom in SYMPTOMS if finite else SYMPTOMS[:1]:
            evidence = symptom.rule(self.rows)
            open_one = next((f for f in self.findings if f["symptom"] == symptom.name and f["until"] is None), None)
            if evidence and open_one is None:
                self._open_finding(symptom, step, evidence)
            elif open_one is not None and not evidence:
                open_one["until"] = step
                self._tell(f"step {step}: no longer so: {symptom.message}", step)
        self._write()

    def _open_finding(self, symptom, step, evidence):
        finding = {
            "symptom": symptom.name,
            "step": step,
            "evidence": evidence,
            "message": symptom.message,
            "remedy": symptom.remedy,
        }
        self.findings.append(finding | {"until": None})
        self._tell(f"step {step}: {symptom.message} Seen: {evidence}. {symptom.remedy}", step)

    def _tell(self, message, step):
        if self.report is not None:
            self.report(message)
        if self.writer is not None:
            self.writer.text("diagnosis", message, step)

    def _read(self, step):
        """Take up what was seen up to a step; what a killed run saw later is forgotten."""
        known = json.loads(self.path.read_text(encoding="utf-8"))
        self.rows = [row for row in known["evidence"] if row["step"] <= step and None not in row.values()]
        self.findings = [finding for finding in known["findings"] if finding["step"] <= step]
        for finding in self.findings:
            if finding["until"] is not None and finding["until"] > step:
                finding["until"] = None

    def _write(self):
        if self.path is None:
            return
        rows = [{name: _plain(value) for name, value in row.items()} for row in self.rows]
        temporary = self.path.with_suffix(".writing")
        temporary.write_text(json.dumps({"findings": self.findings, "evidence": rows}, indent=1) + "\n", encoding="utf-8")
        os.replace(temporary, self.path)


def _plain(value):
    """Return what JSON can hold: null for NaN and infinity, and for a list of losses with one of them."""
    numbers = [x for pair in value for x in pair] if isinstance(value, list) else [value]
    return value if all(map(math.isfinite, numbers)) else None
