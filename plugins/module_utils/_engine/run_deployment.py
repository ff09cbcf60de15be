# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Start one deployment, always or if something is pending, and wait until it ends.

This module is private to the collection.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from .._core.failure import Failure
from .._core.output import last_lines
from .._core.plan import Step
from .._http.client import Client
from .module import Command, Task, connected
from .options import connection_spec
from .pending import Pending, Shown, find_pending
from .start import start
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


def deployment_command(deployments: Deployments) -> Command:
    """Return the module that deploys on a service."""
    spec = {
        **connection_spec(deployments.service),
        **deployments.options,
        "trigger": {"type": "str", "choices": ["always", "pending"], "default": "always"},
        **waiting_spec(deployments),
    }
    return Command(spec, lambda task: _deploy(deployments, task))


def _deploy(deployments: Deployments, task: Task) -> dict[str, Any]:
    params = task.params
    task.check(*deployments.check_options(params), *waiting_problems(params))
    with connected(deployments.service, task) as client:
        scope = deployments.find_scope(client, params)
        run = _Run(deployments, client, scope, task)
        if params["trigger"] == "always":
            return run.start(deployments.newest(client, scope))
        processes = deployments.processes(client, scope)
        newest = deployments.newest(client, scope)
        found = find_pending(deployments.statuses, deployments.started, newest, processes)
        return run.start_if_pending(found, newest)


class _Run:
    """One run of the module, after it has found the scope."""

    def __init__(self, deployments: Deployments, client: Client, scope: str, task: Task) -> None:
        self._deployments = deployments
        self._client = client
        self._scope = scope
        self._task = task
        self._watch = Watch(deployments, client, scope, task)
        self._pending: dict[str, Any] = {}

    def start_if_pending(self, found: Pending, newest: list[Deployment]) -> dict[str, Any]:
        """Start a deployment only if something is pending; return the result."""
        self._pending = {"pending": found.reasons}
        if not found.reasons:
            return self._result(False, [], found.deployed or {})
        if found.under_way:
            return self._join(found.under_way)
        if not self._task.check_mode:
            # Only then does the next run see that this deployment started after the changes.
            self._client.sleep(_RESOLUTION)
        return self.start(newest)

    def start(self, newest: list[Deployment]) -> dict[str, Any]:
        """Start a deployment and return the result; ``newest`` are the deployments before it."""
        deployments, client, scope = self._deployments, self._client, self._scope
        step = deployments.request(scope, self._task.params)
        deployments.check_start(client, scope, step, newest)
        plan = [step.as_result()]
        if self._task.check_mode:
            return self._result(True, plan, deployments.predict(scope, step))
        client.allow_writes()
        with self._watch.reported({"plan": plan, **self._pending}):
            self._watch.see(start(self._watch, step, newest))
            self._wait()
        return self._result(True, plan, self._watch.operation)

    def _join(self, deployment: Deployment) -> dict[str, Any]:
        """Wait for a deployment that someone else started; return the result."""
        if self._task.check_mode:
            return self._result(False, [], deployment)
        with self._watch.reported({"plan": [], **self._pending}, ours=False):
            self._watch.see(deployment)
            self._wait()
        return self._result(False, [], self._watch.operation)

    def _wait(self) -> None:
        if not self._task.params["wait"]:
            return
        ended = self._watch.wait()
        if ended.get("status") != self._deployments.statuses.success:
            raise self._ended_badly(ended)

    def _ended_badly(self, deployment: Deployment) -> Failure:
        status, reason = deployment.get("status"), deployment.get("failure_reason")
        said = f": {str(reason).rstrip('.')}" if reason else ""
        vendor = self._deployments.service.name
        log = f" See the deployment's log in {vendor}'s dashboard."
        details, printed = self._watch.details, ""
        if deployment.get("steps"):  # only Sevalla shows them
            details["steps"] = deployment["steps"]
        try:
            failed = self._deployments.failed_step(self._client, self._scope, deployment)
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
            f"{self._watch.words} ended as {status}{said}. Changes of processes are stored, and "
            f"take effect with the next deployment that succeeds.{log}",
            code="deployment_failed",
            details=details,
        )
        result.printed = printed
        return result

    def _result(
        self, changed: bool, plan: list[dict[str, Any]], deployment: Deployment
    ) -> dict[str, Any]:
        return {
            "changed": changed,
            "plan": plan,
            "deployment": deployment,
            "statuses": self._watch.statuses,
            **self._pending,
            "api": self._client.counters,
        }
