#!/usr/bin/python

# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a command in a process of a Sevalla application."""

from __future__ import annotations

DOCUMENTATION = r"""
module: sevalla_process_exec
short_description: Run a command in a process of a Sevalla application
version_added: "1.1.0"
author:
  - evenkeel.paas contributors (@evenkeel)
description:
  - Runs one command in an instance of a process on Sevalla, waits for its end, and returns what it printed.
  - Use it for short commands, for example to clear a cache or to send a signal to workers. For work that takes longer
    than a minute, use a process of type C(job) or C(cron).
  - The command does not run in a shell, so pipes, redirections and variables do not work. If the image has a shell,
    set O(argv) to C([sh, -c, ...]).
options:
  application:
    description:
      - The application, by its id, by its unique name, or by its display name if only one application has it.
    type: str
    required: true
    aliases: [application_id, app_id]
  id:
    description:
      - The id of the process. Set exactly one of O(id), O(key), O(display_name) and O(type=web).
    type: str
    aliases: [process_id]
  key:
    description:
      - The key of the process.
    type: str
  display_name:
    description:
      - The name of the process. The task fails if several processes have it.
      - Together with O(type=web), the name that the web process must have.
    type: str
    aliases: [name]
  type:
    description:
      - V(web) identifies the application's one web process, whatever its name.
      - Together with O(id), O(key) or O(display_name), the type that the process must have. If it has another type,
        the task fails and does not run the command.
    type: str
    choices: [web, worker, cron, job]
  argv:
    description:
      - The command as a list of 1 to 100 words. Set exactly one of O(argv) and O(cmd).
    type: list
    elements: str
  cmd:
    description:
      - The command as one line. It is split into words as in a shell, including quotation marks. No other feature of
        a shell applies.
    type: str
  timeout:
    description:
      - How many seconds the command may run, from 1 to 60.
      - The service enforces this limit. The task waits for the response for O(timeout) plus O(api_timeout) seconds,
        so that it does not give up while the command may still run.
      - Sevalla does not document how it ends a command that exceeds the limit. The task fails in any case.
    type: int
    default: 15
extends_documentation_fragment:
  - evenkeel.paas.attributes
  - evenkeel.paas.attributes.runs_command
  - evenkeel.paas.attributes.sevalla
  - evenkeel.paas.command
  - evenkeel.paas.connection
  - evenkeel.paas.connection.sevalla
notes:
  - A command needs a running instance. A process does not have one if it is not deployed yet or is scaled to 0. A
    cron process or job has one only while it runs. Without an instance, the task fails with the service's message.
  - The command runs in one instance. If the process has several, Sevalla does not document which one it is.
  - A request that the rate limit refused is retried. If a response is lost, the task fails and does not retry the
    request, because Sevalla does not list the commands that ran.
  - A read-only API key can run only C(ls), C(cat), C(env), C(ps) and C(grep).
seealso:
  - module: evenkeel.paas.sevalla_process
  - module: evenkeel.paas.sevalla_process_run
  - module: evenkeel.paas.sevalla_deployment
"""

EXAMPLES = r"""
- name: Show the version of Node.js in the web process
  evenkeel.paas.sevalla_process_exec:
    application: shop-x1y2z
    type: web
    cmd: node --version

- name: Use the list form for a word with spaces
  evenkeel.paas.sevalla_process_exec:
    application: shop-x1y2z
    type: web
    argv:
      - node
      - send.js
      - "the shop is open"
    timeout: 30

- name: Check whether a file exists
  evenkeel.paas.sevalla_process_exec:
    application: shop-x1y2z
    type: web
    cmd: ls /app/storage/maintenance.flag
  register: flag
  changed_when: false
  failed_when: flag.rc | default(99) not in [0, 2]
"""

RETURN = r"""
cmd:
  description: The words of the command.
  returned: success, and failure of a command that was sent
  type: list
  elements: str
  sample: [node, --version]
rc:
  description: The return code. V(0) in check mode.
  returned: success, and failure once the command has run
  type: int
  sample: 0
stdout:
  description: What the command printed to its standard output, without the last line break.
  returned: success, and failure once the command has run
  type: str
  sample: v22.11.0
stdout_lines:
  description: The lines of RV(stdout).
  returned: success, and failure once the command has run
  type: list
  elements: str
  sample: [v22.11.0]
stderr:
  description: What the command printed to its standard error, without the last line break.
  returned: success, and failure once the command has run
  type: str
  sample: ""
stderr_lines:
  description: The lines of RV(stderr).
  returned: success, and failure once the command has run
  type: list
  elements: str
  sample: []
plan:
  description: The request that was sent, or would be sent.
  returned: success, and failure of a command that was sent
  type: list
  elements: dict
  contains:
    action:
      description: What the request does, always V(exec).
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
    - action: exec
      method: POST
      path: /applications/9a1d2f5e-0b6c-4c0e-9f43-1f2e3d4c5b6a/processes/fb5e5168-4281-4bec-94c5-0d1584e9e657/exec
      body:
        command: [node, --version]
        timeout: 15
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
    requests: 3
    retries: 0
    waited_seconds: 0.0
failure:
  description: The failure, for conditions in playbooks.
  returned: failure
  type: dict
  contains:
    code:
      description:
        - The kind of failure, such as V(command_failed), V(invalid_options), V(not_found), V(ambiguous), V(no_token),
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
    code: command_failed
    status: null
    details: null
    request_id: null
"""

from ansible_collections.evenkeel.paas.plugins.module_utils._engine.module import run_module
from ansible_collections.evenkeel.paas.plugins.module_utils._sevalla.run_exec import exec_module

MODULE = exec_module()


def main() -> None:
    """Run the module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
