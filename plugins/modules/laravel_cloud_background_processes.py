#!/usr/bin/python

# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Manage the background processes of a Laravel Cloud instance as one list."""

from __future__ import annotations

DOCUMENTATION = r"""
module: laravel_cloud_background_processes
short_description: Manage the background processes of a Laravel Cloud instance as one list
version_added: "1.0.0"
author:
  - evenkeel.paas contributors (@evenkeel)
description:
  - Creates and changes the background processes in a list. With O(prune), it deletes those that are not in the list.
  - It treats each entry as M(evenkeel.paas.laravel_cloud_background_process) treats its options, with one read and
    several writes at the same time.
  - Options of an entry that you omit or set to null are not managed. They are never compared, and an update
    never changes them.
  - If two entries match the same background process, or if an entry matches several, the task fails before it writes
    anything.
  - It sends creations and updates first and deletions last. After a failed write, it does not start another one
    unless O(continue_on_error) is set. It never deletes anything after a failed write. The result lists what was
    done, what failed and what was not attempted. Run the task again to do the rest.
  - An entry with a different identity is a different background process. To change the identity of a background
    process, set its O(processes[].id).
options:
  instance:
    description:
      - The instance, by its id (C(inst-...)), or by its name together with O(environment).
      - Required, on the task or in C(module_defaults).
    type: str
  environment:
    description:
      - The environment, by its id (C(env-...)), or by its slug or name together with O(application). A slug takes
        precedence over a name. Required if O(instance) is a name.
    type: str
  application:
    description:
      - The application, by its id (C(app-...)), slug or name. A slug takes precedence over a name. Required if
        O(environment) is not an id.
    type: str
  prune:
    description:
      - Whether to delete every background process of the instance that is not in O(processes).
      - The module refuses an empty list. A warning names the processes that are deleted, or would be deleted in check
        mode.
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
      - After any failed write, nothing is deleted, because the background process that O(prune) would delete may be
        the one that still does the work.
    type: bool
    default: false
  returned:
    description:
      - Which background processes RV(processes) and RV(diff) contain. A long list makes the output of C(-v) hard to
        read.
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
  - evenkeel.paas.attributes.laravel_cloud
  - evenkeel.paas.attributes.writer
  - evenkeel.paas.attributes.idempotent
  - evenkeel.paas.connection
  - evenkeel.paas.connection.laravel_cloud
  - evenkeel.paas.laravel_cloud_background_process.entries
seealso:
  - module: evenkeel.paas.laravel_cloud_background_process
  - module: evenkeel.paas.laravel_cloud_background_process_info
  - module: evenkeel.paas.laravel_cloud_deployment
"""

EXAMPLES = r"""
- name: All background processes of the instance, and no others
  evenkeel.paas.laravel_cloud_background_processes:
    application: shop
    environment: production
    instance: Workers
    prune: true
    processes:
      - type: worker
        processes: 2
        config:
          connection: redis
          queue: emails,default
          tries: 3
      - type: custom
        command: php artisan horizon
  register: shop

- name: Change the queues of a worker; without the id, this would create another worker
  evenkeel.paas.laravel_cloud_background_processes:
    application: shop
    environment: production
    instance: Workers
    processes:
      - id: "{{ shop.processes[0].id }}"
        config:
          queue: emails,default,reports

- name: Send up to eight writes at a time, and continue after a failure
  evenkeel.paas.laravel_cloud_background_processes:
    application: shop
    environment: production
    instance: Workers
    processes:
      - type: worker
        processes: 4
        config:
          connection: redis
          queue: emails
      - type: custom
        command: php artisan horizon
        processes: 2
    max_parallel: 8
    continue_on_error: true
"""

RETURN = r"""
processes:
  description:
    - The background processes of the entries, in their order, as the service returns them. O(returned) can shorten
      this list.
    - In check mode, the processes as they would be, without what only the service knows.
  returned: success
  type: list
  elements: dict
  sample:
    - id: process-a1868099-d4a8-4ea3-9076-4a5732ba4d50
      instance_id: inst-a15fd671-14f8-489f-b552-886c7ffa09dd
      type: worker
      processes: 1
      command: php artisan queue:work database --sleep=10 --quiet
      config:
        connection: database
        queue: null
        name: null
        tries: null
        backoff: null
        max_jobs: null
        max_time: null
        sleep: 10
        rest: null
        timeout: null
        force: null
        stop_when_empty: null
      strategy_type: none
      strategy_threshold: null
      created_at: "2026-04-12T10:42:32.000000Z"
  contains:
    id:
      description: The id of the process. Omitted in check mode for a process that does not exist yet.
      returned: when the process exists
      type: str
    instance_id:
      description: The id of the instance.
      returned: success
      type: str
    type:
      description: The type of the process.
      returned: success
      type: str
    processes:
      description: How many copies of the process run.
      returned: success
      type: int
    command:
      description:
        - The command. The service builds the command of a worker from its settings. In check mode, it is omitted if
          these would change.
      returned: success
      type: str
    config:
      description: The settings of a worker, with C(snake_case) keys. Empty for a custom process.
      returned: success
      type: dict
    strategy_type:
      description: How a queue cluster scales. Null in the response to a creation.
      returned: when the process exists
      type: str
    strategy_threshold:
      description: When a queue cluster scales, or null.
      returned: when the process exists
      type: int
    created_at:
      description: When the process was created.
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
      path: /background-processes/process-a1868099-d4a8-4ea3-9076-4a5732ba4d50
      body:
        processes: 2
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
      error: "PATCH ...: Laravel Cloud responded with HTTP 422: The given data was invalid."
      failure:
        status: 422
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
    - How many background processes of the list were created, updated or left as they are, and how many O(prune)
      deleted. In check mode, how many would be.
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
  description:
    - The managed options of each entry before and after, and those of each background process that is pruned.
    - O(returned) can shorten this list.
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
      description: The background process that the values belong to.
      returned: always
      type: str
    after_header:
      description: The background process that the values belong to.
      returned: always
      type: str
  sample:
    - before:
        processes: 1
      after:
        processes: 2
      before_header: worker with connection redis and queue emails,default
      after_header: worker with connection redis and queue emails,default
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
        - V(locked) means that another task on the same machine is creating something in the same instance. V(ambiguous)
          with C(changed=true) means that another task or person created the same background process at the same time.
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
      - option: processes[2].processes
        message: must be from 1 to 10, not 12
    request_id: null
"""

from ansible_collections.evenkeel.paas.plugins.module_utils._engine.module import run_module
from ansible_collections.evenkeel.paas.plugins.module_utils._engine.run_list import (
    list_module,
)
from ansible_collections.evenkeel.paas.plugins.module_utils._laravel_cloud.processes import (
    PROCESSES,
)

MODULE = list_module(PROCESSES)


def main() -> None:
    """Run the module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
