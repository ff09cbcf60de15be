# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bring processes into the wanted state: read, plan, validate, apply. The module for one process.

One process is a list of one. Check mode is tested in one place, where the plans would be sent.

This module is private to the collection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._core.failure import Failure, invalid_options
from .._core.fields import Process
from .._core.plan import Plan
from .._core.planner import in_order, plan_list
from .._core.remark import Remark
from .._core.resource import Entry
from .._http.client import Client
from .module import Command, Task, connected
from .options import connection_spec, entries, process_spec
from .scope_lock import shared
from .service import Backend

if TYPE_CHECKING:  # imported by a run that finds something to change
    from .apply import Writer


def process_command(backend: Backend) -> Command:
    """The module for one process of a service."""
    spec = {
        **connection_spec(backend.service),
        **backend.scope_spec,
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        **process_spec(backend),
    }
    return Command(spec, lambda task: _manage_one(backend, task))


def _manage_one(backend: Backend, task: Task) -> dict[str, Any]:
    params = task.params
    problems = [*backend.check_scope(params), *task.connection_problems]
    wanted = entries(backend, [params], params["state"], False, problems)
    with connected(backend.service, task) as client:
        (made,), writers, twins = converge(backend, client, task, wanted)
        for writer in writers:
            failure = writer.failure or twins
            if failure is not None:
                failure.result.update(
                    plan=told([made]), deployment_required=writer.deployment_required
                )
                raise failure
        return {**result(client, [made]), "diff": diff(made), backend.noun: made.process}


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
    """Make the live resources what is ``wanted``: read, plan, validate, apply, verify.

    Return the plans, those of the entries first; what sent the ones that have steps, each with
    its own failure; and the Failure for resources that somebody else created at the same time.
    ``parallel`` plans are sent at a time, and with ``continue_on_error`` the rest after one that
    failed. Raises Failure for all that is wrong before the first write.
    """
    with shared(*_where(backend, task, wanted)) as lock:
        scope, live, plans = _read_and_plan(backend, client, task, wanted, prune)
        if any(made.creates for made in plans) and not task.check_mode:
            if not lock.take(client, task.progress):
                scope, live, plans = _read_and_plan(backend, client, task, wanted, prune)
        else:
            lock.release()
        if any(made.problems or (made.steps and not made.deletes) for made in plans):
            from .validation import validate

            validate(backend, client, plans, task.warn)
        _warn(task, [near for made in plans for near in _near_misses(backend, made)])
        pruned = plans[len(wanted) :]
        if task.check_mode:
            _warn(task, _deletions(backend, "would delete", pruned, len(live)))
        if task.check_mode or not any(made.steps for made in plans):
            return plans, [], None
        from .apply import apply, find_twins

        client.allow_writes()
        known = frozenset(each["id"] for each in live)
        writers = apply(
            backend, client, scope, known, plans, parallel, continue_on_error, task.progress
        )
        twins = find_twins(backend, client, scope, writers)
    for writer in writers:
        writer.plan.process = writer.process
        _warn(task, writer.warnings)
    _warn(task, _zeros(backend, {zero for writer in writers for zero in writer.zeros}))
    deleted = [writer.plan for writer in writers if writer.plan.deletes and writer.done]
    if prune:
        _warn(task, _deletions(backend, "deleted", deleted, len(live)))
    return plans, writers, twins


def _where(backend: Backend, task: Task, wanted: list[Entry]) -> list[str]:
    """Return what names the lock of a task that may create; nothing for any other task.

    The scope is named as the task names it, since its id is not known before it is read: the
    hosts of one task all name it in the same way.
    """
    may_create = any(
        entry.state == "present" and backend.address(entry.options).creates for entry in wanted
    )
    if task.check_mode or not may_create:
        return []
    scope = [f"{option}={task.params[option]}" for option in backend.scope_spec]
    return [task.settings.url, backend.collection, *scope]


def _read_and_plan(
    backend: Backend, client: Client, task: Task, wanted: list[Entry], prune: bool
) -> tuple[str, list[Process], list[Plan]]:
    """Return the id of the scope, its live resources, and the plans for them."""
    scope, live = backend.read(client, task.params, wanted, prune)
    try:
        plans = plan_list(backend, scope, wanted, live, prune)
        if scope and len(live) == 1 and any(made.renames for made in plans):
            # One resource that was addressed by its id was read alone. What it is to be called
            # must be compared with what the others are called.
            live = backend.list_all(client, scope)
            plans = plan_list(backend, scope, wanted, live, prune)
    except Failure as failure:
        from .validation import out_of_range

        wrong = out_of_range(backend, wanted)
        failure.message += f" {invalid_options(wrong).message}" if wrong else ""
        raise
    return scope, live, plans


def _warn(task: Task, remarks: list[Remark]) -> None:
    for remark in remarks:
        task.warn(*remark)


def _near_misses(backend: Backend, made: Plan) -> list[Remark]:
    """Return a warning for each live resource that may be the one that an entry means."""
    noun, where = backend.noun, f"{made.entry.where}: " if made.entry.where else ""
    so = "nothing is deleted" if made.deletes else f"a new {noun} is created beside it"
    return [
        Remark(
            f"{where}There is no {made.address.words}, so {so}. Did you mean {near.name!r}, "
            f"the {near.kind} of {noun} {near.id}?",
            f"{where}The {near.kind} of {noun} {near.id} is nearly the one that the task has. "
            f"There is no {noun} with exactly that one, so {so}.",
        )
        for near in made.near
    ]


def _deletions(backend: Backend, what: str, pruned: list[Plan], count: int) -> list[Remark]:
    """Return the warning of what ``prune`` deletes, of ``count`` live resources."""
    if not pruned:
        return []
    summary = f"prune {what} {len(pruned)} of {count} {backend.plural}: "
    words = ", ".join(made.address.words for made in pruned)
    ids = ", ".join(str(made.entry.options["id"]) for made in pruned)
    return [Remark(f"{summary}{words}.", f"{summary}{ids}.")]


def _zeros(backend: Backend, zeros: set[str]) -> list[Remark]:
    """Return the warning, one for a task, of settings whose 0 the service made null."""
    if not zeros:
        return []
    words = (
        f"{backend.vendor} accepted 0 and did not store: {', '.join(sorted(zeros))}. It shows null "
        "there, so every run sends 0 again. Omit the option, or give another value."
    )
    return [Remark(words, words)]


def told(plans: list[Plan]) -> list[dict[str, Any]]:
    """The ``plan`` of a result: all steps in the order in which they are sent."""
    return [step.told() for made in in_order(plans) for step in made.steps]


def diff(made: Plan) -> dict[str, Any]:
    """What ``--diff`` shows of one process: the managed fields alone."""
    return {"before": made.before, "after": made.after}


def result(client: Client, plans: list[Plan]) -> dict[str, Any]:
    """What the results of one process and of a list have in common."""
    return {
        "changed": any(made.steps for made in plans),
        "plan": told(plans),
        "deployment_required": any(made.deployment_required for made in plans),
        "api": client.counters,
    }
