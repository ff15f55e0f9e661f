"""The tab of one model: a large picture that follows its controls, to be saved as PNG or as an animation."""

import random
import re

import gradio as gr

from ganzoo.errors import InputError
from ganzoo.explore import encode, state
from ganzoo.explore.page.widgets import LAST, LIVE, Panel, download


def build(catalog, opened):
    """Lay the tab out, with the first picture in it.

    Args:
        catalog: `ganzoo.explore.catalog.Catalog`.
        opened: the `Opened` run to begin with.

    Returns:
        (the dropdown of runs, the HTML of the first picture, what follows when another run is chosen).
    """
    with gr.Row(equal_height=False):
        with gr.Column(scale=2, min_width=300):
            run = gr.Dropdown(catalog.labels(), value=opened.name, label="run", elem_id="run")
            panel = Panel(opened)
        with gr.Column(scale=3, min_width=360):
            first = figure(catalog, opened.name, [getattr(each, "value", None) for each in panel.values])
            shown = gr.HTML(first, elem_id="picture")
            with gr.Row():
                png, gif = gr.Button("save PNG", size="sm", elem_id="png"), gr.Button("save GIF", size="sm", elem_id="gif")
                gif.visible = opened.controls.drawn
    slot = gr.JSON(visible="hidden")

    def draw(name, *values):
        return figure(catalog, name, values)

    def select(name):
        try:
            controls = catalog.open(name, newest=True).controls
        except InputError as error:
            return [*[gr.skip()] * len(panel.changing), gr.skip(), encode.message(f"{name}: {error}")]
        return [*panel.updates(controls), gr.update(visible=controls.drawn), gr.skip()]

    def turn(name, endpoint):
        return panel.updates(state.controls_of(catalog.open(name).model, endpoint))[1:]

    def upload(name, path):
        opened = catalog.open(name)
        try:
            return catalog.read(path, opened.controls.asked)
        except InputError as error:
            raise gr.Error(str(error).replace(str(path), "the picture"), print_exception=False) from error

    inputs = [run, *panel.values]
    gr.on([each.input for each in panel.live], draw, inputs, shown, **LIVE)
    panel.example.input(lambda name, *values: (None, figure(catalog, name, (*values[:7], None, *values[8:]))), inputs,
                        [panel.uploaded, shown], **LIVE)  # fmt: skip
    # Not input, which comes twice: where an option is chosen and where the list is left, when other controls have moved since.
    chosen = run.change(select, run, [*panel.changing, gif, shown], show_progress_on=shown, **LAST)
    chosen.success(draw, inputs, shown, **LIVE)
    turned = panel.endpoint.input(turn, [run, panel.endpoint], panel.changing[1:], **LAST)
    turned.success(draw, inputs, shown, **LIVE)
    sent = panel.upload.upload(upload, [run, panel.upload], panel.uploaded, **LAST)
    sent.success(draw, inputs, shown, **LIVE)
    seeds = panel.shuffle.click(lambda: random.sample(range(10**6), 2), None, [panel.a, panel.b], api_visibility="private")
    seeds.success(draw, inputs, shown, **LIVE)
    download(png, slot, lambda name, *values: save_png(catalog, name, values), inputs)
    download(gif, slot, lambda name, *values: save_gif(catalog, name, values), inputs)
    return run, first, chosen


def figure(catalog, name, values):
    """Return the HTML of the picture that the controls' values ask for, or of the reason why there is none."""
    try:
        opened, picture = _picture(catalog, name, values)
    except InputError as error:
        return encode.message(f"{name}: {error}")
    return encode.figure(picture, caption(opened))


def caption(opened):
    """Return what stands below a picture."""
    size = "x".join(map(str, opened.controls.example[:2])) + " pixels" if opened.controls.pictures else f"{state.POINTS} points"
    return f"{opened.name}, step {opened.model.step}, {size}"


def save_png(catalog, name, values):
    """Return (file name, data URI) of the picture."""
    opened, picture = _asked(lambda: _picture(catalog, name, values))
    return [f"{stem(opened)}.png", encode.data_uri(encode.png(picture), "image/png")]


def save_gif(catalog, name, values):
    """Return (file name, data URI) of the animation from seed A to seed B."""

    def make():
        with catalog.lock:
            opened = catalog.open(name)
            return opened, opened.animation(Panel.request(opened, catalog, *values))

    opened, frames = _asked(make)
    return [f"{stem(opened)}.gif", encode.data_uri(encode.gif(frames), "image/gif")]


def stem(opened):
    """Return a file name without suffix for what a run made."""
    words = re.sub(r"[^\w-]+", "-", str(opened.name)).strip("-")[-80:]
    return f"{words}-step{opened.model.step}"


def _picture(catalog, name, values):
    with catalog.lock:
        opened = catalog.open(name)
        return opened, opened.picture(Panel.request(opened, catalog, *values))


def _asked(make):
    """Return `make()`; an InputError is shown by the page."""
    try:
        return make()
    except InputError as error:
        raise gr.Error(str(error), print_exception=False) from error
