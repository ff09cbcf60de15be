# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state of both services, and the initial data."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any, Callable

from .ids import Ids, Timestamps
from .laravel_cloud_state import RUNNING, LaravelCloud, Resource, children
from .limits import Limiter
from .outcomes import Outcomes
from .sevalla_state import Sevalla
from .switches import Switches

SEED_AGE = 86400
"""The age of the initial data, in seconds."""

# The status of a past deployment, as Sevalla and Laravel Cloud call it.
_PAST = {
    "success": ("success", "deployment.succeeded"),
    "failed": ("failed", "deployment.failed"),
    "cancelled": ("cancelled", "cancelled"),
    "running": ("inProgress", "build.running"),
}

# Sevalla: five applications, each with its web process.
SEVALLA_COMPANY_ID = "3c8c7a54-6a34-4b8c-9d3b-2a6f0f7f9e10"
SEVALLA_SHOP_ID = "9a1d2f5e-0b6c-4c0e-9f43-1f2e3d4c5b6a"
SEVALLA_SHOP_WEB_ID = "5f0c6c1a-7d5e-4f0b-8a37-3b6a5a0f2c11"
SEVALLA_BLOG_ID = "2b7e1c90-4f3d-4a86-8c5e-6d9f0a1b2c3d"
SEVALLA_BLOG_WEB_ID = "7c4d9e21-3a5b-4f6c-9d8e-0f1a2b3c4d5e"
SEVALLA_TWIN_1_ID = "4e8f2a6b-1c3d-4e5f-a6b7-c8d9e0f1a2b3"
SEVALLA_TWIN_1_WEB_ID = "6a0b1c2d-3e4f-4a5b-8c6d-7e8f9a0b1c2d"
SEVALLA_TWIN_2_ID = "8d5e6f70-8192-4a3b-9c4d-5e6f70819203"
SEVALLA_TWIN_2_WEB_ID = "1f2e3d4c-5b6a-4798-a8b9-c0d1e2f3a4b5"
SEVALLA_DRAFT_ID = "b3c4d5e6-f708-4192-a3b4-c5d6e7f80910"
SEVALLA_DRAFT_WEB_ID = "c1d2e3f4-0516-4273-8495-a6b7c8d9eaf0"
SEVALLA_SIZE_IDS = {
    "h1": "d0a3b6c9-1e4f-4b27-8a5d-3c6f9e0b1a20",
    "s1": "0b6f3b0e-5a1e-4c58-9a55-6f0b1f0c9d11",
    "s2": "e1b4c7d0-2f50-4c38-9b6e-4d70af1c2b31",
    "c1": "f2c5d8e1-3061-4d49-ac7f-5e81b02d3c42",
    "c3": "a3d6e9f2-4172-4e5a-bd80-6f92c13e4d53",
    "m3": "b4e7fa03-5283-4f6b-8e91-70a3d24f5e64",
}
# Millicores, megabytes. The documentation's pages contradict each other about s1, and h1's are not
# public.
_SIZES = {
    "h1": (300, 300, "hobby"),
    "s1": (500, 1024, "standard"),
    "s2": (1000, 2048, "standard"),
    "c1": (1000, 1024, "cpuOptimized"),
    "c3": (4000, 4096, "cpuOptimized"),
    "m3": (2000, 8192, "memoryOptimized"),
}

# Laravel Cloud: two applications, three environments.
LARAVEL_CLOUD_ORGANIZATION_ID = "org-a14fe4aa-01c2-4d35-8e46-9f57a068b179"
LARAVEL_CLOUD_USER_ID = "user-00000000-0000-4000-8000-000000000000"
LARAVEL_CLOUD_UPDATED_APP_ID = "app-a14fe54f-42b2-431c-9b3a-876900975139"
LARAVEL_CLOUD_MAIN_ID = "env-a15fd671-0b6a-401a-84bf-14105ce69023"
LARAVEL_CLOUD_MAIN_APP_ID = "inst-a15fd671-14f8-489f-b552-886c7ffa09dd"
LARAVEL_CLOUD_SHOP_ID = "app-a1701a2b-3c4d-4e5f-8a6b-7c8d9e0f1a2b"
LARAVEL_CLOUD_PRODUCTION_ID = "env-a1701a2c-4d5e-4f60-9b7c-8d9e0f1a2b3c"
LARAVEL_CLOUD_PRODUCTION_APP_ID = "inst-a1701a2d-5e6f-4071-ac8d-9e0f1a2b3c4d"
LARAVEL_CLOUD_PRODUCTION_WORKERS_ID = "inst-a1701a2e-6f70-4182-bd9e-0f1a2b3c4d5e"
LARAVEL_CLOUD_STAGING_ID = "env-a1701a2f-7081-4293-8eaf-1a2b3c4d5e6f"
LARAVEL_CLOUD_STAGING_APP_ID = "inst-a1701a30-8192-43a4-9fb0-2b3c4d5e6f70"
LARAVEL_CLOUD_STAGING_WORKERS_ID = "inst-a1701a31-92a3-44b5-a0c1-3c4d5e6f7081"

# Values of the user's environment variables. They must never be in a module's output.
SECRET_CANARIES = {
    "APP_KEY": "base64:canary-app-key-7f3a",
    "DB_PASSWORD": "canary-db-password-91c4",
}


class World:
    """All data that requests read and change. Hold ``lock`` while using it."""

    switches: Switches
    sevalla: Sevalla
    laravel_cloud: LaravelCloud
    limiter: Limiter
    outcomes: Outcomes

    def __init__(
        self,
        switches: Mapping[str, Any] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.lock = threading.RLock()
        self._machine_clock = clock
        self._moved = 0.0
        self.ids = Ids()
        self.reset(switches)

    def clock(self) -> float:
        """Return the services' time, in seconds since 1970."""
        return self._machine_clock() + self._moved

    def move_clock(self, seconds: float) -> None:
        """Move the clock of both services by so many seconds; backwards below 0."""
        with self.lock:
            self._moved += seconds

    def reset(self, switches: Mapping[str, Any] | None = None) -> None:
        """Restore the initial data, with these switches and all others at their default."""
        new = Switches(switches)
        with self.lock:
            self.switches = new
            self.ids = Ids()
            self.limiter = Limiter(self.clock)
            timestamps = Timestamps(self.clock)
            sizes = [
                {
                    "id": SEVALLA_SIZE_IDS[name],
                    "name": name,
                    "cpu_limit": cpu,
                    "memory_limit": memory,
                    "category": category,
                }
                for name, (cpu, memory, category) in _SIZES.items()
            ]
            self.sevalla = Sevalla(new, self.ids, timestamps, sizes, SEVALLA_COMPANY_ID, self.clock)
            organization = Resource(
                "organizations",
                LARAVEL_CLOUD_ORGANIZATION_ID,
                "",
                {"name": "Acme", "slug": "acme"},
            )
            self.outcomes = Outcomes()
            self.sevalla.outcomes = self.outcomes
            self.laravel_cloud = LaravelCloud(
                new, self.ids, timestamps, organization, self.clock, self.outcomes
            )
            # The initial data is a day old.
            self._moved = -SEED_AGE
            self._seed_sevalla()
            self._seed_laravel_cloud()
            self._moved = 0.0
            self._seed_deployments()

    def pass_time(self) -> None:
        """Make the steps of deployments that are due, when they advance by the clock."""
        with self.lock:
            for application in self.sevalla.applications.values():
                self.sevalla.pass_time(application)
            cloud = self.laravel_cloud
            for resource in (*cloud.deployments.values(), *cloud.commands.values()):
                cloud.pass_time(resource)

    def deploy(self, target: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Start a deployment of an application or environment as someone else would, with some of
        its fields. Return it as in the snapshot. Raise a KeyError for an unknown id."""
        with self.lock:
            application = self.sevalla.applications.get(target)
            if application is not None:
                started = self.sevalla.deploy(application, {})
                started.update(values)
                return started
            deployment = self.laravel_cloud.deploy(self.laravel_cloud.environments[target])
            deployment.attributes.update(values)
            return {"id": deployment.id, **deployment.attributes}

    def past_deployment(
        self,
        target: str,
        status: str = "success",
        ago: float = 3600,
        seconds: float | None = 60,
        values: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Add a deployment that started ``ago`` seconds ago and took ``seconds``.

        ``status`` is ``success``, ``failed``, ``cancelled``, ``running``, or a status of the
        service; for a running one, ``seconds`` is ignored. It is the newest one in the list. Return
        it as in the snapshot. Raise a KeyError if the target does not exist.
        """
        with self.lock:
            application = self.sevalla.applications.get(target)
            word = _PAST.get(status, (status, status))[0 if application is not None else 1]
            runs = word in ("waiting", "inProgress", *RUNNING)
            ended = None if runs or seconds is None else ago - seconds
            if application is not None:
                return self.sevalla.remember(application, word, ago, ended, values or {})
            environment = self.laravel_cloud.environments[target]
            deployment = self.laravel_cloud.remember(environment, word, ago, ended, values or {})
            return {"id": deployment.id, **deployment.attributes}

    def delete_application(self, app_id: str) -> None:
        """Mark an application of Sevalla as being deleted: listed, with status deleting."""
        with self.lock:
            self.sevalla.applications[app_id].deleting = True

    def tick(self) -> None:
        """Advance every application's and environment's unfinished deployments by one step."""
        with self.lock:
            for application in self.sevalla.applications.values():
                self.sevalla.advance(application)
            cloud = self.laravel_cloud
            for resource in (*cloud.deployments.values(), *cloud.commands.values()):
                cloud.advance(resource)

    def finish_deployments(self) -> None:
        """Complete every deployment."""
        with self.lock:
            self.sevalla.finish()
            self.laravel_cloud.finish()

    def snapshot(self) -> dict[str, Any]:
        """Return all data as plain data."""
        with self.lock:
            cloud = self.laravel_cloud
            return {
                "sevalla": {
                    "applications": [
                        {
                            **application.fields,
                            "status": application.status,
                            "processes": [
                                self.sevalla.present(process)
                                for process in application.processes.values()
                            ],
                            "deleted": sorted(application.deleted),
                            "runs": list(application.runs),
                            "execs": list(application.execs),
                            "deployments": [
                                dict(deployment) for deployment in application.deployments.values()
                            ],
                        }
                        for application in self.sevalla.applications.values()
                    ]
                },
                "laravel_cloud": {
                    "applications": [
                        {
                            "id": application.id,
                            **application.attributes,
                            "environments": [
                                self._environment(environment)
                                for environment in children(cloud.environments, application)
                            ],
                        }
                        for application in cloud.applications.values()
                    ]
                },
            }

    def _environment(self, environment: Resource) -> dict[str, Any]:
        cloud = self.laravel_cloud
        return {
            "id": environment.id,
            **environment.attributes,
            "instances": [
                {
                    "id": instance.id,
                    **instance.attributes,
                    "background_processes": [
                        {"id": process.id, **process.attributes}
                        for process in children(cloud.processes, instance)
                    ],
                }
                for instance in children(cloud.instances, environment)
            ],
            "deployments": [
                {"id": deployment.id, **deployment.attributes}
                for deployment in children(cloud.deployments, environment)
            ],
            "commands": [
                {"id": command.id, **command.attributes}
                for command in children(cloud.commands, environment)
            ],
        }

    def _seed_deployments(self) -> None:
        applications = [SEVALLA_SHOP_ID, SEVALLA_BLOG_ID, SEVALLA_TWIN_1_ID, SEVALLA_TWIN_2_ID]
        environments = [LARAVEL_CLOUD_MAIN_ID, LARAVEL_CLOUD_PRODUCTION_ID]
        for switch, targets in (
            ("sevalla_past_deployments", applications),
            ("laravel_cloud_past_deployments", environments),
        ):
            status = self.switches[switch]
            for target in targets:
                if status != "none":
                    self.past_deployment(target, "success", 7200)
                if status not in ("none", "success"):
                    self.past_deployment(target, status, 30 if status == "running" else 3600)

    def _seed_sevalla(self) -> None:
        add = self.sevalla.add_application
        add("Shop", "shop-x1y2z", SEVALLA_SHOP_ID, web_id=SEVALLA_SHOP_WEB_ID)
        add("Blog", "blog-a1b2c", SEVALLA_BLOG_ID, web_id=SEVALLA_BLOG_WEB_ID)
        add("Twin", "twin-p7q8r", SEVALLA_TWIN_1_ID, web_id=SEVALLA_TWIN_1_WEB_ID)
        add("Twin", "twin-s9t0u", SEVALLA_TWIN_2_ID, web_id=SEVALLA_TWIN_2_WEB_ID)
        add("Draft", "draft-d3e4f", SEVALLA_DRAFT_ID, deployed=False, web_id=SEVALLA_DRAFT_WEB_ID)

    def _seed_laravel_cloud(self) -> None:
        cloud = self.laravel_cloud
        user = {
            "name": "Ada",
            "email": "ada@example.org",
            "avatar_url": "https://example.org/ada.png",
            "created_at": cloud.timestamps.laravel_cloud(),
        }
        cloud.users[LARAVEL_CLOUD_USER_ID] = Resource("users", LARAVEL_CLOUD_USER_ID, "", user)
        # A recorded pair: the slug is not derived from the name.
        updated = cloud.add_application("updated-app", "test-app-2", LARAVEL_CLOUD_UPDATED_APP_ID)
        shop = cloud.add_application("Shop", "shop", LARAVEL_CLOUD_SHOP_ID)
        for application, name, slug, env_id, instances in (
            (updated, "main", "main", LARAVEL_CLOUD_MAIN_ID, {"App": LARAVEL_CLOUD_MAIN_APP_ID}),
            (
                shop,
                "production",
                "production",
                LARAVEL_CLOUD_PRODUCTION_ID,
                {
                    "App": LARAVEL_CLOUD_PRODUCTION_APP_ID,
                    "Workers": LARAVEL_CLOUD_PRODUCTION_WORKERS_ID,
                },
            ),
            (
                shop,
                "staging",
                "staging-3",
                LARAVEL_CLOUD_STAGING_ID,
                {
                    "App": LARAVEL_CLOUD_STAGING_APP_ID,
                    "Workers": LARAVEL_CLOUD_STAGING_WORKERS_ID,
                },
            ),
        ):
            environment = cloud.add_environment(
                application, name, slug, env_id, variables=SECRET_CANARIES
            )
            for instance, instance_id in instances.items():
                kind = "app" if instance == "App" else "service"
                cloud.add_instance(environment, instance, kind, instance_id)
