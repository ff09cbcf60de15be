# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reasons for which a run refuses: schema errors in our words, and rules across options."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.evenkeel.paas.plugins.module_utils._core.failure import (
    Failure,
    Problem,
    invalid_options,
)
from ansible_collections.evenkeel.paas.plugins.module_utils._core.planner import (
    Plan,
    Step,
    make_plan,
)
from ansible_collections.evenkeel.paas.plugins.module_utils._core.resource import Entry
from ansible_collections.evenkeel.paas.plugins.module_utils._core.stored import unstored
from ansible_collections.evenkeel.paas.plugins.module_utils._engine.validation import (
    schema_problems,
)
from ansible_collections.evenkeel.paas.plugins.module_utils._laravel_cloud.instances import (
    INSTANCES,
)
from ansible_collections.evenkeel.paas.plugins.module_utils._laravel_cloud.processes import (
    PROCESSES as LARAVEL_CLOUD,
)
from ansible_collections.evenkeel.paas.plugins.module_utils._sevalla.processes import (
    PROCESSES as SEVALLA,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.plan import (
    sevalla_facts as facts,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.plan.planning import (
    entry,
    refusals,
)

CANARY = "svl_canary-of-a-secret"
CREATE = {
    "display_name": "x",
    "type": "worker",
    "resource_type_id": "s1",
    "scaling_strategy": {"type": "manual", "config": {"instanceCount": 1}},
}


def _problems(backend: Any, action: str, body: dict) -> dict:
    schema = backend.schemas[action]
    found = schema_problems(schema, body, backend.option_name)
    assert len(found) == len({problem.option for problem in found}), found
    return {problem.option: problem.message for problem in found}


_HORIZONTAL = {"minInstanceCount": 1, "maxInstanceCount": 2}


def _horizontal(**changed: Any) -> dict:
    return {"scaling_strategy": {"type": "horizontal", "config": {**_HORIZONTAL, **changed}}}


def _manual(count: Any) -> dict:
    return {"scaling_strategy": {"type": "manual", "config": {"instanceCount": count}}}


# The option of each key, with the lowest and the highest value that the service accepts.
RANGES = [
    (lambda number: {"port": number}, "port", 1, 65535),
    (_manual, "scaling_strategy.instance_count", 0, 50),
    *(
        (lambda number, key=key: _horizontal(**{key: number}), f"scaling_strategy.{name}", *ends)
        for name, key, ends in (
            ("min_instance_count", "minInstanceCount", (0, 50)),
            ("max_instance_count", "maxInstanceCount", (0, 50)),
            ("target_cpu_percent", "targetCpuPercent", (1, 100)),
            ("target_memory_percent", "targetMemoryPercent", (1, 100)),
            ("scale_up_interval_seconds", "scaleUpIntervalSeconds", (1, 60000)),
            ("scale_up_increment", "scaleUpIncrement", (1, 5)),
            ("scale_down_interval_seconds", "scaleDownIntervalSeconds", (1, 60000)),
            ("scale_down_increment", "scaleDownIncrement", (1, 5)),
        )
    ),
    *(
        (lambda number, probe=probe, key=key: {probe: {key: number}}, f"{probe}.{name}", low, None)
        for probe in facts.PROBES
        for name, key, low in (
            ("initial_delay_seconds", "initialDelaySeconds", 0),
            ("period_seconds", "periodSeconds", 1),
            ("timeout_seconds", "timeoutSeconds", 1),
            ("success_threshold", "successThreshold", 1),
            ("failure_threshold", "failureThreshold", 1),
        )
    ),
    (
        lambda number: {"liveness_probe": {"httpGet": {"port": number}}},
        "liveness_probe.http_get.port",
        1,
        65535,
    ),
    (
        lambda number: {"readiness_probe": {"tcpSocket": {"port": number}}},
        "readiness_probe.tcp_socket.port",
        1,
        65535,
    ),
]


@pytest.mark.parametrize(("body", "option", "low", "high"), RANGES)
def test_a_number_out_of_range_is_reported_with_the_range(
    body: Any, option: str, low: int, high: Any
) -> None:
    """With the option's name, the value and the allowed range; the limits themselves are
    allowed."""
    for fine in (low, high or 10**9):
        assert _problems(SEVALLA, "update", body(fine)) == {}
        assert _problems(SEVALLA, "create", {**CREATE, **body(fine)}) == {}
    wrong = [low - 1] + ([high + 1] if high else [])
    for number in wrong:
        for action, rest in (("update", {}), ("create", CREATE)):
            found = _problems(SEVALLA, action, {**rest, **body(number)})
            assert list(found) == [option]
            said = found[option]
            assert str(number) in said
            assert f" {low} " in said + " "
            assert high is None or str(high) in said


@pytest.mark.parametrize(
    ("body", "option", "allowed"),
    [
        ({"display_name": ""}, "display_name", ("1", "255")),
        ({"display_name": CANARY * 30}, "display_name", ("1", "255")),
        ({"entrypoint": CANARY * 99}, "entrypoint", ("at most 1024 characters",)),
        ({"schedule": CANARY * 9}, "schedule", ("100",)),
        ({"time_zone": CANARY * 9}, "time_zone", ("100",)),
        ({"job_start_policy": CANARY}, "job_start_policy", ("beforeDeployment",)),
        ({"ingress_protocol": CANARY}, "ingress_protocol", ("http", "grpc")),
        ({"is_ingress_enabled": CANARY}, "is_ingress_enabled", ("true or false",)),
        ({"port": CANARY}, "port", ("integer",)),
        ({"port": True}, "port", ("integer",)),
        ({"entrypoint": [CANARY]}, "entrypoint", ("string",)),
        (
            {"scaling_strategy": {"type": CANARY, "config": _HORIZONTAL}},
            "scaling_strategy.type",
            ("manual", "horizontal"),
        ),
        (_manual(CANARY), "scaling_strategy.instance_count", ("integer",)),
        (
            {"liveness_probe": {"httpGet": {"scheme": CANARY}}},
            "liveness_probe.http_get.scheme",
            ("HTTP", "HTTPS"),
        ),
        (
            {"liveness_probe": {"httpGet": {"httpHeaders": [{"name": "a", "value": [CANARY]}]}}},
            "liveness_probe.http_get.http_headers[0].value",
            ("string",),
        ),
        (
            {"readiness_probe": {"exec": {"command": ["a", {CANARY: 1}]}}},
            "readiness_probe.exec.command[1]",
            ("string",),
        ),
    ],
)
def test_an_invalid_value_is_reported_without_quoting_it(
    body: dict, option: str, allowed: tuple
) -> None:
    """With the option's name and the allowed values; a value may contain a secret."""
    found = _problems(SEVALLA, "update", body)
    assert list(found) == [option]
    assert all(word in found[option] for word in allowed)
    assert CANARY not in str(found)
    assert "svl_" not in str(found)


@pytest.mark.parametrize(
    ("body", "option", "allowed"),
    [
        ({"processes": 0}, "processes", ("not 0", "1", "10")),
        ({"processes": 11}, "processes", ("11", "1 to 10")),
        ({"processes": CANARY}, "processes", ("integer",)),
        ({"command": "ab"}, "command", ("3", "500")),
        ({"command": CANARY * 30}, "command", ("3", "500")),
        ({"config": {"connection": ""}}, "config.connection", ("1",)),
        ({"config": {"queue": ""}}, "config.queue", ("1",)),
        ({"config": {"tries": CANARY}}, "config.tries", ("integer",)),
        ({"config": {"timeout": True}}, "config.timeout", ("integer",)),
        ({"config": {"force": CANARY}}, "config.force", ("true or false",)),
        ({"config": [CANARY]}, "config", ("dictionary",)),
    ],
)
def test_an_invalid_value_for_laravel_cloud(body: dict, option: str, allowed: tuple) -> None:
    """The same; a number without a documented range has no range here."""
    found = _problems(LARAVEL_CLOUD, "update", body)
    assert list(found) == [option]
    assert all(word in found[option] for word in allowed)
    assert CANARY not in str(found)
    numbers = dict.fromkeys(("tries", "backoff", "sleep", "rest", "timeout"), -1)
    assert _problems(LARAVEL_CLOUD, "update", {"config": numbers, "processes": 10}) == {}


def test_all_errors_are_reported_together() -> None:
    """All of them, at every depth, each once, in the order of the options' names."""
    body = {
        "display_name": "",
        "type": "daemon",
        "port": 0,
        "scaling_strategy": {
            "type": "horizontal",
            "config": {"maxInstanceCount": 51, "targetCpuPercent": 0},
        },
        "liveness_probe": {
            "httpGet": {"port": 0, "httpHeaders": [{"name": "a"}]},
            "tcpSocket": {},
            "periodSeconds": 0,
        },
    }
    found = schema_problems(SEVALLA.schemas["create"], body, SEVALLA.option_name)
    assert [problem.option for problem in found] == [
        "display_name",
        "liveness_probe.http_get.http_headers[0].value",
        "liveness_probe.http_get.port",
        "liveness_probe.period_seconds",
        "liveness_probe.tcp_socket.port",
        "port",
        "resource_type",
        "scaling_strategy.max_instance_count",
        "scaling_strategy.min_instance_count",
        "scaling_strategy.target_cpu_percent",
        "type",
    ]
    assert dict(found)["resource_type"] == "is missing"


def test_missing_options_of_a_creation_are_reported() -> None:
    """All of them, by the options' names."""
    assert set(_problems(SEVALLA, "create", {})) == {
        "display_name",
        "type",
        "resource_type",
        "scaling_strategy",
    }
    # Without a type, it is unknown whether a command is required.
    found = set(_problems(LARAVEL_CLOUD, "create", {}))
    assert found - {"command"} == {"type", "processes"}
    custom = {"type": "custom", "processes": 1}
    assert set(_problems(LARAVEL_CLOUD, "create", custom)) == {"command"}
    assert _problems(LARAVEL_CLOUD, "create", {"type": "worker", "processes": 1}) == {}
    assert _problems(SEVALLA, "create", CREATE) == {}
    for action in ("create", "update"):
        assert "scaling_strategy.type" in _problems(
            SEVALLA, action, {**CREATE, "scaling_strategy": {"config": {"instanceCount": 1}}}
        )


@pytest.mark.parametrize(
    ("strategy", "options"),
    [
        ({"type": "manual", "config": {"instanceCount": 0}}, set()),
        (
            {"type": "manual", "config": {"instanceCount": 0, "maxInstanceCount": 1}},
            {"max_instance_count"},
        ),
        (
            {"type": "horizontal", "config": {**_HORIZONTAL, "instanceCount": 1}},
            {"instance_count"},
        ),
        ({"type": "horizontal", "config": {"minInstanceCount": 2, "maxInstanceCount": 2}}, set()),
        ({"type": "horizontal", "config": {"minInstanceCount": 0, "maxInstanceCount": 0}}, set()),
        (
            {"type": "horizontal", "config": {"minInstanceCount": 1, "maxInstanceCount": 0}},
            {"min_instance_count"},
        ),
        (
            {
                "type": "horizontal",
                "config": {"minInstanceCount": 3, "maxInstanceCount": 2, "instanceCount": 1},
            },
            {"min_instance_count", "instance_count"},
        ),
        ({"type": "horizontal", "config": {"minInstanceCount": 1}}, set()),
    ],
)
def test_a_strategy_may_have_only_the_settings_of_its_type(strategy: dict, options: set) -> None:
    """And its minimum is not above its maximum; all errors are reported."""
    found = SEVALLA.body_rules({"scaling_strategy": strategy}, {})
    assert {problem.option for problem in found} == {f"scaling_strategy.{o}" for o in options}


@pytest.mark.parametrize("high", [3, "3"])
def test_a_minimum_is_compared_with_a_live_maximum(high: Any) -> None:
    """A number may be shown as a string of digits."""
    live = {
        "id": "inst-a15fd671-14f8-489f-b552-886c7ffa09dd",
        "name": "Workers",
        "scaling_type": "custom",
        "min_replicas": 1,
        "max_replicas": high,
    }
    assert refusals(INSTANCES, _update(INSTANCES, live, {"min_replicas": 3})) == []
    (problem,) = refusals(INSTANCES, _update(INSTANCES, live, {"min_replicas": 4}))
    assert problem == ("min_replicas", "4 is above max_replicas, which is 3")


@pytest.mark.parametrize("probe", facts.PROBES)
@pytest.mark.parametrize(
    ("value", "fine"),
    [
        ({"exec": {"command": []}}, True),
        ({"tcpSocket": {"port": 1}, "exec": None, "httpGet": None}, True),
        ({"exec": None, "httpGet": None, "tcpSocket": None, "periodSeconds": None}, True),
        ({"periodSeconds": 1}, False),
        ({"exec": {"command": []}, "tcpSocket": {"port": 1}}, False),
    ],
)
def test_a_probe_has_one_handler(probe: str, value: dict, fine: bool) -> None:
    """Exactly one, unless it is being cleared."""
    found = SEVALLA.body_rules({probe: value}, {})
    assert [problem.option for problem in found] == ([] if fine else [probe])


@pytest.mark.parametrize("kind", ["web", "worker", "cron", "job", None])
@pytest.mark.parametrize("creating", [True, False])
def test_options_of_other_types_are_refused(kind: Any, creating: bool) -> None:
    """Each by its name and with the type that has it; also falsy values."""
    values = {"is_ingress_enabled": False, "schedule": "", "time_zone": ""}
    options = {option: values.get(option, "x") for option in facts.ONLY}
    found = {p.option: p.message for p in SEVALLA.rules(options, kind, creating)}
    missing = {"schedule"} if creating and kind == "cron" else set()
    assert set(found) == {o for o, only in facts.ONLY.items() if only != kind} | missing
    for option in set(found) - missing:
        assert facts.ONLY[option] in found[option]
        assert (f"this one is a {kind}" if kind else "this one has no type") in found[option]
    others = {"port": 1, "entrypoint": "", "resource_type": "s1", "display_name": "x"}
    needs = {"cron": {"schedule"}, "job": {"job_start_policy"}}.get(kind, set())
    assert {p.option for p in SEVALLA.rules(others, kind, creating)} == (
        needs if creating else set()
    )


@pytest.mark.parametrize(
    ("options", "kind", "creating", "refused"),
    [
        ({"command": ""}, "worker", False, {"command"}),
        ({"command": "x"}, None, False, {"command"}),
        ({"command": "x"}, "custom", True, set()),
        ({"config": {"tries": 0}}, "custom", False, {"config"}),
        ({"config": {"queue": []}}, "worker", False, {"config.queue"}),
        ({"config": {"tries": 0}}, "worker", False, set()),
        ({"config": {"tries": 0}}, "worker", True, {"config.connection", "config.queue"}),
        ({"config": {"connection": "a", "queue": []}}, "worker", True, {"config.queue"}),
        ({}, "worker", True, {"config.connection", "config.queue"}),
        ({"config": {"connection": "a", "queue": ["b"]}}, "worker", True, set()),
    ],
)
def test_laravel_cloud_options_of_other_types_are_refused(
    options: dict, kind: Any, creating: bool, refused: set
) -> None:
    """A worker has no command, a custom process has no config; a new worker needs its identity."""
    found = LARAVEL_CLOUD.rules(options, kind, creating)
    assert {problem.option for problem in found} == refused


def test_every_problem_of_an_entry_is_found_in_one_plan() -> None:
    """A fixed field, an option of another type, and a value out of range, together."""
    live = {
        "id": "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed",
        "key": "k",
        "type": "worker",
        "display_name": "x",
        "port": None,
        "scaling_strategy": None,
    }
    wanted = entry(
        SEVALLA,
        {
            "id": live["id"],
            "key": "other",
            "type": "cron",
            "port": 0,
            "schedule": "* * * * *",
            "scaling_strategy": {"type": "horizontal", "min_instance_count": 3},
        },
    )
    plan = make_plan(SEVALLA, "scope", wanted, [live])
    assert {problem.option for problem in refusals(SEVALLA, plan)} == {
        "key",
        "type",
        "port",
        "schedule",
        "scaling_strategy.max_instance_count",
    }
    assert not {"key", "type"} & set(plan.steps[0].body)


WORKER = {
    "id": "process-a17eded1-a90a-48c4-93eb-1245cd5913e3",
    "type": "worker",
    "processes": 1,
    "config": {"connection": "redis", "queue": "mails", "backoff": "10,30", "sleep": 0.5},
}


@pytest.mark.parametrize(
    ("options", "refused"),
    [
        ({"config": {"tries": 5}}, set()),
        ({"config": {"tries": "many"}}, {"config.tries"}),
        ({"config": {"backoff": "1,2"}}, {"config.backoff"}),
        ({"config": {"tries": 5}, "processes": 0}, {"processes"}),
    ],
)
def test_the_live_settings_of_a_worker_are_not_problems_of_the_entry(
    options: dict, refused: set
) -> None:
    """The config is sent whole, and the service once accepted what it shows."""
    plan = _update(LARAVEL_CLOUD, WORKER, options)
    assert {problem.option for problem in refusals(LARAVEL_CLOUD, plan)} == refused
    sent = plan.steps[0].body["config"]
    assert sent == {**WORKER["config"], **options["config"]}


def _update(backend: Any, live: dict, options: dict) -> Plan:
    return make_plan(backend, "scope", entry(backend, {"id": live["id"], **options}), [live])


def test_an_empty_string_in_a_live_config_is_not_sent() -> None:
    """It means the same as null."""
    live = {**WORKER, "config": {"connection": "", "queue": "mails", "backoff": "", "force": ""}}
    plan = _update(LARAVEL_CLOUD, live, {"config": {"tries": 5}})
    assert plan.steps[0].body == {"config": {"queue": "mails", "tries": 5}}
    assert refusals(LARAVEL_CLOUD, plan) == []


PROCESS = {
    "id": "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed",
    "type": "web",
    "scaling_strategy": {
        "type": "horizontal",
        "config": {"minInstanceCount": 1, "maxInstanceCount": 99},
    },
    "liveness_probe": {
        "httpGet": {"port": 0, "httpHeaders": [{"name": "a", "value": 1}]},
        "periodSeconds": "5s",
    },
}


@pytest.mark.parametrize(
    ("options", "refused"),
    [
        ({"liveness_probe": {"timeout_seconds": 2}}, set()),
        ({"liveness_probe": {"http_get": {"path": "/up"}}}, set()),
        ({"liveness_probe": {"timeout_seconds": 0}}, {"liveness_probe.timeout_seconds"}),
        (
            {
                "liveness_probe": {
                    "http_get": {"http_headers": [{"name": "a", "value": 2}], "port": 99999}
                }
            },
            {"liveness_probe.http_get.http_headers[0].value", "liveness_probe.http_get.port"},
        ),
        ({"scaling_strategy": {"min_instance_count": 2}}, set()),
        ({"scaling_strategy": {"min_instance_count": 51}}, {"scaling_strategy.min_instance_count"}),
        ({"scaling_strategy": {"type": "manual"}}, {"scaling_strategy.instance_count"}),
    ],
)
def test_the_live_settings_of_a_sevalla_process_are_not_problems_of_the_entry(
    options: dict, refused: set
) -> None:
    """At any depth; what is missing is still reported."""
    plan = _update(SEVALLA, PROCESS, options)
    assert {problem.option for problem in refusals(SEVALLA, plan)} == refused


def test_a_failure_lists_each_problem_once() -> None:
    """In its message for people, and in its details for playbooks."""
    problems = [Problem("port", "is wrong"), Problem("type", "is odd"), Problem("port", "is wrong")]
    failure = invalid_options(problems, " (there is none yet)")
    assert failure.message.count("port: is wrong") == 1
    assert "type: is odd" in failure.message
    assert "there is none yet" in failure.message
    assert failure.code == "invalid_options"
    assert failure.details == [
        {"option": "port", "message": "is wrong"},
        {"option": "type", "message": "is odd"},
    ]


class _Sizes:
    """A client with the list of sizes that counts its requests."""

    def __init__(self, answer: Any) -> None:
        self.answer, self.asked = answer, 0

    def get_once(self, path: str) -> Any:
        assert path == "/resources/process-resource-types"
        self.asked += 1
        return self.answer

    def unexpected(self, method: str, path: str, what: str) -> Failure:
        return Failure(f"{method} {path}: {what}", code="unexpected_answer")


def _plan(body: dict[str, Any] | None) -> Plan:
    steps = [Step("update", "PATCH", "/", body)]
    return Plan(Entry({}), SEVALLA.address({"type": "web"}), None, {"port": 1}, steps=steps)


def _resolved(client: _Sizes, *sizes: str) -> list[Any]:
    """Return the sizes that writes send for sizes of entries."""
    plans = [_plan({"resource_type_id": size}) for size in sizes]
    assert [SEVALLA.resolve_names(client, plan) for plan in plans] == [[]] * len(plans)  # type: ignore[arg-type]
    return [plan.steps[0].body["resource_type_id"] for plan in plans]  # type: ignore[index]


LISTED = [{"id": size, "name": name.upper()} for name, size in facts.SIZES.items()]


def test_sizes_are_looked_up_only_when_a_write_needs_an_id() -> None:
    """No request for ids or without a size."""
    client = _Sizes([*LISTED, None, {}, {"name": 1, "id": 2}])
    assert _resolved(client, *facts.SIZES.values()) == list(facts.SIZES.values())
    for body in (None, {"port": 1}):
        assert SEVALLA.resolve_names(client, _plan(body)) == []  # type: ignore[arg-type]
    assert client.asked == 0
    assert _resolved(client, "s1", facts.SIZES["s2"], "h1") == [
        facts.SIZES[name] for name in ("s1", "s2", "h1")
    ]


def test_a_listed_id_of_any_form_is_a_size() -> None:
    """The description does not say that the ids of sizes are UUIDs."""
    client = _Sizes([{"id": "Size-M3", "name": "M3"}])
    assert _resolved(client, "size-m3", "m3") == ["Size-M3", "Size-M3"]


def test_the_predicted_process_has_what_the_list_says_of_its_size() -> None:
    """Which may lack the limits."""
    listed = {"id": "Size-M3", "name": "M3", "cpu_limit": 2000}
    plan = _plan({"resource_type_id": "m3"})
    assert SEVALLA.resolve_names(_Sizes([listed]), plan) == []  # type: ignore[arg-type]
    assert plan.process == {
        "port": 1,
        "resource_type_id": "Size-M3",
        "resource_type_name": "M3",
        "cpu_limit": 2000,
    }


@pytest.mark.parametrize("stored", ["size-m3", facts.SIZES["s1"]])
@pytest.mark.parametrize("case", [str.lower, str.upper])
def test_a_stored_size_is_found_by_an_id_of_any_form(stored: str, case: Any) -> None:
    live = {"resource_type_id": case(stored), "resource_type_name": "M3"}
    for sent in (stored, stored.upper(), "m3"):
        assert unstored(SEVALLA, {"resource_type_id": sent}, live) == []
    for other in ("size-m4", facts.SIZES["s2"], "s2"):
        assert unstored(SEVALLA, {"resource_type_id": other}, live) == ["resource_type"]


def test_an_unknown_size_is_reported_with_the_available_sizes() -> None:
    """As a problem of resource_type."""
    missing = _plan({"resource_type_id": "s99"})
    (problem,) = SEVALLA.resolve_names(_Sizes(LISTED), missing)  # type: ignore[arg-type]
    assert problem.option == "resource_type"
    assert "s99" in problem.message
    assert all(name in problem.message for name in facts.SIZES)
    with pytest.raises(Failure, match="sizes"):
        SEVALLA.resolve_names(_Sizes({"data": []}), missing)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("body", "warned"),
    [
        ({"schedule": "0 3 * * *", "time_zone": "Europe/Berlin"}, []),
        ({"schedule": "", "time_zone": ""}, []),
        ({"schedule": "@daily"}, ["schedule"]),
        ({"time_zone": "Europe/Nowhere"}, ["time_zone"]),
        ({"schedule": "* * * * * *", "time_zone": "../etc/passwd"}, ["schedule", "time_zone"]),
        ({}, []),
    ],
)
def test_suspicious_values_are_warnings(body: dict, warned: list) -> None:
    """The service may accept other cron expressions and time zones."""
    said = SEVALLA.remarks(body)
    assert [remark.text.split(":")[0] for remark in said] == warned
    assert [remark.plain.split(":")[0] for remark in said] == warned
    assert LARAVEL_CLOUD.remarks(body) == []
    assert LARAVEL_CLOUD.body_rules(body, {}) == []
