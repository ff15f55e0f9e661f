"""What this machine's memory holds."""

import os

from ganzoo.errors import InputError


def require_memory(what, size):
    """Raise InputError if `what` takes more bytes than three quarters of the machine's memory, saying both."""
    try:
        there = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # not on this system: let it try
        return
    if size > 0.75 * there:
        raise InputError(f"{what} would take {size / 2**30:,.1f} GiB of memory; this machine has {there / 2**30:.1f} GiB.")
