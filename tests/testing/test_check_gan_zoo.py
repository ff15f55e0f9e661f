"""The zoo passes `check_gan`; beside test_check_gan.py, so that two workers share what takes minutes."""

import pytest

import ganzoo
from ganzoo.registry import MODELS
from ganzoo.testing import check_gan


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_zoo_passes(name):
    check_gan(getattr(ganzoo, name), verbose=False).raise_if_failed()
