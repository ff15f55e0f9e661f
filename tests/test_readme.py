"""The README's own code runs as it stands."""

import re

from conftest import ROOT
from PIL import Image


def test_the_coursework_example_runs(tmp_path, monkeypatch):
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(compile(code, "README.md", "exec"), names)
    assert names["gan"].step == 300
    with Image.open(tmp_path / "digits.png") as grid:
        assert grid.size == (8 * 64 + 7 * 2,) * 2


def test_the_commands_and_files_it_names_exist():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^make ([a-z-]+)", readme, re.MULTILINE):
        assert f"\n{target}:" in makefile, target
    for picture in re.findall(r"!\[.*?\]\((.*?)\)", readme):
        assert (ROOT / picture).stat().st_size < 1_000_000, picture
    for module in re.findall(r"-m (experiments\.\w+)", readme):
        assert (ROOT / f"{module.replace('.', '/')}.py").exists(), module
