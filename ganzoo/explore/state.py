"""What the page asks a model, from what the model declares: `endpoints()` and the kinds of their inputs."""

import dataclasses

import numpy as np

from ganzoo.core.inputs import Code, Image, Setting
from ganzoo.errors import InputError
from ganzoo.utils import images
from ganzoo.utils.checks import check_int

POINTS = 1000  # of a model whose examples are points, in one picture
ANY = -1  # a choice that is left to the model: labels in turn, categories as drawn
MAX_SEED = 2**31 - 1


@dataclasses.dataclass(frozen=True)
class Controls:
    """What can be moved at one endpoint of a model.

    Attributes:
        endpoints: names of the model's endpoints; one that stands there twice is named once.
        endpoint: the one that the rest is about.
        choices: {name: what there is to choose from} of labels, categories and texts.
        codes: tuple of (name, index), a slider each.
        image: name of the image that is translated, or None.
        asked: shape of that image, () without one.
        drawn: whether a seed decides anything.
        truncated: whether the model takes a truncation, or has latents whose length may be scaled.
        example: shape of what comes out.
    """

    endpoints: tuple
    endpoint: str
    choices: dict
    codes: tuple
    image: str | None
    asked: tuple
    drawn: bool
    truncated: bool
    example: tuple

    @property
    def pictures(self):
        """Whether examples are images, not points."""
        return len(self.example) == 3


@dataclasses.dataclass(frozen=True)
class Request:
    """One picture that is asked for.

    Attributes:
        endpoint: name.
        n: how many images.
        a, b: seeds of the two ends; image i goes from sample i of one to sample i of the other.
        position: share of the way from a to b, 0 to 1.
        truncation: psi if the model takes one, else a factor of the latents, 0 to 1.5; below 1 samples are more typical and
            less varied.
        choices: {name: int}, the number of what is chosen, `ANY` for all.
        codes: {(name, index): float}.
        given: {name: uint8 array `(n, H, W, C)`} of images to translate.
    """

    endpoint: str = "serving_default"
    n: int = 1
    a: int = 0
    b: int = 1
    position: float = 0.0
    truncation: float = 1.0
    choices: dict = dataclasses.field(default_factory=dict)
    codes: dict = dataclasses.field(default_factory=dict)
    given: dict = dataclasses.field(default_factory=dict)


def controls_of(model, endpoint=None):
    """Return the `Controls` of an endpoint, the first by default.

    Raises:
        InputError: if an input must be given and is neither a choice nor an image.
    """
    points = model.endpoints()
    names = list({id(point): name for name, point in points.items()}.values())
    endpoint = endpoint if endpoint in names else names[0]
    inputs = points[endpoint].inputs
    found = {"choices": {}, "codes": [], "image": None, "asked": (), "truncated": False}
    for name, each in inputs.items():
        if isinstance(each, Image):
            found["image"], found["asked"] = name, tuple(each.shape)
        elif len(each.options):
            found["choices"][name] = tuple(each.options)
        elif isinstance(each, Code):
            found["codes"] += [(name, index) for index in range(each.size)]
        elif not each.drawn:
            raise InputError(f"{name} must be given, and the page has no control for a {type(each).__name__}.")
        found["truncated"] |= name == "truncation" or _is_scaled(model, each)
    found["codes"] = tuple(found["codes"])
    example = tuple(next(iter(model.examples.values())).shape)
    return Controls(tuple(names), endpoint, drawn=any(each.drawn for each in inputs.values()), example=example, **found)


def draw(model, endpoint, n, seed):
    """Return {name: array `(n, ...)`} of what a seed draws, with defaults for the rest; images are black.

    Of 1,000 samples it takes half a second, so whoever moves from one seed to another remembers both ends.

    Raises:
        InputError: if the seed is not valid.
    """
    if check_int("a seed", seed, 0) > MAX_SEED:
        raise InputError(f"a seed must be at most {MAX_SEED}. Received: {seed}")
    kinds = model.endpoints()[endpoint].inputs
    black = {name: np.zeros((1, *each.shape), "uint8") for name, each in kinds.items() if isinstance(each, Image)}
    return model.draw_inputs(n, seed, endpoint, **black)


def inputs_of(model, request, draw=draw):
    """Return {name: array `(n, ...)`}, what the model is asked with.

    Args:
        model: of ganzoo.
        request: a `Request`.
        draw: the function above, or one that remembers what it returned; its arrays are not changed.

    Raises:
        InputError: for a value that the model does not take.
    """
    kinds = model.endpoints()[request.endpoint].inputs
    given = dict(request.given) | {name: [_option(kinds[name], i)] for name, i in request.choices.items() if i != ANY}
    for name in dict.fromkeys(name for name, _ in request.codes):
        given[name] = np.array([request.codes[name, i] for i in range(kinds[name].size)], "float32")
    start, end = (draw(model, request.endpoint, request.n, seed) for seed in (request.a, request.b))
    t, found = np.array([request.position], "float32"), {}
    for name, each in kinds.items():
        if name in given:
            found[name] = each.check(name, given[name], request.n)
        elif each.drawn:
            pairs = zip(start[name], end[name], strict=True)
            found[name] = np.concatenate([each.blend(first, last, t) for first, last in pairs]).astype(each.dtype)
        else:
            found[name] = start[name]
        if name == "truncation":
            found[name] = each.check(name, request.truncation, request.n)
        elif _is_scaled(model, each) and request.truncation != 1:
            found[name] = np.asarray(each.project(request.truncation * found[name], found[name]), each.dtype)
    return found


def picture(model, request, draw=draw):
    """Return the picture that is asked for, uint8 `(H, W, C)`; translated images stand to the right of what they come from."""
    after = model.render(inputs_of(model, request, draw), request.endpoint)
    if not request.given:
        return model.picture(after)
    before = images.repeated(next(iter(request.given.values())), after.shape[1:3])
    before = np.resize(before, after.shape)
    columns = 2 * max(1, round(np.sqrt(request.n / 2)))
    return images.grid(np.stack([before, after], axis=1).reshape(-1, *after.shape[1:]), columns)


def animation(model, request, frames=24, draw=draw):
    """Return the pictures on the way from seed a to seed b, a list of uint8 `(H, W, C)`."""
    positions = np.linspace(0.0, 1.0, frames)
    return [picture(model, dataclasses.replace(request, position=float(position)), draw) for position in positions]


def _option(kind, index):
    """Return what is chosen by its number; a number that there is not is refused by the input."""
    return kind.options[index] if 0 <= index < len(kind.options) else index


def _is_scaled(model, kind):
    """Return whether an input is of latents whose length says how typical they are."""
    latent = kind.drawn and "float" in kind.dtype and not isinstance(kind, (Code, Setting))
    return latent and not getattr(getattr(model, "networks", None), "normalizes_latents", False)
