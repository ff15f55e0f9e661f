"""Text that any terminal can be shown, whoever wrote it."""


def printable(text):
    r"""Return a text with control characters, direction marks and other invisible characters escaped; line ends stay.

    Example:
        >>> printable("a\x1b[2Jb\n")
        'a\\x1b[2Jb\n'
    """
    return "".join(
        c if c.isprintable() or c == "\n" else c.encode("unicode_escape", "backslashreplace").decode() for c in str(text)
    )
