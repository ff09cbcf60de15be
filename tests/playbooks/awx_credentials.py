# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AWX's handling of a credential type, for tests: its rules, and its own code that injects.

The rules are AWX's (awx/main/fields.py); the code that injects is the package
awx-plugins-interfaces, to which AWX moved it.
"""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import yaml
from awx_plugins.interfaces._temporary_private_credential_api import Credential
from awx_plugins.interfaces._temporary_private_inject_api import inject_credential
from jsonschema import Draft7Validator

FILES = Path(__file__).resolve().parents[2] / "playbooks" / "files" / "awx"
SERVICES = ("sevalla", "laravel_cloud")

INPUTS_SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["fields"],
    "properties": {
        "required": {"type": "array", "items": {"type": "string"}},
        "fields": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["id", "label", "type"],
                "properties": {
                    "id": {"type": "string", "pattern": "^[a-zA-Z_]+[a-zA-Z0-9_]*$"},
                    "type": {"enum": ["string", "boolean"]},
                    "format": {"enum": ["ssh_private_key", "url"]},
                    "choices": {"type": "array", "items": {"type": "string"}},
                    "label": {"type": "string"},
                    "help_text": {"type": "string"},
                    "multiline": {"type": "boolean"},
                    "secret": {"type": "boolean"},
                    "ask_at_runtime": {"type": "boolean"},
                    "default": {},
                },
            },
        },
    },
}
INJECTORS_SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "env": {
            "type": "object",
            "additionalProperties": False,
            "patternProperties": {
                # AWX does not allow Ansible's own settings in credentials.
                "^(?!ANSIBLE_)[a-zA-Z_]+[a-zA-Z0-9_]*$": {
                    "type": "string",
                    "pattern": "^[\x00-\x7f]*$",
                }
            },
        },
        "file": {"type": "object"},
        "extra_vars": {"type": "object"},
    },
}


class Injected(NamedTuple):
    """What a job gets: its environment, the part of it that AWX stores to show, and arguments."""

    env: dict[str, str]
    shown: dict[str, str]
    arguments: list[str]


def load(service: str, part: str) -> dict[str, Any]:
    """Return one of the files: ``part`` is inputs or injectors."""
    loaded: dict[str, Any] = yaml.safe_load((FILES / f"{service}_{part}.yml").read_text())
    return loaded


def mistakes(service: str) -> list[str]:
    """Return the errors for which AWX would refuse a service's two files."""
    inputs, injectors = load(service, "inputs"), load(service, "injectors")
    found = [error.message for error in Draft7Validator(INPUTS_SCHEMA).iter_errors(inputs)]
    found += [error.message for error in Draft7Validator(INJECTORS_SCHEMA).iter_errors(injectors)]
    ids = [field["id"] for field in inputs["fields"]]
    if len(set(ids)) != len(ids) or "tower" in ids:
        found.append("field ids must be unique, and not tower")
    found += [f"{name} is required and no field" for name in inputs["required"] if name not in ids]
    templates = " ".join(injectors["env"].values())
    used = set(re.findall(r"{{ *(\w+) *}}", templates))
    found += [f"{name} is injected and no field" for name in used - set(ids)]
    return found


def inject(service: str, folder: Path, **values: str) -> Injected:
    """Inject a credential with these values into a job whose private data folder is given."""
    (folder / "env").mkdir(parents=True, exist_ok=True)
    kind = SimpleNamespace(
        inputs=load(service, "inputs"), injectors=load(service, "injectors"), managed=False
    )
    injected = Injected({}, {}, [])
    inject_credential(
        kind,
        Credential(dict(values)),
        injected.env,
        injected.shown,
        injected.arguments,
        str(folder),
    )
    return injected
