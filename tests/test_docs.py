"""The documentation's own code runs as it stands, and its pages name what there is."""

import importlib.util
import re

import pytest
from conftest import ROOT

from ganzoo.commands.flags import parse
from ganzoo.commands.runner import flag_groups

PAGES = ["README.md", *sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md"))]
# The README's code is run by test_readme.py.
BLOCK = re.compile(r"(?:<!-- (run|run slow) -->\n)?```python\n(.*?)```", re.DOTALL)


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(page):
    """Return [(mark, code)] of a page's Python blocks: mark is "run", "run slow" or "" for what is not run."""
    return BLOCK.findall(read(page))


def run(page, marks, tmp_path, monkeypatch):
    """Run a page's blocks of these marks, in order, in one namespace and a folder of their own; returns the namespace."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GANZOO_HOME", str(tmp_path))
    names = {"__name__": "page"}
    for mark, code in blocks(page):
        if mark in marks:
            exec(compile(code, page, "exec"), names)
    return names


@pytest.mark.parametrize("page", [page for page in PAGES[1:] if any(mark == "run" for mark, _ in blocks(page))])
@pytest.mark.slow
def test_the_code_of_a_page_runs(page, tmp_path, monkeypatch):
    run(page, ("run",), tmp_path, monkeypatch)


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in PAGES[1:] if any(mark == "run slow" for mark, _ in blocks(page))])
def test_the_slow_code_of_a_page_runs_too(page, tmp_path, monkeypatch):
    names = run(page, ("run", "run slow"), tmp_path, monkeypatch)
    if page == "docs/measures.md":
        assert 100 < names["gan"].step <= 3000
        assert names["classifier"].accuracy > 0.9


def test_all_python_is_run():
    """A block that nobody runs grows wrong; what is not for running is no `python` block."""
    assert not [(page, code) for page in PAGES for mark, code in blocks(page) if not mark]


def test_your_gan_has_at_most_forty_lines():
    assert len(blocks("docs/your-gan.md")[0][1].splitlines()) <= 40


@pytest.mark.parametrize("page", PAGES)
def test_a_page_names_targets_commands_files_and_modules_that_exist(page):
    from ganzoo.registry import RECIPES

    text, makefile = read(page), read("Makefile")
    for target in re.findall(r"(?:^|`)make ([a-z-]*[a-z])(?![-\w])", text, re.MULTILINE):
        assert f"\n{target}:" in makefile or target.removeprefix("train-") in RECIPES, target
    code = "\n".join(re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL))
    for verb, name in re.findall(r"(?:^|`|bin/)ganzoo ([a-z]+) ?([a-z][a-z-]*)?", code, re.MULTILINE):
        assert (ROOT / "ganzoo" / "commands" / f"{verb}.py").exists(), verb
        assert verb != "train" or not name or name in RECIPES, name
    for module in re.findall(r"-m (experiments\.\w+)", text):
        assert (ROOT / f"{module.replace('.', '/')}.py").exists(), module
    for path in re.findall(r"`((?:ganzoo|experiments|tests)/[\w/]+\.\w+)", text):
        assert (ROOT / path).exists(), path
    prose = re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)
    for link in re.findall(r"\]\((?!http|#)([^)#]+)", prose):
        places = [(ROOT / page).parent / link, ROOT / link]  # the site adds RESULTS.md, CHANGELOG.md and the gallery
        assert any(place.exists() for place in places), link
    for picture in re.findall(r"!\[[^]]*\]\(([^)]+)\)", prose):
        found = next((place for place in ((ROOT / page).parent / picture, ROOT / picture) if place.exists()), None)
        assert found is not None and found.stat().st_size < 1_000_000, picture


@pytest.mark.parametrize("page", PAGES)
def test_the_flags_of_the_studies_on_a_page_exist(page):
    for name, words in re.findall(r"-m experiments\.(\w+)((?: --[^\s`#]+)+)", read(page)):
        study = importlib.import_module(f"experiments.{name}")
        own = getattr(study, "flag_groups", None) or getattr(study, "groups", None)
        groups = own() if own else flag_groups(study.RECIPE)
        words = [word for word in words.split() if "..." not in word]
        parse([flag for flags in groups.values() for flag in flags], [name, *words])


def test_the_distances_that_are_quoted_are_those_of_the_results():
    quoted = re.findall(r"^(\| [\d.]+ ± [\d.]+ (?:\| [\d.]+ ± [\d.]+ )+\|)$", read("docs/techniques.md"), re.MULTILINE)
    distances = re.findall(r"[\d.]+ ± [\d.]+", " ".join(quoted))
    measured = [re.search(rf"^\| {name}, mnist \|[^±]*\| ([\d.]+ ± [\d.]+) \(", read("RESULTS.md"), re.MULTILINE)[1]
                for name in (r"GAN \(dense\)", "DCGAN", "LSGAN", "CGAN", "WGAN", "WGANGP")]  # fmt: skip
    assert distances == measured


_INNER = (
    "__init__",
    "batching",
    "checks",
    "guard",
    "image_file",
    "prefetching",
    "resize",
    "scaling",
    "sixteen_bits",
)  # modules that no user imports


def test_the_api_pages_cover_the_public_modules():
    """Every module that a user imports from has its place on a page: all but packages and what an underscore hides."""
    named = set(re.findall(r"^::: (\S+)", "".join(path.read_text("utf-8") for path in (ROOT / "docs/api").glob("*.md")), re.M))
    hidden = re.compile(r"ganzoo\.(backend|commands|utils|models|checks|plots|random_state|__main__)\b")
    shown = {
        "data",
        "networks",
        "losses",
        "regularizers",
        "objectives",
        "evaluation.metrics",
        "evaluation.features",
        "textures",
    }
    for package in shown:
        folder = ROOT / "ganzoo" / package.replace(".", "/")
        paths = folder.glob("*.py") if folder.is_dir() else [folder.with_suffix(".py")]
        for path in paths:
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            if path.stem in _INNER or hidden.match(module):
                continue
            assert module in named, module
    for module in named:
        assert (ROOT / f"{module.replace('.', '/')}.py").exists(), module


def test_the_zoo_page_holds_every_model():
    spec = importlib.util.spec_from_file_location("hooks", ROOT / "docs" / "hooks.py")
    hooks = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(hooks)
    from ganzoo.registry import MODELS

    page = hooks.fill_in(read("docs/zoo.md"))
    for model in MODELS:
        assert f"\n## {model}\n" in page, model
        assert f"| `{model}`" in page or f"`{model}`" in hooks.table(), model
    assert "def play(self, batches, step)" in hooks.fill_in("<!-- source ganzoo.models.cyclegan CycleGAN.play -->")
