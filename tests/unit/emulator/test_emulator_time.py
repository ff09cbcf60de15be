# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Exec, disks and logs of Sevalla, and how tests control time and deployments."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests

from ansible_collections.evenkeel.paas.tests.emulator import Emulator, Fault
from ansible_collections.evenkeel.paas.tests.emulator.outcomes import (
    CommandOutcome,
    DeploymentOutcome,
    ExecOutcome,
    UnknownOutcomeError,
    outcome_of,
)
from ansible_collections.evenkeel.paas.tests.emulator.world import (
    LARAVEL_CLOUD_MAIN_APP_ID,
    LARAVEL_CLOUD_MAIN_ID,
    SEVALLA_BLOG_ID,
    SEVALLA_DRAFT_ID,
    SEVALLA_DRAFT_WEB_ID,
    SEVALLA_SHOP_ID,
    SEVALLA_SHOP_WEB_ID,
)
from ansible_collections.evenkeel.paas.tests.unit.emulator.conftest import LaravelCloud, Sevalla
from ansible_collections.evenkeel.paas.tests.unit.emulator.test_emulator_sevalla import (
    CRON,
    DEPLOYMENTS,
    HORIZONTAL,
    PROCESSES,
    SHOP,
    WEB,
    WORKER,
    deploy,
    made,
)

EXEC = f"{WEB}/exec"
CLOUD_DEPLOYMENTS = f"/environments/{LARAVEL_CLOUD_MAIN_ID}/deployments"
CLOUD_COMMANDS = f"/environments/{LARAVEL_CLOUD_MAIN_ID}/commands"
CLOUD_INSTANCES = f"/environments/{LARAVEL_CLOUD_MAIN_ID}/instances"


# Exec


def test_an_exec_returns_its_result(sevalla: Sevalla, emulator: Emulator) -> None:
    ending = ExecOutcome(exit_code=2, stdout="out", stderr="err")
    emulator.world.outcomes.add(SEVALLA_SHOP_WEB_ID, ending)
    body = {"command": ["ls", "-la", "/app"], "timeout": 15}
    answer = sevalla.post(EXEC, body).json()
    assert answer == {"stdout": "out", "stderr": "err", "exit_code": 2}
    assert sevalla.post(EXEC, {"command": ["true"]}).json()["exit_code"] == 0
    assert [
        each["command"] for each in emulator.world.sevalla.applications[SEVALLA_SHOP_ID].execs
    ] == [
        ["ls", "-la", "/app"],
        ["true"],
    ]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"command": []},
        {"command": "ls"},
        {"command": ["a"] * 101},
        {"command": [1]},
        {"command": ["ls"], "timeout": 0},
        {"command": ["ls"], "timeout": "15"},
    ],
)
def test_invalid_execs_are_refused(sevalla: Sevalla, emulator: Emulator, body: Any) -> None:
    assert sevalla.post(EXEC, body).status_code == 400
    assert emulator.world.sevalla.applications[SEVALLA_SHOP_ID].execs == []


def test_a_read_only_key_can_run_only_reading_commands(
    sevalla: Sevalla, emulator: Emulator
) -> None:
    sevalla.session.headers["Authorization"] = f"Bearer {emulator.read_only_token}"
    statuses = {
        word: sevalla.post(EXEC, {"command": [word]}).status_code
        for word in ("ls", "cat", "env", "ps", "grep", "rm", "sh")
    }
    assert statuses == {
        **dict.fromkeys(("ls", "cat", "env", "ps", "grep"), 200),
        **dict.fromkeys(("rm", "sh"), 403),
    }


def test_a_process_without_an_instance_refuses_an_exec(sevalla: Sevalla) -> None:
    worker = f"{PROCESSES}/{made(sevalla, WORKER)['id']}/exec"
    cron = f"{PROCESSES}/{made(sevalla, CRON)['id']}/exec"
    never = f"/applications/{SEVALLA_DRAFT_ID}/processes/{SEVALLA_DRAFT_WEB_ID}/exec"
    body = {"command": ["ls"]}
    for path in (worker, cron, never):
        assert sevalla.post(path, body).status_code == 409
    # A new process runs from the next successful deployment on; a cron runs only at times.
    deploy(sevalla)
    assert sevalla.post(worker, body).status_code == 200
    assert sevalla.post(cron, body).status_code == 409
    assert sevalla.post(f"{PROCESSES}/{SEVALLA_BLOG_ID}/exec", body).status_code == 404


# Disks


def test_a_disk_forces_one_instance(sevalla: Sevalla) -> None:
    sevalla.patch(WEB, {"scaling_strategy": HORIZONTAL})
    sevalla.documented = False  # no response with a disk has been recorded
    disk = {"resource_type_id": "disk-10", "mount_path": "/data"}
    assert sevalla("PUT", f"{WEB}/disk", json={"mount_path": "/data"}).status_code == 400
    assert sevalla("PUT", f"{WEB}/disk", json=disk).status_code == 200
    process = sevalla.get(WEB).json()
    assert process["disk"] == disk
    assert process["scaling_strategy"] == {"type": "manual", "config": {"instanceCount": 1}}
    assert sevalla.delete(f"{WEB}/disk").status_code == 200
    assert "disk" not in sevalla.get(WEB).json()
    assert sevalla.delete(f"{WEB}/disk").status_code == 404


def test_a_cron_cannot_have_a_disk(sevalla: Sevalla) -> None:
    cron = f"{PROCESSES}/{made(sevalla, CRON)['id']}/disk"
    disk = {"resource_type_id": "disk-10", "mount_path": "/data"}
    assert sevalla("PUT", cron, json=disk).status_code == 400


# Logs


def test_the_log_of_a_deployment_contains_the_output_of_the_failed_step(
    sevalla: Sevalla, emulator: Emulator
) -> None:
    ending = DeploymentOutcome(step="build", output="npm ERR! one\nnpm ERR! two\n")
    emulator.world.outcomes.add(SEVALLA_SHOP_ID, ending)
    last = deploy(sevalla)[-1]
    assert last["status"] == "failed"
    path = f"{DEPLOYMENTS}/{last['id']}/logs"
    entries = sevalla.get(path).json()
    assert [(entry["message"], entry["severity"]) for entry in entries] == [
        ("Step checkout", "info"),
        ("Step build", "info"),
        ("npm ERR! one", "error"),
        ("npm ERR! two", "error"),
    ]
    assert sevalla.get(f"{path}?limit=1").json() == entries[:1]
    assert sevalla.get(SHOP).json()["status"] == "deploymentFailed"


def test_logs_have_their_own_rate_limit(sevalla: Sevalla, emulator: Emulator) -> None:
    last = deploy(sevalla)[-1]
    path = f"{DEPLOYMENTS}/{last['id']}/logs"
    emulator.world.switches.update({"sevalla_rate_limit": "on"})
    assert {sevalla.get(path).status_code for _time in range(30)} == {200}
    assert sevalla.get(path).status_code == 429
    assert sevalla.get(DEPLOYMENTS).status_code == 200


# What tests can change


def status_of(response: requests.Response) -> str:
    value = response.json()
    shown: str = value["data"]["attributes"]["status"] if "data" in value else value["status"]
    return shown


@pytest.mark.parametrize("service", ["sevalla", "laravel_cloud"])
def test_a_deployment_takes_as_long_as_its_outcome_says(
    sevalla: Sevalla, cloud: LaravelCloud, emulator: Emulator, service: str
) -> None:
    is_sevalla = service == "sevalla"
    target = SEVALLA_SHOP_ID if is_sevalla else LARAVEL_CLOUD_MAIN_ID
    client, path = (sevalla, DEPLOYMENTS) if is_sevalla else (cloud, CLOUD_DEPLOYMENTS)
    items = DEPLOYMENTS if is_sevalla else "/deployments"
    steps = 2 if is_sevalla else 3
    emulator.world.outcomes.add(target, DeploymentOutcome(polls=3))
    emulator.world.outcomes.add(target, DeploymentOutcome(seconds=100))

    def started() -> str:
        answer = client.post(path, {} if is_sevalla else None).json()
        return f"{items}/{(answer if is_sevalla else answer['data'])['id']}"

    item = started()
    seen = [status_of(client.get(item)) for _time in range(3 * steps)]
    assert seen[-1] in ("success", "deployment.succeeded")
    assert seen.count(seen[0]) == 2
    assert seen[-2] != seen[-1]
    emulator.world.switches.update({f"{service}_deployment_pace": "clock"})
    item = started()
    for _step in range(steps):
        emulator.world.move_clock(99)
        before = status_of(client.get(item))
        emulator.world.move_clock(1)
        assert status_of(client.get(item)) != before
    assert status_of(client.get(item)) in ("success", "deployment.succeeded")


def test_both_services_share_the_clock(
    sevalla: Sevalla, cloud: LaravelCloud, emulator: Emulator
) -> None:
    first = made(sevalla, WORKER)
    emulator.world.move_clock(3600)
    later = made(sevalla, {**WORKER, "display_name": "later"})
    assert later["created_at"] > first["created_at"]
    changed = sevalla.patch(f"{PROCESSES}/{first['id']}", {"entrypoint": "b"}).json()
    assert changed["created_at"] == first["created_at"]
    assert changed["updated_at"] >= later["created_at"]
    instance = {
        "name": "workers",
        "type": "service",
        "size": "flex.m-1vcpu-1gb",
        "scaling_type": "none",
        "min_replicas": 1,
        "max_replicas": 1,
    }
    created = cloud.post(CLOUD_INSTANCES, instance).json()["data"]["attributes"]["created_at"]
    assert created[:16] == later["created_at"][:16]
    emulator.reset()
    assert emulator.world.clock() == pytest.approx(time.time(), abs=60)
    assert made(sevalla, WORKER)["created_at"] < later["created_at"]


def test_the_initial_data_is_a_day_old(sevalla: Sevalla) -> None:
    web, new = sevalla.get(WEB).json(), made(sevalla, WORKER)
    assert web["created_at"][:10] < new["created_at"][:10]


@pytest.mark.parametrize(
    ("status", "sevallas", "clouds"),
    [
        ("success", "success", "deployment.succeeded"),
        ("failed", "failed", "deployment.failed"),
        ("cancelled", "cancelled", "cancelled"),
        ("running", "inProgress", "build.running"),
    ],
)
def test_deployments_of_the_past(
    sevalla: Sevalla,
    cloud: LaravelCloud,
    emulator: Emulator,
    status: str,
    sevallas: str,
    clouds: str,
) -> None:
    for target in (SEVALLA_SHOP_ID, LARAVEL_CLOUD_MAIN_ID):
        emulator.world.past_deployment(target, status, ago=100, seconds=40)
    one = sevalla.get(DEPLOYMENTS).json()["data"][0]
    other = cloud.get(CLOUD_DEPLOYMENTS).json()["data"][0]["attributes"]
    assert (one["status"], other["status"]) == (sevallas, clouds)
    for each in (one, other):
        assert (each["finished_at"] is None) is (status == "running")
    new = made(sevalla, WORKER)
    assert one["started_at"] < new["created_at"]
    # A running one continues; a finished one is ignored.
    emulator.world.finish_deployments()
    assert sevalla.get(DEPLOYMENTS).json()["data"][0]["status"] == (
        "success" if status == "running" else sevallas
    )


def test_a_past_deployment_starts_the_existing_processes(
    sevalla: Sevalla, emulator: Emulator
) -> None:
    emulator.world.past_deployment(SEVALLA_DRAFT_ID, "success")
    draft = f"/applications/{SEVALLA_DRAFT_ID}"
    assert sevalla.get(draft).json()["status"] == "deploymentSuccess"
    answer = sevalla.post(f"{draft}/processes/{SEVALLA_DRAFT_WEB_ID}/exec", {"command": ["ls"]})
    assert answer.status_code == 200
    with pytest.raises(KeyError):
        emulator.world.past_deployment("nothing")


@pytest.mark.parametrize(
    ("path", "deployments"),
    [
        (f"/instances/{LARAVEL_CLOUD_MAIN_APP_ID}/background-processes", CLOUD_DEPLOYMENTS),
        (CLOUD_INSTANCES, CLOUD_DEPLOYMENTS),
        (CLOUD_COMMANDS, CLOUD_DEPLOYMENTS),
        (PROCESSES, DEPLOYMENTS),
    ],
)
@pytest.mark.parametrize("kind", ["deploy", "deploy_done"])
def test_someone_else_deploys_between_two_requests(
    sevalla: Sevalla,
    cloud: LaravelCloud,
    emulator: Emulator,
    kind: str,
    path: str,
    deployments: str,
) -> None:
    client = sevalla if deployments == DEPLOYMENTS else cloud
    emulator.faults.add(Fault(kind, "GET", path))
    assert client.get(path).status_code == 200
    listed = client.get(deployments).json()["data"]
    statuses = [item.get("attributes", item)["status"] for item in listed]
    assert statuses in (
        [["waiting"], ["pending"]] if kind == "deploy" else [["success"], ["deployment.succeeded"]]
    )


@pytest.mark.parametrize("kind", ["deploy", "deploy_done"])
def test_someone_else_deploys_during_polling(
    cloud: LaravelCloud, emulator: Emulator, kind: str
) -> None:
    mine = cloud.post(CLOUD_DEPLOYMENTS).json()["data"]["id"]
    emulator.faults.add(Fault(kind, "GET", "/deployments/*"))
    assert cloud.get(f"/deployments/{mine}").status_code == 200
    assert len(cloud.get(CLOUD_DEPLOYMENTS).json()["data"]) == 2


# Instances and commands of someone else

INSTANCE = {
    "name": "workers",
    "type": "service",
    "size": "flex.m-1vcpu-1gb",
    "scaling_type": "custom",
    "min_replicas": 1,
    "max_replicas": 5,
}


def test_faults_apply_to_instances(cloud: LaravelCloud, emulator: Emulator) -> None:
    emulator.faults.add(Fault("create_same", "POST", CLOUD_INSTANCES))
    path = f"/instances/{cloud.post(CLOUD_INSTANCES, INSTANCE).json()['data']['id']}"
    assert len(cloud.get(f"{CLOUD_INSTANCES}?filter[name]=workers").json()["data"]) == 2
    emulator.faults.add(Fault("change", "GET", path))
    assert cloud.get(path).json()["data"]["attributes"]["max_replicas"] == 9
    emulator.faults.add(Fault("not_stored_shown", "PATCH", path))
    shown = cloud.patch(path, {"size": "pro.c-1vcpu-1gb"}).json()["data"]["attributes"]
    assert shown["size"] == INSTANCE["size"]
    emulator.faults.add(Fault("not_stored", "PATCH", path))
    shown = cloud.patch(path, {"size": "pro.c-1vcpu-1gb"}).json()["data"]["attributes"]
    assert shown["size"] == "pro.c-1vcpu-1gb"
    assert cloud.get(path).json()["data"]["attributes"]["size"] == INSTANCE["size"]
    process = {"type": "custom", "processes": 1, "command": "a-command"}
    kept = cloud.post(f"{path}/background-processes", process).json()["data"]["id"]
    emulator.faults.add(Fault("vanish", "GET", path))
    assert cloud.get(path).status_code == 404
    assert cloud.get(f"/background-processes/{kept}").status_code == 404


def test_faults_apply_to_commands(cloud: LaravelCloud, emulator: Emulator) -> None:
    body = {"command": "php artisan migrate"}
    emulator.faults.add(Fault("create_same", "POST", CLOUD_COMMANDS))
    mine = cloud.post(CLOUD_COMMANDS, body).json()["data"]["id"]
    assert len(cloud.get(CLOUD_COMMANDS).json()["data"]) == 2
    emulator.faults.add(Fault("not_stored", "POST", CLOUD_COMMANDS))
    assert cloud.post(CLOUD_COMMANDS, body).status_code == 201
    assert len(cloud.get(CLOUD_COMMANDS).json()["data"]) == 2
    emulator.faults.add(Fault("vanish", "GET", f"/commands/{mine}"))
    assert cloud.get(f"/commands/{mine}").status_code == 404


# Outcomes and the control routes


def test_outcomes_are_used_in_order_by_kind(cloud: LaravelCloud, emulator: Emulator) -> None:
    outcomes = emulator.world.outcomes
    outcomes.add(LARAVEL_CLOUD_MAIN_ID, CommandOutcome(output="first"), times=2)
    outcomes.add(LARAVEL_CLOUD_MAIN_ID, CommandOutcome(output="last"))
    outcomes.add(LARAVEL_CLOUD_MAIN_ID, DeploymentOutcome(status="cancelled"))
    emulator.world.switches.update({"laravel_cloud_command_pace": "at_once"})
    outputs = [
        cloud.post(CLOUD_COMMANDS, {"command": "x"}).json()["data"]["attributes"]["output"]
        for _time in range(4)
    ]
    assert outputs == ["first", "first", "last", "Done.\n"]
    cloud.post(CLOUD_DEPLOYMENTS)
    emulator.world.finish_deployments()
    assert [
        item["attributes"]["status"] for item in cloud.get(CLOUD_DEPLOYMENTS).json()["data"]
    ] == ["cancelled"]
    outcomes.add(LARAVEL_CLOUD_MAIN_ID, CommandOutcome(output="gone"))
    emulator.reset({"laravel_cloud_command_pace": "at_once"})
    answer = cloud.post(CLOUD_COMMANDS, {"command": "x"}).json()
    assert answer["data"]["attributes"]["output"] == "Done.\n"


def test_an_invalid_outcome_is_refused() -> None:
    assert outcome_of("exec", {"exit_code": 1}) == ExecOutcome(exit_code=1)
    for kind, values in (("nothing", {}), ("exec", {"output": ""}), (None, {})):
        with pytest.raises(UnknownOutcomeError):
            outcome_of(kind, values)


def test_the_control_routes(sevalla: Sevalla, cloud: LaravelCloud, emulator: Emulator) -> None:
    def control(path: str, **body: Any) -> requests.Response:
        return requests.post(f"{emulator.url}/_emulator{path}", json=body, timeout=10)

    outcome = {"kind": "exec", "exit_code": 4}
    assert control("/outcomes", of=SEVALLA_SHOP_WEB_ID, **outcome).status_code == 201
    assert sevalla.post(EXEC, {"command": ["ls"]}).json()["exit_code"] == 4
    before = made(sevalla, WORKER)["created_at"]
    assert control("/clock", by=120).status_code == 200
    assert made(sevalla, {**WORKER, "display_name": "b"})["created_at"] > before
    past = control("/deployments/past", of=LARAVEL_CLOUD_MAIN_ID, status="failed", ago=50)
    assert past.json()["status"] == "deployment.failed"
    assert len(cloud.get(CLOUD_DEPLOYMENTS).json()["data"]) == 1
    assert control("/applications/deleting", of=SEVALLA_SHOP_ID).status_code == 200
    assert sevalla.get(PROCESSES).status_code == 404
    for path, body in (
        ("/outcomes", {"of": "x", "kind": "nothing"}),
        ("/outcomes", {"of": "x", "kind": "exec", "nothing": 1}),
        ("/outcomes", {"of": "x", "kind": "exec", "times": "often"}),
        ("/clock", {"by": "long"}),
        ("/clock", {}),
        ("/deployments/past", {"of": "nothing"}),
        ("/deployments/past", {"of": SEVALLA_SHOP_ID, "nothing": 1}),
        ("/deployments/past", {"of": SEVALLA_SHOP_ID, "ago": "long"}),
        ("/deployments/past", {"of": SEVALLA_SHOP_ID, "values": 1}),
        ("/outcomes", {"of": "x", "kind": "deployment", "polls": 0}),
        ("/outcomes", {"of": "x", "kind": "command", "output": 1}),
        ("/applications/deleting", {"of": "nothing"}),
    ):
        assert control(path, **body).status_code == 400, (path, body)
