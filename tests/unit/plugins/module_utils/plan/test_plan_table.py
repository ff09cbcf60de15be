# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The field tables, and the value types in them."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ansible_collections.evenkeel.paas.plugins.module_utils._core.fields import (
    UNKNOWN,
    Field,
    argument_spec,
    covers,
    equal,
    is_empty,
    overlay,
)
from ansible_collections.evenkeel.paas.plugins.module_utils._core.planner import make_plan
from ansible_collections.evenkeel.paas.plugins.module_utils._core.resource import Entry
from ansible_collections.evenkeel.paas.plugins.module_utils._core.stored import unstored
from ansible_collections.evenkeel.paas.plugins.module_utils._laravel_cloud.processes import (
    PROCESSES as LARAVEL_CLOUD,
)
from ansible_collections.evenkeel.paas.plugins.module_utils._sevalla import (
    processes as _sevalla_processes,
)
from ansible_collections.evenkeel.paas.plugins.module_utils._sevalla.processes import (
    PROCESSES as SEVALLA,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.plan import (
    laravel_facts,
    sevalla_facts,
)


@pytest.mark.parametrize(
    "wrong",
    [
        {"on_update": False, "empty": str},
        {"on_create": False, "default": 1},
        {"on_create": False, "default": 0},
        {"spec": {"type": "int", "default": 0}},
        {"spec": {"type": "int", "default": None}},
        {"spec": {"type": "int", "required": True}},
    ],
)
def test_a_contradictory_field_table_is_refused(wrong: dict) -> None:
    """Cleared without a PATCH, a default without a POST, an option that is always managed."""
    with pytest.raises(ValueError, match="size"):
        Field(**{"option": "size", "spec": {"type": "int"}, **wrong})


def test_a_wire_key_is_derived_from_the_option() -> None:
    """Unless the table says otherwise; and a field is immutable."""
    field = Field("size", {"type": "int", "required": False})
    assert field.wire == "size"
    assert field.empty is None
    assert Field("size", {"type": "int"}, wire="size_id").wire == "size_id"
    with pytest.raises(AttributeError):
        field.option = "other"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("backend", "options"),
    [(SEVALLA, sevalla_facts.OPTIONS), (LARAVEL_CLOUD, laravel_facts.OPTIONS)],
)
def test_every_option_is_tested(backend: Any, options: tuple) -> None:
    """A new option must not be left out of these properties."""
    assert [field.option for field in backend.fields] == list(options)


def test_every_suboption_is_tested() -> None:
    """The same for suboptions."""
    specs = {field.option: field.spec.get("options", {}) for field in SEVALLA.fields}
    names = {"type", *sevalla_facts.MANUAL, *sevalla_facts.HORIZONTAL}
    assert set(specs["scaling_strategy"]) == names
    for probe in sevalla_facts.PROBES:
        assert set(specs[probe]) == {*sevalla_facts.KINDS, *sevalla_facts.TIMINGS}
        assert set(specs[probe]["http_get"]["options"]) == set(sevalla_facts.HTTP)
    specs = {field.option: field.spec.get("options", {}) for field in LARAVEL_CLOUD.fields}
    assert set(specs["config"]) == set(laravel_facts.SETTABLE)


@pytest.mark.parametrize(
    ("want", "have", "same"),
    [
        (1, 1, True),
        (1, "1", True),
        (1, " 1 ", True),
        (1, "1.5", False),
        (1, "--1", False),
        (-1, "-1", True),
        (0, "0", True),
        (0, None, False),
        (0, "", False),
        (0, False, False),
        (1, True, False),
        (False, False, True),
        (False, 0, False),
        (False, None, False),
        (True, "true", False),
        ("", "", True),
        ("", None, False),
        ("1", 1, False),
        (0, UNKNOWN, False),
        ("", UNKNOWN, False),
        (None, UNKNOWN, False),
    ],
)
def test_scalars_are_compared_by_value(want: Any, have: Any, same: bool) -> None:
    """Numbers also if they are returned as strings; false is not 0; an unknown value equals
    nothing."""
    assert equal(want, have) is same


@pytest.mark.parametrize(
    ("want", "have", "same"),
    [
        ({}, {"a": 1}, True),
        ({}, None, False),
        ({}, UNKNOWN, False),
        ({"a": 0}, {"a": 0, "b": 1}, True),
        ({"a": 0}, {"b": 1}, False),
        ({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}}, True),
        ({"a": {"b": 1}}, {"a": None}, False),
        ([], [], True),
        ([], None, False),
        ([1, 2], [2, 1], False),
        ([1], [1, 2], False),
        ([1, 2], [1], False),
        ([{"a": 1}], [{"a": 2}], False),
        (["1"], "1", False),
    ],
)
def test_dicts_are_compared_by_given_keys_and_lists_whole(want: Any, have: Any, same: bool) -> None:
    """Keys that the service added are not drift; the order and the length of a list are."""
    assert covers(have, want) is same


@pytest.mark.parametrize(
    ("want", "have", "whole"),
    [
        ({"a": 1}, {"a": 2, "b": 3}, {"a": 1, "b": 3}),
        ({"a": {"b": 0}}, {"a": {"b": 1, "c": 2}, "d": 3}, {"a": {"b": 0, "c": 2}, "d": 3}),
        ({"a": {"b": 0}}, {"a": None}, {"a": {"b": 0}}),
        ({"a": [1]}, {"a": [1, 2]}, {"a": [1]}),
        ({}, {"a": 1}, {"a": 1}),
        ({"a": 1}, UNKNOWN, {"a": 1}),
        (0, 1, 0),
    ],
)
def test_an_overlay_keeps_keys_that_are_not_set(want: Any, have: Any, whole: Any) -> None:
    """At every depth, lists in full, and without changing its input."""
    before = copy.deepcopy((want, have if have is not UNKNOWN else None))
    assert overlay(want, have) == whole
    assert (want, have if have is not UNKNOWN else None) == before


@pytest.mark.parametrize(
    ("value", "empty"),
    [(None, True), ("", True), ({}, True), ([], True), (0, False), (False, False), (" ", False)],
)
def test_zero_and_false_are_set(value: Any, empty: bool) -> None:
    """Only null, "", {} and [] mean not set."""
    assert is_empty(value) is empty


def test_an_argument_spec_is_derived_from_a_schema() -> None:
    """Types, choices without null, list items with their required keys; no ranges."""
    schema = {
        "type": ["object", "null"],
        "required": ["aB"],
        "properties": {
            "aB": {"type": ["integer", "null"], "minimum": 1},
            "c": {"type": "string", "enum": ["x", None]},
            "d": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["e"],
                    "properties": {"e": {"type": "boolean"}, "f": {"type": "string"}},
                },
            },
        },
    }
    assert argument_spec(schema, _sevalla_processes.snake) == {
        "type": "dict",
        "options": {
            "a_b": {"type": "int"},
            "c": {"type": "str", "choices": ["x"]},
            "d": {
                "type": "list",
                "elements": "dict",
                "options": {"e": {"type": "bool", "required": True}, "f": {"type": "str"}},
            },
        },
    }


def test_wire_keys_convert_to_option_names_and_back() -> None:
    """From snake_case to camelCase and back for every name inside strategies and probes."""
    named = {**sevalla_facts.MANUAL, **sevalla_facts.HORIZONTAL, **sevalla_facts.KINDS}
    for option, wire in {**named, **sevalla_facts.TIMINGS, **sevalla_facts.HTTP}.items():
        assert _sevalla_processes.camel(option) == wire
        assert _sevalla_processes.snake(wire) == option


PROBE = {"httpGet": {"path": "/", "port": 80}, "periodSeconds": 5}


@pytest.mark.parametrize(
    ("answer", "missed"),
    [
        ({}, []),
        ({"port": 81}, ["port"]),
        ({"port": "80"}, []),
        ({"port": None, "entrypoint": "old"}, ["entrypoint", "port"]),
        ({"schedule": None}, []),
        ({"schedule": "* * * * *"}, ["schedule"]),
        ({"liveness_probe": {}}, []),
        ({"liveness_probe": {"exec": None, "httpGet": None}}, []),
        ({"liveness_probe": PROBE}, ["liveness_probe"]),
        ({"readiness_probe": None}, ["readiness_probe"]),
        ({"readiness_probe": {**PROBE, "exec": {"command": []}}}, ["readiness_probe.http_get"]),
        ({"readiness_probe": {**PROBE, "periodSeconds": 9}}, ["readiness_probe.period_seconds"]),
        ({"readiness_probe": {**PROBE, "timeoutSeconds": 1}}, []),
        ({"resource_type_id": "other"}, ["resource_type"]),
        (
            {"scaling_strategy": {"type": "manual", "config": {"instanceCount": 1}}},
            ["scaling_strategy.instance_count"],
        ),
    ],
)
def test_fields_that_the_service_did_not_store_are_named(answer: dict, missed: list) -> None:
    """By option or by the setting inside it, all of them, and also if a field is missing from the
    response."""
    size = sevalla_facts.SIZES["s1"]
    body = {
        "entrypoint": "new",
        "port": 80,
        "schedule": "",
        "resource_type_id": size,
        "scaling_strategy": {"type": "manual", "config": {"instanceCount": 0}},
        "liveness_probe": {"exec": None, "httpGet": None, "tcpSocket": None},
        "readiness_probe": {**PROBE, "exec": None},
    }
    stored = {**body, "schedule": "", "liveness_probe": None, "readiness_probe": PROBE}
    assert sorted(unstored(SEVALLA, body, {**stored, **answer})) == missed
    for key in body:
        less = {name: value for name, value in stored.items() if name != key}
        option = "resource_type" if key == "resource_type_id" else key
        assert unstored(SEVALLA, body, less) == [option]


def test_fields_that_laravel_cloud_did_not_store_are_named() -> None:
    """A config by its keys, numbers by value, a force that is not set as off."""
    body = {"processes": 2, "config": {"queue": "a,b", "tries": 3, "force": False}}
    config = {"queue": "a, b", "tries": "3", "force": None, "sleep": 3}
    resource = LARAVEL_CLOUD
    assert unstored(resource, body, {"processes": 2, "config": config}) == []
    assert unstored(resource, body, {"processes": 1, "config": config}) == ["processes"]
    for change in ({"queue": "b,a"}, {"tries": None}, {"force": True}, {"tries": 4, "force": 1}):
        process = {"processes": 2, "config": {**config, **change}}
        assert unstored(resource, body, process) == [f"config.{key}" for key in change]
    assert unstored(resource, body, {"processes": 2, "config": "odd"}) == ["config"]


@pytest.mark.parametrize("shown", [[], {}, None])
def test_a_config_may_be_shown_as_an_empty_list(shown: Any) -> None:
    """PHP's empty array, which a custom process has, means no config, like {} and null."""
    (config,) = (field for field in LARAVEL_CLOUD.fields if field.option == "config")
    assert config.live({"config": shown}) == {}
    assert config.live({}) is UNKNOWN


def test_a_plan_with_nothing_to_do_needs_no_deployment() -> None:
    """It has no steps."""
    live = {"id": "process-1", "type": "custom", "command": "x", "processes": 2, "config": {}}
    plan = make_plan(LARAVEL_CLOUD, "i", Entry({"id": "process-1", "processes": 2}), [live])
    assert plan.steps == []
    assert plan.deployment_required is False
    assert plan.process == live
