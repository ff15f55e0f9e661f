"""What was left out of a data set, or done to it, as lines to print."""

from ganzoo.utils.files import shorten

_SHOWN = 10


def remarks(dataset):
    """Return what a user should hear about a data set before training on it.

    Args:
        dataset: of `ganzoo.data`, with `skipped` and `notes`, sequences of str.

    Returns:
        list of str, one printable line each, of at most 10 of both.

    Example:
        >>> import numpy as np
        >>> from ganzoo.data import PointDataset
        >>> remarks(PointDataset(np.array([[1000.0], [2000.0]])))[0][:50]
        'note: columns 0 (1.5e+03 ± 500) of points are far '
    """
    lines = [f"skipped {each}" for each in dataset.skipped[:_SHOWN]]
    if len(dataset.skipped) > _SHOWN:
        lines.append(f"skipped {len(dataset.skipped) - _SHOWN} more")
    lines += [f"note: {each}" for each in dataset.notes[:_SHOWN]]
    return [shorten(line, 400) for line in lines]
