# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which existing process an entry matches, and what happens if several or none match."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.evenkeel.paas.plugins.module_utils._core.failure import Failure
from ansible_collections.evenkeel.paas.plugins.module_utils._core.planner import make_plan
from ansible_collections.evenkeel.paas.plugins.module_utils._laravel_cloud.processes import (
    PROCESSES as LARAVEL_CLOUD,
)
from ansible_collections.evenkeel.paas.plugins.module_utils._sevalla.processes import (
    PROCESSES as SEVALLA,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.plan import (
    laravel_facts,
    laravel_service,
    laravel_worlds,
    sevalla_facts,
    sevalla_worlds,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.plan.example_counts import (
    examples,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.plan.planning import entry

IDS = [f"1b9d6bcd-bbfd-4b2d-9b5d-{number:012d}" for number in range(9)]
ONE = "process-a17677cf-3020-4197-aae6-000000000001"
NAMES = ["one", "two", "three", "unique 1"]


def _check(backend: Any, given_: dict, state: str, live: list, meant: list, creates: bool) -> None:
    wanted = entry(backend, given_, (), state)
    ids = [process["id"] for process in meant]
    if len(meant) > 1:
        with pytest.raises(Failure) as caught:
            make_plan(backend, "scope", wanted, live)
        assert caught.value.code == "ambiguous"
        assert caught.value.details == ids
        assert all(process_id in caught.value.message for process_id in ids)
        return
    if not (meant or creates or state == "absent"):
        with pytest.raises(Failure) as caught:
            make_plan(backend, "scope", wanted, live)
        assert caught.value.code == "not_found"
        return
    plan = make_plan(backend, "scope", wanted, live)
    assert (plan.live["id"] if plan.live else None) == (meant[0]["id"] if meant else None)
    actions = [step.action for step in plan.steps]
    if state == "absent":
        assert actions == ["delete"] * len(meant)
    elif not meant:
        assert actions[0] == "create"
    else:
        assert "create" not in actions
        assert "delete" not in actions


@given(st.data(), st.sampled_from(["present", "absent"]))
@examples(200)
def test_sevalla_entries_match_processes(data: st.DataObject, state: str) -> None:
    """By id, else by key, else the only web process, else by display_name, for a deletion with the
    type if it is given; several matches are an error that lists them all, in check mode as well; a
    creation needs a name, and no web process is created beside a process without a type."""
    live = data.draw(sevalla_worlds.applications(data.draw(st.sampled_from(sevalla_worlds.KINDS))))
    known = [process["id"] for process in live]
    ways = {
        "id": st.sampled_from([*known, IDS[8]]),
        "key": st.sampled_from(["key-1", "key-2", "key-9"]),
        "display_name": st.sampled_from(NAMES),
        "type": st.sampled_from(["web", "worker"]),
    }
    names = data.draw(st.lists(st.sampled_from(sorted(ways)), min_size=1, unique=True))
    given_ = {name: data.draw(ways[name]) for name in names}
    if given_.get("type") == "worker" and len(given_) == 1:
        return
    if given_.get("type") == "web" and state == "absent":
        return
    meant = sevalla_facts.meant(given_, live, state)
    unclear = [] if meant else sevalla_facts.perhaps_meant(given_, live)
    if unclear:
        failure = _refusal(SEVALLA, given_, live, state)
        assert failure.code == "unexpected_answer"
        assert all(process["id"] in failure.message for process in unclear)
        return
    creates = not {"id", "key"} & set(given_)
    _check(SEVALLA, given_, state, live, meant, creates)


@given(st.data(), st.sampled_from(["present", "absent"]))
@examples(200)
def test_laravel_cloud_entries_match_processes(data: st.DataObject, state: str) -> None:
    """By id; a worker by the given ones of connection and queue, in order and without spaces; a
    custom process by its trimmed command. Several matches are an error, even if they are equal."""
    raw = data.draw(laravel_worlds.instances("worker"))
    raw += [dict(each, id=each["id"] + "-2") for each in raw if data.draw(st.booleans())]
    live = laravel_service.Service(laravel_service.Habits()).read(raw)
    kind = data.draw(st.sampled_from(["worker", "custom"]))
    given_: dict = {"type": kind}
    if kind == "custom":
        given_["command"] = data.draw(
            st.sampled_from(["php artisan horizon", " node x.js ", "node", "php artisan none"])
        )
    else:
        given_["config"] = data.draw(laravel_worlds.config_wanted())
        if state == "absent":
            given_["config"].update(connection="redis", queue=["high", " low"])
    if data.draw(st.sampled_from([True, False, False])):
        given_["id"] = data.draw(st.sampled_from([ONE, *(each["id"] for each in raw)]))
    meant = laravel_facts.meant(given_, raw)
    _check(LARAVEL_CLOUD, given_, state, live, meant, "id" not in given_)


def _refusal(backend: Any, given_: dict, live: list, state: str = "present") -> Failure:
    with pytest.raises(Failure) as caught:
        make_plan(backend, "scope", entry(backend, given_, (), state), live)
    return caught.value


@pytest.mark.parametrize("state", ["present", "absent"])
def test_several_matches_are_an_error_that_lists_their_ids(state: str) -> None:
    named = [
        {"id": IDS[number], "display_name": name, "key": f"key-{number}", "type": "worker"}
        for number, name in ((1, "one"), (2, "two"), (3, "one"))
    ]
    failure = _refusal(SEVALLA, {"display_name": "one"}, named, state)
    assert (failure.code, failure.details) == ("ambiguous", [IDS[1], IDS[3]])
    assert f"{IDS[1]}, {IDS[3]}. Set id" in failure.message
    custom = [_background(number, "custom", "node x.js") for number in (1, 2)]
    failure = _refusal(LARAVEL_CLOUD, {"type": "custom", "command": "node x.js"}, custom, state)
    assert (failure.code, failure.details) == ("ambiguous", ["process-1", "process-2"])


def test_a_missing_id_is_not_compared_with_names() -> None:
    live = [{"id": IDS[1], "display_name": "one", "key": "key-1", "type": "worker"}]
    failure = _refusal(SEVALLA, {"id": IDS[2]}, live)
    assert failure.code == "not_found"
    assert failure.message.endswith("a task with id cannot create one.")
    failure = _refusal(SEVALLA, {"key": "zebra"}, live)
    assert failure.message.endswith("a task with key cannot create one. The application has key-1.")
    failure = _refusal(SEVALLA, {"key": "key"}, live)
    assert "cannot create one. Did you mean 'key-1'?" in failure.message


def test_a_list_without_names_is_an_error_that_lists_the_ids() -> None:
    """One of them may be the process that would be created."""
    nameless = [{"id": IDS[number], "key": None, "type": "worker"} for number in (1, 2)]
    failure = _refusal(SEVALLA, {"display_name": "one"}, nameless)
    assert failure.code == "unexpected_answer"
    assert f"lists {IDS[1]}, {IDS[2]} without the fields that identify a process" in failure.message


def _untyped(number: int, **shown: Any) -> dict:
    return {"id": IDS[number], "display_name": f"name {number}", "key": f"key-{number}", **shown}


@pytest.mark.parametrize("shown", [{}, {"type": None}], ids=str)
def test_a_process_without_a_type_may_be_the_web_process(shown: dict) -> None:
    """So none is created, but one that shows its type is found."""
    live = [_untyped(1, **shown), _untyped(2, type="worker")]
    wanted = {"type": "web", "display_name": "web", "resource_type": "s1"}
    failure = _refusal(SEVALLA, wanted, live)
    assert failure.code == "unexpected_answer"
    assert f"lists {IDS[1]} without the fields that identify a process" in failure.message
    assert "so it is unknown whether the web process exists" in failure.message
    web = _untyped(3, type="web")
    plan = make_plan(SEVALLA, "scope", entry(SEVALLA, {"type": "web"}), [*live, web])
    assert plan.live is web


@pytest.mark.parametrize("shown", [{}, {"type": None}], ids=str)
@pytest.mark.parametrize("address", [{"id": IDS[1]}, {"key": "key-1"}, {"display_name": "name 1"}])
def test_a_process_without_a_type_is_not_deleted(shown: dict, address: dict) -> None:
    live = [_untyped(1, **shown)]
    plan = make_plan(SEVALLA, "scope", entry(SEVALLA, address, (), "absent"), live)
    assert [problem.option for problem in plan.problems] == ["state"]
    assert "which may be a web process" in plan.problems[0].message


def _sevalla_problems(given_: dict, state: str = "present", clear: tuple = ()) -> dict:
    with pytest.raises(Failure) as caught:
        entry(SEVALLA, given_, clear, state)
    assert caught.value.code == "invalid_options"
    return {each["option"]: each["message"] for each in caught.value.details}


def test_a_sevalla_entry_must_identify_a_process() -> None:
    """No address, a malformed id, the web process with state absent: refused before a read."""
    assert set(_sevalla_problems({"port": 80})) == {"display_name"}
    assert set(_sevalla_problems({"type": "worker"})) == {"display_name"}
    assert set(_sevalla_problems({"display_name": ""})) == {"display_name"}
    assert set(_sevalla_problems({"id": "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"})) == {"id"}
    assert set(_sevalla_problems({"id": IDS[1] + "/x"})) == {"id"}
    assert set(_sevalla_problems({"type": "web"}, "absent")) == {"state"}
    assert set(_sevalla_problems({"type": "web", "display_name": "x"}, "absent")) == {"state"}


def test_an_option_cannot_be_set_and_cleared() -> None:
    """All such options are named together, with the missing address; "" counts as set."""
    problems = _sevalla_problems(
        {"entrypoint": "", "schedule": "* * * * *"}, "present", ("schedule", "entrypoint")
    )
    assert set(problems) == {"entrypoint", "schedule", "display_name"}


@pytest.mark.parametrize(
    ("given_", "state", "options"),
    [
        ({}, "present", {"type"}),
        ({"id": "inst-1"}, "present", {"id"}),
        ({"id": "process-1/../x"}, "present", {"id"}),
        ({"type": "custom"}, "present", {"command"}),
        ({"type": "custom", "command": "  "}, "present", {"command"}),
        ({"type": "worker"}, "absent", {"config.connection", "config.queue"}),
        ({"type": "worker", "config": {"connection": "redis"}}, "absent", {"config.queue"}),
        (
            {"type": "worker", "config": {"connection": "", "queue": [" ", ","]}},
            "absent",
            {"config.connection", "config.queue"},
        ),
    ],
)
def test_a_laravel_cloud_entry_must_identify_a_process(
    given_: dict, state: str, options: set
) -> None:
    """Everything that is missing from the address is named, before a read."""
    with pytest.raises(Failure) as caught:
        entry(LARAVEL_CLOUD, given_, (), state)
    assert caught.value.code == "invalid_options"
    assert {each["option"] for each in caught.value.details} == options


def _background(number: int, kind: str, command: str) -> dict:
    return {"id": f"process-{number}", "type": kind, "processes": 1, "command": command}


def test_a_custom_process_is_identified_by_its_trimmed_command() -> None:
    """Also if the existing one has spaces around it; a worker with the same command does not
    match."""
    command = "php artisan queue:work redis --queue=high --quiet"
    worker = _background(1, "worker", command)
    wanted = entry(LARAVEL_CLOUD, {"type": "custom", "command": f" {command}\n"})
    plan = make_plan(LARAVEL_CLOUD, "scope", wanted, [worker])
    assert [step.action for step in plan.steps] == ["create"]
    assert plan.steps[0].body["command"] == command
    for live in (command, f"  {command}", f"{command}\n"):
        custom = _background(2, "custom", live)
        assert make_plan(LARAVEL_CLOUD, "scope", wanted, [worker, custom]).live == custom
    for other in (command.upper(), command + " -v", "php artisan", "", None):
        custom = {**_background(2, "custom", command), "command": other}
        assert make_plan(LARAVEL_CLOUD, "scope", wanted, [worker, custom]).live is None


def test_ids_are_compared_without_case() -> None:
    """UUIDs, the id of a size, and the name of a size."""
    letters = "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"
    live = {
        "id": letters,
        "type": "worker",
        "resource_type_id": sevalla_facts.SIZES["s1"],
        "resource_type_name": "s1",
    }
    for size in (live["resource_type_id"], live["resource_type_id"].upper(), "S1", "s1"):
        wanted = entry(SEVALLA, {"id": letters.upper(), "resource_type": size})
        plan = make_plan(SEVALLA, "scope", wanted, [live])
        assert plan.live == live
        assert plan.steps == []


def test_options_that_are_not_set_are_not_in_an_entry() -> None:
    """null and a dict of nulls are not set; "", 0 and false are."""
    parsed = entry(
        SEVALLA,
        {
            "display_name": "x",
            "entrypoint": "",
            "is_ingress_enabled": False,
            "scaling_strategy": {"instance_count": 0},
            "liveness_probe": {},
            "readiness_probe": {"http_get": {"path": None}, "period_seconds": 1},
        },
    )
    assert parsed.options["entrypoint"] == ""
    assert parsed.options["is_ingress_enabled"] is False
    assert parsed.options["scaling_strategy"] == {"instance_count": 0}
    assert "liveness_probe" not in parsed.options
    assert "port" not in parsed.options
    assert parsed.options["readiness_probe"]["period_seconds"] == 1
    worker = entry(
        LARAVEL_CLOUD, {"type": "worker", "config": {"tries": 0, "force": False, "queue": None}}
    )
    assert worker.options == {"type": "worker", "config": {"tries": 0, "force": False}}


def test_ids_are_quoted_in_paths() -> None:
    """An id in a response cannot become another path."""
    live = [{"id": "../a?b", "key": "k", "type": "worker"}]
    plan = make_plan(SEVALLA, "s/c", entry(SEVALLA, {"key": "k"}, (), "absent"), live)
    assert plan.steps[0].path == "/applications/s%2Fc/processes/..%2Fa%3Fb"
