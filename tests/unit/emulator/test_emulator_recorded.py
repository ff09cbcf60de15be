# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Laravel Cloud's recorded answers, asked for again: same status, headers, keys, types, nulls.

The files in ``recorded/`` have the shapes of what the live service answered in March and April
2026; personal values are replaced. Ids, times, the service's address and redacted texts are
taken out of both sides; everything else must be equal.
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
REDACTED = ("commit_hash", "commit_message", "value")


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


def nothing(_cloud: LaravelCloud, _emulator: Emulator) -> dict[str, str]:
    return {}


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
}


def test_every_recording_is_replayed() -> None:
    assert {path.stem for path in RECORDED.iterdir()} == set(PREPARATIONS)


@pytest.mark.parametrize("name", PREPARATIONS)
def test_recorded(emulator: Emulator, cloud: LaravelCloud, name: str) -> None:
    ids = PREPARATIONS[name](cloud, emulator)
    recorded = json.loads((RECORDED / f"{name}.json").read_text())
    request = recorded["request"]
    path = re.sub(r"\{(\w+)\}", lambda match: ids[match[1]], request["path"])
    response = cloud(request["method"], path, json=request["body"])
    assert response.status_code == recorded["status"]
    for header in ("Content-Type", "Cache-Control", "x-ratelimit-limit", "x-ratelimit-remaining"):
        assert response.headers.get(header) == recorded["headers"].get(header)
    if recorded["body"] is None:
        assert response.content == b""
        return
    actual, expected = response.json(), recorded["body"]
    # Their order in the document was not the same in every recording.
    assert sorted(actual) == sorted(expected)
    for part in expected:
        assert comparable(actual[part]) == comparable(expected[part]), part


def test_the_comparison_would_notice() -> None:
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
