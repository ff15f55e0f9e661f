"""The README's own code runs as it stands, and it names what there is."""

import re

from PIL import Image
from test_docs import blocks, read


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


def test_it_is_short():
    assert len(read("README.md").splitlines()) <= 130
