"""`python -m ganzoo`: the same as the command `ganzoo`."""

from ganzoo.commands.main import main

if __name__ == "__main__":
    main()
