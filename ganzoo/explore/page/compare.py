"""The tab of several models side by side: the same seeds, the same place between them."""

import gradio as gr

from ganzoo.errors import InputError
from ganzoo.explore import encode, state
from ganzoo.explore.page import samples
from ganzoo.explore.page.widgets import LAST, LIVE, count, position, seed, truncation

MOST = 4  # models side by side; they must all stay in memory


def build(catalog):
    """Lay the tab out.

    Returns:
        (the dropdown of runs, a callable that connects the tab's selection).
    """
    names = [name for _, name in catalog.labels()]
    runs = gr.Dropdown(catalog.labels(), value=names[:2], multiselect=True, max_choices=MOST, label="runs", elem_id="runs")
    with gr.Row():
        a, b, n = seed("seed A", 0), seed("seed B", 1), count(16)
    with gr.Row():
        place, scale = position(), truncation(True)
        place.elem_id, scale.elem_id = "position-all", "truncation-all"
        label = gr.Number(0, label="label or category (-1: any)", precision=0, minimum=state.ANY, step=1)
    shown = gr.HTML(elem_id="pictures")

    def draw(names, *values):
        return "".join(["<div class='ganzoo-columns'>", *(_figure(catalog, name, *values) for name in names), "</div>"])

    inputs = [runs, a, b, n, place, scale, label]
    gr.on([each.input for each in inputs], draw, inputs, shown, **LIVE)
    return runs, lambda tab: tab.select(draw, inputs, shown, **LAST)


def _figure(catalog, name, a, b, n, place, scale, label):
    try:
        if a is None or b is None:
            raise InputError("a seed must be a whole number.")
        with catalog.lock:
            opened = catalog.open(name)
            controls = opened.controls
            given = {}
            if controls.image:
                given = {controls.image: catalog.examples(opened, controls.image)[:n]}
                n = len(given[controls.image])
            choices = {
                key: state.ANY if label is None else min(label, len(options) - 1) for key, options in controls.choices.items()
            }
            n = n if controls.pictures else state.POINTS
            picture = opened.picture(state.Request(controls.endpoint, n, a, b, place, scale, choices, {}, given))
    except InputError as error:
        return encode.message(f"{name}: {error}")
    return encode.figure(picture, samples.caption(opened))
