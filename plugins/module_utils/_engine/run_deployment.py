# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Start one deployment, and wait for its end.

A deployment is followed by the id that the service gave it, so that nobody else's is waited for.
When the answer to the POST is lost, the list of deployments tells what became of it: two
deployments by accident are as bad as none.

This module is private to the collection.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

from .._core.failure import Failure, Problem, invalid_options
from .._core.plan import Step
from .._http.client import Client
from .._http.settings import Service
from .lost_post import looks, posts
from .module import Command, Task, connected
from .options import connection_problems, connection_spec

Deployment = dict[str, Any]

_PASSING = ("rate_limited", "service_error", "unreachable", "unexpected_answer", "redirected")
"""Failures of a read that say nothing of the deployment, which goes on meanwhile."""

_RATE_WINDOW = 60.0
"""Seconds after which both services count reads anew (Sevalla's page on rate limits; Laravel's
own throttle)."""


_HIGHEST = 10**6
"""More seconds than anybody waits. What a machine's clock cannot count must not be given."""


class Life(NamedTuple):
    """The statuses that a service's deployments can have: on their way, well ended, ended badly."""

    running: frozenset[str]
    success: str
    failed: frozenset[str]

    def knows(self, deployment: Deployment) -> bool:
        """Whether the status is one of them."""
        return deployment.get("status") in (*self.running, self.success, *self.failed)

    def is_over(self, deployment: Deployment) -> bool:
        """Whether a deployment has ended, well or badly.

        Of a status that is not known, ``finished_at`` tells: a service may learn new ones.
        """
        if self.knows(deployment):
            return deployment.get("status") not in self.running
        return bool(deployment.get("finished_at"))


class Deploys(Protocol):
    """What a service's deployment file (``deployments.py`` of
    its folder) offers; the file itself is the object, and its functions
    say more of each."""

    OPTIONS: dict[str, Any]
    POLL_INTERVAL: int
    LIFE: Life

    def check_options(self, params: dict[str, Any]) -> list[Problem]:
        """What is wrong with the options."""

    def find_scope(self, client: Client, params: dict[str, Any]) -> str:
        """The id of what is deployed."""

    def newest(self, client: Client, scope: str) -> list[Deployment]:
        """The last deployments, in any order. Older ones may be among them, always the same."""

    def start(self, scope: str, params: dict[str, Any]) -> Step:
        """The request that starts one."""

    def check_start(self, client: Client, scope: str, step: Step, newest: list[Deployment]) -> None:
        """Raise Failure where it is plain that nothing can start."""

    def predict(self, scope: str, step: Step) -> Deployment:
        """The deployment as far as it is known before."""

    def may_come_of(self, step: Step, deployment: Deployment) -> bool:
        """Whether a deployment may have come of a request."""

    def receive(
        self, client: Client, method: str, path: str, answer: Any, scope: str
    ) -> Deployment:
        """The deployment in an answer."""

    def item_path(self, scope: str, deployment_id: str) -> str:
        """The path of a deployment."""

    def advice(self, step: Step, status: int | None) -> str:
        """What to say beside the service's own words when none starts."""


def deployment_command(service: Service, deploys: Deploys) -> Command:
    """The module that deploys on a service."""
    spec = {
        **connection_spec(service),
        **deploys.OPTIONS,
        "wait": {"type": "bool", "default": True},
        "wait_timeout": {"type": "int", "default": 1800},
        "poll_interval": {"type": "int", "default": deploys.POLL_INTERVAL},
    }
    return Command(spec, lambda task: _deploy(service, deploys, task))


def _deploy(service: Service, deploys: Deploys, task: Task) -> dict[str, Any]:
    params = task.params
    problems = [*deploys.check_options(params), *connection_problems(params)]
    problems += [
        Problem(option, f"must be from 1 to {_HIGHEST}")
        for option in ("wait_timeout", "poll_interval")
        if not 1 <= params[option] <= _HIGHEST
    ]
    if problems:
        raise invalid_options(problems)
    with connected(service, task) as client:
        scope = deploys.find_scope(client, params)
        newest = deploys.newest(client, scope)
        step = deploys.start(scope, params)
        deploys.check_start(client, scope, step, newest)
        watch = _Watch(deploys, client, scope, task)
        deployment = deploys.predict(scope, step)
        if not task.check_mode:
            client.allow_writes()
            try:
                watch.see(_start(deploys, client, scope, step, newest, task))
                deployment = watch.wait() if params["wait"] else watch.deployment
            except Failure as failure:
                failure.result.update(
                    changed=bool(watch.deployment), plan=[step.told()], statuses=watch.statuses
                )
                if watch.deployment:
                    failure.result["deployment"] = watch.deployment
                raise
        return {
            "changed": True,
            "plan": [step.told()],
            "deployment": deployment,
            "statuses": watch.statuses,
            "api": client.counters,
        }


def _start(
    deploys: Deploys,
    client: Client,
    scope: str,
    step: Step,
    newest: list[Deployment],
    task: Task,
) -> Deployment:
    """Start the deployment. A POST is never repeated blindly: when its outcome is unknown, the
    list tells."""
    known = {deployment["id"] for deployment in newest}
    for _post in posts(client):
        try:
            answer = client.send("POST", step.path, body=step.body)
            return deploys.receive(client, "POST", step.path, answer, scope)
        except Failure as failure:
            if not failure.outcome_unknown:
                failure.message += deploys.advice(step, failure.status)
                failure.message += _under_way(deploys.LIFE, newest)
                raise
            lost = failure
        found = _look_for(deploys, client, scope, step, known, lost)
        if found is not None:
            task.warn(
                f"The answer to POST {step.path} was lost. Deployment {found['id']} has appeared "
                "since, and is taken for the one that was asked for."
            )
            return found
        if not lost.resendable:
            break
    lost.message += (
        " No deployment that may have come of it is listed now. Look whether one runs before "
        "another one is started."
    )
    raise lost


def _look_for(
    deploys: Deploys,
    client: Client,
    scope: str,
    step: Step,
    known: set[str],
    lost: Failure,
) -> Deployment | None:
    """The deployment that a lost POST started: not listed before, and like what was asked for.

    Raises ``lost`` when the list could not be read, and Failure ``ambiguous`` when several may
    be it: then nothing may be sent again.
    """

    def read() -> list[Deployment]:
        return [
            deployment
            for deployment in deploys.newest(client, scope)
            if deployment["id"] not in known and deploys.may_come_of(step, deployment)
        ]

    for found in looks(client, lost, read):
        if len(found) == 1:
            return found[0]
        if found:
            ids = [deployment["id"] for deployment in found]
            raise Failure(
                f"{lost.message} {len(ids)} deployments have appeared since: {', '.join(ids)}. "
                "Which one came of it cannot be told, so none is waited for and none started.",
                code="ambiguous",
                status=lost.status,
                details=ids,
                request_id=lost.request_id,
                outcome_unknown=True,
            )
    return None


def _under_way(life: Life, newest: list[Deployment]) -> str:
    """What a person needs to know when the service starts no deployment: which others run."""
    running = [
        f"{deployment['id']} ({deployment.get('status')})"
        for deployment in newest
        if not life.is_over(deployment)
    ]
    return f" Not ended before that: {', '.join(running)}." if running else ""


class _Watch:
    """Follows one deployment by its id, and keeps each status that it had."""

    def __init__(self, deploys: Deploys, client: Client, scope: str, task: Task) -> None:
        self._deploys = deploys
        self._client = client
        self._scope = scope
        self._task = task
        self._started = client.clock()
        self.deployment: Deployment = {}
        self.statuses: list[dict[str, Any]] = []

    def see(self, deployment: Deployment) -> None:
        """Take the deployment as the service gives it now; tell of a status that is new."""
        if not self.deployment:
            self._started = self._client.clock()
        self.deployment = deployment
        status = deployment.get("status")
        if self.statuses and self.statuses[-1]["status"] == status:
            return
        after = round(self._client.clock() - self._started)
        self.statuses.append({"status": status, "after_seconds": after})
        self._task.tell(f"Deployment {deployment['id']}: {status} after {after} seconds")
        if not self._deploys.LIFE.knows(deployment) and not deployment.get("finished_at"):
            self._task.warn(
                f"Deployment {deployment['id']} has a status that is not known here: {status}. "
                "It is taken to be on its way."
            )

    def wait(self) -> Deployment:
        """The deployment once it has succeeded.

        Raises Failure ``deployment_failed`` for any other end, ``wait_timeout`` when it has not
        ended in time, and the failure of a read that no later one can repair.
        """
        params, client = self._task.params, self._client
        client.deadline = self._started + params["wait_timeout"]
        trouble: Failure | None = None
        while not self._deploys.LIFE.is_over(self.deployment):
            left = client.deadline - client.clock()
            if left <= 0:
                raise self._timed_out(trouble)
            pause = float(params["poll_interval"])
            if trouble and trouble.code == "rate_limited":
                pause = max(pause, _RATE_WINDOW)
            # Not client.pause: api_max_wait is for what goes wrong, not for what takes long.
            client.sleep(min(pause, left))
            trouble = self._look()
        if self.deployment.get("status") != self._deploys.LIFE.success:
            raise self._ended_badly()
        return self.deployment

    def _look(self) -> Failure | None:
        """Read the deployment; the failure of the read when a later one may go well."""
        path = self._deploys.item_path(self._scope, self.deployment["id"])
        try:
            answer = self._client.get(path)
            self.see(self._deploys.receive(self._client, "GET", path, answer, self._scope))
        except Failure as failure:
            if failure.code in _PASSING:
                self._task.tell(f"{failure.message} It will be read again.")
                return failure
            failure.message += f" {self._words} was started and {self._last}; it goes on."
            raise
        return None

    @property
    def _words(self) -> str:
        return f"Deployment {self.deployment['id']} of {self._scope}"

    @property
    def _last(self) -> str:
        return f"had the status {self.deployment.get('status')} when it was last read"

    @property
    def _details(self) -> dict[str, Any]:
        return {key: self.deployment.get(key) for key in ("id", "status")}

    def _timed_out(self, trouble: Failure | None) -> Failure:
        waited = round(self._client.clock() - self._started)
        last = f" The last read of it failed: {trouble.message}" if trouble else ""
        return Failure(
            f"{self._words} has not ended after {waited} seconds; it {self._last}. It goes on "
            "without this task. See how it ends before another one is started, or give a longer "
            f"wait_timeout.{last}",
            code="wait_timeout",
            details=self._details,
        )

    def _ended_badly(self) -> Failure:
        status, reason = self.deployment.get("status"), self.deployment.get("failure_reason")
        said = f": {str(reason).rstrip('.')}" if reason else ""
        return Failure(
            f"{self._words} ended as {status}{said}. What the processes were changed to is "
            f"stored, and takes effect with the next deployment that succeeds. "
            f"{self._client.service.name} shows the deployment's log.",
            code="deployment_failed",
            details=self._details,
        )
