"""The model card: what a generator is, what made it, what it takes and gives, and how to load it without ganzoo."""

import json
import pathlib
import shutil

import ganzoo
from ganzoo.core.inputs import WHITE
from ganzoo.data.licenses import LICENSES
from ganzoo.errors import InputError
from ganzoo.export.functions import is_bounded
from ganzoo.export.loading_code import code_blocks
from ganzoo.registry import MODELS
from ganzoo.utils import images
from ganzoo.utils.files import read_json

CARD, PICTURE, VOCABULARY = "model_card.md", "samples.png", "vocabulary.json"
SIGN = "exported with ganzoo"  # by which an export's folder is told from another


def write_card(folder, model, batch, serving_name, differences, run_dir=None):
    """Write model_card.md and samples.png into an export's folder, beside its files; vocabulary.json of a model of texts.

    Args:
        folder: where the files stand.
        model, batch, serving_name, run_dir: as in `ganzoo.export.export_generator`.
        differences: list of `ganzoo.export.comparison.Difference`.
    """
    folder = pathlib.Path(folder)
    lines = [f"# {type(model).__name__}: the generator at step {model.step}", ""]
    if _draw(folder / PICTURE, model, run_dir):
        lines += [f"![samples]({PICTURE})", ""]
    lines += _table(("what", "is"), _facts(model, run_dir))
    lines += ["", "## Inputs and outputs", "", *_interface(model, batch), "", *_remarks(model)]
    lines += _vocabulary(folder / VOCABULARY, model)
    lines += ["", "## Files", "", *_files(folder, model, differences)]
    lines += ["", "## Load it without ganzoo", "", "Each from this folder."]
    for title, needs, code in code_blocks(folder, model, batch, serving_name):
        lines += ["", f"{title} (`pip install {needs}`):", "", "```python", code, "```"]
    if serving_name:
        lines += ["", *_serving(serving_name, folder)]
    (folder / CARD).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _draw(path, model, run_dir):
    """Write new samples, or the run's newest where samples need images of the data; returns whether there is a picture."""
    if not model.probe_size:
        images.save_png(path, model.preview())
        return True
    pictures = sorted((pathlib.Path(run_dir) / "samples").glob("step_*.png")) if run_dir else []
    if pictures:
        shutil.copyfile(pictures[-1], path)
    return bool(pictures)


def _facts(model, run_dir):
    """Return [(what, value)] of the model and of its run."""
    rows = [("model", type(model).__name__)]
    entry = MODELS.get(type(model).__name__)
    if entry:
        rows.append(("paper", f"[{entry.paper}](https://arxiv.org/abs/{entry.arxiv})"))
    config = _read(run_dir, "config.json")
    settings, flags = _part(config, "settings"), _part(_part(config, "notes"), "flags")
    if "data" in settings:
        rows.append(("data", _plain(settings["data"])))
        builtin = None if any(flags.get(name) for name in ("data", "data_a", "data_b")) else flags.get("dataset")
        own = "points that ganzoo draws; nobody's rights" if "function" in flags else "not known to ganzoo; write it here"
        rows.append(("source and licence of the data", LICENSES.get(str(builtin), own)))
    rows += [("seed", model.seed), ("steps", model.step)]
    if "batch_size" in settings:
        rows.append(("batch size", _plain(settings["batch_size"])))
    for name, text in _part(config, "versions").items():
        rows.append((f"trained with {_plain(name)}", _plain(text)))
    rows.append((SIGN, ganzoo.__version__))
    return rows + _measures(_read(run_dir, "evaluation.json"))


def _measures(measured):
    """Return [(what, value)] of what `ganzoo evaluate` found."""
    step = _plain(measured.pop("step", None))
    rows = []
    for name, value in measured.items():
        if not name.endswith("_error"):
            error = measured.get(f"{name}_error")
            shown = f"{value:.5g}" if isinstance(value, float) else _plain(value)
            shown += f" ± {error:.2g}" if isinstance(error, float) else ""
            rows.append((f"{_plain(name).replace('_', ' ')}, at step {step}", shown))
    return rows


def _interface(model, batch):
    """Return the table of signatures."""
    rows = []
    endpoints = model.endpoints()
    n = batch or "N"
    result = "0 to 1" if is_bounded(model) else "any numbers"
    for signature, endpoint in endpoints.items():
        for name, each in endpoint.inputs.items():
            rows.append((f"`{signature}`", f"takes `{name}`", _shape(n, each.dynamic_shape), each.dtype, each.support))
        rows.append(
            (f"`{signature}`", f"gives `{endpoint.output}`", _shape(n, _output_shape(model, endpoint)), "float32", result)
        )
    default = endpoints["serving_default"]
    if any(each.drawn for each in default.inputs.values()):
        rows.append(("`from_seed`", "takes `seeds`", f"({n},)", "int32", "any"))
        for name, each in default.inputs.items():
            if not each.drawn:
                rows.append(("`from_seed`", f"takes `{name}`", _shape(n, each.dynamic_shape), each.dtype, each.support))
        spec = next(iter(model.examples.values()))
        kind, levels = (spec.dtype, f"0 to {int(WHITE[spec.dtype])}") if is_bounded(model) else ("float32", result)
        rows.append(("`from_seed`", f"gives `{default.output}`", _shape(n, spec.shape), kind, levels))
    return _table(("signature", "name", "shape", "dtype", "values"), rows)


def _output_shape(model, endpoint):
    """Return the shape of one example; sides follow the inputs' where these may be of any length."""
    shape = next(iter(model.examples.values())).shape
    dynamic = any(side is None for each in endpoint.inputs.values() for side in each.dynamic_shape)
    return (None, None, *shape[2:]) if dynamic else shape


_ENCODE = r"""Give a text as the numbers of its words, which are their indices in `words` of `{file}`; case and punctuation are
ignored, and zeros follow the last word:

```python
import json, re

vocabulary = json.load(open("{file}", encoding="utf-8"))

def encode(text, name="texts"):
    words = re.findall(r"[^\W_]+(?:['\u2019][^\W_]+)*", text.lower())
    numbers = [vocabulary[name]["words"].index(word) for word in words]
    return numbers + [0] * (vocabulary[name]["length"] - len(numbers))
```"""


def _vocabulary(path, model):
    """Write the words of the inputs that are texts; returns the lines about them, none where there are no texts."""
    texts = {name: each for point in model.endpoints().values() for name, each in point.inputs.items() if each.words}
    if not texts:
        return []
    found = {name: {"length": each.length, "words": ["", *each.words], "options": list(each.options)}
             for name, each in texts.items()}  # fmt: skip
    path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    lines = ["", "## Texts", "", *_ENCODE.format(file=VOCABULARY).splitlines(), ""]
    for name, each in texts.items():
        shown = _plain("; ".join(each.options))
        lines.append(
            f"`{name}`: {len(each.words)} words, at most {each.length} in a text" + (f", such as: {shown}" if shown else "")
        )
    return lines


def _remarks(model):
    """Return what a user should know besides."""
    lines = []
    if any(each.drawn for each in model.endpoints()["serving_default"].inputs.values()):
        lines.append("`from_seed` is in the SavedModel alone; an image depends on its seed (and label), not on the others.")
    choices = [(name, each) for point in model.endpoints().values() for name, each in point.inputs.items()
               if hasattr(each, "classes")]  # fmt: skip
    if choices:
        lines.append(
            "For the number of a class or word that does not exist, the SavedModel stops the call with an error; ONNX and "
            "LiteRT return NaN for the image, an int8 file the image of the nearest class."
        )
    return lines


def _files(folder, model, differences):
    """Return the table of files."""
    rows = []
    for path in sorted([*folder.glob("**/saved_model.pb"), *folder.glob("*.onnx"), *folder.glob("*.tflite")]):
        whole = (
            [path]
            if path.name != "saved_model.pb"
            else [each for each in path.parent.rglob("*") if _of_saved_model(each, path)]
        )
        found = [str(each) for each in differences if each.file == path.name]
        size = sum(each.stat().st_size for each in whole)
        rows.append((f"`{path.relative_to(folder)}`", f"{size / 1000:,.0f} kB", "; ".join(found) or "the same graph"))
    return _table(("file", "size", "measured on 16 samples"), rows)


def _of_saved_model(path, graph):
    within = path.relative_to(graph.parent).parts[0]
    return path.is_file() and within in (graph.name, "variables", "assets", "fingerprint.pb")


def _serving(name, folder):
    requests = sorted((folder / "requests").glob("*.json"))
    lines = ["TensorFlow Serving:", "", "```",
             f"tensorflow_model_server --rest_api_port=8501 --model_name={name} --model_base_path=$PWD"]  # fmt: skip
    lines += [f"curl -d @requests/{each.name} localhost:8501/v1/models/{name}:predict" for each in requests]
    return [*lines, "```"]


def _shape(n, shape):
    return f"({', '.join(map(str, (n, *('any' if side is None else side for side in shape))))}{',' if not shape else ''})"


def _table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(str(cell) for cell in row)} |" for row in lines]


def _plain(value):
    """Return text that stays within its cell of a table and is no markup."""
    shown = "".join(c if c.isprintable() else " " for c in str(value)[:200])
    return shown.replace("|", "\\|").replace("<", "&lt;")


def _part(config, name):
    """Return a dictionary inside one, {} if there is none."""
    found = config.get(name)
    return found if isinstance(found, dict) else {}


def _read(run_dir, name):
    """Return what a run's JSON file holds, {} if there is none."""
    path = None if run_dir is None else pathlib.Path(run_dir) / name
    if path is None or not path.exists():
        return {}
    found = read_json(path)
    if not isinstance(found, dict):
        raise InputError(f"{path} must hold an object. Received: {json.dumps(found)[:100]}")
    return found
