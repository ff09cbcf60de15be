# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Apply plans: send their steps, and verify that each is stored exactly once and as wanted."""

from __future__ import annotations

from typing import Callable, NamedTuple
from urllib.parse import quote

from .._core.failure import Failure
from .._core.fields import Process
from .._core.plan import NEW_ID, Live, Plan, Step
from .._core.planner import item_path, locate, make_plan
from .._core.remark import Remark
from .._core.stored import changed_meanwhile, unstored
from .._http.client import Client
from .lost_post import post_once
from .parallel import do_each
from .progress import Progress
from .service import Backend


class Target(NamedTuple):
    """Where plans are applied; ``existed`` has the ids of all resources that existed before."""

    backend: Backend
    client: Client
    scope: str
    existed: frozenset[str]
    progress: Progress


_UNSTORED = "{vendor} accepted {write} but did not store: {names}."
_UNCHECKED = "{vendor} accepted {write}. The task could not check whether it stored {names}{reason}"


def apply(
    target: Target, plans: list[Plan], parallel: int, continue_on_error: bool
) -> list[Writer]:
    """Apply the plans, ``parallel`` at a time; return one writer for each plan that has steps.

    Without ``continue_on_error``, the first failure stops the client: requests under way end, and
    no others are sent. After any failure nothing is deleted, because a process to delete may still
    do the work of one that failed.
    """
    client = target.client
    writers = [Writer(target, plan) for plan in plans if plan.steps]
    target.progress.expect_writes(sum(len(writer.plan.steps) for writer in writers))

    def send(writer: Writer) -> None:
        writer.apply()
        if writer.failure is not None and (writer.plan.deletes or not continue_on_error):
            client.stop()

    for deleting in (False, True):
        if deleting and any(writer.failure for writer in writers):
            break
        batch = [writer for writer in writers if writer.plan.deletes is deleting]
        if parallel == 1 or len(batch) < 2:
            for writer in batch:
                send(writer)
        else:
            do_each(send, batch, min(parallel, len(batch)), client.stop)
    return writers


def find_duplicates(target: Target, writers: list[Writer]) -> Failure | None:
    """Return a Failure if several resources now match the entry of a created one, else None.

    Someone else may have created the same concurrently: another machine, another AWX slice, the
    dashboard. The services do not enforce unique names. The list is read once. After a failure
    that stopped the client, nothing is read, and the next run finds the duplicates.
    """
    backend, client = target.backend, target.client
    created = [writer for writer in writers if writer.plan.creates and writer.done]
    if not created or client.stopped:
        return None
    try:
        live = Live(backend, backend.list_all(client, target.scope))
    except Failure as failure:
        created[0].warnings.append(
            Remark(
                f"Could not check whether another task or person created the same {backend.noun} "
                f"at the same time: {failure.message} Run the task again to check.",
                f"Could not check whether another task or person created the same {backend.noun} "
                "at the same time. Run the task again to check.",
            )
        )
        return None
    ids: list[str] = []
    several = []
    for address in (writer.plan.address for writer in created):
        found = [str(each["id"]) for each in live.find(address.keys[0])]
        if len(found) > 1:
            ids += found
            several.append(f"Expected one {address.words}, found {len(found)}: {', '.join(found)}")
    if not several:
        return None
    duplicates = Failure(
        f"Another task or person created the same {backend.noun} at the same time. "
        f"{'; '.join(several)}. Delete all but one, and run the task again.",
        code="ambiguous",
        details=ids,
    )
    duplicates.result["changed"] = True
    return duplicates


class Writer:
    """The application of one plan: it sends the steps in order, and verifies what was stored.

    Afterwards ``done`` has the completed steps, and ``process`` the process in the last response,
    None if it was deleted. If it ended early, ``failed`` is the step that ended it, with the reason
    in ``failure``. ``warnings`` are for the user.
    """

    def __init__(self, target: Target, plan: Plan) -> None:
        self.plan = plan
        self.process = plan.live
        self.done: list[Step] = []
        self.failed: Step | None = None
        self.failure: Failure | None = None
        self.warnings: list[Remark] = []
        self._backend, self._client, self._scope, self._existed, self._progress = target
        # Writes as they were sent: with ids for placeholders, and those of an adoption.
        self._stored: list[Step] = []
        self._unknown: list[Step] = []
        self._warned: set[str] = set()

    @property
    def not_attempted(self) -> list[Step]:
        """The steps of which nothing was sent."""
        return self.plan.steps[len(self.done) + (self.failed is not None) :]

    @property
    def deployment_required(self) -> bool:
        """Whether a write that was stored, or may have been, waits for a deployment."""
        return any(step.needs_deployment for step in self._stored + self._unknown)

    def apply(self) -> None:
        """Send the steps up to the first failure.

        The failure reports what was stored before it. A stopped client omits the remaining steps.
        """
        send: dict[str, Callable[[Step], Process | None]] = {
            "create": self._create,
            "update": self._update,
            "delete": self._delete,
        }
        words = self.plan.address.words
        for step in self.plan.steps:
            if self._client.stopped:
                break
            new_id = quote(self.process["id"], safe="") if self.process else ""
            write = step._replace(path=step.path.replace(NEW_ID, new_id))
            try:
                self.process = send[step.action](write)
            except Failure as failure:
                if failure.code == "interrupted" and write not in self._stored + self._unknown:
                    break  # The task ended before it was sent.
                self.failed, self.failure = step, self._explained(failure)
                self._progress.write_failed(step.action, words)
                break
            self.done.append(step)
            self._progress.write_done(step.action, words)

    def _explained(self, failure: Failure) -> Failure:
        failure.done = [write.request for write in self._stored]
        failure.unknown = [write.request for write in reversed(self._unknown)]
        failure.outcome_unknown = bool(self._unknown)
        failure.result["changed"] = bool(self._stored)
        return failure

    def _write(self, step: Step) -> Process | None:
        """Send and record one write; return the process in the response, None if there is none."""
        try:
            answer = self._client.send(step.method, step.path, body=step.body)
            if step.method == "DELETE" or (step.method == "PATCH" and answer is None):
                process = None
            else:
                process = self._received(step.method, step.path, answer)
        except Failure as failure:
            if failure.code != "unexpected_answer":  # else it is not from the service
                failure.advice += self._backend.advice(step.method, failure.status)
            if failure.outcome_unknown and step not in self._unknown:
                self._unknown.append(step)
            raise
        self._stored.append(step)
        return process

    def _create(self, step: Step) -> Process:
        """Create and return the process, or adopt the one that a lost POST created."""

        def send() -> Process:
            return self._write(step) or {}

        unlisted = f"No such {self._backend.noun} is listed now."
        process, is_adopted = post_once(self._client, send, self._look_for, unlisted)
        if is_adopted:
            process = self._adopt(step, process)
            self._unknown.clear()
            self._stored.append(step)
            return process
        self._unknown.clear()
        return self._verified(step, item_path(self._backend, self._scope, process), process)

    def _look_for(self, lost: Failure) -> Process | None:
        """Return the process that a lost POST created: new in the list, and matching the entry.

        Raises ``lost`` if a new process does not show whether it matches.
        """
        address = self.plan.address
        listed = self._backend.list_all(self._client, self._scope)
        new = [process for process in listed if process["id"] not in self._existed]
        live = Live(self._backend, new)
        found = locate(self._backend, address, live)
        unclear = [process["id"] for process in live.unclear({address.kind})]
        if found is None and unclear:
            lost.findings.append(
                f"The list does not show whether {' or '.join(unclear)} is the "
                f"{self._backend.noun} that this task created."
            )
            raise lost
        return found

    def _adopt(self, step: Step, found: Process) -> Process:
        """Return the process that a lost POST or someone else has just created, updated to the
        wanted state."""
        resource = self._backend
        if unstored(resource, step.body or {}, found):
            resource.complete(self._client, [found])
            again = make_plan(resource, self._scope, self.plan.entry, [found])
            if again.problems:
                summary = "; ".join(f"{option}: {what}" for option, what in again.problems)
                raise Failure(
                    f"While the {self.plan.address.words} was being created, {found['id']} "
                    "appeared, which matches the task but cannot be changed to what it wants: "
                    f"{summary}.",
                    code="conflict",
                )
            self._backend.resolve_names(self._client, again)
            for late in again.steps:
                found = self._update(late)
        return found

    def _update(self, step: Step) -> Process:
        try:
            process = self._write(step)
        except Failure as failure:
            if step.cleared and failure.status in (400, 422):
                failure.advice.append(
                    f"{self._backend.vendor} may not accept null for {', '.join(step.cleared)}. "
                    "If so, the setting cannot be cleared; set a value instead."
                )
            process = self._found_stored(step, failure)
        process = self._read(step.path) if process is None else process
        return self._verified(step, step.path, process)

    def _found_stored(self, step: Step, lost: Failure) -> Process:
        """Return the process if it shows what a PATCH with an unknown outcome sent; otherwise raise
        its failure, ``lost``. The next run would find nothing to change, and nothing to deploy."""
        if not lost.outcome_unknown or self._client.stopped:
            raise lost
        try:
            process = self._read(step.path)
        except Failure as failure:
            lost.findings.append(f"Reading it again failed as well: {failure.message}")
            raise lost from None
        if unstored(self._backend, step.body or {}, process, step.cleared):
            raise lost
        self._unknown.remove(step)
        self._stored.append(step)
        return process

    def _delete(self, step: Step) -> None:
        try:
            self._write(step)
        except Failure as failure:
            if failure.code != "not_found":  # someone else or an earlier attempt deleted it
                raise
            self._stored.append(step)

    def _verified(self, step: Step, path: str, process: Process) -> Process:
        """Return the process at ``path`` that a response shows; warn about fields that the service
        accepted but does not show, and about unsent fields that have changed since the plan was
        made."""
        resource, body = self._backend, step.body or {}
        missed = unstored(resource, body, process, step.cleared)
        if missed:
            try:
                # The response to a POST may be older than what is stored: Laravel Cloud's has a
                # null strategy_type, for which every later read has a value.
                process = self._read(path)
            except Failure as failure:
                self._warn(step, _UNCHECKED, missed, f": {failure.message}")
                return process
            missed = unstored(resource, body, process, step.cleared)
        if missed:
            self._warn(step, _UNSTORED, missed)
        self._warned.update(name.partition(".")[0] for name in missed)
        self._warn_of_changes(process)
        return process

    def _warn(self, step: Step, text: str, missed: list[str], reason: str = ".") -> None:
        """Warn about an accepted write; with ``no_log``, without its path and the reason."""
        about = {"vendor": self._backend.vendor, "names": ", ".join(missed)}
        shown = text.format(write=step.request, reason=reason, **about)
        plain = text.format(write=f"a {step.method}", reason=".", **about)
        self.warnings.append(Remark(shown, plain))

    def _warn_of_changes(self, process: Process) -> None:
        """Warn about options that were as wanted when the plan was made, but that a response shows
        differently."""
        resource, entry = self._backend, self.plan.entry
        # This step's fields are verified already, those of later steps are not stored yet.
        steps = self.plan.steps[len(self.done) :]
        written = {wire for step in steps for wire in step.body or {}}
        if changed_meanwhile(resource, entry, written, process):
            # A response may lack fields that ``complete`` added to the list before the comparison.
            process = dict(process)
            try:
                resource.complete(self._client, [process])
            except Failure:  # the write is stored, and the next run compares again
                return
        changed = changed_meanwhile(resource, entry, written, process)
        changed = [option for option in changed if option not in self._warned]
        if changed:
            words = (
                f"While this task ran, someone else or {resource.vendor} changed "
                f"{', '.join(changed)} of {resource.noun} {process['id']}. Run the task again to "
                "change it back."
            )
            self.warnings.append(Remark(words, words))

    def _read(self, path: str) -> Process:
        return self._received("GET", path, self._client.get(path))

    def _received(self, method: str, path: str, answer: object) -> Process:
        return self._backend.receive(self._client, method, path, answer, self._scope)
