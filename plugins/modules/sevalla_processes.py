#!/usr/bin/python

# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Manage the processes of a Sevalla application as one list."""

from __future__ import annotations

DOCUMENTATION = r"""
module: sevalla_processes
short_description: Manage the processes of a Sevalla application as one list
version_added: "1.0.0"
author:
  - evenkeel.paas contributors (@evenkeel)
description:
  - Creates and changes the processes in a list. With O(prune), it deletes those that are not in the list.
  - It treats each entry as M(evenkeel.paas.sevalla_process) treats its options, with one read and several writes at
    the same time.
  - Options of an entry that you omit or set to null are not managed. They are never compared, and an update
    never changes them.
  - If two entries match the same process, or if an entry matches several, the task fails before it writes anything.
  - It sends creations and updates first and deletions last. After a failed write, it does not start another one
    unless O(continue_on_error) is set. It never deletes anything after a failed write. The result lists what was
    done, what failed and what was not attempted. Run the task again to do the rest.
  - An entry with a different identity is a different process. To rename a process, set its O(processes[].id) or
    O(processes[].key).
options:
  application:
    description:
      - The application, by its id, by its unique name, or by its display name if only one application has it.
    type: str
    required: true
    aliases: [application_id, app_id]
  prune:
    description:
      - Whether to delete every process of the application that is not in O(processes).
      - The module refuses an empty list. A warning names the processes that are deleted, or would be deleted in check
        mode.
      - A web process is never deleted. Sevalla removes a process at the next deployment and may list it until then.
        Until then, each run deletes it again.
      - Deploy before you create a deleted process again. While Sevalla lists it, an entry treats it as existing, and
        the next deployment still deletes it.
    type: bool
    default: false
  max_parallel:
    description:
      - How many writes are in flight at the same time, from 1 to 32. If the service asks one of them to wait, all wait.
      - With V(1), processes are created in the order of the list, and the service lists them in this order. With
        more, the order can vary. The results of this module are always in the order of the list.
    type: int
    default: 4
  continue_on_error:
    description:
      - Whether to attempt the other creations and updates after a failed write. The task fails at the end in any case.
      - After any failed write, nothing is deleted, because the process that O(prune) would delete may be the one that
        still does the work.
    type: bool
    default: false
  returned:
    description:
      - Which processes RV(processes) and RV(diff) contain. A long list makes the output of C(-v) hard to read.
      - V(all) contains every entry. RV(diff) also contains what O(prune) deletes.
      - V(changed) contains only those that are created or updated, in the order of the list. RV(diff) also contains
        what O(prune) deletes. Positions in RV(processes) then differ from positions in O(processes).
      - V(none) leaves both empty. C(changed), RV(counts), RV(plan) and the writes do not depend on this option.
      - With V(none), C(--diff) shows nothing, and the report of P(evenkeel.paas.drift#callback) has no values.
    type: str
    choices: [all, changed, none]
    default: all
    version_added: "1.1.0"
extends_documentation_fragment:
  - evenkeel.paas.attributes
  - evenkeel.paas.attributes.sevalla
  - evenkeel.paas.attributes.writer
  - evenkeel.paas.attributes.listed_after_deletion
  - evenkeel.paas.connection
  - evenkeel.paas.connection.sevalla
  - evenkeel.paas.sevalla_process.entries
seealso:
  - module: evenkeel.paas.sevalla_process
  - module: evenkeel.paas.sevalla_process_info
  - module: evenkeel.paas.sevalla_deployment
"""

EXAMPLES = r"""
- name: All processes of the shop, and no others
  evenkeel.paas.sevalla_processes:
    application: shop-x1y2z
    prune: true
    processes:
      - type: web
        scaling_strategy:
          type: manual
          instance_count: 2
      - display_name: queue
        type: worker
        entrypoint: node worker.js
        resource_type: s1
      - display_name: nightly report
        type: cron
        entrypoint: node report.js
        schedule: "0 3 * * *"
        time_zone: Europe/Berlin
        resource_type: s1

- name: Rename a worker; without the key, this would create another process
  evenkeel.paas.sevalla_processes:
    application: shop-x1y2z
    processes:
      - key: queue
        display_name: orders

- name: Send up to eight writes at a time, and continue after a failure
  evenkeel.paas.sevalla_processes:
    application: shop-x1y2z
    processes:
      - display_name: mails
        type: worker
        entrypoint: node mails.js --verbose
        resource_type: s1
      - display_name: nightly report
        entrypoint: node report.js --verbose
    max_parallel: 8
    continue_on_error: true
"""

RETURN = r"""
processes:
  description:
    - The processes of the entries, in their order, as the service returns them. O(returned) can shorten this list.
    - In check mode, the processes as they would be, without what only the service knows.
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
    - The writes that were sent, or would be sent. Updates and creations have the order of the list, and deletions
      come last. Empty if nothing differs.
    - C({process_id}) in a path stands for the id of a process that the previous write creates.
  returned: success, and failure of a write or of the check after a creation
  type: list
  elements: dict
  contains: &write
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
    - &example
      action: update
      method: PATCH
      path: /applications/9a1d2f5e-0b6c-4c0e-9f43-1f2e3d4c5b6a/processes/fb5e5168-4281-4bec-94c5-0d1584e9e657
      body:
        entrypoint: node worker.js
steps_done:
  description: The writes of RV(plan) that are done.
  returned: failure of a write, or of the check after a creation
  type: list
  elements: dict
  contains: *write
  sample: [*example]
steps_failed:
  description: The writes of RV(plan) that failed.
  returned: failure of a write, or of the check after a creation
  type: list
  elements: dict
  contains:
    <<: *write
    error:
      description: The message of the failure.
      returned: always
      type: str
    failure:
      description: The same as RV(failure), for this write.
      returned: always
      type: dict
  sample:
    - <<: *example
      error: "PATCH ...: Sevalla responded with HTTP 400: Request doesn't match the schema."
      failure:
        status: 400
        code: refused
        details: null
        request_id: null
steps_not_attempted:
  description: The writes of RV(plan) that were not started.
  returned: failure of a write, or of the check after a creation
  type: list
  elements: dict
  contains: *write
  sample: [*example]
counts:
  description:
    - How many processes of the list were created, updated or left as they are, and how many O(prune) deleted.
      In check mode, how many would be.
    - After a failed write, it counts the processes that were written and those that needed no write.
  returned: success, and failure of a write or of the check after a creation
  type: dict
  version_added: "1.1.0"
  contains:
    created:
      description: How many were created.
      returned: always
      type: int
    updated:
      description: How many were updated.
      returned: always
      type: int
    deleted:
      description: How many were deleted.
      returned: always
      type: int
    unchanged:
      description: How many needed no write.
      returned: always
      type: int
  sample:
    created: 1
    updated: 0
    deleted: 2
    unchanged: 57
deployment_required:
  description:
    - Whether something was changed, or would be changed, that takes effect at the next deployment.
    - If the task fails, also if it is unknown whether such a change was stored.
  returned: success, and failure of a write or of the check after a creation
  type: bool
  sample: true
diff:
  description: The managed options of each entry before and after, and those of each process that is pruned. O(returned) can shorten this list.
  returned: success
  type: list
  elements: dict
  contains:
    before:
      description: The values before.
      returned: always
      type: dict
    after:
      description: The values after.
      returned: always
      type: dict
    before_header:
      description: The process that the values belong to.
      returned: always
      type: str
    after_header:
      description: The process that the values belong to.
      returned: always
      type: str
  sample:
    - before:
        entrypoint: node old.js
      after:
        entrypoint: node worker.js
      before_header: process with display_name 'queue'
      after_header: process with display_name 'queue'
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
      - option: processes[2].port
        message: must be from 1 to 65535, not 70000
    request_id: null
"""

from ansible_collections.evenkeel.paas.plugins.module_utils._engine.module import run_module
from ansible_collections.evenkeel.paas.plugins.module_utils._engine.run_list import (
    list_module,
)
from ansible_collections.evenkeel.paas.plugins.module_utils._sevalla.processes import PROCESSES

MODULE = list_module(PROCESSES)


def main() -> None:
    """Run the module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
