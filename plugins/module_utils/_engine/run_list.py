# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module for a list of processes, and its result after a partial failure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._core.failure import Failure, Problem
from .._core.plan import Plan
from .._http.client import CONNECTIONS
from .._http.settings import out_of_bounds
from .module import Module, Task, connected
from .options import connection_spec, entries, process_spec
from .run_one import converge, diff, plan_result, result
from .service import Backend

if TYPE_CHECKING:  # imported only if there is something to change
    from .apply import Writer


def list_module(backend: Backend) -> Module:
    """Return the module for a list of processes of a service."""
    spec = {
        **connection_spec(backend.service),
        **backend.scope_spec,
        backend.plural: {
            "type": "list",
            "elements": "dict",
            "required": True,
            "options": process_spec(backend),
        },
        "prune": {"type": "bool", "default": False},
        "max_parallel": {"type": "int", "default": 4},
        "continue_on_error": {"type": "bool", "default": False},
        "returned": {"type": "str", "choices": ["all", "changed", "none"], "default": "all"},
    }
    return Module(spec, lambda task: _manage_list(backend, task))


def _manage_list(backend: Backend, task: Task) -> dict[str, Any]:
    params = task.params
    problems = task.problems_with(backend.check_scope(params))
    problems += out_of_bounds(params, {"max_parallel": 1}, CONNECTIONS)
    if params["prune"] and not params[backend.plural]:
        what = f"is refused with an empty list, because it would delete all {backend.plural}"
        problems.append(Problem("prune", what))
    wanted = entries(backend, params[backend.plural], "present", True, problems)
    with connected(backend.service, task) as client:
        plans, writers, duplicates = converge(
            backend,
            client,
            task,
            wanted,
            prune=params["prune"],
            parallel=params["max_parallel"],
            continue_on_error=params["continue_on_error"],
        )
        if any(writer.failure for writer in writers):
            failure = _partial(plans, writers)
            failure.others += [duplicates] if duplicates else []
            raise failure
        if duplicates:
            duplicates.result.update(_steps(plans, writers))
            raise duplicates
        kept = {"all": plans, "changed": [plan for plan in plans if plan.steps], "none": []}
        returned = kept[params["returned"]]
        headed = [
            {**diff(plan), "before_header": words, "after_header": words}
            for plan in returned
            for words in [plan.address.words]
        ]
        listed = [plan.process for plan in returned if not plan.deletes]
        return {
            **result(client, plans),
            "counts": _counts([plan.action for plan in plans]),
            "diff": headed,
            backend.plural: listed,
        }


def _counts(actions: list[str]) -> dict[str, int]:
    """Return the number of plans for each action."""
    kinds = {"created": "create", "updated": "update", "deleted": "delete", "unchanged": "none"}
    return {kind: actions.count(action) for kind, action in kinds.items()}


def _partial(plans: list[Plan], writers: list[Writer]) -> Failure:
    """Return the failure of a list with steps that are done, failed or not attempted."""
    about = _steps(plans, writers)
    done, failed, left = (len(about[f"steps_{end}"]) for end in ("done", "failed", "not_attempted"))
    ended = [(writer.plan, writer.failure) for writer in writers if writer.failure is not None]
    failures = [each for _plan, each in ended]
    failure = Failure(
        f"{failed} of {done + failed + left} writes failed, {done} "
        f"{'is' if done == 1 else 'are'} done and {left} "
        f"{'was' if left == 1 else 'were'} not attempted; run the task again for the rest. "
        + " ".join(
            f"{plan.entry.where or 'prune'} ({plan.address.words}): {each.message}"
            for plan, each in ended
        ),
        code=failures[0].code,
        status=failures[0].status,
        details=failures[0].details,
        request_id=failures[0].request_id,
        outcome_unknown=any(each.outcome_unknown for each in failures),
    )
    changed = bool(done) or any(each.result["changed"] for each in failures)
    failure.result.update(about, changed=changed)
    return failure


def _steps(plans: list[Plan], writers: list[Writer]) -> dict[str, Any]:
    """Return the plan and the outcome of each step, for the result of a failed list."""
    failed = []
    for writer in writers:
        if writer.failed and writer.failure:
            error = writer.failure
            about = {"error": error.message, "failure": error.facts()}
            failed.append({**writer.failed.as_result(), **about})
    return {
        "plan": plan_result(plans),
        "counts": _counts(
            [plan.action for plan in plans if not plan.steps]
            + [writer.plan.action for writer in writers if writer.done]
        ),
        "deployment_required": any(writer.deployment_required for writer in writers),
        "steps_done": [step.as_result() for writer in writers for step in writer.done],
        "steps_failed": failed,
        "steps_not_attempted": [
            step.as_result() for writer in writers for step in writer.not_attempted
        ],
    }
