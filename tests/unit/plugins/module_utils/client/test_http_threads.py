# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One client with several threads: when one has to wait, all do, and no wait is repeated."""

from __future__ import annotations

import threading

import pytest

from ansible_collections.evenkeel.paas.plugins.module_utils._http.client import Client
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.client.scripted import (
    answer,
    drop,
)

OK = answer(json={})
LIMITED = answer(429, json={"message": "Too many requests"}, x_ratelimit_reset=40)


def in_threads(*functions):
    """Run functions in a thread each and wait for all; raise an error of a thread here."""
    errors = []

    def run(function):
        try:
            function()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(each,), daemon=True) for each in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert not any(thread.is_alive() for thread in threads)
    assert errors == []


def both_there(*answers):
    """Return steps that respond only when all of their requests have arrived."""
    barrier = threading.Barrier(len(answers), timeout=5)

    def step(raw):
        def wait_and_send(exchange):
            barrier.wait()
            exchange.connection.sendall(raw)

        return wait_and_send

    return [step(raw) for raw in answers]


def test_no_thread_sends_while_one_waits_for_the_rate_limit(serve, client_of, monkeypatch):
    server = serve(LIMITED, OK, OK)
    client = client_of(server)
    sent_meanwhile = []
    others = []

    def sleep(seconds):
        others.append(threading.Thread(target=client.get, args=("/other",), daemon=True))
        others[-1].start()
        others[-1].join(0.1)
        sent_meanwhile.extend(server.said[1:])

    monkeypatch.setattr(Client, "sleep", staticmethod(sleep))
    client.get("/first")
    others[0].join(5)
    assert sent_meanwhile == []
    assert sorted(server.said[1:]) == ["GET /v3/first", "GET /v3/other"]


def test_two_threads_that_are_rate_limited_together_wait_once(serve, client_of, time):
    server = serve(*both_there(LIMITED, LIMITED), OK, OK)
    client = client_of(server, max_wait=60)
    in_threads(lambda: client.get("/one"), lambda: client.get("/two"))
    assert len(server.requests) == 4
    assert len(time.slept) == 1
    assert client.counters["retries"] == 2
    assert client.counters["waited_seconds"] == pytest.approx(time.slept[0], abs=0.001)


def test_a_wait_is_shortened_by_the_wait_of_another_thread(serve, client_of, time, monkeypatch):
    """One gets five seconds and another one forty: together they wait forty plus jitter."""
    waited = threading.Event()

    def sleep(seconds):
        time.sleep(seconds)
        waited.set()

    def forty(exchange):
        assert waited.wait(5)
        exchange.connection.sendall(LIMITED)

    monkeypatch.setattr(Client, "sleep", staticmethod(sleep))
    shorter = answer(429, json={"message": "Too many requests"}, x_ratelimit_reset=5)
    barrier = threading.Barrier(2, timeout=5)
    steps = {"/v3/five": lambda exchange: exchange.connection.sendall(shorter), "/v3/forty": forty}

    def both_there_by_path(exchange):
        barrier.wait()
        steps[exchange.request.target](exchange)

    server = serve(both_there_by_path, both_there_by_path, OK, OK)
    client = client_of(server)
    in_threads(lambda: client.get("/five"), lambda: client.get("/forty"))
    assert len(time.slept) == 2
    assert 40 <= sum(time.slept) < 45
    assert client.counters["waited_seconds"] == pytest.approx(sum(time.slept), abs=0.001)


def test_the_duration_of_parallel_lost_requests_counts_once(serve, client_of, time):
    barrier = threading.Barrier(2, action=lambda: time.__setattr__("now", 1040.0), timeout=5)

    def slow(exchange):
        barrier.wait()
        drop(exchange)

    server = serve(slow, slow, OK, OK)
    client = client_of(server)
    in_threads(lambda: client.get("/one"), lambda: client.get("/two"))
    lost = client.counters["waited_seconds"] - sum(time.slept)
    assert lost == pytest.approx(40, abs=0.01)


def test_every_request_of_every_thread_is_counted(serve, client_of):
    server = serve(*[OK] * 40)
    client = client_of(server)

    def ten():
        for _time in range(10):
            client.get("/things")

    in_threads(ten, ten, ten, ten)
    assert client.counters["requests"] == len(server.requests) == 40
