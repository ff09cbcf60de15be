# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes whose connection is refused, after successful reads.

Nothing of such a request is sent, so even a POST is retried, and no outcome is unknown.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
import requests

from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.faults.fault_cases import (
    NOTHING,
    FaultRunner,
    check_failure,
    methods,
)

RETRIES = 5


class Refusing:
    """Sends writes to a port that refuses connections, the first ``times`` times."""

    def __init__(self) -> None:
        self.times = 0
        self.refused: list[str] = []
        self._taken = socket.socket()
        self._taken.bind(("127.0.0.1", 0))
        self._send = requests.Session.send

    def send(self, session: Any, request: Any, **settings: Any) -> Any:
        """Stand in for ``requests.Session.send``."""
        if request.method != "GET" and len(self.refused) < self.times:
            self.refused.append(request.method)
            port = self._taken.getsockname()[1]
            url = urlsplit(request.url)._replace(netloc=f"127.0.0.1:{port}")
            request.url = urlunsplit(url)
        return self._send(session, request, **settings)

    def close(self) -> None:
        """Release the port."""
        self._taken.close()


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> Iterator[Refusing]:
    """Yield a connection that refuses nothing until ``times`` is set."""
    made = Refusing()

    def send(session: Any, request: Any, **settings: Any) -> Any:
        return made.send(session, request, **settings)

    monkeypatch.setattr(requests.Session, "send", send)
    yield made
    made.close()


@pytest.fixture(params=["POST", "PATCH", "DELETE"])
def write(request: Any, runner: FaultRunner) -> tuple[str, dict[str, Any], list[dict[str, Any]]]:
    """Return a write: its method, its options, and the expected stored data."""
    case = runner.case
    if request.param != "POST":
        runner.seed()
    return {
        "POST": ("POST", case.wanted, [case.stored]),
        "PATCH": ("PATCH", case.changed, [case.changed_to]),
        "DELETE": ("DELETE", {**case.wanted, "state": "absent"}, []),
    }[request.param]


def test_a_write_whose_connection_is_always_refused_changes_nothing(
    runner: FaultRunner, refusing: Refusing, write: Any
) -> None:
    method, options, stored = write
    before = runner.emulator.world.snapshot()
    refusing.times = 10**6
    outcome = runner(**options)
    assert outcome.reads != []
    assert outcome.writes == []
    assert refusing.refused == [method] * (1 + RETRIES)
    assert runner.emulator.world.snapshot() == before
    assert outcome.message is not None
    assert outcome.message.startswith(f"{method} /")
    assert "refused" in outcome.message.lower()
    assert "Check api_url, the network" in outcome.message
    assert outcome.message.endswith(NOTHING)
    assert "unknown" not in outcome.message
    assert outcome.result["changed"] is False
    assert outcome.result["failure"]["code"] == "unreachable"
    assert outcome.result["api"]["retries"] == RETRIES
    check_failure(outcome)
    refusing.times = 0
    runner.recovers(options, *stored)


def test_a_write_whose_connection_is_refused_at_first_is_done_once(
    runner: FaultRunner, refusing: Refusing, write: Any
) -> None:
    method, options, stored = write
    refusing.times = 2
    outcome = runner(**options)
    assert outcome.message is None, outcome.message
    assert refusing.refused == [method] * 2
    assert methods(outcome) == [method]
    assert outcome.result["api"]["retries"] == 2
    assert runner.now(stored[0] if stored else {}) == stored
    runner.recovers(options, *stored)
