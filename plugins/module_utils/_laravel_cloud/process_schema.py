# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The request bodies of Laravel Cloud's API for a background process, as JSON Schema (Draft 7).

Source: the service's OpenAPI description of ``POST /instances/{instance}/background-processes`` and
``PATCH /background-processes/{backgroundProcess}``. It gives no range for the numbers in
``config``, so the schemas have none. It does not give the length of ``command`` either, which is
from the vendor's Terraform provider (docs/resources/cloud_background_process.md).
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

_INTEGER: Schema = {"type": "integer"}

_PROPERTIES: Schema = {
    "type": {"type": "string", "enum": ["worker", "custom"]},
    "processes": {"type": "integer", "minimum": 1, "maximum": 10},
    "command": {"type": "string", "minLength": 3, "maxLength": 500},
    "config": {
        "type": "object",
        "properties": {
            "connection": {"type": "string", "minLength": 1},
            "queue": {"type": "string", "minLength": 1},
            "tries": _INTEGER,
            "backoff": _INTEGER,
            "sleep": _INTEGER,
            "rest": _INTEGER,
            "timeout": _INTEGER,
            "force": {"type": "boolean"},
        },
    },
}

CREATE_BACKGROUND_PROCESS: Schema = {
    "type": "object",
    "required": ["type", "processes"],
    "properties": _PROPERTIES,
    "if": {"required": ["type"], "properties": {"type": {"const": "custom"}}},
    "then": {"required": ["command"]},
}

UPDATE_BACKGROUND_PROCESS: Schema = {"type": "object", "properties": _PROPERTIES}
