#!/usr/bin/python

# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deploy a Laravel Cloud environment, and wait until the deployment ends."""

from __future__ import annotations

DOCUMENTATION = r"""
module: laravel_cloud_deployment
short_description: Deploy a Laravel Cloud environment
version_added: "1.0.0"
author:
  - evenkeel.paas contributors (@evenkeel)
description:
  - Starts a deployment of an environment on Laravel Cloud, and waits for its end.
  - Changes to background processes take effect at the next deployment. End a play with this module and
    O(trigger=pending), so that it deploys once, however many processes were created.
  - A deployment builds the newest commit of the environment's branch, so new code goes live together with the changes.
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
  trigger:
    description:
      - When to deploy.
      - V(always) starts a deployment each time the task runs. Use it in a handler.
      - V(pending) starts one only if the service shows a change that is newer than the last successful deployment.
        Otherwise it only reads. Use it in the last task of a play. If the deployment of an earlier run failed, or if
        that run was aborted before it deployed, the next run deploys the changes that the service shows.
      - With V(pending), the task deploys if no deployment has succeeded yet, if the last finished one did not
        succeed, or if a process was created on any instance of the environment since the last successful one started.
      - V(pending) does not see an update or a deletion of a process, because Laravel Cloud does not show them, nor any
        change of an instance. Use a handler with V(always) for them. It does not see new code either.
      - With V(pending), if a running deployment started after the newest change, the task waits for it instead of
        starting another one, and reports no change.
      - With V(pending), if several hosts on one machine run the task for the same environment, one of them starts the
        deployment, and the others wait for that one.
      - V(pending) compares only times of the service. If the times are inconclusive, it deploys, possibly once more
        than necessary. RV(pending) says why. The task waits one second before it starts a deployment.
      - In check mode, V(pending) does not see a process that an earlier task would create or change.
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
  - evenkeel.paas.attributes.deploys
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
    - The deployment as the service returns it, with its attributes next to its id, as it was when the task ended.
    - In check mode, what is known about it before it starts.
    - With O(trigger=pending), if nothing is pending, the last successful deployment. If the task waits for a running
      deployment, that deployment.
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
      description: The author of the commit, or null.
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
      description: The time after which a hibernating environment wakes up by itself, or null. The service's documentation does not say more.
      returned: when the service shows it; the response that starts a deployment does not contain it
      type: raw
    started_at:
      description: When it started to run, or null.
      returned: when the deployment was started
      type: str
    finished_at:
      description: When it ended, or null.
      returned: when the deployment was started
      type: str
statuses:
  description:
    - The statuses of the deployment that the task saw, in order. Empty in check mode, and if nothing is pending.
    - If the module runs inside Ansible's worker, and the task does not have C(no_log), the task also shows each
      new status at once.
  returned: success, and failure of the request or later
  type: list
  elements: dict
  contains:
    status:
      description: The status, as the service returns it.
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
    - With O(trigger=pending), the changes since the last successful deployment. Empty if nothing is pending.
  returned: when O(trigger) is V(pending), success, and failure of a deployment
  type: list
  elements: dict
  contains:
    reason:
      description:
        - V(process_created) for a background process, V(deployment_failed) if the last finished deployment did not
          succeed, or V(never_deployed) if no deployment has succeeded.
        - V(never_deployed) is omitted if there are so many deployments that an older one may have succeeded.
      returned: always
      type: str
    id:
      description: The id of the process or of the deployment. Null for V(never_deployed).
      returned: always
      type: str
    name:
      description: The command of the process. Null for other reasons.
      returned: always
      type: str
    at:
      description: The time of the change, from the service, or null.
      returned: always
      type: str
  sample:
    - reason: process_created
      id: process-a17677cf-3020-4197-aae6-d14099336ed7
      name: php artisan horizon
      at: "2026-03-01T09:58:12.000000Z"
plan:
  description: The request that was sent, or would be sent. Empty if no request was needed.
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
      description: The body, or null if there is none.
      returned: always
      type: dict
  sample:
    - action: deploy
      method: POST
      path: /environments/env-a1701a2c-4d5e-4f60-9b7c-8d9e0f1a2b3c/deployments
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
      description:
        - How many seconds the task spent on waiting for the rate limit and on failed requests.
        - It does not include the pauses between two reads of the deployment.
      returned: always
      type: float
  sample:
    requests: 14
    retries: 0
    waited_seconds: 0.0
failure:
  description: The failure, for conditions in playbooks.
  returned: failure
  type: dict
  contains:
    code:
      description:
        - The kind of failure, such as V(deployment_failed), V(wait_timeout),
          V(invalid_options), V(not_found), V(ambiguous), V(no_token), V(unauthorized), V(forbidden), V(rate_limited),
          V(refused), V(service_error), V(unexpected_answer), V(redirected), V(unreachable) and V(locked).
        - V(locked) means that another task on the same machine is starting a deployment.
      returned: always
      type: str
    status:
      description: The HTTP status, or null if there was none.
      returned: always
      type: int
    details:
      description:
        - The individual errors, from the service or from the module, or null.
        - "For a deployment that did not succeed: its V(id) and V(status). If the service shows it, also V(step), the name of
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
    deployment_module,
)
from ansible_collections.evenkeel.paas.plugins.module_utils._laravel_cloud.deployments import (
    DEPLOYMENTS,
)

MODULE = deployment_module(DEPLOYMENTS)


def main() -> None:
    """Run the module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
