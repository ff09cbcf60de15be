# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Laravel Cloud's side: what its description documents, and what was recorded and observed."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from ansible_collections.evenkeel.paas.tests.emulator import Emulator
from ansible_collections.evenkeel.paas.tests.emulator.world import (
    LARAVEL_CLOUD_MAIN_APP_ID,
    LARAVEL_CLOUD_MAIN_ID,
    LARAVEL_CLOUD_PRODUCTION_ID,
    LARAVEL_CLOUD_SHOP_ID,
    LARAVEL_CLOUD_STAGING_ID,
    LARAVEL_CLOUD_UPDATED_APP_ID,
    SECRET_CANARIES,
)
from ansible_collections.evenkeel.paas.tests.unit.emulator.conftest import LaravelCloud

PROCESSES = f"/instances/{LARAVEL_CLOUD_MAIN_APP_ID}/background-processes"
DEPLOYMENTS = f"/environments/{LARAVEL_CLOUD_MAIN_ID}/deployments"
CUSTOM = {"type": "custom", "processes": 1, "command": "php artisan horizon"}
CONFIG = {
    "connection": "database",
    "queue": "default",
    "tries": 3,
    "backoff": 60,
    "sleep": 3,
    "rest": 0,
    "timeout": 120,
    "force": False,
}
WORKER = {"type": "worker", "processes": 2, "config": CONFIG}
TWELVE = (
    "connection",
    "queue",
    "name",
    "tries",
    "backoff",
    "max-jobs",
    "max-time",
    "sleep",
    "rest",
    "timeout",
    "force",
    "stop-when-empty",
)


def made(cloud: LaravelCloud, body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Create a process; return its path and its attributes."""
    response = cloud.post(PROCESSES, body)
    assert response.status_code == 201, response.text
    data = response.json()["data"]
    return f"/background-processes/{data['id']}", data["attributes"]


def attributes(response: requests.Response) -> dict[str, Any]:
    assert response.status_code == 200, response.text
    return response.json()["data"]["attributes"]


def errors(response: requests.Response) -> dict[str, list[str]]:
    assert response.status_code == 422
    assert response.headers["Content-Type"] == "application/json"
    body = response.json()
    first = next(iter(body["errors"].values()))[0]
    assert body["message"].startswith(first)
    more = sum(len(messages) for messages in body["errors"].values()) - 1
    assert (f"(and {more} more error" in body["message"]) is (more > 0)
    return body["errors"]


def ids(response: requests.Response) -> list[str]:
    return [item["id"] for item in response.json()["data"]]


# Authentication, paths


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", "Basic dXNlcjpwYXNz"])
def test_an_invalid_token_is_401(cloud: LaravelCloud, header: str) -> None:
    response = cloud.get("/applications", headers={"Authorization": header})
    assert response.status_code == 401
    assert response.headers["Content-Type"] == "application/json"
    assert response.json() == {"message": "Unauthenticated."}


def test_a_token_without_permission_is_403_on_writes(
    emulator: Emulator, cloud: LaravelCloud
) -> None:
    cloud.session.headers["Authorization"] = f"Bearer {emulator.read_only_token}"
    assert cloud.get(PROCESSES).status_code == 200
    refused = cloud.post(PROCESSES, CUSTOM)
    assert refused.status_code == 403
    assert list(refused.json()) == ["message"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/applications/app-nothing"),
        ("GET", "/applications/app-nothing/environments"),
        ("GET", "/environments/env-nothing"),
        ("GET", "/environments/env-nothing/instances"),
        ("POST", "/environments/env-nothing/deployments"),
        ("GET", "/instances/inst-nothing"),
        ("GET", "/instances/inst-nothing/background-processes"),
        ("POST", "/instances/inst-nothing/background-processes"),
        ("GET", "/background-processes/process-nothing"),
        ("PATCH", "/background-processes/process-nothing"),
        ("DELETE", "/background-processes/process-nothing"),
        ("GET", "/deployments/depl-nothing"),
    ],
)
def test_an_unknown_object_is_404(cloud: LaravelCloud, method: str, path: str) -> None:
    response = cloud(method, path)
    assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/json"
    assert list(response.json()) == ["message"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/nothing"), ("POST", "/background-processes"), ("PUT", PROCESSES)],
)
def test_an_unknown_route_returns_the_website(
    emulator: Emulator, cloud: LaravelCloud, method: str, path: str
) -> None:
    response = cloud(method, path)
    assert response.status_code == 302
    assert response.headers["Location"] == f"{emulator.url}/laravel/"
    followed = requests.get(response.headers["Location"], timeout=10)
    assert followed.status_code == 200
    assert followed.text.startswith("<!DOCTYPE html>")


# Creating


def test_a_custom_process(cloud: LaravelCloud) -> None:
    path, created = made(cloud, CUSTOM)
    assert created["config"] == []
    assert created["strategy_type"] is None
    shown = attributes(cloud.get(path))
    assert shown == {**created, "strategy_type": "none"}
    assert path.startswith("/background-processes/process-")


def test_a_worker(cloud: LaravelCloud) -> None:
    path, created = made(cloud, WORKER)
    assert tuple(created["config"]) == TWELVE
    assert {key: created["config"][key] for key in CONFIG} == CONFIG
    assert created["config"]["name"] is None
    # A command from the tests of another tool.
    assert created["command"] == (
        "php artisan queue:work database --queue=default --tries=3 --backoff=60 --sleep=3 "
        "--rest=0 --timeout=120 --quiet"
    )
    assert attributes(cloud.get(path))["config"] == created["config"]


@pytest.mark.parametrize(
    ("config", "command"),
    [
        ({"connection": "database", "sleep": 10}, "queue:work database --sleep=10"),
        ({}, "queue:work"),
        ({"queue": "a,b", "force": True}, "queue:work --queue=a,b --force"),
    ],
)
def test_a_workers_command_is_generated(
    cloud: LaravelCloud, config: dict[str, Any], command: str
) -> None:
    _path, created = made(cloud, {"type": "worker", "processes": 1, "config": config})
    assert created["command"] == f"php artisan {command} --quiet"


def test_a_worker_needs_no_config(cloud: LaravelCloud) -> None:
    _path, created = made(cloud, {"type": "worker", "processes": 1})
    assert created["config"] == dict.fromkeys(TWELVE)


def test_processes_may_be_identical(cloud: LaravelCloud) -> None:
    assert made(cloud, WORKER)[0] != made(cloud, WORKER)[0]


def test_numbers_as_strings_are_stored_as_numbers(cloud: LaravelCloud) -> None:
    # The vendor's CLI sends all of config as strings, and false as "".
    config = {**CONFIG, "tries": "3", "rest": "0", "force": ""}
    _path, created = made(cloud, {"type": "worker", "processes": "2", "config": config})
    assert created["processes"] == 2
    assert (created["config"]["tries"], created["config"]["rest"]) == (3, 0)
    assert created["config"]["force"] is None


@pytest.mark.parametrize(("sent", "stored"), [("1", True), (1, True), ("0", False), (0, False)])
def test_booleans_can_be_sent_as_numbers(cloud: LaravelCloud, sent: Any, stored: bool) -> None:
    _path, created = made(cloud, {**WORKER, "config": {"force": sent}})
    assert created["config"]["force"] is stored


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"type", "processes"}),
        ({"type": None, "processes": ""}, {"type", "processes"}),
        ({**CUSTOM, "type": "daemon"}, {"type"}),
        ({**CUSTOM, "processes": 0}, {"processes"}),
        ({**CUSTOM, "processes": 11}, {"processes"}),
        ({**CUSTOM, "processes": "many"}, {"processes"}),
        ({**CUSTOM, "processes": 1.5}, {"processes"}),
        ({"type": "custom", "processes": 1}, {"command"}),
        ({**CUSTOM, "command": ""}, {"command"}),
        ({**CUSTOM, "command": "ls"}, {"command"}),
        ({**CUSTOM, "command": "x" * 501}, {"command"}),
        ({**CUSTOM, "command": 12345}, {"command"}),
        ({**WORKER, "config": "redis"}, {"config"}),
        ({**WORKER, "config": {"tries": "x"}}, {"config.tries"}),
        ({**WORKER, "config": {"tries": 1.5, "force": "yes"}}, {"config.tries", "config.force"}),
        ({**WORKER, "config": {"queue": ["a", "b"]}}, {"config.queue"}),
        ({"type": "worker", "config": {"sleep": True}}, {"processes", "config.sleep"}),
    ],
)
def test_an_invalid_body_is_422(
    cloud: LaravelCloud, body: dict[str, Any], fields: set[str]
) -> None:
    assert set(errors(cloud.post(PROCESSES, body))) == fields
    assert cloud.get(PROCESSES).json()["data"] == []


def test_error_messages_are_those_of_the_framework(cloud: LaravelCloud) -> None:
    response = cloud.post(PROCESSES, {"processes": 11})
    assert response.json() == {
        "message": "The type field is required. (and 1 more error)",
        "errors": {
            "type": ["The type field is required."],
            "processes": ["The processes field must not be greater than 10."],
        },
    }


@pytest.mark.parametrize(
    "sent",
    [
        {"data": "{not json", "headers": {"Content-Type": "application/json"}},
        {"json": [1]},
        {"data": {"type": "custom"}},
        {},
    ],
)
def test_a_body_that_is_not_a_json_object_is_ignored(
    cloud: LaravelCloud, sent: dict[str, Any]
) -> None:
    assert set(errors(cloud("POST", PROCESSES, **sent))) == {"type", "processes"}


@pytest.mark.parametrize("media_type", ["application/json", "application/vnd.api+json"])
def test_both_json_media_types_are_accepted(cloud: LaravelCloud, media_type: str) -> None:
    response = cloud.post(PROCESSES, CUSTOM, headers={"Content-Type": media_type})
    assert response.status_code == 201


# Changing, deleting


def test_a_patch_keeps_fields_that_are_not_sent(cloud: LaravelCloud) -> None:
    for body in (CUSTOM, WORKER):
        path, created = made(cloud, body)
        after = attributes(cloud.patch(path, {"processes": 7}))
        assert after == {**created, "processes": 7, "strategy_type": "none"}
        assert attributes(cloud.get(path)) == after


def test_a_patch_of_a_command(cloud: LaravelCloud) -> None:
    path, _created = made(cloud, CUSTOM)
    after = attributes(cloud.patch(path, {"command": "php artisan reverb:start"}))
    assert (after["command"], after["config"]) == ("php artisan reverb:start", [])


def test_a_patch_of_config_changes_the_command(cloud: LaravelCloud) -> None:
    path, _created = made(cloud, {**WORKER, "config": {"connection": "redis"}})
    after = attributes(cloud.patch(path, {"config": {"connection": "redis", "tries": 5}}))
    assert after["command"] == "php artisan queue:work redis --tries=5 --quiet"


def test_the_same_type_may_be_sent(cloud: LaravelCloud) -> None:
    for body in (CUSTOM, WORKER):
        path, created = made(cloud, body)
        assert attributes(cloud.patch(path, body)) == {**created, "strategy_type": "none"}


def test_an_invalid_patch_changes_nothing(cloud: LaravelCloud) -> None:
    path, _created = made(cloud, WORKER)
    before = attributes(cloud.get(path))
    body = {"processes": 11, "config": {"tries": "x", "sleep": 1}}
    assert set(errors(cloud.patch(path, body))) == {"processes", "config.tries"}
    assert attributes(cloud.get(path)) == before


def test_responses_to_writes_have_no_relationships(cloud: LaravelCloud) -> None:
    response = cloud.post(f"{PROCESSES}?include=instance", CUSTOM)
    path = f"/background-processes/{response.json()['data']['id']}"
    patched = cloud.patch(f"{path}?include=instance", {"processes": 2})
    for written in (response, patched):
        assert list(written.json()) == ["data"]
        assert set(written.json()["data"]) == {"id", "type", "attributes"}


def test_a_deletion_is_immediate(cloud: LaravelCloud) -> None:
    path, _created = made(cloud, CUSTOM)
    response = cloud.delete(path)
    assert (response.status_code, response.content) == (204, b"")
    assert "Content-Type" not in response.headers
    assert cloud.get(path).status_code == 404
    assert cloud.delete(path).status_code == 404
    assert cloud.get(PROCESSES).json()["data"] == []


def test_deleting_an_instance_deletes_its_processes(cloud: LaravelCloud) -> None:
    path, _created = made(cloud, CUSTOM)
    assert cloud.delete(f"/instances/{LARAVEL_CLOUD_MAIN_APP_ID}").status_code == 204
    assert cloud.get(path).status_code == 404
    assert cloud.get(f"/environments/{LARAVEL_CLOUD_MAIN_ID}/instances").json()["data"] == []


# Reading


def test_an_empty_list(cloud: LaravelCloud) -> None:
    answer = cloud.get(PROCESSES).json()
    assert answer["data"] == []
    assert set(answer["links"]) == {"first", "last"}
    meta = answer["meta"]
    assert (meta["from"], meta["to"], meta["total"], meta["last_page"]) == (None, None, 0, 1)


def test_pages_of_a_hundred(emulator: Emulator, cloud: LaravelCloud) -> None:
    paths = [made(cloud, CUSTOM)[0] for _time in range(205)]
    path = f"{emulator.laravel_cloud_url}{PROCESSES}"
    seen: list[str] = []
    for number, count, around in ((1, 100, {"next"}), (2, 100, {"prev", "next"}), (3, 5, {"prev"})):
        answer = cloud.get(
            f"{PROCESSES}?page={number}&per_page=3&page[size]=4&include=instance"
        ).json()
        assert len(answer["data"]) == count
        seen += [f"/background-processes/{item['id']}" for item in answer["data"]]
        # Missing links are omitted, and the other parameters are not part of a link.
        assert set(answer["links"]) == {"first", "last"} | around
        assert answer["links"]["last"] == f"{path}?page=3"
        if "next" in around:
            assert answer["links"]["next"] == f"{path}?page={number + 1}"
        meta = answer["meta"]
        assert (meta["current_page"], meta["last_page"], meta["total"]) == (number, 3, 205)
        assert (meta["per_page"], meta["path"]) == (100, path)
        assert (meta["from"], meta["to"]) == (number * 100 - 99, number * 100 - 100 + count)
        assert [link["page"] for link in meta["links"]] == [
            number - 1 or None,
            1,
            2,
            3,
            number + 1 if number < 3 else None,
        ]
        assert [link["active"] for link in meta["links"]][number] is True
        assert len(answer["included"]) == 1
    assert seen == paths
    beyond = cloud.get(f"{PROCESSES}?page=4").json()
    assert (beyond["data"], beyond["meta"]["from"]) == ([], None)
    assert cloud.get(f"{PROCESSES}?page=x").json()["meta"]["current_page"] == 1


def test_ids_are_ordered_by_creation(cloud: LaravelCloud) -> None:
    made_ids = [made(cloud, CUSTOM)[0] for _time in range(20)]
    assert sorted(made_ids) == made_ids


def test_without_include_there_are_no_relationships(cloud: LaravelCloud) -> None:
    path, _created = made(cloud, CUSTOM)
    for route in (path, PROCESSES, "/applications", f"/instances/{LARAVEL_CLOUD_MAIN_APP_ID}"):
        answer = cloud.get(route).json()
        assert "included" not in answer
        data = answer["data"] if isinstance(answer["data"], list) else [answer["data"]]
        assert all("relationships" not in item for item in data)


def test_two_requests_find_an_instance_by_name(cloud: LaravelCloud) -> None:
    path, _created = made(cloud, WORKER)
    answer = cloud.get("/applications?filter[slug]=test-app-2&include=environments").json()
    (application,) = answer["data"]
    assert application["id"] == LARAVEL_CLOUD_UPDATED_APP_ID
    (environment,) = answer["included"]
    assert environment["id"] == LARAVEL_CLOUD_MAIN_ID
    assert application["relationships"]["environments"]["data"] == [
        {"type": "environments", "id": LARAVEL_CLOUD_MAIN_ID}
    ]
    answer = cloud.get(
        f"/environments/{LARAVEL_CLOUD_MAIN_ID}/instances?include=backgroundProcesses"
    ).json()
    (process,) = answer["included"]
    assert "relationships" not in process
    assert f"/background-processes/{process['id']}" == path


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/applications", "organization,environments,defaultEnvironment"),
        (
            f"/environments/{LARAVEL_CLOUD_MAIN_ID}",
            "application,branch,deployments,currentDeployment,primaryDomain,instances,database,"
            "cache,buckets,websocketApplication",
        ),
        (f"/instances/{LARAVEL_CLOUD_MAIN_APP_ID}", "environment,backgroundProcesses"),
    ],
)
def test_includes(cloud: LaravelCloud, path: str, names: str) -> None:
    answer = cloud.get(f"{path}?include={names}").json()
    data = answer["data"][0] if isinstance(answer["data"], list) else answer["data"]
    assert list(data["relationships"]) == names.split(",")
    kinds = {item["type"] for item in answer["included"]}
    assert kinds <= {"organizations", "environments", "applications", "instances"}


@pytest.mark.parametrize(
    "query", ["include=secrets", "include=instance,nothing", "filter[colour]=red"]
)
def test_unknown_includes_and_filters_are_400(cloud: LaravelCloud, query: str) -> None:
    response = cloud.get(f"{PROCESSES}?{query}")
    assert response.status_code == 400
    assert response.json()["message"].startswith("Requested ")


@pytest.mark.parametrize(
    ("path", "query", "found"),
    [
        ("/applications", "filter[name]=shop", [LARAVEL_CLOUD_SHOP_ID]),
        ("/applications", "filter[name]=PP", [LARAVEL_CLOUD_UPDATED_APP_ID]),
        ("/applications", "filter[slug]=p", [LARAVEL_CLOUD_UPDATED_APP_ID, LARAVEL_CLOUD_SHOP_ID]),
        ("/applications", "filter[slug]=none", []),
        ("/applications", "filter[name]=shop&filter[slug]=test", []),
        (
            f"/applications/{LARAVEL_CLOUD_SHOP_ID}/environments",
            "filter[slug]=staging",
            [LARAVEL_CLOUD_STAGING_ID],
        ),
        (
            f"/applications/{LARAVEL_CLOUD_SHOP_ID}/environments",
            "filter[name]=prod,stag",
            [LARAVEL_CLOUD_PRODUCTION_ID, LARAVEL_CLOUD_STAGING_ID],
        ),
    ],
)
def test_filters_match_parts_of_values(
    cloud: LaravelCloud, path: str, query: str, found: list[str]
) -> None:
    assert ids(cloud.get(f"{path}?{query}")) == found


def test_instances_can_be_filtered(cloud: LaravelCloud) -> None:
    path = f"/environments/{LARAVEL_CLOUD_PRODUCTION_ID}/instances"
    for query, names in (
        ("name]=work", ["Workers"]),
        ("type]=service", ["Workers"]),
        ("size]=flex", ["App", "Workers"]),
    ):
        answer = cloud.get(f"{path}?filter[{query}").json()
        assert [item["attributes"]["name"] for item in answer["data"]] == names


def test_environments_show_the_variables_of_the_user(cloud: LaravelCloud) -> None:
    shown = attributes(cloud.get(f"/environments/{LARAVEL_CLOUD_MAIN_ID}"))
    variables = {item["key"]: item["value"] for item in shown["environment_variables"]}
    assert variables == SECRET_CANARIES


# Deployments, limits


def test_a_deployment(cloud: LaravelCloud) -> None:
    response = cloud.post(DEPLOYMENTS)
    assert response.status_code == 201
    data = response.json()["data"]
    path = f"/deployments/{data['id']}"
    assert data["links"]["self"]["href"] == f"{cloud.url}{path}"
    environment = f"/environments/{LARAVEL_CLOUD_MAIN_ID}"
    assert attributes(cloud.get(environment))["status"] == "deploying"
    seen = [data["attributes"]]
    while seen[-1]["finished_at"] is None:
        assert len(seen) < 10
        seen.append(attributes(cloud.get(path)))
    assert [step["status"] for step in seen] == [
        "pending",
        "build.running",
        "deployment.running",
        "deployment.succeeded",
    ]
    assert [step["started_at"] is None for step in seen] == [True, False, False, False]
    assert seen[-1]["failure_reason"] is None
    assert attributes(cloud.get(environment))["status"] == "running"
    assert ids(cloud.get(f"{DEPLOYMENTS}?filter[status]=succeeded")) == [data["id"]]
    assert attributes(cloud.get(path)) == seen[-1]


def test_deployments_are_listed_newest_first(cloud: LaravelCloud) -> None:
    made_ids = [cloud.post(DEPLOYMENTS).json()["data"]["id"] for _time in range(3)]
    assert ids(cloud.get(DEPLOYMENTS)) == made_ids[::-1]


def test_the_rate_limit_headers(cloud: LaravelCloud) -> None:
    now = [1_800_000_000.0]
    with Emulator({"laravel_cloud_rate_limit": "on"}, clock=lambda: now[0]) as limited:
        cloud.url = limited.laravel_cloud_url
        cloud.session.headers["Authorization"] = f"Bearer {limited.token}"
        for left in range(119, -1, -1):
            response = cloud.get("/applications")
            assert response.status_code == 200
            assert response.headers["x-ratelimit-limit"] == "120"
            assert response.headers["x-ratelimit-remaining"] == str(left)
            # Recorded: successful responses have no reset header.
            assert "x-ratelimit-reset" not in response.headers
        now[0] += 15
        refused = cloud.get("/applications")
        assert refused.status_code == 429
        assert refused.json() == {"message": "Too Many Attempts."}
        assert refused.headers["Retry-After"] == "45"
        # A timestamp, unlike Sevalla's.
        assert refused.headers["X-RateLimit-Reset"] == "1800000060"
        now[0] += 45
        assert cloud.get("/applications").status_code == 200
