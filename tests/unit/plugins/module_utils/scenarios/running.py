# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a scenario runs a module: in this process, on the module's own code, against the emulator."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Callable, NamedTuple, Optional

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.evenkeel.paas.plugins.module_utils import _http, _module
from ansible_collections.evenkeel.paas.plugins.module_utils._failure import Failure

MODULES = "ansible_collections.evenkeel.paas.plugins.modules"


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


def by_itself(command: _module.Command, given: dict[str, Any], check_mode: bool) -> Said:
    """Run a command with no Ansible around it but for the parsing of its options."""
    parsed = ArgumentSpecValidator(command.argument_spec).validate(given)
    if parsed.error_messages:
        return {}, "; ".join(parsed.error_messages), [], []
    warnings: list[str] = []
    told: list[str] = []
    task = _module.Task(parsed.validated_parameters, check_mode, warnings.append, told.append)
    try:
        return _module.perform(command, task), None, warnings, told
    except Failure as failure:
        return failure.as_result(), failure.message, warnings, told


class Runner:
    """Runs modules against one emulator, without waiting in real time."""

    way: Callable[[_module.Command, dict[str, Any], bool], Said] = staticmethod(by_itself)
    """How; conftest.py has every scenario run in each way that there is."""

    def __init__(self, emulator: Any) -> None:
        self.emulator = emulator

    def __call__(self, module: str, *, check_mode: bool = False, **options: Any) -> Outcome:
        """Run a module; a failure is an outcome too."""
        command = command_of(module)
        url = (
            self.emulator.sevalla_url
            if module.startswith("sevalla")
            else self.emulator.laravel_cloud_url
        )
        given = {"api_url": url, "api_token": self.emulator.token, **options}
        first = len(self.emulator.requests)
        result, message, warnings, told = self.way(command, given, check_mode)
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


def settled(again: Outcome) -> bool:
    """Whether a second run changed nothing and wrote nothing."""
    return again.result["changed"] is False and again.writes == [] and again.result["plan"] == []


def no_waiting(monkeypatch: Any) -> list[float]:
    """Let the client's clock stand in for time; the list fills with the seconds it slept."""
    slept: list[float] = []
    monkeypatch.setattr(_http.Client, "sleep", staticmethod(slept.append))
    return slept
