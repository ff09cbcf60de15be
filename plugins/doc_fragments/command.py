# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of what the modules that run a command have in common."""

from __future__ import annotations


class ModuleDocFragment:
    """``evenkeel.paas.command``."""

    DOCUMENTATION = r"""
options: {}
notes:
  - The result has the same keys as that of M(ansible.builtin.command), so C(failed_when), C(changed_when), C(until)
    and C(ignore_errors) work in the same way. A return code other than 0 fails the task. The result of the failed
    task contains RV(rc) and RV(stdout) too.
  - The result contains what the command prints, and the message of a failure contains the last lines. The collection
    does not know the secrets of your application. If the command may print some, use C(no_log) on the task.
seealso:
  - module: ansible.builtin.command
"""
