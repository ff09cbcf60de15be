# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find the comparing tasks that did not run for a host because of an earlier failure.

Ansible sends no event for a task that a host does not reach. The plays show which tasks should have
run, and the events show which did.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatch
from typing import Any, NamedTuple

from ansible import context
from ansible.errors import AnsibleError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.playbook.task_include import TaskInclude
from ansible.template import Templar

from ._drift import COLLECTION, SCOPE_NAMES, SERVICES, compares


class Missed(NamedTuple):
    """A task that did not run for a host, and the reason; host and task are Ansible's objects.

    ``options`` are those of the task, as far as they name its scope.
    """

    host: Any
    task: Any
    options: dict[str, Any]
    message: str


@dataclass
class _Play:
    """A play that started: Ansible's object, the names of its hosts, and what happened.

    ``reached`` has the hosts and uuids of the tasks that ran or were skipped. ``failures`` has the
    uuids of the tasks that failed on a host, in order, each with the reason. ``included`` are the
    comparing tasks of files and roles that were included while the play ran, from the ``blocks``
    with these uuids, and ``loads`` counts how often a host included a file.
    """

    play: Any
    hosts: list[str]
    begun: set[str] = field(default_factory=set)
    reached: set[tuple[str, str]] = field(default_factory=set)
    skipped: set[tuple[str, str]] = field(default_factory=set)
    failures: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    is_stopped: bool = False
    included: dict[str, Any] = field(default_factory=dict)
    blocks: set[str] = field(default_factory=set)
    loads: dict[str, Counter[str]] = field(default_factory=dict)

    def missed(self, host: str, tasks: dict[str, Any]) -> Iterator[Any]:
        """Yield the tasks of a host that did not run, of all that are written in the play, and of
        those that the host has included, or might have."""
        for uuid, task in tasks.items():
            if (host, uuid) not in self.reached:
                yield task
        for place, copies in _by_place(self.included.values()).items():
            includes = _includes(copies[0])
            if any((host, include._uuid) in self.skipped for include in includes):
                continue
            left = [each for each in copies if (host, each._uuid) not in self.reached]
            loads = self.loads.get(place.rpartition(":")[0])
            if loads is not None and (host, includes[0]._uuid) in self.reached:
                # With the strategy free, each host has its own copy of a task.
                left = left[: max(0, loads[host] - (len(copies) - len(left)))]
            yield from left


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
        """Record the start of a task. If it was included, its file may have more."""
        block = _included_block(task)
        if block is not None and block._uuid not in self._now.blocks:
            self._now.blocks.add(block._uuid)
            tasks = _comparing(self._now.play, block)
            self._now.included.update((each._uuid, each) for each in tasks)

    def include(self, path: str, hosts: list[str]) -> None:
        """Record that hosts include a file."""
        self._now.loads.setdefault(os.path.realpath(path), Counter()).update(hosts)

    def reach(self, host: str, task: Any, is_skipped: bool = False) -> None:
        """Record a task that ran for a host, or was skipped."""
        self._now.reached.add((host, task._uuid))
        if is_skipped:
            self._now.skipped.add((host, task._uuid))

    def fail(self, host: str, task: Any, reason: str) -> None:
        """Record a failure that nothing ignores, or an unreachable host."""
        self._now.failures.setdefault(host, []).append((task._uuid, reason))
        self._reasons[host] = reason
        # Either stops the other hosts too, and Ansible sends no event for them.
        if (task.run_once or task.any_errors_fatal) and not _is_rescued(task):
            self._now.is_stopped = True

    def end(self) -> None:
        """Record that a play has no hosts left. It may have stopped some that did not fail."""
        if self._now.play.max_fail_percentage is not None:
            self._now.is_stopped = True

    def missed(self, failed_hosts: set[str]) -> Iterator[Missed]:
        """Yield the tasks that did not run; ``failed_hosts`` includes the unreachable hosts."""
        if not self._reasons:
            return
        earlier = failed_hosts - self._reasons.keys()
        for play in self._all:
            state = self._begun.get(play._uuid)
            if state is None:
                # A play starts, with or without hosts, unless a failure ended the run.
                state = _Play(play, _hosts_of(play), is_stopped=True)
            yield from self._missed_in(state, earlier)
            earlier |= state.failures.keys() & failed_hosts

    def _missed_in(self, state: _Play, earlier: set[str]) -> Iterator[Missed]:
        stopped = state.failures.keys() | earlier
        if state.is_stopped:
            stopped |= set(state.hosts)
        elif state.failures:
            # If all hosts of a batch fail, Ansible does not start the next batch.
            stopped |= set(state.hosts) - state.begun
        hosts = [host for host in state.hosts if host in stopped]
        if not hosts:
            return
        inventory = state.play.get_variable_manager()._inventory
        order, written = _written(state.play)
        for name in hosts:
            host = inventory.get_host(name)
            for task in state.missed(name, written):
                if not in_check_mode(task) or _is_in_rescue(task):
                    continue
                if task.run_once and (
                    name != hosts[0] or any(each == task._uuid for _host, each in state.reached)
                ):
                    continue
                reason = self._reason(state, name, order, task)
                message = f'the task "{task.get_name()}" was not reached: {reason}'
                yield Missed(host, task, _scope_options(state.play, host, task), message)

    def _reason(self, state: _Play, host: str, order: dict[str, int], task: Any) -> str:
        """Return why a host did not reach a task: its last failure before it."""
        place = order.get(task._uuid, len(order))
        before = [
            reason for uuid, reason in state.failures.get(host, ()) if order.get(uuid, -1) < place
        ]
        if before:
            return before[-1]
        return self._reasons.get(host, "the run stopped before this task")


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


def _hosts_of(play: Any) -> list[str]:
    """Return the names of the hosts of a play that did not start."""
    manager = play.get_variable_manager()
    variables = manager.get_vars(play=play)
    templar = Templar(loader=play.get_loader(), variables=variables)
    if not templar.is_template(play.hosts):
        return list(variables["ansible_play_hosts_all"])
    # Ansible itself has not evaluated the template, and would return all hosts of the inventory.
    try:
        pattern = templar.template(play.hosts)
    except AnsibleError:
        return []
    # The inventory is still restricted to the hosts of the last play.
    hosts = manager._inventory.get_hosts(pattern, ignore_restrictions=True)
    return [host.get_name() for host in hosts]


def _scope_options(play: Any, host: Any, task: Any) -> dict[str, Any]:
    """Return the options that name the scope of a task that did not run, as far as Ansible can
    evaluate them, with those of ``module_defaults``."""
    name = full_name(task)
    given: dict[str, Any] = {}
    for defaults in task.module_defaults or []:
        for group in SERVICES:
            if name.startswith(f"{COLLECTION}{group}_"):
                given.update(defaults.get(f"group/{COLLECTION}{group}") or {})
        given.update(defaults.get(name) or {})
    given.update(task.args)
    variables = play.get_variable_manager().get_vars(play=play, host=host, task=task)
    templar = Templar(loader=play.get_loader(), variables=variables)
    options = {}
    for option in SCOPE_NAMES & given.keys():
        try:
            options[option] = templar.template(given[option])
        except AnsibleError:
            options[option] = given[option]
    return options


def _written(play: Any) -> tuple[dict[str, int], dict[str, Any]]:
    """Return the places of all tasks of a play and its roles, by their uuids, and the comparing
    tasks that the tags and the option ``--start-at-task`` select."""
    blocks = play.compile()
    every = [task for block in blocks for task in _tasks(block, rescue=True)]
    order = {task._uuid: place for place, task in enumerate(every)}
    start = context.CLIARGS.get("start_at_task")
    names = [(task.name or "", task.get_name()) for task in every] if start else []
    first = next((at for at, each in enumerate(names) if any(fnmatch(n, start) for n in each)), 0)
    found = {
        task._uuid: task
        for block in blocks
        for task in _comparing(play, block)
        if order[task._uuid] >= first
    }
    return order, found


def _comparing(play: Any, block: Any) -> Iterator[Any]:
    """Yield the comparing tasks of a block that the tags select."""
    variables = play.get_variable_manager().get_vars(play=play)
    for task in _tasks(block):
        if compares(full_name(task)) and task.evaluate_tags(
            play.only_tags, play.skip_tags, all_vars=variables
        ):
            yield task


def _tasks(block: Any, rescue: bool = False) -> Iterator[Any]:
    """Yield the tasks of a block and its nested blocks; those in ``rescue`` only on request."""
    for each in (*block.block, *(block.rescue if rescue else ()), *block.always):
        if hasattr(each, "block"):
            yield from _tasks(each, rescue)
        else:
            yield each


def _ancestors(task: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each child and parent above a task, the nearest first: blocks, includes and roles."""
    child, parent = task, task._parent
    while parent is not None:
        yield child, parent
        child, parent = parent, parent._parent


def _includes(task: Any) -> list[Any]:
    """Return the tasks that included a task while the play ran, the nearest one first."""
    return [
        parent
        for _child, parent in _ancestors(task)
        if isinstance(parent, TaskInclude) and not parent.statically_loaded
    ]


def _included_block(task: Any) -> Any:
    """Return the widest block around a task in the file that was included, None if it was not.

    Ansible does not keep the other blocks of the file where this plugin could find them.
    """
    includes = _includes(task)
    block = task._parent
    while includes and block._parent is not None and block._parent is not includes[0]:
        block = block._parent
    return block if includes else None


def _by_place(tasks: Any) -> dict[str, list[Any]]:
    """Return tasks by the file and line in which they are written."""
    found: dict[str, list[Any]] = {}
    for task in tasks:
        file, _colon, line = task.get_path().rpartition(":")
        found.setdefault(f"{os.path.realpath(file)}:{line}", []).append(task)
    return found


def _is_rescued(task: Any) -> bool:
    """Return whether a block would rescue the failure of a task."""
    return any(
        getattr(parent, "rescue", None) and _contains(parent.block, child)
        for child, parent in _ancestors(task)
    )


def _is_in_rescue(task: Any) -> bool:
    """Return whether an included task runs only after a failure."""
    return any(
        _contains(getattr(parent, "rescue", ()), child) for child, parent in _ancestors(task)
    )


def _contains(tasks: Any, task: Any) -> bool:
    return any(each._uuid == task._uuid for each in tasks)
