"""A trained model as ONNX files, one for each endpoint, for ONNX Runtime and whatever else reads ONNX."""

import logging
import pathlib

from ganzoo.errors import InputError
from ganzoo.export.functions import portable_functions

OPSET = 17  # read by ONNX Runtime from 1.12 (2022) on


def write_onnx(folder, model, batch=None):
    """Write NAME.onnx for each endpoint; `serving_default` is called generator.onnx.

    Args:
        folder: an existing folder.
        model: a `ganzoo` model.
        batch: None for any number of images, or an int.

    Returns:
        {name of the endpoint: path}.

    Raises:
        InputError: naming the operations that ONNX has not.
    """
    import onnx
    import tf2onnx

    logging.getLogger("tf2onnx").setLevel(logging.CRITICAL)
    paths = {}
    for function in portable_functions(model, batch):
        converted, _ = tf2onnx.convert.from_function(function.traced(), function.signature, opset=OPSET)
        unknown = sorted({node.op_type for node in _nodes(converted.graph) if not onnx.defs.has(node.op_type, node.domain)})
        if unknown:
            raise InputError(
                f"{type(model).__name__} cannot be exported to ONNX, which has no operation for {', '.join(unknown)}; "
                "nothing is written."
            )
        _name_sides(converted.graph)
        stem = "generator" if function.name == "serving_default" else function.name
        paths[function.name] = pathlib.Path(folder) / f"{stem}.onnx"
        onnx.save(converted, paths[function.name])
    return paths


def run_onnx(path, name, inputs):
    """Return what ONNX Runtime makes of {name: array}; `name`, of the endpoint, is the file's own here."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return session.run(None, inputs)[0]


def onnx_operators(path):
    """Return the names of a file's operations, a set."""
    import onnx

    return {node.op_type for node in _nodes(onnx.load(path).graph)}


def _nodes(graph):
    """Yield the nodes of a graph and of those inside it."""
    for node in graph.node:
        yield node
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from _nodes(attribute.g)


def _name_sides(graph):
    """Name the axes of any length: N, height, width."""
    for value in (*graph.input, *graph.output):
        sides = value.type.tensor_type.shape.dim
        for side, name in zip(sides, ("N", "height", "width", "depth")[: len(sides)], strict=False):
            if side.dim_param:
                side.dim_param = name if value in graph.input or name == "N" else f"{value.name}_{name}"
