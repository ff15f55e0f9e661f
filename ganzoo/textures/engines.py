"""What game engines expect of maps: sizes of height fields, the direction of green in a normal map, the order of rows."""

import dataclasses

from ganzoo.errors import InputError
from ganzoo.utils.checks import check_choice


@dataclasses.dataclass(frozen=True)
class Engine:
    """One engine's conventions.

    Attributes:
        normal_y: "up" if green grows toward the top of the picture (OpenGL's convention), "down" if toward the bottom.
        flip: whether a RAW height field starts with the bottom row of the picture.
        sizes: samples along one side of a height field that the engine takes; empty if it takes any.
    """

    normal_y: str
    flip: bool
    sizes: tuple = ()


# Unity puts the first row of a RAW file at z = 0, which is the bottom of a picture laid on the terrain. Unreal's y axis points
# down the picture. Both take vertices: one more than there are quads.
ENGINES = {
    "unity": Engine("up", True, tuple(2**n + 1 for n in range(5, 13))),
    "unreal": Engine("down", False, (127, 253, 505, 1009, 2017, 4033, 8129)),
    "godot": Engine("up", False),
    "blender": Engine("up", False),
}


def nearest_size(size, engine):
    """Return the size of an engine's height fields that is nearest to `size`, the smaller of two; `size` if it takes any."""
    return min(ENGINES[engine].sizes or (size,), key=lambda each: abs(each - size))


def check_size(size, engine=None, name="size"):
    """Return `size` if it is one that an engine takes.

    Args:
        size: int, samples along one side.
        engine: a name in `ENGINES`, or None for those of Unity and of Unreal.
        name: what it is called in messages.

    Returns:
        int.

    Raises:
        InputError: if it is none of them; the message has the nearest below and above.
    """
    asked = [each for each in ENGINES if ENGINES[each].sizes] if engine is None else [check_choice("engine", engine, ENGINES)]
    if any(size in (ENGINES[each].sizes or (size,)) for each in asked):
        return int(size)
    near = [f"{each.capitalize()} {_neighbors(size, ENGINES[each].sizes)}" for each in asked]
    nearest = " and ".join(near)
    raise InputError(f"{name} must be one that the engine takes; the nearest are {nearest}. Received: {name}={size!r}")


def _neighbors(size, sizes):
    below, above = [each for each in sizes if each < size][-1:], [each for each in sizes if each > size][:1]
    return " or ".join(str(each) for each in below + above)
