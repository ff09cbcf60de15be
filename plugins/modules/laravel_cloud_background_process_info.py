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
  - Reads all background processes of a Laravel Cloud instance, or those that have what is asked for.
  - What it returns as RV(desired) can be given to M(evenkeel.paas.laravel_cloud_background_processes) as it is, and changes nothing then. So
    what is there already can be adopted without writing it down by hand.
  - An instance without such background processes gives empty lists. An instance that does not exist is a failure.
options:
  instance:
    description:
      - The instance, by its id (C(inst-...)), or by its name together with O(environment).
      - Needed unless O(id) is given.
    type: str
  environment:
    description:
      - The environment of an O(instance) that is named, by its id (C(env-...)), or by its slug or name together with
        O(application). A slug goes before a name.
    type: str
  application:
    description:
      - The application of an O(environment) that is named, by its id (C(app-...)), slug or name. A slug goes before a
        name.
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
      - Only custom processes with this command. Blanks around it do not count.
    type: str
  config:
    description:
      - Only workers with these settings.
    type: dict
    suboptions:
      connection:
        description: The queue connection, as in the application's C(config/queue.php).
        type: str
      queue:
        description:
          - The queues, the most important one first, as a list or as a comma-separated string. Their order counts,
            blanks do not.
        type: list
        elements: str
      tries:
        description: How often a job is tried before it has failed.
        type: int
      backoff:
        description: Seconds before a job that failed is tried again.
        type: int
      sleep:
        description: Seconds to wait when there is no job.
        type: int
      rest:
        description: Seconds to wait between two jobs.
        type: int
      timeout:
        description: Seconds that a job may run.
        type: int
      force:
        description: Whether the worker runs in maintenance mode too. Not set counts as V(false).
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
  description: The background processes as the service gives them, in its order.
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
      description: What kind of process it is.
      returned: success
      type: str
    processes:
      description: How many of it run.
      returned: success
      type: int
    command:
      description:
        - The command. The service makes a worker's from its settings.
      returned: success
      type: str
    config:
      description: The settings of a worker, with C(snake_case) keys, empty for a custom process.
      returned: success
      type: dict
    strategy_type:
      description: How a queue cluster scales. Null in the answer to a creation.
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
    - The same background processes as entries for M(evenkeel.paas.laravel_cloud_background_processes), without what the service makes, what is not set and
      what a creation sets anyway.
    - C(id) is given where the process cannot be told from others without.
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
  description: What the task cost.
  returned: always
  type: dict
  contains:
    requests:
      description: How many requests were sent, with the repeated ones.
      returned: always
      type: int
    retries:
      description: How many of them were repetitions.
      returned: always
      type: int
    waited_seconds:
      description: How many seconds the task spent waiting, and on requests that had to be repeated.
      returned: always
      type: float
  sample:
    requests: 2
    retries: 0
    waited_seconds: 0.0
failure:
  description: What went wrong, for playbooks to test.
  returned: failure
  type: dict
  contains:
    code:
      description:
        - A word for the kind of failure, such as V(invalid_options), V(not_found), V(ambiguous), V(no_token),
          V(unauthorized), V(forbidden), V(rate_limited), V(refused), V(service_error), V(unexpected_answer),
          V(redirected) and V(unreachable).
      returned: always
      type: str
    status:
      description: The HTTP status, or null when there was none.
      returned: always
      type: int
    details:
      description: The single errors, as the service or the module lists them, or null.
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
from ansible_collections.evenkeel.paas.plugins.module_utils._engine.run_info import info_command
from ansible_collections.evenkeel.paas.plugins.module_utils._laravel_cloud.processes import (
    PROCESSES,
)

COMMAND = info_command(PROCESSES)


def main() -> None:
    """Be the module."""
    run_module(COMMAND)


if __name__ == "__main__":
    main()
