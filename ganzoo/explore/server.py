"""Serve the page: on this machine alone unless told otherwise, without a word to any other."""

import contextlib
import errno
import importlib
import ipaddress
import logging
import os
import signal
import socket
import sys
import tempfile

from ganzoo.errors import InputError

PORTS = 100  # that are tried from the one that was asked for
LARGEST_UPLOAD = "50mb"
_TAKEN = (errno.EADDRINUSE, errno.EACCES)


@contextlib.contextmanager
def gradio_at_home(words):
    """Import Gradio so that it reports nothing to anybody, and keeps uploads in a folder that is removed in the end.

    Both must be said before it is imported.

    Args:
        words: the command that installs it.

    Raises:
        InputError: if it is not installed.
    """
    with tempfile.TemporaryDirectory(prefix="ganzoo-explore-") as folder:
        settings = {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_DISABLE_TELEMETRY": "1", "GRADIO_TEMP_DIR": folder}
        os.environ.update(settings)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that the folder is removed then too
        try:
            importlib.import_module("gradio")
        except ModuleNotFoundError as error:
            raise InputError(f"the page needs Gradio, which is not installed: {words}, or make explore.") from error
        yield


def listen(host, port):
    """Return (socket, port): the port that was asked for, or the next that is free.

    Raises:
        InputError: if none is, or the host is no address of this machine.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except (OSError, UnicodeError) as error:
        raise InputError(f"host must be an address of this machine. Received: --host={host[:100]}") from error
    for each in range(port, min(port + PORTS, 65536)):
        server = socket.socket(family, socket.SOCK_STREAM)
        if os.name == "posix":  # so that a page may be started again at once
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind((address[0], each, *address[2:]))
            server.listen(128)
        except OSError as error:
            server.close()
            if error.errno not in _TAKEN:
                raise InputError(f"cannot listen at {host}, port {each}: {error.strerror}.") from error
            continue
        return server, each
    raise InputError(f"no port from {port} to {each} is free; choose another --port.")


def is_loopback(host):
    """Return whether only this machine reaches an address.

    Example:
        >>> is_loopback("127.0.0.1"), is_loopback("0.0.0.0")
        (True, False)
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def address_of(host, port):
    """Return what a browser on this machine is given to reach the page.

    Example:
        >>> address_of("0.0.0.0", 7860), address_of("::1", 7860)
        ('http://127.0.0.1:7860', 'http://[::1]:7860')
    """
    host = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def application(page, figure, host, port):
    """Return the ASGI application of a page.

    Args:
        page: `gr.Blocks`.
        figure: HTML of its first picture.
        host, port: where it will listen.
    """
    import fastapi
    import gradio as gr
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    from ganzoo.explore.page import CSS, theme
    from ganzoo.explore.shell import Shell

    app = fastapi.FastAPI(openapi_url=None)
    app.add_middleware(Shell, figure=figure)
    if is_loopback(host):  # another site's name that was pointed at this machine does not pass for it
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost", "[::1]", host])
    return gr.mount_gradio_app(
        app, page, path="/", server_name=host, server_port=port, footer_links=[], run_history=False, allowed_paths=[],
        show_error=True, max_file_size=LARGEST_UPLOAD, ssr_mode=False, enable_monitoring=False, pwa=False, mcp_server=False,
        theme=theme(), css=CSS,
    )  # fmt: skip


def serve(catalog, opened, host, port, report):
    """Serve the page until Ctrl-C.

    Args:
        catalog: `ganzoo.explore.catalog.Catalog`.
        opened: the `Opened` run to begin with.
        host: address to listen at, e.g. "127.0.0.1".
        port: int, the first to try.
        report: called with lines of text.

    Raises:
        InputError: if it cannot listen there.
    """
    import uvicorn

    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # it warns of every new size of a batch
    listener, found = listen(host, port)
    with listener:
        from ganzoo.explore import page

        blocks, figure = page.build(catalog, opened)
        app = application(blocks, figure, host, found)
        if found != port:
            report(f"port {port} is taken, so it is {found}")
        if not is_loopback(host):
            report("whoever reaches this machine over the network can use the page")
        config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        report(f"open {address_of(host, found)} in a browser; Ctrl-C ends the page")
        server.run(sockets=[listener])
