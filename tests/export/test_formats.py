"""ONNX and LiteRT files make the samples that Keras makes, with the runtimes' own operations, whatever the GAN."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from conftest import batch_for, grown, make_gan

import ganzoo
from ganzoo import networks
from ganzoo.errors import InputError
from ganzoo.export import litert, onnx
from ganzoo.export.comparison import compare, example_inputs, keras_output
from ganzoo.registry import MODELS
from ganzoo.utils.console import silent_stderr

ALL = ("savedmodel", "onnx", "litert")


def trained(name, **options):
    """Return a model of the zoo in its last stage after a step, so that nothing is as it was initialized."""
    model = grown(make_gan(name, **options))
    model.play_step(model.prepare(batch_for(model, 8)))
    return model


def files(folder, model):
    """Return [(endpoint, path, run)] of an export's ONNX and LiteRT files."""
    stems = {path.stem: path for path in folder.glob("*.onnx")}
    found = [("serving_default" if stem == "generator" else stem, path, onnx.run_onnx) for stem, path in stems.items()]
    lite = folder / "generator.tflite"
    return found + [(name, lite, litert.run_litert) for name in litert.interpreter(lite).get_signature_list()]


@pytest.fixture(scope="module")
def conditional(tmp_path_factory):
    """A conditional GAN and its export in all formats."""
    folder = tmp_path_factory.mktemp("export") / "generator"
    gan = trained("GAN", classes=3)
    gan.export(folder, ALL)
    return gan, folder


def check_samples(model, folder, n):
    for endpoint, path, run in files(folder, model):
        inputs = example_inputs(model, endpoint, n, seed=n)
        made, expected = run(path, endpoint, inputs), keras_output(model, endpoint, inputs)
        assert (made.dtype, made.shape) == (np.float32, expected.shape)
        np.testing.assert_allclose(made, expected, atol=1e-5)
        assert np.abs(np.rint(made * 255) - np.rint(expected * 255)).max() <= 1


@pytest.mark.slow
@pytest.mark.parametrize("n", [1, 3, 16])
def test_samples_equal_those_of_keras(n, conditional):
    check_samples(*conditional, n)


@pytest.mark.slow
def test_no_samples_of_no_inputs(conditional):
    model, folder = conditional
    none = {name: each[:0] for name, each in example_inputs(model, "serving_default", 1).items()}
    assert onnx.run_onnx(folder / "generator.onnx", "", none).shape == (0, 8, 8, 1)


@pytest.mark.slow
def test_images_of_unknown_classes_are_nan(conditional):
    model, folder = conditional
    for endpoint, path, run in files(folder, model):
        inputs = example_inputs(model, endpoint, 4) | {"labels": np.array([-1, 0, 2, 3], "int32")}
        np.testing.assert_array_equal(np.isnan(run(path, endpoint, inputs)).all((1, 2, 3)), [True, False, False, True])


@pytest.mark.slow
def test_names_of_inputs_and_outputs(conditional):
    import onnxruntime

    _, folder = conditional
    session = onnxruntime.InferenceSession(str(folder / "generator.onnx"))
    assert [(each.name, each.shape) for each in session.get_inputs()] == [("latents", ["N", 4]), ("labels", ["N"])]
    assert [(each.name, each.shape) for each in session.get_outputs()] == [("images", ["N", 8, 8, 1])]
    signatures = litert.interpreter(folder / "generator.tflite").get_signature_list()
    assert signatures == {"serving_default": {"inputs": ["labels", "latents"], "outputs": ["images"]}}


@pytest.mark.slow
def test_tensorflows_converter_takes_the_saved_model_as_it_is(conditional, tmp_path):
    model, folder = conditional
    with silent_stderr():
        content = tf.lite.TFLiteConverter.from_saved_model(str(folder)).convert()
    (tmp_path / "own.tflite").write_bytes(content)
    assert compare(model, "serving_default", tmp_path / "own.tflite", litert.run_litert).largest <= 1e-5


# What a runtime must know for a class of the zoo: no operation of TensorFlow's own, no custom one.
_ONNX = {
    "dense": "Add LeakyRelu MatMul Max Min Mul Relu Reshape Sub Tanh",
    "convolutions": "Add Conv ConvTranspose MatMul Max Min Mul Relu Reshape Sigmoid Slice Transpose",
    "labels": "And Cast Concat Gather GreaterOrEqual Less Not Where",
    "texture": "Add Concat Conv MatMul Max Min Mul Relu Reshape Slice Sub Tanh Transpose Unsqueeze",
    "attention": "Cast Gather Shape Softmax Split Tile",
    "any size": "And Cast Equal Gather Less Shape Squeeze Where",
    "inpainting": "Add Cast Concat Conv Div Greater LeakyRelu MatMul Max Min Mul Relu Reshape Resize Shape Slice Squeeze Sub "
    "Tanh Tile Transpose Unsqueeze",
    "enlarging": "Resize",
    "texts": "Add And Cast Concat Conv Div Exp Gather Greater GreaterOrEqual Less MatMul Max Min Mul Not ReduceSum Relu "
    "Reshape Shape Slice Sub Tanh Tile Transpose Unsqueeze Where",
    "translation": "Add Cast Concat Conv Gather Max Min Mul Neg Pad Reciprocal ReduceMean Relu Reshape Shape Slice Sqrt Sub "
    "Tanh Transpose Unsqueeze",
    "growing": "Add Cast Concat Conv Gather LeakyRelu MatMul Max Min Mul Reciprocal ReduceMean Reshape Resize Shape Slice Sqrt "
    "Sub Tanh Tile Transpose Unsqueeze",
    "styles": "Add Cast Concat Conv ConvTranspose Expand LeakyRelu MatMul Max Min Mul Reciprocal ReduceMean Reshape Shape "
    "Slice Sqrt Squeeze Sub Tanh Tile Transpose Unsqueeze",
    "adaptive norms": "Expand GlobalAveragePool Pad Split Squeeze",
    "alias-free": "Div Gather ReduceSum Sin",
}  # fmt: skip
_LITERT = {
    "dense": "ADD FULLY_CONNECTED LEAKY_RELU MAXIMUM MINIMUM MUL PACK RELU RESHAPE SHAPE STRIDED_SLICE SUB TANH",
    "convolutions": "ADD CONV_2D FULLY_CONNECTED LOGISTIC MAXIMUM MINIMUM MUL PACK PAD RELU RESHAPE SHAPE STRIDED_SLICE "
    "TRANSPOSE_CONV",
    "labels": "CAST CONCATENATION GATHER GREATER_EQUAL LESS LOGICAL_AND SELECT_V2",
    "texture": "ADD CONV_2D FULLY_CONNECTED MAXIMUM MINIMUM MUL PACK PAD RELU RESHAPE SHAPE STRIDED_SLICE SUB TANH",
    "attention": "BATCH_MATMUL CONCATENATION EXPAND_DIMS SOFTMAX SPLIT_V TILE TRANSPOSE",
    "any size": "CONCATENATION TRANSPOSE",
    "inpainting": "ADD CAST CONCATENATION CONV_2D DIV EXPAND_DIMS GREATER MAXIMUM MINIMUM MUL PACK PAD RELU RESHAPE SHAPE "
    "STRIDED_SLICE SUB TANH TILE TRANSPOSE BATCH_MATMUL LEAKY_RELU RESIZE_NEAREST_NEIGHBOR SUM",
    "enlarging": "RESIZE_BILINEAR",
    "texts": "ADD CAST CONCATENATION CONV_2D DIV EXP EXPAND_DIMS FULLY_CONNECTED GATHER GREATER_EQUAL LESS LOGICAL_AND MAXIMUM "
    "MINIMUM MUL PACK PAD REDUCE_ALL RELU RESHAPE SELECT_V2 SHAPE STRIDED_SLICE SUB SUM TANH TILE",
    "translation": "ADD CONV_2D MAXIMUM MEAN MINIMUM MIRROR_PAD MUL NEG PACK PAD RELU RESHAPE RSQRT SHAPE SQUARE STRIDED_SLICE "
    "SUB TANH",
    "growing": "ADD CONCATENATION CONV_2D EXPAND_DIMS FULLY_CONNECTED LEAKY_RELU MAXIMUM MEAN MINIMUM MUL PACK PAD RELU "
    "RESHAPE RESIZE_NEAREST_NEIGHBOR RSQRT SHAPE SQUARE STRIDED_SLICE SUB TANH TILE",
    "styles": "ADD BATCH_MATMUL BROADCAST_TO CONCATENATION CONV_2D EXPAND_DIMS FULLY_CONNECTED LEAKY_RELU MEAN MINIMUM MUL "
    "PACK PAD RELU RESHAPE RSQRT SHAPE SQUARE STRIDED_SLICE SUB TANH TILE TRANSPOSE_CONV",
    "adaptive norms": "BROADCAST_TO SPLIT SQUARED_DIFFERENCE",
    "alias-free": "GATHER REDUCE_PROD SIN SUM",
}  # fmt: skip
_KINDS = {
    "dense": ("GAN", "PointGAN", "UnrolledGAN", "FunctionGAN"),
    "convolutions": ("DCGAN", "LSGAN", "FGAN", "CGAN", "ACGAN", "InfoGAN"),
    "labels": ("CGAN", "ACGAN", "InfoGAN"),
    "texture": ("WGAN", "WGANGP", "RelativisticGAN", "TextureGAN", "SAGAN", "BigGAN"),
    "attention": ("SAGAN", "BigGAN"),
    "any size": ("TextureGAN",),
    "inpainting": ("ContextEncoder", "PartialConvNet", "SiGAN"),
    "enlarging": ("SiGAN",),
    "translation": ("CycleGAN",),
    "growing": ("ProgressiveGAN", "StyleGAN"),
    "texts": ("StackGAN",),
    "styles": ("StyleGAN2", "StyleGAN3"),
    "adaptive norms": ("StyleGAN",),
    "alias-free": ("StyleGAN3",),
}


def allowed(name, operators):
    """Return the operations that a class of the zoo may need, a set."""
    return {word for kind, names in _KINDS.items() if name in names for word in operators[kind].split()}


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_every_class_in_every_runtime(name, tmp_path):
    model = trained(name)
    model.export(tmp_path / "out", ALL)
    for n in (1, 3, 16):
        check_samples(model, tmp_path / "out", n)
        for endpoint in model.endpoints():
            inputs = example_inputs(model, endpoint, n)
            served = tf.saved_model.load(str(tmp_path / "out")).signatures[endpoint]
            (made,) = served(**{key: tf.constant(each) for key, each in inputs.items()}).values()
            np.testing.assert_allclose(made, keras_output(model, endpoint, inputs), atol=1e-5)
            none = served(**{key: tf.constant(each[:0]) for key, each in inputs.items()})
            assert next(iter(none.values())).shape == (0, *made.shape[1:])
    for path in (tmp_path / "out").glob("*.onnx"):
        assert onnx.onnx_operators(path) <= allowed(name, _ONNX)
    assert litert.litert_operators(tmp_path / "out" / "generator.tflite") <= allowed(name, _LITERT)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["GAN", "CGAN", "WGAN", "CycleGAN"])
def test_quantized_files_lose_little(name, tmp_path):
    model = make_gan(name, **({"classes": 3} if name == "GAN" else {}))
    for seed in range(10):
        model.play_step(model.prepare(batch_for(model, 8, seed)))
    photographs = {side: np.random.default_rng(0).integers(0, 256, (20, 16, 16, 1)).astype("uint8") for side in "ab"}
    sizes, losses = {}, {}
    for kind in litert.QUANTIZATIONS:
        found = []
        model.export(tmp_path / kind, ["litert"], quantize=kind, calibration=photographs, report=found.append)
        (path,) = (tmp_path / kind).glob("*.tflite")
        sizes[kind], losses[kind] = path.stat().st_size, max(each.mean for each in found)
    assert losses["none"] < 1e-6 < losses["float16"] < 0.5 / 255 < 5.0 / 255
    assert losses["float16"] < losses["int8"] < 5.0 / 255
    if name in ("CGAN", "WGAN"):  # of smaller networks the names are most of the file
        assert sizes["float16"] < 0.8 * sizes["none"]
        assert sizes["int8"] < sizes["float16"]


@pytest.mark.slow
def test_int8_takes_the_nearest_class_for_an_unknown_one(tmp_path):
    model = trained("GAN", classes=3)
    model.export(tmp_path / "out", ["litert"], quantize="int8")
    latents = np.repeat(example_inputs(model, "serving_default", 1)["latents"], 2, axis=0)
    inputs = {"latents": latents, "labels": np.array([2, 9], "int32")}
    made = litert.run_litert(tmp_path / "out" / "generator_int8.tflite", "serving_default", inputs)
    np.testing.assert_array_equal(made[0], made[1])


@pytest.mark.slow
@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16", "float64"])
def test_files_compute_in_float32_whatever_the_policy(policy, tmp_path):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        model = trained("WGAN")
        model.export(tmp_path / "out", ALL)
        assert {layer.dtype_policy.name for layer in model.generator.layers} <= {policy}
    finally:
        keras.config.set_dtype_policy(before)
    for endpoint, path, run in files(tmp_path / "out", model):
        inputs = example_inputs(model, endpoint, 3)
        made = run(path, endpoint, inputs)
        assert made.dtype == np.float32
        np.testing.assert_allclose(made, keras_output(model, endpoint, inputs), atol=0.05 if "mixed" in policy else 1e-5)


@pytest.mark.slow
def test_a_batch_of_one(tmp_path):
    model = trained("GAN")
    model.export(tmp_path / "out", ALL, batch=1)
    check_samples(model, tmp_path / "out", 1)
    interpreter = litert.interpreter(tmp_path / "out" / "generator.tflite")
    assert interpreter.get_input_details()[0]["shape_signature"].tolist() == [1, 4]
    served = tf.saved_model.load(str(tmp_path / "out")).signatures["serving_default"]
    assert served.structured_input_signature[1]["latents"].shape == (1, 4)


@pytest.mark.slow
@pytest.mark.parametrize("style", [0, 2])
def test_textures_of_any_size(style, tmp_path):
    model = ganzoo.TextureGAN((32, 32, 1), latent=4, networks=networks.Spatial(2, 4, 4, style))
    model.play_step(model.prepare(batch_for(model, 4)))
    model.export(tmp_path / "out", ALL)
    assert "(N, any, any, 4)" in (tmp_path / "out" / "model_card.md").read_text()
    served = tf.saved_model.load(str(tmp_path / "out")).signatures
    rng = np.random.default_rng(0)
    for height, width in ((6, 6), (7, 5), (12, 20)):
        inputs = {name: rng.normal(size=(2, *(sides if name == "latents" else (1, 1)), each.size)).astype("float32")
                  for sides in [(height, width)] for name, each in model.inputs.items()}  # fmt: skip
        expected = keras_output(model, "serving_default", inputs)
        assert expected.shape == (2, 4 * height - 16, 4 * width - 16, 1)
        made = served["serving_default"](**{name: tf.constant(each) for name, each in inputs.items()})["images"]
        np.testing.assert_allclose(made, expected, atol=1e-5)
        for endpoint, path, run in files(tmp_path / "out", model):
            np.testing.assert_allclose(run(path, endpoint, inputs), expected, atol=1e-5)
    assert served["from_seed"](seeds=tf.range(2))["images"].shape == (2, 32, 32, 1)


class Spectral(ganzoo.GAN):
    """A generator whose operation no runtime but TensorFlow has."""

    def generate(self, inputs):
        images = super().generate(inputs)
        return images + 0.0 * tf.linalg.svd(images[..., 0], compute_uv=False)[:, None, :, None]


@pytest.mark.parametrize(("kind", "title"), [("onnx", "ONNX"), ("litert", "LiteRT")])
@pytest.mark.slow
def test_operations_that_a_format_has_not_are_named(kind, title, tmp_path):
    model = Spectral((8, 8, 1), latent=4, networks=networks.Dense((8,)))
    with pytest.raises(InputError, match=f"Spectral cannot be exported to {title}, which has no operation for Svd"):
        model.export(tmp_path / "out", [kind])
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_files_that_make_other_samples_are_not_left(tmp_path, monkeypatch):
    monkeypatch.setattr(onnx, "run_onnx", lambda path, name, inputs: np.zeros((len(inputs["latents"]), 8, 8, 1), "float32"))
    with pytest.raises(InputError, match="generator.onnx makes other samples than GAN in Keras"):
        make_gan("GAN").export(tmp_path / "out", ["onnx"])
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_int8_of_a_model_that_translates_needs_images(tmp_path):
    with pytest.raises(InputError, match=r"int8 needs calibration: uint8 images \(n, 16, 16, 1\) for a.*Received: none"):
        make_gan("CycleGAN").export(tmp_path / "out", ["litert"], quantize="int8")
