#!/usr/bin/python

# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Manage a background process of a Laravel Cloud instance."""

from __future__ import annotations

DOCUMENTATION = r"""
module: laravel_cloud_background_process
short_description: Manage a background process of a Laravel Cloud instance
version_added: "1.0.0"
author:
  - evenkeel.paas contributors (@evenkeel)
description:
  - Creates, changes and deletes a background process of an instance on Laravel Cloud.
  - Background processes do not have names. The connection and the queues identify a worker, the command identifies a
    custom process, and the id identifies both.
  - Options that you omit or set to null are not managed. They are never compared, and an update
    never changes them.
  - A change is one request with the fields that differ. If nothing differs, no write is sent.
  - Changes take effect at the environment's next deployment, see RV(deployment_required).
options:
  instance:
    description:
      - The instance, by its id (C(inst-...)), or by its name together with O(environment).
      - Required unless O(id) is set.
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
  state:
    description:
      - V(present) creates or changes the process, V(absent) deletes it.
    type: str
    choices: [present, absent]
    default: present
extends_documentation_fragment:
  - evenkeel.paas.attributes
  - evenkeel.paas.attributes.laravel_cloud
  - evenkeel.paas.attributes.writer
  - evenkeel.paas.attributes.idempotent
  - evenkeel.paas.connection
  - evenkeel.paas.connection.laravel_cloud
  - evenkeel.paas.laravel_cloud_background_process
seealso:
  - module: evenkeel.paas.laravel_cloud_background_processes
  - module: evenkeel.paas.laravel_cloud_background_process_info
  - module: evenkeel.paas.laravel_cloud_deployment
"""

EXAMPLES = r"""
- name: A worker for two queues, the more important one first
  evenkeel.paas.laravel_cloud_background_process:
    application: shop
    environment: production
    instance: Workers
    type: worker
    processes: 2
    config:
      connection: redis
      queue:
        - emails
        - default
      tries: 3
      timeout: 120

- name: Horizon
  evenkeel.paas.laravel_cloud_background_process:
    application: shop
    environment: production
    instance: Workers
    type: custom
    command: php artisan horizon

- name: Change only the number of tries
  evenkeel.paas.laravel_cloud_background_process:
    application: shop
    environment: production
    instance: Workers
    type: worker
    config:
      connection: redis
      queue: emails,default
      tries: 5

- name: Delete Horizon
  evenkeel.paas.laravel_cloud_background_process:
    application: shop
    environment: production
    instance: Workers
    type: custom
    command: php artisan horizon
    state: absent
"""

RETURN = r"""
process:
  description:
    - The process as the service returns it, with its attributes next to its id, or null if it is absent.
    - In check mode, the process as it would be, without what only the service knows.
  returned: success
  type: dict
  sample:
    id: process-a1868099-d4a8-4ea3-9076-4a5732ba4d50
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
      path: /background-processes/process-a1868099-d4a8-4ea3-9076-4a5732ba4d50
      body:
        processes: 2
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
      processes: 1
    after:
      processes: 2
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
      - option: processes
        message: must be from 1 to 10, not 12
    request_id: null
"""

from ansible_collections.evenkeel.paas.plugins.module_utils._engine.module import run_module
from ansible_collections.evenkeel.paas.plugins.module_utils._engine.run_one import resource_module
from ansible_collections.evenkeel.paas.plugins.module_utils._laravel_cloud.processes import (
    PROCESSES,
)

MODULE = resource_module(PROCESSES)


def main() -> None:
    """Run the module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
