# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stopped client does not send, retry or wait."""

from __future__ import annotations

import threading

import pytest

from ansible_collections.evenkeel.paas.plugins.module_utils._core.failure import Failure
from ansible_collections.evenkeel.paas.plugins.module_utils._http.client import Client
from ansible_collections.evenkeel.paas.plugins.module_utils._http.waiting import Waiting
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.client.scripted import (
    answer,
    drop,
)

OK = answer(json={"id": "1"})
LIMITED = answer(429, json={"message": "Too many requests"}, x_ratelimit_reset=60)
METHODS = ("GET", "POST", "PATCH", "DELETE")


class Sender(threading.Thread):
    """Sends a request in a thread, and stores the resulting Failure."""

    def __init__(self, client, method):
        super().__init__(daemon=True)
        self.client = client
        self.method = method
        self.failure = None
        self.start()

    def run(self):
        try:
            self.client.send(self.method, "/things")
        except Failure as failure:
            self.failure = failure


def answering_and_stopping(clients, raw):
    """Return a step that responds after all of the clients are stopped."""

    def step(exchange):
        for client in clients:
            client.stop()
        if callable(raw):
            raw(exchange)
        else:
            exchange.connection.sendall(raw)

    return step


@pytest.fixture
def really_sleeping(monkeypatch, time):
    """Let clients really wait; return an event that is set when one does."""
    waiting = threading.Event()

    def sleep(self, seconds):
        waiting.set()
        Waiting.sleep(self, seconds)

    monkeypatch.setattr(Client, "sleep", sleep)
    return waiting


@pytest.mark.parametrize("method", METHODS)
def test_nothing_is_sent_after_the_client_is_stopped(method, serve, client_of, failure_of):
    server = serve(OK)
    client = client_of(server)
    client.stop()
    failure = failure_of(client, method)
    assert failure.code == "interrupted"
    assert not failure.outcome_unknown
    assert failure.message == f"{method} /things: Sevalla was not called, because the task ended."
    assert (server.connections, client.counters["requests"]) == (0, 0)


def test_leaving_the_client_stops_it(serve, client_of, failure_of):
    server = serve(OK)
    with client_of(server) as client:
        pass
    assert failure_of(client).code == "interrupted"
    assert server.connections == 0


@pytest.mark.parametrize("raw", [LIMITED, answer(503, json={}), drop], ids=["429", "503", "drop"])
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_nothing_is_retried_after_the_client_is_stopped(
    method, raw, serve, client_of, failure_of, time
):
    """The failure is that of the attempt that was sent, with its outcome."""
    clients = []
    server = serve(answering_and_stopping(clients, raw), OK)
    clients.append(client_of(server))
    failure = failure_of(clients[0], method)
    assert len(server.requests) == 1
    assert clients[0].counters["retries"] == 0
    assert failure.code in ("rate_limited", "service_error", "unreachable")
    assert failure.outcome_unknown is (method != "GET" and raw is not LIMITED)
    assert failure.message.endswith(" It was not retried, because the task ended.")


def test_a_response_that_arrives_during_the_stop_counts(serve, client_of):
    clients = []
    server = serve(answering_and_stopping(clients, OK))
    clients.append(client_of(server))
    assert clients[0].send("PATCH", "/things") == {"id": "1"}


def test_stopping_ends_all_waits_at_once(serve, client_of, really_sleeping):
    """The thread that waits for the rate limit, and those that wait for it."""
    server = serve(LIMITED, *[OK] * 9)
    client = client_of(server)
    senders = [Sender(client, "PATCH")]
    assert really_sleeping.wait(5)
    senders += [Sender(client, method) for method in METHODS]
    client.stop()
    for sender in senders:
        sender.join(5)
    assert not any(sender.is_alive() for sender in senders)
    assert len(server.requests) == 1
    assert [sender.failure.code for sender in senders] == ["rate_limited"] + ["interrupted"] * 4


def test_an_interrupted_wait_counts_only_the_time_waited(serve, client_of, really_sleeping):
    """The clock of these tests stands still, so no time of the minute has passed."""
    client = client_of(serve(LIMITED, OK))
    sender = Sender(client, "PATCH")
    assert really_sleeping.wait(5)
    client.stop()
    sender.join(5)
    assert client.counters["waited_seconds"] == 0


def test_time_after_the_stop_does_not_count(serve, client_of, really_sleeping, time):
    """A request in flight may end long after another thread has stopped to wait."""
    client = client_of(serve(LIMITED, OK))
    sender = Sender(client, "PATCH")
    assert really_sleeping.wait(5)
    client.stop()
    sender.join(5)
    time.sleep(30)
    assert client.counters["waited_seconds"] == 0
    assert client.pause(10)
    assert client.counters["waited_seconds"] == 0


def test_stopping_ends_a_pause_at_once(serve, client_of, really_sleeping):
    client = client_of(serve())
    pausing = threading.Thread(target=client.pause, args=(60,), daemon=True)
    pausing.start()
    assert really_sleeping.wait(5)
    client.stop()
    pausing.join(5)
    assert not pausing.is_alive()


def test_sockets_of_running_requests_are_closed_when_they_end(serve, client_of):
    """Nothing keeps a connection open after the client is closed."""
    asked, left, gone = threading.Event(), threading.Event(), threading.Event()

    def step(exchange):
        asked.set()
        left.wait(5)
        exchange.connection.sendall(OK)
        exchange.connection.settimeout(5)
        if exchange.connection.recv(1) == b"":
            gone.set()

    client = client_of(serve(step))
    sender = Sender(client, "PATCH")
    assert asked.wait(5)
    client.__exit__()
    left.set()
    sender.join(5)
    assert gone.wait(5)
    assert sender.failure is None


# The announcement of a long wait


def test_a_long_wait_is_announced_when_it_starts(serve, client_of, time):
    announced = []

    def on_wait(reason, seconds):
        announced.append((reason, seconds, list(time.slept)))

    def get(*steps):
        client_of(serve(*steps, OK), on_wait=on_wait, retries=9).get("/things")

    get(answer(429, json={}, x_ratelimit_reset=48))
    get(answer(503, json={}, retry_after=20))
    get(*[drop] * 6)
    reasons = [reason for reason, _seconds, _slept in announced]
    assert reasons == ["rate limit of Sevalla", "HTTP 503 from Sevalla"] + [
        "no response from Sevalla"
    ] * (len(announced) - 2)
    assert 48 <= announced[0][1] < 54
    for _reason, seconds, slept in announced:
        assert time.slept[len(slept)] == seconds


def test_no_lock_is_held_while_a_wait_is_announced(serve, client_of):
    """The callback may count requests, stop the client, or take any time."""
    server = serve(LIMITED, OK)
    done = threading.Event()

    def on_wait(_reason, _seconds):
        def other():
            client.count_repeated()
            client.stop()
            done.set()

        threading.Thread(target=other, daemon=True).start()
        assert done.wait(5)

    client = client_of(server, on_wait=on_wait)
    with pytest.raises(Failure):
        client.get("/things")
    assert len(server.requests) == 1


def test_an_exception_while_a_wait_is_announced_does_not_block_other_threads(serve, client_of):
    server = serve(LIMITED, OK)

    def on_wait(_reason, _seconds):
        raise KeyboardInterrupt

    client = client_of(server, on_wait=on_wait)
    with pytest.raises(KeyboardInterrupt):
        client.get("/things")
    other = Sender(client, "GET")
    other.join(5)
    assert not other.is_alive()
    assert other.failure is None
