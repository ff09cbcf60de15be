# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Laravel Cloud's recorded responses, requested again: same status, headers, keys, types, nulls.

The files in ``recorded/`` have the format of responses of the live service in March and April 2026;
personal values are replaced. Ids, times, the service's address and redacted texts are removed from
both sides; everything else must be equal. ``left_out`` names the parts by which a recording was
shortened: these parts of the emulator's response are not compared.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Callable

import pytest

from ansible_collections.evenkeel.paas.tests.emulator import Emulator
from ansible_collections.evenkeel.paas.tests.emulator.world import (
    LARAVEL_CLOUD_MAIN_APP_ID,
    LARAVEL_CLOUD_MAIN_ID,
    LARAVEL_CLOUD_SHOP_ID,
)
from ansible_collections.evenkeel.paas.tests.unit.emulator.conftest import LaravelCloud

RECORDED = Path(__file__).parent / "recorded"
CUSTOM = {"type": "custom", "processes": 1, "command": "php artisan reports:watch"}
WORKER = {"type": "worker", "processes": 1, "config": {"connection": "database", "sleep": 10}}
UNLIKE = [
    (
        re.compile(r"\b([a-z]+)-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"),
        r"\1-id",
    ),
    (re.compile(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.000000Z$"), "time"),
    (re.compile(r"^https?://[^/]+/.*?\bapi/"), "api/"),
]
REDACTED = ("commit_hash", "commit_message", "value", "output")


def comparable(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        # The order of keys is compared too: a list of pairs.
        return [(key, comparable(item, key)) for key, item in value.items()]
    if isinstance(value, list):
        return ["list", *(comparable(item) for item in value)]
    if isinstance(value, str):
        if name in REDACTED:
            return "text"
        for pattern, replacement in UNLIKE:
            value = pattern.sub(replacement, value)
    return value


def leave_out(value: Any, path: str) -> None:
    """Remove the part at a path from a response, and from each item of the lists along the path."""
    name, _dot, rest = path.partition(".")
    for item in value if isinstance(value, list) else [value]:
        if rest:
            leave_out(item[name], rest)
        else:
            del item[name]


def made(cloud: LaravelCloud, body: dict[str, Any], instance: str) -> str:
    response = cloud.post(f"/instances/{instance}/background-processes", body)
    assert response.status_code == 201
    return response.json()["data"]["id"]


def worker_and_custom(cloud: LaravelCloud, _emulator: Emulator) -> dict[str, str]:
    return {
        "worker": made(cloud, WORKER, LARAVEL_CLOUD_MAIN_APP_ID),
        "custom": made(cloud, CUSTOM, LARAVEL_CLOUD_MAIN_APP_ID),
    }


def second_instance(cloud: LaravelCloud, emulator: Emulator) -> dict[str, str]:
    service = emulator.world.laravel_cloud
    environment = service.environments[LARAVEL_CLOUD_MAIN_ID]
    instance = service.add_instance(environment, "Test Worker Cluster", "service")
    return {"custom": made(cloud, CUSTOM, instance.id)}


def one_application(_cloud: LaravelCloud, emulator: Emulator) -> dict[str, str]:
    del emulator.world.laravel_cloud.applications[LARAVEL_CLOUD_SHOP_ID]
    return {}


def instance_to_change(_cloud: LaravelCloud, _emulator: Emulator) -> dict[str, str]:
    return {"instance": LARAVEL_CLOUD_MAIN_APP_ID}


def before_commands_had_a_limit(_cloud: LaravelCloud, emulator: Emulator) -> dict[str, str]:
    emulator.world.switches.update({"laravel_cloud_command_limit": "120"})
    return {}


def finished_deployment(cloud: LaravelCloud, emulator: Emulator) -> dict[str, str]:
    deployment = cloud.post(f"/environments/{LARAVEL_CLOUD_MAIN_ID}/deployments").json()["data"]
    emulator.world.finish_deployments()
    return {"deployment": deployment["id"]}


def finished_command(cloud: LaravelCloud, emulator: Emulator) -> dict[str, str]:
    finished_deployment(cloud, emulator)
    path = f"/environments/{LARAVEL_CLOUD_MAIN_ID}/commands"
    command = cloud.post(path, {"command": "php artisan list"}).json()["data"]
    emulator.world.finish_deployments()
    return {"command": command["id"]}


def six_deployments(_cloud: LaravelCloud, emulator: Emulator) -> dict[str, str]:
    for _time in range(6):
        made_id = emulator.world.past_deployment(LARAVEL_CLOUD_MAIN_ID)["id"]
        deployment = emulator.world.laravel_cloud.deployments[made_id]
        # The oldest and the third have no initiator.
        if len(emulator.world.laravel_cloud.deployments) in (1, 3):
            deployment.related["initiator"] = None
    return {}


def nothing(_cloud: LaravelCloud, _emulator: Emulator) -> dict[str, str]:
    return {}


FIRST = {"120": 119, "30": 29}
Preparation = Callable[[LaravelCloud, Emulator], dict[str, str]]
PREPARATIONS: dict[str, Preparation] = {
    "create_custom": nothing,
    "update_custom": worker_and_custom,
    "show_custom": worker_and_custom,
    "delete": worker_and_custom,
    "show_worker": worker_and_custom,
    "list": worker_and_custom,
    "list_instances": second_instance,
    "list_applications": one_application,
    "create_deployment": nothing,
    "create_instance": nothing,
    "update_instance": instance_to_change,
    "list_sizes": nothing,
    "create_command": before_commands_had_a_limit,
    "show_command": finished_command,
    "list_commands": finished_command,
    "list_deployments": six_deployments,
    "deployment_logs": finished_deployment,
}


def test_every_recording_is_replayed() -> None:
    assert {path.stem for path in RECORDED.iterdir()} == set(PREPARATIONS)


@pytest.mark.parametrize("name", PREPARATIONS)
def test_a_response_has_the_recorded_form(
    emulator: Emulator, cloud: LaravelCloud, name: str
) -> None:
    ids = PREPARATIONS[name](cloud, emulator)
    recorded = json.loads((RECORDED / f"{name}.json").read_text())
    request = recorded["request"]
    path = re.sub(r"\{(\w+)\}", lambda match: ids[match[1]], request["path"])
    response = cloud(request["method"], path, json=request["body"])
    assert response.status_code == recorded["status"]
    for header in ("Content-Type", "Cache-Control", "x-ratelimit-limit"):
        assert response.headers.get(header) == recorded["headers"].get(header)
    # Without limits, every response is that to the first request of a window.
    assert (
        int(response.headers["x-ratelimit-remaining"])
        == FIRST[recorded["headers"]["x-ratelimit-limit"]]
    )
    if recorded["body"] is None:
        assert response.content == b""
        return
    actual, expected = response.json(), recorded["body"]
    for path in recorded.get("left_out", []):
        leave_out(actual, path)
    if name == "list_sizes":
        names = [size["name"] for size in expected["data"]["general"]]
        general = [size for size in actual["data"]["general"] if size["name"] in names]
        actual["data"]["general"] = general
    # Their order in the document differs between recordings.
    assert sorted(actual) == sorted(expected)
    for part in expected:
        assert comparable(actual[part]) == comparable(expected[part]), part


def test_the_comparison_detects_differences() -> None:
    recorded = json.loads((RECORDED / "create_custom.json").read_text())["body"]["data"]
    for change in (
        {"config": {}},
        {"strategy_type": "none"},
        {"processes": "1"},
        {"created_at": "2026-04-12T10:42:32Z"},
        {"more": None},
    ):
        changed = {**recorded, "attributes": {**recorded["attributes"], **change}}
        assert comparable(changed) != comparable(recorded)
