# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What must hold for every run, whatever its options and the responses are."""

from __future__ import annotations

import json
import re
import traceback
from typing import Any
from urllib.parse import parse_qsl

from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.running import (
    Outcome,
    Runner,
)

SEVALLA = "sevalla_process"
LARAVEL_CLOUD = "laravel_cloud_background_process"
ACTING = {
    "sevalla_process_run": "process",
    "sevalla_deployment": "deployment",
    "laravel_cloud_deployment": "deployment",
    "sevalla_process_exec": "cmd",
    "laravel_cloud_command": "command",
}
"""The modules that act each time, and the keys of their results."""

COMMANDS = ("sevalla_process_exec", "laravel_cloud_command")
"""The modules that Ansible skips in check mode."""

_UUID = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_TAIL = "[0-9A-Za-z-]+"
PATHS = {
    "sevalla": {
        "GET": (
            "/applications",
            f"/applications/{_UUID}",
            "/resources/process-resource-types",
            f"/applications/{_UUID}/processes",
            f"/applications/{_UUID}/processes/{_UUID}",
            f"/applications/{_UUID}/deployments",
            f"/applications/{_UUID}/deployments/{_UUID}",
        ),
        "POST": (
            f"/applications/{_UUID}/processes",
            f"/applications/{_UUID}/processes/{_UUID}/trigger",
            f"/applications/{_UUID}/processes/{_UUID}/exec",
            f"/applications/{_UUID}/deployments",
        ),
        "PATCH": (f"/applications/{_UUID}/processes/{_UUID}",),
        "DELETE": (f"/applications/{_UUID}/processes/{_UUID}",),
    },
    "laravel_cloud": {
        "GET": (
            "/applications",
            f"/applications/app-{_TAIL}/environments",
            f"/environments/env-{_TAIL}/instances",
            f"/instances/inst-{_TAIL}",
            f"/instances/inst-{_TAIL}/background-processes",
            f"/background-processes/process-{_TAIL}",
            f"/environments/env-{_TAIL}/deployments",
            f"/deployments/depl-{_TAIL}",
            f"/environments/env-{_TAIL}/commands",
            f"/commands/comm-{_TAIL}",
        ),
        "POST": (
            f"/instances/inst-{_TAIL}/background-processes",
            f"/environments/env-{_TAIL}/deployments",
            f"/environments/env-{_TAIL}/commands",
        ),
        "PATCH": (f"/background-processes/process-{_TAIL}",),
        "DELETE": (f"/background-processes/process-{_TAIL}",),
    },
}
"""All paths that these modules may request."""

QUERY = {"limit", "offset", "page", "include"}


def strayed(outcome: Outcome) -> list[str]:
    """Return the requests of a run with other paths than those of the two services' processes."""
    stray = []
    for request in outcome.requests:
        path, _mark, query = request["path"].partition("?")
        known = PATHS[request["service"]].get(request["method"], ())
        asked = {name for name, _value in parse_qsl(query, keep_blank_values=True)}
        if not any(re.fullmatch(pattern, path) for pattern in known) or not asked <= QUERY:
            stray.append(f"{request['method']} {request['path']}")
    return stray


def run_any(run: Runner, module: str, check_mode: bool = False, **options: Any) -> Outcome | None:
    """Run a module and check what must hold for all runs; return None if ansible-core itself
    failed.

    ansible-core's own parsing of options raises for some values (a number for a dict, infinity for
    a number), in every module of every collection, and before the module runs.
    """
    before = len(run.emulator.requests)
    try:
        outcome = run(module, check_mode=check_mode, **options)
    except RecursionError:
        raise
    except Exception as error:
        files = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
        if not any("/paas/plugins/module_utils/" in file for file in files):
            assert len(run.emulator.requests) == before
            return None
        raise
    assert strayed(outcome) == []
    json.dumps(outcome.result)
    json.dumps(outcome.warnings)
    if check_mode:
        assert outcome.writes == []
    if outcome.message is None and module.endswith("_info"):
        assert outcome.result.keys() == {"changed", "processes", "desired", "api"}
        assert len(outcome.result["processes"]) == len(outcome.result["desired"])
        assert outcome.writes == []
    elif outcome.message is None:
        shown = {ACTING[module]} if module in ACTING else {"diff", "process"}
        assert {"changed", "plan", "api"} | shown <= outcome.result.keys()
        skipped = check_mode and module in COMMANDS
        assert outcome.result.get("skipped", False) == skipped
        assert outcome.result["changed"] == (bool(outcome.result["plan"]) and not skipped)
    else:
        assert outcome.message.strip()
        assert "Traceback" not in outcome.message
        assert not re.search(r" at 0x[0-9a-f]{6,}", outcome.message), "an object's address"
        if not outcome.result:  # refused by the argument spec
            assert outcome.requests == []
        elif outcome.message.startswith("Another task or person created the same"):
            assert outcome.result["failure"]["code"] == "ambiguous"
            assert outcome.result["changed"] is True
            assert "POST" in [write[0] for write in outcome.writes]
        elif outcome.result["failure"]["code"] in ("invalid_options", "no_token", "ambiguous"):
            assert outcome.writes == []
            # A module that only reads does not report changed.
            assert outcome.result.get("changed", not module.endswith("_info")) is False
    return outcome


def started(emulator: Any) -> int:
    """Return the number of deployments, runs and commands on both services."""
    snapshot = emulator.world.snapshot()
    sevalla = snapshot["sevalla"]["applications"]
    kinds = ("deployments", "runs", "execs")
    return sum(len(each[kind]) for each in sevalla for kind in kinds) + sum(
        len(environment["deployments"]) + len(environment["commands"])
        for application in snapshot["laravel_cloud"]["applications"]
        for environment in application["environments"]
    )


def stored(emulator: Any) -> int:
    """Return the number of processes on both services, including deleted ones."""
    snapshot = emulator.world.snapshot()
    sevalla = sum(len(each["processes"]) for each in snapshot["sevalla"]["applications"])
    return sevalla + sum(
        len(instance["background_processes"])
        for application in snapshot["laravel_cloud"]["applications"]
        for environment in application["environments"]
        for instance in environment["instances"]
    )
