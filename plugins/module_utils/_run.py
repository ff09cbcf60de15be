# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run one task: read, plan, validate, apply, verify, report.

``execute`` is all of a module but its argument spec; check mode is tested in one place, where
the plan would be sent.

This module is private to the collection.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any, Callable, NamedTuple

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from . import _http
from ._failure import Failure, Problem, invalid_options
from ._fields import Process
from ._options import Backend, connection_spec, entry, process_spec, settings
from ._plan import NEW_ID, Plan, Step, item_path, locate, plan, unstored

_POSTS = 3
"""How often a POST is sent at most, each time only when the one before stored nothing."""

_LOOK_AFTER = (1.0, 2.0)
"""Seconds before each look for what a lost POST may have stored."""


class Task(NamedTuple):
    """What a run is given: parsed options, check mode, and where a warning goes."""

    params: dict[str, Any]
    check_mode: bool
    warn: Callable[[str], None]


def argument_spec(backend: Backend) -> dict[str, Any]:
    """The argument spec of the module for one process of a service."""
    return {
        **connection_spec(backend),
        **backend.SCOPE_SPEC,
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        **process_spec(backend),
    }


def manage_process(backend: Backend) -> None:
    """Be the module for one process of a service."""
    module = AnsibleModule(argument_spec(backend), supports_check_mode=True)
    if _http.IMPORT_ERROR:
        module.fail_json(msg=missing_required_lib("requests"), exception=_http.IMPORT_ERROR)
    # Imported only when something is to be sent, missed before anything is.
    if find_spec("jsonschema") is None:
        module.fail_json(msg=missing_required_lib("jsonschema"))
    try:
        result = execute(backend, Task(module.params, module.check_mode, module.warn))
    except Failure as failure:
        module.fail_json(msg=failure.message, **failure.as_result())
    module.exit_json(**result)


def execute(backend: Backend, task: Task) -> dict[str, Any]:
    """Bring one process into the state that the options want; the module's result.

    Raises Failure, which holds all that a failed task reports.
    """
    params = task.params
    problems = backend.check_scope(params)
    wanted = entry(backend, params, params["state"], problems)
    if not params["validate_certs"]:
        task.warn("validate_certs is false: anybody in between can read and use the token.")
    with _http.Client(backend.SERVICE, settings(params)) as client:
        try:
            scope, live = backend.read(client, params, wanted)
            made = plan(backend.PROCESS, scope, wanted, live)
            _validate(backend, client, made, task.warn)
            process = made.process
            if made.steps and not task.check_mode:
                client.allow_writes()
                process = _Writer(backend, client, scope, live, task.warn).apply(made)
        except Failure as failure:
            failure.result["api"] = client.counters
            raise
        return {**_report(made), "process": process, "api": client.counters}


def _report(made: Plan) -> dict[str, Any]:
    return {
        "changed": bool(made.steps),
        "diff": {"before": made.before, "after": made.after},
        "plan": [step.told() for step in made.steps],
        "deployment_required": made.deployment_required,
    }


def _validate(
    backend: Backend, client: _http.Client, made: Plan, warn: Callable[[str], None]
) -> None:
    """Refuse a plan with anything wrong in it, all of it at once; warn of what looks wrong."""
    problems: list[Problem] = list(made.problems)
    bodies = [(step.action, step.body) for step in made.steps if step.body is not None]
    if bodies:
        from ._validation import schema_problems

        problems += backend.resolve_names(client, made.steps)
        for action, body in bodies:
            schema = backend.SCHEMAS[action]
            problems += schema_problems(schema, body, backend.option_name)
            problems += backend.body_rules(body)
    if problems:
        creating = made.live is None and made.entry.state == "present"
        context = (
            f" (there is no {made.address.words} yet, so it would be created)" if creating else ""
        )
        raise invalid_options(problems, context)
    for _action, body in bodies:
        for remark in backend.remarks(body):
            warn(remark)


class _Writer:
    """Sends the steps of a plan in their order, and checks what the service made of them."""

    def __init__(
        self,
        backend: Backend,
        client: _http.Client,
        scope: str,
        live: list[Process],
        warn: Callable[[str], None],
    ) -> None:
        self._backend = backend
        self._client = client
        self._scope = scope
        self._known = {process["id"] for process in live}
        self._warn = warn

    def apply(self, made: Plan) -> Process | None:
        """The process as the service gives it after all steps, None when it is gone.

        Raises Failure that tells which steps were done before the one that failed.
        """
        process = made.live
        done: list[str] = []
        for step in made.steps:
            path = step.path if process is None else step.path.replace(NEW_ID, process["id"])
            try:
                if step.action == "create":
                    process = self._create(made, step)
                elif step.action == "delete":
                    self._delete(path)
                    process = None
                else:
                    process = self._update(path, step)
            except Failure as failure:
                failure.message += _so_far(done, failure.outcome_unknown)
                failure.result.update(_report(made), changed=bool(done))
                raise
            done.append(f"{step.method} {path}")
        return process

    def _create(self, made: Plan, step: Step) -> Process:
        """A POST is never repeated blindly: when its outcome is unknown, the list tells."""
        for _post in range(_POSTS):
            try:
                answer = self._client.send("POST", step.path, body=step.body)
                process = self._backend.receive(self._client, step.path, answer, self._scope)
                return self._verified(step, process)
            except Failure as failure:
                if not failure.outcome_unknown:
                    raise
                lost = failure
            found = self._look_for(made)
            if found is not None:
                return self._adopt(made, step, found)
            if not lost.resendable:
                break
        lost.message += " No such process is listed now."
        raise lost

    def _look_for(self, made: Plan) -> Process | None:
        """The process that a lost POST created: new in the list, and answering to the entry."""
        for seconds in _LOOK_AFTER:
            if not self._client.pause(seconds):
                return None
            listed = self._backend.list_processes(self._client, self._scope)
            new = [process for process in listed if process["id"] not in self._known]
            found = locate(made.address, new)
            if found is not None:
                return found
        return None

    def _adopt(self, made: Plan, step: Step, found: Process) -> Process:
        """Make a process that a lost POST created, or somebody else just then, the wanted one."""
        resource = self._backend.PROCESS
        if unstored(resource, step.body or {}, found):
            again = plan(resource, self._scope, made.entry, [found])
            if again.problems:
                told = "; ".join(f"{option}: {what}" for option, what in again.problems)
                raise Failure(
                    f"While {made.address.words} was being created, {found['id']} appeared, which "
                    f"answers to the same and is not what was wanted: {told}.",
                    code="conflict",
                )
            self._backend.resolve_names(self._client, again.steps)
            for late in again.steps:
                found = self._update(late.path, late)
        return found

    def _update(self, path: str, step: Step) -> Process:
        answer = self._client.send("PATCH", path, body=step.body)
        if answer is None:
            return self._verified(step, self._read(path))
        return self._verified(step, self._backend.receive(self._client, path, answer, self._scope))

    def _delete(self, path: str) -> None:
        try:
            self._client.send("DELETE", path)
        except Failure as failure:
            if failure.status != 404:  # somebody was faster, or an earlier try got through
                raise

    def _verified(self, step: Step, process: Process) -> Process:
        """Warn of fields that the service accepted and does not show."""
        resource, body = self._backend.PROCESS, step.body or {}
        if unstored(resource, body, process):
            # The answer to a POST may be older than what is stored: Laravel Cloud's shows a
            # null strategy_type that every later read has a value for.
            process = self._read(item_path(resource, self._scope, process))
            missed = unstored(resource, body, process)
            if missed:
                self._warn(
                    f"{self._backend.SERVICE.name} accepted {step.method} {step.path} and did not "
                    f"store: {', '.join(missed)}."
                )
        return process

    def _read(self, path: str) -> Process:
        return self._backend.receive(self._client, path, self._client.get(path), self._scope)


def _so_far(done: list[str], unknown: bool) -> str:
    """What a failed run has already changed, in words."""
    told = f" Already done: {', '.join(done)}." if done else ""
    if unknown:
        return f"{told} Whether this write was stored is not known; run the task again to find out."
    return told or " Nothing was changed."
