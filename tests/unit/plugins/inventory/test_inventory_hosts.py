# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The hosts, variables and groups of the inventory plugins, and their requests."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Response

from ansible_collections.evenkeel.paas.tests.emulator import Fault, Hooks
from ansible_collections.evenkeel.paas.tests.emulator.world import (
    LARAVEL_CLOUD_MAIN_APP_ID,
    LARAVEL_CLOUD_MAIN_ID,
    LARAVEL_CLOUD_PRODUCTION_ID,
    LARAVEL_CLOUD_PRODUCTION_WORKERS_ID,
    LARAVEL_CLOUD_SHOP_ID,
    LARAVEL_CLOUD_STAGING_ID,
    LARAVEL_CLOUD_UPDATED_APP_ID,
    SECRET_CANARIES,
    SEVALLA_BLOG_ID,
    SEVALLA_SHOP_ID,
    SEVALLA_TWIN_1_ID,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.inventory.reading import Reader

LOCAL = {
    "ansible_connection": "local",
    "ansible_python_interpreter": "{{ ansible_playbook_python }}",
}
SEVALLA = {"draft-d3e4f", "twin-s9t0u", "twin-p7q8r", "blog-a1b2c", "shop-x1y2z"}
LARAVEL = {
    "test-app-2.main.App",
    "shop.production.App",
    "shop.production.Workers",
    "shop.staging-3.App",
    "shop.staging-3.Workers",
}


def workers(application: Any, world: Any, name: str) -> dict[str, Any]:
    """Create workers of an application outside the plugin."""
    size = world.sevalla.sizes[1]["id"]
    return world.sevalla.create(
        application,
        {
            "display_name": name,
            "type": "worker",
            "resource_type_id": size,
            "scaling_strategy": {"type": "manual", "config": {"instanceCount": 1}},
        },
    )


def test_sevalla_applications_are_hosts(read: Reader) -> None:
    found = read("sevalla")
    assert found.hosts.keys() == SEVALLA
    assert set(found.groups["sevalla"]) == SEVALLA
    shop = found.hosts["shop-x1y2z"]
    stamp = shop.pop("sevalla_application_created_at")
    assert shop.pop("sevalla_application_updated_at") == stamp
    assert shop == {
        **LOCAL,
        "sevalla_application_id": SEVALLA_SHOP_ID,
        "sevalla_application_name": "shop-x1y2z",
        "sevalla_application_display_name": "Shop",
        "sevalla_application_status": "deploymentSuccess",
        "sevalla_application_type": "app",
        "sevalla_application_source": "privateGit",
        "sevalla_application_is_suspended": False,
    }
    assert found.hosts["draft-d3e4f"]["sevalla_application_status"] is None
    assert found.warnings == []


def test_laravel_cloud_instances_are_hosts(read: Reader) -> None:
    found = read("laravel_cloud")
    assert found.hosts.keys() == LARAVEL
    assert set(found.groups["laravel_cloud"]) == LARAVEL
    assert found.hosts["shop.production.Workers"] == {
        **LOCAL,
        "laravel_cloud_application_id": LARAVEL_CLOUD_SHOP_ID,
        "laravel_cloud_application_name": "Shop",
        "laravel_cloud_application_slug": "shop",
        "laravel_cloud_application_region": "us-east-1",
        "laravel_cloud_environment_id": LARAVEL_CLOUD_PRODUCTION_ID,
        "laravel_cloud_environment_name": "production",
        "laravel_cloud_environment_slug": "production",
        "laravel_cloud_environment_status": "running",
        "laravel_cloud_instance_id": LARAVEL_CLOUD_PRODUCTION_WORKERS_ID,
        "laravel_cloud_instance_name": "Workers",
        "laravel_cloud_instance_type": "service",
        "laravel_cloud_instance_size": "flex.g-1vcpu-512mb",
    }
    assert found.warnings == []


@pytest.mark.parametrize("plugin", ["sevalla", "laravel_cloud"])
def test_the_interpreter_is_the_one_that_runs_ansible(read: Reader, plugin: str) -> None:
    """A template that Ansible evaluates, unlike any value of the service."""
    found = read(plugin)
    for host in found.hosts:
        found.data.set_variable(host, "ansible_playbook_python", "/usr/bin/python3.99")
        about = found.data.get_host(host).get_vars()
        assert found.template(host, about["ansible_python_interpreter"]) == "/usr/bin/python3.99"


# Requests


def test_sevalla_sends_one_request_for_each_hundred_applications(read: Reader) -> None:
    for number in range(200):
        read.emulator.world.sevalla.add_application(f"Fleet {number}")
    found = read("sevalla")
    assert len(found.hosts) == 205
    assert read.asked() == [
        f"GET /applications?limit=100&offset={offset}" for offset in (0, 100, 200)
    ]


def test_sevalla_reads_processes_only_of_applications_that_pass_the_filters(read: Reader) -> None:
    world = read.emulator.world
    workers(world.sevalla.application(SEVALLA_SHOP_ID), world, "queue")
    taken = 'sevalla_application_display_name in ["Shop", "Blog"]'
    found = read("sevalla", processes=True, filters=[{"include": taken}, {"exclude": True}])
    assert read.asked() == [
        "GET /applications?limit=100&offset=0",
        f"GET /applications/{SEVALLA_BLOG_ID}/processes?limit=100&offset=0",
        f"GET /applications/{SEVALLA_SHOP_ID}/processes?limit=100&offset=0",
    ]
    assert found.hosts.keys() == {"shop-x1y2z", "blog-a1b2c"}
    shop = [each["display_name"] for each in found.hosts["shop-x1y2z"]["sevalla_processes"]]
    assert sorted(shop) == ["Web process", "queue"]
    assert len(found.hosts["blog-a1b2c"]["sevalla_processes"]) == 1


def test_laravel_cloud_sends_one_request_for_each_application(read: Reader) -> None:
    read("laravel_cloud")
    assert read.asked() == [
        "GET /applications",
        f"GET /applications/{LARAVEL_CLOUD_UPDATED_APP_ID}/environments?include=instances",
        f"GET /applications/{LARAVEL_CLOUD_SHOP_ID}/environments?include=instances",
    ]


def test_laravel_cloud_sends_one_request_for_each_environment_with_processes(read: Reader) -> None:
    cloud = read.emulator.world.laravel_cloud
    workers_of = cloud.instances[LARAVEL_CLOUD_PRODUCTION_WORKERS_ID]
    for command in ("php artisan horizon", "php artisan reverb:start"):
        cloud.create(workers_of, {"type": "custom", "processes": 2, "command": command})
    found = read("laravel_cloud", processes=True)
    assert read.asked() == [
        "GET /applications?include=environments",
        *(
            f"GET /environments/{environment}/instances?include=backgroundProcesses"
            for environment in (
                LARAVEL_CLOUD_MAIN_ID,
                LARAVEL_CLOUD_PRODUCTION_ID,
                LARAVEL_CLOUD_STAGING_ID,
            )
        ),
    ]
    assert found.hosts.keys() == LARAVEL
    for host, about in found.hosts.items():
        listed = about["laravel_cloud_background_processes"]
        if host != "shop.production.Workers":
            assert listed == []
            continue
        assert [each["command"] for each in listed] == [
            "php artisan horizon",
            "php artisan reverb:start",
        ]
        # In the format of the modules' results, not in JSON:API's.
        assert all(each["config"] == {} for each in listed)
        assert {each["instance_id"] for each in listed} == {LARAVEL_CLOUD_PRODUCTION_WORKERS_ID}


@pytest.mark.parametrize("name", ["shop", LARAVEL_CLOUD_SHOP_ID, "Shop"])
def test_laravel_cloud_reads_only_the_named_applications(read: Reader, name: str) -> None:
    found = read("laravel_cloud", applications=[name])
    assert found.hosts.keys() == LARAVEL - {"test-app-2.main.App"}
    assert read.asked() == [
        "GET /applications",
        f"GET /applications/{LARAVEL_CLOUD_SHOP_ID}/environments?include=instances",
    ]


def test_laravel_cloud_prefers_the_slug_of_an_application_to_its_name(read: Reader) -> None:
    """As in the modules, whatever the other application is and wherever it is listed."""
    cloud = read.emulator.world.laravel_cloud
    for name, slug in (("shop", "first"), ("Shop", "second"), ("test-app-2", "third")):
        added = cloud.add_application(name, slug)
        cloud.add_instance(cloud.add_environment(added, "main"), "App")
    found = read("laravel_cloud", applications=["shop"])
    assert found.hosts.keys() == LARAVEL - {"test-app-2.main.App"}
    found = read("laravel_cloud", applications=["test-app-2", "shop", "second"])
    assert found.hosts.keys() == LARAVEL | {"second.main.App"}


@pytest.mark.parametrize("processes", [False, True])
def test_laravel_cloud_reads_every_page_of_every_list(read: Reader, processes: bool) -> None:
    cloud = read.emulator.world.laravel_cloud
    environment = cloud.environments[LARAVEL_CLOUD_MAIN_ID]
    application = cloud.applications[LARAVEL_CLOUD_UPDATED_APP_ID]
    for number in range(150):
        cloud.add_instance(environment, f"Workers {number}", "service")
        cloud.add_environment(application, f"preview-{number}")
        cloud.add_application(f"Empty {number}")
    found = read("laravel_cloud", processes=processes)
    assert found.hosts.keys() == LARAVEL | {
        f"test-app-2.main.Workers-{number}" for number in range(150)
    }


class WithoutIncluded(Hooks):
    """A service that does not include the requested objects."""

    def after(self, response: Response) -> Response:
        body = response.get_json(force=True)
        body.pop("included", None)
        response.set_data(json.dumps(body))
        return response


@pytest.mark.parametrize("processes", [False, True])
def test_laravel_cloud_reads_objects_that_were_not_included(read: Reader, processes: bool) -> None:
    cloud = read.emulator.world.laravel_cloud
    instance = cloud.instances[LARAVEL_CLOUD_MAIN_APP_ID]
    cloud.create(instance, {"type": "custom", "processes": 1, "command": "php artisan horizon"})
    whole = read("laravel_cloud", processes=processes)
    read.emulator.hooks = WithoutIncluded()
    assert read("laravel_cloud", processes=processes).hosts == whole.hosts


# Names


def test_invalid_characters_in_a_host_name_become_dashes(read: Reader) -> None:
    cloud = read.emulator.world.laravel_cloud
    cloud.add_instance(cloud.environments[LARAVEL_CLOUD_MAIN_ID], "[a:z] été, {{ 7 * 7 }}.x")
    assert "test-app-2.main.a-z-t-7-7-x" in read("laravel_cloud").hosts


def test_hosts_with_the_same_name_get_their_ids_appended(read: Reader) -> None:
    """Also if they are equal only after characters are replaced."""
    cloud = read.emulator.world.laravel_cloud
    environment = cloud.environments[LARAVEL_CLOUD_MAIN_ID]
    made = [cloud.add_instance(environment, name).id for name in ("Mail 1", "Mail 1", "Mail!1")]
    found = read("laravel_cloud")
    names = {f"test-app-2.main.Mail-1-{each}" for each in made}
    assert {name for name in found.hosts if "Mail" in name} == names
    (warning,) = found.warnings
    assert warning.startswith("3 hosts would have the name test-app-2.main.Mail-1;")


# Filters and constructed groups


@pytest.mark.parametrize(
    ("filters", "taken"),
    [
        ([], SEVALLA),
        ([{"exclude": True}], set()),
        ([{"include": True}, {"exclude": True}], SEVALLA),
        (
            [{"exclude": 'sevalla_application_display_name == "Twin"'}],
            SEVALLA - {"twin-s9t0u", "twin-p7q8r"},
        ),
        (
            [
                {"exclude": f'sevalla_application_id == "{SEVALLA_TWIN_1_ID}"'},
                {"include": 'sevalla_application_display_name == "Twin"'},
                {"exclude": "not sevalla_application_is_suspended"},
            ],
            {"twin-s9t0u"},
        ),
        ([{"exclude": "sevalla_application_status is none"}], SEVALLA - {"draft-d3e4f"}),
    ],
)
def test_the_first_matching_filter_decides(
    read: Reader, filters: list[dict[str, Any]], taken: set[str]
) -> None:
    assert read("sevalla", filters=filters).hosts.keys() == taken


def test_constructed_variables_and_groups(read: Reader) -> None:
    found = read(
        "laravel_cloud",
        compose={"instance": "laravel_cloud_instance_id", "ansible_connection": "'ssh'"},
        groups={"workers": 'laravel_cloud_instance_type == "service"'},
        keyed_groups=[{"key": "laravel_cloud_environment_name", "prefix": "env"}],
    )
    about = found.hosts["shop.production.Workers"]
    assert about["instance"] == LARAVEL_CLOUD_PRODUCTION_WORKERS_ID
    assert about["ansible_connection"] == "ssh"
    assert set(found.groups["workers"]) == {"shop.production.Workers", "shop.staging-3.Workers"}
    assert set(found.groups["env_staging"]) == {"shop.staging-3.App", "shop.staging-3.Workers"}


def test_constructed_groups_can_use_the_processes(read: Reader) -> None:
    kept = 'sevalla_processes | map(attribute="display_name") | list'
    found = read("sevalla", processes=True, compose={"kept": kept})
    assert all(about["kept"] == ["Web process"] for about in found.hosts.values())


# Values that must not be shown


@pytest.mark.parametrize("plugin", ["sevalla", "laravel_cloud"])
@pytest.mark.parametrize("processes", [False, True])
def test_hosts_have_only_the_documented_variables(
    read: Reader, plugin: str, processes: bool
) -> None:
    """Neither the user's environment variables, nor fields that a service may add later."""
    plain = read(plugin, processes=processes)
    read.emulator.faults.add(Fault("unknown_keys", times=None))
    more = read(plugin, processes=processes)
    assert {host: set(about) for host, about in more.hosts.items()} == {
        host: set(about) for host, about in plain.hosts.items()
    }
    assert not any(secret in str(plain.hosts) for secret in SECRET_CANARIES.values())
    assert read.emulator.token not in str(plain.hosts)
