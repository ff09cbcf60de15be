#!/usr/bin/python

# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a command on a Laravel Cloud environment."""

from __future__ import annotations

DOCUMENTATION = r"""
module: laravel_cloud_command
short_description: Run a command on a Laravel Cloud environment
version_added: "1.1.0"
author:
  - evenkeel.paas contributors (@evenkeel)
description:
  - Runs one command on an environment of Laravel Cloud, waits for its end, and returns what it printed.
  - The command runs in a new container of the environment's last deployment, not in one of the instances. A command
    such as C(php artisan queue:restart) reaches the workers through the cache that they share.
  - The service needs about half a minute to start a command.
options:
  environment:
    description:
      - The environment, by its id, or by its slug or name together with O(application).
      - Required, on the task or in C(module_defaults). It is not marked as required so that linters accept a task
        that gets it from there.
    type: str
  application:
    description:
      - The application of the environment, by its id, slug or name. Required if O(environment) is not an id.
    type: str
  cmd:
    description:
      - The command as one line, up to 150000 characters. It is sent unchanged.
    type: str
    required: true
  wait:
    description:
      - Whether to wait for the end of the command. The task fails if the return code is not 0.
      - With V(false), the task ends as soon as the service has accepted the command. The result then does not have
        RV(rc), and RV(stdout) is empty.
    type: bool
    default: true
  wait_timeout:
    description:
      - How many seconds to wait for the end of the command, 1 or more. After that, the task fails with
        RV(failure.code) V(wait_timeout). The command continues. RV(stdout) contains the output so far, if the service
        shows it.
      - Waiting for the rate limit counts too. A read in flight may take up to O(api_timeout) seconds longer.
    type: int
    default: 600
  poll_interval:
    description:
      - How many seconds to wait between two reads of the command, 1 or more.
    type: int
    default: 2
extends_documentation_fragment:
  - evenkeel.paas.attributes
  - evenkeel.paas.attributes.runs_command
  - evenkeel.paas.attributes.laravel_cloud
  - evenkeel.paas.command
  - evenkeel.paas.connection
  - evenkeel.paas.connection.laravel_cloud
notes:
  - O(api_max_wait) and RV(api.waited_seconds) do not count the pauses between two reads of the command. They count
    rate limits and retries.
  - If a read fails because of the rate limit, the service or the network, the task reads again until O(wait_timeout).
    The command continues in any case.
  - A command is never sent twice, unless the service refused it because of the rate limit, or because it was busy with
    another operation. If the response is lost, the task reads the list of commands. If one identical command is new in
    the list, the task waits for that one, with a warning. If several are new, it fails and lists them. If none is new,
    it fails and says that the result is unknown.
  - The service accepts 20 commands a minute for each organization.
seealso:
  - module: evenkeel.paas.laravel_cloud_deployment
"""

EXAMPLES = r"""
- name: Restart the queue workers after their current job
  evenkeel.paas.laravel_cloud_command:
    application: shop
    environment: production
    cmd: php artisan queue:restart

- name: See whether a migration is pending
  evenkeel.paas.laravel_cloud_command:
    application: shop
    environment: production
    cmd: php artisan migrate:status
  register: migrations
  changed_when: false
  failed_when: migrations.rc | default(99) > 1

- name: Start a long command, and do not wait
  evenkeel.paas.laravel_cloud_command:
    environment: env-a1701a2f-7081-4293-8eaf-1a2b3c4d5e6f
    cmd: php artisan reports:rebuild
    wait: false
"""

RETURN = r"""
cmd:
  description: The command, as set in the task.
  returned: success, and failure of a command that was sent
  type: str
  sample: php artisan queue:restart
rc:
  description:
    - The return code. V(0) in check mode.
    - Omitted if the command has not ended, as with O(wait=false), or if it ended without a return code.
  returned: success and failure, once the command has ended
  type: int
  sample: 0
stdout:
  description:
    - What the command printed, without the last line break. The service does not separate standard output from
      standard error.
  returned: success, and failure once the command was started
  type: str
  sample: Broadcasting queue restart signal.
stdout_lines:
  description: The lines of RV(stdout).
  returned: success, and failure once the command was started
  type: list
  elements: str
  sample: [Broadcasting queue restart signal.]
start:
  description: When the command started to run, as the service returns it, or null.
  returned: success, and failure once the command was started
  type: str
  sample: "2026-03-01T10:00:25.000000Z"
end:
  description: When the command ended, as the service returns it, or null.
  returned: success, and failure once the command was started
  type: str
  sample: "2026-03-01T10:00:27.000000Z"
delta:
  description: How long the command ran, or null.
  returned: success, and failure once the command was started
  type: str
  sample: "0:00:02"
command:
  description:
    - The command as the service returns it, with its attributes next to its id, as it was when the task ended.
    - In check mode, what is known about it before it starts.
  returned: success, and failure once the command was started
  type: dict
  sample:
    id: comm-a18683b5-d68e-4dca-b80c-83a92666d52c
    environment_id: env-a1701a2c-4d5e-4f60-9b7c-8d9e0f1a2b3c
    command: php artisan queue:restart
    output: "Broadcasting queue restart signal.\n"
    status: command.success
    exit_code: 0
    failure_reason: null
    started_at: "2026-03-01T10:00:25.000000Z"
    finished_at: "2026-03-01T10:00:27.000000Z"
    created_at: "2026-03-01T10:00:00.000000Z"
  contains:
    id:
      description: The id of the command.
      returned: when the command was started
      type: str
    environment_id:
      description: The id of the environment.
      returned: success
      type: str
    command:
      description: The command.
      returned: success
      type: str
    output:
      description: What it printed, or null.
      returned: when the command was started
      type: str
    status:
      description: V(pending), V(command.created), V(command.running), V(command.success) or V(command.failure).
      returned: when the command was started
      type: str
    exit_code:
      description: The return code, or null.
      returned: when the command was started
      type: int
    failure_reason:
      description: Why it failed, or null.
      returned: when the command was started
      type: str
    started_at:
      description: When it started to run, or null.
      returned: when the command was started
      type: str
    finished_at:
      description: When it ended, or null.
      returned: when the command was started
      type: str
    created_at:
      description: When it was accepted.
      returned: when the command was started
      type: str
statuses:
  description:
    - The statuses of the command that the task saw, in order. Empty in check mode.
  returned: success, and failure of a command that was sent
  type: list
  elements: dict
  sample:
    - status: pending
      after_seconds: 0
    - status: command.success
      after_seconds: 28
  contains:
    status:
      description: The status.
      returned: always
      type: str
    after_seconds:
      description: When it was first seen, in seconds since the command was sent.
      returned: always
      type: int
plan:
  description: The request that was sent, or would be sent.
  returned: success, and failure of a command that was sent
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
      description: The body.
      returned: always
      type: dict
  sample:
    - action: run
      method: POST
      path: /environments/env-a1701a2c-4d5e-4f60-9b7c-8d9e0f1a2b3c/commands
      body:
        command: php artisan queue:restart
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
    requests: 19
    retries: 0
    waited_seconds: 0.0
failure:
  description: The failure, for conditions in playbooks.
  returned: failure
  type: dict
  contains:
    code:
      description:
        - The kind of failure, such as V(command_failed), V(wait_timeout), V(invalid_options), V(not_found),
          V(ambiguous), V(no_token), V(unauthorized), V(forbidden), V(rate_limited), V(refused), V(service_error),
          V(unexpected_answer), V(redirected) and V(unreachable).
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
    code: command_failed
    status: null
    details: null
    request_id: null
"""

from ansible_collections.evenkeel.paas.plugins.module_utils._engine.module import run_module
from ansible_collections.evenkeel.paas.plugins.module_utils._laravel_cloud.commands import (
    command_module,
)

MODULE = command_module()


def main() -> None:
    """Run the module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
