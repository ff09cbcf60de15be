# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server on a real socket that follows a test's script, request by request.

A script is a list of steps: raw bytes to send, or a function that gets the exchange. A request
beyond the script gets a 418, and is recorded like the others.
"""

from __future__ import annotations

import contextlib
import json as json_module
import socket
import ssl
import struct
import threading
from typing import Any, Callable, NamedTuple, Union

TOKEN = "svl_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
REASONS = {200: "OK", 201: "Created", 204: "No Content", 302: "Found", 418: "Beyond the script"}


class Request(NamedTuple):
    """One request as received: header names in lower case; ``connection`` counts from 1."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection: int


class Exchange(NamedTuple):
    """The arguments of a function in a script."""

    server: ScriptedServer
    connection: socket.socket
    request: Request

    def end(self) -> None:
        """Close the connection: the client sees its end after the data."""
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)
        self.connection.close()


Step = Union[bytes, Callable[[Exchange], None]]


def answer(status: int = 200, body: Any = None, *, json: Any = None, **headers: Any) -> bytes:
    """Return a complete response. ``json`` is encoded; underscores in ``headers`` become dashes."""
    content = b"" if body is None else body if isinstance(body, bytes) else body.encode()
    given = {name.replace("_", "-").lower(): value for name, value in headers.items()}
    if json is not None:
        content = json_module.dumps(json).encode()
        given.setdefault("content-type", "application/json")
    if status != 204:
        given.setdefault("content-length", len(content))
    lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Some reason')}"]
    lines += [f"{name}: {value}" for name, value in given.items() if value is not None]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + content


def drop(exchange: Exchange) -> None:
    """Close the connection without a response."""
    exchange.end()


def reset(exchange: Exchange) -> None:
    """Reset the connection (RST)."""
    exchange.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    # Not close(): it would wait for the file that reads from the connection.
    socket.close(exchange.connection.detach())


def silence(exchange: Exchange) -> None:
    """Send nothing until the client closes the connection."""
    exchange.connection.settimeout(5)
    try:
        while exchange.connection.recv(1000):
            pass
    except OSError:
        pass
    exchange.end()


def cut(raw: bytes) -> Step:
    """Return a step that sends this much of a response and closes the connection."""

    def step(exchange: Exchange) -> None:
        exchange.connection.sendall(raw)
        exchange.end()

    return step


def tunnel_to(port: int) -> Step:
    """Return a step that responds to a CONNECT as a proxy does, and forwards bytes."""

    def pump(source: socket.socket, target: socket.socket) -> None:
        try:
            while True:
                data = source.recv(65536)
                if not data:
                    break
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def step(exchange: Exchange) -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as upstream:
            exchange.connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=pump, args=(upstream, exchange.connection), daemon=True)
            back.start()
            pump(exchange.connection, upstream)
            back.join(5)
        exchange.end()

    return step


class ScriptedServer:
    """A server on its own port of 127.0.0.1. ``tls`` makes it a TLS server."""

    def __init__(self, *script: Step, tls: ssl.SSLContext | None = None) -> None:
        self.script: list[Step] = list(script)
        self.requests: list[Request] = []
        self.connections = 0
        self._tls = tls
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """The base URL for a client."""
        return f"{'http' if self._tls is None else 'https'}://127.0.0.1:{self.port}/v3"

    @property
    def said(self) -> list[str]:
        """Return the requests so far, as ``METHOD target``."""
        return [f"{request.method} {request.target}" for request in self.requests]

    def stop(self) -> None:
        """Close everything."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
                connection.close()
        self._thread.join(5)

    def _listen(self) -> None:
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            with self._lock:
                self._open.append(connection)
            threading.Thread(
                target=self._serve, args=(connection, self.connections), daemon=True
            ).start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        try:
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
                with self._lock:
                    self._open.append(connection)
            reader = connection.makefile("rb")
            while True:
                request = self._receive(reader, number)
                if request is None:
                    break
                with self._lock:
                    self.requests.append(request)
                    step = self.script.pop(0) if self.script else answer(418)
                if isinstance(step, bytes):
                    connection.sendall(step)
                else:
                    step(Exchange(self, connection, request))
        except (OSError, ValueError):  # the client or the test's step closed the connection
            pass
        finally:
            connection.close()

    @staticmethod
    def _receive(reader: Any, number: int) -> Request | None:
        first = reader.readline().decode("latin-1").split()
        if len(first) != 3:
            return None
        headers = {}
        while True:
            line = reader.readline().decode("latin-1").strip()
            if not line:
                break
            name, _colon, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = reader.read(int(headers.get("content-length", 0)))
        return Request(first[0], first[1], headers, body, number)
