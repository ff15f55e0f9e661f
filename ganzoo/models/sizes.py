"""Which image sizes an architecture can make."""

from ganzoo.errors import InputError


def require_multiple(image_shape, multiple, least, model):
    """Refuse image shapes whose sides are not multiples of `multiple` or below `least`, naming the nearest that work.

    Args:
        image_shape: (height, width, channels).
        multiple, least: positive ints, pixels.
        model: name for the message.

    Raises:
        InputError: with the nearest size that the architecture can make.
    """
    sides = image_shape[:2]
    nearest = [max(least, multiple * max(1, round(side / multiple))) for side in sides]
    if list(sides) != nearest:
        raise InputError(
            f"{model} makes images whose height and width are multiples of {multiple}, at least {least}; the nearest is "
            f"{nearest[0]}x{nearest[1]}. Received: {sides[0]}x{sides[1]}"
        )
