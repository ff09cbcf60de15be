# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From a user's options to a plan, as in a run of a module, and from the plan to a service.

``Case`` is the result of both services' strategies: existing processes, the user's options for one
of them, and the service's behavior where it is unknown.
"""

from __future__ import annotations

import copy
from typing import Any, NamedTuple

from ansible_collections.evenkeel.paas.plugins.module_utils._core.planner import Plan, make_plan
from ansible_collections.evenkeel.paas.plugins.module_utils._core.resource import Entry
from ansible_collections.evenkeel.paas.plugins.module_utils._engine import options as _options
from ansible_collections.evenkeel.paas.plugins.module_utils._engine.validation import (
    body_problems,
)


class Case(NamedTuple):
    """``live`` is in the service's own format; ``given`` as a user writes it; ``habits`` are those
    of the simulated service."""

    live: list
    given: dict
    clear: tuple
    state: str
    habits: Any


def parameters(backend: Any, given: dict, clear: Any = ()) -> dict:
    """Return the options as Ansible passes them: all of them, null if not set."""
    spec = _options.process_spec(backend)
    unknown = set(given) - set(spec)
    assert not unknown, f"the tests use options that there are not: {unknown}"
    params = {name: _filled(about, given.get(name)) for name, about in spec.items()}
    return {**params, "clear": list(clear) or None}


def _filled(about: dict, value: Any) -> Any:
    inner = about.get("options")
    if inner and isinstance(value, dict):
        assert set(value) <= set(inner), f"no such suboptions: {set(value) - set(inner)}"
        return {name: _filled(inner[name], value.get(name)) for name in inner}
    if inner and isinstance(value, list):
        return [_filled({**about, "type": "dict"}, item) for item in value]
    return copy.deepcopy(value)


def entry(backend: Any, given: dict, clear: Any = (), state: str = "present") -> Entry:
    """Return the entry that a run creates from the options."""
    (made,) = _options.entries(backend, [parameters(backend, given, clear)], state, False, [])
    return made


def refusals(backend: Any, made: Plan) -> list:
    """Return all problems for which a run refuses a plan before it sends anything."""
    found = list(made.problems)
    for step in made.steps:
        if step.body is not None:
            found += body_problems(backend, made, step.action, step.body)
            found += backend.body_rules(step.body, made.process or {})
    return found


def refused_options(backend: Any, made: Plan) -> set:
    """Return the options that those problems name, without the part inside them."""
    return {problem.option.split(".")[0].split("[")[0] for problem in refusals(backend, made)}


def refused_for(backend: Any, made: Plan, bad: set) -> set:
    """Check that a plan is refused for bad options and that these are named; return them. Others
    may be named too, such as a strategy that a wrong type invalidates."""
    found = refused_options(backend, made)
    assert bad <= found, f"{bad - found} not refused"
    assert bad or not found, f"{found} refused"
    return found


def planned(backend: Any, service: Any, case: Case) -> Plan:
    """Return the plan for a case."""
    wanted = entry(backend, case.given, case.clear, case.state)
    return make_plan(backend, service.SCOPE, wanted, service.read(case.live))


def sent(service: Any, live: list, made: Plan) -> tuple:
    """Return the processes after the steps of a plan, and the responses."""
    answers: list = []
    new_id = None
    for step in made.steps:
        path = step.path.replace("{process_id}", new_id or "{process_id}")
        body = service.named(copy.deepcopy(step.body))
        live, answer = service.answer(copy.deepcopy(live), step.method, path, body)
        answers.append(answer)
        if step.method == "POST":
            new_id = service.read([answer])[0]["id"]
    return live, answers


def nulls(value: Any, path: tuple = ()) -> list:
    """Return the places of all nulls in a body."""
    if value is None:
        return [path]
    if isinstance(value, dict):
        return [place for key, item in value.items() for place in nulls(item, (*path, key))]
    if isinstance(value, list):
        return [place for item in value for place in nulls(item, (*path, "[]"))]
    return []


def reordered(value: Any) -> Any:
    """Return the same options with the keys of all dicts in reverse order."""
    if isinstance(value, dict):
        return {key: reordered(value[key]) for key in reversed(list(value))}
    if isinstance(value, list):
        return [reordered(item) for item in value]
    return value


def exactly(left: Any, right: Any) -> bool:
    """Return whether values are equal, where 1 differs from true and from 1.0."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(exactly(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(exactly, left, right))
    return type(left) is type(right) and bool(left == right)
