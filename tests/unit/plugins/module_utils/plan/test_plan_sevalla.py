# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The promises of the planner for Sevalla's processes, on generated applications.

The oracle is a simulated service with every possible behavior of the real one, and the tests' own
comparison: with the planner's own comparison, planted bugs survived.
"""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.evenkeel.paas.plugins.module_utils._core.planner import make_plan
from ansible_collections.evenkeel.paas.plugins.module_utils._core.stored import unstored
from ansible_collections.evenkeel.paas.plugins.module_utils._sevalla.processes import (
    PROCESSES as SEVALLA,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.plan import (
    sevalla_facts as facts,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.plan import (
    sevalla_worlds as worlds,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.plan.example_counts import (
    examples,
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
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.plan.sevalla_service import (
    SCOPE,
    Service,
)

ALL = facts.OPTIONS


def _planned(case: Case):
    return planned(SEVALLA, Service(case.habits), case)


def _target(case: Case) -> dict:
    (process,) = facts.meant(case.given, case.live)
    return process


@pytest.mark.parametrize("kind", worlds.KINDS)
@given(data=st.data())
@examples(120)
def test_an_update_sends_exactly_what_differs(kind: str, data: st.DataObject) -> None:
    """One PATCH of the one process, with the given fields that differ, in full, and nothing if none
    differs; nothing if an option must be refused."""
    case = data.draw(worlds.updates(kind))
    target = _target(case)
    plan = _planned(case)
    want = {
        facts.wire(option)
        for option in ALL
        if option in case.given and facts.differs(option, case.given[option], target)
    } - {"key", "type"}
    want |= {facts.wire(o) for o in case.clear if not facts.empty(o, target)}
    assert [(step.action, step.method) for step in plan.steps] == [("update", "PATCH")] * bool(want)
    assert {key for step in plan.steps for key in step.body} == want
    assert plan.live == target
    for step in plan.steps:
        assert step.path == f"/applications/{SCOPE}/processes/{target['id']}"
        _assert_body(case, target, step.body)
        assert plan.deployment_required == bool(want - facts.AT_ONCE)
    bad = facts.to_refuse(case.given, target)
    refused_for(SEVALLA, plan, bad)


def _inside(whole: dict, outer: list) -> dict:
    """Return the dictionary of a probe that contains a setting; for one that is not sent, itself a
    dictionary with every key."""
    return whole if not outer else whole.get(outer[0], dict.fromkeys(facts.HTTP.values()))


def _assert_body(case: Case, target: dict, body: dict) -> None:
    for option in ALL:
        value = body.get(facts.wire(option))
        if option in case.clear and value is not None:
            assert value == "" if option in facts.TEXTS else not any(value.values())
        elif option == "scaling_strategy" and value is not None:
            whole = dict(facts.whole_strategy(case.given[option], target))
            kind = {"type": whole.pop("type")} if "type" in whole else {}
            names = {**facts.MANUAL, **facts.HORIZONTAL}
            config = {names[key]: item for key, item in whole.items()}
            kept = {key: item for key, item in value["config"].items() if item is not None}
            assert exactly({**value, "config": kept}, {**kind, "config": config})
            same_type = value.get("type") == (target[option] or {}).get("type")
            stay = facts.null_settings(target, option) if same_type else set()
            assert set(nulls(value)) == {place for place in stay if place[1] not in config}
        elif option in facts.PROBES and value is not None:
            whole = facts.probe_to_wire(facts.whole_probe(case.given[option], target, option))
            assert exactly(facts.without_nulls(value), whole)
            # Null is sent for exactly the existing keys to remove, and for what is null and kept.
            live = facts.without_nulls(target[option] or {})
            stay = facts.null_settings(target, option)
            removed = {(key,) for key in live if key not in whole}
            kept = {(*_outer, key) for *_outer, key in stay if key not in _inside(whole, _outer)}
            assert set(nulls(value)) == removed | kept
        elif option == "resource_type" and value is not None:
            asked = case.given[option]
            assert value == (asked if asked in facts.SIZES.values() else asked.lower())
        elif value is not None:
            assert exactly(value, case.given[option])
    assert {place[0] for place in nulls(body)} <= {"scaling_strategy", *facts.PROBES}


@pytest.mark.parametrize("kind", worlds.KINDS)
@given(data=st.data())
@examples(120)
def test_an_update_matches_its_prediction(kind: str, data: st.DataObject) -> None:
    """After the update, the process is as predicted, unmanaged fields are unchanged, the service
    has stored everything, and the same task changes nothing."""
    case = data.draw(worlds.updates(kind))
    target = _target(case)
    plan = _planned(case)
    if refused_options(SEVALLA, plan):
        return
    service = Service(case.habits)
    live, answers = sent(service, case.live, plan)
    after = next(process for process in live if process["id"] == target["id"])
    sends = {key for step in plan.steps for key in step.body}
    for probe in sends & set(facts.PROBES):
        shown = plan.process[probe]
        assert shown is None if probe in case.clear else not nulls(shown), "nulls predicted"
    for option in ALL:
        if option in case.given:
            assert not facts.differs(option, case.given[option], after), option
            assert not facts.differs(option, case.given[option], plan.process), option
        elif option in case.clear:
            assert facts.empty(option, after), option
            assert facts.empty(option, plan.process), option
        else:
            same = exactly(facts.value_of(after, option), facts.value_of(target, option))
            assert same, f"{option} was not asked about"
        probe = option in facts.PROBES and option in case.given
        if probe and len(facts.kinds(facts.probe_of(target, option))) > 1:
            # One of two existing handlers stays: for a service that merges, it is the same handler,
            # and for one that does not, it is a new one. Both are allowed.
            continue
        _assert_predicted(option, plan.process, after)
    _assert_kept(case, target, after)
    others = [process for process in live if process["id"] != target["id"]]
    assert others == [process for process in case.live if process["id"] != target["id"]]
    for step, answer in zip(plan.steps, answers):
        assert unstored(SEVALLA, service.named(step.body), answer) == []
    again = _planned(_after(case, live))
    assert again.steps == []
    assert refused_options(SEVALLA, again) == set()
    assert not again.deployment_required
    assert again.process == after
    assert again.before == again.after


_HTTP = {"path": "/up", "port": 80, "httpHeaders": [{"name": "a", "value": "b"}], "host": None}
_LIVE_PROBE = {"exec": None, "httpGet": _HTTP, "periodSeconds": 5, "timeoutSeconds": None}


@pytest.mark.parametrize("nested", ["replace", "shallow", "deep"])
@pytest.mark.parametrize(
    ("asked", "then"),
    [
        (
            {"http_get": {"path": "/"}},
            {"httpGet": {**_HTTP, "path": "/"}, "periodSeconds": 5},
        ),
        ({"period_seconds": 1}, {"httpGet": _HTTP, "periodSeconds": 1}),
        (
            {"http_get": {"port": 81}, "initial_delay_seconds": 0},
            {"httpGet": {**_HTTP, "port": 81}, "periodSeconds": 5, "initialDelaySeconds": 0},
        ),
        (
            {"http_get": {"http_headers": []}},
            {"httpGet": {**_HTTP, "httpHeaders": []}, "periodSeconds": 5},
        ),
        ({"tcp_socket": {"port": 1}}, {"tcpSocket": {"port": 1}}),
        (
            {"exec": {"command": []}, "timeout_seconds": 2},
            {"exec": {"command": []}, "timeoutSeconds": 2},
        ),
    ],
)
def test_a_changed_probe_is_merged_unless_its_handler_changes(
    asked: dict, then: dict, nested: str
) -> None:
    """With the same handler, keys that are not set are kept at every depth; with another, none
    is."""
    live = {
        "id": "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed",
        "type": "web",
        "liveness_probe": copy.deepcopy(_LIVE_PROBE),
    }
    habits = worlds.Habits(nested=nested)
    case = Case([live], {"type": "web", "liveness_probe": asked}, (), "present", habits)
    plan = _planned(case)
    left, _answers = sent(Service(habits), case.live, plan)
    want = {"liveness_probe": then}
    for process in (left[0], plan.process):
        have = facts.value_of(process, "liveness_probe")
        assert exactly(have, facts.value_of(want, "liveness_probe"))
    assert _planned(case._replace(live=left)).steps == []


def _after(case: Case, live: list) -> Case:
    """Return the same task again. After a rename by the old name, it uses the new name."""
    return case._replace(live=live)


def _assert_predicted(option: str, predicted: dict, after: dict) -> None:
    said, have = facts.value_of(predicted, option), facts.value_of(after, option)
    if option == "resource_type":
        assert said in (None, have)
        name = predicted.get("resource_type_name") or ""
        assert name.lower() in ("", (after["resource_type_name"] or "").lower())
    elif option == "scaling_strategy" and said is not None:
        # The service may set fields that are not given.
        assert have["type"] == said["type"]
        assert exactly({key: have.get(key) for key in said}, said)
    else:
        assert exactly(said, have), option


def _assert_kept(case: Case, target: dict, after: dict) -> None:
    """Check that a changed strategy or probe of the same type keeps the keys that are not set."""
    for option in ("scaling_strategy", *facts.PROBES):
        if option not in case.given:
            continue
        want, have = case.given[option], facts.value_of(target, option) or {}
        now = facts.value_of(after, option)
        if option == "scaling_strategy":
            stays = want.get("type", have.get("type")) == have.get("type")
        else:
            stays = not facts.kinds(want) or facts.kinds(want) == facts.kinds(have)
        for key, value in have.items():
            if key not in want:
                assert exactly(now.get(key), value if stays else None), (option, key)
        if option in facts.PROBES and stays:
            for kind in facts.kinds(want):
                for key, value in have.get(kind, {}).items():
                    if key not in want[kind]:
                        assert exactly(now[kind][key], value), (option, kind, key)


@given(worlds.updates())
@examples(120)
def test_the_diff_shows_managed_fields_only(case: Case) -> None:
    """before and after contain what was set or cleared and differ if something is sent; after is
    the request; both can be printed."""
    target = _target(case)
    plan = _planned(case)
    managed = {option for option in ALL if option in case.given} | set(case.clear)
    assert set(plan.before) == set(plan.after) == managed
    body = plan.steps[0].body if plan.steps else {}
    for option in managed:
        differs = not exactly(plan.before[option], plan.after[option])
        assert differs == (facts.wire(option) in body), option
        if option in case.clear:
            assert plan.after[option] is None
        elif option == "resource_type":
            assert plan.after[option] in (case.given[option], case.given[option].lower())
        else:
            assert plan.after[option] == case.given[option]
        if differs and not isinstance(plan.after[option], dict) and option not in facts.TEXTS:
            had = facts.value_of(target, option)
            name = (target["resource_type_name"] or "").lower() or None
            assert plan.before[option] in ((had, name) if option == "resource_type" else (had,))
    json.dumps([plan.before, plan.after, [step.as_result() for step in plan.steps], plan.process])


@given(worlds.creations())
@examples(250)
def test_a_creation_is_one_post_and_matches_its_prediction(case: Case) -> None:
    """One POST with exactly the options, one PATCH for the ingress if requested; then the process
    is as predicted and the same task changes nothing."""
    plan = _planned(case)
    assert facts.meant(case.given, case.live) == []
    assert plan.live is None
    assert plan.before == {}
    bad = facts.to_refuse(case.given, None)
    found = refused_for(SEVALLA, plan, bad)
    ingress = {"is_ingress_enabled", "ingress_protocol"} & set(case.given)
    methods = [(step.action, step.method) for step in plan.steps]
    assert methods == [("create", "POST")] + [("update", "PATCH")] * bool(ingress)
    post = plan.steps[0]
    assert post.path == f"/applications/{SCOPE}/processes"
    given_keys = {facts.wire(option) for option in case.given}
    assert set(post.body) == (given_keys - ingress) | {"scaling_strategy"}
    if ingress:
        assert plan.steps[1].path == f"/applications/{SCOPE}/processes/{{process_id}}"
        assert plan.steps[1].body == {key: case.given[key] for key in ingress}
        assert not plan.steps[1].needs_deployment
    assert plan.deployment_required
    assert nulls([step.body for step in plan.steps]) == []
    assert set(plan.after) == set(case.given) | {"scaling_strategy"}
    if found:
        return
    strategy = facts.whole_strategy(case.given.get("scaling_strategy", {}), None)
    assert exactly(post.body["scaling_strategy"], facts.strategy_to_wire(strategy))
    service = Service(case.habits)
    live, answers = sent(service, case.live, plan)
    assert live[:-1] == case.live
    new = live[-1]
    for option, value in {**case.given, "scaling_strategy": strategy}.items():
        assert not facts.differs(option, value, new), option
        assert not facts.differs(option, value, plan.process), option
        _assert_predicted(option, plan.process, new)
    assert not {"id", "created_at", "updated_at", "key"} & set(plan.process)
    assert plan.process["app_id"] == SCOPE
    for step, answer in zip(plan.steps, answers):
        assert unstored(SEVALLA, service.named(step.body), answer) == []
    again = _planned(_after(case, live))
    assert again.steps == []
    assert refused_options(SEVALLA, again) == set()


@given(worlds.updates() | worlds.creations())
@examples(100)
def test_planning_does_not_change_its_input_or_depend_on_order(case: Case) -> None:
    """Entry and existing processes are unchanged, also after names of sizes are looked up in the
    bodies; options in another order, also nested ones, lead to the same plan."""
    wanted = entry(SEVALLA, case.given, case.clear)
    live = copy.deepcopy(case.live)
    before = copy.deepcopy(wanted)
    plan = make_plan(SEVALLA, SCOPE, wanted, live)
    for step in plan.steps:
        Service(case.habits).named(step.body)
    assert exactly(live, case.live)
    assert exactly(wanted.options, before.options)
    assert wanted == before
    again = _planned(case._replace(given=reordered(case.given), clear=case.clear[::-1]))
    first = _planned(case)
    assert again.steps == first.steps
    assert sorted(again.problems) == sorted(first.problems)
    for one, other in ((again.before, first.before), (again.after, first.after)):
        assert exactly(one, other)
    assert exactly(again.process, first.process)


@given(worlds.updates(), st.data())
@examples(120)
def test_a_field_missing_from_the_response_is_a_difference(case: Case, data: st.DataObject) -> None:
    """A field that is missing from the existing process is sent, and nothing fails."""
    target = _target(case)
    names = [o for o in (*case.given, *case.clear) if o not in ("id", "key", "type")]
    ways = {"id", "key"} & set(case.given)
    if not names or not ways:
        return
    gone = data.draw(st.sampled_from(names))
    for key in (gone, facts.wire(gone), "resource_type_name" if gone == "resource_type" else gone):
        target.pop(key, None)
    plan = _planned(case)
    assert facts.wire(gone) in plan.steps[0].body
    assert plan.before[gone] is None
    json.dumps([plan.before, plan.after, [step.as_result() for step in plan.steps], plan.process])


@given(st.data())
@examples(80)
def test_absent_deletes_one_process_and_never_a_web_process(data: st.DataObject) -> None:
    """One DELETE without a body; a problem for a process that is or may be a web process; nothing
    if there is no match."""
    live = data.draw(worlds.applications(data.draw(st.sampled_from(worlds.KINDS))))
    target = data.draw(st.sampled_from(live))
    given_ = data.draw(st.sampled_from([{"id": target["id"]}, {"key": target["key"]}]))
    habits = data.draw(worlds.habits)
    case = Case(live, given_, (), "absent", habits)
    plan = _planned(case)
    (step,) = plan.steps
    assert (step.action, step.method, step.body) == ("delete", "DELETE", None)
    assert step.path == f"/applications/{SCOPE}/processes/{target['id']}"
    assert plan.process is None
    assert plan.after == {}
    assert plan.deployment_required
    assert [p.option for p in plan.problems] == ["state"] * (target["type"] in ("web", None))
    for option in ALL:
        have = facts.value_of(target, option)
        if option == "resource_type":
            have = (target["resource_type_name"] or "").lower()
        shown = plan.before.get(option)
        assert exactly(shown, None if have in ("", None, {}) else have), option
    if plan.problems:
        return
    left, _answers = sent(Service(habits._replace(keeps_deleted=False)), live, plan)
    assert left == [process for process in live if process is not target]
    assert _planned(case._replace(live=left)).steps == []
