# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The callback plugin ``evenkeel.paas.drift``."""

from __future__ import annotations

DOCUMENTATION = r"""
name: drift
type: aggregate
short_description: Report what differs from what playbooks want
version_added: "1.0.0"
description:
  - Collects what the tasks of this collection would change, and ends a run in check mode with one table of it. The table
    has the application, the process, and what differs.
  - An application whose task failed, or whose host could not be reached, is in the table too, since nothing is known of
    it.
  - Says nothing when no task of the collection ran in check mode, and so can stay enabled.
author:
  - evenkeel.paas contributors (@evenkeel)
requirements:
  - To be enabled, with C(callbacks_enabled = evenkeel.paas.drift) in the section C([defaults]) of C(ansible.cfg).
options:
  directory:
    description:
      - A folder for the same table as C(drift.txt), C(drift.json) and C(drift.html). It is made if it does not exist, and
        the files of the run before are replaced.
      - Values of options are in them, as they are in the output of C(--diff).
    type: path
    env:
      - name: EVENKEEL_PAAS_DRIFT_DIRECTORY
    ini:
      - section: callback_evenkeel_paas_drift
        key: directory
"""

EXAMPLES = r"""
# fmt: ini
# In ansible.cfg. Then: ansible-playbook site.yml --check
[defaults]
callbacks_enabled = evenkeel.paas.drift

[callback_evenkeel_paas_drift]
directory = report
"""

import os
from typing import Any

from ansible.module_utils.common.text.converters import to_native
from ansible.plugins.callback import CallbackBase

from ..plugin_utils._drift import Report

# The variable that tells that a host is an application, as the inventory plugins make it.
_APPLICATION_VARIABLES = ("sevalla_application_id", "laravel_cloud_instance_id")


class CallbackModule(CallbackBase):
    """Collects results, and reports them when the playbooks are done."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "evenkeel.paas.drift"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._report = Report()

    def v2_runner_on_ok(self, result: Any) -> None:
        """A task that would change something, or nothing."""
        self._take(result, failed=False)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        """A task that could not tell what it would change."""
        self._take(result, failed=True)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        """A task that did not even begin."""
        self._take(result, failed=True)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        """The end of a run: show the table, and write it."""
        if not self._report.compared:
            return
        text = self._report.as_text()
        self._display.banner("DRIFT")
        self._display.display(text)
        directory = self.get_option("directory")
        if not directory:
            return
        files = {"txt": text, "json": self._report.as_json(), "html": self._report.as_html()}
        try:
            os.makedirs(directory, exist_ok=True)
            for ending, content in files.items():
                path = os.path.join(directory, f"drift.{ending}")
                with open(path, "w", encoding="utf-8") as file:
                    file.write(content)
        except OSError as error:
            self._display.warning(f"The report of drift was not written: {to_native(error)}")

    def _take(self, result: Any, *, failed: bool) -> None:
        # ansible-core 2.19 made the attributes public and deprecated the old ones.
        public = hasattr(result, "result")
        task = result.task if public else result._task
        host = result.host if public else result._host
        told = result.result if public else result._result
        name = getattr(task, "resolved_action", None) or task.action
        if task.check_mode is not True or not str(name).startswith("evenkeel.paas."):
            return
        is_application = any(variable in host.vars for variable in _APPLICATION_VARIABLES)
        looped = isinstance(told.get("results"), list)
        for each in told["results"] if looped else [told]:
            each_failed = bool(each.get("failed") or each.get("unreachable")) if looped else failed
            # Modules that only read plan nothing.
            if each_failed or "plan" in each or "censored" in each:
                self._report.add(host.get_name(), is_application, each, each_failed)
