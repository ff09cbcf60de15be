# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the options of one Laravel Cloud background process."""

from __future__ import annotations

from ansible_collections.evenkeel.paas.plugins.plugin_utils._suboptions import as_entries


class ModuleDocFragment:
    """``evenkeel.paas.laravel_cloud_background_process``, and ``.entries`` for a list of them."""

    DOCUMENTATION = r"""
options:
  id:
    description:
      - The id of the process (C(process-...)). The service generates it, so you cannot create a process with an id.
    type: str
    aliases: [process_id]
  type:
    description:
      - V(worker) is a queue worker. The service builds its command from O(config). V(custom) is any other command.
      - Required unless O(id) is set. It cannot change afterwards.
    type: str
    choices: [worker, custom]
  processes:
    description:
      - How many copies of the process run, from 1 to 10.
      - Without it, a new process gets 1.
    type: int
  command:
    description:
      - The command of a process of O(type=custom), 3 to 500 characters. Spaces around it are ignored.
      - It identifies the process, unless O(id) does. Together with O(id), it is the new command of the process.
    type: str
  config:
    description:
      - The settings of a process of O(type=worker). Only the keys that you set are compared.
      - If a key differs, the module sends all settings, with the live values of the other keys.
      - Without O(id), O(config.connection) and O(config.queue) identify the worker. Both are required to create or to
        delete one.
    type: dict
    suboptions:
      connection:
        description: The queue connection, as in the application's C(config/queue.php). Spaces around it are ignored.
        type: str
      queue:
        description:
          - The queues, the most important one first, as a list or as a comma-separated string. Their order matters,
            spaces do not.
        type: list
        elements: str
      tries:
        description: How many times a job is attempted before it fails.
        type: int
      backoff:
        description: Seconds before a failed job is retried. Unset means V(0).
        type: int
      sleep:
        description: Seconds to wait if there is no job.
        type: int
      rest:
        description: Seconds to wait between two jobs. Unset means V(0).
        type: int
      timeout:
        description: How many seconds a job may run.
        type: int
      force:
        description: Whether the worker also runs in maintenance mode. Unset means V(false).
        type: bool
  clear:
    description:
      - Settings of O(config) to unset. A setting is unset only if you name it here.
      - The module sends all settings, with null for these. Whether the service accepts null is not documented. If it
        refuses, the task fails and says that the setting cannot be cleared.
    type: list
    elements: str
    choices: [config.tries, config.backoff, config.sleep, config.rest, config.timeout, config.force]
    version_added: "1.1.0"
"""


# Outside the class, because tools that parse this file expect only strings inside it.
ModuleDocFragment.ENTRIES = as_entries(ModuleDocFragment.DOCUMENTATION)
