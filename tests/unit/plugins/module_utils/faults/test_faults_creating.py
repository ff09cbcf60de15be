# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A POST never creates a process twice, whatever happens to it and concurrently."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Response, request

from ansible_collections.evenkeel.paas.tests.emulator import Fault
from ansible_collections.evenkeel.paas.tests.emulator.server import Hooks
from ansible_collections.evenkeel.paas.tests.emulator.world import SEVALLA_SIZE_IDS
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.faults.fault_cases import (
    NOTHING,
    UNKNOWN,
    FaultRunner,
    methods,
)

AFTER = ["drop_after", "500_after", "504_after", "html_after", "redirect_root_after"]
BEFORE = ["drop_before", "500_before", "504_before", "html_before", "redirect_root_before"]


def lost(runner: FaultRunner, kind: str, **settings: Any) -> Fault:
    return Fault(kind, method="POST", path=runner.case.collection, **settings)


def unreadable(runner: FaultRunner, kind: str = "html_before") -> Fault:
    """Let every read of the list fail except the first one."""
    return Fault(kind, method="GET", path=runner.case.collection, after=1, times=None)


@pytest.mark.parametrize("reading", ["html_before", "drop_before", "500_before", "429_seconds"])
@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "500_before", "500_after"])
def test_a_lost_post_is_not_retried_when_the_list_cannot_be_read(
    runner: FaultRunner, kind: str, reading: str
) -> None:
    wanted = runner.case.wanted
    outcome = runner(lost(runner, kind), unreadable(runner, reading), **wanted)
    assert methods(outcome) == ["POST"]
    assert outcome.message is not None
    assert "Looking for it in the list failed as well: GET /" in outcome.message
    assert UNKNOWN in outcome.message
    runner.recovers(wanted, runner.case.stored)


IDENTITY = {
    "sevalla_process": ["display_name"],
    "laravel_cloud_background_process": ["config", "type"],
}


@pytest.mark.parametrize("kind", ["drop_after", "500_after"])
def test_a_lost_post_is_not_retried_when_a_new_process_has_no_identity(
    runner: FaultRunner, kind: str
) -> None:
    """A new process without its identity may be the lost one."""
    case = runner.case
    for key in IDENTITY[case.module]:
        hidden = Fault("missing_key", "GET", case.collection, key=key, after=1, times=None)
        outcome = runner(lost(runner, kind), hidden, **case.wanted)
        assert methods(outcome) == ["POST"]
        assert outcome.message is not None
        (process,) = runner.processes()
        created = f"whether {process['id']} is the process that this task created."
        assert f"The list does not show {created}" in outcome.message
        assert UNKNOWN in outcome.message
        runner.recovers(case.wanted, case.stored)
        runner.recovers({**case.wanted, "state": "absent"})


class Late(Hooks):
    """A service whose list shows a new process only in the third read."""

    def __init__(self) -> None:
        self.lists = 0

    def after(self, response: Response) -> Response:
        if request.method == "GET" and request.path.endswith("processes"):
            self.lists += 1
            if self.lists == 1:
                self.first = response.get_data()
            if self.lists == 2:
                response.set_data(self.first)
        return response


@pytest.mark.parametrize("kind", AFTER)
def test_a_lost_post_that_the_list_shows_late_is_adopted(runner: FaultRunner, kind: str) -> None:
    """One read of the list is not enough for a retry. The fourth read checks for a duplicate."""
    hooks = runner.emulator.hooks = Late()
    outcome = runner(lost(runner, kind), **runner.case.wanted)
    assert hooks.lists == 4
    assert outcome.message is None, outcome.message
    assert methods(outcome) == ["POST"]
    runner.recovers(runner.case.wanted, runner.case.stored)


@pytest.mark.parametrize("kind", BEFORE)
def test_a_post_that_is_always_lost_fails_after_three_attempts(
    runner: FaultRunner, kind: str
) -> None:
    wanted = runner.case.wanted
    outcome = runner(lost(runner, kind, times=None), **wanted)
    resent = kind in ("drop_before", "500_before")
    assert methods(outcome) == ["POST"] * (3 if resent else 1)
    assert outcome.message is not None
    assert "No such process is listed now." in outcome.message
    assert UNKNOWN in outcome.message
    assert runner.now({}) == []
    runner.recovers(wanted, runner.case.stored)


def test_a_post_that_is_always_rate_limited_reports_no_change(runner: FaultRunner) -> None:
    wanted = runner.case.wanted
    outcome = runner(lost(runner, "429_seconds", times=None), **wanted, api_max_wait=20)
    assert outcome.message is not None
    assert "HTTP 429" in outcome.message
    assert "(api_max_wait)" in outcome.message
    assert NOTHING in outcome.message
    runner.recovers(wanted, runner.case.stored)


@pytest.mark.parametrize("kind", BEFORE)
def test_a_lost_post_is_not_retried_without_time_to_wait(runner: FaultRunner, kind: str) -> None:
    """The list is read once, without waiting."""
    wanted = runner.case.wanted
    outcome = runner(lost(runner, kind), **wanted, api_max_wait=0)
    assert methods(outcome) == ["POST"]
    assert outcome.message is not None
    assert "there was no time left (api_max_wait) to look again" in outcome.message
    assert UNKNOWN in outcome.message
    runner.recovers(wanted, runner.case.stored)


@pytest.mark.parametrize("kind", AFTER)
def test_a_lost_post_is_found_without_time_to_wait(runner: FaultRunner, kind: str) -> None:
    outcome = runner(lost(runner, kind), **runner.case.wanted, api_max_wait=0)
    assert methods(outcome) == ["POST"]
    assert outcome.message is None
    assert runner.now(runner.case.stored) == [runner.case.stored]


# Concurrent creations by someone else


@pytest.mark.parametrize("kind", BEFORE)
@pytest.mark.parametrize("creation", ["create_same", "create_other"])
def test_a_process_that_someone_else_created_concurrently_is_adopted(
    runner: FaultRunner, creation: str, kind: str
) -> None:
    """The fields are compared, so that a PATCH follows if theirs differ."""
    wanted = runner.case.wanted
    outcome = runner(lost(runner, creation), lost(runner, kind), **wanted)
    assert outcome.message is None, outcome.message
    assert methods(outcome) == (["POST"] if creation == "create_same" else ["POST", "PATCH"])
    assert runner.now(runner.case.stored) == [runner.case.stored]
    runner.recovers(wanted, runner.case.stored)


def test_an_adopted_process_gets_its_size_by_name(sevalla: FaultRunner) -> None:
    """Names of sizes are for users; the PATCH has the id, like the POST."""
    other = {"resource_type_id": SEVALLA_SIZE_IDS["s2"]}
    outcome = sevalla(
        lost(sevalla, "create_other", values=other),
        lost(sevalla, "drop_before"),
        **sevalla.case.wanted,
    )
    assert outcome.message is None, outcome.message
    assert outcome.writes[1:] == [("PATCH", outcome.writes[1][1], 200)]
    (process,) = sevalla.processes()
    assert process["resource_type_id"] == SEVALLA_SIZE_IDS["s1"]
    sevalla.recovers(sevalla.case.wanted, sevalla.case.stored)


class Patches(Hooks):
    """Collects the bodies of PATCH requests."""

    def __init__(self) -> None:
        self.bodies: list[Any] = []

    def before(self) -> None:
        if request.method == "PATCH":
            self.bodies.append(request.get_json())


def test_an_adopted_process_is_not_sent_a_size_that_it_has(sevalla: FaultRunner) -> None:
    """The list shows the size without its name."""
    sevalla.emulator.reset(switches={"sevalla_resource_type_name": "null"})
    hooks = sevalla.emulator.hooks = Patches()
    other = {"entrypoint": "node other.js"}
    outcome = sevalla(
        lost(sevalla, "create_other", values=other),
        lost(sevalla, "drop_before"),
        **sevalla.case.wanted,
    )
    assert outcome.message is None, outcome.message
    assert hooks.bodies == [{"entrypoint": sevalla.case.wanted["entrypoint"]}]


@pytest.mark.parametrize("creation", ["create_same", "create_other"])
def test_duplicate_creations_are_reported_at_once(runner: FaultRunner, creation: str) -> None:
    """Neither service refuses a second process with the same identity; it cannot be prevented."""
    wanted = runner.case.wanted
    outcome = runner.run(lost(runner, creation), **wanted)
    assert methods(outcome) == ["POST"]
    ids = [process["id"] for process in runner.now({"id": None})]
    assert len(ids) == 2
    assert outcome.message is not None
    assert outcome.message.startswith(
        "Another task or person created the same process at the same time."
    )
    assert all(each in outcome.message for each in ids)
    assert outcome.result["changed"] is True
    again = runner(**wanted)
    assert again.message is not None
    assert again.message.startswith("Expected one ")
    assert ", found 2: " in again.message
    assert all(each in again.message for each in ids)
    assert again.writes == []


@pytest.mark.parametrize("kind", ["drop_after", "html_after"])
def test_duplicate_creations_after_a_lost_post_are_reported_with_the_body_sent(
    runner: FaultRunner, kind: str
) -> None:
    outcome = runner.run(lost(runner, "create_same"), lost(runner, kind), **runner.case.wanted)
    assert methods(outcome) == ["POST"]
    assert len(runner.now({})) == 2
    assert outcome.message is not None
    assert "Expected one " in outcome.message
    assert ", found 2: " in outcome.message
    assert NOTHING not in outcome.message, outcome.message
    assert "POST /" in outcome.message


def test_a_process_of_another_type_with_the_same_name_is_a_conflict(sevalla: FaultRunner) -> None:
    """A lost POST, and a cron of someone else with the same name: no PATCH makes it a worker."""
    other = {"type": "cron", "schedule": "0 * * * *", "time_zone": "UTC"}
    outcome = sevalla(
        lost(sevalla, "create_other", values=other),
        lost(sevalla, "drop_before"),
        **sevalla.case.wanted,
    )
    assert methods(outcome) == ["POST"]
    assert outcome.message is not None
    assert "type: cannot change" in outcome.message
    assert [process["type"] for process in sevalla.now({"type": None})] == ["cron"]


# After a stored POST


class Forgetful(Hooks):
    """A service that changes one field of a new process, and shows the changed value."""

    def __init__(self, runner: FaultRunner, field: str, value: Any) -> None:
        self.runner = runner
        self.field = field
        self.value = value

    def after(self, response: Response) -> Response:
        if request.method == "POST":
            shown = response.get_json(force=True)
            world = self.runner.emulator.world
            with world.lock:
                if self.runner.case.module == "sevalla_process":
                    stored = world.sevalla.applications[shown["app_id"]].processes[shown["id"]]
                    shown[self.field] = self.value
                else:
                    stored = world.laravel_cloud.processes[shown["data"]["id"]].attributes
                    shown["data"]["attributes"][self.field] = self.value
                stored[self.field] = self.value
            response.set_data(json.dumps(shown))
        return response


def test_a_field_that_a_creation_did_not_store_is_a_warning(runner: FaultRunner) -> None:
    """The process exists, and the next run corrects it."""
    case = runner.case
    field, value = ("entrypoint", "") if case.module == "sevalla_process" else ("processes", 1)
    runner.emulator.hooks = Forgetful(runner, field, value)
    outcome = runner(**case.wanted)
    assert outcome.message is None, outcome.message
    (warning,) = outcome.warnings
    assert f"accepted POST {case.collection.split('*')[0]}" in warning
    assert warning.endswith(f"did not store: {field}.")
    assert outcome.result["process"][field] == value
    runner.recovers(case.wanted, case.stored)


@pytest.mark.parametrize("reading", ["500_before", "html_before", "drop_before"])
def test_a_read_that_fails_after_a_stored_post_does_not_hide_the_post(
    runner: FaultRunner, reading: str
) -> None:
    """The response to the POST lacks a field, so the process is read, and the read fails."""
    case = runner.case
    field = "entrypoint" if case.module == "sevalla_process" else "processes"
    outcome = runner.run(
        lost(runner, "missing_key", key=field),
        Fault(reading, method="GET", path=case.item, times=None),
        **case.wanted,
    )
    assert methods(outcome) == ["POST"]
    assert runner.now(case.stored) == [case.stored]
    assert outcome.message is None, outcome.message
    # A part may say how often the read was attempted.
    (warning,) = (each for each in outcome.warnings if "could not check" in each)
    assert f"accepted POST {case.collection.split('*')[0]}" in warning
    assert f"The task could not check whether it stored {field}: GET /" in warning
    runner.recovers(case.wanted, case.stored)


@pytest.mark.parametrize("reading", ["500_before", "html_before", "drop_before"])
def test_a_read_that_fails_after_a_stored_patch_does_not_hide_the_patch(
    runner: FaultRunner, reading: str
) -> None:
    case = runner.case
    runner.seed()
    outcome = runner.run(
        Fault("empty_after", method="PATCH", path=case.item),
        Fault(reading, method="GET", path=case.item, times=None),
        **case.changed,
    )
    assert methods(outcome) == ["PATCH"]
    assert runner.now(case.changed_to) == [case.changed_to]
    assert outcome.message is not None
    assert outcome.message.startswith("GET /")
    assert NOTHING not in outcome.message, outcome.message
    assert "Already done: PATCH /" in outcome.message, outcome.message
    runner.recovers(case.changed, case.changed_to)


@pytest.mark.parametrize(
    ("kind", "unknown"), [("html_before", True), ("drop_before", True), ("vanish", False)]
)
def test_a_failed_patch_of_an_adopted_process_is_reported_as_that_patch(
    runner: FaultRunner, kind: str, unknown: bool
) -> None:
    """The POST was lost, a process of someone else was adopted, and the PATCH that follows
    fails."""
    case = runner.case
    outcome = runner.run(
        lost(runner, "create_other"),
        lost(runner, "drop_before"),
        Fault(kind, method="PATCH", path=case.item),
        **case.wanted,
        **({"api_retries": 0} if kind == "drop_before" else {}),
    )
    assert methods(outcome) == ["POST", "PATCH"]
    assert outcome.message is not None
    assert outcome.message.startswith("PATCH /")
    if unknown:
        assert "It is unknown whether PATCH /" in outcome.message, outcome.message
    runner.recovers(case.wanted, case.stored)


def test_a_refused_patch_of_an_adopted_process_does_not_hide_the_post(
    runner: FaultRunner,
) -> None:
    """The lost POST was stored, the list does not show all of it, and the PATCH is rate limited."""
    case = runner.case
    field = "entrypoint" if case.module == "sevalla_process" else "processes"
    outcome = runner.run(
        lost(runner, "drop_after"),
        Fault("missing_key", method="GET", path=case.collection, key=field, after=1),
        Fault("429_seconds", method="PATCH", path=case.item, times=None),
        **case.wanted,
        api_max_wait=15,
    )
    assert set(methods(outcome)) == {"POST", "PATCH"}
    assert runner.now(case.stored) == [case.stored]
    assert outcome.message is not None
    assert outcome.message.startswith("PATCH /")
    assert NOTHING not in outcome.message, outcome.message
    assert "POST /" in outcome.message
    runner.recovers(case.wanted, case.stored)
