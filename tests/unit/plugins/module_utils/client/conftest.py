# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures of the client's tests: scripted servers, clients of them, and a fake clock."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any, Callable

import pytest

from ansible_collections.evenkeel.paas.plugins.module_utils._core.failure import Failure
from ansible_collections.evenkeel.paas.plugins.module_utils._http.client import Client
from ansible_collections.evenkeel.paas.plugins.module_utils._http.settings import parse
from ansible_collections.evenkeel.paas.plugins.module_utils._sevalla.processes import (
    PROCESSES as SEVALLA,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.client.scripted import (
    TOKEN,
    ScriptedServer,
    Step,
)

_NOT_INHERITED = (
    "NETRC",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    *(
        name
        for known in ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
        for name in (known, known.upper())
    ),
)


class Time:
    """A clock that only moves when a test moves it or when something sleeps. ``slept`` lists the
    waits."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        """Stand in for time.sleep."""
        self.slept.append(seconds)
        self.now += seconds

    def clock(self) -> float:
        """Stand in for time.monotonic."""
        return self.now


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """Remove the machine's proxy, CA bundle and netrc settings."""
    for name in _NOT_INHERITED:
        if name in os.environ:
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture(autouse=True)
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    """Replace sleeping by a fake clock."""
    stand_in = Time()
    monkeypatch.setattr(Client, "sleep", staticmethod(stand_in.sleep))
    monkeypatch.setattr(Client, "clock", staticmethod(stand_in.clock))
    return stand_in


@pytest.fixture
def serve() -> Iterator[Callable[..., ScriptedServer]]:
    """Yield a function that starts a server with a script."""
    servers: list[ScriptedServer] = []

    def start(*script: Step, **options: Any) -> ScriptedServer:
        servers.append(ScriptedServer(*script, **options))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def client_of() -> Iterator[Callable[..., Client]]:
    """Yield a function that creates a client of a server or URL; keywords change its settings.

    It may write unless ``writes`` is false.
    """
    clients: list[Client] = []

    def make(
        server: Any,
        *,
        service: Any = SEVALLA.service,
        writes: bool = True,
        on_wait: Any = lambda _reason, _seconds: None,
        **changes: Any,
    ):
        settings = parse(
            {
                "api_url": server if isinstance(server, str) else server.url,
                "api_token": TOKEN,
                "api_timeout": 5,
                "api_retries": 3,
                "api_max_wait": 300,
                "validate_certs": True,
                "ca_path": None,
            }
        )
        clients.append(Client(service, settings._replace(**changes), on_wait))
        if writes:
            clients[-1].allow_writes()
        return clients[-1]

    yield make
    for client in clients:
        client.__exit__()


@pytest.fixture
def failure_of() -> Callable[..., Failure]:
    """Return a function that sends a request that must fail, and returns the Failure."""

    def send(client: Client, method: str = "GET", path: str = "/things", **arguments: Any):
        with pytest.raises(Failure) as caught:
            client.send(method, path, **arguments)
        return caught.value

    return send
