"""What several tests share: a tiny data set, tiny GANs of every kind, and commands in processes of their own."""

import concurrent.futures
import gc
import ipaddress
import multiprocessing
import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest

for threads in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(threads, "1")  # two workers on two cores: tiny networks gain nothing from more
gc.set_threshold(20_000, 50, 100_000)  # a full collection of all that TensorFlow and Keras hold takes 20 seconds
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"  # exact comparisons are promised for one CPU machine

ROOT = pathlib.Path(__file__).parent.parent


def slow(*values):
    """Return a case of a parametrized test that only `make test-all` runs."""
    return pytest.param(*values, marks=pytest.mark.slow)


def fast_only(chosen, cases):
    """Return the cases of a parametrized test, of which `make test` runs those chosen."""
    return [case if case in chosen else slow(case) for case in cases]


def pytest_collection_finish():
    """Take what was imported for collection out of later garbage collections, each of which would walk through all of it."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Examples in docstrings that do what the fast tests do anyway are slow ones."""
    doubled = ("models/", "training/loading.py", "recipes.py", "evaluation/inpainting.py", "textures/tiling.py")
    for item in items:
        if item.nodeid.startswith(tuple(f"ganzoo/{each}" for each in doubled)):
            item.add_marker(pytest.mark.slow)


def refuse_the_network(event, arguments):
    """Let no test reach another machine: what needs no download needs no network."""
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        try:
            here = ipaddress.ip_address(arguments[1][0]).is_loopback
        except ValueError:
            here = arguments[1][0] in ("localhost", "")
        if not here:
            raise PermissionError(f"a test reaches for {arguments[1][0]}")


sys.addaudithook(refuse_the_network)


@pytest.fixture(autouse=True, scope="session")
def untuned_pipelines():
    """Turn TensorFlow's tuning of every tf.data pipeline off: whoever deletes an iterator waits a minute for its thread."""
    import tensorflow as tf

    plain = tf.data.Dataset.__iter__
    options = tf.data.Options()
    options.autotune.enabled = False
    tf.data.Dataset.__iter__ = lambda dataset: plain(dataset.with_options(options))


KEPT = [0]  # bytes that were in use after the last collection


@pytest.fixture(autouse=True)
def memory_bounded():
    """Free models and compiled programs, which cycles keep, after a test where a gigabyte of them has come together."""
    yield
    if in_use() - KEPT[0] > 2**30:
        gc.collect()
        KEPT[0] = in_use()


def in_use():
    """Return the bytes that this process holds in memory, 0 where the system does not say."""
    statm = pathlib.Path("/proc/self/statm")
    return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") if statm.exists() else 0


@pytest.fixture(autouse=True)
def same_numbers(request):
    """Let the generator of a module begin anew in every test, whichever ran before in this process."""
    if hasattr(request.module, "RNG"):
        request.module.RNG = np.random.default_rng(0)


@pytest.fixture
def double():
    """Compute in float64."""
    import keras

    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float64")
    yield
    keras.config.set_dtype_policy(before)


@pytest.fixture
def stripes():
    """60 gray 8x8 images, uint8 `(60, 8, 8, 1)`: bright stripes at varying places on a dark ground."""
    return make_stripes()


def make_stripes():
    """Return the images of the fixture."""
    rng = np.random.default_rng(0)
    images = rng.integers(0, 40, (60, 8, 8, 1))
    for image in images:
        image[:, rng.integers(0, 8)] += 200
    return images.astype("uint8")


def make_gan(name, **options):
    """Return a model of the zoo: for 8x8x1 images with a latent of 4 where it has these, and small where it may be."""
    import ganzoo
    from ganzoo import networks
    from ganzoo.core.config import parameters

    cls = getattr(ganzoo, name)
    known = parameters(cls)
    small = {"latent": 4} if "latent" in known else {}
    if "image_shape" in known and getattr(cls, "example_ndim", 3) == 3:
        small["image_shape"] = {"CycleGAN": (16, 16, 1), "TextureGAN": (32, 32, 1)}.get(name, (8, 8, 1))
    if name == "CycleGAN":
        small["networks"] = networks.Translation(width=4, residual_blocks=1)
    if name in ("ContextEncoder", "PartialConvNet"):
        small["networks"] = (networks.ContextEncoder if name == "ContextEncoder" else networks.PartialUNet)(width=4)
    if name == "SiGAN":
        small["networks"] = networks.SuperResolution(width=4, residual_blocks=1)
    if name == "TextureGAN":
        small["networks"] = networks.Spatial(upsamplings=2, width=4, discriminator_width=4)
    if name in ("SAGAN", "BigGAN"):
        small["networks"] = networks.Attention(4) if name == "SAGAN" else networks.BigGAN(4, embedding_size=4)
    if name == "ProgressiveGAN":
        small |= {"networks": networks.Progressive(width=8), "stage_steps": 20}
    if name == "StyleGAN":
        small |= {"networks": networks.StyleGAN(width=8, style_size=8, mapping_layers=2), "stage_steps": 20}
    if name in ("StyleGAN2", "StyleGAN3"):
        small["networks"] = getattr(networks, name)(width=4, style_size=8, mapping_layers=2)
    if name == "StackGAN":
        small["networks"] = networks.Stack(width=4, embedding=8, condition=4, residual_blocks=1)
    if name == "GAN":
        small["networks"] = networks.Dense((16, 16))
    return cls(**small | options)


def grown(model):
    """Return a model after it has entered its last stage; most have one alone."""
    for stage in range(1, len(model.stages(10**6))):
        model.enter(stage)
    return model


def make_tiny(**options):
    """Return a GAN of two small dense networks, dropout and batch norm included, for tests of the training around it."""
    from keras import Input, Sequential, layers

    import ganzoo

    class Tiny(ganzoo.GAN):
        def build_generator(self):
            body = [layers.Dense(16), layers.BatchNormalization(), layers.ReLU(), layers.Dense(64, activation="tanh")]
            return Sequential([Input((self.latent.size,)), *body, layers.Reshape(self.image_shape)])

        def build_discriminator(self):
            body = [layers.Flatten(), layers.Dense(16), layers.LeakyReLU(0.2), layers.Dropout(0.3), layers.Dense(1)]
            return Sequential([Input(self.image_shape), *body])

    return Tiny(image_shape=(8, 8, 1), latent=4, **options)


def batch_for(model, n=6, seed=0):
    """Return {part: array `(n, ...)`}, random examples as a model declares them."""
    from ganzoo.testing.subject import Subject

    return Subject(model).make_batch(n, seed)


def assert_state_goes_on(whole, rest, steps, at):
    """Assert that `rest`, given the state of `whole` after `at` compiled steps, ends with its bits, each traced once."""
    import tensorflow as tf

    from ganzoo.core import state

    batches = [{part: tf.constant(values) for part, values in batch_for(whole, 8, seed).items()} for seed in range(steps)]
    for batch in batches[:at]:
        whole._play_step(batch)
    state.set_state(rest, state.get_state(whole))
    for batch in batches[at:]:
        whole._play_step(batch)
        rest._play_step(batch)
    ours, theirs = state.get_state(whole), state.get_state(rest)
    assert [key for key in ours if ours[key].tobytes() != theirs[key].tobytes()] == []
    assert [each._play_step.experimental_get_tracing_count() for each in (whole, rest)] == [1, 1]


def in_own_process(function, *arguments):
    """Call a function of a test module in a process of its own, which gives all its memory back; raises what it raises.

    TensorFlow never frees what it keeps of compiled programs and their kernels. The process is forked from one that has
    imported everything and computed nothing.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tensorflow", "keras", "ganzoo.gan"])
    with concurrent.futures.ProcessPoolExecutor(1, context) as pool:
        return pool.submit(function, *arguments).result()


def data_for(model, n):
    """Return {part: array `(n, ...)`}, what a model may be trained on: of the size of its last stage."""
    last, data = model.stages(10**6)[-1].examples or {}, batch_for(model, n)
    for name, spec in last.items():
        for axis in (1, 2) if len(spec.shape) == 3 else ():
            data[name] = data[name].repeat(spec.shape[axis - 1] // data[name].shape[axis], axis=axis)
    return data


def run_python(*arguments, timeout=300, cwd=ROOT, **environment):
    """Run python in a process of its own; returns the CompletedProcess with text output."""
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(
        command, cwd=cwd, env=own_environment() | environment, capture_output=True, text=True, timeout=timeout
    )


def own_environment():
    """The environment of a process of its own: all threads, as a user has them, and this checkout to import from."""
    return os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}", "TF_NUM_INTRAOP_THREADS": "0"}
