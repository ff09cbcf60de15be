# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Send the steps of a plan, and see to it that each is stored once and as it was meant.

This module is private to the collection.
"""

from __future__ import annotations

from typing import Callable

from ._failure import Failure
from ._fields import Process
from ._http import Client
from ._options import Backend
from ._plan import NEW_ID, Plan, Step, item_path, locate, plan, unstored

_POSTS = 3
"""How often a POST is sent at most, each time only when the one before stored nothing."""

_LOOK_AFTER = (1.0, 2.0)
"""Seconds before each look for what a lost POST may have stored."""


class Writer:
    """Sends the steps of a plan in their order, and checks what the service made of them."""

    def __init__(
        self,
        backend: Backend,
        client: Client,
        scope: str,
        live: list[Process],
        warn: Callable[[str], None],
    ) -> None:
        self._backend = backend
        self._client = client
        self._scope = scope
        self._known = {process["id"] for process in live}
        self._warn = warn

    def apply(self, made: Plan) -> Process | None:
        """The process as the service gives it after all steps, None when it is gone.

        Raises Failure that tells which steps were done before the one that failed.
        """
        process = made.live
        done: list[str] = []
        for step in made.steps:
            path = step.path if process is None else step.path.replace(NEW_ID, process["id"])
            try:
                if step.action == "create":
                    process = self._create(made, step)
                elif step.action == "delete":
                    self._delete(path)
                    process = None
                else:
                    process = self._update(path, step)
            except Failure as failure:
                if done:
                    failure.message += f" Already done: {', '.join(done)}."
                if failure.outcome_unknown:
                    failure.message += (
                        f" Whether {step.method} {path} was stored is not known; run the task "
                        "again to find out."
                    )
                failure.result.update(changed=bool(done), plan=[each.told() for each in made.steps])
                raise
            done.append(f"{step.method} {path}")
        return process

    def _create(self, made: Plan, step: Step) -> Process:
        """A POST is never repeated blindly: when its outcome is unknown, the list tells."""
        for _post in range(_POSTS):
            try:
                answer = self._client.send("POST", step.path, body=step.body)
                process = self._received("POST", step.path, answer)
                return self._verified(step, process)
            except Failure as failure:
                if not failure.outcome_unknown:
                    raise
                lost = failure
            found = self._look_for(made, lost)
            if found is not None:
                return self._adopt(made, step, found)
            if not lost.resendable:
                break
        lost.message += " No such process is listed now."
        raise lost

    def _look_for(self, made: Plan, lost: Failure) -> Process | None:
        """The process that a lost POST created: new in the list, and answering to the entry.

        Raises ``lost`` when the list could not be read: then nothing may be sent again.
        """
        for seconds in _LOOK_AFTER:
            if not self._client.pause(seconds):
                raise lost
            try:
                listed = self._backend.list_processes(self._client, self._scope)
            except Failure as failure:
                lost.message += f" Looking for it in the list failed as well: {failure.message}"
                raise lost from None
            new = [process for process in listed if process["id"] not in self._known]
            found = locate(made.address, new)
            if found is not None:
                return found
        return None

    def _adopt(self, made: Plan, step: Step, found: Process) -> Process:
        """Make a process that a lost POST created, or somebody else just then, the wanted one."""
        resource = self._backend.PROCESS
        if unstored(resource, step.body or {}, found):
            again = plan(resource, self._scope, made.entry, [found])
            if again.problems:
                told = "; ".join(f"{option}: {what}" for option, what in again.problems)
                raise Failure(
                    f"While {made.address.words} was being created, {found['id']} appeared, which "
                    f"answers to the same and is not what was wanted: {told}.",
                    code="conflict",
                )
            self._backend.resolve_names(self._client, again.steps)
            for late in again.steps:
                found = self._update(late.path, late)
        return found

    def _update(self, path: str, step: Step) -> Process:
        answer = self._client.send("PATCH", path, body=step.body)
        if answer is None:
            return self._verified(step, self._read(path))
        return self._verified(step, self._received("PATCH", path, answer))

    def _delete(self, path: str) -> None:
        try:
            self._client.send("DELETE", path)
        except Failure as failure:
            if failure.status != 404:  # somebody was faster, or an earlier try got through
                raise

    def _verified(self, step: Step, process: Process) -> Process:
        """Warn of fields that the service accepted and does not show."""
        resource, body = self._backend.PROCESS, step.body or {}
        if unstored(resource, body, process):
            # The answer to a POST may be older than what is stored: Laravel Cloud's shows a
            # null strategy_type that every later read has a value for.
            process = self._read(item_path(resource, self._scope, process))
            missed = unstored(resource, body, process)
            if missed:
                self._warn(
                    f"{self._backend.SERVICE.name} accepted {step.method} {step.path} and did not "
                    f"store: {', '.join(missed)}."
                )
        return process

    def _read(self, path: str) -> Process:
        return self._received("GET", path, self._client.get(path))

    def _received(self, method: str, path: str, answer: object) -> Process:
        return self._backend.receive(self._client, method, path, answer, self._scope)
