"""The page: its tabs, its look. Everything that it loads comes from the server itself."""

import gradio as gr

from ganzoo.errors import InputError
from ganzoo.explore.page import compare, samples, texture, training
from ganzoo.explore.page.widgets import LIVE
from ganzoo.explore.texture import is_texture

CSS = """
.ganzoo-picture { margin: 0; text-align: center; }
.ganzoo-picture img { width: 100%; max-height: 78vh; object-fit: contain; }
.ganzoo-picture.pixels img { image-rendering: pixelated; }
.ganzoo-tile div { width: min(100%, 78vh); aspect-ratio: 1; margin: auto; image-rendering: pixelated; }
.ganzoo-picture figcaption { font-size: 0.8rem; opacity: 0.75; margin-top: 0.4rem; overflow-wrap: anywhere; }
.ganzoo-picture.tall img { max-height: none; }
.ganzoo-columns img { max-height: 56vh; }
.ganzoo-columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(280px, 1fr)); gap: 1rem; }
.ganzoo-message { padding: 1rem; border-left: 4px solid #d97706; overflow-wrap: anywhere; }
"""
FONT = ["system-ui", "sans-serif"]
FONT_MONO = ["ui-monospace", "monospace"]


def theme():
    """Return the look, with the system's own fonts: a name alone would be fetched from a font service."""
    return gr.themes.Base(primary_hue="teal", neutral_hue="slate", font=FONT, font_mono=FONT_MONO)


def build(catalog, opened):
    """Return (the page as `gr.Blocks`, the HTML of its first picture).

    Args:
        catalog: `ganzoo.explore.catalog.Catalog`.
        opened: the `Opened` run that it begins with; its first picture is in the page itself.
    """

    def show_texture(name):
        try:
            return gr.update(visible=is_texture(catalog.open(name).model))
        except InputError:  # said where the picture stands
            return gr.update(visible=False)

    with gr.Blocks(title="ganzoo", analytics_enabled=False, fill_width=True) as page:
        with gr.Tab("explore") as one:
            run, figure, chosen = samples.build(catalog, opened)
        with gr.Tab("texture", visible=is_texture(opened.model)) as tile:
            connect_texture = texture.build(catalog, run)
        with gr.Tab("side by side") as several:
            runs, connect_compare = compare.build(catalog)
        with gr.Tab("training") as watch:
            watched, connect_training = training.build(catalog, opened.name)
        chosen.success(show_texture, run, tile, **LIVE)
        connect_texture(tile)
        connect_compare(several)
        connect_training(watch, [one, tile, several])

        def list_again():
            return [gr.update(choices=catalog.labels())] * 3

        page.load(list_again, None, [run, runs, watched], **LIVE)
    return page, figure
