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
  - A fresh container of the environment's last deployment runs it, next to the instances and not in one of them. A command
    such as C(php artisan queue:restart) reaches the workers by way of the cache that all of them share.
  - It takes the service about half a minute to start a command.
options:
  environment:
    description:
      - The environment, by its id, or by its slug or name together with O(application).
      - Needed, on the task or in C(module_defaults). It is not marked as required so that linters accept a task that has it
        from there.
    type: str
  application:
    description:
      - The application of the environment, by its id, slug or name. Needed when O(environment) is not an id.
    type: str
  cmd:
    description:
      - The command as one line, at most 150000 characters long. It is sent as it is.
    type: str
    required: true
  wait:
    description:
      - Whether to wait for the end of the command. The task fails when its return code is not 0.
      - With V(false) the task ends as soon as the command is accepted. Then RV(rc) is missing, and RV(stdout) is empty.
    type: bool
    default: true
  wait_timeout:
    description:
      - How many seconds to wait for the end of the command, 1 or more. After that the task fails with RV(failure.code)
        V(wait_timeout). The command goes on, and RV(stdout) has what it has printed so far if the service shows it.
      - Waiting for the rate limit counts as well, and ends here too. A read that is under way at that moment may take up
        to O(api_timeout) seconds longer.
    type: int
    default: 600
  poll_interval:
    description:
      - How many seconds to wait between two reads of the command, 1 or more.
    type: int
    default: 2
extends_documentation_fragment:
  - evenkeel.paas.attributes
  - evenkeel.paas.attributes.command
  - evenkeel.paas.attributes.laravel_cloud
  - evenkeel.paas.command
  - evenkeel.paas.connection
  - evenkeel.paas.connection.laravel_cloud
notes:
  - The pauses between two reads of the command are not counted in O(api_max_wait) and not in RV(api.waited_seconds).
    Waiting for the rate limit, and for requests that have to be repeated, is.
  - The command does not depend on being watched. A read that fails because the rate limit, the service or the network does
    not let it through is tried again until O(wait_timeout) is over.
  - A command is not sent twice. When the response to the request is lost, the list of commands is read before anything is
    sent again. A command of the same text that has appeared there since is taken for the one that was asked for, with a
    warning. When there are several the task fails and lists them.
  - The service takes 20 commands a minute for each organization.
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

- name: Start something long, and do not wait
  evenkeel.paas.laravel_cloud_command:
    environment: env-a1701a2f-7081-4293-8eaf-1a2b3c4d5e6f
    cmd: php artisan reports:rebuild
    wait: false
"""

RETURN = r"""
cmd:
  description: The command as it was given.
  returned: success, and failure of a command that was sent
  type: str
  sample: php artisan queue:restart
rc:
  description:
    - The return code. V(0) in check mode.
    - It is missing when the command has not ended, as with O(wait=false), and when it ended without one.
  returned: success and failure, once the command has ended
  type: int
  sample: 0
stdout:
  description:
    - What the command printed, without the last line break. The service makes no difference between standard output and
      standard error.
  returned: success, and failure once the command was started
  type: str
  sample: Broadcasting queue restart signal.
stdout_lines:
  description: The same as lines.
  returned: success, and failure once the command was started
  type: list
  elements: str
  sample: [Broadcasting queue restart signal.]
start:
  description: When it began to run, as the service gives it, or null.
  returned: success, and failure once the command was started
  type: str
  sample: "2026-03-01T10:00:25.000000Z"
end:
  description: When it ended, as the service gives it, or null.
  returned: success, and failure once the command was started
  type: str
  sample: "2026-03-01T10:00:27.000000Z"
delta:
  description: How long it ran, or null.
  returned: success, and failure once the command was started
  type: str
  sample: "0:00:02"
command:
  description:
    - The command as the service gives it, its attributes flattened, as it was when the task ended.
    - In check mode what is known of it before it is started.
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
      description: When it began to run, or null.
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
    - The statuses that the command had, in their order, as far as they were seen. Empty in check mode.
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
      description: How many seconds after the start it was first seen.
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
    requests: 19
    retries: 0
    waited_seconds: 0.0
failure:
  description: What went wrong, for playbooks to test.
  returned: failure
  type: dict
  contains:
    code:
      description:
        - A word for the kind of failure, such as V(command_failed), V(wait_timeout), V(invalid_options), V(not_found),
          V(ambiguous), V(no_token), V(unauthorized), V(forbidden), V(rate_limited), V(refused), V(service_error),
          V(unexpected_answer), V(redirected) and V(unreachable).
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
    code: command_failed
    status: null
    details: null
    request_id: null
"""

from ansible_collections.evenkeel.paas.plugins.module_utils._engine.module import run_module
from ansible_collections.evenkeel.paas.plugins.module_utils._laravel_cloud.commands import (
    run_command,
)

COMMAND = run_command()


def main() -> None:
    """Be the module."""
    run_module(COMMAND)


if __name__ == "__main__":
    main()
