# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A fleet of 200 applications with the services' rate limits, on a virtual clock.

A worker of these tests is a fork of Ansible: it runs one task after the other, each with its own
client. The other time of a task, besides its requests, is slept, too.
"""

from __future__ import annotations

import collections
import math
import random
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from ansible_collections.evenkeel.paas.tests.emulator import Emulator
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.limits.virtual_time import (
    VirtualTime,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.running import (
    Outcome,
    Runner,
)

APPLICATIONS = 200
FORKS = 20
WINDOW = 60
READS, CREATIONS = 400, 30
"""For a company, in a window, as Sevalla documents them and if creations count as other writes."""
REQUESTS = 120
"""For a token, in a window, as recorded from Laravel Cloud."""


class Run(NamedTuple):
    """The result of a fleet's run. ``statuses`` are those of its requests, in order."""

    outcomes: list[Outcome]
    statuses: list[int]
    paths: list[str]
    seconds: float

    @property
    def refused(self) -> float:
        """The share of the requests that were rate limited."""
        return self.statuses.count(429) / len(self.statuses)


class Fleet:
    """Applications of an emulator that enforces the rate limits, and forks for them."""

    def __init__(self, clock: VirtualTime, emulator: Emulator) -> None:
        self.clock = clock
        self.emulator = emulator
        self.run_module = Runner(emulator)
        world = emulator.world
        self.applications = [
            world.sevalla.add_application(f"Fleet {number}").fields
            for number in range(APPLICATIONS)
        ]

    def run(
        self, module: str, tasks: list[dict[str, Any]], task_seconds: float, forks: int = FORKS
    ) -> Run:
        """Run all tasks, as many in parallel as there are forks."""
        switches = {"sevalla_rate_limit": "on", "laravel_cloud_rate_limit": "on"}
        self.emulator.world.switches.update(switches)
        waiting = collections.deque(tasks)
        outcomes: list[Outcome] = []
        first, start = len(self.emulator.requests), self.clock.now()

        def fork() -> None:
            while waiting:
                try:
                    task = waiting.popleft()
                except IndexError:
                    return
                self.clock.sleep(task_seconds * random.uniform(0.5, 1.5))
                outcomes.append(self.run_module(module, **task))

        self.clock.run([fork] * forks)
        requests = self.emulator.requests[first:]
        return Run(
            outcomes,
            [each["status"] for each in requests],
            [each["path"] for each in requests],
            self.clock.now() - start,
        )


@pytest.fixture
def fleet(monkeypatch: pytest.MonkeyPatch) -> Iterator[Fleet]:
    """Yield the fleet, on a virtual clock."""
    clock = VirtualTime()
    clock.replace_time_of_clients(monkeypatch)
    monkeypatch.setattr("time.time", clock.now)
    with Emulator(clock=clock.now) as emulator:
        yield Fleet(clock, emulator)


def test_a_fleet_without_changes_sends_one_request_for_each_application(fleet: Fleet) -> None:
    """With the ids of the inventory; all within one window, and none refused."""
    web = [{"type": "web", "port": 8080}]
    tasks = [{"application": each["id"], "processes": web} for each in fleet.applications]
    run = fleet.run("sevalla_processes", tasks, 0.3)
    assert [outcome.message for outcome in run.outcomes] == [None] * APPLICATIONS
    assert run.statuses == [200] * APPLICATIONS
    assert sorted(run.paths) == sorted(
        f"/applications/{each['id']}/processes?limit=100&offset=0" for each in fleet.applications
    )
    assert run.seconds < WINDOW


@pytest.mark.slow
def test_a_change_to_each_application_sends_two_requests_for_each(fleet: Fleet) -> None:
    """Changes are limited for each application, so a fleet does not wait for them."""
    web = [{"type": "web", "port": 9000}]
    tasks = [{"application": each["id"], "processes": web} for each in fleet.applications]
    run = fleet.run("sevalla_processes", tasks, 0.3)
    assert [outcome.message for outcome in run.outcomes] == [None] * APPLICATIONS
    assert run.statuses == [200] * 2 * APPLICATIONS
    assert run.seconds < WINDOW


def test_names_instead_of_ids_cost_list_requests(fleet: Fleet) -> None:
    """This is what the inventory saves: each task reads the list of applications."""
    web = [{"type": "web", "port": 8080}]
    tasks = [{"application": each["name"], "processes": web} for each in fleet.applications]
    run = fleet.run("sevalla_processes", tasks, 0.3)
    assert [outcome.message for outcome in run.outcomes] == [None] * APPLICATIONS
    windows = math.ceil(run.statuses.count(200) / READS)
    assert windows > 1
    assert run.refused < 0.05
    assert run.seconds < (windows - 1) * WINDOW * 1.2


@pytest.mark.slow
def test_a_first_run_with_the_api_max_wait_of_the_example(fleet: Fleet) -> None:
    """Every task succeeds, because it may wait for all the others; nearly as fast as the limit
    allows."""
    worker = [{"display_name": "queue", "type": "worker", "resource_type": "s1"}]
    patience = {"api_max_wait": 1800, "api_retries": 30}
    tasks = [
        {"application": each["id"], "processes": worker, **patience} for each in fleet.applications
    ]
    run = fleet.run("sevalla_processes", tasks, 0.3)
    assert [outcome.message for outcome in run.outcomes] == [None] * APPLICATIONS
    # The read, the size by name, the creation, and the read that checks for duplicates.
    assert run.statuses.count(200) == 4 * APPLICATIONS
    # Forks are not coordinated: each is refused once in a window, and rarely twice.
    closings = math.ceil(APPLICATIONS / CREATIONS) - 1
    assert run.statuses.count(429) <= FORKS * closings * 1.1
    assert run.refused < 0.2
    assert run.seconds < closings * WINDOW * 1.1


@pytest.mark.slow
def test_fewer_forks_are_rate_limited_less_often(fleet: Fleet) -> None:
    """The advice of the guide for a first run: five in parallel are as fast, because the limit
    decides."""
    worker = [{"display_name": "queue", "type": "worker", "resource_type": "s1"}]
    tasks = [{"application": each["id"], "processes": worker} for each in fleet.applications]
    run = fleet.run("sevalla_processes", tasks, 0.3, forks=5)
    assert [outcome.message for outcome in run.outcomes] == [None] * APPLICATIONS
    closings = math.ceil(APPLICATIONS / CREATIONS) - 1
    assert run.refused < 0.06
    assert run.seconds < closings * WINDOW * 1.1


@pytest.mark.slow
def test_a_service_with_one_rate_limit_for_all_requests(fleet: Fleet) -> None:
    """Laravel Cloud: 120 requests a minute of every kind, and a deadline in each refusal."""
    cloud = fleet.emulator.world.laravel_cloud
    environment = next(iter(cloud.environments.values()))
    instances = [
        cloud.add_instance(environment, f"Workers {number}") for number in range(APPLICATIONS)
    ]
    custom = [{"type": "custom", "command": "php artisan horizon"}]
    tasks = [{"instance": each.id, "processes": custom} for each in instances]
    run = fleet.run("laravel_cloud_background_processes", tasks, 0.3)
    assert [outcome.message for outcome in run.outcomes] == [None] * APPLICATIONS
    assert run.statuses.count(200) == 2 * APPLICATIONS  # reads, before and after
    assert run.statuses.count(201) == APPLICATIONS  # created
    closings = math.ceil(3 * APPLICATIONS / REQUESTS) - 1
    assert run.statuses.count(429) <= FORKS * closings * 1.1
    assert run.refused < 0.15
    assert run.seconds < closings * WINDOW * 1.2
