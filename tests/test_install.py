"""What pip installs: the package, its command, and nothing else at the top level; an editable install is a plain path."""

import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile

import pytest
from conftest import ROOT

BUILD = "import sys; from setuptools import build_meta; getattr(build_meta, sys.argv[1])(sys.argv[2])"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A copy of the sources in a folder called ganzoo, as a clone is."""
    folder = tmp_path_factory.mktemp("beside") / "ganzoo"
    ignored = shutil.ignore_patterns(".*", "runs", "build", "*.egg-info", "__pycache__", "gallery", "site")
    shutil.copytree(ROOT, folder, ignore=ignored)
    return folder


def build(checkout, hook, target):
    """Build a wheel as pip asks setuptools for it; returns the path."""
    target.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", BUILD, hook, target], cwd=checkout, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    (wheel,) = target.glob("*.whl")
    return wheel


@pytest.mark.slow
def test_wheel_holds_the_package_alone(checkout, tmp_path):
    with zipfile.ZipFile(build(checkout, "build_wheel", tmp_path / "wheel")) as wheel:
        names = wheel.namelist()
        (entry_points,) = (wheel.read(name).decode() for name in names if name.endswith("entry_points.txt"))
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"ganzoo"}
    assert "ganzoo/py.typed" in names
    assert [name for name in names if "/classifiers/mnist_" in name]
    assert "ganzoo = ganzoo.commands.main:main" in entry_points
    expected = {path.relative_to(checkout).as_posix() for path in (checkout / "ganzoo").rglob("*.py")}
    assert {name for name in names if name.endswith(".py")} == expected


@pytest.mark.slow
def test_script_beside_a_checkout_imports_the_package(checkout, tmp_path):
    wheel = build(checkout, "build_editable", tmp_path / "editable")
    with zipfile.ZipFile(wheel) as archive:
        assert not [name for name in archive.namelist() if re.search("finder", name)]
        archive.extractall(tmp_path / "site")
    # Without the site-packages at first (-S): what is installed there may be another checkout.
    script = checkout.parent / "script.py"
    folders = (str(tmp_path / "site"), sysconfig.get_path("purelib"))
    lines = ["import site", *(f"site.addsitedir({folder!r})" for folder in folders), "import ganzoo", "print(ganzoo.__file__)"]
    script.write_text("\n".join(lines))
    done = subprocess.run([sys.executable, "-S", script], capture_output=True, text=True, check=False, cwd=checkout.parent)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(checkout / "ganzoo" / "__init__.py")
