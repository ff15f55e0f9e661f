"""Reading a diagnosis.json that may be damaged, or anyone's."""

from ganzoo.errors import InputError
from ganzoo.utils.files import read_json, shorten

MAX_BYTES = 200_000_000
MAX_NUMBER = 3.5e38  # what float32 holds
MEASURES = frozenset(
    {"discriminator_auc", "gradient", "spread", "real_spread", "modes", "real_modes", "nearest", "real_nearest"}
)
OF_SOME = frozenset({"near_copy_rate", "clipped_fraction", "clipped_gains"})  # models
_TEXTS = ("symptom", "evidence", "message", "remedy")


def read_diagnosis(path):
    """Return (rows, findings) as `Diagnosis` wrote them; a measure that was NaN is None.

    Args:
        path: the JSON file.

    Raises:
        InputError: if it is no such file, naming the first fault.
    """
    content = read_json(path, MAX_BYTES)
    if not isinstance(content, dict) or not all(isinstance(content.get(name), list) for name in ("evidence", "findings")):
        raise InputError(f"{path} must hold evidence and findings, two lists.")
    for name, fault in (("evidence", _fault_of_row), ("findings", _fault_of_finding)):
        for index, entry in enumerate(content[name]):
            if wrong := "it is not a dictionary" if not isinstance(entry, dict) else fault(entry):
                raise InputError(f"{path}: {name}[{index}] cannot be used: {wrong}.")
    return content["evidence"], content["findings"]


def _fault_of_row(row):
    """Return what is wrong with a row of evidence, or None."""
    if not _is_step(row.get("step")) or not _is_text(row.get("match")):
        return "step must be a whole number and match a text"
    losses = row.get("losses")
    if losses is not None and not (isinstance(losses, list) and all(_is_pair(each) for each in losses)):
        return "losses must be pairs of numbers"
    measured = row.keys() - {"step", "match", "losses"}
    if "losses" not in row or not (measured <= MEASURES | OF_SOME and (measured >= MEASURES or None in row.values())):
        return "its measures have other names"
    odd = [name for name in measured if row[name] is not None and not _is_number(row[name])]
    return f"{odd[0]} must be a number. Received: {shorten(repr(row[odd[0]]))}" if odd else None


def _fault_of_finding(finding):
    """Return what is wrong with a finding, or None."""
    if finding.keys() != {"step", "until", *_TEXTS}:
        return "its entries have other names"
    if not all(_is_text(finding[name]) for name in _TEXTS):
        return f"{', '.join(_TEXTS)} must be printable texts"
    if not _is_step(finding["step"]) or not (finding["until"] is None or _is_step(finding["until"])):
        return "step and until must be whole numbers"
    return None


def _is_step(value):
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63


def _is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and -MAX_NUMBER <= value <= MAX_NUMBER


def _is_pair(value):
    return isinstance(value, list) and len(value) == 2 and all(map(_is_number, value))


def _is_text(value):
    return isinstance(value, str) and len(value) <= 2000 and value.isprintable()
