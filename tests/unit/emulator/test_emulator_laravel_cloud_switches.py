# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Laravel Cloud's open questions: every switch in every value."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.evenkeel.paas.tests.emulator import Emulator
from ansible_collections.evenkeel.paas.tests.emulator.outcomes import CommandOutcome
from ansible_collections.evenkeel.paas.tests.emulator.world import (
    LARAVEL_CLOUD_MAIN_APP_ID,
    LARAVEL_CLOUD_MAIN_ID,
    LARAVEL_CLOUD_SHOP_ID,
    LARAVEL_CLOUD_STAGING_ID,
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

INSTANCES = f"/environments/{LARAVEL_CLOUD_MAIN_ID}/instances"
COMMANDS = f"/environments/{LARAVEL_CLOUD_MAIN_ID}/commands"
SERVICE = {
    "name": "workers",
    "type": "service",
    "size": "flex.m-1vcpu-1gb",
    "scaling_type": "custom",
    "min_replicas": 1,
    "max_replicas": 5,
}
REDIS = {"type": "worker", "processes": 1, "config": {"connection": "redis", "tries": 3}}


def run_command(cloud: LaravelCloud, text: str = "php artisan list") -> list[dict[str, Any]]:
    """Return a command's attributes in the first response and in each read until it ends."""
    data = cloud.post(COMMANDS, {"command": text}).json()["data"]
    seen = [data["attributes"]]
    while seen[-1]["finished_at"] is None:
        seen.append(attributes(cloud.get(f"/commands/{data['id']}")))
    return seen


def config_of(cloud: LaravelCloud, path: str) -> dict[str, Any]:
    """Return the keys of a worker's config that are set."""
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
def test_zero_in_config(
    emulator: Emulator, cloud: LaravelCloud, value: str, stored: dict[str, Any], zero: Any
) -> None:
    emulator.reset({"laravel_cloud_zero_in_config": value})
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
    # Only spaces: an empty string, or a text.
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
def test_process_delete(emulator: Emulator, cloud: LaravelCloud, status: int) -> None:
    emulator.reset({"laravel_cloud_process_delete": status})
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
def test_list_order(emulator: Emulator, cloud: LaravelCloud, value: str) -> None:
    emulator.reset({"laravel_cloud_list_order": value})
    paths = [made(cloud, body)[0] for body in (CUSTOM, WORKER, REDIS)]
    listed = [f"/background-processes/{item}" for item in ids(cloud.get(PROCESSES))]
    assert listed == (paths if value == "ascending" else paths[::-1])
    applications = [LARAVEL_CLOUD_UPDATED_APP_ID, LARAVEL_CLOUD_SHOP_ID]
    assert ids(cloud.get("/applications")) == (
        applications if value == "ascending" else applications[::-1]
    )


@pytest.mark.parametrize("accept", ["*/*", "text/html, application/json", "application/json"])
@pytest.mark.parametrize("value", ["redirect", "json"])
def test_error_without_json_accept(
    emulator: Emulator, cloud: LaravelCloud, value: str, accept: str
) -> None:
    emulator.reset({"laravel_cloud_error_without_json_accept": value})
    cloud.session.headers["Accept"] = accept
    # The first type counts; a success is always JSON.
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
    instance = f"/instances/{cloud.post(INSTANCES, SERVICE).json()['data']['id']}"
    cloud.patch(instance, {"max_replicas": 6})
    cloud.delete(instance)
    assert cloud.get(DEPLOYMENTS).json()["meta"]["total"] == 2 * count


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


@pytest.mark.parametrize("value", ["available", "unavailable", "422"])
def test_deployment_logs(emulator: Emulator, cloud: LaravelCloud, value: str) -> None:
    emulator.reset(
        {"laravel_cloud_deployment_logs": value, "laravel_cloud_deployment_pace": "at_once"}
    )
    path = f"/deployments/{cloud.post(DEPLOYMENTS).json()['data']['id']}"
    response = cloud.get(f"{path}/logs")
    if value == "422":
        assert response.status_code == 422
        assert list(response.json()) == ["message"]
        return
    phases = response.json()["data"].values()
    assert {phase["available"] for phase in phases} == {value == "available"}
    assert [len(phase["steps"]) for phase in phases] == ([2, 2] if value == "available" else [0, 0])


@pytest.mark.parametrize("value", ["failed", "error", "finished"])
def test_failed_step_status(emulator: Emulator, cloud: LaravelCloud, value: str) -> None:
    emulator.reset(
        {
            "laravel_cloud_failed_step_status": value,
            "laravel_cloud_deployment_pace": "at_once",
            "laravel_cloud_deployment_result": "build.failed",
        }
    )
    path = f"/deployments/{cloud.post(DEPLOYMENTS).json()['data']['id']}"
    steps = cloud.get(f"{path}/logs").json()["data"]["build"]["steps"]
    assert [step["status"] for step in steps] == ["finished", value]


NEWER = {
    "queue_status",
    "paused",
    "is_default",
    "visibility_timeout",
    "polling_interval",
    "shutdown_timeout",
    "sleep_with_app",
    "probes",
}


@pytest.mark.parametrize("value", ["recorded", "documented"])
def test_instance_keys(emulator: Emulator, cloud: LaravelCloud, value: str) -> None:
    emulator.reset({"laravel_cloud_instance_keys": value})
    created = cloud.post(INSTANCES, {**SERVICE, "sleep_with_app": True}).json()["data"]
    path = f"/instances/{created['id']}"
    one, other = attributes(cloud.get(path)), attributes(cloud.patch(path, {"name": "other"}))
    listed = cloud.get(INSTANCES).json()["data"][-1]["attributes"]
    assert one.keys() == other.keys() == listed.keys() == created["attributes"].keys()
    assert NEWER & one.keys() == (NEWER if value == "documented" else set())
    assert one.get("sleep_with_app") is (True if value == "documented" else None)


@pytest.mark.parametrize("value", ["any", "documented"])
def test_instance_types(emulator: Emulator, cloud: LaravelCloud, value: str) -> None:
    emulator.reset({"laravel_cloud_instance_types": value})
    for kind in ("app", "service", "queue"):
        accepted = value == "any" or kind == "service"
        response = cloud.post(INSTANCES, {**SERVICE, "type": kind})
        assert response.status_code == (201 if accepted else 422)
        if not accepted:
            assert list(errors(response)) == ["type"]


@pytest.mark.parametrize("value", ["required", "defaulted"])
def test_missing_replicas(emulator: Emulator, cloud: LaravelCloud, value: str) -> None:
    emulator.reset({"laravel_cloud_missing_replicas": value})
    body = {name: SERVICE[name] for name in ("name", "type", "size", "scaling_type")}
    response = cloud.post(INSTANCES, body)
    if value == "required":
        assert list(errors(response)) == ["min_replicas", "max_replicas"]
        return
    created = response.json()["data"]["attributes"]
    assert (created["min_replicas"], created["max_replicas"]) == (1, 1)


@pytest.mark.parametrize("value", ["refused", "stored"])
def test_min_above_max(emulator: Emulator, cloud: LaravelCloud, value: str) -> None:
    emulator.reset({"laravel_cloud_min_above_max": value})
    response = cloud.post(INSTANCES, {**SERVICE, "min_replicas": 6})
    path = f"/instances/{cloud.post(INSTANCES, SERVICE).json()['data']['id']}"
    changed = cloud.patch(path, {"min_replicas": 6})
    if value == "stored":
        assert (response.status_code, changed.status_code) == (201, 200)
    else:
        assert list(errors(response)) == list(errors(changed)) == ["max_replicas"]
        assert attributes(cloud.get(path))["min_replicas"] == 1


@pytest.mark.parametrize("value", ["optional", "required"])
def test_queue_settings(emulator: Emulator, cloud: LaravelCloud, value: str) -> None:
    emulator.reset({"laravel_cloud_queue_settings": value})
    queue = {
        "name": "orders",
        "type": "managed_queue",
        "size": "mq-pro-512mb",
        "scaling_type": "custom",
        "max_replicas": 3,
    }
    response = cloud.post(INSTANCES, queue)
    settings = {"visibility_timeout": 60, "polling_interval": 20, "shutdown_timeout": 30}
    if value == "required":
        assert list(errors(response)) == list(settings)
        response = cloud.post(INSTANCES, {**queue, **settings})
    assert response.status_code == 201
    # It is not required of other instances.
    assert cloud.post(INSTANCES, SERVICE).status_code == 201


@pytest.mark.parametrize("value", ["any", "unique"])
def test_instance_names(emulator: Emulator, cloud: LaravelCloud, value: str) -> None:
    emulator.reset({"laravel_cloud_instance_names": value})
    path = f"/instances/{cloud.post(INSTANCES, SERVICE).json()['data']['id']}"
    same = cloud.post(INSTANCES, SERVICE)
    assert same.status_code == (201 if value == "any" else 422)
    assert cloud.patch(path, {"name": SERVICE["name"]}).status_code == 200
    taken = cloud.patch(path, {"name": "App"})
    assert taken.status_code == (200 if value == "any" else 422)


@pytest.mark.parametrize("status", [204, 422])
def test_delete_app_instance(emulator: Emulator, cloud: LaravelCloud, status: int) -> None:
    emulator.reset({"laravel_cloud_delete_app_instance": status})
    path = f"/instances/{LARAVEL_CLOUD_MAIN_APP_ID}"
    assert cloud.delete(path).status_code == status
    assert cloud.get(path).status_code == (404 if status == 204 else 200)
    other = f"/instances/{cloud.post(INSTANCES, SERVICE).json()['data']['id']}"
    assert cloud.delete(other).status_code == 204


@pytest.mark.parametrize(("value", "exit_code"), [("command.success", 0), ("command.failure", 1)])
def test_command_result(
    emulator: Emulator, cloud: LaravelCloud, value: str, exit_code: int
) -> None:
    emulator.reset({"laravel_cloud_command_result": value})
    last = run_command(cloud)[-1]
    assert (last["status"], last["exit_code"]) == (value, exit_code)


@pytest.mark.parametrize(
    ("value", "walk"),
    [
        ("polls", ["command.created", "command.running", "command.success"]),
        ("clock", ["pending", "command.created", "command.running"]),
        ("at_once", ["command.success"] * 3),
    ],
)
def test_command_pace(emulator: Emulator, cloud: LaravelCloud, value: str, walk: list[str]) -> None:
    emulator.reset({"laravel_cloud_command_pace": value})
    data = cloud.post(COMMANDS, {"command": "php artisan list"}).json()["data"]
    over = value == "at_once"
    assert data["attributes"]["status"] == ("command.success" if over else "pending")
    seen = []
    for passed in (1, 12, 12):
        emulator.world.move_clock(passed)
        seen.append(attributes(cloud.get(f"/commands/{data['id']}"))["status"])
    assert seen == walk


@pytest.mark.parametrize("value", ["accepted", "refused"])
def test_duplicate_command(emulator: Emulator, cloud: LaravelCloud, value: str) -> None:
    emulator.reset({"laravel_cloud_duplicate_command": value})
    body = {"command": "php artisan list"}
    first = cloud.post(COMMANDS, body).json()["data"]["id"]
    assert cloud.post(COMMANDS, body).status_code == (201 if value == "accepted" else 422)
    assert cloud.post(COMMANDS, {"command": "php artisan about"}).status_code == 201
    for _time in range(3):
        cloud.get(f"/commands/{first}")
    assert cloud.post(COMMANDS, body).status_code == 201


@pytest.mark.parametrize(("value", "shown"), [("null", None), ("partial", "abc")])
def test_output_while_running(
    emulator: Emulator, cloud: LaravelCloud, value: str, shown: str | None
) -> None:
    emulator.reset({"laravel_cloud_output_while_running": value})
    emulator.world.outcomes.add(LARAVEL_CLOUD_MAIN_ID, CommandOutcome(output="abcdef"))
    assert [step["output"] for step in run_command(cloud)] == [None, None, shown, "abcdef"]


@pytest.mark.parametrize(("value", "shown"), [("empty", ""), ("null", None)])
def test_empty_output(
    emulator: Emulator, cloud: LaravelCloud, value: str, shown: str | None
) -> None:
    emulator.reset({"laravel_cloud_empty_output": value})
    emulator.world.outcomes.add(LARAVEL_CLOUD_MAIN_ID, CommandOutcome(output=""))
    assert run_command(cloud)[-1]["output"] == shown
    assert run_command(cloud)[-1]["output"] == "Done.\n"


@pytest.mark.parametrize(("value", "status"), [("accepted", 201), ("refused", 422)])
def test_command_never_deployed(
    emulator: Emulator, cloud: LaravelCloud, value: str, status: int
) -> None:
    emulator.reset({"laravel_cloud_command_never_deployed": value})
    body = {"command": "php artisan list"}
    assert cloud.post(COMMANDS, body).status_code == status
    cloud.post(DEPLOYMENTS)
    assert cloud.post(COMMANDS, body).status_code == 201


@pytest.mark.parametrize(
    ("value", "statuses"),
    [
        ("none", []),
        ("success", ["deployment.succeeded"]),
        ("failed", ["deployment.failed", "deployment.succeeded"]),
        ("cancelled", ["cancelled", "deployment.succeeded"]),
        ("running", ["build.running", "deployment.succeeded"]),
    ],
)
def test_past_deployments(
    emulator: Emulator, cloud: LaravelCloud, value: str, statuses: list[str]
) -> None:
    emulator.reset({"laravel_cloud_past_deployments": value})
    listed = [item["attributes"] for item in cloud.get(DEPLOYMENTS).json()["data"]]
    assert [item["status"] for item in listed] == statuses
    born = attributes(cloud.get(f"/instances/{LARAVEL_CLOUD_MAIN_APP_ID}"))["created_at"]
    for item in listed:
        assert born < item["started_at"]
        assert (item["finished_at"] is None) is (item["status"] == "build.running")
    environment = attributes(cloud.get(f"/environments/{LARAVEL_CLOUD_MAIN_ID}"))
    assert environment["status"] == ("deploying" if value == "running" else "running")
    staging = f"/environments/{LARAVEL_CLOUD_STAGING_ID}/deployments"
    assert cloud.get(staging).json()["data"] == []


@pytest.mark.parametrize(("value", "seconds"), [("same", "00"), ("behind", "57"), ("ahead", "03")])
def test_deployment_clock(value: str, seconds: str) -> None:
    switches = {"laravel_cloud_deployment_clock": value, "laravel_cloud_deployment_pace": "at_once"}
    with Emulator(switches, clock=lambda: 1_800_000_000.0) as skewed:
        cloud = LaravelCloud(
            skewed.laravel_cloud_url, skewed.token, "application/vnd.api+json, application/json"
        )
        deployed = cloud.post(DEPLOYMENTS).json()["data"]["attributes"]
        _path, process = made(cloud, CUSTOM)
        cloud.session.close()
    assert deployed["started_at"] == deployed["finished_at"]
    assert deployed["started_at"][17:19] == seconds
    assert process["created_at"][17:19] == "00"


@pytest.mark.parametrize("value", ["set", "null"])
def test_cancelled_times(emulator: Emulator, cloud: LaravelCloud, value: str) -> None:
    emulator.reset(
        {
            "laravel_cloud_cancelled_times": value,
            "laravel_cloud_deployment_result": "cancelled",
            "laravel_cloud_deployment_pace": "at_once",
        }
    )
    emulator.world.past_deployment(LARAVEL_CLOUD_MAIN_ID, "cancelled")
    cloud.post(DEPLOYMENTS)
    for item in cloud.get(DEPLOYMENTS).json()["data"]:
        for name in ("started_at", "finished_at"):
            assert (item["attributes"][name] is not None) is (value == "set")


@pytest.mark.parametrize("value", ["20", "120"])
def test_command_limit(emulator: Emulator, cloud: LaravelCloud, value: str) -> None:
    emulator.reset({"laravel_cloud_rate_limit": "on", "laravel_cloud_command_limit": value})
    for left in range(int(value) - 1, -1, -1):
        response = cloud.post(COMMANDS, {"command": "php artisan list"})
        assert response.status_code == 201
        assert response.headers["x-ratelimit-limit"] == value
        assert response.headers["x-ratelimit-remaining"] == str(left)
    assert cloud.post(COMMANDS, {"command": "php artisan list"}).status_code == 429
    # The rest of the general limit is available to everything else.
    assert cloud.get(COMMANDS).status_code == (200 if value == "20" else 429)
