# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sevalla's deployments: how to request one, and what their statuses mean.

Facts are from the service's OpenAPI description of API v3 (snapshot of 2026-03-09) and its
documentation, unless a comment says otherwise.
"""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import quote

from .._core.failure import Failure, Problem
from .._core.fields import dicts, number
from .._core.output import lines_of
from .._core.plan import Step
from .._engine.pending import Shown, is_oldest_first
from .._engine.run_deployment import Deployment, Deployments, FailedStep
from .._engine.watch import Statuses
from .._http.client import Client
from .pages import pages
from .service import (
    APPLICATION_SPEC,
    SERVICE,
    check_application,
    find_application,
    object_in,
    of_application,
    walk,
)

_TRIGGERS = {"MANUAL_DEPLOY", "ROLLBACK_DEPLOYMENT", "AUTO_DEPLOY_ON_PUSH", "RESTART"}

_NO_BUILD = (
    "A restart uses the build of the last successful deployment, and this application has none. "
    "Deploy it once without restart."
)


class SevallaDeployments(Deployments):
    """The deployments of a Sevalla application."""

    service = SERVICE
    options: ClassVar[dict[str, Any]] = {
        **APPLICATION_SPEC,
        "branch": {"type": "str"},
        "docker_image": {"type": "str"},
        "restart": {"type": "bool", "default": False},
    }
    # The page on long-running operations asks for 10 seconds or more.
    poll_interval = 10
    statuses = Statuses(
        running=frozenset({"waiting", "inProgress"}),
        success="success",
        # A waiting deployment that is cancelled becomes skipped (the description of cancelling).
        # The vendor's GitHub action treats skipped as final.
        failed=frozenset({"failed", "cancelled", "skipped"}),
    )

    def check_options(self, params: dict[str, Any]) -> list[Problem]:
        problems = check_application(params)
        for option in ("branch", "docker_image"):
            if params[option] == "":
                problems.append(Problem(option, "is empty"))
            elif params[option] and params["restart"]:
                problems.append(
                    Problem(option, "cannot be used with restart, which builds nothing")
                )
        if params["branch"] and params["docker_image"]:
            problems.append(
                Problem("docker_image", "cannot be used with branch; an application has one source")
            )
        return problems

    def find_scope(self, client: Client, params: dict[str, Any]) -> str:
        return find_application(client, params["application"])

    def newest(self, client: Client, scope: str) -> list[Deployment]:
        """Return the last hundred deployments, or all if the oldest are listed first.

        The description says "ordered by most recent first".
        """
        path = _collection(scope)
        listed = pages(client, path)

        def read() -> list[Deployment]:
            return [self.receive(client, "GET", path, item, scope) for item in next(listed, [])]

        with of_application(scope):
            found = read()
        if is_oldest_first(found, self.started):
            while page := read():
                found += page
        return found

    def request(self, scope: str, params: dict[str, Any]) -> Step:
        # The body is required, even if it is {}.
        if params["restart"]:
            return Step("restart", "POST", _collection(scope), {"is_restart": True})
        given = {key: params[key] for key in ("branch", "docker_image") if params[key] is not None}
        return Step("deploy", "POST", _collection(scope), given)

    def item_path(self, scope: str, operation_id: str) -> str:
        return f"{_collection(scope)}/{quote(operation_id, safe='')}"

    def receive(
        self, client: Client, method: str, path: str, answer: Any, scope: str
    ) -> Deployment:
        return object_in(client, path, answer, method)

    def check_start(self, client: Client, scope: str, step: Step, newest: list[Deployment]) -> None:
        """Raise Failure for a restart of an application that was never deployed.

        Such an application has no deployments, and its status is null.
        """
        if not _restarts(step) or newest:
            return
        path = f"/applications/{quote(scope, safe='')}"
        application = self.receive(client, "GET", path, client.get(path), scope)
        if application.get("status", "") is None:
            raise Failure(
                f"Application {scope} was never deployed. {_NO_BUILD}", code="never_deployed"
            )

    def predict(self, scope: str, step: Step) -> Deployment:
        branch = (step.body or {}).get("branch")
        return {
            "app_id": scope,
            "type": "manual",
            "trigger": "RESTART" if _restarts(step) else "MANUAL_DEPLOY",
            **({"branch": branch} if branch else {}),
        }

    def started(self, deployment: Deployment) -> Any:
        """Return when a deployment was requested. A change between that and ``started_at`` may be
        too late for the deployment."""
        return deployment.get("created_at")

    def processes(self, client: Client, scope: str) -> list[Shown]:
        path = f"/applications/{quote(scope, safe='')}/processes"
        with of_application(scope):
            return [{**each, "name": each.get("display_name")} for each in walk(client, path)]

    def failed_step(self, client: Client, scope: str, deployment: Deployment) -> FailedStep | None:
        """Return the failed step, if the deployment shows it, with its output or the whole log.

        The description documents only the names of steps.
        """
        if deployment.get("status") in ("cancelled", "skipped"):
            return None
        steps = dicts(deployment.get("steps"))
        failed = next((step for step in steps if step.get("status") == "failed"), {})
        name = str(failed["name"]) if failed.get("name") else None
        output = lines_of(failed.get("output")) or lines_of(failed.get("message"))
        try:
            return FailedStep(name, output or self._log(client, scope, deployment))
        except Failure as failure:
            # The log is not documented: a 404 means that the service has none.
            return FailedStep(name, [], None if failure.status == 404 else failure)

    def _log(self, client: Client, scope: str, deployment: Deployment) -> list[str]:
        """Return the lines of a deployment's log.

        Only the vendor's CLI shows that the log exists: a list of lines, or of objects with a
        message and a time.
        """
        path = f"{self.item_path(scope, deployment['id'])}/logs"
        answer = client.get(path)
        if not isinstance(answer, list):
            raise client.unexpected("GET", path, "something that is not a list of log lines")
        entries = [entry if isinstance(entry, dict) else {"message": entry} for entry in answer]
        # Their order is unknown.
        entries.sort(key=_logged_at)
        return [line for entry in entries for line in lines_of(entry.get("message"))]

    def may_come_of(self, step: Step, operation: Deployment) -> bool:
        """Return whether a request may have started a deployment, by its trigger and branch.

        Null and unknown values match everything. The image is not compared, because the service
        shows it with its registry.
        """
        wanted = self.predict("", step)
        trigger, branch = operation.get("trigger"), operation.get("branch")
        return (
            operation.get("type") != "automatic"
            and (trigger not in _TRIGGERS or trigger == wanted["trigger"])
            and (not branch or branch == wanted.get("branch", branch))
        )

    def advice(self, step: Step, status: int | None) -> list[str]:
        # The status of a refused restart without a build is not documented; these fit.
        return [_NO_BUILD] if _restarts(step) and status in (400, 404, 409, 422) else []


def _collection(scope: str) -> str:
    return f"/applications/{quote(scope, safe='')}/deployments"


def _logged_at(entry: dict[str, Any]) -> int:
    when = number(entry.get("unix_timestamp"))
    return when if isinstance(when, int) else 0


def _restarts(step: Step) -> bool:
    return step.action == "restart"


DEPLOYMENTS = SevallaDeployments()
