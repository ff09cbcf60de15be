# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run one command on an environment of Laravel Cloud, and wait until it ends.

Facts are from responses of the live service in April 2026 and from the vendor's CLI.
"""

from __future__ import annotations

from typing import Any, ClassVar

from .._core.failure import Failure, Problem
from .._core.plan import Step
from .._engine.command_result import SKIPPED, command_failed, return_code, streams
from .._engine.module import Module, Task, connected
from .._engine.options import connection_spec
from .._engine.pending import moment
from .._engine.start import run_operation
from .._engine.watch import (
    Operation,
    Statuses,
    Watch,
    waiting_problems,
    waiting_spec,
)
from .operations import EnvironmentOperations
from .service import (
    ENVIRONMENT_SPEC,
    SERVICE,
    check_environment,
)

_LONGEST = 150_000
"""The maximum length of a command in characters, from the service's description."""


class LaravelCloudCommands(EnvironmentOperations):
    """The commands of an environment."""

    noun = "command"
    collection = "commands"
    listed_time = "created_at"  # the recorded list has one command
    options: ClassVar[dict[str, Any]] = {
        **ENVIRONMENT_SPEC,
        "cmd": {"type": "str", "required": True},
    }
    statuses = Statuses(
        running=frozenset({"pending", "command.created", "command.running"}),
        success="command.success",
        failed=frozenset({"command.failure"}),
    )
    poll_interval = 2
    wait_timeout = 600
    # A list that lags behind would not show a command that runs, and a command may do anything.
    is_resent = False

    def check_options(self, params: dict[str, Any]) -> list[Problem]:
        problems = check_environment(
            params, "is required: the environment in which the command runs"
        )
        length = len(params["cmd"])
        if not params["cmd"].strip():
            problems.append(Problem("cmd", "is empty"))
        elif length > _LONGEST:
            what = f"must have 1 to {_LONGEST} characters, not {length}"
            problems.append(Problem("cmd", what))
        return problems

    def request(self, scope: str, params: dict[str, Any]) -> Step:
        return Step("run", "POST", self.list_path(scope), {"command": params["cmd"]})

    def predict(self, scope: str, step: Step) -> Operation:
        return {"environment_id": scope, **(step.body or {})}

    def failure(self, watch: Watch) -> Failure | None:
        """Return the failure of a command that has ended, with the end of its output, or None."""
        command = watch.operation
        rc = return_code(command.get("exit_code"))
        status, reason = command.get("status"), command.get("failure_reason")
        if status == self.statuses.success and not rc:
            return None
        ended = f"{watch.words} exited with the non-zero return code {rc}"
        if not rc:
            ended = f"{watch.words} ended as {status}"
            ended += " without a return code" if rc is None else " with the return code 0"
        ended += watch.reason
        return command_failed(ended, command.get("output"), {**watch.details, "reason": reason})

    def as_result(self, operation: Operation) -> dict[str, Any]:
        """Return the command, and its outcome with the result keys of ansible.builtin.command.

        Ansible treats a null ``rc`` as a failure, so it is omitted until it is known.
        """
        rc = return_code(operation.get("exit_code"))
        start, end = operation.get("started_at"), operation.get("finished_at")
        started, ended = moment(start), moment(end)
        return {
            **({} if rc is None else {"rc": rc}),
            **streams(stdout=operation.get("output")),
            "start": start,
            "end": end,
            "delta": str(ended - started) if started and ended else None,
            self.noun: operation,
        }

    def may_come_of(self, step: Step, operation: Operation) -> bool:
        """Return whether the texts match, trimmed because Laravel trims its input."""
        return _trimmed(operation) == _trimmed(step.body or {})


COMMANDS = LaravelCloudCommands()


def command_module() -> Module:
    """Return the Module that runs a command on an environment."""
    spec = {**connection_spec(SERVICE), **COMMANDS.options, **waiting_spec(COMMANDS)}
    return Module(spec, _run)


def _run(task: Task) -> dict[str, Any]:
    params = task.params
    task.check(*COMMANDS.check_options(params), *waiting_problems(params))
    with connected(SERVICE, task) as client:
        scope = COMMANDS.find_scope(client, params)
        before = COMMANDS.newest(client, scope)
        step = COMMANDS.request(scope, params)
        base_result = {"cmd": params["cmd"], "plan": [step.as_result()]}
        result = run_operation(Watch(COMMANDS, client, scope, task), step, before, base_result)
        return {**result, **SKIPPED} if task.check_mode else result


def _trimmed(command: dict[str, Any]) -> str:
    return str(command.get("command")).strip()
