"""The tab of a texture: its seamless tile as it repeats, the maps made of it, files for an engine."""

import gradio as gr

from ganzoo.errors import InputError
from ganzoo.explore import encode, texture
from ganzoo.explore.page import samples
from ganzoo.explore.page.widgets import LAST, LIVE, download, position, seed, truncation
from ganzoo.textures.seams import with_ordinary_border

REPEATS = (1, 3)


def build(catalog, run):
    """Lay the tab out.

    Args:
        catalog: `ganzoo.explore.catalog.Catalog`.
        run: the dropdown of runs; its run is what the tab is about.

    Returns:
        A callable that connects the tab's selection.
    """
    with gr.Row(equal_height=False):
        with gr.Column(scale=2, min_width=300):
            view = gr.Radio(list(texture.VIEWS), value="color", label="map", elem_id="map")
            with gr.Row():
                repeats = gr.Radio([(f"{n} x {n}", n) for n in REPEATS], value=REPEATS[-1], label="preview")
                size = gr.Radio(list(texture.SIZES), value=texture.SIZES[0], label="pixels")
            with gr.Row():
                a, b = seed("seed A", 0), seed("seed B", 1)
            place, scale = position(), truncation(True)
            place.elem_id, scale.elem_id = "position-tile", "truncation-tile"
            relief = gr.Slider(0.1, 5, 1, step=0.1, label="relief: height in tenths of the width")
        with gr.Column(scale=3, min_width=360):
            shown = gr.HTML(elem_id="tile")
            with gr.Row():
                png = gr.Button("save PNG", size="sm", elem_id="tile-png")
                height = gr.Button("save height, 16-bit PNG", size="sm", elem_id="tile-height")
                raw = gr.Button(f"save RAW, {texture.SAMPLES} x {texture.SAMPLES}", size="sm", elem_id="tile-raw")
    slot = gr.JSON(visible="hidden")

    def make(name, size, a, b, place, scale, relief):
        with catalog.lock:
            opened = catalog.open(name)
            return opened, texture.tile(opened.model, texture.TileRequest(size, a, b, place, scale, relief))

    def draw(view, repeats, *values):
        try:
            opened, picture = make(*values)
            found = texture.view(opened.model, picture, view, values[-1])
        except InputError as error:
            return encode.message(error)
        note = "" if view == "color" or texture.makes_heights(opened.model) else ", estimated from the colors"
        text = f"{opened.name}, step {opened.model.step}, {found.shape[1]}x{found.shape[0]} pixels, seamless{note}"
        return encode.tiles(found, repeats, text)

    def file(suffix, kind, write):
        def save(view, repeats, *values):
            try:
                opened, picture = make(*values)
                content = write(opened.model, with_ordinary_border(picture), view, values[-1])
            except InputError as error:
                raise gr.Error(str(error), print_exception=False) from error
            return [f"{samples.stem(opened)}-tile{suffix}", encode.data_uri(content, kind)]

        return save

    inputs = [view, repeats, run, size, a, b, place, scale, relief]
    gr.on([each.input for each in (view, repeats, size, a, b, place, scale, relief)], draw, inputs, shown, **LIVE)
    download(png, slot, file(".png", "image/png", lambda m, p, *shown: encode.png(texture.view(m, p, *shown))), inputs)
    download(height, slot, file("-height.png", "image/png", lambda m, p, *_: texture.height_png(m, p)), inputs)
    download(raw, slot, file("-height.raw", "application/octet-stream", lambda m, p, *_: texture.raw(m, p)), inputs)
    return lambda tab: tab.select(draw, inputs, shown, **LAST)
