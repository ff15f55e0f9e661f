"""230 combinations of flags: each trains or is refused in a sentence, and what is refused leaves no folder."""

import random

import pytest
from attempts import Attempts, command
from conftest import slow
from hostile_flags import lines

import ganzoo
from ganzoo.core.model import AdversarialModel


@pytest.mark.parametrize("count", [20, slow(230)])
def test_flags(count, tmp_path, capfd, monkeypatch):
    trained = []
    monkeypatch.setattr("ganzoo.backend.make_operations_deterministic", lambda: None)
    monkeypatch.setattr(AdversarialModel, "train", lambda model, data, **options: trained.append(options))
    monkeypatch.setattr(ganzoo.PointGAN, "train", AdversarialModel.train)
    monkeypatch.setattr(ganzoo.FunctionGAN, "train", AdversarialModel.train)
    monkeypatch.setattr("ganzoo.commands.runner._summary", lambda *arguments: "")
    monkeypatch.setattr("ganzoo.FunctionGAN.quality", lambda gan: {"mean_distance": 0.0, "ks_distance": 0.0})
    monkeypatch.chdir(tmp_path)
    attempts, statuses = Attempts(seconds=30), []
    for words in lines(random.Random(0), count, tmp_path / "run"):
        (status, _, errors), _ = attempts(str(words), lambda words=words: command(words, capfd))
        assert status in (0, 2), f"{words}: {errors}"
        assert [path.name for path in tmp_path.iterdir()] == [], words
        statuses.append(status)
    assert statuses.count(2) > 0.4 * count
    assert trained or count < 50
    assert all(options["steps"] >= 1 for options in trained)
