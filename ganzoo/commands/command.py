"""How every command starts and ends: a readable --help, one or two lines and a status instead of tracebacks."""

import contextlib
import os
import pathlib
import shlex
import shutil
import sys

from ganzoo import errors
from ganzoo.commands.flags import parse
from ganzoo.utils.console import silent_stderr
from ganzoo.utils.printable import printable

_LONGEST = 1500  # characters of a message, so that it fits a screen of 24 lines
UNSEEN_GPU = (
    "note: this machine has nvidia-smi, but TensorFlow sees no GPU and computes on the CPU. Install the CUDA libraries "
    "(make does, or pip install 'tensorflow[and-cuda]') or a newer driver. For the reason: TF_CPP_MIN_LOG_LEVEL=0 python -c "
    "'import tensorflow as tf; tf.config.list_physical_devices()'"
)
HELP = ("--help", "-help", "-h", "--h", "-?")


def run(main, groups, documentation, argv=None):
    """Parse the flags, call `main(options)`, and exit with a status.

    0: done; 1: the training failed or the disk could not be written to; 2: bad input; 130: Ctrl-C; 143: SIGTERM.

    Args:
        main: callable that takes the flags' values as attributes.
        groups: {title: sequence of `Flag`}, as --help shows them.
        documentation: the head of --help.
        argv: the command line, the program's name first; default: `sys.argv`.
    """
    with statuses():
        argv = sys.argv if argv is None else argv
        if any(word in HELP for word in argv[1:]):
            say(help_text(documentation, groups))
            return
        options = parse([flag for flags in groups.values() for flag in flags], argv)
        load_tensorflow()
        main(options)


@contextlib.contextmanager
def statuses():
    """End the process with a message and a status where an error says what its user can do about it."""
    try:
        yield
    except errors.InputError as error:
        _exit(f"error: {' '.join(str(error).split())}", 2)
    except errors.NonFiniteError as error:
        _exit(f"stopped: {error}", 1)
    except errors.Interrupted as error:
        print(f"\n{printable(error)}", file=sys.stderr, flush=True)
        sys.stdout.flush()
        os._exit(128 + error.signal_number)  # all is saved; TensorFlow's own clearing up would take seconds more
    except KeyboardInterrupt:
        _exit("\nstopped by Ctrl-C", 130)
    except BrokenPipeError:  # whoever read the output has closed it
        os._exit(1)
    except OSError as error:
        _exit(f"error: {error}", 1)


def load_tensorflow():
    """Import TensorFlow without what its libraries print: a CPU machine is told four times that it has no GPU.

    Of several GPUs the first alone is taken, on which all of a training runs. Where an NVIDIA GPU is not seen, a note says so.
    """
    with silent_stderr():
        import tensorflow as tf

        gpus = tf.config.list_physical_devices("GPU")
    if len(gpus) > 1:
        tf.config.set_visible_devices(gpus[:1], "GPU")
    if not gpus and shutil.which("nvidia-smi") and os.environ.get("CUDA_VISIBLE_DEVICES", "0") not in ("", "-1"):
        say(UNSEEN_GPU, file=sys.stderr)


def help_text(documentation, groups):
    """Return the command's text and its flags."""
    lines = [documentation.strip()]
    for title, found in groups.items():
        shown = [flag for flag in found if not flag.hidden]
        if shown:
            lines += ["", f"{title}:"]
        for flag in shown:
            name = f"--[no]{flag.name}" if flag.kind is bool else f"--{flag.name}"
            value = flag.default if flag.shown is None else flag.shown
            said = value is None or value is False or value in ("", []) or "(default:" in flag.text
            lines.append(f"  {name}\n      {flag.text}{'' if said else f' (default: {value})'}")
        others = [f"--{flag.name}" for flag in found if flag.hidden]
        if others:
            lines.append(f"  also, with other choices (add the choice to --help to read more):\n      {', '.join(others)}")
    return "\n".join(lines)


def say(text, **options):
    """Print a text whose names may be anybody's: control characters are escaped."""
    print(printable(text), **options)


def python_words():
    """Return how the Python that runs this is called from here, as a command to copy."""
    executable = pathlib.Path(sys.executable or "python")
    with contextlib.suppress(ValueError):
        return shlex.quote(str(executable.relative_to(pathlib.Path.cwd())))
    for name in ("python", "python3"):
        if shutil.which(name) and pathlib.Path(shutil.which(name)) == executable:
            return name
    return shlex.quote(str(executable))


def ganzoo_words(verb, *words):
    """Return a command to copy, e.g. "ganzoo sample --n=64", called as the present one was.

    Args:
        verb: "train", "sample", "export", ...
        words: what follows it; the name after "train" comes first.
    """
    spec = getattr(sys.modules["__main__"], "__spec__", None)
    if spec is not None and spec.name.startswith("experiments."):
        module, rest = (spec.name, words[1:]) if verb == "train" else (f"experiments.{verb}", words)
        return " ".join([python_words(), "-m", module, *rest])
    program = pathlib.Path(sys.argv[0])
    if spec is None and program.stem == "ganzoo" and shutil.which("ganzoo"):
        same = os.path.realpath(shutil.which("ganzoo")) == os.path.realpath(program)
        return " ".join(["ganzoo" if same else shlex.quote(str(program)), verb, *words])
    return " ".join([python_words(), "-m", "ganzoo", verb, *words])


def _exit(message, status):
    message = printable(message)
    if len(message) > _LONGEST:
        message = f"{message[:_LONGEST]} ... ({len(message) - _LONGEST} characters more)"
    sys.stdout.flush()
    print(message, file=sys.stderr)
    sys.exit(status)
