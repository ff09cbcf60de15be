# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The request bodies of Sevalla's API v3 for a process, as JSON Schema (Draft 7).

Source: the service's OpenAPI description of ``POST`` and ``PATCH /applications/{id}/processes``
(snapshot of 2026-03-09). The schemas contain only what it states; rules across fields are in
``processes.py``. They replace its ``oneOf`` with ``if``/``then``, so that an error names the field
and not the branch.
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]


def _integer(minimum: int, maximum: int | None = None) -> Schema:
    schema: Schema = {"type": "integer", "minimum": minimum}
    if maximum is not None:
        schema["maximum"] = maximum
    return schema


def _nullable(schema: Schema) -> Schema:
    nullable = {**schema, "type": [schema["type"], "null"]}
    if "enum" in schema:
        nullable["enum"] = [*schema["enum"], None]
    return nullable


_INSTANCES = _integer(0, 50)
_PORT = _integer(1, 65535)
_STRING: Schema = {"type": "string"}

MANUAL_CONFIG: Schema = {
    "required": ["instanceCount"],
    "properties": {"instanceCount": _INSTANCES},
}
HORIZONTAL_CONFIG: Schema = {
    "required": ["minInstanceCount", "maxInstanceCount"],
    "properties": {
        "minInstanceCount": _INSTANCES,
        "maxInstanceCount": _INSTANCES,
        "targetCpuPercent": _nullable(_integer(1, 100)),
        "targetMemoryPercent": _nullable(_integer(1, 100)),
        "scaleUpIntervalSeconds": _nullable(_integer(1, 60000)),
        "scaleUpIncrement": _nullable(_integer(1, 5)),
        "scaleDownIntervalSeconds": _nullable(_integer(1, 60000)),
        "scaleDownIncrement": _nullable(_integer(1, 5)),
    },
}

_SCALING_STRATEGY: Schema = {
    "type": "object",
    "required": ["type", "config"],
    "properties": {
        "type": {"type": "string", "enum": ["manual", "horizontal"]},
        "config": {"type": "object"},
    },
    "if": {"properties": {"type": {"const": "manual"}}},
    "then": {"properties": {"config": MANUAL_CONFIG}},
    "else": {"properties": {"config": HORIZONTAL_CONFIG}},
}

# The probe itself cannot be null; everything inside it can (OpenAPI).
_PROBE: Schema = {
    "type": "object",
    "properties": {
        "exec": {
            "type": ["object", "null"],
            "required": ["command"],
            "properties": {"command": {"type": "array", "items": _STRING}},
        },
        "httpGet": {
            "type": ["object", "null"],
            "properties": {
                "path": _nullable(_STRING),
                "port": _nullable(_PORT),
                "host": _nullable(_STRING),
                "scheme": _nullable({"type": "string", "enum": ["HTTP", "HTTPS"]}),
                "httpHeaders": {
                    "type": ["array", "null"],
                    "items": {
                        "type": "object",
                        "required": ["name", "value"],
                        "properties": {"name": _STRING, "value": _STRING},
                    },
                },
            },
        },
        "tcpSocket": {
            "type": ["object", "null"],
            "required": ["port"],
            "properties": {"port": _PORT, "host": _nullable(_STRING)},
        },
        "initialDelaySeconds": _nullable(_integer(0)),
        "periodSeconds": _nullable(_integer(1)),
        "timeoutSeconds": _nullable(_integer(1)),
        "successThreshold": _nullable(_integer(1)),
        "failureThreshold": _nullable(_integer(1)),
    },
}

_COMMON: Schema = {
    "display_name": {"type": "string", "minLength": 1, "maxLength": 255},
    "entrypoint": {"type": "string", "maxLength": 1024},
    "resource_type_id": _STRING,
    "scaling_strategy": _SCALING_STRATEGY,
    "port": _PORT,
    "schedule": {"type": "string", "maxLength": 100},
    "time_zone": {"type": "string", "maxLength": 100},
    "job_start_policy": {
        "type": "string",
        "enum": ["beforeDeployment", "afterSuccessDeployment", "afterFailedDeployment"],
    },
    "liveness_probe": _PROBE,
    "readiness_probe": _PROBE,
}

CREATE_PROCESS: Schema = {
    "type": "object",
    "required": ["display_name", "type", "resource_type_id", "scaling_strategy"],
    "properties": {
        **_COMMON,
        "type": {"type": "string", "enum": ["web", "worker", "cron", "job"]},
    },
}

UPDATE_PROCESS: Schema = {
    "type": "object",
    "properties": {
        **_COMMON,
        "is_ingress_enabled": {"type": "boolean"},
        "ingress_protocol": {"type": "string", "enum": ["http", "grpc"]},
    },
}
