# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A command in a process of Sevalla: what is run, where, how often, and what is reported."""

from __future__ import annotations

import json
from typing import Any

import flask
import pytest
from requests import Session

from ansible_collections.evenkeel.paas.tests.emulator import Emulator, Fault, Hooks, Instead
from ansible_collections.evenkeel.paas.tests.emulator.outcomes import ExecOutcome
from ansible_collections.evenkeel.paas.tests.emulator.world import (
    SEVALLA_SHOP_ID,
    SEVALLA_SHOP_WEB_ID,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.running import (
    Outcome,
    Runner,
)

PATH = f"/applications/{SEVALLA_SHOP_ID}/processes/{SEVALLA_SHOP_WEB_ID}/exec"
WORDS = ["node", "send.js", "the shop is open"]
WORKER = {"application": "shop-x1y2z", "display_name": "queue"}


class Web:
    """The web process of the shop, where commands run."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.run = Runner(emulator)

    def __call__(self, **options: Any) -> Outcome:
        if not {"id", "key", "display_name", "type"} & options.keys():
            options["type"] = "web"
        if not {"argv", "cmd"} & options.keys():
            options["cmd"] = "node --version"
        return self.run("sevalla_process_exec", **{"application": SEVALLA_SHOP_ID, **options})

    def next(self, **outcome: Any) -> None:
        """Set how the next command ends."""
        self.emulator.world.outcomes.add(SEVALLA_SHOP_WEB_ID, ExecOutcome(**outcome))

    def switch(self, **values: str) -> None:
        """Restore the initial data with switches of exec."""
        self.emulator.reset({f"sevalla_exec_{name}": value for name, value in values.items()})

    def ran(self) -> list[Any]:
        """Return the commands that were run in the shop."""
        shop = self.emulator.world.sevalla.applications[SEVALLA_SHOP_ID]
        return [each["command"] for each in shop.execs]


@pytest.fixture
def web(emulated: Emulator) -> Web:
    return Web(emulated)


# The main path


def test_a_command_is_run_once(web: Web) -> None:
    web.next(stdout="v22.11.0\n\n", stderr="a warning\nof two lines\n")
    done = web(id=SEVALLA_SHOP_WEB_ID)
    assert done.message is None, done.message
    assert web.ran() == [["node", "--version"]]
    assert done.writes == [("POST", PATH, 200)]
    body = {"command": ["node", "--version"], "timeout": 15}
    (sent,) = [request for request in done.requests if request["method"] == "POST"]
    assert sent["body"] == body
    assert done.result == {
        "changed": True,
        "cmd": ["node", "--version"],
        "rc": 0,
        "stdout": "v22.11.0",
        "stdout_lines": ["v22.11.0"],
        "stderr": "a warning\nof two lines",
        "stderr_lines": ["a warning", "of two lines"],
        "plan": [{"action": "exec", "method": "POST", "path": PATH, "body": body}],
        "api": {"requests": 2, "retries": 0, "waited_seconds": 0.0},
    }


@pytest.mark.parametrize(
    "options",
    [
        {"argv": WORDS},
        {"cmd": "node send.js 'the shop is open'"},
        {"cmd": 'node  send.js "the shop is open"\n'},
        {"cmd": "node send.js the\\ shop\\ is\\ open"},
    ],
)
def test_a_command_is_split_into_arguments(web: Web, options: dict[str, Any]) -> None:
    done = web(**options)
    assert done.message is None, done.message
    assert web.ran() == [WORDS]
    assert done.result["cmd"] == WORDS


def test_a_command_is_not_run_by_a_shell(web: Web) -> None:
    web(cmd="echo $HOME | wc -l > /tmp/x; ls *")
    assert web.ran() == [["echo", "$HOME", "|", "wc", "-l", ">", "/tmp/x;", "ls", "*"]]


def test_numbers_in_the_arguments_become_strings(web: Web) -> None:
    web(argv=["sleep", 5])
    assert web.ran() == [["sleep", "5"]]


@pytest.mark.parametrize(
    "address",
    [
        {"id": SEVALLA_SHOP_WEB_ID},
        {"key": "web"},
        {"display_name": "Web process"},
        {"type": "web"},
        {"type": "web", "application": "Shop", "display_name": ""},
        {"type": "web", "display_name": "Web process"},
        {"type": "web", "key": "web"},
    ],
)
def test_the_process_is_addressed_as_in_the_process_module(
    web: Web, address: dict[str, str]
) -> None:
    done = web(**address)
    assert done.message is None, done.message
    assert done.writes == [("POST", PATH, 200)]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (
            {"display_name": "queue", "type": "cron"},
            "The process with display_name 'queue' has type 'worker', not 'cron'. "
            "Correct type, or omit it.",
        ),
        (
            {"key": "web", "type": "worker"},
            "The process with key 'web' has type 'web', not 'worker'. Correct type, or omit it.",
        ),
        (
            {"id": SEVALLA_SHOP_WEB_ID, "type": "job"},
            f"The process with id {SEVALLA_SHOP_WEB_ID} has type 'web', not 'job'. "
            "Correct type, or omit it.",
        ),
        (
            {"display_name": "queue", "type": "web"},
            "The web process has display_name 'Web process', not 'queue'. "
            "Correct display_name, or omit it.",
        ),
    ],
)
def test_a_command_runs_only_in_the_process_that_the_options_describe(
    web: Web, address: dict[str, str], said: str
) -> None:
    web.run("sevalla_process", **WORKER, type="worker", resource_type="s1")
    web.run("sevalla_deployment", application="shop-x1y2z")
    for check_mode in (True, False):
        refused = web(check_mode=check_mode, **address)
        assert refused.message is not None
        assert refused.message == f"{said} Nothing was changed."
        assert refused.result["failure"]["code"] == "not_found"
        assert refused.writes == []
    assert web.ran() == []


class Untyped(Hooks):
    """Shows processes with the type null or, if ``missing``, without their type."""

    def __init__(self, missing: bool) -> None:
        self.missing = missing

    def after(self, response: flask.Response) -> flask.Response:
        if flask.request.path.endswith("/processes"):
            page = response.get_json(force=True)
            for process in page["data"]:
                process.pop("type")
                process.update({} if self.missing else {"type": None})
            response.set_data(json.dumps(page))
        return response


@pytest.mark.parametrize(
    "address", [{"key": "web", "type": "worker"}, {"display_name": "Web process", "type": "cron"}]
)
@pytest.mark.parametrize("missing", [False, True])
def test_a_type_that_is_not_shown_is_not_another_type(
    web: Web, address: dict[str, str], missing: bool
) -> None:
    web.emulator.hooks = Untyped(missing)
    done = web(**address)
    assert done.message is None, done.message
    assert done.writes == [("POST", PATH, 200)]


@pytest.mark.parametrize("missing", [False, True])
def test_a_process_without_a_type_may_be_the_web_process(web: Web, missing: bool) -> None:
    web.emulator.hooks = Untyped(missing)
    refused = web(type="web")
    assert f"lists {SEVALLA_SHOP_WEB_ID} without the fields that identify a process" in str(
        refused.message
    )
    assert refused.result["failure"]["code"] == "unexpected_answer"
    assert refused.writes == []


def test_the_web_process_without_a_name_is_not_one_with_a_name(web: Web) -> None:
    with web.emulator.world.lock:
        shop = web.emulator.world.sevalla.applications[SEVALLA_SHOP_ID]
        shop.processes[SEVALLA_SHOP_WEB_ID]["display_name"] = None
    refused = web(display_name="queue", type="web")
    assert "The web process has display_name None, not 'queue'." in str(refused.message)
    assert refused.writes == []


def test_check_mode_skips_an_exec_as_ansible_does(web: Web) -> None:
    before = web.emulator.world.snapshot()
    checked = web(check_mode=True)
    assert checked.message is None
    assert checked.writes == []
    assert web.emulator.world.snapshot() == before
    made = web()
    assert checked.result == {
        "changed": False,
        "skipped": True,
        "msg": "Command would have run if not in check mode",
        "cmd": ["node", "--version"],
        "rc": 0,
        "stdout": "",
        "stdout_lines": [],
        "stderr": "",
        "stderr_lines": [],
        "plan": made.result["plan"],
        "api": {"requests": 1, "retries": 0, "waited_seconds": 0.0},
    }


WHICH = "display_name: set exactly one of id, key, display_name and type: web"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"cmd": "a", "argv": ["a"]}, "cmd: set exactly one of argv and cmd"),
        ({"cmd": None}, "cmd: set exactly one of argv and cmd"),
        ({"cmd": ""}, "cmd: is empty"),
        ({"cmd": "'' a"}, "cmd: is empty"),
        ({"argv": []}, "argv: is empty"),
        ({"argv": ["a"] * 101}, "argv: must have 1 to 100 words, not 101"),
        ({"cmd": "echo 'it"}, "cmd: cannot be split into words: No closing quotation"),
        ({"timeout": 0}, "timeout: must be from 1 to 60"),
        ({"timeout": 61}, "timeout: must be from 1 to 60"),
        ({"key": "web", "display_name": "queue"}, WHICH),
        ({"key": ""}, WHICH),
        ({"id": "web"}, "id: must be a UUID; for a name use display_name"),
        ({"application": " "}, "application: is empty"),
        ({"api_retries": -1}, "api_retries: must be from 0 to"),
    ],
)
def test_invalid_options_of_an_exec(web: Web, options: dict[str, Any], said: str) -> None:
    for check_mode in (True, False):
        refused = web(check_mode=check_mode, **options)
        assert said in str(refused.message)
        assert refused.requests == []


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ({"display_name": "nobody"}, "process with display_name 'nobody'"),
        ({"id": "11111111-1111-4111-8111-111111111111"}, "process with id 11111111"),
    ],
)
def test_an_unknown_process(web: Web, address: dict[str, str], words: str) -> None:
    for check_mode in (True, False):
        refused = web(check_mode=check_mode, **address)
        assert f"There is no {words}" in str(refused.message)
        assert refused.result["failure"]["code"] == "not_found"
        assert refused.writes == []


# Ends other than success


@pytest.mark.parametrize(
    ("stdout", "stderr", "last"),
    [
        ("out\n", "no such file\n", "The last lines of its output:\nno such file"),
        ("out\n\x1b[31mred\x1b[0m\n", "", "The last lines of its output:\nout\nred"),
        ("", "", "It printed nothing."),
    ],
)
def test_a_nonzero_exit_code_fails_the_task(web: Web, stdout: str, stderr: str, last: str) -> None:
    web.next(exit_code=2, stdout=stdout, stderr=stderr)
    failed = web()
    assert failed.message == (
        f"The command in the web process exited with the non-zero return code 2. {last}"
    )
    result = failed.result
    assert result["changed"] is True
    assert (result["rc"], result["cmd"]) == (2, ["node", "--version"])
    assert (result["stdout"], result["stderr"]) == (stdout.rstrip(), stderr.rstrip())
    assert result["stderr_lines"] == stderr.splitlines()
    assert result["failure"]["code"] == "command_failed"
    assert result["plan"][0]["path"] == PATH


@pytest.mark.parametrize("answer", ["exit_code", "408", "504"])
def test_a_command_that_takes_too_long(web: Web, answer: str) -> None:
    web.switch(timed_out=answer)
    web.next(seconds=20)
    failed = web(timeout=5)
    assert failed.message is not None
    assert "Nothing was changed" not in failed.message
    assert "timeout" in failed.message
    assert "5 seconds" in failed.message
    assert len(failed.writes) == 1
    if answer == "exit_code":
        assert failed.result["rc"] == 124
        assert failed.result["changed"] is True
    else:
        assert "It is unknown whether the command ran" in failed.message
        assert "The command timed out" in failed.message
        assert "rc" not in failed.result
        assert failed.result["failure"]["status"] == int(answer)


@pytest.mark.parametrize("most", ["60", "300", "unlimited"])
def test_the_longest_timeout(web: Web, most: str) -> None:
    web.switch(max_timeout=most)
    assert web(timeout=60).message is None


@pytest.mark.parametrize("answer", ["409", "400", "404", "422", "500", "exit_code"])
def test_a_process_without_a_running_instance(web: Web, answer: str) -> None:
    """It is not deployed yet, but it is found."""
    web.switch(without_instance=answer)
    created = web.run("sevalla_process", **WORKER, type="worker", resource_type="s1")
    assert created.message is None
    failed = web(display_name="queue")
    assert failed.message is not None
    if answer == "exit_code":
        assert failed.result["rc"] == 1
        assert "no running instance" in failed.message
        return
    assert f"responded with HTTP {answer}" in failed.message
    assert "The process has no running instance" in failed.message
    assert failed.result["failure"]["status"] == int(answer)
    assert failed.result["cmd"] == ["node", "--version"]
    if answer != "500":
        assert "A command needs a running instance" in failed.message
        assert "Nothing was changed." in failed.message


def test_a_worker_runs_commands_once_it_is_deployed(web: Web) -> None:
    web.run("sevalla_process", **WORKER, type="worker", resource_type="s1")
    deployed = web.run("sevalla_deployment", application="shop-x1y2z")
    assert deployed.message is None
    done = web(display_name="queue")
    assert done.message is None, done.message


@pytest.mark.parametrize(("cmd", "allowed"), [("cat /etc/hosts", True), ("rm -r /app", False)])
def test_a_read_only_key(web: Web, cmd: str, allowed: bool) -> None:
    done = web(cmd=cmd, api_token=web.emulator.read_only_token)
    assert (done.message is None) == allowed
    if done.message is not None:
        assert "A read-only API key can run only these commands" in done.message
        assert done.result["failure"]["code"] == "forbidden"


# A lost request


@pytest.mark.parametrize(
    ("kind", "ran"),
    [
        *((kind, 0) for kind in ("drop_before", "500_before", "503_before", "html_before")),
        *((kind, 1) for kind in ("drop_after", "cut_after", "500_after", "redirect_root_after")),
        *((kind, 1) for kind in ("empty_after", "json_null_after", "json_list_after")),
    ],
)
def test_an_exec_whose_response_is_lost_is_not_retried(web: Web, kind: str, ran: int) -> None:
    web.emulator.faults.add(Fault(kind, method="POST", times=None))
    failed = web()
    assert failed.message is not None
    assert "It is unknown whether the command ran" in failed.message
    assert "Nothing was changed" not in failed.message
    assert len(failed.writes) == 1
    assert len(web.ran()) == ran
    assert failed.result["cmd"] == ["node", "--version"]
    assert failed.result["plan"][0]["action"] == "exec"
    assert "rc" not in failed.result


def test_a_response_without_an_exit_code_is_a_failure(web: Web) -> None:
    web.emulator.faults.add(Fault("missing_key", method="POST", key="exit_code"))
    failed = web()
    assert "something that is not the result of a command" in str(failed.message)
    assert "It is unknown whether the command ran" in str(failed.message)
    assert len(web.ran()) == 1


def test_an_exit_code_may_be_a_string(web: Web) -> None:
    web.next(exit_code=3)
    web.emulator.faults.add(Fault("numbers_as_text", method="POST"))
    assert web().result["rc"] == 3


def test_a_rate_limited_exec_is_retried(web: Web) -> None:
    web.emulator.faults.add(Fault("429_reset", method="POST"))
    done = web()
    assert done.message is None
    assert len(done.writes) == 2
    assert len(web.ran()) == 1


# How long the task waits for the response


def test_the_response_may_take_timeout_and_api_timeout_together(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reads have only api_timeout."""
    timeouts: list[tuple[str, Any]] = []
    request = Session.request

    def record(self: Session, method: str, url: str, **options: Any) -> Any:
        timeouts.append((method, options["timeout"]))
        return request(self, method, url, **options)

    monkeypatch.setattr(Session, "request", record)
    assert web(timeout=40, api_timeout=7).message is None
    assert timeouts == [("GET", (7, 7)), ("POST", (7, 47))]


def test_an_exec_without_a_response(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    web.emulator.faults.add(Fault("slow_before", method="POST", seconds=30))
    failed = web(timeout=1, api_timeout=1)
    assert "no response within 2 seconds, which is timeout and api_timeout together" in str(
        failed.message
    )
    assert "It is unknown whether the command ran" in str(failed.message)
    assert len(failed.writes) <= 1


ODD = [None, [], "x", 5, {}, {"exit_code": None}, {"exit_code": True}, {"exit_code": 1.5}]


@pytest.mark.parametrize("answer", ODD, ids=str)
def test_a_malformed_response_is_a_failure(web: Web, answer: Any) -> None:
    web.emulator.hooks = Instead("/exec", 200, answer)
    failed = web()
    assert "something that is not the result of a command" in str(failed.message)
    assert "rc" not in failed.result


def test_an_output_that_is_not_a_string(web: Web) -> None:
    web.emulator.hooks = Instead("/exec", 200, {"exit_code": "0", "stdout": ["a"], "stderr": None})
    done = web()
    assert done.message is None
    assert (done.result["stdout"], done.result["stderr"]) == ("['a']", "")
