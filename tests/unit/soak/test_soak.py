# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Random lists, run repeatedly with random faults, thread counts and interruptions.

In every case there is no duplicate, no process is lost, nothing is sent after a run has ended, and
without a fault the next run reaches the wanted state.

A seed determines a story, except which of several threads is faster. A failure names its seed:
``EVENKEEL_SOAK_SEED=123 pytest -m slow tests/unit/soak`` starts with that story.
"""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Response

from ansible_collections.evenkeel.paas.plugins.module_utils._engine.parallel import NAME
from ansible_collections.evenkeel.paas.plugins.module_utils._http.client import Client
from ansible_collections.evenkeel.paas.tests.emulator import Fault
from ansible_collections.evenkeel.paas.tests.emulator.faults import LIMITS, WRONG
from ansible_collections.evenkeel.paas.tests.emulator.server import Hooks
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.lists.list_cases import (
    KITS,
    LARAVEL_CLOUD,
    Entry,
    Kit,
    Stage,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.fast_time import (
    FastTime,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.running import (
    Outcome,
    settled,
)

RUNS = 1000
"""The minimum number of runs of a list for each service in the slow test."""

DAILY = range(6)
"""The seeds of every day: about 20 runs for each service."""

SWITCHES = {"sevalla_deleted_process": "hidden"}
UNIVERSE = range(12)
"""The numbers of all possible processes."""

BROKEN = [f"{name}_{when}" for name in WRONG for when in ("before", "after")]
ANY = [
    *("drop_before", "drop_after", "cut_after", "cut_chunked_after", "slow_before", "slow_after"),
    *("numbers_as_text", "unknown_keys", "missing_key", *LIMITS, *BROKEN),
]
KINDS = {
    "GET": [*ANY, "total_high", "total_low", "page_repeated"],
    "POST": [*ANY, "slow_late"],
    "PATCH": [*ANY, "slow_late", "change", "vanish"],
    "DELETE": [*ANY, "slow_late", "vanish"],
}
"""The faults of each method, except those by which someone else creates the same process: this is a
duplicate that no client can prevent."""

UNTRUE = ["not_stored", "not_stored_shown"]
"""Faults that restore all data, so that only one thing may happen at that time."""

KEYS = ("type", "display_name", "command", "entrypoint", "processes", "config", "id", "data")


class TimedOut(BaseException):
    """What Ansible raises in the main thread when the task's timeout ends."""


class Interrupting(Hooks):
    """Ends the run by a signal after a number of requests and pauses."""

    def __init__(self, after: int | None) -> None:
        self._left = after
        self._counting = threading.Lock()

    def before(self) -> Response | None:
        self.count()
        return None

    def count(self) -> None:
        """Count a request or a pause."""
        with self._counting:
            if self._left is None:
                return
            self._left -= 1
            due = self._left == 0
        if due:
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGALRM)


class Watch:
    """What is monitored during all stories: interruptions, and requests that are sent too late."""

    def __init__(self) -> None:
        self.hooks = Interrupting(None)
        self.time = FastTime()
        self.may_end = False
        self.run = 0
        self.over: set[int] = set()
        self.late: list[str] = []

    def on_alarm(self, _signal: int, _frame: Any) -> None:
        """Raise in the main thread, as Ansible's timeout does, but only during a run."""
        if self.may_end:
            self.may_end = False
            raise TimedOut

    def sleep(self, seconds: float) -> None:
        """Replace the client's sleep. Other threads continue in the meantime, so it takes a
        moment."""
        self.hooks.count()
        time.sleep(0.001)
        self.time.sleep(seconds)

    def sends(self, client: Any, method: str, path: str) -> None:
        """Record a request whose run has ended."""
        run = client.__dict__.setdefault("soak_run", self.run)
        if run in self.over:
            self.late.append(f"{method} {path}")


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    """Yield the monitor, connected to everything that it observes."""
    watch = Watch()
    attempt = Client._attempt

    def watched(self: Client, method: str, path: str, *more: Any, **content: Any) -> Any:
        watch.sends(self, method, path)
        return attempt(self, method, path, *more, **content)

    monkeypatch.setattr(Client, "_attempt", watched)
    monkeypatch.setattr(Client, "sleep", staticmethod(watch.sleep))
    monkeypatch.setattr(Client, "clock", staticmethod(watch.time.clock))
    before = signal.signal(signal.SIGALRM, watch.on_alarm)
    yield watch
    signal.signal(signal.SIGALRM, before)


class Story:
    """One seed: some processes, a list, and runs of it with random events."""

    def __init__(self, seed: int, emulator: Any, kit: Kit, watch: Watch) -> None:
        self.random = random.Random(f"{kit.module} {seed}")
        self.emulator = emulator
        self.kit = kit
        self.watch = watch
        self.runs = 0
        self.log: list[str] = []
        emulator.reset(switches=SWITCHES)
        self.stage = Stage(emulator, kit, [])
        there = self.some(UNIVERSE, 8)
        self.ids = dict(zip(there, self.stage.seed(*there)))
        self.numbers = self.some(UNIVERSE, 10) or [0]
        self.listed = [self.entry(number) for number in self.numbers]
        self.prune = self.random.random() < 0.5
        self.vanishing = False
        self.log.append(f"there {there}, listed {self.listed}, prune {self.prune}")

    def some(self, numbers: Any, most: int) -> list[int]:
        """Return some of the numbers, in any order."""
        return self.random.sample(list(numbers), self.random.randint(0, most))

    def entry(self, number: int) -> Entry:
        """Return an entry that may equal the initial process of its number."""
        version = self.random.randint(1, 3)
        value = version if self.kit is LARAVEL_CLOUD else f"node {number}.js {version}"
        return {**self.kit.entry(number), self.kit.value: value}

    def run_all(self) -> None:
        """Run with faults several times, and then once without."""
        for _run in range(self.random.randint(1, 4)):
            self.run_with_faults()
        self.emulator.faults.clear()
        self.emulator.hooks = self.watch.hooks = Interrupting(None)
        self.log.append("without a fault")
        self.watch.run += 1
        made = self.run_list()
        assert made.message is None, made.message
        assert settled(self.run_list())
        self.check_wanted_state()

    def run_with_faults(self) -> None:
        """Run once, or twice in parallel, with faults; check what must always hold."""
        hosts = self.random.choice([1, 1, 1, 2, 3])
        parallel = self.random.choice([1, 2, 4, 8])
        options = {
            "max_parallel": parallel,
            "continue_on_error": self.random.random() < 0.5,
            "api_retries": self.random.choice([0, 1, 5]),
            "api_max_wait": self.random.choice([0, 5, 60, 300]),
        }
        faults = [self.fault(hosts, parallel) for _each in range(self.random.choice([0, 1, 2, 4]))]
        after = self.random.randint(1, 20) if hosts == 1 and self.random.random() < 0.4 else None
        self.log.append(f"{hosts} host(s), {options}, interrupted after {after}, {faults}")
        self.vanishing |= any(fault.kind == "vanish" for fault in faults)
        self.emulator.hooks = self.watch.hooks = Interrupting(after)
        self.emulator.faults.add(*faults)
        try:
            outcomes = self.run_several(hosts, options) if hosts > 1 else [self.run_one(options)]
        finally:
            self.emulator.faults.clear()
        for outcome in outcomes:
            self.log.append("interrupted" if outcome is None else f"ended: {outcome.message}")
            if outcome is not None and outcome.message is not None:
                self.check_failure(outcome, alone=hosts == 1)
        self.check_nothing_is_sent()
        self.check_processes()

    def fault(self, hosts: int, parallel: int) -> Fault:
        """Return a random fault of any method."""
        method = self.random.choice(list(KINDS))
        kinds = KINDS[method] + (UNTRUE if hosts == parallel == 1 and method != "GET" else [])
        if hosts > 1:
            # It would show one host what the list was for another one. If as many processes were
            # created as deleted since, nobody can notice.
            kinds = [each for each in kinds if each != "page_repeated"]
        return Fault(
            self.random.choice(kinds),
            method=method,
            times=self.random.choice([1, 1, 2, None]),
            after=self.random.choice([0, 0, 1, 2, 5]),
            seconds=0.02,
            key=self.random.choice(KEYS),
        )

    def run_list(self, **options: Any) -> Outcome:
        """Run the list."""
        self.runs += 1
        return self.stage(self.listed, prune=self.prune, **options)

    def run_one(self, options: dict[str, Any]) -> Outcome | None:
        """Run the list in the main thread; return None if it was interrupted."""
        self.watch.run += 1
        try:
            self.watch.may_end = True
            outcome = self.run_list(**options)
            self.watch.may_end = False
        except TimedOut:
            # A request that a thread was about to send at that moment is allowed.
            time.sleep(0.05)
            return None
        finally:
            self.watch.may_end = False
            self.watch.over.add(self.watch.run)
        return outcome

    def run_several(self, hosts: int, options: dict[str, Any]) -> list[Outcome | None]:
        """Run the list on several hosts in parallel."""
        self.watch.run += 1
        outcomes: list[Outcome | None] = []
        errors: list[BaseException] = []

        def host() -> None:
            try:
                outcomes.append(self.run_list(**options))
            except BaseException as error:
                errors.append(error)

        threads = [threading.Thread(target=host) for _host in range(hosts)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.watch.over.add(self.watch.run)
        if errors:
            raise errors[0]
        return outcomes

    # Checks

    def check_failure(self, outcome: Outcome, alone: bool) -> None:
        """Check that a failure has a code other than ambiguous, and that nothing is deleted after a
        failed write."""
        assert outcome.result["failure"]["code"] not in (None, "ambiguous"), outcome.message
        assert outcome.result["api"]["requests"] or not outcome.requests
        failed = {step["action"] for step in outcome.result.get("steps_failed", [])}
        if alone and failed & {"create", "update"}:
            assert "DELETE" not in [method for method, _path, _status in outcome.writes]

    def check_nothing_is_sent(self) -> None:
        """Check that every thread of a run ends soon, and none sends anything."""
        deadline = time.monotonic() + 10
        while any(each.name == NAME and each.ident for each in threading.enumerate()):
            assert time.monotonic() < deadline, "a thread does not end"
            time.sleep(0.002)
        assert self.watch.late == []

    def check_processes(self) -> None:
        """Check that each name has one process, and that only processes to delete are missing."""
        live = self.stage.live()
        counts = Counter(self.kit.named(process) for process in live)
        assert {name: count for name, count in counts.items() if count > 1} == {}
        staying = {
            self.ids[number] for number in self.ids if number in self.numbers or not self.prune
        }
        lost = staying - {process["id"] for process in live}
        assert not lost or self.vanishing, lost

    def check_wanted_state(self) -> None:
        """Check that everything listed exists as listed; other processes may exist or not."""
        self.check_processes()
        live = {self.kit.named(process): process for process in self.stage.live()}
        for number, entry in zip(self.numbers, self.listed):
            assert live[self.kit.name(number)][self.kit.value] == entry[self.kit.value]
        others = live.keys() - set(self.stage.wanted(self.numbers))
        assert not (self.prune and others), others


def runs_of_story(seed: int, emulator: Any, kit: Kit, watch: Watch) -> int:
    """Return how many runs a story had; a failure names its seed and its events."""
    story = Story(seed, emulator, kit, watch)
    try:
        story.run_all()
    except Exception as error:
        lines = "\n".join(story.log)
        message = f"EVENKEEL_SOAK_SEED={seed} ({kit.module})\n{lines}\n{error!r}"
        raise AssertionError(message) from error
    return story.runs


@pytest.mark.parametrize("kit", KITS.values(), ids=list(KITS))
@pytest.mark.parametrize("seed", DAILY)
def test_lists_with_random_faults_end_correctly(
    seed: int, emulator: Any, kit: Kit, watch: Watch
) -> None:
    assert runs_of_story(seed, emulator, kit, watch) >= 3


@pytest.mark.slow
@pytest.mark.parametrize("kit", KITS.values(), ids=list(KITS))
def test_a_thousand_lists_with_random_faults_end_correctly(
    emulator: Any, kit: Kit, watch: Watch
) -> None:
    """With new seeds each time."""
    seed = first = int(os.environ.get("EVENKEEL_SOAK_SEED") or random.randrange(10**6))
    runs = 0
    while runs < RUNS:
        runs += runs_of_story(seed, emulator, kit, watch)
        seed += 1
    print(f"{runs} runs, seeds {first} to {seed - 1}")
