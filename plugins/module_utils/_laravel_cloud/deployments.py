# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Laravel Cloud's deployments: how to request one, and what their statuses mean.

Facts are from the service's OpenAPI description, and from the live service's response to a POST in
April 2026.
"""

from __future__ import annotations

from typing import Any

from .._core.failure import Problem
from .._core.fields import at, dicts
from .._core.output import lines_of
from .._core.plan import Step
from .._engine.pending import Shown
from .._engine.run_deployment import Deployment, Deployments, FailedStep
from .._engine.watch import Statuses
from .._http.client import Client
from .operations import EnvironmentOperations
from .service import ENVIRONMENT_SPEC, check_environment


class LaravelCloudDeployments(EnvironmentOperations, Deployments):
    """The deployments of an environment."""

    collection = "deployments"
    listed_time = "started_at"  # the recorded list has the newest first
    options = ENVIRONMENT_SPEC
    # Deployments take half a minute to two minutes; existing tools poll about every five seconds.
    poll_interval = 5
    statuses = Statuses(
        running=frozenset(
            {"pending", "build.succeeded"}
            | {
                f"{phase}.{status}"
                for phase in ("build", "deployment")
                for status in ("pending", "created", "queued", "running")
            }
        ),
        success="deployment.succeeded",
        # The bare "failed" is easy to forget: a version of the vendor's CLI did.
        failed=frozenset({"build.failed", "deployment.failed", "failed", "cancelled"}),
    )

    def check_options(self, params: dict[str, Any]) -> list[Problem]:
        return check_environment(params, "is required: the environment to deploy")

    def request(self, scope: str, params: dict[str, Any]) -> Step:
        return Step("deploy", "POST", self.list_path(scope), None)

    def predict(self, scope: str, step: Step) -> Deployment:
        return {"environment_id": scope}

    def started(self, deployment: Deployment) -> Any:
        """Return the only time that a deployment shows, which is null until it starts."""
        return deployment.get("started_at")

    def processes(self, client: Client, scope: str) -> list[Shown]:
        """Return the background processes of every instance; they have no updated_at."""
        from .processes import PROCESSES  # only for trigger: pending

        return [
            {**process, "name": process.get("command")}
            for instance in PROCESSES.of_environment(client, scope)
            for process in PROCESSES.of_instance(client, scope, instance)
        ]

    def failed_step(self, client: Client, scope: str, deployment: Deployment) -> FailedStep | None:
        """Return the first step that says that it failed, else the first that is not finished, else
        the last one that ran.

        The status of a failed step has never been seen.
        """
        if deployment.get("status") == "cancelled":
            return None
        path = f"{self.item_path(scope, deployment['id'])}/logs"
        answer = client.get(path)
        phases = at(answer, "data")
        if not isinstance(phases, dict):
            raise client.unexpected("GET", path, "something that is not the logs of a deployment")
        steps = [
            step
            for phase in ("build", "deploy")
            for step in dicts(at(phases, f"{phase}.steps"))
            if step.get("status") != "skipped"
        ]
        if not steps:
            return None
        failed = [step for step in steps if _says_failed(step.get("status"))]
        unfinished = [step for step in steps if step.get("status") != "finished"]
        step = (failed or unfinished or steps[-1:])[0]
        name = step.get("step")
        return FailedStep(None if name is None else str(name), lines_of(step.get("output")))


def _says_failed(status: Any) -> bool:
    return any(word in str(status).lower() for word in ("fail", "error"))


DEPLOYMENTS = LaravelCloudDeployments()
