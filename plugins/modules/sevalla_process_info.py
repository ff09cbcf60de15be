#!/usr/bin/python

# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the processes of a Sevalla application."""

from __future__ import annotations

DOCUMENTATION = r"""
module: sevalla_process_info
short_description: Read the processes of a Sevalla application
version_added: "1.0.0"
author:
  - evenkeel.paas contributors (@evenkeel)
description:
  - Returns all processes of a Sevalla application, or those that match the options.
  - An empty string as a filter is ignored, as if you had omitted the option. O(type) accepts only its choices.
  - You can use RV(desired) as the list of M(evenkeel.paas.sevalla_processes). It then changes nothing, so you can
    adopt existing processes without writing them down.
  - If no process matches, both lists are empty. If the application does not exist, the task fails.
options:
  application:
    description:
      - The application, by its id, by its unique name, or by its display name if only one application has it.
    type: str
    required: true
    aliases: [application_id, app_id]
  id:
    description:
      - Only the process with this id.
    type: str
    aliases: [process_id]
  key:
    description:
      - Only the process with this key.
    type: str
  display_name:
    description:
      - Only processes with this name.
    type: str
    aliases: [name]
  type:
    description:
      - Only processes of this type.
    type: str
    choices: [web, worker, cron, job]
extends_documentation_fragment:
  - evenkeel.paas.attributes
  - evenkeel.paas.attributes.sevalla
  - evenkeel.paas.attributes.info
  - evenkeel.paas.connection
  - evenkeel.paas.connection.sevalla
seealso:
  - module: evenkeel.paas.sevalla_processes
  - module: evenkeel.paas.sevalla_process
"""

EXAMPLES = r"""
- name: All processes of the shop
  evenkeel.paas.sevalla_process_info:
    application: shop-x1y2z
  register: shop

- name: Their names
  ansible.builtin.debug:
    msg: "{{ shop.processes | map(attribute='display_name') }}"

- name: The cron processes
  evenkeel.paas.sevalla_process_info:
    application: shop-x1y2z
    type: cron
  register: crons

- name: Keep them as they are
  evenkeel.paas.sevalla_processes:
    application: shop-x1y2z
    processes: "{{ crons.desired }}"
"""

RETURN = r"""
processes:
  description: The processes as the service returns them, in its order.
  returned: success
  type: list
  elements: dict
  sample:
    - id: fb5e5168-4281-4bec-94c5-0d1584e9e657
      app_id: 9a1d2f5e-0b6c-4c0e-9f43-1f2e3d4c5b6a
      key: queue
      type: worker
      display_name: queue
      entrypoint: node worker.js
      port: null
      is_ingress_enabled: false
      ingress_protocol: null
      scaling_strategy:
        type: manual
        config:
          instanceCount: 2
      resource_type_id: 0b6f3b0e-5a1e-4c58-9a55-6f0b1f0c9d11
      resource_type_name: s1
      cpu_limit: 500
      memory_limit: 1024
      schedule: null
      time_zone: null
      job_start_policy: null
      liveness_probe: null
      readiness_probe: null
      internal_hostname: null
      created_at: "2026-03-01T10:00:00.000Z"
      updated_at: "2026-03-01T10:00:00.000Z"
  contains:
    id:
      description: The id of the process.
      returned: success
      type: str
    app_id:
      description: The id of the application.
      returned: success
      type: str
    key:
      description: The key of the process, unique in the application.
      returned: success
      type: str
    type:
      description: The type of the process.
      returned: success
      type: str
    display_name:
      description: The name of the process.
      returned: success
      type: str
    entrypoint:
      description: The command that starts the process.
      returned: success
      type: str
    port:
      description: The port on which the process listens, or null.
      returned: success
      type: int
    is_ingress_enabled:
      description: Whether traffic from outside reaches the process.
      returned: success
      type: bool
    ingress_protocol:
      description: The protocol of that traffic, or null.
      returned: success
      type: str
    scaling_strategy:
      description: The strategy, with C(type) and C(config) as the service writes them, or null.
      returned: success
      type: dict
    resource_type_id:
      description: The id of the size.
      returned: success
      type: str
    resource_type_name:
      description: The name of the size.
      returned: success
      type: str
    cpu_limit:
      description: The CPU limit in millicores.
      returned: success
      type: int
    memory_limit:
      description: The memory limit in megabytes.
      returned: success
      type: int
    schedule:
      description: The cron expression, or null.
      returned: success
      type: str
    time_zone:
      description: The time zone of the schedule, or null.
      returned: success
      type: str
    job_start_policy:
      description: When a job runs, or null.
      returned: success
      type: str
    liveness_probe:
      description: The liveness probe as the service writes it, or null.
      returned: success
      type: dict
    readiness_probe:
      description: The readiness probe as the service writes it, or null.
      returned: success
      type: dict
    internal_hostname:
      description: The name of the process inside the cluster, or null.
      returned: success
      type: str
    created_at:
      description: When the process was created.
      returned: success
      type: str
    updated_at:
      description: When the process was last changed.
      returned: success
      type: str
desired:
  description:
    - The same processes as entries for M(evenkeel.paas.sevalla_processes), without what the service generates, what
      is not set, and the defaults of a new process.
    - An entry contains C(key) if the name is not unique, and C(id) if the key does not identify the process either.
  returned: success
  type: list
  elements: dict
  sample:
    - display_name: queue
      type: worker
      entrypoint: node worker.js
      resource_type: s1
      scaling_strategy:
        type: manual
        instance_count: 2
api:
  description: The requests of the task.
  returned: always
  type: dict
  contains:
    requests:
      description: How many requests were sent, including retries.
      returned: always
      type: int
    retries:
      description: How many of them were retries.
      returned: always
      type: int
    waited_seconds:
      description: How many seconds the task spent on waiting and on failed requests.
      returned: always
      type: float
  sample:
    requests: 2
    retries: 0
    waited_seconds: 0.0
failure:
  description: The failure, for conditions in playbooks.
  returned: failure
  type: dict
  contains:
    code:
      description:
        - The kind of failure, such as V(invalid_options), V(not_found), V(ambiguous), V(no_token),
          V(unauthorized), V(forbidden), V(rate_limited), V(refused), V(service_error), V(unexpected_answer),
          V(redirected) and V(unreachable).
      returned: always
      type: str
    status:
      description: The HTTP status, or null if there was none.
      returned: always
      type: int
    details:
      description: The individual errors, from the service or from the module, or null.
      returned: always
      type: raw
    request_id:
      description: The service's id of the request, for its support, or null.
      returned: always
      type: str
  sample:
    code: not_found
    status: 404
    details: null
    request_id: null
"""

from ansible_collections.evenkeel.paas.plugins.module_utils._engine.module import run_module
from ansible_collections.evenkeel.paas.plugins.module_utils._engine.run_info import info_module
from ansible_collections.evenkeel.paas.plugins.module_utils._sevalla.processes import PROCESSES

MODULE = info_module(PROCESSES)


def main() -> None:
    """Run the module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
