# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One client with several threads: when one has to wait, all do, and no wait is repeated."""

from __future__ import annotations

import threading

import pytest

from ansible_collections.evenkeel.paas.plugins.module_utils._core.failure import Failure
from ansible_collections.evenkeel.paas.plugins.module_utils._http.client import Client
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.client.scripted import (
    answer,
    drop,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.limits.virtual_time import (
    VirtualTime,
)

OK = answer(json={})


def limited(seconds):
    """Return a 429 that asks for so many seconds."""
    return answer(429, json={"message": "Too many requests"}, x_ratelimit_reset=seconds)


@pytest.fixture
def clock(monkeypatch, time):
    """Return a clock that moves only while all threads wait; it starts at 0."""
    virtual = VirtualTime(start=0.0)
    virtual.replace_time_of_clients(monkeypatch)
    return virtual


def in_threads(clock, *functions):
    """Run functions in a thread each and wait for all; raise an error of a thread here."""
    errors = []

    def run(function):
        try:
            function()
        except Exception as error:
            errors.append(error)

    running = [lambda each=each: run(each) for each in functions]
    everything = threading.Thread(target=clock.run, args=(running,), daemon=True)
    everything.start()
    everything.join(10)
    assert not everything.is_alive()
    assert errors == []


class Times:
    """The paths of all requests, with the times at which they came."""

    def __init__(self):
        self.came = []

    def step(self, raw):
        """Return a step that notes the request."""

        def note_and_send(exchange):
            self.came.append((exchange.request.target, Client.clock()))
            exchange.connection.sendall(raw)

        return note_and_send


def both_there(*answers):
    """Return steps that respond only when all of their requests have arrived."""
    barrier = threading.Barrier(len(answers), timeout=5)

    def step(raw):
        def wait_and_send(exchange):
            barrier.wait()
            exchange.connection.sendall(raw)

        return wait_and_send

    return [step(raw) for raw in answers]


def test_no_thread_sends_while_one_waits_for_the_rate_limit(serve, client_of, clock):
    times = Times()
    client = client_of(serve(times.step(limited(40)), times.step(OK), times.step(OK)))

    def other():
        clock.sleep(10)
        client.get("/other")

    in_threads(clock, lambda: client.get("/first"), other)
    assert times.came[0] == ("/v3/first", 0)
    (_path, end), (_other, same) = times.came[1:]
    assert 40 <= end < 45
    assert same == pytest.approx(end)
    assert sorted(path for path, _time in times.came[1:]) == ["/v3/first", "/v3/other"]
    assert client.counters["waited_seconds"] == pytest.approx(end, abs=0.001)


def test_two_threads_that_are_rate_limited_together_wait_once(serve, client_of, clock):
    announced = []
    server = serve(*both_there(limited(40), limited(40)), OK, OK)
    client = client_of(server, max_wait=60, on_wait=lambda *wait: announced.append(wait))
    in_threads(clock, lambda: client.get("/one"), lambda: client.get("/two"))
    assert len(server.requests) == 4
    assert 40 <= client.clock() < 45
    assert announced == [("rate limit of Sevalla", client.clock())]
    assert client.counters["retries"] == 2
    assert client.counters["waited_seconds"] == pytest.approx(client.clock(), abs=0.001)


def test_the_longest_wait_of_several_threads_is_the_wait_of_all(serve, client_of, clock):
    """One gets five seconds and another one forty: together they wait forty plus jitter."""
    times = Times()
    server = serve(*both_there(limited(5), limited(40)), times.step(OK), times.step(OK))
    client = client_of(server)
    in_threads(clock, lambda: client.get("/one"), lambda: client.get("/two"))
    (_one, end), (_two, same) = times.came
    assert 40 <= end < 45
    assert same == pytest.approx(end)
    assert client.counters["waited_seconds"] == pytest.approx(end, abs=0.001)


@pytest.mark.parametrize(("max_wait", "succeeds"), [(100, True), (60, False)])
def test_a_response_during_a_wait_prolongs_it(max_wait, succeeds, serve, client_of, clock):
    """The service asked for forty seconds at the start and after thirty: seventy in total, of
    which the ten that both wait count once."""
    barrier = threading.Barrier(2, timeout=5)
    waits = threading.Event()
    times = Times()

    def first(exchange):
        barrier.wait()
        exchange.connection.sendall(limited(40))

    def later(exchange):
        barrier.wait()
        assert waits.wait(5)
        clock.advance(30)
        exchange.connection.sendall(limited(40))

    server = serve(first, later, times.step(OK), times.step(OK))
    client = client_of(server, max_wait=max_wait, on_wait=lambda *_wait: waits.set())
    failed = []

    def get(path):
        try:
            client.get(path)
        except Failure as failure:
            failed.append(failure)

    in_threads(clock, lambda: get("/one"), lambda: get("/two"))
    sent_again = [time for _path, time in times.came]
    if succeeds:
        assert 70 <= sent_again[0] < 75
        assert sent_again[1] == pytest.approx(sent_again[0])
    else:
        assert 40 <= sent_again[0] < 45
        assert [failure.code for failure in failed] == ["rate_limited"]
    assert len(sent_again) + len(failed) == 2
    assert client.counters["waited_seconds"] == pytest.approx(sent_again[0], abs=0.001)


def test_the_duration_of_parallel_lost_requests_counts_once(serve, client_of, clock):
    barrier = threading.Barrier(2, action=lambda: clock.advance(40), timeout=5)

    def slow(exchange):
        barrier.wait()
        drop(exchange)

    client = client_of(serve(slow, slow, OK, OK))
    in_threads(clock, lambda: client.get("/one"), lambda: client.get("/two"))
    assert 40 < client.clock() < 41
    assert client.counters["waited_seconds"] == pytest.approx(client.clock(), abs=0.001)


def test_every_request_of_every_thread_is_counted(serve, client_of, clock):
    server = serve(*[OK] * 40)
    client = client_of(server)

    def ten():
        for _time in range(10):
            client.get("/things")

    in_threads(clock, ten, ten, ten, ten)
    assert client.counters["requests"] == len(server.requests) == 40
