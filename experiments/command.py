"""How every command starts and ends: a readable --help, one or two lines and a status instead of tracebacks."""

import contextlib
import os
import sys

from absl import flags

from ganzoo.errors import InputError, Interrupted, NonFiniteError


def run(main, documentation):
    """Parse the flags, call `main()`, and exit with a status.

    0 done, 1 the training failed, 2 bad input, 130 Ctrl-C, 143 SIGTERM.

    Args:
        main: callable without arguments.
        documentation: the command's docstring, the head of its --help.
    """
    try:
        if any(word in ("--help", "-help", "-h", "--h", "-?") for word in sys.argv[1:]):
            print(_help(documentation))
            sys.exit(0)
        extra = flags.FLAGS(sys.argv)[1:]
        if extra:
            raise InputError(f"flags are written --name=value. Received: {' '.join(extra)}")
        with _silent_stderr():
            import tensorflow as tf

            tf.config.list_physical_devices()
        main()
    except (flags.Error, InputError) as error:
        _leave(f"error: {' '.join(str(error).split())}", 2)
    except NonFiniteError as error:
        _leave(f"stopped: {error}", 1)
    except Interrupted as error:
        print(f"\n{error}", file=sys.stderr, flush=True)
        sys.stdout.flush()
        os._exit(128 + error.signal_number)  # all is saved; TensorFlow's own clearing up would take seconds more
    except KeyboardInterrupt:
        _leave("\nstopped by Ctrl-C before there was anything to save", 130)
    except OSError as error:
        _leave(f"error: {error}", 1)


@contextlib.contextmanager
def _silent_stderr():
    """Drop what TensorFlow's libraries print while they load: a CPU machine is told four times that it has no GPU."""
    saved, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)


def _help(documentation):
    """Return the command's text and its flags, absl's own flags aside."""
    ours = [module for module in flags.FLAGS.flags_by_module_dict() if "experiments" in module or module == sys.argv[0]]
    lines = [documentation.strip(), "", "flags:"]
    for module in ours:
        for flag in flags.FLAGS.flags_by_module_dict()[module]:
            name = f"--[no]{flag.name}" if flag.boolean else f"--{flag.name}"
            value = ",".join(flag.default) if isinstance(flag.default, list) else flag.default
            said = flag.boolean or value in ("", None) or "(default:" in flag.help
            default = "" if said else f" (default: {value})"
            lines.append(f"  {name}\n      {flag.help}{default}")
    return "\n".join(lines)


def _leave(message, status):
    print(message, file=sys.stderr)
    sys.exit(status)
