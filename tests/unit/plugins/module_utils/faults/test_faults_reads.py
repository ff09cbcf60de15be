# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Wrong and failed reads: nothing is written by a list that may be wrong."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from ansible_collections.evenkeel.paas.tests.emulator import Fault
from ansible_collections.evenkeel.paas.tests.emulator.faults import LIMITS, WRONG
from ansible_collections.evenkeel.paas.tests.emulator.laravel_cloud_state import children
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.faults.fault_cases import (
    NOTHING,
    FaultRunner,
    check_failure,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.running import (
    Runner,
    settled,
)

REPEATED = ["drop_before", "drop_after", "cut_after", "cut_chunked_after", *LIMITS]
REPEATED += [f"{status}_before" for status in (500, 502, 503, 504)]
WRONG_ANSWERS = [f"{name}_before" for name in WRONG if not name.isdecimal()]


def reading(runner: FaultRunner, kind: str, **settings: Any) -> Fault:
    return Fault(kind, method="GET", path=runner.case.collection, **settings)


@pytest.mark.parametrize("kind", REPEATED)
def test_a_failed_read_is_retried(runner: FaultRunner, kind: str) -> None:
    runner.seed()
    outcome = runner(reading(runner, kind, times=2), **runner.case.wanted)
    assert outcome.message is None
    assert settled(outcome)
    assert outcome.result["api"]["retries"] == 2
    assert len(outcome.reads) == 3
    assert sum(runner.slept) > 0


@pytest.mark.parametrize("kind", REPEATED)
def test_a_read_that_always_fails_is_reported_after_its_retries(
    runner: FaultRunner, kind: str
) -> None:
    runner.seed()
    absent = {**runner.case.wanted, "state": "absent"}
    outcome = runner(reading(runner, kind, times=None), **absent, api_max_wait=60)
    assert outcome.message is not None
    assert outcome.message.startswith("GET /")
    assert NOTHING in outcome.message
    assert outcome.writes == []
    assert len(outcome.reads) <= 6
    runner.recovers(absent)


@pytest.mark.parametrize("kind", WRONG_ANSWERS)
def test_a_response_that_is_not_a_list_is_a_failure_and_nothing_is_written(
    runner: FaultRunner, kind: str
) -> None:
    outcome = runner(reading(runner, kind), **runner.case.wanted)
    assert outcome.message is not None
    assert outcome.message.startswith("GET /")
    assert NOTHING in outcome.message
    assert outcome.writes == []
    assert runner.now({}) == []
    runner.recovers(runner.case.wanted, runner.case.stored)


BY_ID: list[tuple[str, dict[str, Any]]] = [
    ("laravel_cloud_background_process", {"id": "process-00000000", "state": "absent"}),
    ("laravel_cloud_background_process", {"id": "process-00000000", "processes": 2}),
    ("laravel_cloud_background_process_info", {"id": "process-00000000"}),
    (
        "laravel_cloud_instance",
        {"id": "inst-00000000-0000-4000-8000-000000000000", "state": "absent"},
    ),
    ("laravel_cloud_instance_info", {"id": "inst-00000000-0000-4000-8000-000000000000"}),
]


@pytest.mark.parametrize(("module", "options"), BY_ID)
def test_a_page_with_404_does_not_mean_that_an_id_is_absent(
    emulator: Any, module: str, options: dict[str, Any]
) -> None:
    """Such a page comes from a wrong api_url or a proxy: the resource may well exist."""
    emulator.faults.add(Fault("404_html_before", method="GET", times=None))
    outcome = Runner(emulator)(module, **options)
    assert outcome.message is not None
    assert outcome.message.startswith("GET /")
    assert "HTTP 404 and text/html" in outcome.message
    assert "Check api_url" in outcome.message
    assert outcome.result["failure"]["code"] == "unexpected_answer"
    assert outcome.writes == []


@pytest.mark.parametrize("kind", ["numbers_as_text", "unknown_keys"])
def test_a_list_with_strings_for_numbers_or_unknown_keys_changes_nothing(
    runner: FaultRunner, kind: str
) -> None:
    runner.seed()
    outcome = runner(reading(runner, kind, times=None), **runner.case.wanted)
    assert outcome.message is None, outcome.message
    assert settled(outcome)


@pytest.mark.parametrize("kind", ["numbers_as_text", "unknown_keys"])
def test_an_update_is_stored_despite_strings_for_numbers_or_unknown_keys(
    runner: FaultRunner, kind: str
) -> None:
    """Keys that the service has added later are not a reason to refuse."""
    runner.seed()
    outcome = runner(Fault(kind, times=None), **runner.case.changed)
    assert outcome.message is None, outcome.message
    assert runner.now(runner.case.changed_to) == [runner.case.changed_to]
    runner.recovers(runner.case.changed, runner.case.changed_to)


FIELDS = {
    "sevalla_process": ["entrypoint", "scaling_strategy"],
    "laravel_cloud_background_process": ["processes"],
}


def test_a_field_missing_from_the_list_is_unknown_and_sent(runner: FaultRunner) -> None:
    runner.seed()
    for key in FIELDS[runner.case.module]:
        outcome = runner(reading(runner, "missing_key", key=key), **runner.case.wanted)
        assert outcome.message is None, outcome.message
        (write,) = outcome.writes
        assert write[0] == "PATCH"
        assert runner.now(runner.case.stored) == [runner.case.stored]
        runner.recovers(runner.case.wanted, runner.case.stored)


IDENTITY = {
    "sevalla_process": ["display_name"],
    "laravel_cloud_background_process": ["config", "type"],
}


def test_a_list_without_identities_does_not_create_a_duplicate(
    runner: FaultRunner,
) -> None:
    """It is unknown whether the process exists, so it is not created."""
    runner.seed()
    for key in IDENTITY[runner.case.module]:
        outcome = runner(reading(runner, "missing_key", key=key), **runner.case.wanted)
        assert len(runner.processes()) == 1, f"a second object, when the list lacks {key}"
        assert outcome.writes == []


@pytest.mark.parametrize("key", ["id", "data"])
def test_a_list_without_data_or_ids_is_a_failure(runner: FaultRunner, key: str) -> None:
    runner.seed()
    outcome = runner(reading(runner, "missing_key", key=key), **runner.case.changed)
    assert outcome.message is not None
    assert NOTHING in outcome.message
    assert outcome.writes == []


# Pages


def crowd(runner: FaultRunner) -> None:
    """Fill the first page with other processes, so that the case's own is alone on the second."""
    world = runner.emulator.world
    with world.lock:
        if runner.case.module == "sevalla_process":
            shop = world.sevalla.applications[runner.case.wanted["application"]]
            worker = {"type": "worker", "resource_type_id": world.sevalla.sizes[0]["id"]}
            for number in range(100 - len(shop.processes)):
                world.sevalla.create(shop, {**worker, "display_name": f"other {number}"})
        else:
            cloud = world.laravel_cloud
            instance = cloud.instances[runner.case.wanted["instance"]]
            custom = {"type": "custom", "processes": 1}
            for number in range(100 - len(children(cloud.processes, instance))):
                cloud.create(instance, {**custom, "command": f"other {number}"})
    assert runner(**runner.case.wanted).message is None


@pytest.mark.parametrize("kind", ["total_high", "total_low"])
def test_a_wrong_total_on_one_page_does_not_create_a_duplicate(
    runner: FaultRunner, kind: str
) -> None:
    runner.seed()
    outcome = runner(reading(runner, kind), **runner.case.wanted)
    assert outcome.writes == []
    assert outcome.message is None or NOTHING in outcome.message
    runner.recovers(runner.case.wanted, runner.case.stored)


@pytest.mark.parametrize("kind", ["total_high", "page_repeated"])
def test_a_wrong_total_on_two_pages_does_not_create_a_duplicate(
    runner: FaultRunner, kind: str
) -> None:
    """The wanted process is the only one on the second page, which is not read."""
    crowd(runner)
    after = 1 if kind == "page_repeated" else 0
    runner(reading(runner, kind, times=None, after=after), **runner.case.wanted)
    assert len(mine(runner)) == 1


def test_a_total_that_hides_the_second_page_is_believed(runner: FaultRunner) -> None:
    """The only wrong total that no response reveals. The next complete list shows the second page,
    and the first such list is the one that is read after the creation."""
    crowd(runner)
    outcome = runner.run(reading(runner, "total_low"), **runner.case.wanted)
    assert outcome.result["failure"]["code"] == "ambiguous"
    assert outcome.result["changed"] is True
    two = mine(runner)
    assert len(two) == 2
    assert all(each in (outcome.message or "") for each in two)
    again = runner(**runner.case.wanted)
    assert again.message is not None
    assert again.message.startswith("Expected one ")
    assert ", found 2: " in again.message
    assert again.writes == []


def mine(runner: FaultRunner) -> list[str]:
    """Return the ids of the processes that match the case's options."""
    name = "display_name" if runner.case.module == "sevalla_process" else "queue"
    wanted = runner.case.stored[name]
    return [process["id"] for process in runner.processes() if process.get(name) == wanted]


# A refused connection


def test_a_refused_connection_is_reported_as_no_change(runner: FaultRunner) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    outcome = runner(**runner.case.wanted, api_url=url)
    assert outcome.message is not None
    assert outcome.message.startswith("GET /")
    assert url in outcome.message
    assert NOTHING in outcome.message
    assert outcome.result["failure"]["code"] == "unreachable"
    assert outcome.result["api"]["retries"] == 5
    check_failure(outcome)
    runner.recovers(runner.case.wanted, runner.case.stored)


# Invalid options, with or without a fault


@pytest.mark.parametrize("kind", ["drop_before", "429_bare", "numbers_as_text", "unknown_keys"])
def test_nothing_is_written_after_a_failed_validation(runner: FaultRunner, kind: str) -> None:
    wrong = {"port": 70000} if runner.case.module == "sevalla_process" else {"processes": 11}
    outcome = runner(reading(runner, kind), **{**runner.case.wanted, **wrong})
    assert outcome.message is not None
    assert next(iter(wrong)) in outcome.message
    assert outcome.writes == []
    assert runner.now({}) == []
