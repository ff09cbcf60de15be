# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The helpers of the deployment scenarios: a fake clock, and the two services."""

from __future__ import annotations

from typing import Any, Callable

from ansible_collections.evenkeel.paas.tests.emulator import Emulator, Fault
from ansible_collections.evenkeel.paas.tests.emulator.world import (
    LARAVEL_CLOUD_PRODUCTION_ID,
    LARAVEL_CLOUD_PRODUCTION_WORKERS_ID,
    SEVALLA_SHOP_ID,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.running import (
    Outcome,
    Runner,
)


class Time:
    """A clock that only moves when something sleeps. ``meanwhile`` is called in the first sleep."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0
        self.slept: list[float] = []
        self.meanwhile: Callable[[], object] | None = None

    def sleep(self, seconds: float) -> None:
        """Move the clock."""
        assert seconds >= 0
        assert len(self.slept) < 1000, "it does not end"
        self.slept.append(seconds)
        self.now += seconds
        if self.meanwhile:
            self.meanwhile()
            self.meanwhile = None

    def clock(self) -> float:
        """Return the time."""
        return self.now


TIME = Time()


class Service:
    """A service with an environment or application to deploy."""

    def __init__(self, name: str, emulator: Emulator) -> None:
        self.name = name
        self.emulator = emulator
        self.is_sevalla = name == "sevalla"
        self.module = f"{name}_deployment"
        self.target = SEVALLA_SHOP_ID if self.is_sevalla else LARAVEL_CLOUD_PRODUCTION_ID
        self.scope = {"application" if self.is_sevalla else "environment": self.target}
        parent = "applications" if self.is_sevalla else "environments"
        self.path = f"/{parent}/{self.target}/deployments"
        self.item = f"{self.path}/*" if self.is_sevalla else "/deployments/*"
        self.walk = (
            ["waiting", "inProgress", "success"]
            if self.is_sevalla
            else ["pending", "build.running", "deployment.running", "deployment.succeeded"]
        )
        self.interval = 10 if self.is_sevalla else 5
        self.run = Runner(emulator)

    def __call__(self, **options: Any) -> Outcome:
        return self.run(self.module, **{**self.scope, **options})

    def switch(self, **values: Any) -> None:
        """Restore the initial data with switches of this service."""
        self.emulator.reset({f"{self.name}_{name}": value for name, value in values.items()})

    def fault(self, kind: str, method: str, path: str | None = None, **more: Any) -> None:
        """Add a fault for the list or for another path."""
        self.emulator.faults.add(Fault(kind, method=method, path=path or self.path, **more))

    def past(self, status: str = "success", ago: float = 3600, **values: Any) -> dict[str, Any]:
        """Add a past deployment, which started so many seconds ago."""
        return self.emulator.world.past_deployment(self.target, status, ago, values=values)

    def stored(self) -> list[dict[str, Any]]:
        """Return all deployments of the target, oldest first."""
        world = self.emulator.world.snapshot()[self.name]
        targets = world["applications"]
        if not self.is_sevalla:
            targets = [each for app in targets for each in app["environments"]]
        return next(each["deployments"] for each in targets if each["id"] == self.target)


def pending(service: Service, **options: Any) -> Outcome:
    """Run the module with ``trigger: pending``."""
    return service(trigger="pending", **options)


def change(service: Service, name: str = "queue") -> dict[str, Any]:
    """Create a process, and return it as the service shows it."""
    if service.is_sevalla:
        made = service.run(
            "sevalla_process",
            **service.scope,
            display_name=name,
            type="worker",
            entrypoint="run",
            resource_type="s1",
        )
    else:
        made = service.run(
            "laravel_cloud_background_process",
            instance=LARAVEL_CLOUD_PRODUCTION_WORKERS_ID,
            type="custom",
            command=f"php artisan {name}",
        )
    assert made.message is None, made.message
    assert made.result["changed"] is True
    process: dict[str, Any] = made.result["process"]
    return process


def posts(outcome: Outcome) -> int:
    """Return the number of POSTs."""
    return sum(request["method"] == "POST" for request in outcome.requests)


def ended_well(service: Service, outcome: Outcome) -> dict[str, Any]:
    """Return the deployment of a task that succeeded: check that it is the newest one, and
    successful."""
    assert outcome.message is None, outcome.message
    assert outcome.result["changed"] is True
    deployment: dict[str, Any] = outcome.result["deployment"]
    assert deployment["status"] == service.walk[-1]
    assert outcome.result["statuses"][-1]["status"] == service.walk[-1]
    return deployment
