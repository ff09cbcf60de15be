#!/usr/bin/python

# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Manage a process of a Sevalla application."""

from __future__ import annotations

DOCUMENTATION = r"""
module: sevalla_process
short_description: Manage a process of a Sevalla application
version_added: "1.0.0"
author:
  - evenkeel.paas contributors (@evenkeel)
description:
  - Creates, changes and deletes a process of an application on Sevalla.
  - Options that you omit or set to null are not managed. They are never compared, and an update
    never changes them.
  - A change is one request with the fields that differ. If nothing differs, no write is sent.
  - Changes take effect at the application's next deployment, except those of O(display_name),
    O(is_ingress_enabled) and O(ingress_protocol), see RV(deployment_required).
options:
  application:
    description:
      - The application, by its id, by its unique name, or by its display name if only one application has it.
    type: str
    required: true
    aliases: [application_id, app_id]
  state:
    description:
      - V(present) creates or changes the process, V(absent) deletes it.
      - The module refuses V(absent) for a web process.
      - With O(type), V(absent) deletes only a process of this type. If only a process of another type has the name,
        nothing is deleted, and a warning names it. With O(id) or O(key), another type is refused.
      - Sevalla removes a process at the next deployment and may list it until then. Until then, V(absent) deletes it
        again and reports a change.
      - Deploy before you create a deleted process again. While Sevalla lists it, V(present) treats it as existing,
        and the next deployment still deletes it.
    type: str
    choices: [present, absent]
    default: present
extends_documentation_fragment:
  - evenkeel.paas.attributes
  - evenkeel.paas.attributes.sevalla
  - evenkeel.paas.attributes.writer
  - evenkeel.paas.attributes.listed_after_deletion
  - evenkeel.paas.connection
  - evenkeel.paas.connection.sevalla
  - evenkeel.paas.sevalla_process
seealso:
  - module: evenkeel.paas.sevalla_processes
  - module: evenkeel.paas.sevalla_process_info
  - module: evenkeel.paas.sevalla_deployment
  - module: evenkeel.paas.sevalla_process_run
"""

EXAMPLES = r"""
- name: A worker that processes the queue
  evenkeel.paas.sevalla_process:
    application: shop-x1y2z
    display_name: queue
    type: worker
    entrypoint: node worker.js
    resource_type: s1
    scaling_strategy:
      type: manual
      instance_count: 2

- name: A nightly report at three o'clock in Berlin
  evenkeel.paas.sevalla_process:
    application: shop-x1y2z
    display_name: nightly report
    type: cron
    entrypoint: node report.js
    schedule: "0 3 * * *"
    time_zone: Europe/Berlin
    resource_type: s1

- name: Migrations before each deployment
  evenkeel.paas.sevalla_process:
    application: shop-x1y2z
    display_name: migrate
    type: job
    entrypoint: npm run migrate
    job_start_policy: beforeDeployment
    resource_type: s1

- name: Scale the web process with its load, and probe it
  evenkeel.paas.sevalla_process:
    application: shop-x1y2z
    type: web
    scaling_strategy:
      type: horizontal
      min_instance_count: 2
      max_instance_count: 6
      target_cpu_percent: 70
    readiness_probe:
      http_get:
        path: /ready
        port: 8080
      period_seconds: 10

- name: Rename a process that is identified by its key
  evenkeel.paas.sevalla_process:
    application: shop-x1y2z
    key: queue
    display_name: orders

- name: Stop probing the web process
  evenkeel.paas.sevalla_process:
    application: shop-x1y2z
    type: web
    clear:
      - readiness_probe

- name: Delete the report
  evenkeel.paas.sevalla_process:
    application: shop-x1y2z
    display_name: nightly report
    state: absent
"""

RETURN = r"""
process:
  description:
    - The process as the service returns it, or null if it is absent.
    - In check mode, the process as it would be, without what only the service knows.
  returned: success
  type: dict
  sample:
    id: fb5e5168-4281-4bec-94c5-0d1584e9e657
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
      description: The id of the process. Omitted in check mode for a process that does not exist yet.
      returned: when the process exists
      type: str
    app_id:
      description: The id of the application.
      returned: success
      type: str
    key:
      description: The key of the process, unique in the application.
      returned: when the process exists
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
      description: The name of the size. Omitted in check mode if the size is known by its id only.
      returned: success
      type: str
    cpu_limit:
      description:
        - The CPU limit in millicores. Omitted in check mode if the size would change and is known by its id only.
      returned: success
      type: int
    memory_limit:
      description:
        - The memory limit in megabytes. Omitted in check mode if the size would change and is known by its id only.
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
      returned: when the process exists
      type: str
    created_at:
      description: When the process was created.
      returned: when the process exists
      type: str
    updated_at:
      description: When the process was last changed.
      returned: when the process exists
      type: str
plan:
  description:
    - The writes that were sent, or would be sent, in order. Empty if nothing differs.
    - C({process_id}) in a path stands for the id of a process that the previous write creates.
  returned: success, and failure of a write or of the check after a creation
  type: list
  elements: dict
  contains:
    action:
      description: The kind of write, V(create), V(update) or V(delete).
      returned: always
      type: str
    method:
      description: The HTTP method.
      returned: always
      type: str
    path:
      description: The path below O(api_url).
      returned: always
      type: str
    body:
      description: The body, null for a deletion.
      returned: always
      type: dict
  sample:
    - action: update
      method: PATCH
      path: /applications/9a1d2f5e-0b6c-4c0e-9f43-1f2e3d4c5b6a/processes/fb5e5168-4281-4bec-94c5-0d1584e9e657
      body:
        entrypoint: node worker.js
deployment_required:
  description:
    - Whether something was changed, or would be changed, that takes effect at the next deployment.
    - If the task fails, also if it is unknown whether such a change was stored.
  returned: success, and failure of a write or of the check after a creation
  type: bool
  sample: true
diff:
  description: The managed options before and after, as you write them in a task.
  returned: success
  type: dict
  contains:
    before:
      description: The values before.
      returned: always
      type: dict
    after:
      description: The values after.
      returned: always
      type: dict
  sample:
    before:
      entrypoint: node old.js
    after:
      entrypoint: node worker.js
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
          V(unauthorized), V(forbidden), V(rate_limited), V(refused), V(service_error), V(conflict),
          V(unexpected_answer), V(redirected), V(unreachable) and V(locked).
        - V(locked) means that another task on the same machine is creating something in the same application.
          V(ambiguous) with C(changed=true) means that another task or person created the same process at the same time.
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
    code: invalid_options
    status: null
    details:
      - option: port
        message: must be from 1 to 65535, not 70000
    request_id: null
"""

from ansible_collections.evenkeel.paas.plugins.module_utils._engine.module import run_module
from ansible_collections.evenkeel.paas.plugins.module_utils._engine.run_one import resource_module
from ansible_collections.evenkeel.paas.plugins.module_utils._sevalla.processes import PROCESSES

MODULE = resource_module(PROCESSES)


def main() -> None:
    """Run the module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
