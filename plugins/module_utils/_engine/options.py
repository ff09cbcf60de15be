# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A module's options: their argument spec, and their values once Ansible has parsed them."""

from __future__ import annotations

import os
from typing import Any

from ansible.module_utils.common.parameters import AnsibleFallbackNotFound

from .._core.failure import Problem, invalid_options, not_reported
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

SHORTEST_SECRET = 4
"""The minimum number of characters of a text that is masked: shorter ones are in any message."""


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
    return {text for text in found if len(text) >= SHORTEST_SECRET}


def process_spec(backend: Backend) -> dict[str, Any]:
    """Return the options of one process, as in the service's process doc fragment."""
    spec: dict[str, Any] = {"id": {"type": "str", "aliases": [f"{backend.noun}_id"]}}
    spec.update((field.option, field.spec) for field in backend.fields)
    clearable = [name for field in backend.fields for name in field.clearable]
    if clearable:
        spec["clear"] = {"type": "list", "elements": "str", "choices": Choices(clearable)}
    return spec


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
    found: list[Problem] = []
    for entry in parsed:
        both = [
            Problem(option, "is set and is also in clear; use only one of them")
            for option in entry.clear
            if at(entry.options, option) is not None
        ]
        for option, what in [*backend.check_address(entry.options, state), *both]:
            found.append(Problem(entry.named(option), what))
    problems = [*problems, *not_reported(problems, found)]
    if problems:
        from .validation import out_of_range

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
