# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of the wrong form, found before Ansible parses them.

Ansible would turn a list into the string ``"['node', 'worker.js']"``, and split a string into a
list at commas. For anything else, its message is about one option only, and does not say in which
item of a list.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible.module_utils.common.validation import (
    check_type_bool,
    check_type_dict,
    check_type_int,
)

from .._core.failure import MISSING, Problem, not_reported
from .._core.fields import Options

_COMMA_SEPARATED = ("queue", "clear")
"""Lists that users may write as one string: their items contain no commas or spaces."""

_CHECKS = {"int": check_type_int, "bool": check_type_bool}
_WORDS = {"int": "an integer", "bool": "true or false"}
_KINDS = {list: "a list", dict: "a dictionary", bool: "true or false", type(None): "null"}
_LONG = 40
_MOST_CHOICES = 10


def split_misread(
    spec: dict[str, Any], given: Options, where: str = ""
) -> tuple[Options, list[Problem]]:
    """Return the options for Ansible to parse, and the problems with those of the wrong form.

    ``given`` has the task's options before Ansible parsed them. Null is omitted where there is a
    default. What has a problem is reported and omitted, or kept if Ansible accepts it: a required
    option must not seem to be missing.
    """
    kept, problems = dict(given), []
    names = {each: name for name in spec for each in (name, *spec[name].get("aliases", ()))}
    for written, value in given.items():
        name = f"{where}{written}"
        if written not in names:
            if where:  # Ansible reports those of the task itself
                there = ", ".join(sorted(spec))
                problems.append(Problem(name, f"is not an option; there are {there}"))
                del kept[written]
            continue
        about = spec[names[written]]
        if value is None and written != names[written]:
            del kept[written]  # else Ansible would copy it over the value of the option itself
            continue
        if value is None and not about.get("required"):
            if "default" in about:
                del kept[written]
            continue
        if "options" in about:
            kept[written], found = _split_nested(about, value, name)
            problems += found
            continue
        if isinstance(value, str) and names[written] in _COMMA_SEPARATED:
            value = kept[written] = [each.strip() for each in value.split(",")]
        found = list(_misread(about, value, name))
        if found and _is_wrong(about, value):
            del kept[written]
        problems += found
    return kept, problems


def _split_nested(about: dict[str, Any], value: Any, name: str) -> tuple[Any, list[Problem]]:
    """Return a dictionary or a list of them without misread options, and the problems."""
    listed = about["type"] == "list"
    if listed and not isinstance(value, list):
        return [], [Problem(name, f"must be a list, not {_kind(value)}")]
    kept, problems = [], []
    for index, each in enumerate(value if listed else [value]):
        place = f"{name}[{index}]" if listed else name
        if not _can_be_dictionary(each):
            problems.append(Problem(place, "must be a dictionary"))
            each = {}  # the positions of the others stay
        if isinstance(each, dict):
            each, found = split_misread(about["options"], each, f"{place}.")
            problems += found
            missing = [Problem(f"{place}.{key}", MISSING) for key in _missing(about, each)]
            problems += not_reported(problems, missing)
            if missing:
                continue
        kept.append(each)
    return kept if listed else next(iter(kept), None), problems


def _missing(about: dict[str, Any], given: Options) -> list[str]:
    """Return the required options of a dictionary that are not given."""
    return [
        name
        for name, inner in about["options"].items()
        if inner.get("required")
        and all(given.get(each) is None for each in (name, *inner.get("aliases", ())))
    ]


def _misread(about: dict[str, Any], value: Any, name: str) -> Iterator[Problem]:
    """Yield the problems with the form of an option that is not a dictionary."""
    if about.get("elements") == "str":
        if isinstance(value, str):
            what = "must be a list of words, such as ['sh', '-c', 'a, b'], not a string"
            yield Problem(name, what)
        for index, each in enumerate(value if isinstance(value, list) else []):
            if not isinstance(each, (str, int, float)) or isinstance(each, bool):
                yield Problem(f"{name}[{index}]", f"must be a string, not {_kind(each)}")
            elif each not in about.get("choices", [each]):
                allowed = _allowed(about["choices"], str(each))
                yield Problem(f"{name}[{index}]", f"must be one of {allowed}, not {_kind(each)}")
    elif about["type"] == "str" and isinstance(value, (list, dict)):
        what = f"must be a string, not {_kind(value)}; write it as one line in quotes"
        yield Problem(name, what)
    elif _is_wrong(about, value):
        choices = about.get("choices")
        what = f"must be {_WORDS.get(about['type'])}"
        if choices:
            what = f"must be one of {_allowed(choices, str(value))}"
        yield Problem(name, f"{what}, not {_kind(value)}")


def _allowed(choices: list[str], given: str) -> str:
    """Return the choices in words; of many, only the one that ``given`` may mean."""
    if len(choices) <= _MOST_CHOICES:
        return ", ".join(choices)
    from .._core.near_misses import closest

    example = closest(given, choices) or choices[0]
    return f"the {len(choices)} names in its documentation, such as {example!r}"


def _is_wrong(about: dict[str, Any], value: Any) -> bool:
    """Return whether Ansible cannot convert a value to the type of its option, or its choices do
    not contain it."""
    try:
        converted = _CHECKS.get(about["type"], str)(value)
    except (TypeError, ValueError, OverflowError):  # Ansible's check lets the last one through
        return True
    return "choices" in about and converted not in about["choices"]


def _kind(value: Any) -> str:
    """Return the words for a value of the wrong type: itself, unless it is long or has no text."""
    return _KINDS.get(type(value)) or (repr(value) if len(str(value)) < _LONG else "a string")


def _can_be_dictionary(value: Any) -> bool:
    """Return whether Ansible accepts a value as a dictionary."""
    try:
        return isinstance(check_type_dict(value), dict)
    except (TypeError, ValueError):
        return False
