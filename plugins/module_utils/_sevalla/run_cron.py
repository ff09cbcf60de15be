# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a cron process of a Sevalla application now, once.

This module is private to the collection.
"""

from __future__ import annotations

from typing import Any

from .._core.failure import Failure, Problem, invalid_options
from .._core.fields import Process
from .._core.plan import Live, Step
from .._core.planner import alternatives, item_path, locate
from .._core.resource import Entry
from .._engine.module import Command, Task, connected
from .._engine.options import connection_spec
from .._http.client import Client
from .processes import PROCESSES

_ADDRESSES = ("id", "key", "display_name")


def run_command() -> Command:
    """The module that runs a cron process."""
    spec = {
        **connection_spec(PROCESSES.service),
        **PROCESSES.scope_spec,
        "id": {"type": "str", "aliases": ["process_id"]},
        "key": {"type": "str", "no_log": False},
        "display_name": {"type": "str", "aliases": ["name"]},
    }
    return Command(spec, _run)


def _run(task: Task) -> dict[str, Any]:
    params = task.params
    address = {option: params[option] for option in _ADDRESSES if params[option]}
    problems = [*PROCESSES.check_scope(params), *task.connection_problems]
    if len(address) != 1:
        problems.append(
            Problem("display_name", "give exactly one of id, key and display_name, to say which")
        )
    else:
        problems += PROCESSES.check_address(address, "present")
    if problems:
        raise invalid_options(problems)
    with connected(PROCESSES.service, task) as client:
        scope, live = PROCESSES.read(client, params, [Entry(address)], whole=False)
        process = _cron(scope, address, live, task.check_mode)
        path = f"{item_path(PROCESSES, scope, process)}/trigger"
        step = Step("run", "POST", path, None)
        if not task.check_mode:
            client.allow_writes()
            _trigger(client, step)
        return {
            "changed": True,
            "plan": [step.told()],
            "process": process,
            "api": client.counters,
        }


def _cron(scope: str, options: dict[str, Any], live: list[Process], check_mode: bool) -> Process:
    """The cron process that the options address; raises Failure when there is none such."""
    address, known = PROCESSES.address(options), Live(PROCESSES, live)
    process = locate(PROCESSES, address, known)
    if process is None:
        hint = " One that a task before would create is not there in check mode."
        raise Failure(
            f"There is no {address.words} in application {scope}."
            f"{alternatives(address, known)}{hint if check_mode else ''}",
            code="not_found",
        )
    if process.get("type") != "cron":
        raise Failure(
            f"The {address.words} is of type {process.get('type')}; only a cron process can be "
            "run. A job runs with the deployments, web and worker processes run all the time.",
            code="not_a_cron",
        )
    return process


def _trigger(client: Client, step: Step) -> None:
    """Send the request, once. The answer names no run, and no list has one: when the answer is
    lost nothing can tell whether it ran."""
    try:
        client.send("POST", step.path)
    except Failure as failure:
        if failure.outcome_unknown:
            failure.message += (
                " Whether the process was started is not known, and nothing lists its runs, so "
                "the request was not sent again: look into its log before it is run again."
            )
        failure.result["plan"] = [step.told()]
        raise
