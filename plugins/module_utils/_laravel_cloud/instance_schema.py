# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The request bodies of Laravel Cloud's API for an instance, as JSON Schema (Draft 7).

Source: the service's OpenAPI description of ``POST /environments/{environment}/instances`` and
``PATCH /instances/{instance}``, and a POST and a PATCH to the live service in March 2026. The
length of ``name`` is from the description.
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

_REPLICAS: Schema = {"type": "integer", "minimum": 0}
_PERCENTAGE: Schema = {"type": "integer", "minimum": 1, "maximum": 100}

_CHANGEABLE: Schema = {
    "name": {"type": "string", "minLength": 3, "maxLength": 40},
    "size": {"type": "string", "minLength": 1},
    "scaling_type": {"type": "string", "enum": ["none", "custom", "auto"]},
    "min_replicas": _REPLICAS,
    "max_replicas": _REPLICAS,
    "uses_scheduler": {"type": "boolean"},
    "scaling_cpu_threshold_percentage": _PERCENTAGE,
    "scaling_memory_threshold_percentage": _PERCENTAGE,
}

CREATE_INSTANCE: Schema = {
    "type": "object",
    "required": ["name", "type", "size", "scaling_type"],
    "properties": {
        **_CHANGEABLE,
        "type": {"type": "string", "enum": ["app", "service", "queue", "managed_queue"]},
    },
    # min_replicas and max_replicas are rejected with auto and required otherwise (the vendor's
    # Terraform provider).
    "if": {"properties": {"scaling_type": {"const": "auto"}}},
    "else": {"required": ["min_replicas", "max_replicas"]},
}

UPDATE_INSTANCE: Schema = {"type": "object", "properties": _CHANGEABLE}
