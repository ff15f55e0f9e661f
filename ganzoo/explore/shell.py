"""What stands around the page: its first picture, which waits for no script, and the rule to load nothing from elsewhere."""

POLICY = "; ".join(
    [
        "default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval'",  # Gradio's scripts stand in the page
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
_MARK = "<gradio-app"
_FIRST = """<style>
#ganzoo-first {{ position: absolute; left: 41%; right: 2.5%; top: 74px; pointer-events: none; text-align: center }}
#ganzoo-first figure {{ margin: 0 }}
#ganzoo-first img {{ width: 100%; max-height: 78vh; object-fit: contain; image-rendering: pixelated }}
#ganzoo-first figcaption, #ganzoo-first.late {{ display: none }}
</style>
<div id="ganzoo-first">{figure}</div>
<script>
const first = document.getElementById("ganzoo-first");
const until = setInterval(() => {{
  if (document.querySelector("#picture figure, #picture p")) {{ first.remove(); clearInterval(until); }}
}}, 30);
</script>
"""


class Shell:
    """ASGI middleware: puts the first picture into the page, and the policy into every answer.

    Args:
        app: the ASGI application within.
        figure: HTML of the first picture.
    """

    def __init__(self, app, figure):
        self.app, self.figure = app, figure

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        page = scope["path"] == "/" and scope["method"] == "GET"
        if page:  # uncompressed, as it is to be changed
            headers = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
            scope = scope | {"headers": headers}
        held = []

        async def pass_on(message):
            if message["type"] == "http.response.start":
                headers = [(name, value) for name, value in message["headers"] if name.lower() != b"content-security-policy"]
                message = message | {"headers": [*headers, (b"content-security-policy", POLICY.encode("ascii"))]}
            if not page:
                await send(message)
                return
            held.append(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                for each in self._with_picture(held):
                    await send(each)

        await self.app(scope, receive, pass_on)

    def _with_picture(self, messages):
        """Return the messages of an answer with the picture in its body."""
        start, *parts = messages
        body = b"".join(part.get("body", b"") for part in parts).decode("utf-8")
        body = body.replace(_MARK, _FIRST.format(figure=self.figure) + _MARK, 1).encode("utf-8")
        headers = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
        headers.append((b"content-length", str(len(body)).encode("ascii")))
        return [start | {"headers": headers}, {"type": "http.response.body", "body": body}]
