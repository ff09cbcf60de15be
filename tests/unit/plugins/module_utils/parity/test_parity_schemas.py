# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Field tables, request schemas and documentation have the same fields and ranges."""

from __future__ import annotations

import re
from typing import Any

import pytest
from jsonschema import Draft7Validator

from ansible_collections.evenkeel.paas.plugins.module_utils._laravel_cloud.process_schema import (
    CREATE_BACKGROUND_PROCESS,
    UPDATE_BACKGROUND_PROCESS,
)
from ansible_collections.evenkeel.paas.plugins.module_utils._laravel_cloud.processes import (
    PROCESSES as LARAVEL_CLOUD_PROCESSES,
)
from ansible_collections.evenkeel.paas.plugins.module_utils._sevalla import (
    processes as _sevalla_processes,
)
from ansible_collections.evenkeel.paas.plugins.module_utils._sevalla.process_schema import (
    CREATE_PROCESS,
    HORIZONTAL_CONFIG,
    MANUAL_CONFIG,
    UPDATE_PROCESS,
)
from ansible_collections.evenkeel.paas.plugins.module_utils._sevalla.processes import (
    PROCESSES as SEVALLA_PROCESSES,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.parity.documented import (
    fragment,
)

SEVALLA = "evenkeel.paas.sevalla_process"
LARAVEL = "evenkeel.paas.laravel_cloud_background_process"

# The services' descriptions, key by key: type, range or choices, null allowed. "n" after a type:
# may be null.

STRING = {"type": "string"}
INSTANCES = {"type": "integer", "minimum": 0, "maximum": 50}
PORT = {"type": "integer", "minimum": 1, "maximum": 65535}


def whole_number(low: int | None = None, high: int | None = None) -> dict[str, Any]:
    """Return the schema of a number in a range."""
    limits = {"minimum": low, "maximum": high}
    given = {name: limit for name, limit in limits.items() if limit is not None}
    return {"type": "integer", **given}


SEVALLA_POST = {
    "display_name": {"type": "string", "minLength": 1, "maxLength": 255},
    "type": {"type": "string", "enum": ["web", "worker", "cron", "job"]},
    "resource_type_id": STRING,
    "entrypoint": {"type": "string", "maxLength": 1024},
    "port": PORT,
    "schedule": {"type": "string", "maxLength": 100},
    "time_zone": {"type": "string", "maxLength": 100},
    "job_start_policy": {
        "type": "string",
        "enum": ["beforeDeployment", "afterSuccessDeployment", "afterFailedDeployment"],
    },
}
SEVALLA_OBJECTS = {"scaling_strategy", "liveness_probe", "readiness_probe"}
SEVALLA_REQUIRED = ["display_name", "type", "resource_type_id", "scaling_strategy"]
SEVALLA_INGRESS = {
    "is_ingress_enabled": {"type": "boolean"},
    "ingress_protocol": {"type": "string", "enum": ["http", "grpc"]},
}

MANUAL = {"instanceCount": INSTANCES}
HORIZONTAL = {"minInstanceCount": INSTANCES, "maxInstanceCount": INSTANCES}
HORIZONTAL_OR_NULL = {
    "targetCpuPercent": whole_number(1, 100),
    "targetMemoryPercent": whole_number(1, 100),
    "scaleUpIntervalSeconds": whole_number(1, 60000),
    "scaleUpIncrement": whole_number(1, 5),
    "scaleDownIntervalSeconds": whole_number(1, 60000),
    "scaleDownIncrement": whole_number(1, 5),
}
PROBE_NUMBERS_OR_NULL = {
    "initialDelaySeconds": whole_number(0),
    "periodSeconds": whole_number(1),
    "timeoutSeconds": whole_number(1),
    "successThreshold": whole_number(1),
    "failureThreshold": whole_number(1),
}
HTTP_GET_OR_NULL = {
    "path": STRING,
    "port": PORT,
    "host": STRING,
    "scheme": {"type": "string", "enum": ["HTTP", "HTTPS"]},
}

LARAVEL_CONFIG = {
    "connection": "string",
    "queue": "string",
    "tries": "integer",
    "backoff": "integer",
    "sleep": "integer",
    "rest": "integer",
    "timeout": "integer",
    "force": "boolean",
}


def nullable(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema that also allows null."""
    more = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, "type": [schema["type"], "null"], **more}


def test_sevalla_a_post_has_the_documented_schema():
    properties = CREATE_PROCESS["properties"]
    assert properties.keys() == SEVALLA_POST.keys() | SEVALLA_OBJECTS
    for key, expected in SEVALLA_POST.items():
        assert properties[key] == expected, key
    assert sorted(CREATE_PROCESS["required"]) == sorted(SEVALLA_REQUIRED)


def test_sevalla_a_patch_has_the_schema_of_a_post_without_type_and_with_ingress():
    expected = {**SEVALLA_POST, **SEVALLA_INGRESS}
    del expected["type"]
    properties = UPDATE_PROCESS["properties"]
    assert properties.keys() == expected.keys() | SEVALLA_OBJECTS
    for key, schema in expected.items():
        assert properties[key] == schema, key
    for key in SEVALLA_OBJECTS:
        assert properties[key] == CREATE_PROCESS["properties"][key], key
    assert not UPDATE_PROCESS.get("required")


def test_sevalla_no_top_level_field_may_be_null():
    for schema in (CREATE_PROCESS, UPDATE_PROCESS):
        for key in schema["properties"]:
            errors = list(Draft7Validator(schema["properties"][key]).iter_errors(None))
            assert errors, key


def test_sevalla_a_manual_strategy_has_the_documented_schema():
    assert MANUAL_CONFIG["properties"] == MANUAL
    assert MANUAL_CONFIG["required"] == ["instanceCount"]


def test_sevalla_a_horizontal_strategy_has_the_documented_schema():
    optional = {key: nullable(schema) for key, schema in HORIZONTAL_OR_NULL.items()}
    assert HORIZONTAL_CONFIG["properties"] == {**HORIZONTAL, **optional}
    assert sorted(HORIZONTAL_CONFIG["required"]) == ["maxInstanceCount", "minInstanceCount"]


@pytest.mark.parametrize(
    ("strategy", "good"),
    [
        ({"type": "manual", "config": {"instanceCount": 0}}, True),
        ({"type": "manual", "config": {"instanceCount": 50}}, True),
        ({"type": "manual", "config": {"instanceCount": 51}}, False),
        ({"type": "manual", "config": {"instanceCount": -1}}, False),
        ({"type": "manual", "config": {"instanceCount": None}}, False),
        ({"type": "manual", "config": {"minInstanceCount": 1, "maxInstanceCount": 2}}, False),
        ({"type": "manual", "config": {}}, False),
        ({"type": "manual"}, False),
        ({"config": {"instanceCount": 1}}, False),
        ({"type": "other", "config": {"instanceCount": 1}}, False),
        ({"type": "horizontal", "config": {"minInstanceCount": 0, "maxInstanceCount": 50}}, True),
        ({"type": "horizontal", "config": {"minInstanceCount": 0}}, False),
        ({"type": "horizontal", "config": {"instanceCount": 1}}, False),
        (
            {
                "type": "horizontal",
                "config": {"minInstanceCount": 1, "maxInstanceCount": 2, "targetCpuPercent": None},
            },
            True,
        ),
        (
            {
                "type": "horizontal",
                "config": {"minInstanceCount": 1, "maxInstanceCount": 2, "targetCpuPercent": 0},
            },
            False,
        ),
        (None, False),
    ],
)
def test_sevalla_a_strategy_is_validated_by_its_type(strategy, good):
    for schema in (CREATE_PROCESS, UPDATE_PROCESS):
        found = list(
            Draft7Validator(schema["properties"]["scaling_strategy"]).iter_errors(strategy)
        )
        assert (not found) == good


@pytest.mark.parametrize("probe", ["liveness_probe", "readiness_probe"])
def test_sevalla_a_probe_has_the_documented_schema(probe):
    schema = CREATE_PROCESS["properties"][probe]
    assert schema["type"] == "object"
    assert not schema.get("required")
    inside = schema["properties"]
    assert inside.keys() == {"exec", "httpGet", "tcpSocket", *PROBE_NUMBERS_OR_NULL}
    for key, expected in PROBE_NUMBERS_OR_NULL.items():
        assert inside[key] == nullable(expected), key
    for kind in ("exec", "httpGet", "tcpSocket"):
        assert inside[kind]["type"] == ["object", "null"], kind
    assert inside["exec"]["required"] == ["command"]
    assert inside["exec"]["properties"] == {"command": {"type": "array", "items": STRING}}
    assert not inside["httpGet"].get("required")
    http_get = dict(inside["httpGet"]["properties"])
    headers = http_get.pop("httpHeaders")
    assert http_get == {key: nullable(known) for key, known in HTTP_GET_OR_NULL.items()}
    assert headers["type"] == ["array", "null"]
    assert headers["items"]["properties"] == {"name": STRING, "value": STRING}
    assert sorted(headers["items"]["required"]) == ["name", "value"]
    assert inside["tcpSocket"]["required"] == ["port"]
    assert inside["tcpSocket"]["properties"] == {"port": PORT, "host": nullable(STRING)}


@pytest.mark.parametrize("schema", [CREATE_BACKGROUND_PROCESS, UPDATE_BACKGROUND_PROCESS])
def test_laravel_cloud_a_body_has_the_documented_schema(schema):
    properties = schema["properties"]
    assert properties.keys() == {"type", "processes", "command", "config"}
    assert properties["type"] == {"type": "string", "enum": ["worker", "custom"]}
    assert properties["processes"] == {"type": "integer", "minimum": 1, "maximum": 10}
    assert properties["command"] == {"type": "string", "minLength": 3, "maxLength": 500}
    config = properties["config"]
    assert config["type"] == "object"
    assert not config.get("required")
    assert {key: about["type"] for key, about in config["properties"].items()} == LARAVEL_CONFIG
    for key, about in config["properties"].items():
        assert "minimum" not in about, key
        assert "maximum" not in about, key


@pytest.mark.parametrize(
    ("body", "good"),
    [
        ({"type": "worker", "processes": 1}, True),
        ({"type": "worker"}, False),
        ({"processes": 1}, False),
        ({"type": "custom", "processes": 1}, False),
        ({"type": "custom", "processes": 1, "command": "php artisan horizon"}, True),
        ({"type": "worker", "processes": 11}, False),
        ({"type": "worker", "processes": 0}, False),
        ({"type": "worker", "processes": None}, False),
        ({"type": "worker", "processes": 1, "config": None}, False),
        ({"type": "worker", "processes": 1, "config": {"tries": None}}, False),
        ({"type": "worker", "processes": 1, "config": {"tries": 0, "force": False}}, True),
    ],
)
def test_laravel_cloud_a_creation_is_validated(body, good):
    assert (not list(Draft7Validator(CREATE_BACKGROUND_PROCESS).iter_errors(body))) == good


def test_laravel_cloud_a_patch_has_no_required_field():
    assert not UPDATE_BACKGROUND_PROCESS.get("required")
    assert Draft7Validator(UPDATE_BACKGROUND_PROCESS).is_valid({})


@pytest.mark.parametrize("backend", [SEVALLA_PROCESSES, LARAVEL_CLOUD_PROCESSES])
@pytest.mark.parametrize("action", ["create", "update"])
def test_a_schema_is_valid_in_draft_7(backend, action):
    Draft7Validator.check_schema(backend.schemas[action])


# The field tables

READ_ONLY = {"key"}
"""Options that are not part of a request: they only identify the process."""

NOT_PATCHED = {"type"}
"""Keys that Laravel Cloud's PATCH would accept, and that the table does not send."""


@pytest.mark.parametrize("backend", [SEVALLA_PROCESSES, LARAVEL_CLOUD_PROCESSES])
def test_the_fields_of_a_post_are_exactly_those_of_its_schema(backend):
    fields = {known.wire for known in backend.fields if known.on_create}
    assert fields == backend.schemas["create"]["properties"].keys()


@pytest.mark.parametrize("backend", [SEVALLA_PROCESSES, LARAVEL_CLOUD_PROCESSES])
def test_the_fields_of_a_patch_are_exactly_those_of_its_schema(backend):
    fields = {known.wire for known in backend.fields if known.on_update}
    assert fields == backend.schemas["update"]["properties"].keys() - NOT_PATCHED


@pytest.mark.parametrize("backend", [SEVALLA_PROCESSES, LARAVEL_CLOUD_PROCESSES])
def test_a_required_field_of_a_post_has_an_optional_option_or_a_default(backend):
    """An update requires nothing; the schema finds missing fields of a creation."""
    required = set(backend.schemas["create"]["required"])
    assert required <= {known.wire for known in backend.fields}
    assert not [known.option for known in backend.fields if known.spec.get("required")]


@pytest.mark.parametrize("backend", [SEVALLA_PROCESSES, LARAVEL_CLOUD_PROCESSES])
def test_a_field_that_cannot_be_sent_is_marked(backend):
    fields = backend.fields
    unsent = {known.option for known in fields if not (known.on_create or known.on_update)}
    assert unsent <= READ_ONLY


@pytest.mark.parametrize("backend", [SEVALLA_PROCESSES, LARAVEL_CLOUD_PROCESSES])
def test_the_cleared_value_of_a_field_is_valid_in_a_patch(backend):
    for known in backend.fields:
        if known.empty is not None:
            schema = backend.schemas["update"]["properties"][known.wire]
            assert Draft7Validator(schema).is_valid(known.empty(None)), known.option


@pytest.mark.parametrize("backend", [SEVALLA_PROCESSES, LARAVEL_CLOUD_PROCESSES])
def test_the_default_of_a_field_is_valid_in_a_post(backend):
    for known in backend.fields:
        if known.default is not None:
            schema = backend.schemas["create"]["properties"][known.wire]
            wire = known.shape.encode(known.default, None)
            assert Draft7Validator(schema).is_valid(wire), known.option


def test_the_defaults_of_a_creation_are_those_of_the_contract():
    given = {
        known.option: known.default
        for backend in (SEVALLA_PROCESSES, LARAVEL_CLOUD_PROCESSES)
        for known in backend.fields
        if known.default is not None
    }
    assert given == {
        "scaling_strategy": {"type": "manual", "instance_count": 1},
        "processes": 1,
    }


@pytest.mark.parametrize("backend", [SEVALLA_PROCESSES, LARAVEL_CLOUD_PROCESSES])
def test_options_and_wire_keys_are_unique(backend):
    fields = backend.fields
    assert len({known.option for known in fields}) == len(fields)
    assert len({known.wire for known in fields}) == len(fields)


@pytest.mark.parametrize("backend", [SEVALLA_PROCESSES, LARAVEL_CLOUD_PROCESSES])
def test_the_choices_of_an_option_are_those_of_its_schema(backend):
    schemas = backend.schemas
    for known in backend.fields:
        schema = schemas["update"]["properties"].get(known.wire) or schemas["create"][
            "properties"
        ].get(known.wire, {})
        assert known.spec.get("choices") == schema.get("enum"), known.option


@pytest.mark.parametrize("name", ["maxInstanceCount", "httpGet", "initialDelaySeconds", "port"])
def test_option_names_convert_to_wire_keys_and_back(name):
    assert _sevalla_processes.camel(_sevalla_processes.snake(name)) == name


# The documented ranges.


def documented_options(name: str):
    """Yield every option of a fragment at every depth, with its documentation as one text."""

    def walk(options: dict[str, Any], path: str):
        for option, about in options.items():
            said = about["description"]
            yield path + option, " ".join(said if isinstance(said, list) else [said])
            yield from walk(about.get("suboptions") or {}, f"{path}{option}.")

    yield from walk(fragment(name)["options"], "")


def sevalla_schema(option: str) -> dict[str, Any]:
    """Return the schema of an option of Sevalla, by its dotted name."""
    first, *rest = option.split(".")
    if first in ("id", "key", "clear"):
        return {}
    wire = "resource_type_id" if first == "resource_type" else first
    every = {**UPDATE_PROCESS["properties"], **CREATE_PROCESS["properties"]}
    schema = every[wire]
    for name in rest:
        if first == "scaling_strategy" and name != "type":
            inside = {**MANUAL_CONFIG["properties"], **HORIZONTAL_CONFIG["properties"]}
        else:
            inside = schema.get("items", schema)["properties"]
        schema = inside[_sevalla_processes.camel(name)]
    return schema


def laravel_schema(option: str) -> dict[str, Any]:
    """Return the schema of an option of Laravel Cloud, by its dotted name."""
    if option in ("id", "clear"):
        return {}
    schema: dict[str, Any] = CREATE_BACKGROUND_PROCESS
    for name in option.split("."):
        schema = schema["properties"][name]
    return schema


def documented_limits(text: str) -> dict[str, int]:
    """Return the limits in a description."""
    limits: dict[str, int] = {}
    for pattern, names in (
        (r"(\d+) to (\d+) characters", ("minLength", "maxLength")),
        (r"up to (\d+) characters", ("maxLength",)),
        (r"from (\d+) to (\d+)(?! characters)", ("minimum", "maximum")),
        (r"(\d+) or more", ("minimum",)),
    ):
        found = re.search(pattern, text)
        if found:
            limits.update(zip(names, map(int, found.groups())))
    return limits


STATUS_RANGE = {"minimum": 200, "maximum": 399}
"""``http_get`` documents the statuses of responses, not a limit."""

UNDOCUMENTED = {"time_zone": {"maxLength": 100}}
"""Limits that no real value reaches."""


@pytest.mark.parametrize(
    ("name", "schema_of"), [(SEVALLA, sevalla_schema), (LARAVEL, laravel_schema)]
)
def test_documented_limits_match_the_schema(name, schema_of):
    seen = 0
    for option, text in documented_options(name):
        schema = schema_of(option)
        limits = {
            key: schema[key]
            for key in ("minimum", "maximum", "minLength", "maxLength")
            if key in schema
        }
        documented = documented_limits(text)
        if option.endswith("http_get") and documented == STATUS_RANGE:
            continue
        if limits == {"minLength": 1} and not documented:
            continue  # that a name is not empty is obvious
        if limits == UNDOCUMENTED.get(option):
            continue
        assert documented == limits, option
        seen += bool(limits)
    assert seen >= 2


def test_the_documented_limits_are_parsed():
    """Otherwise the previous test would check nothing and pass."""
    assert documented_limits("from 1 to 65535.") == {"minimum": 1, "maximum": 65535}
    assert documented_limits("1 to 255 characters") == {"minLength": 1, "maxLength": 255}
    assert documented_limits("a text of up to 100 characters") == {"maxLength": 100}
    assert documented_limits("Seconds, 0 or more.") == {"minimum": 0}
    assert sevalla_schema("liveness_probe.http_get.port")["maximum"] == 65535
