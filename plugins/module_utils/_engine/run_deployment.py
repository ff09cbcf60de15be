# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Start one deployment, and wait for its end.

This module is private to the collection.
"""

from __future__ import annotations

from typing import Any

from .._core.failure import Failure, invalid_options
from .._core.planner import Step
from .._http.client import Client
from .module import Command, Task, connected
from .options import connection_problems, connection_spec
from .start import start
from .watch import Operation, Operations, Watch, waiting_problems, waiting_spec

Deployment = Operation


class Deployments(Operations):
    """The deployments of a service; ``Operations`` says what a service must write."""

    noun = "deployment"

    def check_start(self, client: Client, scope: str, step: Step, newest: list[Deployment]) -> None:
        """Raise Failure when the request cannot start a deployment."""


def deployment_command(deployments: Deployments) -> Command:
    """Return the module that deploys on a service."""
    spec = {
        **connection_spec(deployments.service),
        **deployments.options,
        **waiting_spec(deployments),
    }
    return Command(spec, lambda task: _deploy(deployments, task))


def _deploy(deployments: Deployments, task: Task) -> dict[str, Any]:
    params = task.params
    problems = [
        *deployments.check_options(params),
        *connection_problems(params),
        *waiting_problems(params),
    ]
    if problems:
        raise invalid_options(problems)
    with connected(deployments.service, task) as client:
        scope = deployments.find_scope(client, params)
        newest = deployments.newest(client, scope)
        step = deployments.request(scope, params)
        deployments.check_start(client, scope, step, newest)
        watch = Watch(deployments, client, scope, task)
        deployment = deployments.predict(scope, step)
        if not task.check_mode:
            client.allow_writes()
            with watch.reported(step):
                watch.see(start(deployments, client, scope, step, newest, task))
                deployment = watch.wait() if params["wait"] else watch.operation
                if params["wait"] and deployment.get("status") != deployments.statuses.success:
                    raise _ended_badly(deployments, watch)
        return {
            "changed": True,
            "plan": [step.told()],
            "deployment": deployment,
            "statuses": watch.statuses,
            "api": client.counters,
        }


def _ended_badly(deployments: Deployments, watch: Watch) -> Failure:
    status, reason = watch.operation.get("status"), watch.operation.get("failure_reason")
    said = f": {str(reason).rstrip('.')}" if reason else ""
    return Failure(
        f"{watch.words} ended as {status}{said}. What the processes were changed to is "
        f"stored, and takes effect with the next deployment that succeeds. "
        f"{deployments.service.name} shows the deployment's log.",
        code="deployment_failed",
        details=watch.details,
    )
