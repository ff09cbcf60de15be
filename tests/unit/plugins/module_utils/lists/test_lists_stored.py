# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Differences between a write and its response: changes by others, and what was not stored."""

from __future__ import annotations

import json
from typing import Any

import flask
import pytest

from ansible_collections.evenkeel.paas.tests.emulator import Fault, Hooks, world
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.lists.list_cases import Stage
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.running import (
    settled,
)


def test_a_concurrent_change_by_someone_else_is_a_warning(sevalla: Stage) -> None:
    """The response to the PATCH shows it; the next run changes it back."""
    (process_id,) = sevalla.seed(1)
    listed = [{**sevalla.kit.entry(1), "port": 8080}]
    theirs = {"entrypoint": "someone's", "display_name": "worker 1"}
    sevalla.emulator.faults.add(
        Fault("change", method="PATCH", path=sevalla.kit.item, values=theirs)
    )
    made = sevalla(listed)
    assert made.message is None, made.message
    assert made.warnings == [
        f"While this task ran, someone else or Sevalla changed entrypoint of process {process_id}. "
        "Run the task again to change it back."
    ]
    again = sevalla(listed)
    assert [step["body"] for step in again.result["plan"]] == [{"entrypoint": "node 1.js"}]
    assert again.warnings == []
    assert settled(sevalla(listed))


def test_an_unmanaged_field_may_change(sevalla: Stage) -> None:
    sevalla.seed(1)
    sevalla.emulator.faults.add(
        Fault("change", method="PATCH", path=sevalla.kit.item, values={"entrypoint": "theirs"})
    )
    made = sevalla([{"display_name": "worker 1", "port": 8080}])
    assert planned_bodies(made) == [{"port": 8080}]
    assert made.warnings == []


def test_a_cleared_field_that_is_set_concurrently_is_a_warning(sevalla: Stage) -> None:
    sevalla.seed(1)
    entry = {"display_name": "worker 1", "clear": ["entrypoint"]}
    assert sevalla([entry]).message is None
    sevalla.emulator.faults.add(
        Fault("change", method="PATCH", path=sevalla.kit.item, values={"entrypoint": "theirs"})
    )
    (warning,) = sevalla([{**entry, "port": 8080}]).warnings
    assert "someone else or Sevalla changed entrypoint of" in warning


def test_laravel_cloud_a_concurrent_change_by_someone_else_is_a_warning(cloud: Stage) -> None:
    worker = {"type": "worker", "config": {"connection": "redis", "queue": "a", "tries": 3}}
    assert cloud([{**worker, "processes": 2}]).message is None
    config = {"connection": "redis", "queue": "a", "tries": 9}
    cloud.emulator.faults.add(
        Fault("change", method="PATCH", path=cloud.kit.item, values={"config": config})
    )
    (warning,) = cloud([{**worker, "processes": 5}]).warnings
    assert "someone else or Laravel Cloud changed config of process process-" in warning


def test_a_size_shown_only_by_its_id_is_not_a_change(sevalla: Stage) -> None:
    """Its name was added to the list before the comparison."""
    sevalla.emulator.reset(
        switches={"sevalla_deleted_process": "hidden", "sevalla_resource_type_name": "null"}
    )
    sevalla.seed(1)
    made = sevalla([sevalla.kit.changed(1)])
    assert planned_bodies(made) == [{"entrypoint": "node 1.js --new"}]
    assert made.warnings == []


def planned_bodies(outcome: Any) -> list[Any]:
    return [step["body"] for step in outcome.result["plan"]]


def test_a_creation_in_two_steps_does_not_warn(sevalla: Stage) -> None:
    """The values of its second step are not expected in the response to the first."""
    with sevalla.emulator.world.lock:
        shop = sevalla.emulator.world.sevalla.applications[world.SEVALLA_SHOP_ID]
        del shop.processes[world.SEVALLA_SHOP_WEB_ID]
    web = {
        "type": "web",
        "display_name": "Front",
        "resource_type": "s1",
        "is_ingress_enabled": True,
        "ingress_protocol": "grpc",
    }
    made = sevalla([web])
    assert made.message is None, made.message
    assert made.warnings == []


def test_a_setting_that_a_creation_did_not_store_is_one_warning(sevalla: Stage) -> None:
    """The second step of the creation does not report it again, as a change by someone else."""

    class Scaling(Hooks):
        """Stores one instance, however many are sent."""

        def after(self, response: Any) -> Any:
            """Change what is stored and shown."""
            shown = response.get_json()
            if flask.request.method in ("POST", "PATCH"):
                shop = sevalla.emulator.world.sevalla.applications[world.SEVALLA_SHOP_ID]
                one = {"type": "manual", "config": {"instanceCount": 1}}
                shop.processes[shown["id"]]["scaling_strategy"] = shown["scaling_strategy"] = one
                response.set_data(json.dumps(shown))
            return response

    with sevalla.emulator.world.lock:
        shop = sevalla.emulator.world.sevalla.applications[world.SEVALLA_SHOP_ID]
        del shop.processes[world.SEVALLA_SHOP_WEB_ID]
    sevalla.emulator.hooks = Scaling()
    web = {"type": "web", "display_name": "Front", "resource_type": "s1"}
    strategy = {"type": "manual", "instance_count": 2}
    made = sevalla([{**web, "is_ingress_enabled": True, "scaling_strategy": strategy}])
    sevalla.emulator.hooks = Hooks()
    assert made.message is None, made.message
    (warning,) = made.warnings
    assert warning.endswith(" but did not store: scaling_strategy.instance_count.")


def zero(queue: str, **config: Any) -> dict[str, Any]:
    return {"type": "worker", "config": {"connection": "redis", "queue": queue, **config}}


def test_a_zero_stored_as_null_is_a_warning_that_names_the_setting(cloud: Stage) -> None:
    """For a creation and a change, in every run."""
    cloud.emulator.reset(switches={"laravel_cloud_zero_in_config": "null"})
    listed = [zero(f"q{number}", sleep=0, tries=3) for number in range(2)]
    for _run in range(2):
        outcome = cloud(listed)
        assert outcome.message is None, outcome.message
        assert outcome.result["changed"] is True
        assert len(outcome.warnings) == 2
        for warning in outcome.warnings:
            assert warning.endswith(" but did not store: config.sleep.")
    assert settled(cloud([zero("q0", tries=3)]))


@pytest.mark.parametrize("stored", ["null", "zero"])
def test_an_unset_backoff_or_rest_is_zero(cloud: Stage, stored: str) -> None:
    """A worker without these flags does not wait, as with 0, so there is nothing to change and
    nothing to warn about."""
    cloud.emulator.reset(switches={"laravel_cloud_zero_in_config": stored})
    assert cloud([zero("q", tries=3)]).message is None
    assert settled(cloud([zero("q", rest=0, backoff=0)]))
    made = cloud([zero("q", rest=5, backoff=5)])
    assert made.warnings == []
    back = cloud([zero("q", rest=0, backoff=0)])
    assert back.result["changed"] is True
    assert back.warnings == []
    assert settled(cloud([zero("q", rest=0, backoff=0, tries=3)]))
    created = cloud([zero("other", rest=0, backoff=0)])
    assert created.warnings == []
    assert settled(cloud([zero("other", rest=0, backoff=0)]))


def test_only_the_settings_that_the_next_run_sends_again_are_named(cloud: Stage) -> None:
    cloud.emulator.reset(switches={"laravel_cloud_zero_in_config": "null"})
    (warning,) = cloud([zero("q", rest=0, backoff=0, timeout=0)]).warnings
    assert warning.endswith(" but did not store: config.timeout.")
    cloud.emulator.faults.add(
        Fault("not_stored_shown", method="PATCH", path=cloud.kit.item, times=None)
    )
    (warning,) = cloud([zero("q", tries=5, timeout=9, sleep=0)]).warnings
    assert warning.endswith(" but did not store: config.tries, config.sleep, config.timeout.")
