"""`ganzoo texture`, as a module of this checkout."""

from ganzoo.commands import command, texture

if __name__ == "__main__":
    command.run(texture.main, texture.groups(), texture.__doc__)
