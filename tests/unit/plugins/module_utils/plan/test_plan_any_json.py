# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Any response of a service leads to a plan or a Failure, and to no other exception.

The responses have JSON of any form in the place of every field; only the id has been validated.
"""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.evenkeel.paas.plugins.module_utils._core.failure import Failure
from ansible_collections.evenkeel.paas.plugins.module_utils._core.planner import (
    make_plan,
    plan_list,
)
from ansible_collections.evenkeel.paas.plugins.module_utils._core.stored import unstored
from ansible_collections.evenkeel.paas.plugins.module_utils._laravel_cloud.processes import (
    PROCESSES as LARAVEL_CLOUD,
)
from ansible_collections.evenkeel.paas.plugins.module_utils._sevalla.processes import (
    PROCESSES as SEVALLA,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.plan import (
    laravel_facts,
    laravel_worlds,
    sevalla_facts,
    sevalla_worlds,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.plan.example_counts import (
    examples,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.plan.planning import (
    entry,
    refusals,
)

ID = "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"
_scalars = (
    st.none()
    | st.booleans()
    | st.sampled_from(
        [0, 1, -1, 1.5, 10**400, "", "1", "--1", "-", "manual", "horizontal", "\ud800"]
    )
    | st.text(max_size=3)
)
_keys = st.sampled_from(
    [
        "type",
        "config",
        "instanceCount",
        "minInstanceCount",
        "maxInstanceCount",
        "exec",
        "httpGet",
        "http_get",
        "httpHeaders",
        "tcpSocket",
        "command",
        "port",
        "path",
        "periodSeconds",
        "connection",
        "queue",
        "tries",
        "force",
        "max-jobs",
        "",
    ]
)
anything = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_keys, inner, max_size=3),
    max_leaves=6,
)
_numbers = anything | st.sampled_from([0, 3, "3", "--3"])
_nearly_strategy = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["manual", "horizontal", None]) | anything,
        "config": st.dictionaries(
            st.sampled_from(["instanceCount", "minInstanceCount", "maxInstanceCount"]), _numbers
        )
        | anything,
    }
)
_odd_lists = st.sampled_from([[[]], [None], [{}], [1, "a"], ["a"]])
_nearly_config = st.dictionaries(
    st.sampled_from(laravel_facts.SETTABLE), _numbers | _odd_lists, max_size=4
)


class Unread:
    """Stands in for the client when it reports an unexpected response."""

    def unexpected(self, method: str, path: str, what: str) -> Failure:
        """Return the Failure for it."""
        return Failure(f"{method} {path}: {what}", code="unexpected_answer")


def _survives(backend: Any, given_: dict, clear: tuple, state: str, live: list) -> None:
    wanted = entry(backend, given_, clear, state)
    with contextlib.suppress(Failure):
        for pruned in plan_list(backend, "scope", [], live, True):
            assert isinstance(pruned.address.words, str)
    try:
        (plan,) = plan_list(backend, "scope", [wanted], live, False)
    except Failure:
        return
    refusals(backend, plan)
    values = [plan.before, plan.after, [step.as_result() for step in plan.steps], plan.process]
    json.dumps(values)
    assert all(isinstance(problem.message, str) for problem in plan.problems)
    for step in plan.steps:
        if step.body:
            missed = unstored(backend, step.body, live[0] if live else {})
            assert all(isinstance(option, str) for option in missed)


_sevalla_fields = sorted({sevalla_facts.wire(option) for option in sevalla_facts.OPTIONS})


@st.composite
def _sevalla_live(draw: Any) -> dict:
    fields = draw(st.lists(st.sampled_from([*_sevalla_fields, "resource_type_name"]), unique=True))
    live = {"id": ID, **{field: draw(anything) for field in fields}}
    if draw(st.booleans()):
        live["scaling_strategy"] = draw(_nearly_strategy)
    if draw(st.booleans()):
        live["type"] = draw(st.sampled_from(sevalla_worlds.KINDS))
    return live


@given(_sevalla_live(), st.data())
@examples(200)
def test_sevalla_responses_of_any_form(live: dict, data: st.DataObject) -> None:
    """Update, clear and delete a process with any values, including in the response to a write."""
    kind = data.draw(st.sampled_from(sevalla_worlds.KINDS))
    given_ = {**data.draw(sevalla_worlds.wanted(kind, None)), "id": ID}
    clear = tuple(option for option in sevalla_worlds.CLEARABLE if option not in given_)
    state = data.draw(st.sampled_from(["present", "present", "absent"]))
    _survives(SEVALLA, given_, clear, state, [live])


@pytest.mark.parametrize("odd", ["many", [1], {}, 1.5, True, None], ids=repr)
def test_a_process_with_an_instance_count_of_any_form(odd: Any) -> None:
    """The whole strategy is sent, with the live count in it."""
    strategy = {"type": "manual", "config": {"instanceCount": odd}}
    live = {"id": ID, "type": "worker", "scaling_strategy": strategy}
    given_ = {"id": ID, "scaling_strategy": {"target_cpu_percent": 5}}
    _survives(SEVALLA, given_, (), "present", [live])


@given(st.data())
@examples(200)
def test_laravel_cloud_responses_of_any_form(data: st.DataObject) -> None:
    """Update and delete a process with any values, by id and by identity."""
    fields = st.sampled_from(["type", "processes", "command", "config", "strategy_type"])
    attributes = {name: data.draw(anything) for name in data.draw(st.lists(fields, unique=True))}
    if data.draw(st.booleans()):
        attributes["type"] = data.draw(st.sampled_from(["worker", "custom"]))
    if data.draw(st.booleans()):
        attributes["config"] = data.draw(_nearly_config)
    process_id = "process-a17eded1-a90a-48c4-93eb-1245cd5913e3"
    resource = {"id": process_id, "type": "background_processes", "attributes": attributes}
    live = LARAVEL_CLOUD.receive(Unread(), "GET", "/", {"data": resource}, "scope")  # type: ignore[arg-type]
    given_: dict = {
        "type": "worker",
        "processes": 2,
        "config": data.draw(laravel_worlds.config_wanted()),
    }
    if data.draw(st.booleans()):
        given_ = {"type": "custom", "processes": 2, "command": "php artisan x"}
    state = data.draw(st.sampled_from(["present", "present", "absent"]))
    if data.draw(st.booleans()) or state == "absent":
        given_["id"] = process_id
    _survives(LARAVEL_CLOUD, given_, (), state, [live])


@pytest.mark.parametrize("odd", [[[]], [None], [{}], [1, "a"], {}, 0, True, "", None], ids=repr)
@pytest.mark.parametrize("key", ["connection", "queue"])
def test_a_worker_with_a_connection_or_queue_of_any_form(key: str, odd: Any) -> None:
    """Another worker is created beside it, and the names of both are compared."""
    attributes = {"type": "worker", "config": {"connection": "redis", "queue": "mails", key: odd}}
    resource = {"id": "process-1", "type": "background_processes", "attributes": attributes}
    live = LARAVEL_CLOUD.receive(Unread(), "GET", "/", {"data": resource}, "scope")  # type: ignore[arg-type]
    config = {"connection": "redis", "queue": ["mail"]}
    wanted = entry(LARAVEL_CLOUD, {"type": "worker", "config": config})
    (plan,) = plan_list(LARAVEL_CLOUD, "scope", [wanted], [live], False)
    assert plan.action == "create"


def _read(backend: Any, answer: Any) -> Any:
    """Return the process that a backend reads from a response, or None if it fails as required."""
    try:
        return backend.receive(Unread(), "GET", "/", answer, "")
    except Failure:
        return None


@given(anything)
@examples(100)
def test_a_response_without_a_process_is_a_failure(odd: Any) -> None:
    """Any value in the place of a process, of its attributes or of its relationships."""
    assert _read(LARAVEL_CLOUD, odd) is None
    assert _read(LARAVEL_CLOUD, {"data": odd}) is None
    inside = _read(LARAVEL_CLOUD, {"data": {"id": "process-1", "attributes": odd}})
    assert (inside is not None) == isinstance(odd, dict)
    linked = {"id": "process-1", "attributes": {"config": odd}, "relationships": odd}
    process = _read(LARAVEL_CLOUD, {"data": linked})
    assert isinstance(process["config"], dict)
    json.dumps([process, inside])
    assert _read(SEVALLA, odd) is None
    assert _read(SEVALLA, {"id": odd}) is None  # nothing else becomes part of a path
    assert _read(SEVALLA, {"id": ID}) == {"id": ID}


def test_a_dict_instead_of_a_number_is_a_difference() -> None:
    """An existing port or count of the wrong type is a difference, and its value is shown
    unchanged."""
    plan = make_plan(
        SEVALLA,
        "scope",
        entry(SEVALLA, {"id": ID, "port": 80}),
        [{"id": ID, "type": "worker", "port": {"a": 1}}],
    )
    assert plan.steps[0].body == {"port": 80}


def test_a_string_of_digits_is_compared_as_a_number() -> None:
    """A string of digits equals the number; a similar string is a difference, and no crash."""
    wanted = entry(SEVALLA, {"id": ID, "port": 1})
    for text in ("1", "--1", "-", "1-", "\u00b2", "9" * 5000, "1e3", "0x1"):
        plan = make_plan(SEVALLA, "s", wanted, [{"id": ID, "type": "worker", "port": text}])
        assert bool(plan.steps) == (text != "1"), text


def test_a_live_limit_may_be_a_string() -> None:
    """An existing minimum of digits is a number: it is sent as one, with the new maximum, and a
    maximum below it is refused."""
    live = {
        "id": ID,
        "type": "worker",
        "scaling_strategy": {
            "type": "horizontal",
            "config": {"minInstanceCount": "2", "maxInstanceCount": 3},
        },
    }
    refused = {4: [], 1: ["scaling_strategy.min_instance_count"]}
    for most, options in refused.items():
        wanted = entry(SEVALLA, {"id": ID, "scaling_strategy": {"max_instance_count": most}})
        plan = make_plan(SEVALLA, "scope", wanted, [live])
        (step,) = plan.steps
        config = {"minInstanceCount": 2, "maxInstanceCount": most}
        assert step.body == {"scaling_strategy": {"type": "horizontal", "config": config}}
        assert [problem.option for problem in refusals(SEVALLA, plan)] == options


def test_a_deletion_can_be_reported_when_a_field_is_missing() -> None:
    """The diff of a deletion is plain data whatever the response omits, and does not show missing
    values or values that are not set."""
    wanted = entry(SEVALLA, {"id": ID}, (), "absent")
    complete: dict = {"id": ID, **dict.fromkeys(_sevalla_fields), "resource_type_name": None}
    for odd in ({}, {"scaling_strategy": "odd"}, {"liveness_probe": []}, {"key": "k"}):
        for missing in sorted(complete.keys() - {"id"}):
            live = {**complete, **odd}
            live.pop(missing)
            plan = make_plan(SEVALLA, "scope", wanted, [live])
            json.dumps(plan.before)
            assert set(plan.before) <= {"key"}
