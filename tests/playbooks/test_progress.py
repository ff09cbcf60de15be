# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ansible-playbook shows of a running task, and on which stream."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

import pytest
import yaml

DEPLOYMENT = "evenkeel.paas.sevalla_deployment"
PROCESSES = "evenkeel.paas.sevalla_processes"
BACKGROUNDS = "evenkeel.paas.laravel_cloud_background_processes"
SECRET = "--password=canary-4c1d"
DEPLOY = {DEPLOYMENT: {"application": "shop-x1y2z", "poll_interval": 1}}
LIST = {
    PROCESSES: {
        "application": "shop-x1y2z",
        "processes": [
            {"display_name": name, "type": "worker", "resource_type": "s1"} for name in "abc"
        ],
    }
}
STATUS = re.compile(r"^\[localhost\] deployment.*$", re.MULTILINE)
JSON_CALLBACK = """
from ansible.plugins.callback import CallbackBase
DOCUMENTATION = '''
name: json
type: stdout
short_description: JSON
description: JSON.
'''
class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = 'stdout'
    CALLBACK_NAME = 'json'
    def v2_playbook_on_stats(self, stats):
        self._display.display('{"ended": true}')
"""
"""A callback that writes JSON to stdout, like those of that name in ansible.posix."""


def streams(
    playbooks: Any, tasks: list[dict[str, Any]], *arguments: str, **variables: str
) -> tuple[str, str]:
    """Run tasks and return the output on stdout and on stderr."""
    playbooks.emulator.reset(switches={"sevalla_deployment_pace": "polls"})
    play = {"hosts": "localhost", "gather_facts": False, "tasks": tasks}
    path = playbooks.folder / "play.yml"
    path.write_text(yaml.safe_dump([play], sort_keys=False))
    environment = playbooks.environment()
    del environment["ANSIBLE_CALLBACKS_ENABLED"]
    done = subprocess.run(
        [sys.executable, "-m", "ansible", "playbook", str(path), *arguments],
        env={**environment, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, done.stderr


@pytest.mark.daily
def test_each_status_is_shown_without_verbose(playbooks: Any) -> None:
    out, err = streams(playbooks, [DEPLOY])
    assert "[localhost] deployment" not in err
    first, second, last = STATUS.findall(out)
    assert re.fullmatch(r"\[localhost\] deployment [0-9a-f-]{36}: waiting", first)
    assert re.fullmatch(r"\[localhost\] deployment: inProgress after \d s", second)
    assert re.fullmatch(r"\[localhost\] deployment: success after \d s", last)


def test_each_write_of_a_list_is_shown_with_verbose(playbooks: Any) -> None:
    out, _err = streams(playbooks, [LIST])
    assert "writes done" not in out
    out, _err = streams(playbooks, [LIST], "-v")
    assert re.findall(r"^\[localhost\] (\d) of 3 writes done: created process", out, re.M) == [
        "1",
        "2",
        "3",
    ]


@pytest.mark.parametrize(("keywords", "switch"), [({"no_log": True}, "yes"), ({}, "no")])
def test_no_progress_is_shown_with_no_log_or_by_a_module(
    playbooks: Any, keywords: dict[str, Any], switch: str
) -> None:
    tasks = [{**DEPLOY, **keywords}, {**LIST, **keywords}]
    out, err = streams(playbooks, tasks, "-v", EVENKEEL_PAAS_IN_WORKER=switch)
    for text in (out, err):
        assert not STATUS.findall(text)
        assert "writes done" not in text


@pytest.mark.parametrize(("name", "lines"), [("json", 0), ("my_own_json", 3)])
def test_json_on_stdout_stays_json(playbooks: Any, name: str, lines: int) -> None:
    folder = playbooks.folder / "callbacks"
    folder.mkdir()
    (folder / f"{name}.py").write_text(JSON_CALLBACK.replace("json\n", f"{name}\n"))
    out, err = streams(
        playbooks, [DEPLOY], ANSIBLE_STDOUT_CALLBACK=name, ANSIBLE_CALLBACK_PLUGINS=str(folder)
    )
    assert json.loads(out) == {"ended": True}
    assert len(STATUS.findall(err)) == lines


@pytest.mark.daily
@pytest.mark.parametrize("switch", ["yes", pytest.param("no", marks=pytest.mark.slow)])
def test_a_warning_does_not_quote_values_with_no_log(playbooks: Any, switch: str) -> None:
    """In check mode, prune warns about what it would delete: commands with their arguments."""
    scope = {"application": "shop", "environment": "production", "instance": "Workers"}
    entries = [{"type": "custom", "command": f"php artisan {name} {SECRET}"} for name in "ab"]
    tasks = [
        {BACKGROUNDS: {**scope, "processes": entries}, "no_log": True},
        {
            BACKGROUNDS: {**scope, "processes": entries[:1], "prune": True},
            "no_log": True,
            "check_mode": True,
            "register": "pruned",
        },
        {"ansible.builtin.assert": {"that": "pruned.warnings | length == 1"}},
        {"ansible.builtin.assert": {"that": "'prune would delete' in pruned.warnings[0]"}},
    ]
    for text in streams(playbooks, tasks, "-vv", EVENKEEL_PAAS_IN_WORKER=switch):
        assert SECRET not in text
    del tasks[1]["no_log"]
    assert SECRET in "".join(streams(playbooks, tasks, EVENKEEL_PAAS_IN_WORKER=switch))
