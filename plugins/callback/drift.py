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
  - Collects what the tasks of this collection would change in check mode, and ends the run with a table. Each row has
    the application, its service, the process, and what differs.
  - The table shows what the modules found, regardless of C(failed_when), C(changed_when), C(ignore_errors), C(rescue)
    and loops.
  - An application that was not compared is in the table too, with the reason. This happens if its task failed, or if
    its host left the play before the task, for example because the host was unreachable.
  - It shows nothing if no task of the collection runs in check mode, so it can stay enabled.
author:
  - evenkeel.paas contributors (@evenkeel)
requirements:
  - Enable it with C(callbacks_enabled = evenkeel.paas.drift) in the section C([defaults]) of C(ansible.cfg).
options:
  directory:
    description:
      - A folder for the report as C(drift.txt), C(drift.json) and C(drift.html). The plugin creates it if it does not
        exist, and replaces the files of the previous run.
      - The files contain values of options, as the output of C(--diff) does.
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
from datetime import datetime
from typing import Any

from ansible.module_utils.common.text.converters import to_native
from ansible.plugins.callback import CallbackBase

from ..plugin_utils._drift import COLLECTION, HIDDEN, Report, Source
from ..plugin_utils._drift_page import as_html
from ..plugin_utils._drift_plays import Plays, full_name, in_check_mode

# The variables with which the inventory plugins make a host an application or an instance.
_SCOPE_VARIABLES = ("sevalla_application_id", "laravel_cloud_instance_id")

_ASYNC_STATUS = ("ansible.builtin.async_status", "ansible.legacy.async_status", "async_status")

_NOT_READ = "the task is asynchronous, and nothing has read its result"


class CallbackModule(CallbackBase):  # type: ignore[misc]
    """The callback that collects results, and reports the drift when a playbook ends."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "evenkeel.paas.drift"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._report = Report()
        self._plays = Plays()
        # For each task whose loop is running on a host: whether one of its items failed.
        self._loops: dict[tuple[str, str], bool] = {}
        # The asynchronous tasks that have no result yet, by host and job.
        self._jobs: dict[tuple[str, str], Source] = {}

    def v2_playbook_on_start(self, playbook: Any) -> None:
        """Record the plays of a playbook."""
        self._report.playbooks.append(os.path.basename(playbook._file_name))
        self._plays.begin_playbook(playbook.get_plays())

    def v2_playbook_on_play_start(self, play: Any) -> None:
        """Record the hosts of a play."""
        self._plays.begin(play)

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        """Record a task, which may have been included."""
        self._plays.begin_task(task)

    def v2_playbook_on_include(self, included_file: Any) -> None:
        """Record the hosts that include a file."""
        hosts = [host.get_name() for host in included_file._hosts]
        self._plays.include(included_file._filename, hosts)

    def v2_playbook_on_no_hosts_remaining(self) -> None:
        """Record that a play has no hosts left."""
        self._plays.end()

    def v2_runner_item_on_ok(self, result: Any) -> None:
        """Record an item of a loop that succeeded, with or without a change."""
        self._record_item(_Event(result), failed=False)

    def v2_runner_item_on_failed(self, result: Any) -> None:
        """Record an item of a loop that failed, or whose host was unreachable."""
        self._record_item(_Event(result), failed=True)

    def v2_runner_item_on_skipped(self, result: Any) -> None:
        """Record an item of a loop that was skipped."""
        self._loops.setdefault(_Event(result).key, False)

    def v2_runner_on_ok(self, result: Any) -> None:
        """Record a task that succeeded, with or without a change."""
        self._record_task(_Event(result), failed=False)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        """Record a task that failed."""
        event = _Event(result)
        if not ignore_errors:
            reason = f'the task "{event.task.get_name()}" failed: {event.message}'
            self._plays.fail(event.host.get_name(), event.task, reason)
        self._record_task(event, failed=True)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        """Record a task whose host was unreachable."""
        event = _Event(result)
        if not event.task.ignore_unreachable:
            reason = f"the host is unreachable: {event.message}"
            self._plays.fail(event.host.get_name(), event.task, reason)
        self._record_task(event, failed=True)

    def v2_runner_on_skipped(self, result: Any) -> None:
        """Record a task that was skipped."""
        event = _Event(result)
        self._loops.pop(event.key, None)
        self._plays.reach(event.host.get_name(), event.task, is_skipped=True)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        """Show the table at the end of a playbook, and write the report."""
        for source in self._jobs.values():
            self._report.add_unknown(source, _NOT_READ)
        for missed in self._plays.missed({*stats.failures, *stats.dark}):
            source = _source(missed.host, missed.task, missed.options)
            self._report.add_missed(source, missed.message)
        if not self._report.applications:
            return
        self._report.time = datetime.now().astimezone()
        text = self._report.as_text()
        self._display.banner("DRIFT")
        self._display.display(text)
        directory = self.get_option("directory")
        if not directory:
            return
        files = {"txt": text, "json": self._report.as_json(), "html": as_html(self._report)}
        try:
            os.makedirs(directory, exist_ok=True)
            for ending, content in files.items():
                path = os.path.join(directory, f"drift.{ending}")
                # JSON may contain half of a surrogate pair, which no file can.
                with open(path, "w", encoding="utf-8", errors="replace") as file:
                    file.write(content)
        except OSError as error:
            self._display.warning(f"The drift report was not written: {to_native(error)}")

    def _record_item(self, event: _Event, *, failed: bool) -> None:
        """Record an item of a loop, and that the task's own result repeats it."""
        self._loops[event.key] = self._loops.get(event.key, False) or failed
        self._read(event, failed)

    def _record_task(self, event: _Event, *, failed: bool) -> None:
        """Record the result of a task, unless its items were recorded.

        A loop can stop before an item starts, and only the task's own result shows that: it has no
        ``results``, or no item failed.
        """
        self._plays.reach(event.host.get_name(), event.task)
        item_failed = self._loops.pop(event.key, None)
        is_hidden = "censored" in event.result
        broke_off = failed and (not item_failed if is_hidden else "results" not in event.result)
        if item_failed is None or broke_off:
            self._read(event, failed)

    def _read(self, event: _Event, failed: bool) -> None:
        job = (event.host.get_name(), str(event.result.get("ansible_job_id")))
        if full_name(event.task) in _ASYNC_STATUS:
            if job in self._jobs and event.result.get("finished"):
                self._report.add(self._jobs.pop(job), event.result, failed)
            return
        if not full_name(event.task).startswith(COLLECTION) or not in_check_mode(event.task):
            return
        source = _source(event.host, event.task, event.task.args)
        if "ansible_job_id" in event.result and not event.result.get("finished"):
            self._jobs[job] = source
        else:
            self._report.add(source, event.result, failed)


class _Event:
    """A result as ansible-core passes it to a callback, in every supported version."""

    def __init__(self, result: Any) -> None:
        # ansible-core 2.19 made the attributes public and deprecated the old ones.
        public = hasattr(result, "result")
        self.host = result.host if public else result._host
        self.task = result.task if public else result._task
        self.result = result.result if public else result._result

    @property
    def key(self) -> tuple[str, str]:
        """Return the key of this task on this host."""
        return self.host.get_name(), self.task._uuid

    @property
    def message(self) -> str:
        """Return the message of a failure, unless the result is hidden."""
        hidden = HIDDEN if "censored" in self.result else None
        return hidden or str(self.result.get("msg") or "no message")


def _source(host: Any, task: Any, options: dict[str, Any]) -> Source:
    """Return the source of a task's result; with no_log, without its options."""
    scope = next((host.vars[name] for name in _SCOPE_VARIABLES if name in host.vars), None)
    return Source(
        full_name(task),
        host.get_name(),
        scope,
        {} if task.no_log else options,
        # A job that was only started has not compared anything.
        not (task.changed_when or task.failed_when or (task.async_val and not task.poll)),
    )
