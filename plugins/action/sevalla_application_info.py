# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run sevalla_application_info in Ansible's worker, where its result is the same."""

from __future__ import annotations

from ..modules.sevalla_application_info import MODULE
from ..plugin_utils._worker import WorkerAction


class ActionModule(WorkerAction):
    """The action of the module."""

    MODULE = MODULE
