# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every fault of a single write, for each of the three writes of both modules.

The tables say how a task ends. In every case, the same task without the fault then stores the
wanted state with one object, and changes nothing when it runs again.
"""

from __future__ import annotations

import pytest

from ansible_collections.evenkeel.paas.tests.emulator import Fault
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.faults.fault_cases import (
    NOTHING,
    UNKNOWN,
    FaultRunner,
    methods,
)

ONCE = "done with one write"
TWICE = "done with two writes"
BUSY = "done with one write on Sevalla, and two on Laravel Cloud"
LOST = "failed, outcome unknown, not stored"
KEPT = "failed, outcome unknown, but stored"
REFUSED = "failed, nothing changed"
BELIEVED = "reported as done, not stored"
WARNED = "done with a warning, not stored"

# A POST is retried only if the list shows that the previous one stored nothing, and it cannot be
# stored later: after a drop, a 500, 502 or 503. Otherwise the process is searched for and adopted.
POST = {
    "drop_before": TWICE,
    "drop_after": ONCE,
    "cut_after": ONCE,
    "cut_chunked_after": ONCE,
    "429_reset": TWICE,
    "429_seconds": TWICE,
    "429_date": TWICE,
    "429_bare": TWICE,
    "422_busy": BUSY,
    "500_before": TWICE,
    "500_after": ONCE,
    "502_before": TWICE,
    "502_after": ONCE,
    "503_before": TWICE,
    "503_after": ONCE,
    "504_before": LOST,
    "504_after": ONCE,
    "404_html_before": LOST,
    "404_html_after": ONCE,
    "html_before": LOST,
    "html_after": ONCE,
    "redirect_root_before": LOST,
    "redirect_root_after": ONCE,
    "redirect_host_before": LOST,
    "redirect_host_after": ONCE,
    "redirect_login_before": LOST,
    "redirect_login_after": ONCE,
    "empty_before": LOST,
    "empty_after": ONCE,
    "json_list_before": LOST,
    "json_list_after": ONCE,
    "json_string_before": LOST,
    "json_string_after": ONCE,
    "json_null_before": LOST,
    "json_null_after": ONCE,
    "not_stored": BELIEVED,
    "not_stored_shown": BELIEVED,
    "numbers_as_text": ONCE,
    "unknown_keys": ONCE,
    "missing_key": ONCE,
}

# A PATCH can be retried; a response that is not the API's is not retried, because the next one
# would be the same. The process shows whether it is stored.
PATCH = {
    "drop_before": TWICE,
    "drop_after": TWICE,
    "cut_after": TWICE,
    "cut_chunked_after": TWICE,
    "429_reset": TWICE,
    "429_seconds": TWICE,
    "429_date": TWICE,
    "429_bare": TWICE,
    "422_busy": BUSY,
    "500_before": TWICE,
    "500_after": TWICE,
    "502_before": TWICE,
    "502_after": TWICE,
    "503_before": TWICE,
    "503_after": TWICE,
    "504_before": TWICE,
    "504_after": TWICE,
    "404_html_before": LOST,
    "404_html_after": ONCE,
    "html_before": LOST,
    "html_after": ONCE,
    "redirect_root_before": LOST,
    "redirect_root_after": ONCE,
    "redirect_host_before": LOST,
    "redirect_host_after": ONCE,
    "redirect_login_before": LOST,
    "redirect_login_after": ONCE,
    "empty_before": WARNED,
    "empty_after": ONCE,
    "json_list_before": LOST,
    "json_list_after": ONCE,
    "json_string_before": LOST,
    "json_string_after": ONCE,
    # An empty response and JSON's null are the same for the client: it reads the stored process.
    "json_null_before": WARNED,
    "json_null_after": ONCE,
    "vanish": REFUSED,
    "change": ONCE,
    "not_stored": BELIEVED,
    "not_stored_shown": WARNED,
    "numbers_as_text": ONCE,
    "unknown_keys": ONCE,
    "missing_key": ONCE,
}

# A DELETE is believed if its response is a 2xx with JSON or nothing: Sevalla lists a process until
# the next deployment, so that the list does not show the outcome.
DELETE = {
    "drop_before": TWICE,
    "drop_after": TWICE,
    "cut_after": TWICE,
    "cut_chunked_after": TWICE,
    "429_reset": TWICE,
    "429_seconds": TWICE,
    "429_date": TWICE,
    "429_bare": TWICE,
    "422_busy": BUSY,
    "500_before": TWICE,
    "500_after": TWICE,
    "502_before": TWICE,
    "502_after": TWICE,
    "503_before": TWICE,
    "503_after": TWICE,
    "504_before": TWICE,
    "504_after": TWICE,
    "404_html_before": LOST,
    "404_html_after": KEPT,
    "html_before": LOST,
    "html_after": KEPT,
    "redirect_root_before": LOST,
    "redirect_root_after": KEPT,
    "redirect_host_before": LOST,
    "redirect_host_after": KEPT,
    "redirect_login_before": LOST,
    "redirect_login_after": KEPT,
    "empty_before": BELIEVED,
    "empty_after": ONCE,
    "json_list_before": BELIEVED,
    "json_list_after": ONCE,
    "json_string_before": BELIEVED,
    "json_string_after": ONCE,
    "json_null_before": BELIEVED,
    "json_null_after": ONCE,
    "vanish": ONCE,
    "change": ONCE,
    "not_stored": BELIEVED,
    "numbers_as_text": ONCE,
    "unknown_keys": ONCE,
    "missing_key": ONCE,
}


def ending(runner: FaultRunner, expected: str) -> str:
    """Return how a task of the runner's service ends."""
    if expected == BUSY:
        return ONCE if runner.case.module == "sevalla_process" else TWICE
    return expected


@pytest.mark.parametrize("kind", POST)
def test_a_creation_with_a_fault(runner: FaultRunner, kind: str) -> None:
    case, expected = runner.case, ending(runner, POST[kind])
    outcome = runner(Fault(kind, method="POST", path=case.collection), **case.wanted)
    assert methods(outcome) == ["POST"] * (2 if expected == TWICE else 1)
    if expected in (ONCE, TWICE):
        assert outcome.message is None, outcome.message
        assert outcome.result["changed"] is True
        assert runner.now(case.stored) == [case.stored]
        assert outcome.warnings == []
    elif expected == LOST:
        assert outcome.message is not None
        assert outcome.message.startswith("POST /")
        assert "No such process is listed now." in outcome.message
        assert UNKNOWN in outcome.message
        assert runner.now(case.stored) == []
    else:
        assert outcome.message is None
        assert runner.now(case.stored) == []
    runner.recovers(case.wanted, case.stored)


@pytest.mark.parametrize("kind", PATCH)
def test_an_update_with_a_fault(runner: FaultRunner, kind: str) -> None:
    case, expected = runner.case, ending(runner, PATCH[kind])
    runner.seed()
    outcome = runner(Fault(kind, method="PATCH", path=case.item), **case.changed)
    assert methods(outcome) == ["PATCH"] * (2 if expected == TWICE else 1)
    stored = expected in (ONCE, TWICE)
    if expected == REFUSED:  # it was deleted
        assert runner.now({}) == []
    else:
        assert runner.now(case.stored) == [case.changed_to if stored else case.stored]
    if expected in (LOST, REFUSED):
        assert outcome.message is not None
        assert outcome.message.startswith("PATCH /")
        assert (NOTHING if expected == REFUSED else UNKNOWN) in outcome.message
    else:
        assert outcome.message is None, outcome.message
        assert outcome.result["changed"] is True
    if expected == WARNED:
        (warning,) = outcome.warnings
        assert "did not store: " in warning
        named = "scaling_strategy" if case.module == "sevalla_process" else "config"
        assert named in warning
    else:
        assert outcome.warnings == []
    # A process that was deleted concurrently is created again.
    runner.recovers({**case.wanted, **case.changed}, case.changed_to)


@pytest.mark.parametrize("kind", DELETE)
def test_a_deletion_with_a_fault(runner: FaultRunner, kind: str) -> None:
    case, expected = runner.case, ending(runner, DELETE[kind])
    runner.seed()
    absent = {**case.wanted, "state": "absent"}
    outcome = runner(Fault(kind, method="DELETE", path=case.item), **absent)
    assert methods(outcome) == ["DELETE"] * (2 if expected == TWICE else 1)
    assert len(runner.now({})) == (0 if expected in (ONCE, TWICE, KEPT) else 1)
    if expected in (LOST, KEPT):
        assert outcome.message is not None
        assert outcome.message.startswith("DELETE /")
        assert UNKNOWN in outcome.message
    else:
        assert outcome.message is None, outcome.message
        assert outcome.result["changed"] is True
        assert outcome.result["process"] is None
    runner.recovers(absent)


@pytest.mark.parametrize("first", ["drop_after", "500_after"])
def test_a_stored_deletion_stays_unknown_if_its_retry_is_refused(
    runner: FaultRunner, first: str
) -> None:
    """The refusal of the second attempt says nothing about the first one."""
    case = runner.case
    runner.seed()
    absent = {**case.wanted, "state": "absent"}
    lost = Fault(first, method="DELETE", path=case.item)
    limited = Fault("429_bare", method="DELETE", path=case.item, after=1)
    outcome = runner(lost, limited, **absent, api_max_wait=1)
    assert methods(outcome) == ["DELETE"] * 2
    assert outcome.message is not None
    assert "HTTP 429" in outcome.message
    assert UNKNOWN in outcome.message
    assert runner.now(case.stored) == []
    runner.recovers(absent)


@pytest.mark.parametrize("first", ["drop_after", "500_after", "drop_before"])
@pytest.mark.parametrize("reads_fail", [False, True])
def test_a_stored_update_is_found_if_its_retry_is_refused(
    runner: FaultRunner, first: str, reads_fail: bool
) -> None:
    """The process shows whether the first attempt was stored, if it can be read."""
    case = runner.case
    runner.seed()
    lost = Fault(first, method="PATCH", path=case.item)
    limited = Fault("429_bare", method="PATCH", path=case.item, after=1)
    unread = [Fault("500_before", method="GET", path=case.item, times=None)] if reads_fail else []
    outcome = runner(lost, limited, *unread, **case.changed, api_max_wait=1)
    stored = first != "drop_before"
    assert methods(outcome) == ["PATCH"] * 2
    assert runner.now(case.stored) == [case.changed_to if stored else case.stored]
    if stored and not reads_fail:
        assert outcome.message is None, outcome.message
        assert outcome.result["changed"] is True
    else:
        assert "HTTP 429" in str(outcome.message)
        assert UNKNOWN in str(outcome.message)
        assert ("Reading it again failed as well: GET /" in str(outcome.message)) == reads_fail
        assert outcome.result["deployment_required"] is True
    runner.recovers(case.changed, case.changed_to)
