# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A creation in two steps, a killed run, and late responses."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.evenkeel.paas.plugins.module_utils._http import client as _http
from ansible_collections.evenkeel.paas.tests.emulator import Fault
from ansible_collections.evenkeel.paas.tests.emulator.world import (
    SEVALLA_SHOP_ID,
    SEVALLA_SHOP_WEB_ID,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.faults.fault_cases import (
    NOTHING,
    UNKNOWN,
    FaultRunner,
    methods,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.running import (
    settled,
)

ITEM = "/applications/*/processes/*"
COLLECTION = "/applications/*/processes"
WEB: dict[str, Any] = {
    "application": SEVALLA_SHOP_ID,
    "display_name": "Front",
    "type": "web",
    "resource_type": "s1",
    "entrypoint": "npm run front",
    "is_ingress_enabled": False,
    "ingress_protocol": "grpc",
}
WEB_STORED = {
    "display_name": "Front",
    "entrypoint": "npm run front",
    "is_ingress_enabled": False,
    "ingress_protocol": "grpc",
}


@pytest.fixture
def webless(sevalla: FaultRunner) -> FaultRunner:
    """Remove the web process of an application; creating it takes a POST and a PATCH."""
    world = sevalla.emulator.world
    with world.lock:
        del world.sevalla.applications[SEVALLA_SHOP_ID].processes[SEVALLA_SHOP_WEB_ID]
    return sevalla


def webs(runner: FaultRunner) -> list[dict[str, Any]]:
    """Return the stored web processes, with only the wanted fields."""
    shop = runner.emulator.world.snapshot()["sevalla"]["applications"][0]
    found = [process for process in shop["processes"] if process["type"] == "web"]
    return [{key: process[key] for key in WEB_STORED} for process in found]


def becomes_whole(runner: FaultRunner) -> None:
    """Run the task again: check that there is one web process as wanted, and that nothing changes
    afterwards."""
    again = runner(**WEB)
    assert again.message is None, again.message
    assert webs(runner) == [WEB_STORED]
    assert settled(runner(**WEB))


def killed_while_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kill the client at its first wait."""

    def kill(seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(_http.Client, "sleep", staticmethod(kill))


def test_a_web_process_is_created_in_two_steps(webless: FaultRunner) -> None:
    made = webless(**WEB)
    assert made.message is None, made.message
    assert methods(made) == ["POST", "PATCH"]
    becomes_whole(webless)


POST = {
    "drop_before": ["POST", "POST", "PATCH"],
    "drop_after": ["POST", "PATCH"],
    "cut_after": ["POST", "PATCH"],
    "429_reset": ["POST", "POST", "PATCH"],
    "500_before": ["POST", "POST", "PATCH"],
    "500_after": ["POST", "PATCH"],
    "html_after": ["POST", "PATCH"],
    "redirect_root_after": ["POST", "PATCH"],
    "empty_after": ["POST", "PATCH"],
    "json_list_after": ["POST", "PATCH"],
    "numbers_as_text": ["POST", "PATCH"],
    "unknown_keys": ["POST", "PATCH"],
}


@pytest.mark.parametrize("kind", POST)
def test_the_first_of_two_steps_with_a_fault(webless: FaultRunner, kind: str) -> None:
    """An adopted process gets its second step, too."""
    outcome = webless(Fault(kind, method="POST", path=COLLECTION), **WEB)
    assert outcome.message is None, outcome.message
    assert methods(outcome) == POST[kind]
    assert webs(webless) == [WEB_STORED]
    becomes_whole(webless)


def test_a_warning_about_the_second_step_has_the_id_of_the_new_process(
    webless: FaultRunner,
) -> None:
    outcome = webless(Fault("not_stored_shown", method="PATCH", path=ITEM), **WEB)
    assert outcome.message is None, outcome.message
    (warning,) = (each for each in outcome.warnings if "did not store" in each)
    path = f"/applications/{SEVALLA_SHOP_ID}/processes/{outcome.result['process']['id']}"
    assert f"accepted PATCH {path} " in warning
    becomes_whole(webless)


@pytest.mark.parametrize("kind", ["html_before", "redirect_root_before", "504_before"])
def test_a_failed_first_step_prevents_the_second(webless: FaultRunner, kind: str) -> None:
    outcome = webless(Fault(kind, method="POST", path=COLLECTION), **WEB)
    assert outcome.message is not None
    assert UNKNOWN in outcome.message
    assert methods(outcome) == ["POST"]
    assert webs(webless) == []
    becomes_whole(webless)


@pytest.mark.parametrize(
    ("kind", "unknown"),
    [
        ("html_before", True),
        ("redirect_root_before", True),
        ("json_string_before", True),
        ("vanish", False),
        ("429_seconds", False),
        ("503_before", True),
        ("drop_before", True),
    ],
)
def test_a_failed_second_step_reports_that_the_first_was_done(
    webless: FaultRunner, kind: str, unknown: bool
) -> None:
    outcome = webless(Fault(kind, method="PATCH", path=ITEM, times=None), **WEB, api_retries=2)
    assert methods(outcome)[0] == "POST"
    assert set(methods(outcome)[1:]) == {"PATCH"}
    assert outcome.message is not None
    assert outcome.message.startswith("PATCH /")
    assert f"Already done: POST /applications/{SEVALLA_SHOP_ID}/processes." in outcome.message
    assert (UNKNOWN in outcome.message) is unknown
    assert NOTHING not in outcome.message
    assert outcome.result["changed"] is True
    assert [step["method"] for step in outcome.result["plan"]] == ["POST", "PATCH"]
    becomes_whole(webless)


@pytest.mark.parametrize("kind", ["html_after", "redirect_login_after", "503_after"])
def test_a_second_step_that_is_stored_is_done(webless: FaultRunner, kind: str) -> None:
    """Its response never arrives, but the process shows it."""
    outcome = webless(Fault(kind, method="PATCH", path=ITEM, times=None), **WEB, api_retries=2)
    assert outcome.message is None, outcome.message
    assert outcome.result["changed"] is True
    assert set(methods(outcome)[1:]) == {"PATCH"}
    assert settled(webless(**WEB))


def test_a_failed_second_step_after_an_adopted_first_step(webless: FaultRunner) -> None:
    """An adopted process counts as created, as if its creation had been answered."""
    outcome = webless(
        Fault("drop_after", method="POST", path=COLLECTION),
        Fault("html_before", method="PATCH", path=ITEM),
        **WEB,
    )
    assert methods(outcome) == ["POST", "PATCH"]
    assert outcome.message is not None
    assert f"Already done: POST /applications/{SEVALLA_SHOP_ID}/processes." in outcome.message
    assert "It is unknown whether PATCH /" in outcome.message
    assert outcome.result["changed"] is True
    becomes_whole(webless)


@pytest.mark.parametrize("kind", ["503_before", "503_after", "429_bare", "drop_after"])
def test_a_run_killed_between_the_two_steps(
    webless: FaultRunner, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    with monkeypatch.context() as patch:
        killed_while_waiting(patch)
        with pytest.raises(KeyboardInterrupt):
            webless(Fault(kind, method="PATCH", path=ITEM, times=None), **WEB)
    stored = kind in ("503_after", "drop_after")
    assert len(webs(webless)) == 1
    assert (webs(webless) == [WEB_STORED]) is stored
    again = webless(**WEB)
    assert methods(again) == ([] if stored else ["PATCH"])
    becomes_whole(webless)


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "html_after", "429_bare"])
def test_a_run_killed_after_its_post(
    runner: FaultRunner, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    with monkeypatch.context() as patch:
        killed_while_waiting(patch)
        with pytest.raises(KeyboardInterrupt):
            runner(Fault(kind, method="POST", path=runner.case.collection), **runner.case.wanted)
    runner.recovers(runner.case.wanted, runner.case.stored)


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "500_after"])
def test_a_run_killed_during_an_update_or_a_deletion(
    runner: FaultRunner, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    case = runner.case
    absent = {**case.wanted, "state": "absent"}
    runner.seed()
    for method, options in (("PATCH", case.changed), ("DELETE", absent)):
        with monkeypatch.context() as patch:
            killed_while_waiting(patch)
            with pytest.raises(KeyboardInterrupt):
                runner(Fault(kind, method=method, path=case.item), **options)
        runner.recovers(options, *([case.changed_to] if method == "PATCH" else []))


# Responses after api_timeout. These tests wait in real time.

SLOW = Fault("slow_before", seconds=1.3)


def slow(runner: FaultRunner, kind: str, method: str) -> Fault:
    path = runner.case.collection if method in ("GET", "POST") else runner.case.item
    return replace(SLOW, kind=kind, method=method, path=path)


def test_a_slow_post_that_was_stored_is_adopted(runner: FaultRunner) -> None:
    wanted = runner.case.wanted
    outcome = runner(slow(runner, "slow_after", "POST"), **wanted, api_timeout=1)
    assert outcome.message is None, outcome.message
    assert methods(outcome) == ["POST"]
    runner.recovers(wanted, runner.case.stored)


def test_a_slow_post_that_may_still_be_stored_is_not_retried(
    sevalla: FaultRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is stored after the task has ended; the next run finds it."""
    wanted = sevalla.case.wanted
    monkeypatch.setattr(sevalla.emulator.faults, "clear", lambda: None)
    outcome = sevalla(slow(sevalla, "slow_late", "POST"), **wanted, api_timeout=1)
    monkeypatch.undo()
    assert methods(outcome) == ["POST"]
    assert outcome.message is not None
    assert "No such process is listed now." in outcome.message
    assert UNKNOWN in outcome.message
    assert sevalla.processes() == []
    deadline = time.monotonic() + 5
    while not sevalla.processes() and time.monotonic() < deadline:
        time.sleep(0.02)
    late = sevalla(**wanted)
    assert settled(late)
    sevalla.recovers(wanted, sevalla.case.stored)


def test_a_slow_post_that_is_never_stored_is_not_retried(sevalla: FaultRunner) -> None:
    """It cannot be distinguished from one that is stored late."""
    wanted = sevalla.case.wanted
    outcome = sevalla(slow(sevalla, "slow_before", "POST"), **wanted, api_timeout=1)
    assert methods(outcome) == ["POST"]
    assert outcome.message is not None
    assert "No such process is listed now." in outcome.message
    assert UNKNOWN in outcome.message
    sevalla.recovers(wanted, sevalla.case.stored)


def test_a_slow_patch_that_is_stored_late_is_retried(
    sevalla: FaultRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The late request stores the same values again."""
    sevalla.seed()
    changed = sevalla.case.changed
    monkeypatch.setattr(sevalla.emulator.faults, "clear", lambda: None)
    outcome = sevalla(slow(sevalla, "slow_late", "PATCH"), **changed, api_timeout=1)
    monkeypatch.undo()
    assert outcome.message is None, outcome.message
    assert methods(outcome) == ["PATCH", "PATCH"]
    deadline = time.monotonic() + 5
    while None in [each["status"] for each in sevalla.emulator.requests]:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert settled(sevalla(**changed))
    sevalla.recovers(changed, sevalla.case.changed_to)


@pytest.mark.parametrize("kind", ["slow_before", "slow_after"])
def test_a_slow_patch_is_retried(sevalla: FaultRunner, kind: str) -> None:
    sevalla.seed()
    changed = sevalla.case.changed
    outcome = sevalla(slow(sevalla, kind, "PATCH"), **changed, api_timeout=1)
    assert outcome.message is None, outcome.message
    assert methods(outcome) == ["PATCH", "PATCH"]
    sevalla.recovers(changed, sevalla.case.changed_to)


def test_a_slow_deletion_is_retried_and_finds_nothing(runner: FaultRunner) -> None:
    runner.seed()
    absent = {**runner.case.wanted, "state": "absent"}
    outcome = runner(slow(runner, "slow_after", "DELETE"), **absent, api_timeout=1)
    assert outcome.message is None, outcome.message
    assert methods(outcome) == ["DELETE", "DELETE"]
    runner.recovers(absent)


def test_the_duration_of_slow_responses_counts_as_waiting(
    sevalla: FaultRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        _http.Client, "clock", staticmethod(lambda: time.monotonic() + sum(sevalla.slept))
    )
    fault = replace(slow(sevalla, "slow_before", "GET"), times=None)
    outcome = sevalla(fault, **sevalla.case.wanted, api_timeout=1, api_max_wait=1)
    assert outcome.message is not None
    assert outcome.writes == []
    assert len(outcome.reads) == 1
    sevalla.recovers(sevalla.case.wanted, sevalla.case.stored)
