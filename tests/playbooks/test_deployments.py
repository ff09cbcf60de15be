# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deployments as users start them: at the end of a play for pending changes, and by a handler."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.evenkeel.paas.tests.emulator.faults import Fault
from ansible_collections.evenkeel.paas.tests.emulator.outcomes import DeploymentOutcome
from ansible_collections.evenkeel.paas.tests.emulator.world import (
    LARAVEL_CLOUD_PRODUCTION_ID,
    SEVALLA_SHOP_ID,
)

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
SEVALLA = EXAMPLES / "deploy_sevalla.yml"
LARAVEL = EXAMPLES / "deploy_laravel_cloud.yml"
SHOP = {"application": "shop-x1y2z"}
OLD = {
    "evenkeel.paas.sevalla_process": {
        **SHOP,
        "display_name": "newsletter 2025",
        "type": "worker",
        "resource_type": "s1",
    }
}
HORIZON = {
    "evenkeel.paas.laravel_cloud_background_process": {
        "application": "shop",
        "environment": "production",
        "instance": "Workers",
        "type": "custom",
        "command": "php artisan horizon",
    }
}
# Several processes changed together.
CHANGES = {SEVALLA: "size=s2", LARAVEL: "tries=5"}


def deployments(run: Any) -> int:
    """Return the number of requested deployments."""
    return sum(write.startswith("POST") and "/deployments" in write for write in run.writes)


def others(run: Any) -> list[str]:
    """Return the writes other than deployments."""
    return [write.split(" ")[0] for write in run.writes if "/deployments" not in write]


def shop(playbooks: Any) -> dict[str, Any]:
    """Return the shop on Sevalla in the emulator."""
    found: dict[str, Any] = playbooks.emulator.world.snapshot()["sevalla"]["applications"][0]
    return found


def predictions(run: Any) -> list[tuple[str, list[Any]]]:
    """Return the results in check mode and for real of each task that was not skipped, item by
    item."""
    return [
        (
            each["task"],
            [
                (one["changed"], one["plan"], one.get("deployment_required"))
                for one in each["result"].get("results", [each["result"]])
            ],
        )
        for each in run.results
        if each["kind"] == "ok"
    ]


LAST = "Deploy what is pending"
WAYS = {"in the worker": {}, "as a module": {"EVENKEEL_PAAS_IN_WORKER": "false"}}
ON_SEVALLA = (SEVALLA, "failed", "success")
ON_LARAVEL = (LARAVEL, "build.failed", "deployment.succeeded")
# The unit tests cover both services; every day, these run with only one of them.
mostly_sevalla = pytest.mark.parametrize(
    ("example", "failed", "succeeded"),
    [ON_SEVALLA, pytest.param(*ON_LARAVEL, marks=pytest.mark.slow)],
)
ways = pytest.mark.parametrize(
    "way", ["in the worker", pytest.param("as a module", marks=pytest.mark.slow)]
)


def service_of(example: Path) -> str:
    """Return the service of an example, as in the names of switches."""
    return "sevalla" if example == SEVALLA else "laravel_cloud"


def last(run: Any) -> dict[str, Any]:
    """Return the result of the task that deploys pending changes."""
    (found,) = [each["result"] for each in run.results if each["task"] == LAST]
    result: dict[str, Any] = found
    return result


def reads_of_last(run: Any) -> int:
    """Return how many requests the last task sent."""
    count: int = last(run)["api"]["requests"]
    return count


def statuses(playbooks: Any, example: Path) -> list[str]:
    """Return the statuses of all deployments of the example's target, oldest first."""
    world = playbooks.emulator.world.snapshot()[service_of(example)]
    if example == SEVALLA:
        found = world["applications"][0]["deployments"]
    else:
        (found,) = (
            each["deployments"]
            for application in world["applications"]
            if application["slug"] == "shop"
            for each in application["environments"]
            if each["slug"] == "production"
        )
    return [each["status"] for each in found]


@ways
@mostly_sevalla
def test_without_a_change_only_reads_are_sent(
    playbooks: Any, example: Path, failed: str, succeeded: str, way: str
) -> None:
    """Two reads on Sevalla and two on Laravel Cloud; one more with a name instead of an id."""
    checked = playbooks.run(example, "--check", **WAYS[way])
    assert checked.status == 0, checked.output
    assert checked.writes == []
    first = playbooks.run(example, **WAYS[way])
    assert first.status == 0, first.output
    # Each task manages its own processes, and nothing was deployed before.
    assert predictions(checked) == predictions(first)
    assert deployments(first) == 1
    assert len(others(first)) == (2 if example == SEVALLA else 3)
    assert first.writes[-1].endswith("/deployments")
    second = playbooks.run(example, **WAYS[way])
    assert second.status == 0, second.output
    assert second.changed == []
    assert second.writes == []
    assert last(second)["pending"] == []
    assert reads_of_last(second) == 3
    assert statuses(playbooks, example) == [succeeded]


@pytest.mark.daily
@ways
@mostly_sevalla
def test_a_change_whose_deployment_failed_is_deployed_by_the_next_run(
    playbooks: Any, example: Path, failed: str, succeeded: str, way: str
) -> None:
    switch = f"{service_of(example)}_deployment_result"
    playbooks.emulator.world.switches.update({switch: failed})
    first = playbooks.run(example, **WAYS[way])
    assert first.status == 2
    assert f"ended as {failed}" in first.output
    assert "The last lines of the log:" in last(first)["msg"]
    playbooks.emulator.world.switches.update({switch: succeeded})
    again = playbooks.run(example, **WAYS[way])
    assert again.status == 0, again.output
    assert again.changed == [LAST]
    assert others(again) == []
    assert deployments(again) == 1
    reasons = [each["reason"] for each in last(again)["pending"]]
    assert reasons == ["never_deployed", "deployment_failed"]
    assert statuses(playbooks, example) == [failed, succeeded]
    assert playbooks.run(example, **WAYS[way]).writes == []


@ways
@mostly_sevalla
def test_changes_of_an_aborted_play_are_deployed_by_the_next_run(
    playbooks: Any, example: Path, failed: str, succeeded: str, way: str
) -> None:
    target = SEVALLA_SHOP_ID if example == SEVALLA else LARAVEL_CLOUD_PRODUCTION_ID
    playbooks.emulator.world.past_deployment(target)
    # The last process task fails, after the others have created something.
    task = "A nightly report" if example == SEVALLA else "A worker for each queue"
    playbooks.emulator.faults.add(
        Fault("html_before", method="POST", after=1, times=None, path="*processes")
    )
    aborted = playbooks.run(example, **WAYS[way])
    assert aborted.status == 2
    assert aborted.results[-1]["task"].startswith(task)
    assert others(aborted)
    assert deployments(aborted) == 0
    playbooks.emulator.faults.clear()
    again = playbooks.run(example, **WAYS[way])
    assert again.status == 0, again.output
    assert {each["reason"] for each in last(again)["pending"]} == {"process_created"}
    assert deployments(again) == 1
    assert statuses(playbooks, example) == [succeeded, succeeded]
    assert playbooks.run(example, **WAYS[way]).writes == []


@ways
@mostly_sevalla
def test_a_concurrent_deployment_by_someone_else_is_not_repeated(
    playbooks: Any, example: Path, failed: str, succeeded: str, way: str
) -> None:
    """Once while the other deployment is running, and once when it has just succeeded."""
    pace = f"{service_of(example)}_deployment_pace"
    assert playbooks.run(example).status == 0
    for at_once in (True, False):
        playbooks.emulator.world.switches.update({pace: "at_once" if at_once else "polls"})
        assert playbooks.run_tasks([more(example, at_once)]).changed != []
        playbooks.emulator.world.move_clock(60)
        target = SEVALLA_SHOP_ID if example == SEVALLA else LARAVEL_CLOUD_PRODUCTION_ID
        theirs = playbooks.emulator.world.deploy(target, {})
        meanwhile = playbooks.run(example, "-v", **WAYS[way])
        assert meanwhile.status == 0, meanwhile.output
        assert meanwhile.changed == []
        assert meanwhile.writes == []
        assert last(meanwhile)["deployment"]["id"] == theirs["id"]
        assert last(meanwhile)["deployment"]["status"] == succeeded
        assert (last(meanwhile)["pending"] == []) == at_once
        playbooks.emulator.world.move_clock(60)
    assert playbooks.run(example, **WAYS[way]).writes == []
    assert statuses(playbooks, example) == [succeeded] * 3


def more(example: Path, one: bool) -> dict[str, Any]:
    """Return a task that creates a process which is not in the example."""
    (task,) = (OLD if example == SEVALLA else HORIZON).items()
    name = f"more {one}"
    key = "display_name" if example == SEVALLA else "command"
    return {task[0]: {**task[1], key: f"php artisan {name}" if key == "command" else name}}


def test_an_update_is_deployed_once(playbooks: Any) -> None:
    assert playbooks.run(SEVALLA).status == 0
    changed = playbooks.run(SEVALLA, "--extra-vars", CHANGES[SEVALLA])
    assert changed.status == 0, changed.output
    assert others(changed) == ["PATCH", "PATCH"]
    assert deployments(changed) == 1
    reasons = [each["reason"] for each in last(changed)["pending"]]
    assert reasons == ["process_updated", "process_updated"]


def test_an_update_on_laravel_cloud_is_deployed_once_by_the_handler(playbooks: Any) -> None:
    assert playbooks.run(LARAVEL).status == 0
    playbooks.emulator.world.move_clock(60)
    changed = playbooks.run(LARAVEL, "--extra-vars", CHANGES[LARAVEL])
    assert changed.status == 0, changed.output
    assert others(changed) == ["PATCH"] * 3
    assert deployments(changed) == 1
    assert last(changed)["changed"] is False
    assert changed.results[-1]["task"] == "Deploy updates and deletions"


def test_a_deletion_is_deployed_once_by_the_handler(playbooks: Any) -> None:
    """With a Sevalla that lists deleted processes until the next deployment."""
    playbooks.emulator.reset(
        {"sevalla_deleted_process": "listed", "sevalla_deployment_pace": "at_once"}
    )
    assert playbooks.run_tasks([OLD]).status == 0
    assert playbooks.run_tasks([{"evenkeel.paas.sevalla_deployment": SHOP}]).status == 0
    playbooks.emulator.world.move_clock(60)
    # With another change, the last task deploys both.
    first = playbooks.run(SEVALLA)
    assert first.status == 0, first.output
    assert others(first).count("DELETE") == 1
    assert deployments(first) == 1
    names = [process["display_name"] for process in shop(playbooks)["processes"]]
    assert sorted(names) == ["Web process", "nightly report", "queue"]
    # Without another change, the handler does.
    assert playbooks.run_tasks([OLD]).status == 0
    assert playbooks.run_tasks([{"evenkeel.paas.sevalla_deployment": SHOP}]).status == 0
    second = playbooks.run(SEVALLA)
    assert second.changed == [
        "Delete last year's newsletter process",
        "Deploy the deletion",
    ]
    assert deployments(second) == 1
    again = playbooks.run(SEVALLA)
    assert again.status == 0, again.output
    assert again.writes == []


@pytest.mark.parametrize(
    ("example", "there", "lost"),
    [
        (SEVALLA, OLD, Fault("html_before", method="GET", path="*/deployments")),
        (LARAVEL, HORIZON, Fault("html_before", method="GET", path="*/deployments")),
    ],
)
def test_force_handlers_deploys_a_deletion_before_a_failure(
    playbooks: Any, example: Path, there: dict[str, Any], lost: Fault
) -> None:
    assert playbooks.run_tasks([there]).status == 0
    playbooks.emulator.faults.add(lost)
    failed = playbooks.run(example, "--force-handlers")
    assert failed.status == 2
    assert [each["task"] for each in failed.results if each["kind"] == "failed"] == [LAST]
    assert deployments(failed) == 1
    assert failed.results[-1]["result"]["deployment"]["status"].endswith(("success", "succeeded"))


@pytest.mark.daily
@ways
def test_no_log_hides_what_a_build_prints(playbooks: Any, way: str) -> None:
    """Also the message of a failure, which ansible-core 2.19 and later show in spite of no_log."""
    secret = "a-secret-of-the-build"
    for hidden in (True, False):
        outcome = DeploymentOutcome(step="build", output=f"PASSWORD={secret}")
        playbooks.emulator.world.outcomes.add(SEVALLA_SHOP_ID, outcome)
        task = {"evenkeel.paas.sevalla_deployment": SHOP, "no_log": hidden}
        failed = playbooks.run_tasks([task], "-vvvv", **WAYS[way])
        assert failed.status == 2
        assert (secret in failed.output) != hidden


def test_waiting_takes_real_time_and_verbose_output_shows_progress(playbooks: Any) -> None:
    playbooks.emulator.reset()
    tasks = [
        {"evenkeel.paas.sevalla_deployment": {**SHOP, "poll_interval": 1}},
        {
            "evenkeel.paas.laravel_cloud_deployment": {
                "application": "shop",
                "environment": "production",
                "poll_interval": 1,
                "wait_timeout": 1,
            },
            "ignore_errors": True,
        },
    ]
    run = playbooks.run_tasks(tasks, "-v")
    assert run.status == 0, run.output
    done, late = (each["result"] for each in run.results)
    walk = ["waiting", "inProgress", "success"]
    assert [each["status"] for each in done["statuses"]] == walk
    assert all(f'"status": "{status}"' in run.output for status in walk)
    live = re.findall(r"^\[localhost\] (deployment.*)", run.output, re.MULTILINE)
    assert len(live) == len(done["statuses"] + late["statuses"])
    for result in (done, late):
        (first, *more), (first_line, *later) = result["statuses"], live
        assert first_line == f"deployment {result['deployment']['id']}: {first['status']}"
        for each, line in zip(more, later):
            assert re.fullmatch(rf"deployment: {re.escape(each['status'])} after \d s", line)
        live = live[len(result["statuses"]) :]
    assert late["failure"]["code"] == "wait_timeout"
    assert late["deployment"]["id"] in late["msg"]
    assert [each["status"] for each in late["statuses"]] == ["pending", "build.running"]
