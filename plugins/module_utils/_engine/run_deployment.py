# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Start one deployment, always or if something is pending, and wait until it ends."""

from __future__ import annotations

from typing import Any, NamedTuple

from .._core.failure import Failure
from .._core.output import last_lines
from .._core.plan import Step
from .._http.client import Client
from .module import Module, Task, connected
from .options import connection_spec
from .pending import Pending, Shown, find_pending
from .scope_lock import ScopeLock, shared
from .start import run_operation
from .watch import Operation, Operations, Watch, waiting_problems, waiting_spec

Deployment = Operation

_RESOLUTION = 1
"""Seconds between two times that a service shows as different. Laravel Cloud shows whole seconds
(recorded)."""


class FailedStep(NamedTuple):
    """The step in which a deployment failed: its name, if known, and its output.

    ``unread`` is the failure of reading the output.
    """

    name: str | None
    output: list[str]
    unread: Failure | None = None


class Deployments(Operations):
    """The deployments of a service.

    Beside what ``Operations`` requires, a subclass must implement ``started`` and ``processes``.
    """

    noun = "deployment"

    def started(self, deployment: Deployment) -> Any:
        """Return when a deployment started, by the clock of the processes' times, or None."""
        raise NotImplementedError

    def processes(self, client: Client, scope: str) -> list[Shown]:
        """Return all processes that a deployment deploys, with the keys of ``Shown``."""
        raise NotImplementedError

    def check_start(self, client: Client, scope: str, step: Step, newest: list[Deployment]) -> None:
        """Raise Failure if the request cannot start a deployment."""

    def failed_step(self, client: Client, scope: str, deployment: Deployment) -> FailedStep | None:
        """Return the step in which a deployment failed, or None if the service does not say."""
        return None

    def failure(self, watch: Watch) -> Failure | None:
        """Return the failure of a deployment that has ended, with the end of its log, or None."""
        deployment = watch.operation
        status, said = deployment.get("status"), watch.reason
        if status == self.statuses.success:
            return None
        vendor = self.service.name
        log = f" See the deployment's log in {vendor}'s dashboard."
        details, printed = watch.details, ""
        if deployment.get("steps"):  # only Sevalla shows them
            details["steps"] = deployment["steps"]
        try:
            failed = self.failed_step(watch.client, watch.scope, deployment)
        except Failure as failure:
            failed = FailedStep(None, [], failure)
        if failed and failed.unread:
            log += f" This task could not read it: {failed.unread.message}"
        if failed and (failed.name or failed.output):
            details.update(step=failed.name, output=failed.output)
            said = f" in step {failed.name}{said}" if failed.name else said
            last = last_lines(failed.output)
            if last:
                log, printed = "", f"The last lines of the log:{last}"
        result = Failure(
            f"{watch.words} ended as {status}{said}. Changes of processes are stored, and "
            f"take effect with the next deployment that succeeds.{log}",
            code="deployment_failed",
            details=details,
        )
        result.printed = printed
        return result


def deployment_module(deployments: Deployments) -> Module:
    """Return the module that deploys on a service."""
    spec = {
        **connection_spec(deployments.service),
        **deployments.options,
        "trigger": {"type": "str", "choices": ["always", "pending"], "default": "always"},
        **waiting_spec(deployments),
    }
    return Module(spec, lambda task: _deploy(deployments, task))


def _deploy(deployments: Deployments, task: Task) -> dict[str, Any]:
    params = task.params
    task.check(*deployments.check_options(params), *waiting_problems(params))
    is_always = params["trigger"] == "always"
    with connected(deployments.service, task) as client:
        scope = deployments.find_scope(client, params)
        watch = Watch(deployments, client, scope, task)
        pending: dict[str, Any] = {}
        may_start = not (is_always or task.check_mode)
        with shared(*([task.settings.url, deployments.noun, scope] if may_start else [])) as lock:
            if is_always:
                newest = deployments.newest(client, scope)
            else:
                newest, found = _find_pending(deployments, watch, lock)
                pending = {"pending": found.reasons}
                if not found.reasons:
                    return watch.result(False, {"plan": [], **pending}, found.deployed or {})
                if found.under_way:
                    lock.release()
                    return _join(watch, found.under_way, {"plan": [], **pending})
                if not task.check_mode:
                    # Only then does the next run see that it started after the changes.
                    client.sleep(_RESOLUTION)
            step = deployments.request(scope, params)
            deployments.check_start(client, scope, step, newest)
            base_result = {"plan": [step.as_result()], **pending}
            # Other tasks on this machine wait for the end of the deployment, too.
            return run_operation(watch, step, newest, base_result, on_start=lock.release)


def _find_pending(
    deployments: Deployments, watch: Watch, lock: ScopeLock
) -> tuple[list[Deployment], Pending]:
    """Return the newest deployments and the pending changes; acquire the lock if a new deployment
    is needed."""
    client, scope = watch.client, watch.scope
    processes = deployments.processes(client, scope)
    newest = deployments.newest(client, scope)
    found = find_pending(deployments.statuses, deployments.started, newest, processes)
    if found.needs_deployment and not lock.take(client, watch.task.progress):
        # The processes are not read again: a deployment that was not listed before includes them
        # as they were, even if it has changed their updated_at.
        known_ids = {each["id"] for each in newest}
        newest = deployments.newest(client, scope)
        later = {each["id"] for each in newest} - known_ids
        found = find_pending(deployments.statuses, deployments.started, newest, processes, later)
    return newest, found


def _join(watch: Watch, deployment: Deployment, base_result: dict[str, Any]) -> dict[str, Any]:
    """Wait for a deployment that someone else started; return the result."""
    if not watch.task.check_mode:
        with watch.reported(base_result, ours=False):
            watch.see(deployment)
            watch.wait()
        deployment = watch.operation
    return watch.result(False, base_result, deployment)
