# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Validate plans against the services' schemas: all errors at once, by option, before any write.

The messages of jsonschema quote the invalid value, which may contain a secret in a command or an
HTTP header. The messages of this module quote only numbers.
"""

from __future__ import annotations

from typing import Any, Callable

from .._core.failure import MISSING, Problem, invalid_options, not_reported
from .._core.fields import at, without_nulls
from .._core.plan import Plan
from .._core.remark import Remark
from .._core.resource import Entry
from .._http.client import Client
from .service import Backend

try:
    from jsonschema import Draft7Validator
except ImportError:  # reported by _engine/module.py before this module is used
    Draft7Validator = None  # type: ignore[assignment,misc]


def validate(backend: Backend, client: Client, plans: list[Plan]) -> list[Remark]:
    """Raise one Failure for all problems of the plans; return warnings about what looks wrong."""
    problems: list[Problem] = []
    remarks: list[Remark] = []
    creations: list[str] = []
    for plan in plans:
        found = list(plan.problems)
        for step in plan.steps:
            if step.body is None:
                continue
            # Null clears a setting, even if the service's description does not allow null.
            body = without_nulls(step.body) if step.cleared else step.body
            found += not_reported(found, body_problems(backend, plan, step.action, body))
            found += backend.body_rules(body, plan.process or {})
            remarks += [Remark(*map(plan.entry.named, remark)) for remark in backend.remarks(body)]
        # Problems of the entry as a whole do not depend on whether it creates.
        if plan.live is None and not plan.deletes and any(option for option, _what in found):
            meant = " or ".join(dict.fromkeys(repr(near.name) for near in plan.near))
            hint = f"; did you mean {meant}?" if meant else ""
            creations.append(f"the {plan.address.words} does not exist and would be created{hint}")
        problems += [Problem(plan.entry.named(option), what) for option, what in found]
    if problems:
        context = f" ({'; '.join(creations)})" if creations else ""
        raise invalid_options(problems, context)
    return [*remarks, *backend.warnings(client, plans)]


def out_of_range(backend: Backend, entries: list[Entry]) -> list[Problem]:
    """Return the options that no request may contain, for a task that fails before it has a plan.

    Missing options, and problems that depend on live values, cannot be reported before that.
    """
    problems = []
    for entry in entries:
        body = {
            field.wire: field.shape.encode(entry.options[field.option], None)
            for field in backend.fields
            if field.option in entry.options
        }
        found = schema_problems(backend.schemas["update"], body, backend.option_name)
        if entry.state == "present" and "type" in entry.options:
            rules = backend.rules(entry.options, entry.options["type"], False)
            found = [*rules, *not_reported(rules, found)]
        if entry.state == "present":
            found += not_reported(found, backend.body_rules(body, None))
        problems += [
            Problem(entry.named(option), what) for option, what in found if what != MISSING
        ]
    return problems


def body_problems(backend: Backend, plan: Plan, action: str, body: dict[str, Any]) -> list[Problem]:
    """Return the schema errors of a body that a plan sends.

    An update sends a dictionary whole, with live values that the entry does not set. Their errors
    are not returned: the user did not give them, and the service decides. Missing settings are.
    """
    found = schema_problems(backend.schemas[action], body, backend.option_name)
    if plan.live is None:
        return found
    options = plan.entry.options
    # A list is sent as the entry has it, or as it is live, but never as a mixture.
    return [
        problem
        for problem in found
        if problem.message == MISSING or at(options, problem.option.partition("[")[0]) is not None
    ]


def schema_problems(
    schema: dict[str, Any], body: dict[str, Any], option_name: Callable[[list[Any]], str]
) -> list[Problem]:
    """Return the schema errors of a body. ``option_name`` converts a path in it to an option."""
    problems = []
    for error in Draft7Validator(schema).iter_errors(body):
        path = list(error.absolute_path)
        if error.validator == "required":
            problems += [
                Problem(option_name([*path, key]), MISSING)
                for key in error.validator_value
                if key not in error.instance
            ]
        else:
            problems.append(Problem(option_name(path), _text(error)))
    return sorted(dict.fromkeys(problems))


_TYPES = {
    "integer": "an integer",
    "string": "a string",
    "boolean": "true or false",
    "object": "a dictionary",
    "array": "a list",
}
"""The words for the types of JSON Schema."""


def _text(error: Any) -> str:
    schema, value = error.schema, error.instance
    if error.validator in ("minimum", "maximum"):
        low, high = schema.get("minimum"), schema.get("maximum")
        allowed = f"{low} or more" if high is None else f"from {low} to {high}"
        return f"must be {allowed}, not {value}"
    if error.validator in ("minLength", "maxLength"):
        low, high = schema.get("minLength", 0), schema.get("maxLength")
        within = f"{low} to {high}" if low else f"at most {high}"
        allowed = f"{low} or more" if high is None else within
        return f"must have {allowed} characters, not {len(value)}"
    if error.validator == "enum":
        return f"must be one of {', '.join(str(choice) for choice in error.validator_value)}"
    if error.validator == "type":
        kinds = error.validator_value
        names = [kinds] if isinstance(kinds, str) else kinds
        return f"must be {' or '.join(_TYPES.get(name, name) for name in names)}"
    return "is not allowed"
