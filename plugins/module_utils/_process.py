# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bring processes into the wanted state: read, plan, validate, apply, report.

Check mode is tested in one place, where the plan would be sent.

This module is private to the collection.
"""

from __future__ import annotations

from typing import Any, Callable

from ._apply import Writer
from ._failure import Problem, invalid_options
from ._http import Client
from ._module import Command, Task, connected
from ._options import Backend, connection_problems, connection_spec, entry, process_spec
from ._plan import Plan, plan


def process_command(backend: Backend) -> Command:
    """The module for one process of a service."""
    spec = {
        **connection_spec(backend),
        **backend.SCOPE_SPEC,
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        **process_spec(backend),
    }
    return Command(spec, lambda task: _converge(backend, task))


def _converge(backend: Backend, task: Task) -> dict[str, Any]:
    params = task.params
    problems = [*backend.check_scope(params), *connection_problems(params)]
    wanted = entry(backend, params, params["state"], problems)
    with connected(backend, task) as client:
        scope, live = backend.read(client, params, wanted)
        made = plan(backend.PROCESS, scope, wanted, live)
        _validate(backend, client, made, task.warn)
        process = made.process
        if made.steps and not task.check_mode:
            client.allow_writes()
            process = Writer(backend, client, scope, live, task.warn).apply(made)
        return {
            "changed": bool(made.steps),
            "diff": {"before": made.before, "after": made.after},
            "plan": [step.told() for step in made.steps],
            "deployment_required": made.deployment_required,
            "process": process,
            "api": client.counters,
        }


def _validate(backend: Backend, client: Client, made: Plan, warn: Callable[[str], None]) -> None:
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
