# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pending changes: those that the last successful deployment did not include.

Only times from the service are compared, and only with each other. If they are inconclusive, a
change counts as pending: an unnecessary deployment is better than a change that never runs.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from datetime import datetime, timezone
from typing import Any, Callable, NamedTuple

from .watch import Operation, Statuses

Shown = dict[str, Any]
"""A process with at least ``id``, ``name``, ``created_at`` and ``updated_at``."""

_ALWAYS = datetime.max.replace(tzinfo=timezone.utc)
"""The replacement for a malformed time: it is later than any deployment."""

_PAGE = 100
"""The deployments in a page of either service. If a list has that many, older ones may not have
been read."""

Started = Callable[[Operation], Any]
"""Returns when a deployment started, as the service shows it; null if it has not started yet."""


class Pending(NamedTuple):
    """The pending changes. ``reasons`` is the result's ``pending``; it is empty if there are none.

    ``deployed`` is the last successful deployment. ``under_way`` is a running deployment that
    started after the newest change, so that no other one is needed.
    """

    reasons: list[dict[str, Any]]
    deployed: Operation | None
    under_way: Operation | None

    @property
    def needs_deployment(self) -> bool:
        """Whether a new deployment is needed."""
        return bool(self.reasons) and self.under_way is None


def find_pending(
    statuses: Statuses,
    started: Started,
    deployments: list[Operation],
    processes: list[Shown],
    later: Container[str] = (),
) -> Pending:
    """Return the pending changes.

    ``processes`` must be read before ``deployments``: then a deployment that has not started yet
    will start after every known change. ``later`` has the ids of deployments that were requested
    after ``processes`` were read; they include every known change, whatever their times are.
    """

    def includes(deployment: Operation, change: datetime) -> bool:
        return deployment["id"] in later or _is_after(started(deployment), change)

    # Reversed, not sorted by time: a cancelled deployment may never have started.
    ordered = deployments[::-1] if is_oldest_first(deployments, started) else deployments
    ended = [each for each in ordered if statuses.is_over(each)]
    deployed = next((each for each in ended if each.get("status") == statuses.success), None)
    reasons = []
    if deployed is None and (len(deployments) < _PAGE or not ended):
        reasons.append(_reason("never_deployed"))
    if ended and ended[0] is not deployed:
        reasons.append(_reason("deployment_failed", ended[0], at=ended[0].get("finished_at")))
    if deployed is not None:
        reasons += _changes(processes, includes, deployed)
    newest = max(
        (when for process in processes for when in _changed(process).values()), default=None
    )
    under_way = next(
        (
            each
            for each in ordered
            if not statuses.is_over(each)
            and (newest is None or not started(each) or includes(each, newest))
        ),
        None,
    )
    return Pending(reasons, deployed, under_way)


def is_oldest_first(deployments: list[Any], started: Callable[[Any], Any]) -> bool | None:
    """Return whether the oldest deployment is first; None if the times do not show it."""
    times = [when for when in (moment(started(each)) for each in deployments) if when]
    return None if len(times) < 2 or times[0] == times[-1] else times[0] < times[-1]


def _changes(
    processes: list[Shown], includes: Callable[[Operation, datetime], bool], deployed: Operation
) -> Iterator[dict[str, Any]]:
    """Yield the reason for each process with a change that the deployment may not include."""
    for process in processes:
        for key, when in _changed(process).items():
            if not includes(deployed, when):
                yield _reason(
                    "process_created" if key == "created_at" else "process_updated",
                    process,
                    at=process.get(key),
                )
                break


def _changed(process: Shown) -> dict[str, datetime]:
    """Return when a process was created, and when it was last updated if the service says so."""
    shown = {"created_at": process.get("created_at"), "updated_at": process.get("updated_at")}
    return {
        key: moment(value) or _ALWAYS
        for key, value in shown.items()
        # Laravel Cloud has no updated_at.
        if key == "created_at" or value is not None
    }


def _is_after(started: Any, change: datetime) -> bool:
    """Return whether a deployment certainly started after a change: not if the times are equal,
    because Laravel Cloud shows whole seconds."""
    when = moment(started)
    return when is not None and when > change


def _reason(reason: str, about: Shown | None = None, at: Any = None) -> dict[str, Any]:
    about = about or {}
    return {"reason": reason, "id": about.get("id"), "name": about.get("name"), "at": at}


def moment(value: Any) -> datetime | None:
    """Return a time in the format of both services, ``2026-03-01T10:00:00.000Z``; None if
    malformed. The number of decimals is not documented."""
    # Python before 3.11 reads only three or six decimals, and no Z.
    text = re.sub(r"\.(\d+)", lambda decimals: f".{decimals[1]:0<6.6}", str(value))
    try:
        when = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return when if when.tzinfo else when.replace(tzinfo=timezone.utc)
