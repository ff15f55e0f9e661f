"""What stands at the path of an export: all of it or what was there before, with a card whose code runs without ganzoo."""

import json
import os
import re

import numpy as np
import pytest
import tensorflow as tf
from conftest import make_gan, make_tiny, run_python
from PIL import Image

from ganzoo import export
from ganzoo.commands.export import example
from ganzoo.commands.main import main as ganzoo_main
from ganzoo.errors import InputError
from ganzoo.export import serving


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A conditional GAN and its export for TensorFlow Serving."""
    gan = make_gan("GAN", classes=3)
    return gan, gan.export(tmp_path_factory.mktemp("models"), serving_name="digits")


def test_tensorflow_serving_finds_the_model_in_its_first_version(served):
    _, folder = served
    assert folder.endswith("/digits")
    assert (tf.io.gfile.exists(f"{folder}/1/saved_model.pb"), tf.io.gfile.exists(f"{folder}/saved_model.pb")) == (True, False)


@pytest.mark.parametrize("signature", ["serving_default", "from_seed"])
def test_the_body_of_a_request_is_what_the_signature_takes(signature, served):
    """Instances become a tensor an input, as TensorFlow Serving's row format says: of all inputs, and of no others."""
    gan, folder = served
    with open(f"{folder}/requests/{signature}.json", encoding="utf-8") as file:
        body = json.load(file)
    function = tf.saved_model.load(f"{folder}/1").signatures[body["signature_name"]]
    specs = function.structured_input_signature[1]
    rows = body["instances"]
    assert body["signature_name"] == signature
    assert all(set(row) == set(specs) for row in rows)
    columns = {name: tf.constant([row[name] for row in rows], spec.dtype) for name, spec in specs.items()}
    assert all(spec.is_compatible_with(columns[name]) for name, spec in specs.items())
    (images,) = function(**columns).values()
    assert images.shape == (len(rows), 8, 8, 1)
    if signature == "from_seed":
        assert np.abs(images[0].numpy().astype(int) - gan.sample(1, seed=7, labels=[0])[0]).max() <= 1


def test_the_card_tells_what_the_generator_is(served):
    gan, folder = served
    with open(f"{folder}/model_card.md", encoding="utf-8") as file:
        card = file.read()
    for said in ("GAN: the generator at step 0", "arxiv.org/abs/1406.2661", "| seed | 0 |", "requests/from_seed.json",
                 "takes `latents` | (N, 4) | float32", "takes `labels` | (N,) | int32 | 0 to 2",
                 "gives `images` | (N, 8, 8, 1) | float32 | 0 to 1", "--model_name=digits"):  # fmt: skip
        assert said in card, said
    with Image.open(f"{folder}/samples.png") as picture:
        assert picture.size[0] > 8


@pytest.fixture
def quick(monkeypatch):
    """Let an export write its file and card without TensorFlow."""

    def write(folder, *_):
        (folder / "saved_model.pb").write_text("whole")
        return []

    monkeypatch.setattr("ganzoo.export.bundle._write", write)
    monkeypatch.setattr("ganzoo.export.model_card.write_card", lambda folder, *_: (folder / "model_card.md").write_text("card"))


def test_an_export_replaces_its_own_files_alone(tmp_path, quick):
    gan, path = make_tiny(), tmp_path / "out"
    gan.export(path)
    for name in ("mine.txt", "mine.onnx", "generator.onnx", "saved_model.pb", "2"):
        (path / name).write_text("before")
    gan.export(path)
    kept = dict.fromkeys(("mine.txt", "mine.onnx", "2"), "before")
    made = {"saved_model.pb": "whole", "model_card.md": "card"}
    assert {each.name: each.read_text() for each in path.iterdir()} == kept | made
    assert [each.name for each in tmp_path.iterdir()] == ["out"]


def test_what_an_older_export_names_on_its_card_goes_with_it(tmp_path, quick):
    gan, path = make_tiny(), tmp_path / "out"
    gan.export(path)
    for sign, kept in (("written by somebody", {"stage_1.onnx", "mine.onnx"}), ("exported with ganzoo", {"mine.onnx"})):
        (path / "model_card.md").write_text(f"| {sign} | 0.2.0 |\n| `stage_1.onnx` | 3 kB |\n| `../mine.onnx` | 3 kB |\n")
        for name in ("stage_1.onnx", "mine.onnx"):
            (path / name).write_text("before")
        gan.export(path)
        assert {each.name for each in path.iterdir()} == kept | {"saved_model.pb", "model_card.md"}


@pytest.mark.slow
def test_the_example_asks_with_what_a_model_takes():
    values = {"tf": type("", (), {"constant": np.array, "zeros": np.zeros})}
    for model, batch, shapes in (
        (make_gan("GAN", classes=2), None, {"seeds": (3,), "labels": (3,)}),
        (make_gan("GAN", classes=2), 1, {"seeds": (1,), "labels": (1,)}),
        (make_gan("StackGAN"), None, {"seeds": (3,), "texts": (3, 5)}),
        (make_gan("CycleGAN"), 1, {"a": (1, 16, 16, 1)}),
    ):
        asked = eval("dict(" + re.search(r'"\]\((.*)\)\["', example(model, "out", batch)[1])[1] + ")", values)
        assert {name: each.shape for name, each in asked.items()} == shapes
        for name in set(asked) - {"seeds"}:
            model.inputs[name].check(name, asked[name] if name != "a" else asked[name].astype("uint8"), 3)


@pytest.mark.slow
def test_an_export_for_one_image_refuses_three_seeds(tmp_path):
    gan = make_gan("GAN", classes=3)
    gan.export(tmp_path / "out", batch=1)
    names = {"tf": tf}
    exec("\n".join(example(gan, tmp_path / "out", 1)), names)
    np.testing.assert_array_equal(names["images"], gan.sample(1, 1, labels=[0]))
    made = names["generator"].signatures["from_seed"]
    for seeds, labels in (([1, 2, 3], [0, 1, 2]), ([1], [0, 1, 2]), ([1, 2, 3], [0])):
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"is not compatible with expected shape \[1\]"):
            made(seeds=tf.constant(seeds), labels=tf.constant(labels))


def test_a_failure_leaves_the_export_that_was_there(tmp_path, monkeypatch, quick):
    gan, path = make_tiny(), tmp_path / "out"
    gan.export(path)
    (path / "saved_model.pb").write_text("before")

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ganzoo.export.model_card.write_card", fail)
    with pytest.raises(OSError, match="No space"):
        gan.export(path)
    assert (path / "saved_model.pb").read_text() == "before"
    assert [each.name for each in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"formats": ["savedmodel", "tensorrt"]}, "formats must be of savedmodel, onnx, litert. Received: 'tensorrt'"),
        ({"formats": ()}, "formats must be at least one of"),
        ({"batch": 0}, "batch must be a positive integer"),
        ({"formats": "litert", "quantize": "int4"}, "quantize must be one of none, float16, int8"),
        ({"quantize": "int8"}, "quantize=int8 is for the format litert. Received: formats savedmodel"),
        ({"formats": ["onnx"], "serving_name": "a"}, "serving_name is for the format savedmodel. Received: formats onnx"),
        ({"serving_name": "../a"}, "serving_name must be at most 100 letters"),
    ],
)
def test_what_cannot_be_exported_is_refused_first(options, message, tmp_path):
    with pytest.raises(InputError, match=re.escape(message)):
        make_tiny().export(tmp_path / "out", **options)
    assert not list(tmp_path.iterdir())


def test_a_package_that_is_missing_is_named(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(
        InputError, match="the format onnx needs packages that are not installed: pip install tf2onnx onnx onnx"
    ):
        export.check_request(["onnx"])
    with pytest.raises(InputError, match="pip install ai-edge-litert"):
        export.check_request(["litert"])
    export.check_request(["savedmodel"])


def test_a_folder_of_something_else_is_refused(tmp_path):
    (tmp_path / "mine.txt").write_text("kept")
    with pytest.raises(InputError, match="exists and is no exported generator"):
        make_tiny().export(tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["mine.txt"]


def test_a_folder_with_assets_of_somebody_else_is_refused(tmp_path, quick):
    for name in ("assets", "variables"):
        (tmp_path / name).mkdir()
    (tmp_path / "model_card.md").write_text("# another model")
    with pytest.raises(InputError, match="exists and is no exported generator"):
        make_tiny().export(tmp_path)


def test_an_export_that_cannot_be_put_in_place_is_taken_back(tmp_path, monkeypatch, quick):
    gan, path = make_tiny(), tmp_path / "out"
    gan.export(path)
    (path / "saved_model.pb").write_text("before")
    rename = os.rename

    def fail(old, new):
        if old.name == "model_card.md" and "made" in old.parts:
            raise OSError(13, "Permission denied")
        rename(old, new)

    monkeypatch.setattr("os.rename", fail)
    with pytest.raises(OSError, match="Permission denied"):
        gan.export(path)
    assert {each.name: each.read_text() for each in path.iterdir()} == {"saved_model.pb": "before", "model_card.md": "card"}
    assert [each.name for each in tmp_path.iterdir()] == ["out"]


@pytest.mark.slow
def test_the_command_names_what_is_wrong_before_it_reads(tmp_path, capfd):
    for words, message in (
        (["--format=onnx,tflite"], "format must be one of savedmodel, onnx, litert."),
        (["--batch=2"], "batch must be one of dynamic, 1."),
        (["--quantize=int8"], "quantize=int8 is for the format litert"),
        (["--serving_name=a b"], "serving_name must be at most 100 letters"),
    ):
        (tmp_path / "run").mkdir(exist_ok=True)
        with pytest.raises(SystemExit) as end:
            ganzoo_main(["ganzoo", "export", f"--run_dir={tmp_path / 'run'}", f"--output={tmp_path / 'out'}", *words])
        assert end.value.code == 2
        assert message in capfd.readouterr().err
    assert not (tmp_path / "out").exists()


def run_card(folder, cwd):
    """Run every block of a card's Python in a process of its own without ganzoo; returns what they made, {packages: shape}."""
    card = (folder / "model_card.md").read_text("utf-8")
    made = {}
    for packages, code in re.findall(r"\(`pip install ([^`]+)`\):\n\n```python\n(.*?)```", card, re.DOTALL):
        output = re.search(r"(images|points)", code.splitlines()[-1] + code.splitlines()[-2])[0]
        check = f"\nimport numpy as np\nassert np.isfinite({output}).all()\nprint({output}.shape, {output}.dtype)"
        done = run_python("-c", 'import sys; sys.modules["ganzoo"] = None\n' + code + check, cwd=cwd, PYTHONPATH="")
        assert done.returncode == 0, done.stderr[-2000:]
        made[packages] = done.stdout.splitlines()[-1]
    return made


@pytest.mark.slow
@pytest.mark.parametrize("name", ["CGAN", "CycleGAN", "PointGAN", "InfoGAN"])
def test_the_code_of_a_card_runs_without_ganzoo(name, tmp_path):
    model = make_gan(name)
    model.export(tmp_path / "out", export.FORMATS)
    made = run_card(tmp_path / "out", tmp_path / "out")
    shape = (4, *next(iter(model.examples.values())).shape)
    assert made == dict.fromkeys(("tensorflow", "onnxruntime", "ai-edge-litert"), f"{shape} float32")


@pytest.mark.slow
def test_a_run_of_the_command_has_a_card_of_its_run(tmp_path):
    run = tmp_path / "run"
    few = ("--steps=4", "--batch_size=4", "--checkpoint_every=2", "--sample_every=2", "--log_every=1")
    done = run_python("-m", "ganzoo", "train", "cyclegan", *few, f"--run_dir={run}")
    assert done.returncode == 0, done.stderr
    assert (run / "generator" / "model_card.md").exists()
    (run / "evaluation.json").write_text(json.dumps({"step": 4, "kernel_distance": 0.25, "kernel_distance_error": 0.01}))
    words = ("--format=litert", "--quantize=int8", f"--output={tmp_path / 'out'}")
    done = run_python("-m", "ganzoo", "export", f"--run_dir={run}", *words)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^generator_int8.tflite: a_to_b differs from Keras by [\d.]+ at most", done.stdout, re.MULTILINE)
    card = (tmp_path / "out" / "model_card.md").read_text("utf-8")
    for said in ("| data | ", "CC BY 4.0", "| steps | 4 |", "kernel distance, at step 4 | 0.25 ± 0.01 |",
                 "![samples](samples.png)", "`generator_int8.tflite`"):  # fmt: skip
        assert said in card, said


@pytest.mark.parametrize("name", ["ContextEncoder", "PartialConvNet"])
def test_a_model_of_images_is_asked_by_seed_too(name):
    body = serving.request(make_gan(name), "from_seed", 2)
    assert set(body["instances"][0]) == {"seeds", "images"} and np.shape(body["instances"][1]["images"]) == (8, 8, 1)
