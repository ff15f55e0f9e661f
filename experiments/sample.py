"""`ganzoo sample`, as a module of this checkout."""

from ganzoo.commands import command, sample

if __name__ == "__main__":
    command.run(sample.main, sample.groups(), sample.__doc__)
