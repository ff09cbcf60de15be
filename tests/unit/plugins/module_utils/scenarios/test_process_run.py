# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Running a cron process of Sevalla: which one, how often, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.evenkeel.paas.tests.emulator import Fault
from ansible_collections.evenkeel.paas.tests.emulator.world import SEVALLA_SHOP_WEB_ID
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.running import (
    Runner,
    no_waiting,
)

RUN = "sevalla_process_run"
SHOP = {"application": "shop-x1y2z"}
NIGHTLY = {**SHOP, "display_name": "nightly"}


@pytest.fixture
def run(emulator: Any, monkeypatch: pytest.MonkeyPatch) -> Runner:
    no_waiting(monkeypatch)
    return Runner(emulator)


@pytest.fixture
def cron(run: Runner) -> dict[str, Any]:
    """Create a cron process."""
    created = run(
        "sevalla_process", **NIGHTLY, type="cron", schedule="0 3 * * *", resource_type="s1"
    )
    process: dict[str, Any] = created.result["process"]
    return process


def runs(run: Runner) -> list[str]:
    """Return the ids of the processes that were run."""
    (shop, *_others) = run.emulator.world.snapshot()["sevalla"]["applications"]
    started: list[str] = shop["runs"]
    return started


@pytest.mark.parametrize("by", ["id", "key", "display_name"])
def test_a_cron_runs_at_each_task(run: Runner, cron: dict[str, Any], by: str) -> None:
    for times in (1, 2):
        done = run(RUN, **SHOP, **{by: cron[by]})
        assert done.message is None, done.message
        assert done.result["changed"] is True
        assert done.result["process"] == cron
        assert runs(run) == [cron["id"]] * times
        path = f"/applications/{cron['app_id']}/processes/{cron['id']}/trigger"
        assert done.writes == [("POST", path, 200)]
        assert done.result["plan"] == [
            {"action": "run", "method": "POST", "path": path, "body": None}
        ]
        # The service responds with 400 if a body is announced and missing.
        assert done.requests[-1]["content_type"] is None


def test_a_run_by_ids_sends_two_requests(run: Runner, cron: dict[str, Any]) -> None:
    done = run(RUN, application=cron["app_id"], id=cron["id"])
    assert done.result["api"] == {"requests": 2, "retries": 0, "waited_seconds": 0.0}


def test_check_mode_only_reads(run: Runner, cron: dict[str, Any]) -> None:
    checked = run(RUN, check_mode=True, **NIGHTLY)
    assert checked.result["changed"] is True
    assert checked.writes == []
    assert runs(run) == []
    made = run(RUN, **NIGHTLY)
    assert checked.result["plan"] == made.result["plan"]
    assert checked.result["process"] == made.result["process"]


@pytest.mark.parametrize(
    ("process", "kind"),
    [
        ({"display_name": "Web process"}, "web"),
        ({"key": "web"}, "web"),
        ({"id": SEVALLA_SHOP_WEB_ID}, "web"),
        ({"display_name": "queue"}, "worker"),
        ({"display_name": "migrate"}, "job"),
    ],
)
def test_only_a_cron_can_be_run(run: Runner, process: dict[str, Any], kind: str) -> None:
    common = {**SHOP, "resource_type": "s1"}
    run("sevalla_process", **common, display_name="queue", type="worker")
    run(
        "sevalla_process",
        **common,
        display_name="migrate",
        type="job",
        job_start_policy="beforeDeployment",
    )
    for check_mode in (True, False):
        refused = run(RUN, check_mode=check_mode, **SHOP, **process)
        assert refused.message is not None
        assert f"is of type {kind}; only a cron process can be run" in refused.message
        assert "Nothing was changed." in refused.message
        assert refused.result["failure"]["code"] == "not_a_cron"
        assert refused.writes == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "display_name: set exactly one of id, key and display_name"),
        ({"key": "a", "display_name": "b"}, "set exactly one of id, key and display_name"),
        ({"display_name": ""}, "set exactly one of id, key and display_name"),
        ({"id": "nightly"}, "id: must be a UUID; for a name use display_name"),
        ({"key": "a", "application": " "}, "application: is empty"),
        ({"key": "a", "api_retries": -1}, "api_retries: must be from 0 to"),
    ],
)
def test_invalid_options_send_nothing(run: Runner, options: dict[str, Any], said: str) -> None:
    refused = run(RUN, **{**SHOP, **options})
    assert said in str(refused.message)
    assert refused.requests == []


@pytest.mark.parametrize(
    "options",
    [
        {"display_name": "nobody"},
        {"key": "nobody"},
        {"id": "11111111-1111-4111-8111-111111111111"},
    ],
)
def test_an_unknown_target(run: Runner, options: dict[str, Any]) -> None:
    for check_mode in (True, False):
        refused = run(RUN, check_mode=check_mode, **SHOP, **options)
        assert "There is no process with" in str(refused.message)
        assert (
            "In check mode, a process that an earlier task would create does not exist yet."
            in str(refused.message)
        ) == check_mode
        assert refused.result["failure"]["code"] == "not_found"
        assert refused.writes == []


def test_a_name_of_two_processes_is_ambiguous(run: Runner, cron: dict[str, Any]) -> None:
    other = run(
        "sevalla_process",
        **{**NIGHTLY, "display_name": "other"},
        type="cron",
        schedule="0 4 * * *",
        resource_type="s1",
    ).result["process"]
    with run.emulator.world.lock:  # the modules cannot create two with the same name
        shop = run.emulator.world.sevalla.applications[other["app_id"]]
        shop.processes[other["id"]]["display_name"] = "nightly"
    refused = run(RUN, **NIGHTLY)
    assert refused.result["failure"]["code"] == "ambiguous"
    assert runs(run) == []


def test_an_unknown_application(run: Runner) -> None:
    refused = run(RUN, application="nobody", key="a")
    assert "There is no application 'nobody' on Sevalla" in str(refused.message)


@pytest.mark.parametrize(
    ("kind", "started"),
    [
        *((kind, 0) for kind in ("drop_before", "500_before", "503_before", "html_before")),
        *((kind, 1) for kind in ("drop_after", "cut_after", "500_after", "redirect_root_after")),
    ],
)
def test_a_run_whose_response_is_lost_is_not_retried(
    run: Runner, cron: dict[str, Any], kind: str, started: int
) -> None:
    run.emulator.faults.add(Fault(kind, method="POST"))
    failed = run(RUN, **NIGHTLY)
    assert failed.message is not None
    assert "It is unknown whether the process was started" in failed.message
    assert "Nothing was changed" not in failed.message
    assert len(failed.writes) == 1
    assert runs(run) == [cron["id"]] * started
    assert failed.result["plan"][0]["action"] == "run"


def test_a_rate_limited_run_is_retried(run: Runner, cron: dict[str, Any]) -> None:
    run.emulator.faults.add(Fault("429_reset", method="POST"))
    done = run(RUN, **NIGHTLY)
    assert done.message is None
    assert len(done.writes) == 2
    assert runs(run) == [cron["id"]]


@pytest.mark.parametrize("status", ["400", "404", "409", "422"])
def test_a_refusal_of_the_service_is_reported(run: Runner, emulator: Any, status: str) -> None:
    """Someone else has deleted the process and created another one with its name."""
    emulator.reset(switches={"sevalla_trigger_refusal": status})
    run("sevalla_process", **NIGHTLY, type="cron", schedule="0 3 * * *", resource_type="s1")
    emulator.faults.add(Fault("change", method="POST", path="*/trigger", values={"type": "job"}))
    failed = run(RUN, **NIGHTLY)
    assert f"responded with HTTP {status}" in str(failed.message)
    assert "Nothing was changed." in str(failed.message)
    assert failed.result["changed"] is False
