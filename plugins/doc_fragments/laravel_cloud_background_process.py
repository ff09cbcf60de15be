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
      - Address the process by its id (C(process-...)). It must exist, unless it is to be absent.
    type: str
    aliases: [process_id]
  type:
    description:
      - V(worker) is a queue worker, whose command the service makes from O(config). V(custom) is any other command.
      - Needed unless O(id) is given. It cannot change afterwards.
    type: str
    choices: [worker, custom]
  processes:
    description:
      - How many of the process run, from 1 to 10.
      - A process that is created without it gets 1.
    type: int
  command:
    description:
      - The command of a process of O(type=custom), 3 to 500 characters. Blanks around it do not count.
      - Addresses the process when O(id) is not given. With O(id) it is the command that the process shall have.
    type: str
  config:
    description:
      - The settings of a process of O(type=worker). Only the keys that are given are compared.
      - When something differs all of it is sent, with the live values of the keys that are not given.
      - Without O(id), O(config.connection) and O(config.queue) address the worker. Both are needed to create or to
        delete one.
    type: dict
    suboptions:
      connection:
        description: The queue connection, as in the application's C(config/queue.php).
        type: str
      queue:
        description:
          - The queues, the most important one first, as a list or as a comma-separated string. Their order counts,
            blanks do not.
        type: list
        elements: str
      tries:
        description: How often a job is tried before it has failed.
        type: int
      backoff:
        description: Seconds before a job that failed is tried again.
        type: int
      sleep:
        description: Seconds to wait when there is no job.
        type: int
      rest:
        description: Seconds to wait between two jobs.
        type: int
      timeout:
        description: Seconds that a job may run.
        type: int
      force:
        description: Whether the worker runs in maintenance mode too. Not set counts as V(false).
        type: bool
  clear:
    description:
      - Settings of O(config) to unset. An option that is not given is never unset.
      - O(config) is sent whole, with null for these. Whether the service accepts null is not documented; if it refuses,
        the task fails and says that the setting cannot be unset.
    type: list
    elements: str
    choices: [config.tries, config.backoff, config.sleep, config.rest, config.timeout, config.force]
"""


# Outside of the class, where tools that read it as text want nothing but text.
ModuleDocFragment.ENTRIES = as_entries(ModuleDocFragment.DOCUMENTATION)
