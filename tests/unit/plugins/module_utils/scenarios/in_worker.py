# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a scenario runs a module as its action plugin does in Ansible's worker."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from ansible_collections.evenkeel.paas.plugins.module_utils._engine.module import Module
from ansible_collections.evenkeel.paas.plugins.plugin_utils._worker import WorkerAction
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.running import (
    Said,
)


def in_worker(
    module: Module, given: dict[str, Any], check_mode: bool, no_log: bool = False
) -> Said:
    """Run a module as its action plugin does."""
    task = SimpleNamespace(
        action="evenkeel.paas.it", args=given, check_mode=check_mode, no_log=no_log
    )
    progress: list[str] = []

    def show(_action: Any, line: str, _verbosity: int) -> None:
        host, _space, text = line.partition(" ")
        assert host == "[localhost]"
        progress.append(text)

    own = {"MODULE": module, "_show": show}
    action = type("Action", (WorkerAction,), own)(
        task, connection=None, play_context=None, loader=None, templar=None, shared_loader_obj=None
    )
    result = action._run_here({})
    warnings = result.pop("warnings", [])
    result.pop("invocation", None)
    message = result.pop("msg") if result.pop("failed", False) else None
    assert "exception" not in result, result["exception"]
    return result, message, warnings, progress
