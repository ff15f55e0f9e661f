"""`python -m ganzoo.testing path/to/file.py:MyGAN`: check a GAN; exit status 0, 1 (a check did not pass) or 2 (not loaded)."""

import os
import pathlib
import sys

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")  # what is compared to the last bit is promised for a CPU

from ganzoo.testing.battery import check_gan
from ganzoo.testing.build import load
from ganzoo.testing.report import describe_error


def main(arguments):
    """Check what the one argument names; returns the exit status."""
    if len(arguments) != 1 or arguments[0] in ("-h", "--help"):
        print("usage: python -m ganzoo.testing path/to/file.py:MyGAN")
        return 0 if arguments[:1] in (["-h"], ["--help"]) else 2
    try:
        subject = load(arguments[0])
    except Exception as error:  # whatever a student's file can raise
        file = str(pathlib.Path(arguments[0].rpartition(":")[0]).expanduser().resolve())
        print(f"{arguments[0]} cannot be loaded: {describe_error(error, [file])}", file=sys.stderr)
        return 2
    return 0 if check_gan(subject).passed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
