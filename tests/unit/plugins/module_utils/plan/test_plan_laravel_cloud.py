# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The promises of the planner for Laravel Cloud's background processes, on generated instances.

The oracle is a simulated service with every possible behavior of the real one, and the tests' own
comparison.
"""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.evenkeel.paas.plugins.module_utils._core.planner import make_plan
from ansible_collections.evenkeel.paas.plugins.module_utils._core.stored import unstored
from ansible_collections.evenkeel.paas.plugins.module_utils._laravel_cloud.processes import (
    PROCESSES as LARAVEL_CLOUD,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.plan import (
    laravel_facts as facts,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.plan import (
    laravel_worlds as worlds,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.plan.example_counts import (
    examples,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.plan.laravel_service import (
    SCOPE,
    Service,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.plan.planning import (
    Case,
    entry,
    exactly,
    nulls,
    planned,
    refused_for,
    refused_options,
    reordered,
    sent,
)


def _planned(case: Case):
    return planned(LARAVEL_CLOUD, Service(case.habits), case)


def _target(case: Case) -> dict:
    (resource,) = facts.meant(case.given, case.live)
    return resource


def _asked(option: str, value: object) -> object:
    """Return a value in the form in which the diff shows it."""
    if option == "config":
        value = {**value, **({"queue": facts.queues(value["queue"])} if "queue" in value else {})}
    return value.strip() if option == "command" else value


@pytest.mark.parametrize("kind", worlds.KINDS)
@given(data=st.data())
@examples(200)
def test_an_update_sends_exactly_what_differs(kind: str, data: st.DataObject) -> None:
    """One PATCH with the fields that differ, with the full config without nulls, and nothing if
    none differs; never a worker's command, strategy_* or a type."""
    case = data.draw(worlds.updates(kind))
    target = _target(case)
    plan = _planned(case)
    bad = facts.to_refuse(case.given, target)
    refused_for(LARAVEL_CLOUD, plan, bad)
    want = {
        option
        for option in ("processes", "command", "config")
        if option in case.given and facts.differs(option, case.given[option], target)
    }
    assert [(step.action, step.method) for step in plan.steps] == [("update", "PATCH")] * bool(want)
    assert {key for step in plan.steps for key in step.body} == want
    assert plan.deployment_required == bool(want)
    for step in plan.steps:
        assert step.path == f"/background-processes/{target['id']}"
        assert nulls(step.body) == []
        for option, value in step.body.items():
            asked = _asked(option, case.given[option])
            if option != "config":
                assert exactly(value, asked)
            elif not bad:
                assert exactly(value, facts.whole(case.given["config"], target))
    managed = {option for option in facts.OPTIONS if option in case.given}
    assert set(plan.before) == set(plan.after) == managed
    for option in managed:
        assert exactly(plan.after[option], _asked(option, case.given[option]))
        assert exactly(plan.before[option], plan.after[option]) == (option not in want)
    json.dumps([plan.before, plan.after, [step.as_result() for step in plan.steps], plan.process])


@pytest.mark.parametrize("kind", worlds.KINDS)
@given(data=st.data())
@examples(200)
def test_an_update_matches_its_prediction(kind: str, data: st.DataObject) -> None:
    """After the update, the process is as predicted, unmanaged fields are unchanged, the service
    has stored everything, and the same task changes nothing."""
    case = data.draw(worlds.updates(kind))
    target = _target(case)
    plan = _planned(case)
    if refused_options(LARAVEL_CLOUD, plan):
        return
    service = Service(case.habits)
    live, answers = sent(service, case.live, plan)
    after = next(each for each in live if each["id"] == target["id"])
    assert after["attributes"]["processes"] == case.given.get(
        "processes", target["attributes"]["processes"]
    )
    for option, value in case.given.items():
        assert option == "id" or not facts.differs(option, value, after), option
    asked = case.given.get("config", {})
    config = {**facts.UNSET, **facts.settings(target), **asked, **facts.asked(asked)}
    assert exactly({**facts.UNSET, **facts.settings(after)}, config)
    if kind == "custom" and "command" not in case.given:
        assert after["attributes"]["command"] == target["attributes"]["command"]
    others = [each for each in live if each["id"] != target["id"]]
    assert others == [each for each in case.live if each["id"] != target["id"]]
    _assert_predicted(plan.process, after)
    for step, answer in zip(plan.steps, answers):
        assert unstored(LARAVEL_CLOUD, step.body, service.read([answer])[0]) == []
    # A changed command, connection or queue is another address.
    given_ = {**case.given, "id": target["id"]}
    again = _planned(case._replace(live=live, given=given_))
    assert again.steps == []
    assert refused_options(LARAVEL_CLOUD, again) == set()
    assert again.process == service.read([after])[0]
    assert again.before == again.after


def _assert_predicted(predicted: dict, after: dict) -> None:
    resource = {"attributes": predicted}
    assert exactly(facts.settings(resource), facts.settings(after))
    assert predicted["type"] == after["attributes"]["type"]
    assert predicted["processes"] == after["attributes"]["processes"]
    if predicted["type"] == "custom":
        assert predicted["command"] == after["attributes"]["command"]
        assert predicted["config"] == {}
    else:
        assert {key.replace("-", "_") for key in after["attributes"]["config"]} >= {
            *facts.SETTABLE,
            "max_jobs",
        }
        assert not any("-" in key for key in predicted["config"])
        assert {*facts.SETTABLE, "name", "max_jobs"} <= set(predicted["config"])
    assert predicted["instance_id"] == SCOPE


@given(worlds.updates("worker"))
@examples(80)
def test_a_changed_worker_is_not_predicted_to_keep_its_command(case: Case) -> None:
    """The service generates the command of a worker from its config, so a plan that changes the
    config does not predict the command; any other plan does."""
    plan = _planned(case)
    if refused_options(LARAVEL_CLOUD, plan):
        return
    sends_config = any("config" in step.body for step in plan.steps)
    shown = plan.process.get("command")
    assert shown == (None if sends_config else _target(case)["attributes"]["command"])


@given(worlds.creations())
@examples(200)
def test_a_creation_is_one_post_and_matches_its_prediction(case: Case) -> None:
    """One POST with the options and the number of processes; then the process is as predicted and
    the same task changes nothing."""
    matching = facts.meant(case.given, case.live)
    if matching:
        return
    plan = _planned(case)
    bad = facts.to_refuse(case.given, None)
    found = refused_for(LARAVEL_CLOUD, plan, bad)
    (step,) = plan.steps
    assert (step.action, step.method) == ("create", "POST")
    assert step.path == f"/instances/{SCOPE}/background-processes"
    assert set(step.body) == set(case.given) | {"processes"}
    assert step.body["processes"] == case.given.get("processes", 1)
    assert nulls(step.body) == []
    assert plan.deployment_required
    assert plan.before == {}
    assert set(plan.after) == set(step.body)
    if found:
        return
    if "config" in case.given:
        assert exactly(step.body["config"], facts.whole(case.given["config"], None))
    service = Service(case.habits)
    live, (answer,) = sent(service, case.live, plan)
    assert live[:-1] == case.live
    for option, value in case.given.items():
        assert not facts.differs(option, value, live[-1]), option
    _assert_predicted(plan.process, live[-1])
    assert not {"id", "created_at"} & set(plan.process)
    assert unstored(LARAVEL_CLOUD, step.body, service.read([answer])[0]) == []
    again = _planned(case._replace(live=live))
    assert again.steps == []
    assert refused_options(LARAVEL_CLOUD, again) == set()


@given(worlds.updates() | worlds.creations())
@examples(100)
def test_planning_does_not_change_its_input_or_depend_on_order(case: Case) -> None:
    """Entry and existing processes are unchanged; options in another order lead to the same plan.
    The order of queues is not an order of keys."""
    if len(facts.meant(case.given, case.live)) > 1:
        return
    wanted = entry(LARAVEL_CLOUD, case.given)
    live = Service(case.habits).read(copy.deepcopy(case.live))
    before = copy.deepcopy((wanted, live))
    first = make_plan(LARAVEL_CLOUD, SCOPE, wanted, live)
    assert (wanted, live) == before
    again = _planned(case._replace(given=reordered(case.given)))
    assert again.steps == first.steps
    assert sorted(again.problems) == sorted(first.problems)
    assert exactly(again.before, first.before)
    assert exactly(again.after, first.after)
    assert exactly(again.process, first.process)


@given(worlds.updates(), st.data())
@examples(80)
def test_a_field_missing_from_the_response_is_a_difference(case: Case, data: st.DataObject) -> None:
    """A field that is missing from the existing process is sent, and nothing fails."""
    target = _target(case)
    names = [option for option in ("processes", "command", "config") if option in case.given]
    if not names or "id" not in case.given or facts.to_refuse(case.given, target):
        return
    gone = data.draw(st.sampled_from(names))
    if gone == "config":
        inner = data.draw(st.sampled_from(sorted(case.given["config"])))
        if inner in facts.UNSET and not case.given["config"][inner]:
            return
        target["attributes"]["config"].pop(inner)
    else:
        target["attributes"].pop(gone)
    plan = _planned(case)
    assert gone in plan.steps[0].body
    json.dumps([plan.before, plan.after, plan.process])


@given(worlds.instances("worker"), st.data())
@examples(60)
def test_absent_deletes_one_process(live: list, data: st.DataObject) -> None:
    """One DELETE without a body, by id or by identity; nothing if there is no match."""
    target = data.draw(st.sampled_from(live))
    attributes = target["attributes"]
    given_: dict = {"id": target["id"]}
    if attributes["type"] == "custom" and data.draw(st.booleans()):
        given_ = {"type": "custom", "command": f" {attributes['command']}"}
        if len(facts.meant(given_, live)) > 1:
            return
    case = Case(live, given_, (), "absent", data.draw(worlds.habits))
    plan = _planned(case)
    (step,) = plan.steps
    assert (step.action, step.method, step.body) == ("delete", "DELETE", None)
    assert plan.problems == []
    assert plan.process is None
    assert plan.deployment_required
    assert plan.after == {}
    assert plan.before["type"] == attributes["type"]
    json.dumps(plan.before)
    left, _answers = sent(Service(case.habits), live, plan)
    assert left == [each for each in live if each is not target]
    again = _planned(case._replace(live=left))
    assert again.steps == []
    assert again.process is None
    assert not again.deployment_required
