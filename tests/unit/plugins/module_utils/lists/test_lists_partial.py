# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Partial failures of a list: what is reported for each step, and that a second run completes the
rest.

``Stage`` checks for every failure that the three lists of steps add up to the plan.
"""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.evenkeel.paas.tests.emulator import Fault, world
from ansible_collections.evenkeel.paas.tests.emulator.server import Hooks
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.lists.list_cases import (
    Refusing,
    Stage,
    methods,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.running import (
    Outcome,
    settled,
)


def steps(outcome: Outcome) -> tuple[int, int, int]:
    """Return the numbers of done, failed and not attempted steps."""
    return tuple(
        len(outcome.result[f"steps_{state}"]) for state in ("done", "failed", "not_attempted")
    )


def bad(stage: Stage, *numbers: int) -> Refusing:
    """Let the service refuse to create or change the processes with these numbers."""
    names = set(stage.wanted(numbers))
    ids = {process["id"] for process in stage.live() if stage.kit.named(process) in names}
    return Refusing(
        lambda _method, path, body: (
            body.get("display_name", body.get("command")) in names or path.rpartition("/")[2] in ids
        )
    )


def test_the_first_failure_stops_the_run(stage: Stage) -> None:
    """Sequentially, so that it is known what comes before and after."""
    kit = stage.kit
    stage.seed(1, 2, 3, 9)
    listed = [kit.changed(1), kit.changed(2), kit.changed(3), kit.entry(4)]
    stage.emulator.hooks = bad(stage, 2)
    outcome = stage(listed, max_parallel=1, prune=True)
    assert outcome.message is not None
    assert steps(outcome) == (1, 1, 3)
    assert [step["action"] for step in outcome.result["steps_not_attempted"]] == [
        "update",
        "create",
        "delete",
    ]
    (failed,) = outcome.result["steps_failed"]
    assert failed["method"] == "PATCH"
    assert "responded with HTTP 422: No." in failed["error"]
    assert failed["failure"]["status"] == 422
    assert outcome.result["failure"]["status"] == 422
    assert outcome.result["changed"] is True
    assert "1 of 5 writes failed, 1 is done and 3 were not attempted" in outcome.message
    assert f"processes[1] ({kit.words(2)}): PATCH /" in outcome.message
    assert "Nothing was changed" not in outcome.message
    assert stage.names() == stage.wanted([1, 2, 3, 9])
    stage.emulator.hooks = Hooks()
    again = stage(listed, max_parallel=1, prune=True)
    assert again.message is None
    assert methods(again) == ["PATCH", "PATCH", "POST", "DELETE"]
    assert settled(stage(listed, prune=True))


@pytest.mark.parametrize("parallel", [1, 8])
def test_continue_on_error_completes_all_other_writes(stage: Stage, parallel: int) -> None:
    """Except deletions; the task still fails, with a message for each failure."""
    kit = stage.kit
    stage.seed(1, 2, 3, 9)
    listed = [kit.changed(1), kit.changed(2), kit.changed(3), kit.entry(4), kit.entry(5)]
    stage.emulator.hooks = bad(stage, 2, 4)
    options: dict[str, Any] = {
        "max_parallel": parallel,
        "prune": True,
        "continue_on_error": True,
    }
    outcome = stage(listed, **options)
    assert outcome.message is not None
    assert steps(outcome) == (3, 2, 1)
    assert [step["method"] for step in outcome.result["steps_failed"]] == ["PATCH", "POST"]
    assert [step["method"] for step in outcome.result["steps_not_attempted"]] == ["DELETE"]
    assert outcome.result["counts"] == {"created": 1, "updated": 2, "deleted": 0, "unchanged": 0}
    assert not [warning for warning in outcome.warnings if "prune" in warning]
    assert f"processes[1] ({kit.words(2)}): PATCH /" in outcome.message
    assert f"processes[3] ({kit.words(4)}): POST /" in outcome.message
    assert "2 of 6 writes failed, 3 are done and 1 was not attempted" in outcome.message
    assert sorted(stage.names()) == stage.wanted([1, 2, 3, 5, 9])
    stage.emulator.hooks = Hooks()
    again = stage(listed, **options)
    assert methods(again)[-1] == "DELETE"
    assert sorted(methods(again)) == ["DELETE", "PATCH", "POST"]
    assert settled(stage(listed, **options))


@pytest.mark.parametrize("go_on", [False, True])
@pytest.mark.parametrize("parallel", [1, 3, 32])
@pytest.mark.parametrize("failing", [(0,), (7,), (0, 7), tuple(range(8))])
def test_a_second_run_completes_the_rest(
    stage: Stage, failing: tuple[int, ...], parallel: int, go_on: bool
) -> None:
    kit = stage.kit
    stage.seed(*range(4), 50, 51)
    listed = [*(kit.changed(number) for number in range(4)), *map(kit.entry, range(4, 8))]
    options: dict[str, Any] = {
        "max_parallel": parallel,
        "prune": True,
        "continue_on_error": go_on,
    }
    stage.emulator.hooks = bad(stage, *failing)
    outcome = stage(listed, **options)
    assert outcome.message is not None
    done, failed, left = steps(outcome)
    assert done + failed + left == 10
    assert outcome.result["changed"] is bool(done)
    assert ("Nothing was changed." in outcome.message) is not bool(done)
    if go_on:
        assert (failed, left) == (len(failing), 2)
    assert stage.wanted([50, 51]) == [name for name in stage.names() if name.endswith(("50", "51"))]
    stage.emulator.hooks = Hooks()
    again = stage(listed, **options)
    assert again.message is None, again.message
    assert len(again.writes) == failed + left
    assert sorted(stage.names()) == stage.wanted(range(8))
    assert settled(stage(listed, **options))


@pytest.mark.parametrize("go_on", [False, True])
def test_a_failed_deletion_stops_further_deletions(stage: Stage, go_on: bool) -> None:
    """No other deletion follows it, and the warning names only the completed ones."""
    kit = stage.kit
    stage.seed(1, 2, 3)
    stage.emulator.hooks = bad(stage, 2)
    outcome = stage([kit.entry(4)], prune=True, max_parallel=1, continue_on_error=go_on)
    assert outcome.message is not None
    assert steps(outcome) == (2, 1, 1)
    count = 4 if stage.kit.module.startswith("sevalla") else 3
    assert outcome.warnings == [f"prune deleted 1 of {count} processes: {kit.words(1)}."]
    assert outcome.result["counts"] == {"created": 1, "updated": 0, "deleted": 1, "unchanged": 0}
    assert f"prune ({kit.words(2)}): DELETE /" in outcome.message
    assert stage.names() == stage.wanted([2, 3, 4])
    stage.emulator.hooks = Hooks()
    assert stage([kit.entry(4)], prune=True).message is None
    assert stage.names() == stage.wanted([4])


def test_a_process_that_was_deleted_concurrently(stage: Stage) -> None:
    """A deletion of it is done, a change of it fails."""
    kit = stage.kit
    stage.seed(1, 2, 3)
    stage.emulator.faults.add(Fault("vanish", method="DELETE", path=kit.item))
    assert stage([kit.entry(1), kit.entry(2)], prune=True).message is None
    stage.emulator.faults.add(Fault("vanish", method="PATCH", path=kit.item))
    outcome = stage([kit.changed(1), kit.changed(2)], continue_on_error=True, max_parallel=1)
    assert outcome.message is not None
    assert steps(outcome) == (1, 1, 0)
    assert outcome.result["steps_failed"][0]["failure"]["code"] == "not_found"


WEB = {
    "type": "web",
    "display_name": "Front",
    "resource_type": "s1",
    "is_ingress_enabled": False,
}


@pytest.fixture
def webless(sevalla: Stage) -> Stage:
    """Remove the web process of an application; creating it takes a POST and a PATCH."""
    with sevalla.emulator.world.lock:
        shop = sevalla.emulator.world.sevalla.applications[world.SEVALLA_SHOP_ID]
        del shop.processes[world.SEVALLA_SHOP_WEB_ID]
    return sevalla


@pytest.mark.parametrize("go_on", [False, True])
def test_a_creation_whose_second_step_fails(webless: Stage, go_on: bool) -> None:
    kit = webless.kit
    listed = [kit.entry(1), WEB, kit.entry(2)]
    webless.emulator.hooks = Refusing(lambda method, _path, _body: method == "PATCH")
    outcome = webless(listed, max_parallel=1, continue_on_error=go_on)
    assert outcome.message is not None
    assert steps(outcome) == ((3, 1, 0) if go_on else (2, 1, 1))
    (failed,) = outcome.result["steps_failed"]
    assert failed["method"] == "PATCH"
    assert failed["path"].endswith("/{process_id}")
    assert "processes[1] (web process): PATCH /" in outcome.message
    assert "Already done: POST /" in outcome.message
    webless.emulator.hooks = Hooks()
    again = webless(listed, max_parallel=1)
    assert methods(again) == (["PATCH"] if go_on else ["PATCH", "POST"])
    assert settled(webless(listed))


def test_a_creation_whose_first_step_fails(webless: Stage) -> None:
    """The second step is not attempted."""
    webless.emulator.hooks = Refusing(lambda _method, _path, body: body.get("type") == "web")
    outcome = webless([WEB, webless.kit.entry(1)], max_parallel=1, continue_on_error=True)
    assert steps(outcome) == (1, 1, 1)
    assert outcome.result["steps_not_attempted"][0]["method"] == "PATCH"
    webless.emulator.hooks = Hooks()
    assert methods(webless([WEB, webless.kit.entry(1)])) == ["POST", "PATCH"]


@pytest.mark.parametrize("kind", ["html_after", "504_after"])
def test_a_write_that_is_stored_without_a_response_is_done(stage: Stage, kind: str) -> None:
    """The process shows it."""
    kit = stage.kit
    stage.seed(1, 2)
    stage.emulator.faults.add(Fault(kind, method="PATCH", path=kit.item, times=None))
    outcome = stage([kit.changed(1), kit.changed(2)], max_parallel=1, api_retries=0)
    assert outcome.message is None, outcome.message
    assert outcome.result["counts"]["updated"] == 2
    assert settled(stage([kit.changed(1), kit.changed(2)]))


@pytest.mark.parametrize("kind", ["html_before", "504_before"])
def test_a_write_that_may_have_been_stored_is_reported_as_unknown(stage: Stage, kind: str) -> None:
    kit = stage.kit
    stage.seed(1, 2)
    stage.emulator.faults.add(Fault(kind, method="PATCH", path=kit.item, times=None))
    outcome = stage(
        [kit.changed(1), kit.changed(2)], continue_on_error=True, max_parallel=1, api_retries=0
    )
    assert outcome.message is not None
    assert outcome.message.count("was stored. Run the task again to find out.") == 2
    assert "Nothing was changed." not in outcome.message
    assert steps(outcome) == (0, 2, 0)
    assert outcome.result["changed"] is False
    stage.emulator.faults.clear()
    assert stage([kit.changed(1), kit.changed(2)]).message is None


@pytest.mark.parametrize("parallel", [1, 4])
def test_a_token_that_is_refused_partway(stage: Stage, parallel: int) -> None:
    """Nothing more is started; completed writes stay."""
    kit = stage.kit
    came = []

    def later(method: str, path: str, body: Any) -> bool:
        came.append(path)
        return len(came) > 5

    stage.emulator.hooks = Refusing(later, 403)
    listed = [kit.entry(number) for number in range(20)]
    outcome = stage(listed, max_parallel=parallel)
    assert outcome.message is not None
    assert outcome.result["failure"]["code"] == "forbidden"
    done, failed, left = steps(outcome)
    assert done == 5
    assert 1 <= failed <= parallel
    assert len(stage.names()) == 5
    stage.emulator.hooks = Hooks()
    assert len(stage(listed).writes) == failed + left
