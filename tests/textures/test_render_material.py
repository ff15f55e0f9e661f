"""The render script's command line; the render itself needs Blender and is done by hand."""

import sys

import pytest

from experiments import render_material


def test_arguments(tmp_path):
    (tmp_path / "material.json").write_text("{}")
    read = render_material.read_arguments([str(tmp_path), "out.png", "--tiles=2", "--flat"])
    assert (read.folder, read.output.name, read.tiles, read.flat, read.width, read.height) == (
        tmp_path,
        "out.png",
        2,
        True,
        800,
        500,
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--tiles=0"], "--tiles must be at least 1. Received: 0"),
        (["--samples=-1"], "--samples"),
        (["--width=x"], "invalid int"),
    ],
)
def test_arguments_that_do_not_serve(words, message, tmp_path, capsys):
    (tmp_path / "material.json").write_text("{}")
    with pytest.raises(SystemExit, match="2"):
        render_material.main([str(tmp_path), "out.png", *words])
    assert message in capsys.readouterr().err


def test_a_folder_without_a_material(tmp_path, capsys):
    with pytest.raises(SystemExit, match="2"):
        render_material.main([str(tmp_path), "out.png"])
    assert "must be a folder with material.json" in capsys.readouterr().err


def test_without_blender_it_says_what_is_needed(tmp_path, monkeypatch):
    (tmp_path / "material.json").write_text("{}")
    monkeypatch.setitem(sys.modules, "bpy", None)
    with pytest.raises(SystemExit, match="pip install bpy"):
        render_material.main([str(tmp_path), "out.png"])
