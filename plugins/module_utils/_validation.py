# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Planned bodies against the services' request schemas: all errors at once, by option name.

The texts are made here: those of jsonschema quote the offending value, and a command or an
HTTP header may hold a secret. Only numbers are shown.

This module is private to the collection.
"""

from __future__ import annotations

from typing import Any, Callable

from ._failure import MISSING, Problem

try:
    from jsonschema import Draft7Validator
except ImportError:  # told to the user by _module.py, before anything of this file is used
    Draft7Validator = None  # type: ignore[assignment,misc]


def schema_problems(
    schema: dict[str, Any], body: dict[str, Any], option_name: Callable[[list[Any]], str]
) -> list[Problem]:
    """What a body has against a schema. ``option_name`` makes an option of a path in the body."""
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


def _text(error: Any) -> str:
    schema, value = error.schema, error.instance
    if error.validator in ("minimum", "maximum"):
        low, high = schema.get("minimum"), schema.get("maximum")
        allowed = f"{low} or more" if high is None else f"from {low} to {high}"
        return f"{value} is out of range; allowed is {allowed}"
    if error.validator in ("minLength", "maxLength"):
        low, high = schema.get("minLength", 0), schema.get("maxLength")
        allowed = f"{low} or more" if high is None else f"{low} to {high}"
        return f"is {len(value)} characters long; allowed are {allowed}"
    if error.validator == "enum":
        return f"must be one of {', '.join(str(choice) for choice in error.validator_value)}"
    if error.validator == "type":
        kinds = error.validator_value
        return f"must be {kinds if isinstance(kinds, str) else ' or '.join(kinds)}"
    return "is not allowed"
