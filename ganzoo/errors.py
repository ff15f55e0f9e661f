"""The one exception that means: the input is at fault, and whoever typed it can mend it."""


class InputError(ValueError):
    """Report bad input that a user can mend.

    The message is one or two lines long, names what was expected and what came, and needs no traceback to be
    understood: the experiment scripts print it and exit with status 2.
    """


class NonFiniteLossError(ArithmeticError):
    """A loss became infinite or NaN; the message names the network and the step."""


class Interrupted(KeyboardInterrupt):
    """Training was stopped by a signal after its state was saved.

    Attributes:
        signal_number: int, e.g. 2 for Ctrl-C, 15 for SIGTERM.
        step: the step that was saved.
    """

    def __init__(self, signal_number, step):
        super().__init__(f"stopped by {'Ctrl-C' if signal_number == 2 else 'SIGTERM'}; saved at step {step}")
        self.signal_number, self.step = signal_number, step
