"""`ganzoo evaluate`, as a module of this checkout."""

from ganzoo.commands import command, evaluate

if __name__ == "__main__":
    command.run(evaluate.main, evaluate.groups(), evaluate.__doc__)
