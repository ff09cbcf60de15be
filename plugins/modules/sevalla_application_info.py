#!/usr/bin/python

# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the applications of a Sevalla company, and the sizes that processes can have."""

from __future__ import annotations

DOCUMENTATION = r"""
module: sevalla_application_info
short_description: Read the applications of a Sevalla company
version_added: "1.1.0"
author:
  - evenkeel.paas contributors (@evenkeel)
description:
  - Returns all applications that the token has access to, or those that match O(application). Also returns the sizes
    that processes can have.
  - Sevalla generates the unique C(name) of an application, such as C(shop-x1y2z). This module returns it.
  - If O(application) does not exist, the task fails and suggests the most similar name.
options:
  application:
    description:
      - Only the application with this id, unique name or display name. A display name can match several.
    type: str
    aliases: [application_id, app_id]
extends_documentation_fragment:
  - evenkeel.paas.attributes
  - evenkeel.paas.attributes.sevalla
  - evenkeel.paas.attributes.info
  - evenkeel.paas.connection
  - evenkeel.paas.connection.sevalla
seealso:
  - module: evenkeel.paas.sevalla_process
  - module: evenkeel.paas.sevalla_process_info
"""

EXAMPLES = r"""
- name: All applications and sizes
  evenkeel.paas.sevalla_application_info:
  register: account

- name: Names for the option application
  ansible.builtin.debug:
    msg: "{{ account.applications | map(attribute='name') }}"

- name: Names for the option resource_type
  ansible.builtin.debug:
    msg: "{{ account.sizes | map(attribute='name') }}"
"""

RETURN = r"""
applications:
  description: The applications, in the service's order.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 9a7b6f0e-5c1d-4e2f-8a3b-1c2d3e4f5a6b
      name: shop-x1y2z
      display_name: Shop
      status: deploymentSuccess
  contains:
    id:
      description: The id.
      returned: success
      type: str
    name:
      description: The unique name that Sevalla generated.
      returned: success
      type: str
    display_name:
      description: The name that the dashboard shows.
      returned: success
      type: str
    status:
      description: The state of the application, null before its first deployment.
      returned: success
      type: str
sizes:
  description: The sizes that processes can have, as the service returns them.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 5f0c6c1a-7d5e-4f0b-8a37-3b6a5a0f2c11
      name: s1
      cpu_limit: 500
      memory_limit: 1024
      category: standard
  contains:
    id:
      description: The id of the size.
      returned: success
      type: str
    name:
      description: The name, as used in O(evenkeel.paas.sevalla_process#module:resource_type).
      returned: success
      type: str
    cpu_limit:
      description: The CPU limit in millicores.
      returned: success
      type: int
    memory_limit:
      description: The memory limit in MB.
      returned: success
      type: int
    category:
      description: The category of the size.
      returned: success
      type: str
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
from ansible_collections.evenkeel.paas.plugins.module_utils._sevalla.applications import (
    applications_module,
)

MODULE = applications_module()


def main() -> None:
    """Run the module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
