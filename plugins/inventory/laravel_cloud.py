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
  - Makes each instance of a Laravel Cloud organization a host, in the group C(laravel_cloud). The host's name
    consists of the application's slug, the environment's slug and the instance's name, such as
    C(shop.production.Workers).
  - Sends one request for the applications, and one for each application that is read. With O(processes), it sends one
    for each environment instead.
  - The name of the configuration file must end in C(laravel_cloud.yml) or C(laravel_cloud.yaml).
author:
  - evenkeel.paas contributors (@evenkeel)
extends_documentation_fragment:
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
  - evenkeel.paas.inventory
  - evenkeel.paas.inventory.laravel_cloud
options:
  plugin:
    description: Marks a file as a configuration of this plugin.
    type: str
    required: true
    choices: [evenkeel.paas.laravel_cloud]
  applications:
    description:
      - The applications to read, each by its id, its slug or its name. All of them if the list is empty.
      - As in the modules, a name counts only if no application has it as its slug. If several applications have the
        name, the plugin fails and lists their ids.
      - Unlike O(filters), this option saves the requests for the other applications. If an application does not
        exist, the plugin fails and suggests a similar name. It lists all applications if there are at most ten.
    type: list
    elements: str
    default: []
  processes:
    description:
      - Whether each host gets its background processes in the variable C(laravel_cloud_background_processes). Each
        has the form that M(evenkeel.paas.laravel_cloud_background_process) returns.
    type: bool
    default: false
notes:
  - The host variables are C(laravel_cloud_instance_id), which the modules take as
    O(evenkeel.paas.laravel_cloud_background_process#module:instance), and C(laravel_cloud_instance_name),
    C(laravel_cloud_instance_type), C(laravel_cloud_instance_size), C(laravel_cloud_environment_id),
    C(laravel_cloud_environment_name), C(laravel_cloud_environment_slug), C(laravel_cloud_environment_status),
    C(laravel_cloud_application_id), C(laravel_cloud_application_name), C(laravel_cloud_application_slug) and
    C(laravel_cloud_application_region), with the values of the service.
"""

EXAMPLES = r"""
# fmt: code
# All instances. The token is in LARAVEL_CLOUD_API_TOKEN.
plugin: evenkeel.paas.laravel_cloud
---
# The production environment of one application, grouped by the type of the instance.
plugin: evenkeel.paas.laravel_cloud
applications:
  - shop
filters:
  - exclude: laravel_cloud_environment_slug != "production"
keyed_groups:
  - key: laravel_cloud_instance_type
    prefix: instances
---
# With the background processes, cached in a file for ten minutes.
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
from functools import partial
from itertools import chain
from typing import Any
from urllib.parse import quote

from ..module_utils._core.failure import Failure
from ..module_utils._core.fields import Process
from ..module_utils._core.near_misses import did_you_mean, listing
from ..module_utils._http.client import Client
from ..module_utils._laravel_cloud import service as _laravel_cloud
from ..module_utils._laravel_cloud.processes import PROCESSES
from ..plugin_utils._inventory import FleetInventory, Found, Survey, host_name, picked

Resource = dict[str, Any]
Included = dict[str, Resource]


class InventoryModule(FleetInventory):
    """Laravel Cloud's instances."""

    NAME = "evenkeel.paas.laravel_cloud"
    service = _laravel_cloud.SERVICE
    group = "laravel_cloud"
    processes = "laravel_cloud_background_processes"

    def find(self, survey: Survey) -> Iterator[Found]:
        """Yield every instance of the organization, or of the selected applications."""
        with_processes = self.get_option("processes")
        params = {"include": "environments"} if with_processes else None
        listed = list(_resources(survey, "/applications", params, "An application"))
        wanted = self.get_option("applications")
        for application, included in _named(wanted, listed) if wanted else listed:
            find = _by_environment if with_processes else _by_application
            yield from find(survey, application, included)


def _resources(
    survey: Survey, path: str, params: dict[str, Any] | None, member: str
) -> Iterator[_laravel_cloud.Listed]:
    """Yield the resources of a list, except those that cannot be read."""
    client = survey.client
    for item, included in _laravel_cloud.walk_unchecked(client, path, params):
        resource = survey.attempt(member, partial(_laravel_cloud.resource_in, client, path, item))
        if resource is not None:
            yield resource, included


def _named(wanted: list[str], listed: list[_laravel_cloud.Listed]) -> list[_laravel_cloud.Listed]:
    """Return the applications that the option names; raise Failure with all problems."""
    keys = _laravel_cloud.APPLICATION_NAMES
    known = _laravel_cloud.names_of(listed, keys)
    taken, problems = set(), []
    for name in wanted:
        key, found = "id", [each for each in listed if each[0]["id"] == name]
        if not found:
            key, found = _laravel_cloud.answering(name, keys, listed)
        ids = [each[0]["id"] for each in found]
        taken.update(ids)
        if not found:
            problems.append(
                f"{name!r} does not exist on Laravel Cloud, or the token has no access to it."
                + did_you_mean(name, chain(*known))
            )
        elif len(found) > 1:
            problems.append(
                f"{len(ids)} applications have the {key} {name!r}: {', '.join(ids)}. Use the id."
            )
    if problems:
        said = " ".join(problems) + listing(known, _laravel_cloud.SERVICE.name)
        raise Failure(f"applications: {said}", code="not_found")
    return [each for each in listed if each[0]["id"] in taken]


def _by_application(survey: Survey, application: Resource, _included: Included) -> Iterator[Found]:
    """Yield all instances of an application, with one request."""
    path = _path_of_environments(application)

    def instances(environment: Resource, included: Included) -> list[Found]:
        linked = _laravel_cloud.linked(survey.client, path, environment, included, "instances")
        if linked is None:
            return _of_environment(survey, application, environment)
        return [_found(survey.client, application, environment, each) for each in linked]

    read = partial(_environments, survey, application, {"include": "instances"})
    for environment, included in survey.attempt(_name(application), read) or ():
        read_instances = partial(instances, environment, included)
        yield from survey.attempt(_name(application, environment), read_instances) or ()


def _by_environment(survey: Survey, application: Resource, included: Included) -> Iterator[Found]:
    """Yield all instances with their processes, with one request for each environment."""

    def environments() -> list[Resource]:
        path = "/applications"
        linked = _laravel_cloud.linked(survey.client, path, application, included, "environments")
        if linked is None:
            return [item for item, _included in _environments(survey, application, None)]
        return linked

    for environment in survey.attempt(_name(application), environments) or ():
        read = partial(_of_environment, survey, application, environment)
        yield from survey.attempt(_name(application, environment), read) or ()


def _name(application: Resource, environment: Resource | None = None) -> str:
    """Return the name of an application or environment for warnings, as in host names."""
    parts = [str(each["attributes"].get("slug")) for each in (application, environment) if each]
    return f"{'Environment' if environment else 'Application'} {host_name(tuple(parts))}"


def _path_of_environments(application: Resource) -> str:
    return f"/applications/{quote(application['id'], safe='')}/environments"


def _environments(
    survey: Survey, application: Resource, params: dict[str, Any] | None
) -> list[_laravel_cloud.Listed]:
    path = _path_of_environments(application)
    return list(_resources(survey, path, params, f"An environment of {_name(application)}"))


def _of_environment(survey: Survey, application: Resource, environment: Resource) -> list[Found]:
    path = f"/environments/{quote(environment['id'], safe='')}/instances"
    member = f"An instance of {_name(application, environment)}"
    params = {"include": "backgroundProcesses"}
    return [
        _found(survey.client, application, environment, instance, included)
        for instance, included in _resources(survey, path, params, member)
    ]


def _found(
    client: Client,
    application: Resource,
    environment: Resource,
    instance: Resource,
    included: Included | None = None,
) -> Found:
    instance_id = instance["id"]
    path = PROCESSES.collection.format(scope=quote(instance_id, safe=""))

    def read_processes() -> list[Process]:
        # Not list_all, because its failure mentions an option of the modules.
        relation = "backgroundProcesses"
        listed = _laravel_cloud.linked(client, path, instance, included or {}, relation)
        if listed is None:
            listed = [item for item, _included in _laravel_cloud.walk(client, path)]
        return [PROCESSES.flat(item, instance_id) for item in listed]

    # An environment contains the application's secrets in plain text: use only these.
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
    return Found(tuple(map(str, name)), instance_id, variables, read_processes)


def _variables(kind: str, resource: Resource, names: tuple[str, ...]) -> dict[str, Any]:
    attributes = {**resource["attributes"], "id": resource["id"]}
    return picked(f"laravel_cloud_{kind}", attributes, ("id", *names))
