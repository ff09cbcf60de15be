# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The service-specific parts of a list test: entries by number, and the emulator's data."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import Any, Callable, NamedTuple

from flask import Response, request

from ansible_collections.evenkeel.paas.tests.emulator import world
from ansible_collections.evenkeel.paas.tests.emulator.server import Hooks
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.running import (
    Outcome,
    Runner,
    adds_up,
)

Entry = dict[str, Any]


class Kit(NamedTuple):
    """The module for lists of one service.

    ``entry(n)`` is the entry of process number n, ``changed(n)`` the same with another value,
    ``body(n)`` the body that creates it. ``named(process)`` is the identity of an existing process,
    ``words(n)`` its name in messages, ``value`` the option that changes.
    """

    module: str
    info: str
    scope: dict[str, Any]
    collection: str
    item: str
    entry: Callable[[int], Entry]
    changed: Callable[[int], Entry]
    body: Callable[[int], dict[str, Any]]
    named: Callable[[dict[str, Any]], str]
    name: Callable[[int], str]
    words: Callable[[int], str]
    value: str


def _queue(number: int) -> Entry:
    return {
        "display_name": f"worker {number}",
        "type": "worker",
        "entrypoint": f"node {number}.js",
        "resource_type": "s1",
    }


SEVALLA = Kit(
    module="sevalla_processes",
    info="sevalla_process_info",
    scope={"application": world.SEVALLA_SHOP_ID},
    collection="/applications/*/processes",
    item="/applications/*/processes/*",
    entry=_queue,
    changed=lambda number: {**_queue(number), "entrypoint": f"node {number}.js --new"},
    body=lambda number: {
        "display_name": f"worker {number}",
        "type": "worker",
        "entrypoint": f"node {number}.js",
        "resource_type_id": world.SEVALLA_SIZE_IDS["s1"],
        "scaling_strategy": {"type": "manual", "config": {"instanceCount": 1}},
    },
    named=lambda process: str(process["display_name"]),
    name=lambda number: f"worker {number}",
    words=lambda number: f"process with display_name 'worker {number}'",
    value="entrypoint",
)
LARAVEL_CLOUD = Kit(
    module="laravel_cloud_background_processes",
    info="laravel_cloud_background_process_info",
    scope={"instance": world.LARAVEL_CLOUD_PRODUCTION_WORKERS_ID},
    collection="/instances/*/background-processes",
    item="/background-processes/*",
    entry=lambda number: {"type": "custom", "command": f"php artisan work {number}"},
    changed=lambda number: {
        "type": "custom",
        "command": f"php artisan work {number}",
        "processes": 7,
    },
    body=lambda number: {
        "type": "custom",
        "command": f"php artisan work {number}",
        "processes": 1,
    },
    named=lambda process: str(process["command"]),
    name=lambda number: f"php artisan work {number}",
    words=lambda number: f"custom process with command 'php artisan work {number}'",
    value="processes",
)
KITS = {"sevalla": SEVALLA, "laravel_cloud": LARAVEL_CLOUD}


class Stage:
    """An emulator with processes by number, and the module for lists."""

    def __init__(self, emulator: Any, kit: Kit, slept: list[float]) -> None:
        self.emulator = emulator
        self.kit = kit
        self.slept = slept
        self._run = Runner(emulator)

    def seed(self, *numbers: int) -> list[str]:
        """Create processes and return their ids."""
        with self.emulator.world.lock:
            if self.kit is SEVALLA:
                sevalla = self.emulator.world.sevalla
                shop = sevalla.applications[world.SEVALLA_SHOP_ID]
                return [sevalla.create(shop, self.kit.body(number))["id"] for number in numbers]
            cloud = self.emulator.world.laravel_cloud
            instance = cloud.instances[world.LARAVEL_CLOUD_PRODUCTION_WORKERS_ID]
            return [cloud.create(instance, self.kit.body(number)).id for number in numbers]

    def live(self) -> list[dict[str, Any]]:
        """Return the stored processes that are not deleted, without Sevalla's web process."""
        with self.emulator.world.lock:
            if self.kit is SEVALLA:
                shop = self.emulator.world.sevalla.applications[world.SEVALLA_SHOP_ID]
                return [
                    dict(process)
                    for process in shop.processes.values()
                    if process["type"] != "web" and process["id"] not in shop.deleted
                ]
            return [
                {"id": process.id, **process.attributes}
                for process in self.emulator.world.laravel_cloud.processes.values()
                if process.parent == world.LARAVEL_CLOUD_PRODUCTION_WORKERS_ID
            ]

    def names(self) -> list[str]:
        """Return the identities of the stored processes, in the order of their creation."""
        return [self.kit.named(process) for process in self.live()]

    def wanted(self, numbers: Iterable[int]) -> list[str]:
        """Return the identities of the processes with these numbers."""
        return [self.kit.name(number) for number in numbers]

    def __call__(self, processes: list[Entry], **options: Any) -> Outcome:
        """Run the module on a list; check that a failure accounts for its whole plan."""
        outcome = self._run(
            self.kit.module, **{**self.kit.scope, "processes": processes}, **options
        )
        if outcome.message is not None:
            adds_up(outcome)
        else:
            assert len(outcome.result["processes"]) == len(processes)
            assert outcome.result["changed"] == bool(outcome.result["plan"])
        return outcome

    def info(self, **options: Any) -> Outcome:
        """Run the info module."""
        return self._run(self.kit.info, **self.kit.scope, **options)


def methods(outcome: Outcome) -> list[str]:
    """Return the writes of a run, in the order in which they arrived."""
    return [method for method, _path, _status in outcome.writes]


def planned(outcome: Outcome) -> list[str]:
    """Return the actions of the writes in a plan, in order."""
    return [step["action"] for step in outcome.result["plan"]]


class Together(Hooks):
    """Counts the writes that are in flight at the same time.

    Each is delayed for at most a second, the first ones until ``wanted`` are in flight: so ``most``
    is what the module allows, and does not depend on timing.
    """

    def __init__(self, wanted: int) -> None:
        self.most = 0
        self._wanted = wanted
        self._now = 0
        self._changed = threading.Condition()

    def before(self) -> Response | None:
        if request.method == "GET":
            return None
        with self._changed:
            self._now += 1
            self.most = max(self.most, self._now)
            self._changed.notify_all()
            self._changed.wait_for(lambda: self.most >= self._wanted, timeout=1)
        time.sleep(0.01)
        return None

    def after(self, response: Response) -> Response:
        if request.method != "GET":
            with self._changed:
                self._now -= 1
        return response


class Backwards(Hooks):
    """Waits for ``count`` writes, and responds to the last one first."""

    def __init__(self, count: int) -> None:
        self.answered: list[str] = []
        self._left = count
        self._order: list[int] = []
        self._came = 0
        self._changed = threading.Condition()

    def after(self, response: Response) -> Response:
        if request.method == "GET":
            return response
        with self._changed:
            self._came += 1
            mine = self._came
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._came >= self._left, timeout=2)
            self._changed.wait_for(lambda: len(self.answered) >= self._left - mine, timeout=2)
            self.answered.append(f"{request.method} {request.path}")
            self._changed.notify_all()
        return response


class Refusing(Hooks):
    """Responds with a status to the writes that ``which(method, path, body)`` selects."""

    def __init__(self, which: Callable[[str, str, Any], bool], status: int = 422) -> None:
        self._which = which
        self._status = status

    def before(self) -> Response | None:
        if request.method == "GET":
            return None
        body = request.get_json(silent=True) or {}
        if not self._which(request.method, request.path, body):
            return None
        return Response('{"message": "No"}', self._status, content_type="application/json")
