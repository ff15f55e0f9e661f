"""TensorFlow Serving: where it looks for a model, and what its REST interface is asked with."""

import json
import pathlib
import re

import numpy as np

from ganzoo.errors import InputError
from ganzoo.export.comparison import example_inputs


def check_serving_name(name):
    """Raise InputError if TensorFlow Serving, or a file system, could not take a model's name."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}", name, re.ASCII):
        raise InputError(
            f"serving_name must be at most 100 letters, digits, - and _, a letter or digit first. Received: {name[:120]!r}"
        )


def request(model, signature, n=1):
    """Return a body of TensorFlow Serving's REST interface, a dictionary: n instances in its row format.

    Args:
        model: a `ganzoo` model.
        signature: one of `model.endpoints()`, or "from_seed".
        n: positive int.
    """
    if signature == "from_seed":
        examples, inputs = example_inputs(model, "serving_default", n), model.endpoints()["serving_default"].inputs
        columns = {"seeds": np.arange(7, 7 + n)} | {name: examples[name] for name, each in inputs.items() if not each.drawn}
    else:
        columns = example_inputs(model, signature, n)
    rows = [{name: np.round(values[i].astype("float64"), 4).tolist() if values.dtype.kind == "f" else values[i].tolist()
             for name, values in columns.items()} for i in range(n)]  # fmt: skip
    return {"signature_name": signature, "instances": rows}


def write_requests(folder, model, batch=None):
    """Write requests/SIGNATURE.json for each signature that TensorFlow Serving is asked with; returns the paths."""
    (pathlib.Path(folder) / "requests").mkdir()
    default = model.endpoints()["serving_default"]
    signatures = [*model.endpoints(), *(["from_seed"] if any(each.drawn for each in default.inputs.values()) else [])]
    paths = []
    for signature in signatures:
        paths.append(pathlib.Path(folder) / "requests" / f"{signature}.json")
        paths[-1].write_text(json.dumps(request(model, signature, batch or 2)) + "\n", encoding="utf-8")
    return paths
