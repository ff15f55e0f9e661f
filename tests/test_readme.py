"""The README's own code runs as it stands, and it names what there is."""

import re

from conftest import ROOT
from PIL import Image
from test_docs import blocks, read

from ganzoo.registry import RECIPES


def test_the_coursework_example_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ((_, code),) = blocks("README.md")
    names = {}
    exec(compile(code, "README.md", "exec"), names)
    assert names["gan"].step == 300
    with Image.open(tmp_path / "digits.png") as grid:
        assert grid.size == (8 * 64 + 7 * 2,) * 2


def test_its_table_of_the_zoo_is_the_registrys():
    from ganzoo.registry import table

    between = re.search(r"<!-- zoo -->\n(.*?)<!-- /zoo -->", read("README.md"), re.DOTALL)[1]
    assert between == table(), "put between the markers what ganzoo.registry.table() returns"


def test_the_commands_and_files_it_names_exist():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^make ([a-z-]+)", readme, re.MULTILINE):
        assert target.removeprefix("train-") in RECIPES or f"\n{target}:" in makefile, target
    for picture in re.findall(r"!\[.*?\]\((.*?)\)", readme):
        assert (ROOT / picture).stat().st_size < 1_000_000, picture
    for module in re.findall(r"-m (experiments\.\w+)", readme):
        assert (ROOT / f"{module.replace('.', '/')}.py").exists(), module


def test_make_passes_its_variables_on_to_every_command():
    lines = [line for line in read("Makefile").splitlines() if re.search(r"\$\(RUN\) (ganzoo|experiments\.)", line)]
    assert len(lines) > 20
    for line in lines:
        assert "$(FLAGS)" in line or "explore" in line, f"make DATASET=... would be ignored: {line.strip()}"


def test_it_is_short():
    assert len(read("README.md").splitlines()) <= 130
