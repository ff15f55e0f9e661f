"""What mkdocstrings must know of ganzoo's sources."""

import re

import griffe


class Sources(griffe.Extension):
    """Adapt docstrings and exports to what mkdocstrings reads."""

    def on_object(self, *, obj, **options):
        """Rename the section "Example:", of which the google style would make a note, to "Examples:"."""
        if obj.docstring is not None:
            obj.docstring.value = re.sub(r"^Example:$", "Examples:", obj.docstring.value, flags=re.MULTILINE)

    def on_module_members(self, *, mod, **options):
        """Forget the package's `__all__`, which is made of the registry: its names are found where they are defined."""
        if mod.path == "ganzoo":
            mod.exports = None
