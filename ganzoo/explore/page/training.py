"""The tab of a training as it goes: the newest samples and the curves, read anew every few seconds. Nothing is written."""

import gradio as gr

from ganzoo.errors import InputError
from ganzoo.explore import encode, progress
from ganzoo.explore.page.widgets import LIVE

SECONDS = 3.0


def build(catalog, name):
    """Lay the tab out.

    Returns:
        (the dropdown of runs, a callable (tab, other tabs) that connects their selection: only who is looked at is read).
    """
    run = gr.Dropdown(catalog.labels(), value=name, label="run", elem_id="watched")
    step = gr.Slider(0, 1, 1, step=1, label="picture (the last is the newest)", elem_id="step")
    with gr.Row(equal_height=False):
        samples = gr.HTML(elem_id="samples")
        curves = gr.HTML(elem_id="curves")
    stamp, timer = gr.State(), gr.Timer(SECONDS, active=False)

    def refresh(name, place, last, stamp):
        """Read what is new; a slider that stands at its end stays there."""
        try:
            found = progress.look(catalog.folder(name))
        except InputError as error:
            return gr.skip(), encode.message(error), "", None, last
        if found.stamp == stamp:
            return gr.skip(), gr.skip(), gr.skip(), gr.skip(), gr.skip()
        newest = max(1, len(found.pictures) - 1)
        place = newest if place >= last or stamp is None else place
        slider = gr.update(maximum=newest, value=place, interactive=len(found.pictures) > 1)
        return slider, _samples(found, place), _curves(found), found.stamp, newest

    def show(name, place):
        try:
            return _samples(progress.look(catalog.folder(name)), place)
        except InputError as error:
            return encode.message(error)

    last = gr.State(1)
    inputs, outputs = [run, step, last, stamp], [step, samples, curves, stamp, last]
    timer.tick(refresh, inputs, outputs, show_progress="hidden", api_visibility="private")
    run.change(lambda name: refresh(name, 0, 0, None), run, outputs, **LIVE)
    step.input(show, [run, step], samples, **LIVE)

    def connect(tab, others):
        tab.select(lambda: gr.Timer(active=True), None, timer, **LIVE)
        tab.select(refresh, inputs, outputs, **LIVE)
        for other in others:
            other.select(lambda: gr.Timer(active=False), None, timer, **LIVE)

    return run, connect


def _samples(found, place):
    """Return the HTML of the picture at a place in the order of steps."""
    if not found.pictures:
        return encode.message("no samples yet.")
    step = list(found.pictures)[min(int(place), len(found.pictures) - 1)]
    try:
        return encode.figure(progress.read(found.pictures[step]), f"samples at step {step}")
    except InputError:
        return encode.message(f"the samples of step {step} cannot be read.")


def _curves(found):
    try:
        uri = encode.data_uri(progress.curves(found.table), "image/svg+xml")
    except InputError as error:
        return encode.message(error)
    return f'<figure class="ganzoo-picture tall"><img alt="curves of the training" src="{uri}"></figure>'
