#!/usr/bin/python

# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Manage an instance of a Laravel Cloud environment."""

from __future__ import annotations

DOCUMENTATION = r"""
module: laravel_cloud_instance
short_description: Manage an instance of a Laravel Cloud environment
version_added: "1.1.0"
author:
  - evenkeel.paas contributors (@evenkeel)
description:
  - Creates, changes and deletes an instance of an environment on Laravel Cloud, such as a worker cluster.
  - Background processes run on an instance, see M(evenkeel.paas.laravel_cloud_background_process).
  - Options that you omit or set to null are not managed. They are never compared, and an update
    never changes them.
  - A change is one request with the fields that differ. If nothing differs, no write is sent.
  - Deleting an instance deletes its background processes. An environment's C(app) instance is never deleted.
options:
  name:
    description:
      - The name of the instance, 3 to 40 characters. Spaces around it are ignored.
      - It identifies the instance, unless O(id) does.
      - Laravel Cloud does not document names as unique. If several instances have the name and O(type) does not tell
        them apart, the task fails and lists their ids.
      - Together with O(id), it is the new name of the instance.
    type: str
  id:
    description:
      - The id of the instance (C(inst-...)). It must exist, unless the task deletes it.
    type: str
    aliases: [instance_id]
  environment:
    description:
      - The environment, by its id (C(env-...)), or by its slug or name together with O(application). A slug takes
        precedence over a name.
      - Required unless O(id) is set.
    type: str
  application:
    description:
      - The application, by its id (C(app-...)), slug or name. A slug takes precedence over a name. Required if
        O(environment) is not an id.
    type: str
  state:
    description:
      - V(present) creates or changes the instance, V(absent) deletes it.
      - With O(type), V(absent) deletes only an instance of this type. If only an instance of another type has the
        name, nothing is deleted, and a warning names it. With O(id), another type is refused.
    type: str
    choices: [present, absent]
    default: present
  type:
    description:
      - The kind of instance. V(service) is a worker cluster, V(managed_queue) a managed queue. Each environment has
        an V(app) instance. Clusters of type V(queue) stopped processing on 2026-09-30.
      - Required to create an instance. It cannot change afterwards.
    type: str
    choices: [app, service, queue, managed_queue]
  size:
    description:
      - The size, by name, such as V(flex.m-1vcpu-1gb). M(evenkeel.paas.laravel_cloud_instance_info) lists all sizes.
      - Required to create an instance.
    type: str
  scaling_type:
    description:
      - How the instance scales. V(none) does not scale, V(custom) scales between O(min_replicas) and O(max_replicas),
        and with V(auto) Laravel Cloud chooses the number of replicas.
      - Without it, a new instance gets V(none).
    type: str
    choices: [none, custom, auto]
  min_replicas:
    description:
      - The lowest number of replicas. Cannot be used with O(scaling_type=auto).
      - Without it, a new instance gets 1.
    type: int
  max_replicas:
    description:
      - The highest number of replicas. Cannot be used with O(scaling_type=auto).
      - Without it, a new instance gets the number of O(min_replicas), but at least 1.
    type: int
  uses_scheduler:
    description:
      - Whether the application's scheduler runs on this instance.
    type: bool
  scaling_cpu_threshold_percentage:
    description:
      - The CPU usage in percent at which the instance scales, from 1 to 100.
    type: int
  scaling_memory_threshold_percentage:
    description:
      - The memory usage in percent at which the instance scales, from 1 to 100.
    type: int
extends_documentation_fragment:
  - evenkeel.paas.attributes
  - evenkeel.paas.attributes.laravel_cloud
  - evenkeel.paas.attributes.writer
  - evenkeel.paas.attributes.idempotent
  - evenkeel.paas.connection
  - evenkeel.paas.connection.laravel_cloud
seealso:
  - module: evenkeel.paas.laravel_cloud_instance_info
  - module: evenkeel.paas.laravel_cloud_background_processes
  - module: evenkeel.paas.laravel_cloud_deployment
"""

EXAMPLES = r"""
- name: A worker cluster
  evenkeel.paas.laravel_cloud_instance:
    application: shop
    environment: production
    name: Mail workers
    type: service
    size: flex.m-1vcpu-1gb

- name: Let it scale from one to five replicas
  evenkeel.paas.laravel_cloud_instance:
    application: shop
    environment: production
    name: Mail workers
    scaling_type: custom
    min_replicas: 1
    max_replicas: 5

- name: Delete the cluster and its background processes
  evenkeel.paas.laravel_cloud_instance:
    application: shop
    environment: production
    name: Mail workers
    state: absent
"""

RETURN = r"""
instance:
  description:
    - The instance as the service returns it, with its attributes next to its id. Null if it is absent.
    - In check mode, the instance as it would be, without what only the service knows.
  returned: success
  type: dict
  sample:
    id: inst-a15c367b-4114-44f7-881c-aaa70a7d3593
    environment_id: env-a15fd671-0b6a-401a-84bf-14105ce69023
    name: Workers
    type: service
    size: flex.m-1vcpu-1gb
    scaling_type: custom
    min_replicas: 1
    max_replicas: 5
    uses_scheduler: true
    scaling_cpu_threshold_percentage: null
    scaling_memory_threshold_percentage: null
    created_at: "2026-03-22T10:10:31.000000Z"
  contains:
    id:
      description: The id of the instance.
      returned: success, but not in check mode if the instance does not exist yet
      type: str
    environment_id:
      description: The id of the environment, or null if it is unknown.
      returned: success
      type: str
    name:
      description: The name of the instance.
      returned: success
      type: str
    type:
      description: The type of the instance.
      returned: success
      type: str
    size:
      description: The name of its size.
      returned: success
      type: str
    scaling_type:
      description: How the instance scales.
      returned: success
      type: str
    min_replicas:
      description: The lowest number of replicas, or null with C(auto).
      returned: success
      type: int
    max_replicas:
      description: The highest number of replicas, or null with C(auto).
      returned: success
      type: int
    uses_scheduler:
      description: Whether the application's scheduler runs on it.
      returned: success, but in check mode only if the instance exists or O(uses_scheduler) is set
      type: bool
    scaling_cpu_threshold_percentage:
      description: The CPU usage in percent at which the instance scales, or null.
      returned: success
      type: int
    scaling_memory_threshold_percentage:
      description: The memory usage in percent at which the instance scales, or null.
      returned: success
      type: int
    created_at:
      description: When the instance was created.
      returned: success, but not in check mode if the instance does not exist yet
      type: str
plan:
  description:
    - The writes that were sent, or would be sent, in order. Empty if nothing differs.
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
      path: /instances/inst-a15c367b-4114-44f7-881c-aaa70a7d3593
      body:
        size: flex.m-2vcpu-2gb
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
      size: flex.m-1vcpu-1gb
    after:
      size: flex.m-2vcpu-2gb
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
        - V(locked) means that another task on the same machine is creating something in the same environment.
          V(ambiguous) with C(changed=true) means that another task or person created the same instance at the same
          time.
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
      - option: scaling_cpu_threshold_percentage
        message: must be from 1 to 100, not 120
    request_id: null
"""

from ansible_collections.evenkeel.paas.plugins.module_utils._engine.module import run_module
from ansible_collections.evenkeel.paas.plugins.module_utils._engine.run_one import resource_module
from ansible_collections.evenkeel.paas.plugins.module_utils._laravel_cloud.instances import (
    INSTANCES,
)

MODULE = resource_module(INSTANCES)


def main() -> None:
    """Run the module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
