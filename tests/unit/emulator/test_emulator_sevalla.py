# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sevalla's side: what its documentation and OpenAPI description document."""

from __future__ import annotations

import re
from typing import Any

import pytest
import requests

from ansible_collections.evenkeel.paas.tests.emulator import Emulator
from ansible_collections.evenkeel.paas.tests.emulator.world import (
    SEVALLA_BLOG_ID,
    SEVALLA_DRAFT_ID,
    SEVALLA_SHOP_ID,
    SEVALLA_SHOP_WEB_ID,
    SEVALLA_SIZE_IDS,
)
from ansible_collections.evenkeel.paas.tests.unit.emulator.conftest import Sevalla

SHOP = f"/applications/{SEVALLA_SHOP_ID}"
PROCESSES = f"{SHOP}/processes"
WEB = f"{PROCESSES}/{SEVALLA_SHOP_WEB_ID}"
DEPLOYMENTS = f"{SHOP}/deployments"
NOWHERE = "0c0ffee0-0000-4000-8000-000000000000"
S1, S2 = SEVALLA_SIZE_IDS["s1"], SEVALLA_SIZE_IDS["s2"]
ONE = {"type": "manual", "config": {"instanceCount": 1}}
WORKER = {
    "display_name": "queue",
    "type": "worker",
    "entrypoint": "node worker.js",
    "resource_type_id": S1,
    "scaling_strategy": {"type": "manual", "config": {"instanceCount": 2}},
}
CRON = {
    "display_name": "nightly",
    "type": "cron",
    "entrypoint": "node nightly.js",
    "schedule": "0 3 * * *",
    "time_zone": "Europe/Berlin",
    "resource_type_id": S1,
    "scaling_strategy": ONE,
}
JOB = {
    "display_name": "migrate",
    "type": "job",
    "entrypoint": "npm run migrate",
    "job_start_policy": "beforeDeployment",
    "resource_type_id": S1,
    "scaling_strategy": ONE,
}
HORIZONTAL = {
    "type": "horizontal",
    "config": {"minInstanceCount": 1, "maxInstanceCount": 4, "targetCpuPercent": 70},
}
READY = {
    "httpGet": {"path": "/ready", "port": 8080, "scheme": "HTTP"},
    "periodSeconds": 10,
    "failureThreshold": 3,
}


def made(sevalla: Sevalla, body: dict[str, Any]) -> dict[str, Any]:
    response = sevalla.post(PROCESSES, body)
    assert response.status_code == 200, response.text
    return response.json()


def ids(sevalla: Sevalla) -> list[str]:
    return [process["id"] for process in sevalla.get(PROCESSES).json()["data"]]


# Authentication and permission


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Bearer wrong", "Basic dXNlcjpwYXNz"]
)
def test_an_invalid_key_is_401(sevalla: Sevalla, header: str | None) -> None:
    del sevalla.session.headers["Authorization"]
    headers = {} if header is None else {"Authorization": header}
    response = sevalla.get("/applications", headers=headers)
    assert response.status_code == 401
    assert response.json()["message"] == "Unauthorized"


def test_a_read_only_key_is_403_on_writes(emulator: Emulator, sevalla: Sevalla) -> None:
    sevalla.session.headers["Authorization"] = f"Bearer {emulator.read_only_token}"
    assert sevalla.get(PROCESSES).status_code == 200
    assert sevalla.post(PROCESSES, WORKER).status_code == 403
    assert sevalla.delete(WEB).status_code == 403


def test_validating_a_valid_key_succeeds(sevalla: Sevalla) -> None:
    answer = sevalla.get("/api-keys/validate").json()
    assert answer["status"] == "active"
    assert answer["expires_at"] is None


# Paths


@pytest.mark.parametrize(
    "path",
    [
        f"/applications/{NOWHERE}",
        f"/applications/{NOWHERE}/processes",
        f"{PROCESSES}/{NOWHERE}",
        f"{DEPLOYMENTS}/{NOWHERE}",
        "/nothing/here",
    ],
)
def test_an_unknown_object_is_404(sevalla: Sevalla, path: str) -> None:
    assert sevalla.get(path).status_code == 404


def test_a_process_of_another_application_is_404(sevalla: Sevalla) -> None:
    path = f"/applications/{SEVALLA_BLOG_ID}/processes/{SEVALLA_SHOP_WEB_ID}"
    assert sevalla.get(path).status_code == 404
    assert sevalla.patch(path, {"port": 1}).status_code == 404
    assert sevalla.delete(path).status_code == 404


@pytest.mark.parametrize(
    ("app_id", "status"),
    [
        ("shop", 400),
        ("aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa", 400),  # no version has the number a
        (SEVALLA_SHOP_ID[:-1], 400),
        (f"{SEVALLA_SHOP_ID}0", 400),
        ("00000000-0000-0000-0000-000000000000", 404),
        ("ffffffff-ffff-ffff-ffff-ffffffffffff", 404),
        (NOWHERE.upper(), 404),
    ],
)
def test_an_id_in_a_path_must_be_a_uuid(sevalla: Sevalla, app_id: str, status: int) -> None:
    assert sevalla.get(f"/applications/{app_id}").status_code == status
    assert sevalla.get(f"{SHOP}/processes/{app_id}").status_code == status


# Reading


def test_every_application_has_a_web_process(sevalla: Sevalla) -> None:
    for application in sevalla.get("/applications").json()["data"]:
        listed = sevalla.get(f"/applications/{application['id']}/processes").json()
        (web,) = listed["data"]
        assert web["app_id"] == application["id"]
        assert (web["key"], web["type"], web["port"]) == ("web", "web", 8080)
        assert (web["is_ingress_enabled"], web["ingress_protocol"]) == (True, "http")
        assert web["scaling_strategy"] == ONE
        assert (web["resource_type_id"], web["resource_type_name"]) == (S1, "s1")
        assert re.fullmatch(
            rf"\w+-web\.{application['name']}\.svc\.cluster\.local", web["internal_hostname"]
        )


def test_applications_are_newest_first_and_cannot_be_searched(sevalla: Sevalla) -> None:
    listed = sevalla.get("/applications?search=blog&name=blog").json()["data"]
    assert [application["display_name"] for application in listed] == [
        "Draft",
        "Twin",
        "Twin",
        "Blog",
        "Shop",
    ]
    assert len({application["name"] for application in listed}) == 5


def test_an_application_that_was_never_deployed_has_no_status(sevalla: Sevalla) -> None:
    assert sevalla.get(SHOP).json()["status"] == "deploymentSuccess"
    assert sevalla.get(f"/applications/{SEVALLA_DRAFT_ID}").json()["status"] is None


def test_pages(sevalla: Sevalla) -> None:
    for number in range(30):
        made(sevalla, {**WORKER, "display_name": f"queue {number}"})
    first = sevalla.get(PROCESSES).json()
    assert (first["total"], first["offset"], first["limit"]) == (31, 0, 25)
    assert len(first["data"]) == 25
    second = sevalla.get(f"{PROCESSES}?offset=25&page=1&per_page=3").json()
    assert (second["total"], second["offset"], second["limit"]) == (31, 25, 25)
    every = sevalla.get(f"{PROCESSES}?limit=100").json()["data"]
    assert every == [*first["data"], *second["data"]]
    names = ["Web process", *(f"queue {number}" for number in range(30))]
    assert [process["display_name"] for process in every] == names
    assert sevalla.get(f"{PROCESSES}?offset=10000").json()["data"] == []


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=x", "limit=", "offset=-1", "offset=10001"]
)
def test_pages_out_of_range_are_400(sevalla: Sevalla, query: str) -> None:
    assert sevalla.get(f"/applications?{query}").status_code == 400


def test_sizes_are_listed_without_an_envelope(sevalla: Sevalla) -> None:
    sizes = sevalla.get("/resources/process-resource-types?limit=1").json()
    assert {size["name"]: size["id"] for size in sizes} == SEVALLA_SIZE_IDS
    assert [size["name"] for size in sizes] == ["h1", "s1", "s2", "c1", "c3", "m3"]


# Creating


def test_a_worker(sevalla: Sevalla) -> None:
    process = made(sevalla, WORKER)
    assert {name: process[name] for name in WORKER} == WORKER
    empty = ("port", "ingress_protocol", "schedule", "time_zone", "job_start_policy")
    assert [process[name] for name in (*empty, "liveness_probe", "readiness_probe")] == [None] * 7
    assert process["is_ingress_enabled"] is False
    assert process["key"] == "queue"
    assert process["created_at"] == process["updated_at"]
    assert sevalla.get(f"{PROCESSES}/{process['id']}").json() == process
    assert sevalla.get(PROCESSES).json()["data"][1] == process


@pytest.mark.parametrize("body", [CRON, JOB])
def test_a_cron_and_a_job(sevalla: Sevalla, body: dict[str, Any]) -> None:
    process = made(sevalla, body)
    assert {name: process[name] for name in body} == body


def test_a_missing_entrypoint_is_empty(sevalla: Sevalla) -> None:
    body = {name: value for name, value in WORKER.items() if name != "entrypoint"}
    assert made(sevalla, body)["entrypoint"] == ""


def test_keys_are_unique_in_the_application(sevalla: Sevalla) -> None:
    long = "A very Long Name " * 15
    keys = [
        made(sevalla, {**WORKER, "display_name": name})["key"]
        for name in ["Q", "Q", "q!", long, long, "…"]
    ]
    assert keys[:3] == ["q", "q-2", "q-3"]
    assert len(set(keys)) == 6


def test_ids_are_version_4_uuids(sevalla: Sevalla) -> None:
    made_ids = {made(sevalla, WORKER)["id"] for _time in range(20)}
    assert len(made_ids) == 20
    assert all(made_id[14] == "4" for made_id in made_ids)


def test_unknown_keys_are_ignored(sevalla: Sevalla) -> None:
    unknown = {
        "name": "x",
        "command": "x",
        "is_ingress_enabled": True,  # only PATCH takes it
        "scaling_strategy": {
            "type": "manual",
            "config": {"instanceCount": 2, "minInstanceCount": 1},
            "instances": 3,
        },
    }
    process = made(sevalla, {**WORKER, **unknown})
    assert process["scaling_strategy"] == WORKER["scaling_strategy"]
    assert process["is_ingress_enabled"] is False
    before = sevalla.get(WEB).json()
    probe = {"httpGet": {"path": "/", "timeout": 1}, "enabled": True}
    body = {"type": "worker", "instances": 3, "liveness_probe": probe}
    after = sevalla.patch(WEB, body).json()
    assert after["liveness_probe"] == {"httpGet": {"path": "/"}}
    ignoring = ("liveness_probe", "updated_at")
    assert {**after, **{name: before[name] for name in ignoring}} == before


@pytest.mark.parametrize(
    "change",
    [
        {"display_name": None},
        {"display_name": ""},
        {"display_name": "x" * 256},
        {"type": "daemon"},
        {"entrypoint": None},
        {"entrypoint": "x" * 1025},
        {"port": 0},
        {"port": 65536},
        {"port": "8080"},
        {"port": None},
        {"schedule": None},
        {"schedule": "x" * 101},
        {"job_start_policy": "never"},
        {"resource_type_id": 1},
        {"scaling_strategy": None},
        {"scaling_strategy": {"type": "manual", "config": {}}},
        {"scaling_strategy": {"type": "manual", "config": {"instanceCount": 51}}},
        {"scaling_strategy": {"type": "manual", "config": {"instanceCount": -1}}},
        {"scaling_strategy": {"type": "horizontal", "config": {"minInstanceCount": 1}}},
        {"scaling_strategy": {"type": "auto", "config": {"instanceCount": 1}}},
        {"liveness_probe": None},
        {"liveness_probe": {"tcpSocket": {"host": "x"}}},
        {"readiness_probe": {"exec": {"command": "ls"}}},
        {"readiness_probe": {"periodSeconds": 0}},
    ],
)
def test_a_body_that_violates_the_schema_is_400(sevalla: Sevalla, change: dict[str, Any]) -> None:
    assert sevalla.post(PROCESSES, {**WORKER, **change}).status_code == 400
    assert len(ids(sevalla)) == 1
    if "type" not in change:
        before = sevalla.get(WEB).json()
        assert sevalla.patch(WEB, change).status_code == 400
        assert sevalla.get(WEB).json() == before


@pytest.mark.parametrize(
    "missing", ["display_name", "type", "resource_type_id", "scaling_strategy"]
)
@pytest.mark.parametrize("whole", [WORKER, CRON, JOB])
def test_required_fields_of_every_type(
    sevalla: Sevalla, whole: dict[str, Any], missing: str
) -> None:
    body = {name: value for name, value in whole.items() if name != missing}
    response = sevalla.post(PROCESSES, body)
    assert response.status_code == 400
    assert missing in response.json()["data"]["message"]


def test_scaling_to_zero_is_allowed(sevalla: Sevalla) -> None:
    zero = {"type": "manual", "config": {"instanceCount": 0}}
    assert made(sevalla, {**WORKER, "scaling_strategy": zero})["scaling_strategy"] == zero


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"data": "{not json", "headers": {"Content-Type": "application/json"}}, 400),
        ({"data": "[]", "headers": {"Content-Type": "application/json"}}, 400),
        ({"data": "null", "headers": {"Content-Type": "application/json"}}, 400),
        ({"data": "", "headers": {"Content-Type": "application/json"}}, 400),
        ({}, 400),
        ({"data": {"display_name": "x"}}, 415),
    ],
)
def test_a_body_that_is_not_a_json_object_is_400(
    sevalla: Sevalla, sent: dict[str, Any], status: int
) -> None:
    assert sevalla("POST", PROCESSES, **sent).status_code == status


@pytest.mark.parametrize("method", ["DELETE", "POST"])
def test_an_empty_body_with_a_json_content_type_is_400(sevalla: Sevalla, method: str) -> None:
    process = made(sevalla, CRON)
    path = f"{PROCESSES}/{process['id']}" + ("/trigger" if method == "POST" else "")
    headers = {"Content-Type": "application/json"}
    assert sevalla(method, path, headers=headers).status_code == 400
    assert sevalla(method, path).status_code == 200


def test_a_second_web_process_is_refused(sevalla: Sevalla) -> None:
    response = sevalla.post(PROCESSES, {**WORKER, "type": "web"})
    assert response.status_code == 400
    assert response.json()["message"] == "Bad request"
    assert len(ids(sevalla)) == 1


@pytest.mark.parametrize("size", ["s1", NOWHERE])
def test_an_unknown_size_is_refused(sevalla: Sevalla, size: str) -> None:
    assert sevalla.post(PROCESSES, {**WORKER, "resource_type_id": size}).status_code == 400
    assert sevalla.patch(WEB, {"resource_type_id": size}).status_code == 400


# Changing


def test_a_patch_changes_only_the_fields_sent(sevalla: Sevalla) -> None:
    before = sevalla.get(WEB).json()
    body = {
        "is_ingress_enabled": False,
        "ingress_protocol": "grpc",
        "resource_type_id": S2,
        "scaling_strategy": HORIZONTAL,
        "readiness_probe": READY,
    }
    after = sevalla.patch(WEB, body).json()
    changed = {name for name in before if before[name] != after[name]}
    derived = {"resource_type_name", "cpu_limit", "memory_limit"}
    assert changed - {"updated_at"} == {*body, *derived}
    assert {name: after[name] for name in body} == body
    assert after["resource_type_name"] == "s2"
    assert sevalla.get(WEB).json() == after


def test_an_empty_patch_changes_nothing(sevalla: Sevalla) -> None:
    before = sevalla.get(WEB).json()
    after = sevalla.patch(WEB, {}).json()
    assert {**after, "updated_at": before["updated_at"]} == before


@pytest.mark.parametrize("field", ["schedule", "time_zone", "entrypoint"])
def test_strings_can_be_set_to_empty(sevalla: Sevalla, field: str) -> None:
    process = made(sevalla, CRON)
    assert sevalla.patch(f"{PROCESSES}/{process['id']}", {field: ""}).json()[field] == ""


# Deleting, triggering


def test_the_web_process_cannot_be_deleted(sevalla: Sevalla) -> None:
    assert sevalla.delete(WEB).status_code == 400
    assert ids(sevalla) == [SEVALLA_SHOP_WEB_ID]


def test_a_deleted_process_is_listed_until_the_next_deployment(sevalla: Sevalla) -> None:
    process = made(sevalla, WORKER)
    path = f"{PROCESSES}/{process['id']}"
    assert sevalla.delete(path).json() == {"message": "Process is being deleted"}
    assert process["id"] in ids(sevalla)
    assert sevalla.get(path).json() == process
    deploy(sevalla)
    assert process["id"] not in ids(sevalla)
    assert sevalla.get(path).status_code == 404
    assert sevalla.delete(path).status_code == 404
    assert sevalla.patch(path, {}).status_code == 404


def test_a_deployment_that_started_earlier_does_not_remove_the_process(sevalla: Sevalla) -> None:
    process = made(sevalla, WORKER)
    running = sevalla.post(DEPLOYMENTS, {}).json()
    sevalla.delete(f"{PROCESSES}/{process['id']}")
    finish(sevalla, running)
    assert process["id"] in ids(sevalla)
    deploy(sevalla, is_restart=True)
    assert process["id"] not in ids(sevalla)


def test_only_a_cron_can_be_triggered(emulator: Emulator, sevalla: Sevalla) -> None:
    cron, job = made(sevalla, CRON), made(sevalla, JOB)
    triggered = sevalla.post(f"{PROCESSES}/{cron['id']}/trigger")
    assert triggered.json() == {"message": "Cron job triggered"}
    for other in (job["id"], SEVALLA_SHOP_WEB_ID, NOWHERE):
        assert sevalla.post(f"{PROCESSES}/{other}/trigger").status_code == 404
    (shop, *_others) = emulator.world.snapshot()["sevalla"]["applications"]
    assert shop["runs"] == [cron["id"]]


# Deployments


def finish(sevalla: Sevalla, deployment: dict[str, Any]) -> list[dict[str, Any]]:
    seen = [deployment]
    while seen[-1]["status"] in ("waiting", "inProgress"):
        assert len(seen) < 10
        seen.append(sevalla.get(f"{DEPLOYMENTS}/{deployment['id']}").json())
    return seen


def deploy(sevalla: Sevalla, **body: Any) -> list[dict[str, Any]]:
    response = sevalla.post(DEPLOYMENTS, body)
    assert response.status_code == 200
    return finish(sevalla, response.json())


def test_a_deployment(sevalla: Sevalla) -> None:
    seen = deploy(sevalla, branch="next", docker_image="shop:2")
    assert [step["status"] for step in seen] == ["waiting", "inProgress", "success"]
    assert [step["started_at"] is None for step in seen] == [True, False, False]
    assert [step["finished_at"] is None for step in seen] == [True, True, False]
    assert seen[0]["branch"] == "next"
    assert seen[0]["docker_image_url"] == "shop:2"
    assert {step["trigger"] for step in seen} == {"MANUAL_DEPLOY"}
    assert sevalla.get(SHOP).json()["status"] == "deploymentSuccess"


def test_a_restart(sevalla: Sevalla) -> None:
    assert deploy(sevalla, is_restart=True)[-1]["trigger"] == "RESTART"


def test_a_deployment_needs_a_body(sevalla: Sevalla) -> None:
    assert sevalla("POST", DEPLOYMENTS).status_code == 400
    assert sevalla.post(DEPLOYMENTS, {"is_restart": "yes"}).status_code == 400


def test_a_restart_needs_a_build(sevalla: Sevalla) -> None:
    path = f"/applications/{SEVALLA_DRAFT_ID}/deployments"
    assert sevalla.post(path, {"is_restart": True}).status_code == 400
    first = sevalla.post(path, {}).json()
    for _time in range(2):
        sevalla.get(f"{path}/{first['id']}")
    assert sevalla.post(path, {"is_restart": True}).status_code == 200


def test_deployments_are_listed_newest_first(sevalla: Sevalla) -> None:
    made_ids = [deploy(sevalla)[0]["id"] for _time in range(3)]
    listed = sevalla.get(DEPLOYMENTS).json()["data"]
    assert [deployment["id"] for deployment in listed] == made_ids[::-1]


def test_cancelling_skips_a_waiting_deployment(sevalla: Sevalla) -> None:
    waiting = sevalla.post(DEPLOYMENTS, {}).json()
    assert sevalla.get(SHOP).json()["status"] == "deploymentInProgress"
    assert sevalla.post(f"{DEPLOYMENTS}/{waiting['id']}/cancel").status_code == 200
    skipped = sevalla.get(f"{DEPLOYMENTS}/{waiting['id']}").json()
    assert skipped["status"] == "skipped"
    assert sevalla.get(SHOP).json()["status"] == "deploymentSuccess"


def test_cancelling_stops_a_running_deployment(sevalla: Sevalla) -> None:
    path = f"{DEPLOYMENTS}/{sevalla.post(DEPLOYMENTS, {}).json()['id']}"
    assert sevalla.get(path).json()["status"] == "inProgress"
    assert sevalla.post(f"{path}/cancel").status_code == 200
    stopped = sevalla.get(path).json()
    assert stopped["status"] == "cancelled"
    assert stopped["finished_at"] is not None
    assert sevalla.get(SHOP).json()["status"] == "deploymentCancelled"


# Limits


class Clock:
    """A clock that tests move."""

    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def limited() -> Any:
    clock = Clock()
    with Emulator({"sevalla_rate_limit": "on"}, clock=clock) as emulator:
        client = Sevalla(emulator.sevalla_url, emulator.token, "application/json")
        yield client, clock, emulator
        client.session.close()


def refused_after(client: Sevalla, request: Any) -> int:
    """Return how many of these requests succeed before one is refused."""
    for count in range(500):
        response: requests.Response = request(client)
        if response.status_code == 429:
            assert response.headers["x-ratelimit-remaining"] == "0"
            return count
    return -1


@pytest.mark.parametrize(
    ("limit", "seconds", "request_of"),
    [
        (400, 60, lambda client: client.get("/api-keys/validate")),
        (30, 60, lambda client: client.post(PROCESSES, {})),
        (10, 60, lambda client: client.patch(WEB, {})),
        (10, 60, lambda client: client.post(DEPLOYMENTS, {})),
    ],
)
def test_limits(limited: Any, limit: int, seconds: int, request_of: Any) -> None:
    client, clock, _emulator = limited
    first = request_of(client)
    assert first.headers["x-ratelimit-limit"] == str(limit)
    assert first.headers["x-ratelimit-remaining"] == str(limit - 1)
    assert first.headers["x-ratelimit-reset"] == str(seconds)
    clock.now += 20.5
    assert refused_after(client, request_of) == limit - 1
    refused = request_of(client)
    assert refused.json()["message"] == "Too many requests"
    # The remaining seconds, and no Retry-After, which is not documented.
    assert refused.headers["x-ratelimit-reset"] == str(seconds - 20)
    assert "Retry-After" not in refused.headers
    clock.now += seconds - 20
    assert request_of(client).status_code != 429


def test_changes_are_limited_for_each_application(limited: Any) -> None:
    client, _clock, _emulator = limited
    assert refused_after(client, lambda client: client.delete(WEB)) == 10
    assert client.patch(WEB, {}).status_code == 429
    blog = f"/applications/{SEVALLA_BLOG_ID}/processes"
    web = client.get(blog).json()["data"][0]["id"]
    assert client.patch(f"{blog}/{web}", {}).status_code == 200


def test_other_writes_share_a_limit(limited: Any) -> None:
    client, _clock, _emulator = limited
    assert refused_after(client, lambda client: client.post(PROCESSES, {})) == 30
    blog = f"/applications/{SEVALLA_BLOG_ID}/processes"
    assert client.post(blog, WORKER).status_code == 429


def test_times(limited: Any) -> None:
    client, clock, _emulator = limited
    clock.now += 0.5
    process = made(client, WORKER)
    assert process["created_at"] == process["updated_at"] == "2027-01-15T08:00:00.500Z"
    clock.now += 60
    after = client.patch(f"{PROCESSES}/{process['id']}", {"port": 1}).json()
    assert after["created_at"] == process["created_at"]
    assert after["updated_at"] == "2027-01-15T08:01:00.500Z"


def test_rate_limit_headers_are_sent_without_limits(sevalla: Sevalla) -> None:
    for _time in range(15):
        response = sevalla.patch(WEB, {})
        assert response.status_code == 200
        assert response.headers["x-ratelimit-limit"] == "10"
