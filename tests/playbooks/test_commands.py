# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Commands as users write them: what Ansible does with their results, in the worker and as
modules."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.evenkeel.paas.tests.emulator.outcomes import CommandOutcome, ExecOutcome
from ansible_collections.evenkeel.paas.tests.emulator.world import (
    LARAVEL_CLOUD_PRODUCTION_ID,
    SEVALLA_SHOP_WEB_ID,
)

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "restart_workers.yml"
COMMANDS = {
    "evenkeel.paas.sevalla_process_exec": {
        "application": "shop-x1y2z",
        "type": "web",
        "cmd": "ls /app",
    },
    "evenkeel.paas.laravel_cloud_command": {
        "environment": LARAVEL_CLOUD_PRODUCTION_ID,
        "cmd": "ls /app",
    },
}
WAYS = {"worker": "true", "module": "false"}


class Commands:
    """One of the two modules, run in one way."""

    def __init__(self, playbooks: Any, module: str, way: str) -> None:
        self.playbooks = playbooks
        self.module = module
        self.way = way

    def task(self, name: str, **keywords: Any) -> dict[str, Any]:
        """Return a task that runs the command and registers its result under its own name."""
        return {"name": name, self.module: COMMANDS[self.module], "register": name, **keywords}

    def ends(self, *codes: int, output: str = "some words") -> None:
        """Set how the next commands end."""
        for code in codes:
            if "sevalla" in self.module:
                outcome: Any = ExecOutcome(exit_code=code, stdout=output)
                self.playbooks.emulator.world.outcomes.add(SEVALLA_SHOP_WEB_ID, outcome)
            else:
                outcome = CommandOutcome(exit_code=code, output=output)
                self.playbooks.emulator.world.outcomes.add(LARAVEL_CLOUD_PRODUCTION_ID, outcome)

    def run(self, *tasks: dict[str, Any], **variables: str) -> Any:
        """Run tasks as a play."""
        return self.playbooks.run_tasks(
            list(tasks), EVENKEEL_PAAS_IN_WORKER=WAYS[self.way], **variables
        )


@pytest.fixture(params=list(WAYS))
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=list(COMMANDS))
def commands(request: pytest.FixtureRequest, playbooks: Any, way: str) -> Commands:
    return Commands(playbooks, request.param, way)


def test_conditions_on_the_result_work_as_with_ansible_builtin_command(commands: Commands) -> None:
    commands.ends(0, 3, 3, 3, 0)
    run = commands.run(
        commands.task("unchanged", changed_when="'other' in unchanged.stdout"),
        commands.task("ignored", ignore_errors=True),
        commands.task("expected", failed_when="expected.rc not in [0, 3]"),
        commands.task("repeated", until="repeated.rc == 0", retries=2, delay=0),
        {
            "name": "asserted",
            "ansible.builtin.assert": {
                "that": [
                    "unchanged is not changed",
                    "unchanged.stdout == 'some words'",
                    "ignored is failed",
                    "ignored is changed",
                    "ignored.rc == 3",
                    "ignored.stdout_lines == ['some words']",
                    "'non-zero return code 3' in ignored.msg",
                    "expected is not failed",
                    "expected is changed",
                    "expected.rc == 3",
                    "repeated.attempts == 2",
                    "repeated.rc == 0",
                ]
            },
        },
    )
    assert run.status == 0, run.output
    assert len(run.writes) == 5


@pytest.mark.daily
def test_a_nonzero_return_code_ends_the_play(commands: Commands) -> None:
    commands.ends(2)
    run = commands.run(commands.task("failing"), commands.task("never"))
    assert run.status == 2
    assert [(each["task"], each["kind"]) for each in run.results] == [("failing", "failed")]
    result = run.results[0]["result"]
    assert (result["rc"], result["stdout"]) == (2, "some words")
    assert "non-zero return code 2" in result["msg"]
    assert result["msg"].endswith("\nsome words")
    assert len(run.writes) == 1


def test_check_mode_skips_the_task(commands: Commands) -> None:
    run = commands.run(
        commands.task("checked", check_mode=True),
        {
            "name": "asserted",
            "ansible.builtin.assert": {
                "that": ["checked is skipped", "checked is not changed", "checked.rc == 0"]
            },
        },
    )
    assert run.status == 0, run.output
    assert run.results[0]["kind"] == "skipped"
    assert "would have run if not in check mode" in run.results[0]["result"]["msg"]
    assert run.writes == []


def test_no_log_hides_what_a_command_prints(commands: Commands) -> None:
    commands.ends(0, 1, output="APP_KEY=hush-hush")
    run = commands.run(
        commands.task("hidden", no_log=True),
        commands.task("failed", no_log=True, ignore_errors=True),
        ANSIBLE_VERBOSITY="4",
    )
    assert run.status == 0, run.output
    assert len(run.writes) == 2
    assert "hush-hush" not in run.output


def test_a_command_without_wait_is_not_a_failure(playbooks: Any, way: str) -> None:
    """If a result has no failed key, Ansible treats any return code other than 0 as a failure,
    including null."""
    playbooks.emulator.reset({"laravel_cloud_command_pace": "polls"})
    commands = Commands(playbooks, "evenkeel.paas.laravel_cloud_command", way)
    task = commands.task("started")
    task[commands.module] = {**task[commands.module], "wait": False}
    run = commands.run(task)
    assert run.status == 0, run.output
    assert run.results[0]["kind"] == "ok"
    assert "rc" not in run.results[0]["result"]
    assert run.results[0]["result"]["changed"] is True


def test_the_rolling_restart_example_runs(playbooks: Any) -> None:
    """In check mode, for real, and again: the second run changes nothing except the two
    commands."""
    before = playbooks.emulator.world.snapshot()
    checked = playbooks.run(EXAMPLE, "--check")
    assert checked.status == 0, checked.output
    assert checked.writes == []
    assert playbooks.emulator.world.snapshot() == before
    skipped = [each["result"]["plan"] for each in checked.results if each["kind"] == "skipped"]
    assert len(skipped) == 2
    first = playbooks.run(EXAMPLE)
    assert first.status == 0, first.output
    assert len(first.changed) == 6
    second = playbooks.run(EXAMPLE)
    assert second.status == 0, second.output
    assert second.changed == ["Let the workers start again"] * 2
    planned = [f"{step['method']} {step['path']}" for plan in skipped for step in plan]
    assert second.writes == planned
    assert [write for write in first.writes if write in planned] == planned
    for run in (first, second):
        assert [each["result"]["rc"] for each in run.results if "rc" in each["result"]] == [0, 0]
