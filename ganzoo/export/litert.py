"""A trained model as one LiteRT (TensorFlow Lite) file, with a signature for each endpoint, of built-in operations alone."""

import pathlib
import re
import tempfile

import numpy as np

from ganzoo.errors import InputError
from ganzoo.export.comparison import example_inputs
from ganzoo.export.functions import portable_functions, write_functions
from ganzoo.utils.console import silent_stderr

QUANTIZATIONS = ("none", "float16", "int8")
CALIBRATION = 200  # samples whose activations tell the ranges of int8


def write_litert(folder, model, batch=None, quantize="none", calibration=None):
    """Write generator.tflite, or generator_float16.tflite, generator_int8.tflite.

    Args:
        folder: an existing folder.
        model: a `ganzoo` model.
        batch: None for any number of images, or an int.
        quantize: "none"; "float16" stores weights in half precision; "int8" stores weights and computes activations in 8 bits,
            inputs and outputs staying what they are.
        calibration: {name: uint8 images `(n, H, W, C)`}, for int8, of the inputs that are images.

    Returns:
        {name of the endpoint: path}, the same path for all.

    Raises:
        InputError: naming the operations that LiteRT does not have, or the images that int8 needs and that are not given.
    """
    import tensorflow as tf

    functions = portable_functions(model, batch, "nearest" if quantize == "int8" else "nan")
    path = pathlib.Path(folder) / file_name(quantize)
    with tempfile.TemporaryDirectory() as aside:
        write_functions(aside, model, {each.name: each.traced() for each in functions})
        converter = tf.lite.TFLiteConverter.from_saved_model(aside, signature_keys=[each.name for each in functions])
        if quantize != "none":
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
        if quantize == "float16":
            converter.target_spec.supported_types = [tf.float16]
        if quantize == "int8":
            converter.representative_dataset = lambda: _calibration(model, functions, batch, calibration or {})
        try:
            with silent_stderr():
                content = converter.convert()
        except Exception as error:
            raise _unsupported(model, error) from error
    path.write_bytes(content)
    return dict.fromkeys((each.name for each in functions), path)


def file_name(quantize):
    """Return the name of the file for one of QUANTIZATIONS."""
    return "generator.tflite" if quantize == "none" else f"generator_{quantize}.tflite"


def run_litert(path, name, inputs):
    """Return what the LiteRT interpreter makes of {name: array} with the signature `name`; built-in operations alone."""
    runner = interpreter(path).get_signature_runner(name)
    return next(iter(runner(**inputs).values()))


def litert_operators(path):
    """Return the names of a file's operations, a set."""
    return {each["op_name"] for each in interpreter(path)._get_ops_details()}


def interpreter(path):
    """Return a LiteRT interpreter of a file."""
    from ai_edge_litert.interpreter import Interpreter

    with silent_stderr():
        return Interpreter(model_path=str(path), num_threads=1)


def _calibration(model, functions, batch, images):
    """Yield (name of the endpoint, {name: array}) of what the model is asked with."""
    for function in functions:
        inputs = example_inputs(model, function.name, CALIBRATION, seed=1, images=images)
        for i in range(0, CALIBRATION, batch or 10):
            if i + (batch or 0) <= CALIBRATION:
                yield function.name, {name: np.ascontiguousarray(each[i : i + (batch or 10)]) for name, each in inputs.items()}


def _unsupported(model, error):
    """Return the InputError that says which operations LiteRT has not."""
    names = sorted(set(re.findall(r"'tf\.(\w+)' op is neither a custom op nor a flex op", str(error))))
    if not names:
        names = sorted(set(re.findall(r"tf\.(\w+)\(tensor", str(error))))
    which = f", which has no operation for {', '.join(names)}" if names else f": {' '.join(str(error).split())[:300]}"
    return InputError(f"{type(model).__name__} cannot be exported to LiteRT{which}; nothing is written.")
