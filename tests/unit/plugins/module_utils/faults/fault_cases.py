# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a test runs a module with a fault, and what must hold for every fault.

The oracle is the emulator's data and its log of requests, not the result of the module.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ansible_collections.evenkeel.paas.tests.emulator import Fault
from ansible_collections.evenkeel.paas.tests.emulator.world import (
    LARAVEL_CLOUD_PRODUCTION_WORKERS_ID,
    SEVALLA_SHOP_ID,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.running import (
    STAYING,
    Outcome,
    Runner,
    let_stay,
    settled,
)

MAX_WAIT = 300

NOTHING = "Nothing was changed."
UNKNOWN = "was stored. Run the task again to find out."


class Case(NamedTuple):
    """A module, the process of a test, and the paths of its requests.

    ``wanted`` creates the process, ``changed`` updates it; ``stored`` and ``changed_to`` are the
    expected data of the emulator.
    """

    module: str
    wanted: dict[str, Any]
    changed: dict[str, Any]
    stored: dict[str, Any]
    changed_to: dict[str, Any]
    collection: str
    item: str


QUEUE: dict[str, Any] = {
    "application": SEVALLA_SHOP_ID,
    "display_name": "queue",
    "type": "worker",
    "entrypoint": "node w.js",
    "resource_type": "s1",
    "scaling_strategy": {"type": "manual", "instance_count": 2},
}
SEVALLA = Case(
    "sevalla_process",
    QUEUE,
    {**QUEUE, "entrypoint": "node x.js", "scaling_strategy": {"instance_count": 3}},
    {
        "display_name": "queue",
        "type": "worker",
        "entrypoint": "node w.js",
        "scaling_strategy": {"type": "manual", "config": {"instanceCount": 2}},
    },
    {
        "display_name": "queue",
        "type": "worker",
        "entrypoint": "node x.js",
        "scaling_strategy": {"type": "manual", "config": {"instanceCount": 3}},
    },
    "/applications/*/processes",
    "/applications/*/processes/*",
)
EMAILS: dict[str, Any] = {
    "instance": LARAVEL_CLOUD_PRODUCTION_WORKERS_ID,
    "type": "worker",
    "processes": 2,
    "config": {"connection": "redis", "queue": ["emails"], "tries": 3},
}
LARAVEL_CLOUD = Case(
    "laravel_cloud_background_process",
    EMAILS,
    {
        **EMAILS,
        "processes": 4,
        "config": {"connection": "redis", "queue": ["emails"], "tries": 5},
    },
    {"type": "worker", "processes": 2, "connection": "redis", "queue": "emails", "tries": 3},
    {"type": "worker", "processes": 4, "connection": "redis", "queue": "emails", "tries": 5},
    "/instances/*/background-processes",
    "/background-processes/*",
)
CASES = {"sevalla": SEVALLA, "laravel_cloud": LARAVEL_CLOUD}


def objects(emulator: Any, case: Case) -> list[dict[str, Any]]:
    """Return the stored processes that are not deleted, without those that always exist."""
    if case.module == "sevalla_process":
        shop = next(
            application
            for application in emulator.world.snapshot()["sevalla"]["applications"]
            if application["id"] == SEVALLA_SHOP_ID
        )
        return [
            process
            for process in shop["processes"]
            if process["type"] != "web" and process["id"] not in shop["deleted"]
        ]
    return [
        {**process, **(process["config"] or {})}
        for application in emulator.world.snapshot()["laravel_cloud"]["applications"]
        for environment in application["environments"]
        for instance in environment["instances"]
        if instance["id"] == LARAVEL_CLOUD_PRODUCTION_WORKERS_ID
        for process in instance["background_processes"]
        if process["command"] != STAYING[case.module]["command"]
    ]


def seen(emulator: Any, case: Case, like: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the stored processes, with only the fields in ``like``."""
    return [{key: process[key] for key in like} for process in objects(emulator, case)]


class FaultRunner:
    """Runs tasks of one case with faults, and stores the seconds that they waited."""

    def __init__(self, emulator: Any, case: Case, slept: list[float], lists: bool) -> None:
        self.emulator = emulator
        self.case = case
        self.slept = slept
        self._runner = Runner(emulator, lists)
        if lists:
            let_stay(emulator, LARAVEL_CLOUD_PRODUCTION_WORKERS_ID)

    def __call__(self, *faults: Fault, **options: Any) -> Outcome:
        """Run a task with faults, then remove the faults; check what must hold for all faults."""
        outcome = self.run(*faults, **options)
        if outcome.message is not None:
            check_failure(outcome)
        return outcome

    def run(self, *faults: Fault, **options: Any) -> Outcome:
        """Run a task with faults; the test checks the message itself."""
        self.slept.clear()
        self.emulator.faults.add(*faults)
        try:
            outcome = self._runner(self.case.module, **options)
        finally:
            self.emulator.faults.clear()
        assert sum(self.slept) <= options.get("api_max_wait", MAX_WAIT)
        return outcome

    def seed(self) -> None:
        """Create the process of the case."""
        assert self(**self.case.wanted).message is None
        assert seen(self.emulator, self.case, self.case.stored) == [self.case.stored]

    def recovers(self, options: dict[str, Any], *stored: dict[str, Any]) -> None:
        """Run the task again without a fault: check the wanted state, and that nothing changes
        afterwards."""
        again = self(**options)
        assert again.message is None, again.message
        like = stored[0] if stored else {}
        assert seen(self.emulator, self.case, like) == list(stored)
        assert settled(self(**options))

    def processes(self) -> list[dict[str, Any]]:
        """Return the existing processes with all fields."""
        return objects(self.emulator, self.case)

    def now(self, like: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the stored processes, with only the fields in ``like``."""
        return seen(self.emulator, self.case, like)


def check_failure(outcome: Outcome) -> None:
    """Check that a failed task reports its attempts and the outcome."""
    message = outcome.message or ""
    failure = outcome.result["failure"]
    assert failure["code"], message
    if failure["status"]:
        assert f"HTTP {failure['status']}" in message
    sayings = [saying for saying in (NOTHING, UNKNOWN, "Already done: ") if saying in message]
    assert sayings, f"does not say what was changed: {message}"
    assert outcome.result["changed"] is ("Already done: " in message)
    assert not (NOTHING in message and len(sayings) > 1), message


def methods(outcome: Outcome) -> list[str]:
    """Return the writes of a run, without their statuses."""
    return [method for method, _path, _status in outcome.writes]
