# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The emulator as a web server, in a thread of this process."""

from __future__ import annotations

import json
import secrets
import ssl
import threading
import time
import traceback
from collections.abc import Mapping
from typing import Any, Callable

from flask import Flask, Response, request
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.test import run_wsgi_app

from . import control, laravel_cloud, sevalla
from .faults import Faults
from .world import World

SERVICES = {"/sevalla/v3": "sevalla", "/laravel/api": "laravel_cloud"}


class Hooks:
    """What happens around each request to a service; a test can override it.

    A hook that raises ``ConnectionError`` drops the connection.
    """

    def before(self) -> Response | None:
        """Run before the service sees ``flask.request``; a response prevents it from seeing it."""
        return None

    def after(self, response: Response) -> Response:
        """Run with the service's response; may return another one, or drop the connection."""
        return response


_MESSAGE: Any = object()


class Instead(Hooks):
    """Responds to every request for a path, or for paths with this end, instead of the service."""

    def __init__(self, path: str, status: int, body: Any = _MESSAGE) -> None:
        self.path, self.status = path, status
        self.body = {"message": f"HTTP {status}"} if body is _MESSAGE else body

    def before(self) -> Response | None:
        """Respond with the body as JSON."""
        if not request.path.endswith(self.path):
            return None
        return Response(json.dumps(self.body), self.status, content_type="application/json")


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"  # connections are kept open
    # Head and body are written separately; the second write must not wait for the first one's ACK.
    disable_nagle_algorithm = True

    def setup(self) -> None:
        """Count a connection, which may carry several requests."""
        with self.server.app.world.lock:  # each connection has its own thread
            self.server.app.connections += 1
        super().setup()

    def run_wsgi(self) -> None:
        """Keep the connection open after a response, as a service does; Werkzeug closes it."""
        try:
            chunks, status, headers = run_wsgi_app(
                self.server.app, self.make_environ(), buffered=True
            )
        except ConnectionError:
            self.close_connection = True
            return
        code, _separator, reason = status.partition(" ")
        self.send_response(int(code), reason)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(b"".join(chunks))

    def log(self, type: str, message: str, *args: Any) -> None:
        """Do nothing: the emulator has its own log."""


class _App(Flask):
    """Both services and the control routes in one application."""

    def __init__(self, world: World, token: str, log: list[dict[str, Any]]) -> None:
        super().__init__("emulator", static_folder=None)
        self.world = world
        self.log = log
        self.connections = 0
        self.hooks = Hooks()
        self.faults = Faults(world)
        self.crashes: list[str] = []
        tokens = {token: True, read_only(token): False}
        self.register_blueprint(sevalla.blueprint(world, tokens))
        self.register_blueprint(laravel_cloud.blueprint(world, tokens))
        self.register_blueprint(control.blueprint(world, log, self.faults))

    def full_dispatch_request(self) -> Response:
        """Handle a request and log it; the world is locked while it is handled."""
        request.get_data()  # unread data would be treated as the next request
        prefix = next((prefix for prefix in SERVICES if request.path.startswith(prefix)), None)
        if prefix is None:
            with self.world.lock:
                return super().full_dispatch_request()
        entry = _entry(prefix)
        with self.world.lock:
            self.log.append(entry)
        response = self.faults.before(request.path[len(prefix) :])
        if response is None:
            response = self.hooks.before()
        if response is None:
            with self.world.lock, self.faults.storing():
                response = super().full_dispatch_request()
        response = self.faults.after(self.hooks.after(response))
        entry["status"] = response.status_code
        return response

    def handle_exception(self, error: Exception) -> Response:
        """Drop the connection for a ConnectionError; keep any other error, which is the emulator's
        own."""
        if isinstance(error, ConnectionError):
            raise error
        lines = traceback.format_exception(type(error), error, error.__traceback__)
        self.crashes.append("".join(lines))
        return super().handle_exception(error)


def read_only(token: str) -> str:
    """Return the token that can only read, for the services' 403."""
    return f"{token}-read-only"


def _entry(prefix: str) -> dict[str, Any]:
    """Return the log entry of a request. It never contains the Authorization header."""
    target = request.full_path if request.query_string else request.path
    try:
        body = json.loads(request.get_data())
    except (ValueError, RecursionError):
        body = None
    return {
        "service": SERVICES[prefix],
        "method": request.method,
        "path": target[len(prefix) :],
        "status": None,  # until the response is sent, if ever
        "body": body,
        "content_type": request.headers.get("Content-Type"),
        "accept": request.headers.get("Accept"),
    }


class Emulator:
    """Both services on one port.

    Use it as a context manager, or call :meth:`start` and :meth:`stop`.
    """

    def __init__(
        self,
        switches: Mapping[str, Any] | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        token: str | None = None,
        clock: Callable[[], float] = time.time,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._tls = tls
        # Sevalla's keys look like this; the format of Laravel Cloud's is not documented.
        self.token = token or f"svl_{secrets.token_hex(32)}"
        self.read_only_token = read_only(self.token)
        self.world = World(switches, clock)
        self._log: list[dict[str, Any]] = []
        self._app = _App(self.world, self.token, self._log)
        self._address = (host, port)
        self._server: BaseWSGIServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def hooks(self) -> Hooks:
        """What happens around each request."""
        return self._app.hooks

    @hooks.setter
    def hooks(self, hooks: Hooks) -> None:
        self._app.hooks = hooks

    @property
    def faults(self) -> Faults:
        """The active faults; ``add`` and ``clear`` them."""
        return self._app.faults

    @property
    def crashes(self) -> list[str]:
        """The tracebacks of the emulator's own errors, for which it responded with 500. A reset
        keeps them."""
        return self._app.crashes

    def start(self) -> Emulator:
        """Serve in a thread."""
        host, port = self._address
        self._server = make_server(
            host, port, self._app, threaded=True, request_handler=_Handler, ssl_context=self._tls
        )
        # stop() waits at most for this interval.
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop serving and release the port."""
        assert self._server is not None
        assert self._thread is not None
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Emulator:
        return self.start()

    def __exit__(self, *exception: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The address of the emulator; its own routes are under ``/_emulator``."""
        assert self._server is not None
        scheme = "https" if self._tls else "http"
        return f"{scheme}://{self._address[0]}:{self._server.server_port}"

    @property
    def sevalla_url(self) -> str:
        """The URL to use instead of ``https:

        api.sevalla.com/v3``.
        """
        return f"{self.url}/sevalla/v3"

    @property
    def laravel_cloud_url(self) -> str:
        """The URL to use instead of ``https:

        cloud.laravel.com/api``.
        """
        return f"{self.url}/laravel/api"

    @property
    def connections(self) -> int:
        """The number of connections so far."""
        return self._app.connections

    @property
    def requests(self) -> list[dict[str, Any]]:
        """The requests to both services so far, oldest first."""
        with self.world.lock:
            # Only the status of an entry changes later; deep copies would cost more than requests.
            return [dict(entry) for entry in self._log]

    def reset(self, switches: Mapping[str, Any] | None = None) -> None:
        """Restore the initial data with these switches, and clear the log, hooks and faults."""
        self.faults.clear()
        with self.world.lock:
            self.world.reset(switches)
            self._log.clear()
            self.hooks = Hooks()
