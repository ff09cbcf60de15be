# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A module's options: their argument spec, and their values once Ansible has parsed them."""

from __future__ import annotations

import os
from typing import Any

from ansible.module_utils.common.parameters import AnsibleFallbackNotFound
from ansible.module_utils.common.validation import (
    check_type_bool,
    check_type_dict,
    check_type_int,
)

from .._core.failure import Problem, invalid_options
from .._core.fields import Choices, Options, at
from .._core.resource import Entry
from .._http.settings import Service
from .service import Backend


def first_set(*names: str) -> str:
    """Return the first environment variable that is not empty, as a fallback in an argument spec.

    Ansible's env_fallback would use a variable that is set but empty.
    """
    for name in names:
        if os.environ.get(name):
            return os.environ[name]
    raise AnsibleFallbackNotFound


def connection_spec(service: Service) -> dict[str, Any]:
    """Return the connection options, as in the service's connection doc fragment."""
    return {
        # Client checks it. It is not required here, so that linters accept the environment
        # and module_defaults.
        "api_token": {
            "type": "str",
            "no_log": True,
            "aliases": ["api_key"],
            "fallback": (first_set, service.token_variables),
        },
        "api_url": {
            "type": "str",
            "default": service.url,
            "fallback": (first_set, [service.url_variable]),
        },
        "api_timeout": {"type": "int", "default": 30},
        "api_retries": {"type": "int", "default": 5},
        "api_max_wait": {"type": "int", "default": 300},
        "validate_certs": {"type": "bool", "default": True},
        "ca_path": {"type": "path"},
    }


_CONNECTION = (
    "api_token",
    "api_key",
    "api_url",
    "api_timeout",
    "api_retries",
    "api_max_wait",
    "validate_certs",
    "ca_path",
)
"""The names and aliases of the connection options."""


def without_empty(options: dict[str, Any]) -> dict[str, Any]:
    """Return the options without empty connection options, so that Ansible uses the environment
    variables and defaults instead."""
    return {
        name: value
        for name, value in options.items()
        if not (name in _CONNECTION and (value is None or value == ""))
    }


_PUBLIC = (*_CONNECTION, "application", "environment", "instance", "id")
"""Options that say where something is. They contain no secret that a message could quote."""

_SHORTEST_SECRET = 4


def private_texts(spec: dict[str, Any], given: dict[str, Any]) -> set[str]:
    """Return the strings in options that may contain a secret, at every depth.

    Also in the forms that are sent: without blanks around them and their items, and joined.
    """
    found: set[str] = set()
    for name, about in spec.items():
        value = None if name in _PUBLIC or "choices" in about else given.get(name)
        values = value if isinstance(value, list) else [value]
        for each in values:
            if isinstance(each, dict):
                found |= private_texts(about.get("options", {}), each)
        texts = [each for each in values if isinstance(each, str)]
        items = [item.strip() for text in texts for item in text.split(",") if item.strip()]
        found.update(texts, map(str.strip, texts), items, [",".join(items)])
    return {text for text in found if len(text) >= _SHORTEST_SECRET}


def process_spec(backend: Backend) -> dict[str, Any]:
    """Return the options of one process, as in the service's process doc fragment."""
    spec: dict[str, Any] = {"id": {"type": "str", "aliases": [f"{backend.noun}_id"]}}
    spec.update((field.option, field.spec) for field in backend.fields)
    clearable = [name for field in backend.fields for name in field.clearable]
    if clearable:
        spec["clear"] = {"type": "list", "elements": "str", "choices": Choices(clearable)}
    return spec


_COMMA_SEPARATED = ("queue", "clear")
"""Lists that users may write as one string: their items contain no commas or spaces."""


def split_misread(
    spec: dict[str, Any], given: Options, where: str = ""
) -> tuple[Options, list[Problem]]:
    """Return the options for Ansible to parse, and the problems with those of the wrong type.

    ``given`` has the task's options before Ansible parsed them. Ansible would turn a list into the
    string ``"['node', 'worker.js']"``, and split a string into a list at commas. For other types,
    its message is about one option only, and does not say in which item of a list. What has a
    problem is reported and omitted, or kept if Ansible accepts it.
    """
    kept, problems = dict(given), []
    names = {each: name for name in spec for each in (name, *spec[name].get("aliases", ()))}
    for written, value in given.items():
        option = names.get(written)
        about = spec[option] if option else {}
        name = f"{where}{written}"
        if value is None or not about:
            continue
        if "options" in about:
            listed, fit = about["type"] == "list", []
            if listed and not isinstance(value, list):
                problems.append(Problem(name, f"must be a list, not {_kind(value)}"))
                value = []
            for index, each in enumerate(value if listed else [value]):
                place = f"{name}[{index}]" if listed else name
                if not _can_be_dictionary(each):
                    problems.append(Problem(place, "must be a dictionary"))
                    continue
                if isinstance(each, dict):
                    each, found = split_misread(about["options"], each, f"{place}.")
                    problems += found
                fit.append(each)
            kept[written] = fit if listed else next(iter(fit), None)
        elif about.get("elements") == "str":
            if isinstance(value, str) and option not in _COMMA_SEPARATED:
                what = "must be a list of words, such as ['sh', '-c', 'a, b'], not a string"
                problems.append(Problem(name, what))
            for index, each in enumerate(value if isinstance(value, list) else []):
                if not isinstance(each, (str, int, float)) or isinstance(each, bool):
                    what = f"must be a string, not {_kind(each)}"
                    problems.append(Problem(f"{name}[{index}]", what))
        elif about["type"] == "str" and isinstance(value, (list, dict)):
            what = f"must be a string, not {_kind(value)}; write it as one line in quotes"
            problems.append(Problem(name, what))
        elif _is_wrong(about, value):
            allowed = ", ".join(about["choices"]) if "choices" in about else ""
            what = f"must be one of {allowed}" if allowed else f"must be {_WORDS[about['type']]}"
            problems.append(Problem(name, f"{what}, not {_kind(value)}"))
            del kept[written]
    return kept, problems


_CHECKS = {"int": check_type_int, "bool": check_type_bool}
_WORDS = {"int": "an integer", "bool": "true or false"}
_KINDS = {list: "a list", dict: "a dictionary", bool: "true or false", type(None): "null"}


def _is_wrong(about: dict[str, Any], value: Any) -> bool:
    """Return whether Ansible cannot convert a value to the type of its option, or its choices do
    not contain it."""
    try:
        converted = _CHECKS.get(about["type"], str)(value)
    except (TypeError, ValueError):
        return True
    return "choices" in about and converted not in about["choices"]


def _kind(value: Any) -> str:
    """Return the words for a value of the wrong type: itself, unless it is long or has no text."""
    return _KINDS.get(type(value)) or (repr(value) if len(str(value)) < _LONG else "a string")


_LONG = 40


def _can_be_dictionary(value: Any) -> bool:
    """Return whether Ansible accepts a value as a dictionary."""
    try:
        return isinstance(check_type_dict(value), dict)
    except (TypeError, ValueError):
        return False


def entries(
    backend: Backend, given: list[Options], state: str, listed: bool, problems: list[Problem]
) -> list[Entry]:
    """Return the entries of all processes in the options, normalized, without unset options.

    ``listed``: they are from the option ``processes``. Raises Failure that names every invalid
    option, including ``problems`` that were found before.
    """
    parsed = [
        entry_of(backend, params, state, f"{backend.plural}[{index}]" if listed else "")
        for index, params in enumerate(given)
    ]
    problems = list(problems)
    for entry in parsed:
        found = backend.check_address(entry.options, state)
        found += [
            Problem(option, "is set and is also in clear; use only one of them")
            for option in entry.clear
            if at(entry.options, option) is not None
        ]
        problems += [Problem(entry.named(option), what) for option, what in found]
    if problems:
        from .validation import not_reported, out_of_range

        raise invalid_options([*problems, *not_reported(problems, out_of_range(backend, parsed))])
    return parsed


def entry_of(backend: Backend, params: Options, state: str, where: str) -> Entry:
    """Return the entry of one process in the options, without validation."""
    options: Options = {"id": params["id"]} if params["id"] else {}
    for field in backend.fields:
        value = params.get(field.option)
        value = value if value is None else field.clean(value)
        if value is not None and value != {}:
            options[field.option] = value
    return Entry(options, tuple(params.get("clear") or ()), state, where)
