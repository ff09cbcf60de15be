# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Parallel writes: how many, in which order they are reported, and how they wait."""

from __future__ import annotations

import _thread
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Callable

import pytest
from flask import Response, request

from ansible_collections.evenkeel.paas.plugins.module_utils._engine.parallel import NAME, do_each
from ansible_collections.evenkeel.paas.plugins.module_utils._http import client as _http
from ansible_collections.evenkeel.paas.plugins.module_utils._http.waiting import Waiting
from ansible_collections.evenkeel.paas.tests.emulator import Fault, faults, world
from ansible_collections.evenkeel.paas.tests.emulator.server import Hooks
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.lists.list_cases import (
    Backwards,
    Stage,
    Together,
    methods,
    planned,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.running import (
    settled,
)

# The number of parallel writes


@pytest.mark.parametrize("parallel", [1, 4, 8])
@pytest.mark.parametrize("action", ["create", "update", "delete"])
def test_max_parallel_limits_the_writes_in_flight(stage: Stage, action: str, parallel: int) -> None:
    count = 12
    kit = stage.kit
    stage.seed(99)
    if action != "create":
        stage.seed(*range(count))
    wanted = kit.changed if action == "update" else kit.entry
    numbers = [] if action == "delete" else range(count)
    hooks = stage.emulator.hooks = Together(parallel)
    made = stage(
        [kit.entry(99), *(wanted(number) for number in numbers)], prune=True, max_parallel=parallel
    )
    assert made.message is None, made.message
    assert planned(made) == [action] * count
    assert hooks.most == parallel


def test_four_writes_are_in_flight_by_default(stage: Stage) -> None:
    hooks = stage.emulator.hooks = Together(4)
    assert stage([stage.kit.entry(number) for number in range(9)]).message is None
    assert hooks.most == 4


def test_reads_are_sequential_whatever_max_parallel_is(stage: Stage) -> None:
    stage.seed(*range(130))
    for parallel in (1, 32):
        again = stage([stage.kit.entry(number) for number in range(130)], max_parallel=parallel)
        assert settled(again)
        assert len(again.requests) == 2


def test_deletions_start_after_all_other_responses(stage: Stage) -> None:
    kit = stage.kit
    stage.seed(1, 2, 3)

    class Last(Hooks):
        """Counts the other writes with a response at the time of a deletion."""

        def __init__(self) -> None:
            self.answered = 0
            self.then: list[int] = []
            self._lock = threading.Lock()

        def before(self) -> Response | None:
            if request.method == "DELETE":
                self.then.append(self.answered)
            return None

        def after(self, response: Response) -> Response:
            if request.method in ("POST", "PATCH"):
                with self._lock:
                    self.answered += 1
            return response

    hooks = stage.emulator.hooks = Last()
    listed = [kit.changed(1), *(kit.entry(number) for number in range(4, 9))]
    assert stage(listed, prune=True, max_parallel=8).message is None
    assert hooks.then == [6, 6]


# The order


@pytest.mark.parametrize("action", ["create", "update", "delete"])
def test_plan_and_result_keep_the_order_of_the_list(stage: Stage, action: str) -> None:
    count, kit = 8, stage.kit
    stage.seed(99)
    if action != "create":
        stage.seed(*range(count))
    wanted = kit.changed if action == "update" else kit.entry
    numbers = [] if action == "delete" else [3, 1, 0, 2, 7, 6, 5, 4]
    listed = [*(wanted(number) for number in numbers), kit.entry(99)]
    checked = stage(listed, prune=True, check_mode=True)
    hooks = stage.emulator.hooks = Backwards(count)
    made = stage(listed, prune=True, max_parallel=count)
    assert made.message is None, made.message
    came = [f"{method} {path}" for method, path, _status in made.writes]
    answered = [line.split("/v3")[-1].split("/api")[-1] for line in hooks.answered]
    assert answered == [line.split(" ")[1] for line in reversed(came)]
    for key in ("plan", "diff", "changed", "deployment_required"):
        assert made.result[key] == checked.result[key]
    assert [kit.named(process) for process in made.result["processes"]] == stage.wanted(
        [*numbers, 99]
    )
    live = {kit.named(process): process["id"] for process in stage.live()}
    assert [process["id"] for process in made.result["processes"]] == [
        live[name] for name in stage.wanted([*numbers, 99])
    ]


def test_warnings_keep_the_order_of_the_list(sevalla: Stage) -> None:
    """The warnings about fields that were not stored have the order of the list."""
    count = 6
    sevalla.seed(*range(count))
    fault = Fault("not_stored_shown", method="PATCH", path=sevalla.kit.item, times=None)
    sevalla.emulator.faults.add(fault)
    made = sevalla([sevalla.kit.changed(number) for number in range(count)], max_parallel=count)
    assert made.message is None
    ids = [process["id"] for process in made.result["processes"]]
    assert len(made.warnings) == count
    for process_id, warning in zip(ids, made.warnings):
        assert process_id in warning


# A rate limit among them


class Limited(Hooks):
    """Waits for ``count`` writes, and refuses all of them; later ones are served."""

    def __init__(self, count: int, answer: Callable[[], Response]) -> None:
        self._all = threading.Barrier(count, timeout=5)
        self._answer = answer
        self._left = count
        self._lock = threading.Lock()

    def before(self) -> Response | None:
        if request.method == "GET":
            return None
        with self._lock:
            self._left -= 1
            mine = self._left
        if mine < 0:
            return None
        self._all.wait()
        return self._answer()


@pytest.mark.parametrize("kind", faults.LIMITS)
@pytest.mark.parametrize("action", ["create", "update", "delete"])
def test_parallel_writes_that_are_all_rate_limited_wait_once(
    stage: Stage, action: str, kind: str
) -> None:
    """Eight in flight, all refused: the wait happens once, and counts once."""
    count, kit = 8, stage.kit
    stage.seed(99)
    if action != "create":
        stage.seed(*range(count))
    _description, answer = faults.LIMITS[kind]
    stage.emulator.hooks = Limited(count, answer)
    wanted = kit.changed if action == "update" else kit.entry
    numbers = [] if action == "delete" else range(count)
    made = stage(
        [kit.entry(99), *(wanted(number) for number in numbers)],
        prune=True,
        max_parallel=count,
        api_max_wait=12,
    )
    assert made.message is None, made.message
    statuses = [status for _method, _path, status in made.writes]
    assert statuses.count(429) == count
    assert len(statuses) == 2 * count
    assert made.result["api"]["retries"] == count
    slept = sum(stage.slept)
    assert made.result["api"]["waited_seconds"] == pytest.approx(slept, abs=0.001)
    assert slept <= (6 if kind == "429_bare" else 12)
    if kind not in ("429_date", "429_bare"):  # their seconds differ
        assert len(stage.slept) == 1


class LimitedUntil(Hooks):
    """A 429 with a wait of 60 for every write before ``waited`` seconds were slept."""

    def __init__(self, slept: list[float], after: int) -> None:
        self._slept = slept
        self._after = after
        self._lock = threading.Lock()
        self._came = 0

    def before(self) -> Response | None:
        if request.method == "GET":
            return None
        with self._lock:
            self._came += 1
            early = self._came > self._after and sum(self._slept) < 60
        if not early:
            return None
        return Response(
            '{"message": "Too many"}',
            429,
            {"Retry-After": "60"},
            content_type="application/json",
        )


@pytest.mark.parametrize("parallel", [1, 4, 16])
def test_a_rate_limit_in_the_middle_of_many_writes(stage: Stage, parallel: int) -> None:
    listed = [stage.kit.entry(number) for number in range(30)]
    stage.emulator.hooks = LimitedUntil(stage.slept, after=10)
    made = stage(listed, max_parallel=parallel, api_retries=1)
    assert made.message is None, made.message
    assert len(stage.slept) == 1
    assert sorted(stage.names()) == sorted(stage.wanted(range(30)))
    assert len([status for *_write, status in made.writes if status == 429]) <= parallel


def test_a_rate_limited_write_is_not_retried_after_a_shorter_wait_of_another(
    stage: Stage,
) -> None:
    """One POST is lost and searched for after a second, twice; the others have to wait for
    sixty."""
    limited = LimitedUntil(stage.slept, after=0)

    class Mixed(Hooks):
        """Loses the first two POSTs, which are not stored."""

        def __init__(self) -> None:
            self._all = threading.Barrier(6, timeout=2)
            self._lock = threading.Lock()
            self.came = 0

        def before(self) -> Response | None:
            if request.method == "GET":
                return None
            with self._lock:
                self.came += 1
                mine = self.came
            if mine <= 6:
                self._all.wait()
            if mine <= 2:
                raise ConnectionResetError
            return limited.before()

    stage.emulator.hooks = Mixed()
    made = stage([stage.kit.entry(number) for number in range(6)], max_parallel=6, api_retries=1)
    assert made.message is None, made.message
    assert sorted(stage.names()) == stage.wanted(range(6))


@pytest.mark.parametrize("parallel", [1, 8])
def test_a_rate_limit_that_lasts_longer_than_api_max_wait(stage: Stage, parallel: int) -> None:
    stage.seed(*range(8))
    stage.emulator.faults.add(Fault("429_seconds", method="PATCH", times=None))
    outcome = stage(
        [stage.kit.changed(number) for number in range(8)], max_parallel=parallel, api_max_wait=20
    )
    assert outcome.message is not None
    assert "(api_max_wait)" in outcome.message
    assert "Nothing was changed." in outcome.message
    assert outcome.result["failure"]["code"] == "rate_limited"
    assert outcome.result["api"]["waited_seconds"] <= 20
    assert sum(stage.slept) <= 20
    assert outcome.result["steps_done"] == []
    assert len(outcome.result["steps_failed"]) <= parallel


# Lost responses among them


@pytest.mark.parametrize("kind", ["drop_after", "500_after", "html_after", "504_after"])
@pytest.mark.parametrize("parallel", [2, 8])
def test_each_lost_creation_adopts_its_own_process(stage: Stage, kind: str, parallel: int) -> None:
    """Every POST is stored and its response is lost; each entry adopts the process that it
    created."""
    count, kit = 8, stage.kit
    stage.seed(100)
    fault = Fault(kind, method="POST", path=kit.collection, times=None)
    stage.emulator.faults.add(fault)
    listed = [kit.entry(number) for number in range(count)]
    made = stage(listed, max_parallel=parallel)
    stage.emulator.faults.clear()
    assert made.message is None, made.message
    assert methods(made) == ["POST"] * count
    live = {kit.named(process): process["id"] for process in stage.live()}
    assert len(live) == len(stage.live()) == count + 1
    assert [process["id"] for process in made.result["processes"]] == [
        live[name] for name in stage.wanted(range(count))
    ]
    assert settled(stage(listed))


def test_lost_creations_are_retried_only_if_not_stored(stage: Stage) -> None:
    """A POST that was not stored is retried, a stored one is not."""
    kit = stage.kit
    for number in range(4):
        kind = "drop_after" if number % 2 else "drop_before"
        stage.emulator.faults.add(Fault(kind, method="POST", path=kit.collection, after=number))
    listed = [kit.entry(number) for number in range(8)]
    made = stage(listed, max_parallel=8)
    assert made.message is None, made.message
    assert sorted(stage.names()) == stage.wanted(range(8))
    assert settled(stage(listed))


# Killed


@pytest.mark.parametrize("parallel", [1, 4])
def test_a_killed_run_starts_no_more_writes(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, parallel: int
) -> None:
    """Like Ctrl-C: the main thread is interrupted while others write."""
    kit = stage.kit
    listed = [kit.entry(number) for number in range(200)]
    send = _http.Client.send
    sent: list[str] = []
    lock = threading.Lock()

    def killed(self: Any, method: str, path: str, **more: Any) -> Any:
        if method != "GET":
            with lock:
                sent.append(path)
                # Only once: the second Ctrl-C does not wait for anything. And not at the first
                # ones, when the pool may be starting a thread that it does not know yet.
                sixtieth = len(sent) == 60
            if sixtieth:
                _thread.interrupt_main()
                time.sleep(0.2)
        return send(self, method, path, **more)

    # A shell starts background processes with SIGINT ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with monkeypatch.context() as patch:
            patch.setattr(_http.Client, "send", killed)
            with pytest.raises(KeyboardInterrupt):
                stage(listed, max_parallel=parallel)
    finally:
        signal.signal(signal.SIGINT, before)
    assert 60 <= len(sent) < len(listed)
    # What was under way is stored only now; the next run must not list before it.
    assert all_ended()
    assert len(stage.names()) <= len(sent)
    assert stage(listed).message is None
    assert sorted(stage.names()) == sorted(stage.wanted(range(200)))


def test_an_unexpected_exception_in_a_thread_is_not_lost(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = _http.Client.send

    def broken(self: Any, method: str, path: str, **more: Any) -> Any:
        if method == "POST":
            raise RuntimeError("a defect")
        return send(self, method, path, **more)

    monkeypatch.setattr(_http.Client, "send", broken)
    with pytest.raises(RuntimeError, match="a defect"):
        stage([stage.kit.entry(number) for number in range(10)])


def test_two_web_processes_created_beside_others(sevalla: Stage) -> None:
    """The only creation in two steps, among creations in one: its PATCH follows its POST."""
    with sevalla.emulator.world.lock:
        shop = sevalla.emulator.world.sevalla.applications[world.SEVALLA_SHOP_ID]
        del shop.processes[world.SEVALLA_SHOP_WEB_ID]
    web = {
        "type": "web",
        "display_name": "Front",
        "resource_type": "s1",
        "ingress_protocol": "grpc",
    }
    listed = [sevalla.kit.entry(1), web, sevalla.kit.entry(2)]
    checked = sevalla(listed, check_mode=True)
    made = sevalla(listed, max_parallel=3)
    assert made.message is None, made.message
    assert planned(made) == ["create", "create", "update", "create"]
    assert made.result["plan"] == checked.result["plan"]
    assert made.result["processes"][1]["ingress_protocol"] == "grpc"
    assert settled(sevalla(listed))


# Interrupted during waits


class TimedOut(BaseException):
    """What Ansible raises in the main thread when the task's timeout ends."""


@contextmanager
def timed_out_by(fires: threading.Event) -> Iterator[None]:
    """Raise as Ansible does: by a signal, whose handler raises in the main thread."""

    def on_alarm(_signal: int, _frame: Any) -> None:
        raise TimedOut

    def fire() -> None:
        if fires.wait(5):
            signal.pthread_kill(threading.main_thread().ident, signal.SIGALRM)

    before = signal.signal(signal.SIGALRM, on_alarm)
    firing = threading.Thread(target=fire, daemon=True)
    firing.start()
    try:
        with pytest.raises(TimedOut):
            yield
    finally:
        firing.join(5)
        signal.signal(signal.SIGALRM, before)


def test_an_interruption_stops_the_threads_before_it_is_raised() -> None:
    """Running threads are stopped, and not waited for; nothing new starts."""
    begun: list[int] = []
    busy, stopped = threading.Event(), threading.Event()

    def do(item: int) -> None:
        begun.append(item)
        busy.set()
        stopped.wait(5)

    with timed_out_by(busy):
        do_each(do, range(100), 2, stopped.set)
    assert stopped.is_set()
    assert all_ended()
    assert 1 <= len(begun) <= 2


def really_sleeping(monkeypatch: pytest.MonkeyPatch, waits: threading.Event) -> None:
    """Let the client wait in real time; ``waits`` is set once it does."""

    def sleep(self: Any, seconds: float) -> None:
        waits.set()
        Waiting.sleep(self, seconds)

    monkeypatch.setattr(_http.Client, "sleep", sleep)
    monkeypatch.setattr(_http.Client, "clock", staticmethod(Waiting.clock))


def all_ended() -> bool:
    """Return whether the threads of a run end soon by themselves. A thread that was interrupted
    before it started has no ident."""
    deadline = time.monotonic() + 5
    while any(each.name == NAME and each.ident for each in threading.enumerate()):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


@pytest.mark.parametrize("parallel", [1, 4, 16])
def test_waiting_writes_are_not_sent_after_a_timeout(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, parallel: int
) -> None:
    """Writes that the rate limit refused, and writes that were never sent."""
    stage.seed(*range(20))
    waits = threading.Event()
    stage.emulator.faults.add(Fault("429_seconds", method="PATCH", times=None))
    first = len(stage.emulator.requests)
    with monkeypatch.context() as patch:
        really_sleeping(patch, waits)
        with timed_out_by(waits):
            stage([stage.kit.changed(number) for number in range(20)], max_parallel=parallel)
    assert all_ended()
    refused = [each["method"] for each in stage.emulator.requests[first:]].count("PATCH")
    assert 1 <= refused <= parallel
    stage.emulator.faults.clear()
    time.sleep(0.2)
    assert [each["status"] for each in stage.emulator.requests[first:]].count(429) == refused
    assert len(stage.emulator.requests[first:]) == refused + 1  # which is the list


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "html_after", "503_after"])
def test_lost_creations_are_not_searched_for_after_a_timeout(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    waits = threading.Event()
    stage.emulator.faults.add(Fault(kind, method="POST", times=None))
    first = len(stage.emulator.requests)
    with monkeypatch.context() as patch:
        really_sleeping(patch, waits)
        with timed_out_by(waits):
            stage([stage.kit.entry(number) for number in range(20)], max_parallel=4)
    assert all_ended()
    sent = [each["method"] for each in stage.emulator.requests[first:]]
    assert 1 <= sent.count("POST") <= 4
    assert sent.count("GET") == sent.index("POST")  # none since then
    stage.emulator.faults.clear()
    listed = [stage.kit.entry(number) for number in range(20)]
    assert stage(listed).message is None
    assert sorted(stage.names()) == sorted(stage.wanted(range(20)))


class Held(Hooks):
    """Holds writes until ``release`` is set."""

    def __init__(self, count: int) -> None:
        self.release, self.all_there = threading.Event(), threading.Event()
        self._count = count
        self._lock = threading.Lock()
        self.came = 0

    def before(self) -> Response | None:
        if request.method != "GET":
            with self._lock:
                self.came += 1
                if self.came == self._count:
                    self.all_there.set()
            self.release.wait(5)
        return None


def test_a_silent_service_does_not_delay_a_timeout(stage: Stage) -> None:
    """A running write may end; the task does not wait for it, and nothing follows it."""
    held = Held(4)
    stage.emulator.hooks = held
    with timed_out_by(held.all_there):
        stage([stage.kit.entry(number) for number in range(20)], max_parallel=4)
    assert not held.release.is_set(), "the task is over before its requests are"
    held.release.set()
    assert all_ended()
    assert held.came == 4
    assert len(stage.names()) <= 4


def test_the_first_failure_ends_the_waits_of_the_other_writes(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rate limit has already refused them, and their outcome is irrelevant."""
    stage.seed(*range(8))
    waits = threading.Event()
    really_sleeping(monkeypatch, waits)

    class OneBad(Hooks):
        """Refuses the first write once another one waits; the others get a rate limit."""

        def __init__(self) -> None:
            self._lock = threading.Lock()
            self._came = 0

        def before(self) -> Response | None:
            if request.method == "GET":
                return None
            with self._lock:
                self._came += 1
                first = self._came == 1
            if first:
                waits.wait(5)
                return Response('{"message": "No"}', 422, content_type="application/json")
            headers = {"Retry-After": "60"}
            return Response('{"message": "Limit"}', 429, headers, content_type="application/json")

    stage.emulator.hooks = OneBad()
    outcome = stage([stage.kit.changed(number) for number in range(8)], max_parallel=4)
    assert outcome.message is not None
    statuses = sorted(step["failure"]["status"] for step in outcome.result["steps_failed"])
    assert statuses == [422] + [429] * (len(statuses) - 1)
    assert 2 <= len(statuses) <= 4
    assert "It was not retried, because the task ended." in outcome.message
    assert len(outcome.result["steps_not_attempted"]) == 8 - len(statuses)
    assert outcome.result["api"]["retries"] == 0
    assert outcome.result["api"]["waited_seconds"] < 60


def test_a_write_that_waited_to_be_sent_is_not_attempted_after_a_failure(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one write waits for the rate limit, no other one is sent."""
    stage.seed(*range(8))
    waits = threading.Event()
    really_sleeping(monkeypatch, waits)

    class OneOfEach(Hooks):
        """Refuses one write, limits another and accepts the third, whose thread then waits."""

        def __init__(self) -> None:
            self._answers = iter([422, 429, 200])
            self._lock = threading.Lock()
            self._all_are_sent = threading.Event()
            self._accepted = threading.Event()

        def before(self) -> Response | None:
            if request.method == "GET":
                return None
            with self._lock:
                status = next(self._answers)
            if status == 200:
                self._all_are_sent.set()
            if status == 429:
                self._all_are_sent.wait(5)
                return Response(
                    "{}", status, {"Retry-After": "60"}, content_type="application/json"
                )
            waits.wait(5)
            if status == 200:
                self._accepted.set()
                return None
            self._accepted.wait(5)
            time.sleep(0.3)  # until the thread of the accepted write waits with its next one
            return Response("{}", status, content_type="application/json")

    stage.emulator.hooks = OneOfEach()
    outcome = stage([stage.kit.changed(number) for number in range(8)], max_parallel=3)
    codes = sorted(step["failure"]["code"] for step in outcome.result["steps_failed"])
    assert codes == ["rate_limited", "refused"]
    assert len(outcome.result["steps_done"]) == 1
    assert len(outcome.result["steps_not_attempted"]) == 5
