# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What info returns as desired changes nothing when it is applied, and is what a person would
write.

This holds for any state that a service may show, including those that nobody could create.
"""

from __future__ import annotations

import random
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.evenkeel.paas.tests.emulator import world
from ansible_collections.evenkeel.paas.tests.emulator.server import Hooks
from ansible_collections.evenkeel.paas.tests.emulator.switches import SWITCHES
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.info.worlds import (
    Showing,
    cloud_process,
    sevalla_process,
    worlds,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.lists.list_cases import (
    KITS,
    LARAVEL_CLOUD,
    SEVALLA,
    Kit,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.plan.example_counts import (
    examples,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.plan.sevalla_facts import (
    OPTIONS,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.running import (
    Outcome,
    Runner,
    no_waiting,
)


@pytest.fixture
def run(emulator: Any, monkeypatch: pytest.MonkeyPatch) -> Runner:
    no_waiting(monkeypatch)
    return Runner(emulator)


def read(run: Runner, kit: Kit, **narrowed: Any) -> Outcome:
    outcome = run(kit.info, **{**kit.scope, **narrowed})
    assert outcome.message is None, outcome.message
    assert outcome.writes == []
    assert len(outcome.result["desired"]) == len(outcome.result["processes"])
    return outcome


def changes_nothing(
    run: Runner, kit: Kit, desired: list[dict[str, Any]], prune: bool
) -> list[dict[str, Any]]:
    """Apply the list after a round trip through YAML; return the processes that it matches."""
    assert yaml.safe_load(yaml.safe_dump(desired)) == desired
    again = run(kit.module, **kit.scope, processes=desired, prune=prune)
    assert again.message is None, (again.message, desired)
    assert again.result["plan"] == [], (again.result["plan"], desired)
    assert again.result["changed"] is False
    assert again.writes == []
    assert again.warnings == []
    return list(again.result["processes"])


def gives_back(run: Runner, kit: Kit) -> list[dict[str, Any]]:
    """Read all processes, and apply desired with and without prune."""
    outcome = read(run, kit)
    desired = outcome.result["desired"]
    meant = changes_nothing(run, kit, desired, prune=False)
    if desired:
        changes_nothing(run, kit, desired, prune=True)
    ids = [process["id"] for process in outcome.result["processes"]]
    assert [process["id"] for process in meant] == ids
    return list(desired)


def no_nulls(value: Any) -> bool:
    """Return whether no value is null or empty, at any depth."""
    if isinstance(value, dict):
        return bool(value) and all(no_nulls(item) for item in value.values())
    if isinstance(value, list):
        return all(no_nulls(item) for item in value)
    return value is not None


# Any response of the service


@given(worlds(sevalla_process))
@examples(100)
def test_desired_of_any_state_of_sevalla_changes_nothing(
    run: Runner, processes: list[dict[str, Any]]
) -> None:
    run.emulator.reset()
    run.emulator.hooks = Showing(processes)
    for entry, process in zip(gives_back(run, SEVALLA), processes):
        assert no_nulls(entry)
        assert not ("id" in entry and "key" in entry)
        assert entry.get("id", process["id"]) == process["id"]


@given(worlds(cloud_process))
@examples(100)
def test_desired_of_any_state_of_laravel_cloud_changes_nothing(
    run: Runner, processes: list[dict[str, Any]]
) -> None:
    run.emulator.reset()
    run.emulator.hooks = Showing(processes)
    for entry, process in zip(gives_back(run, LARAVEL_CLOUD), processes):
        assert no_nulls(entry)
        assert entry.get("id", process["id"]) == process["id"]


@given(worlds(sevalla_process), st.data())
@examples(40)
def test_desired_of_filtered_sevalla_processes_changes_nothing(
    run: Runner, processes: list[dict[str, Any]], data: st.DataObject
) -> None:
    """With a filter by a value of some process: all processes with it are returned, and their
    entries change nothing."""
    run.emulator.reset()
    run.emulator.hooks = Showing(processes)
    one = data.draw(st.sampled_from(processes))
    name = data.draw(st.sampled_from(["id", "key", "display_name", "type"]))
    value = one.get(name)
    if not isinstance(value, str) or not value or value == "new":
        return
    outcome = read(run, SEVALLA, **{name: value})
    found = [process["id"] for process in outcome.result["processes"]]
    assert found == [process["id"] for process in processes if process.get(name) == value]
    changes_nothing(run, SEVALLA, outcome.result["desired"], prune=False)


@given(worlds(cloud_process), st.data())
@examples(40)
def test_desired_of_filtered_laravel_cloud_processes_changes_nothing(
    run: Runner, processes: list[dict[str, Any]], data: st.DataObject
) -> None:
    run.emulator.reset()
    run.emulator.hooks = Showing(processes)
    one = data.draw(st.sampled_from(processes))
    narrowed = data.draw(
        st.sampled_from(
            [{"id": one["id"]}, {"type": "worker"}, {"type": "custom"}, {"config": {"tries": 30}}]
        )
    )
    outcome = read(run, LARAVEL_CLOUD, **narrowed)
    if "id" in narrowed:
        assert [process["id"] for process in outcome.result["processes"]] == [one["id"]]
    changes_nothing(run, LARAVEL_CLOUD, outcome.result["desired"], prune=False)


# Any state of the emulator


@st.composite
def legal_sevalla(draw: Any, number: int) -> dict[str, Any]:
    """Generate a body that creates a process."""
    kind = draw(st.sampled_from(["worker", "cron", "job"]))
    count = st.integers(0, 20)
    low = draw(count)
    strategy = draw(
        st.sampled_from(
            [
                {"type": "manual", "config": {"instanceCount": 1}},
                {"type": "manual", "config": {"instanceCount": low}},
                {
                    "type": "horizontal",
                    "config": {"minInstanceCount": low, "maxInstanceCount": low + 1},
                },
            ]
        )
    )
    body: dict[str, Any] = {
        "display_name": draw(st.sampled_from([f"name {number}", "twin", "Web process"])),
        "type": kind,
        "resource_type_id": draw(st.sampled_from(sorted(world.SEVALLA_SIZE_IDS.values()))),
        "scaling_strategy": strategy if kind == "worker" else {**strategy, **ONE},
    }
    if draw(st.booleans()):
        body["entrypoint"] = draw(st.sampled_from(["", "node x.js", "a {{ b }}"]))
    if kind == "cron":
        body["schedule"] = "0 3 * * *"
        if draw(st.booleans()):
            body["time_zone"] = draw(st.sampled_from(["UTC", "Europe/Berlin", ""]))
    if kind == "job":
        body["job_start_policy"] = "afterSuccessDeployment"
    return body


ONE = {"type": "manual", "config": {"instanceCount": 1}}


@st.composite
def legal_cloud(draw: Any, number: int) -> dict[str, Any]:
    """Generate a body that creates a background process."""
    if draw(st.booleans()):
        commands = [f"work {number}", "php artisan twin", "  php artisan twin "]
        return {
            "type": "custom",
            "processes": draw(st.integers(1, 10)),
            "command": draw(st.sampled_from(commands)),
        }
    keys = {
        "connection": st.sampled_from(["redis", "sqs"]),
        "queue": st.sampled_from(["a", "a,b", "b, a", f"q{number}"]),
        "tries": st.integers(0, 9),
        "rest": st.just(0),
        "timeout": st.sampled_from([60, "60"]),
        "force": st.booleans(),
    }
    config = draw(st.fixed_dictionaries({}, optional=keys))
    return {"type": "worker", "processes": draw(st.integers(1, 10)), "config": config}


def switched(prefix: str) -> Any:
    """Generate any values for all switches of a service."""
    mine = [switch for switch in SWITCHES if switch.name.startswith(prefix)]
    kept = [switch for switch in mine if "rate_limit" not in switch.name]
    return st.fixed_dictionaries(
        {}, optional={switch.name: st.sampled_from(switch.values) for switch in kept}
    )


def fill(run: Runner, kit: Kit, bodies: list[dict[str, Any]]) -> None:
    """Create those of the processes that the service accepts."""
    with run.emulator.world.lock:
        for body in bodies:
            try:
                if kit is SEVALLA:
                    service: Any = run.emulator.world.sevalla
                    service.create(service.applications[world.SEVALLA_SHOP_ID], body)
                else:
                    service = run.emulator.world.laravel_cloud
                    instance = service.instances[world.LARAVEL_CLOUD_PRODUCTION_WORKERS_ID]
                    service.create(instance, body)
            except Exception as refusal:
                if not hasattr(refusal, "status"):
                    raise


@given(
    st.lists(legal_sevalla(1) | legal_sevalla(2) | legal_sevalla(3), max_size=5),
    switched("sevalla"),
)
@examples(60)
def test_desired_of_any_emulated_state_of_sevalla_changes_nothing(
    run: Runner, bodies: list[dict[str, Any]], switches: dict[str, str]
) -> None:
    run.emulator.reset(switches=switches)
    fill(run, SEVALLA, bodies)
    with run.emulator.world.lock:
        shop = run.emulator.world.sevalla.applications[world.SEVALLA_SHOP_ID]
        processes = [dict(process) for process in shop.processes.values()]
    sizes = {size_id: name for name, size_id in world.SEVALLA_SIZE_IDS.items()}
    names = [process["display_name"] for process in processes]
    for entry, process in zip(gives_back(run, SEVALLA), processes):
        # As a person would write it
        if process["type"] == "web" or names.count(process["display_name"]) == 1:
            assert not {"id", "key"} & entry.keys(), entry
        else:
            assert entry["key"] == process["key"]
            assert "id" not in entry
        assert entry["type"] == process["type"]
        assert entry["display_name"] == process["display_name"]
        assert entry["resource_type"] == sizes[process["resource_type_id"]]
        assert ("scaling_strategy" in entry) == (process["scaling_strategy"] != ONE)
        assert ("schedule" in entry) == (process["type"] == "cron")
        assert ("entrypoint" in entry) == bool(process["entrypoint"])
        assert ("is_ingress_enabled" in entry) == (process["type"] == "web")
        assert entry.keys() <= set(OPTIONS)


@given(
    st.lists(legal_cloud(1) | legal_cloud(2) | legal_cloud(3), max_size=5),
    switched("laravel_cloud"),
)
@examples(60)
def test_desired_of_any_emulated_state_of_laravel_cloud_changes_nothing(
    run: Runner, bodies: list[dict[str, Any]], switches: dict[str, str]
) -> None:
    run.emulator.reset(switches=switches)
    fill(run, LARAVEL_CLOUD, bodies)
    outcome = read(run, LARAVEL_CLOUD)
    processes = outcome.result["processes"]
    commands = [process["command"].strip() for process in processes if process["type"] == "custom"]
    for entry, process in zip(gives_back(run, LARAVEL_CLOUD), processes):
        assert entry["type"] == process["type"]
        assert ("processes" in entry) == (process["processes"] != 1)
        if process["type"] == "custom":
            assert entry["command"] == process["command"].strip()
            assert ("id" in entry) == (commands.count(entry["command"]) > 1)
            assert "config" not in entry
            continue
        assert "command" not in entry
        unset = (None, False)
        set_keys = {
            key
            for key, value in process["config"].items()
            if not any(value is each for each in unset)
        }
        assert set(entry.get("config", {})) == set_keys & set(CONFIG)
        both = {key: process["config"][key] for key in ("connection", "queue")}
        if all(both.values()):
            same = [
                other
                for other in processes
                if other["type"] == "worker"
                and other["config"]["connection"] == both["connection"]
                and queues(other) == queues(process)
            ]
            assert ("id" in entry) == (len(same) > 1)
            assert entry["config"]["queue"] == queues(process)


CONFIG = ["connection", "queue", "tries", "backoff", "sleep", "rest", "timeout", "force"]


def queues(process: dict[str, Any]) -> list[str]:
    return [name.strip() for name in (process["config"]["queue"] or "").split(",")]


# Some entries changed by hand


@pytest.mark.parametrize("kit", KITS.values(), ids=list(KITS))
def test_desired_of_more_than_one_page_changes_nothing(run: Runner, kit: Kit) -> None:
    numbers = list(range(120))
    random.Random(1).shuffle(numbers)
    fill(run, kit, [kit.body(number) for number in numbers])
    desired = gives_back(run, kit)
    assert len(desired) >= 120
    assert all("id" not in entry and "key" not in entry for entry in desired)
    outcome = read(run, kit)
    assert len(outcome.requests) == 2


@pytest.mark.parametrize("kit", KITS.values(), ids=list(KITS))
def test_desired_of_no_processes_is_empty(run: Runner, kit: Kit) -> None:
    run.emulator.hooks = Showing([])
    outcome = read(run, kit)
    assert outcome.result["processes"] == outcome.result["desired"] == []


@pytest.mark.parametrize("kit", KITS.values(), ids=list(KITS))
def test_a_filter_that_matches_nothing_is_not_a_failure(run: Runner, kit: Kit) -> None:
    """Not a failure: the result says that there is nothing."""
    fill(run, kit, [kit.body(1)])
    nobody = "11111111-1111-4111-8111-111111111111" if kit is SEVALLA else "process-00000000"
    assert read(run, kit, id=nobody).result["processes"] == []


@pytest.mark.parametrize(
    ("kit", "empty"),
    [
        *((SEVALLA, {option: ""}) for option in ("id", "key", "display_name")),
        *((LARAVEL_CLOUD, {option: ""}) for option in ("id", "command")),
        (LARAVEL_CLOUD, {"command": " "}),
        (LARAVEL_CLOUD, {"config": {"connection": "", "queue": ""}}),
        (LARAVEL_CLOUD, {"config": {}}),
    ],
    ids=lambda value: value.info if isinstance(value, Kit) else str(value),
)
def test_an_empty_filter_does_not_filter(run: Runner, kit: Kit, empty: dict[str, Any]) -> None:
    """As an option that is not set: a variable of a playbook may be empty."""
    fill(run, kit, [kit.body(1), kit.body(2)])
    assert read(run, kit, **empty).result == read(run, kit).result
    some = {"type": kit.body(1)["type"]}
    assert read(run, kit, **empty, **some).result == read(run, kit, **some).result


def test_a_filter_by_zero_or_false_filters(run: Runner) -> None:
    fill(run, LARAVEL_CLOUD, [LARAVEL_CLOUD.body(1)])
    for config in ({"tries": 0}, {"force": False}):
        everything = read(run, LARAVEL_CLOUD).result["processes"]
        found = read(run, LARAVEL_CLOUD, config=config).result["processes"]
        assert len(found) < len(everything)


def test_a_single_process_with_a_possible_twin_is_addressed_by_its_id(run: Runner) -> None:
    """Without an instance, only the one process is requested, which may have a twin."""
    fill(run, LARAVEL_CLOUD, [LARAVEL_CLOUD.body(1), LARAVEL_CLOUD.body(1), LARAVEL_CLOUD.body(2)])
    first, _second, third = read(run, LARAVEL_CLOUD).result["processes"]
    for process, alone in ((first, False), (third, True)):
        outcome = run(LARAVEL_CLOUD.info, id=process["id"])
        assert outcome.message is None
        (entry,) = outcome.result["desired"]
        assert ("id" not in entry) is alone
        changes_nothing(run, LARAVEL_CLOUD, [entry], prune=False)


def test_desired_of_one_process_of_each_type_is_as_documented(run: Runner) -> None:
    """Exactly as the guide shows it."""
    fill(
        run,
        SEVALLA,
        [
            {**SEVALLA.body(1), "display_name": "queue", "entrypoint": "node worker.js"},
            {
                "display_name": "nightly report",
                "type": "cron",
                "entrypoint": "node report.js",
                "schedule": "0 3 * * *",
                "time_zone": "Europe/Berlin",
                "resource_type_id": world.SEVALLA_SIZE_IDS["s2"],
                "scaling_strategy": ONE,
            },
        ],
    )
    assert read(run, SEVALLA).result["desired"] == [
        {
            "display_name": "Web process",
            "type": "web",
            "entrypoint": "npm start",
            "port": 8080,
            "resource_type": "s1",
            "is_ingress_enabled": True,
            "ingress_protocol": "http",
        },
        {
            "display_name": "queue",
            "type": "worker",
            "entrypoint": "node worker.js",
            "resource_type": "s1",
        },
        {
            "display_name": "nightly report",
            "type": "cron",
            "entrypoint": "node report.js",
            "schedule": "0 3 * * *",
            "time_zone": "Europe/Berlin",
            "resource_type": "s2",
        },
    ]
    fill(
        run,
        LARAVEL_CLOUD,
        [
            {
                "type": "worker",
                "processes": 2,
                "config": {"connection": "redis", "queue": "emails,default", "force": False},
            },
            {"type": "custom", "processes": 1, "command": "php artisan horizon"},
        ],
    )
    assert read(run, LARAVEL_CLOUD).result["desired"] == [
        {
            "type": "worker",
            "processes": 2,
            "config": {"connection": "redis", "queue": ["emails", "default"]},
        },
        {"type": "custom", "command": "php artisan horizon"},
    ]


def test_info_is_the_same_in_check_mode(run: Runner) -> None:
    for kit in KITS.values():
        fill(run, kit, [kit.body(1)])
        plain = run(kit.info, **kit.scope)
        checked = run(kit.info, **kit.scope, check_mode=True)
        assert plain.result == checked.result


def test_missing_size_names_cost_one_request(run: Runner) -> None:
    run.emulator.reset(switches={"sevalla_resource_type_name": "null"})
    outcome = read(run, SEVALLA)
    assert outcome.result["desired"][0]["resource_type"] == "s1"
    assert len(outcome.requests) == 2
    run.emulator.hooks = Hooks()
