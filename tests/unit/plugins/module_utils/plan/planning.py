# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From what a user writes to a plan, the way a run of a module goes, and the plan to a service.

``Case`` is what the strategies of both services make: processes that live somewhere, what a
user asks of one of them, and how the service behaves where nobody knows how it does.
"""

from __future__ import annotations

import copy
from typing import Any, NamedTuple

from ansible_collections.evenkeel.paas.plugins.module_utils._core.planner import Plan, make_plan
from ansible_collections.evenkeel.paas.plugins.module_utils._core.resource import Entry
from ansible_collections.evenkeel.paas.plugins.module_utils._engine import options as _options
from ansible_collections.evenkeel.paas.plugins.module_utils._engine.validation import (
    schema_problems,
)


class Case(NamedTuple):
    """``live`` in the service's own form; ``given`` as a user writes it; ``habits`` are the
    simulated service's."""

    live: list
    given: dict
    clear: tuple
    state: str
    habits: Any


def parameters(backend: Any, given: dict, clear: Any = ()) -> dict:
    """The options as Ansible hands them over: all of them, null where nothing was given."""
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
    """The entry that a run makes of the options."""
    (made,) = _options.entries(backend, [parameters(backend, given, clear)], state, False, [])
    return made


def refusals(backend: Any, made: Plan) -> list:
    """All problems for which a run refuses a plan before anything is sent."""
    found = list(made.problems)
    for step in made.steps:
        if step.body is not None:
            schema = backend.schemas[step.action]
            found += schema_problems(schema, step.body, backend.option_name)
            found += backend.body_rules(step.body, made.process or {})
    return found


def refused_options(backend: Any, made: Plan) -> set:
    """The options that those problems name, without the part inside them."""
    return {problem.option.split(".")[0].split("[")[0] for problem in refusals(backend, made)}


def refused_for(backend: Any, made: Plan, bad: set) -> set:
    """Check that a plan is refused when options are bad, and that those are named; the options
    that are. Others may be named beside them, such as a strategy that a wrong type spoils."""
    found = refused_options(backend, made)
    assert bad <= found, f"{bad - found} not refused"
    assert bad or not found, f"{found} refused"
    return found


def planned(backend: Any, service: Any, case: Case) -> Plan:
    """The plan for a case."""
    wanted = entry(backend, case.given, case.clear, case.state)
    return make_plan(backend, service.SCOPE, wanted, service.read(case.live))


def sent(service: Any, live: list, made: Plan) -> tuple:
    """What lives after the steps of a plan, and the answers to them."""
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
    """The places of all nulls in a body."""
    if value is None:
        return [path]
    if isinstance(value, dict):
        return [place for key, item in value.items() for place in nulls(item, (*path, key))]
    if isinstance(value, list):
        return [place for item in value for place in nulls(item, (*path, "[]"))]
    return []


def reordered(value: Any) -> Any:
    """The same options with the keys of all dicts the other way round."""
    if isinstance(value, dict):
        return {key: reordered(value[key]) for key in reversed(list(value))}
    if isinstance(value, list):
        return [reordered(item) for item in value]
    return value


def exactly(left: Any, right: Any) -> bool:
    """Equality that takes 1 and true, and 1 and 1.0, for different things."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(exactly(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(exactly, left, right))
    return type(left) is type(right) and bool(left == right)
