# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plans of a list of entries: each process in one of them, and what prune deletes."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.evenkeel.paas.plugins.module_utils._core.failure import Failure
from ansible_collections.evenkeel.paas.plugins.module_utils._core.planner import Plan, plan_list
from ansible_collections.evenkeel.paas.plugins.module_utils._engine.options import entries
from ansible_collections.evenkeel.paas.plugins.module_utils._laravel_cloud.processes import (
    PROCESSES as LARAVEL_CLOUD,
)
from ansible_collections.evenkeel.paas.plugins.module_utils._sevalla.processes import (
    PROCESSES as SEVALLA,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.plan.planning import (
    parameters,
)

IDS = [f"1b9d6bcd-bbfd-4b2d-9b5d-{number:012d}" for number in range(5)]


def process(number: int, name: str, process_type: str = "worker") -> dict[str, Any]:
    return {
        "id": IDS[number],
        "key": f"key-{number}",
        "display_name": name,
        "type": process_type,
        "entrypoint": "a",
    }


def worker(number: int, queue: str) -> dict[str, Any]:
    return {
        "id": f"process-{number}",
        "instance_id": "inst-1",
        "type": "worker",
        "processes": 1,
        "command": "",
        "config": {"connection": "redis", "queue": queue},
    }


WEB = process(0, "Web process", "web")
LIVE = [WEB, process(1, "mail"), process(2, "images"), process(3, "nightly", "cron")]
MAIL = {"display_name": "mail", "entrypoint": "b"}
NEW = {"display_name": "new", "type": "worker", "resource_type": "s1"}


def planned(
    backend: Any, given: list[dict[str, Any]], live: list[dict[str, Any]], prune: bool = False
) -> list[Plan]:
    wanted = entries(backend, [parameters(backend, each) for each in given], "present", True, [])
    return plan_list(backend, "scope", wanted, live, prune)


def steps(plans: list[Plan]) -> list[tuple[str, str]]:
    """Return the planned requests: the action, and the id at the end of its path."""
    return [(step.action, step.path.rpartition("/")[2]) for made in plans for step in made.steps]


def refused(given: list[dict[str, Any]], live: list[dict[str, Any]], **more: Any) -> Failure:
    with pytest.raises(Failure) as caught:
        planned(SEVALLA, given, live, **more)
    return caught.value


def test_each_entry_has_its_plan_in_the_order_of_the_list() -> None:
    plans = planned(SEVALLA, [NEW, MAIL, {"display_name": "images", "entrypoint": "a"}], LIVE)
    assert [made.entry.where for made in plans] == [f"processes[{n}]" for n in range(3)]
    assert steps(plans) == [("create", "processes"), ("update", IDS[1])]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"display_name": "mail"}, {"display_name": "mail", "entrypoint": "b"}),
        ({"display_name": "mail"}, {"id": IDS[1]}),
        ({"key": "key-1"}, {"id": IDS[1].upper()}),
        ({"type": "web"}, {"display_name": "Web process"}),
        (NEW, NEW),
    ],
)
def test_two_entries_for_one_process_are_a_problem_of_the_second(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    """Both positions are reported. If both would be created, neither has an id yet."""
    first, second, third = planned(SEVALLA, [one, other, {"display_name": "images"}], LIVE)
    assert first.problems == third.problems == []
    (problem,) = second.problems
    assert second.entry.named(problem.option) == "processes[1]"
    assert "is the same process as processes[0]" in problem.message


def test_a_third_entry_for_one_process_is_reported_too() -> None:
    plans = planned(SEVALLA, [MAIL, MAIL, MAIL], LIVE)
    assert [len(made.problems) for made in plans] == [0, 1, 1]


def test_problems_of_all_entries_are_reported_together() -> None:
    live = [*LIVE, process(4, "mail")]
    failure = refused([{"display_name": "images"}, MAIL, {"key": "nobody"}], live)
    assert failure.code == "ambiguous"
    assert failure.message.startswith("processes[1]: Expected one ")
    assert ", found 2: " in failure.message
    assert all(each in failure.message for each in (IDS[1], IDS[4]))
    assert "processes[2]: There is no process with key 'nobody'" in failure.message


def test_without_prune_nothing_is_deleted() -> None:
    assert steps(planned(SEVALLA, [MAIL], LIVE)) == [("update", IDS[1])]


def test_prune_deletes_unlisted_processes_that_can_be_deleted() -> None:
    """By its id, and never a web process; an entry that is only to be created has none."""
    plans = planned(SEVALLA, [NEW, MAIL], LIVE, prune=True)
    deleted = [("delete", IDS[2]), ("delete", IDS[3])]
    assert steps(plans) == [("create", "processes"), ("update", IDS[1]), *deleted]
    assert all(made.problems == [] for made in plans)
    assert [made.before["display_name"] for made in plans[2:]] == ["images", "nightly"]


@pytest.mark.parametrize(
    "address",
    [{"id": IDS[2]}, {"id": IDS[2].upper()}, {"key": "key-2"}, {"display_name": "images"}],
)
def test_prune_keeps_a_process_however_the_list_addresses_it(address: dict[str, Any]) -> None:
    plans = planned(SEVALLA, [address], LIVE, prune=True)
    assert steps(plans) == [("delete", IDS[1]), ("delete", IDS[3])]


def test_prune_keeps_a_process_that_the_list_renames() -> None:
    plans = planned(SEVALLA, [{"id": IDS[1], "display_name": "post"}], LIVE, prune=True)
    assert steps(plans) == [("update", IDS[1]), ("delete", IDS[2]), ("delete", IDS[3])]


@pytest.mark.parametrize(
    ("entry", "missing"),
    [(MAIL, "display_name"), ({"type": "web"}, "type"), ({"key": "key-1"}, "key")],
)
def test_prune_deletes_nothing_when_the_list_lacks_identities(
    entry: dict[str, Any], missing: str
) -> None:
    """It may be the process that an entry matches."""
    live = [dict(each) for each in LIVE]
    del live[2][missing]
    failure = refused([entry], live, prune=True)
    assert failure.code == "unexpected_answer"
    assert IDS[2] in failure.message
    assert "so nothing was deleted" in failure.message


def test_prune_deletes_nothing_when_a_type_is_null() -> None:
    live = [*LIVE[:2], {**LIVE[2], "type": None}, *LIVE[3:]]
    failure = refused([{"type": "web"}], live, prune=True)
    assert failure.code == "unexpected_answer"
    assert IDS[2] in failure.message


@pytest.mark.parametrize("shown", [{}, {"type": None}], ids=str)
def test_prune_keeps_a_process_that_may_be_a_web_process(shown: dict[str, Any]) -> None:
    live = [dict(each) for each in LIVE]
    del live[2]["type"]
    live[2].update(shown)
    assert steps(planned(SEVALLA, [{"display_name": "mail"}], live, prune=True)) == [
        ("delete", IDS[3])
    ]


@pytest.mark.parametrize("missing", ["display_name", "key", "type"])
def test_nothing_is_created_or_deleted_when_an_entry_may_already_exist(missing: str) -> None:
    """The one process that lacks it may be the match."""
    entry = {
        "display_name": {"display_name": "nobody", "type": "worker"},
        "key": {"key": "nobody"},
        "type": {"type": "web", "display_name": "nobody"},
    }[missing]
    live = [dict(each) for each in LIVE[1:]]
    del live[1][missing]
    failure = refused([entry], live)
    assert failure.code == "unexpected_answer"
    assert IDS[2] in failure.message
    assert "it is unknown whether" in failure.message


@pytest.mark.parametrize(
    ("entry", "missing"),
    [
        ({"type": "custom", "command": "a"}, "command"),
        ({"type": "worker", "config": {"connection": "redis", "queue": ["c"]}}, "type"),
    ],
)
def test_laravel_cloud_a_process_without_an_identity_may_match(
    entry: dict[str, Any], missing: str
) -> None:
    odd = {**worker(3, "x"), "type": "custom", "command": "b"}
    del odd[missing]
    with pytest.raises(Failure) as caught:
        planned(LARAVEL_CLOUD, [entry], [worker(1, "a"), odd])
    assert caught.value.code == "unexpected_answer"
    assert "process-3" in caught.value.message
    assert "process-1" not in caught.value.message


def test_laravel_cloud_prune_identifies_workers_by_their_queues() -> None:
    live = [worker(1, "a"), worker(2, "a, b"), worker(3, "b,a")]
    kept = {"type": "worker", "config": {"connection": "redis", "queue": ["a", "b"]}}
    plans = planned(LARAVEL_CLOUD, [kept], live, prune=True)
    assert steps(plans) == [("delete", "process-1"), ("delete", "process-3")]
    assert [made.address.words for made in plans[1:]] == [
        "worker with connection redis and queue a",
        "worker with connection redis and queue b,a",
    ]
