# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The emulator responds to every request with any fault, and does not crash."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.evenkeel.paas.tests.emulator import Emulator, Fault
from ansible_collections.evenkeel.paas.tests.emulator.faults import KINDS
from ansible_collections.evenkeel.paas.tests.emulator.world import (
    LARAVEL_CLOUD_MAIN_APP_ID,
    LARAVEL_CLOUD_MAIN_ID,
    LARAVEL_CLOUD_SHOP_ID,
    SEVALLA_SHOP_ID,
    SEVALLA_SHOP_WEB_ID,
    SEVALLA_SIZE_IDS,
)
from ansible_collections.evenkeel.paas.tests.unit.emulator.conftest import Client
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.plan.example_counts import (
    examples,
)

PROCESS = "process-11111111-1111-4111-8111-111111111111"
"""The id of a background process that the tests create."""

SEVALLA_PATHS = [
    "/applications",
    f"/applications/{SEVALLA_SHOP_ID}",
    f"/applications/{SEVALLA_SHOP_ID}/processes",
    f"/applications/{SEVALLA_SHOP_ID}/processes/{SEVALLA_SHOP_WEB_ID}",
    f"/applications/{SEVALLA_SHOP_ID}/processes/{SEVALLA_SHOP_WEB_ID}/trigger",
    f"/applications/{SEVALLA_SHOP_ID}/deployments",
    f"/applications/{SEVALLA_SHOP_ID}/processes/{SEVALLA_SHOP_WEB_ID}/exec",
    f"/applications/{SEVALLA_SHOP_ID}/processes/{SEVALLA_SHOP_WEB_ID}/disk",
    f"/applications/{SEVALLA_SHOP_ID}/deployments/{SEVALLA_SHOP_WEB_ID}/logs",
    f"/applications/{SEVALLA_SHOP_WEB_ID}/processes",
    "/applications/../processes",
    "/resources/process-resource-types",
    "/nowhere",
]
CLOUD_PATHS = [
    "/applications",
    f"/applications/{LARAVEL_CLOUD_SHOP_ID}/environments",
    f"/environments/{LARAVEL_CLOUD_MAIN_ID}/instances",
    f"/environments/{LARAVEL_CLOUD_MAIN_ID}/deployments",
    f"/environments/{LARAVEL_CLOUD_MAIN_ID}/commands",
    f"/instances/{LARAVEL_CLOUD_MAIN_APP_ID}",
    "/instances/sizes",
    "/deployments/depl-1/logs",
    f"/instances/{LARAVEL_CLOUD_MAIN_APP_ID}/background-processes",
    "/instances/inst-1/background-processes",
    f"/background-processes/{PROCESS}",
    "/background-processes/process-1",
    "/nowhere",
]
WORKER: dict[str, Any] = {
    "type": "worker",
    "display_name": "queue",
    "entrypoint": "a",
    "resource_type_id": SEVALLA_SIZE_IDS["s1"],
    "scaling_strategy": {"type": "manual", "config": {"instanceCount": 1}},
}
CUSTOM: dict[str, Any] = {"type": "custom", "processes": 1, "command": "a-command"}
INSTANCE: dict[str, Any] = {
    "name": "workers",
    "type": "service",
    "size": "flex.m-1vcpu-1gb",
    "scaling_type": "custom",
    "min_replicas": 1,
    "max_replicas": 5,
}
COMMAND: dict[str, Any] = {"command": ["ls"], "timeout": 15}
NUMBERS = [0, -1, 1.5, 10**400, float("nan"), "9" * 5000, "-0", "\u0661"]
TEXTS = ["", " ", "x" * 5000, "\ud800", "\x00", "worker", "cron", "manual", "horizontal"]
_scalars = st.sampled_from([None, True, False, *NUMBERS, *TEXTS])
_CONFIG = ["connection", "queue", "tries", "force", "max-jobs"]
_NEW = [*INSTANCE, *COMMAND, "uses_scheduler", "background_processes", "mount_path"]
_OTHERS = ["config", "port", "schedule", "liveness_probe", "httpGet", "exec", "minInstanceCount"]
_keys = st.sampled_from([*WORKER, *CUSTOM, *_CONFIG, *_OTHERS, *_NEW, "branch"])
_anything = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_keys, inner, max_size=4),
    max_leaves=8,
)
_bodies = st.one_of(
    _anything.map(json.dumps),
    st.builds(
        lambda body, more: json.dumps({**body, **more}),
        st.sampled_from([WORKER, CUSTOM, INSTANCE, COMMAND]),
        st.dictionaries(_keys, _anything, max_size=2),
    ),
    st.sampled_from(["", "{", "\ud800", '{"a":' * 100_000, "[" * 900 + "]" * 900, "\xff"]),
)
_values = st.sampled_from(
    ["", "0", "-1", "2", "x", "9" * 5000, "\u0661", "name", "a,b", "instance"]
)
_queries = st.dictionaries(
    st.sampled_from(["page", "limit", "offset", "include", "filter[name]", "filter[", "filter[]"]),
    _values,
    max_size=2,
)


class Service:
    """A plain client of one service, with a process to request."""

    def __init__(self, emulator: Emulator, name: str) -> None:
        self.emulator = emulator
        self.name = name
        self.paths = SEVALLA_PATHS if name == "sevalla" else CLOUD_PATHS
        item = SEVALLA_SHOP_WEB_ID if name == "sevalla" else PROCESS
        self.item = next(path for path in self.paths if path.endswith(item))
        # A list, one of its objects, and other paths.
        lists = ("processes", "deployments", "instances", "commands")
        ends = (*lists, LARAVEL_CLOUD_MAIN_APP_ID, "exec", item, "process-1", "nowhere")
        self.fitting = [path for path in self.paths if path.endswith(ends)]
        url = emulator.sevalla_url if name == "sevalla" else emulator.laravel_cloud_url
        self.client = Client(url, emulator.token, "application/json")

    def reset(self) -> None:
        """Restore the initial data with another background process."""
        self.emulator.reset()
        self.emulator.crashes.clear()  # those of another example, which has failed
        world = self.emulator.world
        with world.lock:
            cloud = world.laravel_cloud
            made = cloud.create(cloud.instances[LARAVEL_CLOUD_MAIN_APP_ID], dict(CUSTOM))
            cloud.processes[PROCESS] = cloud.processes.pop(made.id)
            made.id = PROCESS


@pytest.fixture(params=["sevalla", "laravel_cloud"])
def service(request: Any, emulator: Emulator) -> Any:
    made = Service(emulator, request.param)
    yield made
    made.client.session.close()


@given(
    st.sampled_from(["GET", "POST", "PATCH", "DELETE", "PUT"]),
    st.integers(0, 100),
    _queries,
    _bodies,
    st.sampled_from(["application/json", "application/json; charset=x", "text/plain", ""]),
)
@examples(120)
def test_any_request_gets_a_response(
    service: Service, method: str, where: int, query: Any, body: str, kind: str
) -> None:
    """An invalid request is refused, and the emulator itself never fails."""
    service.reset()
    answer = service.client(
        method,
        service.paths[where % len(service.paths)],
        params=query,
        data=body.encode("utf-8", "surrogatepass"),
        headers={"Content-Type": kind},
    )
    assert answer.status_code < 500
    assert service.emulator.crashes == []


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS])
def test_any_request_with_any_fault_gets_a_response(service: Service, kind: str) -> None:
    """A fault that does not apply to a request does nothing; any other does not crash."""
    body = WORKER if service.name == "sevalla" else CUSTOM
    for method in ("GET", "POST", "PATCH", "DELETE"):
        for path in service.fitting:
            service.reset()
            service.emulator.faults.add(Fault(kind, times=None, seconds=0.001))
            # A page can be repeated only after a first one.
            for _time in range(2 if kind == "page_repeated" else 1):
                with contextlib.suppress(requests.exceptions.RequestException):
                    service.client(method, path, json=None if method in ("GET", "DELETE") else body)
    assert service.emulator.crashes == []


@pytest.mark.parametrize("second", [kind.name for kind in KINDS])
@pytest.mark.parametrize("first", ["html_before", "cut_after", "vanish", "not_stored"])
def test_two_faults_for_one_request(service: Service, first: str, second: str) -> None:
    service.reset()
    service.emulator.faults.add(Fault(first), Fault(second, seconds=0.001))
    with contextlib.suppress(requests.exceptions.RequestException):
        service.client.patch(service.item, {"entrypoint": "b", "processes": 2})
    assert service.emulator.crashes == []
