"""`ganzoo inpaint`, as a module of this checkout."""

from ganzoo.commands import command, inpaint

if __name__ == "__main__":
    command.run(inpaint.main, inpaint.groups(), inpaint.__doc__)
