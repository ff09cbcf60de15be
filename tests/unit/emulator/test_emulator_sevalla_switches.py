# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sevalla's open questions: every switch in every value."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.evenkeel.paas.tests.emulator import Emulator
from ansible_collections.evenkeel.paas.tests.emulator.outcomes import (
    DeploymentOutcome,
    ExecOutcome,
)
from ansible_collections.evenkeel.paas.tests.unit.emulator.conftest import Sevalla
from ansible_collections.evenkeel.paas.tests.unit.emulator.test_emulator_sevalla import (
    CRON,
    DEPLOYMENTS,
    HORIZONTAL,
    JOB,
    NOWHERE,
    PROCESSES,
    READY,
    SEVALLA_DRAFT_ID,
    SEVALLA_SHOP_WEB_ID,
    SHOP,
    WEB,
    WORKER,
    deploy,
    ids,
    made,
    refused_after,
)


def path_of(process: dict[str, Any]) -> str:
    return f"{PROCESSES}/{process['id']}"


@pytest.mark.parametrize(("value", "listed"), [("listed", True), ("hidden", False)])
def test_deleted_process(emulator: Emulator, sevalla: Sevalla, value: str, listed: bool) -> None:
    emulator.reset({"sevalla_deleted_process": value})
    process = made(sevalla, CRON)
    sevalla.delete(path_of(process))
    assert (process["id"] in ids(sevalla)) is listed
    assert sevalla.get(path_of(process)).status_code == (200 if listed else 404)
    assert sevalla.post(f"{path_of(process)}/trigger").status_code == (200 if listed else 404)
    assert sevalla.get(PROCESSES).json()["total"] == (2 if listed else 1)
    deploy(sevalla)
    assert process["id"] not in ids(sevalla)


@pytest.mark.parametrize("status", [200, 400, 404])
def test_second_delete(emulator: Emulator, sevalla: Sevalla, status: int) -> None:
    emulator.reset({"sevalla_second_delete": status})
    process = made(sevalla, WORKER)
    assert sevalla.delete(path_of(process)).status_code == 200
    assert sevalla.delete(path_of(process)).status_code == status


@pytest.mark.parametrize("status", [200, 404])
def test_patch_deleted(emulator: Emulator, sevalla: Sevalla, status: int) -> None:
    emulator.reset({"sevalla_patch_deleted": status})
    process = made(sevalla, WORKER)
    assert sevalla.patch(path_of(process), {"port": 1}).status_code == 200
    sevalla.delete(path_of(process))
    assert sevalla.patch(path_of(process), {"port": 2}).status_code == status
    deploy(sevalla)
    assert process["id"] not in ids(sevalla)


@pytest.mark.parametrize(("value", "form"), [("empty", ""), ("null", None)])
def test_cleared_text(emulator: Emulator, sevalla: Sevalla, value: str, form: str | None) -> None:
    emulator.reset({"sevalla_cleared_text": value})
    path = path_of(made(sevalla, CRON))
    sevalla.patch(path, {"schedule": "", "time_zone": "", "entrypoint": ""})
    cleared = sevalla.get(path).json()
    assert [cleared[name] for name in ("schedule", "time_zone")] == [form, form]
    assert cleared["entrypoint"] == ""


@pytest.mark.parametrize(("value", "form"), [("empty", ""), ("null", None)])
def test_cleared_entrypoint(
    emulator: Emulator, sevalla: Sevalla, value: str, form: str | None
) -> None:
    emulator.reset({"sevalla_cleared_entrypoint": value})
    sevalla.documented = form is not None  # the description says that it is never null
    path = path_of(made(sevalla, WORKER))
    assert sevalla.patch(path, {"entrypoint": ""}).json()["entrypoint"] == form


@pytest.mark.parametrize(("value", "status"), [("accepted", 200), ("refused", 400)])
def test_cron_empty_schedule(emulator: Emulator, sevalla: Sevalla, value: str, status: int) -> None:
    emulator.reset({"sevalla_cron_empty_schedule": value})
    assert sevalla.post(PROCESSES, {**CRON, "schedule": ""}).status_code == status
    assert sevalla.patch(path_of(made(sevalla, CRON)), {"schedule": ""}).status_code == status
    # A schedule that is sent for a web process is not a cron's.
    assert sevalla.patch(WEB, {"schedule": ""}).status_code == 200


@pytest.mark.parametrize(("value", "status"), [("refused", 400), ("accepted", 200)])
def test_required_by_type(emulator: Emulator, sevalla: Sevalla, value: str, status: int) -> None:
    emulator.reset({"sevalla_required_by_type": value})
    for body, name in ((CRON, "schedule"), (JOB, "job_start_policy")):
        less = {key: item for key, item in body.items() if key != name}
        assert sevalla.post(PROCESSES, less).status_code == status


@pytest.mark.parametrize(
    ("value", "accepted"),
    [
        ("unchecked", {"0 3 * * *", "*/5 1-3 * JAN mon", "@daily", "never", "0 3 * *"}),
        ("five_fields", {"0 3 * * *", "*/5 1-3 * JAN mon"}),
        ("five_fields_or_macro", {"0 3 * * *", "*/5 1-3 * JAN mon", "@daily"}),
    ],
)
def test_cron_syntax(emulator: Emulator, sevalla: Sevalla, value: str, accepted: set[str]) -> None:
    emulator.reset({"sevalla_cron_syntax": value})
    for schedule in ("0 3 * * *", "*/5 1-3 * JAN mon", "@daily", "never", "0 3 * *"):
        status = sevalla.post(PROCESSES, {**CRON, "schedule": schedule}).status_code
        assert status == (200 if schedule in accepted else 400), schedule


@pytest.mark.parametrize(("value", "zone"), [("null", None), ("UTC", "UTC")])
def test_cron_time_zone(emulator: Emulator, sevalla: Sevalla, value: str, zone: str | None) -> None:
    emulator.reset({"sevalla_cron_time_zone": value})
    without = {name: item for name, item in CRON.items() if name != "time_zone"}
    assert made(sevalla, without)["time_zone"] == zone
    assert made(sevalla, CRON)["time_zone"] == "Europe/Berlin"
    assert made(sevalla, WORKER)["time_zone"] is None


@pytest.mark.parametrize(
    ("value", "more"),
    [
        ("off", {}),
        (
            "v2",
            {
                "targetMemoryPercent": 80,
                "scaleUpIntervalSeconds": 60,
                "scaleUpIncrement": 1,
                "scaleDownIntervalSeconds": 600,
                "scaleDownIncrement": 1,
            },
        ),
        (
            "v2_omitted",
            {
                "targetMemoryPercent": 80,
                "scaleUpIntervalSeconds": 60,
                "scaleUpIncrement": 1,
                "scaleDownIntervalSeconds": 600,
                "scaleDownIncrement": 1,
            },
        ),
    ],
)
def test_horizontal_defaults(
    emulator: Emulator, sevalla: Sevalla, value: str, more: dict[str, int]
) -> None:
    emulator.reset({"sevalla_horizontal_defaults": value})
    process = made(sevalla, {**WORKER, "scaling_strategy": HORIZONTAL})
    assert process["scaling_strategy"]["config"] == {**HORIZONTAL["config"], **more}
    if value == "off":
        return
    unset = {"type": "horizontal", "config": {**HORIZONTAL["config"], "targetMemoryPercent": None}}
    process = made(sevalla, {**WORKER, "display_name": "b", "scaling_strategy": unset})
    stored = process["scaling_strategy"]["config"]["targetMemoryPercent"]
    assert stored == (80 if value == "v2" else None)
    assert sevalla.get(WEB).json()["scaling_strategy"]["type"] == "manual"


@pytest.mark.parametrize(
    ("value", "more"),
    [
        ("off", {}),
        ("filled", {"initialDelaySeconds": 0, "timeoutSeconds": 120, "successThreshold": 1}),
    ],
)
def test_probe_defaults(
    emulator: Emulator, sevalla: Sevalla, value: str, more: dict[str, int]
) -> None:
    emulator.reset({"sevalla_probe_defaults": value})
    assert sevalla.patch(WEB, {"liveness_probe": READY}).json()["liveness_probe"] == {
        **READY,
        **more,
    }


@pytest.mark.parametrize(
    ("value", "strategy", "probe"),
    [
        (
            "replace",
            {"minInstanceCount": 2, "maxInstanceCount": 3, "targetCpuPercent": None},
            {"httpGet": None, "tcpSocket": {"port": 5432}},
        ),
        (
            "merge",
            {"minInstanceCount": 2, "maxInstanceCount": 3, "scaleUpIncrement": 2},
            {"tcpSocket": {"port": 5432}, "periodSeconds": 10, "failureThreshold": 3},
        ),
    ],
)
def test_nested_patch(
    emulator: Emulator, sevalla: Sevalla, value: str, strategy: Any, probe: Any
) -> None:
    emulator.reset({"sevalla_nested_patch": value})
    first = {"type": "horizontal", "config": {**HORIZONTAL["config"], "scaleUpIncrement": 2}}
    sevalla.patch(WEB, {"scaling_strategy": first, "readiness_probe": READY})
    config = {"minInstanceCount": 2, "maxInstanceCount": 3, "targetCpuPercent": None}
    second = {
        "scaling_strategy": {"type": "horizontal", "config": config},
        "readiness_probe": {"httpGet": None, "tcpSocket": {"port": 5432}},
    }
    after = sevalla.patch(WEB, second).json()
    assert after["scaling_strategy"] == {"type": "horizontal", "config": strategy}
    assert after["readiness_probe"] == probe
    # A response's config has only the keys of its own type.
    manual = {"type": "manual", "config": {"instanceCount": 3}}
    assert sevalla.patch(WEB, {"scaling_strategy": manual}).json()["scaling_strategy"] == manual


def test_a_nested_patch_merges_at_every_depth(emulator: Emulator, sevalla: Sevalla) -> None:
    emulator.reset({"sevalla_nested_patch": "merge"})
    sevalla.patch(WEB, {"readiness_probe": READY})
    body = {"readiness_probe": {"httpGet": {"path": "/up", "scheme": None}}}
    assert sevalla.patch(WEB, body).json()["readiness_probe"] == {
        "httpGet": {"path": "/up", "port": 8080},
        "periodSeconds": 10,
        "failureThreshold": 3,
    }


NULLS = {"exec": None, "httpGet": None, "tcpSocket": None}
WIPING = {**NULLS, "periodSeconds": None, "failureThreshold": None}


@pytest.mark.parametrize(
    ("nested", "value", "sent", "status", "stored"),
    [
        ("replace", "cleared", {}, 200, None),
        ("replace", "cleared", NULLS, 200, None),
        ("replace", "echoed", {}, 200, {}),
        ("replace", "echoed", NULLS, 200, NULLS),
        ("replace", "ignored", {}, 200, READY),
        ("replace", "ignored", NULLS, 200, READY),
        ("replace", "refused", {}, 400, READY),
        ("replace", "refused", NULLS, 400, READY),
        ("merge", "cleared", {}, 200, None),
        ("merge", "cleared", NULLS, 200, None),
        ("merge", "echoed", {}, 200, READY),
        ("merge", "echoed", NULLS, 200, {"periodSeconds": 10, "failureThreshold": 3}),
        ("merge", "echoed", WIPING, 200, {}),
        ("merge", "ignored", NULLS, 200, READY),
        ("merge", "refused", NULLS, 400, READY),
    ],
)
def test_empty_probe(
    emulator: Emulator,
    sevalla: Sevalla,
    nested: str,
    value: str,
    sent: dict[str, Any],
    status: int,
    stored: Any,
) -> None:
    emulator.reset({"sevalla_nested_patch": nested, "sevalla_empty_probe": value})
    sevalla.patch(WEB, {"liveness_probe": READY})
    assert sevalla.patch(WEB, {"liveness_probe": sent}).status_code == status
    assert sevalla.get(WEB).json()["liveness_probe"] == stored


@pytest.mark.parametrize(("value", "status"), [("any", 200), ("exactly_one", 400)])
def test_probe_handlers(emulator: Emulator, sevalla: Sevalla, value: str, status: int) -> None:
    emulator.reset({"sevalla_probe_handlers": value})
    two = {"httpGet": {"path": "/"}, "tcpSocket": {"port": 1}}
    for probe in (two, {"periodSeconds": 5}):
        assert sevalla.patch(WEB, {"readiness_probe": probe}).status_code == status
    assert sevalla.patch(WEB, {"readiness_probe": READY}).status_code == 200


@pytest.mark.parametrize("value", ["ignored", "stored", "refused"])
def test_fields_of_other_types(emulator: Emulator, sevalla: Sevalla, value: str) -> None:
    emulator.reset({"sevalla_fields_of_other_types": value})
    foreign = {"schedule": "0 3 * * *", "job_start_policy": "beforeDeployment"}
    worker = {**WORKER, **foreign, "liveness_probe": READY}
    response = sevalla.post(PROCESSES, worker)
    if value == "refused":
        assert response.status_code == 400
        assert sevalla.patch(WEB, {"schedule": "0 3 * * *"}).status_code == 400
        return
    stored = value == "stored"
    process = response.json()
    assert process["liveness_probe"] == (READY if stored else None)
    assert process["schedule"] == (foreign["schedule"] if stored else None)
    path = path_of(process)
    assert sevalla.patch(path, {"is_ingress_enabled": True}).json()["is_ingress_enabled"] is stored
    web = sevalla.patch(WEB, foreign).json()
    assert web["job_start_policy"] == (foreign["job_start_policy"] if stored else None)
    # Every type can have a port.
    assert sevalla.patch(path, {"port": 9000}).json()["port"] == 9000


@pytest.mark.parametrize("value", ["stored", "forced", "refused"])
@pytest.mark.parametrize(
    "strategy", [HORIZONTAL, {"type": "manual", "config": {"instanceCount": 2}}]
)
def test_cron_job_scaling(
    emulator: Emulator, sevalla: Sevalla, value: str, strategy: dict[str, Any]
) -> None:
    emulator.reset({"sevalla_cron_job_scaling": value})
    one = {"type": "manual", "config": {"instanceCount": 1}}
    for body in (CRON, JOB):
        response = sevalla.post(PROCESSES, {**body, "scaling_strategy": strategy})
        if value == "refused":
            assert response.status_code == 400
        else:
            stored = response.json()["scaling_strategy"]
            assert stored == (strategy if value == "stored" else one)
        assert sevalla.post(PROCESSES, body).status_code == 200
    assert made(sevalla, {**WORKER, "scaling_strategy": strategy})["scaling_strategy"] == strategy


@pytest.mark.parametrize(("value", "status"), [("refused", 400), ("stored", 200)])
def test_min_above_max(emulator: Emulator, sevalla: Sevalla, value: str, status: int) -> None:
    emulator.reset({"sevalla_min_above_max": value})
    config = {"minInstanceCount": 3, "maxInstanceCount": 2}
    strategy = {"type": "horizontal", "config": config}
    assert sevalla.patch(WEB, {"scaling_strategy": strategy}).status_code == status
    config["maxInstanceCount"] = 3
    assert sevalla.patch(WEB, {"scaling_strategy": strategy}).status_code == 200


@pytest.mark.parametrize("most", [50, 20])
def test_max_instances(emulator: Emulator, sevalla: Sevalla, most: int) -> None:
    emulator.reset({"sevalla_max_instances": most})
    for count in (most, most + 1):
        for strategy in (
            {"type": "manual", "config": {"instanceCount": count}},
            {"type": "horizontal", "config": {"minInstanceCount": 0, "maxInstanceCount": count}},
        ):
            status = sevalla.patch(WEB, {"scaling_strategy": strategy}).status_code
            assert status == (200 if count == most else 400)


@pytest.mark.parametrize("value", ["off", "on"])
def test_patch_ingress_defaults(emulator: Emulator, sevalla: Sevalla, value: str) -> None:
    emulator.reset({"sevalla_patch_ingress_defaults": value})
    sevalla.patch(WEB, {"is_ingress_enabled": False, "ingress_protocol": "grpc"})
    assert sevalla.patch(WEB, {"port": 1}).json()["ingress_protocol"] == "grpc"
    after = sevalla.patch(WEB, {"ingress_protocol": "grpc"}).json()
    assert after["is_ingress_enabled"] is (value == "on")
    after = sevalla.patch(WEB, {"is_ingress_enabled": False}).json()
    assert after["ingress_protocol"] == ("http" if value == "on" else "grpc")


@pytest.mark.parametrize(("value", "answered"), [("at_once", "grpc"), ("delayed", "http")])
def test_ingress_protocol(emulator: Emulator, sevalla: Sevalla, value: str, answered: str) -> None:
    emulator.reset({"sevalla_ingress_protocol": value})
    assert sevalla.patch(WEB, {"ingress_protocol": "grpc"}).json()["ingress_protocol"] == answered
    assert sevalla.get(WEB).json()["ingress_protocol"] == "grpc"


@pytest.mark.parametrize("value", ["slug", "random"])
def test_process_key(emulator: Emulator, sevalla: Sevalla, value: str) -> None:
    emulator.reset({"sevalla_process_key": value})
    keys = {made(sevalla, WORKER)["key"] for _time in range(3)}
    assert len(keys) == 3
    assert ("queue" in keys) is (value == "slug")
    assert sevalla.get(WEB).json()["key"] == "web"


@pytest.mark.parametrize(("value", "status"), [("allowed", 200), ("refused", 400)])
def test_duplicate_display_name(
    emulator: Emulator, sevalla: Sevalla, value: str, status: int
) -> None:
    emulator.reset({"sevalla_duplicate_display_name": value})
    process = made(sevalla, WORKER)
    assert sevalla.post(PROCESSES, WORKER).status_code == status
    assert sevalla.patch(WEB, {"display_name": "queue"}).status_code == status
    # A process may keep its own name, and have no name.
    assert sevalla.patch(path_of(process), {"display_name": "queue"}).status_code == 200
    assert sevalla.patch(path_of(process), {"port": 1}).status_code == 200


@pytest.mark.parametrize(("value", "name"), [("given", "s1"), ("null", None)])
def test_resource_type_name(
    emulator: Emulator, sevalla: Sevalla, value: str, name: str | None
) -> None:
    emulator.reset({"sevalla_resource_type_name": value})
    assert sevalla.get(WEB).json()["resource_type_name"] == name
    assert sevalla.get(WEB).json()["cpu_limit"] == 500


@pytest.mark.parametrize("status", [400, 409, 422])
def test_semantic_error(emulator: Emulator, sevalla: Sevalla, status: int) -> None:
    emulator.reset({"sevalla_semantic_error": status})
    assert sevalla.post(PROCESSES, {**WORKER, "type": "web"}).status_code == status
    assert sevalla.delete(WEB).status_code == status
    assert sevalla.patch(WEB, {"resource_type_id": NOWHERE}).status_code == status
    # A violation of the schema is always 400.
    assert sevalla.patch(WEB, {"port": 0}).status_code == 400


@pytest.mark.parametrize("status", [404, 400, 409, 422])
def test_trigger_refusal(emulator: Emulator, sevalla: Sevalla, status: int) -> None:
    emulator.reset({"sevalla_trigger_refusal": status})
    assert sevalla.post(f"{WEB}/trigger").status_code == status
    assert sevalla.post(f"{path_of(made(sevalla, CRON))}/trigger").status_code == 200


@pytest.mark.parametrize("status", [400, 404])
def test_malformed_uuid(emulator: Emulator, sevalla: Sevalla, status: int) -> None:
    emulator.reset({"sevalla_malformed_uuid": status})
    assert sevalla.get("/applications/shop").status_code == status
    assert sevalla.delete(f"{PROCESSES}/web").status_code == status


@pytest.mark.parametrize(
    ("value", "walk", "status"),
    [
        ("success", ["waiting", "inProgress", "success"], "deploymentSuccess"),
        ("failed", ["waiting", "inProgress", "failed"], "deploymentFailed"),
        ("cancelled", ["waiting", "inProgress", "cancelled"], "deploymentCancelled"),
        ("skipped", ["waiting", "skipped"], "deploymentSuccess"),
    ],
)
def test_deployment_result(
    emulator: Emulator, sevalla: Sevalla, value: str, walk: list[str], status: str
) -> None:
    emulator.reset({"sevalla_deployment_result": value})
    process = made(sevalla, WORKER)
    sevalla.delete(path_of(process))
    assert [step["status"] for step in deploy(sevalla)] == walk
    assert sevalla.get(SHOP).json()["status"] == status
    # Only a successful deployment removes deleted processes.
    assert (process["id"] in ids(sevalla)) is (value != "success")


@pytest.mark.parametrize("value", ["polls", "clock", "at_once"])
def test_deployment_pace(value: str) -> None:
    now = [1_800_000_000.0]
    with Emulator({"sevalla_deployment_pace": value}, clock=lambda: now[0]) as paced:
        sevalla = Sevalla(paced.sevalla_url, paced.token, "application/json")
        started = sevalla.post(DEPLOYMENTS, {}).json()
        path = f"{DEPLOYMENTS}/{started['id']}"
        seen = [started["status"]]
        for passed in (0, 19, 1, 20, 20):
            now[0] += passed
            seen.append(sevalla.get(path).json()["status"])
        status = sevalla.get(SHOP).json()["status"]
        sevalla.session.close()
    assert status == "deploymentSuccess"
    assert (
        seen
        == {
            "polls": ["waiting", "inProgress", "success", "success", "success", "success"],
            "clock": ["waiting", "waiting", "waiting", "inProgress", "success", "success"],
            "at_once": ["success"] * 6,
        }[value]
    )


def test_deployments_that_advance_by_the_clock_run_one_at_a_time() -> None:
    now = [1_800_000_000.0]
    with Emulator({"sevalla_deployment_pace": "clock"}, clock=lambda: now[0]) as paced:
        sevalla = Sevalla(paced.sevalla_url, paced.token, "application/json")
        for _time in range(2):
            sevalla.post(DEPLOYMENTS, {})
        seen = []
        for _time in range(5):
            listed = sevalla.get(DEPLOYMENTS).json()["data"]
            seen.append([deployment["status"] for deployment in reversed(listed)])
            now[0] += 20
        sevalla.session.close()
    assert seen == [
        ["waiting", "waiting"],
        ["inProgress", "waiting"],
        ["success", "waiting"],
        ["success", "inProgress"],
        ["success", "success"],
    ]


@pytest.mark.parametrize("value", ["queued", "skip_waiting", "refused"])
def test_concurrent_deployments(emulator: Emulator, sevalla: Sevalla, value: str) -> None:
    emulator.reset({"sevalla_concurrent_deployments": value})
    running = sevalla.post(DEPLOYMENTS, {}).json()["id"]
    assert sevalla.get(f"{DEPLOYMENTS}/{running}").json()["status"] == "inProgress"
    if value == "refused":
        assert sevalla.post(DEPLOYMENTS, {}).status_code == 400
        return
    waiting = sevalla.post(DEPLOYMENTS, {}).json()["id"]
    last = sevalla.post(DEPLOYMENTS, {}).json()["id"]
    listed = {item["id"]: item["status"] for item in sevalla.get(DEPLOYMENTS).json()["data"]}
    skipped = "skipped" if value == "skip_waiting" else "waiting"
    assert listed == {running: "inProgress", waiting: skipped, last: "waiting"}
    for _time in range(10):
        status = sevalla.get(f"{DEPLOYMENTS}/{last}").json()["status"]
        if status != "waiting":
            break
    assert status == "inProgress"
    assert sevalla.get(f"{DEPLOYMENTS}/{running}").json()["status"] == "success"


@pytest.mark.parametrize("status", [400, 404, 409, 422])
def test_restart_never_deployed(emulator: Emulator, sevalla: Sevalla, status: int) -> None:
    emulator.reset({"sevalla_restart_never_deployed": status})
    path = f"/applications/{SEVALLA_DRAFT_ID}/deployments"
    assert sevalla.post(path, {"is_restart": True}).status_code == status
    assert sevalla.post(path, {}).status_code == 200


@pytest.mark.parametrize("value", ["off", "on"])
def test_rate_limit(emulator: Emulator, sevalla: Sevalla, value: str) -> None:
    emulator.reset({"sevalla_rate_limit": value})
    statuses = [sevalla.patch(WEB, {}).status_code for _time in range(11)]
    assert statuses == [200] * 10 + [429 if value == "on" else 200]


@pytest.mark.parametrize(
    ("value", "limit", "reset"), [("general_write", 30, "60"), ("service_creation", 20, "3600")]
)
def test_post_rate_limit(
    emulator: Emulator, sevalla: Sevalla, value: str, limit: int, reset: str
) -> None:
    emulator.reset({"sevalla_rate_limit": "on", "sevalla_post_rate_limit": value})
    cron = made(sevalla, CRON)
    first = sevalla.post(f"{path_of(cron)}/trigger")
    assert first.headers["x-ratelimit-limit"] == str(limit)
    assert first.headers["x-ratelimit-reset"] in (reset, str(int(reset) - 1))
    assert refused_after(sevalla, lambda client: client.post(PROCESSES, {})) == limit - 2


@pytest.mark.parametrize("value", ["off", "on"])
def test_retry_after(emulator: Emulator, sevalla: Sevalla, value: str) -> None:
    emulator.reset({"sevalla_rate_limit": "on", "sevalla_retry_after": value})
    assert refused_after(sevalla, lambda client: client.delete(WEB)) == 10
    refused = sevalla.delete(WEB)
    wanted = refused.headers["x-ratelimit-reset"] if value == "on" else None
    assert refused.headers.get("Retry-After") == wanted


def test_the_web_process_survives_every_deployment(sevalla: Sevalla) -> None:
    deploy(sevalla)
    assert ids(sevalla) == [SEVALLA_SHOP_WEB_ID]


@pytest.mark.parametrize(("value", "status"), [("refused", 400), ("cleared", 200)])
def test_null_probe(emulator: Emulator, sevalla: Sevalla, value: str, status: int) -> None:
    emulator.reset({"sevalla_null_probe": value})
    sevalla.patch(WEB, {"readiness_probe": READY})
    assert sevalla.patch(WEB, {"readiness_probe": None, "port": 9000}).status_code == status
    stored = sevalla.get(WEB).json()
    assert stored["readiness_probe"] == (READY if status == 400 else None)
    assert stored["port"] == (8080 if status == 400 else 9000)
    # The outer strategy cannot be null in either case.
    assert sevalla.patch(WEB, {"scaling_strategy": None}).status_code == 400


@pytest.mark.parametrize("value", ["echoed", "dropped", "refused"])
def test_nested_null(emulator: Emulator, sevalla: Sevalla, value: str) -> None:
    emulator.reset({"sevalla_nested_null": value})
    config = {"minInstanceCount": 1, "maxInstanceCount": 2, "targetCpuPercent": None}
    strategy = {"type": "horizontal", "config": config}
    probe = {**READY, "periodSeconds": None}
    for field, sent, nested, name in (
        ("scaling_strategy", strategy, "config", "targetCpuPercent"),
        ("readiness_probe", probe, None, "periodSeconds"),
    ):
        before = sevalla.get(WEB).json()[field]
        answer = sevalla.patch(WEB, {field: sent})
        assert answer.status_code == (400 if value == "refused" else 200)
        after = sevalla.get(WEB).json()[field]
        if value == "refused":
            assert after == before
            continue
        inner = after[nested] if nested else after
        assert (name in inner) is (value == "echoed")
        assert inner.get(name) is None


@pytest.mark.parametrize("value", ["when_attached", "always", "never"])
def test_disk_key(emulator: Emulator, sevalla: Sevalla, value: str) -> None:
    emulator.reset({"sevalla_disk_key": value})
    sevalla.documented = False
    disk = {"resource_type_id": "disk-10", "mount_path": "/data"}
    assert ("disk" in sevalla.get(WEB).json()) is (value == "always")
    assert sevalla.get(WEB).json().get("disk") is None
    sevalla("PUT", f"{WEB}/disk", json=disk)
    shown = sevalla.get(WEB).json()
    assert ("disk" in shown) is (value != "never")
    assert shown.get("disk") == (None if value == "never" else disk)


@pytest.mark.parametrize("value", ["409", "400", "404", "422", "500", "exit_code"])
def test_exec_without_instance(emulator: Emulator, sevalla: Sevalla, value: str) -> None:
    emulator.reset({"sevalla_exec_without_instance": value})
    zero = {"scaling_strategy": {"type": "manual", "config": {"instanceCount": 0}}}
    sevalla.patch(WEB, zero)
    answer = sevalla.post(f"{WEB}/exec", {"command": ["ls"]})
    if value == "exit_code":
        assert answer.json()["exit_code"] == 1
        assert answer.json()["stderr"] != ""
    else:
        assert answer.status_code == int(value)
    # No command ran.
    assert emulator.world.sevalla.applications[SHOP.split("/")[2]].execs == []


@pytest.mark.parametrize(("value", "longest"), [("60", 60), ("300", 300), ("unlimited", 10**6)])
def test_exec_max_timeout(emulator: Emulator, sevalla: Sevalla, value: str, longest: int) -> None:
    emulator.reset({"sevalla_exec_max_timeout": value})
    statuses = [
        sevalla.post(f"{WEB}/exec", {"command": ["ls"], "timeout": timeout}).status_code
        for timeout in (0, 1, longest, longest + 1)
    ]
    assert statuses == [400, 200, 200, 200 if value == "unlimited" else 400]


@pytest.mark.parametrize("value", ["exit_code", "408", "504"])
def test_exec_timed_out(emulator: Emulator, sevalla: Sevalla, value: str) -> None:
    emulator.reset({"sevalla_exec_timed_out": value})
    slow = ExecOutcome(stdout="half", seconds=20)
    emulator.world.outcomes.add(SEVALLA_SHOP_WEB_ID, slow, times=2)
    answer = sevalla.post(f"{WEB}/exec", {"command": ["sleep", "20"], "timeout": 19})
    if value == "exit_code":
        assert answer.json() == {"stdout": "half", "stderr": "", "exit_code": 124}
    else:
        assert answer.status_code == int(value)
    answer = sevalla.post(f"{WEB}/exec", {"command": ["sleep", "20"], "timeout": 20})
    assert answer.json()["exit_code"] == 0


@pytest.mark.parametrize(("value", "status"), [("404", 404), ("answers", 200)])
def test_deleting_application(
    emulator: Emulator, sevalla: Sevalla, value: str, status: int
) -> None:
    emulator.reset({"sevalla_deleting_application": value})
    emulator.world.delete_application(SHOP.split("/")[2])
    listed = {item["id"]: item["status"] for item in sevalla.get("/applications").json()["data"]}
    assert listed[SHOP.split("/")[2]] == "deleting"
    assert sevalla.get(SHOP).json()["status"] == "deleting"
    for path in (PROCESSES, WEB, DEPLOYMENTS):
        assert sevalla.get(path).status_code == status
    assert sevalla.get(f"/applications/{SEVALLA_DRAFT_ID}/processes").status_code == 200


@pytest.mark.parametrize("value", ["names", "objects"])
def test_deployment_steps(emulator: Emulator, sevalla: Sevalla, value: str) -> None:
    emulator.reset({"sevalla_deployment_steps": value})
    sevalla.documented = False
    failing = DeploymentOutcome(step="build", output="npm ERR!\n")
    emulator.world.outcomes.add(SHOP.split("/")[2], failing)
    last = deploy(sevalla)[-1]
    assert last["status"] == "failed"
    names = ["checkout", "build", "rollout", "syncConnections"]
    listed = sevalla.get(DEPLOYMENTS).json()["data"][0]["steps"]
    assert last["steps"] == listed
    if value == "names":
        assert last["steps"] == names
        return
    assert [step["name"] for step in last["steps"]] == names
    assert [step["status"] for step in last["steps"]] == ["success", "failed", *["skipped"] * 2]
    assert [step["output"] for step in last["steps"]] == [None, "npm ERR!", None, None]


@pytest.mark.parametrize("value", ["given", "empty"])
def test_deployment_logs(emulator: Emulator, sevalla: Sevalla, value: str) -> None:
    emulator.reset({"sevalla_deployment_logs": value})
    last = deploy(sevalla)[-1]
    assert bool(sevalla.get(f"{DEPLOYMENTS}/{last['id']}/logs").json()) is (value == "given")


@pytest.mark.parametrize("value", ["newest_first", "oldest_first"])
def test_deployments_order(emulator: Emulator, sevalla: Sevalla, value: str) -> None:
    emulator.reset({"sevalla_deployments_order": value})
    made_ids = [sevalla.post(DEPLOYMENTS, {}).json()["id"] for _time in range(3)]
    listed = [item["id"] for item in sevalla.get(DEPLOYMENTS).json()["data"]]
    assert listed == (made_ids[::-1] if value == "newest_first" else made_ids)


@pytest.mark.parametrize(
    ("value", "statuses", "status"),
    [
        ("none", [], "deploymentSuccess"),
        ("success", ["success"], "deploymentSuccess"),
        ("failed", ["failed", "success"], "deploymentFailed"),
        ("cancelled", ["cancelled", "success"], "deploymentCancelled"),
        ("running", ["inProgress", "success"], "deploymentInProgress"),
    ],
)
def test_past_deployments(
    emulator: Emulator, sevalla: Sevalla, value: str, statuses: list[str], status: str
) -> None:
    emulator.reset({"sevalla_past_deployments": value})
    listed = sevalla.get(DEPLOYMENTS).json()["data"]
    assert [item["status"] for item in listed] == statuses
    assert sevalla.get(SHOP).json()["status"] == status
    born = sevalla.get(WEB).json()["created_at"]
    for item in listed:
        assert born < item["created_at"] <= item["started_at"]
        assert (item["finished_at"] is None) is (item["status"] == "inProgress")
    draft = f"/applications/{SEVALLA_DRAFT_ID}"
    assert sevalla.get(f"{draft}/deployments").json()["data"] == []
    assert sevalla.get(draft).json()["status"] is None


@pytest.mark.parametrize("value", ["never", "at_start", "at_end"])
def test_deployment_changes_updated_at(emulator: Emulator, sevalla: Sevalla, value: str) -> None:
    emulator.reset({"sevalla_deployment_changes_updated_at": value})
    path = f"{DEPLOYMENTS}/{sevalla.post(DEPLOYMENTS, {}).json()['id']}"
    seen = [sevalla.get(WEB).json()["updated_at"]]
    for status in ("inProgress", "success"):
        emulator.world.move_clock(10)
        assert sevalla.get(path).json()["status"] == status
        seen.append(sevalla.get(WEB).json()["updated_at"])
    moved = [later != earlier for earlier, later in zip(seen, seen[1:])]
    assert (
        moved
        == {
            "never": [False, False],
            "at_start": [True, False],
            "at_end": [False, True],
        }[value]
    )
    created = sevalla.get(WEB).json()["created_at"]
    assert created == seen[0]


@pytest.mark.parametrize(("value", "seconds"), [("same", "00"), ("behind", "57"), ("ahead", "03")])
def test_deployment_clock(value: str, seconds: str) -> None:
    with Emulator({"sevalla_deployment_clock": value}, clock=lambda: 1_800_000_000.0) as skewed:
        sevalla = Sevalla(skewed.sevalla_url, skewed.token, "application/json")
        last = deploy(sevalla)[-1]
        process = made(sevalla, WORKER)
        sevalla.session.close()
    assert last["started_at"] == last["finished_at"]
    assert last["started_at"][17:19] == seconds
    for time in (last["created_at"], last["updated_at"], process["created_at"]):
        assert time[17:19] == "00"
