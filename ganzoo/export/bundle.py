"""An exported model: a folder with a file or more for each runtime, a model card and its picture, written in one stroke."""

import importlib.util
import pathlib
import shutil
import tempfile

import numpy as np

from ganzoo.core.inputs import Image
from ganzoo.core.state import get_state
from ganzoo.errors import InputError
from ganzoo.export import litert, model_card, onnx, saved_model, serving
from ganzoo.export.comparison import compare, require_equal
from ganzoo.export.float32 import computing_in_float32
from ganzoo.export.folder import check_path, put_in_place
from ganzoo.utils.checks import positive_integer
from ganzoo.utils.finite import nonfinite_networks

FORMATS = ("savedmodel", "onnx", "litert")
# What a format needs besides ganzoo's own requirements: {format: {module: package}}.
NEEDS = {
    "savedmodel": {},
    "onnx": {"tf2onnx": "tf2onnx", "onnx": "onnx", "onnxruntime": "onnxruntime"},
    "litert": {"ai_edge_litert": "ai-edge-litert"},
}


def export_generator(path, model, formats=("savedmodel",), batch=None, quantize="none", serving_name="", run_dir=None,
                     calibration=None, report=None):  # fmt: skip
    """Write a trained model for other programs, which need no ganzoo.

    Every format has a function for each of `model.endpoints()`, which takes the model's inputs by name (latents, labels, codes,
    ...) and returns `images`, float32 `(N, H, W, C)` in [0, 1], whatever range the network works in and whatever its dtype
    policy: scaling and clipping are inside the graph. An image that is to be translated is given in [0, 1] too. A model of
    points returns `points`. model_card.md and samples.png are written beside the files.

    - "savedmodel": `serving_default`, and `from_seed` where the model draws inputs: seeds int32 `(N,)`, and by name what it
      does not draw (labels int32 `(N,)`) -> `images` `(N, H, W, C)` of the examples' dtype, uint8 or uint16. Image i depends on
      `seeds[i]` (and its label) alone: on a CPU neither N nor the order nor the process changes a bit of it, and with
      8 bits a channel it equals `sample(1, seed)[0]`; a GPU, whose arithmetic is coarser, may move a gray level. For many
      images at once, `serving_default` is faster. Labels beyond the classes stop the call with an error.
    - "onnx": generator.onnx, or ENDPOINT.onnx for each where there are several. The image of a label beyond the classes is NaN.
    - "litert": generator.tflite, a signature for each endpoint. A label beyond the classes gives NaN here too, in int8 the
      image of the nearest class.

    ONNX and LiteRT files are run and compared with Keras before anything is put at `path`.

    Args:
        path: folder to write; an export that is there already is replaced, files of other kinds in it stay.
        model: a `ganzoo` model.
        formats: sequence of "savedmodel", "onnx", "litert".
        batch: None for any number N of images; a positive int for that number alone, which some accelerators want.
        quantize: of LiteRT: "none", "float16" or "int8".
        serving_name: if set, the export is the folder of this name below `path` and the SavedModel its version 1, as
            TensorFlow Serving wants it; requests/ holds example requests for its REST interface.
        run_dir: the run that the model comes from, for the card: data, steps, measures.
        calibration: {name: uint8 images `(n, H, W, C)`} for int8, where inputs are images.
        report: callable that is given the `ganzoo.export.comparison.Difference` of each endpoint of each ONNX and LiteRT file.

    Returns:
        The folder written, as a string.

    Raises:
        InputError: for a bad value, a missing package, weights that are NaN or infinite, or operations that a format does not
            have; nothing is written then.
    """
    formats = (formats,) if isinstance(formats, str) else tuple(formats)
    check_request(formats, batch, quantize, serving_name)
    path = pathlib.Path(path) / serving_name
    check_path(path)
    check_finite(model)
    if quantize == "int8":
        check_calibration(model, calibration or {})
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = pathlib.Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    try:
        (aside / "made").mkdir()
        differences = _write(aside / "made", model, formats, batch, quantize, serving_name, calibration)
        model_card.write_card(aside / "made", model, batch, serving_name, differences, run_dir)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    put_in_place(aside, path, model.endpoints())
    for each in differences if report else ():
        report(each)
    return str(path)


def check_request(formats=("savedmodel",), batch=None, quantize="none", serving_name=""):
    """Raise InputError for what cannot be exported, whatever the model, or for a package that is missing."""
    for each in formats:
        if each not in FORMATS:
            raise InputError(f"formats must be of {', '.join(FORMATS)}. Received: {str(each)[:100]!r}")
    if not formats:
        raise InputError(f"formats must be at least one of {', '.join(FORMATS)}.")
    if batch is not None:
        positive_integer("batch", batch)
    if quantize not in litert.QUANTIZATIONS:
        raise InputError(f"quantize must be one of {', '.join(litert.QUANTIZATIONS)}. Received: quantize={quantize!r}")
    if quantize != "none" and "litert" not in formats:
        raise InputError(f"quantize={quantize} is for the format litert. Received: formats {', '.join(formats)}")
    if serving_name:
        serving.check_serving_name(serving_name)
        if "savedmodel" not in formats:
            raise InputError(f"serving_name is for the format savedmodel. Received: formats {', '.join(formats)}")
    for each in formats:
        missing = [package for module, package in NEEDS[each].items() if importlib.util.find_spec(module) is None]
        if missing:
            raise InputError(f"the format {each} needs packages that are not installed: pip install {' '.join(missing)}")


def check_calibration(model, calibration):
    """Raise InputError if int8 needs images that are not given, or not as they must be."""
    for endpoint in model.endpoints().values():
        for name, each in endpoint.inputs.items():
            given = calibration.get(name)
            fits = given is not None and given.dtype == np.uint8 and given.shape[1:] == each.shape and len(given)
            if isinstance(each, Image) and not fits:
                wanted = f"uint8 images (n, {', '.join(map(str, each.shape))})"
                came = "none" if given is None else f"{given.dtype} {given.shape}"
                raise InputError(
                    f"int8 needs calibration: {wanted} for {name}, like those that the model will be given. Received: {came}"
                )


def check_finite(model):
    """Raise InputError if one of the networks has weights that are NaN or infinite."""
    networks = nonfinite_networks(get_state(model))
    if networks:
        raise InputError(f"{', '.join(networks)} at step {model.step} hold NaN or infinite weights; nothing is exported.")


def _write(folder, model, formats, batch, quantize, serving_name, calibration):
    """Write the files of all formats; returns a `Difference` for each endpoint of each file that was converted."""
    differences = []
    if "savedmodel" in formats:
        saved_model.write_saved_model(folder / "1" if serving_name else folder, model, batch)
        if serving_name:
            serving.write_requests(folder, model, batch)
    with computing_in_float32(model):
        if "onnx" in formats:
            for name, path in onnx.write_onnx(folder, model, batch).items():
                differences.append(compare(model, name, path, onnx.run_onnx, batch, calibration))
                require_equal(model, differences[-1])
        if "litert" in formats:
            for name, path in litert.write_litert(folder, model, batch, quantize, calibration).items():
                differences.append(compare(model, name, path, litert.run_litert, batch, calibration))
                if quantize == "none":
                    require_equal(model, differences[-1])
    return differences
