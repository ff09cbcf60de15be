# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory plugin ``evenkeel.paas.sevalla``."""

from __future__ import annotations

DOCUMENTATION = r"""
name: sevalla
short_description: Sevalla applications as hosts
version_added: "1.0.0"
description:
  - Makes each application of a Sevalla company a host, in the group C(sevalla). The host's name is the application's
    unique C(name).
  - Sends one request for each hundred applications, and with O(processes) one for each host that the filters include.
  - The name of the configuration file must end in C(sevalla.yml) or C(sevalla.yaml).
author:
  - evenkeel.paas contributors (@evenkeel)
extends_documentation_fragment:
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
  - evenkeel.paas.inventory
  - evenkeel.paas.inventory.sevalla
options:
  plugin:
    description: Marks a file as a configuration of this plugin.
    type: str
    required: true
    choices: [evenkeel.paas.sevalla]
  processes:
    description:
      - Whether each host gets its processes in the variable C(sevalla_processes). Each has the form that
        M(evenkeel.paas.sevalla_process) returns. This costs one request for each host.
    type: bool
    default: false
notes:
  - The host variables are C(sevalla_application_id), which the modules take as
    O(evenkeel.paas.sevalla_process#module:application), and C(sevalla_application_name),
    C(sevalla_application_display_name), C(sevalla_application_status), C(sevalla_application_type),
    C(sevalla_application_source), C(sevalla_application_is_suspended), C(sevalla_application_created_at) and
    C(sevalla_application_updated_at), with the values of the service.
"""

EXAMPLES = r"""
# fmt: code
# All applications. The token is in SEVALLA_API_KEY.
plugin: evenkeel.paas.sevalla
---
# Without previews and suspended applications, grouped by the start of the name and by status.
plugin: evenkeel.paas.sevalla
filters:
  - exclude: sevalla_application_type == "previewApp"
  - exclude: sevalla_application_is_suspended
groups:
  shops: sevalla_application_display_name.startswith("Shop")
keyed_groups:
  # Null if the application was never deployed.
  - key: sevalla_application_status | default("never_deployed", true)
    prefix: status
---
# Only two applications, with their processes, cached in a file for ten minutes.
plugin: evenkeel.paas.sevalla
processes: true
filters:
  - include: sevalla_application_name in ["shop-x1y2z", "blog-a1b2c"]
  - exclude: true
compose:
  workers: sevalla_processes | selectattr("type", "eq", "worker") | map(attribute="display_name")
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: /tmp/evenkeel-inventory
cache_timeout: 600
"""

from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import quote

from ..module_utils._core.fields import Process
from ..module_utils._http.client import Client
from ..module_utils._sevalla.pages import pages
from ..module_utils._sevalla.processes import PROCESSES
from ..module_utils._sevalla.service import SERVICE, object_in, walk
from ..plugin_utils._inventory import FleetInventory, Found, Survey, picked

# The attributes in the list of applications.
_APPLICATION = (
    "id",
    "name",
    "display_name",
    "status",
    "type",
    "source",
    "is_suspended",
    "created_at",
    "updated_at",
)


class InventoryModule(FleetInventory):
    """Sevalla's applications."""

    NAME = "evenkeel.paas.sevalla"
    service = SERVICE
    group = "sevalla"
    processes = "sevalla_processes"

    def find(self, survey: Survey) -> Iterator[Found]:
        """Yield every application of the company."""
        client, path = survey.client, "/applications"
        for page in pages(client, path):
            for item in page:
                receive = partial(object_in, client, path, item)
                application = survey.attempt("An application", receive)
                if application is not None:
                    yield _found(client, application)


def _found(client: Client, application: dict[str, Any]) -> Found:
    def read_processes() -> list[Process]:
        # Not list_all, because its failure mentions an option of the modules.
        path = PROCESSES.collection.format(scope=quote(application["id"], safe=""))
        return list(walk(client, path))

    return Found(
        (str(application.get("name") or application["id"]),),
        application["id"],
        picked("sevalla_application", application, _APPLICATION),
        read_processes,
    )
