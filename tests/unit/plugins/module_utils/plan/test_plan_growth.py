# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the cost of planning grows with a list: ten times as many entries cost ten times as much.

The cost is the number of Python function calls, which a busy machine does not change.
"""

from __future__ import annotations

import sys
from typing import Any, Callable

import pytest

from ansible_collections.evenkeel.paas.plugins.module_utils._core.planner import Live, plan_list
from ansible_collections.evenkeel.paas.plugins.module_utils._engine.options import entries
from ansible_collections.evenkeel.paas.plugins.module_utils._engine.run_info import desired
from ansible_collections.evenkeel.paas.plugins.module_utils._laravel_cloud.processes import (
    PROCESSES as LARAVEL_CLOUD,
)
from ansible_collections.evenkeel.paas.plugins.module_utils._sevalla.processes import (
    PROCESSES as SEVALLA,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.plan.planning import (
    parameters,
)


def _sevalla(number: int) -> dict[str, Any]:
    return {
        "id": f"1b9d6bcd-bbfd-4b2d-9b5d-{number:012d}",
        "key": f"key-{number}",
        "display_name": f"mail {number}",
        "type": "worker",
        "entrypoint": "a",
    }


def _named(number: int) -> dict[str, Any]:
    return {"display_name": f"mail {number}", "type": "worker", "entrypoint": "b"}


def _worker(number: int) -> dict[str, Any]:
    return {
        "id": f"process-{number}",
        "instance_id": "inst-1",
        "type": "worker",
        "processes": 1,
        "command": "",
        "config": {"connection": "redis", "queue": f"q{number}, default", "tries": "3"},
    }


def _queued(number: int) -> dict[str, Any]:
    config = {"connection": "redis", "queue": [f"q{number}", "default"], "tries": 4}
    return {"type": "worker", "config": config}


def calls(work: Callable[[], Any]) -> int:
    """Return the number of Python functions that are called."""
    count = 0

    def counting(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(counting)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


SERVICES = [(SEVALLA, _sevalla, _named), (LARAVEL_CLOUD, _worker, _queued)]


@pytest.mark.parametrize("prune", [False, True])
@pytest.mark.parametrize("shift", [0, 10**6])
@pytest.mark.parametrize(("backend", "live", "given"), SERVICES)
def test_the_cost_of_planning_is_linear(
    backend: Any, live: Any, given: Any, shift: int, prune: bool
) -> None:
    """Whether each entry changes an existing process, or each creates one."""

    def plan_of(count: int) -> int:
        processes = [live(number) for number in range(count)]
        params = [parameters(backend, given(shift + number)) for number in range(count)]
        wanted = entries(backend, params, "present", True, [])
        return calls(lambda: plan_list(backend, "scope", wanted, processes, prune))

    assert plan_of(500) < 11 * plan_of(50)


@pytest.mark.parametrize(("backend", "live", "given"), SERVICES)
def test_each_live_process_is_read_once(
    backend: Any, live: Any, given: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And each changed one once more, for its prediction."""
    read: list[int] = []
    kind = type(backend)
    answers_to = kind.answers_to
    monkeypatch.setattr(
        kind, "answers_to", lambda self, process: read.append(1) or answers_to(self, process)
    )
    processes = [live(number) for number in range(40)]
    params = [parameters(backend, given(number)) for number in range(10)]
    wanted = entries(backend, params, "present", True, [])
    plans = plan_list(backend, "scope", wanted, processes, True)
    assert sum(made.action == "update" for made in plans) == 10
    assert len(read) == 50


@pytest.mark.parametrize(("backend", "live", "given"), SERVICES)
def test_the_cost_of_info_is_linear(backend: Any, live: Any, given: Any) -> None:
    def read(count: int) -> int:
        processes = [live(number) for number in range(count)]
        known = Live(backend, processes)
        return calls(lambda: [desired(backend, "scope", each, known) for each in processes])

    assert read(50) < 11 * read(5)
