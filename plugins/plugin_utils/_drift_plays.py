# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find the comparing tasks that did not run for a host because of an earlier failure.

Ansible sends no event for a task that a host does not reach. The plays show which tasks should have
run, and the events show which did.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ansible import context
from ansible.module_utils.parsing.convert_bool import boolean

from ._drift import compares


class Missed(NamedTuple):
    """A task that did not run for a host, and the reason; host and task are Ansible's objects."""

    host: Any
    task: Any
    message: str


@dataclass
class _Play:
    """A play that started: Ansible's object, the names of its hosts, and what happened."""

    play: Any
    hosts: list[str]
    begun: set[str] = field(default_factory=set)
    reached: set[tuple[str, str]] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    is_stopped: bool = False
    included: list[Any] = field(default_factory=list)


class Plays:
    """The plays of a run, as collected from events."""

    def __init__(self) -> None:
        self._all: list[Any] = []
        self._begun: dict[str, _Play] = {}
        self._now = _Play(None, [])
        self._reasons: dict[str, str] = {}

    def begin_playbook(self, plays: list[Any]) -> None:
        """Record the plays of a playbook; some of them may never start."""
        self._all += plays

    def begin(self, play: Any) -> None:
        """Record the start of a play, or of its next batch of hosts."""
        variables = play.get_variable_manager().get_vars(play=play)
        hosts = list(variables["ansible_play_hosts_all"])
        self._now = self._begun.setdefault(play._uuid, _Play(play, hosts))
        self._now.begun.update(variables["ansible_play_batch"])

    def begin_task(self, task: Any) -> None:
        """Record the start of a task, which may come from a file that was just included."""
        if compares(full_name(task)):
            self._now.included.append(task)

    def reach(self, host: str, task: Any) -> None:
        """Record a task that ran for a host, or was skipped."""
        self._now.reached.add((host, task._uuid))

    def fail(self, host: str, task: Any, reason: str) -> None:
        """Record a failure that nothing ignores, or an unreachable host."""
        self._now.failed.add(host)
        # Each of these may stop the other hosts too, and Ansible sends no event for them.
        stops_all = task.run_once or task.any_errors_fatal
        if stops_all or self._now.play.max_fail_percentage is not None:
            self._now.is_stopped = True
        self._reasons[host] = reason

    def missed(self, failed_hosts: set[str]) -> Iterator[Missed]:
        """Yield the tasks that did not run; ``failed_hosts`` includes the unreachable hosts."""
        if not self._reasons:
            return
        earlier = failed_hosts - self._reasons.keys()
        for play in self._all:
            state = self._begun.get(play._uuid)
            if state is None:
                # A play starts, with or without hosts, unless a failure ended the run.
                variables = play.get_variable_manager().get_vars(play=play)
                state = _Play(play, list(variables["ansible_play_hosts_all"]), is_stopped=True)
            yield from self._missed_in(state, earlier)
            earlier |= state.failed & failed_hosts

    def _missed_in(self, state: _Play, earlier: set[str]) -> Iterator[Missed]:
        stopped = state.failed | earlier
        if state.is_stopped:
            stopped |= set(state.hosts)
        elif state.failed:
            # If all hosts of a batch fail, Ansible does not start the next batch.
            stopped |= set(state.hosts) - state.begun
        hosts = [host for host in state.hosts if host in stopped]
        if not hosts:
            return
        inventory = state.play.get_variable_manager()._inventory
        tasks = {task._uuid: task for task in (*_written(state.play), *state.included)}
        for uuid, task in tasks.items():
            if not in_check_mode(task) or _is_in_rescue(task):
                continue
            missing = [host for host in hosts if (host, uuid) not in state.reached]
            if task.run_once:
                ran = any(each == uuid for _host, each in state.reached)
                missing = [] if ran else missing[:1]
            for host in missing:
                reason = self._reasons.get(host, "the run stopped before this task")
                message = f'the task "{task.get_name()}" was not reached: {reason}'
                yield Missed(inventory.get_host(host), task, message)


def full_name(task: Any) -> str:
    """Return the full name of a task's module, even if the playbook uses a short one."""
    # Since ansible-core 2.19, resolved_action warns if the action is still a template.
    attribute = "_resolved_action" if "{" in task.action else "resolved_action"
    return str(getattr(task, attribute, None) or task.action)


def in_check_mode(task: Any) -> bool:
    """Return whether a task runs in check mode, by its keyword or the command line."""
    value = task.check_mode
    if isinstance(value, str):  # not evaluated, because the task did not run
        try:
            value = boolean(value)
        except TypeError:
            value = context.CLIARGS.get("check")
    return bool(value)


def _written(play: Any) -> Iterator[Any]:
    """Yield the comparing tasks of a play and its roles that the tags select."""
    variables = play.get_variable_manager().get_vars(play=play)
    for block in play.compile():
        for task in _tasks(block):
            if compares(full_name(task)) and task.evaluate_tags(
                play.only_tags, play.skip_tags, all_vars=variables
            ):
                yield task


def _tasks(block: Any) -> Iterator[Any]:
    """Yield the tasks of a block and its nested blocks, except those in ``rescue``."""
    for each in (*block.block, *block.always):
        if hasattr(each, "block"):
            yield from _tasks(each)
        else:
            yield each


def _is_in_rescue(task: Any) -> bool:
    """Return whether an included task runs only after a failure."""
    child, parent = task, task._parent
    while parent is not None:
        if any(child._uuid == each._uuid for each in getattr(parent, "rescue", ())):
            return True
        child, parent = parent, parent._parent
    return False
