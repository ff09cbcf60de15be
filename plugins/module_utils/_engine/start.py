# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run an operation: start it with a POST that is never repeated blindly, and wait for its end.

Two deployments or commands by accident are as bad as none, so if the response to the POST is
lost, the list decides whether it started one.
"""

from __future__ import annotations

from typing import Any, Callable

from .._core.failure import Failure
from .._core.plan import Step
from .lost_post import post_once
from .watch import Operation, Operations, Watch


def run_operation(
    watch: Watch,
    step: Step,
    before: list[Operation],
    base_result: dict[str, Any],
    on_start: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """Start an operation, wait for it, and return the result of the task.

    ``before`` has the newest operations before it; ``base_result`` is the part of the result that
    is known already. ``on_start`` is called when the operation has started. In check mode, the
    operation is predicted.
    """
    if watch.task.check_mode:
        return watch.result(True, base_result, watch.operations.predict(watch.scope, step))
    watch.client.allow_writes()
    with watch.reported(base_result):
        watch.see(_start(watch, step, before))
        on_start()
        watch.wait()
    return watch.result(True, base_result, watch.operation)


def _start(watch: Watch, step: Step, before: list[Operation]) -> Operation:
    """Send a request; return the operation that it starts.

    If the outcome of the POST is unknown, the list is read before it is repeated.
    """
    operations, client, noun = watch.operations, watch.client, watch.operations.noun
    known_ids = {operation["id"] for operation in before}

    def send() -> Operation:
        try:
            answer = client.send("POST", step.path, body=step.body)
            return operations.receive(client, "POST", step.path, answer, watch.scope)
        except Failure as failure:
            if not failure.outcome_unknown:
                failure.advice += operations.advice(step, failure.status)
                failure.advice += _under_way(operations, before)
            raise

    def look(lost: Failure) -> Operation | None:
        found = [
            operation
            for operation in operations.newest(client, watch.scope)
            if operation["id"] not in known_ids and operations.may_come_of(step, operation)
        ]
        if len(found) > 1:
            raise _ambiguous(noun, [operation["id"] for operation in found], lost)
        return found[0] if found else None

    unlisted = (
        f"No {noun} that it may have started is listed now. Check whether one is running before "
        "you start another."
    )
    operation, is_adopted = post_once(client, send, look, unlisted, operations.is_resent)
    if is_adopted:
        watch.task.warn(
            f"The response to POST {step.path} was lost. {noun.capitalize()} {operation['id']} has "
            "appeared since, which the task assumes to be its own.",
            f"The response to the POST was lost. A {noun} has appeared since, which the task "
            "assumes to be its own.",
        )
    return operation


def _ambiguous(noun: str, ids: list[str], lost: Failure) -> Failure:
    """Return the failure for several operations that a lost POST may have started."""
    return Failure(
        f"{lost.message} {len(ids)} {noun}s have appeared since: {', '.join(ids)}. It is unknown "
        "which of them the lost POST started, so the task does not wait for any of them and does "
        "not start another one.",
        code="ambiguous",
        status=lost.status,
        details=ids,
        request_id=lost.request_id,
        outcome_unknown=True,
    )


def _under_way(operations: Operations, before: list[Operation]) -> list[str]:
    """Return a sentence about the running operations, for a failure to start another one."""
    running = [
        f"{operation['id']} ({operation.get('status')})"
        for operation in before
        if not operations.statuses.is_over(operation)
    ]
    return [f"Not finished when the request was sent: {', '.join(running)}."] if running else []
