# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module for one process, and ``converge``, which brings processes into the wanted state.

One process is a list of one. Check mode stops before the plans are applied.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._core.failure import Failure, invalid_options
from .._core.fields import Process
from .._core.plan import Plan
from .._core.planner import plan_list
from .._core.remark import Remark
from .._core.resource import Entry
from .._http.client import Client
from .module import Module, Task, connected
from .options import connection_spec, entries, process_spec
from .scope_lock import shared
from .service import Backend

if TYPE_CHECKING:  # imported only if there is something to change
    from .apply import Writer


def resource_module(backend: Backend) -> Module:
    """Return the module for one process of a service."""
    spec = {
        **connection_spec(backend.service),
        **backend.scope_spec,
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        **process_spec(backend),
    }
    return Module(spec, lambda task: _manage_one(backend, task))


def _manage_one(backend: Backend, task: Task) -> dict[str, Any]:
    params = task.params
    problems = task.problems_with(backend.check_scope(params))
    wanted = entries(backend, [params], params["state"], False, problems)
    with connected(backend.service, task) as client:
        (plan,), writers, duplicates = converge(backend, client, task, wanted)
        for writer in writers:
            failure = writer.failure or duplicates
            if failure is not None:
                failure.result.update(
                    plan=plan_result([plan]), deployment_required=writer.deployment_required
                )
                raise failure
        return {**result(client, [plan]), "diff": diff(plan), backend.noun: plan.process}


def converge(
    backend: Backend,
    client: Client,
    task: Task,
    wanted: list[Entry],
    *,
    prune: bool = False,
    parallel: int = 1,
    continue_on_error: bool = False,
) -> tuple[list[Plan], list[Writer], Failure | None]:
    """Bring resources into the ``wanted`` state: read, plan, resolve, validate, apply, verify.

    Returns the plans, those of the entries first; a writer for each plan with steps, which has its
    failure; and the Failure for resources that someone else created concurrently, or None.
    ``parallel`` plans are applied at a time; ``continue_on_error`` applies the rest after a
    failure. Raises Failure for any problem before the first write.
    """
    with shared(*_where(backend, task, wanted)) as lock:
        scope, live, plans = _read_and_plan(backend, client, task, wanted, prune)
        if any(plan.creates or plan.renames for plan in plans) and not task.check_mode:
            if not lock.take(client, task.progress):
                scope, live, plans = _read_and_plan(backend, client, task, wanted, prune)
        else:
            lock.release()
        for plan in plans:
            plan.problems += backend.resolve_names(client, plan)
        if any(plan.problems or (plan.steps and not plan.deletes) for plan in plans):
            from .validation import validate

            _warn(task, validate(backend, client, plans))
        if not any(plan.steps or plan.near for plan in plans):
            return plans, [], None
        from .remarks import deletions, near_misses

        _warn(task, near_misses(backend, plans))
        if task.check_mode:
            _warn(task, deletions(backend, "would delete", plans[len(wanted) :], len(live)))
        if task.check_mode or not any(plan.steps for plan in plans):
            return plans, [], None
        from .apply import Target, apply, find_duplicates

        client.allow_writes()
        existed = frozenset(each["id"] for each in live)
        target = Target(backend, client, scope, existed, task.progress)
        writers = apply(target, plans, parallel, continue_on_error)
        duplicates = find_duplicates(target, writers)
    for writer in writers:
        writer.plan.process = writer.process
        _warn(task, writer.warnings)
    deleted = [writer.plan for writer in writers if writer.plan.deletes and writer.done]
    if prune:
        _warn(task, deletions(backend, "deleted", deleted, len(live)))
    return plans, writers, duplicates


def _where(backend: Backend, task: Task, wanted: list[Entry]) -> list[str]:
    """Return the parts of the lock's name for a task that may create or rename; else nothing.

    They include the scope as the task names it, because its id is not known before it is read.
    All hosts of one task name it in the same way.
    """
    names = backend.unique.values()
    may_name = any(
        entry.state == "present"
        and (backend.address(entry.options).creates or any(each in entry.options for each in names))
        for entry in wanted
    )
    if task.check_mode or not may_name:
        return []
    scope = [f"{option}={task.params[option]}" for option in backend.scope_spec]
    return [task.settings.url, backend.collection, *scope]


def _read_and_plan(
    backend: Backend, client: Client, task: Task, wanted: list[Entry], prune: bool
) -> tuple[str, list[Process], list[Plan]]:
    """Return the id of the scope, its live resources, and the plans for them."""
    try:
        scope, live = backend.read(client, task.params, wanted, prune)
        task.remember(backend, live)
        plans = plan_list(backend, scope, wanted, live, prune)
        by_id = len(wanted) == 1 and not prune and "id" in wanted[0].options
        if by_id and scope and len(live) == 1 and any(plan.renames for plan in plans):
            # A resource that is addressed by its id was read alone. Its new name must be compared
            # with the names of the others.
            others = backend.list_all(client, scope)
            # A list may lack what the first read has added, such as the name of a size.
            live = [live[0] if each["id"] == live[0]["id"] else each for each in others]
            plans = plan_list(backend, scope, wanted, live, prune)
    except Failure as failure:
        from .validation import out_of_range

        wrong = out_of_range(backend, wanted)
        failure.others += [invalid_options(wrong)] if wrong else []
        raise
    return scope, live, plans


def _warn(task: Task, remarks: list[Remark]) -> None:
    for remark in remarks:
        task.warn(*remark)


def plan_result(plans: list[Plan]) -> list[dict[str, Any]]:
    """Return the ``plan`` of a result: all steps in the order of sending."""
    return [step.as_result() for plan in plans for step in plan.steps]


def diff(plan: Plan) -> dict[str, Any]:
    """Return the diff of one process, with only the managed fields."""
    return {"before": plan.before, "after": plan.after}


def result(client: Client, plans: list[Plan]) -> dict[str, Any]:
    """Return the common part of the results for one process and for a list."""
    return {
        "changed": any(plan.steps for plan in plans),
        "plan": plan_result(plans),
        "deployment_required": any(plan.deployment_required for plan in plans),
        "api": client.counters,
    }
