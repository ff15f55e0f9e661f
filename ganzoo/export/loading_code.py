"""The lines of Python that load an exported generator in each runtime, without ganzoo."""


def code_blocks(folder, model, batch=None, serving_name=""):
    """Return [(runtime, packages, code)] for the files of an export's folder, to be run from there.

    Args:
        folder: where the files stand.
        model, batch, serving_name: as in `ganzoo.export.export_generator`.
    """
    n = batch or 4
    endpoints = model.endpoints()
    blocks = []
    if any(folder.glob("**/saved_model.pb")):
        blocks.append(("TensorFlow", "tensorflow", _tensorflow(endpoints, n, "1" if serving_name else ".")))
    onnx = sorted(folder.glob("*.onnx"))
    if onnx:
        chosen = "generator" if (folder / "generator.onnx").exists() else onnx[0].stem
        blocks.append(("ONNX Runtime", "onnxruntime", _onnx(*_named(endpoints, chosen), n, f"{chosen}.onnx")))
    for path in sorted(folder.glob("*.tflite")):
        chosen = next((name for name in endpoints if name != "serving_default"), "serving_default")
        chosen = chosen if endpoints[chosen] is endpoints["serving_default"] else "serving_default"
        blocks.append(("LiteRT", "ai-edge-litert", _litert(chosen, endpoints[chosen], n, path.name)))
    return blocks


def _named(endpoints, stem):
    name = "serving_default" if stem == "generator" else stem
    return name, endpoints[name]


def _inputs(endpoint, n):
    """Return the lines that draw an endpoint's inputs with NumPy."""
    lines = ["rng = np.random.default_rng(0)"]
    return [*lines, "inputs = {", *(f'    "{name}": {each.numpy_code(n)},' for name, each in endpoint.inputs.items()), "}"]


def _tensorflow(endpoints, n, folder):
    endpoint = endpoints["serving_default"]
    lines = [
        "import numpy as np",
        "import tensorflow as tf",
        "",
        *_inputs(endpoint, n),
        f'generator = tf.saved_model.load("{folder}")',
    ]
    asked = 'generator.signatures["serving_default"](**{name: tf.constant(each) for name, each in inputs.items()})'
    lines.append(f'{endpoint.output} = {asked}["{endpoint.output}"].numpy()')
    given = {name: each for name, each in endpoint.inputs.items() if not each.drawn}
    if len(given) < len(endpoint.inputs):
        words = [f"seeds=tf.range({n})", *(f'{name}=tf.constant(inputs["{name}"])' for name in given)]
        lines.append(f'the_same_always = generator.signatures["from_seed"]({", ".join(words)})["{endpoint.output}"].numpy()')
    return "\n".join(lines)


def _onnx(name, endpoint, n, file):
    lines = [
        "import numpy as np",
        "import onnxruntime",
        "",
        *_inputs(endpoint, n),
        f'generator = onnxruntime.InferenceSession("{file}")',
    ]
    return "\n".join([*lines, f"({endpoint.output},) = generator.run(None, inputs)"])


def _litert(name, endpoint, n, file):
    lines = ["import numpy as np", "from ai_edge_litert.interpreter import Interpreter", "", *_inputs(endpoint, n)]
    lines.append(f'generator = Interpreter("{file}").get_signature_runner("{name}")')
    return "\n".join([*lines, f'{endpoint.output} = generator(**inputs)["{endpoint.output}"]'])
