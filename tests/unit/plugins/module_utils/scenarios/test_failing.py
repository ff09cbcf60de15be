# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a failed task reports, and how a playbook can use it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.evenkeel.paas.tests.emulator import Fault
from ansible_collections.evenkeel.paas.tests.emulator.world import (
    LARAVEL_CLOUD_MAIN_APP_ID,
    SEVALLA_SHOP_ID,
    SEVALLA_SIZE_IDS,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.running import (
    Runner,
    no_waiting,
    settled,
)

NOBODY = "00000000-0000-4000-8000-000000000000"
QUEUE: dict[str, Any] = {
    "application": SEVALLA_SHOP_ID,
    "display_name": "queue",
    "type": "worker",
    "entrypoint": "node w.js",
    "resource_type": "s1",
}
HORIZON: dict[str, Any] = {
    "instance": LARAVEL_CLOUD_MAIN_APP_ID,
    "type": "custom",
    "command": "php artisan horizon",
}
ONE = {"sevalla_process": QUEUE, "laravel_cloud_background_process": HORIZON}


@pytest.fixture
def run(emulator: Any, monkeypatch: pytest.MonkeyPatch) -> Runner:
    no_waiting(monkeypatch)
    return Runner(emulator)


# Invalid options


def test_an_invalid_url_is_reported_with_other_errors(run: Runner) -> None:
    outcome = run(
        "sevalla_process", **{**QUEUE, "port": 0, "id": "x"}, api_url="http://example.com"
    )
    assert outcome.requests == []
    named = [each["option"] for each in outcome.result["failure"]["details"]]
    assert sorted(named) == ["api_url", "id", "port"]


def test_errors_found_without_a_read_are_reported_with_the_others(run: Runner) -> None:
    """A rule across options, together with an unknown name."""
    wrong = {**QUEUE, "display_name": None, "schedule": "* * * * *", "port": 70000}
    outcome = run("sevalla_process", **wrong)
    assert outcome.requests == []
    named = [each["option"] for each in outcome.result["failure"]["details"]]
    assert {"display_name", "schedule", "port"} <= set(named)


REPLICAS = {"min_replicas": 3, "max_replicas": 2}
BROKEN_RULES: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "replicas, and an option of the connection": (
        "laravel_cloud_instance",
        {"id": "inst-1", "scaling_type": "custom", **REPLICAS, "api_timeout": 0},
        ["min_replicas: 3 is above max_replicas, which is 2", "api_timeout: must be from"],
    ),
    "replicas, and an unknown environment": (
        "laravel_cloud_instance",
        {"environment": "env-nowhere", "name": "Workers", **REPLICAS},
        ["min_replicas: 3 is above max_replicas, which is 2", "no environment 'env-nowhere'"],
    ),
    "replicas that the service chooses": (
        "laravel_cloud_instance",
        {
            "environment": "env-nowhere",
            "name": "Workers",
            "scaling_type": "auto",
            "min_replicas": 1,
        },
        ["min_replicas: cannot be used with scaling_type auto", "no environment 'env-nowhere'"],
    ),
    "instances, and an unknown application": (
        "sevalla_process",
        {
            "application": "nobody",
            "display_name": "queue",
            "scaling_strategy": {"min_instance_count": 3, "max_instance_count": 2},
        },
        ["scaling_strategy.min_instance_count: 3 is above max_instance_count", "no application"],
    ),
    "two handlers in a list, and an unknown application": (
        "sevalla_processes",
        {
            "application": "nobody",
            "processes": [
                {"type": "web"},
                {
                    "type": "web",
                    "readiness_probe": {"exec": {"command": ["a"]}, "tcp_socket": {"port": 1}},
                },
            ],
        },
        ["processes[1].readiness_probe: set exactly one of exec,", "no application"],
    ),
}


@pytest.mark.parametrize("name", BROKEN_RULES)
def test_rules_across_options_are_reported_whatever_ends_the_task(run: Runner, name: str) -> None:
    module, options, said = BROKEN_RULES[name]
    failed = run(module, **options)
    assert failed.writes == []
    for each in said:
        assert each in str(failed.message)


@pytest.mark.parametrize(
    ("module", "options"),
    [
        (
            "laravel_cloud_instance",
            {"environment": "env-nowhere", "name": "Workers", "scaling_type": "custom"},
        ),
        (
            "sevalla_process",
            {"application": "nobody", "type": "web", "liveness_probe": {"period_seconds": 5}},
        ),
        (
            "sevalla_process",
            {"application": "nobody", "type": "web", "scaling_strategy": {"instance_count": 2}},
        ),
    ],
)
def test_what_a_live_value_may_complete_is_not_reported_without_it(
    run: Runner, module: str, options: dict[str, Any]
) -> None:
    failed = run(module, **options)
    assert failed.result["failure"]["code"] == "not_found"
    assert "Invalid options" not in str(failed.message)


def test_an_ambiguous_entry_does_not_hide_a_value_out_of_range(run: Runner) -> None:
    sevalla = run.emulator.world.sevalla
    twin = {"display_name": "twin", "type": "worker", "resource_type_id": SEVALLA_SIZE_IDS["s1"]}
    for _twice in range(2):
        sevalla.create(sevalla.applications[SEVALLA_SHOP_ID], twin)
    entry = {key: QUEUE[key] for key in QUEUE if key != "application"}
    listed = [{"display_name": "twin"}, {**entry, "port": 70000}]
    outcome = run("sevalla_processes", application=SEVALLA_SHOP_ID, processes=listed)
    assert outcome.result["failure"]["code"] == "ambiguous"
    assert outcome.message is not None
    assert "processes[1].port: must be from 1 to 65535, not 70000" in outcome.message


@pytest.mark.parametrize(
    ("module", "options", "wrong"),
    [
        ("sevalla_process", {**QUEUE, "application": "nobody", "port": 70000}, "port"),
        (
            "laravel_cloud_background_process",
            {**HORIZON, "instance": f"inst-{NOBODY}", "processes": 11},
            "processes",
        ),
    ],
)
def test_an_unknown_scope_does_not_hide_a_value_out_of_range(
    run: Runner, module: str, options: dict[str, Any], wrong: str
) -> None:
    outcome = run(module, **options)
    assert outcome.result["failure"]["code"] == "not_found"
    assert outcome.message is not None
    assert f"Invalid options: {wrong}: " in outcome.message
    assert outcome.message.endswith("Nothing was changed.")


# Unknown ids and names


@pytest.mark.parametrize(
    ("module", "options"),
    [
        ("sevalla_process", {**QUEUE, "application": NOBODY}),
        ("sevalla_deployment", {"application": NOBODY}),
        ("laravel_cloud_background_process", {**HORIZON, "instance": f"inst-{NOBODY}"}),
        ("laravel_cloud_deployment", {"environment": f"env-{NOBODY}"}),
    ],
)
def test_an_unknown_id_is_reported_with_the_response_of_the_service(
    run: Runner, module: str, options: dict[str, Any]
) -> None:
    outcome = run(module, **options)
    failure, message = outcome.result["failure"], outcome.message or ""
    assert (failure["code"], failure["status"]) == ("not_found", 404)
    assert message.startswith("There is no ")
    assert "GET /" in message
    assert "HTTP 404" in message
    if module.startswith("sevalla"):
        assert failure["request_id"] in message


def test_an_unknown_name_is_reported_without_a_status(run: Runner) -> None:
    """All requests succeeded."""
    for module, options in (
        ("sevalla_process", {**QUEUE, "application": "nobody"}),
        ("laravel_cloud_deployment", {"environment": "nobody", "application": "shop"}),
    ):
        failure = run(module, **options).result["failure"]
        assert (failure["code"], failure["status"]) == ("not_found", None)


def test_ids_may_have_any_form_after_their_prefix(run: Runner) -> None:
    """All recorded ones are UUIDs. Alone, nothing else can be meant; elsewhere they are looked
    up."""
    cloud = run.emulator.world.laravel_cloud
    application = cloud.add_application("Store", app_id="app-1")
    environment = cloud.add_environment(application, "live", env_id="env-1")
    cloud.add_instance(environment, "Work", "service", instance_id="inst-1")
    instance = {"environment": "env-1", "id": "inst-1", "uses_scheduler": True}
    for module, options in (
        ("laravel_cloud_background_process", {**HORIZON, "instance": "inst-1"}),
        (
            "laravel_cloud_background_process",
            {**HORIZON, "application": "app-1", "environment": "env-1", "instance": "inst-1"},
        ),
        ("laravel_cloud_instance", instance),
        ("laravel_cloud_instance", {**instance, "application": "app-1"}),
        ("laravel_cloud_instance_info", {"id": "inst-1"}),
        ("laravel_cloud_command", {"environment": "env-1", "cmd": "ls"}),
        ("laravel_cloud_deployment", {"environment": "env-1"}),
        ("laravel_cloud_deployment", {"environment": "env-1", "application": "Store"}),
    ):
        outcome = run(module, **options)
        assert outcome.message is None, (module, outcome.message)
    assert len(cloud.processes) == 1


@pytest.mark.parametrize(
    ("option", "parent"), [("environment", "application"), ("instance", "environment")]
)
def test_an_unknown_id_may_be_a_name(run: Runner, option: str, parent: str) -> None:
    if option == "environment":
        outcome = run("laravel_cloud_deployment", environment="env-dev")
    else:
        outcome = run("laravel_cloud_background_process", **{**HORIZON, "instance": "inst-dev"})
    assert outcome.result["failure"]["code"] == "not_found"
    assert f"Check {option}. If it is a name, set {parent} too." in str(outcome.message)


def test_a_slug_that_starts_like_an_id_is_a_slug(run: Runner) -> None:
    cloud = run.emulator.world.laravel_cloud
    application = cloud.add_application("Store", "app-store")
    instance = cloud.add_instance(cloud.add_environment(application, "env-dev"), "inst-1")
    names = {"application": "app-store", "environment": "env-dev", "instance": "inst-1"}
    outcome = run("laravel_cloud_background_process", **{**HORIZON, **names})
    assert outcome.message is None
    assert outcome.result["process"]["instance_id"] == instance.id
    assert (
        run("laravel_cloud_deployment", application="app-store", environment="env-dev").message
        is None
    )


# Writes


@pytest.mark.parametrize("retries", [0, 1, 5])
@pytest.mark.parametrize("module", ["sevalla_process", "laravel_cloud_background_process"])
def test_api_retries_limits_creations(run: Runner, module: str, retries: int) -> None:
    run.emulator.faults.add(Fault("503_before", method="POST", path="*", times=None))
    outcome = run(module, **ONE[module], api_retries=retries)
    posts = [write for write in outcome.writes if write[0] == "POST"]
    assert len(posts) == min(3, 1 + retries)
    assert outcome.result["api"]["retries"] == len(posts) - 1


@pytest.mark.parametrize("retries", [0, 1, 5])
def test_api_retries_limits_deployments(run: Runner, retries: int) -> None:
    run.emulator.faults.add(Fault("503_before", method="POST", path="*", times=None))
    outcome = run("sevalla_deployment", application=SEVALLA_SHOP_ID, api_retries=retries)
    assert len(outcome.writes) == min(3, 1 + retries)
    assert outcome.result["api"]["retries"] == len(outcome.writes) - 1


def test_a_lost_creation_without_time_to_wait_says_so(run: Runner) -> None:
    run.emulator.faults.add(Fault("drop_before", method="POST", path="*"))
    outcome = run("sevalla_process", **QUEUE, api_max_wait=0)
    assert len(outcome.writes) == 1
    assert "It is not listed, and there was no time left (api_max_wait)" in (outcome.message or "")


def test_a_failure_says_whether_a_deployment_is_required(run: Runner) -> None:
    """For a rescue: values that were stored before the failure, or may have been, take effect at a
    deployment. The next run finds them unchanged."""
    nothing = run("sevalla_process", **{**QUEUE, "port": 0})
    assert "deployment_required" not in nothing.result
    run.emulator.faults.add(Fault("500_before", method="DELETE", path="*", times=None))
    run("sevalla_process", **{**QUEUE, "display_name": "old"})
    kept = [{"type": "web", "port": 9000}]
    partly = run("sevalla_processes", application=SEVALLA_SHOP_ID, processes=kept, prune=True)
    assert partly.message is not None
    assert partly.result["changed"] is partly.result["deployment_required"] is True
    perhaps = run("sevalla_process", **{**QUEUE, "display_name": "old", "state": "absent"})
    assert "unknown" in str(perhaps.message)
    assert (perhaps.result["changed"], perhaps.result["deployment_required"]) == (False, True)
    run.emulator.faults.clear()
    run.emulator.faults.add(Fault("429_bare", method="DELETE", path="*", times=None))
    old = {**QUEUE, "display_name": "old", "state": "absent"}
    refused = run("sevalla_process", **old, api_retries=0)
    assert refused.message is not None
    assert refused.result["changed"] is refused.result["deployment_required"] is False


# Check mode


def test_a_creation_in_check_mode_has_the_keys_of_a_real_one(run: Runner) -> None:
    """Except for those that the service generates; with the size that the name means."""
    made = run("sevalla_process", check_mode=True, **QUEUE).result["process"]
    real = run("sevalla_process", **QUEUE).result["process"]
    of_service = {"id", "key", "created_at", "updated_at", "internal_hostname"}
    assert made == {key: real[key] for key in real if key not in of_service}


def test_another_size_in_check_mode_has_its_id_and_its_limits(run: Runner) -> None:
    run("sevalla_process", **QUEUE)
    larger = {**QUEUE, "resource_type": "S2"}
    shown = run("sevalla_process", check_mode=True, **larger).result["process"]
    real = run("sevalla_process", **larger).result["process"]
    assert shown == {**real, "updated_at": shown["updated_at"]}
    assert real["resource_type_name"] == "s2"
    by_id = {**QUEUE, "resource_type": SEVALLA_SIZE_IDS["s1"]}
    unread = run("sevalla_process", check_mode=True, **by_id)
    assert unread.result["process"]["resource_type_id"] == SEVALLA_SIZE_IDS["s1"]
    assert unread.result["api"]["requests"] == 1


# Deleting


def test_a_process_of_another_type_is_not_deleted_by_name(run: Runner) -> None:
    """A type narrows the name, so the wanted process is absent; the other one may be meant."""
    worker = run("sevalla_process", **QUEUE).result["process"]
    absent = run("sevalla_process", **{**QUEUE, "type": "cron", "state": "absent"})
    assert settled(absent)
    assert absent.result["process"] is None
    assert absent.warnings == [
        f"Process {worker['id']} has this display_name but another type, so nothing is deleted. "
        "To delete it, omit type."
    ]
    named = {key: QUEUE[key] for key in ("application", "display_name")}
    assert len(run("sevalla_process", **named, state="absent").writes) == 1


def test_a_process_of_another_type_is_not_deleted_by_id(run: Runner) -> None:
    worker = run("sevalla_process", **QUEUE).result["process"]
    by_id = {"application": SEVALLA_SHOP_ID, "id": worker["id"], "state": "absent"}
    refused = run("sevalla_process", **by_id, type="cron")
    assert refused.writes == []
    (problem,) = refused.result["failure"]["details"]
    assert problem["option"] == "type"
    assert problem["message"] == (
        f"is worker for process with id {worker['id']}, so the task may mean another process"
    )
    assert len(run("sevalla_process", **by_id).writes) == 1
