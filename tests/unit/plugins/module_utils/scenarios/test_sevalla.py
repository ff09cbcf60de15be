# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Single tasks on Sevalla, and the requests that they send."""

from __future__ import annotations

from typing import Any, Callable

import flask
import pytest
import requests

from ansible_collections.evenkeel.paas.tests.emulator import Fault
from ansible_collections.evenkeel.paas.tests.emulator.world import SEVALLA_SHOP_ID
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.running import (
    Outcome,
    Runner,
    no_waiting,
    settled,
)

PROCESS = "sevalla_process"
SHOP = {"application": "shop-x1y2z"}
QUEUE = {
    **SHOP,
    "display_name": "queue",
    "type": "worker",
    "entrypoint": "node w.js",
    "resource_type": "s1",
}


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


def created(run: Runner, **options: Any) -> Outcome:
    outcome = run(PROCESS, **{**QUEUE, **options})
    assert outcome.message is None, outcome.message
    return outcome


def test_an_unchanged_run_sends_two_list_requests(
    run: Runner,
) -> None:
    process = created(run).result["process"]
    application = process["app_id"]
    again = run(PROCESS, **QUEUE)
    assert settled(again)
    assert again.reads == ["/applications", f"/applications/{application}/processes"]
    assert again.result["api"] == {"requests": 2, "retries": 0, "waited_seconds": 0.0}
    by_id = run(PROCESS, **{**QUEUE, "application": application})
    assert by_id.reads == [f"/applications/{application}/processes"]
    by_both = run(PROCESS, **{**QUEUE, "application": application, "id": process["id"]})
    assert settled(by_both)
    assert by_both.reads == [f"/applications/{application}/processes/{process['id']}"]


def test_sizes_are_looked_up_only_for_a_write_that_needs_one(run: Runner) -> None:
    sizes = "/resources/process-resource-types"
    first = created(run)
    assert sizes in first.reads
    assert sizes not in run(PROCESS, **{**QUEUE, "entrypoint": "node x.js"}).reads
    resized = run(PROCESS, **{**QUEUE, "entrypoint": "node x.js", "resource_type": "S2"})
    assert sizes in resized.reads
    by_id = run(
        PROCESS,
        **{
            **QUEUE,
            "entrypoint": "node x.js",
            "resource_type": first.result["process"]["resource_type_id"],
        },
    )
    assert by_id.result["changed"] is True
    assert sizes not in by_id.reads


@pytest.mark.parametrize("shown", ["null", "missing"])
def test_a_size_by_name_costs_one_request_when_processes_show_only_ids(
    run: Runner, emulator: Any, shown: str
) -> None:
    if shown == "null":
        emulator.reset(switches={"sevalla_resource_type_name": "null"})
    process = created(run).result["process"]
    if shown == "missing":
        emulator.faults.add(Fault("missing_key", key="resource_type_name", times=None))
    lists = ["/applications", f"/applications/{process['app_id']}/processes"]
    without = {option: QUEUE[option] for option in QUEUE if option != "resource_type"}
    for options, more in (
        (QUEUE, ["/resources/process-resource-types"]),
        (without, []),
        ({**QUEUE, "resource_type": process["resource_type_id"]}, []),
    ):
        again = run(PROCESS, **options)
        assert settled(again)
        assert again.reads == [*lists, *more]
    # A change of another option looks them up as well, a change of the size only once.
    for options in ({"entrypoint": "node x.js"}, {"resource_type": "s2"}):
        changed = run(PROCESS, **{**QUEUE, **options})
        assert changed.result["changed"] is True
        assert changed.reads.count("/resources/process-resource-types") == 1


def hide_size(
    emulator: Any, monkeypatch: pytest.MonkeyPatch, wanted: Callable[[dict[str, Any]], bool]
) -> None:
    """Let the service show null for the size's name of some processes, and fail to list sizes."""
    sevalla = emulator.world.sevalla
    present = sevalla.present

    def shown(process: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = present(process)
        return {**found, "resource_type_name": None} if wanted(found) else found

    monkeypatch.setattr(sevalla, "present", shown)
    emulator.faults.add(Fault("500_before", "GET", path="/resources/*", times=None))


def test_the_size_of_another_process_is_not_looked_up(
    run: Runner, emulator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may cost a request in each run, and fail for a reason that does not concern the task."""
    created(run)
    hide_size(emulator, monkeypatch, lambda process: process["display_name"] != "queue")
    again = run(PROCESS, **QUEUE)
    assert settled(again)
    assert len(again.reads) == 2
    shown = run("sevalla_process_info", **SHOP, display_name="queue")
    assert shown.message is None
    assert len(shown.reads) == 2
    (process,) = shown.result["processes"]
    assert process["resource_type_name"] == "s1"


def test_the_info_module_shows_a_null_name_of_a_size_and_desired_the_name(
    run: Runner, emulator: Any
) -> None:
    created(run)
    emulator.reset(switches={"sevalla_resource_type_name": "null"})
    created(run)
    shown = run("sevalla_process_info", **SHOP, display_name="queue")
    assert shown.result["processes"][0]["resource_type_name"] is None
    assert shown.result["desired"][0]["resource_type"] == "s1"


def test_a_stored_update_does_not_fail_because_the_sizes_cannot_be_read(
    run: Runner, emulator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They would only show whether someone else has changed the size."""
    created(run)
    sevalla = emulator.world.sevalla
    present = sevalla.present

    def without_name(process: dict[str, Any]) -> dict[str, Any]:
        shown: dict[str, Any] = present(process)
        return {**shown, "resource_type_name": None} if flask.request.method == "PATCH" else shown

    monkeypatch.setattr(sevalla, "present", without_name)
    emulator.faults.add(Fault("html_before", "GET", path="/resources/*", times=None))
    changed = run(PROCESS, **{**QUEUE, "entrypoint": "node x.js"})
    assert changed.message is None
    assert changed.warnings == []
    assert changed.result["process"]["entrypoint"] == "node x.js"
    assert "/resources/process-resource-types" in changed.reads


def test_sizes_are_not_looked_up_for_processes_without_one(run: Runner) -> None:
    """The list of sizes cannot show their size."""
    for key in ("resource_type_name", "resource_type_id"):
        run.emulator.faults.add(Fault("missing_key", "GET", key=key, times=None))
    shown = run("sevalla_process_info", **SHOP)
    assert shown.message is None
    assert "/resources/process-resource-types" not in shown.reads


def test_one_patch_contains_exactly_the_differences(run: Runner) -> None:
    created(run)
    changed = run(PROCESS, **{**QUEUE, "entrypoint": "", "port": 9000})
    (step,) = changed.result["plan"]
    assert step["body"] == {"entrypoint": "", "port": 9000}
    assert [method for method, _path, _status in changed.writes] == ["PATCH"]
    assert changed.result["process"]["entrypoint"] == ""


def test_options_that_are_not_set_are_not_changed(run: Runner) -> None:
    before = created(run, port=9000).result["process"]
    after = run(PROCESS, **SHOP, display_name="queue", entrypoint="x").result["process"]
    for volatile in ("updated_at", "entrypoint"):
        before.pop(volatile), after.pop(volatile)
    assert after == before


def test_an_application_is_found_by_its_display_name(run: Runner) -> None:
    by_name = created(run).result["process"]
    assert settled(run(PROCESS, **{**QUEUE, "application": "Shop"}))
    assert settled(run(PROCESS, **{**QUEUE, "application": by_name["app_id"]}))


def test_addressing_by_id_and_key_and_renaming(run: Runner) -> None:
    process = created(run).result["process"]
    by_key = run(PROCESS, **SHOP, key=process["key"], display_name="orders")
    assert by_key.result["process"]["id"] == process["id"]
    assert by_key.result["process"]["display_name"] == "orders"
    assert by_key.result["deployment_required"] is False
    by_id = run(PROCESS, **SHOP, id=process["id"], display_name="queue")
    assert by_id.result["process"]["display_name"] == "queue"


def test_a_new_name_does_not_send_a_size_that_lists_show_without_its_name(
    run: Runner, emulator: Any
) -> None:
    emulator.reset(switches={"sevalla_resource_type_name": "null"})
    process = created(run).result["process"]
    by_id = {**SHOP, "id": process["id"], "display_name": "orders", "resource_type": "s1"}
    renamed = run(PROCESS, **by_id)
    assert [step["body"] for step in renamed.result["plan"]] == [{"display_name": "orders"}]
    assert renamed.result["deployment_required"] is False


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"key": "nobody"}, "There is no process with key 'nobody'"),
        (
            {"id": "11111111-1111-4111-8111-111111111111"},
            "There is no process with id 11111111-1111-4111-8111-111111111111",
        ),
        ({"id": "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"}, "id: must be a UUID"),
        ({"id": "../../applications"}, "id: must be a UUID"),
        ({}, "display_name: set display_name, key or id, or type: web"),
        ({"display_name": ""}, "display_name: set display_name, key or id, or type: web"),
        ({"display_name": "Web process", "type": "worker"}, "type: cannot change"),
        (
            {"type": "web", "clear": ["entrypoint"], "entrypoint": "x"},
            "entrypoint: is set and is also in clear",
        ),
        (
            {"type": "web", "readiness_probe": {"period_seconds": 3}},
            "readiness_probe: set exactly one of exec, http_get, tcp_socket",
        ),
        (
            {
                "type": "web",
                "readiness_probe": {"exec": {"command": ["x"]}, "tcp_socket": {"port": 1}},
            },
            "readiness_probe: set exactly one of",
        ),
        (
            {"type": "web", "scaling_strategy": {"type": "manual", "min_instance_count": 1}},
            "scaling_strategy.min_instance_count: is not a setting of type manual",
        ),
        (
            {
                "type": "web",
                "scaling_strategy": {
                    "type": "horizontal",
                    "min_instance_count": 3,
                    "max_instance_count": 2,
                },
            },
            "scaling_strategy.min_instance_count: 3 is above max_instance_count, which is 2",
        ),
        (
            {"display_name": "new", "type": "worker", "schedule": "0 * * * *"},
            "schedule: is only for a cron process; this one is a worker",
        ),
        (
            {"display_name": "new", "schedule": "0 * * * *"},
            "schedule: is only for a cron process; this one has no type",
        ),
        ({"display_name": "new", "type": "job"}, "job_start_policy: is required for a job process"),
        ({"display_name": "new"}, "resource_type: is missing; type: is missing"),
    ],
)
def test_invalid_options_are_refused_before_any_write(
    run: Runner, options: dict[str, Any], said: str
) -> None:
    for check_mode in (True, False):
        outcome = run(PROCESS, check_mode=check_mode, **SHOP, **options)
        assert outcome.message is not None
        assert said in outcome.message
        assert outcome.writes == []


@pytest.mark.parametrize(
    "options",
    [
        {"display_name": "x", "state": "absent"},
        {"display_name": "x", "type": "worker", "resource_type": "s1"},
        {"id": "22222222-2222-4222-8222-222222222222", "port": 80},
    ],
)
@pytest.mark.parametrize("check_mode", [True, False])
def test_an_unknown_application_id(run: Runner, options: dict[str, Any], check_mode: bool) -> None:
    """A missing application is never treated as one without processes, or as "already absent"."""
    nowhere = "11111111-1111-4111-8111-111111111111"
    outcome = run(PROCESS, check_mode=check_mode, application=nowhere, **options)
    assert outcome.message is not None
    assert f"There is no application '{nowhere}'" in outcome.message
    assert outcome.writes == []


def test_absent_until_the_deployment_and_after(run: Runner, emulator: Any) -> None:
    created(run)
    gone = run(PROCESS, **SHOP, display_name="queue", state="absent")
    assert [write[0] for write in gone.writes] == ["DELETE"]
    assert gone.result["process"] is None
    assert gone.result["deployment_required"] is True
    assert gone.result["diff"]["before"]["entrypoint"] == "node w.js"
    assert gone.result["diff"]["after"] == {}
    still_listed = run(PROCESS, **SHOP, display_name="queue", state="absent")
    assert still_listed.result["changed"] is True
    deploy(emulator)
    assert settled(run(PROCESS, **SHOP, display_name="queue", state="absent"))


def deploy(emulator: Any) -> None:
    """Run a deployment of the shop to its end."""
    answer = requests.post(
        f"{emulator.sevalla_url}/applications/{SEVALLA_SHOP_ID}/deployments",
        json={},
        headers={"Authorization": f"Bearer {emulator.token}"},
        timeout=10,
    )
    assert answer.status_code == 200
    emulator.world.finish_deployments()


def test_absent_by_the_id_of_a_deleted_process_reads_the_list_once(single: Runner) -> None:
    process = created(single).result["process"]
    gone = single(
        PROCESS,
        application=process["app_id"],
        id="11111111-1111-4111-8111-111111111111",
        state="absent",
    )
    assert settled(gone)
    assert gone.reads == [f"/applications/{process['app_id']}/processes"]


@pytest.mark.parametrize("answer", ["200", "404"])
def test_a_second_deletion(run: Runner, emulator: Any, answer: str) -> None:
    emulator.reset(switches={"sevalla_second_delete": answer})
    created(run)
    for _time in range(2):
        gone = run(PROCESS, **SHOP, display_name="queue", state="absent")
        assert gone.message is None
        assert gone.result["changed"] is True


def test_a_refused_second_deletion_is_reported(run: Runner, emulator: Any) -> None:
    emulator.reset(switches={"sevalla_second_delete": "400"})
    created(run)
    assert run(PROCESS, **SHOP, display_name="queue", state="absent").message is None
    refused = run(PROCESS, **SHOP, display_name="queue", state="absent")
    assert refused.message is not None
    assert "DELETE /applications/" in refused.message
    assert "HTTP 400" in refused.message
    assert "It may already be deleted: Sevalla may list a deleted process" in refused.message
    assert "Deploy, then run the task again." in refused.message
    assert "Nothing was changed." in refused.message


def test_deployment_required(run: Runner) -> None:
    assert created(run).result["deployment_required"] is True
    assert run(PROCESS, **QUEUE).result["deployment_required"] is False
    web = {**SHOP, "type": "web"}
    assert run(PROCESS, **web, display_name="Front").result["deployment_required"] is False
    assert run(PROCESS, **web, is_ingress_enabled=False).result["deployment_required"] is False
    assert run(PROCESS, **web, port=3000).result["deployment_required"] is True


def test_suspicious_values_are_warnings(run: Runner) -> None:
    outcome = created(
        run, display_name="c", type="cron", schedule="@daily", time_zone="Europe/Nowhere"
    )
    assert len(outcome.warnings) == 2
    assert "must have five fields; found 1 in '@daily'" in outcome.warnings[0]
    assert "'Europe/Nowhere' is not in this machine's list" in outcome.warnings[1]


def test_more_than_one_page(run: Runner, emulator: Any) -> None:
    sevalla = emulator.world.sevalla
    worker = {"type": "worker", "resource_type_id": sevalla.sizes[0]["id"]}
    with emulator.world.lock:
        for number in range(119):
            shop = sevalla.applications[SEVALLA_SHOP_ID]
            sevalla.create(shop, {**worker, "display_name": f"worker {number}"})
    created(run, display_name="worker 119")
    again = run(PROCESS, **{**QUEUE, "display_name": "worker 119"})
    assert settled(again)
    assert len(again.reads) == 3
