"""500 hostile expressions at every door that takes one: none runs, hangs, or is answered with a traceback."""

import builtins
import random

import pytest
from attempts import Attempts, command
from conftest import slow
from hostile_expressions import hostile

from ganzoo.data import FunctionGraph
from ganzoo.registry import RECIPES
from ganzoo.training.loading import build
from ganzoo.utils.expressions import Expression

FUNCTION_GAN = {"class_name": "FunctionGAN", "module": "ganzoo.models.function_gan",
                "registered_name": "ganzoo.models>FunctionGAN"}  # fmt: skip


def describe(text):
    """Return a FunctionGAN of an expression as a config.json describes it."""
    graph = {"class_name": "FunctionGraph", "module": "ganzoo.data.functions", "registered_name": "ganzoo.data>FunctionGraph"}
    return FUNCTION_GAN | {"config": {"function": graph | {"config": {"function": text, "variables": None}}}}


@pytest.mark.parametrize("count", [30, slow(500)])
def test_expressions(count, tmp_path, monkeypatch, capfd):
    rng, mark, ran = random.Random(0), tmp_path / "ran", []
    texts = [hostile(rng, str(mark)) for _ in range(count)]
    attempts, described = Attempts(seconds=0.3), Attempts(seconds=0.3)
    with monkeypatch.context() as patch:
        for name in ("exec", "eval", "input", "breakpoint"):
            patch.setattr(builtins, name, lambda *_, name=name, **__: ran.append(name))
        for text in texts:
            attempts(text, lambda text=text: FunctionGraph(text))
            attempts(text, lambda text=text: Expression(text, ("x",)))
            described(text, lambda text=text: build(describe(text), tmp_path))
    assert (attempts.refused, described.refused) == (2 * count, count)
    assert all(len(said) <= 200 for said in attempts.said.values())
    assert ran == []
    assert not mark.exists()


@pytest.mark.slow
def test_expressions_as_flags(tmp_path, capfd, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rng, mark = random.Random(1), tmp_path / "ran"
    assert "function" in RECIPES["function-gan"].data
    for _ in range(60):
        text = hostile(rng, str(mark)).replace("\0", "0")
        status, _, said = command(["train", "function-gan", f"--function={text}", "--steps=1"], capfd)
        assert status == 2, text
        assert "the expression" in said or "function must be text of" in said, said
    assert list(tmp_path.iterdir()) == []
