# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sevalla's deployments: how they are asked for, what their statuses mean.

Facts are from the service's OpenAPI description of API v3 (snapshot of 2026-03-09) and its
documentation, unless a comment says otherwise.

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
    APPLICATION_SPEC,
    check_application,
    find_application,
    no_application,
    object_in,
)

OPTIONS: dict[str, Any] = {
    **APPLICATION_SPEC,
    "branch": {"type": "str"},
    "docker_image": {"type": "str"},
    "restart": {"type": "bool", "default": False},
}

POLL_INTERVAL = 10
"""The page on long-running operations asks for 10 seconds or more."""

LIFE = Life(
    running=frozenset({"waiting", "inProgress"}),
    success="success",
    # A waiting one that is cancelled is skipped (the description of cancelling). That nothing
    # follows on skipped is how the vendor's GitHub action takes it.
    failed=frozenset({"failed", "cancelled", "skipped"}),
)

_TRIGGERS = {"MANUAL_DEPLOY", "ROLLBACK_DEPLOYMENT", "AUTO_DEPLOY_ON_PUSH", "RESTART"}


def check_options(params: dict[str, Any]) -> list[Problem]:
    """The problems with the options, known before anything is read."""
    problems = check_application(params)
    for option in ("branch", "docker_image"):
        if params[option] == "":
            problems.append(Problem(option, "is empty"))
        elif params[option] and params["restart"]:
            problems.append(Problem(option, "cannot be given with restart, which builds nothing"))
    if params["branch"] and params["docker_image"]:
        problems.append(
            Problem("docker_image", "cannot be given with branch; an application has one source")
        )
    return problems


def find_scope(client: Client, params: dict[str, Any]) -> str:
    """The id of the application."""
    return find_application(client, params["application"])


def _collection(scope: str) -> str:
    return f"/applications/{quote(scope, safe='')}/deployments"


def item_path(scope: str, deployment_id: str) -> str:
    """The path of a deployment."""
    return f"{_collection(scope)}/{quote(deployment_id, safe='')}"


def receive(client: Client, method: str, path: str, answer: Any, scope: str) -> Deployment:
    """Return the deployment in a response; raises Failure for anything else."""
    return object_in(client, path, answer, method)


def newest(client: Client, scope: str) -> list[Deployment]:
    """The last hundred deployments: the description has them "ordered by most recent first"."""
    path = _collection(scope)
    try:
        page = next(client.offset_pages(path))
    except Failure as failure:
        raise (no_application(scope, failure) if failure.status == 404 else failure) from None
    return [receive(client, "GET", path, item, scope) for item in page]


def start(scope: str, params: dict[str, Any]) -> Step:
    """The request that starts a deployment. Its body is required, if only as ``{}``."""
    if params["restart"]:
        return Step("restart", "POST", _collection(scope), {"is_restart": True})
    given = {key: params[key] for key in ("branch", "docker_image") if params[key] is not None}
    return Step("deploy", "POST", _collection(scope), given)


def _restarts(step: Step) -> bool:
    return step.action == "restart"


_NO_BUILD = (
    "A restart takes the build of the last successful deployment, and this application has none. "
    "Deploy it once without restart."
)


def check_start(client: Client, scope: str, step: Step, newest: list[Deployment]) -> None:
    """Raise Failure when it is plain that an application was never deployed and cannot restart:
    it lists no deployment and, as one that was never deployed is taken to be, has no status."""
    if not _restarts(step) or newest:
        return
    path = f"/applications/{quote(scope, safe='')}"
    application = receive(client, "GET", path, client.get(path), scope)
    if application.get("status", "") is None:
        raise Failure(f"Application {scope} was never deployed. {_NO_BUILD}", code="never_deployed")


def predict(scope: str, step: Step) -> Deployment:
    """The deployment as Sevalla would show it, as far as that is known before."""
    branch = (step.body or {}).get("branch")
    return {
        "app_id": scope,
        "type": "manual",
        "trigger": "RESTART" if _restarts(step) else "MANUAL_DEPLOY",
        **({"branch": branch} if branch else {}),
    }


def may_come_of(step: Step, deployment: Deployment) -> bool:
    """Whether a deployment may be the one that a request started, by what started it and by its
    branch. What is null, or not known, speaks against nothing. Not by its image: the service
    shows that with its registry."""
    wanted = predict("", step)
    trigger, branch = deployment.get("trigger"), deployment.get("branch")
    return (
        deployment.get("type") != "automatic"
        and (trigger not in _TRIGGERS or trigger == wanted["trigger"])
        and (not branch or branch == wanted.get("branch", branch))
    )


def advice(step: Step, status: int | None) -> str:
    """What to say beside the service's own words when it starts no deployment."""
    # Which status a restart without a build gets is not documented; these fit.
    return f" {_NO_BUILD}" if _restarts(step) and status in (400, 404, 409, 422) else ""
