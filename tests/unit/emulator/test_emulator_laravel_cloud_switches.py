# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Laravel Cloud's open questions: every switch in every value."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.evenkeel.paas.tests.emulator import Emulator
from ansible_collections.evenkeel.paas.tests.emulator.world import (
    LARAVEL_CLOUD_MAIN_APP_ID,
    LARAVEL_CLOUD_MAIN_ID,
    LARAVEL_CLOUD_SHOP_ID,
    LARAVEL_CLOUD_UPDATED_APP_ID,
)
from ansible_collections.evenkeel.paas.tests.unit.emulator.conftest import LaravelCloud
from ansible_collections.evenkeel.paas.tests.unit.emulator.test_emulator_laravel_cloud import (
    CONFIG,
    CUSTOM,
    DEPLOYMENTS,
    PROCESSES,
    TWELVE,
    WORKER,
    attributes,
    errors,
    ids,
    made,
)

REDIS = {"type": "worker", "processes": 1, "config": {"connection": "redis", "tries": 3}}


def config_of(cloud: LaravelCloud, path: str) -> dict[str, Any]:
    """The keys of a worker's config that are set."""
    config = attributes(cloud.get(path))["config"]
    assert tuple(config) == TWELVE
    return {key: value for key, value in config.items() if value is not None}


@pytest.mark.parametrize(
    ("value", "after_part", "after_empty"),
    [
        (
            "merge",
            {"connection": "redis", "tries": 3, "sleep": 5},
            {"connection": "redis", "tries": 3, "sleep": 5},
        ),
        ("replace", {"sleep": 5}, {}),
    ],
)
def test_config_patch(
    emulator: Emulator, cloud: LaravelCloud, value: str, after_part: Any, after_empty: Any
) -> None:
    emulator.reset({"laravel_cloud_config_patch": value})
    path, _created = made(cloud, REDIS)
    cloud.patch(path, {"config": {"sleep": 5}})
    assert config_of(cloud, path) == after_part
    cloud.patch(path, {"processes": 2})
    assert config_of(cloud, path) == after_part
    # PHP's empty array, which the vendor's CLI sends when no key changed.
    cloud.patch(path, {"config": []})
    assert config_of(cloud, path) == after_empty


@pytest.mark.parametrize("form", [None, ""])
@pytest.mark.parametrize("value", ["accepted", "refused"])
def test_null_config_key(emulator: Emulator, cloud: LaravelCloud, value: str, form: Any) -> None:
    emulator.reset({"laravel_cloud_null_config_key": value})
    path, _created = made(
        cloud, {**REDIS, "config": {"connection": "redis", "tries": 3, "force": True}}
    )
    response = cloud.patch(path, {"config": {"tries": form}})
    if value == "accepted":
        assert response.status_code == 200
        assert config_of(cloud, path) == {"connection": "redis", "force": True}
    else:
        assert set(errors(response)) == {"config.tries"}
    assert cloud.patch(path, {"config": {"force": form}}).status_code == 200
    assert "force" not in config_of(cloud, path)


@pytest.mark.parametrize("value", ["accepted", "refused", "ignored"])
def test_type_patch(emulator: Emulator, cloud: LaravelCloud, value: str) -> None:
    emulator.reset({"laravel_cloud_type_patch": value})
    worker, _created = made(cloud, REDIS)
    custom, _created = made(cloud, CUSTOM)
    to_custom = cloud.patch(worker, CUSTOM)
    to_worker = cloud.patch(custom, REDIS)
    if value == "refused":
        assert "type" in errors(to_custom)
        assert "type" in errors(to_worker)
    changed = value == "accepted"
    now_custom, now_worker = attributes(cloud.get(worker)), attributes(cloud.get(custom))
    assert now_custom["type"] == ("custom" if changed else "worker")
    assert now_worker["type"] == ("worker" if changed else "custom")
    assert (now_custom["config"] == []) is changed
    assert (now_custom["command"] == CUSTOM["command"]) is changed
    assert isinstance(now_worker["config"], dict) is changed
    if changed:
        assert now_worker["command"] == "php artisan queue:work redis --tries=3 --quiet"
        assert "command" in errors(cloud.patch(custom, {"type": "custom"}))


@pytest.mark.parametrize("value", ["ignored", "refused", "stored"])
def test_worker_command(emulator: Emulator, cloud: LaravelCloud, value: str) -> None:
    emulator.reset({"laravel_cloud_worker_command": value})
    command = "php artisan queue:work sqs"
    response = cloud.post(PROCESSES, {**REDIS, "command": command})
    path, created = made(cloud, REDIS)
    patched = cloud.patch(path, {"command": command})
    if value == "refused":
        assert set(errors(response)) == set(errors(patched)) == {"command"}
        return
    assert response.status_code == 201
    expected = command if value == "stored" else created["command"]
    assert response.json()["data"]["attributes"]["command"] == expected
    assert attributes(patched)["command"] == expected


@pytest.mark.parametrize("value", ["ignored", "refused"])
def test_custom_config(emulator: Emulator, cloud: LaravelCloud, value: str) -> None:
    emulator.reset({"laravel_cloud_custom_config": value})
    response = cloud.post(PROCESSES, {**CUSTOM, "config": {"tries": 1}})
    path, _created = made(cloud, {**CUSTOM, "config": []})
    patched = cloud.patch(path, {"config": {"tries": 1}})
    if value == "refused":
        assert set(errors(response)) == set(errors(patched)) == {"config"}
    else:
        assert response.json()["data"]["attributes"]["config"] == []
        assert attributes(patched)["config"] == []


@pytest.mark.parametrize(
    ("value", "defaults"),
    [
        ("null", {}),
        ("ui", {"connection": "database", "sleep": 10}),
        (
            "cli",
            {
                "connection": "database",
                "queue": "default",
                "tries": 1,
                "backoff": 30,
                "sleep": 10,
                "rest": 0,
                "timeout": 60,
                "force": False,
            },
        ),
    ],
)
def test_worker_defaults(
    emulator: Emulator, cloud: LaravelCloud, value: str, defaults: dict[str, Any]
) -> None:
    emulator.reset({"laravel_cloud_worker_defaults": value})
    path, _created = made(cloud, {"type": "worker", "processes": 1})
    assert config_of(cloud, path) == defaults
    path, _created = made(cloud, REDIS)
    assert config_of(cloud, path) == {**defaults, **REDIS["config"]}


@pytest.mark.parametrize("value", ["dropped", "refused"])
def test_unknown_keys(emulator: Emulator, cloud: LaravelCloud, value: str) -> None:
    emulator.reset({"laravel_cloud_unknown_keys": value})
    body = {**REDIS, "name": "x", "config": {"connection": "redis", "memory": 128}}
    response = cloud.post(PROCESSES, body)
    if value == "refused":
        assert set(errors(response)) == {"name", "config.memory"}
    else:
        stored = response.json()["data"]["attributes"]
        assert "name" not in stored
        assert tuple(stored["config"]) == TWELVE


@pytest.mark.parametrize("value", ["dropped", "stored"])
def test_read_only_config_keys(emulator: Emulator, cloud: LaravelCloud, value: str) -> None:
    extra = {"name": "mail", "max-jobs": 5, "max-time": 60, "stop-when-empty": True}
    emulator.reset({"laravel_cloud_read_only_config_keys": value})
    path, created = made(cloud, {**REDIS, "config": {**REDIS["config"], **extra}})
    stored = extra if value == "stored" else {}
    assert config_of(cloud, path) == {**REDIS["config"], **stored}
    assert (
        "--name=mail --tries=3 --max-jobs=5 --max-time=60 --stop-when-empty --quiet"
        in created["command"]
    ) is (value == "stored")


@pytest.mark.parametrize(
    ("value", "posted", "stored"),
    [
        ("number", "3", 3),
        ("number", 3, 3),
        ("as_posted", "3", "3"),
        ("as_posted", 3, 3),
        ("string", "3", "3"),
        ("string", 3, "3"),
    ],
)
def test_config_numbers(
    emulator: Emulator, cloud: LaravelCloud, value: str, posted: Any, stored: Any
) -> None:
    emulator.reset({"laravel_cloud_config_numbers": value})
    path, created = made(cloud, {**REDIS, "config": {"tries": posted, "force": "1"}})
    assert config_of(cloud, path) == {"tries": stored, "force": True}
    assert created["command"] == "php artisan queue:work --tries=3 --force --quiet"


@pytest.mark.parametrize(("value", "stored"), [("false", {"force": False}), ("null", {})])
def test_force_false(
    emulator: Emulator, cloud: LaravelCloud, value: str, stored: dict[str, Any]
) -> None:
    emulator.reset({"laravel_cloud_force_false": value})
    path, _created = made(cloud, {**REDIS, "config": {"force": False}})
    assert config_of(cloud, path) == stored
    cloud.patch(path, {"config": {"force": True}})
    assert config_of(cloud, path) == {"force": True}


@pytest.mark.parametrize("zero", [0, "0"])
@pytest.mark.parametrize(("value", "stored"), [("zero", {"rest": 0}), ("null", {})])
def test_zero(
    emulator: Emulator, cloud: LaravelCloud, value: str, stored: dict[str, Any], zero: Any
) -> None:
    emulator.reset({"laravel_cloud_zero": value})
    path, created = made(cloud, {**REDIS, "config": {"rest": zero}})
    assert config_of(cloud, path) == stored
    assert ("--rest=0" in created["command"]) is bool(stored)


@pytest.mark.parametrize("value", ["none", "not_negative"])
def test_config_ranges(emulator: Emulator, cloud: LaravelCloud, value: str) -> None:
    emulator.reset({"laravel_cloud_config_ranges": value})
    response = cloud.post(PROCESSES, {**REDIS, "config": {"tries": -1, "sleep": "-1", "rest": 0}})
    if value == "none":
        assert response.status_code == 201
    else:
        assert set(errors(response)) == {"config.tries", "config.sleep"}


@pytest.mark.parametrize("value", ["on", "off"])
def test_trim_strings(emulator: Emulator, cloud: LaravelCloud, value: str) -> None:
    emulator.reset({"laravel_cloud_trim_strings": value})
    _path, created = made(cloud, {**CUSTOM, "command": " php artisan horizon\n"})
    assert (created["command"] == "php artisan horizon") is (value == "on")
    # Blanks alone: nothing at all, or a text.
    status = cloud.post(PROCESSES, {**CUSTOM, "command": "   "}).status_code
    assert status == (422 if value == "on" else 201)


@pytest.mark.parametrize("value", ["unlimited", "10"])
def test_max_processes(emulator: Emulator, cloud: LaravelCloud, value: str) -> None:
    emulator.reset({"laravel_cloud_max_processes": value})
    statuses = [cloud.post(PROCESSES, CUSTOM).status_code for _time in range(11)]
    assert statuses == [201] * 10 + [201 if value == "unlimited" else 422]


@pytest.mark.parametrize("value", ["any", "cloud_only"])
def test_managed_queue_connection(emulator: Emulator, cloud: LaravelCloud, value: str) -> None:
    emulator.reset({"laravel_cloud_managed_queue_connection": value})
    service = emulator.world.laravel_cloud
    environment = service.environments[LARAVEL_CLOUD_MAIN_ID]
    queue = service.add_instance(environment, "Queue", "managed_queue")
    path = f"/instances/{queue.id}/background-processes"
    response = cloud.post(path, REDIS)
    if value == "any":
        assert response.status_code == 201
    else:
        assert set(errors(response)) == {"config.connection"}
    managed = {**REDIS, "config": {"connection": "cloud", "queue": "default"}}
    assert cloud.post(path, managed).status_code == 201
    assert cloud.post(PROCESSES, REDIS).status_code == 201


@pytest.mark.parametrize("value", ["answers", "redirects"])
def test_create_route(emulator: Emulator, cloud: LaravelCloud, value: str) -> None:
    emulator.reset({"laravel_cloud_create_route": value})
    response = cloud.post(PROCESSES, CUSTOM)
    created = value == "answers"
    assert response.status_code == (201 if created else 302)
    assert cloud.get(PROCESSES).json()["meta"]["total"] == int(created)
    if not created:
        assert response.headers["Location"] == f"{emulator.url}/laravel/"


@pytest.mark.parametrize("status", [204, 422])
def test_delete(emulator: Emulator, cloud: LaravelCloud, status: int) -> None:
    emulator.reset({"laravel_cloud_delete": status})
    path, _created = made(cloud, CUSTOM)
    response = cloud.delete(path)
    assert response.status_code == status
    assert cloud.get(path).status_code == (404 if status == 204 else 200)
    if status == 422:
        assert list(response.json()) == ["message"]


@pytest.mark.parametrize("value", ["partial", "exact"])
def test_filters(emulator: Emulator, cloud: LaravelCloud, value: str) -> None:
    emulator.reset({"laravel_cloud_filters": value})
    some = [LARAVEL_CLOUD_SHOP_ID] if value == "partial" else []
    assert ids(cloud.get("/applications?filter[name]=sho")) == some
    assert ids(cloud.get("/applications?filter[name]=shop")) == some
    assert ids(cloud.get("/applications?filter[name]=Shop")) == [LARAVEL_CLOUD_SHOP_ID]
    assert ids(cloud.get("/applications?filter[slug]=sh,shop")) == [LARAVEL_CLOUD_SHOP_ID]


@pytest.mark.parametrize("value", ["ascending", "descending"])
def test_order(emulator: Emulator, cloud: LaravelCloud, value: str) -> None:
    emulator.reset({"laravel_cloud_order": value})
    paths = [made(cloud, body)[0] for body in (CUSTOM, WORKER, REDIS)]
    listed = [f"/background-processes/{item}" for item in ids(cloud.get(PROCESSES))]
    assert listed == (paths if value == "ascending" else paths[::-1])
    applications = [LARAVEL_CLOUD_UPDATED_APP_ID, LARAVEL_CLOUD_SHOP_ID]
    assert ids(cloud.get("/applications")) == (
        applications if value == "ascending" else applications[::-1]
    )


@pytest.mark.parametrize("accept", ["*/*", "text/html, application/json", "application/json"])
@pytest.mark.parametrize("value", ["redirect", "json"])
def test_without_json_accept(
    emulator: Emulator, cloud: LaravelCloud, value: str, accept: str
) -> None:
    emulator.reset({"laravel_cloud_without_json_accept": value})
    cloud.session.headers["Accept"] = accept
    # The first type counts; what succeeds is JSON for everybody.
    as_json = value == "json" or accept == "application/json"
    assert cloud.get(PROCESSES).status_code == 200
    invalid = cloud.post(PROCESSES, {})
    missing = cloud.get("/instances/inst-nothing")
    stranger = cloud.get(PROCESSES, headers={"Authorization": "Bearer wrong"})
    assert missing.status_code == 404
    assert invalid.status_code == (422 if as_json else 302)
    assert stranger.status_code == (401 if as_json else 302)
    for response in (invalid, missing, stranger):
        assert ("json" in response.headers["Content-Type"]) is as_json
    if not as_json:
        assert invalid.headers["Location"] == f"{emulator.url}/laravel/"
        assert stranger.headers["Location"] == f"{emulator.url}/laravel/login"


@pytest.mark.parametrize(("value", "count"), [("off", 0), ("on", 3)])
def test_writes_deploy(emulator: Emulator, cloud: LaravelCloud, value: str, count: int) -> None:
    emulator.reset({"laravel_cloud_writes_deploy": value})
    path, _created = made(cloud, CUSTOM)
    cloud.patch(path, {"processes": 2})
    cloud.delete(path)
    assert cloud.get(DEPLOYMENTS).json()["meta"]["total"] == count


@pytest.mark.parametrize(
    ("value", "walk"),
    [
        ("deployment.succeeded", ["build.running", "deployment.running", "deployment.succeeded"]),
        ("deployment.failed", ["build.running", "deployment.running", "deployment.failed"]),
        ("build.failed", ["build.running", "build.failed"]),
        ("failed", ["build.running", "failed"]),
        ("cancelled", ["build.running", "cancelled"]),
    ],
)
def test_deployment_result(
    emulator: Emulator, cloud: LaravelCloud, value: str, walk: list[str]
) -> None:
    emulator.reset({"laravel_cloud_deployment_result": value})
    path = f"/deployments/{cloud.post(DEPLOYMENTS).json()['data']['id']}"
    seen = [attributes(cloud.get(path)) for _time in range(4)]
    assert [step["status"] for step in seen] == walk + walk[-1:] * (4 - len(walk))
    assert seen[-1]["finished_at"] is not None
    assert (seen[-1]["failure_reason"] is not None) is value.endswith("failed")


@pytest.mark.parametrize("value", ["polls", "clock", "at_once"])
def test_deployment_pace(value: str) -> None:
    now = [1_800_000_000.0]
    with Emulator({"laravel_cloud_deployment_pace": value}, clock=lambda: now[0]) as paced:
        cloud = LaravelCloud(paced.laravel_cloud_url, paced.token, "application/json")
        started = cloud.post(DEPLOYMENTS).json()["data"]
        path = f"/deployments/{started['id']}"
        seen = [started["attributes"]["status"]]
        for passed in (0, 19, 1, 20, 20):
            now[0] += passed
            seen.append(attributes(cloud.get(path))["status"])
        environment = attributes(cloud.get(f"/environments/{LARAVEL_CLOUD_MAIN_ID}"))
        cloud.session.close()
    over = "deployment.succeeded"
    walk = ["pending", "build.running", "deployment.running", over]
    assert (
        seen
        == {
            "polls": [*walk, over, over],
            "clock": [*walk[:1] * 3, *walk[1:]],
            "at_once": [over] * 6,
        }[value]
    )
    assert environment["status"] == "running"


@pytest.mark.parametrize("value", ["parallel", "refused"])
def test_concurrent_deployments(emulator: Emulator, cloud: LaravelCloud, value: str) -> None:
    emulator.reset({"laravel_cloud_concurrent_deployments": value})
    first = cloud.post(DEPLOYMENTS).json()["data"]["id"]
    assert cloud.post(DEPLOYMENTS).status_code == (201 if value == "parallel" else 422)
    for _time in range(3):
        cloud.get(f"/deployments/{first}")
    assert cloud.post(DEPLOYMENTS).status_code == 201


@pytest.mark.parametrize("value", ["off", "on"])
def test_rate_limit(emulator: Emulator, cloud: LaravelCloud, value: str) -> None:
    emulator.reset({"laravel_cloud_rate_limit": value})
    statuses = {cloud.get("/applications").status_code for _time in range(121)}
    assert statuses == ({200} if value == "off" else {200, 429})


@pytest.mark.parametrize("value", ["on", "off"])
def test_retry_after(emulator: Emulator, cloud: LaravelCloud, value: str) -> None:
    emulator.reset({"laravel_cloud_rate_limit": "on", "laravel_cloud_retry_after": value})
    for _time in range(121):
        response = cloud.get(f"/instances/{LARAVEL_CLOUD_MAIN_APP_ID}")
    assert response.status_code == 429
    for header in ("Retry-After", "X-RateLimit-Reset"):
        assert (header in response.headers) is (value == "on")


def test_no_switch_changes_the_recorded_nulls(cloud: LaravelCloud) -> None:
    _path, created = made(cloud, {**WORKER, "config": CONFIG})
    assert created["strategy_threshold"] is None
