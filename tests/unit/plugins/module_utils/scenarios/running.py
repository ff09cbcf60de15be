# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a scenario runs a module: in this process, with the module's own code, against the emulator.

A scenario for the module for one process can also run with the module for lists, with a list of
one: the same scenarios test both.
"""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any, Callable, NamedTuple, Optional

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.evenkeel.paas.plugins.module_utils._core.failure import Failure
from ansible_collections.evenkeel.paas.plugins.module_utils._engine import module as _module
from ansible_collections.evenkeel.paas.plugins.module_utils._engine.misread import split_misread
from ansible_collections.evenkeel.paas.plugins.module_utils._http import client as _http
from ansible_collections.evenkeel.paas.tests.emulator import world
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.fast_time import (
    FastTime,
)

MODULES = "ansible_collections.evenkeel.paas.plugins.modules"
LISTS = {
    "sevalla_process": "sevalla_processes",
    "laravel_cloud_background_process": "laravel_cloud_background_processes",
}
"""The module for lists that corresponds to each module for one process."""

SCOPE = ("application", "environment", "instance")
STAYING: dict[str, dict[str, Any]] = {
    "sevalla_process": {"type": "web"},
    "laravel_cloud_background_process": {"type": "custom", "command": "php artisan stays"},
}
"""The entry of the list when the process of a scenario is to be absent, and all others are pruned.

It always exists on Sevalla; `let_stay` creates it on Laravel Cloud.
"""


def module_of(name: str) -> _module.Module:
    """Return the work of a module without Ansible's part of it."""
    module: _module.Module = import_module(f"{MODULES}.{name}").MODULE
    return module


class Outcome(NamedTuple):
    """The result of a run, and its requests."""

    result: dict[str, Any]
    message: str | None
    warnings: list[str]
    requests: list[dict[str, Any]]
    progress: list[str]

    @property
    def writes(self) -> list[tuple[str, str, int]]:
        """Return the requests other than GET: method, path and status."""
        return [
            (request["method"], request["path"], request["status"])
            for request in self.requests
            if request["method"] != "GET"
        ]

    @property
    def reads(self) -> list[str]:
        """Return the paths of the GET requests, without their queries."""
        return [
            request["path"].partition("?")[0]
            for request in self.requests
            if request["method"] == "GET"
        ]


Said = tuple[dict[str, Any], Optional[str], list[str], list[str]]
"""A result, the message of a failure, the warnings, and the progress."""


def by_itself(
    module: _module.Module, given: dict[str, Any], check_mode: bool, no_log: bool = False
) -> Said:
    """Run a module without Ansible, except for the parsing of its options."""
    kept, misread = split_misread(module.argument_spec, given)
    parsed = ArgumentSpecValidator(module.argument_spec).validate(kept)
    if parsed.error_messages:
        return {}, "; ".join(parsed.error_messages), [], []
    warnings: list[str] = []
    progress: list[str] = []
    params = parsed.validated_parameters
    task = _module.Task(
        params,
        check_mode,
        warnings.append,
        lambda text, _verbosity: progress.append(text),
        no_log,
        misread,
    )
    try:
        return _module.perform(module, task), None, warnings, progress
    except Failure as failure:
        return failure.as_result(), failure.message, warnings, progress


class Runner:
    """Runs modules against one emulator, without waiting in real time.

    With ``lists`` the modules for lists replace those for one process. With ``no_log`` every task
    has it.
    """

    way: Callable[[_module.Module, dict[str, Any], bool, bool], Said] = staticmethod(by_itself)
    """The way to run; conftest.py runs every scenario in each way."""

    def __init__(self, emulator: Any, lists: bool = False, no_log: bool = False) -> None:
        self.emulator = emulator
        self.lists = lists
        self.no_log = no_log

    def __call__(self, module: str, *, check_mode: bool = False, **options: Any) -> Outcome:
        """Run a module; a failure is an outcome too."""
        if self.lists and module in LISTS:
            given = list_of_one(self.emulator, module, options)
            outcome = self._run(LISTS[module], check_mode, given)
            return as_single(outcome, given["prune"])
        return self._run(module, check_mode, options)

    def _run(self, module: str, check_mode: bool, options: dict[str, Any]) -> Outcome:
        described = module_of(module)
        url = (
            self.emulator.sevalla_url
            if module.startswith("sevalla")
            else self.emulator.laravel_cloud_url
        )
        given = {"api_url": url, "api_token": self.emulator.token, **options}
        first = len(self.emulator.requests)
        result, message, warnings, progress = self.way(described, given, check_mode, self.no_log)
        return Outcome(result, message, warnings, list(self.emulator.requests[first:]), progress)

    def converge(self, module: str, **options: Any) -> tuple[Outcome, Outcome, Outcome]:
        """Run in check mode, for real, and again; check what must hold for every task."""
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
    """Return the options of a module for one process as the module for lists expects them."""
    entry = dict(options)
    state = entry.pop("state", "present")
    spec = module_of(LISTS[module]).argument_spec
    outside = {
        option: entry.pop(option) for option in options if option in spec and option != "processes"
    }
    if module != "sevalla_process" and not outside.get("instance"):
        outside["instance"] = _instance_of(emulator, entry.get("id"))
    prune = state == "absent"
    return {**outside, "processes": [STAYING[module] if prune else entry], "prune": prune}


def _instance_of(emulator: Any, process_id: Any) -> str:
    """Return the instance of a process that is given only by its id: a list always has an
    instance."""
    process = emulator.world.laravel_cloud.processes.get(str(process_id))
    return str(process.parent) if process else world.LARAVEL_CLOUD_PRODUCTION_WORKERS_ID


def let_stay(emulator: Any, instance: str) -> None:
    """Create the process of an instance that is kept when all others are pruned."""
    with emulator.world.lock:
        cloud = emulator.world.laravel_cloud
        body = {"processes": 1, **STAYING["laravel_cloud_background_process"]}
        cloud.create(cloud.instances[instance], body)


def as_single(outcome: Outcome, pruned: bool) -> Outcome:
    """Return the result of the module for lists with a list of one, in the form of the module for
    one.

    Check what the contract says about every result of a list.
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
    """Check that a failure of a write accounts for exactly the steps of the plan."""
    result = outcome.result
    if "plan" not in result:
        assert not {"steps_done", "steps_failed", "steps_not_attempted"} & result.keys()
        return
    failed = [
        {key: step[key] for key in step if key not in ("error", "failure")}
        for step in result["steps_failed"]
    ]
    # Without a failed write, the check after a creation has found a duplicate.
    twins = result["failure"]["code"] == "ambiguous" and result["changed"]
    assert failed or twins
    assert all(step["error"] and step["failure"]["code"] for step in result["steps_failed"])
    reported = [*result["steps_done"], *failed, *result["steps_not_attempted"]]
    assert sorted(map(repr, reported)) == sorted(map(repr, result["plan"]))
    assert not result["steps_done"] or result["changed"] is True


def settled(again: Outcome) -> bool:
    """Return whether a second run changed and wrote nothing."""
    return again.result["changed"] is False and again.writes == [] and again.result["plan"] == []


def no_waiting(monkeypatch: Any) -> list[float]:
    """Replace the client's clock and sleeping; return the list of seconds that it slept."""
    time = FastTime()
    monkeypatch.setattr(_http.Client, "sleep", staticmethod(time.sleep))
    monkeypatch.setattr(_http.Client, "clock", staticmethod(time.clock))
    return time.slept
