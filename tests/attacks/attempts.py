"""What the attacks share: an attempt that is watched for programs that start, time that passes, and words that are said."""

import contextlib
import signal
import sys
import time

from ganzoo.errors import InputError

LONGEST = 1600  # characters of a message: a screen
HANG = 60  # seconds after which an attempt that does nothing counts as one that never ends
_STARTS = ("os.system", "os.exec", "os.posix_spawn", "subprocess.Popen", "pty.spawn", "pickle.find_class", "socket.connect")
_watched = []


def _hook(event, arguments):
    if _watched and event in _STARTS:
        _watched[-1].append(f"{event}{arguments!r}"[:200])


sys.addaudithook(_hook)


class Hangs(BaseException):
    """Raised in what does not end; no `except Exception` of the product may catch it."""


class Attempts:
    """Count what became of attacks.

    Attributes:
        done, refused: how many went through, were refused with a sentence.
        slowest: (seconds of the processor, name) of the slowest one.
        said: the refusals, {name: message}.
    """

    def __init__(self, seconds=5.0):
        self.seconds = seconds
        self.done = self.refused = 0
        self.slowest, self.said = (0.0, ""), {}

    def __call__(self, name, action):
        """Try an action; returns (what it returned or None, its refusal or "").

        Raises:
            AssertionError: naming the attack, if it ended in anything but a result or a refusal, started a program, took
                longer than `seconds` of the processor, or said something that a terminal should not be shown.
        """
        events, began, said, found = [], time.process_time(), "", None
        _watched.append(events)
        try:
            with alarm():
                found = action()
        except InputError as error:
            said = str(error)
        except Exception as error:
            raise AssertionError(f"{name}: {type(error).__name__}: {error}") from error
        finally:
            _watched.pop()
        took = time.process_time() - began
        self.slowest = max(self.slowest, (took, name))
        assert not events, f"{name} started {events}"
        assert took < self.seconds, f"{name} took {took:.1f} s"
        if said:
            assert_sentence(said, name)
            self.said[name] = said
        self.refused, self.done = self.refused + bool(said), self.done + (not said)
        return found, said


def assert_sentence(said, name=""):
    """Check that a message fits a screen, holds no control characters, and is no traceback."""
    assert 0 < len(said) < LONGEST, f"{name}: {len(said)} characters: {said[:300]}"
    assert said.replace("\n", "").isprintable(), f"{name}: {said[:300]!r}"
    assert "Traceback" not in said, f"{name}: {said[:1000]}"


@contextlib.contextmanager
def alarm(seconds=HANG):
    """Raise Hangs in what waits for something, or computes, without an end.

    What used the processor in the last seconds is let go on for ten times as long: the machine may be busy with other things.
    """
    began = last = time.process_time()
    rounds = 10

    def ring(number, frame):
        nonlocal last, rounds
        now, rounds = time.process_time(), rounds - 1
        if now - last < 0.1 or now - began > seconds or not rounds:
            raise Hangs(f"still not over after {now - began:.0f} s of the processor")
        last = now
        signal.alarm(seconds)

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def command(argv, capfd):
    """Run `ganzoo` in this process; returns (status, output, errors), and checks that they are fit for a terminal."""
    from ganzoo.commands.main import main

    capfd.readouterr()
    status = 0
    try:
        main(["ganzoo", *argv])
    except SystemExit as end:
        status = end.code
    except Exception as error:
        raise AssertionError(f"{argv}: {type(error).__name__}: {error}") from error
    out, errors = capfd.readouterr()
    assert out.replace("\n", "").replace("\r", "").isprintable(), f"{argv}: {out!r}"
    if status == 2:
        assert_sentence(errors.strip(), str(argv))
    return status, out, errors
