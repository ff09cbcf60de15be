# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan of a list: what is sent, in which order, and what is refused first."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.evenkeel.paas.tests.emulator import Fault, world
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.lists.list_cases import (
    Stage,
    methods,
    planned,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.running import (
    settled,
)

# What a run sends


@pytest.mark.parametrize("parallel", [1, 4])
def test_a_list_with_all_kinds_of_entries(stage: Stage, parallel: int) -> None:
    """Updates and creations in the order of the list, then deletions; the same in check mode."""
    kit = stage.kit
    stage.seed(1, 2, 3, 4)
    listed = [kit.entry(5), kit.changed(3), kit.entry(1), kit.entry(6)]
    options = {"prune": True, "max_parallel": parallel}
    checked = stage(listed, check_mode=True, **options)
    assert checked.writes == []
    made = stage(listed, **options)
    assert made.message is None, made.message
    assert planned(made) == ["create", "update", "create", "delete", "delete"]
    for key in ("changed", "plan", "diff", "deployment_required"):
        assert made.result[key] == checked.result[key]
    assert [kit.named(process) for process in made.result["processes"]] == stage.wanted(
        [5, 3, 1, 6]
    )
    assert [diff["before_header"] for diff in made.result["diff"]] == [
        kit.words(number) for number in (5, 3, 1, 6, 2, 4)
    ]
    assert [bool(diff["after"]) for diff in made.result["diff"]] == [True] * 4 + [False] * 2
    assert methods(made)[3:] == ["DELETE", "DELETE"]
    assert sorted(stage.names()) == sorted(stage.wanted([1, 3, 5, 6]))
    assert settled(stage(listed, **options))


def test_without_prune_unlisted_processes_are_kept(stage: Stage) -> None:
    stage.seed(1, 2)
    made = stage([stage.kit.entry(3)])
    assert planned(made) == ["create"]
    assert stage.names() == stage.wanted([1, 2, 3])


@pytest.mark.parametrize("prune", [False, True])
@pytest.mark.parametrize(("count", "requests"), [(50, 1), (130, 2)])
def test_an_unchanged_long_list_sends_one_request_for_each_page(
    stage: Stage, count: int, requests: int, prune: bool
) -> None:
    """One request for each hundred processes, whatever the entries are."""
    stage.seed(*range(count))
    again = stage([stage.kit.entry(number) for number in reversed(range(count))], prune=prune)
    assert settled(again)
    assert len(again.requests) == requests
    assert again.result["api"]["requests"] == requests
    assert [stage.kit.named(process) for process in again.result["processes"]] == stage.wanted(
        reversed(range(count))
    )


def test_sizes_are_read_once_for_all_entries(sevalla: Stage) -> None:
    made = sevalla([sevalla.kit.entry(number) for number in range(5)])
    assert made.reads.count("/resources/process-resource-types") == 1
    # The list, the sizes, and the list again, because someone else may create the same.
    assert len(made.reads) == 3


def test_an_empty_list_does_nothing(stage: Stage) -> None:
    stage.seed(1)
    assert settled(stage([]))
    assert stage.names() == stage.wanted([1])


# Refused before anything is written


def refused(stage: Stage, listed: list[dict[str, Any]], *said: str, **options: Any) -> Any:
    """Check that a list is refused, in check mode and not, and nothing is written."""
    for check_mode in (True, False):
        outcome = stage(listed, check_mode=check_mode, **options)
        assert outcome.message is not None
        for text in said:
            assert text in outcome.message
        assert "Nothing was changed." in outcome.message
        assert outcome.writes == []
        assert outcome.result["changed"] is False
    return outcome


def test_two_entries_for_one_process(stage: Stage) -> None:
    """With the same identity, whether the process exists or not."""
    kit = stage.kit
    listed = [kit.entry(1), kit.entry(2), kit.changed(1)]
    said = f"processes[2]: is the same process as processes[0], the {kit.words(1)}"
    refused(stage, listed, said)
    stage.seed(1)
    refused(stage, listed, said)


def test_two_entries_for_one_process_by_id_and_by_identity(stage: Stage) -> None:
    _first, second = stage.seed(1, 2)
    listed = [stage.kit.entry(1), {"id": second}, stage.kit.changed(2)]
    refused(stage, listed, "processes[2]: is the same process as processes[1]")
    refused(stage, [{"id": second}, {"id": second}], "processes[1]: is the same process as")


def test_two_entries_for_one_process_by_every_address_of_sevalla(sevalla: Stage) -> None:
    (first,) = sevalla.seed(1)
    key = sevalla.live()[0]["key"]
    ways = [{"id": first}, {"id": first.upper()}, {"key": key}, {"display_name": "worker 1"}]
    for one in range(len(ways)):
        for other in range(len(ways)):
            refused(sevalla, [ways[one], ways[other]], "processes[1]: is the same process as")
    web = [{"type": "web"}, {"display_name": "Web process"}, {"id": world.SEVALLA_SHOP_WEB_ID}]
    refused(sevalla, web, "processes[1]: is the same", "processes[2]: is the same")


def test_two_spellings_of_one_process(cloud: Stage) -> None:
    worker = {"type": "worker", "config": {"connection": "redis", "queue": "a,b"}}
    spelled = {"type": "worker", "config": {"queue": [" a", "b "], "connection": "redis"}}
    refused(cloud, [worker, spelled], "processes[1]: is the same process as processes[0]")
    command = {"type": "custom", "command": "php artisan x"}
    blanks = {"type": "custom", "command": "  php artisan x "}
    refused(cloud, [command, blanks], "processes[1]: is the same process as processes[0]")


def test_duplicate_entries_are_reported_without_missing_options(stage: Stage) -> None:
    """Their error is not that neither exists yet."""
    outcome = refused(stage, [stage.kit.entry(1), stage.kit.entry(1)], "is the same process as")
    assert "does not exist" not in outcome.message
    assert outcome.message.startswith("Invalid options: processes[1]: ")


def test_an_entry_that_would_take_the_identity_of_another_entry(stage: Stage) -> None:
    """By its id, a process gets the name of another entry: the next run could not distinguish
    them."""
    kit = stage.kit
    first, _second = stage.seed(1, 2)
    renamed = {
        "id": first,
        **{key: kit.entry(2)[key] for key in ("display_name", "command") if key in kit.entry(2)},
    }
    for listed in ([renamed, kit.entry(2)], [kit.changed(2), renamed]):
        outcome = refused(stage, listed, "processes[1]: ", "processes[0]", kit.words(2))
        assert "set the id" not in outcome.message
    three = {**renamed, **{key: kit.entry(3)[key] for key in renamed if key != "id"}}
    refused(stage, [three, kit.entry(3)], "processes[1]: ", "processes[0]", kit.words(3))


def test_a_worker_that_a_less_specific_entry_would_match_too(cloud: Stage) -> None:
    """The first entry matches the only redis worker; with the second there would be two."""
    mails = {"type": "worker", "config": {"connection": "redis", "queue": "mails"}}
    assert cloud([mails]).message is None
    short = {"type": "worker", "config": {"connection": "redis", "tries": 3}}
    other = {"type": "worker", "config": {"connection": "redis", "queue": "other"}}
    refused(cloud, [short, other], "processes[0]", "processes[1]")


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_rename_to_the_name_of_an_unlisted_process(stage: Stage, check_mode: bool) -> None:
    """By its id, a process would get the name of another one that no entry lists."""
    kit = stage.kit
    option = "display_name" if kit.module.startswith("sevalla") else "command"
    first, second = stage.seed(1, 2)
    renamed = {"id": first, option: kit.name(2)}
    said = f"processes[0].{option}: process {second} already has this {option},"
    refused(stage, [renamed], said)
    refused(stage, [kit.entry(5), renamed], said.replace("[0]", "[1]"))
    single = {"sevalla_processes": "sevalla_process"}.get(
        kit.module, "laravel_cloud_background_process"
    )
    alone = stage._run(single, **kit.scope, **renamed, check_mode=check_mode)
    assert f"{option}: process {second} already has this {option}," in str(alone.message)
    assert alone.writes == []
    if kit.module.startswith("sevalla"):
        # Sevalla may list the other one until the next deployment, even if it is pruned.
        refused(stage, [renamed], said, prune=True)
    else:
        assert stage([renamed], prune=True).message is None
        assert stage.names() == stage.wanted([2])


def test_a_rename_in_a_list_of_one_reads_the_list_once(sevalla: Stage) -> None:
    """Only a process that is read by its id is read without the others."""
    methods = [
        [request["method"] for request in sevalla([entry], check_mode=True).requests]
        for entry in ({"type": "web", "display_name": "Main"}, {"type": "web", "port": 81})
    ]
    assert methods == [["GET"], ["GET"]]


def test_the_web_process_cannot_take_the_name_of_a_worker(sevalla: Stage) -> None:
    """Whether it exists or is to be created, and also in a list with the worker."""
    (worker,) = sevalla.seed(1)
    web = {"type": "web", "display_name": "worker 1", "resource_type": "s1"}
    said = f"display_name: process {worker} already has this display_name,"
    refused(sevalla, [web], f"processes[0].{said}")
    both = [web, {"type": "worker", "display_name": "worker 1"}]
    words = "processes[1]: would have the same identity as processes[0] (the process with"
    refused(sevalla, both, words, "choose another display_name")
    with sevalla.emulator.world.lock:
        shop = sevalla.emulator.world.sevalla.applications[world.SEVALLA_SHOP_ID]
        del shop.processes[world.SEVALLA_SHOP_WEB_ID]
    refused(sevalla, [web], f"processes[0].{said}")


def test_existing_duplicate_names_are_allowed(sevalla: Stage) -> None:
    """An entry is not refused for a field that it does not change."""
    first, _second = sevalla.seed(1), sevalla.seed(1)
    entry = {"id": first[0], "display_name": "worker 1", "entrypoint": "node other.js"}
    made = sevalla([entry])
    assert made.message is None, made.message
    assert planned(made) == ["update"]


def test_a_worker_cannot_take_the_queues_of_another(cloud: Stage) -> None:
    config = {"connection": "redis", "queue": "a,b"}
    other = {"connection": "redis", "queue": "c"}
    made = cloud([{"type": "worker", "config": each} for each in (config, other)])
    first, second = (process["id"] for process in made.result["processes"])
    moved = {"id": second, "config": {"queue": " a , b"}}
    said = f"config.queue: process {first} already has this connection and queue,"
    refused(cloud, [moved], f"processes[0].{said}")
    alone = cloud._run("laravel_cloud_background_process", **moved)
    assert said in str(alone.message)
    assert alone.writes == []
    assert cloud([{"id": second, "config": {"queue": "b,a"}}]).message is None


def test_a_change_by_id_reads_the_list_only_for_a_rename(stage: Stage) -> None:
    """A run that changes nothing sends one GET; no other changed value needs a second one."""
    kit = stage.kit
    option = "display_name" if kit.module.startswith("sevalla") else "command"
    single = {"sevalla_processes": "sevalla_process"}.get(
        kit.module, "laravel_cloud_background_process"
    )
    (process_id,) = stage.seed(1)
    stage.seed(2)
    scope = kit.scope if kit.module.startswith("sevalla") else {}
    value = {kit.value: kit.changed(1)[kit.value]}
    for options, count in ((value, 1), ({option: kit.name(1)}, 1), ({option: kit.name(3)}, 2)):
        outcome = stage._run(single, **scope, id=process_id, **options)
        assert outcome.message is None, outcome.message
        assert len(outcome.reads) == count


@pytest.mark.parametrize("state", ["present", "absent"])
def test_the_type_distinguishes_processes_with_the_same_name(sevalla: Stage, state: str) -> None:
    """A worker and the web process have the same name: the worker is found by its type."""
    (worker,) = sevalla.seed(1)
    with sevalla.emulator.world.lock:
        shop = sevalla.emulator.world.sevalla.applications[world.SEVALLA_SHOP_ID]
        shop.processes[world.SEVALLA_SHOP_WEB_ID]["display_name"] = "worker 1"
    entry = {"type": "worker", "display_name": "worker 1", "state": state}
    more = {"entrypoint": "node new.js"} if state == "present" else {}
    outcome = sevalla._run("sevalla_process", **sevalla.kit.scope, **entry, **more)
    assert outcome.message is None, outcome.message
    (step,) = outcome.result["plan"]
    assert step["path"].endswith(worker)
    without = {key: value for key, value in entry.items() if key != "type"}
    failed = sevalla._run("sevalla_process", **sevalla.kit.scope, **without)
    # Without a type, several match; or only the remaining one, which cannot be deleted.
    said = {"present": "Expected one process with", "absent": "cannot be deleted"}
    assert said[state] in str(failed.message)


# Similar names


def test_creating_a_process_with_a_similar_name_is_a_warning(sevalla: Stage) -> None:
    """In check mode and in a real run; not for a process that another entry lists."""
    (live,) = sevalla.seed(1)
    entry = {**sevalla.kit.entry(1), "display_name": "Worker  1"}
    said = (
        "processes[0]: There is no process with display_name 'Worker  1', so a new process is "
        f"created beside it. Did you mean 'worker 1', the display_name of process {live}?"
    )
    assert sevalla([entry], check_mode=True).warnings == [said]
    assert sevalla([entry, sevalla.kit.entry(1)], check_mode=True).warnings == []
    assert sevalla([entry]).warnings == [said]
    assert sevalla([entry]).warnings == []


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("worker 1", []),
        ("WORKER1", ["worker 1"]),
        ("workerr 1", ["worker 1"]),
        ("worker 2", []),
        ("worker 1 b", []),
        ("Web Process", ["Web process"]),
        ("mails", []),
    ],
)
def test_which_names_count_as_similar(sevalla: Stage, name: str, near: list[str]) -> None:
    """A difference in case or spaces, or one misspelled word. Names that differ in a number are
    intended."""
    sevalla.seed(1)
    entry = {**sevalla.kit.entry(1), "display_name": name}
    warnings = sevalla([entry], check_mode=True).warnings
    assert len(warnings) == len(near)
    assert all(f"Did you mean {each!r}" in warnings[0] for each in near)


def test_a_command_or_queue_similar_to_an_existing_one_is_a_warning(cloud: Stage) -> None:
    cloud([{"type": "worker", "config": {"connection": "redis", "queue": "mails"}}])
    cloud([{"type": "custom", "command": "php artisan horizon"}])
    worker = {"type": "worker", "config": {"connection": "redis", "queue": "Mails"}}
    custom = {"type": "custom", "command": "php artisan horizn"}
    other = {"type": "worker", "config": {"connection": "sqs", "queue": "mails"}}
    first, second = cloud([worker, custom, other], check_mode=True).warnings
    assert first.startswith("processes[0]: ")
    assert "Did you mean 'redis mails', the connection and queue of process" in first
    assert second.startswith("processes[1]: ")
    assert "Did you mean 'php artisan horizon', the command of process" in second


def test_an_absent_process_with_a_similar_name_is_a_warning(sevalla: Stage) -> None:
    """Only for a difference in case or spaces: usually a process is absent on purpose."""
    sevalla.seed(1)
    for name, count in (("Worker 1", 1), ("workerr 1", 0), ("worker 2", 0)):
        outcome = sevalla._run(
            "sevalla_process", **sevalla.kit.scope, display_name=name, state="absent"
        )
        assert settled(outcome)
        assert len(outcome.warnings) == count
        assert all("so nothing is deleted" in warning for warning in outcome.warnings)


def test_a_failure_suggests_similar_names(sevalla: Stage) -> None:
    """If options for a creation are missing, and if no key matches."""
    sevalla.seed(1)
    said = (
        "the process with display_name 'Worker 1' does not exist and would be created; "
        "did you mean 'worker 1'?"
    )
    refused(sevalla, [{"display_name": "Worker 1", "entrypoint": "x"}], said)
    keys = sorted(process["key"] for process in sevalla.live())
    outcome = refused(sevalla, [{"key": keys[0].upper()}], f"Did you mean {keys[0]!r}?")
    assert f"The application has web, {keys[0]}." in outcome.message


def test_names_can_be_swapped_by_id(stage: Stage) -> None:
    """Each process has its own id, so nothing is ambiguous, now or later."""
    kit = stage.kit
    key = "display_name" if kit.module.startswith("sevalla") else "command"
    first, second = stage.seed(1, 2)
    listed = [{"id": first, key: kit.name(2)}, {"id": second, key: kit.name(1)}]
    assert stage(listed).message is None
    assert stage.names() == stage.wanted([2, 1])
    assert settled(stage(listed))


def test_an_entry_that_matches_several_processes(stage: Stage) -> None:
    ids = [*stage.seed(1), *stage.seed(1)]
    others = [*stage.seed(2), *stage.seed(2)]
    outcome = refused(
        stage,
        [stage.kit.entry(3), stage.kit.entry(1), stage.kit.entry(2)],
        f"processes[1]: Expected one {stage.kit.words(1)}, found 2: {', '.join(ids)}",
        f"processes[2]: Expected one {stage.kit.words(2)}, found 2: {', '.join(others)}",
        prune=True,
    )
    assert outcome.result["failure"]["code"] == "ambiguous"
    assert settled(stage([{"id": each} for each in ids + others], prune=True))


def test_all_invalid_options_of_all_entries_are_reported_together(stage: Stage) -> None:
    listed = [
        {**stage.kit.entry(1), "id": "7"},
        {"type": stage.kit.entry(1)["type"]},
    ]
    refused(stage, listed, "processes[0].id: must ", "processes[1].", max_parallel=0)


def test_all_values_out_of_range_are_reported_together(stage: Stage) -> None:
    odd = {"port": 70000} if stage.kit.module.startswith("sevalla") else {"processes": 70}
    stage.seed(1)
    listed = [{**stage.kit.entry(number), **odd} for number in (1, 2)]
    (name,) = odd
    said = f"{name}: must be from 1 to {65535 if name == 'port' else 10}, not {odd[name]}"
    outcome = refused(stage, listed, f"processes[0].{said}", f"processes[1].{said}")
    assert [detail["option"] for detail in outcome.result["failure"]["details"]] == [
        f"processes[0].{name}",
        f"processes[1].{name}",
    ]


@pytest.mark.parametrize("parallel", [0, -1, 33, 1000])
def test_max_parallel_out_of_range(stage: Stage, parallel: int) -> None:
    outcome = refused(
        stage, [], f"max_parallel: must be from 1 to 32, not {parallel}", max_parallel=parallel
    )
    assert outcome.requests == []


@pytest.mark.parametrize("parallel", [1, 2, 32])
def test_max_parallel_in_range(stage: Stage, parallel: int) -> None:
    listed = [stage.kit.entry(number) for number in range(5)]
    assert stage(listed, max_parallel=parallel).message is None
    assert sorted(stage.names()) == stage.wanted(range(5))


# Pruning


def test_prune_with_an_empty_list_is_refused_before_any_request(stage: Stage) -> None:
    stage.seed(1)
    outcome = refused(stage, [], "prune: is refused with an empty list", prune=True)
    assert outcome.requests == []


def test_a_web_process_is_never_pruned(sevalla: Stage) -> None:
    """Even if there are others, or if its type is not shown."""
    sevalla.seed(1, 2)
    made = sevalla([sevalla.kit.entry(1)], prune=True)
    assert planned(made) == ["delete"]
    shop = sevalla.emulator.world.sevalla.applications[world.SEVALLA_SHOP_ID]
    assert world.SEVALLA_SHOP_WEB_ID not in shop.deleted
    assert [process["type"] for process in shop.processes.values()].count("web") == 1
    with sevalla.emulator.world.lock:
        second = {**shop.processes[world.SEVALLA_SHOP_WEB_ID], "key": "web-2"}
        shop.processes["11111111-1111-4111-8111-111111111111"] = {
            **second,
            "id": "11111111-1111-4111-8111-111111111111",
        }
    assert settled(sevalla([sevalla.kit.entry(1)], prune=True))
    for web in (world.SEVALLA_SHOP_WEB_ID, "11111111-1111-4111-8111-111111111111"):
        with sevalla.emulator.world.lock:
            shop.processes[web]["type"] = None
    assert settled(sevalla([sevalla.kit.entry(1)], prune=True))


def test_a_warning_names_what_prune_deletes(stage: Stage) -> None:
    """In check mode and in a real run, in the same words."""
    stage.seed(1, 2, 3)
    all_live = 4 if stage.kit.module.startswith("sevalla") else 3
    summary = f"2 of {all_live} processes: {stage.kit.words(1)}, {stage.kit.words(3)}."
    checked = stage([stage.kit.entry(2)], prune=True, check_mode=True)
    assert checked.warnings == [f"prune would delete {summary}"]
    made = stage([stage.kit.entry(2)], prune=True)
    assert made.warnings == [f"prune deleted {summary}"]
    for check_mode in (True, False):
        again = stage([stage.kit.entry(2)], prune=True, check_mode=check_mode)
        assert again.warnings == []


# Counts, and how much is returned


def test_counts_summarize_the_entries(stage: Stage) -> None:
    kit = stage.kit
    stage.seed(1, 2, 3, 4, 5)
    listed = [kit.entry(6), kit.changed(1), kit.entry(2), kit.changed(3), kit.entry(7)]
    for check_mode in (True, False):
        outcome = stage(listed, prune=True, check_mode=check_mode)
        assert outcome.result["counts"] == {
            "created": 2,
            "updated": 2,
            "deleted": 2,
            "unchanged": 1,
        }
    settled_counts = {"created": 0, "updated": 0, "deleted": 0, "unchanged": 5}
    assert stage(listed, prune=True).result["counts"] == settled_counts
    assert stage([], check_mode=True).result["counts"] == dict.fromkeys(settled_counts, 0)


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize(
    ("returned", "entries", "diffs"),
    [("all", [1, 2, 3], [1, 2, 3, 4]), ("changed", [1, 3], [1, 3, 4]), ("none", [], [])],
)
def test_returned_limits_what_the_result_lists(
    stage: Stage, returned: str, entries: list[int], diffs: list[int], check_mode: bool
) -> None:
    """The processes and the diff, in order; changed, plan and counts are always complete."""
    kit = stage.kit
    stage.seed(1, 2, 4)
    outcome = stage._run(
        kit.module,
        **kit.scope,
        processes=[kit.changed(1), kit.entry(2), kit.entry(3)],
        prune=True,
        returned=returned,
        check_mode=check_mode,
    )
    assert outcome.message is None, outcome.message
    assert [kit.named(each) for each in outcome.result["processes"]] == stage.wanted(entries)
    assert [each["before_header"] for each in outcome.result["diff"]] == [
        kit.words(number) for number in diffs
    ]
    assert planned(outcome) == ["update", "create", "delete"]
    assert outcome.result["counts"] == {"created": 1, "updated": 1, "deleted": 1, "unchanged": 1}


def test_everything_is_returned_by_default(stage: Stage) -> None:
    stage.seed(1)
    again = stage([stage.kit.entry(1)])
    assert settled(again)
    assert len(again.result["processes"]) == len(again.result["diff"]) == 1


@pytest.mark.parametrize("kind", ["total_low", "total_high", "page_repeated"])
def test_nothing_is_pruned_when_the_list_is_incomplete(stage: Stage, kind: str) -> None:
    """A page is missing or repeated: a process may be listed but not read, so nothing is
    decided."""
    stage.seed(*range(130))
    stage.emulator.faults.add(Fault(kind, method="GET", path=stage.kit.collection, times=None))
    outcome = stage([stage.kit.entry(1)], prune=True)
    assert outcome.message is not None
    assert outcome.writes == []
    assert len(stage.names()) == 130


def test_a_failed_page_prunes_nothing(stage: Stage) -> None:
    stage.seed(*range(130))
    fault = Fault("500_before", method="GET", path=stage.kit.collection, after=1, times=None)
    stage.emulator.faults.add(fault)
    outcome = stage([stage.kit.entry(1)], prune=True)
    assert outcome.message is not None
    assert outcome.writes == []
    assert len(stage.names()) == 130


@pytest.mark.parametrize(
    ("stage", "key", "code"),
    [
        # They are identified by their names. Each may be the web process, which is never pruned.
        ("sevalla", "type", None),
        ("sevalla", "display_name", "unexpected_answer"),
        ("laravel_cloud", "type", "unexpected_answer"),
        ("laravel_cloud", "command", "unexpected_answer"),
    ],
    indirect=["stage"],
)
def test_processes_without_an_identity_are_not_pruned(
    stage: Stage, key: str, code: str | None
) -> None:
    """A process without its identity may be one of the list."""
    stage.seed(1, 2)
    fault = Fault("missing_key", method="GET", path=stage.kit.collection, key=key, times=None)
    stage.emulator.faults.add(fault)
    outcome = stage([stage.kit.entry(1)], prune=True)
    assert outcome.result.get("failure", {}).get("code") == code
    assert (outcome.message is None) == (code is None)
    assert outcome.writes == []
    assert stage.names() == stage.wanted([1, 2])


def test_another_identity_creates_another_process(stage: Stage) -> None:
    """Without prune the old one is kept; with it, the old one is deleted after the new one is
    created."""
    stage.seed(1)
    assert planned(stage([stage.kit.entry(2)])) == ["create"]
    assert stage.names() == stage.wanted([1, 2])
    made = stage([stage.kit.entry(3)], prune=True, max_parallel=1)
    assert methods(made) == ["POST", "DELETE", "DELETE"]
    assert stage.names() == stage.wanted([3])


def test_with_an_id_another_identity_is_a_change(stage: Stage) -> None:
    (process_id,) = stage.seed(1)
    new = {key: value for key, value in stage.kit.entry(2).items() if key not in ("resource_type",)}
    made = stage([{"id": process_id, **new}], prune=True)
    assert made.message is None, made.message
    assert planned(made) == ["update"]
    assert [process["id"] for process in stage.live()] == [process_id]
    assert stage.names() == stage.wanted([2])


def test_an_already_deleted_process_is_deleted_again_until_the_deployment(
    sevalla: Stage,
) -> None:
    """As documented in the module, if the service still lists it."""
    sevalla.emulator.reset()
    sevalla.seed(1, 2)
    for _time in range(2):
        assert planned(sevalla([sevalla.kit.entry(1)], prune=True)) == ["delete"]
    assert sevalla.names() == sevalla.wanted([1])


@pytest.mark.parametrize("scope", ["missing", "unknown"])
def test_a_missing_scope_is_not_treated_as_empty(stage: Stage, scope: str) -> None:
    sevalla = stage.kit.module.startswith("sevalla")
    option = "application" if sevalla else "instance"
    nobody = "11111111-1111-4111-8111-111111111111" if sevalla else "inst-00000000"
    given = {"unknown": {option: nobody}, "missing": {option: "" if sevalla else None}}[scope]
    outcome = stage._run(
        stage.kit.module, **{**stage.kit.scope, **given}, processes=[stage.kit.entry(1)], prune=True
    )
    assert outcome.message is not None
    assert option in outcome.message
    assert outcome.writes == []
