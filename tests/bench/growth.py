# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure how the CPU time of planning grows from fifty existing processes to five hundred.

Linear growth is ten times as much for ten times as many. Each number is the best of several, in one
process and in one run, so that a busy machine changes it little. ``make bench`` prints it.
"""

from __future__ import annotations

import time
from typing import Any, Callable, NamedTuple

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.evenkeel.paas.plugins.module_utils._core.planner import plan_list
from ansible_collections.evenkeel.paas.plugins.module_utils._engine.options import (
    entries,
    process_spec,
)
from ansible_collections.evenkeel.paas.plugins.module_utils._laravel_cloud.processes import (
    PROCESSES as LARAVEL_CLOUD,
)
from ansible_collections.evenkeel.paas.plugins.module_utils._sevalla.processes import (
    PROCESSES as SEVALLA,
)

FEW, MANY = 50, 500
ROUNDS = 7


class Fleet(NamedTuple):
    """A service, its n-th existing process, and the list entry that changes it."""

    backend: Any
    live: Callable[[int], dict[str, Any]]
    entry: Callable[[int], dict[str, Any]]


FLEETS = [
    Fleet(
        SEVALLA,
        lambda number: {
            "id": f"1b9d6bcd-bbfd-4b2d-9b5d-{number:012d}",
            "key": f"key-{number}",
            "display_name": f"mail {number}",
            "type": "worker",
            "entrypoint": "node old.js",
        },
        lambda number: {"display_name": f"mail {number}", "entrypoint": "node new.js"},
    ),
    Fleet(
        LARAVEL_CLOUD,
        lambda number: {
            "id": f"process-{number}",
            "type": "worker",
            "processes": 1,
            "config": {"connection": "redis", "queue": f"queue{number}", "tries": 3},
        },
        lambda number: {
            "type": "worker",
            "config": {"connection": "redis", "queue": [f"queue{number}"], "tries": 4},
        },
    ),
]


def seconds(fleet: Fleet, count: int) -> float:
    """Return the CPU seconds of planning a list that changes every existing process."""
    validator = ArgumentSpecValidator(process_spec(fleet.backend))
    given = [validator.validate(fleet.entry(n)).validated_parameters for n in range(count)]
    wanted = entries(fleet.backend, given, "present", True, [])
    live = [fleet.live(n) for n in range(count)]
    best = float("inf")
    for _round in range(ROUNDS):
        started = time.process_time()
        plans = plan_list(fleet.backend, "scope", wanted, live, False)
        best = min(best, time.process_time() - started)
    assert all(plan.steps for plan in plans), "nothing was planned, so its time means nothing"
    return best


def main() -> None:
    """Print the growth for each service."""
    for fleet in FLEETS:
        few, many = seconds(fleet, FEW), seconds(fleet, MANY)
        print(
            f"planning for {fleet.backend.vendor}: {few * 1000:.1f} ms of CPU for {FEW} changes, "
            f"{many * 1000:.1f} ms for {MANY}: {many / few:.1f} times as much, 10 is linear"
        )


if __name__ == "__main__":
    main()
