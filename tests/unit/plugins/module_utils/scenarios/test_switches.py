# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules with every combination of the emulator's switches that affects a scenario.

A switch represents an unknown fact about a service. For each scenario, the switches that can affect
it are listed with all their values, and all combinations are run: in check mode, for real, and
again. The same must hold for each: check mode plans what is done, the end state is the wanted one,
and the second run changes nothing. If a service cannot be brought to the wanted state, the task
must say so.
"""

from __future__ import annotations

from itertools import product
from typing import Any, Callable, NamedTuple

import pytest

from ansible_collections.evenkeel.paas.tests.emulator.switches import SWITCHES
from ansible_collections.evenkeel.paas.tests.emulator.world import (
    LARAVEL_CLOUD_PRODUCTION_WORKERS_ID,
    SEVALLA_SHOP_ID,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.running import (
    Runner,
    let_stay,
    no_waiting,
    settled,
)

SEVALLA = "sevalla_process"
LARAVEL = "laravel_cloud_background_process"
SHOP = {"application": "shop-x1y2z"}
WORKERS = {"application": "shop", "environment": "production", "instance": "Workers"}
VALUES = {switch.name: switch.values for switch in SWITCHES}

Switched = dict[str, str]


def never(switches: Switched) -> bool:
    """Return False: nothing holds for any combination."""
    return False


class Scenario(NamedTuple):
    """A task, the tasks before it, and the switches that could affect it.

    ``kept`` says for which combinations the service does not store what it accepts: there the task
    warns, and changes something in every run. ``refused`` says for which it refuses. ``workers`` is
    the type of Laravel Cloud's instance Workers.
    """

    module: str
    options: dict[str, Any]
    switches: tuple[str, ...]
    before: tuple[dict[str, Any], ...] = ()
    kept: Callable[[Switched], bool] = never
    refused: Callable[[Switched], bool] = never
    workers: str = "service"


HTTP_PROBE = {"http_get": {"path": "/ready", "port": 8080}, "period_seconds": 10}
CRON = {
    **SHOP,
    "display_name": "nightly",
    "type": "cron",
    "schedule": "0 3 * * *",
    "resource_type": "s1",
}
WORKER = {
    **WORKERS,
    "type": "worker",
    "config": {"connection": "redis", "queue": ["emails", "default"], "tries": 3},
}

SCENARIOS = {
    "a worker is created": Scenario(
        SEVALLA,
        {
            **SHOP,
            "display_name": "queue",
            "type": "worker",
            "entrypoint": "node w.js",
            "resource_type": "S1",
            "scaling_strategy": {"type": "manual", "instance_count": 0},
        },
        (
            "sevalla_process_key",
            "sevalla_resource_type_name",
            "sevalla_fields_of_other_types",
            "sevalla_horizontal_defaults",
        ),
    ),
    "a cron is created without a time zone": Scenario(
        SEVALLA,
        CRON,
        ("sevalla_cron_time_zone", "sevalla_cron_syntax", "sevalla_cron_job_scaling"),
    ),
    "a cron is created with a time zone": Scenario(
        SEVALLA,
        {**CRON, "time_zone": "Europe/Berlin"},
        ("sevalla_cron_time_zone", "sevalla_required_by_type", "sevalla_cron_syntax"),
    ),
    "a job is created": Scenario(
        SEVALLA,
        {
            **SHOP,
            "display_name": "migrate",
            "type": "job",
            "job_start_policy": "beforeDeployment",
            "resource_type": "s1",
        },
        ("sevalla_required_by_type", "sevalla_cron_job_scaling", "sevalla_resource_type_name"),
    ),
    "a cron gets several instances": Scenario(
        SEVALLA,
        {**CRON, "scaling_strategy": {"type": "manual", "instance_count": 2}},
        ("sevalla_cron_job_scaling",),
        before=(CRON,),
        kept=lambda on: on["sevalla_cron_job_scaling"] == "forced",
        refused=lambda on: on["sevalla_cron_job_scaling"] == "refused",
    ),
    "the web process is scaled and renamed": Scenario(
        SEVALLA,
        {
            **SHOP,
            "type": "web",
            "display_name": "Front",
            "scaling_strategy": {
                "type": "horizontal",
                "min_instance_count": 2,
                "max_instance_count": 6,
            },
        },
        ("sevalla_horizontal_defaults", "sevalla_nested_patch", "sevalla_duplicate_display_name"),
    ),
    "one key of a horizontal strategy changes": Scenario(
        SEVALLA,
        {**SHOP, "type": "web", "scaling_strategy": {"max_instance_count": 8}},
        ("sevalla_horizontal_defaults", "sevalla_nested_patch", "sevalla_min_above_max"),
        before=(
            {
                **SHOP,
                "type": "web",
                "scaling_strategy": {
                    "type": "horizontal",
                    "min_instance_count": 2,
                    "max_instance_count": 6,
                    "target_cpu_percent": 70,
                },
            },
        ),
    ),
    "a horizontal strategy becomes manual": Scenario(
        SEVALLA,
        {**SHOP, "type": "web", "scaling_strategy": {"type": "manual", "instance_count": 3}},
        ("sevalla_horizontal_defaults", "sevalla_nested_patch"),
        before=(
            {
                **SHOP,
                "type": "web",
                "scaling_strategy": {
                    "type": "horizontal",
                    "min_instance_count": 2,
                    "max_instance_count": 6,
                },
            },
        ),
    ),
    "thirty instances": Scenario(
        SEVALLA,
        {**SHOP, "type": "web", "scaling_strategy": {"type": "manual", "instance_count": 30}},
        ("sevalla_max_instances", "sevalla_nested_patch", "sevalla_semantic_error"),
        refused=lambda on: on["sevalla_max_instances"] == "20",
    ),
    "a probe is set": Scenario(
        SEVALLA,
        {**SHOP, "type": "web", "readiness_probe": HTTP_PROBE},
        ("sevalla_probe_defaults", "sevalla_nested_patch", "sevalla_probe_handlers"),
    ),
    "one key of a probe changes": Scenario(
        SEVALLA,
        {**SHOP, "type": "web", "readiness_probe": {"http_get": {"path": "/well"}}},
        ("sevalla_probe_defaults", "sevalla_nested_patch", "sevalla_probe_handlers"),
        before=({**SHOP, "type": "web", "readiness_probe": HTTP_PROBE},),
    ),
    "a probe changes its kind": Scenario(
        SEVALLA,
        {**SHOP, "type": "web", "readiness_probe": {"tcp_socket": {"port": 8080}}},
        ("sevalla_probe_defaults", "sevalla_nested_patch", "sevalla_probe_handlers"),
        before=({**SHOP, "type": "web", "readiness_probe": HTTP_PROBE},),
    ),
    "a probe is cleared": Scenario(
        SEVALLA,
        {**SHOP, "type": "web", "clear": ["readiness_probe"]},
        (
            "sevalla_empty_probe",
            "sevalla_nested_patch",
            "sevalla_probe_defaults",
            "sevalla_probe_handlers",
        ),
        before=({**SHOP, "type": "web", "readiness_probe": HTTP_PROBE},),
        kept=lambda on: on["sevalla_empty_probe"] == "ignored",
        refused=lambda on: on["sevalla_empty_probe"] == "refused",
    ),
    "texts are cleared": Scenario(
        SEVALLA,
        {**SHOP, "display_name": "nightly", "clear": ["entrypoint", "time_zone"]},
        (
            "sevalla_cleared_text",
            "sevalla_cleared_entrypoint",
            "sevalla_cron_time_zone",
            "sevalla_cron_empty_schedule",
        ),
        before=({**CRON, "entrypoint": "node n.js", "time_zone": "Europe/Berlin"},),
    ),
    "a schedule is cleared": Scenario(
        SEVALLA,
        {**SHOP, "display_name": "nightly", "clear": ["schedule"]},
        ("sevalla_cleared_text", "sevalla_cron_empty_schedule", "sevalla_semantic_error"),
        before=(CRON,),
        refused=lambda on: on["sevalla_cron_empty_schedule"] == "refused",
    ),
    "the ingress protocol changes": Scenario(
        SEVALLA,
        {**SHOP, "type": "web", "ingress_protocol": "grpc"},
        ("sevalla_ingress_protocol", "sevalla_patch_ingress_defaults"),
    ),
    "a size is given by another case": Scenario(
        SEVALLA,
        {**SHOP, "type": "web", "resource_type": "C1"},
        ("sevalla_resource_type_name", "sevalla_nested_patch", "sevalla_disk_key"),
    ),
    "a queue worker is created": Scenario(
        LARAVEL,
        {**WORKER, "processes": 2},
        (
            "laravel_cloud_worker_defaults",
            "laravel_cloud_config_numbers",
            "laravel_cloud_list_order",
            "laravel_cloud_trim_strings",
            "laravel_cloud_unknown_keys",
        ),
    ),
    "a queue worker with all settings is created": Scenario(
        LARAVEL,
        {
            **WORKER,
            "config": {
                **WORKER["config"],
                "backoff": 30,
                "sleep": 5,
                "rest": 1,
                "timeout": 60,
                "force": False,
            },
        },
        (
            "laravel_cloud_force_false",
            "laravel_cloud_config_numbers",
            "laravel_cloud_config_ranges",
            "laravel_cloud_null_config_key",
        ),
    ),
    "one setting of a queue worker changes": Scenario(
        LARAVEL,
        {**WORKERS, "type": "worker", "config": {"connection": "redis", "tries": 5}},
        (
            "laravel_cloud_config_patch",
            "laravel_cloud_worker_defaults",
            "laravel_cloud_config_numbers",
            "laravel_cloud_null_config_key",
            "laravel_cloud_force_false",
        ),
        before=({**WORKER, "config": {**WORKER["config"], "force": True}},),
    ),
    "a queue worker is no longer forced": Scenario(
        LARAVEL,
        {**WORKER, "config": {**WORKER["config"], "force": False}},
        (
            "laravel_cloud_config_patch",
            "laravel_cloud_force_false",
            "laravel_cloud_null_config_key",
            "laravel_cloud_config_numbers",
        ),
        before=({**WORKER, "config": {**WORKER["config"], "force": True}},),
    ),
    "a setting of 0": Scenario(
        LARAVEL,
        {**WORKER, "config": {**WORKER["config"], "sleep": 0}},
        (
            "laravel_cloud_zero_in_config",
            "laravel_cloud_config_patch",
            "laravel_cloud_config_numbers",
        ),
        before=(WORKER,),
        kept=lambda on: on["laravel_cloud_zero_in_config"] == "null",
    ),
    "a worker of a managed queue is created": Scenario(
        LARAVEL,
        {**WORKERS, "type": "worker", "config": {"connection": "cloud", "queue": "default"}},
        ("laravel_cloud_managed_queue_connection", "laravel_cloud_worker_defaults"),
        workers="managed_queue",
    ),
    "a managed queue gets a worker with another connection": Scenario(
        LARAVEL,
        WORKER,
        ("laravel_cloud_managed_queue_connection",),
        refused=lambda on: on["laravel_cloud_managed_queue_connection"] == "cloud_only",
        workers="managed_queue",
    ),
    "a custom process is created": Scenario(
        LARAVEL,
        {**WORKERS, "type": "custom", "command": "  php artisan horizon "},
        (
            "laravel_cloud_trim_strings",
            "laravel_cloud_list_order",
            "laravel_cloud_max_processes",
            "laravel_cloud_writes_deploy",
        ),
    ),
    "a custom process gets more processes": Scenario(
        LARAVEL,
        {**WORKERS, "type": "custom", "command": "php artisan horizon", "processes": 4},
        ("laravel_cloud_custom_config", "laravel_cloud_type_patch", "laravel_cloud_writes_deploy"),
        before=({**WORKERS, "type": "custom", "command": "php artisan horizon"},),
    ),
    "a custom process goes": Scenario(
        LARAVEL,
        {**WORKERS, "type": "custom", "command": "php artisan horizon", "state": "absent"},
        ("laravel_cloud_process_delete", "laravel_cloud_list_order"),
        before=({**WORKERS, "type": "custom", "command": "php artisan horizon"},),
        refused=lambda on: on["laravel_cloud_process_delete"] == "422",
    ),
}

SECOND_DELETION = ("sevalla_deleted_process", "sevalla_second_delete")
WANTED_BACK = ("sevalla_deleted_process", "sevalla_patch_deleted")

NO_SCENARIO = {
    "sevalla_trigger_refusal": "test_process_run.py",
    "sevalla_malformed_uuid": "no task sends an id that is not one",
    "sevalla_deployment_result": "test_deployments.py",
    "sevalla_deployment_pace": "test_deployments.py",
    "sevalla_concurrent_deployments": "test_deployments.py",
    "sevalla_restart_never_deployed": "test_deployments.py",
    "sevalla_rate_limit": "limits/",
    "sevalla_post_rate_limit": "limits/; makes no difference without limits",
    "sevalla_retry_after": "limits/; makes no difference without limits",
    "laravel_cloud_worker_command": "no task sends a command for a worker",
    "laravel_cloud_read_only_config_keys": "no task sends them",
    "laravel_cloud_create_route": "test_laravel_cloud.py; a redirect tells nothing of the outcome",
    "laravel_cloud_filters": "no task filters",
    "laravel_cloud_error_without_json_accept": "every request asks for JSON",
    "laravel_cloud_deployment_result": "test_deployments.py",
    "laravel_cloud_deployment_pace": "test_deployments.py",
    "laravel_cloud_concurrent_deployments": "test_deployments.py",
    "laravel_cloud_rate_limit": "limits/",
    "laravel_cloud_retry_after": "faults/, where a 429 without it is 429_bare",
    **dict.fromkeys(
        ("sevalla_null_probe", "sevalla_nested_null"), "no task of these modules sends null"
    ),
    **dict.fromkeys(
        ("sevalla_exec_without_instance", "sevalla_exec_max_timeout", "sevalla_exec_timed_out"),
        "for the exec module",
    ),
    "sevalla_deleting_application": "for the inventory",
    **dict.fromkeys(
        (
            "sevalla_deployment_steps",
            "sevalla_deployment_logs",
            "sevalla_deployments_order",
            "sevalla_past_deployments",
            "sevalla_deployment_changes_updated_at",
            "sevalla_deployment_clock",
            "laravel_cloud_deployment_logs",
            "laravel_cloud_failed_step_status",
            "laravel_cloud_past_deployments",
            "laravel_cloud_deployment_clock",
            "laravel_cloud_cancelled_times",
        ),
        "for the deployment modules",
    ),
    **dict.fromkeys(
        (
            "laravel_cloud_instance_keys",
            "laravel_cloud_instance_types",
            "laravel_cloud_missing_replicas",
            "laravel_cloud_min_above_max",
            "laravel_cloud_queue_settings",
            "laravel_cloud_instance_names",
            "laravel_cloud_delete_app_instance",
        ),
        "for the instance module",
    ),
    **dict.fromkeys(
        (
            "laravel_cloud_command_result",
            "laravel_cloud_command_pace",
            "laravel_cloud_duplicate_command",
            "laravel_cloud_output_while_running",
            "laravel_cloud_empty_output",
            "laravel_cloud_command_never_deployed",
        ),
        "for the command module",
    ),
    "laravel_cloud_command_limit": "limits/; makes no difference without limits",
}
"""The switches without a scenario here: where else they are tested, or why they affect none."""


def combinations(switches: tuple[str, ...]) -> list[Switched]:
    """Return every combination of the values of some switches."""
    values = product(*(VALUES[switch] for switch in switches))
    return [dict(zip(switches, combination)) for combination in values]


def named(switches: Switched) -> str:
    """Return the name of a combination, for the id of a test."""
    return "-".join(switches.values())


COMBINATIONS = [
    pytest.param(scenario, switches, id=f"{name}: {named(switches)}")
    for name, scenario in SCENARIOS.items()
    for switches in combinations(scenario.switches)
]


@pytest.mark.parametrize("lists", [False, True], ids=["one", "list"])
@pytest.mark.parametrize(("scenario", "switches"), COMBINATIONS)
def test_a_scenario_is_right_with_every_switch(
    emulator: Any,
    monkeypatch: pytest.MonkeyPatch,
    scenario: Scenario,
    switches: Switched,
    lists: bool,
) -> None:
    no_waiting(monkeypatch)
    emulator.reset(switches=switches)
    workers = emulator.world.laravel_cloud.instances[LARAVEL_CLOUD_PRODUCTION_WORKERS_ID]
    workers.attributes["type"] = scenario.workers
    if lists:
        let_stay(emulator, LARAVEL_CLOUD_PRODUCTION_WORKERS_ID)
    run = Runner(emulator, lists)
    for task in scenario.before:
        prepared = run(scenario.module, **task)
        assert prepared.message is None, prepared.message
    if scenario.refused(switches):
        failed = run(scenario.module, **scenario.options)
        assert failed.message is not None
        assert "responded with HTTP 4" in failed.message
        assert "Nothing was changed." in failed.message
        return
    _checked, made, again = run.converge(scenario.module, **scenario.options)
    assert made.result["changed"] is True
    if scenario.kept(switches):
        assert any("did not store" in warning for warning in made.warnings)
        assert again.result["plan"] == made.result["plan"]
    else:
        # A list deletes by prune, and warns about it.
        assert [each for each in made.warnings if not each.startswith("prune deleted 1 of ")] == []
        assert settled(again)


QUEUE = {
    **SHOP,
    "display_name": "queue",
    "type": "worker",
    "entrypoint": "node w.js",
    "resource_type": "s1",
}
GONE = {**SHOP, "display_name": "queue", "state": "absent"}


@pytest.fixture(params=[False, True], ids=["one", "list"])
def run(request: Any, emulator: Any, monkeypatch: pytest.MonkeyPatch) -> Runner:
    """Return a runner of the module for one process, and of the one for lists instead."""
    no_waiting(monkeypatch)
    return Runner(emulator, request.param)


def deploy(run: Runner) -> None:
    """Deploy the shop as someone else would."""
    run.emulator.world.deploy(SEVALLA_SHOP_ID, {})
    run.emulator.world.finish_deployments()


@pytest.mark.parametrize("switches", combinations(SECOND_DELETION), ids=named)
def test_a_deleted_process_is_deleted_again_while_it_is_listed(
    run: Runner, switches: Switched
) -> None:
    """Until the deployment nothing shows that it is deleted, so a second run changes something
    too."""
    run.emulator.reset(switches=switches)
    assert run(SEVALLA, **QUEUE).message is None
    checked = run(SEVALLA, check_mode=True, **GONE)
    made = run(SEVALLA, **GONE)
    again = run(SEVALLA, **GONE)
    assert made.message is None
    assert made.result["plan"] == checked.result["plan"]
    assert [write[0] for write in made.writes] == ["DELETE"]
    if switches["sevalla_deleted_process"] == "hidden":
        assert settled(again)
    elif switches["sevalla_second_delete"] == "400":
        assert again.message is not None
        assert "responded with HTTP 400" in again.message
        assert "Nothing was changed." in again.message
    else:
        assert again.message is None
        assert again.result["plan"] == made.result["plan"]
    deploy(run)
    assert settled(run(SEVALLA, **GONE))


@pytest.mark.parametrize("switches", combinations(WANTED_BACK), ids=named)
def test_a_deleted_process_that_is_recreated_before_the_deployment(
    run: Runner, switches: Switched
) -> None:
    """If it is listed, nothing shows that it is deleted, and the deployment removes it."""
    run.emulator.reset(switches=switches)
    first = run(SEVALLA, **QUEUE).result["process"]
    assert run(SEVALLA, **GONE).message is None
    back = run(SEVALLA, **QUEUE)
    assert back.message is None
    assert back.warnings == []
    changed = run(SEVALLA, **{**QUEUE, "entrypoint": "node x.js"})
    if switches["sevalla_deleted_process"] == "hidden":
        assert [write[0] for write in back.writes] == ["POST"]
        assert back.result["process"]["id"] != first["id"]
        assert changed.message is None
        deploy(run)
        assert settled(run(SEVALLA, **{**QUEUE, "entrypoint": "node x.js"}))
        return
    assert settled(back)
    assert back.result["process"]["id"] == first["id"]
    assert [write[0] for write in changed.writes] == ["PATCH"]
    if switches["sevalla_patch_deleted"] == "404":
        assert changed.message is not None
        assert "responded with HTTP 404" in changed.message
        assert (
            "It may already be deleted: Sevalla may list a deleted process until the next"
            in changed.message
        )
        assert "Deploy, then run the task again." in changed.message
        assert "Nothing was changed." in changed.message
        assert changed.result["failure"]["code"] == "not_found"
    else:
        assert changed.message is None
        assert changed.result["changed"] is True
    deploy(run)
    anew = run(SEVALLA, **QUEUE)
    assert [write[0] for write in anew.writes] == ["POST"]
    assert anew.result["process"]["id"] != first["id"]
    assert settled(run(SEVALLA, **QUEUE))


def test_every_switch_has_a_scenario_or_a_reason() -> None:
    tried = {*SECOND_DELETION, *WANTED_BACK}
    for scenario in SCENARIOS.values():
        tried.update(scenario.switches)
    assert tried | NO_SCENARIO.keys() == VALUES.keys()
    assert tried & NO_SCENARIO.keys() == set()
