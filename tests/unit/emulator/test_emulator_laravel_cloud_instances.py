# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Laravel Cloud's instances, commands, deployment logs and limits, as described and recorded."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft7Validator

from ansible_collections.evenkeel.paas.tests.emulator import Emulator
from ansible_collections.evenkeel.paas.tests.emulator.outcomes import (
    CommandOutcome,
    DeploymentOutcome,
)
from ansible_collections.evenkeel.paas.tests.emulator.world import (
    LARAVEL_CLOUD_MAIN_APP_ID,
    LARAVEL_CLOUD_MAIN_ID,
)
from ansible_collections.evenkeel.paas.tests.unit.emulator.conftest import LaravelCloud
from ansible_collections.evenkeel.paas.tests.unit.emulator.test_emulator_laravel_cloud import (
    DEPLOYMENTS,
    WORKER,
    attributes,
    errors,
    ids,
)

INSTANCES = f"/environments/{LARAVEL_CLOUD_MAIN_ID}/instances"
COMMANDS = f"/environments/{LARAVEL_CLOUD_MAIN_ID}/commands"
APP = f"/instances/{LARAVEL_CLOUD_MAIN_APP_ID}"
SERVICE: dict[str, Any] = {
    "name": "workers",
    "type": "service",
    "size": "flex.m-1vcpu-1gb",
    "scaling_type": "custom",
    "min_replicas": 1,
    "max_replicas": 5,
}


def created(cloud: LaravelCloud, **changes: Any) -> tuple[str, dict[str, Any]]:
    """Create an instance; return its path and its attributes."""
    response = cloud.post(INSTANCES, {**SERVICE, **changes})
    assert response.status_code == 201, response.text
    data = response.json()["data"]
    return f"/instances/{data['id']}", data["attributes"]


# Instances


def test_an_instance_is_created_changed_and_deleted(cloud: LaravelCloud) -> None:
    path, made = created(cloud, uses_scheduler=True)
    assert {name: made[name] for name in SERVICE} == SERVICE
    assert made["uses_scheduler"] is True
    changed = attributes(cloud.patch(path, {"max_replicas": 9, "size": "pro.m-8vcpu-32gb"}))
    assert changed == {**made, "max_replicas": 9, "size": "pro.m-8vcpu-32gb"}
    assert attributes(cloud.get(path)) == changed
    assert ids(cloud.get(f"{INSTANCES}?filter[name]=workers")) == [path.rpartition("/")[2]]
    assert ids(cloud.get(f"{INSTANCES}?filter[size]=pro&filter[type]=app")) == []
    assert cloud.delete(path).status_code == 204
    assert cloud.get(path).status_code == 404


def test_an_instance_includes_its_processes(cloud: LaravelCloud) -> None:
    custom = {"type": "custom", "processes": 1, "command": "php artisan horizon"}
    path, _made = created(cloud, background_processes=[WORKER, custom])
    listed = cloud.get(f"{path}/background-processes").json()["data"]
    assert [item["attributes"]["type"] for item in listed] == ["worker", "custom"]
    refused = cloud.post(INSTANCES, {**SERVICE, "background_processes": [custom, {"type": "x"}]})
    assert set(errors(refused)) == {
        "background_processes.1.type",
        "background_processes.1.processes",
    }
    # Nothing of it remains.
    assert len(ids(cloud.get(INSTANCES))) == 2


def test_all_missing_fields_are_reported_together(cloud: LaravelCloud) -> None:
    named = ["name", "type", "size", "scaling_type", "min_replicas", "max_replicas"]
    assert list(errors(cloud.post(INSTANCES, {}))) == named


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"name": "ab"}, "name"),
        ({"name": "a" * 41}, "name"),
        ({"size": "huge"}, "size"),
        ({"size": "mq-pro-1gb"}, "size"),
        ({"scaling_type": "often"}, "scaling_type"),
        ({"min_replicas": "some"}, "min_replicas"),
        ({"uses_scheduler": "perhaps"}, "uses_scheduler"),
        ({"scaling_cpu_threshold_percentage": 49}, "scaling_cpu_threshold_percentage"),
        ({"scaling_memory_threshold_percentage": 96}, "scaling_memory_threshold_percentage"),
        ({"name": None}, "name"),
    ],
)
def test_invalid_instances_are_422(cloud: LaravelCloud, change: dict[str, Any], named: str) -> None:
    path, made = created(cloud)
    assert list(errors(cloud.post(INSTANCES, {**SERVICE, **change}))) == [named]
    assert list(errors(cloud.patch(path, change))) == [named]
    assert attributes(cloud.get(path)) == made


def test_the_error_for_a_size_is_as_recorded(cloud: LaravelCloud) -> None:
    answer = errors(cloud.post(INSTANCES, {**SERVICE, "size": "huge"}))
    assert answer == {"size": ["The size value is invalid."]}


def test_the_type_cannot_change(cloud: LaravelCloud) -> None:
    path, made = created(cloud)
    # The description of PATCH does not have it, and such keys are ignored.
    assert attributes(cloud.patch(path, {"type": "app"})) == made


def test_automatic_scaling_has_no_replicas(cloud: LaravelCloud) -> None:
    both = ["min_replicas", "max_replicas"]
    assert list(errors(cloud.post(INSTANCES, {**SERVICE, "scaling_type": "auto"}))) == both
    path, made = created(cloud, scaling_type="auto", min_replicas=None, max_replicas=None)
    assert [made[name] for name in both] == [None, None]
    assert list(errors(cloud.patch(path, {"min_replicas": 2}))) == ["min_replicas"]
    # Without automatic scaling, they are required again.
    assert list(errors(cloud.patch(path, {"scaling_type": "custom"}))) == both
    custom = {"scaling_type": "custom", "min_replicas": 2, "max_replicas": 3}
    assert attributes(cloud.patch(path, custom)) == {**made, **custom}
    changed = attributes(cloud.patch(path, {"scaling_type": "auto"}))
    assert [changed[name] for name in both] == [None, None]


def test_a_threshold_is_cleared_by_null(cloud: LaravelCloud) -> None:
    path, _made = created(cloud, scaling_cpu_threshold_percentage="70")
    name = "scaling_cpu_threshold_percentage"
    assert attributes(cloud.get(path))[name] == 70
    assert attributes(cloud.patch(path, {name: None}))[name] is None


def test_every_size_can_be_used(cloud: LaravelCloud) -> None:
    categories = cloud.get("/instances/sizes").json()["data"]
    assert list(categories) == ["general", "managed_queue"]
    for category, kind in (("general", "service"), ("managed_queue", "managed_queue")):
        names = [size["name"] for size in categories[category]]
        assert len(set(names)) == len(names) > 0
        for name in names:
            created(cloud, type=kind, size=name)
    general = {size["name"]: size for size in categories["general"]}
    # The names of the description, with their meaning.
    for name, cores, memory in (
        ("flex.g-1vcpu-512mb", 1, 512),
        ("flex.m-8vcpu-8gb", 8, 8192),
        ("pro.c-2vcpu-2gb", 2, 2048),
        ("pro.m-4vcpu-16gb", 4, 16384),
    ):
        assert (general[name]["cpu_count"], general[name]["memory_mib"]) == (cores, memory)


def test_instances_are_paginated(cloud: LaravelCloud, emulator: Emulator) -> None:
    service = emulator.world.laravel_cloud
    environment = service.environments[LARAVEL_CLOUD_MAIN_ID]
    for number in range(150):
        service.add_instance(environment, f"workers {number}", "service")
    first, second = (cloud.get(f"{INSTANCES}?page={page}").json() for page in (1, 2))
    assert [len(page["data"]) for page in (first, second)] == [100, 51]
    assert first["meta"]["total"] == 151
    assert "next" in first["links"]
    assert "next" not in second["links"]


# Commands

COMMAND = Draft7Validator(
    {
        "type": "object",
        "additionalProperties": False,
        "required": [
            "command",
            "output",
            "status",
            "exit_code",
            "failure_reason",
            "started_at",
            "finished_at",
            "created_at",
        ],
        "properties": {
            "command": {"type": "string"},
            "output": {"type": ["string", "null"]},
            "status": {
                "enum": [
                    "pending",
                    "command.created",
                    "command.running",
                    "command.failure",
                    "command.success",
                ]
            },
            "exit_code": {"type": ["integer", "null"]},
            "failure_reason": {"type": ["string", "null"]},
            "started_at": {"type": ["string", "null"]},
            "finished_at": {"type": ["string", "null"]},
            "created_at": {"type": "string"},
        },
    }
)
"""The attributes of a command in the OpenAPI description."""


def test_the_statuses_of_a_command(cloud: LaravelCloud, emulator: Emulator) -> None:
    last = cloud.post(DEPLOYMENTS).json()["data"]["id"]
    outcome = CommandOutcome(exit_code=3, output="boom\n", reason="It broke.")
    emulator.world.outcomes.add(LARAVEL_CLOUD_MAIN_ID, outcome)
    data = cloud.post(COMMANDS, {"command": "  php artisan migrate  "}).json()["data"]
    path = f"/commands/{data['id']}"
    seen = [data["attributes"], *(attributes(cloud.get(path)) for _time in range(4))]
    for each in seen:
        COMMAND.validate(each)
        assert each["command"] == "php artisan migrate"
        over = each["status"] == "command.failure"
        assert (each["exit_code"], each["output"], each["failure_reason"]) == (
            (3, "boom\n", "It broke.") if over else (None, None, None)
        )
        assert (each["finished_at"] is not None) is over
        assert (each["started_at"] is not None) is (over or each["status"] == "command.running")
    assert [each["status"] for each in seen] == [
        "pending",
        "command.created",
        "command.running",
        "command.failure",
        "command.failure",
    ]
    relations = cloud.get(f"{path}?include=deployment,initiator").json()["data"]["relationships"]
    assert relations["deployment"]["data"]["id"] == last
    assert relations["initiator"]["data"]["type"] == "users"


def test_a_command_that_never_ran(cloud: LaravelCloud, emulator: Emulator) -> None:
    outcome = CommandOutcome(status="command.failure", exit_code=None, reason="No container.")
    emulator.world.outcomes.add(LARAVEL_CLOUD_MAIN_ID, outcome)
    path = f"/commands/{cloud.post(COMMANDS, {'command': 'x'}).json()['data']['id']}"
    last = [attributes(cloud.get(path)) for _time in range(2)][-1]
    assert last["status"] == "command.failure"
    assert [last[name] for name in ("exit_code", "started_at", "output")] == [None] * 3


def test_commands_are_listed_newest_first_and_filtered(cloud: LaravelCloud) -> None:
    made = [
        cloud.post(COMMANDS, {"command": text}).json()["data"]["id"]
        for text in ("php artisan one", "php artisan two", "php artisan one")
    ]
    cloud.get(f"/commands/{made[1]}")
    assert ids(cloud.get(COMMANDS)) == made[::-1]
    assert ids(cloud.get(f"{COMMANDS}?filter[command]=one")) == [made[2], made[0]]
    assert ids(cloud.get(f"{COMMANDS}?filter[status]=command.created")) == [made[1]]


@pytest.mark.parametrize("body", [None, {}, {"command": ""}, {"command": "x" * 150001}])
def test_a_command_must_not_be_empty(cloud: LaravelCloud, body: Any) -> None:
    assert list(errors(cloud.post(COMMANDS, body))) == ["command"]
    assert ids(cloud.get(COMMANDS)) == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/environments/env-nothing/commands"),
        ("POST", "/environments/env-nothing/commands"),
        ("GET", "/commands/comm-nothing"),
        ("POST", "/environments/env-nothing/instances"),
        ("PATCH", "/instances/inst-nothing"),
        ("GET", "/deployments/depl-nothing/logs"),
    ],
)
def test_an_unknown_object_is_404(cloud: LaravelCloud, method: str, path: str) -> None:
    assert cloud(method, path).status_code == 404


# Logs

STEP = Draft7Validator(
    {
        "type": "object",
        "additionalProperties": False,
        "required": ["step", "status", "description"],
        "properties": {
            **{
                key: {"type": "string"}
                for key in ("step", "status", "description", "output", "time")
            },
            "duration_ms": {"type": "integer"},
        },
    }
)
"""A step in the OpenAPI description."""


def logs_of(cloud: LaravelCloud, path: str) -> dict[str, list[tuple[str, str]]]:
    """Return the steps of each phase of the logs with their status."""
    body = cloud.get(f"{path}/logs").json()
    assert body["meta"]["deployment_status"] in attributes_of_logs(cloud, body)
    result = {}
    for phase, log in body["data"].items():
        assert log["available"] is bool(log["steps"])
        for step in log["steps"]:
            STEP.validate(step)
        result[phase] = [(step["step"], step["status"]) for step in log["steps"]]
    return result


def attributes_of_logs(cloud: LaravelCloud, body: dict[str, Any]) -> list[str]:
    listed = cloud.get(DEPLOYMENTS).json()["data"]
    assert set(body) == {"data", "meta"}
    return [item["attributes"]["status"] for item in listed]


def test_the_logs_grow_during_the_deployment(cloud: LaravelCloud) -> None:
    path = f"/deployments/{cloud.post(DEPLOYMENTS).json()['data']['id']}"
    seen = [logs_of(cloud, path)]
    for _time in range(3):
        cloud.get(path)
        seen.append(logs_of(cloud, path))
    built = [("git.clone", "finished"), ("php.command", "finished")]
    assert seen == [
        {"build": [], "deploy": []},
        {"build": [("git.clone", "running")], "deploy": []},
        {"build": built, "deploy": [("prepare.env", "running")]},
        {"build": built, "deploy": [("prepare.env", "finished"), ("deploy.command", "skipped")]},
    ]


@pytest.mark.parametrize(
    ("step", "status", "build", "deploy"),
    [
        ("git.clone", "build.failed", ["git.clone"], []),
        ("php.command", "build.failed", ["git.clone", "php.command"], []),
        (
            "deploy.command",
            "deployment.failed",
            ["git.clone", "php.command"],
            ["prepare.env", "deploy.command"],
        ),
        (
            "health.check",
            "deployment.failed",
            ["git.clone", "php.command"],
            ["prepare.env", "deploy.command", "health.check"],
        ),
    ],
)
def test_a_step_fails_as_the_outcome_says(
    cloud: LaravelCloud,
    emulator: Emulator,
    step: str,
    status: str,
    build: list[str],
    deploy: list[str],
) -> None:
    outcome = DeploymentOutcome(step=step, output="line 1\nline 2\n", reason="Why.")
    emulator.world.outcomes.add(LARAVEL_CLOUD_MAIN_ID, outcome)
    path = f"/deployments/{cloud.post(DEPLOYMENTS).json()['data']['id']}"
    emulator.world.finish_deployments()
    shown = attributes(cloud.get(path))
    assert (shown["status"], shown["failure_reason"]) == (status, "Why.")
    seen = logs_of(cloud, path)
    assert [name for name, _status in seen["build"]] == build
    assert [name for name, _status in seen["deploy"]] == deploy
    phase = "deploy" if deploy else "build"
    assert seen[phase][-1] == (step, "failed")
    last = cloud.get(f"{path}/logs").json()["data"][phase]["steps"][-1]
    assert last["output"] == "line 1\nline 2\n"
    # The next deployment is like any other.
    cloud.post(DEPLOYMENTS)
    emulator.world.finish_deployments()
    assert cloud.get(DEPLOYMENTS).json()["data"][0]["attributes"]["status"] == (
        "deployment.succeeded"
    )


# Limits


def test_writes_of_instances_have_their_own_limit(cloud: LaravelCloud) -> None:
    now = [1_800_000_000.0]
    with Emulator({"laravel_cloud_rate_limit": "on"}, clock=lambda: now[0]) as limited:
        cloud.url = limited.laravel_cloud_url
        cloud.session.headers["Authorization"] = f"Bearer {limited.token}"
        for left in range(29, -1, -1):
            response = cloud.patch(APP, {})
            assert response.status_code == 200
            assert response.headers["x-ratelimit-limit"] == "30"
            assert response.headers["x-ratelimit-remaining"] == str(left)
            assert "x-ratelimit-reset" not in response.headers
        now[0] += 20
        for refused in (cloud.patch(APP, {}), cloud.post(INSTANCES, SERVICE), cloud.delete(APP)):
            assert refused.status_code == 429
            assert refused.headers["x-ratelimit-limit"] == "30"
            assert refused.headers["x-ratelimit-remaining"] == "0"
            assert refused.headers["Retry-After"] == "40"
            assert refused.headers["X-RateLimit-Reset"] == "1800000060"
        # All of them count towards the general limit, like those of processes and deployments.
        response = cloud.post(DEPLOYMENTS)
        assert response.status_code == 201
        assert response.headers["x-ratelimit-limit"] == "120"
        assert response.headers["x-ratelimit-remaining"] == str(120 - 33 - 1)
        now[0] += 40
        assert cloud.patch(APP, {}).status_code == 200


def test_requests_without_a_token_are_counted_by_address(cloud: LaravelCloud) -> None:
    with Emulator({"laravel_cloud_rate_limit": "on"}) as limited:
        cloud.url = limited.laravel_cloud_url
        cloud.session.headers["Authorization"] = "Bearer wrong"
        assert {cloud.get("/applications").status_code for _time in range(120)} == {401}
        assert cloud.get("/applications").status_code == 429
        cloud.session.headers["Authorization"] = f"Bearer {limited.token}"
        assert cloud.get("/applications").headers["x-ratelimit-remaining"] == "119"
