"""The README's own code runs as it stands."""

import re

import pytest
from conftest import ROOT
from PIL import Image

from ganzoo.registry import RECIPES


def run_block(index):
    """Run one of the README's Python blocks; returns its names."""
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    names = {}
    exec(compile(blocks[index], "README.md", "exec"), names)
    return names


def test_the_coursework_example_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = run_block(0)
    assert names["gan"].step == 300
    with Image.open(tmp_path / "digits.png") as grid:
        assert grid.size == (8 * 64 + 7 * 2,) * 2


@pytest.mark.slow
def test_the_example_of_a_stopping_criterion_runs(tmp_path, monkeypatch):
    monkeypatch.setenv("GANZOO_HOME", str(tmp_path))
    names = run_block(1)
    assert 100 < names["gan"].step <= 3000
    assert names["classifier"].accuracy > 0.9


def test_the_commands_and_files_it_names_exist():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^make ([a-z-]+)", readme, re.MULTILINE):
        assert target.removeprefix("train-") in RECIPES or f"\n{target}:" in makefile, target
    for picture in re.findall(r"!\[.*?\]\((.*?)\)", readme):
        assert (ROOT / picture).stat().st_size < 1_000_000, picture
    for module in re.findall(r"-m (experiments\.\w+)", readme):
        assert (ROOT / f"{module.replace('.', '/')}.py").exists(), module


def test_the_distances_it_quotes_are_those_of_the_results():
    readme, results = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "RESULTS.md"))
    quoted = re.findall(r"^(\| [\d.]+ ± [\d.]+ (?:\| [\d.]+ ± [\d.]+ )+\|)$", readme, re.MULTILINE)
    distances = re.findall(r"[\d.]+ ± [\d.]+", " ".join(quoted))
    measured = [re.search(rf"^\| {name}, mnist \|[^±]*\| ([\d.]+ ± [\d.]+) \(", results, re.MULTILINE)[1]
                for name in (r"GAN \(dense\)", "DCGAN", "LSGAN", "CGAN", "WGAN", "WGANGP")]  # fmt: skip
    assert distances == measured
