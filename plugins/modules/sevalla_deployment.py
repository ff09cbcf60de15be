#!/usr/bin/python

# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deploy or restart a Sevalla application, and wait until the deployment ends."""

from __future__ import annotations

DOCUMENTATION = r"""
module: sevalla_deployment
short_description: Deploy or restart a Sevalla application
version_added: "1.0.0"
author:
  - evenkeel.paas contributors (@evenkeel)
description:
  - Starts a deployment of an application on Sevalla, and waits for its end.
  - Changes to processes take effect at the next deployment. End a play with this module and O(trigger=pending), so
    that it deploys once, however many processes changed.
options:
  application:
    description:
      - The application, by its id, by its unique name, or by its display name if only one application has it.
    type: str
    required: true
    aliases: [application_id, app_id]
  branch:
    description:
      - The branch to deploy, for an application with a repository. Without it, the application's own branch.
    type: str
  docker_image:
    description:
      - The image to deploy, for an application with an image. Without it, the application's own image.
    type: str
  restart:
    description:
      - Whether to roll out the build of the last successful deployment again. Otherwise Sevalla builds the newest
        commit, so new code goes live together with the changes.
      - An application that was never deployed cannot be restarted.
      - Cannot be used together with O(branch) or O(docker_image).
    type: bool
    default: false
  trigger:
    description:
      - When to deploy.
      - V(always) starts a deployment each time the task runs. Use it in a handler.
      - V(pending) starts one only if the service shows a change that is newer than the last successful deployment.
        Otherwise it only reads. Use it in the last task of a play. If the deployment of an earlier run failed, or if
        that run was aborted before it deployed, the next run deploys the changes that the service shows.
      - With V(pending), the task deploys if no deployment has succeeded yet, if the last finished one did not
        succeed, or if a process was created or updated since the last successful one was requested.
      - V(pending) does not see a deletion, because Sevalla does not show it. It does not see new code, another branch
        or another image either.
      - With V(pending), if a running deployment was requested after the newest change, the task waits for it instead
        of starting another one, and reports no change.
      - With V(pending), if several hosts on one machine run the task for the same application, one of them starts the
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
      - How many seconds to wait between two reads of the deployment, 1 or more. Sevalla asks for 10 or more.
    type: int
    default: 10
extends_documentation_fragment:
  - evenkeel.paas.attributes
  - evenkeel.paas.attributes.action
  - evenkeel.paas.attributes.deploys
  - evenkeel.paas.attributes.sevalla
  - evenkeel.paas.connection
  - evenkeel.paas.connection.sevalla
  - evenkeel.paas.deployment
seealso:
  - module: evenkeel.paas.sevalla_process
  - module: evenkeel.paas.sevalla_processes
"""

EXAMPLES = r"""
- name: Deploy what is pending, at the end of a play
  evenkeel.paas.sevalla_deployment:
    application: shop-x1y2z
    trigger: pending

- name: Deploy the shop, and wait
  evenkeel.paas.sevalla_deployment:
    application: shop-x1y2z

- name: Roll out the last build again, without new code
  evenkeel.paas.sevalla_deployment:
    application: shop-x1y2z
    restart: true
    wait_timeout: 600

- name: Deploy another branch, and do not wait
  evenkeel.paas.sevalla_deployment:
    application: shop-x1y2z
    branch: hotfix
    wait: false
"""

RETURN = r"""
deployment:
  description:
    - The deployment as the service returns it, as it was when the task ended.
    - In check mode, what is known about it before it starts.
    - With O(trigger=pending), if nothing is pending, the last successful deployment. If the task waits for a running
      deployment, that deployment.
  returned: success, and failure of a deployment that was started
  type: dict
  sample:
    id: fb5e5168-4281-4bec-94c5-0d1584e9e657
    app_id: 9a1d2f5e-0b6c-4c0e-9f43-1f2e3d4c5b6a
    status: success
    type: manual
    trigger: MANUAL_DEPLOY
    steps: [checkout, build, rollout, syncConnections]
    docker_image_url: null
    git_type: github
    repo_url: https://github.com/acme/shop
    branch: main
    commit_sha: null
    commit_message: null
    author_login: null
    author_img: null
    started_at: "2026-03-01T10:00:05.000Z"
    finished_at: "2026-03-01T10:01:40.000Z"
    created_at: "2026-03-01T10:00:00.000Z"
    updated_at: "2026-03-01T10:01:40.000Z"
  contains:
    id:
      description: The id of the deployment.
      returned: when the deployment was started
      type: str
    app_id:
      description: The id of the application.
      returned: success
      type: str
    status:
      description: One of V(waiting), V(inProgress), V(success), V(failed), V(cancelled) and V(skipped).
      returned: when the deployment was started
      type: str
    type:
      description: Whether someone requested it (V(manual)) or a push started it (V(automatic)).
      returned: success
      type: str
    trigger:
      description: What started it, such as V(MANUAL_DEPLOY) or V(RESTART).
      returned: success
      type: str
    steps:
      description: The steps of the deployment, in order.
      returned: when the deployment was started
      type: list
      elements: str
    docker_image_url:
      description: The image that was built or used, or null.
      returned: when the deployment was started
      type: str
    git_type:
      description: Where the repository is hosted, or null.
      returned: when the deployment was started
      type: str
    repo_url:
      description: The URL of the repository, or null.
      returned: when the deployment was started
      type: str
    branch:
      description: The branch, or null. In check mode, only if O(branch) is set.
      returned: when the deployment was started
      type: str
    commit_sha:
      description: The commit, or null.
      returned: when the deployment was started
      type: str
    commit_message:
      description: The message of the commit, or null.
      returned: when the deployment was started
      type: str
    author_login:
      description: The author of the commit, or null.
      returned: when the deployment was started
      type: str
    author_img:
      description: The picture of the author, or null.
      returned: when the deployment was started
      type: str
    started_at:
      description: When it started to run, or null.
      returned: when the deployment was started
      type: str
    finished_at:
      description: When it ended, or null.
      returned: when the deployment was started
      type: str
    created_at:
      description: When the deployment was requested.
      returned: when the deployment was started
      type: str
    updated_at:
      description: When it was last changed.
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
    - status: waiting
      after_seconds: 0
    - status: inProgress
      after_seconds: 10
    - status: success
      after_seconds: 90
pending:
  description:
    - With O(trigger=pending), the changes since the last successful deployment. Empty if nothing is pending.
  returned: when O(trigger) is V(pending), success, and failure of a deployment
  type: list
  elements: dict
  contains:
    reason:
      description:
        - V(process_created) or V(process_updated) for a process, V(deployment_failed) if the last finished deployment
          did not succeed, or V(never_deployed) if no deployment has succeeded.
        - V(never_deployed) is omitted if there are so many deployments that an older one may have succeeded.
      returned: always
      type: str
    id:
      description: The id of the process or of the deployment. Null for V(never_deployed).
      returned: always
      type: str
    name:
      description: The display name of the process. Null for other reasons.
      returned: always
      type: str
    at:
      description: The time of the change, from the service, or null.
      returned: always
      type: str
  sample:
    - reason: process_updated
      id: 5f0c6c1a-7d5e-4f0b-8a37-3b6a5a0f2c11
      name: queue
      at: "2026-03-01T09:58:12.000Z"
plan:
  description: The request that was sent, or would be sent. Empty if no request was needed.
  returned: success, and failure of that request or later
  type: list
  elements: dict
  contains:
    action:
      description: What the request does, V(deploy) or V(restart).
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
      path: /applications/9a1d2f5e-0b6c-4c0e-9f43-1f2e3d4c5b6a/deployments
      body: {}
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
    requests: 5
    retries: 0
    waited_seconds: 0.0
failure:
  description: The failure, for conditions in playbooks.
  returned: failure
  type: dict
  contains:
    code:
      description:
        - The kind of failure, such as V(deployment_failed), V(wait_timeout), V(never_deployed),
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
        - "For a deployment that did not succeed: its V(id) and V(status), and its V(steps) if it has any. If the service
          shows it, also V(step), the name of the failed step or null, and V(output), the lines that this step printed
          or, if they are unknown, its message or the lines of the whole log."
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
      id: fb5e5168-4281-4bec-94c5-0d1584e9e657
      status: failed
      steps: [checkout, build, rollout, syncConnections]
      step: null
      output: [npm error code ELIFECYCLE]
    request_id: null
"""

from ansible_collections.evenkeel.paas.plugins.module_utils._engine.module import run_module
from ansible_collections.evenkeel.paas.plugins.module_utils._engine.run_deployment import (
    deployment_module,
)
from ansible_collections.evenkeel.paas.plugins.module_utils._sevalla.deployments import DEPLOYMENTS

MODULE = deployment_module(DEPLOYMENTS)


def main() -> None:
    """Run the module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
