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
from ._apply import Writer
from ._failure import Failure, Problem, invalid_options
from ._options import (
    Backend,
    connection_problems,
    connection_spec,
    entry,
    process_spec,
    settings,
)
from ._plan import Plan, plan

_LONG_WAIT = 10
"""Seconds of waiting from which on a task says so."""


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
    try:
        return _converge(backend, task)
    except Failure as failure:
        if not failure.result.setdefault("changed", False):
            failure.message += "" if failure.outcome_unknown else " Nothing was changed."
        raise


def _converge(backend: Backend, task: Task) -> dict[str, Any]:
    params = task.params
    problems = [*backend.check_scope(params), *connection_problems(params)]
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
                process = Writer(backend, client, scope, live, task.warn).apply(made)
            if client.waited >= _LONG_WAIT:
                task.warn(
                    f"{backend.SERVICE.name} made this task wait: it waited {client.waited:.0f} "
                    f"seconds for {client.repeated} repeated request(s)."
                )
        except Failure as failure:
            failure.result["api"] = client.counters
            raise
        return {
            "changed": bool(made.steps),
            "diff": {"before": made.before, "after": made.after},
            "plan": [step.told() for step in made.steps],
            "deployment_required": made.deployment_required,
            "process": process,
            "api": client.counters,
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
