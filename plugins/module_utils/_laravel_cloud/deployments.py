# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Laravel Cloud's deployments: how they are asked for, what their statuses mean.

Facts are from the service's OpenAPI description, and from a POST that the live service answered
in April 2026.

This module is private to the collection.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from .._core.failure import Failure, Problem
from .._core.plan import Step
from .._engine.pending import Shown, Times, is_oldest_first
from .._engine.run_deployment import Deployment, Deployments, FailedStep, lines_of
from .._engine.watch import Statuses
from .._http.client import Client
from .pages import ends
from .service import (
    ENVIRONMENT_SPEC,
    SERVICE,
    check_environment,
    find_environment,
    linked,
    listed,
    missing,
    resource_in,
    walk,
)


class LaravelCloudDeployments(Deployments):
    """The deployments of an environment."""

    service = SERVICE
    options = ENVIRONMENT_SPEC
    # Deployments take from half a minute to two; the existing tools read every five seconds or so.
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
        # The bare "failed" is easily forgotten: a version of the vendor's CLI did.
        failed=frozenset({"build.failed", "deployment.failed", "failed", "cancelled"}),
    )

    def check_options(self, params: dict[str, Any]) -> list[Problem]:
        return check_environment(params, "give it, to say what to deploy")

    def find_scope(self, client: Client, params: dict[str, Any]) -> str:
        return find_environment(client, params["environment"], params["application"])

    def newest(self, client: Client, scope: str) -> list[Deployment]:
        """Return the last hundred as they are listed, and perhaps the oldest: newest first in the
        recorded list, but no order is documented."""
        path = _collection(scope)
        try:
            items = ends(client, path, lambda page: is_oldest_first(page, _listed_start))
        except Failure as failure:
            raise (
                missing("environment", scope, failure) if failure.status == 404 else failure
            ) from None
        return [_deployment(client, path, item, scope, "GET") for item in items]

    def request(self, scope: str, params: dict[str, Any]) -> Step:
        return Step("deploy", "POST", _collection(scope), None)

    def item_path(self, scope: str, operation_id: str) -> str:
        return f"/deployments/{quote(operation_id, safe='')}"

    def receive(
        self, client: Client, method: str, path: str, answer: Any, scope: str
    ) -> Deployment:
        """Return the deployment in a JSON:API document: attributes flattened, with id and
        environment_id."""
        data = answer.get("data") if isinstance(answer, dict) else None
        return _deployment(client, path, data, scope, method)

    def predict(self, scope: str, step: Step) -> Deployment:
        return {"environment_id": scope}

    # A deployment shows no other time; it is null until the deployment has begun.
    times = Times(started=lambda deployment: deployment.get("started_at"), apart=3)

    def processes(self, client: Client, scope: str) -> list[Shown]:
        """Return the background processes of every instance; they have no updated_at."""
        path = f"/environments/{quote(scope, safe='')}/instances"
        found: list[Shown] = []
        pages = walk(client, path, {"include": "backgroundProcesses"})
        for instance, included in listed("environment", scope, pages):
            items = linked(client, path, instance, included, "backgroundProcesses")
            if items is None:
                own = f"/instances/{quote(instance['id'], safe='')}/background-processes"
                items = [process for process, _included in walk(client, own)]
            for item in items:
                shown = item["attributes"]
                found.append(
                    {
                        "id": item["id"],
                        "name": shown.get("command"),
                        "created_at": shown.get("created_at"),
                    }
                )
        return found

    def failed_step(self, client: Client, scope: str, deployment: Deployment) -> FailedStep | None:
        """Return the first step that has not finished, or else the last one that ran; how a step
        that failed is called was never seen."""
        if deployment.get("status") == "cancelled":
            return None
        path = f"{self.item_path(scope, deployment['id'])}/logs"
        answer = client.get(path)
        phases = answer.get("data") if isinstance(answer, dict) else None
        if not isinstance(phases, dict):
            raise client.unexpected("GET", path, "something that is not the logs of a deployment")
        steps = [
            step
            for phase in ("build", "deploy")
            if isinstance(phases.get(phase), dict) and isinstance(phases[phase].get("steps"), list)
            for step in phases[phase]["steps"]
            if isinstance(step, dict) and step.get("status") != "skipped"
        ]
        unfinished = [step for step in steps if step.get("status") != "finished"]
        if not steps:
            return None
        step = (unfinished or steps[-1:])[0]
        return FailedStep(str(step.get("step")), lines_of(step.get("output")))


def _collection(scope: str) -> str:
    return f"/environments/{quote(scope, safe='')}/deployments"


def _deployment(client: Client, path: str, value: Any, scope: str, method: str) -> Deployment:
    resource = resource_in(client, path, value, method)
    return {**resource["attributes"], "id": resource["id"], "environment_id": scope}


def _listed_start(resource: Any) -> Any:
    """Return when a deployment started, as a list has it."""
    attributes = resource.get("attributes") if isinstance(resource, dict) else None
    return attributes.get("started_at") if isinstance(attributes, dict) else None


DEPLOYMENTS = LaravelCloudDeployments()
