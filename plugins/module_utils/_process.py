# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bring processes into the wanted state: read, plan, validate, apply, report.

One process is a list of one. Check mode is tested in one place, where the plans would be sent.

This module is private to the collection.
"""

from __future__ import annotations

import threading
from typing import Any

from ._apply import Writer
from ._failure import Failure, Problem, invalid_options
from ._http import CONNECTIONS, Client
from ._module import Command, Task, connected
from ._options import (
    Backend,
    connection_problems,
    connection_spec,
    entries,
    out_of_range,
    process_spec,
)
from ._plan import Entry, Plan, plan_list


def process_command(backend: Backend) -> Command:
    """The module for one process of a service."""
    spec = {
        **connection_spec(backend),
        **backend.SCOPE_SPEC,
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        **process_spec(backend),
    }
    return Command(spec, lambda task: _manage_one(backend, task))


def processes_command(backend: Backend) -> Command:
    """The module for a whole list of processes of a service."""
    spec = {
        **connection_spec(backend),
        **backend.SCOPE_SPEC,
        "processes": {
            "type": "list",
            "elements": "dict",
            "required": True,
            "options": process_spec(backend),
        },
        "prune": {"type": "bool", "default": False},
        "max_parallel": {"type": "int", "default": 4},
        "continue_on_error": {"type": "bool", "default": False},
    }
    return Command(spec, lambda task: _manage_list(backend, task))


def _manage_one(backend: Backend, task: Task) -> dict[str, Any]:
    params = task.params
    problems = [*backend.check_scope(params), *connection_problems(params)]
    wanted = entries(backend, [params], params["state"], False, problems)
    with connected(backend, task) as client:
        (made,), writers = _converge(backend, client, task, wanted)
        for writer in writers:
            if writer.failure is not None:
                writer.failure.result.update(
                    plan=_told([made]), deployment_required=writer.deployment_required
                )
                raise writer.failure
        return {**_result(client, [made]), "diff": _diff(made), "process": made.process}


def _manage_list(backend: Backend, task: Task) -> dict[str, Any]:
    params = task.params
    problems = [*backend.check_scope(params), *connection_problems(params)]
    if not 1 <= params["max_parallel"] <= CONNECTIONS:
        problems.append(Problem("max_parallel", f"must be from 1 to {CONNECTIONS}"))
    if params["prune"] and not params["processes"]:
        what = "with an empty list of processes it would delete all of them, and is refused"
        problems.append(Problem("prune", what))
    wanted = entries(backend, params["processes"], "present", True, problems)
    with connected(backend, task) as client:
        plans, writers = _converge(
            backend,
            client,
            task,
            wanted,
            prune=params["prune"],
            parallel=params["max_parallel"],
            go_on=params["continue_on_error"],
        )
        if any(writer.failure for writer in writers):
            raise _partial(plans, writers)
        headed = [
            {**_diff(made), "before_header": words, "after_header": words}
            for made in plans
            for words in [made.address.words]
        ]
        listed = [made.process for made in plans[: len(wanted)]]
        return {**_result(client, plans), "diff": headed, "processes": listed}


def _converge(
    backend: Backend,
    client: Client,
    task: Task,
    wanted: list[Entry],
    *,
    prune: bool = False,
    parallel: int = 1,
    go_on: bool = False,
) -> tuple[list[Plan], list[Writer]]:
    """The plans, those of the entries first, and what sent the ones that have steps."""
    scope, live = backend.read(client, task.params, wanted, prune)
    try:
        plans = plan_list(backend.PROCESS, scope, wanted, live, prune)
    except Failure as failure:
        wrong = out_of_range(backend, wanted)
        failure.message += f" {invalid_options(wrong).message}" if wrong else ""
        raise
    _validate(backend, client, plans, task)
    pruned = [made.address.words for made in plans[len(wanted) :]]
    if task.check_mode:
        if pruned:
            task.warn(
                f"prune would delete {len(pruned)} of {len(live)} processes: {', '.join(pruned)}."
            )
        return plans, []
    known = frozenset(process["id"] for process in live)
    writers = [Writer(backend, client, scope, known, made) for made in _in_order(plans)]
    writers = [writer for writer in writers if writer.plan.steps]
    if writers:
        client.allow_writes()
        _apply(writers, parallel, go_on)
    for writer in writers:
        writer.plan.process = writer.process
        for warning in writer.warnings:
            task.warn(warning)
    return plans, writers


def _in_order(plans: list[Plan]) -> list[Plan]:
    """Updates and creations first, so that nothing is gone before its successor is there."""
    return sorted(plans, key=_deletes)


def _deletes(made: Plan) -> bool:
    return made.entry.state == "absent"


def _apply(writers: list[Writer], parallel: int, go_on: bool) -> None:
    """Send what the plans say, ``parallel`` plans at a time; with the first failure the rest is
    left out, unless the run is to ``go_on``."""
    stopped = threading.Event()

    def send(writer: Writer) -> None:
        if not stopped.is_set():
            writer.apply()
            if writer.failure is not None and not go_on:
                stopped.set()

    for deleting in (False, True):
        batch = [writer for writer in writers if _deletes(writer.plan) is deleting]
        if parallel == 1 or len(batch) < 2:
            for writer in batch:
                send(writer)
            continue
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(parallel) as pool:
            try:
                list(pool.map(send, batch))
            except BaseException:  # the pool would send all the rest before it ends
                stopped.set()
                raise


def _told(plans: list[Plan]) -> list[dict[str, Any]]:
    return [step.told() for made in _in_order(plans) for step in made.steps]


def _diff(made: Plan) -> dict[str, Any]:
    return {"before": made.before, "after": made.after}


def _result(client: Client, plans: list[Plan]) -> dict[str, Any]:
    """What the results of one process and of a list have in common."""
    return {
        "changed": any(made.steps for made in plans),
        "plan": _told(plans),
        "deployment_required": any(made.deployment_required for made in plans),
        "api": client.counters,
    }


def _partial(plans: list[Plan], writers: list[Writer]) -> Failure:
    """The failure of a list, of which some steps are done, some failed, some were left out."""
    done = [step.told() for writer in writers for step in writer.done]
    failed = []
    left = []
    texts = []
    for writer in writers:
        rest = [step.told() for step in writer.plan.steps[len(writer.done) :]]
        if writer.failure is not None:
            error = writer.failure
            failed.append({**rest.pop(0), "error": error.message, "failure": error.about()})
            where = writer.plan.entry.where or "prune"
            texts.append(f"{where} ({writer.plan.address.words}): {error.message}")
        left += rest
    first = next(writer.failure for writer in writers if writer.failure is not None)
    failure = Failure(
        f"{len(failed)} of {len(done) + len(failed) + len(left)} writes failed, {len(done)} are "
        f"done and {len(left)} were not attempted; run the task again for the rest. "
        + " ".join(texts),
        code=first.code,
        status=first.status,
        details=first.details,
        request_id=first.request_id,
        outcome_unknown=any(each.failure and each.failure.outcome_unknown for each in writers),
    )
    failure.result.update(
        changed=bool(done)
        or any(each.failure and each.failure.result["changed"] for each in writers),
        deployment_required=any(writer.deployment_required for writer in writers),
        plan=_told(plans),
        steps_done=done,
        steps_failed=failed,
        steps_not_attempted=left,
    )
    return failure


def _validate(backend: Backend, client: Client, plans: list[Plan], task: Task) -> None:
    """Refuse plans with anything wrong in them, all of it at once; warn of what looks wrong."""
    problems: list[Problem] = []
    remarks: list[str] = []
    creations: list[str] = []
    for made in plans:
        found = list(made.problems)
        bodies = [(step.action, step.body) for step in made.steps if step.body is not None]
        if bodies:
            from ._validation import schema_problems

            found += backend.resolve_names(client, made.steps)
        for action, body in bodies:
            schema = backend.SCHEMAS[action]
            found += schema_problems(schema, body, backend.option_name)
            found += backend.body_rules(body)
            remarks += [made.entry.named(remark) for remark in backend.remarks(body)]
        if found and made.live is None and not _deletes(made):
            creations.append(made.address.words)
        problems += [Problem(made.entry.named(option), what) for option, what in found]
    if problems:
        told = f" (there is no {', no '.join(creations)} yet, so it would be created)"
        raise invalid_options(problems, told if creations else "")
    for remark in remarks:
        task.warn(remark)
