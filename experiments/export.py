"""`ganzoo export`, as a module of this checkout."""

from ganzoo.commands import command, export

if __name__ == "__main__":
    command.run(export.main, export.groups(), export.__doc__)
