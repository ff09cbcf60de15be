# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Follow an operation, a deployment or a command, until it ends.

It is followed by its id, so that the task never waits for someone else's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, NamedTuple

from .._core.failure import Failure, Problem, in_seconds
from .._core.plan import Step
from .._http.client import Client
from .._http.settings import Service, out_of_bounds
from .module import Task

Operation = dict[str, Any]
"""A deployment or a command as the service shows it, with at least ``id`` and ``status``."""

_PASSING = ("rate_limited", "service_error", "unreachable", "unexpected_answer", "redirected")
"""Failures of a read that do not affect the operation, which continues."""

_LAG = 30.0
"""Seconds after its start in which a read may not find an operation yet."""

_RATE_WINDOW = 60.0
"""Seconds of both services' rate limit window for reads (Sevalla's page on rate limits; Laravel's
own throttle)."""


class Statuses(NamedTuple):
    """The statuses of a kind of operation: those while it runs, of success and of failure."""

    running: frozenset[str]
    success: str
    failed: frozenset[str]

    def knows(self, operation: Operation) -> bool:
        """Return whether the status of an operation is a known one."""
        return operation.get("status") in (*self.running, self.success, *self.failed)

    def is_over(self, operation: Operation) -> bool:
        """Return whether an operation has ended, successfully or not.

        The service may introduce new statuses; for an unknown one ``finished_at`` decides.
        """
        if self.knows(operation):
            return operation.get("status") not in self.running
        return bool(operation.get("finished_at"))


class Operations:
    """A kind of operation: something that a POST starts and that ends by itself.

    A subclass must set the attributes and implement ``check_options``, ``find_scope``, ``newest``,
    ``request``, ``item_path``, ``receive`` and ``failure``. It may override the rest.
    """

    service: ClassVar[Service]
    noun: ClassVar[str]
    """The name in messages and the result: deployment, command."""

    options: ClassVar[dict[str, Any]]
    """The argument spec of the options that say what to start, and where."""

    statuses: ClassVar[Statuses]
    poll_interval: ClassVar[int]
    wait_timeout: ClassVar[int] = 1800
    """The defaults of the options with these names, in seconds."""

    is_resent: ClassVar[bool] = True
    """Whether a request whose outcome is unknown is sent again if the list shows that it started
    nothing."""

    def check_options(self, params: dict[str, Any]) -> list[Problem]:
        """Return the problems with the values of ``options``, before anything is read."""
        raise NotImplementedError

    def find_scope(self, client: Client, params: dict[str, Any]) -> str:
        """Return the id of the operation's parent; raise Failure ``not_found`` if it is missing."""
        raise NotImplementedError

    def newest(self, client: Client, scope: str) -> list[Operation]:
        """Return the last operations in any order; each call returns the same older ones."""
        raise NotImplementedError

    def request(self, scope: str, params: dict[str, Any]) -> Step:
        """Return the request that starts an operation."""
        raise NotImplementedError

    def item_path(self, scope: str, operation_id: str) -> str:
        """Return the path of an operation."""
        raise NotImplementedError

    def receive(self, client: Client, method: str, path: str, answer: Any, scope: str) -> Operation:
        """Return the operation in a response; raise Failure if there is none."""
        raise NotImplementedError

    def failure(self, watch: Watch) -> Failure | None:
        """Return the failure of an operation that has ended, or None if it succeeded."""
        raise NotImplementedError

    def as_result(self, operation: Operation) -> dict[str, Any]:
        """Return what the result of the task shows of an operation."""
        return {self.noun: operation}

    def predict(self, scope: str, step: Step) -> Operation:
        """Return the operation that a request starts, as far as it can be predicted."""
        return {}

    def may_come_of(self, step: Step, operation: Operation) -> bool:
        """Return whether a request may have started an operation."""
        return True

    def advice(self, step: Step, status: int | None) -> list[str]:
        """Return the sentences to append to the service's message if it refuses to start one."""
        return []


def waiting_spec(operations: Operations) -> dict[str, Any]:
    """Return the argument spec of the options for waiting."""
    return {
        "wait": {"type": "bool", "default": True},
        "wait_timeout": {"type": "int", "default": operations.wait_timeout},
        "poll_interval": {"type": "int", "default": operations.poll_interval},
    }


def waiting_problems(params: dict[str, Any]) -> list[Problem]:
    """Return the problems with the options of ``waiting_spec``."""
    return out_of_bounds(params, {"wait_timeout": 1, "poll_interval": 1})


class Watch:
    """An operation that is followed by its id, with each status that it had."""

    def __init__(self, operations: Operations, client: Client, scope: str, task: Task) -> None:
        self.operations = operations
        self.client = client
        self.scope = scope
        self.task = task
        self._started = client.clock()
        self.operation: Operation = {}
        self.statuses: list[dict[str, Any]] = []

    def see(self, operation: Operation) -> None:
        """Store the operation as the service shows it now, and report a new status."""
        if not self.operation:
            self._started = self.client.clock()
        self.operation = operation
        status = operation.get("status")
        if self.statuses and self.statuses[-1]["status"] == status:
            return
        after = round(self.client.clock() - self._started)
        self.statuses.append({"status": status, "after_seconds": after})
        self.task.progress.status(self.operations.noun, operation["id"], status, after)
        if not self.operations.statuses.knows(operation) and not operation.get("finished_at"):
            self.task.warn(
                f"{self._noun} {operation['id']} has an unknown status: {status}. "
                "It is treated as running.",
                f"The {self.operations.noun} has an unknown status. It is treated as running.",
            )

    @contextmanager
    def reported(self, result: dict[str, Any], ours: bool = True) -> Iterator[None]:
        """Add a result, and what was read of the operation, to a Failure raised inside.

        ``ours`` is false if someone else started it: then the task changed nothing.
        """
        try:
            yield
        except Failure as failure:
            failure.result.update(
                result, changed=ours and bool(self.operation), statuses=self.statuses
            )
            if self.operation:
                failure.result.update(self.operations.as_result(self.operation))
            raise

    def result(
        self, changed: bool, base_result: dict[str, Any], operation: Operation
    ) -> dict[str, Any]:
        """Return the result of the task; ``base_result`` was known before the operation."""
        return {
            "changed": changed,
            **base_result,
            **self.operations.as_result(operation),
            "statuses": self.statuses,
            "api": self.client.counters,
        }

    def wait(self) -> None:
        """Wait until the operation ends, if the task waits; raise Failure if it does not succeed.

        Raises Failure ``wait_timeout`` if it does not end in time, and the failure of a read if
        it is permanent.
        """
        params, client = self.task.params, self.client
        if not params["wait"]:
            return
        client.deadline = self._started + params["wait_timeout"]
        trouble: Failure | None = None
        while not self.operations.statuses.is_over(self.operation):
            left = client.deadline - client.clock()
            if left <= 0:
                raise self._timed_out(trouble)
            pause = float(params["poll_interval"])
            if trouble and trouble.code == "rate_limited":
                pause = max(pause, _RATE_WINDOW)
                reason = f"rate limit of {client.service.name}"
                self.task.progress.on_wait(reason, min(pause, left))
            # Not client.pause: api_max_wait limits waiting after failures, not for operations.
            client.sleep(min(pause, left))
            trouble = self._look()
        failure = self.operations.failure(self)
        if failure is not None:
            raise failure

    @property
    def words(self) -> str:
        """The name of the operation in messages."""
        return f"{self._noun} {self.operation['id']} of {self.scope}"

    @property
    def reason(self) -> str:
        """The service's reason for a failure, after a colon, or "". It may quote an output."""
        reason = self.operation.get("failure_reason")
        said = "********" if self.task.no_log else str(reason).rstrip(".")
        return f": {said}" if reason else ""

    @property
    def details(self) -> dict[str, Any]:
        """The ``failure.details`` of an operation that did not succeed."""
        return {key: self.operation.get(key) for key in ("id", "status")}

    @property
    def _noun(self) -> str:
        return self.operations.noun.capitalize()

    @property
    def _last(self) -> str:
        return f"had the status {self.operation.get('status')} when it was last read"

    def _look(self) -> Failure | None:
        """Read the operation; return the failure of the read if a later one may succeed."""
        path = self.operations.item_path(self.scope, self.operation["id"])
        try:
            answer = self.client.get(path)
            self.see(self.operations.receive(self.client, "GET", path, answer, self.scope))
        except Failure as failure:
            age = self.client.clock() - self._started
            if failure.code in _PASSING or (failure.code == "not_found" and age < _LAG):
                self.task.progress.detail(f"{failure.message} It will be read again.")
                return failure
            failure.findings.append(f"{self.words} was started and {self._last}; it continues.")
            raise
        return None

    def _timed_out(self, trouble: Failure | None) -> Failure:
        waited = round(self.client.clock() - self._started)
        last = f" The last read of it failed: {trouble.message}" if trouble else ""
        return Failure(
            f"{self.words} has not ended after {in_seconds(waited)}; it {self._last}. It continues "
            "without this task. Check how it ends before you start another, or set a longer "
            f"wait_timeout.{last}",
            code="wait_timeout",
            details=self.details,
        )
