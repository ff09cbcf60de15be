# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Misspelled names: the message suggests the right one."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.evenkeel.paas.tests.emulator import Emulator, world
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.running import (
    Runner,
    no_waiting,
)


@pytest.fixture
def run(emulator: Any, monkeypatch: pytest.MonkeyPatch) -> Runner:
    """Return a runner of modules against one emulator."""
    no_waiting(monkeypatch)
    return Runner(emulator)


WORKER = {"type": "worker", "config": {"connection": "redis", "queue": ["mails"]}}


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (
            {"application": "shop", "environment": "prod", "instance": "Workers"},
            ["'prod'", "Did you mean 'production'?", "The application has production, staging-3"],
        ),
        (
            {"application": "shop", "environment": "production", "instance": "workers"},
            ["'workers'", "Did you mean 'Workers'?", "The environment has App, Workers."],
        ),
        (
            {"application": "shoop", "environment": "production", "instance": "Workers"},
            ["'shoop'", "Did you mean 'shop'?", "Laravel Cloud has "],
        ),
    ],
)
def test_a_misspelled_scope_on_laravel_cloud(
    run: Runner, given: dict[str, str], wanted: list[str]
) -> None:
    """With the available names."""
    missing = run("laravel_cloud_background_process", **given, **WORKER)
    assert missing.result["failure"]["code"] == "not_found"
    assert all(text in (missing.message or "") for text in wanted), missing.message


@pytest.mark.parametrize(("name", "meant"), [("Shop X", "Shop"), ("SHOP-X1Y2Z", "shop-x1y2z")])
def test_a_misspelled_application_on_sevalla(run: Runner, name: str, meant: str) -> None:
    """By its unique name or its display name."""
    missing = run("sevalla_process", application=name, type="web")
    assert missing.result["failure"]["code"] == "not_found"
    assert f"Did you mean {meant!r}?" in (missing.message or "")
    assert "Sevalla has " in (missing.message or "")


@pytest.mark.parametrize("no_log", [False, True])
@pytest.mark.parametrize(
    ("module", "given", "live"),
    [
        *(
            (
                "sevalla_process_info",
                {"application": world.SEVALLA_SHOP_ID, "display_name": name},
                "Queue worker",
            )
            for name in ("queue  Worker", "Queue workerr")
        ),
        (
            "laravel_cloud_instance_info",
            {"environment": world.LARAVEL_CLOUD_PRODUCTION_ID, "name": "workers"},
            "Workers",
        ),
    ],
)
def test_an_info_module_warns_of_a_similar_name(
    emulator: Emulator, module: str, given: dict[str, str], live: str, no_log: bool
) -> None:
    if module.startswith("sevalla"):
        queue = {"type": "worker", "resource_type": "s1", "display_name": live}
        made = Runner(emulator)("sevalla_process", application=given["application"], **queue)
        assert made.message is None
    option = "display_name" if "display_name" in given else "name"
    listed = "processes" if module.startswith("sevalla") else "instances"
    run = Runner(emulator, no_log=no_log)
    near = run(module, **given)
    assert near.result[listed] == []
    assert len(near.warnings) == 1
    if no_log:
        assert not [name for name in (given[option], live) if name in near.warnings[0]]
    else:
        assert f"{given[option]!r}. Did you mean {live!r}?" in near.warnings[0]
    for name in (live, "something else"):
        assert run(module, **{**given, option: name}).warnings == []


def test_a_name_of_another_type_is_no_near_miss(run: Runner) -> None:
    scope = {"application": world.SEVALLA_SHOP_ID}
    (web,) = run("sevalla_process_info", **scope, type="web").result["processes"]
    named = {"display_name": web["display_name"], "type": "cron"}
    assert run("sevalla_process_info", **scope, **named).warnings == []


def test_more_than_ten_names_are_not_listed(emulator: Emulator, run: Runner) -> None:
    """The most similar one is still suggested."""
    with emulator.world.lock:
        for number in range(12):
            emulator.world.sevalla.add_application(f"app-{number}")
    missing = run("sevalla_process", application="shopp-x1y2z", type="web")
    assert "Did you mean 'shop-x1y2z'?" in (missing.message or "")
    assert "Sevalla has " not in (missing.message or "")


def test_an_instance_by_name_needs_environment_and_application(run: Runner) -> None:
    """Both missing options are named, and nothing is read."""
    missing = run("laravel_cloud_background_process", instance="Workers", **WORKER)
    found = {each["option"] for each in missing.result["failure"]["details"]}
    assert found == {"environment", "application"}
    assert missing.requests == []


def test_a_city_instead_of_a_time_zone(run: Runner) -> None:
    """The value is sent unchanged."""
    cron = {"type": "cron", "resource_type": "s1", "schedule": "0 0 3 * * *", "time_zone": "Berlin"}
    made = run("sevalla_process", application="shop-x1y2z", display_name="night", **cron)
    schedule, zone = made.warnings
    assert "must have five fields; found 6" in schedule
    assert "Did you mean 'Europe/Berlin'?" in zone


def test_a_misspelled_size(run: Runner) -> None:
    """On both services."""
    wrong = run("sevalla_process", application="shop-x1y2z", type="web", resource_type="s11")
    assert "there is no size 's11' (did you mean 's1'?); Sevalla has " in (wrong.message or "")
    shop = {"application": "shop", "environment": "production"}
    wrong = run("laravel_cloud_instance", **shop, name="Workers", size="flex.m-1vcpu-1g")
    assert "(did you mean 'flex.m-1vcpu-1gb'?); Laravel Cloud has " in (wrong.message or "")


@pytest.mark.parametrize("by_name", [True, False])
def test_a_worker_on_a_queue_cluster_is_a_warning(
    emulator: Emulator, run: Runner, by_name: bool
) -> None:
    """Only when one is created; the worker is still created."""
    with emulator.world.lock:
        for instance in emulator.world.laravel_cloud.instances.values():
            if instance.attributes["name"] == "Workers":
                instance.attributes["type"] = "queue"
    scope = {"application": "shop", "environment": "production", "instance": "Workers"}
    if not by_name:
        found = run("laravel_cloud_instance_info", application="shop", environment="production")
        (cluster,) = (each for each in found.result["instances"] if each["name"] == "Workers")
        scope = {"instance": cluster["id"]}
    _checked, made, again = run.converge("laravel_cloud_background_process", **scope, **WORKER)
    (warning,) = made.warnings
    assert "queue clusters" in warning
    assert "https://cloud.laravel.com/docs/knowledge-base/migrate-from-queue-clusters" in warning
    assert again.warnings == []
    custom = {"type": "custom", "command": "php artisan horizon"}
    assert run("laravel_cloud_background_process", **scope, **custom).warnings == []


@pytest.mark.parametrize(
    "strategy",
    [
        {"type": "manual", "instance_count": 2},
        {"type": "horizontal", "min_instance_count": 1, "max_instance_count": 2},
    ],
)
def test_a_process_with_a_disk_cannot_scale_above_one_instance(
    emulator: Emulator, run: Runner, strategy: dict[str, Any]
) -> None:
    """Sevalla would reset it after each run."""
    emulator.reset({"sevalla_disk_key": "always"})
    web = {"application": "shop-x1y2z", "type": "web"}
    assert run("sevalla_process", **web, scaling_strategy=strategy, check_mode=True).message is None
    with emulator.world.lock:
        for application in emulator.world.sevalla.applications.values():
            for process_id in application.processes:
                application.disks[process_id] = {"mount_path": "/data"}
    refused = run("sevalla_process", **web, scaling_strategy=strategy)
    assert "scaling_strategy: the process has a disk" in (refused.message or "")
    assert refused.writes == []
    one = {"type": "manual", "instance_count": 1}
    assert run("sevalla_process", **web, scaling_strategy=one).message is None
