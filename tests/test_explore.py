"""What the page to explore models is made of, without Gradio and without a browser."""

import asyncio
import contextlib
import io
import os
import socket
import types

import numpy as np
import pytest
from conftest import make_gan, slow
from PIL import Image

from ganzoo import networks
from ganzoo.commands import explore as explore_command
from ganzoo.commands.main import main as ganzoo_main
from ganzoo.core import config
from ganzoo.core.inputs import Input
from ganzoo.core.state import get_state
from ganzoo.errors import InputError
from ganzoo.explore import encode, progress, server, shell, state, texture
from ganzoo.explore.catalog import Catalog
from ganzoo.models.texture_gan import TextureGAN
from ganzoo.registry import MODELS
from ganzoo.textures.seams import with_ordinary_border
from ganzoo.textures.tiling import tile
from ganzoo.training.runs import RunDirectory
from ganzoo.utils import images


@pytest.fixture(scope="module")
def gan():
    return make_gan("GAN")


@pytest.fixture
def run_dir(gan, tmp_path):
    return write_run(gan, tmp_path / "runs" / "gan" / "first")


def write_run(model, path):
    """Write a run of a model as training does; returns its folder."""
    run = RunDirectory(path)
    run.path.mkdir(parents=True)
    run.write_config({"settings": model.settings(), "model": config.serialize(model)})
    run.checkpoints.run = run.config()["run"]
    run.checkpoints.save(model.step, get_state(model))
    return run.path


def catalog_of(*run_dirs):
    return Catalog(lambda: run_dirs, None, None)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        slow("GAN", ({}, (), None, True, True)),
        ("CGAN", ({"labels": tuple(range(10))}, (), None, True, True)),
        slow("InfoGAN", ({"categories": tuple(range(10))}, (("codes", 0), ("codes", 1)), None, True, True)),
        slow("CycleGAN", ({}, (), "a", False, False)),
        slow("ProgressiveGAN", ({}, (), None, True, False)),  # it brings latents to one length
        slow("StyleGAN2", ({}, (), None, True, True)),
    ],
)
def test_controls_are_what_a_model_declares(name, expected):
    found = state.controls_of(make_gan(name))
    assert (found.choices, found.codes, found.image, found.drawn, found.truncated) == expected
    assert found.endpoints == (("a_to_b", "b_to_a") if name == "CycleGAN" else ("serving_default",))


def test_an_input_that_the_page_has_no_control_for(gan):
    class Text(Input):
        drawn = False

    point = types.SimpleNamespace(inputs={"text": Text()})
    with pytest.raises(InputError, match="text must be given, and the page has no control for a Text"):
        state.controls_of(types.SimpleNamespace(endpoints=lambda: {"one": point}, examples=gan.examples))


def test_picture_goes_from_one_seed_to_the_other(gan):
    path = gan.interpolate(3, 4, 9)
    for image, position in zip(path, (0.0, 0.5, 1.0), strict=True):
        found = state.picture(gan, state.Request(a=4, b=9, position=position))
        np.testing.assert_array_equal(found, image)
    sheet = state.picture(gan, state.Request(n=4, a=4))
    np.testing.assert_array_equal(sheet, images.grid(gan.sample(4, 4)))
    frames = state.animation(gan, state.Request(a=4, b=9), 3)
    np.testing.assert_array_equal(frames, path)


def test_truncation_scales_latents_and_keeps_them_where_they_live(gan):
    whole, half = (state.inputs_of(gan, state.Request(a=3, truncation=by))["latents"] for by in (1.0, 0.5))
    np.testing.assert_allclose(half, whole / 2, rtol=1e-6)
    infogan = make_gan("InfoGAN")
    found = state.inputs_of(infogan, state.Request(n=8, truncation=1.5, codes={("codes", 0): 2.0, ("codes", 1): -1.0}))
    assert np.abs(found["latents"]).max() == 1.0
    np.testing.assert_array_equal(found["codes"], [[2.0, -1.0]] * 8)


def test_labels_are_those_asked_for_or_all_in_turn():
    cgan = make_gan("GAN", classes=10)
    for asked, expected in ((3, [3] * 4), (state.ANY, [0, 1, 2, 3])):
        found = state.inputs_of(cgan, state.Request(n=4, position=0.5, choices={"labels": asked}))
        np.testing.assert_array_equal(found["labels"], expected)
    with pytest.raises(InputError, match="labels must be integers from 0 to 9"):
        state.inputs_of(cgan, state.Request(choices={"labels": 10}))


@pytest.mark.parametrize(("seed", "message"), [(-1, "at least 0"), (2**31, "at most 2147483647"), (0.5, "an integer")])
def test_a_seed_that_is_none(gan, seed, message):
    with pytest.raises(InputError, match=message):
        state.inputs_of(gan, state.Request(b=seed))


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_every_model_of_the_zoo_gives_a_picture(name):
    model = make_gan(name)
    first = state.controls_of(model)
    for endpoint in first.endpoints:
        controls = state.controls_of(model, endpoint)
        n = 4 if controls.pictures else 100
        given = {controls.image: np.full((n, *controls.asked), 9, "uint8")} if controls.image else {}
        picture = state.picture(model, state.Request(endpoint, n, position=0.3, given=given))
        assert (picture.dtype, picture.ndim) == (np.uint8, 3)
        if given:
            assert (picture[: controls.example[0], : controls.example[1]] == 9).all()


def test_pictures_become_files_and_html():
    picture = np.arange(48, dtype="uint8").reshape(4, 4, 3)
    with Image.open(io.BytesIO(encode.png(picture))) as image:
        np.testing.assert_array_equal(np.asarray(image), picture)
    with Image.open(io.BytesIO(encode.gif([picture, picture[::-1], picture // 2]))) as image:
        assert (image.format, image.n_frames, image.size) == ("GIF", 4, (256, 256))
    html = encode.figure(picture[:, :, :1], '<script>"step"')
    assert "<script>" not in html and 'alt="&lt;script&gt;&quot;step&quot;"' in html
    assert "<b>" not in encode.message("<b>")


def test_catalog_says_why_a_run_cannot_be_loaded(gan, run_dir, tmp_path):
    nothing = tmp_path / "runs" / "gan" / "nothing"
    begun = tmp_path / "runs" / "gan" / "begun"
    damaged = write_run(gan, tmp_path / "runs" / "gan" / "damaged")
    nothing.mkdir()
    RunDirectory(begun).path.mkdir()
    RunDirectory(begun).write_config({"settings": gan.settings(), "model": config.serialize(gan)})
    (damaged / "config.json").write_text("{")
    catalog = catalog_of(run_dir, nothing, begun, damaged)
    shown = dict((name, label) for label, name in catalog.labels())
    assert shown[str(run_dir)] == str(run_dir)
    assert "no config.json" in shown[str(nothing)]
    assert "no checkpoint yet" in shown[str(begun)]
    assert "damaged" in shown[str(damaged)]
    for path in (nothing, begun, damaged):
        with pytest.raises(InputError, match=str(path)):
            catalog.open(str(path))
    with pytest.raises(InputError, match="no run called '/etc'"):
        catalog.open("/etc")
    with pytest.raises(InputError, match="none of the runs can be loaded; the first: .*nothing"):
        explore_command.first(catalog_of(nothing, begun))


@pytest.mark.slow
def test_catalog_opens_the_newest_checkpoint_of_a_run_once(gan, run_dir, tmp_path):
    catalog = catalog_of(tmp_path, run_dir)
    assert explore_command.first(catalog).name == str(run_dir), "the first is no run"
    opened = catalog.open(str(run_dir))
    assert opened is catalog.open(str(run_dir))
    np.testing.assert_array_equal(opened.picture(state.Request(a=5)), gan.sample(1, 5)[0])
    run = RunDirectory(run_dir)
    run.config()
    gan.step_counter.assign(8)
    run.checkpoints.save(8, get_state(gan))
    assert opened is catalog.open(str(run_dir))
    gan.step_counter.assign(0)
    newer = catalog.open(str(run_dir), newest=True)
    assert newer is not opened and newer.model.step == 8
    assert newer is catalog.open(str(run_dir), newest=True)


def test_images_to_translate_come_from_the_runs_data(gan, run_dir):
    data = types.SimpleNamespace(arrays={"a": np.zeros((70, 2, 2, 1), "uint8")})
    catalog = Catalog(lambda: [run_dir], lambda path: (None, data), None)
    opened = types.SimpleNamespace(name="run", run_dir=run_dir)
    assert catalog.examples(opened, "a").shape == (64, 2, 2, 1)
    with pytest.raises(InputError, match="the data of run has no b; upload a picture"):
        catalog.examples(opened, "b")


def test_progress_reads_what_is_in_the_folder_and_nothing_else(tmp_path):
    run_dir, outside = tmp_path / "run", tmp_path / "outside.png"
    (run_dir / "samples").mkdir(parents=True)
    assert (progress.look(run_dir).pictures, progress.look(run_dir).table) == ({}, None)
    with pytest.raises(InputError, match="no numbers yet"):
        progress.curves(None)
    picture = np.full((3, 5, 3), 7, "uint8")
    for step in (20, 3):
        images.save_png(run_dir / "samples" / f"step_{step:06d}.png", picture)
    images.save_png(outside, picture)
    os.symlink(outside, run_dir / "samples" / "step_000030.png")
    (run_dir / "metrics.csv").write_text("step,seconds,loss\n1,0.1,2.0\n2,0.2,1.5\n3,0.3,tor")
    found = progress.look(run_dir)
    assert list(found.pictures) == [3, 20]
    np.testing.assert_array_equal(progress.read(found.pictures[3]), picture)
    assert b"<svg" in progress.curves(found.table)
    (run_dir / "metrics.csv").write_text("step,seconds,loss\n1,0.1,2.0\n")
    assert progress.look(run_dir).stamp != found.stamp
    (run_dir / "metrics.csv").unlink()
    os.symlink("/etc/passwd", run_dir / "metrics.csv")
    assert progress.look(run_dir).table is None


def test_a_taken_port_gives_the_next(monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        listener, found = server.listen("127.0.0.1", port)
        with listener:
            assert found > port and listener.getsockname() == ("127.0.0.1", found)
        monkeypatch.setattr(server, "PORTS", 1)
        with pytest.raises(InputError, match="is free; choose another --port"):
            server.listen("127.0.0.1", port)
    with pytest.raises(InputError, match="host must be an address of this machine"):
        server.listen("no such host", 7860)
    with pytest.raises(InputError, match=r"cannot listen at 192\.0\.2\.1"):
        server.listen("192.0.2.1", 7860)


def test_the_first_picture_stands_in_the_page_and_the_policy_in_every_answer():
    async def app(scope, receive, send):
        assert b"accept-encoding" not in dict(scope["headers"]) or scope["path"] != "/"
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"26")]})
        await send({"type": "http.response.body", "body": b"<body><gradio", "more_body": True})
        await send({"type": "http.response.body", "body": b"-app></body>"})

    def answer(path):
        sent = []

        async def send(message):
            sent.append(message)

        scope = {"type": "http", "path": path, "method": "GET", "headers": [(b"accept-encoding", b"br")]}
        asyncio.run(shell.Shell(app, "<img>")(scope, None, send))
        return dict(sent[0]["headers"]), b"".join(each["body"] for each in sent[1:])

    headers, body = answer("/")
    assert b'<div id="ganzoo-first"><img></div>' in body and body.endswith(b"<gradio-app></body>")
    assert headers[b"content-length"] == str(len(body)).encode()
    other, body = answer("/other")
    for each in (headers, other):
        assert b"default-src 'self'" in each[b"content-security-policy"]
    assert body == b"<body><gradio-app></body>"


def exit_status(words, capfd):
    with pytest.raises(SystemExit) as end:
        ganzoo_main(["ganzoo", "explore", *words])
    said = capfd.readouterr().err
    assert len(said.strip().splitlines()) == 1
    return end.value.code, said


def test_without_gradio_the_command_says_how_to_install_it(monkeypatch, capfd):
    monkeypatch.setattr("signal.signal", lambda *_: None)
    monkeypatch.setattr(os, "environ", dict(os.environ))
    monkeypatch.setitem(__import__("sys").modules, "gradio", None)
    status, said = exit_status([], capfd)
    assert status == 2 and "-m pip install 'gradio>=6,<7'" in said and "make explore" in said


def test_without_a_run_the_command_says_so(monkeypatch, capfd, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(server, "gradio_at_home", contextlib.nullcontext)
    assert exit_status([], capfd)[1].startswith("error: there is no run below runs; train one")
    assert "there is no run at nowhere." in exit_status(["--run=nowhere"], capfd)[1]
    assert "port must be a whole number" in exit_status(["--port=0"], capfd)[1]


def test_texture_tiles_and_maps(gan):
    assert not texture.is_texture(gan)
    model = TextureGAN((32, 32, 1), latent=2, networks=networks.Spatial(upsamplings=2, width=2, discriminator_width=2))
    assert texture.is_texture(model) and not texture.makes_heights(model)
    ends = [texture.tile(model, texture.TileRequest(30, a=seed)) for seed in (0, 1)]
    np.testing.assert_array_equal(with_ordinary_border(ends[0]), tile(model, 32, 32, 0))
    for position, expected in ((0.0, ends[0]), (1.0, ends[1])):
        found = texture.tile(model, texture.TileRequest(32, 0, 1, position))
        np.testing.assert_allclose(found, expected, atol=1e-5)
    assert np.abs(texture.tile(model, texture.TileRequest(32, truncation=0.5)) - ends[0]).max() > 1e-4
    for name in texture.VIEWS:
        view = texture.view(model, ends[0], name)
        assert (view.dtype, view.shape[:2]) == (np.uint8, (32, 32))
    with pytest.raises(InputError, match="view must be one of"):
        texture.view(model, ends[0], "albedo")
    with pytest.raises(InputError, match="seed must be"):
        texture.tile(model, texture.TileRequest(32, a=None))
    samples = np.frombuffer(texture.raw(model, ends[0]), "<u2").reshape(513, 513)
    np.testing.assert_array_equal(samples[0], samples[-1])
    with Image.open(io.BytesIO(texture.height_png(model, ends[0]))) as image:
        assert image.mode.startswith("I;16") and image.size == (32, 32)


def test_a_texture_of_heights_is_its_own_height():
    model = TextureGAN(
        (32, 32, 1), latent=2, networks=networks.Spatial(upsamplings=2, width=2, discriminator_width=2), depth=16
    )
    picture = np.linspace(0, 1, 1024, dtype="float32").reshape(32, 32, 1)
    assert texture.makes_heights(model)
    np.testing.assert_array_equal(texture.height_of(model, picture), picture[:, :, 0])


@pytest.mark.slow
def test_styles_are_truncated_by_psi():
    made = make_gan("StyleGAN2")
    asked, plain = (state.inputs_of(made, state.Request(n=2, truncation=psi)) for psi in (0.5, 1.0))
    np.testing.assert_array_equal(asked["truncation"], [[0.5], [0.5]])
    for name in ("latents", "noise"):
        np.testing.assert_array_equal(asked[name], plain[name])
