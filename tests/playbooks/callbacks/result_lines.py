# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A callback that writes every task's result as a line of JSON, for the tests to read."""

from __future__ import annotations

import json
import os

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: result_lines
type: aggregate
short_description: Write results as lines of JSON
description: Appends a line for each result to the file that E(RESULT_LINES) names.
"""


class CallbackModule(CallbackBase):
    """Appends ``{task, kind, result}`` for every result."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "result_lines"

    def _write(self, kind, result):
        # ansible-core 2.19 made the attributes public and deprecated the old ones.
        values = result.result if hasattr(result, "result") else result._result
        task = result.task if hasattr(result, "task") else result._task
        with open(os.environ["RESULT_LINES"], "a", encoding="utf-8") as file:
            json.dump({"task": task.name, "kind": kind, "result": values}, file, default=str)
            file.write("\n")

    def v2_runner_on_ok(self, result):
        self._write("ok", result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._write("failed", result)

    def v2_runner_on_unreachable(self, result):
        self._write("unreachable", result)

    def v2_runner_on_skipped(self, result):
        self._write("skipped", result)
