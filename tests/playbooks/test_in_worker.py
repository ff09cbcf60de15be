# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A module in Ansible's worker behaves as it does as a module, and detects when it cannot run
there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.evenkeel.paas.tests.emulator.server import Emulator

PROCESS = "evenkeel.paas.sevalla_process"
PROCESSES = "evenkeel.paas.sevalla_processes"
PROCESS_INFO = "evenkeel.paas.sevalla_process_info"
BACKGROUND = "evenkeel.paas.laravel_cloud_background_process"
BACKGROUNDS = "evenkeel.paas.laravel_cloud_background_processes"
BACKGROUND_INFO = "evenkeel.paas.laravel_cloud_background_process_info"
SWITCHES = {"sevalla_deleted_process": "hidden"}
SHOP = {"application": "shop-x1y2z"}
QUEUE = {
    **SHOP,
    "display_name": "queue",
    "type": "worker",
    "entrypoint": "node worker.js",
    "resource_type": "s1",
}
WORKERS = {"application": "shop", "environment": "production", "instance": "Workers"}
# ansible-core 2.22 and later mask in another way.
MASK, INSIDE = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", "********"
if find_spec("ansible.module_utils.secrets"):
    MASK = INSIDE = "$REDACTED$"


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """Yield an emulator with the same responses in every run: its clock does not advance."""
    with Emulator(switches=SWITCHES, clock=lambda: 1_790_000_000.0) as running:
        yield running


def comparable(value: Any) -> Any:
    """Return a result without the parts that depend on where it was created: its traceback, which
    is ``exception``, and with failed_when ``failed_when_suppressed_exception``."""
    if isinstance(value, dict):
        return {
            key: comparable(each) for key, each in value.items() if not key.endswith("exception")
        }
    return [comparable(each) for each in value] if isinstance(value, list) else value


def shown(output: str) -> list[str]:
    """Return the output of a run, without Ansible's own debug output, and without the progress,
    which only the worker can show."""
    text = re.sub(r"(Module|Action) failed: ", "", output)
    text = re.sub(r"The full traceback is:\n(.*\n)*?\n?(?=fatal)", "", text)
    return [
        line
        for line in text.splitlines()
        if line
        and not line.startswith(("<", "[localhost] ", "Using module file", "redirecting"))
        and "_suppressed_exception" not in line
    ]


def both_ways(playbooks: Any, play: dict[str, Any], *arguments: str, **variables: str) -> list[Any]:
    """Run a play in the worker and as modules, each on a fresh emulator; return the two runs, whose
    output and requests must be equal."""
    path = playbooks.folder / "both.yml"
    path.write_text(yaml.safe_dump([{"hosts": "localhost", "gather_facts": False, **play}]))
    runs = []
    for switch, way in (("yes", "runs in Ansible's worker"), ("no", "runs as a module: ")):
        playbooks.emulator.reset(switches=SWITCHES)
        run = playbooks.run(
            path,
            *("-vvv", "--diff", *arguments),
            EVENKEEL_PAAS_IN_WORKER=switch,
            ANSIBLE_INJECT_INVOCATION="true",
            **variables,
        )
        ways = set(re.findall(r"evenkeel\.paas\.\w+ (runs .*?)(?:: |$)", run.output, re.MULTILINE))
        assert ways == {way.partition(":")[0]}, run.output
        runs.append(run)
    here, module = runs
    assert here.status == module.status
    for one, other in zip(here.results, module.results):
        assert comparable(one) == comparable(other)
    assert len(here.results) == len(module.results)
    assert here.requests == module.requests
    assert shown(here.output) == shown(module.output)
    return runs


WITHOUT_END = [
    {PROCESS: QUEUE, "check_mode": True},
    {PROCESS: QUEUE, "register": "made"},
    {PROCESS: QUEUE},
    {
        # Values of every kind in Ansible: templates, numbers as strings, strings from a result,
        # booleans.
        PROCESS: {
            "application": "{{ made.process.app_id }}",
            "id": "{{ made.process.id }}",
            "display_name": "{{ made.process.display_name | upper }}",
            "entrypoint": "node {{ '{{' }} worker }}.js",
            "scaling_strategy": {"type": "manual", "instance_count": "{{ 2 + 1 }}"},
            "port": None,
            "key": "{{ omit }}",
        }
    },
    {
        PROCESS: {**SHOP, "display_name": "{{ item }}", "type": "worker", "resource_type": "s1"},
        "loop": ["a", "b", "a"],
        "register": "looped",
    },
    {"ansible.builtin.assert": {"that": "looped.results | map(attribute='changed') == [1, 1, 0]"}},
    {PROCESS: {**QUEUE, "port": 70000, "schedule": "never"}, "register": "wrong"},
    {"ansible.builtin.assert": {"that": "wrong.failure.code == 'invalid_options'"}},
    {PROCESS: {**QUEUE, "colour": "red"}},
    {PROCESS: {**QUEUE, "type": "daemon"}},
    {PROCESS: {"display_name": "queue"}},
    {PROCESS: {**SHOP, "type": "web", "scaling_strategy": {"colour": "red"}}},
    {PROCESS: {**SHOP, "type": "web", "scaling_strategy": "manual"}},
    {PROCESS: {**SHOP, "name": "queue", "display_name": "queue"}},
    {PROCESS: {**QUEUE, "application": "nobody"}, "failed_when": False},
    {PROCESS: {**QUEUE, "application": "nobody"}, "retries": 1, "delay": 0},
    {PROCESS: {**QUEUE, "validate_certs": False}},
    {PROCESS: {**QUEUE, "entrypoint": "x"}, "no_log": True},
    {PROCESS: {**QUEUE, "display_name": "once"}, "run_once": True, "changed_when": False},
    {
        PROCESS: {**QUEUE, "state": "absent", "id": "{{ made.process.id }}"},
        "when": "made is changed",
    },
    {BACKGROUND: {**WORKERS, "type": "custom", "command": "php artisan horizon"}},
    {BACKGROUND: {"type": "custom", "command": "php artisan horizon", "processes": 99}},
    {BACKGROUND_INFO: {**WORKERS}, "register": "there"},
    {BACKGROUNDS: {**WORKERS, "processes": "{{ there.desired }}"}},
    {BACKGROUNDS: {**WORKERS, "processes": []}},
    {BACKGROUNDS: {**WORKERS, "processes": [], "prune": True}},
    {PROCESS_INFO: {**SHOP}, "register": "there"},
    {PROCESSES: {**SHOP, "processes": "{{ there.desired }}"}},
    {
        PROCESSES: {
            **SHOP,
            "prune": True,
            "max_parallel": 1,
            "processes": [{"display_name": "a", "entrypoint": "x"}, {"type": "web"}],
        }
    },
    {PROCESSES: {**SHOP, "processes": [{"display_name": "a"}, {"display_name": "a"}]}},
    {PROCESSES: {**SHOP, "processes": [{"colour": "red"}]}},
]


def test_a_play_has_the_same_result_in_the_worker_and_as_a_module(playbooks: Any) -> None:
    tasks = [{"name": "task", "ignore_errors": True, **task} for task in WITHOUT_END]
    here, _module = both_ways(playbooks, {"tasks": tasks})
    assert here.status == 0, here.output
    kinds = [each["kind"] for each in here.results]
    assert kinds.count("ok") >= 12
    assert kinds.count("failed") >= 8
    warned = [each for each in here.results if each["result"].get("warnings")]
    assert len(warned) >= 2


def test_module_defaults_and_check_mode_apply_in_the_worker_and_as_a_module(playbooks: Any) -> None:
    """The defaults of the group and of the module, and those of a block, which take precedence."""
    token = playbooks.emulator.token
    play = {
        "check_mode": True,
        "module_defaults": {
            "group/evenkeel.paas.sevalla": {"api_token": "wrong", "api_max_wait": "{{ 60 * 2 }}"},
            BACKGROUND: {**WORKERS, "api_key": token},
        },
        "tasks": [
            {PROCESS: QUEUE, "ignore_errors": True},
            {
                "module_defaults": {"group/evenkeel.paas.sevalla": {"api_token": token, **QUEUE}},
                "block": [{PROCESS: {}}, {PROCESS: {"display_name": "other"}}],
            },
            {BACKGROUND: {"type": "custom", "command": "php artisan horizon"}},
        ],
    }
    runs = both_ways(playbooks, play, SEVALLA_API_KEY="", LARAVEL_CLOUD_API_TOKEN="")
    for run in runs:
        assert run.status == 0, run.output
        assert run.writes == []
        assert [each["kind"] for each in run.results] == ["failed", "ok", "ok", "ok"]
        assert "HTTP 401" in run.results[0]["result"]["msg"]
        assert all(each["result"]["changed"] for each in run.results[1:])


def test_a_token_is_masked_in_the_worker_and_as_a_module(playbooks: Any) -> None:
    """In values of the result, in the diff, in a list, in a message and in the reported options."""
    token = playbooks.emulator.token
    tasks = [
        {PROCESS: {**QUEUE, "entrypoint": f"run --token {token}", "api_token": token}},
        {PROCESS: {**QUEUE, "display_name": token, "api_token": token}},
        {PROCESS: {**QUEUE, "application": f"no-{token}"}, "ignore_errors": True},
        {PROCESS: {**QUEUE, "type": token}, "ignore_errors": True},
        {
            BACKGROUND: {
                **WORKERS,
                "type": "worker",
                "config": {"connection": token, "queue": [token, "b"]},
            }
        },
    ]
    runs = both_ways(playbooks, {"tasks": [{"name": "task", **task} for task in tasks]})
    for run in runs:
        assert run.status == 0, run.output
        assert token not in run.output
        assert token not in str(run.results)
        assert run.results[0]["result"]["process"]["entrypoint"] == f"run --token {INSIDE}"
        assert run.results[1]["result"]["process"]["display_name"] == MASK
        assert f"no-{INSIDE}" in run.results[2]["result"]["msg"]


# The choice, and its reason.

ELSEWHERE = "the interpreter is "
OTHER_PYTHON = {"ansible_python_interpreter": "/usr/bin/env python3"}
REMOTE = {"ansible_connection": "ssh", "ansible_host": "127.0.0.1", "ansible_port": 1}
HERE = "runs in Ansible's worker"
CHOICES: list[tuple[dict[str, Any], str]] = [
    ({}, HERE),
    ({"delegate_to": "localhost"}, HERE),
    ({"delegate_to": "near"}, HERE),
    ({"delegate_to": "far"}, "the connection is ssh, not local"),
    ({"delegate_to": "other_python"}, ELSEWHERE),
    ({"vars": REMOTE}, "the connection is ssh, not local"),
    ({"vars": {"ansible_connection": "ansible.builtin.local"}}, HERE),
    ({"vars": {"ansible_python_interpreter": sys.executable}}, HERE),
    ({"vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}}, HERE),
    ({"vars": {"ansible_python_interpreter": "auto_silent"}}, HERE),
    ({"vars": {"ansible_python_interpreter": ""}}, HERE),
    ({"vars": OTHER_PYTHON}, ELSEWHERE),
    ({"become": True, "become_user": "nobody"}, "the task has become"),
    ({"vars": {"ansible_become": True, "ansible_become_user": "nobody"}}, "the task has become"),
    ({"async": 20, "poll": 1}, "the task has async"),
    ({"environment": {"A": "b"}}, "the task has environment"),
    ({"environment": "{{ {'A': 'b'} }}"}, "the task has environment"),
    ({"environment": {}}, HERE),
    ({"vars": {"evenkeel_paas_in_worker": False}}, "evenkeel_paas_in_worker or "),
    ({"vars": {"evenkeel_paas_in_worker": "{{ 'no' }}"}}, "evenkeel_paas_in_worker or "),
    ({"vars": {"evenkeel_paas_in_worker": True}}, HERE),
    ({"vars": {"evenkeel_paas_in_worker": ""}}, HERE),
    ({"vars": {"evenkeel_paas_in_worker": "{{ nowhere | default('') }}"}}, HERE),
]


def choices_of(playbooks: Any, plays: list[dict[str, Any]], **variables: str) -> list[str]:
    """Return the reported choice for each task that ran, at -vvv."""
    path = playbooks.folder / "choices.yml"
    path.write_text(yaml.safe_dump(plays, sort_keys=False))
    inventory = playbooks.folder / "hosts.yml"
    hosts = {
        "localhost": {"ansible_connection": "local"},
        "near": {"ansible_connection": "local", "ansible_host": "192.0.2.1"},
        "far": REMOTE,
        "other_python": {"ansible_connection": "local", **OTHER_PYTHON},
    }
    inventory.write_text(yaml.safe_dump({"all": {"hosts": hosts}}))
    run = playbooks.run(path, "-vvv", "-i", str(inventory), **variables)
    assert run.status in (0, 2), run.output
    return re.findall(rf"{re.escape(PROCESS)} (runs .*)", run.output)


def task(**keywords: Any) -> dict[str, Any]:
    """Return a task that changes nothing."""
    options = {**QUEUE, "state": "absent"}
    return {PROCESS: options, "ignore_errors": True, "ignore_unreachable": True, **keywords}


def play(tasks: list[dict[str, Any]], **keywords: Any) -> dict[str, Any]:
    """Return a play on this machine."""
    return {"hosts": "localhost", "gather_facts": False, "tasks": tasks, **keywords}


def test_the_reason_for_a_module_is_reported(playbooks: Any) -> None:
    # Without the interpreter that all other tests set.
    choices = choices_of(
        playbooks,
        [play([task(**keywords) for keywords, _reason in CHOICES])],
        ANSIBLE_PYTHON_INTERPRETER="",
    )
    assert len(choices) == len(CHOICES)
    for line, (keywords, reason) in zip(choices, CHOICES):
        assert line.startswith(f"runs as a module: {reason}" if reason != HERE else HERE), keywords


def test_an_environment_at_any_level_counts(playbooks: Any) -> None:
    role = playbooks.folder / "roles" / "does" / "tasks"
    role.mkdir(parents=True)
    (role / "main.yml").write_text(yaml.safe_dump([task()]))
    block = {"block": [task()], "environment": {"A": "b"}}
    plays = [
        play([task()], environment={"A": "b"}),
        play([block, task()]),
        play([], roles=[{"role": "does", "environment": {"A": "b"}}]),
        play([], roles=["does"]),
    ]
    choices = choices_of(playbooks, plays)
    with_it = "runs as a module: the task has environment"
    assert choices == [with_it, with_it, HERE, with_it, HERE]


def test_environment_reaches_the_module(playbooks: Any) -> None:
    """For the token of a task that differs from that of the shell."""
    done = playbooks.run_tasks(
        [{PROCESS: QUEUE, "environment": {"SEVALLA_API_KEY": playbooks.emulator.token}}],
        SEVALLA_API_KEY="wrong",
    )
    assert done.status == 0, done.output


@pytest.mark.daily
@pytest.mark.parametrize(
    ("value", "chosen"), [("0", "runs as"), ("", "runs in"), (" ", "runs in"), ("on", "runs in")]
)
def test_the_environment_variable(playbooks: Any, value: str, chosen: str) -> None:
    """The variable of a play takes precedence."""
    choices = choices_of(
        playbooks,
        [play([task(), task(vars={"evenkeel_paas_in_worker": True})])],
        EVENKEEL_PAAS_IN_WORKER=value,
    )
    assert choices[0].startswith(chosen)
    assert choices[1] == HERE


def test_a_worker_setting_that_is_not_a_boolean(playbooks: Any) -> None:
    wrong = playbooks.run_tasks([{PROCESS: QUEUE}], EVENKEEL_PAAS_IN_WORKER="perhaps")
    assert wrong.status == 2
    assert "EVENKEEL_PAAS_IN_WORKER" in wrong.results[0]["result"]["msg"]
    assert "perhaps" in wrong.results[0]["result"]["msg"]
    assert wrong.requests == []


@pytest.mark.parametrize("switch", ["yes", "no"])
def test_an_empty_token_counts_as_not_set(playbooks: Any, switch: str) -> None:
    """As from an undefined variable: the environment is used."""
    options = {**QUEUE, "api_token": "{{ nowhere | default('') }}", "api_url": ""}
    run = playbooks.run_tasks([{PROCESS: options}], EVENKEEL_PAAS_IN_WORKER=switch)
    assert run.status == 0, run.output
    assert run.writes != []


LEAVING: list[tuple[dict[str, Any], str]] = [
    ({"async": 20, "poll": 1}, "the task has async"),
    ({"environment": {"A": "b"}}, "the task has environment"),
    ({"vars": {"ansible_become": True, "ansible_become_method": "su"}}, "the task has become"),
]


def test_a_python_without_the_libraries_is_reported_with_its_origin(playbooks: Any) -> None:
    """With an explicit localhost without an interpreter, for which Ansible searches a Python."""
    bare = playbooks.folder / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(bare)], check=True)
    python = str(bare / "bin" / "python")
    leaving = LEAVING if os.getuid() == 0 else LEAVING[:2]  # the test must not become root
    variables = {
        "ansible_interpreter_python_fallback": [python],
        "ansible_async_dir": str(playbooks.folder / "async"),
    }
    tasks = [{PROCESS: QUEUE}]
    tasks += [{PROCESS: QUEUE, "ignore_errors": True, **keywords} for keywords, _why in leaving]
    path = playbooks.folder / "leaving.yml"
    path.write_text(yaml.safe_dump([play(tasks, vars=variables)], sort_keys=False))
    inventory = playbooks.folder / "explicit"
    inventory.write_text("localhost ansible_connection=local\n")
    run = playbooks.run(path, "-i", str(inventory), ANSIBLE_PYTHON_INTERPRETER="")
    assert run.status == 0, run.output
    here, *left = run.results
    assert here["kind"] == "ok"
    failed = [each["result"] for each in left if each["kind"] == "failed"]
    assert len(failed) == len(leaving)
    for result, (_keywords, why) in zip(failed, leaving):
        assert result["failure"]["code"] == "missing_library"
        assert result["msg"] == (
            f"{python} does not have requests and jsonschema, which this module needs. To install, "
            f'run "{python} -m pip install requests jsonschema". This task ran as a module because '
            f"{why}. To use the Python that runs Ansible, set ansible_python_interpreter to "
            '"{{ ansible_playbook_python }}".'
        )


def test_hosts_with_a_local_connection_run_in_parallel(playbooks: Any, tmp_path: Path) -> None:
    """Each fork has its own worker: nothing is shared, and nothing is lost."""
    inventory = tmp_path / "hosts"
    inventory.write_text("".join(f"host{n} ansible_connection=local\n" for n in range(12)))
    options = {**QUEUE, "display_name": "{{ inventory_hostname }}"}
    path = playbooks.folder / "hosts_play.yml"
    path.write_text(yaml.safe_dump([{**play([{PROCESS: options}]), "hosts": "all"}]))
    run = playbooks.run(path, "-i", str(inventory), "--forks", "4", "-vvv")
    assert run.status == 0, run.output
    assert run.output.count(HERE) == 12
    names = {each["result"]["process"]["display_name"] for each in run.results}
    assert len(names) == len(run.writes) == 12
