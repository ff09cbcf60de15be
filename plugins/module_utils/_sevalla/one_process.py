# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find the one process of an application that a module acts on."""

from __future__ import annotations

from typing import Any

from .._core.failure import Failure, Problem
from .._core.fields import Options, Process
from .._core.plan import Live
from .._core.planner import alternatives, item_path, locate, refuse_unclear
from .._core.resource import Entry
from .._engine.module import Task
from .._engine.options import process_spec
from .._http.client import Client
from .processes import PROCESSES


def one_process_spec(identifying: tuple[str, ...]) -> dict[str, Any]:
    """Return the argument spec of the options that identify an application and its process."""
    options = process_spec(PROCESSES)
    return {**PROCESSES.scope_spec, **{name: options[name] for name in identifying}}


def check_one(params: dict[str, Any], address: Options, what: str) -> list[Problem]:
    """Return the problems with the options that name the process, before any request.

    ``address`` contains the options that the task sets; ``what`` is the problem if it is not one.
    """
    problems = PROCESSES.check_scope(params)
    # A type next to a name only narrows the search.
    named = [option for option in address if option != "type"] or list(address)
    if len(named) != 1:
        return [*problems, Problem("display_name", what)]
    return [*problems, *PROCESSES.check_address(address, "present")]


def find_one(client: Client, task: Task, address: Options) -> tuple[str, Process]:
    """Return the path of the addressed process, and the process.

    Raises Failure if it is missing, if that is unclear, or if it is not as the options describe it.
    """
    scope, live = PROCESSES.read(client, task.params, [Entry(address)], whole=False)
    task.remember(PROCESSES, live)
    index = Live(PROCESSES, live)
    named = PROCESSES.address(address)
    process = locate(PROCESSES, named, index)
    if process is None:
        refuse_unclear(PROCESSES, named, index)
        hint = " In check mode, a process that an earlier task would create does not exist yet."
        raise Failure(
            f"There is no {named.words} in application {scope}."
            f"{alternatives(PROCESSES, named, index)}{hint if task.check_mode else ''}",
            code="not_found",
        )
    shown = {
        "display_name": process.get("display_name"),
        # Without a type it may have any.
        "type": process.get("type") or address.get("type"),
    }
    for option, have in shown.items():
        want = address.get(option, have)
        if want != have:
            raise Failure(
                f"The {named.words} has {option} {have!r}, not {want!r}. Correct {option}, "
                "or omit it.",
                code="not_found",
            )
    return item_path(PROCESSES, scope, process), process


def words_for(address: Options) -> str:
    """Return the words for the process in messages, without an article."""
    return PROCESSES.address(address).words
