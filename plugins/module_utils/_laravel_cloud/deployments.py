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
from .._core.planner import Step
from .._engine.run_deployment import Deployment, Deployments
from .._engine.watch import Statuses
from .._http.client import Client
from .service import (
    ENVIRONMENT_SPEC,
    SERVICE,
    check_environment,
    find_environment,
    missing,
    resource_in,
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
        """Return the last hundred, with the oldest when there are more: the order of the list is
        not documented. The vendor's CLI takes the first one listed for the last."""
        path = _collection(scope)
        try:
            items = client.numbered_ends(path)
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


def _collection(scope: str) -> str:
    return f"/environments/{quote(scope, safe='')}/deployments"


def _deployment(client: Client, path: str, value: Any, scope: str, method: str) -> Deployment:
    resource = resource_in(client, path, value, method)
    return {**resource["attributes"], "id": resource["id"], "environment_id": scope}


DEPLOYMENTS = LaravelCloudDeployments()
