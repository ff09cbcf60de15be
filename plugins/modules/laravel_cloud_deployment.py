#!/usr/bin/python

# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deploy a Laravel Cloud environment, and wait for it."""

from __future__ import annotations

DOCUMENTATION = r"""
module: laravel_cloud_deployment
short_description: Deploy a Laravel Cloud environment
version_added: "1.0.0"
author:
  - evenkeel.paas contributors (@evenkeel)
description:
  - Starts a deployment of an environment on Laravel Cloud, and waits for its end.
  - This is what makes changes of background processes take effect. They are stored at once and run as described after the
    next deployment. End a play with this module and O(trigger=pending), so that it deploys once, whatever number of
    processes was created.
  - A deployment builds the newest commit of the environment's branch, so that new code goes live together with the
    changes of the processes.
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
  trigger:
    description:
      - When to deploy.
      - V(always) starts a deployment each time that the task runs. It is for a handler.
      - V(pending) starts one only when the service shows something that the last successful deployment did not see, and
        otherwise sends nothing but reads. It is for the last task of a play. What an earlier run changed and did not
        deploy, because it was aborted or its deployment failed, is then deployed by the next run.
      - 'With V(pending) a deployment is needed when none has succeeded yet, when the last one that ended did not succeed,
        or when a process was created on any instance of the environment since the last successful one started.'
      - 'An update and a deletion leave no trace on Laravel Cloud, so V(pending) does not see them. Use a handler with V(always) for them. New code is not a change of a process either.'
      - With V(pending) a deployment that is under way and started after the newest change is waited for, and no other one
        is started. Then the task reports no change.
      - V(pending) compares times of the service with each other. Where they leave a doubt it deploys, so that it may deploy
        once more than needed. RV(pending) says why. It waits four seconds before it starts one.
      - In check mode a process that an earlier task would create or change is not stored, so V(pending) does not see it.
    type: str
    choices: [always, pending]
    default: always
    version_added: "1.1.0"
  poll_interval:
    description:
      - How many seconds to wait between two reads of the deployment, 1 or more.
    type: int
    default: 5
extends_documentation_fragment:
  - evenkeel.paas.attributes
  - evenkeel.paas.attributes.action
  - evenkeel.paas.attributes.laravel_cloud
  - evenkeel.paas.connection
  - evenkeel.paas.connection.laravel_cloud
  - evenkeel.paas.deployment
seealso:
  - module: evenkeel.paas.laravel_cloud_background_process
  - module: evenkeel.paas.laravel_cloud_background_processes
"""

EXAMPLES = r"""
- name: Deploy what is pending, at the end of a play
  evenkeel.paas.laravel_cloud_deployment:
    application: shop
    environment: production
    trigger: pending

- name: Deploy the shop's production, and wait
  evenkeel.paas.laravel_cloud_deployment:
    application: shop
    environment: production

- name: Deploy by id, and do not wait
  evenkeel.paas.laravel_cloud_deployment:
    environment: env-a1701a2f-7081-4293-8eaf-1a2b3c4d5e6f
    wait: false
"""

RETURN = r"""
deployment:
  description:
    - The deployment as the service gives it, its attributes flattened, as it was when the task ended.
    - In check mode what is known of it before it is started.
    - With O(trigger=pending) and nothing pending, the last successful deployment. When one that is under way is waited
      for, that one.
  returned: success, and failure of a deployment that was started
  type: dict
  sample:
    id: depl-a168db2a-df51-49c1-9dbb-319501f255db
    environment_id: env-a1701a2c-4d5e-4f60-9b7c-8d9e0f1a2b3c
    status: deployment.succeeded
    branch_name: main
    commit_hash: 0f3a1c5e7b9d2f4a6c8e0b1d3f5a7c9e1b3d5f70
    commit_message: Add the nightly report
    commit_author: null
    failure_reason: null
    php_major_version: "8.4"
    build_command: composer install
    node_version: "24"
    uses_octane: false
    uses_hibernation: false
    hibernation_wake_up_interval: null
    started_at: "2026-03-01T10:00:05.000000Z"
    finished_at: "2026-03-01T10:01:40.000000Z"
  contains:
    id:
      description: The id of the deployment.
      returned: when the deployment was started
      type: str
    environment_id:
      description: The id of the environment.
      returned: success
      type: str
    status:
      description: The phase and its state, such as V(build.running), V(deployment.succeeded) and V(build.failed).
      returned: when the deployment was started
      type: str
    branch_name:
      description: The branch.
      returned: when the deployment was started
      type: str
    commit_hash:
      description: The commit.
      returned: when the deployment was started
      type: str
    commit_message:
      description: The message of the commit.
      returned: when the deployment was started
      type: str
    commit_author:
      description: Who made the commit, or null.
      returned: when the deployment was started
      type: str
    failure_reason:
      description: Why it failed, or null.
      returned: when the deployment was started
      type: str
    php_major_version:
      description: The version of PHP.
      returned: when the deployment was started
      type: str
    build_command:
      description: The command that builds the application.
      returned: when the deployment was started
      type: str
    node_version:
      description: The version of Node.js.
      returned: when the deployment was started
      type: str
    uses_octane:
      description: Whether the environment uses Laravel Octane.
      returned: when the deployment was started
      type: bool
    uses_hibernation:
      description: Whether the environment hibernates.
      returned: when the deployment was started
      type: bool
    hibernation_wake_up_interval:
      description: After how long a hibernating environment wakes up by itself, or null. The service's documentation does not say more.
      returned: when the service shows it, which it does not in the response that starts a deployment
      type: raw
    started_at:
      description: When it began to run, or null.
      returned: when the deployment was started
      type: str
    finished_at:
      description: When it ended, or null.
      returned: when the deployment was started
      type: str
statuses:
  description:
    - The statuses that the deployment had, in their order, as far as they were seen. Empty in check mode, and when nothing
      is pending.
    - Where the module runs inside Ansible's own process, each is also shown as soon as it is seen, unless the task has
      C(no_log).
  returned: success, and failure of the request or later
  type: list
  elements: dict
  contains:
    status:
      description: The status as the service words it.
      returned: always
      type: str
    after_seconds:
      description: When it was first seen, in seconds since the deployment was started.
      returned: always
      type: int
  sample:
    - status: pending
      after_seconds: 0
    - status: build.running
      after_seconds: 5
    - status: deployment.succeeded
      after_seconds: 55
pending:
  description:
    - What the last successful deployment did not see, with O(trigger=pending). Empty when nothing is pending.
  returned: when O(trigger) is V(pending), success, and failure of a deployment
  type: list
  elements: dict
  contains:
    reason:
      description:
        - V(process_created) for a background process, V(deployment_failed) when the last deployment that ended
          did not succeed, or V(never_deployed) when none has succeeded.
      returned: always
      type: str
    id:
      description: The id of the process or of the deployment, null for V(never_deployed).
      returned: always
      type: str
    name:
      description: The command of the process, null for the others.
      returned: always
      type: str
    at:
      description: When the service says that it happened, or null.
      returned: always
      type: str
  sample:
    - reason: process_created
      id: process-a17677cf-3020-4197-aae6-d14099336ed7
      name: php artisan horizon
      at: "2026-03-01T09:58:12.000000Z"
plan:
  description: The request that was sent, or would be sent. Empty when none was needed.
  returned: success, and failure of that request or later
  type: list
  elements: dict
  contains:
    action:
      description: What the request does, always V(deploy).
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
      description: The body, null when there is none.
      returned: always
      type: dict
  sample:
    - action: deploy
      method: POST
      path: /environments/env-a1701a2c-4d5e-4f60-9b7c-8d9e0f1a2b3c/deployments
      body: null
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
      description:
        - How many seconds the task spent waiting for the rate limit, and on requests that had to be repeated.
        - The pauses between two reads of the deployment are not in it.
      returned: always
      type: float
  sample:
    requests: 14
    retries: 0
    waited_seconds: 0.0
failure:
  description: What went wrong, for playbooks to test.
  returned: failure
  type: dict
  contains:
    code:
      description:
        - A word for the kind of failure, such as V(deployment_failed), V(wait_timeout),
          V(invalid_options), V(not_found), V(ambiguous), V(no_token), V(unauthorized), V(forbidden), V(rate_limited),
          V(refused), V(service_error), V(unexpected_answer), V(redirected) and V(unreachable).
      returned: always
      type: str
    status:
      description: The HTTP status, or null when there was none.
      returned: always
      type: int
    details:
      description:
        - The single errors, as the service or the module lists them, or null.
        - "Of a deployment that did not succeed: its V(id) and V(status). Where the service tells, also V(step), the name of
          the step that failed, and V(output), the lines that it printed."
      returned: always
      type: raw
    request_id:
      description: The service's id of the request, for its support, or null.
      returned: always
      type: str
  sample:
    code: deployment_failed
    status: null
    details:
      id: depl-a168db2a-df51-49c1-9dbb-319501f255db
      status: build.failed
      step: php.command
      output: [Your requirements could not be resolved to an installable set of packages.]
    request_id: null
"""

from ansible_collections.evenkeel.paas.plugins.module_utils._engine.module import run_module
from ansible_collections.evenkeel.paas.plugins.module_utils._engine.run_deployment import (
    deployment_command,
)
from ansible_collections.evenkeel.paas.plugins.module_utils._laravel_cloud.deployments import (
    DEPLOYMENTS,
)

COMMAND = deployment_command(DEPLOYMENTS)


def main() -> None:
    """Be the module."""
    run_module(COMMAND)


if __name__ == "__main__":
    main()
