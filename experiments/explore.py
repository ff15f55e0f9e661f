"""`ganzoo explore`, as a module of this checkout."""

from ganzoo.commands import command, explore

if __name__ == "__main__":
    command.run(explore.main, explore.groups(), explore.__doc__)
