# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Ansible and a module say to each other: a command, given a task, makes a result.

Each file of ``plugins/modules`` is its documentation and one ``COMMAND``.

This module is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any, Callable, NamedTuple

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from .._core.failure import Failure
from .._http import client as _http
from .._http.settings import Service
from .options import settings

_LONG_WAIT = 10
"""Seconds of waiting from which on a task says so."""


def _tell_nobody(text: str) -> None:
    """A module in a process of its own cannot show anything before it ends."""


class Task(NamedTuple):
    """What a run is given: parsed options, check mode, where a warning goes, and ``tell``, which
    takes a sentence about the progress of a run that takes long. With ``no_log`` nothing may be
    shown that a command or a build has printed."""

    params: dict[str, Any]
    check_mode: bool
    warn: Callable[[str], None]
    tell: Callable[[str], None] = _tell_nobody
    no_log: bool = False


class Command(NamedTuple):
    """A module less Ansible's part in it.

    ``run(task)`` gives the module's result, or raises Failure, which holds all that a failed
    task reports. ``writes`` is false for a module that can only read.
    """

    argument_spec: dict[str, Any]
    run: Callable[[Task], dict[str, Any]]
    writes: bool = True


def run_module(command: Command) -> None:
    """Be the module in a process of its own, as Ansible starts it."""
    module = AnsibleModule(command.argument_spec, supports_check_mode=True)
    missing = missing_library()
    if missing:
        module.fail_json(msg=missing_required_lib(missing), exception=_http.IMPORT_ERROR)
    try:
        result = perform(
            command, Task(module.params, module.check_mode, module.warn, no_log=module.no_log)
        )
    except Failure as failure:
        module.fail_json(msg=failure.message, **failure.as_result())
    module.exit_json(**result)


def missing_library() -> str | None:
    """The name of a package that is needed and not installed, or None."""
    if _http.IMPORT_ERROR:
        return "requests"
    # Imported only when something is to be sent, missed before anything is.
    return "jsonschema" if find_spec("jsonschema") is None else None


def perform(command: Command, task: Task) -> dict[str, Any]:
    """The result of a command; raises Failure, which says whether anything was changed."""
    try:
        return command.run(task)
    except Failure as failure:
        if command.writes and not failure.result.setdefault("changed", False):
            failure.message += "" if failure.outcome_unknown else " Nothing was changed."
        if failure.printed and task.no_log:
            # From ansible-core 2.19 on the message of a failed task is shown with no_log too.
            failure.printed = " The last lines of the output are hidden, because of no_log."
        failure.message += failure.printed
        raise


@contextmanager
def connected(service: Service, task: Task) -> Iterator[_http.Client]:
    """A client for one task, which still only reads.

    Warns of what makes the connection unsafe and of long waiting; a Failure inside gets what
    the task has cost.
    """
    if not task.params["validate_certs"]:
        task.warn("validate_certs is false: anybody in between can read and use the token.")
    with _http.Client(service, settings(task.params)) as client:
        try:
            yield client
        except Failure as failure:
            failure.result["api"] = client.counters
            raise
        if client.waited >= _LONG_WAIT:
            task.warn(
                f"{service.name} made this task wait: it waited {client.waited:.0f} "
                f"seconds for {client.repeated} repeated request(s)."
            )
