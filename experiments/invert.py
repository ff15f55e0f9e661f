"""`ganzoo invert`, as a module of this checkout."""

from ganzoo.commands import command, invert

if __name__ == "__main__":
    command.run(invert.main, invert.groups(), invert.__doc__)
