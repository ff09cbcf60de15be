#!/usr/bin/python

# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the instances of a Laravel Cloud environment, and the sizes that instances can have."""

from __future__ import annotations

DOCUMENTATION = r"""
module: laravel_cloud_instance_info
short_description: Read the instances of a Laravel Cloud environment
version_added: "1.1.0"
author:
  - evenkeel.paas contributors (@evenkeel)
description:
  - Returns all instances of a Laravel Cloud environment, or those that match the options. Also returns the sizes that
    instances can have.
  - An empty string as a filter is ignored, as if you had omitted the option. O(type) accepts only its choices.
  - You can use each item of RV(desired) as the options of M(evenkeel.paas.laravel_cloud_instance). It then changes
    nothing.
  - If no instance matches, RV(instances) and RV(desired) are empty. If the environment does not exist, the task
    fails.
options:
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
  id:
    description:
      - Only the instance with this id (C(inst-...)).
    type: str
    aliases: [instance_id]
  name:
    description:
      - Only instances with this name. Spaces around it are ignored.
    type: str
  type:
    description:
      - Only instances of this type.
    type: str
    choices: [app, service, queue, managed_queue]
extends_documentation_fragment:
  - evenkeel.paas.attributes
  - evenkeel.paas.attributes.laravel_cloud
  - evenkeel.paas.attributes.info
  - evenkeel.paas.connection
  - evenkeel.paas.connection.laravel_cloud
seealso:
  - module: evenkeel.paas.laravel_cloud_instance
"""

EXAMPLES = r"""
- name: All instances of the environment
  evenkeel.paas.laravel_cloud_instance_info:
    application: shop
    environment: production
  register: found

- name: Names of the sizes
  ansible.builtin.debug:
    msg: "{{ found.sizes | map(attribute='name') }}"

- name: Keep their names and sizes
  evenkeel.paas.laravel_cloud_instance:
    application: shop
    environment: production
    id: "{{ item.id | default(omit) }}"
    name: "{{ item.name }}"
    size: "{{ item.size }}"
  loop: "{{ found.desired }}"
  loop_control:
    label: "{{ item.name }}"
"""

RETURN = r"""
instances:
  description: The instances as the service returns them, in its order.
  returned: success
  type: list
  elements: dict
  sample:
    - id: inst-a15c367b-4114-44f7-881c-aaa70a7d3593
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
      returned: success
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
      returned: success
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
      returned: success
      type: str
desired:
  description:
    - The same instances as options for M(evenkeel.paas.laravel_cloud_instance), without what the service generates
      and what is not set.
    - An item contains C(id) if its name is not unique.
  returned: success
  type: list
  elements: dict
  sample:
    - name: Workers
      type: service
      size: flex.m-1vcpu-1gb
      scaling_type: custom
      min_replicas: 1
      max_replicas: 5
      uses_scheduler: true
sizes:
  description: The sizes that instances can have.
  returned: success
  type: list
  elements: dict
  sample:
    - name: flex.c-1vcpu-256mb
      label: Flex
      description: 1 vCPU · 256 MiB RAM
      cpu_type: flex
      compute_class: flex.c
      cpu_count: 1
      memory_mib: 256
  contains:
    name:
      description: The name, as used in O(evenkeel.paas.laravel_cloud_instance#module:size).
      returned: success
      type: str
    label:
      description: The display name of the class.
      returned: success
      type: str
    description:
      description: CPU and memory as text.
      returned: success
      type: str
    cpu_type:
      description: The kind of CPU.
      returned: success
      type: str
    compute_class:
      description: The class.
      returned: success
      type: str
    cpu_count:
      description: The number of CPUs.
      returned: success
      type: float
    memory_mib:
      description: The memory in MiB.
      returned: success
      type: int
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
from ansible_collections.evenkeel.paas.plugins.module_utils._laravel_cloud.instances import (
    INSTANCES,
)

MODULE = info_module(INSTANCES)


def main() -> None:
    """Run the module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
