# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Random lists, run again and again under random faults, thread counts and interruptions.

Whatever happens on the way: there is no duplicate, no process is lost, nothing is sent once a run
is over, and without a fault the next run brings all into the wanted state.

A seed makes a story, and the same seed makes the same one, but for which of several threads is
faster. A failure names its seed: ``EVENKEEL_SOAK_SEED=123 pytest -m slow tests/unit/soak`` begins
with that story.
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
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.running import (
    Outcome,
    settled,
)

RUNS = 1000
"""How many runs of a list, at least, each service gets in the test that is slow."""

DAILY = range(6)
"""The seeds of every day: some 20 runs for each service."""

SWITCHES = {"sevalla_deleted_process": "hidden"}
UNIVERSE = range(12)
"""The numbers of all processes that there may be."""

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
"""The faults of each method. Not among them: what lets somebody else create the same, which makes
a duplicate that no client can prevent."""

UNTRUE = ["not_stored", "not_stored_shown"]
"""Faults that put back all that was stored meanwhile, so that only one thing may happen then."""

KEYS = ("type", "display_name", "command", "entrypoint", "processes", "config", "id", "data")


class TimedOut(BaseException):
    """What Ansible raises in the main thread when a task's timeout is over."""


class Interrupting(Hooks):
    """Ends the run by a signal when so many requests and pauses have come."""

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
    """What is watched while all stories run: interruptions, and what is sent too late."""

    def __init__(self) -> None:
        self.hooks = Interrupting(None)
        self.may_end = False
        self.run = 0
        self.over: set[int] = set()
        self.late: list[str] = []

    def on_alarm(self, _signal: int, _frame: Any) -> None:
        """Raise in the main thread, as Ansible's timeout does, but in a run alone."""
        if self.may_end:
            self.may_end = False
            raise TimedOut

    def sleep(self, _seconds: float) -> None:
        """Stand in for the client's sleep. Other threads go on meanwhile, so it takes a moment."""
        self.hooks.count()
        time.sleep(0.001)

    def sends(self, client: Any, method: str, path: str) -> None:
        """Note a request whose run is over."""
        run = client.__dict__.setdefault("soak_run", self.run)
        if run in self.over:
            self.late.append(f"{method} {path}")


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    """The watch, with everything that tells it something."""
    watch = Watch()
    attempt = Client._attempt

    def watched(self: Client, method: str, path: str, *more: Any) -> Any:
        watch.sends(self, method, path)
        return attempt(self, method, path, *more)

    monkeypatch.setattr(Client, "_attempt", watched)
    monkeypatch.setattr(Client, "sleep", watch.sleep)
    before = signal.signal(signal.SIGALRM, watch.on_alarm)
    yield watch
    signal.signal(signal.SIGALRM, before)


class Story:
    """One seed: some processes, a list, and runs of it under whatever comes."""

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
        """Some of the numbers, in any order."""
        return self.random.sample(list(numbers), self.random.randint(0, most))

    def entry(self, number: int) -> Entry:
        """An entry that may or may not be what a process of its number is at the start."""
        version = self.random.randint(1, 3)
        value = version if self.kit is LARAVEL_CLOUD else f"node {number}.js {version}"
        return {**self.kit.entry(number), self.kit.value: value}

    def tell(self) -> None:
        """Let some runs go wrong, and then one go right."""
        for _run in range(self.random.randint(1, 4)):
            self.go_wrong()
        self.emulator.faults.clear()
        self.emulator.hooks = self.watch.hooks = Interrupting(None)
        self.log.append("without a fault")
        self.watch.run += 1
        made = self.run_list()
        assert made.message is None, made.message
        assert settled(self.run_list())
        self.is_as_wanted()

    def go_wrong(self) -> None:
        """One run, or two at a time, under faults; hold what holds whatever they are."""
        hosts = self.random.choice([1, 1, 1, 2, 3])
        parallel = self.random.choice([1, 2, 4, 8])
        options = {
            "max_parallel": parallel,
            "continue_on_error": self.random.random() < 0.5,
            "api_retries": self.random.choice([0, 1, 5]),
            "api_max_wait": self.random.choice([0, 5, 60, 300]),
        }
        faults = [
            self.fault(hosts == parallel == 1) for _each in range(self.random.choice([0, 1, 2, 4]))
        ]
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
                self.is_told_well(outcome, alone=hosts == 1)
        self.nothing_is_sent_any_more()
        self.nobody_is_doubled_or_lost()

    def fault(self, alone: bool) -> Fault:
        """Any fault of any method."""
        method = self.random.choice(list(KINDS))
        kinds = KINDS[method] + (UNTRUE if alone and method != "GET" else [])
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
        """Run the list in the main thread; None when it was interrupted."""
        self.watch.run += 1
        try:
            self.watch.may_end = True
            outcome = self.run_list(**options)
            self.watch.may_end = False
        except TimedOut:
            # What a thread was about to send at that moment, it may.
            time.sleep(0.05)
            return None
        finally:
            self.watch.may_end = False
            self.watch.over.add(self.watch.run)
        return outcome

    def run_several(self, hosts: int, options: dict[str, Any]) -> list[Outcome | None]:
        """Run the list on several hosts at once."""
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

    # What holds

    def is_told_well(self, outcome: Outcome, alone: bool) -> None:
        """A failure has a code, which is not that two answer to one name; and nothing is deleted
        after a write that failed."""
        assert outcome.result["failure"]["code"] not in (None, "ambiguous"), outcome.message
        assert outcome.result["api"]["requests"] or not outcome.requests
        failed = {step["action"] for step in outcome.result.get("steps_failed", [])}
        if alone and failed & {"create", "update"}:
            assert "DELETE" not in [method for method, _path, _status in outcome.writes]

    def nothing_is_sent_any_more(self) -> None:
        """Every thread of a run ends soon after it, and none sends anything."""
        deadline = time.monotonic() + 10
        while any(each.name == NAME and each.ident for each in threading.enumerate()):
            assert time.monotonic() < deadline, "a thread does not end"
            time.sleep(0.002)
        assert self.watch.late == []

    def nobody_is_doubled_or_lost(self) -> None:
        """One process for each name, and all that nobody wanted to delete are still there."""
        live = self.stage.live()
        counts = Counter(self.kit.named(process) for process in live)
        assert {name: count for name, count in counts.items() if count > 1} == {}
        staying = {
            self.ids[number] for number in self.ids if number in self.numbers or not self.prune
        }
        lost = staying - {process["id"] for process in live}
        assert not lost or self.vanishing, lost

    def is_as_wanted(self) -> None:
        """All that is listed is there as it is listed; what is not listed is there or gone."""
        self.nobody_is_doubled_or_lost()
        live = {self.kit.named(process): process for process in self.stage.live()}
        for number, entry in zip(self.numbers, self.listed):
            assert live[self.kit.name(number)][self.kit.value] == entry[self.kit.value]
        others = live.keys() - set(self.stage.wanted(self.numbers))
        assert not (self.prune and others), others


def told(seed: int, emulator: Any, kit: Kit, watch: Watch) -> int:
    """How many runs a story had; when it fails, the failure names its seed and what happened."""
    story = Story(seed, emulator, kit, watch)
    try:
        story.tell()
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
    assert told(seed, emulator, kit, watch) >= 3


@pytest.mark.slow
@pytest.mark.parametrize("kit", KITS.values(), ids=list(KITS))
def test_a_thousand_lists_with_random_faults_end_correctly(
    emulator: Any, kit: Kit, watch: Watch
) -> None:
    """Other ones each time."""
    seed = first = int(os.environ.get("EVENKEEL_SOAK_SEED") or random.randrange(10**6))
    runs = 0
    while runs < RUNS:
        runs += told(seed, emulator, kit, watch)
        seed += 1
    print(f"{runs} runs, seeds {first} to {seed - 1}")
