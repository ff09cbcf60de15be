# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A command in a Laravel Cloud environment: what is run, how often, and what is reported."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.evenkeel.paas.tests.emulator import Emulator, Fault
from ansible_collections.evenkeel.paas.tests.emulator.outcomes import CommandOutcome
from ansible_collections.evenkeel.paas.tests.emulator.world import (
    LARAVEL_CLOUD_PRODUCTION_ID as PRODUCTION,
)
from ansible_collections.evenkeel.paas.tests.emulator.world import (
    LARAVEL_CLOUD_STAGING_ID as STAGING,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.deploying import (
    Time,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.running import (
    Outcome,
    Runner,
)

RESTART = "php artisan queue:restart"
PATH = f"/environments/{PRODUCTION}/commands"
WALK = ["pending", "command.created", "command.running", "command.success"]


class Shop:
    """The production environment of the shop, where commands run."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.run = Runner(emulator)

    def __call__(self, cmd: str = RESTART, **options: Any) -> Outcome:
        return self.run(
            "laravel_cloud_command", **{"environment": PRODUCTION, "cmd": cmd, **options}
        )

    def next(self, **outcome: Any) -> None:
        """Set how the next command ends."""
        self.emulator.world.outcomes.add(PRODUCTION, CommandOutcome(**outcome))

    def switch(self, **values: str) -> None:
        """Restore the initial data with switches of Laravel Cloud."""
        self.emulator.reset({f"laravel_cloud_{name}": value for name, value in values.items()})

    def fault(self, kind: str, method: str = "POST", path: str = PATH, **more: Any) -> None:
        """Add a fault."""
        self.emulator.faults.add(Fault(kind, method=method, path=path, **more))

    def start(self, cmd: str = RESTART) -> str:
        """Let someone else start a command; return its id."""
        cloud = self.emulator.world.laravel_cloud
        with self.emulator.world.lock:
            return str(cloud.run_command(cloud.environments[PRODUCTION], {"command": cmd}).id)

    def stored(self) -> list[dict[str, Any]]:
        """Return the commands of the environment, oldest first."""
        environments = [
            each
            for application in self.emulator.world.snapshot()["laravel_cloud"]["applications"]
            for each in application["environments"]
        ]
        return next(each["commands"] for each in environments if each["id"] == PRODUCTION)


@pytest.fixture
def shop(emulated: Emulator) -> Shop:
    return Shop(emulated)


# The main path


def test_a_command_is_run_once_and_waited_for(shop: Shop, time: Time) -> None:
    shop.next(output="Broadcasting queue restart signal.\n\n  done\n")
    done = shop()
    assert done.message is None, done.message
    (stored,) = shop.stored()
    assert done.writes == [("POST", PATH, 201)]
    assert done.reads == [PATH, *[f"/commands/{stored['id']}"] * 3]
    assert time.slept == [2, 2, 2]
    assert done.warnings == []
    result = done.result
    assert result["changed"] is True
    assert result["cmd"] == RESTART
    assert result["rc"] == 0
    assert result["stdout"] == "Broadcasting queue restart signal.\n\n  done"
    assert result["stdout_lines"] == ["Broadcasting queue restart signal.", "", "  done"]
    assert result["start"] == stored["started_at"]
    assert result["end"] == stored["finished_at"]
    assert result["delta"] == "0:00:02"
    assert result["command"] == {**stored, "environment_id": PRODUCTION}
    assert result["command"]["output"].endswith("done\n")
    assert result["statuses"] == [
        {"status": status, "after_seconds": 2 * number} for number, status in enumerate(WALK)
    ]
    assert result["api"] == {"requests": 5, "retries": 0, "waited_seconds": 0.0}
    body = {"command": RESTART}
    assert result["plan"] == [{"action": "run", "method": "POST", "path": PATH, "body": body}]
    (sent,) = [request for request in done.requests if request["method"] == "POST"]
    assert sent["body"] == body
    assert not {"stderr", "skipped", "msg"} & result.keys()
    assert [line.partition(": ")[2].split(" ")[0] for line in done.progress] == WALK


@pytest.mark.parametrize(
    ("scope", "found"),
    [
        ({"application": "shop", "environment": "production"}, PRODUCTION),
        ({"application": "Shop", "environment": "staging-3"}, STAGING),
    ],
)
def test_a_command_by_the_name_of_its_environment(
    shop: Shop, time: Time, scope: dict[str, str], found: str
) -> None:
    done = shop(**scope)
    assert done.message is None, done.message
    assert done.writes == [("POST", f"/environments/{found}/commands", 201)]


def test_check_mode_skips_a_command_as_ansible_does(shop: Shop) -> None:
    before = shop.emulator.world.snapshot()
    checked = shop(check_mode=True)
    assert checked.message is None
    assert checked.writes == []
    assert shop.emulator.world.snapshot() == before
    made = shop()
    assert checked.result == {
        "changed": False,
        "skipped": True,
        "msg": "Command would have run if not in check mode",
        "cmd": RESTART,
        "rc": 0,
        "stdout": "",
        "stdout_lines": [],
        "start": None,
        "end": None,
        "delta": None,
        "command": {"environment_id": PRODUCTION, "command": RESTART},
        "statuses": [],
        "plan": made.result["plan"],
        "api": {"requests": 1, "retries": 0, "waited_seconds": 0.0},
    }


def test_a_command_without_wait_has_no_return_code(shop: Shop, time: Time) -> None:
    """Not even null: Ansible would treat it as a failure."""
    done = shop(wait=False)
    assert done.message is None
    assert time.slept == []
    assert done.reads == [PATH]
    assert "rc" not in done.result
    assert (done.result["stdout"], done.result["stdout_lines"]) == ("", [])
    assert done.result["command"]["status"] == "pending"
    assert done.result["changed"] is True


@pytest.mark.parametrize("output", ["empty", "null"])
def test_a_command_that_prints_nothing(shop: Shop, time: Time, output: str) -> None:
    shop.switch(empty_output=output)
    shop.next(output="")
    done = shop()
    assert done.message is None
    assert (done.result["rc"], done.result["stdout"], done.result["stdout_lines"]) == (0, "", [])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"cmd": " "}, "cmd: is empty"),
        ({"cmd": "x" * 150_001}, "cmd: must have 1 to 150000 characters, not 150001"),
        (
            {"environment": None},
            "environment: is required: the environment in which the command runs",
        ),
        ({"environment": "production"}, "is required, because environment 'production' is a name"),
        ({"poll_interval": 0}, "poll_interval: must be from 1 to"),
        ({"wait_timeout": 0}, "wait_timeout: must be from 1 to"),
        ({"api_retries": -1}, "api_retries: must be from 0 to"),
    ],
)
def test_invalid_options_of_a_command(shop: Shop, options: dict[str, Any], said: str) -> None:
    for check_mode in (True, False):
        refused = shop(check_mode=check_mode, **options)
        assert said in str(refused.message)
        assert refused.requests == []


def test_an_unknown_environment(shop: Shop) -> None:
    gone = PRODUCTION[:-4] + "0000"
    for check_mode in (True, False):
        failed = shop(environment=gone, check_mode=check_mode)
        assert f"There is no environment '{gone}' on Laravel Cloud" in str(failed.message)
        assert failed.writes == []


# Ends other than success


def test_a_nonzero_return_code_fails_the_task(shop: Shop, time: Time) -> None:
    lines = [f"line {number}" for number in range(1, 31)]
    shop.next(exit_code=3, output="\n".join(lines) + "\n")
    failed = shop()
    (stored,) = shop.stored()
    assert failed.message == (
        f"Command {stored['id']} of {PRODUCTION} exited with the non-zero return code 3. "
        "The last lines of its output:\n" + "\n".join(lines[-20:])
    )
    result = failed.result
    assert result["changed"] is True
    assert result["rc"] == 3
    assert result["stdout_lines"] == lines
    assert result["cmd"] == RESTART
    assert result["command"] == {**stored, "environment_id": PRODUCTION}
    assert result["failure"]["code"] == "command_failed"
    assert result["failure"]["details"] == {
        "id": stored["id"],
        "status": "command.failure",
        "reason": None,
    }
    assert result["statuses"][-1]["status"] == "command.failure"


def test_the_failure_reason_of_the_service_is_reported(shop: Shop, time: Time) -> None:
    shop.next(exit_code=137, output="", reason="Out of memory.")
    failed = shop()
    assert "the non-zero return code 137: Out of memory. It printed nothing." in str(failed.message)
    assert failed.result["failure"]["details"]["reason"] == "Out of memory."


def test_a_command_that_never_ran(shop: Shop, time: Time) -> None:
    shop.next(status="command.failure", exit_code=None, reason="No container could be started")
    failed = shop()
    assert "ended as command.failure without a return code: No container could" in str(
        failed.message
    )
    assert "rc" not in failed.result
    assert failed.result["delta"] is None


def test_a_failed_command_with_return_code_0_fails(shop: Shop, time: Time) -> None:
    shop.next(status="command.failure", exit_code=0)
    failed = shop()
    assert "ended as command.failure with the return code 0" in str(failed.message)
    assert failed.result["rc"] == 0


def test_a_successful_command_with_a_nonzero_return_code_fails(shop: Shop, time: Time) -> None:
    shop.next(status="command.success", exit_code=1)
    assert "the non-zero return code 1" in str(shop().message)


def test_a_return_code_may_be_a_string(shop: Shop, time: Time) -> None:
    shop.next(exit_code=2)
    shop.fault("numbers_as_text", "GET", "/commands/*", times=None)
    assert shop().result["rc"] == 2


@pytest.mark.parametrize("known", ["null", "partial"])
def test_a_command_that_does_not_end_in_time(shop: Shop, time: Time, known: str) -> None:
    shop.switch(output_while_running=known, command_pace="clock")
    shop.next(output="half and half", seconds=40)
    failed = shop(wait_timeout=100, poll_interval=30)
    (stored,) = shop.stored()
    assert f"Command {stored['id']} of {PRODUCTION} has not ended after 100 seconds" in str(
        failed.message
    )
    assert "status command.running" in str(failed.message)
    result = failed.result
    assert result["failure"]["code"] == "wait_timeout"
    assert result["changed"] is True
    assert "rc" not in result
    assert result["stdout"] == ("half a" if known == "partial" else "")
    assert result["command"]["status"] == "command.running"
    assert sum(time.slept) == 100


def test_an_unknown_status(shop: Shop, time: Time) -> None:
    shop.fault("change", "GET", "/commands/*", values={"status": "command.paused"})
    done = shop()
    assert any("command.paused" in warning for warning in done.warnings)
    assert [each["status"] for each in done.result["statuses"]][:2] == ["pending", "command.paused"]


def test_a_command_that_disappears(shop: Shop, time: Time) -> None:
    shop.fault("vanish", "GET", "/commands/*")
    failed = shop()
    assert "was started and had the status pending" in str(failed.message)
    assert failed.result["changed"] is True
    assert failed.result["stdout"] == ""


# A lost request

AFTER = ("drop_after", "cut_after", "500_after", "504_after", "html_after", "json_list_after")
BEFORE = (
    "drop_before",
    "500_before",
    "502_before",
    "503_before",
    "504_before",
    "html_before",
    "redirect_root_before",
)


@pytest.mark.parametrize("kind", AFTER)
@pytest.mark.parametrize("cmd", [RESTART, f"  {RESTART}\n"])
def test_a_command_whose_response_is_lost_is_found(
    shop: Shop, time: Time, kind: str, cmd: str
) -> None:
    """By its text, which the service trims."""
    shop.start()  # an earlier one with the same text
    shop.fault(kind)
    done = shop(cmd)
    assert done.message is None, done.message
    assert len(done.writes) == 1
    stored = shop.stored()
    assert len(stored) == 2
    assert done.result["command"]["id"] == stored[1]["id"]
    assert done.result["rc"] == 0
    assert [f"Command {stored[1]['id']} has appeared since" in each for each in done.warnings] == [
        True
    ]


@pytest.mark.parametrize("kind", BEFORE)
def test_a_command_that_may_have_been_accepted_is_not_sent_twice(
    shop: Shop, time: Time, kind: str
) -> None:
    """The list may lag behind, and a command may do anything."""
    shop.fault(kind)
    failed = shop()
    assert len(failed.writes) == 1
    assert "No command that it may have started is listed now" in str(failed.message)
    assert "Nothing was changed" not in str(failed.message)
    assert shop.stored() == []
    assert failed.result["plan"][0]["path"] == PATH
    assert "rc" not in failed.result


def test_a_different_command_is_not_mistaken_for_a_lost_one(shop: Shop, time: Time) -> None:
    shop.fault("drop_before")
    time.meanwhile = lambda: shop.start("php artisan migrate")
    failed = shop()
    assert "No command that it may have started is listed now" in str(failed.message)
    assert [each["command"] for each in shop.stored()] == ["php artisan migrate"]
    assert len(failed.writes) == 1


def test_two_identical_commands_after_a_lost_one_are_ambiguous(shop: Shop, time: Time) -> None:
    shop.fault("drop_after")
    time.meanwhile = shop.start
    failed = shop()
    assert failed.result["failure"]["code"] == "ambiguous"
    assert "2 commands have appeared since" in str(failed.message)
    assert len(shop.stored()) == 2


def test_a_lost_command_in_a_long_list(shop: Shop, time: Time) -> None:
    for _each in range(120):
        shop.start()
    shop.fault("drop_after")
    done = shop()
    assert done.message is None
    assert len(shop.stored()) == 121
    assert done.result["command"]["id"] == shop.stored()[-1]["id"]


@pytest.mark.parametrize("known", ["accepted", "refused"])
def test_an_identical_command_is_already_running(shop: Shop, time: Time, known: str) -> None:
    shop.switch(duplicate_command=known)
    other = shop.start()
    done = shop()
    if known == "accepted":
        assert done.message is None
        assert done.result["command"]["id"] != other
        return
    assert "responded with HTTP 422: The command is already running" in str(done.message)
    assert f"Not finished when the request was sent: {other} (pending)" in str(done.message)
    assert "Nothing was changed." in str(done.message)
    assert len(shop.stored()) == 1


@pytest.mark.parametrize("known", ["accepted", "refused"])
def test_a_command_in_an_environment_that_was_never_deployed(
    shop: Shop, time: Time, known: str
) -> None:
    shop.switch(command_never_deployed=known)
    done = shop()
    assert (done.message is None) == (known == "accepted")
    if done.message:
        assert "The environment has not been deployed yet" in done.message


def test_the_rate_limit_of_commands_is_waited_for(shop: Shop, time: Time) -> None:
    shop.fault("429_seconds")
    done = shop()
    assert done.message is None
    assert len(done.writes) == 2
    assert len(shop.stored()) == 1


def test_a_read_that_fails_does_not_lose_the_command(shop: Shop, time: Time) -> None:
    shop.fault("503_before", "GET", "/commands/*", times=3)
    done = shop(api_retries=0)
    assert done.message is None
    assert done.result["rc"] == 0
    assert sum("It will be read again" in line for line in done.progress) == 3


@pytest.mark.parametrize("odd", [5, True, [], {}, "x", None])
def test_malformed_values_in_a_command(shop: Shop, time: Time, odd: Any) -> None:
    """They are shown unchanged, and never raise an exception."""
    values = dict.fromkeys(("output", "exit_code", "started_at", "finished_at"), odd)
    values["status"] = "command.success"
    shop.fault("change", "GET", "/commands/*", values=values)
    done = shop()
    assert done.result["delta"] is None
    assert ("rc" in done.result) == (odd == 5 and odd is not True)
    assert (done.message is None) == (done.result.get("rc", 0) == 0)
    assert isinstance(done.result["stdout"], str)
