# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deployments as users start them: by a handler, once, when something needs it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.evenkeel.paas.tests.emulator.faults import Fault

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
# A change of several processes at once.
CHANGES = {SEVALLA: "size=s2", LARAVEL: "tries=5"}


def deployments(run: Any) -> int:
    """How many deployments were asked for."""
    return sum(write.startswith("POST") and "/deployments" in write for write in run.writes)


def others(run: Any) -> list[str]:
    """The writes that were no deployments."""
    return [write.split(" ")[0] for write in run.writes if "/deployments" not in write]


def shop(playbooks: Any) -> dict[str, Any]:
    """What the emulator has of the shop on Sevalla."""
    found: dict[str, Any] = playbooks.emulator.world.snapshot()["sevalla"]["applications"][0]
    return found


def foretold(run: Any) -> list[tuple[str, list[Any]]]:
    """What each task that was not skipped says in check mode and for real, item by item."""
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


@pytest.mark.parametrize("example", [SEVALLA, LARAVEL])
def test_a_handler_deploys_once_and_only_when_it_is_needed(playbooks: Any, example: Path) -> None:
    checked = playbooks.run(example, "--check")
    assert checked.status == 0, checked.output
    assert checked.writes == []
    assert checked.results[-1]["task"] == "Deploy the shop"
    (planned,) = checked.results[-1]["result"]["plan"]

    first = playbooks.run(example)
    assert first.status == 0, first.output
    # Each task is about processes of its own, and where to deploy is known before.
    assert foretold(checked) == foretold(first)
    assert deployments(first) == 1
    assert first.writes[-1] == f"{planned['method']} {planned['path']}"
    assert len(others(first)) == 3

    second = playbooks.run(example)
    assert second.status == 0, second.output
    assert second.changed == []
    assert second.writes == []

    changed = playbooks.run(example, "--extra-vars", CHANGES[example])
    assert changed.status == 0, changed.output
    assert len(others(changed)) >= 2
    assert set(others(changed)) == {"PATCH"}
    assert deployments(changed) == 1

    anyway = playbooks.run(example, "--extra-vars", f"{CHANGES[example]} deploy_anyway=true")
    assert anyway.status == 0, anyway.output
    assert others(anyway) == []
    assert deployments(anyway) == 1


def test_what_takes_effect_at_once_is_not_deployed(playbooks: Any) -> None:
    assert playbooks.run(SEVALLA).status == 0
    renamed = playbooks.run(SEVALLA, "--extra-vars", "front=Front")
    assert renamed.status == 0, renamed.output
    assert renamed.changed == ["The web process gets another name, which needs no deployment"]
    assert others(renamed) == ["PATCH"]
    assert deployments(renamed) == 0


def test_a_deleted_process_is_gone_after_the_handler(playbooks: Any) -> None:
    """On a Sevalla that lists what is deleted until the next deployment."""
    playbooks.emulator.reset(
        {"sevalla_deleted_process": "listed", "sevalla_deployment_pace": "at_once"}
    )
    assert playbooks.run_tasks([OLD]).status == 0
    names = [process["display_name"] for process in shop(playbooks)["processes"]]
    assert "newsletter 2025" in names
    first = playbooks.run(SEVALLA)
    assert first.status == 0, first.output
    assert others(first).count("DELETE") == 1
    assert deployments(first) == 1
    names = [process["display_name"] for process in shop(playbooks)["processes"]]
    assert sorted(names) == ["Shop front", "nightly report", "queue"]
    again = playbooks.run(SEVALLA)
    assert again.status == 0, again.output
    assert again.changed == []
    assert again.writes == []


def test_a_deployment_that_failed_can_be_made_up_for(playbooks: Any) -> None:
    playbooks.emulator.reset(
        {"sevalla_deployment_result": "failed", "sevalla_deployment_pace": "at_once"}
    )
    failed = playbooks.run(SEVALLA)
    assert failed.status == 2
    assert "ended as failed" in failed.output
    playbooks.emulator.world.switches.update({"sevalla_deployment_result": "success"})
    again = playbooks.run(SEVALLA)
    assert again.status == 0
    assert again.writes == []
    anyway = playbooks.run(SEVALLA, "--extra-vars", "deploy_anyway=true")
    assert anyway.status == 0, anyway.output
    assert [each["status"] for each in shop(playbooks)["deployments"]] == ["failed", "success"]


@pytest.mark.parametrize(
    ("example", "there", "lost"),
    [
        (SEVALLA, OLD, Fault("html_before", method="POST", path="*/processes", after=1)),
        (LARAVEL, HORIZON, Fault("html_before", method="DELETE", path="/background-processes/*")),
    ],
)
def test_with_force_handlers_what_was_changed_before_a_failure_is_deployed(
    playbooks: Any, example: Path, there: dict[str, Any], lost: Fault
) -> None:
    """The task that fails has no deployment_required, and those behind it are not reached."""
    assert playbooks.run_tasks([there]).status == 0
    playbooks.emulator.faults.add(lost)
    failed = playbooks.run(example, "--force-handlers")
    assert failed.status == 2
    (told,) = [each["task"] for each in failed.results if each["kind"] == "failed"]
    assert told != "Deploy the shop", failed.output
    assert deployments(failed) == 1
    assert failed.results[-1]["task"] == "Deploy the shop"
    assert failed.results[-1]["result"]["deployment"]["status"].endswith(("success", "succeeded"))


def test_waiting_in_real_time_and_what_v_shows_of_it(playbooks: Any) -> None:
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
    for result in (done, late):
        told = f"Deployment {result['deployment']['id']}: "
        live = [line for line in run.output.splitlines() if told in line]
        assert len(live) == len(result["statuses"])
        for each, line in zip(result["statuses"], live):
            assert f"{told}{each['status']} after " in line
    assert late["failure"]["code"] == "wait_timeout"
    assert late["deployment"]["id"] in late["msg"]
    assert [each["status"] for each in late["statuses"]] == ["pending", "build.running"]
