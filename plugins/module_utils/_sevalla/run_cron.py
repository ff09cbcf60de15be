# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a cron process of a Sevalla application now, once."""

from __future__ import annotations

from typing import Any

from .._core.failure import Failure
from .._core.plan import Step
from .._engine.module import Module, Task, connected
from .._engine.options import connection_spec
from .._http.client import Client
from .one_process import check_one, find_one, one_process_spec, words_for
from .service import SERVICE

_ADDRESSES = ("id", "key", "display_name")


def cron_module() -> Module:
    """Return the Module that runs a cron process."""
    spec = {**connection_spec(SERVICE), **one_process_spec(_ADDRESSES)}
    return Module(spec, _run)


def _run(task: Task) -> dict[str, Any]:
    params = task.params
    address = {option: params[option] for option in _ADDRESSES if params[option]}
    task.check(*check_one(params, address, "set exactly one of id, key and display_name"))
    with connected(SERVICE, task) as client:
        path, process = find_one(client, task, address)
        if process.get("type") != "cron":
            kind = f"is of type {process['type']}" if process.get("type") else "shows no type"
            raise Failure(
                f"The {words_for(address)} {kind}; only a cron process can be run. A job runs with "
                "each deployment; web and worker processes run all the time.",
                code="not_a_cron",
            )
        step = Step("run", "POST", f"{path}/trigger", None)
        if not task.check_mode:
            client.allow_writes()
            _trigger(client, step)
        return {
            "changed": True,
            "plan": [step.as_result()],
            "process": process,
            "api": client.counters,
        }


def _trigger(client: Client, step: Step) -> None:
    """Send the request once.

    The response does not name the run, and nothing lists runs. If the response is lost, nothing
    shows whether the process ran.
    """
    try:
        client.send("POST", step.path)
    except Failure as failure:
        if failure.outcome_unknown:
            failure.advice.append(
                "It is unknown whether the process was started. Sevalla does not list runs, so the "
                "request was not sent again. Check the log of the process before you run it again."
            )
        failure.result["plan"] = [step.as_result()]
        raise
