#!/usr/bin/python

# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the background processes of a Laravel Cloud instance."""

from __future__ import annotations

DOCUMENTATION = r"""
module: laravel_cloud_background_process_info
short_description: Read the background processes of a Laravel Cloud instance
version_added: "1.0.0"
author:
  - evenkeel.paas contributors (@evenkeel)
description:
  - Returns all background processes of a Laravel Cloud instance, or those that match the options.
  - An empty string as a filter is ignored, as if you had omitted the option. O(type) accepts only its choices.
  - You can use RV(desired) as the list of M(evenkeel.paas.laravel_cloud_background_processes). It then changes
    nothing, so you can adopt existing processes without writing them down.
  - If no process matches, both lists are empty. If the instance does not exist, the task fails.
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
  id:
    description:
      - Only the process with this id (C(process-...)).
    type: str
    aliases: [process_id]
  type:
    description:
      - Only processes of this type.
    type: str
    choices: [worker, custom]
  command:
    description:
      - Only custom processes with this command. Spaces around it are ignored.
    type: str
  config:
    description:
      - Only workers with these settings.
    type: dict
    suboptions:
      connection:
        description: The queue connection, as in the application's C(config/queue.php). Spaces around it are ignored.
        type: str
      queue:
        description:
          - The queues, the most important one first, as a list or as a comma-separated string. Their order matters,
            spaces do not.
        type: list
        elements: str
      tries:
        description: How many times a job is attempted before it fails.
        type: int
      backoff:
        description: Seconds before a failed job is retried. Unset means V(0).
        type: int
      sleep:
        description: Seconds to wait if there is no job.
        type: int
      rest:
        description: Seconds to wait between two jobs. Unset means V(0).
        type: int
      timeout:
        description: How many seconds a job may run.
        type: int
      force:
        description: Whether the worker also runs in maintenance mode. Unset means V(false).
        type: bool
extends_documentation_fragment:
  - evenkeel.paas.attributes
  - evenkeel.paas.attributes.laravel_cloud
  - evenkeel.paas.attributes.info
  - evenkeel.paas.connection
  - evenkeel.paas.connection.laravel_cloud
seealso:
  - module: evenkeel.paas.laravel_cloud_background_processes
  - module: evenkeel.paas.laravel_cloud_background_process
"""

EXAMPLES = r"""
- name: All background processes of the instance
  evenkeel.paas.laravel_cloud_background_process_info:
    application: shop
    environment: production
    instance: Workers
  register: workers

- name: Their commands
  ansible.builtin.debug:
    msg: "{{ workers.processes | map(attribute='command') }}"

- name: The workers of one connection
  evenkeel.paas.laravel_cloud_background_process_info:
    application: shop
    environment: production
    instance: Workers
    type: worker
    config:
      connection: redis
  register: redis

- name: Keep them as they are
  evenkeel.paas.laravel_cloud_background_processes:
    application: shop
    environment: production
    instance: Workers
    processes: "{{ redis.desired }}"
"""

RETURN = r"""
processes:
  description: The background processes as the service returns them, in its order.
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
      description: The id of the process.
      returned: success
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
        - The command. The service builds the command of a worker from its settings.
      returned: success
      type: str
    config:
      description: The settings of a worker, with C(snake_case) keys. Empty for a custom process.
      returned: success
      type: dict
    strategy_type:
      description: How a queue cluster scales. Null in the response to a creation.
      returned: success
      type: str
    strategy_threshold:
      description: When a queue cluster scales, or null.
      returned: success
      type: int
    created_at:
      description: When the process was created.
      returned: success
      type: str
desired:
  description:
    - The same background processes as entries for M(evenkeel.paas.laravel_cloud_background_processes), without what
      the service generates, what is not set, and the defaults of a new process.
    - An entry contains C(id) if nothing else identifies the process.
  returned: success
  type: list
  elements: dict
  sample:
    - type: worker
      processes: 2
      config:
        connection: redis
        queue:
          - emails
          - default
        tries: 3
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
from ansible_collections.evenkeel.paas.plugins.module_utils._laravel_cloud.processes import (
    PROCESSES,
)

MODULE = info_module(PROCESSES)


def main() -> None:
    """Run the module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
