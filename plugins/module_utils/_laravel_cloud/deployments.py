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
from .._engine.run_deployment import Deployment, Life
from .._http.client import Client
from .service import (
    ENVIRONMENT_SPEC,
    check_environment,
    find_environment,
    missing,
    resource_in,
)

OPTIONS = ENVIRONMENT_SPEC

POLL_INTERVAL = 5
"""Deployments take from half a minute to two; the tools there are ask every five seconds or so."""

LIFE = Life(
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


def check_options(params: dict[str, Any]) -> list[Problem]:
    """The problems with how the environment is named, known before anything is read."""
    return check_environment(params, "give it, to say what to deploy")


def find_scope(client: Client, params: dict[str, Any]) -> str:
    """The id of the environment."""
    return find_environment(client, params["environment"], params["application"])


def _collection(scope: str) -> str:
    return f"/environments/{quote(scope, safe='')}/deployments"


def item_path(scope: str, deployment_id: str) -> str:
    """The path of a deployment."""
    return f"/deployments/{quote(deployment_id, safe='')}"


def newest(client: Client, scope: str) -> list[Deployment]:
    """The last hundred deployments, with the oldest when there are more: the order of the list is
    not documented. The vendor's CLI takes the first one listed for the last."""
    path = _collection(scope)
    try:
        items = client.numbered_ends(path)
    except Failure as failure:
        raise missing("environment", scope, failure) if failure.status == 404 else failure from None
    return [_deployment(client, path, item, scope, "GET") for item in items]


def start(scope: str, params: dict[str, Any]) -> Step:
    """The request that starts a deployment. It has no body."""
    return Step("deploy", "POST", _collection(scope), None)


def check_start(client: Client, scope: str, step: Step, newest: list[Deployment]) -> None:
    """Nothing is known that would keep an environment from being deployed."""


def predict(scope: str, step: Step) -> Deployment:
    """The deployment as Laravel Cloud would show it, as far as that is known before."""
    return {"environment_id": scope}


def may_come_of(step: Step, deployment: Deployment) -> bool:
    """Nothing in a deployment tells who started it."""
    return True


def receive(client: Client, method: str, path: str, answer: Any, scope: str) -> Deployment:
    """The deployment in a JSON:API document: attributes flattened, with id and environment_id."""
    data = answer.get("data") if isinstance(answer, dict) else None
    return _deployment(client, path, data, scope, method)


def _deployment(client: Client, path: str, value: Any, scope: str, method: str) -> Deployment:
    resource = resource_in(client, path, value, method)
    return {**resource["attributes"], "id": resource["id"], "environment_id": scope}


def advice(step: Step, status: int | None) -> str:
    """What to say beside the service's own words when it starts no deployment: nothing."""
    return ""
