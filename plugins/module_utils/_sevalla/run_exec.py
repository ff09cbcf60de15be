# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run one command inside a running process of a Sevalla application.

Facts are from the service's documentation (v3/applications/run-a-command-in-a-process). It does not
give the range of ``timeout``: its example is 15 seconds, and a minute is what its other requests
would allow.
"""

from __future__ import annotations

import shlex
from typing import Any

from .._core.failure import Failure, Problem, in_seconds
from .._core.fields import at
from .._core.plan import Step
from .._engine.command_result import SKIPPED, command_failed, return_code, streams
from .._engine.module import Module, Task, connected
from .._engine.options import connection_spec
from .._http.client import Client
from .._http.settings import out_of_bounds
from .one_process import check_one, find_one, one_process_spec, words_for
from .service import SERVICE

_ADDRESSES = ("id", "key", "display_name", "type")
_MOST_WORDS = 100
_LONGEST = 60

_TIMED_OUT = 124
"""The return code of timeout(1) if the command times out."""

_NOT_RUNNING = (
    "A command needs a running instance: a web or worker process that is deployed and not scaled "
    "to 0."
)
_READ_ONLY = "A read-only API key can run only these commands: ls, cat, env, ps and grep."
_ADVICE = {**dict.fromkeys((400, 404, 409, 422), _NOT_RUNNING), 403: _READ_ONLY}


def exec_module() -> Module:
    """Return the Module that runs a command in a process."""
    spec = {
        **connection_spec(SERVICE),
        **one_process_spec(_ADDRESSES),
        "argv": {"type": "list", "elements": "str"},
        "cmd": {"type": "str"},
        "timeout": {"type": "int", "default": 15},
    }
    return Module(spec, _run)


def _run(task: Task) -> dict[str, Any]:
    params = task.params
    address = {option: params[option] for option in _ADDRESSES if params[option]}
    words, problems = _words(params["argv"], params["cmd"])
    what = "set exactly one of id, key, display_name and type: web"
    problems += check_one(params, address, what)
    problems += out_of_bounds(params, {"timeout": 1}, _LONGEST)
    task.check(*problems)
    with connected(SERVICE, task) as client:
        path, _process = find_one(client, task, address)
        body = {"command": words, "timeout": params["timeout"]}
        step = Step("exec", "POST", f"{path}/exec", body)
        base_result = {"cmd": words, "plan": [step.as_result()]}
        if task.check_mode:
            ended = {**SKIPPED, **streams(stdout="", stderr="")}
        else:
            client.allow_writes()
            try:
                ended = _exec(client, step, words_for(address))
            except Failure as failure:
                failure.result.update(base_result)
                raise
        return {**base_result, **ended, "api": client.counters}


def _words(argv: list[str] | None, cmd: str | None) -> tuple[list[str], list[Problem]]:
    """Return the words of the command, and the problems with argv and cmd."""
    if (argv is None) == (cmd is None):
        return [], [Problem("cmd", "set exactly one of argv and cmd")]
    option, words = "argv", argv or []
    if cmd is not None:
        option = "cmd"
        try:
            words = shlex.split(cmd)
        except ValueError as error:
            return [], [Problem(option, f"cannot be split into words: {error}")]
    if not words or not words[0]:
        return [], [Problem(option, "is empty")]
    if len(words) > _MOST_WORDS:
        what = f"must have 1 to {_MOST_WORDS} words, not {len(words)}"
        return [], [Problem(option, what)]
    return words, []


def _exec(client: Client, step: Step, process: str) -> dict[str, Any]:
    """Send the request once, and return the command's result; raise Failure if it failed.

    Nothing lists commands, so the outcome is unknown if the response is lost.
    """
    timeout = (step.body or {})["timeout"]
    try:
        answer = client.send("POST", step.path, body=step.body, extra_seconds=timeout)
        rc = return_code(at(answer, "exit_code"))
        if rc is None:
            what = "something that is not the result of a command"
            raise client.unexpected("POST", step.path, what)
    except Failure as failure:
        if failure.status == 408:  # the command timed out, and may have done part of its work
            failure.outcome_unknown = True
        if failure.outcome_unknown:
            failure.advice.append(
                "It is unknown whether the command ran. Sevalla does not list commands, so the "
                f"request was not sent again. timeout is {in_seconds(timeout)}. Look for the "
                "command's effects before you run it again."
            )
        if failure.status in _ADVICE and failure.code != "unexpected_answer":
            failure.advice.append(_ADVICE[failure.status])
        raise
    result = {
        "changed": True,
        "rc": rc,
        **streams(stdout=answer.get("stdout"), stderr=answer.get("stderr")),
    }
    if rc:
        ended = f"The command in the {process} exited with the non-zero return code {rc}"
        if rc == _TIMED_OUT:
            ended += f"; it may have run longer than timeout, which is {in_seconds(timeout)}"
        failed = command_failed(ended, answer.get("stderr") or answer.get("stdout"))
        failed.result.update(result)
        raise failed
    return result
