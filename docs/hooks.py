"""What the site takes from elsewhere in the repository: RESULTS.md, CHANGELOG.md, pictures, the zoo's table, source code."""

import ast
import pathlib
import re

ROOT = pathlib.Path(__file__).parent.parent
GALLERY = "experiments/gallery"


def on_files(files, config):
    """Add the pages and pictures that lie outside of docs/."""
    from mkdocs.structure.files import File

    for name in ("RESULTS.md", "CHANGELOG.md"):
        files.append(File.generated(config, name, content=from_docs((ROOT / name).read_text(encoding="utf-8"))))
    for path in sorted((ROOT / GALLERY).rglob("*")):
        if path.suffix in (".png", ".gif", ".json"):
            files.append(File.generated(config, path.relative_to(ROOT).as_posix(), abs_src_path=str(path)))
    return files


def from_docs(markdown):
    """Return a page of the repository's root with its links into docs/ as the site has them, where docs/ is the root."""
    return markdown.replace("](docs/", "](")


def on_page_markdown(markdown, page, config, files):
    """Fill in `<!-- zoo -->` (table and sections of the models) and `<!-- source MODULE NAME -->` (source code)."""
    return fill_in(markdown)


def fill_in(markdown):
    """Return a page with its markers replaced."""
    markdown = markdown.replace("<!-- zoo -->", f"{table()}\n\n{sections()}")
    return re.sub(r"<!-- source (\S+) (\S+) -->", lambda found: source(found[1], found[2]), markdown)


def table():
    """Return the zoo's table, which is that of the README."""
    return re.search(r"<!-- zoo -->\n(.*?)<!-- /zoo -->", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)[1]


def sections():
    """Return a section a model: paper, equation and departures, as they stand at the head of its module, then what was measured
    and seen, docs/zoo/MODEL.md, where there is such a file.
    """
    from ganzoo.registry import MODELS

    modules = {model: getattr(entry, "module", entry) for model, entry in MODELS.items()}
    return "\n\n".join(f"## {model}\n\n{_section(model, module)}\n\n{_measured(model)}" for model, module in modules.items())


def _measured(model):
    path = ROOT / "docs" / "zoo" / f"{model}.md"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _section(model, module):
    if not module.startswith("ganzoo.models."):  # its class is on a page of its own
        text = (ROOT / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8")
        return f"{ast.get_docstring(ast.parse(text))}\n\nSee [`{model}`][{module}.{model}]."
    return (
        f"::: {module}\n    options:\n      show_root_heading: false\n      show_root_toc_entry: false\n"
        f"      heading_level: 3\n      members: [{model}]\n      inherited_members: false"
    )


def source(module, name):
    """Return the source code of a class, function or method, e.g. `source("ganzoo.gan", "GAN.play")`, as a code block."""
    path = ROOT / f"{module.replace('.', '/')}.py"
    text = path.read_text(encoding="utf-8")
    node = ast.parse(text)
    for part in name.split("."):
        node = next(each for each in node.body if getattr(each, "name", None) == part)
    lines = text.splitlines()[node.lineno - 1 : node.end_lineno]
    indent = len(lines[0]) - len(lines[0].lstrip())
    return "\n".join(["```python", *(line[indent:] for line in lines), "```"])
