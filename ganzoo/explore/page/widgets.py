"""The controls of the page, made once for any model: those that a model has no use for are hidden."""

import gradio as gr

from ganzoo.errors import InputError
from ganzoo.explore import state

CHOICES, CODES = 2, 12  # labels and categories, continuous codes; of a model with more the seed draws the rest
LARGEST_CODE = 2.0  # codes are drawn from [-1, 1); beyond, a model shows what it makes of the unseen
# Of events that come while one is answered, the last counts; by default all of them would be lost.
LAST = {"trigger_mode": "always_last", "api_visibility": "private"}
LIVE = {**LAST, "show_progress": "hidden"}


def seed(label, value):
    """Return the field of a seed."""
    return gr.Number(value, label=label, precision=0, minimum=0, maximum=state.MAX_SEED, step=1, min_width=90)


def count(value, visible=True):
    """Return the choice of how many images."""
    return gr.Radio([1, 4, 16, 64], value=value, label="images", visible=visible)


def position():
    """Return the slider from A to B."""
    return gr.Slider(0, 1, 0, step=0.01, label="from A to B", elem_id="position")


def truncation(visible):
    """Return the slider that scales latents."""
    return gr.Slider(0, 1.5, 1, step=0.05, label="truncation", visible=visible, elem_id="truncation")


class Panel:
    """All controls of one model.

    Args:
        opened: the `ganzoo.explore.catalog.Opened` run that they are set for at first.
    """

    def __init__(self, opened):
        found = self._settings(opened.controls)
        self.endpoint = gr.Radio(label="direction", **found["endpoint"])
        self.n = count(**found["n"])
        with gr.Row(visible=found["ends"]["visible"]) as self.ends:
            self.a, self.b = seed("seed A", 0), seed("seed B", 1)
            self.shuffle = gr.Button("new seeds", size="sm", min_width=90, elem_id="shuffle")
        self.position = position()
        self.position.visible = found["position"]["visible"]
        self.truncation = truncation(found["truncation"]["visible"])
        self.choices = [gr.Dropdown(**found[f"choice {i}"]) for i in range(CHOICES)]
        self.codes = [gr.Slider(-LARGEST_CODE, LARGEST_CODE, step=0.05, **found[f"code {i}"]) for i in range(CODES)]
        self.example = gr.Slider(1, step=1, label="image of the data", elem_id="example", **found["example"])
        self.upload = gr.UploadButton("upload a picture", file_types=["image"], size="sm", **found["upload"])
        self.uploaded = gr.State()

    @property
    def values(self):
        """The components that a picture is a function of, in the order of `request`."""
        return [self.endpoint, self.n, self.a, self.b, self.position, self.truncation, self.example, self.uploaded,
                *self.choices, *self.codes]  # fmt: skip

    @property
    def live(self):
        """The components that draw the picture anew when they are moved."""
        return [self.n, self.a, self.b, self.position, self.truncation, *self.choices, *self.codes]

    @property
    def changing(self):
        """The components that `updates` is about, in its order."""
        return [self.endpoint, self.ends, self.position, self.truncation, *self.choices, *self.codes, self.example, self.upload,
                self.n, self.uploaded]  # fmt: skip

    def updates(self, controls):
        """Return what `changing` becomes for another model, or another endpoint."""
        return [*(gr.update(**each) for each in self._settings(controls).values()), None]

    @staticmethod
    def request(opened, catalog, endpoint, n, a, b, position, truncation, example, uploaded, *values):
        """Return the `Request` that the components' values describe.

        Raises:
            InputError: for a value that is none.
        """
        controls = state.controls_of(opened.model, endpoint)
        for name, value in (("A", a), ("B", b)):
            if value is None:
                raise InputError(f"seed {name} must be a whole number.")
        n = n if controls.pictures else state.POINTS
        given = {}
        if controls.image:
            found = uploaded
            if found is None:
                data = catalog.examples(opened, controls.image)
                found = data[[(example - 1 + i) % len(data) for i in range(n)]]
            given, n = {controls.image: found}, len(found)
        return state.Request(
            endpoint=controls.endpoint, n=n, a=a, b=b, position=position, truncation=truncation, given=given,
            choices=dict(zip(controls.choices, values[:CHOICES], strict=False)),
            codes=dict(zip(controls.codes, values[CHOICES:], strict=False)) if len(controls.codes) <= CODES else {},
        )  # fmt: skip

    @staticmethod
    def _settings(controls):
        """Return {component: what it is set to}, in the order of `changing`."""
        moves = controls.drawn
        choices = [*controls.choices.items()][:CHOICES]
        found = {
            "endpoint": {
                "choices": list(controls.endpoints),
                "value": controls.endpoint,
                "visible": len(controls.endpoints) > 1,
            },
            "ends": {"visible": moves},
            "position": {"visible": moves},
            "truncation": {"visible": controls.truncated},
        }
        for i in range(CHOICES):
            name, options = choices[i] if i < len(choices) else ("", ())
            values = [("any", state.ANY), *((str(each), index) for index, each in enumerate(options))]
            found[f"choice {i}"] = {
                "choices": values,
                "value": 0 if options else state.ANY,
                "label": name,
                "visible": len(options) > 0,
            }
        for i in range(CODES):
            shown = len(controls.codes) <= CODES and i < len(controls.codes)
            label = "{} {}".format(*controls.codes[i]) if shown else ""
            found[f"code {i}"] = {"value": 0.0, "label": label, "visible": shown}
        found["example"] = {"value": 1, "maximum": 64, "visible": controls.image is not None}
        found["upload"] = {"visible": controls.image is not None}
        return found | {"n": {"value": 1 if not controls.image else 4, "visible": controls.pictures}}


def download(button, slot, make, inputs):
    """Let a button save a file that is made when it is asked for; it goes to the browser in the answer and lies on no disk.

    Args:
        button: `gr.Button`.
        slot: hidden `gr.JSON` that the file passes through.
        make: callable from the inputs' values to (file name, data URI).
        inputs: list of components.
    """
    made = button.click(make, inputs, slot, show_progress="minimal", show_progress_on=button, api_visibility="private")
    made.success(None, slot, None, js=_SAVE, api_visibility="private")


_SAVE = """async (file) => {
  const [name, uri] = file;
  const url = URL.createObjectURL(await (await fetch(uri)).blob());
  const link = Object.assign(document.createElement("a"), {href: url, download: name});
  document.body.append(link); link.click(); link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}"""
