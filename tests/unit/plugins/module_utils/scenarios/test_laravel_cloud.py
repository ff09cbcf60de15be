# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Single tasks on Laravel Cloud, and the requests that they send."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.evenkeel.paas.tests.emulator import Fault
from ansible_collections.evenkeel.paas.tests.emulator.world import (
    LARAVEL_CLOUD_PRODUCTION_WORKERS_ID,
    LARAVEL_CLOUD_SHOP_ID,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.running import (
    Outcome,
    Runner,
    let_stay,
    no_waiting,
    settled,
)

PROCESS = "laravel_cloud_background_process"
WORKERS = {"application": "shop", "environment": "production", "instance": "Workers"}
WORKER = {
    **WORKERS,
    "type": "worker",
    "config": {"connection": "redis", "queue": ["emails", "default"], "tries": 3},
}
HORIZON = {**WORKERS, "type": "custom", "command": "php artisan horizon"}


@pytest.fixture(params=[False, True], ids=["one", "list"])
def run(request: Any, emulator: Any, monkeypatch: pytest.MonkeyPatch) -> Runner:
    """Return a runner of the module for one process, and of the one for lists instead."""
    no_waiting(monkeypatch)
    return Runner(emulator, lists=request.param)


@pytest.fixture
def single(emulator: Any, monkeypatch: pytest.MonkeyPatch) -> Runner:
    """Return a runner of only the module for one process, for what a list cannot express."""
    no_waiting(monkeypatch)
    return Runner(emulator)


def created(run: Runner, options: dict[str, Any], **more: Any) -> Outcome:
    outcome = run(PROCESS, **options, **more)
    assert outcome.message is None, outcome.message
    assert outcome.result["changed"] is True
    return outcome


def test_an_unchanged_run_sends_one_get_for_an_id_and_two_for_names(run: Runner) -> None:
    process = created(run, WORKER).result["process"]
    instance = process["instance_id"]
    named = run(PROCESS, **WORKER)
    assert settled(named)
    assert len(named.reads) == 2
    assert named.reads[0] == "/applications"
    assert named.reads[1].endswith("/instances")
    by_instance = run(PROCESS, instance=instance, type="worker", config=WORKER["config"])
    assert settled(by_instance)
    assert by_instance.reads == [f"/instances/{instance}/background-processes"]
    by_both = run(PROCESS, id=process["id"], instance=instance, config={"tries": 3})
    assert settled(by_both)
    assert len(by_both.reads) == 1


def test_a_process_id_needs_no_instance(single: Runner) -> None:
    created(single, WORKER)
    process = single(PROCESS, **WORKER).result["process"]
    by_id = single(PROCESS, id=process["id"], config={"tries": 3})
    assert settled(by_id)
    assert by_id.reads == [f"/background-processes/{process['id']}"]
    assert by_id.result["process"] == process


def test_names_slugs_and_ids_all_find_the_instance(run: Runner, emulator: Any) -> None:
    process = created(run, HORIZON).result["process"]
    slug = {**HORIZON, "application": "Shop", "environment": "production"}
    assert run(PROCESS, **slug).result["process"]["id"] == process["id"]
    staging = created(run, {**HORIZON, "environment": "staging"}).result["process"]
    assert staging["id"] != process["id"]
    by_slug = run(PROCESS, **{**HORIZON, "environment": "staging-3"})
    assert by_slug.result["process"]["id"] == staging["id"]


@pytest.mark.parametrize("lacking", ["relationships", "included"])
def test_environments_that_are_not_included_are_read_from_their_list(
    run: Runner, lacking: str
) -> None:
    process = created(run, HORIZON).result["process"]
    run.emulator.faults.add(Fault("missing_key", method="GET", path="/applications", key=lacking))
    again = run(PROCESS, **HORIZON)
    assert settled(again)
    assert again.result["process"]["id"] == process["id"]
    assert again.reads[1] == f"/applications/{LARAVEL_CLOUD_SHOP_ID}/environments"


@pytest.mark.parametrize("config", [[], {}, None])
def test_a_worker_without_any_setting_is_not_in_the_way(run: Runner, config: Any) -> None:
    """What Laravel Cloud shows of a worker that was created without config is not known."""
    bare = created(run, WORKER).result["process"]["id"]
    run.emulator.world.laravel_cloud.processes[bare].attributes["config"] = config
    created(run, WORKER)
    _checked, _made, again = run.converge(PROCESS, **{**WORKER, "processes": 2})
    assert settled(again)
    assert again.result["process"]["id"] != bare


@pytest.mark.parametrize("trims", ["on", "off"])
def test_blanks_around_the_connection_are_the_same_worker(run: Runner, trims: str) -> None:
    """Laravel trims what it is sent, so the blanks would be missing in the next run."""
    run.emulator.reset({"laravel_cloud_trim_strings": trims})
    blank = {**WORKER, "config": {**WORKER["config"], "connection": " redis "}}
    process = created(run, blank).result["process"]
    assert process["config"]["connection"] == "redis"
    for options in (blank, WORKER):
        again = run(PROCESS, **options)
        assert settled(again)
        assert again.result["process"]["id"] == process["id"]


def test_a_live_connection_with_blanks_is_found(run: Runner) -> None:
    """Also by a task that has none."""
    process_id = created(run, WORKER).result["process"]["id"]
    process = run.emulator.world.laravel_cloud.processes[process_id]
    process.attributes["config"]["connection"] = " redis"
    again = run(PROCESS, **WORKER)
    assert settled(again)
    assert again.result["process"]["id"] == process_id


@pytest.mark.parametrize("connection", ["", "   "])
def test_a_blank_connection_is_reported(run: Runner, connection: str) -> None:
    """For a new worker and for an existing one."""
    blank = {**WORKER, "config": {**WORKER["config"], "connection": connection}}
    missing = run(PROCESS, **blank)
    assert "config.connection: is required to create a worker" in str(missing.message)
    process_id = created(run, WORKER).result["process"]["id"]
    wrong = run(PROCESS, **WORKERS, id=process_id, config={"connection": connection})
    assert "config.connection: must have 1 or more characters, not 0" in str(wrong.message)
    assert missing.writes == wrong.writes == []


def test_a_live_setting_outside_the_description_does_not_stop_an_update(run: Runner) -> None:
    """Whoever stored it, the service decides whether it accepts it again."""
    config = created(run, WORKER).result["process"]["config"]
    (process,) = run.emulator.world.laravel_cloud.processes.values()
    process.attributes["config"] = {**config, "backoff": "10,30"}
    changed = {**WORKER, "config": {**WORKER["config"], "tries": 5}}
    checked = run(PROCESS, **changed, check_mode=True)
    assert checked.message is None
    (step,) = checked.result["plan"]
    assert step["body"]["config"]["backoff"] == "10,30"
    assert [write[0] for write in run(PROCESS, **changed).writes] == ["PATCH"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({**HORIZON, "application": "sho"}, "There is no application 'sho'"),
        ({**HORIZON, "environment": "prod"}, "There is no environment 'prod'"),
        ({**HORIZON, "instance": "Worker"}, "There is no instance 'Worker'"),
        (
            {**HORIZON, "instance": "inst-00000000-0000-4000-8000-000000000000"},
            "There is no instance 'inst-00000000-0000-4000-8000-000000000000'",
        ),
        (
            {**HORIZON, "instance": "inst-00000000-0000-4000-8000-000000000000", "state": "absent"},
            "There is no instance 'inst-00000000-0000-4000-8000-000000000000'",
        ),
        (
            {**HORIZON, "environment": "env-00000000-0000-4000-8000-000000000000"},
            "There is no environment 'env-00000000-0000-4000-8000-000000000000'",
        ),
        (
            {**HORIZON, "application": "app-00000000-0000-4000-8000-000000000000"},
            "There is no application 'app-00000000-0000-4000-8000-000000000000'",
        ),
        ({"instance": "Workers", "type": "worker"}, "environment: is required, because instance"),
        (
            {"instance": "W", "environment": "e", "type": "worker"},
            "application: is required, because environment",
        ),
        (
            {"id": "process-00000000", "processes": 2},
            "There is no process with id process-00000000",
        ),
        ({"id": "7"}, "id: must have the form process-"),
        ({"id": "process-1/../../x"}, "id: must have the form process-"),
        (WORKERS, "type: is required (worker or custom), unless id is set"),
        ({**WORKERS, "type": "custom"}, "command: is required to identify a custom process"),
        ({**HORIZON, "command": "  "}, "command: is required to identify a custom process"),
        ({**HORIZON, "command": "x"}, "command: must have 3 to 500 characters, not 1"),
        ({**HORIZON, "processes": 0}, "processes: must be from 1 to 10, not 0"),
        ({**HORIZON, "config": {"tries": 1}}, "config: is only for a worker"),
        ({**WORKER, "command": "php artisan queue:work"}, "command: cannot be set for a worker"),
        (
            {**WORKERS, "type": "worker"},
            "config.connection: is required to create a worker; "
            "config.queue: is required to create a worker",
        ),
        (
            {**WORKERS, "type": "worker", "config": {"connection": "redis", "queue": " , "}},
            "config.queue: is required to create a worker",
        ),
    ],
)
def test_invalid_options_are_refused_before_any_write(
    run: Runner, options: dict[str, Any], said: str
) -> None:
    refused(run, options, said)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"type": "worker"}, "instance: set instance, or the id of a process"),
        (
            {**WORKERS, "type": "worker", "config": {"connection": "redis"}, "state": "absent"},
            "config.queue: is required to identify the worker to delete",
        ),
    ],
)
def test_options_of_the_list_module_are_refused_for_one_process(
    single: Runner, options: dict[str, Any], said: str
) -> None:
    """A list always has an instance, and deletes only by prune."""
    refused(single, options, said)


def refused(run: Runner, options: dict[str, Any], said: str) -> None:
    for check_mode in (True, False):
        outcome = run(PROCESS, check_mode=check_mode, **options)
        assert outcome.message is not None
        assert said in outcome.message
        assert outcome.writes == []


def test_the_order_of_queues_matters_and_spaces_do_not(run: Runner) -> None:
    process = created(run, WORKER).result["process"]
    for queue in ("emails,default", " emails , default ", ["emails", " default"]):
        same = run(PROCESS, **{**WORKER, "config": {"connection": "redis", "queue": queue}})
        assert settled(same)
        assert same.result["process"]["id"] == process["id"]
    other = created(
        run, {**WORKER, "config": {"connection": "redis", "queue": "default,emails"}}
    ).result["process"]
    assert other["id"] != process["id"]


def test_a_worker_without_a_queue_differs_from_one_with_the_default_queue(run: Runner) -> None:
    created(run, {**WORKER, "config": {"connection": "redis", "queue": "default"}})
    other = {**WORKER, "config": {"connection": "sqs", "queue": "default"}}
    assert created(run, other).result["process"]["config"]["connection"] == "sqs"


def test_several_matches_are_listed_in_the_error(run: Runner) -> None:
    first = created(run, WORKER).result["process"]["id"]
    config = {"connection": "redis", "queue": "other"}
    second = created(run, {**WORKER, "config": config}).result["process"]["id"]
    outcome = run(PROCESS, **WORKERS, type="worker", config={"connection": "redis", "tries": 1})
    assert outcome.message is not None
    assert "Expected one worker with connection redis, found 2: " in outcome.message
    assert outcome.result["failure"]["details"] == [first, second]
    assert outcome.writes == []


def test_a_changed_config_is_sent_in_full_and_alone(run: Runner) -> None:
    created(run, WORKER, processes=2)
    changed = run(PROCESS, **{**WORKER, "config": {**WORKER["config"], "tries": 0}})
    (step,) = changed.result["plan"]
    assert step["body"] == {
        "config": {"connection": "redis", "queue": "emails,default", "tries": 0}
    }
    assert changed.result["process"]["processes"] == 2


def test_a_command_changes_by_id(run: Runner) -> None:
    process = created(run, HORIZON).result["process"]
    changed = run(PROCESS, id=process["id"], command="php artisan horizon --verbose")
    assert changed.result["changed"] is True
    assert changed.result["process"]["id"] == process["id"]
    assert changed.result["process"]["command"] == "php artisan horizon --verbose"


def test_type_cannot_change(run: Runner) -> None:
    process = created(run, HORIZON).result["process"]
    outcome = run(PROCESS, id=process["id"], type="worker")
    assert outcome.message is not None
    assert "type: cannot change from custom (process with id " in outcome.message


def test_the_process_is_flat_with_a_config_of_snake_case_keys(run: Runner) -> None:
    worker = created(run, WORKER).result["process"]
    assert set(worker) == {
        "id",
        "instance_id",
        "type",
        "processes",
        "command",
        "config",
        "strategy_type",
        "strategy_threshold",
        "created_at",
    }
    assert worker["config"] == {
        "connection": "redis",
        "queue": "emails,default",
        "name": None,
        "tries": 3,
        "backoff": None,
        "max_jobs": None,
        "max_time": None,
        "sleep": None,
        "rest": None,
        "timeout": None,
        "force": None,
        "stop_when_empty": None,
    }
    assert created(run, HORIZON).result["process"]["config"] == {}


def test_check_mode_predicts_a_creation(run: Runner) -> None:
    predicted = run(PROCESS, check_mode=True, **WORKER).result["process"]
    made = created(run, WORKER).result["process"]
    assert "id" not in predicted
    assert "created_at" not in predicted
    assert predicted == {key: made[key] for key in predicted}


def test_absent(run: Runner, emulator: Any) -> None:
    if run.lists:
        let_stay(emulator, LARAVEL_CLOUD_PRODUCTION_WORKERS_ID)
    created(run, WORKER)
    gone = run(PROCESS, **WORKER, state="absent")
    assert [write[0::2] for write in gone.writes] == [("DELETE", 204)]
    assert gone.result["process"] is None
    assert gone.result["deployment_required"] is True
    assert settled(run(PROCESS, **WORKER, state="absent"))


def test_absent_by_an_unknown_id(single: Runner) -> None:
    assert settled(single(PROCESS, id="process-00000000", state="absent"))


def test_secrets_of_environments_are_not_in_results(run: Runner, emulator: Any) -> None:
    created(run, WORKER)
    named = run(PROCESS, **WORKER)
    failed = run(PROCESS, **{**WORKER, "environment": "nowhere"})
    for outcome in (named, failed):
        assert "canary" not in repr((outcome.result, outcome.message, outcome.warnings)).lower()


def test_a_create_route_that_redirects_is_a_failure(run: Runner, emulator: Any) -> None:
    emulator.reset(switches={"laravel_cloud_create_route": "redirects"})
    outcome = run(PROCESS, **HORIZON)
    assert outcome.message is not None
    assert "HTTP 302, a redirect to" in outcome.message
    assert [write[0] for write in outcome.writes] == ["POST"]
    assert outcome.result["changed"] is False


def test_the_info_module_finds_no_worker_by_its_command(run: Runner) -> None:
    """The service generates it."""
    made = run("laravel_cloud_background_process", **WORKER)
    command = made.result["process"]["command"]
    assert command
    found = run("laravel_cloud_background_process_info", **WORKERS, command=command)
    assert found.result["processes"] == []
    custom = {**WORKERS, "type": "custom", "command": command}
    assert run("laravel_cloud_background_process", **custom).message is None
    (process,) = run("laravel_cloud_background_process_info", **WORKERS, command=command).result[
        "processes"
    ]
    assert process["type"] == "custom"
