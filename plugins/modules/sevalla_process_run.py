#!/usr/bin/python

# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a cron process of a Sevalla application now."""

from __future__ import annotations

DOCUMENTATION = r"""
module: sevalla_process_run
short_description: Run a cron process of a Sevalla application now
version_added: "1.0.0"
author:
  - evenkeel.paas contributors (@evenkeel)
description:
  - Starts one run of a cron process on Sevalla, in addition to its schedule. It does not wait for the end of the run.
  - Only cron processes can be run. The module refuses other processes before it sends anything.
options:
  application:
    description:
      - The application, by its id, by its unique name, or by its display name if only one application has it.
    type: str
    required: true
    aliases: [application_id, app_id]
  id:
    description:
      - The id of the process. Set exactly one of O(id), O(key) and O(display_name).
    type: str
    aliases: [process_id]
  key:
    description:
      - The key of the process.
    type: str
  display_name:
    description:
      - The name of the process. The task fails if several processes have it.
    type: str
    aliases: [name]
extends_documentation_fragment:
  - evenkeel.paas.attributes
  - evenkeel.paas.attributes.action
  - evenkeel.paas.attributes.repeated
  - evenkeel.paas.attributes.sevalla
  - evenkeel.paas.connection
  - evenkeel.paas.connection.sevalla
notes:
  - Sevalla does not show the id of a run or how it ends. If the response is lost, the task cannot find out whether
    the process was started, so it fails and does not send the request again.
  - It is not documented what a run starts if the process was created or changed after the last deployment. Deploy
    first, with M(evenkeel.paas.sevalla_deployment).
seealso:
  - module: evenkeel.paas.sevalla_process
  - module: evenkeel.paas.sevalla_deployment
"""

EXAMPLES = r"""
- name: Run the nightly report now
  evenkeel.paas.sevalla_process_run:
    application: shop-x1y2z
    display_name: nightly report
"""

RETURN = r"""
process:
  description:
    - The process as the service returns it, as it was when the task read it.
  returned: success
  type: dict
  sample:
    id: fb5e5168-4281-4bec-94c5-0d1584e9e657
    app_id: 9a1d2f5e-0b6c-4c0e-9f43-1f2e3d4c5b6a
    key: nightly-report
    type: cron
    display_name: nightly report
    entrypoint: node report.js
    port: null
    is_ingress_enabled: false
    ingress_protocol: null
    scaling_strategy:
      type: manual
      config:
        instanceCount: 1
    resource_type_id: 0b6f3b0e-5a1e-4c58-9a55-6f0b1f0c9d11
    resource_type_name: s1
    cpu_limit: 500
    memory_limit: 1024
    schedule: "0 3 * * *"
    time_zone: Europe/Berlin
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
plan:
  description: The request that was sent, or would be sent.
  returned: success, and failure of that request
  type: list
  elements: dict
  contains:
    action:
      description: What the request does, always V(run).
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
      description: The body, or null if there is none.
      returned: always
      type: dict
  sample:
    - action: run
      method: POST
      path: /applications/9a1d2f5e-0b6c-4c0e-9f43-1f2e3d4c5b6a/processes/fb5e5168-4281-4bec-94c5-0d1584e9e657/trigger
      body: null
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
    requests: 3
    retries: 0
    waited_seconds: 0.0
failure:
  description: The failure, for conditions in playbooks.
  returned: failure
  type: dict
  contains:
    code:
      description:
        - The kind of failure, such as V(not_a_cron),
          V(invalid_options), V(not_found), V(ambiguous), V(no_token), V(unauthorized), V(forbidden), V(rate_limited),
          V(refused), V(service_error), V(unexpected_answer), V(redirected) and V(unreachable).
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
    code: not_a_cron
    status: null
    details: null
    request_id: null
"""

from ansible_collections.evenkeel.paas.plugins.module_utils._engine.module import run_module
from ansible_collections.evenkeel.paas.plugins.module_utils._sevalla.run_cron import cron_module

MODULE = cron_module()


def main() -> None:
    """Run the module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
