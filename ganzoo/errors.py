"""Exceptions of ganzoo: invalid input, a training that diverged, was interrupted, or filled the disk."""

from ganzoo.utils.printable import printable


class InputError(ValueError):
    """Raised for invalid user input; the message says how to fix it.

    The message is one or two lines long, says what was expected and what was received, and needs no traceback to be
    understood: the experiment scripts print it and exit with status 2. It may quote file names and other untrusted text, so
    control characters are escaped.
    """

    def __init__(self, message=""):
        super().__init__(printable(message))


class NonFiniteError(ArithmeticError):
    """A loss or a weight became infinite or NaN; the message names network, step and the last good checkpoint."""


class NonFiniteLossError(NonFiniteError):
    """A loss became infinite or NaN."""


class DiskFullError(OSError):
    """The disk is full; the message names the file and says what is saved and how to go on."""


class Interrupted(KeyboardInterrupt):
    """Training was stopped by a signal; the message says what is saved.

    Args:
        signal_number: int, e.g. 2 for Ctrl-C, 15 for SIGTERM.
        step: int, the step that was saved, or None if nothing was.
        place: the folder of the checkpoints, or None.

    Attributes:
        signal_number, step: as above.
    """

    def __init__(self, signal_number, step=None, place=None):
        where = "" if place is None else f" in {place}"
        saved = f"nothing is saved yet{where}" if step is None else f"saved at step {step}{where}"
        super().__init__(f"stopped by {'Ctrl-C' if signal_number == 2 else 'SIGTERM'}; {saved}")
        self.signal_number, self.step = signal_number, step
