# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory plugin ``evenkeel.paas.laravel_cloud``."""

from __future__ import annotations

DOCUMENTATION = r"""
name: laravel_cloud
short_description: Laravel Cloud instances as hosts
version_added: "1.0.0"
description:
  - Every instance of a Laravel Cloud organization becomes a host, in the group C(laravel_cloud). The host's name is made
    of the application's slug, the environment's slug and the instance's name, as C(shop.production.Workers).
  - Sends one request for the applications and one for each application that is taken; with O(processes) one for the
    applications and one for each environment.
  - The name of the configuration file ends in C(laravel_cloud.yml) or C(laravel_cloud.yaml).
author:
  - evenkeel.paas contributors (@evenkeel)
extends_documentation_fragment:
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
  - evenkeel.paas.inventory
  - evenkeel.paas.inventory.laravel_cloud
options:
  plugin:
    description: Says that a file is a configuration of this plugin.
    type: str
    required: true
    choices: [evenkeel.paas.laravel_cloud]
  applications:
    description:
      - The applications to read, each by its slug, its id or its name. All when it is empty.
      - Unlike O(filters) it saves the requests for the others. One that does not exist is an error.
    type: list
    elements: str
    default: []
  processes:
    description:
      - Whether each host gets its background processes in the variable C(laravel_cloud_background_processes), as
        M(evenkeel.paas.laravel_cloud_background_process) returns one.
    type: bool
    default: false
notes:
  - The host variables are C(laravel_cloud_instance_id), which the modules take as
    O(evenkeel.paas.laravel_cloud_background_process#module:instance), and C(laravel_cloud_instance_name),
    C(laravel_cloud_instance_type), C(laravel_cloud_instance_size), C(laravel_cloud_environment_id),
    C(laravel_cloud_environment_name), C(laravel_cloud_environment_slug), C(laravel_cloud_environment_status),
    C(laravel_cloud_application_id), C(laravel_cloud_application_name), C(laravel_cloud_application_slug) and
    C(laravel_cloud_application_region), as the service has them.
"""

EXAMPLES = r"""
# fmt: code
# All instances. The token is in LARAVEL_CLOUD_API_TOKEN.
plugin: evenkeel.paas.laravel_cloud
---
# The production of one application, in groups by the type of the instance.
plugin: evenkeel.paas.laravel_cloud
applications:
  - shop
filters:
  - exclude: laravel_cloud_environment_slug != "production"
keyed_groups:
  - key: laravel_cloud_instance_type
    prefix: instances
---
# With the background processes, kept in a file for ten minutes.
plugin: evenkeel.paas.laravel_cloud
processes: true
compose:
  workers: laravel_cloud_background_processes | selectattr("type", "eq", "worker") | length
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: /tmp/evenkeel-inventory
cache_timeout: 600
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from ..module_utils._core.failure import Failure
from ..module_utils._core.fields import Process
from ..module_utils._http.client import Client
from ..module_utils._laravel_cloud import service as _laravel_cloud
from ..module_utils._laravel_cloud.processes import PROCESSES
from ..plugin_utils._inventory import FleetInventory, Found, picked

Resource = dict[str, Any]
Included = dict[str, Resource]


class InventoryModule(FleetInventory):
    """Laravel Cloud's instances."""

    NAME = "evenkeel.paas.laravel_cloud"
    service = _laravel_cloud.SERVICE
    group = "laravel_cloud"
    processes = "laravel_cloud_background_processes"

    def find(self, client: Client) -> Iterator[Found]:
        """Every instance of the organization, or of the applications that are asked for."""
        with_processes = self.get_option("processes")
        wanted = self.get_option("applications")
        for application, included in _applications(client, wanted, with_processes):
            find = _by_environment if with_processes else _by_application
            yield from find(client, application, included)


def _applications(
    client: Client, wanted: list[str], with_environments: bool
) -> list[tuple[Resource, Included]]:
    params = {"include": "environments"} if with_environments else None
    listed = list(_laravel_cloud.walk(client, "/applications", params))
    if not wanted:
        return listed
    answers = [
        {item["id"], item["attributes"].get("slug"), item["attributes"].get("name")}
        for item, _included in listed
    ]
    unknown = [name for name in wanted if not any(name in names for names in answers)]
    if unknown:
        raise Failure(
            f"applications: there is no {', no '.join(map(repr, unknown))} on Laravel Cloud, or "
            "the token has no access to it; slugs and names are case-sensitive.",
            code="not_found",
        )
    return [each for each, names in zip(listed, answers) if names & set(wanted)]


def _by_application(client: Client, application: Resource, _included: Included) -> Iterator[Found]:
    """All instances of an application in one request."""
    path = f"/applications/{quote(application['id'], safe='')}/environments"
    for environment, included in _laravel_cloud.walk(client, path, {"include": "instances"}):
        instances = _laravel_cloud.linked(client, path, environment, included, "instances")
        if instances is None:
            yield from _of_environment(client, application, environment)
            continue
        for instance in instances:
            yield _found(client, application, environment, instance, None)


def _by_environment(client: Client, application: Resource, included: Included) -> Iterator[Found]:
    """All instances with their processes, in one request for each environment."""
    path = "/applications"
    environments = _laravel_cloud.linked(client, path, application, included, "environments")
    if environments is None:
        path += f"/{quote(application['id'], safe='')}/environments"
        environments = [item for item, _included in _laravel_cloud.walk(client, path)]
    for environment in environments:
        yield from _of_environment(client, application, environment)


def _of_environment(
    client: Client, application: Resource, environment: Resource
) -> Iterator[Found]:
    path = f"/environments/{quote(environment['id'], safe='')}/instances"
    for instance, included in _laravel_cloud.walk(client, path, {"include": "backgroundProcesses"}):
        listed = _laravel_cloud.linked(client, path, instance, included, "backgroundProcesses")
        yield _found(client, application, environment, instance, listed)


def _found(
    client: Client,
    application: Resource,
    environment: Resource,
    instance: Resource,
    listed: list[Resource] | None,
) -> Found:
    def read_processes() -> list[Process]:
        if listed is None:
            return PROCESSES.list_all(client, instance["id"])
        return [
            PROCESSES.receive(client, "GET", "", {"data": item}, instance["id"]) for item in listed
        ]

    # An environment has the application's secrets in plain text: nothing but these leaves it.
    variables = {
        **_variables("application", application, ("name", "slug", "region")),
        **_variables("environment", environment, ("name", "slug", "status")),
        **_variables("instance", instance, ("name", "type", "size")),
    }
    name = (
        variables["laravel_cloud_application_slug"],
        variables["laravel_cloud_environment_slug"],
        variables["laravel_cloud_instance_name"],
    )
    return Found(tuple(map(str, name)), instance["id"], variables, read_processes)


def _variables(kind: str, resource: Resource, names: tuple[str, ...]) -> dict[str, Any]:
    attributes = {**resource["attributes"], "id": resource["id"]}
    return picked(f"laravel_cloud_{kind}", attributes, ("id", *names))
