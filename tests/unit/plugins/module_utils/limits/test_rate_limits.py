# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many parallel tasks with the services' rate limits, on a virtual clock."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.evenkeel.paas.tests.emulator import Emulator
from ansible_collections.evenkeel.paas.tests.emulator.world import SEVALLA_SHOP_ID
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.limits.virtual_time import (
    VirtualTime,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.running import (
    Outcome,
    Runner,
)

PROCESS = "sevalla_process"
FORKS = 50


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> VirtualTime:
    """Return a virtual clock for the clients and the emulator."""
    time = VirtualTime()
    time.replace_time_of_clients(monkeypatch)
    monkeypatch.setattr("time.time", time.now)
    return time


@pytest.fixture
def limited(clock: VirtualTime) -> Iterator[Emulator]:
    """Yield an emulator that enforces the rate limits."""
    with Emulator(clock=clock.now) as emulator:
        yield emulator


def all_at_once(
    clock: VirtualTime, emulator: Emulator, tasks: list[dict[str, Any]]
) -> list[Outcome]:
    """Run tasks of sevalla_process in parallel, like the forks of a play."""
    run = Runner(emulator)
    outcomes: list[Outcome] = []
    clock.run([lambda task=task: outcomes.append(run(PROCESS, **task)) for task in tasks])  # type: ignore[misc]
    return outcomes


def test_fifty_forks_against_ten_changes_a_minute(clock: VirtualTime, limited: Emulator) -> None:
    """All succeed with the default options, none starves, and nobody sends twice in a window: there
    are as few refusals as possible without coordination between the forks."""
    run = Runner(limited)
    ids = []
    for number in range(FORKS):
        made = run(
            PROCESS,
            application=SEVALLA_SHOP_ID,
            display_name=f"worker {number}",
            type="worker",
            resource_type="s1",
        )
        ids.append(made.result["process"]["id"])
    limited.world.switches.update({"sevalla_rate_limit": "on"})
    before, first = clock.now(), len(limited.requests)
    tasks = [{"application": SEVALLA_SHOP_ID, "id": each, "port": 9000} for each in ids]
    outcomes = all_at_once(clock, limited, tasks)
    assert [outcome.message for outcome in outcomes] == [None] * FORKS
    assert all(outcome.result["changed"] for outcome in outcomes)
    patches = [each for each in limited.requests[first:] if each["method"] == "PATCH"]
    assert [each["status"] for each in patches].count(200) == FORKS
    # Ten in a window: 40 are refused in the first, then 30, 20 and 10.
    assert [each["status"] for each in patches].count(429) <= 40 + 30 + 20 + 10
    assert max(outcome.result["api"]["retries"] for outcome in outcomes) <= 5
    assert max(outcome.result["api"]["waited_seconds"] for outcome in outcomes) <= 300
    assert clock.now() - before <= 300


def test_a_task_that_waited_long_warns_once(clock: VirtualTime, limited: Emulator) -> None:
    limited.world.switches.update({"sevalla_rate_limit": "on"})
    run = Runner(limited)
    web = {"application": SEVALLA_SHOP_ID, "type": "web"}
    outcomes: list[Outcome] = []

    def changes() -> None:
        outcomes.extend(run(PROCESS, **web, port=9000 + number) for number in range(11))

    clock.run([changes])
    assert all(outcome.message is None for outcome in outcomes)
    assert [len(outcome.warnings) for outcome in outcomes] == [0] * 10 + [1]
    (warning,) = outcomes[-1].warnings
    assert "waited" in warning
    assert ", with 1 retry." in warning


def test_a_missed_deadline_explains_the_rate_limit(clock: VirtualTime, limited: Emulator) -> None:
    """It names the limit, its reset and the time waited; the request is certainly not done."""
    limited.world.switches.update({"sevalla_rate_limit": "on"})
    run = Runner(limited)
    web = {"application": SEVALLA_SHOP_ID, "type": "web", "api_max_wait": 20}
    outcomes: list[Outcome] = []

    def changes() -> None:
        outcomes.extend(run(PROCESS, **web, port=9000 + number) for number in range(11))

    clock.run([changes])
    last = outcomes[-1]
    assert last.message is not None
    assert "HTTP 429" in last.message
    assert "The limit is 10 requests; it resets in" in last.message
    assert "0 of its 20 seconds (api_max_wait)" in last.message
    assert "Nothing was changed." in last.message
    assert last.result["failure"]["code"] == "rate_limited"
    assert last.result["api"]["waited_seconds"] <= 20


@pytest.mark.parametrize(("tier", "limit"), [("general_write", 30), ("service_creation", 20)])
def test_creations_above_either_possible_rate_limit(
    clock: VirtualTime, limited: Emulator, tier: str, limit: int
) -> None:
    """Thirty a minute are waited for; twenty an hour are not, and the task says so."""
    limited.world.switches.update({"sevalla_rate_limit": "on", "sevalla_post_rate_limit": tier})
    run = Runner(limited)
    new = {"application": SEVALLA_SHOP_ID, "type": "worker", "resource_type": "s1"}
    outcomes: list[Outcome] = []

    def creations() -> None:
        outcomes.extend(
            run(PROCESS, **new, display_name=f"worker {number}") for number in range(limit + 1)
        )

    clock.run([creations])
    assert all(outcome.message is None for outcome in outcomes[:-1])
    last = outcomes[-1]
    if tier == "general_write":
        assert last.message is None
        assert last.result["api"]["retries"] == 1
        return
    assert last.message is not None
    assert "The limit is 20 requests; it resets in" in last.message
    assert "Nothing was changed." in last.message
    assert last.result["failure"]["code"] == "rate_limited"
    assert last.result["api"]["waited_seconds"] == 0


@pytest.mark.parametrize("retry_after", ["off", "on"])
def test_the_rate_limit_of_sevalla_is_waited_for_with_and_without_retry_after(
    clock: VirtualTime, limited: Emulator, retry_after: str
) -> None:
    """Its own header has the seconds in both cases."""
    limited.world.switches.update({"sevalla_rate_limit": "on", "sevalla_retry_after": retry_after})
    run = Runner(limited)
    web = {"application": SEVALLA_SHOP_ID, "type": "web"}
    outcomes: list[Outcome] = []

    def changes() -> None:
        outcomes.extend(run(PROCESS, **web, port=9000 + number) for number in range(11))

    clock.run([changes])
    assert [outcome.message for outcome in outcomes] == [None] * 11
    assert [outcome.result["api"]["retries"] for outcome in outcomes] == [0] * 10 + [1]
