# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Follow something that a service was asked to do until it ends: a deployment, a command.

It is followed by the id that the service gave it, so that nobody else's is waited for.

This module is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, NamedTuple

from .._core.failure import Failure, Problem
from .._core.plan import Step
from .._http.client import Client
from .._http.settings import Service
from .module import Task

Operation = dict[str, Any]
"""A deployment or a command as its service shows it, with at least ``id`` and ``status``."""

_PASSING = ("rate_limited", "service_error", "unreachable", "unexpected_answer", "redirected")
"""Failures of a read that do not affect the operation, which continues."""

_RATE_WINDOW = 60.0
"""Seconds after which both services count reads anew (Sevalla's page on rate limits; Laravel's
own throttle)."""

_HIGHEST = 10**6
"""More seconds than anybody waits. What a machine's clock cannot count must not be given."""


class Statuses(NamedTuple):
    """The statuses of a kind of operation: while it runs, when it succeeded, when it failed."""

    running: frozenset[str]
    success: str
    failed: frozenset[str]

    def knows(self, operation: Operation) -> bool:
        """Return whether the status of an operation is one of them."""
        return operation.get("status") in (*self.running, self.success, *self.failed)

    def is_over(self, operation: Operation) -> bool:
        """Return whether an operation has ended, successfully or not.

        For an unknown status ``finished_at`` decides: a service may introduce new ones.
        """
        if self.knows(operation):
            return operation.get("status") not in self.running
        return bool(operation.get("finished_at"))


class Operations:
    """A kind of operation: something that a POST starts and that ends by itself.

    A subclass must set the attributes and write ``check_options``, ``find_scope``, ``newest``,
    ``request``, ``item_path`` and ``receive``. It may override the rest.
    """

    service: ClassVar[Service]
    noun: ClassVar[str]
    """What messages and the result call one: deployment, command."""

    options: ClassVar[dict[str, Any]]
    """The argument spec of the options that say what to start, and where."""

    statuses: ClassVar[Statuses]
    poll_interval: ClassVar[int]
    wait_timeout: ClassVar[int] = 1800
    """The defaults of the options with these names, in seconds."""

    def check_options(self, params: dict[str, Any]) -> list[Problem]:
        """Return what is wrong with the values of ``options``, before anything is read."""
        raise NotImplementedError

    def find_scope(self, client: Client, params: dict[str, Any]) -> str:
        """Return the id of what the operation belongs to; raises Failure ``not_found``."""
        raise NotImplementedError

    def newest(self, client: Client, scope: str) -> list[Operation]:
        """Return the last operations in any order; older ones among them are always the same."""
        raise NotImplementedError

    def request(self, scope: str, params: dict[str, Any]) -> Step:
        """Return the request that starts one."""
        raise NotImplementedError

    def item_path(self, scope: str, operation_id: str) -> str:
        """Return the path of an operation."""
        raise NotImplementedError

    def receive(self, client: Client, method: str, path: str, answer: Any, scope: str) -> Operation:
        """Return the operation in a response; raises Failure for anything else."""
        raise NotImplementedError

    def predict(self, scope: str, step: Step) -> Operation:
        """Return the operation that a request starts, as far as it is known before."""
        return {}

    def may_come_of(self, step: Step, operation: Operation) -> bool:
        """Return whether a request may have started an operation."""
        return True

    def advice(self, step: Step, status: int | None) -> list[str]:
        """Return the sentences to add to the service's own words when it refuses to start one."""
        return []


def waiting_spec(operations: Operations) -> dict[str, Any]:
    """Return the argument spec of the options that say whether and how long to wait."""
    return {
        "wait": {"type": "bool", "default": True},
        "wait_timeout": {"type": "int", "default": operations.wait_timeout},
        "poll_interval": {"type": "int", "default": operations.poll_interval},
    }


def waiting_problems(params: dict[str, Any]) -> list[Problem]:
    """Return what is wrong with the options of ``waiting_spec``."""
    return [
        Problem(option, f"must be from 1 to {_HIGHEST}")
        for option in ("wait_timeout", "poll_interval")
        if not 1 <= params[option] <= _HIGHEST
    ]


class Watch:
    """Follows one operation by its id, and keeps each status that it had."""

    def __init__(self, operations: Operations, client: Client, scope: str, task: Task) -> None:
        self._operations = operations
        self._client = client
        self._scope = scope
        self._task = task
        self._started = client.clock()
        self.operation: Operation = {}
        self.statuses: list[dict[str, Any]] = []

    def see(self, operation: Operation) -> None:
        """Take an operation as the service shows it now, and report a status that is new."""
        if not self.operation:
            self._started = self._client.clock()
        self.operation = operation
        status = operation.get("status")
        if self.statuses and self.statuses[-1]["status"] == status:
            return
        after = round(self._client.clock() - self._started)
        self.statuses.append({"status": status, "after_seconds": after})
        self._task.progress.status(self._operations.noun, operation["id"], status, after)
        if not self._operations.statuses.knows(operation) and not operation.get("finished_at"):
            self._task.warn(
                f"{self._noun} {operation['id']} has a status that is not known here: {status}. "
                "It is taken to be on its way.",
                f"The {self._operations.noun} has an unknown status. It is taken to be on its way.",
            )

    @contextmanager
    def reported(self, result: dict[str, Any], ours: bool = True) -> Iterator[None]:
        """Add a result, and what was read of the operation, to the result of a Failure inside.

        ``ours`` is false when someone else started it, which changes nothing.
        """
        try:
            yield
        except Failure as failure:
            failure.result.update(
                result, changed=ours and bool(self.operation), statuses=self.statuses
            )
            if self.operation:
                failure.result[self._operations.noun] = self.operation
            raise

    def wait(self) -> Operation:
        """Return the operation once it has ended, successfully or not.

        Raises Failure ``wait_timeout`` when it does not end in time, and the failure of a read
        that no later one can repair.
        """
        params, client = self._task.params, self._client
        client.deadline = self._started + params["wait_timeout"]
        trouble: Failure | None = None
        while not self._operations.statuses.is_over(self.operation):
            left = client.deadline - client.clock()
            if left <= 0:
                raise self._timed_out(trouble)
            pause = float(params["poll_interval"])
            if trouble and trouble.code == "rate_limited":
                pause = max(pause, _RATE_WINDOW)
                reason = f"rate limit of {client.service.name}"
                self._task.progress.on_wait(reason, min(pause, left))
            # Not client.pause: api_max_wait is for what goes wrong, not for what takes long.
            client.sleep(min(pause, left))
            trouble = self._look()
        return self.operation

    @property
    def words(self) -> str:
        """What messages call the operation."""
        return f"{self._noun} {self.operation['id']} of {self._scope}"

    @property
    def details(self) -> dict[str, Any]:
        """The ``failure.details`` of an operation that did not succeed."""
        return {key: self.operation.get(key) for key in ("id", "status")}

    @property
    def _noun(self) -> str:
        return self._operations.noun.capitalize()

    @property
    def _last(self) -> str:
        return f"had the status {self.operation.get('status')} when it was last read"

    def _look(self) -> Failure | None:
        """Read the operation; return the failure of the read when a later one may succeed."""
        path = self._operations.item_path(self._scope, self.operation["id"])
        try:
            answer = self._client.get(path)
            self.see(self._operations.receive(self._client, "GET", path, answer, self._scope))
        except Failure as failure:
            if failure.code in _PASSING:
                self._task.progress.detail(f"{failure.message} It will be read again.")
                return failure
            failure.looked.append(f"{self.words} was started and {self._last}; it goes on.")
            raise
        return None

    def _timed_out(self, trouble: Failure | None) -> Failure:
        waited = round(self._client.clock() - self._started)
        last = f" The last read of it failed: {trouble.message}" if trouble else ""
        return Failure(
            f"{self.words} has not ended after {waited} seconds; it {self._last}. It goes on "
            "without this task. See how it ends before another one is started, or give a longer "
            f"wait_timeout.{last}",
            code="wait_timeout",
            details=self.details,
        )
