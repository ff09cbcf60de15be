# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the attributes that modules have in common."""

from __future__ import annotations


class ModuleDocFragment:
    """``evenkeel.paas.attributes``, and the action group of each service.

    Do not name a part like another file in this folder: Ansible would use that file instead.
    """

    DOCUMENTATION = r"""
options: {}
attributes:
  platform:
    description: Where the module can run.
    support: full
    platforms: posix
    details:
      - Any POSIX platform with Python, because the module only sends requests to an API.
"""

    WRITER = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return what it would change without changing it.
    support: full
    details:
      - RV(plan) and RV(diff) are the same in check mode and in the real run. Both validate the options. Only the real
        run sends the plan.
  diff_mode:
    description: Returns what changed, or would change, when in diff mode.
    support: full
    details:
      - It shows only the options that you set.
"""

    IDEMPOTENT = r"""
options: {}
attributes:
  idempotent:
    description: If you run it twice and nobody else changes anything, the second run changes nothing.
    support: full
"""

    LISTED_AFTER_DELETION = r"""
options: {}
attributes:
  idempotent:
    description: If you run it twice and nobody else changes anything, the second run changes nothing.
    support: partial
    details:
      - Sevalla removes a deleted process at the next deployment and may list it until then. Until that deployment, a
        task that deletes the process deletes it again and reports a change. Creations and updates are idempotent.
"""

    INFO = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return what it would change without changing it.
    support: full
    details:
      - It never changes anything.
  diff_mode:
    description: Returns what changed, or would change, when in diff mode.
    support: N/A
    details:
      - It never changes anything.
  idempotent:
    description: If you run it twice and nobody else changes anything, the second run changes nothing.
    support: full
"""

    ACTION = r"""
options: {}
attributes:
  diff_mode:
    description: Returns what changed, or would change, when in diff mode.
    support: none
    details:
      - An action has no state before and after.
"""

    REPEATED = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return what it would do without doing it.
    support: full
    details:
      - RV(plan) is the same in check mode and in the real run. Check mode looks up names and validates options, and
        sends only reads.
  idempotent:
    description: If you run it twice and nobody else changes anything, the second run changes nothing.
    support: none
    details:
      - Each run repeats the action and reports a change.
"""

    DEPLOYS = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return what it would do without doing it.
    support: full
    details:
      - Check mode looks up names, validates options and sends only reads. With O(trigger=always), RV(plan) is the same
        as in the real run. With O(trigger=pending), it does not contain a deployment that becomes necessary only because
        of what earlier tasks of the same run would change.
  idempotent:
    description: If you run it twice and nobody else changes anything, the second run changes nothing.
    support: partial
    details:
      - With O(trigger=pending), the second run deploys nothing if the first deployment succeeded. With
        O(trigger=always), each run deploys and reports a change.
"""

    RUNS_COMMAND = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return what it would do without doing it.
    support: full
    details:
      - In check mode, the task looks up names and validates options, but does not send the command. It is reported as
        skipped, like a task of M(ansible.builtin.command). RV(plan) contains the request that the real run sends.
  diff_mode:
    description: Returns what changed, or would change, when in diff mode.
    support: none
    details:
      - The module does not know what a command changes.
  idempotent:
    description: If you run it twice and nobody else changes anything, the second run changes nothing.
    support: none
    details:
      - Each run sends the command again and reports a change. If a command changes nothing, use
        C(changed_when=false).
"""

    SEVALLA = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/evenkeel.paas.sevalla) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - evenkeel.paas.sevalla
"""

    LARAVEL_CLOUD = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/evenkeel.paas.laravel_cloud) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - evenkeel.paas.laravel_cloud
"""
