# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collection's request schemas, as the emulator uses them."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator, ValidationError

Schema = dict[str, Any]

# Found by path, because the emulator also runs from a checkout, where ansible_collections cannot be
# imported.
_MODULE_UTILS = Path(__file__).resolve().parents[2] / "plugins" / "module_utils"


def _load(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(
        f"emulator{name.replace('/', '_')}", _MODULE_UTILS / f"{name}.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_sevalla = _load("_sevalla/process_schema")
_laravel_cloud = _load("_laravel_cloud/process_schema")


class Body:
    """The schema of a request body, with its validator: creating one costs more than using it."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self._validator = Draft7Validator(schema)

    def errors(self, value: Any) -> list[ValidationError]:
        """Return the errors of a value, in the schema's order."""
        return list(self._validator.iter_errors(value))

    def known(self, value: Any) -> Any:
        """Return the value without keys that the schema does not have, at every depth."""
        return _known(value, self.schema)


def _known(value: Any, schema: Schema) -> Any:
    if isinstance(value, list) and "items" in schema:
        return [_known(item, schema["items"]) for item in value]
    properties = _properties(schema, value)
    if not isinstance(value, dict) or not properties:
        return value
    return {key: _known(item, properties[key]) for key, item in value.items() if key in properties}


def _properties(schema: Schema, value: Any) -> dict[str, Schema]:
    properties = dict(schema.get("properties", {}))
    if "if" in schema:
        branch = "then" if Draft7Validator(schema["if"]).is_valid(value) else "else"
        for key, more in schema.get(branch, {}).get("properties", {}).items():
            properties[key] = {**properties.get(key, {}), **more}
    return properties


SEVALLA_CREATE = Body(_sevalla.CREATE_PROCESS)
SEVALLA_UPDATE = Body(_sevalla.UPDATE_PROCESS)
# From the OpenAPI description of POST /applications/{id}/deployments.
SEVALLA_DEPLOY = Body(
    {
        "type": "object",
        "properties": {
            "branch": {"type": "string"},
            "docker_image": {"type": "string"},
            "is_restart": {"type": "boolean"},
        },
    }
)
LARAVEL_CLOUD_CREATE = Body(_laravel_cloud.CREATE_BACKGROUND_PROCESS)
LARAVEL_CLOUD_UPDATE = Body(_laravel_cloud.UPDATE_BACKGROUND_PROCESS)

# From the OpenAPI description of Laravel Cloud: POST /environments/{environment}/instances, PATCH
# /instances/{instance} and POST /environments/{environment}/commands. The description requires the
# settings of managed queues for every instance; a recorded POST does not have them. The rules
# across fields are in laravel_cloud_instances.py.
_PERCENTAGE: Schema = {"type": ["integer", "null"], "minimum": 50, "maximum": 95}
_INSTANCE: Schema = {
    "name": {"type": "string", "minLength": 3, "maxLength": 40},
    "size": {"type": "string"},
    "scaling_type": {"type": "string", "enum": ["none", "custom", "auto"]},
    "min_replicas": {"type": "integer"},
    "max_replicas": {"type": "integer"},
    "uses_scheduler": {"type": "boolean"},
    "sleep_with_app": {"type": "boolean"},
    "scaling_cpu_threshold_percentage": _PERCENTAGE,
    "scaling_memory_threshold_percentage": _PERCENTAGE,
    "visibility_timeout": {"type": "integer", "minimum": 0, "maximum": 43200},
    "polling_interval": {"type": "integer", "minimum": 1, "maximum": 60},
    "shutdown_timeout": {"type": "integer", "minimum": 0},
}
LARAVEL_CLOUD_INSTANCE_CREATE = Body(
    {
        "type": "object",
        "required": ["name", "type", "size", "scaling_type"],
        "properties": {
            **_INSTANCE,
            "type": {"type": "string", "enum": ["app", "service", "queue", "managed_queue"]},
            "background_processes": {"type": "array", "items": {"type": "object"}},
        },
    }
)
LARAVEL_CLOUD_INSTANCE_UPDATE = Body({"type": "object", "properties": _INSTANCE})
LARAVEL_CLOUD_COMMAND = Body(
    {
        "type": "object",
        "required": ["command"],
        "properties": {"command": {"type": "string", "minLength": 1, "maxLength": 150000}},
    }
)
# From Sevalla's documentation of running a command in a process and of attaching a disk. The range
# of timeout is not documented: the maximum is a switch.
SEVALLA_EXEC = Body(
    {
        "type": "object",
        "required": ["command"],
        "properties": {
            "command": {
                "type": "array",
                "items": {"type": "string"},
                "minItems": 1,
                "maxItems": 100,
            },
            "timeout": {"type": "integer", "minimum": 1},
        },
    }
)
SEVALLA_DISK = Body(
    {
        "type": "object",
        "required": ["resource_type_id", "mount_path"],
        "properties": {
            "resource_type_id": {"type": "string"},
            "mount_path": {"type": "string"},
        },
    }
)
