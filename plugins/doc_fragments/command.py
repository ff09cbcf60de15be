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
  - The result has the names of M(ansible.builtin.command), so that C(failed_when), C(changed_when), C(until) and
    C(ignore_errors) work as they do there. A command with another return code than 0 fails the task, and the result has
    RV(rc) and RV(stdout) all the same.
  - What a command prints is in the result, and the last lines are in the message of a failure. This collection cannot know
    the secrets of your application. Use C(no_log) on the task when a command prints some.
seealso:
  - module: ansible.builtin.command
"""
