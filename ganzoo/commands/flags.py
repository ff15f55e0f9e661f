"""Flags as plain data: one check for what is typed and for what a run's config.json holds."""

import dataclasses
import difflib
import math

from absl import flags

from ganzoo.errors import InputError

_LONGEST = 4096  # characters of a text, as long as a path may be


@dataclasses.dataclass(frozen=True)
class Flag:
    """A flag.

    Attributes:
        name, default, text: text is what --help says.
        kind: str, bool, int, float, or list (words separated by commas).
        low, above, below: bounds of a number: at least, more than, less than.
        high: the greatest number.
        choices: the words that are allowed; () for any.
        optional: whether None is a value too: not set.
        shown: what --help calls the default; default: itself.
        hidden: left out of --help.
        repeated: of a list: a word each time that the flag is given, instead of words separated by commas.
    """

    name: str
    default: object
    text: str
    kind: type = str
    low: float | None = None
    above: float | None = None
    below: float | None = None
    high: float | None = None
    choices: tuple = ()
    optional: bool = False
    shown: str | None = None
    hidden: bool = False
    repeated: bool = False

    def check(self, value):
        """Return a value, typed or read from JSON, if it is one of this flag.

        Raises:
            InputError: naming the flag, what is expected and what came.
        """
        if value is None and self.optional:
            return None
        wanted = self._fault(value)
        if wanted:
            shown = repr(value)
            raise InputError(f"{self.name} must be {wanted} Received: --{self.name}={shown[:100]}{'...' * (len(shown) > 100)}")
        return float(value) if self.kind is float else list(value) if self.kind is list else value

    def _fault(self, value):
        """Return what must be instead of this value, a sentence's end, or None."""
        if self.kind is bool:
            return None if isinstance(value, bool) else "true or false."
        if self.kind in (int, float):
            kinds = int if self.kind is int else (int, float)
            fits = isinstance(value, kinds) and not isinstance(value, bool) and abs(value) < 2**53
            fits = fits and math.isfinite(value) and (self.low is None or value >= self.low)
            fits = fits and (self.high is None or value <= self.high) and (self.above is None or value > self.above)
            return None if fits and (self.below is None or value < self.below) else f"{self._range()}."
        words = value if self.kind is list else [value]
        if not isinstance(words, (list, tuple)) or not all(isinstance(word, str) for word in words):
            return "text."
        if self.choices:
            unknown = next((word for word in words if word not in self.choices), None)
            if unknown is not None:
                return _hint(unknown, self.choices)
            if len(set(words)) < len(words):
                return f"words of {', '.join(self.choices)}, each once."
            return None if words else f"at least one of {', '.join(self.choices)}."
        if sum(map(len, words)) > _LONGEST or any("\0" in word for word in words):
            return f"text of at most {_LONGEST:,} characters."
        return None

    def _range(self):
        number = "a whole number" if self.kind is int else "a number"
        if (self.low, self.above, self.below, self.high) == (None, 0, None, None):
            return "a positive number"
        bounds = (("of at least", self.low), ("above", self.above), ("below", self.below), ("of at most", self.high))
        said = [
            f"{word} {bound:,}" if isinstance(bound, int) else f"{word} {bound:g}"
            for word, bound in bounds
            if bound is not None
        ]
        return " ".join([number, " and ".join(said)]).strip()


def _hint(word, choices):
    near = difflib.get_close_matches(word, choices, n=1)
    return f"one of {', '.join(choices)}.{f' Did you mean {near[0]}?' if near else ''}"


def count(name, default, text, high=10**9):
    """Return a flag that is an integer of at least 1 and at most `high`, so that nobody asks for more than a machine holds."""
    return Flag(name, default, f"{text}; at least 1", int, low=1, high=high)


def seed(default, text):
    """Return the flag --seed."""
    return Flag("seed", default, f"0 to 2147483647; {text}", int, low=0, high=2**31 - 1)


def choice(name, default, choices, text, **options):
    """Return a flag with a fixed list of values; another value gets the list and the nearest one."""
    return Flag(name, default, f"{text}: {', '.join(choices)}", choices=tuple(choices), **options)


def choice_list(name, choices, text):
    """Return a flag that is a list of words, each of a fixed list, at least one; all by default."""
    text = f"{text}, separated by commas; of {', '.join(choices)}"
    return Flag(name, list(choices), text, list, choices=tuple(choices), shown="all")


def run_dir_flag():
    """Return --run_dir of the commands that do something with a run."""
    return Flag("run_dir", "", "folder of the run (default: the newest below runs/)")


def parse(found, argv):
    """Return the values of flags as they stand on a command line.

    Args:
        found: sequence of `Flag`.
        argv: list of str, the program's name first.

    Returns:
        `absl.flags.FlagValues`: a value as an attribute, see also `flag_is_set`.

    Raises:
        InputError: for an unknown flag or a bad value.
    """
    values = flags.FlagValues()
    definers = {str: flags.DEFINE_string, bool: flags.DEFINE_boolean, int: flags.DEFINE_integer, float: flags.DEFINE_float,
                list: flags.DEFINE_list}  # fmt: skip
    for flag in found:
        define = flags.DEFINE_multi_string if flag.repeated else definers[flag.kind]
        define(flag.name, flag.default, flag.text, flag_values=values)
    if any(word.lstrip("-").startswith("flagfile") and word.startswith("-") for word in argv[1:]):
        raise InputError("flags are not read from files. Received: --flagfile")
    try:
        extra = values(argv)[1:]
    except flags.Error as error:
        raise InputError(str(error)) from error
    if extra:
        raise InputError(f"flags are written --name=value. Received: {' '.join(extra)}")
    for flag in found:
        flag.check(values[flag.name].value)
    return values


def flag_is_set(options, name):
    """Return whether the command has the flag and it stands on the command line."""
    return name in options and options[name].present > 0


def refuse_beside(options, cause, names):
    """Raise InputError for a flag on the command line that would be ignored beside another, or without it.

    Args:
        options: the flags' values.
        cause: words for the message, e.g. "--maps".
        names: of the flags that do not go with it.
    """
    for name in names:
        if flag_is_set(options, name):
            raise InputError(f"{cause} does not go with --{name}.")
