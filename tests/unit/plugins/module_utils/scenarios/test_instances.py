# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Single tasks for instances of Laravel Cloud and applications of Sevalla."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.evenkeel.paas.tests.emulator import Fault, world
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.running import (
    Runner,
    no_waiting,
    settled,
)


@pytest.fixture
def run(emulator: Any, monkeypatch: pytest.MonkeyPatch) -> Runner:
    """Return a runner of modules against one emulator."""
    no_waiting(monkeypatch)
    return Runner(emulator)


INSTANCE = "laravel_cloud_instance"
SHOP = {"application": "shop", "environment": "production"}
CLUSTER = {**SHOP, "name": "Mail workers", "type": "service", "size": "flex.m-1vcpu-1gb"}


def test_a_cluster_is_created_changed_and_deleted(run: Runner) -> None:
    """In one request each, and check mode predicts it."""
    checked, made, again = run.converge(INSTANCE, **CLUSTER)
    assert (
        checked.result["instance"].items()
        >= {
            "name": "Mail workers",
            "scaling_type": "none",
            "min_replicas": 1,
            "max_replicas": 1,
        }.items()
    )
    assert "id" not in checked.result["instance"]
    assert made.result["instance"]["id"].startswith("inst-")
    assert settled(again)
    assert len(again.reads) == 2
    more = {"scaling_type": "custom", "min_replicas": 2, "max_replicas": 5, "uses_scheduler": True}
    _checked, made, again = run.converge(INSTANCE, **CLUSTER, **more)
    assert [step["body"] for step in made.result["plan"]] == [more]
    assert "/instances/sizes" not in made.reads
    assert settled(again)
    _checked, made, again = run.converge(INSTANCE, **SHOP, name="Mail workers", state="absent")
    assert [step["method"] for step in made.result["plan"]] == ["DELETE"]
    assert made.result["instance"] is None
    assert settled(again)


def test_an_instance_is_addressed_by_id_without_its_environment(run: Runner) -> None:
    """One GET, and a new name is a change."""
    made = run(INSTANCE, **CLUSTER).result["instance"]
    again = run(INSTANCE, id=made["id"], size=made["size"])
    assert settled(again)
    assert again.reads == [f"/instances/{made['id']}"]
    assert again.result["instance"]["environment_id"] == made["environment_id"]
    renamed = run(INSTANCE, id=made["id"], name="Mails")
    assert [step["body"] for step in renamed.result["plan"]] == [{"name": "Mails"}]
    gone = run(INSTANCE, id=made["id"], state="absent")
    assert gone.result["changed"]
    assert settled(run(INSTANCE, id=made["id"], state="absent"))


@pytest.mark.parametrize("trims", ["on", "off"])
def test_blanks_around_a_name_are_the_same_instance(run: Runner, trims: str) -> None:
    """Laravel trims what it is sent, so the blanks would be missing in the next run."""
    run.emulator.reset({"laravel_cloud_trim_strings": trims})
    made = run(INSTANCE, **{**CLUSTER, "name": " Mail workers "}).result["instance"]
    assert made["name"] == "Mail workers"
    for name in ("Mail workers", " Mail workers", "Mail workers\n"):
        again = run(INSTANCE, **{**CLUSTER, "name": name})
        assert settled(again)
        assert again.result["instance"]["id"] == made["id"]
    assert settled(run(INSTANCE, id=made["id"], name=" Mail workers "))


def test_a_live_name_with_blanks_is_found(run: Runner) -> None:
    """By its name, by its name and type, and by the info module."""
    made = run(INSTANCE, **CLUSTER).result["instance"]
    instance = run.emulator.world.laravel_cloud.instances[made["id"]]
    instance.attributes["name"] = " Mail workers"
    for options in (CLUSTER, {**SHOP, "name": "Mail workers"}):
        again = run(INSTANCE, **options)
        assert settled(again)
        assert again.result["instance"]["id"] == made["id"]
    found = run("laravel_cloud_instance_info", **SHOP, name="Mail workers ").result
    assert [each["id"] for each in found["instances"]] == [made["id"]]
    (options,) = found["desired"]
    assert "id" not in options
    assert settled(run(INSTANCE, **SHOP, **options))


@pytest.mark.parametrize("name", ["", "   "])
def test_a_blank_name_is_reported(run: Runner, name: str) -> None:
    """As missing, or as too short beside an id."""
    missing = run(INSTANCE, **{**CLUSTER, "name": name})
    assert missing.message == (
        "Invalid options: name: is required, unless id is set. Nothing was changed."
    )
    assert missing.requests == []
    made = run(INSTANCE, **CLUSTER).result["instance"]
    short = run(INSTANCE, id=made["id"], name=name)
    assert "name: must have 3 to 40 characters, not 0" in str(short.message)
    assert short.writes == []


def test_replicas_depend_on_the_scaling_type(run: Runner) -> None:
    """Not with auto; both are required without it."""
    _checked, made, again = run.converge(INSTANCE, **CLUSTER, scaling_type="auto")
    assert "min_replicas" not in made.result["plan"][0]["body"]
    assert made.result["instance"]["min_replicas"] is None
    assert settled(again)
    missing = run(INSTANCE, **CLUSTER, scaling_type="custom")
    assert {each["option"] for each in missing.result["failure"]["details"]} == {
        "min_replicas",
        "max_replicas",
    }
    assert missing.writes == []
    back = {"scaling_type": "custom", "min_replicas": 1, "max_replicas": 3}
    _checked, _made, again = run.converge(INSTANCE, **CLUSTER, **back)
    assert settled(again)


def test_all_errors_of_an_instance_are_reported_together(run: Runner) -> None:
    """Before any write, in check mode too."""
    run(INSTANCE, **CLUSTER)
    for check_mode in (True, False):
        wrong = run(
            INSTANCE,
            **{**CLUSTER, "size": "huge", "type": "app"},
            min_replicas=9,
            max_replicas=3,
            scaling_cpu_threshold_percentage=101,
            check_mode=check_mode,
        )
        assert {each["option"] for each in wrong.result["failure"]["details"]} == {
            "size",
            "type",
            "min_replicas",
            "scaling_cpu_threshold_percentage",
        }
        assert wrong.writes == []


def test_a_type_tells_apart_instances_of_one_name(run: Runner) -> None:
    """And a name alone is ambiguous then."""
    made = run(INSTANCE, **CLUSTER).result["instance"]
    cloud = run.emulator.world.laravel_cloud
    production = cloud.environments[world.LARAVEL_CLOUD_PRODUCTION_ID]
    queue = cloud.add_instance(production, CLUSTER["name"], "managed_queue")
    alone = run(INSTANCE, **SHOP, name=CLUSTER["name"], uses_scheduler=True)
    assert alone.result["failure"]["details"] == [made["id"], queue.id]
    typed = run(INSTANCE, **CLUSTER)
    assert settled(typed)
    assert typed.result["instance"]["id"] == made["id"]
    deleted = run(INSTANCE, **{**CLUSTER, "type": "managed_queue"}, state="absent")
    assert [step["path"] for step in deleted.result["plan"]] == [f"/instances/{queue.id}"]
    again = run(INSTANCE, **{**CLUSTER, "type": "managed_queue"}, state="absent")
    assert settled(again)
    assert made["id"] in again.warnings[0]


def test_instances_without_their_names_say_which_one_may_be_meant(run: Runner) -> None:
    """And nothing is created beside them."""
    path = "/environments/*/instances"
    run.emulator.faults.add(Fault("missing_key", method="GET", path=path, key="name"))
    unclear = run(INSTANCE, **CLUSTER)
    assert "so it is unknown whether the instance 'Mail workers' exists" in (unclear.message or "")
    assert unclear.writes == []


@pytest.mark.parametrize("given", ["min_replicas", "max_replicas"])
def test_only_the_given_replicas_are_reported_for_a_new_instance(run: Runner, given: str) -> None:
    """A default of the module is not an option of the user."""
    wrong = run(INSTANCE, **CLUSTER, scaling_type="auto", **{given: 2})
    assert [each["option"] for each in wrong.result["failure"]["details"]] == [given]


def test_a_single_limit_of_replicas_is_completed_for_a_new_instance(run: Runner) -> None:
    """The other one is not below or above it by default."""
    _checked, made, again = run.converge(INSTANCE, **CLUSTER, scaling_type="custom", min_replicas=3)
    assert made.result["instance"]["max_replicas"] == 3
    assert settled(again)


@pytest.mark.parametrize("live", [True, False])
def test_replicas_cannot_be_given_with_auto(run: Runner, live: bool) -> None:
    """Also for an instance that already scales automatically."""
    if live:
        run(INSTANCE, **CLUSTER, scaling_type="auto")
        wrong = run(INSTANCE, **CLUSTER, max_replicas=3)
    else:
        wrong = run(INSTANCE, **CLUSTER, scaling_type="auto", max_replicas=3)
    assert "max_replicas: cannot be used with scaling_type auto" in (wrong.message or "")
    assert wrong.writes == []


@pytest.mark.parametrize(
    "address", [{**SHOP, "name": "App"}, {"id": world.LARAVEL_CLOUD_PRODUCTION_APP_ID}]
)
def test_the_app_instance_is_never_deleted(run: Runner, address: dict[str, str]) -> None:
    """However it is addressed."""
    refused = run(INSTANCE, **address, state="absent")
    assert "an environment's app instance cannot be deleted" in (refused.message or "")
    assert refused.writes == []


def test_all_missing_options_of_a_creation_are_reported_together(run: Runner) -> None:
    """By the names of the options."""
    missing = run(INSTANCE, **SHOP, name="Mail workers")
    assert {each["option"] for each in missing.result["failure"]["details"]} == {"type", "size"}


def test_an_instance_without_an_address_is_refused(run: Runner) -> None:
    """Before any read."""
    missing = run(INSTANCE, type="service")
    assert {each["option"] for each in missing.result["failure"]["details"]} >= {
        "name",
        "environment",
    }
    assert missing.requests == []


def test_instances_are_returned_with_sizes_and_desired(run: Runner) -> None:
    """Each item of desired changes nothing."""
    found = run("laravel_cloud_instance_info", **SHOP).result
    assert [each["name"] for each in found["instances"]] == ["App", "Workers"]
    assert {"name", "cpu_count", "memory_mib"} <= found["sizes"][0].keys()
    for options in found["desired"]:
        assert settled(run(INSTANCE, **SHOP, **options))
    one = run("laravel_cloud_instance_info", **SHOP, type="service").result
    assert [each["name"] for each in one["instances"]] == ["Workers"]
    everything = run("laravel_cloud_instance_info", **SHOP, name="").result
    assert everything["instances"] == found["instances"]


def test_an_instance_that_is_read_by_its_id_has_its_id_if_its_name_is_not_unique(
    run: Runner,
) -> None:
    """In each item of desired, which changes nothing together with the environment."""
    run.emulator.faults.add(Fault("create_same", method="POST"))
    assert run(INSTANCE, **CLUSTER).result["failure"]["code"] == "ambiguous"
    instances = run("laravel_cloud_instance_info", **SHOP).result["instances"]
    assert [each["name"] for each in instances[2:]] == ["Mail workers"] * 2
    for instance, is_twin in zip(instances, (False, False, True, True)):
        found = run("laravel_cloud_instance_info", id=instance["id"])
        assert found.message is None, found.message
        assert found.result["instances"] == [instance]
        (options,) = found.result["desired"]
        assert ("id" in options) is is_twin
        assert settled(run(INSTANCE, **SHOP, **options))


def test_applications_are_returned_with_the_sizes_of_processes(run: Runner) -> None:
    """Four keys each, and no secrets."""
    found = run("sevalla_application_info").result
    assert all(
        each.keys() == {"id", "name", "display_name", "status"} for each in found["applications"]
    )
    shop = run("sevalla_application_info", application="shop-x1y2z").result["applications"]
    assert [each["id"] for each in shop] == [world.SEVALLA_SHOP_ID]
    assert run("sevalla_application_info", application=shop[0]["id"]).result["applications"] == shop
    assert "s1" in {size["name"].lower() for size in found["sizes"]}
    twins = run("sevalla_application_info", application="Twin").result["applications"]
    assert len(twins) == 2


def test_an_application_that_does_not_exist_is_a_failure(run: Runner) -> None:
    """With the most similar name."""
    missing = run("sevalla_application_info", application="shop-x1y2")
    assert missing.result["failure"]["code"] == "not_found"
    assert "Did you mean 'shop-x1y2z'?" in (missing.message or "")
