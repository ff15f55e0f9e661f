"""Labels in whatever form they come, as class numbers from 0 on."""

import numpy as np

from ganzoo.errors import InputError

FROM_ONE = "labels count from 1"  # how the note begins that they were made to count from 0


def read_labels(labels, count, name="images", class_names=None, like=None, classes=None):
    """Return labels as class numbers.

    Integers that count from 0 stay as they are. Converted are whole numbers in floats, rows of one-hot vectors, True and False,
    text, and integers that are 1, 2, ... K, each at least once.

    Args:
        labels: array (N,), (N, 1), or one-hot (N, K).
        count: int, the number of images N.
        name: str, what the data are called in messages.
        class_names: sequence of str, the name of each class, or None.
        classes: the number of classes of a model, or None; integers from 1 on that are all below it count from 0 already.
        like: labels in the same form, e.g. of the training images, that decide which class has which number.

    Returns:
        Tuple (int64 array (N,), class names as a tuple of str or None, tuple of notes: what a user may not expect).

    Raises:
        InputError: if they are no labels, not one for each image, or more classes than names; the message says how to convert.
    """
    try:
        labels = np.asarray(labels)
        if labels.dtype.kind == "O" and all(isinstance(label, str) for label in labels.flat):
            labels = labels.astype(str)
    except ValueError as error:
        raise InputError(f"{name}: labels must be one number for each image, in one array.") from error
    if labels.ndim not in (1, 2) or len(labels) != count:
        raise InputError(
            f"{name}: labels must be one for each of the {count} images. Received: dtype={labels.dtype}, shape={labels.shape}"
        )
    if like is not None:
        return _read_like(labels, np.asarray(like), name, class_names)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    class_names = None if class_names is None else tuple(map(str, class_names))
    codes, found_names, notes = _codes(labels, name, class_names)
    class_names = found_names if class_names is None else class_names
    lowest, highest = int(codes.min()), int(codes.max())
    if lowest < 0:
        raise InputError(
            f"{name}: labels must count the classes from 0; leave out images without one. Received: label {lowest}"
        )
    fits = found_names is None and (class_names is None or highest == len(class_names)) and (classes or 0) <= highest
    if fits and lowest == 1 and highest > 1 and _dense(codes, highest):
        codes = codes - 1
        class_names = class_names or tuple(str(label) for label in range(1, highest + 1))
        notes = (*notes, f"{FROM_ONE}: class 0 is called {class_names[0]!r}, class 1 {class_names[1]!r}, and so on")
        highest -= 1
    if class_names is not None and highest >= len(class_names):
        raise InputError(f"{name}: there are {len(class_names)} class names, and labels up to {highest}, counted from 0.")
    return codes, class_names, notes


def _read_like(labels, like, name, class_names):
    """Return labels as numbers of the classes that other labels have; see `read_labels`."""
    codes, names, _ = read_labels(like, len(like), name, class_names)
    try:
        both = np.concatenate([like.reshape(-1, *labels.shape[1:]), labels])
        joint, joint_names, notes = read_labels(both, len(both), name, class_names)
    except ValueError as error:
        raise InputError(f"{name}: labels must have the form of the training labels.") from error
    if not np.array_equal(joint[: -len(labels)], codes) or joint_names != names:
        raise InputError(f"{name}: there are labels of classes that the training labels do not have.")
    return joint[-len(labels) :], names, notes


def _codes(labels, name, class_names):
    """Return (int64 array (N,), class names or None, notes) of an array of labels; text has the numbers of its names."""
    kind = labels.dtype.kind
    if labels.ndim == 2:
        if kind in "fiub" and np.all((labels == 0) | (labels == 1)) and np.all(labels.sum(axis=1) == 1):
            names = tuple(str(label) for label in range(labels.shape[1]))
            return labels.argmax(axis=1), names, (f"labels are one-hot rows: read as {labels.shape[1]} classes",)
        raise InputError(
            f"{name}: labels must be one class for each image, and these rows are not one-hot; labels.argmax(axis=1) gives the "
            f"largest of each. Received: dtype={labels.dtype}, shape={labels.shape}"
        )
    if kind == "b":
        return labels.astype(np.int64), ("False", "True"), ("labels are False and True: classes 0 and 1",)
    if kind in "US":
        text = np.char.decode(labels, "utf-8", "replace") if kind == "S" else labels
        names, codes = np.unique(text, return_inverse=True)
        if class_names is not None:
            unknown = [each for each in names.tolist() if each not in class_names]
            if unknown:
                raise InputError(
                    f"{name}: labels that are text must be among the class names, {', '.join(class_names)[:100]}. "
                    f"Received: {', '.join(unknown)[:100]}"
                )
            codes = np.array([class_names.index(each) for each in names.tolist()])[codes]
            names = class_names
        shown = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
        return codes.astype(np.int64), tuple(map(str, names)), (f"labels are text: {len(names)} classes, {shown}",)
    whole = kind in "iu" or (kind == "f" and np.all(np.isfinite(labels)) and np.all(labels == np.rint(labels)))
    if not whole or labels.max() > 2**31 - 1:
        raise InputError(
            f"{name}: labels must be whole numbers from 0 on, one for each class; convert others with "
            f"np.unique(labels, return_inverse=True)[1]. Received: dtype={labels.dtype}"
        )
    return labels.astype(np.int64), None, ()


def _dense(codes, highest):
    """Return whether every number from 1 to `highest` occurs."""
    return highest <= len(codes) and len(np.unique(codes)) == highest
