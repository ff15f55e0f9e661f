"""What a check found, in sentences."""

import dataclasses
import linecache
import traceback

from ganzoo.errors import InputError


@dataclasses.dataclass(frozen=True)
class Finding:
    """The outcome of one check.

    Attributes:
        check: its name.
        passed: bool.
        message: one sentence: what was found, and what to change where it did not pass.
    """

    check: str
    passed: bool
    message: str


@dataclasses.dataclass
class Report:
    """What `check_gan` found.

    Attributes:
        model: name of the class.
        findings: list of `Finding`.
    """

    model: str
    findings: list

    @property
    def passed(self):
        """Whether all checks passed."""
        return all(each.passed for each in self.findings)

    @property
    def failures(self):
        """The findings that did not pass."""
        return [each for each in self.findings if not each.passed]

    def raise_if_failed(self):
        """Raise AssertionError with the readable text if a check did not pass."""
        if not self.passed:
            raise AssertionError(str(self))

    def __str__(self):
        width = max((len(each.check) for each in self.findings), default=0)
        lines = [f"{'ok  ' if each.passed else 'FAIL'} {each.check:{width}}  {each.message}" for each in self.findings]
        count = len(self.failures)
        verdict = "all checks passed" if not count else f"{count} of {len(self.findings)} checks did not pass"
        return "\n".join([f"{self.model}: {verdict}", *lines])


def describe_error(error, files):
    """Return an exception as one sentence, with the innermost line of the user's own files.

    Args:
        error: the exception.
        files: paths of the user's files.
    """
    if isinstance(error, InputError):
        return str(error)
    text = " ".join(str(error).split()) or "no message"
    text = text if len(text) < 300 else f"{text[:297]}..."
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename in files]
    if not own:
        return f"{type(error).__name__}: {text}"
    frame = own[-1]
    line = linecache.getline(frame.filename, frame.lineno).strip()
    return f"{type(error).__name__} in {frame.name}, line {frame.lineno} of {frame.filename} ({line}): {text}"
