# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``trigger: pending``: what is deployed, what is waited for, and what only sends reads.

If the times are inconclusive, it may deploy once too often, but it never omits a deployment.
"""

from __future__ import annotations

import random
from typing import Any

import pytest

from ansible_collections.evenkeel.paas.tests.emulator import Emulator
from ansible_collections.evenkeel.paas.tests.emulator.world import (
    LARAVEL_CLOUD_PRODUCTION_APP_ID,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.deploying import (
    Service,
    Time,
    change,
    ended_well,
    pending,
    posts,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.running import (
    Outcome,
)

RUNNING = {"sevalla": "inProgress", "laravel_cloud": "build.running"}
FAILED = {"sevalla": "failed", "laravel_cloud": "build.failed"}


def created(service: Service, process: dict[str, Any]) -> dict[str, Any]:
    """Return the reason for a process that no deployment includes."""
    name = process["display_name" if service.is_sevalla else "command"]
    return {
        "reason": "process_created",
        "id": process["id"],
        "name": name,
        "at": process["created_at"],
    }


def reasons(outcome: Outcome) -> list[str]:
    """Return the pending reasons, one word each."""
    return [each["reason"] for each in outcome.result["pending"]]


def assert_quiet(service: Service, outcome: Outcome, reads: int = 3) -> None:
    """Check that nothing is pending or sent, with two reads on Sevalla and at most ``reads`` on
    Laravel Cloud."""
    assert outcome.message is None, outcome.message
    assert outcome.result["changed"] is False
    assert outcome.result["pending"] == []
    assert outcome.result["plan"] == []
    assert outcome.result["statuses"] == []
    assert outcome.result["deployment"]["status"] == service.walk[-1]
    assert outcome.writes == []
    assert len(outcome.reads) <= (2 if service.is_sevalla else reads)
    assert outcome.result["api"]["requests"] == len(outcome.reads)


# Nothing is pending


@pytest.mark.parametrize("check_mode", [False, True])
def test_without_pending_changes_only_two_reads_are_sent(
    service: Service, check_mode: bool
) -> None:
    done = service.past()
    quiet = pending(service, check_mode=check_mode)
    assert_quiet(service, quiet)
    assert quiet.result["deployment"]["id"] == done["id"]
    assert len(quiet.reads) == 2
    assert quiet.warnings == []


@pytest.mark.parametrize("backwards", [False, True])
def test_the_newest_of_many_deployments_are_found_in_few_reads(
    service: Service, backwards: bool
) -> None:
    """Whatever the order of the list is."""
    if service.is_sevalla:
        service.switch(deployments_order="oldest_first" if backwards else "newest_first")
    else:
        service.switch(list_order="descending" if backwards else "ascending")
    for number in range(301):
        service.past("failed" if number < 300 else "success", ago=80_000 - 100 * number)
    quiet = pending(service)
    if service.is_sevalla and backwards:
        # Contrary to the description: then all pages are read.
        assert quiet.reads.count(service.path) == 4
    else:
        # If the oldest are first, the newest hundred may be on two pages.
        assert_quiet(service, quiet, 4 if backwards else 3)
        assert quiet.reads.count(service.path) == (3 if backwards else 1)
    assert quiet.result["pending"] == []
    service.past("failed", ago=100)
    assert reasons(pending(service, check_mode=True)) == ["deployment_failed"]


def test_a_running_deployment_is_ignored_without_pending_changes(
    service: Service,
) -> None:
    service.past(ago=3600)
    service.past("running", ago=10)
    assert_quiet(service, pending(service))


# Something is pending


def test_an_application_that_was_never_deployed_is_deployed_once(service: Service) -> None:
    first = pending(service)
    ended_well(service, first)
    assert first.result["pending"] == [
        {"reason": "never_deployed", "id": None, "name": None, "at": None}
    ]
    assert posts(first) == 1
    assert_quiet(service, pending(service))


@pytest.mark.parametrize("deployed", [True, False])
def test_a_new_process_is_deployed_once(service: Service, deployed: bool) -> None:
    if deployed:
        service.past()
    process = change(service)
    checked = pending(service, check_mode=True)
    assert checked.writes == []
    made = pending(service)
    ended_well(service, made)
    wanted = [created(service, process)] if deployed else checked.result["pending"]
    assert checked.result["changed"] is made.result["changed"] is True
    assert checked.result["pending"] == made.result["pending"] == wanted
    assert reasons(made) == ["process_created" if deployed else "never_deployed"]
    assert checked.result["plan"] == made.result["plan"] != []
    assert posts(made) == 1
    assert_quiet(service, pending(service))


def test_a_changed_process_is_deployed_once(sevalla: Service, time: Time) -> None:
    process = change(sevalla)
    ended_well(sevalla, pending(sevalla))
    time.sleep(60)
    changed = sevalla.run("sevalla_process", **sevalla.scope, display_name="queue", port=81)
    assert changed.result["changed"] is True
    made = pending(sevalla)
    ended_well(sevalla, made)
    assert made.result["pending"] == [
        {
            "reason": "process_updated",
            "id": process["id"],
            "name": "queue",
            "at": changed.result["process"]["updated_at"],
        }
    ]
    assert_quiet(sevalla, pending(sevalla))


def test_an_update_on_laravel_cloud_is_not_detected_as_pending(cloud: Service, time: Time) -> None:
    """As documented: a handler with ``always`` is for that."""
    process = change(cloud)
    ended_well(cloud, pending(cloud))
    time.sleep(60)
    changed = cloud.run("laravel_cloud_background_process", id=process["id"], processes=2)
    assert changed.result["changed"] is True
    assert_quiet(cloud, pending(cloud))


def test_processes_of_every_instance_are_compared(cloud: Service) -> None:
    cloud.past()
    made = cloud.run(
        "laravel_cloud_background_process",
        instance=LARAVEL_CLOUD_PRODUCTION_APP_ID,
        type="custom",
        command="php artisan other",
    )
    others = [made.result["process"], change(cloud)]
    found = pending(cloud, check_mode=True).result["pending"]
    assert found == [created(cloud, each) for each in others]


def test_processes_missing_from_the_list_of_instances_are_read_separately(
    cloud: Service,
) -> None:
    cloud.past()
    process = change(cloud)
    cloud.fault("missing_key", "GET", "/environments/*/instances", key="included")
    found = pending(cloud, check_mode=True)
    assert found.message is None, found.message
    assert found.result["pending"] == [created(cloud, process)]


@pytest.mark.parametrize("times", ["set", "null"])
@pytest.mark.parametrize("end", ["failed", "cancelled"])
def test_after_an_unsuccessful_deployment_the_next_run_deploys(
    service: Service, end: str, times: str
) -> None:
    if not service.is_sevalla:
        service.switch(cancelled_times=times)
    service.past(ago=3600)
    bad = service.past(end, ago=600)
    made = pending(service)
    ended_well(service, made)
    assert made.result["pending"] == [
        {"reason": "deployment_failed", "id": bad["id"], "name": None, "at": bad["finished_at"]}
    ]
    assert_quiet(service, pending(service))


def test_a_change_whose_deployment_failed_is_deployed_by_the_next_run(service: Service) -> None:
    service.past()
    service.emulator.world.switches.update(
        {f"{service.name}_deployment_result": FAILED[service.name]}
    )
    process = change(service)
    failed = pending(service)
    assert failed.result["failure"]["code"] == "deployment_failed"
    assert failed.result["changed"] is True
    assert failed.result["pending"] == [created(service, process)]
    service.emulator.world.switches.update({f"{service.name}_deployment_result": service.walk[-1]})
    again = pending(service)
    ended_well(service, again)
    assert reasons(again) == ["deployment_failed", "process_created"]
    assert_quiet(service, pending(service))


@pytest.mark.parametrize("value", [None, "soon", ["a"], "2026-03-01", 7])
def test_a_process_with_a_malformed_timestamp_counts_as_pending(
    service: Service, value: Any
) -> None:
    service.past()
    process = change(service)
    ended_well(service, pending(service))
    world = service.emulator.world
    if service.is_sevalla:
        stored = world.sevalla.applications[service.target].processes[process["id"]]
    else:
        stored = world.laravel_cloud.processes[process["id"]].attributes
    stored["created_at"] = value
    found = pending(service, check_mode=True)
    assert found.result["pending"] == (
        [] if value == "2026-03-01" else [created(service, {**process, "created_at": value})]
    )


@pytest.mark.parametrize("value", [None, "soon", ["a"], 7])
def test_a_successful_deployment_with_a_malformed_timestamp_counts_as_too_old(
    service: Service, value: Any
) -> None:
    process = change(service)
    service.past(**{"created_at" if service.is_sevalla else "started_at": value})
    found = pending(service, check_mode=True)
    assert created(service, process) in found.result["pending"]
    assert set(reasons(found)) == {"process_created"}


# Someone else deploys


@pytest.mark.parametrize("wait", [True, False])
def test_a_running_deployment_that_started_after_the_change_is_waited_for(
    service: Service, time: Time, wait: bool
) -> None:
    service.past()
    process = change(service)
    time.sleep(10)
    theirs = service.emulator.world.deploy(service.target, {})
    checked = pending(service, check_mode=True)
    assert checked.result["deployment"]["status"] == service.walk[0]
    done = pending(service, wait=wait)
    assert done.message is None, done.message
    for outcome in (checked, done):
        assert outcome.writes == []
        assert outcome.result["changed"] is False
        assert outcome.result["plan"] == []
        assert outcome.result["deployment"]["id"] == theirs["id"]
        assert outcome.result["pending"] == [created(service, process)]
    assert done.result["deployment"]["status"] == service.walk[-1 if wait else 0]
    assert checked.result["statuses"] == []
    assert [each["status"] for each in done.result["statuses"]] == service.walk[
        : None if wait else 1
    ]
    service.emulator.world.finish_deployments()
    assert_quiet(service, pending(service))
    assert len(service.stored()) == 2


def test_a_deployment_that_succeeds_just_before_the_list_is_read_is_enough(
    service: Service, time: Time
) -> None:
    change(service)
    time.sleep(10)
    service.fault("deploy_done", "GET")
    quiet = pending(service)
    assert_quiet(service, quiet)
    assert [each["id"] for each in service.stored()] == [quiet.result["deployment"]["id"]]


def test_a_running_deployment_that_started_before_the_change_is_not_enough(
    service: Service, time: Time
) -> None:
    service.past()
    theirs = service.past("running", ago=0)
    time.sleep(10)
    change(service)
    made = pending(service)
    assert ended_well(service, made)["id"] != theirs["id"]
    assert posts(made) == 1
    assert_quiet(service, pending(service))


def test_after_a_failed_deployment_a_running_one_is_enough(service: Service) -> None:
    service.past("failed", ago=600)
    theirs = service.past("running", ago=60)
    done = pending(service)
    assert done.message is None, done.message
    assert reasons(done) == ["never_deployed", "deployment_failed"]
    assert done.writes == []
    assert done.result["deployment"]["id"] == theirs["id"]


def test_it_is_never_deployed_only_if_all_deployments_were_read(service: Service) -> None:
    """A hundred failed deployments may hide an older one that succeeded."""
    service.past(ago=9000)
    for number in range(120):
        service.past("failed", ago=8000 - number)
    made = pending(service)
    ended_well(service, made)
    assert posts(made) == 1
    assert "never_deployed" not in reasons(made)
    assert "deployment_failed" in reasons(made)


def test_a_hundred_deployments_that_have_not_ended_are_no_success(service: Service) -> None:
    for number in range(120):
        service.past("running", ago=9000 - number)
    waiting = pending(service, wait=False)
    assert waiting.message is None, waiting.message
    assert reasons(waiting) == ["never_deployed"]
    assert waiting.result["deployment"]["status"] == RUNNING[service.name]


def test_the_task_fails_when_the_deployment_it_waits_for_fails(
    service: Service, time: Time
) -> None:
    service.past()
    change(service)
    time.sleep(10)
    service.emulator.world.switches.update(
        {f"{service.name}_deployment_result": FAILED[service.name]}
    )
    theirs = service.emulator.world.deploy(service.target, {})
    failed = pending(service)
    assert f"{theirs['id']} of {service.target} ended as" in str(failed.message)
    assert "Nothing was changed." in str(failed.message)
    assert failed.result["changed"] is False
    assert failed.result["plan"] == []
    assert failed.result["deployment"]["id"] == theirs["id"]
    assert reasons(failed) == ["process_created"]
    assert failed.writes == []


# A lost response to the POST


@pytest.mark.parametrize("lost", ["drop_after", "drop_before"])
def test_a_lost_post_is_compared_with_the_list_that_was_already_read(
    service: Service, lost: str
) -> None:
    service.past()
    change(service)
    service.fault(lost, "POST")
    done = pending(service)
    mine = ended_well(service, done)
    assert [each["id"] for each in service.stored()][1:] == [mine["id"]]
    looks = 1 if lost == "drop_after" else 2
    assert done.reads.count(service.path) == 1 + looks


def test_always_reads_one_page_before_the_post(service: Service) -> None:
    """For any number of deployments, if the list shows its order."""
    for number in range(301):
        service.past(ago=80_000 - 100 * number)
    done = service(wait=False)
    assert done.message is None, done.message
    assert done.reads == [service.path]
    assert "pending" not in done.result
    service.fault("drop_after", "POST")
    assert posts(service(wait=False)) == 1
    assert len(service.stored()) == 303


# Unknown behavior of the services


def early_in_a_second(time: Time) -> None:
    """Let time pass until a quarter of a second after a whole one."""
    time.sleep(100.25 - time.now % 1)


def change_right_after_a_deployment(service: Service, time: Time) -> dict[str, Any]:
    """Deploy, and return a process that is created in the same second."""
    early_in_a_second(time)
    service.emulator.world.deploy(service.target, {})
    time.sleep(0.5)
    return change(service)


@pytest.mark.parametrize("clock", ["same", "behind"])
def test_a_change_right_after_a_deployment_is_detected(
    service: Service, time: Time, clock: str
) -> None:
    """Without endless deployments."""
    service.switch(deployment_clock=clock, deployment_pace="at_once")
    process = change_right_after_a_deployment(service, time)
    made = pending(service)
    ended_well(service, made)
    assert created(service, process) in made.result["pending"]
    again = pending(service)
    if clock == "same":
        assert_quiet(service, again)
    time.sleep(100)
    pending(service)
    assert_quiet(service, pending(service))


def test_a_change_is_missed_only_on_laravel_cloud_if_its_clocks_differ(
    service: Service, time: Time
) -> None:
    """It does not show when a deployment was requested. The guide names this limit."""
    service.switch(deployment_clock="ahead", deployment_pace="at_once")
    process = change_right_after_a_deployment(service, time)
    found = pending(service)
    if service.is_sevalla:
        assert created(service, process) in found.result["pending"]
    else:
        assert_quiet(service, found)


@pytest.mark.parametrize("later", [0, 1])
def test_a_deployment_that_starts_a_second_after_a_change_includes_it(
    service: Service, time: Time, later: int
) -> None:
    """As in the recorded responses, where two seconds lie between them. Within one second, Laravel
    Cloud does not show which came first."""
    service.switch(deployment_pace="at_once")
    early_in_a_second(time)
    change(service)
    time.sleep(later or 0.5)
    service.emulator.world.deploy(service.target, {})
    again = pending(service, check_mode=True)
    if service.is_sevalla or later:
        assert_quiet(service, again)
    else:
        assert reasons(again) == ["process_created"]


@pytest.mark.parametrize("changed", ["never", "at_start", "at_end"])
def test_a_deployment_that_changes_updated_at_is_repeated_with_its_reason(
    sevalla: Service, time: Time, changed: str
) -> None:
    sevalla.switch(deployment_changes_updated_at=changed)
    ended_well(sevalla, pending(sevalla))
    time.sleep(60)
    again = pending(sevalla)
    if changed == "never":
        assert_quiet(sevalla, again)
        return
    ended_well(sevalla, again)
    assert set(reasons(again)) == {"process_updated"}
    change(sevalla)
    assert "process_created" in reasons(pending(sevalla))


def test_a_change_while_a_deployment_is_queued_is_deployed_again(
    sevalla: Service, time: Time
) -> None:
    """It is unknown when a deployment reads the processes, except that it is not before its
    request."""
    theirs = sevalla.emulator.world.deploy(sevalla.target, {})
    time.sleep(10)
    change(sevalla)
    time.sleep(10)
    sevalla.emulator.world.finish_deployments()
    made = pending(sevalla)
    assert ended_well(sevalla, made)["id"] != theirs["id"]
    assert reasons(made) == ["process_created"]


def random_life(service: Service, time: Time, seed: int) -> None:
    """Run random steps in any order, and compare each run with what has really been deployed."""
    dice = random.Random(seed)
    undeployed, succeeded, failed_last = False, False, False
    for number in range(12):
        time.sleep(dice.choice([8, 60]))
        event = dice.choice(["change", "change", "deploy", "run", "run", "run"])
        good = dice.random() < 0.6
        result = service.walk[-1] if good else FAILED[service.name]
        service.emulator.world.switches.update({f"{service.name}_deployment_result": result})
        if event == "change":
            change(service, f"queue {number}")
            undeployed = True
            continue
        needed = undeployed or failed_last or not succeeded
        if event == "deploy":
            service.emulator.world.deploy(service.target, {})
        else:
            done = pending(service, api_retries=0)
            assert (posts(done) == 1) == needed
            assert bool(done.result["pending"]) == needed
            if not needed:
                continue
        failed_last = not good
        undeployed = undeployed and not good
        succeeded = succeeded or good


@pytest.mark.parametrize("seed", range(20))
def test_any_sequence_of_changes_and_deployments(service: Service, time: Time, seed: int) -> None:
    service.switch(deployment_pace="at_once")
    random_life(service, time, seed)


def test_an_unknown_trigger_is_refused(emulated: Emulator) -> None:
    for name in ("sevalla", "laravel_cloud"):
        failed = Service(name, emulated)(trigger="sometimes")
        said = "trigger: must be one of always, pending, not 'sometimes'."
        assert said in str(failed.message)
