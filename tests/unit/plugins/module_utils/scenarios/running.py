# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a scenario runs a module: in this process, on the module's own code, against the emulator.

What is asked of the module for one process can be asked of the module for lists instead, with a
list of one: the same scenarios hold both to the same promises.
"""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any, Callable, NamedTuple, Optional

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.evenkeel.paas.plugins.module_utils._core.failure import Failure
from ansible_collections.evenkeel.paas.plugins.module_utils._engine import module as _module
from ansible_collections.evenkeel.paas.plugins.module_utils._http import client as _http
from ansible_collections.evenkeel.paas.tests.emulator import world

MODULES = "ansible_collections.evenkeel.paas.plugins.modules"
LISTS = {
    "sevalla_process": "sevalla_processes",
    "laravel_cloud_background_process": "laravel_cloud_background_processes",
}
"""The module for lists of each module for one process."""

SCOPE = ("application", "environment", "instance")
STAYING: dict[str, dict[str, Any]] = {
    "sevalla_process": {"type": "web"},
    "laravel_cloud_background_process": {"type": "custom", "command": "php artisan stays"},
}
"""What a list of one names when the process of a scenario is to be absent, and all else is pruned.
On Sevalla it is there anyway; `let_stay` sees to it on Laravel Cloud."""


def command_of(module: str) -> _module.Command:
    """What a module does, less Ansible's part in it."""
    command: _module.Command = import_module(f"{MODULES}.{module}").COMMAND
    return command


class Outcome(NamedTuple):
    """What a run of a module ended in, and what it sent."""

    result: dict[str, Any]
    message: str | None
    warnings: list[str]
    requests: list[dict[str, Any]]
    told: list[str]

    @property
    def writes(self) -> list[tuple[str, str, int]]:
        """The requests that were no GET: method, path and the status that they got."""
        return [
            (request["method"], request["path"], request["status"])
            for request in self.requests
            if request["method"] != "GET"
        ]

    @property
    def reads(self) -> list[str]:
        """The paths of the GET requests, without their queries."""
        return [
            request["path"].partition("?")[0]
            for request in self.requests
            if request["method"] == "GET"
        ]


Said = tuple[dict[str, Any], Optional[str], list[str], list[str]]
"""A result, the message of a failure, the warnings, and what was told on the way."""


def by_itself(
    command: _module.Command, given: dict[str, Any], check_mode: bool, no_log: bool = False
) -> Said:
    """Run a command with no Ansible around it but for the parsing of its options."""
    parsed = ArgumentSpecValidator(command.argument_spec).validate(given)
    if parsed.error_messages:
        return {}, "; ".join(parsed.error_messages), [], []
    warnings: list[str] = []
    told: list[str] = []
    params = parsed.validated_parameters
    task = _module.Task(
        params, check_mode, warnings.append, lambda text, _verbosity: told.append(text), no_log
    )
    try:
        return _module.perform(command, task), None, warnings, told
    except Failure as failure:
        return failure.as_result(), failure.message, warnings, told


class Runner:
    """Runs modules against one emulator, without waiting in real time.

    With ``lists`` the modules for one process are stood in for by those for lists. With ``no_log``
    every task has it.
    """

    way: Callable[[_module.Command, dict[str, Any], bool, bool], Said] = staticmethod(by_itself)
    """How; conftest.py has every scenario run in each way that there is."""

    def __init__(self, emulator: Any, lists: bool = False, no_log: bool = False) -> None:
        self.emulator = emulator
        self.lists = lists
        self.no_log = no_log

    def __call__(self, module: str, *, check_mode: bool = False, **options: Any) -> Outcome:
        """Run a module; a failure is an outcome too."""
        if self.lists and module in LISTS:
            given = list_of_one(self.emulator, module, options)
            outcome = self._run(LISTS[module], check_mode, given)
            return told_as_one(outcome, given["prune"])
        return self._run(module, check_mode, options)

    def _run(self, module: str, check_mode: bool, options: dict[str, Any]) -> Outcome:
        command = command_of(module)
        url = (
            self.emulator.sevalla_url
            if module.startswith("sevalla")
            else self.emulator.laravel_cloud_url
        )
        given = {"api_url": url, "api_token": self.emulator.token, **options}
        first = len(self.emulator.requests)
        result, message, warnings, told = self.way(command, given, check_mode, self.no_log)
        return Outcome(result, message, warnings, list(self.emulator.requests[first:]), told)

    def converge(self, module: str, **options: Any) -> tuple[Outcome, Outcome, Outcome]:
        """Run in check mode, for real, and again; hold what must hold for every task."""
        before = self.emulator.world.snapshot()
        checked = self(module, check_mode=True, **options)
        assert checked.message is None, checked.message
        assert checked.writes == [], "check mode wrote"
        assert self.emulator.world.snapshot() == before, "check mode changed something"
        made = self(module, **options)
        assert made.message is None, made.message
        for key in ("changed", "plan", "diff", "deployment_required"):
            assert made.result[key] == checked.result[key], f"check mode disagrees about {key}"
        again = self(module, **options)
        assert again.message is None, again.message
        return checked, made, again


def list_of_one(emulator: Any, module: str, options: dict[str, Any]) -> dict[str, Any]:
    """The options of a module for one process, as the module for lists takes them."""
    entry = dict(options)
    state = entry.pop("state", "present")
    spec = command_of(LISTS[module]).argument_spec
    outside = {
        option: entry.pop(option) for option in options if option in spec and option != "processes"
    }
    if module != "sevalla_process" and not outside.get("instance"):
        outside["instance"] = _instance_of(emulator, entry.get("id"))
    prune = state == "absent"
    return {**outside, "processes": [STAYING[module] if prune else entry], "prune": prune}


def _instance_of(emulator: Any, process_id: Any) -> str:
    """The instance of a process that is given by its id alone: a list always belongs to one."""
    process = emulator.world.laravel_cloud.processes.get(str(process_id))
    return str(process.parent) if process else world.LARAVEL_CLOUD_PRODUCTION_WORKERS_ID


def let_stay(emulator: Any, instance: str) -> None:
    """Give an instance the process that stays when all others are pruned."""
    with emulator.world.lock:
        cloud = emulator.world.laravel_cloud
        body = {"processes": 1, **STAYING["laravel_cloud_background_process"]}
        cloud.create(cloud.instances[instance], body)


def told_as_one(outcome: Outcome, pruned: bool) -> Outcome:
    """What the module for lists said of a list of one, in the words of the module for one.

    Holds on the way what is promised of every result of a list.
    """
    result, message = dict(outcome.result), outcome.message
    if message is None:
        listed, diffs = result.pop("processes"), result.pop("diff")
        assert len(listed) == 1
        assert all(diff["before_header"] == diff["after_header"] != "" for diff in diffs)
        assert len(diffs) == 1 or pruned
        nothing = {"before": {}, "after": {}}
        diff = nothing if pruned and len(diffs) == 1 else diffs[-1]
        result["process"] = None if pruned else listed[0]
        result["diff"] = {"before": diff["before"], "after": diff["after"]}
        return outcome._replace(result=result)
    adds_up(outcome)
    message = re.sub(_PARTIAL, "", message)
    message = re.sub(r"processes\[0\](\.|: )", "", message)
    details = result.get("failure", {}).get("details")
    if result.get("failure", {}).get("code") == "invalid_options" and details:
        for detail in details:
            detail["option"] = re.sub(r"^processes\[0\]\.?", "", detail["option"])
    return outcome._replace(result=result, message=message)


_PARTIAL = (
    r"^\d+ of \d+ writes failed, \d+ (?:is|are) done and \d+ (?:was|were) not attempted; run the "
    r"task again for the rest\. (processes\[0\]|prune) \(.*?\): "
)


def adds_up(outcome: Outcome) -> None:
    """Hold that a failure of a write accounts for every step of the plan, and for no other."""
    result = outcome.result
    if "plan" not in result:
        assert not {"steps_done", "steps_failed", "steps_not_attempted"} & result.keys()
        return
    failed = [
        {key: step[key] for key in step if key not in ("error", "failure")}
        for step in result["steps_failed"]
    ]
    assert failed
    assert all(step["error"] and step["failure"]["code"] for step in result["steps_failed"])
    told = [*result["steps_done"], *failed, *result["steps_not_attempted"]]
    assert sorted(map(repr, told)) == sorted(map(repr, result["plan"]))
    assert not result["steps_done"] or result["changed"] is True


def settled(again: Outcome) -> bool:
    """Whether a second run changed nothing and wrote nothing."""
    return again.result["changed"] is False and again.writes == [] and again.result["plan"] == []


def no_waiting(monkeypatch: Any) -> list[float]:
    """Let the client's clock stand in for time; the list fills with the seconds it slept."""
    slept: list[float] = []
    monkeypatch.setattr(_http.Client, "sleep", staticmethod(slept.append))
    return slept
