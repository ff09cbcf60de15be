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
  - Runs one command in an instance of a process on Sevalla, waits for it, and returns what it printed.
  - It is for short commands, such as a check, clearing a cache, or a signal to workers. For what takes longer than a minute
    use a process of type C(job) or C(cron).
  - No shell runs the command, so that pipes, redirections and variables do not work. Where the image has a shell, give
    O(argv) as C([sh, -c, ...]).
options:
  application:
    description:
      - The application, by its id, by its unique name, or by its display name when only one application has it.
    type: str
    required: true
    aliases: [application_id, app_id]
  id:
    description:
      - The process by its id. Give exactly one of O(id), O(key), O(display_name) and O(type).
    type: str
    aliases: [process_id]
  key:
    description:
      - The process by its key.
    type: str
  display_name:
    description:
      - The process by its name. It is an error when several processes have it.
    type: str
    aliases: [name]
  type:
    description:
      - V(web) is the application's one web process, whatever its name is.
      - Beside O(display_name) it is the type of the process that is meant.
    type: str
    choices: [web, worker, cron, job]
  argv:
    description:
      - The command as a list of 1 to 100 words. Give exactly one of O(argv) and O(cmd).
    type: list
    elements: str
  cmd:
    description:
      - The command as one line. It is split into words as a shell splits them, with quotation marks, and nothing else that
        a shell does is done.
    type: str
  timeout:
    description:
      - How many seconds the command may run, 1 to 60.
      - This is the service's limit. The task itself waits O(timeout) and O(api_timeout) together for the response, so
        that it does not give up while the command may still run.
      - How Sevalla ends a command that runs longer is not documented. The task fails in any case.
    type: int
    default: 15
extends_documentation_fragment:
  - evenkeel.paas.attributes
  - evenkeel.paas.attributes.command
  - evenkeel.paas.attributes.sevalla
  - evenkeel.paas.command
  - evenkeel.paas.connection
  - evenkeel.paas.connection.sevalla
notes:
  - A command needs a running instance. A process that is not deployed yet or is scaled to 0, and a cron process or job
    between its runs, has none. Then the task fails with the words of the service.
  - The command runs in one instance. Which one, when the process has several, is not documented.
  - A request that the rate limit refused is sent again. When the response to a request is lost, the task fails and does not
    send it again, because Sevalla does not list the commands that ran.
  - An API key that may only read may run C(ls), C(cat), C(env), C(ps) and C(grep), and nothing else.
seealso:
  - module: evenkeel.paas.sevalla_process
  - module: evenkeel.paas.sevalla_process_run
  - module: evenkeel.paas.sevalla_deployment
"""

EXAMPLES = r"""
- name: The version that the web process runs
  evenkeel.paas.sevalla_process_exec:
    application: shop-x1y2z
    type: web
    cmd: node --version

- name: A word with blanks in it, in the list form
  evenkeel.paas.sevalla_process_exec:
    application: shop-x1y2z
    type: web
    argv:
      - node
      - send.js
      - "the shop is open"
    timeout: 30

- name: Look for a file, and take its absence for an answer
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
  description: The same as lines.
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
  description: The same as lines.
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
    requests: 3
    retries: 0
    waited_seconds: 0.0
failure:
  description: What went wrong, for playbooks to test.
  returned: failure
  type: dict
  contains:
    code:
      description:
        - A word for the kind of failure, such as V(command_failed), V(invalid_options), V(not_found),
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
from ansible_collections.evenkeel.paas.plugins.module_utils._sevalla.run_exec import exec_command

COMMAND = exec_command()


def main() -> None:
    """Be the module."""
    run_module(COMMAND)


if __name__ == "__main__":
    main()
