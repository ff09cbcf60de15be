# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""RETURN documents exactly the returned keys, for success and failure, in check mode and not."""

from __future__ import annotations

import keyword
from typing import Any

import flask
import pytest

from ansible_collections.evenkeel.paas.plugins.module_utils._laravel_cloud.processes import (
    PROCESSES as LARAVEL_CLOUD_PROCESSES,
)
from ansible_collections.evenkeel.paas.plugins.module_utils._sevalla.processes import (
    PROCESSES as SEVALLA_PROCESSES,
)
from ansible_collections.evenkeel.paas.tests.emulator import Emulator, Hooks, world
from ansible_collections.evenkeel.paas.tests.emulator.outcomes import CommandOutcome, ExecOutcome
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.parity.documented import (
    ANSIBLES_OWN,
    MODULES,
    returns,
    run,
    undocumented,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.running import (
    no_waiting,
)

SEVALLA, LARAVEL = "sevalla_process", "laravel_cloud_background_process"
DEPLOYMENTS = ("sevalla_deployment", "laravel_cloud_deployment")
RUN = "sevalla_process_run"
COMMANDS = ("sevalla_process_exec", "laravel_cloud_command")
LISTS = {
    SEVALLA: "sevalla_processes",
    LARAVEL: "laravel_cloud_background_processes",
}
INFOS = {SEVALLA: "sevalla_process_info", LARAVEL: "laravel_cloud_background_process_info"}


@pytest.fixture(autouse=True)
def no_sleep(monkeypatch):
    """Replace sleeping, and remove the machine's environment variables."""
    no_waiting(monkeypatch)
    for backend in (LARAVEL_CLOUD_PROCESSES, SEVALLA_PROCESSES):
        for variable in (*backend.service.token_variables, backend.service.url_variable):
            monkeypatch.delenv(variable, raising=False)


@pytest.fixture(scope="module")
def running():
    """Yield one emulator for all tests of this file."""
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def emulator(running):
    """Return the emulator in its initial state."""
    running.reset()
    return running


SCOPES = {
    SEVALLA: {"application": world.SEVALLA_SHOP_ID},
    LARAVEL: {"instance": world.LARAVEL_CLOUD_PRODUCTION_WORKERS_ID},
    RUN: {"application": world.SEVALLA_SHOP_ID},
    DEPLOYMENTS[0]: {"application": world.SEVALLA_SHOP_ID},
    DEPLOYMENTS[1]: {"environment": world.LARAVEL_CLOUD_PRODUCTION_ID},
    COMMANDS[0]: {"application": world.SEVALLA_SHOP_ID, "type": "web", "cmd": "ls /app"},
    COMMANDS[1]: {"environment": world.LARAVEL_CLOUD_PRODUCTION_ID, "cmd": "ls /app"},
}


def given(emulator: Emulator, module: str, **options: Any) -> dict[str, Any]:
    """Return options for a module, with the connection to the emulator and the scope of the
    process."""
    url = emulator.sevalla_url if module.startswith("sevalla") else emulator.laravel_cloud_url
    scope = SCOPES.get(module) or SCOPES[LARAVEL if module.startswith(LARAVEL) else SEVALLA]
    return {"api_token": emulator.token, "api_url": url, **scope, **options}


PROCESSES = {
    "a worker": (
        SEVALLA,
        {"display_name": "queue", "type": "worker", "entrypoint": "run", "resource_type": "s1"},
        {"entrypoint": "run more"},
    ),
    "a cron": (
        SEVALLA,
        {
            "display_name": "nightly",
            "type": "cron",
            "schedule": "0 3 * * *",
            "resource_type": "s1",
            "scaling_strategy": {"type": "manual", "instance_count": 1},
        },
        {"schedule": "0 4 * * *"},
    ),
    "the web process": (
        SEVALLA,
        {"type": "web"},
        {
            "is_ingress_enabled": True,
            "ingress_protocol": "grpc",
            "readiness_probe": {"http_get": {"path": "/ready", "port": 80}},
            "scaling_strategy": {
                "type": "horizontal",
                "min_instance_count": 1,
                "max_instance_count": 3,
            },
        },
    ),
    "a queue worker": (
        LARAVEL,
        {"type": "worker", "config": {"connection": "redis", "queue": ["mails", "default"]}},
        {"processes": 3},
    ),
    "a custom process": (
        LARAVEL,
        {"type": "custom", "command": "php artisan horizon"},
        {"processes": 2},
    ),
}


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("process", PROCESSES)
def test_a_success_returns_what_is_documented(process, check_mode, emulator):
    module, options, change = PROCESSES[process]

    def step(**more: Any) -> dict[str, Any]:
        wanted = {**given(emulator, module, **options), **more}
        result = run(module, wanted, check_mode)
        assert not result["failed"], result["msg"]
        assert undocumented(module, result, check_mode=check_mode) == []
        if check_mode:
            run(module, wanted)
        return result

    web = process == "the web process"
    assert step()["changed"] != web
    assert not step()["changed"]
    assert step(**change)["changed"]
    if not web:
        assert step(state="absent")["process"] is None


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize(
    ("module", "options"),
    [
        (SEVALLA, {"display_name": "nobody"}),
        (LARAVEL, {"type": "custom", "command": "nobody"}),
    ],
)
def test_an_already_absent_process_returns_what_is_documented(
    module, options, check_mode, emulator
):
    result = run(module, given(emulator, module, state="absent", **options), check_mode)
    assert undocumented(module, result, check_mode=check_mode) == []
    assert (result["changed"], result["process"]) == (False, None)


ONE = {
    SEVALLA: {"display_name": "queue", "type": "worker", "resource_type": "s1"},
    LARAVEL: {"type": "worker", "config": {"connection": "redis", "queue": ["mails"]}},
}
FAULTS = {
    "no address": ({"display_name": ""}, {"type": "custom", "command": "", "config": None}),
    "wrong id": ({"id": "no id"}, {"id": "no id"}),
    "no such id": (
        {"id": world.SEVALLA_BLOG_WEB_ID},
        {"id": "process-a1868099-d4a8-4ea3-9076-4a5732ba4d50"},
    ),
    "wrong api_timeout": ({"api_timeout": 0}, {"api_timeout": 0}),
    "wrong url": ({"api_url": "http://example.com"}, {"api_url": "ftp://example.com"}),
    "no token": ({"api_token": ""}, {"api_token": ""}),
    "odd token": ({"api_token": "a b"}, {"api_token": "a b"}),
    "wrong token": ({"api_token": "wrong"}, {"api_token": "wrong"}),
    "no such scope": (
        {"application": "nobody's"},
        {"instance": "inst-ffffffff-14f8-489f-b552-886c7ffa09dd"},
    ),
    "unreachable": ({"api_url": "http://127.0.0.1:1"}, {"api_url": "http://127.0.0.1:1"}),
    "out of range": ({"port": 70000}, {"processes": 70}),
}


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("module", [SEVALLA, LARAVEL])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_failure_before_any_write_returns_what_is_documented(fault, module, check_mode, emulator):
    changes = FAULTS[fault][module == LARAVEL]
    result = run(module, given(emulator, module, **{**ONE[module], **changes}), check_mode)
    assert result["failed"]
    assert undocumented(module, result, check_mode=check_mode) == []
    assert not result.get("changed")


class Failing(Hooks):
    """Responds to every request of a method with a status."""

    def __init__(self, method: str, status: int) -> None:
        self._method, self._status = method, status

    def before(self) -> Any:
        """Keep the request from the service."""
        if flask.request.method != self._method:
            return None
        return flask.Response('{"message": "No"}', self._status, mimetype="application/json")


@pytest.mark.parametrize("status", [400, 500])
@pytest.mark.parametrize("module", [SEVALLA, LARAVEL])
@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_a_failure_of_a_write_returns_what_is_documented(method, module, status, emulator):
    wanted = given(emulator, module, **ONE[module], api_retries=0)
    if method != "POST":
        run(module, wanted)
        change = {SEVALLA: {"port": 99}, LARAVEL: {"processes": 9}}[module]
        wanted.update(change if method == "PATCH" else {"state": "absent"})
    emulator.hooks = Failing(method, status)
    result = run(module, wanted)
    assert result["failed"]
    assert undocumented(module, result) == []


# Deployments and runs.


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("wait", [True, False])
@pytest.mark.parametrize("module", DEPLOYMENTS)
def test_a_deployment_returns_what_is_documented(module, wait, check_mode, emulator):
    result = run(module, given(emulator, module, wait=wait), check_mode)
    assert not result["failed"]
    assert undocumented(module, result, check_mode=check_mode) == []
    assert result["changed"] is True
    walk = {DEPLOYMENTS[0]: 3, DEPLOYMENTS[1]: 4}[module] if wait else 1
    assert len(result["statuses"]) == (0 if check_mode else walk)


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("history", ["none", "success", "failed", "running"])
@pytest.mark.parametrize("module", DEPLOYMENTS)
def test_a_pending_deployment_returns_what_is_documented(module, history, check_mode, emulator):
    service = "sevalla" if module == DEPLOYMENTS[0] else "laravel_cloud"
    emulator.reset({f"{service}_past_deployments": history})
    process = SEVALLA if module == DEPLOYMENTS[0] else LARAVEL
    if history == "failed":
        run(process, given(emulator, process, **ONE[process]))
    result = run(module, given(emulator, module, trigger="pending"), check_mode)
    assert not result["failed"]
    assert undocumented(module, result, check_mode=check_mode) == []
    assert bool(result["pending"]) == (history in ("none", "failed"))


ENDS = {DEPLOYMENTS[0]: "failed", DEPLOYMENTS[1]: "build.failed"}


@pytest.mark.parametrize("module", DEPLOYMENTS)
def test_a_failed_deployment_returns_what_is_documented(module, emulator):
    service = "sevalla" if module == DEPLOYMENTS[0] else "laravel_cloud"
    emulator.reset({f"{service}_deployment_result": ENDS[module]})
    result = run(module, given(emulator, module))
    assert result["failed"]
    assert undocumented(module, result) == []
    assert result["changed"] is True
    assert result["deployment"]["status"] == ENDS[module]
    assert result["failure"]["code"] == "deployment_failed"


@pytest.mark.parametrize("status", [400, 500])
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("module", [*DEPLOYMENTS, RUN])
def test_a_failed_action_returns_what_is_documented(module, method, status, emulator):
    if module == RUN:
        run(SEVALLA, given(emulator, SEVALLA, **PROCESSES["a cron"][1]))
    emulator.hooks = Failing(method, status)
    more = {"display_name": "nightly"} if module == RUN else {}
    result = run(module, given(emulator, module, api_retries=0, **more))
    assert result["failed"]
    assert undocumented(module, result) == []
    assert result["changed"] is False
    assert ("plan" in result) == (method == "POST")


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_cron_run_returns_what_is_documented(check_mode, emulator):
    run(SEVALLA, given(emulator, SEVALLA, **PROCESSES["a cron"][1]))
    result = run(RUN, given(emulator, RUN, display_name="nightly"), check_mode)
    assert not result["failed"]
    assert undocumented(RUN, result) == []
    refused = run(RUN, given(emulator, RUN, key="web"), check_mode)
    assert refused["failed"]
    assert undocumented(RUN, refused) == []


# Commands.


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("module", COMMANDS)
def test_a_command_returns_what_is_documented(module, check_mode, emulator):
    result = run(module, given(emulator, module), check_mode)
    assert not result["failed"]
    assert undocumented(module, result, check_mode=check_mode) == []
    assert result["changed"] is not check_mode
    assert result.get("skipped", False) is check_mode
    assert result["rc"] == 0


def test_a_command_without_wait_returns_what_is_documented(emulator):
    result = run(COMMANDS[1], given(emulator, COMMANDS[1], wait=False))
    assert not result["failed"]
    assert undocumented(COMMANDS[1], result) == []


@pytest.mark.parametrize("exit_code", [2, None])
@pytest.mark.parametrize("module", COMMANDS)
def test_a_failed_command_returns_what_is_documented(module, exit_code, emulator):
    if module == COMMANDS[0]:
        target, outcome = world.SEVALLA_SHOP_WEB_ID, ExecOutcome(exit_code=exit_code or 1)
    else:
        target, outcome = world.LARAVEL_CLOUD_PRODUCTION_ID, CommandOutcome(exit_code=exit_code)
    emulator.world.outcomes.add(target, outcome)
    result = run(module, given(emulator, module))
    assert result["failed"]
    assert undocumented(module, result) == []
    assert result["changed"] is True
    assert result["failure"]["code"] == "command_failed"


@pytest.mark.parametrize("status", [400, 500])
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("module", COMMANDS)
def test_a_failure_to_run_a_command_returns_what_is_documented(module, method, status, emulator):
    emulator.hooks = Failing(method, status)
    result = run(module, given(emulator, module, api_retries=0))
    assert result["failed"]
    assert undocumented(module, result) == []
    assert result["changed"] is False
    assert ("plan" in result) == ("cmd" in result) == (method == "POST")


# Lists, and info

MANY = {
    SEVALLA: [ONE[SEVALLA], {"type": "web"}, {**ONE[SEVALLA], "display_name": "mails"}],
    LARAVEL: [ONE[LARAVEL], {"type": "custom", "command": "php artisan horizon"}],
}
CHANGES = {SEVALLA: {"port": 99}, LARAVEL: {"processes": 9}}


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("single", LISTS)
def test_a_list_returns_what_is_documented(single, check_mode, emulator):
    """Created, unchanged, and changed with a pruned process."""
    module, many = LISTS[single], MANY[single]

    def step(processes: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
        wanted = {**given(emulator, module, processes=processes), **more}
        result = run(module, wanted, check_mode)
        assert not result["failed"], result["msg"]
        assert undocumented(module, result, check_mode=check_mode) == []
        assert len(result["processes"]) == len(processes)
        if check_mode:
            run(module, wanted)
        return result

    assert step(many)["changed"]
    assert not step(many)["changed"]
    changed = step([{**many[0], **CHANGES[single]}], prune=True)
    assert {each["action"] for each in changed["plan"]} == {"update", "delete"}
    assert len(changed["diff"]) >= 2


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("single", LISTS)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_list_that_fails_before_any_write_returns_what_is_documented(
    fault, single, check_mode, emulator
):
    module, changes = LISTS[single], FAULTS[fault][single == LARAVEL]
    outside = {key: value for key, value in changes.items() if key in CONNECTING}
    inside = {key: value for key, value in changes.items() if key not in CONNECTING}
    wanted = given(emulator, module, processes=[{**ONE[single], **inside}])
    result = run(module, {**wanted, **outside}, check_mode)
    assert result["failed"]
    assert undocumented(module, result, check_mode=check_mode) == []
    assert not result.get("changed")


CONNECTING = {"api_url", "api_token", "api_timeout", "application", "instance"}


@pytest.mark.parametrize("status", [400, 500])
@pytest.mark.parametrize("go_on", [False, True])
@pytest.mark.parametrize("single", LISTS)
@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_a_partial_failure_returns_what_is_documented(method, single, go_on, status, emulator):
    """One method fails, so that there are done, failed and not attempted steps."""
    module, many = LISTS[single], MANY[single]
    run(module, given(emulator, module, processes=many))
    wanted = given(
        emulator,
        module,
        processes=[{**many[0], **CHANGES[single]}, NEW[single]],
        prune=True,
        continue_on_error=go_on,
        max_parallel=1,
        api_retries=0,
    )
    emulator.hooks = Failing(method, status)
    result = run(module, wanted)
    assert result["failed"]
    assert undocumented(module, result) == []
    counts = [len(result[f"steps_{state}"]) for state in ("done", "failed", "not_attempted")]
    assert sum(counts) == len(result["plan"]) == 3
    assert counts[1] == 1


NEW = {
    SEVALLA: {**ONE[SEVALLA], "display_name": "new"},
    LARAVEL: {"type": "custom", "command": "php artisan new"},
}


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("single", INFOS)
def test_info_returns_what_is_documented(single, check_mode, emulator):
    run(LISTS[single], given(emulator, LISTS[single], processes=MANY[single]))
    for narrowed in ({}, {"type": "worker"}, {"type": "web" if single == SEVALLA else "custom"}):
        result = run(INFOS[single], given(emulator, INFOS[single], **narrowed), check_mode)
        assert not result["failed"]
        assert not result["changed"]
        assert len(result["processes"]) == len(result["desired"]) >= 1
        assert undocumented(INFOS[single], result) == []


@pytest.mark.parametrize("single", INFOS)
@pytest.mark.parametrize("fault", ["wrong id", "wrong url", "no token", "no such scope"])
def test_a_failed_info_returns_what_is_documented(fault, single, emulator):
    changes = FAULTS[fault][single == LARAVEL]
    result = run(INFOS[single], given(emulator, INFOS[single], **changes))
    assert result["failed"]
    assert undocumented(INFOS[single], result) == []


# The names of the returned keys

METHODS = set(dir(dict))


def names(documented: dict[str, Any], path: str = ""):
    """Yield every return key at every depth: its dotted name, and its documentation."""
    for name, about in documented.items():
        yield path + name, about
        yield from names(about.get("contains") or {}, f"{path}{name}.")


@pytest.mark.parametrize("module", MODULES)
def test_a_return_key_can_be_used_with_dot_notation(module):
    for path, _about in names(returns(module)):
        name = path.rpartition(".")[2]
        assert name.isidentifier(), path
        assert name == name.lower(), path
        assert not keyword.iskeyword(name), path
        assert name not in METHODS, path
        assert path not in ANSIBLES_OWN, path


@pytest.mark.parametrize("module", MODULES)
def test_a_return_key_is_documented_in_full(module):
    for path, about in names(returns(module)):
        assert about.get("description"), path
        assert about.get("returned"), path
        assert about.get("type") in ("str", "int", "bool", "float", "dict", "list", "raw"), path
        assert (about["type"] == "list") == ("elements" in about), path
        if "." not in path:
            assert "sample" in about, path


@pytest.mark.parametrize("module", MODULES)
def test_a_sample_has_exactly_the_documented_keys(module):
    for name, about in returns(module).items():
        if "contains" not in about:
            continue
        samples = about["sample"] if about["type"] == "list" else [about["sample"]]
        for sample in samples:
            assert sample.keys() == about["contains"].keys(), name


@pytest.mark.parametrize("module", MODULES)
def test_the_keys_of_the_contract_are_returned(module):
    promised = {"api": "always", "failure": "failure"}
    if module in (SEVALLA, LARAVEL):
        promised.update(process="success", plan="success", diff="success")
        promised.update(deployment_required="success")
    elif module in DEPLOYMENTS:
        promised.update(deployment="success", plan="success")
        promised.update(pending="when O(trigger) is V(pending)")
    elif module == RUN:
        promised.update(process="success", plan="success")
    elif module in COMMANDS:
        promised.update(dict.fromkeys(("cmd", "stdout", "stdout_lines", "plan", "rc"), "success"))
        more = ("stderr", "stderr_lines")
        if module == COMMANDS[1]:
            more = ("command", "start", "end", "delta")
        promised.update(dict.fromkeys(more, "success"))
    if module in LISTS.values():
        promised.update(processes="success", plan="success", diff="success")
        promised.update(deployment_required="success")
        promised.update(dict.fromkeys(STEPS, "failure of a write"))
    if module in INFOS.values():
        promised.update(processes="success", desired="success")
    documented = returns(module)
    assert promised.keys() <= documented.keys()
    for name, returned in promised.items():
        assert returned in documented[name]["returned"], name
    assert documented["api"]["contains"].keys() == {"requests", "retries", "waited_seconds"}
    assert documented["failure"]["contains"].keys() == {"status", "code", "details", "request_id"}
    if "plan" in promised:
        assert documented["plan"]["contains"].keys() == {"action", "method", "path", "body"}
    if "diff" in promised:
        headers = {"before_header", "after_header"} if module in LISTS.values() else set()
        assert documented["diff"]["contains"].keys() == {"before", "after"} | headers
    if module in LISTS.values():
        step = {"action", "method", "path", "body"}
        for key in STEPS:
            more = {"error", "failure"} if key == "steps_failed" else set()
            assert documented[key]["contains"].keys() == step | more


STEPS = ("steps_done", "steps_failed", "steps_not_attempted")


def test_the_comparison_with_return_detects_differences():
    """Otherwise the previous tests would pass for any result."""
    api = {"requests": 1, "retries": 0, "waited_seconds": 0.0}
    failure = {"code": "x", "status": None, "details": None, "request_id": None}
    good = {"failed": True, "msg": "no", "api": api, "failure": failure}
    assert undocumented(SEVALLA, good) == []
    assert undocumented(SEVALLA, {**good, "extra": 1}) == ["extra is not documented"]
    assert undocumented(SEVALLA, {**good, "process": None})
    assert undocumented(SEVALLA, {**good, "api": {**api, "more": 1}}) == [
        "api.more is not documented"
    ]
    assert undocumented(SEVALLA, {**good, "api": {**api, "requests": "1"}})
    assert undocumented(SEVALLA, {**good, "failure": {"code": "x"}})
    assert undocumented(SEVALLA, {"failed": True, "failure": failure})
